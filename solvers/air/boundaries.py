"""Walls that move, are warm or let air through, and fields that are given for verification."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array
from geometry.raster import Index
from solvers.air.lattice import Lattice, Triple
from solvers.air.problem import AirProblem, Forcing, Wall

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class WallCells:
    """Cells along a wall that moves, has a temperature or lets air through; one entry a face."""

    cell: Ints
    axis: int  # the wall's normal
    node: Ints  # flat index of the face in the face arrays of that axis
    geometry: Array  # face area over cell width [m]
    distance: Array  # from the wall to the cell's centre [m]
    velocity: Array  # (n, 3) [m/s]
    inflow: Array  # through the wall into the cell [m3/s]; negative: out of it
    theta: float | None
    transmittance: Array | None  # U value times area over rho cp [m3/s], where the problem gives one


def build_walls(problem: AirProblem, lattice: Lattice, reference: float) -> tuple[WallCells, ...]:
    """Where the problem's walls touch air; `reference` [K] is where theta is zero."""
    return tuple(_wall_cells(problem, wall, lattice, reference) for wall in problem.walls)


def _wall_cells(problem: AirProblem, wall: Wall, lattice: Lattice, reference: float) -> WallCells:
    axis, inward, faces = _faces(problem, wall, lattice)
    node = lattice.index(*faces)
    cell = node - (lattice.stride[axis] if inward < 0 else 0)
    place = np.unravel_index(cell, lattice.padded)[2 - axis]
    air, u = problem.properties, wall.conductance
    velocity = np.broadcast_to(np.asarray(wall.velocity, dtype=np.float64), (cell.size, 3))
    return WallCells(
        cell=cell,
        axis=axis,
        node=node,
        geometry=lattice.width_ratio[axis][cell],
        distance=0.5 * (lattice.face[axis][place + 1] - lattice.face[axis][place]),
        velocity=velocity,
        inflow=inward * velocity[:, axis] * lattice.area[axis][node],
        theta=None if wall.temperature is None else wall.temperature - reference,
        transmittance=None if u is None else u * lattice.area[axis][node] / (air.density * air.heat_capacity),
    )


def _faces(problem: AirProblem, wall: Wall, lattice: Lattice) -> tuple[int, int, tuple[Index, Index, Index]]:
    """Normal, direction into the air and (k, j, i) of a wall's faces; of a side those beside air."""
    raster = problem.raster
    if wall.side is None:
        surface = raster.surfaces[wall.surface]
        return surface.axis, surface.inward, (surface.k, surface.j, surface.i)
    axis, low = wall.side.axis, wall.side.outward < 0
    along, size = 2 - axis, lattice.shape[2 - axis]
    closed = (raster.closed_x, raster.closed_y, raster.closed_z)[axis]
    hard = np.take(closed, 0 if low else size, axis=along)
    air = ~np.take(raster.solid, 0 if low else size - 1, axis=along)
    k, j, i = np.nonzero(np.expand_dims(hard & air, along))
    faces = [k, j, i]
    faces[along] = faces[along] + (0 if low else size)
    return axis, -wall.side.outward, (faces[0], faces[1], faces[2])


def impose_walls(walls: tuple[WallCells, ...], velocity: Triple) -> None:
    """Write the velocity of what passes through walls into (u, v, w)."""
    for wall in walls:
        if wall.inflow.any():
            velocity[wall.axis][wall.node] = wall.velocity[:, wall.axis]


def add_motion_of_walls(
    walls: tuple[WallCells, ...], axis: int, stride: int, viscosity: Array, source: Array
) -> None:
    """Add to the momentum along `axis` what walls give that move along it [m4/s2].

    By friction, and by what they blow; each cell's half goes to each of its two nodes.
    """
    for wall in walls:
        if wall.axis != axis and wall.velocity[:, axis].any():
            blown = 0.5 * np.maximum(wall.inflow, 0.0)
            given = (viscosity[wall.cell] * wall.geometry + blown) * wall.velocity[:, axis]
            np.add.at(source, wall.cell, given)
            np.add.at(source, wall.cell + stride, given)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFields:
    """A problem's forcing on the lattice; flat and padded."""

    force: Triple  # acceleration times control volume [m4/s2]
    warming: Array  # times volume [K m3/s]
    viscosity: Array  # effective [m2/s]; empty where the model of turbulence finds it
    k: Array  # source of the turbulence energy times volume [m5/s3]
    epsilon: Array  # of its dissipation [m5/s4]


def build_given(forcing: Forcing | None, lattice: Lattice) -> GivenFields | None:
    """The forcing on the lattice; None without any."""
    if forcing is None:
        return None
    force = tuple(np.zeros(lattice.size) for _ in range(3))
    for axis in range(3):
        lattice.faces(force[axis], axis)[...] = forcing.acceleration[axis]
        force[axis][:] *= lattice.control[axis]
    warming = np.zeros(lattice.size)
    lattice.cells(warming)[...] = forcing.warming
    warming *= lattice.volume
    found = forcing.viscosity is None
    viscosity = np.zeros(0 if found else lattice.size)
    if forcing.viscosity is not None:
        lattice.cells(viscosity)[...] = forcing.viscosity
    size = lattice.size if found else 0
    return GivenFields(
        force=(force[0], force[1], force[2]),
        warming=warming,
        viscosity=viscosity,
        k=np.zeros(size),
        epsilon=np.zeros(size),
    )
