"""Moist air: saturation, humidity ratio, enthalpy, dew point and wet bulb of arrays of hours.

Formulas: ASHRAE Handbook Fundamentals (SI) 2017, chapter 1, equation numbers in the docstrings; they hold
from -100 to 200 degC dry bulb, at the pressures of any inhabited place. Everything is SI: K, Pa, kg/kg, J/kg.
Temperatures are arrays or scalars that broadcast; results have the broadcast shape.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geometry.errors import require
from geometry.grid import Array

ZERO_CELSIUS = 273.15  # [K]
MASS_RATIO = 0.621945  # molar mass of water over that of dry air [-], eq. 20
CP_DRY_AIR = 1006.0  # [J/(kg K)], eq. 30
CP_VAPOUR = 1860.0  # [J/(kg K)], eq. 30
VAPOUR_ENTHALPY = 2.501e6  # of vapour at 0 degC [J/kg], eq. 30
LATENT_HEAT = 2.45e6  # of water near 20 degC [J/kg], table 3

# Hyland and Wexler 1983: over ice (eq. 5, -100..0 degC) and over liquid water (eq. 6, 0..200 degC), T in K
_ICE = (-5.6745359e3, 6.3925247, -9.6778430e-3, 6.2215701e-7, 2.0747825e-9, -9.4840240e-13, 4.1635019)
WATER_SATURATION = (-5.8002206e3, 1.3914993, -4.8640239e-2, 4.1764768e-5, -1.4452093e-8, 6.5459673)


def saturation_pressure(temperature: ArrayLike) -> Array:
    """Vapour pressure of saturated air [Pa] at `temperature` [K]; over ice below 0 degC (eq. 5 and 6)."""
    t = np.asarray(temperature, dtype=np.float64)
    _check_kelvin("temperature", t)
    return np.exp(_log_saturation(t))


def humidity_ratio(vapour_pressure: ArrayLike, pressure: ArrayLike) -> Array:
    """Humidity ratio [kg water per kg dry air] (eq. 20)."""
    vapour = np.asarray(vapour_pressure, dtype=np.float64)
    return MASS_RATIO * vapour / (np.asarray(pressure, dtype=np.float64) - vapour)


def vapour_pressure(humidity: ArrayLike, pressure: ArrayLike) -> Array:
    """Vapour pressure [Pa] of air with this humidity ratio [kg/kg] (eq. 36)."""
    w = np.asarray(humidity, dtype=np.float64)
    return np.asarray(pressure, dtype=np.float64) * w / (MASS_RATIO + w)


def saturation_humidity(temperature: ArrayLike, pressure: ArrayLike) -> Array:
    """Humidity ratio of saturated air [kg/kg] (eq. 21)."""
    return humidity_ratio(saturation_pressure(temperature), pressure)


def enthalpy(dry_bulb: ArrayLike, humidity: ArrayLike) -> Array:
    """Enthalpy of moist air [J per kg dry air], zero for dry air and liquid water at 0 degC (eq. 30)."""
    t = np.asarray(dry_bulb, dtype=np.float64) - ZERO_CELSIUS
    return CP_DRY_AIR * t + np.asarray(humidity, dtype=np.float64) * (VAPOUR_ENTHALPY + CP_VAPOUR * t)


def standard_pressure(altitude: ArrayLike) -> Array:
    """Pressure of the standard atmosphere [Pa] at `altitude` [m], -5,000..11,000 m (eq. 3)."""
    return 101325.0 * (1.0 - 2.25577e-5 * np.asarray(altitude, dtype=np.float64)) ** 5.2559


def dew_point(vapour: ArrayLike) -> Array:
    """Temperature [K] at which air of this vapour pressure [Pa] is saturated; frost point below 0 degC.

    Newton on the logarithm of equations 5 and 6, so that it inverts `saturation_pressure` to round-off.
    """
    pressure = np.asarray(vapour, dtype=np.float64)
    require(bool(np.all(pressure > 0.0)), "vapour pressure must be positive [Pa]")
    target = np.log(pressure)
    # first guess: August-Roche-Magnus, whose error is below 1 K
    x = np.log(pressure / 610.94)
    t = ZERO_CELSIUS + 243.04 * x / (17.625 - x)
    for _ in range(6):
        t = t - (_log_saturation(t) - target) / _log_saturation_slope(t)
    return t


def wet_bulb(dry_bulb: ArrayLike, humidity: ArrayLike, pressure: ArrayLike) -> Array:
    """Thermodynamic wet-bulb temperature [K] of moist air.

    dry_bulb [K], humidity ratio [kg/kg], pressure [Pa]. Solves equation 33 (35 where the wick is frozen)
    by Newton from the dry bulb with a numerical slope; the function is monotone in the wet bulb. Air above
    saturation (by round-off of a weather file) gets its dry bulb.
    """
    t, w, p = np.broadcast_arrays(
        np.asarray(dry_bulb, dtype=np.float64),
        np.asarray(humidity, dtype=np.float64),
        np.asarray(pressure, dtype=np.float64),
    )
    _check_kelvin("dry bulb", t)
    # between dew point and dry bulb, a third of the way down is within a few kelvin of the answer
    low = dew_point(np.maximum(vapour_pressure(w, p), 1.0))
    guess = t - 0.6 * np.maximum(t - low, 0.0)
    step = 1e-3
    for _ in range(12):
        excess = _wet_bulb_humidity(t, guess, p) - w
        slope = (_wet_bulb_humidity(t, guess + step, p) - w - excess) / step
        change = excess / slope
        guess = np.clip(guess - change, np.minimum(low, t) - 1.0, t)
        if float(np.max(np.abs(change), initial=0.0)) < 1e-6:
            break
    return np.minimum(guess, t)


def saturated_temperature(enthalpy_of_air: ArrayLike, pressure: ArrayLike) -> Array:
    """Temperature [K] of saturated air with this enthalpy [J/kg dry air]; -20..80 degC."""
    h, p = np.broadcast_arrays(
        np.asarray(enthalpy_of_air, dtype=np.float64), np.asarray(pressure, dtype=np.float64)
    )
    # saturated air at 1 atm: h is about 9.4 kJ/kg at 0 degC and grows by half every 8 K
    t = ZERO_CELSIUS + 22.0 * np.log(np.maximum(h + 38.0e3, 1.0e3) / 45.0e3)
    for _ in range(25):
        value = enthalpy(t, saturation_humidity(t, p))
        change = (value - h) / saturation_heat_capacity(t, p)
        t = np.clip(t - change, ZERO_CELSIUS - 60.0, ZERO_CELSIUS + 95.0)
        if float(np.max(np.abs(change), initial=0.0)) < 1e-7:
            break
    return t


def saturation_heat_capacity(temperature: ArrayLike, pressure: ArrayLike) -> Array:
    """Slope of the enthalpy of saturated air, dh_s/dT [J/(kg K)], by central difference over 0.02 K."""
    t = np.asarray(temperature, dtype=np.float64)
    high = enthalpy(t + 0.01, saturation_humidity(t + 0.01, pressure))
    low = enthalpy(t - 0.01, saturation_humidity(t - 0.01, pressure))
    return (high - low) / 0.02


def _log_saturation(t: Array) -> Array:
    i, w = _ICE, WATER_SATURATION
    ice = i[0] / t + i[1] + t * (i[2] + t * (i[3] + t * (i[4] + t * i[5]))) + i[6] * np.log(t)
    water = w[0] / t + w[1] + t * (w[2] + t * (w[3] + t * w[4])) + w[5] * np.log(t)
    return np.where(t < ZERO_CELSIUS, ice, water)


def _log_saturation_slope(t: Array) -> Array:
    i, w = _ICE, WATER_SATURATION
    ice = -i[0] / t**2 + i[2] + t * (2.0 * i[3] + t * (3.0 * i[4] + t * 4.0 * i[5])) + i[6] / t
    water = -w[0] / t**2 + w[2] + t * (2.0 * w[3] + t * 3.0 * w[4]) + w[5] / t
    return np.where(t < ZERO_CELSIUS, ice, water)


def _wet_bulb_humidity(dry: Array, wet: Array, pressure: Array) -> Array:
    """Humidity ratio of air at `dry` whose wet bulb is `wet` (eq. 33, and 35 below freezing)."""
    t, s = dry - ZERO_CELSIUS, wet - ZERO_CELSIUS
    saturated = humidity_ratio(np.exp(_log_saturation(wet)), pressure)
    water = ((2501.0 - 2.326 * s) * saturated - 1.006 * (t - s)) / (2501.0 + 1.86 * t - 4.186 * s)
    ice = ((2830.0 - 0.24 * s) * saturated - 1.006 * (t - s)) / (2830.0 + 1.86 * t - 2.1 * s)
    return np.where(s < 0.0, ice, water)


def _check_kelvin(name: str, t: Array) -> None:
    bad = (t < 173.15) | (t > 473.15) | np.isnan(t)
    if np.any(bad):
        value = float(np.atleast_1d(t)[np.atleast_1d(bad)][0])
        require(False, f"{name} = {value:g} K: outside 173.15..473.15 K", hint="temperatures are in kelvin")
