"""Fields of one grid as the initial guess on another one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array, Grid
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
    share = share.reshape(spread)
    result: Array = (1.0 - share) * np.take(values, low, axis=along) + share * np.take(
        values, low + 1, axis=along
    )
    return result
