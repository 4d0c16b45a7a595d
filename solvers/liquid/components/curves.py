"""Monotone curves through published points, compiled, with their slope.

Fritsch and Carlson 1980, SIAM J. Numer. Anal. 17, 238-246, as SciPy's PCHIP: no overshoot between points.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from geometry.errors import require
from solvers._jit import kernel

Array = NDArray[np.float64]


class Curve(NamedTuple):
    """A piecewise cubic: knots (n,), rising, and coefficients (4, n - 1), highest power first."""

    knot: Array
    coefficient: Array


def monotone_curve(x: Array, y: Array, *, element: str) -> Curve:
    """The curve through (n,) points; x must rise. Raises InputError for fewer than two or unsorted points."""
    require(x.size == y.size >= 2, f"curve of {element}: two or more points are needed, and as many of both")
    require(bool(np.all(np.isfinite(x)) and np.all(np.isfinite(y))), f"curve of {element}: not finite")
    require(bool(np.all(np.diff(x) > 0.0)), f"curve of {element}: its first column must rise")
    return Curve(np.ascontiguousarray(x, dtype=np.float64), np.ascontiguousarray(PchipInterpolator(x, y).c))


@kernel
def curve_slopes(curve, x):
    """(y, dy/dx) at x; beyond either end the curve goes on straight."""
    n = curve.knot.size
    low, high = 0, n - 1
    while high - low > 1:
        middle = (low + high) // 2
        if curve.knot[middle] <= x:
            low = middle
        else:
            high = middle
    s = x - curve.knot[low]
    inside = min(max(s, 0.0), curve.knot[low + 1] - curve.knot[low])
    a, b, c, d = (
        curve.coefficient[0, low],
        curve.coefficient[1, low],
        curve.coefficient[2, low],
        curve.coefficient[3, low],
    )
    slope = c + inside * (2.0 * b + inside * 3.0 * a)
    return d + inside * (c + inside * (b + inside * a)) + slope * (s - inside), slope
