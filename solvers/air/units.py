"""Cooling units as arrays: what each blows for what it draws.

    supply = return - (heat of the coil) / (rho cp flow) + (heat of the fans) / (rho cp flow)

The coil takes at most what its effectiveness allows at this flow, return and water; a controlled unit takes
no more than its set point asks for, and floats when that is more than the coil can. A coil never heats.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array
from solvers.air.coils import air_effectiveness
from solvers.air.problem import AirProblem, Control, CoolingUnit

# Of the distance from the return temperature to its set point, by which the supply follows in an iteration;
# the return answers within few iterations, more would swing
RETURN_GAIN = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Cooling units in the order of the problem; temperatures above the solver's reference [K].

    effectiveness  heat at full water flow over rho cp flow (entering air - water) [-]; follows the flow
    fan_heat       over rho cp [K m3/s]
    supply         asked for: the set point, or what the control of the return has come to; both follow
    """

    records: tuple[CoolingUnit, ...]
    capacity: float  # rho cp [J/(m3 K)]
    effectiveness: Array
    water: Array
    fan_heat: Array
    supply: Array
    set_point: Array
    holds_return: NDArray[np.bool_]
    full: NDArray[np.bool_]  # no control: full water flow

    def fan_rise(self, flow: Array) -> Array:
        """Warming by the fans [K]."""
        return np.divide(self.fan_heat, flow, out=np.zeros_like(flow), where=flow > 0.0)

    def most(self, inlet: Array) -> Array:
        """Cooling by the coil at full water flow [K]."""
        return self.effectiveness * np.maximum(inlet - self.water, 0.0)

    def cooling(self, flow: Array, inlet: Array) -> Array:
        """Cooling by the coil [K], of air that enters at `inlet`."""
        most = self.most(inlet)
        asked = np.clip(inlet + self.fan_rise(flow) - self.supply, 0.0, most)
        return np.where(self.full, most, asked)

    def outlet(self, flow: Array, inlet: Array) -> Array:
        """Temperature of the air blown [K]."""
        return inlet - self.cooling(flow, inlet) + self.fan_rise(flow)

    def holding(self, flow: Array, inlet: Array) -> NDArray[np.bool_]:
        """Whether the valve is within its range, so that the set point is met."""
        asked = inlet + self.fan_rise(flow) - self.supply
        return ~self.full & (asked > 0.0) & (asked < self.most(inlet))

    def follow_flow(self, flow: Array) -> None:
        """Renew the effectiveness for other flows."""
        for n, unit in enumerate(self.records):
            if unit.coil is not None:
                water = unit.coil.water_flow if unit.water_flow is None else unit.water_flow
                self.effectiveness[n] = air_effectiveness(unit.coil, self.capacity, float(flow[n]), water)

    def step_control(self, flow: Array, inlet: Array) -> None:
        """Move the supply of units that hold their return towards what brings it to the set point."""
        hold = self.holds_return
        if not hold.any():
            return
        warmest = inlet + self.fan_rise(flow)
        asked = self.supply + RETURN_GAIN * (self.set_point - inlet)
        self.supply[hold] = np.clip(asked, warmest - self.most(inlet), warmest)[hold]


def build_units(problem: AirProblem, reference: float) -> Units:
    """The units of `problem` at their rated flows; `reference` [K] is where theta is zero."""
    units = problem.units
    air = problem.properties
    capacity = air.density * air.heat_capacity
    set_point = np.array([0.0 if u.set_point is None else u.set_point - reference for u in units])
    built = Units(
        records=units,
        capacity=capacity,
        effectiveness=np.zeros(len(units)),
        water=np.array([water_temperature(u) - reference for u in units]),
        fan_heat=np.array([0.0 if u.failed else u.fan_power / capacity for u in units]),
        supply=set_point.copy(),
        set_point=set_point,
        holds_return=np.array(
            [u.control is Control.RETURN and u.coil is not None for u in units], dtype=bool
        ),
        full=np.array([u.control is Control.UNCONTROLLED or u.coil is None for u in units], dtype=bool),
    )
    built.follow_flow(np.array([0.0 if u.failed else u.flow for u in units]))
    return built


def water_temperature(unit: CoolingUnit) -> float:
    """Of the water that enters the coil [K]; the problem's own where there is no coil to use it."""
    if unit.water_temperature is not None:
        return unit.water_temperature
    return unit.coil.water_temperature if unit.coil is not None else 293.15
