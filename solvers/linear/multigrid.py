"""Poisson equation with face conductances, by conjugate gradients with a multigrid preconditioner.

The matrix is symmetric: conductances g >= 0 between neighbouring cells and `extra` >= 0 to a fixed zero
outside (an opening). Conductances in float64 hold the answer; the V-cycle works on float32 copies.

Coarsening joins pairs of cells along each axis. A plane that holds a panel (two cells side by side without
connection) is kept as a coarse face as long as it can be; only on the small grids further down are the two
sides of a panel merged, and conjugate gradients repair what that costs. Coarse conductances are the sums of
the fine ones times the ratio of distances, which is exact for a uniform medium on a graded grid.
Smoother: Chebyshev polynomials of the fourth kind on Jacobi (Lottes, Numer. Linear Algebra Appl. 30 (2023)
e2518), symmetric before and after, so that the cycle is a valid preconditioner.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from solvers.linear import kernels as K

Array = NDArray[np.float64]
Narrow = NDArray[np.float32]
Flags = NDArray[np.bool_]
Shape = tuple[int, int, int]

SMOOTHING_DEGREE = 2
COARSEST_CELLS = 60
COARSEST_SWEEPS = 12
LARGEST_EIGENVALUE = 2.0  # bound for Jacobi on an M-matrix with zero or positive row sums (Gershgorin)


def padded(shape: Shape) -> Shape:
    """Shape of the padded box around (nz, ny, nx) cells: one ghost layer low, two high."""
    return (shape[0] + 3, shape[1] + 3, shape[2] + 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One grid of the hierarchy: float32 conductances and work arrays, and the map to the next one."""

    shape: Shape
    g: tuple[Narrow, Narrow, Narrow]
    extra: Narrow
    inverse: Narrow
    b: Narrow
    x: Narrow
    x_other: Narrow
    z: Narrow
    # to the coarser level; empty on the coarsest. Index arrays in the order x, y, z
    first: tuple[NDArray[np.int64], ...]
    parent: tuple[NDArray[np.int64], ...]
    ratio: tuple[Narrow, ...]


def _pairs(n: int, keep: Flags) -> NDArray[np.int64]:
    """First fine index (0-based) of each coarse cell along an axis, and n at the end.

    keep[f] says that the plane below cell f must stay a face.
    """
    first = [0]
    while first[-1] < n:
        i = first[-1]
        first.append(min(i + 1 if i + 1 < n and keep[i + 1] else i + 2, n))
    return np.array(first, dtype=np.int64)


def _connections(shape: Shape, g: tuple[Array, Array, Array]) -> list[Flags]:
    """Open faces inside the box, by axis x, y, z: arrays over the faces between two cells."""
    nz, ny, nx = shape
    gx, gy, gz = (a.reshape(padded(shape)) for a in g)
    return [
        gx[1 : nz + 1, 1 : ny + 1, 2 : nx + 1] > 0,
        gy[1 : nz + 1, 2 : ny + 1, 1 : nx + 1] > 0,
        gz[2 : nz + 1, 1 : ny + 1, 1 : nx + 1] > 0,
    ]


def _panel_planes(opened: list[Flags], active: Flags) -> list[Flags]:
    """By axis x, y, z: does the plane below cell f hold a panel between two active cells?"""
    planes = []
    for axis in range(3):
        along = 2 - axis
        n = active.shape[along]
        low = np.take(active, range(n - 1), axis=along)
        high = np.take(active, range(1, n), axis=along)
        shut = low & high & ~opened[axis]
        others = tuple(a for a in range(3) if a != along)
        planes.append(np.concatenate([[False], shut.any(axis=others)]))
    return planes


def _reduce(mask: Flags, first: list[NDArray[np.int64]]) -> Flags:
    """Any of the fine cells inside each coarse cell; `first` in the order x, y, z."""
    for axis in range(3):
        mask = np.logical_or.reduceat(mask, first[axis][:-1], axis=2 - axis)
    return mask


def _coarse_open(opened: list[Flags], first: list[NDArray[np.int64]]) -> list[Flags]:
    """Open coarse faces: any open fine face lies in them."""
    result = []
    for axis in range(3):
        faces = np.take(opened[axis], first[axis][1:-1] - 1, axis=2 - axis)
        for other in range(3):
            if other != axis and faces.size:
                faces = np.logical_or.reduceat(faces, first[other][:-1], axis=2 - other)
            elif other != axis:
                shape = list(faces.shape)
                shape[2 - other] = first[other].size - 1
                faces = np.zeros(shape, dtype=bool)
        result.append(faces)
    return result


def _centre_distance(face: Array) -> Array:
    """Distance of the centres on both sides of each inner face [m]."""
    centre = 0.5 * (face[1:] + face[:-1])
    return np.diff(centre)


def _index_maps(
    first: list[NDArray[np.int64]], faces: list[Array]
) -> tuple[tuple[NDArray[np.int64], ...], tuple[NDArray[np.int64], ...], tuple[Narrow, ...]]:
    """Padded index maps of the kernels, and distance ratios, for each axis."""
    firsts, parents, ratios = [], [], []
    for axis in range(3):
        f = first[axis]
        m, n = f.size - 1, int(f[-1])
        padded_first = np.zeros(m + 3, dtype=np.int64)
        padded_first[1 : m + 2] = f + 1
        padded_first[m + 2] = n + 1
        parent = np.zeros(n + 3, dtype=np.int64)
        parent[1 : n + 1] = np.repeat(np.arange(1, m + 1), np.diff(f))
        ratio = np.zeros(m + 3, dtype=np.float32)
        fine = _centre_distance(faces[axis])
        coarse = _centre_distance(faces[axis][f])
        ratio[2 : m + 1] = fine[f[1:-1] - 1] / coarse
        firsts.append(padded_first)
        parents.append(parent)
        ratios.append(ratio)
    return tuple(firsts), tuple(parents), tuple(ratios)


