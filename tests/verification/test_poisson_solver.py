"""Poisson solver: order of accuracy, panels, sealed regions, true residual."""

from __future__ import annotations

import numpy as np
import pytest
from air_cases import ALL, raster_of, stretched

from geometry.grid import Array, Grid
from geometry.raster import Raster
from solvers.air.lattice import Lattice, build_lattice
from solvers.linear import kernels
from solvers.linear.krylov import Poisson, poisson, solve

pytestmark = pytest.mark.kernel


def make(raster: Raster, *, anchor: bool = False) -> tuple[Lattice, Poisson]:
    """Unit-coefficient Laplacian on a raster; every region floats unless the first cell is anchored."""
    lattice = build_lattice(raster, ())
    extra = np.zeros(lattice.size)
    floating = tuple(np.flatnonzero(lattice.region == label) for label in range(lattice.n_regions))
    if anchor:
        extra[np.flatnonzero(lattice.fluid)[0]] = 1.0
        floating = floating[1:]
    grid = raster.grid
    faces = (grid.x_face, grid.y_face, grid.z_face)
    return lattice, poisson(lattice.shape, faces, lattice.conductance, extra, floating)


def cosine_error(n: int, strength: float) -> float:
    """L2 error of  -div grad p = 14 pi^2 cos(pi x) cos(2 pi y) cos(3 pi z)  with Neumann walls."""
    line = stretched(n, strength=strength)
    grid = Grid(x_face=line, y_face=line, z_face=line)
    lattice, system = make(raster_of(grid))
    exact = (
        np.cos(np.pi * grid.x)
        * np.cos(2.0 * np.pi * grid.y)[:, None]
        * np.cos(3.0 * np.pi * grid.z)[:, None, None]
    )
    b, x = np.zeros(lattice.size), np.zeros(lattice.size)
    lattice.cells(b)[...] = 14.0 * np.pi**2 * exact * grid.volume
    report = solve(system, b, x, tolerance=1e-10)
    assert report.residual <= 1e-10
    error = lattice.cells(x) - exact
    error -= (error * grid.volume).sum()  # the constant is free
    return float(np.sqrt((error**2 * grid.volume).sum()))


@pytest.mark.parametrize("strength", [0.0, 0.5])
def test_second_order_with_neumann_walls(strength: float) -> None:
    coarse, fine = cosine_error(16, strength), cosine_error(32, strength)
    assert np.log2(coarse / fine) >= 1.9


def random_problem(lattice: Lattice, seed: int = 7) -> Array:
    b = np.zeros(lattice.size)
    lattice.cells(b)[...] = np.random.default_rng(seed).normal(size=lattice.shape)
    b[~lattice.fluid] = 0.0
    return b


def test_panels_do_not_spoil_convergence() -> None:
    line = stretched(32)
    grid = Grid(x_face=line, y_face=line, z_face=line)
    plain = raster_of(grid)
    # two panels with a gap at alternate ends, at odd faces that pairwise coarsening would cross
    panelled = raster_of(
        grid,
        panels=[(1, (slice(0, 28), slice(11, 12), ALL)), (1, (slice(4, 32), slice(17, 18), ALL))],
    )
    counts = []
    for raster in (plain, panelled):
        lattice, system = make(raster, anchor=True)
        report = solve(system, random_problem(lattice), np.zeros(lattice.size), tolerance=1e-8)
        assert report.residual <= 1e-8
        counts.append(report.iterations)
    assert counts[0] <= 20
    assert counts[1] <= 28


def test_sealed_regions_keep_their_own_level() -> None:
    grid = Grid(x_face=stretched(12), y_face=stretched(10), z_face=stretched(8))
    lattice, system = make(raster_of(grid, panels=[(0, (ALL, ALL, slice(5, 6)))]))
    assert lattice.n_regions == 2
    x = np.zeros(lattice.size)
    # the random right side is not balanced per region: the solver takes out its mean
    report = solve(system, random_problem(lattice), x, tolerance=1e-9)
    assert report.residual <= 1e-9
    for label in range(2):
        assert abs(x[lattice.region == label].mean()) < 1e-12
    assert np.all(x[~lattice.fluid] == 0.0)


def test_solid_cells_take_no_part() -> None:
    grid = Grid(x_face=stretched(12), y_face=stretched(10), z_face=stretched(8))
    raster = raster_of(grid, solids=[(slice(0, 4), slice(3, 7), slice(2, 9))])
    lattice, system = make(raster, anchor=True)
    b, x = random_problem(lattice), np.zeros(lattice.size)
    solve(system, b, x, tolerance=1e-9)
    residual, partial = np.zeros(lattice.size), np.zeros((lattice.shape[0], 32))
    kernels.apply_laplacian(system.shape, *system.g, system.extra, x, residual, partial)
    assert np.linalg.norm(residual - b) <= 1e-9 * np.linalg.norm(b)
    assert np.all(x[~lattice.fluid] == 0.0)
