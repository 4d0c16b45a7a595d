"""A rectilinear grid and its metrics.

Arrays of cell values have the shape (nz, ny, nx), x contiguous: the order of VTK and of CF files. Names
say where a value lives: `x` is the centre of a cell, `x_face` its face. The normal velocity on the faces
that look along x has the shape (nz, ny, nx + 1), along y (nz, ny + 1, nx), along z (nz + 1, ny, nx).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rectilinear grid given by its faces [m], strictly increasing, float64."""

    x_face: Array
    y_face: Array
    z_face: Array

    @property
    def shape(self) -> tuple[int, int, int]:
        """(nz, ny, nx)."""
        return (self.z_face.size - 1, self.y_face.size - 1, self.x_face.size - 1)

    @property
    def n_cells(self) -> int:
        nz, ny, nx = self.shape
        return nz * ny * nx

    @property
    def dx(self) -> Array:
        return np.diff(self.x_face)

    @property
    def dy(self) -> Array:
        return np.diff(self.y_face)

    @property
    def dz(self) -> Array:
        return np.diff(self.z_face)

    @property
    def x(self) -> Array:
        return 0.5 * (self.x_face[1:] + self.x_face[:-1])

    @property
    def y(self) -> Array:
        return 0.5 * (self.y_face[1:] + self.y_face[:-1])

    @property
    def z(self) -> Array:
        return 0.5 * (self.z_face[1:] + self.z_face[:-1])

    @property
    def volume(self) -> Array:
        """(nz, ny, nx) cell volumes [m3]."""
        return self.dz[:, None, None] * self.dy[None, :, None] * self.dx[None, None, :]

    def __str__(self) -> str:
        nz, ny, nx = self.shape
        low = min(d.min() for d in (self.dx, self.dy, self.dz))
        high = max(d.max() for d in (self.dx, self.dy, self.dz))
        return f"Grid({nx} x {ny} x {nz} = {self.n_cells:,} cells, {low:.3f}..{high:.3f} m)"
