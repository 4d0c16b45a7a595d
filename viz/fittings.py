"""What stands in a hall beside its racks, on plans and sections: panels, openings, units; and the legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geometry.hall import AisleKind, Box, Hall, OpeningKind, PassageKind
from viz import plans, style
from viz.plans import Projection, draw_box

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHES = (0, (4, 2))
_HOLES = {  # colour of an opening or a passage by what it is for
    OpeningKind.TILE: style.AIR_SUPPLY,
    OpeningKind.FAN_WALL: style.AIR_SUPPLY,
    OpeningKind.GRILLE: style.AIR_RETURN,
    PassageKind.TILE: style.AIR_SUPPLY,
    PassageKind.GRILLE: style.AIR_RETURN,
    PassageKind.DOOR: style.DOOR,
}


def draw_fittings(axes: Axes, projection: Projection, hall: Hall, *, at: float | None = None) -> None:
    """Everything but the racks; only what the plane at `at` [m] cuts, or all."""

    def shown(box: Box) -> bool:
        return at is None or projection.cuts(box, at)

    holes: list[tuple[OpeningKind | PassageKind, Box]] = [(o.kind, o.box) for o in hall.openings]
    holes += [(passage.kind, passage.box) for passage in hall.passages]
    for kind, box in holes:
        if shown(box):
            _hole(axes, projection, kind, box)
    for unit in hall.units:
        if shown(unit.box):
            _solid(axes, projection, unit.box, style.UNIT)
            for side, colour in ((unit.intake, style.AIR_RETURN), (unit.outlet, style.AIR_SUPPLY)):
                if not unit.flat and side.axis != projection.normal:
                    face = unit.box.face(side)
                    draw_box(axes, projection, face, edge=colour, width=4.0, zorder=6.5)
            if unit.flat:
                draw_box(axes, projection, unit.box, edge=style.AIR_SUPPLY, width=6.0, zorder=6.5)
    for cdu in hall.cdus:
        if shown(cdu.box):
            _solid(axes, projection, cdu.box, style.CDU)
    for thing in hall.obstructions:
        if shown(thing.box):
            hatch = None if thing.loss_per_m is None else "xxx"
            _grey(axes, projection, thing.box, style.SOLID, hatch)
    for pdu in hall.pdus:
        if shown(pdu.box):
            _grey(axes, projection, pdu.box, style.PDU, "xxx")
    for panel in hall.panels:
        lid = at is None and panel.box.size[projection.normal] == 0.0  # a floor or ceiling hides all the rest
        if shown(panel.box) and not (lid and _area(projection, panel.box) > 0.5 * hall.floor_area):
            _panel(axes, projection, panel.box)


def _area(projection: Projection, box: Box) -> float:
    return box.size[projection.u] * box.size[projection.v]


def _hole(axes: Axes, projection: Projection, kind: OpeningKind | PassageKind, box: Box) -> None:
    """A hole seen from its face is an area, seen edge-on a thick line."""
    colour = _HOLES[kind]
    faced = box.size[projection.normal] == 0.0
    if faced and kind in (OpeningKind.TILE, PassageKind.TILE):
        draw_box(axes, projection, box, face=colour, edge=colour, width=0.7, alpha=0.3, zorder=1.5)
    elif faced and kind is not OpeningKind.FAN_WALL:
        draw_box(axes, projection, box, edge=colour, width=1.2, dashes=_DASHES, zorder=4.5)
    else:
        width = 6.0 if kind is OpeningKind.FAN_WALL else 5.0
        draw_box(axes, projection, box, edge=colour, width=width, zorder=6.5)


def _solid(axes: Axes, projection: Projection, box: Box, colour: str) -> None:
    draw_box(axes, projection, box, face=colour, edge=style.INK, width=0.6, zorder=3.0)


def _grey(axes: Axes, projection: Projection, box: Box, colour: str, hatch: str | None) -> None:
    draw_box(axes, projection, box, face=colour, edge=style.MUTED, hatch=hatch, width=0.6, zorder=2.8)


def _panel(axes: Axes, projection: Projection, box: Box) -> None:
    if box.size[projection.normal] == 0.0:  # seen from its face: a translucent sheet
        draw_box(axes, projection, box, face=style.PANEL, edge=style.PANEL, alpha=0.16, width=0.8, zorder=4.2)
    else:
        draw_box(axes, projection, box, edge=style.PANEL, width=2.2, zorder=4.4)


def hall_legend(axes: Axes, hall: Hall, *, aisles: bool, inlets: bool, columns: int) -> None:
    """What the colours of a plan mean, under the axes; only what this hall has."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    kinds = {opening.kind for opening in hall.openings}
    holes = {passage.kind for passage in hall.passages}
    sides = {aisle.kind for aisle in hall.aisles}
    porous = any(rack.populated and rack.loss_per_m is not None for rack in hall.racks)
    rack = Patch(
        fc=style.RACK,
        ec=style.MUTED,
        lw=0.5,
        hatch="...." if porous else None,
        label="rack without fans" if porous else "rack",
    )
    entries: list[Patch | Line2D] = [rack]
    if inlets:
        entries.append(
            Patch(fc=plans.colours_of([0.85], (0.0, 1.0))[0], ec=style.MUTED, label="front: hottest inlet")
        )
    else:
        entries.append(Line2D([], [], color=style.BLUE, lw=1.6, label="rack front"))
    if any(not rack.populated for rack in hall.racks):
        entries.append(Patch(fc=style.RACK_EMPTY, ec=style.MUTED, lw=0.5, label="blanked position"))
    if any(rack.rear_door for rack in hall.racks):
        entries.append(Line2D([], [], color=style.PURPLE, lw=2.0, label="rear-door exchanger"))
    if hall.cdus:
        entries.append(Patch(fc=style.CDU, ec=style.INK, lw=0.6, label="CDU"))
    if aisles and AisleKind.COLD in sides:
        entries.append(Patch(fc=style.COLD_AISLE, label="cold aisle"))
    if aisles and AisleKind.HOT in sides:
        entries.append(Patch(fc=style.HOT_AISLE, label="hot aisle"))
    if hall.panels:
        entries.append(Line2D([], [], color=style.PANEL, lw=2.2, label="panel"))
    if OpeningKind.TILE in kinds or PassageKind.TILE in holes:
        entries.append(Patch(fc=style.AIR_SUPPLY, ec=style.AIR_SUPPLY, alpha=0.3, label="perforated tile"))
    if OpeningKind.FAN_WALL in kinds or any(unit.flat for unit in hall.units):
        entries.append(Line2D([], [], color=style.AIR_SUPPLY, lw=5.0, label="fan wall"))
    if OpeningKind.GRILLE in kinds or PassageKind.GRILLE in holes:
        entries.append(Line2D([], [], color=style.AIR_RETURN, lw=1.2, ls=_DASHES, label="return"))
    if PassageKind.DOOR in holes:
        entries.append(Line2D([], [], color=style.DOOR, lw=3.0, label="door"))
    if any(not unit.flat for unit in hall.units):
        entries.append(Patch(fc=style.UNIT, ec=style.INK, lw=0.6, label="cooling unit"))
    if hall.pdus:
        entries.append(Patch(fc=style.PDU, ec=style.MUTED, hatch="xxx", label="PDU"))
    if hall.obstructions:
        entries.append(Patch(fc=style.SOLID, ec=style.MUTED, label="obstruction"))
    axes.axis("off")
    axes.legend(
        handles=entries,
        loc="center left",
        ncols=columns,
        borderaxespad=0.0,
        handlelength=1.8,
        columnspacing=1.6,
        borderpad=0.0,
    )
