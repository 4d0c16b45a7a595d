"""The nouns of a hall, in people's terms: frozen records, metres, no physics.

Axes: x runs along the rows of racks, y across the aisles, z up. A flat thing (a panel, a tile, a grille)
is a Box with one extent equal to zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Side(Enum):
    """A face of a box: its axis (0 x, 1 y, 2 z) and the direction of its outward normal."""

    X_LO = (0, -1)
    X_HI = (0, +1)
    Y_LO = (1, -1)
    Y_HI = (1, +1)
    Z_LO = (2, -1)
    Z_HI = (2, +1)

    @property
    def axis(self) -> int:
        return self.value[0]

    @property
    def outward(self) -> int:
        return self.value[1]

    @property
    def opposite(self) -> Side:
        return Side((self.axis, -self.outward))


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An axis-parallel box from (x0, y0, z0) to (x1, y1, z1) [m]; one extent may be zero."""

    x0: float
    x1: float
    y0: float
    y1: float
    z0: float
    z1: float

    @property
    def low(self) -> tuple[float, float, float]:
        return (self.x0, self.y0, self.z0)

    @property
    def high(self) -> tuple[float, float, float]:
        return (self.x1, self.y1, self.z1)

    @property
    def size(self) -> tuple[float, float, float]:
        return (self.x1 - self.x0, self.y1 - self.y0, self.z1 - self.z0)

    @property
    def centre(self) -> tuple[float, float, float]:
        return (0.5 * (self.x0 + self.x1), 0.5 * (self.y0 + self.y1), 0.5 * (self.z0 + self.z1))

    @property
    def volume(self) -> float:
        dx, dy, dz = self.size
        return dx * dy * dz

    def face(self, side: Side) -> Box:
        """The flat box that is this box's face on `side`."""
        low, high = list(self.low), list(self.high)
        at = high[side.axis] if side.outward > 0 else low[side.axis]
        low[side.axis] = high[side.axis] = at
        return Box(x0=low[0], x1=high[0], y0=low[1], y1=high[1], z0=low[2], z1=high[2])

    def face_area(self, side: Side) -> float:
        """Area of the face on `side` [m2]."""
        size = list(self.size)
        del size[side.axis]
        return size[0] * size[1]


class OpeningKind(Enum):
    """What an opening in the room's envelope is for."""

    TILE = "tile"  # perforated floor tile: supply
    FAN_WALL = "fan_wall"  # discharge face of a fan wall or CRAH: supply
    GRILLE = "grille"  # return to plenum or cooling unit: exhaust

    @property
    def supplies(self) -> bool:
        return self is not OpeningKind.GRILLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rack:
    """A rack position. Air enters at `front` and leaves at the opposite side."""

    name: str
    row: str
    position: int  # 0 at the low-x end of the row
    box: Box
    front: Side
    populated: bool = True  # False: an empty, blanked position
    rear_door: bool = False  # a rear-door heat exchanger covers the rear
    # None: a solid whose air its own fans move. Else a resistance that the hall's pressure drives air
    # through, each server for itself (tight sides): quadratic loss per metre of depth [1/m]
    loss_per_m: float | None = None


class AisleKind(Enum):
    COLD = "cold"
    HOT = "hot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aisle:
    name: str
    kind: AisleKind
    box: Box
    contained: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A flat wall inside the room: containment panel, door, curtain.

    `loss` is None for an impermeable panel, else the quadratic loss coefficient K of a perforated one,
    dp = K rho u^2 / 2 on the face velocity [-].
    """

    name: str
    box: Box
    loss: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A flat opening in the room's envelope, or in the face of a solid.

    `open_fraction` is the free area over the face area [-]: the jets leave a perforated tile faster than
    its mean face velocity by the inverse of it.
    """

    name: str
    kind: OpeningKind
    box: Box
    open_fraction: float = 1.0


class PassageKind(Enum):
    """What a hole in a panel is for."""

    DOOR = "door"
    GRILLE = "grille"  # of a false ceiling
    TILE = "tile"  # perforated tile of a raised floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A flat hole in a panel inside the room, through which air goes either way.

    `loss` is its quadratic coefficient K on the face velocity [-], 0 for a free hole. `open_fraction` is the
    free area over the face area [-], the inverse of how much faster its jets are.
    """

    name: str
    kind: PassageKind
    box: Box
    loss: float = 0.0
    open_fraction: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolingUnit:
    """A unit that draws the room's air at `intake`, cools it and blows it out at `outlet`.

    A cabinet (CRAH) has a box; a fan wall in a partition is flat, and its two sides face each other.
    """

    name: str
    box: Box
    intake: Side
    outlet: Side

    @property
    def flat(self) -> bool:
        return 0.0 in self.box.size

    def face(self, side: Side) -> Box:
        return self.box if self.flat else self.box.face(side)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdu:
    """A power distribution unit: a cabinet that room air passes and that warms it.

    `loss_per_m` is the quadratic loss per metre of path through it [1/m].
    """

    name: str
    box: Box
    loss_per_m: float = 20.0  # assumption: cabinets with perforated doors, half open


@dataclass(frozen=True, slots=True, kw_only=True)
class Cdu:
    """A coolant distribution unit and the row it serves."""

    name: str
    row: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstruction:
    """A column or cabinet (solid), or a porous part such as a cable basket.

    `loss_per_m` is None for a solid, else the quadratic loss per metre of path [1/m].
    """

    name: str
    box: Box
    loss_per_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """One data hall. Everything in it has a unique name."""

    name: str
    room: Box
    racks: tuple[Rack, ...]
    aisles: tuple[Aisle, ...] = ()
    panels: tuple[Panel, ...] = ()
    openings: tuple[Opening, ...] = ()
    passages: tuple[Passage, ...] = ()
    units: tuple[CoolingUnit, ...] = ()
    pdus: tuple[Pdu, ...] = ()
    cdus: tuple[Cdu, ...] = ()
    obstructions: tuple[Obstruction, ...] = ()

    @property
    def populated(self) -> tuple[Rack, ...]:
        """Racks that hold equipment, in the order every per-rack array of the program follows."""
        return tuple(rack for rack in self.racks if rack.populated)

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of the rows, in order of first appearance."""
        return tuple(dict.fromkeys(rack.row for rack in self.racks))

    @property
    def floor_area(self) -> float:
        """Area of the room's floor [m2]."""
        return self.room.face_area(Side.Z_LO)

    def __str__(self) -> str:
        dx, dy, dz = self.room.size
        return (
            f"Hall({self.name!r}: {len(self.rows)} rows, {len(self.populated)} racks, "
            f"{dx:.1f} x {dy:.1f} x {dz:.1f} m)"
        )
