"""Hourly weather of a typical year, generated from monthly statistics.

`typical_year` builds 8,760 hours that reproduce the statistics of a named typical year, without shipping
that year: monthly means of daily minimum, mean and maximum, relative humidity and wind, heating degree
days, and the extreme percentiles of dry and wet bulb. `twin.weather.files.read_weather` reads EPW and TMY.

Method: monthly statistics become a smooth annual course (Killworth 1996, J. Phys. Oceanogr. 26, 136-143);
days depart from it as a first-order autoregression; hours run between the day's minimum near sunrise and
its maximum in early afternoon. The size of the departures in cold, mild and hot months, and how humid hot
days are, are solved for so that degree days and extreme percentiles are those of the source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.errors import require, require_range
from geometry.grid import Array
from solvers import psychrometrics as air
from twin.schema import ClimateConf
from twin.weather.records import (
    HOURS,
    MONTH_DAYS,
    MONTH_OF_DAY,
    MONTH_OF_HOUR,
    Weather,
    heating_degree_days,
    weather_from,
)

# Behaviour of days about their monthly mean, measured on the RT 2012 years H1b, H2d, H3 and the Lyon-Bron
# TMYx 2004-2018: means over the four files (range over them in brackets).
_SEED = 2012
_PERSISTENCE = 0.72  # lag-1 autocorrelation of daily mean temperature [-] (0.39..0.89 by month)
_RANGE_SPREAD = 0.39  # standard deviation of the daily range over its monthly mean [-] (0.25..0.49)
_RANGE_SPREAD_SUMMER = 0.30  # June to August (0.24..0.34)
_RANGE_PERSISTENCE = 0.31  # (0.20..0.39)
_RANGE_SUMMER_LINK = 0.27  # correlation of range and temperature departure, June-August (-0.06..0.60)
_DEW_SPREAD = 2.1  # dew point that temperature does not explain, standard deviation [K] (1.0..3.1)
_DEW_PERSISTENCE = 0.55  # (0.47..0.64)
_DEW_SLOPE = 0.75  # dew-point departure per kelvin of temperature departure [-], outside summer (0.6..1.4)
_DEW_DIURNAL = 0.6  # half the daily swing of the dew point, highest at noon [K] (0.3..1.8)
_WIND_PERSISTENCE = 0.84  # of the hourly speed (0.79..0.89)
_WIND_DIURNAL = 0.3  # half the daily swing over the mean [-] (0.13..0.40)
_HOUR_OF_MAXIMUM = 14.5  # solar time [h]
_TAIL = 1.5  # bound of the departures, in standard deviations before rescaling; choice: extremes of the
# generated years within 2 K of the files' (their hottest hours: 33.7, 37.4, 31.3, 37.7 degC)


def typical_year(climate: ClimateConf) -> Weather:
    """The generated year of a climate's monthly statistics; the same statistics give the same year.

    Raises InputError when a list does not hold twelve values, or the statistics contradict each other
    (daily minimum above mean, wet bulb above dry bulb). Pressure is that of the standard atmosphere at the
    climate's altitude, constant through the year.
    """
    _check(climate)
    rng = np.random.default_rng(_SEED)
    day_noise = _monthly_standard(_bounded(_autoregression(rng, 365, _PERSISTENCE)))
    range_noise = _monthly_standard(_bounded(_autoregression(rng, 365, _RANGE_PERSISTENCE)))
    dew_noise = _monthly_standard(_autoregression(rng, 365, _DEW_PERSISTENCE))
    wind_noise = _autoregression(rng, HOURS, _WIND_PERSISTENCE)
    departure, dry_bulb = _temperature(climate, day_noise, range_noise)
    pressure = np.full(HOURS, float(air.standard_pressure(climate.altitude_m)))
    humidity = _relative_humidity(climate, dry_bulb, departure, dew_noise, pressure)
    return weather_from(
        source=f"generated from the statistics of: {climate.source}",
        dry_bulb=dry_bulb,
        relative_humidity=humidity,
        pressure=pressure,
        wind=_wind(climate, wind_noise),
    )


# --- temperature ----------------------------------------------------------------------------------------


def _temperature(climate: ClimateConf, day_noise: Array, range_noise: Array) -> tuple[Array, Array]:
    """(365,) departures of the daily mean from the annual course [K], and (8760,) dry bulb [K]."""
    from scipy.optimize import least_squares

    mean = np.asarray(climate.dry_bulb_mean_C) + 273.15
    low_course = _annual_course(np.asarray(climate.dry_bulb_min_C) + 273.15)
    high_course = _annual_course(np.asarray(climate.dry_bulb_max_C) + 273.15)
    swing = high_course - low_course
    summer = np.isin(MONTH_OF_DAY, (5, 6, 7))
    link = summer * _RANGE_SUMMER_LINK
    spread = np.where(summer, _RANGE_SPREAD_SUMMER, _RANGE_SPREAD)
    range_factor = np.maximum(1.0 + spread * (link * day_noise + np.sqrt(1.0 - link**2) * range_noise), 0.15)
    half = 0.5 * swing * range_factor / _monthly_mean(range_factor)[MONTH_OF_DAY]
    middle = 0.5 * (low_course + high_course)
    clock = _DayClock.at(climate.latitude_deg)
    bend = _evening_bend(clock, low_course, high_course, mean)
    # how far through the year's range of warmth each month is: 0 coldest, 1 hottest
    warmth = (_annual_course(mean) - mean.min()) / (mean.max() - mean.min())

    def build(spread: Array) -> tuple[Array, Array]:
        cold, mild, hot = spread
        sigma = np.maximum(_parabola(warmth, cold, mild, hot), 0.1)
        departure = sigma * day_noise
        departure -= _monthly_mean(departure)[MONTH_OF_DAY]
        hourly = clock.hours(middle + departure - half, middle + departure + half, bend)
        # what the interpolation across midnight and the bend leave of the monthly mean: a few hundredths
        residue = mean - _monthly_mean(hourly)
        return departure, hourly + residue[MONTH_OF_HOUR]

    def misfit(spread: Array) -> Array:
        hourly = build(spread)[1]
        low, high = np.percentile(hourly, (0.4, 99.6)) - 273.15
        return np.array(
            [
                (high - climate.dry_bulb_p99_6_C) / 0.2,
                (low - climate.dry_bulb_p0_4_C) / 0.4,
                (heating_degree_days(hourly) / climate.hdd18_Kd - 1.0) / 0.005,
            ]
        )

    fit = least_squares(misfit, x0=(3.5, 2.5, 2.5), bounds=(0.3, 8.0), diff_step=0.02, max_nfev=25)
    return build(fit.x)


@dataclass(frozen=True, slots=True)
class _DayClock:
    """Where each hour lies between the minima near sunrise and the maxima after noon."""

    extreme: np.ndarray  # (8760,) index of the last extreme before the hour: 2 d + 1 is the maximum of day d
    progress: np.ndarray  # (8760,) share of the way to the next extreme [-]
    falling: np.ndarray  # (8760,) True between maximum and next minimum

    @classmethod
    def at(cls, latitude: float) -> _DayClock:
        day = np.arange(365)
        declination = np.radians(23.45) * np.sin(2.0 * np.pi * (284 + day + 1) / 365.0)  # Cooper 1969
        cosine = np.clip(-np.tan(np.radians(latitude)) * np.tan(declination), -0.9, 0.9)
        sunrise = 12.0 - np.degrees(np.arccos(cosine)) / 15.0
        time = np.empty(730)
        time[0::2] = 24.0 * day + sunrise
        time[1::2] = 24.0 * day + _HOUR_OF_MAXIMUM
        # the year closes on itself: a maximum before the first minimum, a minimum after the last maximum
        padded = np.concatenate(([time[-1] - HOURS], time, [time[0] + HOURS]))
        hour = np.arange(HOURS) + 0.5
        before = np.searchsorted(padded, hour, side="right") - 1
        progress = (hour - padded[before]) / (padded[before + 1] - padded[before])
        return cls(before - 1, progress, (before - 1) % 2 != 0)

    def hours(self, low: Array, high: Array, bend: Array) -> Array:
        """(8760,) temperatures from daily minima and maxima; half a cosine wave between neighbours.

        `bend` (12,) is the exponent of the evening's progress: below 1 the early evening cools fast.
        """
        value = np.empty(730)
        value[0::2], value[1::2] = low, high
        progress = np.where(self.falling, self.progress ** bend[MONTH_OF_HOUR], self.progress)
        weight = 0.5 - 0.5 * np.cos(np.pi * progress)
        start = value[self.extreme]  # index -1 is the maximum of 31 December
        return start + weight * (value[(self.extreme + 1) % 730] - start)


def _evening_bend(clock: _DayClock, low: Array, high: Array, mean: Array) -> Array:
    """Exponent by month that gives the hours of the mean course the monthly `mean` [K]."""
    small, large = np.full(12, 0.35), np.full(12, 2.5)
    for _ in range(14):
        middle = 0.5 * (small + large)
        too_warm = _monthly_mean(clock.hours(low, high, middle)) > mean
        small, large = np.where(too_warm, small, middle), np.where(too_warm, middle, large)
    return 0.5 * (small + large)


def _parabola(x: Array, at_0: float, at_half: float, at_1: float) -> Array:
    """Lagrange's parabola through (0, at_0), (1/2, at_half), (1, at_1)."""
    return at_0 * (2.0 * x - 1.0) * (x - 1.0) + at_half * 4.0 * x * (1.0 - x) + at_1 * x * (2.0 * x - 1.0)


