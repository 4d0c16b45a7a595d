"""Courses through day, week and year that heat demand and losses follow: arrays of hours, in SI."""

from __future__ import annotations

import math

import numpy as np

from geometry.errors import require
from geometry.grid import Array

HOURS_OF_A_DAY = 24
HOURS_OF_A_WEEK = 168

# Draw-off of hot water in collective housing through the day, share of the daily use by hour. Assumption:
# a morning and an evening peak over a steady base fed by recirculation, as storage vessels smooth them.
_DRAW_OFF = (
    2.0, 1.5, 1.2, 1.2, 1.8, 3.5, 6.0, 7.5, 6.5, 5.0, 4.3, 4.0,
    4.3, 4.0, 3.5, 3.4, 3.7, 4.6, 6.2, 7.0, 6.5, 5.3, 4.0, 3.0,
)  # fmt: skip
HOT_WATER_PROFILE = np.array(_DRAW_OFF) / np.mean(_DRAW_OFF)

HOT_WATER = 328.15  # at the tap and in the risers [K]: 55 degC, below which legionella grow (French order of
# 30 November 2005 asks 55 degC at the outlet of storage)

_SETBACK = 0.6  # of the heating of a building in use, at night and at weekends. Assumption


def repeated(pattern: Array, hours: int) -> Array:
    """(hours,) a pattern over and over."""
    return np.tile(pattern, -(-hours // pattern.size))[:hours]


def working_days(hours: int, *, first: int = 5, last: int = 18, rest: float = _SETBACK) -> Array:
    """(hours,) 1 from hour `first` to `last` on weekdays, `rest` else; the year begins on a Monday."""
    day = np.full(HOURS_OF_A_DAY, rest)
    day[first:last] = 1.0
    return repeated(np.concatenate((np.tile(day, 5), np.full(2 * HOURS_OF_A_DAY, rest))), hours)


def trailing_day_mean(hourly: Array) -> Array:
    """(n,) mean of each hour and the 23 before it; the year follows itself."""
    padded = np.concatenate((hourly[-(HOURS_OF_A_DAY - 1) :], hourly))
    total = np.concatenate(([0.0], np.cumsum(padded)))
    return (total[HOURS_OF_A_DAY:] - total[:-HOURS_OF_A_DAY]) / HOURS_OF_A_DAY


def annual_wave(hourly: Array) -> tuple[float, float, float]:
    """(mean, amplitude, hour of the minimum) of the first harmonic of a year of hours."""
    angle = 2.0 * np.pi * np.arange(hourly.size) / hourly.size
    cosine = 2.0 * float(np.mean(hourly * np.cos(angle)))
    sine = 2.0 * float(np.mean(hourly * np.sin(angle)))
    # mean - amplitude cos(angle - lowest)
    lowest = math.atan2(-sine, -cosine) % (2.0 * math.pi)
    return float(hourly.mean()), math.hypot(cosine, sine), lowest * hourly.size / (2.0 * math.pi)


def ground_temperature(dry_bulb: Array, depth: float, *, diffusivity: float = 7e-7) -> Array:
    """(n,) undisturbed temperature of the ground at a depth [m] under the year's air [K].

    Kusuda and Achenbach 1965 (NBS report 8972): T = mean - A exp(-z/d) cos(w t - phase - z/d), with the
    penetration depth d = sqrt(2 a / w); surface taken as the air's annual wave. diffusivity: a [m2/s], moist
    soil 5e-7 to 9e-7 (assumption 7e-7).
    """
    require(depth >= 0.0, f"depth in the ground = {depth:g} m: must not be negative")
    require(diffusivity > 0.0, f"diffusivity of soil = {diffusivity:g} m2/s: must be positive")
    n = dry_bulb.size
    mean, amplitude, lowest = annual_wave(dry_bulb)
    omega = 2.0 * math.pi / (n * 3600.0)
    share = depth / math.sqrt(2.0 * diffusivity / omega)
    angle = 2.0 * np.pi * (np.arange(n) - lowest) / n
    return np.asarray(mean - amplitude * math.exp(-share) * np.cos(angle - share))


def mains_water_temperature(dry_bulb: Array) -> Array:
    """(n,) cold water of the mains under the year's air [K].

    Burch and Christensen 2007 (American Solar Energy Society, Cleveland), in degF: mean air + 6, amplitude
    (0.4 + 0.01 (mean - 44)) times half the range of the monthly means (here the annual wave's amplitude),
    behind the air's by 35 - (mean - 44) days. Fitted to US cities of mean air 0 to 25 degC.
    """
    mean, amplitude, lowest = annual_wave(dry_bulb)
    warm = 1.8 * (mean - 273.15) + 32.0 - 44.0
    ratio, lag = 0.4 + 0.01 * warm, (35.0 - warm) * HOURS_OF_A_DAY
    angle = 2.0 * np.pi * (np.arange(dry_bulb.size) - lowest - lag) / dry_bulb.size
    return np.asarray(mean + 6.0 / 1.8 - ratio * amplitude * np.cos(angle))


def hot_water_course(dry_bulb: Array) -> Array:
    """(n,) heat of hot water over its mean of the year [-]: draw-off by hour, warmed from mains water."""
    course = repeated(HOT_WATER_PROFILE, dry_bulb.size) * (HOT_WATER - mains_water_temperature(dry_bulb))
    return np.asarray(course / course.mean())
