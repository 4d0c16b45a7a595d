"""Multigrid levels: against dense algebra, split cells, weak connections, symmetry, threads."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from geometry.grid import Array
from solvers.linear import multigrid
from solvers.linear.hierarchy import Shape, padded
from solvers.linear.krylov import Poisson, poisson, refresh, solve

pytestmark = pytest.mark.kernel

AXES = ((0, 2), (1, 1), (2, 0))  # axis of the faces, axis of the array


def faces_of(shape: Shape, aspect: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> tuple[Array, ...]:
    """Uniform faces along x, y, z, with cells of `aspect`."""
    return tuple(np.arange(n + 1) * a for n, a in zip(reversed(shape), aspect, strict=True))


def inside(shape: Shape, flat: Array) -> Array:
    return flat.reshape(padded(shape))[1:-2, 1:-2, 1:-2]


def uniform(shape: Shape, aspect: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> list[Array]:
    """Conductances of a closed box of equal cells: area over distance."""
    g = []
    for axis, along in AXES:
        a = np.zeros(padded(shape))
        part = [slice(1, n + 1) for n in shape]
        part[along] = slice(2, shape[along] + 1)
        a[tuple(part)] = np.prod(aspect) / aspect[axis] ** 2
        g.append(a.ravel())
    return g


def dense(shape: Shape, g: list[Array], sink: Array) -> tuple[Array, Array]:
    """The matrix over all padded cells, and its active cells."""
    size = sink.size
    stride = (1, shape[2] + 3, (shape[2] + 3) * (shape[1] + 3))
    matrix = np.diag(sink)
    for axis in range(3):
        for n in np.flatnonzero(g[axis]):
            m = n - stride[axis]
            matrix[[m, n], [m, n]] += g[axis][n]
            matrix[[m, n], [n, m]] -= g[axis][n]
    return matrix, np.flatnonzero(matrix.diagonal() > 0.0) if size else np.zeros(0)


def random_right_side(system: Poisson, seed: int = 3) -> Array:
    b = np.zeros(system.extra.size)
    inside(system.shape, b)[...] = np.random.default_rng(seed).normal(size=system.shape)
    stride = (1, system.shape[2] + 3, (system.shape[2] + 3) * (system.shape[1] + 3))
    touched = system.extra > 0.0
    for axis in range(3):
        nodes = np.flatnonzero(system.g[axis])
        touched[nodes] = touched[nodes - stride[axis]] = True
    b[~touched] = 0.0
    return b


def count(system: Poisson, tolerance: float = 1e-8) -> int:
    b = random_right_side(system)
    report = solve(system, b, np.zeros_like(b), tolerance=tolerance, from_zero=True)
    assert report.residual <= tolerance
    return report.iterations


@pytest.mark.parametrize("shape", [(1, 1, 2), (1, 1, 9), (2, 1, 3), (3, 5, 4), (5, 7, 6)])
def test_random_networks_against_dense_algebra(shape: Shape) -> None:
    """Conductances over four decades, a fifth of the faces shut, a few sinks, a warm guess."""
    rng = np.random.default_rng(sum(shape))
    g = uniform(shape)
    for a in g:
        a *= 10.0 ** rng.uniform(-2.0, 2.0, a.size) * (rng.random(a.size) > 0.2)
    sink = np.zeros_like(g[0])
    inside(shape, sink)[...] = np.where(rng.random(shape) < 0.3, rng.random(shape), 0.0)
    inside(shape, sink)[0, 0, 0] = 1.0
    matrix, active = dense(shape, g, sink)
    system = poisson(shape, faces_of(shape), (g[0], g[1], g[2]), sink)  # type: ignore[arg-type]
    # a right side that every part without a sink can answer
    exact = np.zeros_like(sink)
    exact[active] = rng.normal(size=active.size)
    b = matrix @ exact
    x = rng.normal(size=sink.size) * (matrix.diagonal() > 0.0)
    report = solve(system, b, x, tolerance=1e-11, max_iterations=200)
    assert report.residual <= 1e-11
    assert np.linalg.norm(matrix @ x - b) <= 2e-11 * np.linalg.norm(b)


def leaky_panels(shape: Shape, leak: float) -> list[Array]:
    """Panels at odd faces across y and z, with `leak` times the open conductance, and a gap at one end."""
    g = uniform(shape)
    y = g[1].reshape(padded(shape))
    for face in range(4, shape[1] - 2, 6):
        y[1 : shape[0] - 3, face, 1 : shape[2] + 1] *= leak
    z = g[2].reshape(padded(shape))
    z[shape[0] // 2 * 2, 1 : shape[1] + 1, 4 : shape[2] + 1] *= leak
    return g


@pytest.mark.parametrize("leak", [0.0, 1e-4, 1e-3, 1e-2, 1.0])
def test_leaky_panels_do_not_slow_the_solver(leak: float) -> None:
    """A panel every six cells, whatever it lets through: a coarse cell never joins its two sides."""
    shape = (20, 33, 30)
    g = leaky_panels(shape, leak)
    sink = np.zeros_like(g[0])
    inside(shape, sink)[-1, :, :4] = 1.0
    system = poisson(shape, faces_of(shape), (g[0], g[1], g[2]), sink)  # type: ignore[arg-type]
    assert count(system) <= 16


def test_connections_that_weaken_later_are_split_when_the_hierarchy_is_renewed() -> None:
    shape = (20, 33, 30)
    g = uniform(shape)
    sink = np.zeros_like(g[0])
    inside(shape, sink)[-1, :, :4] = 1.0
    system = poisson(shape, faces_of(shape), (g[0], g[1], g[2]), sink)  # type: ignore[arg-type]
    for own, new in zip(system.g, leaky_panels(shape, 1e-3), strict=True):
        own[:] = new
    refresh(system)
    assert count(system) <= 16
    # values alone: the pattern stays, the answer is that of the new values
    for own in system.g:
        own *= 3.0
    levels = system.hierarchy.levels
    refresh(system)
    assert system.hierarchy.levels is levels
    assert count(system) <= 16


@pytest.mark.parametrize(
    ("aspect", "most"),
    [((1.0, 1.0, 1.0), 12), ((1.0, 1.0, 5.0), 14), ((5.0, 1.0, 1.0), 14), ((2.0, 1.0, 0.5), 11)],
)
def test_flat_and_long_cells(aspect: tuple[float, float, float], most: int) -> None:
    shape = (24, 24, 24)
    g = uniform(shape, aspect)
    sink = np.zeros_like(g[0])
    inside(shape, sink)[0] = 1.0
    system = poisson(shape, faces_of(shape, aspect), (g[0], g[1], g[2]), sink)  # type: ignore[arg-type]
    assert count(system) <= most


@pytest.mark.parametrize("n", [16, 32, 48])
def test_iterations_do_not_grow_with_the_grid(n: int) -> None:
    shape = (n, n, n)
    g = uniform(shape)
    sink = np.zeros_like(g[0])
    inside(shape, sink)[0] = 2.0
    system = poisson(shape, faces_of(shape), (g[0], g[1], g[2]), sink)  # type: ignore[arg-type]
    assert count(system, 1e-6) <= 9


def split_system() -> Poisson:
    shape = (20, 33, 30)
    g = leaky_panels(shape, 1e-3)
    sink = np.zeros_like(g[0])
    inside(shape, sink)[-1, :, :4] = 1.0
    return poisson(shape, faces_of(shape), (g[0], g[1], g[2]), sink)  # type: ignore[arg-type]


def test_coarse_levels_keep_what_the_fine_one_has() -> None:
    """Sinks add up to the same on every level; split cells exist; every node but none is connected."""
    system = split_system()
    levels = system.hierarchy.levels
    assert len(levels) >= 3
    assert any(level.begin < level.sink.size for level in levels if level.boxed or level.nodes)
    for level in levels:
        assert level.sink.astype(float).sum() == pytest.approx(33 * 4, rel=1e-6)
        assert level.g.min() >= 0.0


def test_cycle_is_symmetric_and_positive() -> None:
    """(u, M v) = (v, M u) and (u, M u) > 0: what conjugate gradients ask of a preconditioner."""
    system = split_system()
    finest = system.hierarchy.levels[0]
    answers = []
    sides = [random_right_side(system, seed).astype(np.float32) for seed in (1, 2)]
    for b in sides:
        finest.b[:] = b
        answers.append(multigrid.v_cycle(system.hierarchy).astype(float))
    uv, vu = float(answers[0] @ sides[1]), float(answers[1] @ sides[0])
    uu = float(answers[0] @ sides[0])
    assert uu > 0.0
    assert abs(uv - vu) < 1e-5 * uu


def test_answer_does_not_depend_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multigrid, "CELLS_PER_THREAD", 1)
    answers = []
    before = numba.get_num_threads()
    try:
        for threads in (1, 2):
            numba.set_num_threads(threads)
            system = split_system()
            b = random_right_side(system)
            x = np.zeros_like(b)
            solve(system, b, x, tolerance=1e-9)
            answers.append(x)
            assert numba.get_num_threads() == threads
    finally:
        numba.set_num_threads(before)
    assert np.array_equal(answers[0], answers[1])


def test_a_start_from_zero_ignores_the_array() -> None:
    system = split_system()
    b = random_right_side(system)
    x, y = np.zeros_like(b), np.full_like(b, np.nan)
    solve(system, b, x, tolerance=1e-6)
    solve(system, b, y, tolerance=1e-6, from_zero=True)
    assert np.array_equal(x, y)


def test_a_side_that_is_almost_all_imbalance() -> None:
    """A sealed box, a right side of mean 1 with ripples of 1e-8: rounding of the mean must not blow up."""
    shape = (10, 20, 20)
    g = uniform(shape)
    sink = np.zeros_like(g[0])
    cells = np.zeros_like(sink)
    inside(shape, cells)[...] = 1.0
    floating = (np.flatnonzero(cells),)
    system = poisson(shape, faces_of(shape), (g[0], g[1], g[2]), sink, floating)  # type: ignore[arg-type]
    ripples = np.random.default_rng(5).normal(size=cells.size) * cells
    b = cells + 1e-8 * ripples
    x = np.zeros_like(b)
    report = solve(system, b, x, tolerance=1e-9, from_zero=True)
    assert report.residual <= 1e-6  # the ripples are left with eight digits
    assert report.iterations <= 30
    assert np.abs(x).max() < 1e-6


def test_memory_of_the_levels() -> None:
    """All levels together hold less than 60 bytes a cell of a large box."""
    shape = (24, 40, 40)
    g = uniform(shape)
    sink = np.zeros_like(g[0])
    inside(shape, sink)[0] = 2.0
    system = poisson(shape, faces_of(shape), (g[0], g[1], g[2]), sink)  # type: ignore[arg-type]
    held = 0
    for level in system.hierarchy.levels:
        arrays = [level.g, level.sink, level.inverse, level.b, level.x, level.other]
        if level.transfer is not None:
            arrays += [level.transfer.flags, level.transfer.scratch, level.transfer.moved]  # type: ignore[list-item]
        held += sum(a.nbytes for a in arrays)
    assert held < 60 * np.prod(shape)
