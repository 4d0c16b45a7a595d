"""Pictures of a hall that need no 3-D library: its hot spot, and the drawing that precedes a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geometry.grid import Array, Grid
from geometry.hall import Hall
from viz import fittings, plans, style
from viz.fields import HallField, HallView, HotSpot, find_hot_spot, layer, read_hall_field

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEFT, _TOP, _BOTTOM, _GAP = 0.75, 1.05, 1.1, 0.85  # margins of a hall's picture [in]
_PAGE = 10.5  # widest content [in]


def hot_spot_picture(
    view: HallView,
    path: str | Path,
    *,
    hot_spot: HotSpot | None = None,
    title: str = "",
    racks: bool = False,
) -> Path:
    """The hall's air at the height of the hot spot, and the section through it; writes a PNG.

    hot_spot  the place to show; None: the hottest air before a rack (viz.fields.find_hot_spot)
    racks     always adds the strip with the mean and the hottest inlet of each rack; without it, the strip
              stands only where the page has room for it
    """
    field = read_hall_field(view)
    spot = find_hot_spot(field) if hot_spot is None else hot_spot
    hall, grid = field.hall, field.grid
    plan = plans.plan_projection(hall)
    k, i = layer(grid.z_face, spot.z), layer(grid.x_face, spot.x)
    limits = style.temperature_limits(field.temperature, field.inlet_max)
    sheet = _lay_out(hall, plan, racks=racks and bool(hall.populated))
    with style.look():
        figure = style.new_figure(sheet.width + 0.75, sheet.height)
        style.heading(figure, title or f"Hall {hall.name}", _hot_spot_line(spot, field), left=_LEFT)
        upper, lower = style.place(figure, *sheet.plan), style.place(figure, *sheet.section)
        bands = plans.colours_of(style.celsius(field.inlet_max).tolist(), limits)
        inlets = {rack.name: colour for rack, colour in zip(hall.populated, bands, strict=True)}

        values = field.temperature[k]
        _field(upper, plan, grid, values.T if plan.u == 1 else values, limits)
        in_plan = [r for r in hall.racks if r.box.z0 - 1e-9 <= grid.z[k] <= r.box.z1 + 1e-9]
        plans.draw_racks(upper, plan, in_plan, scale=sheet.scale, inlets=inlets)
        fittings.draw_fittings(upper, plan, hall, at=float(grid.z[k]))
        plans.draw_row_names(upper, plan, hall, size=9.0)
        plans.set_up(upper, hall, plan)
        upper.set_title(f"Plan at z = {grid.z[k]:.2f} m")
        _section_line(upper, plan, float(grid.x[i]))
        _mark(upper, plan, hall, spot, sheet.scale)

        _field(lower, plans.SECTION, grid, field.temperature[:, :, i], limits)
        cut = [rack for rack in hall.racks if plans.SECTION.cuts(rack.box, float(grid.x[i]))]
        plans.draw_racks(lower, plans.SECTION, cut, scale=sheet.scale, inlets=inlets)
        fittings.draw_fittings(lower, plans.SECTION, hall, at=float(grid.x[i]))
        plans.set_up(lower, hall, plans.SECTION)
        lower.set_title(f"Section A–A at x = {grid.x[i]:.2f} m")
        _ring(lower, spot.y, spot.z)

        style.temperature_bar(figure, limits, "Air temperature [°C]", sheet.bar)
        if sheet.strip is not None and hall.populated:
            _rack_strip(style.place(figure, *sheet.strip), field)
        legend = style.place(figure, *sheet.legend)
        fittings.hall_legend(legend, hall, aisles=False, inlets=True, columns=int(sheet.width / 1.45))
        return style.save(figure, path)


def plan_and_sections(hall: Hall, grid: Grid, path: str | Path) -> Path:
    """The drawing of a hall before it is solved: plan and one section, with dimensions and grid; a PNG."""
    plan = plans.plan_projection(hall)
    centres = sorted(rack.box.centre[0] for rack in hall.populated) or [hall.room.centre[0]]
    at = float(grid.x[layer(grid.x_face, centres[len(centres) // 2])])
    sheet = _lay_out(hall, plan, racks=False)
    with style.look():
        figure = style.new_figure(sheet.width, sheet.height)
        dx, dy, dz = hall.room.size
        counts = f"{_count(len(hall.rows), 'row')}, {_count(len(hall.populated), 'rack')}"
        if hall.cdus:
            counts += f", {_count(len(hall.cdus), 'CDU')}"
        cells = " × ".join(str(n) for n in reversed(grid.shape))
        style.heading(
            figure,
            f"Hall {hall.name}",
            f"{counts} · room {dx:.2f} × {dy:.2f} × {dz:.2f} m · grid {cells} = {grid.n_cells:,} cells",
            left=_LEFT,
        )
        upper, lower = style.place(figure, *sheet.plan), style.place(figure, *sheet.section)
        plans.draw_aisles(upper, plan, hall)
        _grid_lines(upper, plan, grid)
        plans.draw_racks(upper, plan, hall.racks, scale=sheet.scale)
        fittings.draw_fittings(upper, plan, hall)
        plans.draw_row_names(upper, plan, hall)
        plans.set_up(upper, hall, plan)
        upper.set_title("Plan")
        _section_line(upper, plan, at)
        _aisle_widths(upper, plan, hall, at)

        plans.draw_aisles(lower, plans.SECTION, hall)
        _grid_lines(lower, plans.SECTION, grid)
        cut = [rack for rack in hall.racks if plans.SECTION.cuts(rack.box, at)]
        plans.draw_racks(lower, plans.SECTION, cut, scale=sheet.scale)
        fittings.draw_fittings(lower, plans.SECTION, hall, at=at)
        plans.set_up(lower, hall, plans.SECTION)
        lower.set_title(f"Section A–A at x = {at:.2f} m")
        legend = style.place(figure, *sheet.legend)
        fittings.hall_legend(legend, hall, aisles=True, inlets=False, columns=int(sheet.width / 1.45))
        return style.save(figure, path)


Place = tuple[float, float, float, float]  # left, bottom, width, height [in]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """Where the parts of a hall's picture stand; plan and section have the same scale [in/m]."""

    scale: float
    width: float  # without the colour bar's numbers [in]
    height: float
    plan: Place
    section: Place
    bar: Place
    legend: Place
    strip: Place | None


