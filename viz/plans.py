"""Plans and sections of a hall on matplotlib axes: the pieces that the hall's pictures share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geometry.hall import AisleKind, Box, Hall, Rack
from viz import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AXES = ("x", "y", "z")
_SMALLEST_TEXT = 3.6  # [pt] smaller names of racks are left out: the row's letter stays
_BAND = 0.16  # depth of the coloured band along a rack's front [m]


@dataclass(frozen=True, slots=True)
class Projection:
    """The two axes of the hall (0 x, 1 y, 2 z) that a drawing shows to the right and upwards."""

    u: int
    v: int

    @property
    def normal(self) -> int:
        return 3 - self.u - self.v

    def rectangle(self, box: Box) -> tuple[float, float, float, float]:
        """(u0, v0, width, height) of a box [m]."""
        return (box.low[self.u], box.low[self.v], box.size[self.u], box.size[self.v])

    def cuts(self, box: Box, at: float) -> bool:
        """Whether the plane normal to the drawing at `at` [m] passes through the box."""
        return box.low[self.normal] - 1e-9 <= at <= box.high[self.normal] + 1e-9


def plan_projection(hall: Hall) -> Projection:
    """The longer side of the room lies across the page."""
    dx, dy, _ = hall.room.size
    return Projection(1, 0) if dy > dx else Projection(0, 1)


SECTION = Projection(1, 2)  # across the aisles, seen along the rows


def set_up(axes: Axes, hall: Hall, projection: Projection) -> None:
    """Room outline, equal scales, axes in metres."""
    from matplotlib.ticker import MaxNLocator

    u0, v0, du, dv = projection.rectangle(hall.room)
    axes.set_aspect("equal")
    axes.set_xlim(u0, u0 + du)
    axes.set_ylim(v0, v0 + dv)
    axes.set_xlabel(f"{AXES[projection.u]} [m]")
    axes.set_ylabel(f"{AXES[projection.v]} [m]")
    axes.tick_params(length=2.5)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=12 if axis is axes.xaxis else 6, steps=[1, 2, 5, 10]))
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(style.INK)
        spine.set_linewidth(1.4)
        spine.set_zorder(6)


def draw_box(
    axes: Axes,
    projection: Projection,
    box: Box,
    *,
    face: str = "none",
    edge: str = "none",
    width: float = 0.8,
    alpha: float = 1.0,
    hatch: str | None = None,
    dashes: str | tuple[int, tuple[int, ...]] = "-",
    zorder: float = 2.0,
) -> None:
    """A box seen along the normal: a rectangle, or a line where it is seen edge-on."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    u0, v0, du, dv = projection.rectangle(box)
    if du == 0.0 or dv == 0.0:
        line = Line2D(
            (u0, u0 + du), (v0, v0 + dv), color=edge, lw=width, alpha=alpha, ls=dashes, zorder=zorder
        )
        line.set_solid_capstyle("butt")
        axes.add_line(line)
        return
    axes.add_patch(
        Rectangle(
            (u0, v0), du, dv, fc=face, ec=edge, lw=width, alpha=alpha, hatch=hatch, ls=dashes, zorder=zorder
        )
    )


def draw_aisles(axes: Axes, projection: Projection, hall: Hall) -> None:
    for aisle in hall.aisles:
        colour = style.COLD_AISLE if aisle.kind is AisleKind.COLD else style.HOT_AISLE
        draw_box(axes, projection, aisle.box, face=colour, zorder=0.5)


