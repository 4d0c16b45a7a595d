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

from geometry.errors import require, require_range
from geometry.hall import Aisle, AisleKind, Box, Cdu, Hall, Opening, OpeningKind, Panel, Rack, Side


class Containment(Enum):
    NONE = "none"
    HOT_AISLE = "hot_aisle"  # chimney from the racks' rear edges to the ceiling, doors at the ends
    COLD_AISLE = "cold_aisle"  # roof at rack height, doors at the ends


class SupplyKind(Enum):
    TILES = "tiles"  # raised floor: perforated tiles in the cold aisles
    FAN_WALLS = "fan_walls"  # the room is flooded from the end walls


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
    supply: SupplyKind = SupplyKind.FAN_WALLS
    fan_walls: int = 4  # (a)
    fan_wall_width: float = 2.4  # (a)
    fan_wall_height: float = 2.4  # (a)
    fan_wall_sill: float = 0.3  # (a) height of the lower edge
    tile_size: float = 0.6  # (t)
    tile_open_fraction: float = 0.56  # (a) a grate; plain perforated tiles have about 0.25
    rear_doors: bool = False
    cdu_width: float = 0.6  # (a) in-row unit
    cdu_height: float | None = None  # None: as the racks


@dataclass(frozen=True, slots=True)
class _Row:
    """Where a row stands; `hot` and `cold` are the intervals of its two aisles in y."""

    name: str
    y0: float
    y1: float
    front: Side
    cold: tuple[float, float]
    hot: tuple[float, float]

    @property
    def rear_y(self) -> float:
        return self.y1 if self.front is Side.Y_LO else self.y0

    @property
    def front_y(self) -> float:
        return self.y0 if self.front is Side.Y_LO else self.y1


@dataclass(frozen=True, slots=True)
class _Extent:
    """Coordinates that all rows share: along x the racks, then the CDUs; upwards their tops."""

    racks_x0: float
    racks_x1: float
    row_x1: float
    room_x1: float
    rack_top: float
    cdu_top: float
    ceiling: float

    def along_row(self) -> tuple[tuple[str, float, float, float], ...]:
        """(tag, x0, x1, top) of the stretches of a row that have one height."""
        if self.row_x1 == self.racks_x1:
            return (("", self.racks_x0, self.racks_x1, self.rack_top),)
        if self.cdu_top == self.rack_top:
            return (("", self.racks_x0, self.row_x1, self.rack_top),)
        return (
            ("", self.racks_x0, self.racks_x1, self.rack_top),
            ("-cdu", self.racks_x1, self.row_x1, self.cdu_top),
        )


