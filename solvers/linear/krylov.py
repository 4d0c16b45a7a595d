"""Conjugate gradients for the conductance Laplacian, with the multigrid cycle as preconditioner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.linear import kernels as K
from solvers.linear.multigrid import Array, Level, Shape, build_levels, padded, update_levels, v_cycle


@dataclass(frozen=True, slots=True, kw_only=True)
class PoissonReport:
    """How a solve went: iterations and the true residual, |b - A x| / |b|."""

    iterations: int
    residual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisson:
    """A x = b on a padded box: conductances, hierarchy and work arrays. Made by `poisson`."""

    shape: Shape
    g: tuple[Array, Array, Array]
    extra: Array
    levels: tuple[Level, ...]
    r: Array
    p: Array
    q: Array
    partial: Array
    # flat indices of the cells of each region that is connected to no fixed zero
    floating: tuple[NDArray[np.intp], ...]


def poisson(
    shape: Shape,
    faces: tuple[Array, Array, Array],
    g: tuple[Array, Array, Array],
    extra: Array,
    floating: tuple[NDArray[np.intp], ...] = (),
) -> Poisson:
    """Prepare a solver for conductances `g` [any unit] and connections `extra` to a fixed zero.

    shape     (nz, ny, nx)
    faces     x, y, z face coordinates [m]
    g, extra  flat padded arrays; later changes of their values (same pattern) need `refresh`
    floating  flat padded indices of each region without `extra`: its constant is projected out
    """
    size = int(np.prod(padded(shape)))
    system = Poisson(
        shape=shape,
        g=g,
        extra=extra,
        levels=build_levels(shape, faces, g),
        r=np.zeros(size),
        p=np.zeros(size),
        q=np.zeros(size),
        partial=np.zeros(shape[0] + 3),
        floating=floating,
    )
    refresh(system)
    return system


def refresh(system: Poisson) -> None:
    """Rebuild the hierarchy after the values of system.g or system.extra changed."""
    update_levels(system.levels, system.g, system.extra)


def project(system: Poisson, x: Array) -> None:
    """Take the mean of each floating region out of `x`."""
    for cells in system.floating:
        x[cells] -= x[cells].mean()


def solve(
    system: Poisson, b: Array, x: Array, *, tolerance: float, max_iterations: int = 60
) -> PoissonReport:
    """Solve A x = b in place of the guess `x` until |b - A x| <= tolerance |b|.

    In a floating region b is taken without its mean, and x comes back with zero mean.
    """
    project(system, b)
    norm = _norm(b)
    if norm == 0.0:
        x[:] = 0.0
        return PoissonReport(iterations=0, residual=0.0)
    iterations = 0
    residual = np.inf
    while iterations < max_iterations:
        iterations += _conjugate_gradients(
            system, b, x, goal=tolerance * norm, max_iterations=max_iterations - iterations
        )
        previous, residual = residual, _true_residual(system, b, x) / norm
        # the recursive residual drifts from the true one; restart only while that still gains something
        if residual <= tolerance or residual > 0.5 * previous:
            break
    project(system, x)
    return PoissonReport(iterations=iterations, residual=residual)


def _norm(a: Array) -> float:
    """Euclidean norm, without BLAS: its threads would make the result depend on their number."""
    return float(np.sqrt(np.square(a).sum()))


def _true_residual(system: Poisson, b: Array, x: Array) -> float:
    """|b - A x|, left in system.r."""
    K.apply_laplacian(system.shape, *system.g, system.extra, x, system.q, system.partial)
    np.subtract(b, system.q, out=system.r)
    return _norm(system.r)


def _precondition(system: Poisson) -> NDArray[np.float32]:
    z = v_cycle(system.levels)
    for cells in system.floating:
        z[cells] -= np.float32(z[cells].mean(dtype=np.float64))
    return z


def _conjugate_gradients(system: Poisson, b: Array, x: Array, *, goal: float, max_iterations: int) -> int:
    shape, r, p, q, partial = system.shape, system.r, system.p, system.q, system.partial
    if _true_residual(system, b, x) <= goal:
        return 0
    narrow = system.levels[0].b
    np.copyto(narrow, r, casting="same_kind")
    p[:] = 0.0
    rz_old = 1.0
    for iteration in range(1, max_iterations + 1):
        z = _precondition(system)
        K.cg_dot(shape, r, z, partial)
        rz = float(partial.sum())
        K.cg_direction(shape, rz / rz_old if iteration > 1 else 0.0, z, p)
        K.apply_laplacian(shape, *system.g, system.extra, p, q, partial)
        curvature = float(partial.sum())
        if not curvature > 0.0:
            return iteration
        K.cg_advance(shape, rz / curvature, p, q, x, r, narrow, partial)
        rz_old = rz
        if np.sqrt(partial.sum()) <= goal:
            return iteration
    return max_iterations
