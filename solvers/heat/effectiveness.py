"""Effectiveness of heat exchangers and its derivatives, and the transfer units that give an effectiveness.

    eps(NTU, c)    NTU = UA / C_min    c = C_min / C_max

Kernels of scalars. Those named `_slopes` return (eps, d eps/d NTU, d eps/d c).
Source of all: Incropera, DeWitt, Bergman and Lavine, Fundamentals of Heat and Mass Transfer, 7th ed., Wiley
2011, tables 11.3 and 11.4.
"""

from __future__ import annotations

from enum import Enum

import numpy as np

from solvers._jit import kernel


class Arrangement(Enum):
    """How the two streams pass each other."""

    COUNTERFLOW = 0  # plate exchangers in one pass, coils of several rows
    CROSSFLOW = 1  # both streams unmixed: dry coolers
    PARALLEL = 2
    MAX_MIXED = 3  # crossflow, the stream of C_max mixed
    MIN_MIXED = 4  # crossflow, the stream of C_min mixed


@kernel
def counterflow_slopes(ntu, c_ratio):
    """Counterflow. With phi = (1 - exp(-x))/x, x = NTU (1 - c): eps = NTU phi / (1 + c NTU phi).

    c = 1 is a regular point of this form; eps(2, 1) = 2/3 exactly.
    """
    x = ntu * (1.0 - c_ratio)
    if x > 1e-3:
        decay = np.exp(-x)
        phi = -np.expm1(-x) / x
        slope = (decay * (1.0 + x) - 1.0) / (x * x)
    else:
        decay = np.exp(-x)
        phi = 1.0 - x * (0.5 - x * (1.0 / 6.0 - x / 24.0))
        slope = -0.5 + x * (1.0 / 3.0 - x * (0.125 - x / 30.0))
    y = ntu * phi
    below = 1.0 + c_ratio * y
    eps = min(y / below, 1.0)
    return eps, decay / below**2, (-ntu * ntu * slope - y * y) / below**2


@kernel
def parallel_slopes(ntu, c_ratio):
    """Both streams in the same direction: eps = (1 - exp(-NTU (1 + c))) / (1 + c)."""
    both = 1.0 + c_ratio
    decay = np.exp(-ntu * both)
    eps = -np.expm1(-ntu * both) / both
    return eps, decay, (ntu * decay - eps) / both


@kernel
def crossflow_slopes(ntu, c_ratio):
    """Crossflow, both streams unmixed: eps = 1 - exp(NTU^0.22 (exp(-c NTU^0.78) - 1) / c), eq. 11.32.

    An approximation. Against the exact series (Mason, Proc. 2nd US Nat. Congr. Appl. Mech., 1954) it is up to
    3.8 % low below NTU 1 (most at c 1, NTU 0.3) and within -2.2 and +1.1 % above. c -> 0: 1 - exp(-NTU).
    """
    if ntu <= 0.0:
        return 0.0, 1.0, 0.0
    if c_ratio < 1e-6:
        left = np.exp(-ntu)
        return -np.expm1(-ntu), left, -0.5 * left * ntu**1.78
    decay = np.exp(-c_ratio * ntu**0.78)
    g = ntu**0.22 / c_ratio * np.expm1(-c_ratio * ntu**0.78)
    left = np.exp(g)
    by_ntu = left * (0.78 * decay - 0.22 * g / ntu)
    return -np.expm1(g), by_ntu, left * (g + ntu * decay) / c_ratio


@kernel
def max_mixed_slopes(ntu, c_ratio):
    """Crossflow, C_max mixed: eps = (1 - exp(-c (1 - exp(-NTU)))) / c, eq. 11.33."""
    g, inner = -np.expm1(-ntu), np.exp(-ntu)
    if c_ratio < 1e-6:
        return g, inner, -0.5 * g * g
    decay = np.exp(-c_ratio * g)
    eps = -np.expm1(-c_ratio * g) / c_ratio
    return eps, decay * inner, (g * decay - eps) / c_ratio


@kernel
def min_mixed_slopes(ntu, c_ratio):
    """Crossflow, C_min mixed: eps = 1 - exp(-(1 - exp(-c NTU)) / c), eq. 11.34."""
    if c_ratio < 1e-6:
        left = np.exp(-ntu)
        return -np.expm1(-ntu), left, -0.5 * left * ntu * ntu
    decay = np.exp(-c_ratio * ntu)
    g = -np.expm1(-c_ratio * ntu) / c_ratio
    left = np.exp(-g)
    return -np.expm1(-g), left * decay, left * (ntu * decay - g) / c_ratio


@kernel
def effectiveness_slopes(arrangement, ntu, c_ratio):
    """(eps, d eps/d NTU, d eps/d c) of an arrangement, given as the value of an `Arrangement`."""
    if arrangement == 0:
        return counterflow_slopes(ntu, c_ratio)
    if arrangement == 1:
        return crossflow_slopes(ntu, c_ratio)
    if arrangement == 2:
        return parallel_slopes(ntu, c_ratio)
    if arrangement == 3:
        return max_mixed_slopes(ntu, c_ratio)
    return min_mixed_slopes(ntu, c_ratio)


@kernel
def counterflow_effectiveness(ntu, c_ratio):
    """Effectiveness of a counterflow exchanger [-], c_ratio in 0..1."""
    return counterflow_slopes(ntu, c_ratio)[0]


@kernel
def counterflow_ntu(eps, c_ratio):
    """Number of transfer units of a counterflow exchanger [-] with effectiveness `eps` in 0..1, below 1."""
    g = eps / (1.0 - c_ratio * eps)
    y = g * (1.0 - c_ratio)
    return g * (-np.log1p(-y) / y) if y > 1e-12 else g


@kernel
def arrangement_ntu(arrangement, eps, c_ratio):
    """Number of transfer units [-] at which an arrangement has the effectiveness `eps`.

    Counterflow in closed form, others by bisection on ln NTU; nan where no NTU below 1e6 reaches `eps`.
    """
    if eps <= 0.0:
        return 0.0
    if arrangement == 0:
        return counterflow_ntu(eps, c_ratio)
    low, high = -30.0, np.log(1e6)
    if effectiveness_slopes(arrangement, np.exp(high), c_ratio)[0] < eps:
        return np.nan
    for _ in range(80):
        middle = 0.5 * (low + high)
        if effectiveness_slopes(arrangement, np.exp(middle), c_ratio)[0] < eps:
            low = middle
        else:
            high = middle
    return np.exp(0.5 * (low + high))
