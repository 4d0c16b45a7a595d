"""What the steps of a run work on: fields, work arrays and the system that stays the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from geometry.grid import Array
from solvers.air.blocks import Blocks, build_blocks
from solvers.air.boundaries import GivenFields, WallCells, build_given
from solvers.air.devices import Devices
from solvers.air.jets import JetNodes, build_jets, face_losses
from solvers.air.kernels import march_assembly
from solvers.air.kernels.projection import LANES
from solvers.air.lattice import Lattice, Triple
from solvers.air.problem import AirProblem
from solvers.air.walls import NearWall, build_near_walls
from solvers.linear import krylov


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The unknowns, flat and padded, updated in place."""

    velocity: Triple  # [m/s]
    flux: Triple  # area times velocity [m3/s]
    pressure: Array  # kinematic [m2/s2]
    theta: Array  # above the reference [K]
    viscosity: Array  # effective, of the cells [m2/s]
    shear: Triple  # by axis, of the walls normal to it [m3/s] (kernels.momentum)
    slide: Triple  # conductance of the low faces for momentum along them [m] (kernels.wall_law)
    k: Array  # turbulence energy [m2/s2]; empty without k-epsilon
    epsilon: Array  # its dissipation [m2/s3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """Work arrays of one transport equation at a time, and of the pressure correction.

    response  of the faces to a force, from momentum to the pressure correction; before, k-epsilon works in
              these three, and in time, where faces answer otherwise, transport in the first
    rows  of `transport.assemble_plane`, `one_pass.step`; partial: sums of planes; squares, sizes: their lanes
    """

    low: Triple
    high: Triple
    source: Array
    sink: Array
    inverse: Array
    b: Array
    carry: Array
    known: Array
    response: Triple
    rows: Array
    partial: Array
    squares: Array
    sizes: Array

    @property
    def stepped(self) -> Array:
        """A quantity after the first step of its iteration, in time; 0 outside the nodes."""
        return self.response[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class LossFaces:
    """Open faces of one axis with a quadratic loss."""

    node: NDArray[np.intp]
    factor: Array  # K A / 2 [m2]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowSystem:
    """Everything that stays the same while a problem is being solved."""

    problem: AirProblem
    lattice: Lattice
    devices: Devices
    walls: tuple[WallCells, ...]
    given: GivenFields | None
    near_walls: tuple[NearWall, NearWall, NearWall]
    losses: tuple[LossFaces, LossFaces, LossFaces]
    jets: tuple[JetNodes, JetNodes, JetNodes]
    poisson: krylov.Poisson
    blocks: Blocks
    scratch: Scratch
    theta_reference: float  # temperature of neutral buoyancy, above the reference [K]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far one iteration goes: largest pseudo time step [s], relaxation (1 - a) / a, sweeps.

    in_time  the inertia is real: sweeps go by rows from a first step, faces keep the projection's response
    lead     inertia carries before + lead (guess - before) of the last level and the guess of the new one
    """

    time_step: float
    relaxation: float
    sweeps: int
    pressure_tolerance: float
    in_time: bool = False
    lead: float = 0.0


def new_fields(
    lattice: Lattice, viscosity: float, *, transported: bool = False, layered: bool = False
) -> Fields:
    """Air at rest at the reference temperature; with room for k and epsilon, and for a `slide` of its own."""
    real = lattice.volume.dtype
    zeros = [np.zeros(lattice.size, dtype=real) for _ in range(11)]
    size = lattice.size if transported else 0
    g = lattice.conductance
    return Fields(
        velocity=(zeros[0], zeros[1], zeros[2]),
        flux=(zeros[3], zeros[4], zeros[5]),
        pressure=zeros[6],
        theta=zeros[7],
        viscosity=np.full(lattice.size, viscosity, dtype=real),
        shear=(zeros[8], zeros[9], zeros[10]),
        slide=(g[0].copy(), g[1].copy(), g[2].copy()) if layered else g,
        k=np.zeros(size, dtype=real),
        epsilon=np.zeros(size, dtype=real),
    )


def build_flow(
    problem: AirProblem,
    lattice: Lattice,
    devices: Devices,
    walls: tuple[WallCells, ...],
    theta_reference: float,
) -> FlowSystem:
    """Allocate the work arrays and the pressure solver."""
    size, real = lattice.size, lattice.volume.dtype
    nz, ny, nx = lattice.padded
    work = [np.zeros(size, dtype=real) for _ in range(13)]
    scratch = Scratch(
        low=(work[0], work[1], work[2]),
        high=(work[3], work[4], work[5]),
        source=work[6],
        sink=work[7],
        inverse=work[8],
        b=work[9],
        response=(work[10], work[11], work[12]),
        carry=np.zeros(max(ny, nz) * nx, dtype=real),
        known=np.zeros(max(ny, nz) * nx, dtype=real),
        rows=np.zeros(
            (get_num_threads(), (march_assembly.ROWS + march_assembly.PLANES * ny) * nx), dtype=real
        ),
        partial=np.zeros(nz),
        squares=np.zeros((lattice.shape[0], int(LANES))),
        sizes=np.zeros((lattice.shape[0], int(LANES))),
    )
    losses = []
    for axis, loss in enumerate(face_losses(problem)):
        flat = np.zeros(size)
        lattice.faces(flat, axis)[...] = loss
        node = np.flatnonzero((flat > 0) & (lattice.conductance[axis] > 0))
        losses.append(LossFaces(node=node, factor=0.5 * flat[node] * lattice.area[axis][node]))
    extra = np.zeros(size, dtype=real)
    np.add.at(extra, devices.exhaust.cell, devices.exhaust.area)
    anchored = set(np.unique(lattice.region[devices.exhaust.cell]).tolist())
    floating = tuple(
        np.flatnonzero(lattice.region == label) for label in range(lattice.n_regions) if label not in anchored
    )
    grid = problem.raster.grid
    return FlowSystem(
        problem=problem,
        lattice=lattice,
        devices=devices,
        walls=walls,
        given=build_given(problem.forcing, lattice),
        near_walls=build_near_walls(lattice),
        losses=(losses[0], losses[1], losses[2]),
        jets=build_jets(problem, lattice),
        # conductances of the first call only say which faces are open
        poisson=krylov.poisson(
            lattice.shape,
            (grid.x_face, grid.y_face, grid.z_face),
            lattice.conductance,
            extra,
            floating,
            narrow=True,
        ),
        blocks=build_blocks(lattice),
        scratch=scratch,
        theta_reference=theta_reference,
    )
