"""Temperatures of a heating network by the hour: supply by the outdoor temperature, return by what is asked.

    supply   a curve over the mean outdoor temperature of the last day, or hours given
    return   constant; a line over that temperature; of the buildings' radiators and hot water; or hours given

Everything is SI.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from geometry.errors import InputError, require, require_range
from geometry.grid import Array

_LEAST = 1.0  # between supply and return of a substation [K], below which its flow means nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Radiators:
    """What buildings do with the water: radiators at the coldest day, and the exchangers of the substations.

    supply, back  of the radiators at the coldest day [K]; room: [K]
    exponent      of their heat over the log mean difference to the room [-]; 1.3, EN 442
    approach      of the substation's exchanger: the network's return over the building's [K]
    hot_water     return of the hot-water exchangers, circulation included [K]
    """

    supply: float
    back: float
    room: float
    exponent: float = 1.3
    approach: float = 3.0
    hot_water: float = 308.15

    def __post_init__(self) -> None:
        require(
            self.room < self.back < self.supply,
            f"radiators of the network: room {self.room - 273.15:g}, return {self.back - 273.15:g}, supply "
            f"{self.supply - 273.15:g} degC are not in rising order",
        )
        require_range("exponent of the radiators", self.exponent, 1.0, 2.0, "-")
        require_range("approach of the substations", self.approach, 0.0, 20.0, "K")

    def water(self, load: Array) -> tuple[Array, Array]:
        """(n,) supply and return of the radiators [K] at these shares of the heat of the coldest day [-].

        Constant flow, so their difference goes with the load x; EN 442-1: heat ~ (log mean difference)^n.
        With u = x^(1 - 1/n) (T_s - T_r) / LMTD at design, the return is room + x (T_s - T_r) / (e^u - 1).
        """
        x = np.maximum(load, 1e-9)
        spread = self.supply - self.back
        over = (self.supply - self.room) / (self.back - self.room)
        u = x ** (1.0 - 1.0 / self.exponent) * np.log(over)
        back = self.room + x * spread / np.expm1(u)
        return back + x * spread, back


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """What replaces the straight supply curve and the constant return, each where given.

    curve        outdoor temperature and supply [K], outdoors rising: linear between, level beyond
    return_warm  return at and above the heating limit [K]; `return_temperature` is that of the coldest day
    radiators    the return follows the buildings
    supply, back hours (n,) [K]
    """

    curve: tuple[tuple[float, float], ...] = ()
    return_warm: float | None = None
    radiators: Radiators | None = None
    supply: Array | None = None
    back: Array | None = None

    def __post_init__(self) -> None:
        outdoor = [point[0] for point in self.curve]
        require(
            all(a < b for a, b in pairwise(outdoor)),
            "supply curve of the network: outdoor temperatures "
            f"{', '.join(f'{t - 273.15:g}' for t in outdoor)} degC do not rise",
        )
        laws = [self.return_warm is not None, self.radiators is not None, self.back is not None]
        require(
            sum(laws) < 2,
            "return of the network: given more than once (by outdoor temperature, by radiators, by hour)",
        )


def radiator_return(
    radiators: Radiators, *, supply: Array, load: Array, heating: Array, hot_water: Array, rest: float
) -> Array:
    """(n,) return of a network [K]: of space heating, hot water and processes, mixed by their flows.

    supply    of the network (n,) [K];  load  of the radiators over that of the coldest day (n,) [-]
    heating, hot_water   heat taken (n,) [W];  rest  return where neither is asked [K]

    Raises InputError where the network brings less than the radiators need.
    """
    needs, back = radiators.water(load)
    short = (heating > 0.0) & (needs + radiators.approach > supply + 1e-9)
    if np.any(short):
        hour = int(np.argmax(short))
        raise InputError(
            f"supply of the network = {supply[hour] - 273.15:.4g} degC in hour {hour}: below what its "
            f"radiators ask for, {needs[hour] - 273.15:.4g} degC and {radiators.approach:g} K of exchanger\n"
            "  try: a hotter supply, or radiators of lower temperatures (district.regime.radiators_C)"
        )
    back = np.minimum(back + radiators.approach, supply - _LEAST)
    water = np.minimum(radiators.hot_water, supply - _LEAST)
    flows = np.stack((heating / (supply - back), hot_water / (supply - water)))
    total = flows.sum(axis=0)
    mixed = (flows[0] * back + flows[1] * water) / np.where(total > 0.0, total, 1.0)
    return np.where(total > 0.0, mixed, rest)
