"""Saturated air for compiled components: vapour pressure, humidity and enthalpy with their slopes.

The formulas of `solvers.psychrometrics` over liquid water (ASHRAE Handbook Fundamentals 2017, ch. 1, eq. 6,
20 and 30), 0..200 degC, one state at a time.
"""

from __future__ import annotations

import numpy as np

from solvers import psychrometrics
from solvers._jit import kernel
from solvers.psychrometrics import (
    CP_DRY_AIR,
    CP_VAPOUR,
    MASS_RATIO,
    VAPOUR_ENTHALPY,
    WATER_SATURATION,
    ZERO_CELSIUS,
)

A, B, C, D, E, F = WATER_SATURATION


@kernel(uses=(psychrometrics,))
def saturation_slopes(t, pressure):
    """(humidity ratio [kg/kg], its slope [1/K], enthalpy [J/kg], its slope) of saturated air at t [K]."""
    vapour = np.exp(A / t + B + t * (C + t * (D + t * E)) + F * np.log(t))
    by_t = vapour * (-A / (t * t) + C + t * (2.0 * D + t * 3.0 * E) + F / t)
    dry = pressure - vapour
    w = MASS_RATIO * vapour / dry
    w_slope = MASS_RATIO * pressure * by_t / (dry * dry)
    latent = VAPOUR_ENTHALPY + CP_VAPOUR * (t - ZERO_CELSIUS)
    h = CP_DRY_AIR * (t - ZERO_CELSIUS) + w * latent
    return w, w_slope, h, CP_DRY_AIR + w_slope * latent + w * CP_VAPOUR


@kernel(uses=(psychrometrics,))
def saturated_temperature(enthalpy, pressure, guess):
    """Temperature [K] of saturated air with an enthalpy [J/kg dry air], by Newton; 0..80 degC."""
    t = guess
    for _ in range(50):
        _, _, h, slope = saturation_slopes(t, pressure)
        change = (h - enthalpy) / slope
        # h is convex: Newton from above falls without overshoot, and a step up is held back
        t -= max(change, -20.0)
        if abs(change) < 1e-9:
            break
    return t
