"""Plan and sections of a hall as plain rectangles, ready to be drawn by anyone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from geometry.errors import require_range
from geometry.gridding import AXES
from geometry.hall import Box, Hall


class Part(Enum):
    ROOM = "room"
    COLD_AISLE = "cold aisle"
    HOT_AISLE = "hot aisle"
    RACK = "rack"
    BLANK = "blanked rack"
    CDU = "CDU"
    OBSTRUCTION = "obstruction"
    TILE = "tile"
    FAN_WALL = "fan wall"
    GRILLE = "grille"
    PANEL = "panel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """One object as seen in a view: (a0, a1) on the horizontal axis of the paper, (b0, b1) upwards [m].

    Thin objects seen edge-on have one zero extent: draw them as lines.
    """

    part: Part
    label: str
    a0: float
    a1: float
    b0: float
    b1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A cut normal to `axis` at `at` [m]; the paper's axes are `across` and `up`. Later rectangles lie on
    top of earlier ones."""

    axis: str
    at: float
    across: str
    up: str
    rectangles: tuple[Rectangle, ...]


def plan(hall: Hall, z: float | None = None) -> View:
    """The hall from above, cut at height `z` [m], None: everything.

    Aisles, tiles and grilles are drawn wherever they are: a plan shows floor and ceiling.
    """
    if z is None:
        return _view(hall, axis=2, at=0.5 * (hall.room.z0 + hall.room.z1), through=True)
    require_range("height of the plan", z, hall.room.z0, hall.room.z1, "m", element=f"hall {hall.name}")
    return _view(hall, axis=2, at=z, through=False)


def section(hall: Hall, x: float | None = None) -> View:
    """The y-z section at `x` [m], None: through the middle of the first rack."""
    if x is None:
        x = (hall.racks[0].box if hall.racks else hall.room).centre[0]
    require_range("place of the section", x, hall.room.x0, hall.room.x1, "m", element=f"hall {hall.name}")
    return _view(hall, axis=0, at=x, through=False)


def _view(hall: Hall, *, axis: int, at: float, through: bool) -> View:
    across, up = (n for n in range(3) if n != axis)
    drawn: list[Rectangle] = []
    for part, label, box in _parts(hall):
        overlay = axis == 2 and part in (Part.TILE, Part.GRILLE, Part.COLD_AISLE, Part.HOT_AISLE)
        if through or overlay or box.low[axis] <= at <= box.high[axis]:
            drawn.append(
                Rectangle(
                    part=part,
                    label=label,
                    a0=box.low[across],
                    a1=box.high[across],
                    b0=box.low[up],
                    b1=box.high[up],
                )
            )
    return View(axis=AXES[axis], at=at, across=AXES[across], up=AXES[up], rectangles=tuple(drawn))


def _parts(hall: Hall) -> list[tuple[Part, str, Box]]:
    """Everything in the hall, from the floor upwards."""
    parts = [(Part.ROOM, hall.name, hall.room)]
    parts += [(Part(f"{aisle.kind.value} aisle"), aisle.name, aisle.box) for aisle in hall.aisles]
    parts += [(Part[opening.kind.name], opening.name, opening.box) for opening in hall.openings]
    parts += [(Part.RACK if rack.populated else Part.BLANK, rack.name, rack.box) for rack in hall.racks]
    parts += [(Part.CDU, cdu.name, cdu.box) for cdu in hall.cdus]
    parts += [(Part.OBSTRUCTION, part.name, part.box) for part in hall.obstructions]
    parts += [(Part.PANEL, panel.name, panel.box) for panel in hall.panels]
    return parts
