"""Rear doors on the loops through the year: they take what parts their air from the coolant of the hour.

Coolant that floats, or that the dew point lifts, leaves heat to the cooling units; where these float too, the
air is warmer and the doors take more. Each hour is one equation in the doors' heat.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from geometry.grid import Array
from solvers.errors import SolverError

LEAST = 0.05  # of air above coolant that doors are believed to have [K]
_SETTLED = 0.01  # of air and coolant between rounds [K]
_ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopDoors:
    """All rear doors of a site that the CDUs feed, at rated flows of air and coolant.

    share  of the IT heat that they take at design [-], a part of the year's `liquid_fraction`
    rate   their heat over the difference of their air and the loop's supply [W/K], > 0
    air    that the racks draw [K]
    rise   of the air that enters the doors above it, at full load [K]
    """

    share: float
    rate: float
    air: float
    rise: float

    def heat(self, load: Array, supply: Array, above: Array) -> Array:
        """Heat to the coolant [W] at a load [-], a supply [K] and air `above` its set point [K]; never below
        that of LEAST: doors that would warm the air are shut (assumption)."""
        return np.asarray(self.rate * np.maximum(self.air + above + self.rise * load - supply, LEAST))


class Floats(Protocol):
    """What the circuits answer: supply of the loops, and by how much the cool water misses its own [K]."""

    @property
    def tcs_supply(self) -> Array: ...

    @property
    def air_above(self) -> Array: ...


Answer = TypeVar("Answer", bound=Floats)


def with_doors(doors: LoopDoors, load: Array, supply: Array, answer: Callable[[Array], Answer]) -> Answer:
    """The circuits that answer the doors' heat which they themselves bring about; secants, hour by hour.

    supply  wanted [K]; answer: of the circuits to a heat of the doors (n,) [W]
    Raises SolverError where some hour does not settle to 0.01 K.
    """
    q = doors.heat(load, supply, np.zeros_like(load))
    last_q, last_miss = q, np.full_like(q, np.nan)
    for _ in range(_ROUNDS):
        found = answer(q)
        miss = doors.heat(load, found.tcs_supply, found.air_above) - q
        open_ = np.abs(miss) > _SETTLED * doors.rate
        if not open_.any():
            return found
        moved = q - last_q
        slope = np.where(moved != 0.0, (miss - last_miss) / np.where(moved != 0.0, moved, 1.0), np.nan)
        # more heat warms the coolant and cools the air: the slope is -1 or steeper
        slope = np.where(slope <= -1.0, slope, -1.5)
        last_q, last_miss = q, miss
        q = np.where(open_, q - miss / slope, q)
    raise SolverError(
        f"rear doors on the loops: their heat does not settle in {int(open_.sum())} hours of the year\n"
        "  try: a larger plant, or hall.rear_door_circuit=cool"
    )