def _lay_out(hall: Hall, plan: plans.Projection, *, racks: bool) -> _Sheet:
    """Section below the plan, or beside it in a small room; the rack strip where space is left."""
    size = hall.room.size
    scale = min(_PAGE / max(size[plan.u], size[1]), 5.4 / size[plan.v], 0.85)
    side_by_side = min(scale, (_PAGE - _GAP) / (size[plan.u] + size[1]))
    beside = side_by_side > 0.72 * scale  # a little smaller, but on one level
    scale = side_by_side if beside else scale
    plan_w, plan_h = scale * size[plan.u], scale * size[plan.v]
    cut_w, cut_h = scale * size[1], scale * size[2]
    wide = max(plan_w + _GAP + cut_w if beside else max(plan_w, cut_w), 7.6)
    free = 0.0 if beside else wide - cut_w - _GAP
    low = _BOTTOM
    strip: Place | None = None
    if free >= 3.5:
        strip = (_LEFT + cut_w + _GAP, low, free, cut_h)
    elif racks:
        strip = (_LEFT, low, wide, 1.4)
        low += 1.4 + _GAP
    if beside:
        content = max(plan_h, cut_h)
        plan_at = (_LEFT, low + content - plan_h, plan_w, plan_h)
        section_at = (_LEFT + plan_w + _GAP, low + content - cut_h, cut_w, cut_h)
        under = content - cut_h - 1.1 * _GAP
        if strip is None and under >= 1.2:
            strip = (_LEFT + plan_w + _GAP, low, cut_w, under)
    else:
        content = cut_h + _GAP + plan_h
        plan_at = (_LEFT, low + cut_h + _GAP, plan_w, plan_h)
        section_at = (_LEFT, low, cut_w, cut_h)
    return _Sheet(
        scale=scale,
        width=_LEFT + wide + 0.45,
        height=low + content + _TOP,
        plan=plan_at,
        section=section_at,
        bar=(_LEFT + wide + 0.25, low, 0.16, content),
        legend=(_LEFT, 0.1, wide, 0.45),
        strip=strip,
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _hot_spot_line(spot: HotSpot, field: HallField) -> str:
    place = f"x {spot.x:.2f}, y {spot.y:.2f}, z {spot.z:.2f} m"
    if not spot.rack:
        return f"Hottest air {style.degrees(spot.temperature)} at {place}"
    mean = float(np.mean(field.inlet_mean))
    if not np.isfinite(mean):
        return f"Racks without air of their own · {style.degrees(spot.temperature)} before rack {spot.rack}"
    return (
        f"Hottest rack inlet {style.degrees(spot.temperature)}: rack {spot.rack} ({place}) · "
        f"mean of all inlets {style.degrees(mean)}"
    )


def _field(
    axes: Axes, projection: plans.Projection, grid: Grid, values: Array, limits: tuple[float, float]
) -> None:
    """Cell values [K] as they were solved: one colour a cell, none in solids."""
    faces = (grid.x_face, grid.y_face, grid.z_face)
    axes.pcolormesh(
        faces[projection.u],
        faces[projection.v],
        np.ma.masked_invalid(style.celsius(values)),
        cmap=style.TEMPERATURE_MAP,
        vmin=limits[0],
        vmax=limits[1],
        rasterized=True,
        zorder=1.0,
    )


def _grid_lines(axes: Axes, projection: plans.Projection, grid: Grid) -> None:
    faces = (grid.x_face, grid.y_face, grid.z_face)
    u, v = faces[projection.u], faces[projection.v]
    axes.vlines(u, v[0], v[-1], color=style.MUTED, lw=0.25, alpha=0.45, zorder=1.0)
    axes.hlines(v, u[0], u[-1], color=style.MUTED, lw=0.25, alpha=0.45, zorder=1.0)


def _section_line(axes: Axes, plan: plans.Projection, x: float) -> None:
    """The trace of the section in the plan, with an A at its end outside the room."""
    line = axes.axvline if plan.u == 0 else axes.axhline
    line(x, color=style.INK, lw=0.9, ls=(0, (8, 3, 1.5, 3)), zorder=4.5)
    axes.annotate(
        "A",
        (x, 1.0) if plan.u == 0 else (1.0, x),
        xycoords=axes.get_xaxis_transform() if plan.u == 0 else axes.get_yaxis_transform(),
        xytext=(0, 7) if plan.u == 0 else (7, 0),
        textcoords="offset points",
        fontweight="bold",
        ha="center",
        va="center",
    )


def _ring(axes: Axes, u: float, v: float) -> None:
    for size, colour, width in ((13.0, style.INK, 3.4), (13.0, style.PAPER, 1.6)):
        axes.plot(u, v, marker="o", ms=size, mfc="none", mec=colour, mew=width, zorder=8.0)


def _mark(axes: Axes, plan: plans.Projection, hall: Hall, spot: HotSpot, scale: float) -> None:
    """Ring and label of the hot spot; the label goes to the corner where it hides the least."""
    place = (spot.x, spot.y, spot.z)
    u, v = place[plan.u], place[plan.v]
    _ring(axes, u, v)
    point = 1.0 / (72.0 * scale)  # [m]
    label = style.degrees(spot.temperature) + (f"\nrack {spot.rack}" if spot.rack else "")

    def hidden(step: tuple[int, int]) -> float:
        """Area of racks under the label, and ten times that outside the room [m2]."""
        u0, v0 = u + step[0] * 30 * point, v + step[1] * 34 * point
        box = (min(u0, u0 + step[0] * 74 * point), v0 - 18 * point, 74 * point, 36 * point)
        racks = sum(_overlap(box, plan.rectangle(rack.box)) for rack in hall.racks)
        return racks + 10.0 * (box[2] * box[3] - _overlap(box, plan.rectangle(hall.room)))

    step = min(((1, 1), (-1, 1), (1, -1), (-1, -1)), key=hidden)
    axes.annotate(
        label,
        (u, v),
        xytext=(30 * step[0], 34 * step[1]),
        textcoords="offset points",
        ha="left" if step[0] > 0 else "right",
        va="center",
        fontsize=10.0,
        fontweight="bold",
        zorder=9.0,
        bbox={"boxstyle": "round,pad=0.35", "fc": style.PAPER, "ec": style.INK, "lw": 0.9},
        arrowprops={"arrowstyle": "-", "color": style.INK, "lw": 1.1, "shrinkB": 8.0},
    )


def _overlap(a: Place, b: Place) -> float:
    """Common area of two rectangles (u0, v0, width, height)."""
    du = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    dv = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(du, 0.0) * max(dv, 0.0)


def _aisle_widths(axes: Axes, plan: plans.Projection, hall: Hall, section: float) -> None:
    """Width of each aisle, written on the longer side of the section line."""
    for aisle in hall.aisles:
        box = aisle.box
        end = box.x0 if section - box.x0 > box.x1 - section else box.x1
        centre = (0.5 * (end + min(max(section, box.x0), box.x1)), box.centre[1])
        axes.text(
            centre[plan.u],
            centre[plan.v],
            f"{aisle.kind.value} {aisle.box.size[1]:.2f} m",
            fontsize=7.5,
            ha="center",
            va="center",
            rotation=90.0 if plan.u == 1 else 0.0,
            zorder=7.0,
            bbox={"boxstyle": "round,pad=0.15", "fc": style.PAPER, "ec": "none", "alpha": 0.8},
        )


def _rack_strip(axes: Axes, field: HallField) -> None:
    """Mean and hottest inlet of each rack, in the order of the rows."""
    racks = field.hall.populated
    index = np.arange(len(racks))
    mean, hottest = style.celsius(field.inlet_mean), style.celsius(field.inlet_max)
    axes.vlines(index, mean, hottest, color=style.RULE, lw=max(0.8, min(4.0, 300.0 / len(racks))), zorder=1.0)
    size = max(1.5, min(4.5, 320.0 / len(racks)))
    axes.plot(index, mean, "o", ms=size, color=style.BLUE, label="mean")
    axes.plot(index, hottest, "o", ms=size, color=style.VERMILION, label="hottest face")
    starts = [n for n, rack in enumerate(racks) if n == 0 or rack.row != racks[n - 1].row]
    for start in starts[1:]:
        axes.axvline(start - 0.5, color=style.RULE, lw=0.8)
    ends = [*starts[1:], len(racks)]
    axes.set_xticks(
        [0.5 * (a + b - 1) for a, b in zip(starts, ends, strict=True)], [racks[start].row for start in starts]
    )
    axes.set_xlim(-0.8, len(racks) - 0.2)
    low, high = axes.get_ylim()
    if np.isfinite(high - low) and high - low < 1.0:  # round-off is no structure
        axes.set_ylim(0.5 * (low + high) - 0.5, 0.5 * (low + high) + 0.5)
    axes.ticklabel_format(axis="y", useOffset=False)
    axes.set_ylabel("Inlet [°C]")
    axes.set_title("Rack inlets by row")
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.2)
    style.quiet_axes(axes)