def draw_racks(
    axes: Axes,
    projection: Projection,
    racks: Iterable[Rack],
    *,
    scale: float,
    inlets: dict[str, str] | None = None,
) -> None:
    """Rack bodies with their names where there is room at `scale` [in/m].

    inlets  colour of the band along a rack's front, by name: its inlet temperature
    """
    for rack in racks:
        face = style.RACK if rack.populated else style.RACK_EMPTY
        hatch = None if rack.loss_per_m is None else "...."
        draw_box(axes, projection, rack.box, face=face, edge=style.MUTED, width=0.5, hatch=hatch, zorder=3.0)
        if rack.rear_door:
            draw_box(
                axes, projection, rack.box.face(rack.front.opposite), edge=style.PURPLE, width=2.0, zorder=3.4
            )
        if inlets is not None and rack.name in inlets:
            band = front_band(rack)
            draw_box(axes, projection, band, face=inlets[rack.name], edge=style.MUTED, width=0.4, zorder=3.2)
        elif inlets is None and rack.populated:
            draw_box(axes, projection, rack.box.face(rack.front), edge=style.BLUE, width=1.4, zorder=3.2)
        if rack.populated:
            _name(axes, projection, rack, scale, banded=inlets is not None)


def front_band(rack: Rack) -> Box:
    """The part of the rack's box next to its front that carries a colour."""
    low, high = list(rack.box.low), list(rack.box.high)
    axis = rack.front.axis
    if rack.front.outward > 0:
        low[axis] = high[axis] - _BAND
    else:
        high[axis] = low[axis] + _BAND
    return Box(x0=low[0], x1=high[0], y0=low[1], y1=high[1], z0=low[2], z1=high[2])


def _behind_band(rack: Rack) -> Box:
    """The rack's box without its front band."""
    low, high = list(rack.box.low), list(rack.box.high)
    axis = rack.front.axis
    if rack.front.outward > 0:
        high[axis] -= _BAND
    else:
        low[axis] += _BAND
    return Box(x0=low[0], x1=high[0], y0=low[1], y1=high[1], z0=low[2], z1=high[2])


def _name(axes: Axes, projection: Projection, rack: Rack, scale: float, *, banded: bool) -> None:
    u0, v0, du, dv = projection.rectangle(_behind_band(rack) if banded else rack.box)
    along, across = (du, dv) if du >= dv else (dv, du)
    size = min(7.5, 72.0 * scale * min(0.62 * along / (0.64 * len(rack.name)), 0.62 * across))
    if size < _SMALLEST_TEXT:
        return
    rotation = 0.0 if du >= dv or projection.v == 2 else 90.0
    if projection.v == 2:  # upright in a section: the name lies across the rack
        size = min(7.5, 72.0 * scale * 0.8 * du / (0.64 * len(rack.name)))
    axes.text(
        u0 + 0.5 * du,
        v0 + 0.5 * dv,
        rack.name,
        fontsize=size,
        ha="center",
        va="center",
        rotation=rotation,
        color=style.INK,
        zorder=4.6,
        bbox={"boxstyle": "square,pad=0.1", "fc": style.RACK, "ec": "none"},
    )


def draw_row_names(axes: Axes, projection: Projection, hall: Hall, *, size: float = 10.0) -> None:
    """The letter of each row before its low-x end."""
    for row in hall.rows:
        racks = [rack for rack in hall.racks if rack.row == row]
        first = min(racks, key=lambda rack: rack.box.x0).box
        # a row's letter stands on its own racks' level: between the end wall and the row
        at = [max(hall.room.x0 + 0.3, first.x0 - 0.45), first.centre[1], 0.0]
        axes.text(
            at[projection.u],
            at[projection.v],
            row,
            fontsize=size,
            fontweight="bold",
            ha="center",
            va="center",
            zorder=7.0,
            bbox={"boxstyle": "round,pad=0.18", "fc": style.PAPER, "ec": "none", "alpha": 0.75},
        )


def colours_of(values: Sequence[float], limits: tuple[float, float]) -> list[str]:
    """Hex colours of the temperature map for values [°C]; NaN is grey."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    low, high = limits
    colour_map = colormaps[style.TEMPERATURE_MAP]
    shares = (np.asarray(values, dtype=np.float64) - low) / (high - low)
    return [to_hex(colour_map(float(s))) if np.isfinite(s) else style.RACK for s in np.clip(shares, 0.0, 1.0)]
