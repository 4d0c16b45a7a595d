"""Velocity and pressure: one pseudo-time step of the momentum equations and the pressure correction.

SIMPLEC on the staggered lattice (Van Doormaal and Raithby, Numer. Heat Transfer 7 (1984) 147-163): implicit
momentum with the old pressure, then the correction that makes the velocities divergence-free, with each
face's response 1 / (sink + inertia).
"""

from __future__ import annotations

import numpy as np

from geometry.grid import Array
from solvers.air.boundaries import add_motion_of_walls, impose_walls
from solvers.air.devices import exhaust_outflow, impose_velocities
from solvers.air.equation import NOT_WANTED, SCHEME, links, relax, step_once
from solvers.air.jets import add_jets
from solvers.air.kernels import momentum, pressure, projection, scalars, scatter
from solvers.air.lattice import Triple
from solvers.air.problem import Convection, FaceShear
from solvers.air.system import Fields, FlowSystem, Step
from solvers.air.walls import keep_momentum
from solvers.linear import krylov
from solvers.linear.hierarchy import Narrow

ROUND = 1e-3  # of the imbalance, what one round of float32 iterations leaves
MOST_ROUNDS = 8
CLOSED = 1e-11  # imbalance over the flow through a region at which the rounds end


def update_flux(system: FlowSystem, fields: Fields) -> None:
    """flux = area velocity."""
    for axis in range(3):
        pressure.volume_flux(
            system.lattice.shape, system.lattice.area[axis], fields.velocity[axis], fields.flux[axis]
        )


def follow_imposed(system: FlowSystem, fields: Fields) -> None:
    """flux = area velocity on the faces of devices and walls, whose velocity has been imposed."""
    devices, area = system.devices, system.lattice.area
    for faces in (devices.supply, devices.outlet, devices.intake):
        for axis, on in enumerate(faces.by_axis):
            if on.size:
                scatter.follow(faces.node[on], area[axis], fields.velocity[axis], fields.flux[axis])
    for wall in system.walls:
        axis = wall.axis
        scatter.follow(wall.node, area[axis], fields.velocity[axis], fields.flux[axis])


def momentum_step(
    system: FlowSystem, fields: Fields, step: Step, scheme: Convection, before: Triple | None = None
) -> None:
    """Advance the three velocity components with the old pressure; fluxes still hold the old velocities.

    before  the last level of time, where the present velocities are guesses of the new one (Step.lead)
    """
    for axis in range(3):
        component_step(system, fields, step, axis, scheme, before[axis] if before else None)


def component_step(
    system: FlowSystem,
    fields: Fields,
    step: Step,
    axis: int,
    scheme: Convection,
    before: Array | None = None,
) -> None:
    """One component of `momentum_step`; without sweeps it only assembles the system of the present values."""
    lattice, scratch, problem = system.lattice, system.scratch, system.problem
    shape, stride = lattice.shape, lattice.stride
    b, c = (axis + 1) % 3, (axis + 2) % 3
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
    add_jets(system.jets[axis], phi, scratch.source)
    add_motion_of_walls(system.walls, axis, stride[axis], fields.viscosity, scratch.source)
    if system.given is not None:
        scalars.add_given(shape, system.given.force[axis], scratch.source)
    if step.in_time and step.sweeps == 1 and before is not None:
        step_once(
            system,
            fields,
            scheme,
            lattice.free[axis],
            lattice.control[axis],
            phi,
            before,
            rate=1.0 / step.time_step,
            lead=step.lead,
            axis=axis,
        )
        return
    momentum.momentum_system(
        shape,
        SCHEME[scheme],
        # along its own axis a component's nodes are faces and its control volumes end at cell centres
        *(lattice.staggered[a] if a == axis else lattice.spacing[a] for a in range(3)),
        *(stride[a] for a in (axis, b, c)),
        *(fields.flux[a] for a in (axis, b, c)),
        fields.slide[b],
        fields.slide[c],
        lattice.width_ratio[axis],
        fields.viscosity,
        *(side[a] for a in (axis, b, c) for side in (scratch.low, scratch.high)),
        lattice.free[axis],
        lattice.control[axis],
        phi,
        phi if before is None else before,
        scratch.source,
        scratch.sink,
        1.0 / step.time_step,
        step.relaxation,
        step.lead,
        scratch.rows,
        *links(system),
        scratch.inverse,
        scratch.b,
        NOT_WANTED[phi.dtype] if step.in_time else scratch.response[axis],
        scratch.stepped if step.in_time else NOT_WANTED[phi.dtype],
    )
    relax(system, phi, step.sweeps, stepped=step.in_time)


def pressure_step(system: FlowSystem, fields: Fields, *, tolerance: float) -> None:
    """Make the velocities divergence-free and correct the pressure; fluxes end up consistent with both."""
    renew_pressure(system, system.scratch.response)
    right = krylov.right_side(system.poisson)
    norm, _ = find_imbalance(system, fields.velocity, right)
    reduce_imbalance(system, fields, fields.velocity, norm, goal=tolerance * norm)


