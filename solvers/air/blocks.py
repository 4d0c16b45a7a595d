"""Heat between large blocks of air at once: what sweeps, which pass it from cell to cell, take longest for.

A second level under the sweeps (aggregation: Notay, Electron. Trans. Numer. Anal. 37 (2010) 123-146): the
equations of all cells of a block are summed, every cell of it is shifted by the same amount e,

    (P' A P) e = P' (b - A theta)

which closes the balance of heat of every block, and so of the hall. The blocks are pieces of air joined by
open faces within boxes of equal size: a panel through a box parts it. Bodies of air without a sink (sealed
and adiabatic, where the level of temperature is free) are left to the sweeps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from geometry.grid import Array
from solvers.air.kernels import blocks as kernels
from solvers.air.lattice import Lattice

# the factorisation costs as the square of the number of blocks, a sweep as the number of cells
BLOCKS_PER_ROOT = 1.6  # blocks per square root of the cells
SHORTEST_EDGE = 3  # cells: smaller blocks are what sweeps are good at
# diagonals dominate: what flows in and conducts is never more than what they hold
SYMMETRIC = {"diag_pivot_thresh": 0.0, "options": {"SymmetricMode": True}}
FREE_LEVEL = 1e-9  # sinks over links, below which the level of a body of air is free


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """Low faces of one axis that lie between blocks: nodes, blocks below and above, entries of the matrix."""

    node: NDArray[np.intp]
    below: NDArray[np.intp]
    above: NDArray[np.intp]
    into_above: NDArray[np.intp]  # entry (above, below)
    into_below: NDArray[np.intp]  # entry (below, above)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """The blocks of a lattice, and the pattern of their matrix by columns (CSC).

    block     (cells,) number of each cell's block in the order of elimination, -1 in solids; count of them
    height    cells that a box measures along z
    body      (count,) label of the body of air that the block is a part of
    diagonal  entries of the matrix
    """

    block: NDArray[np.int32]
    count: int
    height: int
    body: NDArray[np.intp]
    faces: tuple[Faces, ...]
    pointer: NDArray[np.int32]
    row: NDArray[np.int32]
    diagonal: NDArray[np.intp]


def build_blocks(lattice: Lattice) -> Blocks:
    """Cut the air of `lattice` into about 1.6 sqrt(cells) blocks."""
    n_z, n_y, n_x = lattice.shape
    axes = sum(n > 1 for n in lattice.shape)
    cells = n_x * n_y * n_z
    edge = max(
        SHORTEST_EDGE, int(np.ceil((cells / (BLOCKS_PER_ROOT * np.sqrt(cells))) ** (1.0 / max(axes, 1))))
    )
    edges = np.minimum(edge, [n_x, n_y, n_z])
    block = np.empty(lattice.size, dtype=np.int32)
    waiting = np.empty(int(np.prod(edges)), dtype=np.int64)
    count = kernels.label(lattice.shape, edges, lattice.fluid, *lattice.conductance, block, waiting)

    between = [_between(lattice, block, axis) for axis in range(3)]
    node = [n for n, _, _ in between]
    below = np.concatenate([b for _, b, _ in between])
    above = np.concatenate([a for _, _, a in between])
    pairs, pair = np.unique(below * count + above, return_inverse=True)
    number = _order(count, pairs // max(count, 1), pairs % max(count, 1))
    below, above = number[below], number[above]
    low, high = number[pairs // max(count, 1)], number[pairs % max(count, 1)]
    own = np.arange(count)
    # columns first: an entry of row r and column c is number c * count + r
    entries = np.concatenate((low * count + high, high * count + low, own * count + own))
    present, place = np.unique(entries, return_inverse=True)
    pointer = np.searchsorted(present, np.arange(count + 1) * count).astype(np.int32)
    row = (present % max(count, 1)).astype(np.int32)
    pattern = csc_matrix((np.ones(present.size), row, pointer), shape=(count, count))
    into_high, into_low, diagonal = np.split(place, [pairs.size, 2 * pairs.size])
    ends = np.cumsum([n.size for n in node])[:-1]
    faces = tuple(
        Faces(node=n, below=b, above=a, into_above=u, into_below=d)
        for n, b, a, u, d in zip(
            node, *(np.split(v, ends) for v in (below, above, into_high[pair], into_low[pair])), strict=True
        )
    )
    return Blocks(
        block=np.append(number, -1).astype(np.int32)[block],
        count=count,
        height=int(edges[2]),
        body=connected_components(pattern, directed=False)[1].astype(np.intp),
        faces=faces,
        pointer=pointer,
        row=row,
        diagonal=diagonal,
    )


def _order(count: int, low: NDArray[np.intp], high: NDArray[np.intp]) -> NDArray[np.intp]:
    """New numbers of the blocks joined by pairs (low, high): eliminated in this order they fill in little."""
    if not low.size:
        return np.arange(count)
    own = np.arange(count)
    weight = np.bincount(low, minlength=count) + np.bincount(high, minlength=count) + 1.0
    values = np.concatenate((np.full(2 * low.size, -1.0), weight))
    places = (np.concatenate((low, high, own)), np.concatenate((high, low, own)))
    matrix = csc_matrix((values, places), shape=(count, count))
    order: NDArray[np.intp] = splu(matrix, permc_spec="MMD_AT_PLUS_A", **SYMMETRIC).perm_c.astype(np.intp)
    return order


def correct(
    lattice: Lattice,
    blocks: Blocks,
    low: tuple[Array, Array, Array],
    high: tuple[Array, Array, Array],
    sink: Array,
    inverse: Array,
    b: Array,
    phi: Array,
    *,
    relaxation: float,
) -> None:
    """Shift `phi` block by block so that the assembled equations of each block are met in sum.

    The inertia in `b`, `relaxation` times the weights, must carry the present phi; it follows the shift.
    """
    n = blocks.count
    lack, sinks = np.empty(n), np.empty(n)
    kernels.residual(
        lattice.shape,
        blocks.height,
        blocks.block,
        low[0],
        high[0],
        low[1],
        high[1],
        low[2],
        high[2],
        sink,
        inverse,
        b,
        phi,
        lack,
        sinks,
    )
    values = np.zeros(blocks.row.size)
    diagonal = np.zeros(n)
    for axis, faces in enumerate(blocks.faces):
        kernels.add_links(
            faces.node,
            faces.below,
            faces.above,
            faces.into_above,
            faces.into_below,
            low[axis],
            high[axis],
            values,
            diagonal,
        )
    links = np.bincount(blocks.body, weights=diagonal)
    free = (np.bincount(blocks.body, weights=sinks) <= FREE_LEVEL * links)[blocks.body]
    if free.all():
        return
    # a body of free level gets an answer of zero from a matrix that is regular
    lack[free] = 0.0
    values[blocks.diagonal] = diagonal + np.where(free, diagonal + 1.0, sinks)
    matrix = csc_matrix((values, blocks.row, blocks.pointer), shape=(n, n))
    correction = splu(matrix, permc_spec="NATURAL", **SYMMETRIC).solve(lack).astype(phi.dtype)
    share = relaxation / (1.0 + relaxation)
    kernels.shift(lattice.shape, blocks.block, correction, share, sink, inverse, b, phi)


def _between(
    lattice: Lattice, block: NDArray[np.int32], axis: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Nodes of open faces between two blocks, and the blocks below and above them."""
    stride = lattice.stride[axis]
    apart = (lattice.conductance[axis] > 0.0) & (block >= 0)
    apart[:stride] = False
    apart[stride:] &= (block[:-stride] >= 0) & (block[:-stride] != block[stride:])
    node = np.flatnonzero(apart)
    return node, block[node - stride].astype(np.intp), block[node].astype(np.intp)
