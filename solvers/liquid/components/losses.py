"""Pressure drops of devices from one data-sheet point, with their slope."""

from __future__ import annotations

import numpy as np

from solvers._jit import kernel

REST = 1e-4  # below this share of its rated flow a power law is made linear, so that rest is a regular point


@kernel
def power_drop_slopes(flow, rated_flow, rated_drop, exponent):
    """(drop, d drop/d flow) of drop = rated_drop |r|^n sign(r), r = flow / rated_flow; either sign of flow.

    Mass or volume flow, as the rated one; drop [Pa]. Odd in the flow and smooth at rest:
    |r|^(n-1) -> (r^2 + REST^2)^((n-1)/2), which differs by 5e-5 at a hundredth of the rated flow (n = 2).
    """
    r = flow / rated_flow
    size = r * r + REST * REST
    power = size ** (0.5 * (exponent - 3.0))
    drop = rated_drop * r * power * size
    return drop, rated_drop / rated_flow * power * (size + (exponent - 1.0) * r * r)


@kernel
def quadratic_drop_slopes(flow, rated_flow, rated_drop):
    """`power_drop_slopes` with exponent 2, without a power function."""
    r = flow / rated_flow
    size = np.sqrt(r * r + REST * REST)
    return rated_drop * r * size, rated_drop / rated_flow * (size + r * r / size)
