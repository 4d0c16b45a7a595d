"""Dry finned coils between air and water: exponents and shares of their films.

After Wetter 1999, Simulation model: finned water-air coil without condensation, LBNL-42355: hA of the air
grows with its flow to the power 0.8, of the water to 0.85 (near Dittus and Boelter). Coils of several rows
are piped in counterflow. Shared by the cooling units of hall air, rear doors and fan-coil walls.
"""

from __future__ import annotations

from solvers.heat.effectiveness import Arrangement
from solvers.heat.two_stream import TwoStream, rated_exchanger

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