# --- humidity and wind ----------------------------------------------------------------------------------


def _relative_humidity(
    climate: ClimateConf, dry_bulb: Array, departure: Array, noise: Array, pressure: Array
) -> Array:
    """(8760,) relative humidity [-] with the climate's monthly means and 99.6 % wet bulb."""
    target = np.asarray(climate.humidity_pct) / 100.0
    mean = np.asarray(climate.dry_bulb_mean_C)
    hot = _annual_course((mean - mean.min()) / (mean.max() - mean.min())) > 0.6
    saturation = air.saturation_pressure(dry_bulb)
    hour = np.arange(HOURS) % 24 + 0.5
    diurnal = _DEW_DIURNAL * np.cos(2.0 * np.pi * (hour - 12.0) / 24.0)
    knots = air.dew_point(target * air.saturation_pressure(mean + 273.15))

    def build(hot_slope: float, knots: Array) -> tuple[Array, Array]:
        slope = np.where(hot, hot_slope, _DEW_SLOPE)
        ripple = _daily_to_hourly(slope * departure + _DEW_SPREAD * noise) + diurnal
        for _ in range(8):
            dew = np.minimum(_daily_to_hourly(_course_of_knots(knots)) + ripple, dry_bulb)
            humidity = air.saturation_pressure(dew) / saturation
            error = target - _monthly_mean(humidity)
            # relative humidity gains 6 to 7 % of itself per kelvin of dew point
            knots = knots + error / (0.065 * target)
        return humidity, knots

    low, high = -1.5, 2.5
    humidity, knots = build(0.5 * (low + high), knots)
    for _ in range(9):
        middle = 0.5 * (low + high)
        humidity, knots = build(middle, knots)
        wet = _percentile_wet_bulb(dry_bulb, humidity * saturation, pressure)
        low, high = (middle, high) if wet < climate.wet_bulb_p99_6_C + 273.15 else (low, middle)
    return humidity