def _new_level(
    shape: Shape,
    maps: tuple[tuple[NDArray[np.int64], ...], tuple[NDArray[np.int64], ...], tuple[Narrow, ...]],
) -> Level:
    size = int(np.prod(padded(shape)))
    zeros = [np.zeros(size, dtype=np.float32) for _ in range(9)]
    return Level(
        shape=shape,
        g=(zeros[0], zeros[1], zeros[2]),
        extra=zeros[3],
        inverse=zeros[4],
        b=zeros[5],
        x=zeros[6],
        x_other=zeros[7],
        z=zeros[8],
        first=maps[0],
        parent=maps[1],
        ratio=maps[2],
    )


def build_levels(
    shape: Shape, faces: tuple[Array, Array, Array], g: tuple[Array, Array, Array]
) -> tuple[Level, ...]:
    """The hierarchy for a pattern of open faces.

    shape  (nz, ny, nx) of the finest grid
    faces  x, y, z face coordinates [m]
    g      flat padded face conductances; only their being positive matters here
    """
    levels: list[Level] = []
    coordinates = list(faces)
    opened = _connections(shape, g)
    active = np.zeros(shape, dtype=bool)
    for axis, along in ((0, 2), (1, 1), (2, 0)):
        low = [slice(None)] * 3
        high = [slice(None)] * 3
        low[along], high[along] = slice(None, -1), slice(1, None)
        active[tuple(low)] |= opened[axis]
        active[tuple(high)] |= opened[axis]
    keep_panels = True
    while True:
        cells = shape[0] * shape[1] * shape[2]
        if cells <= COARSEST_CELLS:
            break
        # coarsen first where cells are small: point smoothers need nearly cubic cells
        spacing = [(c[-1] - c[0]) / (c.size - 1) for c in coordinates]
        finest = min(s for s, c in zip(spacing, coordinates, strict=True) if c.size > 2)
        planes = _panel_planes(opened, active)
        first = []
        for axis in range(3):
            n = coordinates[axis].size - 1
            if spacing[axis] > 1.7 * finest:
                first.append(np.arange(n + 1, dtype=np.int64))
            else:
                first.append(_pairs(n, planes[axis] if keep_panels else np.zeros(n, dtype=bool)))
        coarse_shape = (first[2].size - 1, first[1].size - 1, first[0].size - 1)
        coarse_cells = coarse_shape[0] * coarse_shape[1] * coarse_shape[2]
        if keep_panels and cells < 1.9 * coarse_cells:
            keep_panels = False
            continue
        levels.append(_new_level(shape, _index_maps(first, coordinates)))
        coordinates = [c[f] for c, f in zip(coordinates, first, strict=True)]
        opened = _coarse_open(opened, first)
        active = _reduce(active, first)
        shape = coarse_shape
    levels.append(_new_level(shape, ((), (), ())))
    return tuple(levels)


def update_levels(levels: tuple[Level, ...], g: tuple[Array, Array, Array], extra: Array) -> None:
    """Fill every level from the conductances of the finest grid (float64, flat, padded)."""
    finest = levels[0]
    for axis in range(3):
        K.narrow(finest.shape, g[axis], finest.g[axis])
    K.narrow(finest.shape, extra, finest.extra)
    for fine, coarse in pairwise(levels):
        for axis in range(3):
            K.coarsen_faces(
                fine.shape, coarse.shape, axis, *fine.first, fine.ratio[axis], fine.g[axis], coarse.g[axis]
            )
        K.restrict_sum(fine.shape, coarse.shape, *fine.first, fine.extra, coarse.extra)
    for level in levels:
        K.invert_diagonal(level.shape, *level.g, level.extra, level.inverse)


def _smooth(level: Level, x: Narrow, x_other: Narrow, *, from_zero: bool) -> tuple[Narrow, Narrow]:
    """Chebyshev smoothing; returns (smoothed x, the other buffer)."""
    for degree in range(1, SMOOTHING_DEGREE + 1):
        momentum = np.float32((2 * degree - 3) / (2 * degree + 1) if degree > 1 else 0.0)
        weight = np.float32((8 * degree - 4) / (2 * degree + 1) / LARGEST_EIGENVALUE)
        if degree == 1 and from_zero:
            K.chebyshev_first(level.shape, level.inverse, level.b, weight, x, level.z)
            continue
        K.chebyshev_next(
            level.shape, *level.g, level.extra, level.inverse, level.b, momentum, weight, x, level.z, x_other
        )
        x, x_other = x_other, x
    return x, x_other


def v_cycle(levels: tuple[Level, ...], depth: int = 0) -> Narrow:
    """One cycle on levels[depth].b from a zero guess; returns the array that holds the answer."""
    level = levels[depth]
    if depth == len(levels) - 1:
        K.coarsest_solve(level.shape, *level.g, level.extra, level.inverse, level.b, COARSEST_SWEEPS, level.x)
        return level.x
    coarse = levels[depth + 1]
    x, other = _smooth(level, level.x, level.x_other, from_zero=True)
    K.residual(level.shape, *level.g, level.extra, level.b, x, level.z)
    K.restrict_sum(level.shape, coarse.shape, *level.first, level.z, coarse.b)
    correction = v_cycle(levels, depth + 1)
    K.prolong_add(level.shape, coarse.shape, *level.parent, level.inverse, correction, x)
    x, _ = _smooth(level, x, other, from_zero=False)
    return x
