"""The bodies of the scene: room, racks, panels, openings, pipes and slices of the air, as PyVista meshes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

import numpy as np

from geometry.grid import Array
from geometry.hall import Box, Hall, OpeningKind, PassageKind
from geometry.piping import Circuit, PipeRun
from viz import style
from viz.fields import HallField, HotSpot, layer

Plotter = Any  # a pyvista.Plotter: its own annotations (0.49) refuse calls that it documents


class RackColour(Enum):
    """What colours a rack."""

    INLET_MAX = "inlet_max"  # the hottest air it breathes
    INLET_MEAN = "inlet_mean"
    HEAT_AIR = "heat_air"  # heat released to the air [kW]


_MAIN, _MANIFOLD, _HOSE = 0.07, 0.045, 0.018  # radii to draw pipes with [m]: to be seen, not to scale
_FLOOR = "#eef1f4"
_HEAT_MAP = "cividis"


def add_room(plotter: Plotter, room: Box) -> None:
    import pyvista as pv

    add_floor(plotter, room)
    outline = pv.Box((room.x0, room.x1, room.y0, room.y1, room.z0, room.z1)).extract_feature_edges()
    plotter.add_mesh(outline, color=style.MUTED, line_width=2.2, name="room")


def add_floor(plotter: Plotter, room: Box) -> None:
    below = room.z0 - 0.01  # the tiles lie on top of it
    floor = _mesh(Box(x0=room.x0, x1=room.x1, y0=room.y0, y1=room.y1, z0=below, z1=below))
    plotter.add_mesh(floor, color=_FLOOR, lighting=False, name="floor")


def add_outlines(plotter: Plotter, hall: Hall) -> None:
    """Racks and CDUs as pale bodies, to see pipes among them."""
    for name, boxes, colour in (
        ("racks", [rack.box for rack in hall.racks], style.RACK),
        ("cdus", [cdu.box for cdu in hall.cdus], style.CDU),
    ):
        mesh = _merge(boxes)
        if mesh is not None:
            plotter.add_mesh(mesh, color=colour, opacity=0.18, lighting=False, name=name)
            edges = mesh.extract_feature_edges(manifold_edges=False)
            plotter.add_mesh(edges, color=style.MUTED, line_width=1.0, name=f"{name}-edges")


def add_racks(
    plotter: Plotter, field: HallField, colour: RackColour, limits: tuple[float, float], *, bar: bool
) -> None:
    """Racks by `colour`, blanked positions pale.

    limits  of the temperature scale [°C]
    bar     adds a scale where the racks do not share that of the air
    """
    hall = field.hall
    if hall.populated:
        mesh = _merge(rack.box for rack in hall.populated)
        faces = mesh.n_cells // len(hall.populated)
        if colour is RackColour.HEAT_AIR:
            values, colour_map = field.heat_air * 1e-3, _HEAT_MAP
            finite = values[np.isfinite(values)]
            clim = (0.0, float(np.ceil(finite.max(initial=1.0))))
        else:
            kelvin = field.inlet_max if colour is RackColour.INLET_MAX else field.inlet_mean
            values, clim, colour_map = style.celsius(kelvin), limits, style.TEMPERATURE_MAP
        mesh.cell_data["rack"] = np.repeat(values, faces)
        plotter.add_mesh(
            mesh, scalars="rack", cmap=colour_map, clim=clim, show_edges=True, edge_color=style.INK,
            line_width=1.6, ambient=0.72, diffuse=0.32, show_scalar_bar=False, name="racks",
        )  # fmt: skip
        if bar and colour is RackColour.HEAT_AIR:
            scalar_bar(plotter, "Heat to the air [kW]", clim)
    blanked = _merge(rack.box for rack in hall.racks if not rack.populated)
    if blanked is not None:
        plotter.add_mesh(
            blanked, color=style.RACK_EMPTY, show_edges=True, edge_color=style.MUTED, name="blanked"
        )


def add_fittings(plotter: Plotter, field: HallField) -> None:
    hall = field.hall
    parts: list[tuple[str, Sequence[Box], str, float]] = [
        ("cdus", [cdu.box for cdu in hall.cdus], style.CDU, 1.0),
        ("units", [unit.box for unit in hall.units if not unit.flat], style.UNIT, 1.0),
        ("fan walls", [unit.box for unit in hall.units if unit.flat], style.AIR_SUPPLY, 0.55),
        ("pdus", [pdu.box for pdu in hall.pdus], style.PDU, 1.0),
        ("obstructions", [o.box for o in hall.obstructions if o.loss_per_m is None], style.SOLID, 1.0),
        ("porous", [o.box for o in hall.obstructions if o.loss_per_m is not None], style.SOLID, 0.35),
        ("panels", [panel.box for panel in hall.panels], style.GLASS, 0.22),
    ]
    for hole, colour, opacity in (
        (PassageKind.TILE, style.AIR_SUPPLY, 0.55),
        (PassageKind.GRILLE, style.AIR_RETURN, 0.3),
        (PassageKind.DOOR, style.DOOR, 0.4),
    ):
        parts.append(
            (f"{hole.value} inside", [p.box for p in hall.passages if p.kind is hole], colour, opacity)
        )
    for kind, colour, opacity in (
        (OpeningKind.TILE, style.AIR_SUPPLY, 0.55),
        (OpeningKind.FAN_WALL, style.AIR_SUPPLY, 0.55),
        (OpeningKind.GRILLE, style.AIR_RETURN, 0.22),
    ):
        parts.append((kind.value, [o.box for o in hall.openings if o.kind is kind], colour, opacity))
    for name, boxes, colour, opacity in parts:
        mesh = _merge(boxes)
        if mesh is None:
            continue
        plotter.add_mesh(mesh, color=colour, opacity=opacity, ambient=0.35, name=name)
        edges = mesh.extract_feature_edges(boundary_edges=True, feature_edges=True, manifold_edges=False)
        ink = {
            "panels": style.GLASS_EDGE,
            "cdus": style.INK,
            "obstructions": style.INK,
            "units": style.INK,
            "pdus": style.INK,
        }.get(name, colour)
        plotter.add_mesh(edges, color=ink, line_width=2.0, name=f"{name}-edges")


def add_pipes(plotter: Plotter, pipes: Sequence[PipeRun]) -> None:
    """Tubes, supply blue and return red: one mesh for each colour."""
    import pyvista as pv

    for returns in (False, True):
        tubes = []
        for run in pipes:
            if run.circuit.returns is not returns:
                continue
            mesh = tube(run, _radius(run))
            if mesh is not None:
                tubes.append(mesh)
        if tubes:
            mesh = pv.merge(tubes, merge_points=False).extract_surface(algorithm="dataset_surface")
            colour = style.RETURN if returns else style.SUPPLY
            plotter.add_mesh(mesh, color=colour, ambient=0.3, smooth_shading=False,
                             name="return" if returns else "supply")  # fmt: skip


def tube(run: PipeRun, radius: float) -> Any:
    """The run as a tube of `radius` [m]; None where it has no length."""
    import pyvista as pv

    points = np.array(run.path, dtype=np.float64)
    points = points[np.append(True, np.any(np.diff(points, axis=0) != 0.0, axis=1))]
    return pv.lines_from_points(points).tube(radius=radius, n_sides=8) if len(points) > 1 else None


def add_slices(
    plotter: Plotter, field: HallField, spot: HotSpot, limits: tuple[float, float], *, bar: bool
) -> None:
    """The air at half the racks' height and in the section through the hot spot, without shading.

    bar  adds the temperature scale
    """
    grid = field.grid
    k, i = slice_level(field, spot), layer(grid.x_face, spot.x)
    flat = field.temperature[k : k + 1]
    upright = field.temperature[:, :, i : i + 1]
    height, across = np.array([grid.z[k]]), np.array([grid.x[i]])
    for name, x, y, z, values in (
        ("level", grid.x_face, grid.y_face, height, flat),
        ("section", across, grid.y_face, grid.z_face, upright),
    ):
        mesh = _slice(x, y, z, values)
        if mesh.n_cells == 0:
            continue
        plotter.add_mesh(
            mesh, scalars="air", cmap=style.TEMPERATURE_MAP, clim=limits, lighting=False,
            show_scalar_bar=False, name=name,
        )  # fmt: skip
    if bar and ("section" in plotter.actors or "level" in plotter.actors):
        scalar_bar(plotter, "Temperature [°C]", limits)


def slice_level(field: HallField, spot: HotSpot) -> int:
    """Index of the layer at half the racks' height; of the hot spot's in a hall without racks."""
    heights = [rack.box.centre[2] for rack in field.hall.racks]
    return layer(field.grid.z_face, float(np.median(heights)) if heights else spot.z)


def _mesh(box: Box) -> Any:
    """A box as a surface; a flat one as a single quadrilateral."""
    import pyvista as pv

    (x0, y0, z0), (x1, y1, z1) = box.low, box.high
    flat = [axis for axis, size in enumerate(box.size) if size == 0.0]
    if not flat:
        return pv.Box((x0, x1, y0, y1, z0, z1))
    u, v = (axis for axis in range(3) if axis != flat[0])
    corners = np.tile(np.array(box.low), (4, 1))
    corners[1:3, u] = box.high[u]
    corners[2:4, v] = box.high[v]
    return pv.PolyData(corners, np.array([4, 0, 1, 2, 3]))


def _merge(boxes: Iterable[Box]) -> Any:
    """All boxes as one mesh, or None without any: one actor draws faster than hundreds."""
    import pyvista as pv

    meshes = [_mesh(box) for box in boxes]
    return (
        pv.merge(meshes, merge_points=False).extract_surface(algorithm="dataset_surface") if meshes else None
    )


def _radius(run: PipeRun) -> float:
    if run.group.endswith("hoses"):
        return _HOSE
    return _MANIFOLD if run.circuit in (Circuit.TCS_SUPPLY, Circuit.TCS_RETURN) else _MAIN


def _slice(x: Array, y: Array, z: Array, kelvin: Array) -> Any:
    """One layer of cells as a surface, one colour a cell as it was solved, with holes where solids are.

    Interpolated colours would run through the thin panels.
    """
    import pyvista as pv

    grid: Any = pv.RectilinearGrid(x, y, z)
    values = style.celsius(kelvin).ravel()
    grid.cell_data["air"] = values
    air = grid.extract_cells(np.flatnonzero(np.isfinite(values)))
    return air.extract_surface(algorithm="dataset_surface")


def scalar_bar(plotter: Plotter, title: str, limits: tuple[float, float], fmt: str = "%.0f") -> None:
    """A scale for the meshes added last, with whole numbers at even distances where the limits allow it."""
    first = len(plotter.scalar_bars) == 0
    parts = next((n for n in (4, 3, 5, 2) if round(limits[1] - limits[0], 6) % n == 0.0), 1)
    plotter.add_scalar_bar(
        title=f"{title}\n", vertical=True, position_x=0.9, position_y=0.12 if first else 0.53, width=0.035,
        height=0.36, n_labels=parts + 1, fmt=fmt, color=style.INK, title_font_size=20, label_font_size=18,
        font_family="arial",
    )  # fmt: skip