def _percentile_wet_bulb(dry_bulb: Array, vapour: Array, pressure: Array) -> float:
    """99.6 % wet bulb [K]; only the hours of highest enthalpy need their wet bulb, which it orders."""
    humidity = air.humidity_ratio(vapour, pressure)
    top = np.argpartition(air.enthalpy(dry_bulb, humidity), HOURS - 100)[HOURS - 100 :]
    wet = np.sort(air.wet_bulb(dry_bulb[top], humidity[top], pressure[top]))
    position = 0.996 * (HOURS - 1) - (HOURS - 100)
    return float(np.interp(position, np.arange(100), wet))


def _wind(climate: ClimateConf, noise: Array) -> Array:
    """(8760,) wind speed [m/s]: a Rayleigh distribution about each monthly mean, stronger after noon."""
    from scipy.special import ndtr

    rank = np.clip(ndtr(noise), 1e-6, 1.0 - 1e-6)
    hour = np.arange(HOURS) % 24 + 0.5
    speed = np.sqrt(-np.log1p(-rank)) * (1.0 + _WIND_DIURNAL * np.cos(2.0 * np.pi * (hour - 14.0) / 24.0))
    return speed * (np.asarray(climate.wind_m_s) / _monthly_mean(speed))[MONTH_OF_HOUR]


# --- helpers --------------------------------------------------------------------------------------------