def find_imbalance(system: FlowSystem, velocity: Triple, out: Narrow) -> tuple[float, Array]:
    """Net inflow of each cell [m3/s], rounded to float32; returns its norm, by region the sum of sizes."""
    lattice, scratch = system.lattice, system.scratch
    projection.imbalance(
        lattice.shape, lattice.fluid, *lattice.area, *velocity, out, scratch.squares, scratch.sizes
    )
    if lattice.n_regions == 1:
        error = np.array([scratch.sizes.sum()])
    else:
        each = np.abs(out[lattice.fluid])
        error = np.bincount(lattice.region[lattice.fluid], weights=each, minlength=lattice.n_regions)
    return float(np.sqrt(scratch.squares.sum())), error


def reduce_imbalance(
    system: FlowSystem, fields: Fields, velocity: Triple, norm: float, *, goal: float, most: int = 60
) -> None:
    """Correct `velocity`, fluxes and pressure by what takes the right side, of `norm`, below `goal`."""
    lattice, poisson = system.lattice, system.poisson
    poisson.correction[:] = 0.0
    krylov.reduce(poisson, norm, goal, most)
    krylov.project(poisson, poisson.correction)
    projection.correct(
        lattice.shape,
        1.0,
        *lattice.area,
        *system.scratch.response,
        poisson.correction,
        *velocity,
        *fields.flux,
        fields.pressure,
    )


def renew_pressure(system: FlowSystem, response: Triple) -> None:
    """Set up the pressure solver for faces whose velocity answers a force by `response`."""
    lattice, poisson, exhaust = system.lattice, system.poisson, system.devices.exhaust
    for axis in range(3):
        pressure.face_conductance(
            lattice.shape,
            lattice.area[axis],
            lattice.conductance[axis],
            response[axis],
            poisson.g[axis],
        )
    poisson.extra[exhaust.cell] = 0.0
    for axis in range(3):
        on = exhaust.on_axis(axis)
        node = exhaust.node[on]
        np.add.at(poisson.extra, exhaust.cell[on], lattice.area[axis][node] ** 2 * response[axis][node])
    krylov.refresh(poisson)


def close_mass(system: FlowSystem, fields: Fields) -> Triple:
    """Project tightly; returns the volume fluxes in float64 [m3/s], to which fields then are rounded.

    By rounds: each corrects by what float32 can find of the imbalance that the last one has left.
    """
    velocity: Triple = tuple(v.astype(np.float64) for v in fields.velocity)  # type: ignore[assignment]
    impose_velocities(system.devices, velocity)
    impose_walls(system.walls, velocity)
    renew_pressure(system, system.scratch.response)
    last = np.inf
    for _ in range(MOST_ROUNDS):
        norm, error = find_imbalance(system, velocity, krylov.right_side(system.poisson))
        if over_through_flow(system, fields.flux, error) < CLOSED or norm > 0.5 * last:
            break
        reduce_imbalance(system, fields, velocity, norm, goal=ROUND * norm)
        last = norm
    for axis in range(3):
        fields.velocity[axis][:] = velocity[axis]
        velocity[axis][:] *= system.lattice.area[axis]
        fields.flux[axis][:] = velocity[axis]
    return velocity


def kinetic_energy(system: FlowSystem, fields: Fields) -> float:
    """Kinetic energy of the air over its density [m5/s2]."""
    lattice, partial = system.lattice, system.scratch.partial
    total = 0.0
    for axis in range(3):
        pressure.kinetic_energy(lattice.shape, lattice.control[axis], fields.velocity[axis], partial)
        total += float(partial.sum())
    return total


def mass_imbalance(system: FlowSystem, flux: Triple) -> float:
    """Worst |sum of face fluxes| of a connected region over the flow through it [-].

    The sum is taken over cells of the absolute imbalance, which bounds the region's.
    """
    lattice, scratch = system.lattice, system.scratch
    if lattice.n_regions == 1:
        pressure.total_imbalance(lattice.shape, lattice.fluid, *flux, scratch.partial)
        error = scratch.partial.sum(keepdims=True)
    else:
        net = system.poisson.q
        pressure.net_inflow(lattice.shape, lattice.fluid, *flux, net)
        each = np.abs(net[lattice.fluid])
        error = np.bincount(lattice.region[lattice.fluid], weights=each, minlength=lattice.n_regions)
    return over_through_flow(system, flux, error)


def over_through_flow(system: FlowSystem, flux: Triple, error: Array) -> float:
    """Largest `error` of a region [m3/s] over the flow through it [-]; 0 where nothing passes."""
    lattice, devices = system.lattice, system.devices
    through = np.zeros(lattice.n_regions)
    for faces, flow in (
        (devices.supply, devices.supply_flow),
        (devices.outlet, devices.outlet_flow),
        (devices.exhaust, np.maximum(-exhaust_outflow(devices, flux), 0.0)),
    ):
        if lattice.n_regions == 1:
            through += flow.sum()
        else:
            through += np.bincount(lattice.region[faces.cell], flow, minlength=lattice.n_regions)
    design = max(float(through.max(initial=0.0)), 1e-12)
    return float((error / np.maximum(through, 1e-12 * design)).max(initial=0.0)) if through.any() else 0.0
