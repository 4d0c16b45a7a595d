"""The scene as a picture, an offline page, a window, or a file for ParaView.

Where 3-D rendering is not available the picture and the page fall back to plan, section and rack inlets
drawn by matplotlib, and a warning on the logger `viz.render` says why.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

import numpy as np

from geometry.errors import InputError, require
from geometry.hall import Hall
from viz import scene
from viz.charts.hall import hot_spot_picture
from viz.fields import HallView, read_hall_field
from viz.page import flat_page, interactive_page
from viz.pipes import PipeColour, Pipes, pipe_scene
from viz.probe import has_display, prepare_environment, rendering

_LOG = logging.getLogger(__name__)


def save_png(
    view: HallView,
    path: str | Path,
    *,
    title: str = "",
    rack_colour: scene.RackColour = scene.RackColour.INLET_MAX,
) -> Path:
    """Write the scene as a PNG of 1600 x 1000 pixels, or the flat picture where 3-D is not available."""
    path = _prepared(path)
    able = rendering()
    if not able.available:
        _LOG.warning("%s: drawn flat, without the 3-D scene: %s", path.name, able.reason)
        return hot_spot_picture(view, path, title=title, racks=True)
    plotter = scene.hall_scene(view, title=title, rack_colour=rack_colour)
    try:
        plotter.screenshot(str(path))
    finally:
        plotter.close()
    return path


def save_html(
    view: HallView,
    path: str | Path,
    *,
    title: str = "",
    rack_colour: scene.RackColour = scene.RackColour.INLET_MAX,
) -> Path:
    """Write one page that shows the scene, to be turned with the mouse, without a network or a server.

    Where 3-D rendering is not available the page holds the flat picture instead, and says so.
    """
    path = _prepared(path)
    able = rendering()
    if able.available:
        plotter = scene.hall_scene(view, rack_colour=rack_colour, texts=False)
        try:
            page = interactive_page(plotter, view, title=title, rack_colour=rack_colour)
        finally:
            plotter.close()
    else:
        _LOG.warning("%s: drawn flat, without the 3-D scene: %s", path.name, able.reason)
        with tempfile.TemporaryDirectory() as folder:
            picture = hot_spot_picture(view, Path(folder) / "hall.png", title=title, racks=True)
            page = flat_page(picture, title or f"Hall {view.hall.name}", able.reason)
    path.write_text(page, encoding="utf-8")
    return path


def show_window(
    view: HallView, *, title: str = "", rack_colour: scene.RackColour = scene.RackColour.INLET_MAX
) -> None:
    """Open a window with the scene; returns when it is closed.

    Raises InputError without a display or without 3-D rendering.
    """
    _require_window()
    scene.hall_scene(view, off_screen=False, title=title, rack_colour=rack_colour).show()


def save_pipes(
    hall: Hall, pipes: Pipes, path: str | Path, *, colour: PipeColour = PipeColour.VELOCITY, title: str = ""
) -> Path:
    """Write the hall's pipes as a PNG. Raises InputError where 3-D rendering is not available."""
    path = _prepared(path)
    able = rendering()
    require(able.available, f"the pipes are drawn in 3-D: {able.reason}", hint="pipes.csv lists them all")
    plotter = pipe_scene(hall, pipes, colour=colour, title=title)
    try:
        plotter.screenshot(str(path))
    finally:
        plotter.close()
    return path


def show_pipes(hall: Hall, pipes: Pipes, *, colour: PipeColour = PipeColour.VELOCITY) -> None:
    """Open a window with the hall's pipes; returns when it is closed. Raises InputError without a display."""
    _require_window()
    pipe_scene(hall, pipes, colour=colour, off_screen=False).show()


def save_vtr(view: HallView, path: str | Path) -> Path:
    """Write the hall's cell fields for ParaView: a VTK rectilinear grid in SI units; needs no rendering.

    Every variable of the group along (kind, z, y, x) goes into it; the three components of the velocity
    become one vector.

    Raises InputError where the file name does not end in .vtr.
    """
    path = _prepared(path)
    require(
        path.suffix == ".vtr",
        f"{path.name}: a rectilinear grid of VTK ends in .vtr",
        hint=f"{path.stem or 'hall'}.vtr",
    )
    prepare_environment(os.environ)
    import pyvista as pv

    field = read_hall_field(view)
    grid = pv.RectilinearGrid(field.grid.x_face, field.grid.y_face, field.grid.z_face)
    cells = {
        str(name): values.isel(kind=view.kind).transpose("z", "y", "x").values
        for name, values in view.data.data_vars.items()
        if set(values.dims) == {"kind", "z", "y", "x"}
    }
    components = ["air_velocity_x", "air_velocity_y", "air_velocity_z"]
    if all(name in cells for name in components):
        vector = np.stack([cells.pop(name).ravel() for name in components], axis=-1)
        grid.cell_data["air_velocity"] = vector
    for name, values in cells.items():
        grid.cell_data[name] = values.ravel()
    grid.save(str(path))
    return path


def _require_window() -> None:
    require(
        has_display(),
        "there is no display to open a window on",
        hint="--png FILE or --html FILE, which need none",
    )
    able = rendering()
    require(
        able.available, f"no window: {able.reason}", hint="--png FILE, which falls back to a flat picture"
    )


def _prepared(path: str | Path) -> Path:
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path.parent}: the folder cannot be made ({error.strerror})") from error
    return path
