"""Boxes of air made by hand, with ports, panels, blocks and walls: what cases and tests share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array, Grid
from geometry.raster import Port, Raster
from solvers.air.problem import AirProblem, AirState

Box = tuple[slice, slice, slice]  # (k, j, i)


def uniform_grid(shape: tuple[int, int, int], size: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Grid:
    """(nz, ny, nx) equal cells in a box of (x, y, z) metres."""
    x, y, z = size
    return Grid(
        x_face=np.linspace(0.0, x, shape[2] + 1),
        y_face=np.linspace(0.0, y, shape[1] + 1),
        z_face=np.linspace(0.0, z, shape[0] + 1),
    )


def stretched(n: int, length: float = 1.0, strength: float = 0.0) -> Array:
    """n + 1 faces from 0 to length, crowded at both ends for strength in (0, 1)."""
    s = np.linspace(0.0, 1.0, n + 1)
    return length * (s - strength * np.sin(2.0 * np.pi * s) / (2.0 * np.pi))


def raster_of(
    grid: Grid,
    *,
    solids: Iterable[Box] = (),
    panels: Iterable[tuple[int, Box]] = (),
    losses: Iterable[tuple[int, Box, float]] = (),
    ports: Iterable[tuple[str, int, int, Box]] = (),
    surfaces: Iterable[tuple[str, int, int, Box]] = (),
) -> Raster:
    """A closed box with what is put into it.

    panels (axis, faces), losses (axis, faces, K), ports and surfaces (name, axis, inward, faces)
    """
    nz, ny, nx = grid.shape
    solid = np.zeros(grid.shape, dtype=bool)
    for box in solids:
        solid[box] = True
    closed = []
    for along in (2, 1, 0):
        pad = [(0, 0)] * 3
        pad[along] = (1, 1)
        outside = np.pad(solid, pad, constant_values=True)
        n = grid.shape[along]
        closed.append(
            np.take(outside, range(n + 1), axis=along) | np.take(outside, range(1, n + 2), axis=along)
        )
    for axis, where in panels:
        closed[axis][where] = True
    loss = [np.zeros(c.shape) for c in closed]
    for axis, where, value in losses:
        loss[axis][where] = value
    area = (
        grid.dz[:, None, None] * grid.dy[None, :, None] * np.ones((nz, ny, nx + 1)),
        grid.dz[:, None, None] * np.ones((nz, ny + 1, nx)) * grid.dx,
        np.ones((nz + 1, ny, nx)) * grid.dy[None, :, None] * grid.dx,
    )

    def face_set(name: str, axis: int, inward: int, where: Box) -> Port:
        mask = np.zeros(closed[axis].shape, dtype=bool)
        mask[where] = True
        k, j, i = np.nonzero(mask)
        closed[axis][mask] = True
        return Port(name=name, axis=axis, inward=inward, k=k, j=j, i=i, area=area[axis][k, j, i])

    return Raster(
        grid=grid,
        solid=solid,
        closed_x=closed[0],
        closed_y=closed[1],
        closed_z=closed[2],
        loss_x=loss[0],
        loss_y=loss[1],
        loss_z=loss[2],
        ports={port[0]: face_set(*port) for port in ports},
        surfaces={surface[0]: face_set(*surface) for surface in surfaces},
    )


ALL = slice(None)


def turned(problem: AirProblem, order: tuple[int, int, int], mirror: tuple[bool, bool, bool]) -> AirProblem:
    """The same hall with its axes put into another order, then mirrored along some of them.

    order   which old axis becomes x, y and z; mirror: whether the new x, y and z run backwards.
    Walls on sides and gravity stay with the axes: ports and the raster turn.
    """
    raster = problem.raster
    old = (raster.grid.x_face, raster.grid.y_face, raster.grid.z_face)
    lines = [
        lines[-1] - lines[::-1] if back else lines
        for lines, back in zip((old[a] for a in order), mirror, strict=True)
    ]
    axes = tuple(2 - order[2 - n] for n in range(3))
    flips = tuple(n for n in range(3) if mirror[2 - n])

    def turn(values: NDArray) -> NDArray:
        return np.ascontiguousarray(np.flip(values.transpose(axes), flips))

    def turn_port(port: Port) -> Port:
        axis = order.index(port.axis)
        index = (port.i, port.j, port.k)
        new = []
        for n in range(3):
            size = old[order[n]].size - (1 if n != axis else 0)
            new.append(size - 1 - index[order[n]] if mirror[n] else index[order[n]])
        inward = -port.inward if mirror[axis] else port.inward
        return replace(port, axis=axis, inward=inward, i=new[0], j=new[1], k=new[2])

    closed = (raster.closed_x, raster.closed_y, raster.closed_z)
    loss = (raster.loss_x, raster.loss_y, raster.loss_z)
    return replace(
        problem,
        raster=Raster(
            grid=Grid(x_face=lines[0], y_face=lines[1], z_face=lines[2]),
            solid=turn(raster.solid),
            closed_x=turn(closed[order[0]]),
            closed_y=turn(closed[order[1]]),
            closed_z=turn(closed[order[2]]),
            loss_x=turn(loss[order[0]]),
            loss_y=turn(loss[order[1]]),
            loss_z=turn(loss[order[2]]),
            ports={name: turn_port(port) for name, port in raster.ports.items()},
        ),
    )


def refined(state: AirState, coarse: Grid, fine: Grid) -> AirState:
    """A solution interpolated to another grid, from which the solver starts nearer to the answer."""

    def to(values: Array, z: tuple[Array, Array], y: tuple[Array, Array], x: tuple[Array, Array]) -> Array:
        return np.einsum("ck,bj,ai,kji->cba", *(_linear(*pair) for pair in (z, y, x)), values, optimize=True)

    x, y, z = (coarse.x, fine.x), (coarse.y, fine.y), (coarse.z, fine.z)
    return AirState(
        u=to(state.u, z, y, (coarse.x_face, fine.x_face)),
        v=to(state.v, z, (coarse.y_face, fine.y_face), x),
        w=to(state.w, (coarse.z_face, fine.z_face), y, x),
        pressure=to(state.pressure, z, y, x),
        temperature=to(state.temperature, z, y, x),
        k=None if state.k is None else to(state.k, z, y, x),
        epsilon=None if state.epsilon is None else to(state.epsilon, z, y, x),
    )


def _linear(old: Array, new: Array) -> Array:
    """(new, old) weights of linear interpolation, constant beyond the ends."""
    return np.array([np.interp(new, old, unit) for unit in np.eye(old.size)]).T
