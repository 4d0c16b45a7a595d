"""Rear doors and fan-coil walls: a dry coil, its fans and its water side.

    air, hot  T_a, C_a = rho cp V  ->[ coil ]-> T_a - Q/C_a        Q = K(C_a, C_w) (T_a - T_w)

The coil is that of the hall's cooling units (`solvers.heat.coil`). Fans, if the device has any, follow the
affinity laws: flow ~ speed, power ~ speed^3; their heat enters the air behind the coil. A passive rear door
has none, and its servers' fans give the flow. Sensible heat only: the water must be above the dew point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from geometry.errors import require
from solvers._jit import kernel
from solvers.heat import conductance, effectiveness, two_stream
from solvers.heat.coil import rated_coil
from solvers.heat.two_stream import TwoStream, heat_slopes


@dataclass(frozen=True, slots=True, kw_only=True)
class AirCoil:
    """A device by its design point.

    capacity         sensible heat taken from the air [W], without the fans
    air_capacity     capacity rate of the design air flow [W/K]
    water_capacity   of the design water flow [W/K]
    air_inlet, water_inlet  [K]
    fan_power        at the design air flow [W]; 0 for passive doors
    """

    name: str
    capacity: float
    air_capacity: float
    water_capacity: float
    air_inlet: float
    water_inlet: float
    fan_power: float

    def __post_init__(self) -> None:
        require(
            self.fan_power >= 0.0, f"fan power of {self.name} = {self.fan_power:g} W: must not be negative"
        )


class CoilLaw(NamedTuple):
    """The compiled part of an `AirCoil`."""

    coil: TwoStream
    fan_power: float  # [W] at the design flow


class CoilState(NamedTuple):
    """Heat from the air to the water [W], air behind the fans and water leaving [K], fan power [W]."""

    heat: Any
    air_outlet: Any
    water_outlet: Any
    fan_power: Any


class CoilPartials(NamedTuple):
    """Derivatives of one output by inlets [K], fan speed [-] and water capacity rate [W/K]."""

    air_inlet: Any
    water_inlet: Any
    speed: Any
    water_rate: Any


class CoilSlopes(NamedTuple):
    """A `CoilState` and the derivatives of each of its entries."""

    state: CoilState
    heat: CoilPartials
    air_outlet: CoilPartials
    water_outlet: CoilPartials
    fan_power: CoilPartials


def coil_law(device: AirCoil) -> CoilLaw:
    """Raises InputError where no coil could do what the design point says."""
    coil = rated_coil(
        heat=device.capacity,
        c_air=device.air_capacity,
        c_water=device.water_capacity,
        inlet_difference=device.air_inlet - device.water_inlet,
        element=device.name,
    )
    return CoilLaw(coil, device.fan_power)


@kernel(uses=(two_stream, conductance, effectiveness))
def coil_slopes(law, air_inlet, water_inlet, speed, water_rate):
    """State and derivatives; inlets [K], air flow over the design flow > 0, water capacity rate [W/K] > 0."""
    c_air = speed * law.coil.c_hot
    q = heat_slopes(law.coil, air_inlet, water_inlet, c_air, water_rate)
    by_speed = q.by_hot_rate * law.coil.c_hot
    heat = CoilPartials(q.by_hot_inlet, q.by_cold_inlet, by_speed, q.by_cold_rate)
    fans = law.fan_power * speed**3
    fans_by = 3.0 * law.fan_power * speed**2
    air = CoilPartials(
        1.0 - heat.air_inlet / c_air,
        -heat.water_inlet / c_air,
        ((q.heat - fans) / speed - by_speed + fans_by) / c_air,
        -heat.water_rate / c_air,
    )
    water = CoilPartials(
        heat.air_inlet / water_rate,
        1.0 + heat.water_inlet / water_rate,
        by_speed / water_rate,
        (heat.water_rate - q.heat / water_rate) / water_rate,
    )
    state = CoilState(q.heat, air_inlet - (q.heat - fans) / c_air, water_inlet + q.heat / water_rate, fans)
    return CoilSlopes(state, heat, air, water, CoilPartials(0.0, 0.0, fans_by, 0.0))
