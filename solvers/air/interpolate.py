"""Fields of one grid on another one: as an initial guess, or summed over what a coarser grid joins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geometry.grid import Array, Grid
from solvers.air.kernels import joining
from solvers.air.lattice import face_areas
from solvers.air.problem import AirState


def state_on(grid: Grid, state: AirState, target: Grid) -> AirState:
    """`state` of `grid` on `target`, a grid of the same room.

    Cells take the value of the cell they lie in; velocities the even value of the face, and between two faces
    the linear one. On a refinement of `grid` the velocities conserve mass exactly as those of `state` do.
    """
    x, y, z = (
        _within(lines, centres)
        for lines, centres in (
            (grid.x_face, target.x),
            (grid.y_face, target.y),
            (grid.z_face, target.z),
        )
    )
    cells = np.ix_(z, y, x)

    def scalar(values: Array | None) -> Array | None:
        return None if values is None else values[cells]

    return AirState(
        u=_between(state.u[np.ix_(z, y, np.arange(grid.x_face.size))], grid.x_face, target.x_face, 2),
        v=_between(state.v[np.ix_(z, np.arange(grid.y_face.size), x)], grid.y_face, target.y_face, 1),
        w=_between(state.w[np.ix_(np.arange(grid.z_face.size), y, x)], grid.z_face, target.z_face, 0),
        pressure=state.pressure[cells],
        temperature=state.temperature[cells],
        k=scalar(state.k),
        epsilon=scalar(state.epsilon),
    )


def _within(lines: Array, points: Array) -> NDArray[np.intp]:
    """Index of the cell that holds each point."""
    return np.clip(np.searchsorted(lines, points, side="right") - 1, 0, lines.size - 2)


def _between(values: Array, lines: Array, points: Array, along: int) -> Array:
    """Linear interpolation of face values along one axis of the array."""
    low = _within(lines, points)
    share = np.clip((points - lines[low]) / (lines[low + 1] - lines[low]), 0.0, 1.0)
    spread = [1, 1, 1]
    spread[along] = -1
    share = share.reshape(spread).astype(values.dtype)
    result: Array = (1.0 - share) * np.take(values, low, axis=along) + share * np.take(
        values, low + 1, axis=along
    )
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """From a grid to a coarser one, all of whose lines are lines of it."""

    fine: Grid
    coarse: Grid

    def cell_sums(self, values: Array) -> Array:
        """(nz, ny, nx) values of the fine cells, summed over each coarse cell."""
        return self._sums(values, (0, 1, 2))

    def face_means(self, values: Array, axis: int) -> Array:
        """Velocities normal to `axis`, averaged over each coarse face: the same flux passes it."""
        lines = self._kept(axis)
        flux = np.take(values, lines, axis=2 - axis) * face_areas(self.fine)[axis]
        return self._sums(flux, self._across(axis)) / face_areas(self.coarse)[axis]

    def face_sums(self, values: Array, axis: int) -> Array:
        """What the fine faces normal to `axis` hold, given to the coarse ones: the transpose of `state_on`.

        Faces between two coarse ones give to both, in proportion to nearness.
        """
        places = _lines(self.fine)[axis]
        lines = _lines(self.coarse)[axis]
        low = _within(lines, places)
        share = (places - lines[low]) / (lines[low + 1] - lines[low])
        gives = np.zeros((lines.size, places.size))
        gives[low, range(places.size)] = 1.0 - share
        gives[low + 1, range(places.size)] = share
        held = np.moveaxis(self._sums(values, self._across(axis)), 2 - axis, 0)
        given = (csr_array(gives) @ held.reshape(places.size, -1)).reshape(-1, *held.shape[1:])
        return np.moveaxis(given, 0, 2 - axis)

    def _sums(self, values: Array, along: tuple[int, ...]) -> Array:
        lines = [self._kept(2 - a) if a in along else np.arange(values.shape[a] + 1) for a in range(3)]
        out = np.empty(tuple(of_axis.size - 1 for of_axis in lines))
        joining.sums(values, *lines, out)
        return out

    def _kept(self, axis: int) -> NDArray[np.intp]:
        """Which fine lines are coarse ones."""
        return np.searchsorted(_lines(self.fine)[axis], _lines(self.coarse)[axis])

    def _across(self, axis: int) -> tuple[int, ...]:
        return tuple(a for a in (0, 1, 2) if a != 2 - axis)


def _lines(grid: Grid) -> tuple[Array, Array, Array]:
    return (grid.x_face, grid.y_face, grid.z_face)
