"""Velocity and pressure: one pseudo-time step of the momentum equations and the pressure correction.

SIMPLEC on the staggered lattice (Van Doormaal and Raithby, Numer. Heat Transfer 7 (1984) 147-163): implicit
momentum with the old pressure, then the correction that makes the velocities divergence-free, with each
face's response 1 / (sink + inertia).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array
from solvers.air.boundaries import GivenFields, WallCells, add_motion_of_walls, build_given
from solvers.air.devices import Devices, exhaust_outflow
from solvers.air.kernels import momentum, pressure, transport
from solvers.air.lattice import Lattice, Triple
from solvers.air.problem import AirProblem, Convection, FaceShear
from solvers.air.walls import NearWall, build_near_walls, keep_momentum
from solvers.linear import krylov

SCHEME = {Convection.UPWIND: 0, Convection.TVD: 1, Convection.CENTRAL: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The unknowns, flat and padded, updated in place."""

    velocity: Triple  # [m/s]
    flux: Triple  # area times velocity [m3/s]
    pressure: Array  # kinematic [m2/s2]
    theta: Array  # above the reference [K]
    viscosity: Array  # effective, of the cells [m2/s]
    shear: Triple  # by axis, of the walls normal to it [m3/s] (kernels.momentum)
    k: Array  # turbulence energy [m2/s2]; empty without k-epsilon
    epsilon: Array  # its dissipation [m2/s3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """Work arrays of one transport equation at a time, and of the pressure correction."""

    low: Triple
    high: Triple
    extra: Triple
    source: Array
    sink: Array
    inverse: Array
    b: Array
    carry: Array
    known: Array
    response: Triple
    correction: Array
    imbalance: Array


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
    poisson: krylov.Poisson
    scratch: Scratch
    theta_reference: float  # temperature of neutral buoyancy, above the reference [K]
    cells: NDArray[np.intp]  # flat indices of all cells with air


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far one iteration goes: largest pseudo time step [s], relaxation (1 - a) / a, sweeps."""

    time_step: float
    relaxation: float
    sweeps: int
    pressure_tolerance: float


def new_fields(lattice: Lattice, viscosity: float, *, transported: bool = False) -> Fields:
    """Air at rest at the reference temperature; `transported`: with room for k and epsilon."""
    zeros = [np.zeros(lattice.size) for _ in range(11)]
    size = lattice.size if transported else 0
    return Fields(
        velocity=(zeros[0], zeros[1], zeros[2]),
        flux=(zeros[3], zeros[4], zeros[5]),
        pressure=zeros[6],
        theta=zeros[7],
        viscosity=np.full(lattice.size, viscosity),
        shear=(zeros[8], zeros[9], zeros[10]),
        k=np.zeros(size),
        epsilon=np.zeros(size),
    )


def build_flow(
    problem: AirProblem,
    lattice: Lattice,
    devices: Devices,
    walls: tuple[WallCells, ...],
    theta_reference: float,
) -> FlowSystem:
    """Allocate the work arrays and the pressure solver."""
    size = lattice.size
    zeros = [np.zeros(size) for _ in range(21)]
    scratch_size = (max(lattice.shape[:2]) + 3) * (lattice.shape[2] + 3)
    scratch = Scratch(
        low=(zeros[0], zeros[1], zeros[2]),
        high=(zeros[3], zeros[4], zeros[5]),
        extra=(zeros[6], zeros[7], zeros[8]),
        source=zeros[9],
        sink=zeros[10],
        inverse=zeros[11],
        b=zeros[12],
        carry=np.zeros(scratch_size),
        known=np.zeros(scratch_size),
        response=(zeros[13], zeros[14], zeros[15]),
        correction=zeros[16],
        imbalance=zeros[17],
    )
    raster = problem.raster
    losses = []
    for axis, loss in enumerate((raster.loss_x, raster.loss_y, raster.loss_z)):
        flat = np.zeros(size)
        lattice.faces(flat, axis)[...] = loss
        node = np.flatnonzero((flat > 0) & (lattice.conductance[axis] > 0))
        losses.append(LossFaces(node=node, factor=0.5 * flat[node] * lattice.area[axis][node]))
    # conductances of the first call only say which faces are open
    g = (zeros[18], zeros[19], zeros[20])
    for axis in range(3):
        g[axis][:] = lattice.conductance[axis]
    extra = np.zeros(size)
    np.add.at(extra, devices.exhaust.cell, devices.exhaust.area)
    anchored = set(np.unique(lattice.region[devices.exhaust.cell]).tolist())
    floating = tuple(
        np.flatnonzero(lattice.region == label) for label in range(lattice.n_regions) if label not in anchored
    )
    grid = raster.grid
    return FlowSystem(
        problem=problem,
        lattice=lattice,
        devices=devices,
        walls=walls,
        given=build_given(problem.forcing, lattice),
        near_walls=build_near_walls(lattice),
        losses=(losses[0], losses[1], losses[2]),
        poisson=krylov.poisson(lattice.shape, (grid.x_face, grid.y_face, grid.z_face), g, extra, floating),
        scratch=scratch,
        theta_reference=theta_reference,
        cells=np.flatnonzero(lattice.fluid),
    )


def update_flux(system: FlowSystem, fields: Fields) -> None:
    """flux = area velocity."""
    for axis in range(3):
        pressure.volume_flux(
            system.lattice.shape, system.lattice.area[axis], fields.velocity[axis], fields.flux[axis]
        )


def momentum_step(
    system: FlowSystem, fields: Fields, step: Step, scheme: Convection, old: Triple | None = None
) -> None:
    """Advance the three velocity components with the old pressure; fluxes still hold the old velocities.

    old  what inertia carries; the present velocities if not given
    """
    for axis in range(3):
        _component_step(system, fields, step, axis, scheme, (old or fields.velocity)[axis])


def _component_step(
    system: FlowSystem, fields: Fields, step: Step, axis: int, scheme: Convection, old: Array
) -> None:
    lattice, scratch, problem = system.lattice, system.scratch, system.problem
    shape, stride = lattice.shape, lattice.stride
    b, c = (axis + 1) % 3, (axis + 2) % 3
    low, high, extra = scratch.low, scratch.high, scratch.extra
    momentum.momentum_links(
        shape,
        stride[axis],
        stride[b],
        stride[c],
        fields.flux[axis],
        fields.flux[b],
        fields.flux[c],
        lattice.conductance[b],
        lattice.conductance[c],
        lattice.width_ratio[axis],
        fields.viscosity,
        low[axis],
        high[axis],
        low[b],
        high[b],
        low[c],
        high[c],
    )
    phi = fields.velocity[axis]
    air = problem.properties
    momentum.momentum_forces(
        shape,
        stride[axis],
        lattice.area[axis],
        fields.shear[b],
        fields.shear[c],
        fields.pressure,
        lattice.volume,
        fields.theta,
        system.theta_reference,
        air.gravity * air.expansion if axis == 2 else 0.0,
        scratch.source,
        scratch.sink,
    )
    if problem.face_shear is FaceShear.FIXED_VECTOR:
        for other in (b, c):
            keep_momentum(system.devices, other, stride[axis], phi, scratch.source)
    # quadratic loss K |u| u A / 2, Newton-linearised about the old velocity
    loss = system.losses[axis]
    if loss.node.size:
        speed = np.abs(phi[loss.node])
        scratch.sink[loss.node] += 2.0 * loss.factor * speed
        scratch.source[loss.node] += loss.factor * speed * phi[loss.node]
    add_motion_of_walls(system.walls, axis, stride[axis], fields.viscosity, scratch.source)
    if system.given is not None:
        np.add(scratch.source, system.given.force[axis], out=scratch.source)
    for along in range(3):
        # along its own axis a component's nodes are faces and its control volumes end at cell centres
        node = lattice.face[axis] if along == axis else lattice.centre[along]
        face = lattice.below[axis] if along == axis else lattice.face[along]
        transport.high_order_flux(
            shape,
            SCHEME[scheme],
            stride[along],
            along,
            node,
            face,
            low[along],
            high[along],
            phi,
            extra[along],
        )
    transport.assemble(
        shape,
        low[0],
        high[0],
        low[1],
        high[1],
        low[2],
        high[2],
        *extra,
        lattice.free[axis],
        lattice.control[axis],
        old,
        scratch.source,
        scratch.sink,
        1.0 / step.time_step,
        step.relaxation,
        scratch.inverse,
        scratch.b,
        scratch.response[axis],
    )
    relax(system, phi, step.sweeps)


# planes along y?, x reversed?, rows reversed?
SWEEP_ORDER = (
    (False, False, False),
    (True, True, True),
    (False, True, True),
    (True, False, False),
    (False, False, True),
    (True, True, False),
    (False, True, False),
    (True, False, True),
)


def relax(system: FlowSystem, phi: Array, sweeps: int) -> None:
    """Gauss-Seidel sweeps on the assembled system, in the directions of SWEEP_ORDER.

    Every call starts with the same direction: an order that changes from one iteration to the next shakes
    the iteration, and coupled with buoyancy it never comes to rest.
    """
    scratch, lattice = system.scratch, system.lattice
    low, high = scratch.low, scratch.high
    for s in range(sweeps):
        planes_along_y, reverse_x, reverse_rows = SWEEP_ORDER[s % len(SWEEP_ORDER)]
        transport.sweep(
            lattice.shape,
            low[0],
            high[0],
            low[1],
            high[1],
            low[2],
            high[2],
            scratch.inverse,
            scratch.b,
            planes_along_y,
            reverse_x,
            reverse_rows,
            scratch.carry,
            scratch.known,
            phi,
        )


def pressure_step(
    system: FlowSystem, fields: Fields, *, tolerance: float, max_iterations: int = 60
) -> krylov.PoissonReport:
    """Make the velocities divergence-free and correct the pressure; fluxes end up consistent with both."""
    lattice, scratch, poisson = system.lattice, system.scratch, system.poisson
    update_flux(system, fields)
    exhaust = system.devices.exhaust
    for axis in range(3):
        pressure.face_conductance(
            lattice.shape,
            lattice.area[axis],
            lattice.conductance[axis],
            scratch.response[axis],
            poisson.g[axis],
        )
    poisson.extra[exhaust.cell] = 0.0
    for axis in range(3):
        on = exhaust.on_axis(axis)
        node = exhaust.node[on]
        np.add.at(
            poisson.extra, exhaust.cell[on], lattice.area[axis][node] ** 2 * scratch.response[axis][node]
        )
    krylov.refresh(poisson)
    pressure.net_inflow(lattice.shape, lattice.fluid, *fields.flux, scratch.imbalance)
    scratch.correction[:] = 0.0
    report = krylov.solve(
        poisson, scratch.imbalance, scratch.correction, tolerance=tolerance, max_iterations=max_iterations
    )
    for axis in range(3):
        pressure.correct_velocity(
            lattice.shape,
            lattice.stride[axis],
            lattice.area[axis],
            scratch.response[axis],
            scratch.correction,
            fields.velocity[axis],
            fields.flux[axis],
        )
    np.add(fields.pressure, scratch.correction, out=fields.pressure)
    return report


def kinetic_energy(system: FlowSystem, fields: Fields) -> float:
    """Kinetic energy of the air over its density [m5/s2]."""
    return 0.5 * sum(
        float((system.lattice.control[axis] * np.square(fields.velocity[axis])).sum()) for axis in range(3)
    )


def mass_imbalance(system: FlowSystem, fields: Fields) -> float:
    """Worst |sum of face fluxes| of a connected region over the flow through it [-].

    The sum is taken over cells of the absolute imbalance, which bounds the region's.
    """
    lattice, devices, scratch = system.lattice, system.devices, system.scratch
    pressure.net_inflow(lattice.shape, lattice.fluid, *fields.flux, scratch.imbalance)
    through = np.zeros(lattice.n_regions)
    for faces, flow in (
        (devices.supply, devices.supply_flow),
        (devices.outlet, devices.outlet_flow),
    ):
        np.add.at(through, lattice.region[faces.cell], flow)
    for wall in system.walls:
        np.add.at(through, lattice.region[wall.cell], np.maximum(wall.inflow, 0.0))
    leaving = exhaust_outflow(devices, fields.flux)
    np.add.at(through, lattice.region[devices.exhaust.cell], np.maximum(-leaving, 0.0))
    error = np.bincount(
        lattice.region[system.cells],
        weights=np.abs(scratch.imbalance[system.cells]),
        minlength=lattice.n_regions,
    )
    design = max(float(through.max(initial=0.0)), 1e-12)
    return float((error / np.maximum(through, 1e-12 * design)).max(initial=0.0)) if through.any() else 0.0
