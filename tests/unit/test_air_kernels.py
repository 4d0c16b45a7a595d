"""Kernels of the air solver against hand-worked numbers and against their own interpreted source."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.grid import Grid
from solvers.air.kernels import sweeps, transport, turbulence
from solvers.air.lattice import build_lattice
from solvers.linear import kernels as linear

pytestmark = pytest.mark.kernel

SHAPE = (2, 3, 4)
PADDED = (5, 6, 7)
SIZE = 5 * 6 * 7


def inner(k: int, j: int, i: int) -> int:
    return ((k + 1) * PADDED[1] + j + 1) * PADDED[2] + i + 1


# to the face from below, from its own node, 1 / distance
UNIFORM = np.repeat([[0.5], [-0.5], [1.0]], 7, axis=1)


def deferred(phi: np.ndarray, low: np.ndarray, high: np.ndarray, axis: int) -> np.ndarray:
    """High-order minus upwind fluxes of TVD through the low x- or y-faces of row (0, 1)."""
    out = np.ones(PADDED[2])
    row = np.uint64(inner(0, 1, -1))
    spacing = UNIFORM.astype(phi.dtype)
    if axis == 0:
        transport._deferred_along_x(1, row, SHAPE[2], spacing, low, high, phi.ravel(), np.uint64(0), out)
    else:
        stride, to = np.uint64(PADDED[2]), np.uint64(0)
        transport._deferred_across(1, row, SHAPE[2], stride, 2, 3, spacing, low, high, phi.ravel(), to, out)
    return out


@pytest.mark.parametrize("real", [np.float32, np.float64])
def test_van_leer_flux_of_a_ramp_is_linear(real: type[np.floating]) -> None:
    """On a straight line the limited slope is the slope: the face value is exact, F = 2, h = 1."""
    phi = np.zeros(PADDED, dtype=real)
    phi[:] = 3.0 * np.arange(PADDED[2])
    low, high = np.full(SIZE, 2.5, dtype=real), np.full(SIZE, 0.5, dtype=real)
    assert deferred(phi, low, high, axis=0)[3] == pytest.approx(2.0 * 3.0 * 0.5)
    across = phi.copy()
    across[:] = 3.0 * np.arange(PADDED[1])[:, None]
    assert deferred(across, low, high, axis=1)[3] == pytest.approx(2.0 * 3.0 * 0.5)
    low[inner(0, 1, 1)] = 0.0  # no link further upstream: upwind there
    assert deferred(phi, low, high, axis=0)[3] == 0.0


def test_limiter_vanishes_at_an_extremum() -> None:
    phi = np.zeros(PADDED)
    phi[:, :, 3] = 1.0
    low, high = np.full(SIZE, 2.5), np.full(SIZE, 0.5)
    assert np.all(deferred(phi, low, high, axis=0)[2:5] == 0.0)


def test_zero_equation_viscosity() -> None:
    """Chen and Xu: nu_t = 0.03874 |U| l; |U| = 5 of (3, 4, 0), l = 0.2: 0.03874 m2/s."""
    u, v, w = np.full(SIZE, 3.0), np.full(SIZE, 4.0), np.zeros(SIZE)
    nu = np.zeros(SIZE)
    turbulence.zero_equation(SHAPE, 0.03874, 1.5e-5, np.full(SIZE, 0.2), u, v, w, nu)
    assert nu[inner(1, 2, 3)] == pytest.approx(0.03874 + 1.5e-5)
    assert nu[0] == 0.0


def test_sweep_equals_its_interpreted_source() -> None:
    rng = np.random.default_rng(3)
    links = [rng.random(SIZE) for _ in range(6)]
    inverse, b = 0.1 * rng.random(SIZE), rng.random(SIZE)
    inverse[rng.random(SIZE) < 0.2] = 0.0
    start = rng.random(SIZE)
    for order in ((False, False, False), (True, True, True)):
        results = []
        for function in (sweeps.sweep, sweeps.sweep.py_func):
            phi = start.copy()
            carry, known = np.zeros(6 * 7), np.zeros(6 * 7)
            function(SHAPE, *links, inverse, b, *order, carry, known, phi)
            results.append(phi)
        assert np.allclose(results[0], results[1], rtol=1e-13, atol=0.0)
        assert np.array_equal(results[0][inverse == 0.0], start[inverse == 0.0])


def test_sweep_by_rows_equals_its_interpreted_source() -> None:
    rng = np.random.default_rng(4)
    links = [rng.random(SIZE) for _ in range(6)]
    inverse, b = 0.1 * rng.random(SIZE), rng.random(SIZE)
    inverse[rng.random(SIZE) < 0.2] = 0.0
    given = rng.random(SIZE)
    for order in ((False, False), (True, True)):
        results = []
        for function in (sweeps.sweep_rows, sweeps.sweep_rows.py_func):
            phi = given.copy()
            function(SHAPE, *links, inverse, b, *order, given, phi)
            results.append(phi)
        assert np.allclose(results[0], results[1], rtol=1e-13, atol=0.0)
        assert np.array_equal(results[0][inverse == 0.0], given[inverse == 0.0])
        assert not np.array_equal(results[0], given)


def test_sweep_by_rows_takes_new_values_from_the_row_before() -> None:
    """A source of 1 in one cell, weight 1/2 to each neighbour: 1/2 in the next row, 1/4 in the one after."""
    links = [np.zeros(SIZE) for _ in range(6)]
    links[2][:] = 0.5  # from the low y side
    b, given, phi = np.zeros(SIZE), np.zeros(SIZE), np.zeros(SIZE)
    b[inner(1, 0, 1)] = 1.0
    sweeps.sweep_rows(SHAPE, *links, np.ones(SIZE), b, False, False, given, phi)
    assert phi[inner(1, 0, 1)] == 1.0
    assert phi[inner(1, 1, 1)] == 0.5
    assert phi[inner(1, 2, 1)] == 0.25
    sweeps.sweep_rows(SHAPE, *links, np.ones(SIZE), b, False, True, given, phi)
    assert phi[inner(1, 1, 1)] == 0.0  # rows the other way: the cell above was not known yet


def test_laplacian_by_hand() -> None:
    """Two cells joined by g = 2, one of them with 3 to a fixed zero: A (1, 4) = (-6 + 3, 6)."""
    g = [np.zeros(SIZE) for _ in range(3)]
    extra, x, out, partial = np.zeros(SIZE), np.zeros(SIZE), np.zeros(SIZE), np.zeros((PADDED[0], 32))
    a, b = inner(0, 0, 0), inner(0, 0, 1)
    g[0][b] = 2.0
    extra[a] = 3.0
    x[a], x[b] = 1.0, 4.0
    linear.apply_laplacian(SHAPE, *g, extra, x, out, partial)
    assert out[a] == -3.0
    assert out[b] == 6.0
    assert partial.sum() == 1.0 * -3.0 + 4.0 * 6.0


def test_lattice_of_a_box_with_a_block() -> None:
    from geometry.raster import Raster

    grid = Grid(
        x_face=np.array([0, 1, 3, 4.0]), y_face=np.array([0, 1.0, 2.0]), z_face=np.array([0, 0.5, 1.0])
    )
    solid = np.zeros((2, 2, 3), dtype=bool)
    solid[0, 0, 1] = True
    closed = [np.ones((2, 2, 4), bool), np.ones((2, 3, 3), bool), np.ones((3, 2, 3), bool)]
    closed[0][:, :, 1:-1] = solid[:, :, 1:] | solid[:, :, :-1]
    closed[1][:, 1:-1, :] = solid[:, 1:, :] | solid[:, :-1, :]
    closed[2][1:-1, :, :] = solid[1:, :, :] | solid[:-1, :, :]
    raster = Raster(
        grid=grid,
        solid=solid,
        closed_x=closed[0],
        closed_y=closed[1],
        closed_z=closed[2],
        loss_x=np.zeros((2, 2, 4)),
        loss_y=np.zeros((2, 3, 3)),
        loss_z=np.zeros((3, 2, 3)),
        ports={},
    )
    lattice = build_lattice(raster, ())
    assert lattice.n_regions == 1
    assert lattice.volume.sum() == pytest.approx(4.0 * 2.0 * 1.0 - 1.0)
    conductance = lattice.faces(lattice.conductance[0], 0)
    # 0.5 m2 over 1.5 m between the centres; closed at the block
    assert conductance[1, 0, 1] == pytest.approx(0.5 / 1.5)
    assert conductance[0, 0, 1] == 0.0
    # the cell above the block: floor below at half its height
    assert lattice.cells(lattice.length)[1, 0, 1] == pytest.approx(0.25)
