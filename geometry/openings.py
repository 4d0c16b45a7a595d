"""The openings of a parametric hall: tiles, fan walls and return grilles."""

from __future__ import annotations

from geometry.errors import require, require_range
from geometry.hall import Aisle, AisleKind, Box, Opening, OpeningKind, Side
from geometry.rows import Extent, Row, clean


def grilles(aisles: tuple[Aisle, ...], extent: Extent) -> tuple[Opening, ...]:
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


def tile_strips(
    rows: tuple[Row, ...], extent: Extent, *, size: float, open_fraction: float
) -> tuple[Opening, ...]:
    """Cold aisles floored with perforated tiles along the racks, as many across as fit.

    One opening is the strip of tiles across the aisle at one place of the row: 'tile-A-03' is the third
    before row A. An aisle that two rows share is named after the first.
    """
    require_range("tile_size", size, 0.2, 2.0, "m", element="the hall layout")
    require_range("tile_open_fraction", open_fraction, 0.05, 1.0, "-", element="the hall layout")
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
            box = Box(x0=clean(x0), x1=clean(x0 + size), y0=clean(y0), y1=clean(y0 + width), z0=0.0, z1=0.0)
            tiles.append(
                Opening(
                    name=f"tile-{row.name}-{index + 1:0{digits}d}",
                    kind=OpeningKind.TILE,
                    box=box,
                    open_fraction=open_fraction,
                )
            )
    return tuple(tiles)


def fan_walls(
    extent: Extent, room_y1: float, *, count: int, width: float, height: float, sill: float
) -> tuple[Opening, ...]:
    """Discharge faces on the low-x end wall; those that find no place there go to the high-x one."""
    ends = (extent.hall_x0, extent.room_x1)
    boxes = fan_wall_boxes(extent, room_y1, ends, count=count, width=width, height=height, sill=sill)
    return tuple(
        Opening(name=f"fan-wall-{number}", kind=OpeningKind.FAN_WALL, box=box)
        for number, box in enumerate(boxes, start=1)
    )


def fan_wall_boxes(
    extent: Extent,
    room_y1: float,
    walls: tuple[float, ...],
    *,
    count: int,
    width: float,
    height: float,
    sill: float,
    module: float = 0.0,
) -> list[Box]:
    """Faces spread over the first of `walls` (their x) and, when it is full, over the next.

    module  > 0: their ends along y go to the next multiple of it, and do not cut the grid into slivers
    """
    where = "the hall layout"
    require_range("fan_walls", count, 1, 200, "-", element=where)
    require_range("fan_wall_width", width, 0.3, room_y1, "m", element=where)
    require_range("fan_wall_sill", sill, 0.0, extent.ceiling, "m", element=where)
    require_range("fan_wall_height", height, 0.3, extent.ceiling - sill, "m", element=where)
    fit = int(room_y1 / width + 1e-6)
    on = "the wall" if len(walls) == 1 else "each end wall"
    require(
        count <= len(walls) * fit,
        f"fan_walls of the hall layout = {count}: only {fit} of {width:g} m fit on {on} ({room_y1:g} m wide)",
        hint=f"at most {len(walls) * fit} fan walls, or narrower ones",
    )
    boxes: list[Box] = []
    for x in walls:
        for y0 in spread(min(count - len(boxes), fit), width, room_y1):
            y1 = clean(y0 + width)
            if module > 0.0:
                y0, y1 = (clean(round(y / module) * module) for y in (y0, y1))
            boxes.append(Box(x0=x, x1=x, y0=y0, y1=y1, z0=sill, z1=clean(sill + height)))
    return boxes


def spread(count: int, width: float, length: float) -> list[float]:
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
        starts[n] = clean(start)
        starts[count - 1 - n] = clean(length - width - start) if 2 * n + 1 < count else clean(exact)
    return starts
