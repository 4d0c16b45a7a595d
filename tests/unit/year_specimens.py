"""What the tests of plant, station and year share: a steady climate, a network, a chiller."""

from __future__ import annotations

import numpy as np

from solvers.district.demand import Network
from solvers.heat.plant import Chiller
from twin.weather import Weather, weather_from

K = 273.15
HOURS = 8760

NETWORK = Network(
    annual_heat=20.0 * 3.6e12,
    dwellings=2500.0,
    hot_water_share=0.25,
    efficiency=0.9,
    heating_limit=18.0 + K,
    supply_cold=80.0 + K,
    supply_warm=70.0 + K,
    outdoor_cold=-5.0 + K,
    return_temperature=50.0 + K,
    trunk_length=2000.0,
    trunk_loss=30.0,
)
CHILLER = Chiller(
    carnot_efficiency=0.45,
    evaporator_approach=4.0,
    condenser_approach=12.0,
    minimum_lift=15.0,
    fan_power_ratio=0.02,
)


def steady_weather(celsius: float = 10.0) -> Weather:
    return weather_from(
        source="steady",
        dry_bulb=np.full(HOURS, celsius + K),
        relative_humidity=np.full(HOURS, 0.7),
        pressure=np.full(HOURS, 101325.0),
        wind=np.full(HOURS, 3.0),
    )
