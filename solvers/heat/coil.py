"""Dry finned coils between air and water: exponents and shares of their films.

After Wetter 1999, Simulation model: finned water-air coil without condensation, LBNL-42355: hA of the air
grows with its flow to the power 0.8, of the water to 0.85 (near Dittus and Boelter). Coils of several rows
are piped in counterflow. Shared by the cooling units of hall air, rear doors and fan-coil walls.
"""

from __future__ import annotations

from solvers.heat.effectiveness import Arrangement
from solvers.heat.two_stream import TwoStream, rated_exchanger, transmission_slopes

AIR_EXPONENT = 0.8
WATER_EXPONENT = 0.85
FILM_RATIO = 2.0 / 3.0  # hA of the air over hA of the water at the design point; assumption
AIR_SHARE = 1.0 / (1.0 + FILM_RATIO)  # of the resistance there


def dry_coil(ua: float, c_air: float, c_water: float) -> TwoStream:
    """The coil with a conductance [W/K] at its design capacity rates [W/K]; air is the hot stream."""
    return TwoStream(
        arrangement=Arrangement.COUNTERFLOW.value,
        ua=ua,
        c_hot=c_air,
        c_cold=c_water,
        hot_share=AIR_SHARE,
        cold_share=1.0 - AIR_SHARE,
        hot_exponent=AIR_EXPONENT,
        cold_exponent=WATER_EXPONENT,
        fouling=0.0,
    )


def rated_coil(
    *, heat: float, c_air: float, c_water: float, inlet_difference: float, element: str
) -> TwoStream:
    """The coil that takes `heat` [W] at its design point: capacity rates [W/K], air in less water in [K].

    Raises InputError where no exchanger does that.
    """
    return rated_exchanger(
        heat=heat,
        c_hot=c_air,
        c_cold=c_water,
        inlet_difference=inlet_difference,
        hot_share=AIR_SHARE,
        cold_share=1.0 - AIR_SHARE,
        hot_exponent=AIR_EXPONENT,
        cold_exponent=WATER_EXPONENT,
        element=element,
    )


def water_rate(coil: TwoStream, c_air: float, transmission: float, most: float) -> float:
    """Capacity rate of water [W/K] with which the coil moves `transmission` [W] a kelvin between the inlets.

    c_air  of the air [W/K]; most  with the valve open [W/K], returned where even that does less.
    Newton's method within a bracket: the transmission grows with the water.
    """
    if transmission <= 0.0 or c_air <= 0.0 or most <= 0.0:
        return 0.0
    if float(transmission_slopes(coil, c_air, most)[0]) <= transmission:
        return most
    low, high = 0.0, most
    rate = min(transmission, 0.5 * most)  # water that warms all the way to the air
    for _ in range(60):
        k, _, slope = (float(value) for value in transmission_slopes(coil, c_air, rate))
        if abs(k - transmission) <= 1e-13 * transmission:
            break
        low, high = (rate, high) if k < transmission else (low, rate)
        step = rate + (transmission - k) / slope if slope > 0.0 else -1.0
        rate = step if low < step < high else 0.5 * (low + high)
    return rate
