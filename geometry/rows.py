"""Where the rows of a parametric hall stand: the coordinates that its parts share."""

from __future__ import annotations

from dataclasses import dataclass

from geometry.hall import Side


def clean(value: float) -> float:
    """Drop the round-off of sums, so that lines that should coincide do."""
    return round(value, 9)


@dataclass(frozen=True, slots=True)
class Row:
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
class Extent:
    """Coordinates that all rows share: along x the hall's low wall, racks, CDUs; upwards their tops."""

    hall_x0: float
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


def alternate_rows(
    count: int, *, depth: float, cold: float, hot: float, outer: float | None
) -> tuple[tuple[Row, ...], float]:
    """`count` rows of `depth` from low to high y, and the width of the room [m].

    The first row faces low y and its neighbours stand back to back or front to front, so that the aisles
    between them are `hot` and `cold` wide by turns; the outermost two are `outer` wide, unless None.
    """
    rows: list[Row] = []
    y = 0.0
    before = cold if outer is None else outer
    for index in range(count):
        low_front = index % 2 == 0
        after = hot if low_front else cold
        if index == count - 1 and outer is not None:
            after = outer
        y0 = clean(y + before)
        y1 = clean(y0 + depth)
        below, above = (clean(y0 - before), y0), (y1, clean(y1 + after))
        rows.append(
            Row(
                name=row_name(index),
                y0=y0,
                y1=y1,
                front=Side.Y_LO if low_front else Side.Y_HI,
                cold=below if low_front else above,
                hot=above if low_front else below,
            )
        )
        y, before = y1, after
    return tuple(rows), clean(y + before)
