"""The same hall on fewer cells: `coarse_problem` joins layers of cells that no feature tells apart.

A cold start solves the coarse hall first: large eddies and the filling of a room with warm air cost an eighth
of an iteration there. Grid lines that hold a surface, a panel, a loss or the edge of a port are kept, so
every device keeps its faces and its area.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array, Grid
from geometry.raster import Index, Mask, Port, Raster, Zone
from solvers.air.problem import AirProblem

Lines = NDArray[np.intp]
Numbers = tuple[list[NDArray[np.int32]], list[NDArray[np.int32]], list[NDArray[np.int32]]]

FEWEST_CELLS = 12_000  # of a hall that is worth a coarser one first
MOST_SHARE = 0.5  # of the cells that a coarser hall may have


def coarser_problems(problem: AirProblem) -> list[AirProblem]:
    """Coarser and coarser rasters of `problem`, coarsest first.

    None where it is small, or where fields are given cell by cell or face by face.
    """
    if problem.forcing is not None or any(np.ndim(wall.velocity) > 1 for wall in problem.walls):
        return []
    problems: list[AirProblem] = []
    while problem.raster.grid.n_cells >= FEWEST_CELLS:
        coarse = replace(problem, raster=coarse_raster(problem.raster))
        if coarse.raster.grid.n_cells > MOST_SHARE * problem.raster.grid.n_cells:
            break
        problems.insert(0, coarse)
        problem = coarse
    return problems


def coarse_raster(raster: Raster) -> Raster:
    """`raster` with pairs of equal layers of cells joined along each axis.

    Losses of the faces in between go to the kept ones, half to each side.
    """
    numbers = _port_numbers(raster)
    kept = tuple(_pairs(_removable(raster, axis, numbers)) for axis in range(3))
    x, y, z = kept
    into = tuple(np.searchsorted(k, np.arange(k[-1] + 1), side="right") - 1 for k in kept)
    cells = np.ix_(z[:-1], y[:-1], x[:-1])
    on_faces = (np.ix_(z[:-1], y[:-1], x), np.ix_(z[:-1], y, x[:-1]), np.ix_(z, y[:-1], x[:-1]))
    grid = Grid(x_face=raster.grid.x_face[x], y_face=raster.grid.y_face[y], z_face=raster.grid.z_face[z])
    loss = [_in_series(values, kept[a], 2 - a) for a, values in enumerate(_losses(raster))]

    widths = (grid.dx, grid.dy, grid.dz)

    def ports(fine: Mapping[str, Port]) -> dict[str, Port]:
        return {name: _coarse_port(port, into, widths) for name, port in fine.items()}

    return Raster(
        grid=grid,
        solid=raster.solid[cells],
        closed_x=raster.closed_x[on_faces[0]],
        closed_y=raster.closed_y[on_faces[1]],
        closed_z=raster.closed_z[on_faces[2]],
        loss_x=loss[0][on_faces[0]],
        loss_y=loss[1][on_faces[1]],
        loss_z=loss[2][on_faces[2]],
        ports=ports(raster.ports),
        passages=ports(raster.passages),
        surfaces=ports(raster.surfaces),
        zones={name: _coarse_zone(zone, into, widths) for name, zone in raster.zones.items()},
    )


def _losses(raster: Raster) -> tuple[Array, Array, Array]:
    return (raster.loss_x, raster.loss_y, raster.loss_z)


def _removable(raster: Raster, axis: int, numbers: Numbers) -> Mask:
    """By inner line along `axis`: do the layers on both sides hold the same, and does nothing lie on it?

    `numbers` are those of `_port_numbers`.
    A loss may lie on it within a porous part, which has losses on the lines before and after it too.
    """
    along = 2 - axis
    closed = (raster.closed_x, raster.closed_y, raster.closed_z)
    loss = _losses(raster)
    n = raster.solid.shape[along]

    def lines(values: NDArray[Any], first: int) -> NDArray[Any]:
        return values[(slice(None),) * along + (slice(first, first + n - 1),)]

    def differ(values: NDArray[Any]) -> Mask:
        return _any(lines(values, 0) != lines(values, 1), along)

    lossy = loss[axis] > 0.0
    alone = lines(lossy, 1) & ~(lines(lossy, 0) & lines(lossy, 2))
    kept = [differ(raster.solid), _any(alone, along)]
    if raster.zones:
        kept.append(differ(_zone_numbers(raster)))
    kept += [_any(lines(closed[axis], 1) & ~lines(raster.solid, 1), along)]
    kept += [_any(lines(values, 1) != 0, along) for values in numbers[axis]]
    for other in {0, 1, 2} - {axis}:
        kept += [differ(values) for values in (closed[other], loss[other], *numbers[other])]
    result: Mask = np.logical_not(np.logical_or.reduce(kept))
    return result


def _any(mask: NDArray[Any], along: int) -> Mask:
    result: Mask = np.any(mask, axis=tuple(a for a in range(3) if a != along))
    return result


def _port_numbers(raster: Raster) -> Numbers:
    """By axis, for each kind and direction that there is: which port, passage or surface a face belongs to.

    0 none.
    """
    shapes = (raster.closed_x.shape, raster.closed_y.shape, raster.closed_z.shape)
    found: Numbers = ([], [], [])
    for ports in (raster.ports, raster.passages, raster.surfaces):
        sides: dict[tuple[int, int], NDArray[np.int32]] = {}
        for number, port in enumerate(ports.values(), start=1):
            side = (port.axis, port.inward)
            if side not in sides:
                sides[side] = np.zeros(shapes[port.axis], dtype=np.int32)
                found[port.axis].append(sides[side])
            sides[side][port.k, port.j, port.i] = number
    return found


def _zone_numbers(raster: Raster) -> NDArray[np.int32]:
    numbers = np.zeros(raster.solid.shape, dtype=np.int32)
    for number, zone in enumerate(raster.zones.values(), start=1):
        numbers[zone.cells] = number
    return numbers


def _pairs(removable: Mask) -> Lines:
    """Kept lines of an axis: each second one goes, where it can."""
    n = removable.size + 1
    lines = [0]
    while lines[-1] < n:
        at = lines[-1]
        lines.append(at + 2 if at + 1 < n and removable[at] else at + 1)
    return np.array(lines, dtype=np.intp)


def _in_series(loss: Array, kept: Lines, along: int) -> Array:
    """Losses with those of the lines that go added to the kept lines beside them, half and half."""
    if not loss.any():
        return loss
    total = np.moveaxis(loss.copy(), along, 0)
    gone = np.setdiff1d(np.arange(total.shape[0]), kept)
    half = 0.5 * total[gone]
    total[gone - 1] += half
    total[gone + 1] += half
    return np.moveaxis(total, 0, along)


def _coarse_index(fine: tuple[Index, Index, Index], into: tuple[Lines, ...]) -> tuple[Index, ...]:
    """(k, j, i) of the coarse cells or faces that hold the fine ones, each once; `into`: which, by axis."""
    x, y, z = into
    k, j, i = fine
    size = (int(z[-1]) + 1, int(y[-1]) + 1, int(x[-1]) + 1)
    place = (z[k] * size[1] + y[j]) * size[2] + x[i]
    return np.unravel_index(np.unique(place), size)


def _coarse_port(port: Port, into: tuple[Lines, ...], widths: tuple[Array, ...]) -> Port:
    k, j, i = place = _coarse_index((port.k, port.j, port.i), into)
    a, b = (axis for axis in range(3) if axis != port.axis)
    return replace(port, k=k, j=j, i=i, area=widths[a][place[2 - a]] * widths[b][place[2 - b]])


def _coarse_zone(zone: Zone, into: tuple[Lines, ...], widths: tuple[Array, ...]) -> Zone:
    k, j, i = _coarse_index(zone.cells, into)
    dx, dy, dz = widths
    return replace(zone, k=k, j=j, i=i, volume=dx[i] * dy[j] * dz[k])
