"""The hall in three dimensions: room, racks by temperature, panels, openings, pipes, air slices, hot spot.

VTK and PyVista are imported when a scene is built; viz.probe says beforehand whether that is safe.
"""

from __future__ import annotations

import os

import numpy as np

from geometry.grid import Array
from geometry.hall import Box
from viz import labels, meshes, style
from viz.fields import HallField, HallView, HotSpot, find_hot_spot, read_hall_field
from viz.meshes import Plotter, RackColour
from viz.probe import prepare_environment

__all__ = ["HallView", "RackColour", "hall_scene"]

_VIEW_ANGLE = 24.0  # [degrees]
# half sizes and centre of what the room may fill of the picture [-1, 1]: titles above, scale to the right
_FRAME, _FRAME_CENTRE = np.array([0.84, 0.80]), np.array([-0.10, -0.13])


def hall_scene(
    view: HallView,
    *,
    off_screen: bool = True,
    rack_colour: RackColour = RackColour.INLET_MAX,
    texts: bool = True,
    title: str = "",
) -> Plotter:
    """A PyVista plotter that holds the whole scene, camera set, not yet rendered.

    rack_colour  quantity that colours the racks; temperatures share the scale of the air
    texts        titles and labels that float over the picture. The offline page is made without them: its
                 viewer draws meshes only, and the page writes them itself

    Raises InputError where the run does not hold the hall (viz.fields.read_hall_field).
    """
    prepare_environment(os.environ)
    import pyvista as pv

    field = read_hall_field(view)
    spot = find_hot_spot(field)
    limits = style.temperature_limits(field.temperature, field.inlet_max)
    plotter: Plotter = pv.Plotter(
        off_screen=off_screen, window_size=list(style.PICTURE_SIZE), lighting="light kit"
    )
    plotter.set_background(style.PAPER)
    plotter.enable_depth_peeling(6)  # panels behind panels in the right order
    if off_screen:
        plotter.enable_anti_aliasing("ssaa")
    corner = _near_corner(field, spot)
    meshes.add_room(plotter, field.hall.room)
    meshes.add_racks(plotter, field, rack_colour, limits, bar=texts)
    meshes.add_fittings(plotter, field)
    meshes.add_pipes(plotter, view.pipes)
    meshes.add_slices(plotter, field, spot, limits, bar=texts)
    labels.add_hot_spot(plotter, field, spot, corner, texts=texts)
    labels.add_row_names(plotter, field, corner, texts=texts)
    labels.add_scale(plotter, field.hall.room, corner, texts=texts)
    if texts:
        labels.add_titles(plotter, field, spot, title, rack_colour)
        labels.add_legend(plotter, view)
    set_camera(plotter, field.hall.room, corner)
    return plotter


def _near_corner(field: HallField, spot: HotSpot) -> tuple[int, int]:
    """Signs of x and y of the corner to look from: the slice across the rows stands behind most racks."""
    return (-1 if spot.x > field.hall.room.centre[0] else 1, -1)


def set_camera(plotter: Plotter, room: Box, corner: tuple[int, int]) -> None:
    """From above the near corner, as near as the rulers and the hot spot's label allow."""
    look = np.array([0.80 * corner[0], 0.62 * corner[1], 0.60])
    look /= np.linalg.norm(look)
    right = np.cross((0.0, 0.0, 1.0), look)
    right /= np.linalg.norm(right)
    frame = np.array([right, np.cross(look, right), look])
    low = np.array(room.low) - np.array([0.8, 0.8, 0.0])  # the rulers
    high = np.array(room.high) + np.array([0.8, 0.8, 0.9])  # the rulers, the hot spot's label
    centre = np.array(room.centre)
    corners = np.array([[(low, high)[n >> axis & 1][axis] for axis in range(3)] for n in range(8)]) - centre
    across, up, towards = frame @ corners.T
    width, height = style.PICTURE_SIZE
    half = np.tan(np.radians(0.5 * _VIEW_ANGLE)) * np.array([width / height, 1.0])

    def extent(distance: float) -> tuple[Array, Array]:
        """Ends of the projected room in the picture, which is [-1, 1] x [-1, 1]."""
        seen = np.array([across, up]) / (distance - towards) / half[:, None]
        return seen.min(axis=1), seen.max(axis=1)

    near, far = float(towards.max()) * 1.01 + 0.01, 1e4
    for _ in range(60):
        middle = float(np.sqrt(near * far))
        start, end = extent(middle)
        near, far = (near, middle) if (0.5 * (end - start) <= _FRAME).all() else (middle, far)
    start, end = extent(far)
    plotter.camera.focal_point = tuple(centre)
    plotter.camera.position = tuple(centre + far * look)
    plotter.camera.up = (0.0, 0.0, 1.0)
    plotter.camera.view_angle = _VIEW_ANGLE
    plotter.camera.SetWindowCenter(*(0.5 * (start + end) - _FRAME_CENTRE))
    plotter.reset_camera_clipping_range()
