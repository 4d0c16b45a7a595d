"""What makes a parametric hall's air go round inside: raised floor, false ceiling, gallery, cooling units.

gallery | hall                                    CRAH
:~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~: plenum     |  ^ draws from the room, or ducted from the ceiling plenum
: return +----grille------grille-----+ ceiling    |  |
v        |     hot    |    hot       |            +--+--+--------tile--------tile-----+ raised floor, z = 0
[fan]--->|   cold     |    cold      |               v ~~~~~ plenum below the floor ~~~~~~
"""

from __future__ import annotations

from dataclasses import dataclass

from geometry.errors import require, require_range
from geometry.hall import Box, CoolingUnit, Opening, Panel, Passage, PassageKind, Side
from geometry.losses import perforated_loss
from geometry.openings import fan_wall_boxes, spread
from geometry.rows import Extent, clean

WALKWAY = 0.6  # [m] left free between a cooling unit and the ends of the rows; assumption
LEAST_RETURN = 0.3  # [m] height of the return opening above the fan walls of a gallery; assumption


@dataclass(frozen=True, slots=True, kw_only=True)
class Fittings:
    """What is added to a hall."""

    panels: tuple[Panel, ...] = ()
    passages: tuple[Passage, ...] = ()
    units: tuple[CoolingUnit, ...] = ()

    def __add__(self, other: Fittings) -> Fittings:
        return Fittings(
            panels=self.panels + other.panels,
            passages=self.passages + other.passages,
            units=self.units + other.units,
        )


def false_ceiling(extent: Extent, room_y1: float, grilles: tuple[Opening, ...], loss: float) -> Fittings:
    """A ceiling over the hall (not over its gallery) with `grilles` of loss coefficient `loss` [-]."""
    at = extent.ceiling
    box = Box(x0=extent.hall_x0, x1=extent.room_x1, y0=0.0, y1=room_y1, z0=at, z1=at)
    return Fittings(
        panels=(Panel(name="ceiling", box=box),),
        passages=tuple(
            Passage(name=grille.name, kind=PassageKind.GRILLE, box=grille.box, loss=loss)
            for grille in grilles
        ),
    )


def raised_floor(extent: Extent, room_y1: float, tiles: tuple[Opening, ...]) -> Fittings:
    """A floor at z = 0 with perforated `tiles`, whose loss follows from their open fraction."""
    box = Box(x0=extent.hall_x0, x1=extent.room_x1, y0=0.0, y1=room_y1, z0=0.0, z1=0.0)
    return Fittings(
        panels=(Panel(name="raised-floor", box=box),),
        passages=tuple(
            Passage(
                name=tile.name,
                kind=PassageKind.TILE,
                box=tile.box,
                loss=perforated_loss(tile.open_fraction),
                open_fraction=tile.open_fraction,
            )
            for tile in tiles
        ),
    )


def gallery(
    extent: Extent,
    room_y1: float,
    *,
    count: int,
    width: float,
    height: float,
    sill: float,
    module: float,
    return_loss: float | None,
) -> Fittings:
    """The wall between gallery and hall, its fan walls and, unless the ceiling plenum brings the air back
    (`return_loss` None), an opening of that loss [-] above them.

    Raises InputError where they do not fit.
    """
    x = extent.hall_x0
    require_range("gallery", x, 0.6, 20.0, "m", element="the hall layout")
    boxes = fan_wall_boxes(
        extent, room_y1, (x,), count=count, width=width, height=height, sill=sill, module=module
    )
    wall = Panel(name="gallery-wall", box=Box(x0=x, x1=x, y0=0.0, y1=room_y1, z0=0.0, z1=extent.ceiling))
    units = tuple(
        CoolingUnit(name=f"fan-wall-{number}", box=box, intake=Side.X_LO, outlet=Side.X_HI)
        for number, box in enumerate(boxes, start=1)
    )
    if return_loss is None:
        return Fittings(panels=(wall,), units=units)
    top = clean(sill + height)
    require(
        extent.ceiling - top >= LEAST_RETURN - 1e-9,
        f"ceiling of the hall layout = {extent.ceiling:g} m: {extent.ceiling - top:.3g} m above the fan "
        f"walls, where the air returns to the gallery and needs {LEAST_RETURN:g} m",
        hint="a ceiling plenum, lower fan walls or a higher ceiling",
    )
    way = Box(x0=x, x1=x, y0=0.0, y1=room_y1, z0=top, z1=extent.ceiling)
    back = Passage(name="gallery-return", kind=PassageKind.GRILLE, box=way, loss=return_loss)
    return Fittings(panels=(wall,), passages=(back,), units=units)


def crahs(
    extent: Extent,
    room_y1: float,
    *,
    count: int,
    width: float,
    depth: float,
    height: float,
    ducted: bool,
) -> Fittings:
    """Cabinets on the raised floor along the low-x end wall, then along the high-x one: they draw at the top
    (`ducted`: from the ceiling plenum) and blow down under the floor.

    Raises InputError where they do not fit.
    """
    where = "the hall layout"
    require_range("cooling units", count, 1, 200, "-", element=where)
    require_range("cooling unit width", width, 0.3, room_y1, "m", element=where)
    require_range("cooling unit depth", depth, 0.3, 5.0, "m", element=where)
    require_range("cooling unit height", height, 0.5, extent.ceiling, "m", element=where)
    least = depth + WALKWAY
    clearance = min(extent.racks_x0 - extent.hall_x0, extent.room_x1 - extent.row_x1)
    require(
        clearance >= least - 1e-9,
        f"end_clearance of the hall layout = {clearance:g} m: cooling units {depth:g} m deep stand there, "
        f"at least {least:g} m needed",
        hint=f"end_clearance of {least:g} m",
    )
    fit = int(room_y1 / width + 1e-6)
    require(
        count <= 2 * fit,
        f"cooling units of the hall layout = {count}: only {fit} of {width:g} m fit on each end wall "
        f"({room_y1:g} m wide)",
        hint=f"at most {2 * fit} units, or narrower ones",
    )
    low = (count + 1) // 2  # air from both ends meets evenly in the middle of the plenum
    top = extent.ceiling if ducted else height
    units: list[CoolingUnit] = []
    for x0, share in ((extent.hall_x0, low), (clean(extent.room_x1 - depth), count - low)):
        for y0 in spread(share, width, room_y1):
            box = Box(x0=x0, x1=clean(x0 + depth), y0=y0, y1=clean(y0 + width), z0=0.0, z1=top)
            name = f"crah-{len(units) + 1}"
            units.append(CoolingUnit(name=name, box=box, intake=Side.Z_HI, outlet=Side.Z_LO))
    return Fittings(units=tuple(units))
