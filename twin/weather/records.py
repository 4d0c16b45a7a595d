"""A year of weather, hour by hour, and its calendar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers import psychrometrics as air

HOURS = 8760
MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
MONTH_OF_DAY = np.repeat(np.arange(12), MONTH_DAYS)
MONTH_OF_HOUR = np.repeat(MONTH_OF_DAY, 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """A year of 8,760 hours from 1 January, each value the mean of its hour (local standard or solar time).

    dry_bulb, wet_bulb, dew_point [K]; humidity ratio [kg/kg]; relative_humidity [-]; pressure [Pa];
    wind speed [m/s]; `source` says where the year comes from.
    """

    source: str
    dry_bulb: Array
    wet_bulb: Array
    dew_point: Array
    humidity: Array
    relative_humidity: Array
    pressure: Array
    wind: Array

    @property
    def design_dry_bulb(self) -> float:
        """Dry bulb exceeded in 0.4 % of the hours [K]."""
        return float(np.percentile(self.dry_bulb, 99.6))

    @property
    def design_wet_bulb(self) -> float:
        """Wet bulb exceeded in 0.4 % of the hours [K]."""
        return float(np.percentile(self.wet_bulb, 99.6))

    def __str__(self) -> str:
        mean = float(self.dry_bulb.mean()) - 273.15
        return (
            f"Weather({self.source!r}: mean {mean:.1f} degC, 99.6 % dry bulb "
            f"{self.design_dry_bulb - 273.15:.1f}, wet bulb {self.design_wet_bulb - 273.15:.1f} degC)"
        )


def heating_degree_days(dry_bulb: Array, base: float = 291.15) -> float:
    """Heating degree days [K d] of 8,760 hourly dry bulbs [K] below `base` [K].

    The French meteorological method: the mean of a day is half the sum of its lowest and highest hour.
    """
    day = dry_bulb.reshape(-1, 24)
    return float(np.maximum(base - 0.5 * (day.min(axis=1) + day.max(axis=1)), 0.0).sum())


def weather_from(
    *, source: str, dry_bulb: Array, relative_humidity: Array, pressure: Array, wind: Array
) -> Weather:
    """Complete a year from dry bulb [K], relative humidity [-], pressure [Pa] and wind [m/s]."""
    vapour = np.clip(relative_humidity, 1e-3, 1.0) * air.saturation_pressure(dry_bulb)
    humidity = air.humidity_ratio(vapour, pressure)
    return Weather(
        source=source,
        dry_bulb=dry_bulb,
        wet_bulb=air.wet_bulb(dry_bulb, humidity, pressure),
        dew_point=np.minimum(air.dew_point(vapour), dry_bulb),
        humidity=humidity,
        relative_humidity=np.clip(relative_humidity, 1e-3, 1.0),
        pressure=pressure,
        wind=wind,
    )