def row_name(index: int) -> str:
    """Letters of a row: 0 -> 'A', 25 -> 'Z', 26 -> 'AA'."""
    name = ""
    index += 1
    while index > 0:
        index, letter = divmod(index - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


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

    rows, room_y1 = _place_rows(layout)
    racks_x1 = layout.end_clearance + layout.racks_per_row * layout.rack_width
    row_x1 = racks_x1 + cdus_per_row * layout.cdu_width
    extent = _Extent(
        racks_x0=layout.end_clearance,
        racks_x1=_clean(racks_x1),
        row_x1=_clean(row_x1),
        room_x1=_clean(row_x1 + layout.end_clearance),
        rack_top=layout.rack_height,
        cdu_top=layout.rack_height if layout.cdu_height is None else layout.cdu_height,
        ceiling=layout.ceiling,
    )
    aisles = _aisles(rows, extent, layout.containment)
    if layout.supply is SupplyKind.TILES:
        supplies = _tiles(layout, rows, extent)
    else:
        supplies = _fan_walls(layout, extent, room_y1)
    return Hall(
        name=name,
        room=Box(x0=0.0, x1=extent.room_x1, y0=0.0, y1=room_y1, z0=0.0, z1=layout.ceiling),
        racks=_racks(layout, rows, count),
        aisles=aisles,
        panels=_panels(layout, rows, aisles, extent),
        openings=supplies + _grilles(aisles, extent),
        cdus=_cdus(layout, rows, extent, cdus_per_row),
    )


def _clean(value: float) -> float:
    """Drop the round-off of sums, so that lines that should coincide do."""
    return round(value, 9)


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
        ("ceiling", layout.ceiling, 2.0, 20.0, "m"),
        ("cdu_width", layout.cdu_width, 0.3, 2.0, "m"),
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
    require(
        not (layout.supply is SupplyKind.FAN_WALLS and layout.containment is Containment.COLD_AISLE),
        "supply of the hall layout = fan_walls with containment = cold_aisle: the doors keep the supply air "
        "out of the cold aisles",
        hint="supply=tiles, or containment=hot_aisle",
    )


def _place_rows(layout: HallLayout) -> tuple[tuple[_Row, ...], float]:
    """Rows from low to high y, and the width of the room."""
    rows: list[_Row] = []
    outer = layout.side_clearance
    y = 0.0
    before = layout.cold_aisle if outer is None else outer
    for index in range(layout.rows):
        low_front = index % 2 == 0
        after = layout.hot_aisle if low_front else layout.cold_aisle
        if index == layout.rows - 1 and outer is not None:
            after = outer
        y0 = _clean(y + before)
        y1 = _clean(y0 + layout.rack_depth)
        below, above = (_clean(y0 - before), y0), (y1, _clean(y1 + after))
        rows.append(
            _Row(
                name=row_name(index),
                y0=y0,
                y1=y1,
                front=Side.Y_LO if low_front else Side.Y_HI,
                cold=below if low_front else above,
                hot=above if low_front else below,
            )
        )
        y, before = y1, after
    return tuple(rows), _clean(y + before)


def _racks(layout: HallLayout, rows: tuple[_Row, ...], populated: int) -> tuple[Rack, ...]:
    digits = max(2, len(str(layout.racks_per_row)))
    racks: list[Rack] = []
    for row in rows:
        for position in range(layout.racks_per_row):
            x0 = layout.end_clearance + position * layout.rack_width
            racks.append(
                Rack(
                    name=f"{row.name}{position + 1:0{digits}d}",
                    row=row.name,
                    position=position,
                    box=Box(
                        x0=_clean(x0),
                        x1=_clean(x0 + layout.rack_width),
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


def _cdus(layout: HallLayout, rows: tuple[_Row, ...], extent: _Extent, per_row: int) -> tuple[Cdu, ...]:
    return tuple(
        Cdu(
            name=f"{row.name}-CDU{unit + 1}",
            row=row.name,
            box=Box(
                x0=_clean(extent.racks_x1 + unit * layout.cdu_width),
                x1=_clean(extent.racks_x1 + (unit + 1) * layout.cdu_width),
                y0=row.y0,
                y1=row.y1,
                z0=0.0,
                z1=extent.cdu_top,
            ),
        )
        for row in rows
        for unit in range(per_row)
    )


def _aisles(rows: tuple[_Row, ...], extent: _Extent, containment: Containment) -> tuple[Aisle, ...]:
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
    layout: HallLayout, rows: tuple[_Row, ...], aisles: tuple[Aisle, ...], extent: _Extent
) -> tuple[Panel, ...]:
    panels: list[Panel] = []
    for aisle in aisles:
        if not aisle.contained:
            continue
        for tag, side in (("low", Side.X_LO), ("high", Side.X_HI)):
            panels.append(Panel(name=f"{aisle.name}-door-{tag}", box=aisle.box.face(side)))
        if aisle.kind is AisleKind.COLD:
            panels.append(Panel(name=f"{aisle.name}-roof", box=aisle.box.face(Side.Z_HI)))
    for row in rows:
        for tag, x0, x1, top in extent.along_row():
            if layout.containment is Containment.HOT_AISLE:
                name, y, z0, z1 = f"chimney-{row.name}{tag}", row.rear_y, top, extent.ceiling
            elif layout.containment is Containment.COLD_AISLE and top < extent.rack_top:
                name, y, z0, z1 = f"skirt-{row.name}{tag}", row.front_y, top, extent.rack_top
            else:
                continue
            panels.append(Panel(name=name, box=Box(x0=x0, x1=x1, y0=y, y1=y, z0=z0, z1=z1)))
    return tuple(panels)


def _grilles(aisles: tuple[Aisle, ...], extent: _Extent) -> tuple[Opening, ...]:
    """One return opening per hot aisle: the ceiling above it, as long as the racks."""
    hot = [aisle for aisle in aisles if aisle.kind is AisleKind.HOT]
    return tuple(
        Opening(
            name=f"grille-{number}",
            kind=OpeningKind.GRILLE,
            box=Box(
                x0=extent.racks_x0,
                x1=extent.racks_x1,
                y0=aisle.box.y0,
                y1=aisle.box.y1,
                z0=extent.ceiling,
                z1=extent.ceiling,
            ),
        )
        for number, aisle in enumerate(hot, start=1)
    )


def _tiles(layout: HallLayout, rows: tuple[_Row, ...], extent: _Extent) -> tuple[Opening, ...]:
    """Cold aisles floored with perforated tiles along the racks, as many across as fit.

    One opening is the strip of tiles across the aisle at one place of the row: 'tile-A-03' is the third
    before row A. An aisle that two rows share is named after the first.
    """
    size = require_range("tile_size", layout.tile_size, 0.2, 2.0, "m", element="the hall layout")
    open_fraction = require_range(
        "tile_open_fraction", layout.tile_open_fraction, 0.05, 1.0, "-", element="the hall layout"
    )
    length = extent.racks_x1 - extent.racks_x0
    along = int(length / size + 1e-6)
    digits = max(2, len(str(along)))
    first_row = {row.cold: row for row in reversed(rows)}
    tiles: list[Opening] = []
    for row in rows:
        if first_row[row.cold] is not row:
            continue
        low, high = row.cold
        across = int((high - low) / size + 1e-6)
        require(
            across > 0 and along > 0,
            f"tile_size of the hall layout = {size:g} m: no tile fits the cold aisle before row {row.name} "
            f"({length:g} m x {high - low:g} m)",
            hint=f"cold_aisle of at least {size:g} m, or smaller tiles",
        )
        width = across * size
        if sum(other.cold == row.cold for other in rows) > 1:
            y0 = low + 0.5 * (high - low - width)
        else:  # beside a wall: close to the racks
            y0 = high - width if row.front is Side.Y_LO else low
        for index in range(along):
            x0 = extent.racks_x0 + index * size
            box = Box(
                x0=_clean(x0), x1=_clean(x0 + size), y0=_clean(y0), y1=_clean(y0 + width), z0=0.0, z1=0.0
            )
            tiles.append(
                Opening(
                    name=f"tile-{row.name}-{index + 1:0{digits}d}",
                    kind=OpeningKind.TILE,
                    box=box,
                    open_fraction=open_fraction,
                )
            )
    return tuple(tiles)


def _fan_walls(layout: HallLayout, extent: _Extent, room_y1: float) -> tuple[Opening, ...]:
    """Discharge faces on the low-x end wall; those that find no place there go to the high-x one."""
    count = int(require_range("fan_walls", layout.fan_walls, 1, 200, "-", element="the hall layout"))
    width = require_range(
        "fan_wall_width", layout.fan_wall_width, 0.3, room_y1, "m", element="the hall layout"
    )
    z0 = require_range(
        "fan_wall_sill", layout.fan_wall_sill, 0.0, layout.ceiling, "m", element="the hall layout"
    )
    height = require_range(
        "fan_wall_height", layout.fan_wall_height, 0.3, layout.ceiling - z0, "m", element="the hall layout"
    )
    fit = int(room_y1 / width + 1e-6)
    require(
        count <= 2 * fit,
        f"fan_walls of the hall layout = {count}: only {fit} of {width:g} m fit on each end wall "
        f"({room_y1:g} m wide)",
        hint=f"at most {2 * fit} fan walls, or narrower ones",
    )
    walls: list[Opening] = []
    for x, share in ((0.0, min(count, fit)), (extent.room_x1, count - min(count, fit))):
        for y0 in _spread(share, width, room_y1):
            walls.append(
                Opening(
                    name=f"fan-wall-{len(walls) + 1}",
                    kind=OpeningKind.FAN_WALL,
                    box=Box(x0=x, x1=x, y0=y0, y1=_clean(y0 + width), z0=z0, z1=_clean(z0 + height)),
                )
            )
    return tuple(walls)


def _spread(count: int, width: float, length: float) -> list[float]:
    """Lower ends of `count` equal pieces, evenly spread over `length` and mirror-symmetric.

    The ends fall on multiples of 0.1 m where the gaps allow it: fewer sliver cells in the grid.
    """
    if count == 0:
        return []
    gap = (length - count * width) / (count + 1)
    starts = [0.0] * count
    for n in range((count + 1) // 2):
        exact = gap + n * (gap + width)
        start = round(exact, 1) if gap > 0.2 and 2 * n + 1 < count else exact
        starts[n] = _clean(start)
        starts[count - 1 - n] = _clean(length - width - start) if 2 * n + 1 < count else _clean(exact)
    return starts
