"""What the cell beside a wall gains and loses of turbulence, as means over its width.

In the buffer layer production peaks and k rises from zero, so that values at the cell's centre misjudge the
means by up to a half. The means follow from a layer of constant stress: production from the law of the wall,
dissipation from the one-dimensional equation of k with the lengths of the two-layer model.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.linalg import solve_banded

from geometry.grid import Array
from solvers.air.closures import C_MU, DAMPING_VISCOSITY, KAPPA
from solvers.air.kernels import wall_law

C_LENGTH = KAPPA * C_MU**-0.75
# y* of the tables: 32 an octave, evenly spaced in it, from 1/16 to 65,536
OCTAVE, FIRST = 32, 2.0**-4
Y_STAR = np.append(np.outer(FIRST * 2.0 ** np.arange(20), 1.0 + np.arange(OCTAVE) / OCTAVE), 2.0**16)
TOP = 2.0**17  # y+ of the layer's edge
CELLS = 620


@cache
def wall_tables() -> wall_law.WallTables:
    """The law of the wall, and means over a cell that reaches from the wall to twice its centre's distance.

    gain  production over the cell [-]: integral of u+' (1 - u+') over y+ from 0 to 2 y*
    loss  mean dissipation over that of the two-layer model at the centre [-]
    """
    face = np.concatenate(([0.0], np.geomspace(0.02, TOP, CELLS)))
    y, width = 0.5 * (face[1:] + face[:-1]), np.diff(face)
    k = _constant_stress(y, width)
    dissipation = k**1.5 / _length(k, y)
    inside = 2.0 * y < TOP
    mean = np.interp(2.0 * y, face[1:], np.cumsum(dissipation * width)) / (2.0 * y)
    slope = wall_law.slope_of_the_wall_law.py_func(y)
    gain = np.interp(2.0 * Y_STAR, face[1:], np.cumsum(slope * (1.0 - slope) * width))
    y_star = C_MU**0.25 * np.sqrt(k) * y
    loss = np.interp(np.log(Y_STAR), np.log(y_star[inside]), (mean / dissipation)[inside])
    return wall_law.WallTables(
        origin=int(Y_STAR[0].view(np.int64)),
        per_bit=OCTAVE * float(np.finfo(np.float64).eps),
        octave=OCTAVE,
        last=Y_STAR.size - 2 - OCTAVE,
        law=wall_law.law_of_the_wall.py_func(Y_STAR),
        bend=Y_STAR * wall_law.slope_of_the_wall_law.py_func(Y_STAR),
        gain=gain,
        loss=loss,
    )


def _length(k: Array, y: Array) -> Array:
    """Of dissipation, in wall units."""
    return C_LENGTH * y * (1.0 - np.exp(-0.5 * np.sqrt(k) * y / C_LENGTH))


def _constant_stress(y: Array, width: Array) -> Array:
    """k+ of the one-equation model in a layer of constant stress, C_mu^-1/2 at its edge.

    y, width of the cells in wall units. Diffusion, production nu_t / (1 + nu_t)^2 and dissipation balance.
    """
    k = np.minimum(C_MU**-0.5, 0.1 * y**2)
    gap = np.diff(y)
    upper = 0.5 * width[:-1] / gap
    for _ in range(60):
        length = C_LENGTH * y * (1.0 - np.exp(-np.sqrt(k) * y / DAMPING_VISCOSITY))
        eddy = C_MU * length * np.sqrt(k)
        across = ((1.0 - upper) * (1.0 + eddy[:-1]) + upper * (1.0 + eddy[1:])) / gap
        matrix = np.zeros((3, y.size))
        matrix[0, 1:] = -across
        matrix[2, :-1] = -across
        matrix[1] = width * np.sqrt(k) / _length(k, y)
        matrix[1, :-1] += across
        matrix[1, 1:] += across
        matrix[1, 0] += 1.0 / y[0]
        matrix[:, -1] = (0.0, 1.0, 0.0)
        matrix[2, -2] = 0.0
        right = width * eddy / (1.0 + eddy) ** 2
        right[-1] = C_MU**-0.5
        right[-2] += across[-1] * right[-1]
        k = 0.5 * k + 0.5 * np.maximum(solve_banded((1, 1), matrix, right), 1e-12)
    return k
