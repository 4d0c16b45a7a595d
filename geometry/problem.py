"""One thing wrong with a hall, and the solids that the checks look at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from geometry.grid import Array
from geometry.hall import Box, Hall

TOLERANCE = 1e-6  # [m] coordinates closer than this touch
COVERED = 0.5  # share of a face that may be hidden by something before it; assumption


class ProblemKind(Enum):
    SIZE = "size"
    DUPLICATE_NAME = "duplicate name"
    ROW = "row"
    OUT_OF_ROOM = "out of the room"
    OVERLAP = "overlap"
    NOT_FLAT = "not flat"
    FRONT = "front"
    RACK_WITHOUT_SUPPLY = "rack without supply"
    RACK_WITHOUT_RETURN = "rack without return"
    AISLE_TOO_NARROW = "aisle too narrow"
    AISLE_BLOCKED = "aisle blocked"
    OPENING_OFF_ENVELOPE = "opening off the envelope"
    OPENING_OVERLAP = "opening overlap"
    OPENING_COVERED = "opening covered"
    PASSAGE_OFF_PANEL = "passage off its panel"
    UNIT = "cooling unit"
    NO_SUPPLY = "no supply"
    NO_EXHAUST = "no exhaust"
    SEALED = "sealed region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with `element`."""

    kind: ProblemKind
    element: str
    message: str

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.message}"


@dataclass(frozen=True, slots=True)
class Solids:
    """Everything that fills space: labels, and the low and high corners (n, 3) [m]."""

    labels: tuple[str, ...]
    low: Array
    high: Array

    def common(self, box: Box) -> Array:
        """(n, 3) length that each solid shares with `box` along each axis; negative where apart [m]."""
        common: Array = np.minimum(self.high, box.high) - np.maximum(self.low, box.low)
        return common


def solid_boxes(hall: Hall) -> list[tuple[str, Box]]:
    """(label, box) of racks, CDUs, cooling units, PDUs and solid obstructions: nothing else stands there."""
    boxes = [(f"rack {rack.name}", rack.box) for rack in hall.racks]
    boxes += [(f"CDU {cdu.name}", cdu.box) for cdu in hall.cdus]
    boxes += [(f"cooling unit {unit.name}", unit.box) for unit in hall.units if not unit.flat]
    boxes += [(f"PDU {pdu.name}", pdu.box) for pdu in hall.pdus]
    boxes += [(f"obstruction {part.name}", part.box) for part in hall.obstructions if part.loss_per_m is None]
    return boxes


def gather(boxes: list[tuple[str, Box]]) -> Solids:
    """Solids from (label, box) pairs."""
    return Solids(
        labels=tuple(label for label, _ in boxes),
        low=np.array([box.low for _, box in boxes], dtype=np.float64).reshape(-1, 3),
        high=np.array([box.high for _, box in boxes], dtype=np.float64).reshape(-1, 3),
    )