def _autoregression(rng: np.random.Generator, n: int, persistence: float) -> Array:
    """(n,) first-order autoregression of zero mean and unit variance."""
    from scipy.signal import lfilter

    white = rng.standard_normal(n + 50)
    return np.asarray(lfilter([np.sqrt(1.0 - persistence**2)], [1.0, -persistence], white))[50:]


def _bounded(noise: Array) -> Array:
    """Gaussian noise with its tails drawn in: the months of a typical year are chosen for being average."""
    return _TAIL * np.tanh(noise / _TAIL)


def _monthly_mean(values: Array) -> Array:
    """(12,) means of (365,) or (8760,) values."""
    start = np.concatenate(([0], np.cumsum(MONTH_DAYS)[:-1])) * (values.size // 365)
    return np.add.reduceat(values, start) / (MONTH_DAYS * (values.size // 365))


def _monthly_standard(days: Array) -> Array:
    """(365,) values brought to zero mean and unit variance in each month."""
    centred = days - _monthly_mean(days)[MONTH_OF_DAY]
    return centred / np.sqrt(_monthly_mean(centred**2))[MONTH_OF_DAY]


def _knot_weights() -> tuple[np.ndarray, np.ndarray, Array]:
    """For each day: the mid-month knots on its two sides and the weight of the later one."""
    middle = np.cumsum(MONTH_DAYS) - 0.5 * MONTH_DAYS
    day = np.arange(365) + 0.5
    padded = np.concatenate(([middle[-1] - 365.0], middle, [middle[0] + 365.0]))
    left = np.searchsorted(padded, day, side="right") - 1
    weight = (day - padded[left]) / (padded[left + 1] - padded[left])
    return (left - 1) % 12, left % 12, weight


def _course_of_knots(knots: Array) -> Array:
    left, right, weight = _knot_weights()
    return knots[left] * (1.0 - weight) + knots[right] * weight


def _annual_course(monthly: Array) -> Array:
    """(365,) piecewise linear course whose monthly means are exactly `monthly` (Killworth 1996)."""
    basis = np.stack([_monthly_mean(_course_of_knots(unit)) for unit in np.eye(12)], axis=1)
    return _course_of_knots(np.asarray(np.linalg.solve(basis, monthly), dtype=np.float64))


def _daily_to_hourly(days: Array) -> Array:
    """(8760,) linear between the noons of (365,) days, the year closed on itself."""
    noon = np.arange(-1, 366) * 24.0 + 12.0
    closed = np.concatenate((days[-1:], days, days[:1]))
    return np.interp(np.arange(HOURS) + 0.5, noon, closed)


def _check(climate: ClimateConf) -> None:
    ranges = {
        "dry_bulb_mean_C": (-40.0, 45.0, "degC"),
        "dry_bulb_min_C": (-45.0, 40.0, "degC"),
        "dry_bulb_max_C": (-35.0, 55.0, "degC"),
        "humidity_pct": (5.0, 100.0, "%"),
        "wind_m_s": (0.1, 25.0, "m/s"),
    }
    where = f"climate {climate.name}"
    for key, (low, high, unit) in ranges.items():
        values = getattr(climate, key)
        require(
            len(values) == 12, f"climate.{key} of {where} holds {len(values)} values; 12 months are needed"
        )
        for month, value in enumerate(values, start=1):
            require_range(f"climate.{key}[month {month}]", value, low, high, unit, element=where)
    low_, mean, high_ = climate.dry_bulb_min_C, climate.dry_bulb_mean_C, climate.dry_bulb_max_C
    for month in range(12):
        require(
            low_[month] < mean[month] < high_[month],
            f"{where}, month {month + 1}: daily minimum {low_[month]:g}, mean {mean[month]:g} and maximum "
            f"{high_[month]:g} degC are not in that order",
        )
    require_range("climate.latitude_deg", climate.latitude_deg, -66.0, 66.0, "deg", element=where)
    require_range("climate.altitude_m", climate.altitude_m, -430.0, 5000.0, "m", element=where)
    require_range("climate.hdd18_Kd", climate.hdd18_Kd, 1.0, 12000.0, "K d", element=where)
    require(
        climate.wet_bulb_p99_6_C <= climate.dry_bulb_p99_6_C,
        f"{where}: wet_bulb_p99_6_C = {climate.wet_bulb_p99_6_C:g} is above dry_bulb_p99_6_C = "
        f"{climate.dry_bulb_p99_6_C:g} degC",
    )
