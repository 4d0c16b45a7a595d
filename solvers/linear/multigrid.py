"""The multigrid cycle on the levels of hierarchy.py, in float32: the preconditioner of krylov.py.

Smoother: two steps of the Chebyshev polynomials of the fourth kind on Jacobi with the weights that are
optimal for the cycle (Lottes, Numer. Linear Algebra Appl. 30 (2023) e2518; weights after Phillips and
Fischer, arXiv:2210.03179), the same before and after, so that the cycle is a symmetric preconditioner. The
coarsest level is solved by Cholesky's factors.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numba import get_num_threads, set_num_threads
from numpy.typing import NDArray

from solvers.linear import kernels as K
from solvers.linear import patches, vectors
from solvers.linear import transfer as transfer_kernels
from solvers.linear.hierarchy import Array, Level, Narrow, Shape, build_levels, coarsen_values, padded

Reals = NDArray[np.floating]
LARGEST_EIGENVALUE = 2.0  # bound for Jacobi on an M-matrix with zero or positive row sums (Gershgorin)
_BETA_1, _BETA_2 = 1.02387287570313, 1.26408905371085  # optimal weights of two steps
# one step z1 = FIRST r0/d, the next z2 = z1/5 + 12/5/lambda r1/d; together beta1 z1 + beta2 z2
FIRST = np.float32(4.0 / 3.0 / LARGEST_EIGENVALUE)
ALONG = np.float32(_BETA_1 + _BETA_2 / 5.0)
SECOND = np.float32(12.0 / 5.0 / LARGEST_EIGENVALUE * _BETA_2)
CELLS_PER_THREAD = 30_000  # below, waking a second thread costs more than it gains


@dataclass(slots=True)
class Hierarchy:
    """The levels, finest first, and the factors of the coarsest. Rebuilt when conductances have moved far."""

    shape: Shape
    faces: tuple[Array, Array, Array]
    g: Narrow  # of the finest level
    sink: Narrow
    levels: tuple[Level, ...]
    lower: Array
    work: Array
    pinned: NDArray[np.bool_]  # coarsest nodes tied to zero
    partial: Array  # (nz, lanes): the last cycle's sums of b x
    refreshed: int  # times


def new_hierarchy(shape: Shape, faces: tuple[Array, Array, Array]) -> Hierarchy:
    """A hierarchy without levels; `refresh_hierarchy` makes them."""
    size = int(np.prod(padded(shape)))
    return Hierarchy(
        shape=shape,
        faces=faces,
        g=np.zeros(3 * size, dtype=np.float32),
        sink=np.zeros(size, dtype=np.float32),
        levels=(),
        lower=np.zeros((0, 0)),
        work=np.zeros(0),
        pinned=np.zeros(0, dtype=bool),
        partial=np.zeros((shape[0], int(K.LANES))),
        refreshed=0,
    )


def narrow_finest(hierarchy: Hierarchy, g: tuple[Reals, Reals, Reals], sink: Reals) -> None:
    """Take over conductances of the finest grid (float64, flat, padded)."""
    size = hierarchy.sink.size
    for axis in range(3):
        vectors.narrow(hierarchy.shape, 1.0, g[axis], hierarchy.g[axis * size : (axis + 1) * size])
    vectors.narrow(hierarchy.shape, 1.0, sink, hierarchy.sink)


def refresh_hierarchy(hierarchy: Hierarchy) -> None:
    """Fill every level from the conductances of the finest grid.

    Where coarse cells are split depends on which connections are weak. That is looked at anew at calls 1, 2,
    5, 17, 65 and so on: conductances move most in the first iterations of a flow.
    """
    if _due(hierarchy.refreshed):
        hierarchy.levels = ()  # their memory first
        hierarchy.levels = build_levels(hierarchy.shape, hierarchy.faces, hierarchy.g, hierarchy.sink)
        hierarchy.pinned = _floating_nodes(hierarchy.levels[-1])
        n = hierarchy.pinned.size
        hierarchy.lower, hierarchy.work = np.zeros((n, n)), np.zeros(n)
    else:
        for fine, coarse in pairwise(hierarchy.levels):
            assert fine.transfer is not None
            coarsen_values(fine.transfer, fine.frame, fine.g, fine.sink, coarse.frame, coarse.g, coarse.sink)
    hierarchy.refreshed += 1
    for level in hierarchy.levels:
        if level.boxed:
            K.invert_diagonal(level.frame, *level.faces, level.sink, level.inverse)
        rows = level.rows
        patches.patch_diagonal(
            level.begin, rows.start, rows.node, rows.edge, level.g, level.sink, level.inverse
        )
    coarsest = hierarchy.levels[-1]
    rows = coarsest.rows
    patches.factorise(
        *rows.arrays,
        coarsest.g,
        coarsest.sink,
        hierarchy.pinned,
        hierarchy.lower,
    )


def _due(count: int) -> bool:
    """Whether `count` is 0, 1, 4, 16, 64 ..."""
    return count == 0 or (count & (count - 1) == 0 and count.bit_length() % 2 == 1)


def _floating_nodes(level: Level) -> NDArray[np.bool_]:
    """The first node of every part of the coarsest level that has no sink."""
    rows = level.rows
    n = rows.node.size
    part = np.arange(n)
    source = np.repeat(np.arange(n), np.diff(rows.start))
    other = rows.other - 1
    while True:  # the smallest number spreads through each part
        smallest = part.copy()
        np.minimum.at(smallest, source, part[other])
        if np.array_equal(smallest, part):
            break
        part = smallest
    held = np.zeros(n, dtype=bool)
    held[part[level.sink[rows.node] > 0]] = True
    pinned: NDArray[np.bool_] = (part == np.arange(n)) & ~held
    return pinned


def v_cycle(hierarchy: Hierarchy) -> Narrow:
    """One cycle on levels[0].b from a zero guess: the array of the answer x; sums of b x are in `partial`."""
    threads = get_num_threads()
    answer = _cycle(hierarchy, 0, threads)
    set_num_threads(threads)
    return answer


def _cycle(hierarchy: Hierarchy, depth: int, threads: int) -> Narrow:
    """The cycle from a level on, with at most so many threads; other numbers are left set."""
    level = hierarchy.levels[depth]
    if level.transfer is None:
        patches.solve_coarsest(hierarchy.lower, level.b, hierarchy.work, level.x)
        return level.x
    coarse = hierarchy.levels[depth + 1]
    own = min(threads, 1 + level.nodes // CELLS_PER_THREAD)
    set_num_threads(own)
    if depth == 0:
        K.smooth_zero_defect(
            level.frame,
            own,
            *level.faces,
            level.sink,
            level.inverse,
            level.b,
            FIRST,
            ALONG,
            SECOND,
            level.x,
            level.other,
        )
    else:  # smoothing twice is cheap there, and saves a fifth of the cycles
        _smooth_zero(level)
        _smooth(level, hierarchy.partial, own)
        _defect(level)
    _restrict(level, coarse)
    correction = _cycle(hierarchy, depth + 1, threads)
    set_num_threads(own)
    _prolong(level, coarse, correction)
    if depth > 0:
        _smooth(level, hierarchy.partial, own)
    _smooth(level, hierarchy.partial, own)
    return level.x


def _smooth_zero(level: Level) -> None:
    rows = level.rows
    if level.boxed:
        K.smooth_zero(level.frame, *level.faces, level.inverse, level.b, FIRST, ALONG, SECOND, level.x)
    if level.split:
        patches.patch_zero(
            level.begin,
            *rows.arrays,
            level.g,
            level.inverse,
            level.b,
            FIRST,
            ALONG,
            SECOND,
            level.x,
        )


def _defect(level: Level) -> None:
    rows = level.rows
    if level.boxed:
        K.defect(level.frame, *level.faces, level.sink, level.b, level.x, level.other)
    if level.split:
        patches.patch_defect(
            level.begin,
            *rows.arrays,
            level.g,
            level.sink,
            level.b,
            level.x,
            level.other,
        )


def _restrict(level: Level, coarse: Level) -> None:
    transfer = level.transfer
    assert transfer is not None
    if coarse.boxed:
        transfer_kernels.restrict(
            level.frame,
            coarse.frame,
            *transfer.steps,
            transfer.flags,
            level.other,
            transfer.scratch,
            coarse.b,
        )
    patches.restrict_moved(coarse.begin, transfer.moved, transfer.to, level.other, coarse.b)


def _prolong(level: Level, coarse: Level, correction: Narrow) -> None:
    transfer = level.transfer
    assert transfer is not None
    if coarse.boxed:
        transfer_kernels.prolong(
            level.frame, coarse.frame, *transfer.steps, transfer.flags, correction, level.x
        )
    patches.prolong_moved(transfer.moved, transfer.to, correction, level.x)


def _smooth(level: Level, partial: Array, threads: int) -> None:
    rows = level.rows
    if not level.split:
        K.smooth_both(
            level.frame,
            threads,
            *level.faces,
            level.inverse,
            level.b,
            FIRST,
            ALONG,
            SECOND,
            level.x,
            level.other,
            partial,
        )
        return
    if level.boxed:
        K.smooth_first(level.frame, *level.faces, level.inverse, level.b, FIRST, level.x, level.other)
    patches.patch_first(
        level.begin,
        *rows.arrays,
        level.g,
        level.inverse,
        level.b,
        FIRST,
        level.x,
        level.other,
    )
    if level.boxed:
        K.smooth_second(
            level.frame, *level.faces, level.inverse, level.b, ALONG, SECOND, level.other, level.x
        )
    patches.patch_second(
        level.begin,
        *rows.arrays,
        level.g,
        level.inverse,
        level.b,
        ALONG,
        SECOND,
        level.other,
        level.x,
    )
