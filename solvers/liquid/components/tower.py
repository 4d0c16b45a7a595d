"""Wet cooling towers: Merkel's equation, evaporation, drift and blow-down.

    Me = K a V / L = integral of cp dT / (h_s(T) - h(T)) from T_out to T_in
    h(T) = h_in + (L/G) cp (T - T_out)         Me = Me_design ((L/G) / (L/G)_design)^-n

Merkel 1925, VDI-Z. 70, 123-128: enthalpy is the driving force, the Lewis number is one, and the loss of water
is left out of the balance of heat. n = 0.6: Braun, Klein and Mitchell 1989, ASHRAE Trans. 95 (2), 164-174.
The integral is taken by Gauss's rule with twelve points (CTI's four of Chebyshev agree within 0.1 %). Air
leaves saturated at its enthalpy (Braun et al.), from which evaporation follows.

No cooling is found, and none reported, where the air's enthalpy lies above that of air saturated at the
water's inlet. Liquid water: 0 degC and above. Water that would leave colder is held at 0 degC, as a basin's
control does, and the tower then does no more than that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from geometry.errors import require, require_range
from solvers import fluids, psychrometrics
from solvers._jit import kernel
from solvers.fluids import WATER_HEAT_CAPACITY
from solvers.liquid.components import moist_air
from solvers.liquid.components.moist_air import saturated_temperature, saturation_slopes

_X, _W = np.polynomial.legendre.leggauss(12)
NODES = 0.5 * (_X + 1.0)
WEIGHTS = 0.5 * _W
FREEZING = 273.15  # [K]


@dataclass(frozen=True, slots=True, kw_only=True)
class WetTower:
    """By its design point.

    water_flow, air_flow  water and dry air [kg/s]
    water_inlet, water_outlet, wet_bulb  [K]
    fan_power             there [W]
    exponent              n of the tower's characteristic [-]
    cycles                concentration of the circulating water over the make-up [-]
    drift                 droplets carried away over the water flow [-]; 2e-5: good eliminators (assumption)
    """

    name: str
    water_flow: float
    air_flow: float
    water_inlet: float
    water_outlet: float
    wet_bulb: float
    fan_power: float
    pressure: float = 101325.0
    exponent: float = 0.6
    cycles: float = 5.0
    drift: float = 2e-5

    def __post_init__(self) -> None:
        require(self.water_flow > 0.0 and self.air_flow > 0.0, f"flows of tower {self.name} must be positive")
        require(
            self.water_inlet > self.water_outlet > self.wet_bulb >= 273.15,
            f"tower {self.name}: water from {self.water_inlet:g} to {self.water_outlet:g} K must stay above "
            f"the wet bulb of {self.wet_bulb:g} K, and that above freezing",
        )
        require_range("water inlet", self.water_inlet - 273.15, 0.0, 80.0, "degC", element=self.name)
        require_range("pressure", self.pressure, 5e4, 1.1e5, "Pa", element=self.name)
        require_range("exponent", self.exponent, 0.0, 1.5, "-", element=self.name)
        require(self.cycles > 1.0, f"cycles of concentration of {self.name} = {self.cycles:g}: must exceed 1")
        require_range("drift", self.drift, 0.0, 0.01, "-", element=self.name)
        require(self.fan_power >= 0.0, f"fan power of {self.name} = {self.fan_power:g} W: negative")


class TowerLaw(NamedTuple):
    """The compiled part of a `WetTower`."""

    merkel: float  # at design [-]
    ratio: float  # L/G at design [-]
    air_flow: float  # [kg/s]
    fan_power: float  # [W]
    exponent: float
    cycles: float
    drift: float


class TowerState(NamedTuple):
    """Water leaving [K], heat to the air [W], water evaporated [kg/s]."""

    water_outlet: Any
    heat: Any
    evaporation: Any


class TowerPartials(NamedTuple):
    """Derivatives of one output by the inputs of `tower_slopes`."""

    water_inlet: Any
    air_enthalpy: Any
    air_humidity: Any
    water_flow: Any
    air_flow: Any


class TowerSlopes(NamedTuple):
    """A `TowerState` and the derivatives of each of its entries."""

    state: TowerState
    water_outlet: TowerPartials
    heat: TowerPartials
    evaporation: TowerPartials


def tower_law(tower: WetTower) -> TowerLaw:
    """Merkel number from the design point, air saturated at its wet bulb's enthalpy.

    Raises InputError where no tower reaches the point: the air would be saturated before it leaves.
    """
    ratio = tower.water_flow / tower.air_flow
    enthalpy = saturation_slopes(tower.wet_bulb, tower.pressure)[2]
    merkel = merkel_slopes(tower.water_outlet, tower.water_inlet, enthalpy, ratio, tower.pressure)[0]
    require(
        bool(np.isfinite(merkel)),
        f"design point of tower {tower.name}: the air takes up all it can before the water is cold",
        hint="more air, a warmer outlet or a shorter range",
    )
    return TowerLaw(merkel, ratio, tower.air_flow, tower.fan_power, tower.exponent, tower.cycles, tower.drift)


# -- kernels ---------------------------------------------------------------------------------------------


@kernel(uses=(moist_air, psychrometrics, fluids))
def merkel_slopes(cold, hot, air_enthalpy, ratio, pressure):
    """Merkel's integral [-] and its derivatives by cold, hot [K], air_enthalpy [J/kg] and ratio L/G [-].

    inf, with no derivative, where the air's enthalpy reaches that of saturated air at the water's
    temperature.
    """
    cp = WATER_HEAT_CAPACITY
    span = hot - cold
    total, by_cold, by_hot, square, weighted = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(NODES.size):
        x, weight = NODES[i], WEIGHTS[i]
        _, _, h, slope = saturation_slopes(cold + x * span, pressure)
        drive = h - air_enthalpy - ratio * cp * x * span
        if drive <= 0.0:
            return np.inf, 0.0, 0.0, 0.0, 0.0
        inverse = weight / drive
        second = inverse / drive
        total += inverse
        by_cold += second * (slope * (1.0 - x) + ratio * cp * x)
        by_hot += second * x * (slope - ratio * cp)
        square += second
        weighted += second * x
    return (
        cp * span * total,
        -cp * (total + span * by_cold),
        cp * (total - span * by_hot),
        cp * span * square,
        cp * cp * span * span * weighted,
    )


@kernel(uses=(moist_air, psychrometrics, fluids))
def water_outlet(law, water_inlet, air_enthalpy, ratio, pressure):
    """Temperature [K] of the water leaving at a ratio L/G: Newton on ln Me, kept between bounds.

    Not below freezing: an inlet there leaves as it came. Nor below the wet bulb, where the integral has no
    bounds; the rule for it misses that pole at very small L/G.
    """
    if water_inlet <= FREEZING or saturation_slopes(water_inlet, pressure)[2] <= air_enthalpy:
        return water_inlet
    wanted = law.merkel * (ratio / law.ratio) ** -law.exponent
    low, high = FREEZING, water_inlet
    dry = saturation_slopes(low, pressure)[2] > air_enthalpy  # the wet bulb lies below freezing
    if dry and merkel_slopes(low, water_inlet, air_enthalpy, ratio, pressure)[0] <= wanted:
        return low
    t = 0.5 * (max(low, water_inlet - 10.0) + high)
    for _ in range(100):
        merkel, by_cold, _, _, _ = merkel_slopes(t, water_inlet, air_enthalpy, ratio, pressure)
        below = saturation_slopes(t, pressure)[2] <= air_enthalpy
        if below or merkel > wanted:
            low = t
        else:
            high = t
        new = 0.5 * (low + high)
        if not below and np.isfinite(merkel) and merkel > 0.0:
            newton = t - np.log(merkel / wanted) * merkel / by_cold
            if low < newton < high:
                new = newton
        change = new - t
        t = new
        if abs(change) < 1e-11 or high - low < 1e-11:
            break
    return t


@kernel(uses=(moist_air, psychrometrics, fluids))
def tower_slopes(law, water_inlet, air_enthalpy, air_humidity, water_flow, air_flow, pressure):
    """State and derivatives.

    water_inlet [K]; air_enthalpy [J/kg dry air] and air_humidity [kg/kg] of the air entering; water_flow and
    dry air_flow [kg/s] > 0; pressure [Pa]. Derivatives of the root by the implicit function theorem.
    """
    cp = WATER_HEAT_CAPACITY
    ratio = water_flow / air_flow
    cold = water_outlet(law, water_inlet, air_enthalpy, ratio, pressure)
    span = water_inlet - cold
    if span <= 0.0:
        none = TowerPartials(0.0, 0.0, 0.0, 0.0, 0.0)
        out = TowerPartials(1.0, 0.0, 0.0, 0.0, 0.0)
        return TowerSlopes(TowerState(water_inlet, 0.0, 0.0), out, none, none)
    merkel, by_cold, by_hot, by_h, by_ratio = merkel_slopes(cold, water_inlet, air_enthalpy, ratio, pressure)
    cold_by_ratio = -(by_ratio + law.exponent * merkel / ratio) / by_cold
    free = 1.0 if cold > FREEZING else 0.0
    outlet = TowerPartials(
        -free * by_hot / by_cold,
        -free * by_h / by_cold,
        0.0,
        free * cold_by_ratio / air_flow,
        -free * cold_by_ratio * ratio / air_flow,
    )
    rate = water_flow * cp
    heat = TowerPartials(
        rate * (1.0 - outlet.water_inlet),
        -rate * outlet.air_enthalpy,
        0.0,
        cp * span - rate * outlet.water_flow,
        -rate * outlet.air_flow,
    )
    leaving = air_enthalpy + rate * span / air_flow
    t_air = saturated_temperature(leaving, pressure, water_inlet)
    w, w_slope, _, h_slope = saturation_slopes(t_air, pressure)
    gain = w_slope / h_slope  # humidity per enthalpy along saturation
    evaporation = TowerPartials(
        gain * heat.water_inlet,
        gain * (air_flow + heat.air_enthalpy),
        -air_flow,
        gain * heat.water_flow,
        w - air_humidity + gain * (heat.air_flow - rate * span / air_flow),
    )
    state = TowerState(cold, rate * span, air_flow * (w - air_humidity))
    return TowerSlopes(state, outlet, heat, evaporation)


@kernel
def fan_slopes(law, air_flow):
    """(fan power [W], its derivative [W s/kg]) at an air flow: the affinity law."""
    speed = air_flow / law.air_flow
    return law.fan_power * speed**3, 3.0 * law.fan_power * speed**2 / law.air_flow


@kernel
def make_up(law, evaporation, water_flow):
    """(make-up, blow-down, drift) [kg/s]: salts leave with the last two, `cycles` times concentrated."""
    drift = law.drift * water_flow
    blow_down = max(evaporation / (law.cycles - 1.0) - drift, 0.0)
    return evaporation + drift + blow_down, blow_down, drift
