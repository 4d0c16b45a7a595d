"""The pressure equation alone: a box of equal cells, random right side, beside pyamg's aggregation."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from scipy import sparse

from geometry.grid import Array
from solvers.air.lattice import Lattice, build_lattice
from solvers.linear.krylov import Poisson, poisson, solve
from twin.benchmarks.case import Setting, Timing, clock
from twin.verification.air_boxes import raster_of, uniform_grid

SHAPE = (40, 80, 120)  # 384,000 cells of 0.1 m: hall-small without its racks
QUICK_SHAPE = (16, 32, 48)
TOLERANCE = 1e-6
REPEATS = 5


def poisson_in_a_box(setting: Setting) -> Sequence[Timing]:
    shape = QUICK_SHAPE if setting.quick else SHAPE
    nz, ny, nx = shape
    lattice, system = box(shape)
    b = np.zeros(lattice.size)
    lattice.cells(b)[...] = np.random.default_rng(7).normal(size=shape)
    x = np.zeros(lattice.size)
    report = solve(system, b.copy(), x, tolerance=TOLERANCE)  # compiles
    ours = []
    for _ in range(REPEATS):
        x[:] = 0.0
        with clock() as timed:
            solve(system, b, x, tolerance=TOLERANCE)
        ours.append(timed.seconds)
    peer, peer_s, peer_note = None, None, ""
    if setting.peers:
        peer, peer_s, peer_note = _pyamg(system, lattice.cells(b).ravel())
    return [
        Timing(
            name=f"Poisson, {nx} x {ny} x {nz} = {nx * ny * nz:,} cells to {TOLERANCE:g}",
            ours_s=min(ours),
            peer=peer,
            peer_s=peer_s,
            note=f"{report.iterations} steps, true residual {report.residual:.1e}; set-up on neither side"
            + peer_note,
        )
    ]


def box(shape: tuple[int, int, int]) -> tuple[Lattice, Poisson]:
    """Laplacian of closed walls on cubic cells of 0.1 m, anchored in one cell."""
    nz, ny, nx = shape
    grid = uniform_grid(shape, (0.1 * nx, 0.1 * ny, 0.1 * nz))
    lattice = build_lattice(raster_of(grid), ())
    extra = np.zeros(lattice.size)
    extra[np.flatnonzero(lattice.fluid)[0]] = 0.1
    faces = (grid.x_face, grid.y_face, grid.z_face)
    return lattice, poisson(lattice.shape, faces, lattice.conductance, extra)


def _pyamg(system: Poisson, b: Array) -> tuple[str | None, float | None, str]:
    """The peer's name, its seconds and what to note; (None, None, "") where it is not installed."""
    if find_spec("pyamg") is None:  # a peer, not a dependency: pip install 'caloporteur[bench]'
        return None, None, ""
    pyamg = import_module("pyamg")
    hierarchy = pyamg.smoothed_aggregation_solver(sparse.csr_matrix(_matrix(system)))
    times: list[float] = []
    residuals: list[float] = []
    for _ in range(2):
        residuals.clear()
        with clock() as timed:
            hierarchy.solve(b, tol=TOLERANCE, accel="cg", residuals=residuals)
        times.append(timed.seconds)
    return f"pyamg {pyamg.__version__}", min(times), f"; smoothed aggregation, {len(residuals) - 1} CG steps"


def _matrix(system: Poisson) -> sparse.spmatrix:
    """The box's matrix: the same conductance on every face, the anchor in the first cell."""
    nz, ny, nx = system.shape
    conductance = 0.1

    def line(n: int) -> sparse.spmatrix:
        diagonal = np.full(n, 2.0)
        diagonal[[0, -1]] = 1.0
        return sparse.diags([-np.ones(n - 1), diagonal, -np.ones(n - 1)], [-1, 0, 1])

    one = sparse.identity
    laplacian = sparse.kron(one(nz), sparse.kron(one(ny), line(nx)))
    laplacian = laplacian + sparse.kron(one(nz), sparse.kron(line(ny), one(nx)))
    laplacian = laplacian + sparse.kron(line(nz), sparse.kron(one(ny), one(nx)))
    anchor = sparse.coo_matrix(([conductance], ([0], [0])), shape=laplacian.shape)
    return conductance * laplacian + anchor
