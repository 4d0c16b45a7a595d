"""How much coolant a rack asks for: three policies, volume flow at the rack's inlet [m3/s].

published  the maker's table of flow against supply temperature, scaled with the rack's heat
per_heat   so much flow per unit of heat ("1.2 l/min per kW")
fixed      the same flow whatever the heat and the supply
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import require

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFlow:
    """A maker's table: supply temperature [K] rising, flow [m3/s] of the rack at `heat` [W] to liquid."""

    supply: tuple[float, ...]
    flow: tuple[float, ...]
    heat: float

    def __post_init__(self) -> None:
        require(len(self.supply) == len(self.flow) >= 2, "published flow: needs two or more points")
        require(bool(np.all(np.diff(self.supply) > 0.0)), "published flow: supply temperature must rise")
        require(min(self.flow) > 0.0, "published flow: flow must be positive")
        require(self.heat > 0.0, "published flow: the heat it was published for must be positive")

    def covers(self, supply: float) -> bool:
        """Whether the table gives a flow at a supply temperature [K]."""
        return self.supply[0] - 1e-9 <= supply <= self.supply[-1] + 1e-9


def published(table: PublishedFlow, supply: float, heat: ArrayLike) -> Array:
    """Flow [m3/s] of racks of `heat` [W] at a supply temperature [K].

    Between points 1/flow is linear in temperature, which is exact where the table keeps a constant return
    temperature, as the GB300 NVL72 table does (Lenovo LP2357, table 27). Outside the table its end values
    are kept: ask `covers` and say so. Flow scales with heat.
    """
    h = _heat(heat)
    inverse = np.interp(supply, table.supply, 1.0 / np.asarray(table.flow))
    return np.asarray(h / table.heat / inverse, dtype=np.float64)


def per_heat(flow_per_heat: float, heat: ArrayLike) -> Array:
    """Flow [m3/s] of racks of `heat` [W] at `flow_per_heat` [m3/s per W]; 1 l/min per kW is 1.667e-8."""
    require(flow_per_heat > 0.0, f"flow per heat = {flow_per_heat:g} m3/(s W): must be positive")
    return flow_per_heat * _heat(heat)


def fixed(flow: float, heat: ArrayLike) -> Array:
    """The same flow [m3/s] for every rack, shaped as `heat`."""
    require(flow > 0.0, f"fixed flow = {flow:g} m3/s: must be positive")
    return np.full_like(_heat(heat), flow)


def _heat(heat: ArrayLike) -> Array:
    h = np.asarray(heat, dtype=np.float64)
    require(bool(np.all(h >= 0.0)), f"heat of a rack = {h.min():g} W: must not be negative")
    return h
