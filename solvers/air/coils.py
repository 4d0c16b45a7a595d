"""Chilled-water coils of cooling units: what they can do at an operating point, from one design point.

Effectiveness and number of transfer units in counterflow, as coils of several rows are piped. The two films
follow the flows on their sides,

    1 / UA = 1 / hA_air + 1 / hA_water,     hA_air ~ air flow^0.8,     hA_water ~ water flow^0.85

with the exponents of Wetter 1999 (`solvers.heat.coil`, shared with the coils of the coolant loop). The coil
is dry: a run notes the hours in which the dew point outdoors is above the water that enters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.errors import require, require_range
from solvers.fluids import WATER_HEAT_CAPACITY
from solvers.heat.coil import dry_coil
from solvers.heat.effectiveness import counterflow_ntu
from solvers.heat.two_stream import TwoStream, transmission_slopes


@dataclass(frozen=True, slots=True, kw_only=True)
class Coil:
    """A coil by its design point.

    air_flow           [m3/s] at the density of the problem
    air_temperature    entering [K]
    water_flow         [kg/s]
    water_temperature  entering [K]
    capacity           sensible heat taken from the air there [W], gross: without the heat of the fans
    heat_capacity      of the water, or of what else flows in the coil [J/(kg K)]
    """

    air_flow: float
    air_temperature: float
    water_flow: float
    water_temperature: float
    capacity: float
    heat_capacity: float = WATER_HEAT_CAPACITY


def check_coil(coil: Coil, rho_cp: float, element: str) -> None:
    """Raise InputError where no exchanger could do what the design point says.

    rho_cp  of the air [J/(m3 K)]
    """
    for quantity, value, unit in (
        ("design air flow", coil.air_flow, "m3/s"),
        ("design water flow", coil.water_flow, "kg/s"),
        ("design capacity", coil.capacity, "W"),
    ):
        require(
            bool(np.isfinite(value) and value > 0.0),
            f"{quantity} of the coil of {element} = {value:g} {unit}: must be positive",
        )
    for quantity, value in (
        ("design air temperature", coil.air_temperature),
        ("design water temperature", coil.water_temperature),
    ):
        require_range(quantity, value, 230.0, 390.0, "K", element=f"the coil of {element}")
    spread = coil.air_temperature - coil.water_temperature
    require(
        spread > 0.0,
        f"design point of the coil of {element}: air enters {-spread:g} K below the water",
        hint="the air must be the warmer one",
    )
    least = min(rho_cp * coil.air_flow, coil.heat_capacity * coil.water_flow)
    most = least * spread
    require(
        coil.capacity < 0.995 * most,
        f"design capacity of the coil of {element} = {coil.capacity / 1e3:.5g} kW: flows and temperatures "
        f"allow {most / 1e3:.5g} kW even to an infinite exchanger",
        hint="check the design flows; capacity is sensible, without the heat of the fans",
    )


def design_conductance(coil: Coil, rho_cp: float) -> float:
    """UA [W/K] with which the coil has its capacity at its design point."""
    air, water = rho_cp * coil.air_flow, coil.heat_capacity * coil.water_flow
    least, most = min(air, water), max(air, water)
    effectiveness = coil.capacity / (least * (coil.air_temperature - coil.water_temperature))
    return float(counterflow_ntu(effectiveness, least / most) * least)


def coil_law(coil: Coil, rho_cp: float) -> TwoStream:
    """The coil as an exchanger; air, with rho cp [J/(m3 K)], is its hot stream."""
    ua = design_conductance(coil, rho_cp)
    return dry_coil(ua, rho_cp * coil.air_flow, coil.heat_capacity * coil.water_flow)


def air_effectiveness(coil: Coil, rho_cp: float, air_flow: float, water_flow: float) -> float:
    """Heat taken over rho cp air_flow (entering air less entering water) [-]; 0 where no air or water flows.

    air_flow [m3/s], water_flow [kg/s]
    """
    if air_flow <= 0.0 or water_flow <= 0.0:
        return 0.0
    air = rho_cp * air_flow
    water = coil.heat_capacity * water_flow
    return float(transmission_slopes(coil_law(coil, rho_cp), air, water)[0]) / air
