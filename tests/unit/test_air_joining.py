"""From a grid to a coarser one: sums, means and the transpose of interpolation."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.grid import Grid
from solvers.air.interpolate import Joining, state_on
from solvers.air.kernels.residual import residual
from solvers.air.problem import AirState

X = np.array([0.0, 0.1, 0.2, 0.4, 0.6, 0.7])
Y = np.array([0.0, 0.3, 0.6, 0.8])
Z = np.array([0.0, 0.2, 0.4, 0.5, 0.6])
FINE = Grid(x_face=X, y_face=Y, z_face=Z)
COARSE = Grid(x_face=X[[0, 2, 4, 5]], y_face=Y[[0, 2, 3]], z_face=Z[[0, 2, 4]])
JOINING = Joining(fine=FINE, coarse=COARSE)


def some(shape: tuple[int, ...], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def test_sums_over_joined_cells() -> None:
    values = some(FINE.shape, 1)
    sums = JOINING.cell_sums(values)
    assert sums.shape == (2, 2, 3)
    assert sums[1, 0, 2] == pytest.approx(values[2:4, 0:2, 4:5].sum(), rel=1e-14)


def test_joined_faces_pass_the_same_flux() -> None:
    v = some((4, 4, 5), 2)  # on the faces normal to y
    mean = JOINING.face_means(v, 1)
    areas = np.diff(Z)[2:4, None] * np.diff(X)[None, 2:4]
    assert mean[1, 1, 1] * 0.2 * 0.4 == pytest.approx((v[2:4, 2, 2:4] * areas).sum(), rel=1e-14)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_what_faces_hold_is_given_on_as_the_transpose_of_interpolation(axis: int) -> None:
    shapes = [list(FINE.shape), list(COARSE.shape)]
    for shape in shapes:
        shape[2 - axis] += 1
    held, velocity = some(tuple(shapes[0]), 3), some(tuple(shapes[1]), 4)
    none = [np.zeros((*COARSE.shape[:a], COARSE.shape[a] + 1, *COARSE.shape[a + 1 :])) for a in (2, 1, 0)]
    none[axis] = velocity
    state = AirState(
        u=none[0],
        v=none[1],
        w=none[2],
        pressure=np.zeros(COARSE.shape),
        temperature=np.zeros(COARSE.shape),
    )
    fine = state_on(COARSE, state, FINE)
    expected = float((held * (fine.u, fine.v, fine.w)[axis]).sum())
    assert float((JOINING.face_sums(held, axis) * velocity).sum()) == pytest.approx(expected, rel=1e-12)


@pytest.mark.kernel
def test_residual_of_a_row_of_cells() -> None:
    """Three cells in a row, the last not free: b + weights phi_neighbour - diagonal phi, by hand."""
    flat = [np.zeros(4 * 4 * 6) for _ in range(9)]
    first = (4 + 1) * 6 + 1  # (k, j, i) = (1, 1, 1) of a padded box (4, 4, 6)
    low_x, high_x, *others, inverse, out = flat
    low_x[first + 1], high_x[first + 1], low_x[first + 2], high_x[first + 2] = 2.0, 0.5, 3.0, 1.0
    inverse[[first, first + 1]] = 1.0 / np.array([4.0, 8.0])
    b, phi = np.zeros(out.size), np.zeros(out.size)
    b[first : first + 3] = [1.0, 2.0, 5.0]
    phi[first : first + 3] = [10.0, 20.0, 30.0]
    residual((1, 1, 3), low_x, high_x, *others[:4], inverse, b, phi, out)
    # 1 + 0.5 * 20 - 4 * 10;  2 + 2 * 10 + 1 * 30 - 8 * 20
    assert out[first : first + 3].tolist() == [-29.0, -108.0, 0.0]
