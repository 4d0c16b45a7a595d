"""GPU modules: power limits, throttling at the junction's limit, and the heat their mass stores.

    C dT/dt = P - G (T - T_inlet)        P = min(asked, limit, what keeps T at its limit)

One thermal mass C at the junction's temperature (die, lid and plate together), G the conductance to the
coolant's inlet (`cold_plate.conductance_slopes`). A step in time is the exact solution for constant inputs:
any length is stable, and P - Q is the heat stored, so that energy closes to round-off.

Real parts clock down in steps, with hysteresis and delays of their firmware; the limit here holds exactly.
The idle power cannot be throttled: below it the junction passes its limit, and `throttled` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from geometry.errors import require, require_range
from solvers._jit import kernel


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One model of module.

    power_limit     most it is allowed to draw [W]
    idle_power      drawn at rest [W]: throttling stops here
    junction_limit  above which it throttles [K]
    heat_capacity   of die, lid and cold plate [J/K]
    """

    name: str
    power_limit: float
    idle_power: float
    junction_limit: float
    heat_capacity: float

    def __post_init__(self) -> None:
        require(
            0.0 <= self.idle_power < self.power_limit,
            f"idle power of GPU {self.name} = {self.idle_power:g} W: outside 0..{self.power_limit:g} W",
        )
        require_range("junction limit", self.junction_limit - 273.15, 30.0, 150.0, "degC", element=self.name)
        require(
            self.heat_capacity > 0.0,
            f"heat capacity of GPU {self.name} = {self.heat_capacity:g} J/K: must be positive",
        )


class GpuLaw(NamedTuple):
    """The compiled part of a `Gpu`."""

    power_limit: float  # [W]
    idle_power: float  # [W]
    junction_limit: float  # [K]
    heat_capacity: float  # [J/K]


class GpuState(NamedTuple):
    """Junction at the end of the step [K], mean heat to the coolant and power drawn [W]."""

    junction: Any
    heat: Any
    power: Any


class GpuPartials(NamedTuple):
    """Derivatives of one output by the inputs of a step."""

    inlet: Any  # coolant inlet [.../K]
    junction: Any  # at the start [.../K]
    asked: Any  # power [.../W]
    conductance: Any  # [.../(W/K)]


class GpuSlopes(NamedTuple):
    """A `GpuState` and the derivatives of each of its entries."""

    state: GpuState
    junction: GpuPartials
    heat: GpuPartials
    power: GpuPartials


def gpu_law(gpu: Gpu) -> GpuLaw:
    return GpuLaw(gpu.power_limit, gpu.idle_power, gpu.junction_limit, gpu.heat_capacity)


# -- kernels ---------------------------------------------------------------------------------------------


@kernel
def steady_slopes(law, inlet, asked, conductance):
    """State and derivatives in equilibrium: T = T_inlet + P / G; G [W/K] > 0, temperatures [K], power [W]."""
    g = conductance
    wanted = min(max(asked, law.idle_power), law.power_limit)
    by_asked = 1.0 if law.idle_power < asked < law.power_limit else 0.0
    cap = g * (law.junction_limit - inlet)
    if cap < wanted and cap > law.idle_power:
        power = GpuPartials(-g, 0.0, 0.0, law.junction_limit - inlet)
        state = GpuState(law.junction_limit, cap, cap)
        return GpuSlopes(state, GpuPartials(0.0, 0.0, 0.0, 0.0), power, power)
    if cap < wanted:
        wanted, by_asked = law.idle_power, 0.0
    power = GpuPartials(0.0, 0.0, by_asked, 0.0)
    junction = GpuPartials(1.0, 0.0, by_asked / g, -wanted / (g * g))
    return GpuSlopes(GpuState(inlet + wanted / g, wanted, wanted), junction, power, power)


@kernel
def _response(law, conductance, duration):
    """(share of the old junction left [-], K per W of power) after a step, and both by conductance."""
    x = conductance * duration / law.heat_capacity
    left = np.exp(-x)
    if x > 1e-4:
        phi = -np.expm1(-x) / x
        phi_slope = (left - phi) / x
    else:
        phi = 1.0 - x * (0.5 - x / 6.0)
        phi_slope = -0.5 + x * (1.0 / 3.0 - 0.125 * x)
    rate = duration / law.heat_capacity
    return left, rate * phi, -rate * left, rate * rate * phi_slope


@kernel
def step(law, inlet, junction, asked, conductance, duration):
    """`GpuState` after `duration` [s] with constant inlet [K], asked power [W], conductance [W/K] >= 0.

    junction  at the start [K]. The power drawn is the most that leaves the junction at or below its limit at
    the end of the step.
    """
    left, rise, _, _ = _response(law, conductance, duration)
    at_rest = inlet + (junction - inlet) * left  # without power
    cap = max((law.junction_limit - at_rest) / rise, law.idle_power)
    power = min(min(max(asked, law.idle_power), law.power_limit), cap)
    end = at_rest + rise * power
    return GpuState(end, power - law.heat_capacity * (end - junction) / duration, power)


@kernel
def step_slopes(law, inlet, junction, asked, conductance, duration):
    """`step` with the derivatives of all its outputs."""
    left, rise, left_slope, rise_slope = _response(law, conductance, duration)
    state = step(law, inlet, junction, asked, conductance, duration)
    at_rest = inlet + (junction - inlet) * left
    rest_by_g = (junction - inlet) * left_slope
    wanted = min(max(asked, law.idle_power), law.power_limit)
    cap = (law.junction_limit - at_rest) / rise
    if law.idle_power < cap < wanted:
        power = GpuPartials(
            -(1.0 - left) / rise, -left / rise, 0.0, -(rest_by_g + state.power * rise_slope) / rise
        )
    else:
        free = law.idle_power < asked < law.power_limit and cap >= wanted
        power = GpuPartials(0.0, 0.0, 1.0 if free else 0.0, 0.0)
    end = GpuPartials(
        1.0 - left + rise * power.inlet,
        left + rise * power.junction,
        rise * power.asked,
        rest_by_g + rise_slope * state.power + rise * power.conductance,
    )
    store = law.heat_capacity / duration
    heat = GpuPartials(
        power.inlet - store * end.inlet,
        power.junction - store * (end.junction - 1.0),
        power.asked - store * end.asked,
        power.conductance - store * end.conductance,
    )
    return GpuSlopes(state, end, heat, power)


@kernel
def throttled(law, state, asked):
    """Whether the junction's limit keeps the module below what is asked (and allowed)."""
    return state.power < min(max(asked, law.idle_power), law.power_limit)
