"""Heat from the coolant to the wall of its pipe."""

from __future__ import annotations

import numpy as np

from solvers import fluids
from solvers._jit import kernel
from solvers.fluids import FluidCurves, horner_kernel
from solvers.liquid.heat.pipes import Stores


@kernel
def nusselt_kernel(re: float, pr: float) -> float:
    """Nusselt number of developed flow in a smooth pipe, Re >= 0, Pr 0.1..1000 (turbulent: to Re 1e6).

    Gnielinski 2013, Int. J. Heat Mass Transfer 63, 134-140: from Re 4000 his equation of 1976 with the
    friction of Konakov 1946; 3.66 (Graetz 1885, wall of one temperature) to Re 2300; linear in Re between.
    """
    if re <= 2300.0:
        return 3.66
    if re >= 4000.0:
        return _turbulent(re, pr)
    share = (re - 2300.0) / 1700.0
    return (1.0 - share) * 3.66 + share * _turbulent(4000.0, pr)


@kernel
def _turbulent(re: float, pr: float) -> float:
    root = 1.0 / (1.8 * np.log10(re) - 1.5)
    eighth = root * root / 8.0
    return eighth * (re - 1000.0) * pr / (1.0 + 12.7 * np.sqrt(eighth) * (pr ** (2.0 / 3.0) - 1.0))


@kernel(uses=(fluids,))
def film_kernel(stores: Stores, curves: FluidCurves, s: int, flow: float, temperature: float) -> float:
    """Conductance between coolant and wall of a store, all lines together [W/K]; flow >= 0 [kg/s], [K]."""
    if stores.film[s] >= 0.0:
        return stores.film[s]
    x = (temperature - curves.t_mid) / curves.t_half
    mu = np.exp(horner_kernel(curves.log_viscosity, x))
    k = horner_kernel(curves.conductivity, x)
    pr = horner_kernel(curves.heat_capacity, x) * mu / k
    re = 4.0 * flow / (stores.lines[s] * np.pi * stores.diameter[s] * mu)
    # h pi d L with h = Nu k / d
    return nusselt_kernel(re, pr) * k * np.pi * stores.length[s] * stores.lines[s]
