"""The words of the scene: hot spot, titles, legend, names of rows, rulers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geometry.grid import Array
from geometry.hall import Box, OpeningKind, PassageKind
from viz import style
from viz.fields import HallField, HallView, HotSpot, layer
from viz.meshes import Plotter, RackColour, slice_level

Point = tuple[float, float, float]
_COLOUR_TEXT = {
    RackColour.INLET_MAX: "hottest air at the intake",
    RackColour.INLET_MEAN: "mean air at the intake",
    RackColour.HEAT_AIR: "heat released to the air",
}


def describe_hot_spot(spot: HotSpot) -> str:
    """'32.4 °C, rack G12' and the place."""
    rack = f"rack {spot.rack}, " if spot.rack else ""
    return f"{style.degrees(spot.temperature)} · {rack}x {spot.x:.1f}, y {spot.y:.1f}, z {spot.z:.1f} m"


def describe_colours(field: HallField, spot: HotSpot, colour: RackColour) -> str:
    """What the colours of racks and slices stand for, and where the slices are."""
    level, across = field.grid.z[slice_level(field, spot)], field.grid.x[layer(field.grid.x_face, spot.x)]
    what = _COLOUR_TEXT[colour]
    heat = field.heat_air[np.isfinite(field.heat_air)] * 1e-3
    if colour is RackColour.HEAT_AIR and heat.size:
        what += f", {heat.min():.1f} to {heat.max():.1f} kW"
    return f"Racks: {what} · Slices: air at z = {level:.1f} m and x = {across:.1f} m"


def add_hot_spot(
    plotter: Plotter, field: HallField, spot: HotSpot, corner: tuple[int, int], *, texts: bool
) -> None:
    """A ball at the place and a pin that carries the label above the ceiling."""
    import pyvista as pv

    top = field.hall.room.z1 + 0.5
    plotter.add_mesh(
        pv.Sphere(radius=0.16, center=(spot.x, spot.y, spot.z)), color=style.INK, name="hot-spot"
    )
    pin = pv.Line((spot.x, spot.y, spot.z), (spot.x, spot.y, top))
    plotter.add_mesh(pin, color=style.INK, line_width=4.0, name="hot-spot-pin")
    rack = f"  rack {spot.rack}" if spot.rack else ""
    if not texts:  # an upright text that looks the way of the camera; VTK's letters lack the degree sign
        turn = 90.0 if corner[0] > 0 else -90.0
        text = f"hot spot {spot.temperature - style.ZERO_CELSIUS:.1f} degC{rack}"
        _write(
            plotter, (spot.x, spot.y, top), text, height=0.4, turn=turn, name="hot-spot-text", upright=True
        )
        return
    text = f"hot spot {style.degrees(spot.temperature)}{rack}"
    float_label(plotter, [(spot.x, spot.y, top)], [text], size=22, box=style.INK, ink=style.PAPER)


def add_titles(plotter: Plotter, field: HallField, spot: HotSpot, title: str, colour: RackColour) -> None:
    top = style.PICTURE_SIZE[1]
    what = "Hottest rack inlet" if spot.rack else "Hottest air"
    lines = (
        ("title", title or f"Hall {field.hall.name}", 56, 15, style.INK),
        ("subtitle", f"{what} {describe_hot_spot(spot)}", 92, 10, style.INK),
        ("colours", describe_colours(field, spot, colour), 120, 9, style.MUTED),
    )
    for name, text, below, size, ink in lines:
        plotter.add_text(text, position=(28, top - below), font_size=size, color=ink, font="arial", name=name)


def legend_entries(view: HallView) -> list[tuple[str, str]]:
    """(what, colour) of the parts that this hall has and the temperature scale does not explain."""
    hall = view.hall
    kinds = {opening.kind for opening in hall.openings}
    holes = {passage.kind for passage in hall.passages}
    fans = OpeningKind.FAN_WALL in kinds or any(unit.flat for unit in hall.units)
    entries = [
        ("CDU", style.CDU, bool(hall.cdus)),
        ("cooling unit", style.UNIT, any(not unit.flat for unit in hall.units)),
        ("PDU", style.PDU, bool(hall.pdus)),
        ("panel", style.GLASS_EDGE, bool(hall.panels)),
        ("perforated tile", style.AIR_SUPPLY, OpeningKind.TILE in kinds or PassageKind.TILE in holes),
        ("fan wall", style.AIR_SUPPLY, fans),
        ("return grille", style.AIR_RETURN, OpeningKind.GRILLE in kinds or PassageKind.GRILLE in holes),
        ("door", style.DOOR, PassageKind.DOOR in holes),
        ("coolant supply", style.SUPPLY, bool(view.pipes)),
        ("coolant return", style.RETURN, bool(view.pipes)),
        ("obstruction", style.SOLID, bool(hall.obstructions)),
    ]
    return [(label, colour) for label, colour, shown in entries if shown]


def add_legend(plotter: Plotter, view: HallView) -> None:
    entries = legend_entries(view)
    if entries:
        plotter.add_legend(
            [[label, colour] for label, colour in entries], bcolor=None, border=False, face="rectangle",
            size=(0.15, 0.033 * len(entries)), loc="upper right", font_family="arial",
        )  # fmt: skip


def add_row_names(plotter: Plotter, field: HallField, corner: tuple[int, int], *, texts: bool) -> None:
    """The letter of each row on top of its near end."""
    hall = field.hall
    points: list[Point] = []
    for row in hall.rows:
        boxes = [rack.box for rack in hall.racks if rack.row == row]
        boxes += [cdu.box for cdu in hall.cdus if cdu.row == row]
        x = min(box.x0 for box in boxes) if corner[0] < 0 else max(box.x1 for box in boxes)
        points.append((x, boxes[0].centre[1], max(box.z1 for box in boxes) + 0.25))
    if texts and points:
        float_label(plotter, points, hall.rows, size=17, box=style.PAPER)
        return
    for row, (x, y, z) in zip(hall.rows, points, strict=True):
        at = (x - 0.35 * corner[0], y, z - 0.2)
        _write(plotter, at, row, height=0.6, turn=-90.0 if corner[0] < 0 else 90.0, name=f"row-{row}")


def add_scale(plotter: Plotter, room: Box, corner: tuple[int, int], *, texts: bool) -> None:
    """Rulers in metres along the two near edges of the floor and one upright edge."""
    x = room.x0 if corner[0] < 0 else room.x1
    y = room.y0 if corner[1] < 0 else room.y1
    far_y = room.y1 if corner[1] < 0 else room.y0
    out_x, out_y = 0.4 * corner[0], 0.4 * corner[1]
    segments: list[tuple[Point, Point]] = []
    points: list[Point] = []
    labels: list[str] = []
    for value in _ticks(room.x0, room.x1):
        segments.append(((value, y, 0.0), (value, y + 0.5 * out_y, 0.0)))
        points.append((value, y + 1.6 * out_y, 0.0))
        labels.append(f"{value:g}")
    for value in _ticks(room.y0, room.y1):
        segments.append(((x, value, 0.0), (x + 0.5 * out_x, value, 0.0)))
        points.append((x + 1.6 * out_x, value, 0.0))
        labels.append(f"{value:g}")
    if texts:
        for value in _ticks(room.z0, room.z1)[1:]:
            segments.append(((x, far_y, value), (x + 0.5 * out_x, far_y, value)))
            points.append((x + 1.6 * out_x, far_y, value))
            labels.append(f"{value:g}")
    centre = room.centre
    points += [(centre[0], y + 4.0 * out_y, 0.0), (x + 4.0 * out_x, centre[1], 0.0)]
    labels += ["x [m]", "y [m]"]
    lines = np.array([point for segment in segments for point in segment])
    plotter.add_mesh(_segments(lines), color=style.MUTED, line_width=1.5, name="ticks", reset_camera=False)
    if texts:
        float_label(plotter, [*points, (x + 1.6 * out_x, far_y, room.z1 + 0.5)], [*labels, "z [m]"], size=15)
        return
    turn = -90.0 if corner[0] < 0 else 90.0
    for n, (point, label) in enumerate(zip(points, labels, strict=True)):
        _write(plotter, point, label, height=0.3, turn=turn, name=f"tick-{n}")


def float_label(
    plotter: Plotter,
    points: Sequence[Point],
    texts: Sequence[str],
    *,
    size: int,
    box: str = "",
    ink: str = style.INK,
) -> None:
    """Texts that face the reader, before everything else."""
    plotter.add_point_labels(
        np.array(points), list(texts), font_size=size, bold=bool(box), text_color=ink,
        shape="rounded_rect" if box else None, shape_color=box or style.PAPER, shape_opacity=0.9, margin=5,
        show_points=False, always_visible=True, font_family="arial", reset_camera=False,
    )  # fmt: skip


def _write(
    plotter: Plotter,
    at: Point,
    text: str,
    *,
    height: float,
    turn: float,
    name: str,
    upright: bool = False,
) -> None:
    """A text as a mesh, lying on a level or upright [m, degrees about z]."""
    import pyvista as pv

    letters = pv.Text3D(text, depth=0.01, height=height, center=(0.0, 0.0, 0.0))
    if upright:
        letters = letters.rotate_x(90.0).translate((0.0, 0.0, 0.7 * height))
    letters = letters.rotate_z(turn).translate(at)
    plotter.add_mesh(letters, color=style.INK, lighting=False, name=name, reset_camera=False)


def _ticks(low: float, high: float) -> list[float]:
    """Round values in [low, high]: three to nine of them."""
    step = next(s for s in (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 1e3) if (high - low) / s < 9.0)
    return [float(step * n) for n in range(int(np.ceil(low / step)), int(high / step + 1e-9) + 1)]


def _segments(points: Array) -> Any:
    import pyvista as pv

    pairs = np.arange(len(points)).reshape(-1, 2)
    return pv.PolyData(points, lines=np.insert(pairs, 0, 2, axis=1).ravel())
