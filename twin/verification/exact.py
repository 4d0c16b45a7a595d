"""Exact solutions that references are computed from, written apart from the solvers they check."""

from __future__ import annotations

import math


def crossflow_series(ntu: float, c_ratio: float) -> float:
    """Effectiveness of a crossflow exchanger, both streams unmixed [-]; NTU <= 20, c_ratio in (0, 1].

    Exact series of Mason 1955, Heat transfer in cross flow, Proc. 2nd U.S. National Congress of Applied
    Mechanics, 801-803:  eps = 1/(c N) sum_m (1 - e^-N sum_j<=m N^j/j!) (1 - e^-cN sum_j<=m (cN)^j/j!).
    """
    total, m = 0.0, 0
    term_a, term_b = math.exp(-ntu), math.exp(-c_ratio * ntu)
    sum_a, sum_b = term_a, term_b
    while True:
        part = (1.0 - sum_a) * (1.0 - sum_b)
        total += part
        if part < 1e-14 or m > 400:
            return total / (c_ratio * ntu)
        m += 1
        term_a *= ntu / m
        term_b *= c_ratio * ntu / m
        sum_a += term_a
        sum_b += term_b


def counterflow_ua(*, heat: float, hot_in: float, hot_out: float, cold_in: float, cold_out: float) -> float:
    """UA [W/K] of a counterflow exchanger by its logarithmic mean temperature difference.

    heat [W], temperatures [K] or [degC]. Source: Incropera et al. 2011, Fundamentals of Heat and Mass
    Transfer, 7th ed., eq. 11.14 and 11.15.
    """
    first, last = hot_in - cold_out, hot_out - cold_in
    mean = first if math.isclose(first, last, rel_tol=1e-9) else (first - last) / math.log(first / last)
    return heat / mean


def laminar_pipe_drop(
    *, flow: float, length: float, diameter: float, density: float, viscosity: float
) -> float:
    """Pressure drop [Pa] of laminar flow [kg/s] in a round pipe: 128 mu L m / (pi rho d^4) (Hagen 1839)."""
    return 128.0 * viscosity * length * flow / (math.pi * density * diameter**4)
