"""A parametric hall from about a dozen numbers.

Rows run along x and alternate their facing, so that across y the room reads

    cold aisle | row A | hot aisle | row B | cold aisle | row C | hot aisle | ...

Coolant distribution units stand in line at the high-x end of each row. The order of the racks is row by
row, and the positions left over by `populated` are the last ones: a partly filled hall keeps the grid of
the full one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from geometry.circulation import Fittings, crahs, false_ceiling, gallery, raised_floor
from geometry.errors import require, require_range
from geometry.hall import Aisle, AisleKind, Box, Cdu, Hall, Opening, Panel, Rack, Side
from geometry.losses import leak_loss
from geometry.openings import fan_walls, grilles, tile_strips
from geometry.rows import Extent, Row, alternate_rows, clean


class Containment(Enum):
    NONE = "none"
    HOT_AISLE = "hot_aisle"  # chimney from the racks' rear edges to the ceiling, doors at the ends
    COLD_AISLE = "cold_aisle"  # roof at rack height, doors at the ends


class SupplyKind(Enum):
    TILES = "tiles"  # raised floor: perforated tiles in the cold aisles
    FAN_WALLS = "fan_walls"  # the room is flooded from the end walls
    CRAH = "crah"  # cooling units in the room blow under a raised floor: the air goes round inside
    GALLERY = "gallery"  # fan walls between the hall and a gallery: the air goes round inside

    @property
    def circulates(self) -> bool:
        return self in (SupplyKind.CRAH, SupplyKind.GALLERY)


@dataclass(frozen=True, slots=True, kw_only=True)
class HallLayout:
    """What a parametric hall is made of [m].

    The defaults are marked: (a) an assumption of this project, (t) the usual 600 mm module of raised floors
    and suspended ceilings (EN 12825), which also sets an aisle of two tiles.
    """

    rows: int
    racks_per_row: int
    rack_width: float = 0.6  # (t) the footprint of a rack is one module wide
    rack_depth: float = 1.2  # (t) and two deep
    rack_height: float = 2.2  # (a) close to 48 rack units
    cold_aisle: float = 1.2  # (t)
    hot_aisle: float = 1.2  # (t)
    end_clearance: float = 1.8  # (a) between the ends of the rows and the end walls
    side_clearance: float | None = None  # width of the outermost aisles; None: that of their kind
    ceiling: float = 4.5  # (a) clear height above the (raised) floor
    containment: Containment = Containment.HOT_AISLE
    # (a) open share of containment panels [-]. Real ones leak; with airtight ones (0) the cold side has no
    # outlet but the racks, so that supply and rack flow would have to agree exactly
    containment_leakage: float = 0.02
    supply: SupplyKind = SupplyKind.FAN_WALLS
    fan_walls: int = 4  # (a)
    fan_wall_width: float = 2.4  # (a)
    fan_wall_height: float = 2.4  # (a)
    fan_wall_sill: float = 0.3  # (a) height of the lower edge
    tile_size: float = 0.6  # (t)
    tile_open_fraction: float = 0.56  # (a) a grate; plain perforated tiles have about 0.25
    rear_doors: bool = False
    gallery: float = 3.0  # (a) depth, for SupplyKind.GALLERY
    floor_plenum: float = 0.6  # (t) for SupplyKind.CRAH
    ceiling_plenum: float = 0.0  # above a false ceiling; 0: none
    grille_loss: float = (
        2.4  # (a) K of ceiling grilles and of the return to the gallery, on the face velocity
    )
    crahs: int = 4  # (a)
    crah_width: float = 2.4  # (a)
    crah_depth: float = 0.9  # (a)
    crah_height: float = 2.0  # (a)
    module: float = 0.0  # > 0: the ends of a gallery's fan walls fall on multiples of it
    cdu_width: float = 0.6  # (a) in-row unit
    cdu_height: float | None = None  # None: as the racks


def generate_hall(
    layout: HallLayout, *, populated: int | None = None, cdus_per_row: int = 0, name: str = "hall"
) -> Hall:
    """The hall that `layout` describes.

    populated     number of racks that hold equipment; the other positions (the last ones) are blanked.
                  None: all of them
    cdus_per_row  coolant distribution units at the high-x end of each row

    Raises InputError for a value out of range, openings that do not fit, and fan walls with a contained
    cold aisle (whose racks they could not reach).
    """
    places = layout.rows * layout.racks_per_row
    count = places if populated is None else populated
    _check_layout(layout, count, cdus_per_row)

    rows, room_y1 = alternate_rows(
        layout.rows,
        depth=layout.rack_depth,
        cold=layout.cold_aisle,
        hot=layout.hot_aisle,
        outer=layout.side_clearance,
    )
    hall_x0 = layout.gallery if layout.supply is SupplyKind.GALLERY else 0.0
    racks_x0 = hall_x0 + layout.end_clearance
    racks_x1 = racks_x0 + layout.racks_per_row * layout.rack_width
    row_x1 = racks_x1 + cdus_per_row * layout.cdu_width
    extent = Extent(
        hall_x0=hall_x0,
        racks_x0=clean(racks_x0),
        racks_x1=clean(racks_x1),
        row_x1=clean(row_x1),
        room_x1=clean(row_x1 + layout.end_clearance),
        rack_top=layout.rack_height,
        cdu_top=layout.rack_height if layout.cdu_height is None else layout.cdu_height,
        ceiling=layout.ceiling,
    )
    aisles = _aisles(rows, extent, layout.containment)
    supplies = _supplies(layout, rows, extent, room_y1)
    returns = grilles(aisles, extent)
    inside = _circulation(layout, extent, room_y1, supplies, returns)
    below = layout.floor_plenum if layout.supply is SupplyKind.CRAH else 0.0
    return Hall(
        name=name,
        room=Box(
            x0=0.0,
            x1=extent.room_x1,
            y0=0.0,
            y1=room_y1,
            z0=0.0 - below,
            z1=clean(layout.ceiling + layout.ceiling_plenum),
        ),
        racks=_racks(layout, rows, extent, count),
        aisles=aisles,
        panels=_panels(layout, rows, aisles, extent) + inside.panels,
        openings=() if layout.supply.circulates else supplies + returns,
        passages=inside.passages,
        units=inside.units,
        cdus=_cdus(layout, rows, extent, cdus_per_row),
    )


def _supplies(
    layout: HallLayout, rows: tuple[Row, ...], extent: Extent, room_y1: float
) -> tuple[Opening, ...]:
    if layout.supply in (SupplyKind.TILES, SupplyKind.CRAH):
        return tile_strips(rows, extent, size=layout.tile_size, open_fraction=layout.tile_open_fraction)
    if layout.supply is SupplyKind.GALLERY:
        return ()
    return fan_walls(
        extent,
        room_y1,
        count=layout.fan_walls,
        width=layout.fan_wall_width,
        height=layout.fan_wall_height,
        sill=layout.fan_wall_sill,
    )


def _circulation(
    layout: HallLayout,
    extent: Extent,
    room_y1: float,
    tiles: tuple[Opening, ...],
    returns: tuple[Opening, ...],
) -> Fittings:
    """Panels, passages and units of a hall whose air goes round inside; nothing in another one."""
    if not layout.supply.circulates:
        return Fittings()
    plenum = layout.ceiling_plenum > 0.0
    found = false_ceiling(extent, room_y1, returns, layout.grille_loss) if plenum else Fittings()
    if layout.supply is SupplyKind.GALLERY:
        return found + gallery(
            extent,
            room_y1,
            count=layout.fan_walls,
            width=layout.fan_wall_width,
            height=layout.fan_wall_height,
            sill=layout.fan_wall_sill,
            module=layout.module,
            return_loss=None if plenum else layout.grille_loss,
        )
    units = crahs(
        extent,
        room_y1,
        count=layout.crahs,
        width=layout.crah_width,
        depth=layout.crah_depth,
        height=layout.crah_height,
        ducted=plenum,
    )
    return found + raised_floor(extent, room_y1, tiles) + units


def _check_layout(layout: HallLayout, populated: int, cdus_per_row: int) -> None:
    ranges = (
        ("rows", layout.rows, 1, 200, "-"),
        ("racks_per_row", layout.racks_per_row, 1, 200, "-"),
        ("populated racks", populated, 0, layout.rows * layout.racks_per_row, "-"),
        ("cdus_per_row", cdus_per_row, 0, 20, "-"),
        ("rack_width", layout.rack_width, 0.3, 2.0, "m"),
        ("rack_depth", layout.rack_depth, 0.4, 3.0, "m"),
        ("rack_height", layout.rack_height, 0.5, 4.0, "m"),
        ("cold_aisle", layout.cold_aisle, 0.3, 20.0, "m"),
        ("hot_aisle", layout.hot_aisle, 0.3, 20.0, "m"),
        ("end_clearance", layout.end_clearance, 0.0, 50.0, "m"),
        ("containment_leakage", layout.containment_leakage, 0.0, 0.9, "-"),
        ("ceiling", layout.ceiling, 2.0, 20.0, "m"),
        ("cdu_width", layout.cdu_width, 0.3, 2.0, "m"),
        ("floor_plenum", layout.floor_plenum, 0.15, 5.0, "m"),
        ("ceiling_plenum", layout.ceiling_plenum, 0.0, 20.0, "m"),
        ("grille_loss", layout.grille_loss, 0.0, 1000.0, "-"),
        ("module", layout.module, 0.0, 2.0, "m"),
    )
    for quantity, value, low, high, unit in ranges:
        require_range(quantity, value, low, high, unit, element="the hall layout")
    if layout.side_clearance is not None:
        require_range("side_clearance", layout.side_clearance, 0.3, 20.0, "m", element="the hall layout")
    if layout.cdu_height is not None:
        require_range("cdu_height", layout.cdu_height, 0.3, 4.0, "m", element="the hall layout")
    tallest = max(layout.rack_height, (layout.cdu_height or 0.0) if cdus_per_row else 0.0)
    require(
        tallest < layout.ceiling,
        f"ceiling of the hall layout = {layout.ceiling:g} m: not above the racks and CDUs ({tallest:g} m)",
        hint=f"a ceiling above {tallest:g} m",
    )
    flooded = layout.supply in (SupplyKind.FAN_WALLS, SupplyKind.GALLERY)
    require(
        not (flooded and layout.containment is Containment.COLD_AISLE),
        f"supply of the hall layout = {layout.supply.value} with containment = cold_aisle: the doors keep "
        "the supply air out of the cold aisles",
        hint="air from the floor, or containment=hot_aisle",
    )
    if layout.supply.circulates:
        require(
            layout.containment is not Containment.HOT_AISLE or layout.ceiling_plenum > 0.0,
            f"supply of the hall layout = {layout.supply.value} with containment = hot_aisle: the contained "
            "aisles have no way back to the cooling units",
            hint="a ceiling_plenum above them, or another containment",
        )
    else:
        require(
            layout.ceiling_plenum == 0.0,
            f"ceiling_plenum of the hall layout = {layout.ceiling_plenum:g} m with supply = "
            f"{layout.supply.value}: its air leaves through grilles in the envelope",
            hint="supply=crah or gallery, or no ceiling plenum",
        )


def _racks(layout: HallLayout, rows: tuple[Row, ...], extent: Extent, populated: int) -> tuple[Rack, ...]:
    digits = max(2, len(str(layout.racks_per_row)))
    racks: list[Rack] = []
    for row in rows:
        for position in range(layout.racks_per_row):
            x0 = extent.racks_x0 + position * layout.rack_width
            racks.append(
                Rack(
                    name=f"{row.name}{position + 1:0{digits}d}",
                    row=row.name,
                    position=position,
                    box=Box(
                        x0=clean(x0),
                        x1=clean(x0 + layout.rack_width),
                        y0=row.y0,
                        y1=row.y1,
                        z0=0.0,
                        z1=layout.rack_height,
                    ),
                    front=row.front,
                    populated=len(racks) < populated,
                    rear_door=layout.rear_doors,
                )
            )
    return tuple(racks)


def _cdus(layout: HallLayout, rows: tuple[Row, ...], extent: Extent, per_row: int) -> tuple[Cdu, ...]:
    return tuple(
        Cdu(
            name=f"{row.name}-CDU{unit + 1}",
            row=row.name,
            box=Box(
                x0=clean(extent.racks_x1 + unit * layout.cdu_width),
                x1=clean(extent.racks_x1 + (unit + 1) * layout.cdu_width),
                y0=row.y0,
                y1=row.y1,
                z0=0.0,
                z1=extent.cdu_top,
            ),
        )
        for row in rows
        for unit in range(per_row)
    )


def _aisles(rows: tuple[Row, ...], extent: Extent, containment: Containment) -> tuple[Aisle, ...]:
    intervals = sorted({(row.cold, AisleKind.COLD) for row in rows}, key=lambda item: item[0])
    intervals += sorted({(row.hot, AisleKind.HOT) for row in rows}, key=lambda item: item[0])
    aisles: list[Aisle] = []
    number = {AisleKind.COLD: 0, AisleKind.HOT: 0}
    for (y0, y1), kind in sorted(intervals, key=lambda item: item[0]):
        number[kind] += 1
        roofed = kind is AisleKind.COLD and containment is Containment.COLD_AISLE
        contained = roofed or (kind is AisleKind.HOT and containment is Containment.HOT_AISLE)
        top = extent.rack_top if roofed else extent.ceiling
        aisles.append(
            Aisle(
                name=f"{kind.value}-aisle-{number[kind]}",
                kind=kind,
                box=Box(x0=extent.racks_x0, x1=extent.row_x1, y0=y0, y1=y1, z0=0.0, z1=top),
                contained=contained,
            )
        )
    return tuple(aisles)


def _panels(
    layout: HallLayout, rows: tuple[Row, ...], aisles: tuple[Aisle, ...], extent: Extent
) -> tuple[Panel, ...]:
    panels: list[Panel] = []
    loss = leak_loss(layout.containment_leakage)
    for aisle in aisles:
        if not aisle.contained:
            continue
        for tag, side in (("low", Side.X_LO), ("high", Side.X_HI)):
            panels.append(Panel(name=f"{aisle.name}-door-{tag}", box=aisle.box.face(side), loss=loss))
        if aisle.kind is AisleKind.COLD:
            panels.append(Panel(name=f"{aisle.name}-roof", box=aisle.box.face(Side.Z_HI), loss=loss))
    for row in rows:
        for tag, x0, x1, top in extent.along_row():
            if layout.containment is Containment.HOT_AISLE:
                name, y, z0, z1 = f"chimney-{row.name}{tag}", row.rear_y, top, extent.ceiling
            elif layout.containment is Containment.COLD_AISLE and top < extent.rack_top:
                name, y, z0, z1 = f"skirt-{row.name}{tag}", row.front_y, top, extent.rack_top
            else:
                continue
            panels.append(Panel(name=name, box=Box(x0=x0, x1=x1, y0=y, y1=y, z0=z0, z1=z1), loss=loss))
    return tuple(panels)
