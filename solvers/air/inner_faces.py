"""Faces between the cell beside a wall and the next one, across which profiles follow the law of the wall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array
from solvers.air.lattice import Flags, Lattice
from solvers.air.walls import WALL_SHARE, NearWall

Cells = NDArray[np.int64]
Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerFaces:
    """Open faces opposite to the walls of one axis, one entry a cell of its `NearWall`; or none at all.

    face    flat index; -1 where a wall's cell has none
    ratio   the next centre's distance from the wall over that of the cell beside it
    share, surplus  views of the work arrays of all axes (kernels.wall_law.near_wall)
    """

    face: Numbers
    ratio: Array
    share: Array
    surplus: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondCells:
    """Cells behind inner faces, beside no wall themselves.

    cell   flat index; place: (cells, 2) indices along y and z
    faces  (cells, 6) number of the inner face on the low and high side of x, y, z; -1 where there is none
    share, surplus  of the inner faces of x, y and z, one after the other
    """

    cell: Numbers
    place: Numbers
    faces: Numbers
    share: Array
    surplus: Array


def no_inner_faces(real: np.dtype) -> InnerFaces:
    """Straight lines everywhere."""
    nothing = np.zeros(0, dtype=real)
    return InnerFaces(face=np.zeros(0, dtype=np.int32), ratio=nothing, share=nothing, surplus=nothing)


def build_inner_faces(
    lattice: Lattice, walls: tuple[NearWall, ...], beside: Flags
) -> tuple[tuple[InnerFaces, InnerFaces, InnerFaces], SecondCells]:
    """Inner faces of x, y and z, and the cells behind them. walls: by axis; beside: cells with a wall face.

    A face is one where a wall is opposite and the next cell has no wall normal to the axis itself.
    """
    real = lattice.volume.dtype
    first = np.concatenate(([0], np.cumsum([wall.cell.size for wall in walls])))
    share, surplus = np.zeros((2, first[-1]), dtype=real)
    inner, behind, sides = [], [], []
    for axis, wall in enumerate(walls):
        face, beyond = _find(lattice, axis, wall.cell)
        half = 0.5 * np.diff(lattice.face[axis])
        ratio = 2.0 + half[np.unravel_index(beyond, lattice.padded)[2 - axis]] / wall.distance
        span = slice(first[axis], first[axis + 1])
        inner.append(
            InnerFaces(
                face=face.astype(np.int32),
                ratio=ratio.astype(real),
                share=share[span],
                surplus=surplus[span],
            )
        )
        behind.append(np.where((face >= 0) & ~beside[beyond], beyond, -1))
        sides.append(2 * axis + (wall.cell > beyond))
    beyond, side = np.concatenate(behind), np.concatenate(sides)
    number = np.flatnonzero(beyond >= 0)
    cell = np.unique(beyond[number])
    faces = np.full((cell.size, 6), -1, dtype=np.int32)
    faces[np.searchsorted(cell, beyond[number]), side[number]] = number
    k, j, _ = np.unravel_index(cell, lattice.padded)
    second = SecondCells(
        cell=cell.astype(np.int32),
        place=np.stack([j, k], axis=1).astype(np.int32),
        faces=faces,
        share=share,
        surplus=surplus,
    )
    return (inner[0], inner[1], inner[2]), second


def _find(lattice: Lattice, axis: int, cell: Cells) -> tuple[Cells, Cells]:
    """Inner face of each cell beside walls of an axis, -1 for none, and the cell behind it, else itself."""
    s = lattice.stride[axis]
    drag = lattice.drag[axis]
    walled: Flags = np.zeros(lattice.size, dtype=np.bool_)
    walled[drag.cell[drag.value >= WALL_SHARE * lattice.width_ratio[axis][drag.cell]]] = True
    face, beyond = np.full(cell.size, -1, dtype=np.int64), cell.astype(np.int64)
    for inward, behind, ahead in ((s, cell, cell + s), (-s, cell + s, cell)):
        on = (_open_share(lattice, axis, behind) <= 1.0 - WALL_SHARE) & walled[cell]
        on &= (_open_share(lattice, axis, ahead) > 1.0 - WALL_SHARE) & ~walled[cell + inward]
        face[on] = ahead[on]
        beyond[on] += inward
    return face, beyond


def _open_share(lattice: Lattice, axis: int, face: Cells) -> Array:
    """Share of faces that is open [-]; 0 of closed ones and devices."""
    at = np.unravel_index(face, lattice.padded)[2 - axis]
    whole = lattice.area[axis][face] * lattice.spacing[axis][2, at]
    share: Array = lattice.conductance[axis][face] / whole
    return share
