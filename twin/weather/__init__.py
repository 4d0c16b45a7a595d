"""Hourly weather of a year: generated from monthly statistics (`typical`), or read from a file (`files`)."""

from twin.weather.records import (
    HOURS,
    MONTH_DAYS,
    MONTH_OF_DAY,
    Weather,
    heating_degree_days,
    weather_from,
)
from twin.weather.typical import typical_year

__all__ = [
    "HOURS",
    "MONTH_DAYS",
    "MONTH_OF_DAY",
    "Weather",
    "heating_degree_days",
    "typical_year",
    "weather_from",
]
