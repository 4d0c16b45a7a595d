"""Exact courses of the temperature that leaves a pipe."""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad
from scipy.special import i0e

from geometry.grid import Array


def schumann(distance: float, time: Array) -> Array:
    """Coolant that leaves a pipe with a wall after a unit step at its inlet [-]; no loss, no conduction.

    distance  film conductance over the capacity rate of the coolant, a L / (m cp) [-]
    time      film conductance over the heat capacity of the wall, times the time since the front,
              a (t - L/v) / C [-], (n,); before the front nothing has come

    Source: Schumann 1929, J. Franklin Inst. 208, 405-416, as an integral over the modified Bessel function:
    1 - exp(-z) int_0^y exp(-s) I0(2 sqrt(s z)) ds.
    """

    def kernel(s: float, z: float) -> float:
        root = 2.0 * np.sqrt(s * z)
        # i0e is exp(-root) I0(root): the exponents together never overflow
        return float(np.exp(root - s - z) * i0e(root))

    answer = np.zeros(np.size(time))
    for i, z in enumerate(time):
        if z >= 0.0:
            answer[i] = 1.0 - quad(kernel, 0.0, distance, args=(float(z),), epsabs=1e-12, epsrel=1e-12)[0]
    return answer
