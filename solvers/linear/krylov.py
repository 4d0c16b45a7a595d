"""Poisson equation with face conductances: float64 answers from float32 multigrid-preconditioned CG.

The matrix is symmetric: conductances g >= 0 between neighbouring cells and `extra` >= 0 to a fixed zero
outside (an opening). The residual is taken in float64; conjugate gradients in float32 with the multigrid
cycle as preconditioner reduce it to REDUCTION of itself, their correction is added, and so on until the
true residual is small enough (iterative refinement; directions are kept from round to round). So every
answer's residual has been checked in float64, and the many passes over memory are half as wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from solvers.linear import kernels as K
from solvers.linear import vectors
from solvers.linear.hierarchy import Array, Narrow, Shape, padded
from solvers.linear.multigrid import Hierarchy, narrow_finest, new_hierarchy, refresh_hierarchy, v_cycle

Reals = NDArray[np.floating]
REDUCTION = 1e-3  # of the residual in one round of float32 iterations


@dataclass(frozen=True, slots=True, kw_only=True)
class PoissonReport:
    """How a solve went: iterations and the true residual, |b - A x| / |b|."""

    iterations: int
    residual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """Cells of the regions that are connected to no fixed zero: their constant is free."""

    label: NDArray[np.int32]  # of each cell, -1: none
    count: Array  # cells of each
    partial: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisson:
    """A x = b on a padded box: conductances, hierarchy and work arrays. Made by `poisson`.

    Where it is narrow, g and extra are those of the finest level, in float32, and r is empty.
    """

    shape: Shape
    g: tuple[Reals, Reals, Reals]
    extra: Reals
    hierarchy: Hierarchy
    r: Array
    p: Narrow
    q: Narrow
    correction: Narrow
    partial: Array
    regions: Regions | None


def poisson(
    shape: Shape,
    faces: tuple[Array, Array, Array],
    g: tuple[Reals, Reals, Reals],
    extra: Reals,
    floating: tuple[NDArray[np.intp], ...] = (),
    *,
    narrow: bool = False,
) -> Poisson:
    """Prepare a solver for conductances `g` [any unit] and connections `extra` to a fixed zero.

    shape     (nz, ny, nx)
    faces     x, y, z face coordinates [m]
    g, extra  flat padded arrays, zero in ghosts; later changes of their values (same pattern) need `refresh`
    floating  flat padded indices of each region without `extra`: its constant is projected out
    narrow    for `reduce` alone, without `solve`: float32 copies of g and extra are all that is kept
    """
    size = int(np.prod(padded(shape)))
    hierarchy = new_hierarchy(shape, faces)
    if narrow:
        own = (hierarchy.g[:size], hierarchy.g[size : 2 * size], hierarchy.g[2 * size :])
        for target, values in zip((*own, hierarchy.sink), (*g, extra), strict=True):
            target[:] = values
        g, extra = own, hierarchy.sink
    system = Poisson(
        shape=shape,
        g=g,
        extra=extra,
        hierarchy=hierarchy,
        r=np.zeros(0 if narrow else size),
        p=np.zeros(size, dtype=np.float32),
        q=np.zeros(size, dtype=np.float32),
        correction=np.zeros(size, dtype=np.float32),
        partial=np.zeros((shape[0], int(K.LANES))),
        regions=_regions(shape, floating),
    )
    refresh(system)
    return system


def _regions(shape: Shape, floating: tuple[NDArray[np.intp], ...]) -> Regions | None:
    if not floating:
        return None
    label = np.full(int(np.prod(padded(shape))), -1, dtype=np.int32)
    for number, cells in enumerate(floating):
        label[cells] = number
    return Regions(
        label=label,
        count=np.array([cells.size for cells in floating], dtype=np.float64),
        partial=np.zeros((shape[0], len(floating))),
    )


def refresh(system: Poisson) -> None:
    """Renew the hierarchy after the values of system.g or system.extra changed."""
    hierarchy = system.hierarchy
    if system.extra is not hierarchy.sink:
        narrow_finest(hierarchy, system.g, system.extra)
    refresh_hierarchy(hierarchy)


def set_faces(system: Poisson, axis: int, node: NDArray[np.intp], g: Array) -> None:
    """Change some conductances a little: those of A, while the preconditioner stays."""
    system.g[axis][node] = g
    system.hierarchy.levels[0].faces[axis][node] = g


def project(system: Poisson, x: Array | Narrow) -> None:
    """Take the mean of each floating region out of `x`."""
    regions = system.regions
    if regions is not None:
        vectors.region_sums(system.shape, regions.label, x, regions.partial)
        vectors.region_shift(system.shape, regions.label, regions.partial.sum(axis=0) / regions.count, x)


def solve(
    system: Poisson,
    b: Array,
    x: Array,
    *,
    tolerance: float,
    max_iterations: int = 60,
    from_zero: bool = False,
) -> PoissonReport:
    """Solve A x = b until |b - A x| <= tolerance |b|, from the guess in `x` or, `from_zero`, without one.

    In a floating region b is taken without its mean, and x comes back with zero mean. Not of a narrow system.
    """
    project(system, b)
    K.dot(system.shape, b, b, system.partial)
    norm = _root_of_sum(system.partial)
    if from_zero or norm == 0.0:
        x[:] = 0.0
    if norm == 0.0:
        return PoissonReport(iterations=0, residual=0.0)
    r, residual = (b, norm) if from_zero else _true_residual(system, b, x)
    vectors.set_zero(system.shape, system.p)
    iterations = 0
    rz = np.inf
    while residual > tolerance * norm and iterations < max_iterations:
        # what rounding put into the constant of a floating region has no answer, and makes CG diverge
        project(system, r)
        goal = max(tolerance, REDUCTION * residual / norm)
        done, rz = _correct(system, r, norm, rz, goal, max_iterations - iterations)
        iterations += done
        vectors.add_scaled(system.shape, norm, system.correction, x)
        previous = residual
        r, residual = _true_residual(system, b, x)
        if not residual < previous:  # take a round back that made it worse
            vectors.add_scaled(system.shape, -norm, system.correction, x)
            residual = previous
            break
        if residual > 0.5 * previous:  # at the limit of float64
            break
    project(system, x)
    return PoissonReport(iterations=iterations, residual=residual / norm)


def _root_of_sum(partial: Array) -> float:
    return float(np.sqrt(partial.sum()))


def _true_residual(system: Poisson, b: Array, x: Array) -> tuple[Array, float]:
    """b - A x and its norm."""
    K.residual(system.shape, *system.g, system.extra, b, x, system.r, system.partial)
    return system.r, _root_of_sum(system.partial)


def right_side(system: Poisson) -> Narrow:
    """Where `reduce` looks for the residual, in float32, and leaves its own."""
    return system.hierarchy.levels[0].b


def take_guess(system: Poisson, b: Narrow) -> float:
    """Right side = b - A correction; its norm."""
    finest = system.hierarchy.levels[0]
    K.residual(system.shape, *finest.faces, finest.sink, b, system.correction, finest.b, system.partial)
    return _root_of_sum(system.partial)


def add_cycle(system: Poisson, length: float) -> None:
    """Add `length` times one multigrid cycle to `correction`; the right side stays, and is old then."""
    project(system, right_side(system))
    vectors.add_scaled(system.shape, np.float32(length), v_cycle(system.hierarchy), system.correction)


def reduce(system: Poisson, norm: float, goal: float, max_iterations: int) -> tuple[int, float]:
    """Add to `correction` what brings the right side, of `norm`, below `goal`.

    Returns the iterations, and the length of the first step: what `add_cycle` may take another time.

    All in float32: down to some 1e-4 of `norm` what is left is the true residual.
    """
    if norm <= goal:
        return 0, 0.0
    project(system, right_side(system))
    # the first direction takes nothing of the last one, which is finite
    iterations, _, length = _descend(system, np.inf, goal, max_iterations)
    return iterations, length


def _correct(
    system: Poisson, residual: Array, norm: float, rz_old: float, goal: float, max_iterations: int
) -> tuple[int, float]:
    """Conjugate gradients on A correction = residual / norm until what is left of it is below `goal`.

    Goes on with the direction p and its `rz_old` of the round before, which a new residual hardly disturbs;
    infinity: there is none. Returns the iterations done and the last r z.
    """
    vectors.narrow(system.shape, 1.0 / norm, residual, right_side(system))
    vectors.set_zero(system.shape, system.correction)
    return _descend(system, rz_old, goal, max_iterations)[:2]


def _descend(system: Poisson, rz_old: float, goal: float, max_iterations: int) -> tuple[int, float, float]:
    """Conjugate gradients from `correction`, its residual in the right side, until that is below `goal`.

    Returns the iterations done, the last r z and the length of the first step.
    """
    shape, p, q, partial = system.shape, system.p, system.q, system.partial
    hierarchy, chunks = system.hierarchy, get_num_threads()
    finest = hierarchy.levels[0]
    r = finest.b
    alpha = first = 0.0  # of the step whose direction is still to be added, of the first
    iteration = 0
    while iteration < max_iterations:
        iteration += 1
        z = v_cycle(hierarchy)
        rz = float(hierarchy.partial.sum())
        K.cg_direction(
            shape,
            chunks,
            np.float32(alpha),
            np.float32(rz / rz_old),
            z,
            *finest.faces,
            finest.sink,
            p,
            system.correction,
            q,
            partial,
        )
        rz_old, alpha = rz, 0.0
        curvature = float(partial.sum())
        if not curvature > 0.0:
            break
        alpha = rz / curvature
        first = alpha if iteration == 1 else first
        K.cg_advance(shape, np.float32(alpha), q, r, partial)
        if _root_of_sum(partial) <= goal:
            break
    vectors.add_scaled(shape, np.float32(alpha), p, system.correction)
    return iteration, rz_old, first


def compile_solver() -> None:
    """Solve a small box with a leaky panel and a sealed part: compiles, or loads, every kernel."""
    shape = (20, 40, 42)  # just large enough for a coarse box
    fields = [np.zeros(padded(shape)) for _ in range(5)]
    for axis in range(3):
        inside = [slice(1, n + 1) for n in shape]
        inside[2 - axis] = slice(2, shape[2 - axis] + 1)
        fields[axis][tuple(inside)] = 1.0
    fields[2][10] *= 1e-4
    fields[2][15] = 0.0
    fields[3][1, 1:-2, 1:-2] = 1.0
    fields[4][15:-2, 1:-2, 1:-2] = 1.0
    g_x, g_y, g_z, extra, sealed = (a.ravel() for a in fields)
    faces = tuple(np.arange(n + 1.0) for n in reversed(shape))
    system = poisson(
        shape,
        (faces[0], faces[1], faces[2]),
        (g_x, g_y, g_z),
        extra,
        (np.flatnonzero(sealed),),
        narrow=True,
    )
    refresh(system)
    refresh(system)  # this time without looking for splits
    right_side(system)[:] = extra
    reduce(system, norm=float(np.linalg.norm(extra)), goal=1e-2, max_iterations=2)
