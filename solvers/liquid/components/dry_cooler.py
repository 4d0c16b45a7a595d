"""Dry and adiabatic coolers: a fan-driven crossflow coil between the facility water and outdoor air.

    Q = K(C_w, C_a) (T_w,in - T_a,in)      C_a ~ fan speed      fans ~ speed^3
    wet pads: T_a,in = T_db - eta (T_db - T_wb),  evaporated = C_a (T_db - T_a,in) / latent heat

Both films follow their flow to the power 0.8 (as in the Modelica Buildings library's dry cooler); the air has
the larger share of the resistance. Below the minimum speed fans cycle: flow and power fall together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from geometry.errors import require, require_range
from solvers import psychrometrics
from solvers._jit import kernel
from solvers.heat import conductance, effectiveness, two_stream
from solvers.heat.effectiveness import Arrangement
from solvers.heat.two_stream import TwoStream, heat_slopes, rated_exchanger
from solvers.psychrometrics import LATENT_HEAT


@dataclass(frozen=True, slots=True, kw_only=True)
class DryCooler:
    """By its data-sheet point.

    heat              rejected [W]
    water_inlet, water_outlet, air_inlet  [K]
    air_capacity      capacity rate of the air [W/K]; None: that of the water (assumption)
    fan_power         [W] there
    fan_minimum       lowest speed over that of the point [-]
    air_share         of the air's film in the resistance [-]; assumption
    pad_effectiveness of wetted pads [-]; 0: none
    """

    name: str
    heat: float
    water_inlet: float
    water_outlet: float
    air_inlet: float
    fan_power: float
    air_capacity: float | None = None
    fan_minimum: float = 0.15
    air_share: float = 0.75
    pad_effectiveness: float = 0.0

    def __post_init__(self) -> None:
        require(
            self.water_inlet > self.water_outlet > self.air_inlet,
            f"dry cooler {self.name}: water from {self.water_inlet:g} to {self.water_outlet:g} K must stay "
            f"above the air at {self.air_inlet:g} K",
        )
        require(self.fan_power >= 0.0, f"fan power of {self.name} = {self.fan_power:g} W: negative")
        require_range("minimum fan speed", self.fan_minimum, 0.0, 1.0, "-", element=self.name)
        require_range("pad effectiveness", self.pad_effectiveness, 0.0, 0.99, "-", element=self.name)


class CoolerLaw(NamedTuple):
    """The compiled part of a `DryCooler`."""

    coil: TwoStream  # the water is the hot stream
    fan_power: float
    fan_minimum: float
    pad_effectiveness: float


class CoolerState(NamedTuple):
    """Heat to the air [W], water leaving [K], fan power [W], water evaporated on the pads [kg/s]."""

    heat: Any
    water_outlet: Any
    fan_power: Any
    evaporation: Any


class CoolerPartials(NamedTuple):
    """Derivatives of one output by the inputs of `cooler_slopes`."""

    water_inlet: Any
    dry_bulb: Any
    wet_bulb: Any
    water_rate: Any
    speed: Any


class CoolerSlopes(NamedTuple):
    """A `CoolerState` and the derivatives of each of its entries."""

    state: CoolerState
    heat: CoolerPartials
    water_outlet: CoolerPartials
    fan_power: CoolerPartials
    evaporation: CoolerPartials


def cooler_law(cooler: DryCooler) -> CoolerLaw:
    """Raises InputError where no crossflow exchanger does what the sheet says."""
    c_water = cooler.heat / (cooler.water_inlet - cooler.water_outlet)
    coil = rated_exchanger(
        heat=cooler.heat,
        c_hot=c_water,
        c_cold=c_water if cooler.air_capacity is None else cooler.air_capacity,
        inlet_difference=cooler.water_inlet - cooler.air_inlet,
        arrangement=Arrangement.CROSSFLOW,
        hot_share=1.0 - cooler.air_share,
        cold_share=cooler.air_share,
        element=cooler.name,
    )
    return CoolerLaw(coil, cooler.fan_power, cooler.fan_minimum, cooler.pad_effectiveness)


@kernel
def fan_slopes(law, speed):
    """(fan power [W], its derivative) at an air flow over the design flow, the affinity law with cycling."""
    if speed >= law.fan_minimum:
        return law.fan_power * speed**3, 3.0 * law.fan_power * speed**2
    cycling = law.fan_power * law.fan_minimum**2
    return cycling * speed, cycling


@kernel(uses=(two_stream, conductance, effectiveness, psychrometrics))
def cooler_slopes(law, water_inlet, dry_bulb, wet_bulb, water_rate, speed, wetted):
    """State and derivatives.

    water_inlet, dry_bulb, wet_bulb [K]; water_rate: capacity rate [W/K] > 0; speed: air flow over the design
    flow > 0; wetted: 1.0 with wet pads, 0.0 without. Heat is negative where the air is the warmer one.
    """
    eta = law.pad_effectiveness * wetted
    air = dry_bulb - eta * (dry_bulb - wet_bulb)
    c_air = speed * law.coil.c_cold
    q = heat_slopes(law.coil, water_inlet, air, water_rate, c_air)
    by_speed = q.by_cold_rate * law.coil.c_cold
    heat = CoolerPartials(
        q.by_hot_inlet, q.by_cold_inlet * (1.0 - eta), q.by_cold_inlet * eta, q.by_hot_rate, by_speed
    )
    water = CoolerPartials(
        1.0 - heat.water_inlet / water_rate,
        -heat.dry_bulb / water_rate,
        -heat.wet_bulb / water_rate,
        (q.heat / water_rate - heat.water_rate) / water_rate,
        -by_speed / water_rate,
    )
    fans, fans_by = fan_slopes(law, speed)
    wet = c_air * eta / LATENT_HEAT
    depression = dry_bulb - wet_bulb
    state = CoolerState(q.heat, water_inlet - q.heat / water_rate, fans, wet * depression)
    return CoolerSlopes(
        state,
        heat,
        water,
        CoolerPartials(0.0, 0.0, 0.0, 0.0, fans_by),
        CoolerPartials(0.0, wet, -wet, 0.0, wet * depression / speed),
    )
