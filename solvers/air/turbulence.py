"""Eddy viscosity and wall shear of the present velocities: laminar, zero-equation, k-epsilon.

README.md gives the equations. k and epsilon share the transport kernels of temperature, with upwind
convection: both stay positive, for every sink is linearised and every source is positive.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array
from solvers.air.closures import (
    ABE_KONDOH_NAGANO,
    C_MU,
    ISOTROPIC,
    JONES_LAUNDER,
    LAUNDER_SPALDING,
    SMALLEST_K,
    YAKHOT,
    Closure,
)
from solvers.air.devices import Faces
from solvers.air.equation import Inertia, advance_cells, assemble_cells, relax
from solvers.air.inner_faces import InnerFaces, SecondCells, build_inner_faces, no_inner_faces
from solvers.air.kernels import jones_launder, k_epsilon, scalars, scatter, second_cells, turbulence, wall_law
from solvers.air.lattice import Flags, Triple
from solvers.air.problem import Convection, InflowTurbulence, Turbulence
from solvers.air.system import Fields, FlowSystem, Step
from solvers.air.wall_layer import wall_tables
from solvers.air.walls import beside_wall, half_cell_shear, plate_shear

CLOSURES = {
    Turbulence.K_EPSILON: LAUNDER_SPALDING,
    Turbulence.RNG_K_EPSILON: YAKHOT,
    Turbulence.LOW_REYNOLDS_K_EPSILON: ABE_KONDOH_NAGANO,
    Turbulence.JONES_LAUNDER_K_EPSILON: JONES_LAUNDER,
}
CHEN_XU = 0.03874  # Chen and Xu, Energy and Buildings 28 (1998) 137-144
# of a cold start: a length scale of the room's eddies over its height, and the velocity without any device;
# assumptions that the answer does not depend on
FIRST_LENGTH = 0.1
FIRST_SPEED = 0.1  # m/s


@dataclass(frozen=True, slots=True, kw_only=True)
class Eddies:
    """What k-epsilon keeps beside its two fields; flat and padded.

    distance  of the cells to the nearest wall [m]; NO_WALL without any
    beside    cells with a wall face; beside_cells: their indices
    kind      of the low faces by axis: open, a device's, closed
    plates    by axis: cells beside a device's face normal to it
    free      cells whose epsilon is found by its equation
    closure   terms and constants of the model
    tables    of the layer at a wall
    inner, second  by axis: faces between a wall's cell and the next; the cells behind them. With two layers
              only: the other models find their own profile there, and no cells
    share, per  by axis: place of the low faces between the centres, 1 / width of the cells [1/m]
    strain    2 S_ij S_ij [1/s2]; production, buoyancy: of k [m2/s3]; work arrays (Scratch.response)
    inflow    (faces, flow [m3/s]) of what devices blow; the flows follow the fans
    """

    closure: Closure
    tables: wall_law.WallTables
    inner: tuple[InnerFaces, ...]
    second: SecondCells | None
    distance: Array
    beside: Flags
    beside_cells: NDArray[np.intp]
    kind: tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.int8]]
    plates: tuple[NDArray[np.int64], ...]
    share: Triple
    per: Triple
    free: Flags
    strain: Array
    production: Array
    buoyancy: Array
    inflow: tuple[tuple[Faces, Array], ...]
    dissipation: Array


def build_eddies(system: FlowSystem) -> Eddies | None:
    """Work arrays of k-epsilon; None for the other models."""
    problem, lattice, devices = system.problem, system.lattice, system.devices
    given = problem.forcing is not None and problem.forcing.viscosity is not None
    if given or not problem.turbulence.transported:
        return None
    beside = beside_wall(lattice)
    size, real = lattice.size, lattice.volume.dtype
    kind, plates, share, per = [], [], [], []
    for axis in range(3):
        face, centre = lattice.face[axis], lattice.centre[axis]
        share.append(np.ones(face.size, dtype=real))
        share[axis][1:] = (face[1:] - centre[:-1]) / np.diff(centre)
        per.append(np.ones(face.size, dtype=real))
        per[axis][:-1] = 1.0 / np.diff(face)
        faces_of = np.where(lattice.conductance[axis] > 0.0, k_epsilon.OPEN, 0).astype(np.int8)
        cells = []
        for faces in (devices.supply, devices.outlet, devices.intake):
            on = faces.on_axis(axis)
            faces_of[faces.node[on]] = k_epsilon.PLATE
            cells.append(faces.cell[on])
        kind.append(faces_of)
        plates.append(np.concatenate(cells))
    closure = CLOSURES[problem.turbulence]
    inner: tuple[InnerFaces, ...] = (no_inner_faces(real),) * 3
    second: SecondCells | None = None
    if closure.layered:
        inner, second = build_inner_faces(lattice, system.near_walls, beside)
    work = system.scratch.response  # faces answer to momentum, which comes later
    return Eddies(
        closure=closure,
        tables=wall_tables(),
        inner=inner,
        second=second,
        distance=lattice.length,
        beside=beside,
        beside_cells=np.flatnonzero(beside),
        kind=(kind[0], kind[1], kind[2]),
        plates=tuple(plates),
        share=(share[0], share[1], share[2]),
        per=(per[0], per[1], per[2]),
        free=np.zeros(size, dtype=np.bool_),
        strain=work[0],
        production=work[1],
        buoyancy=work[2],
        inflow=((devices.supply, devices.supply_flow), (devices.outlet, devices.outlet_flow)),
        dissipation=np.zeros(size if closure.kind == ISOTROPIC else 0, dtype=real),
    )


def inflow_turbulence(inflow: InflowTurbulence, velocity: Array) -> tuple[Array, Array]:
    """k [m2/s2] and epsilon [m2/s3] of air blown at `velocity` [m/s]."""
    k = np.maximum(1.5 * np.square(inflow.intensity * velocity), SMALLEST_K)
    return k, C_MU**0.75 * k * np.sqrt(k) / inflow.length


def start_eddies(system: FlowSystem, eddies: Eddies, fields: Fields) -> None:
    """First guess of k and epsilon from the mean velocity of what is blown."""
    lattice = system.lattice
    flow = sum(float(f.sum()) for _, f in eddies.inflow)
    speed = FIRST_SPEED
    if flow > 0.0:
        speed = sum(float((f * f / faces.area).sum()) for faces, f in eddies.inflow) / flow
    height = system.problem.raster.grid.z_face[-1] - system.problem.raster.grid.z_face[0]
    k, epsilon = inflow_turbulence(
        InflowTurbulence(intensity=system.problem.inflow.intensity, length=FIRST_LENGTH * height),
        np.array([speed]),
    )
    fields.k[lattice.fluid] = k[0]
    fields.epsilon[lattice.fluid] = epsilon[0]
    find_eddy_viscosity(system, eddies, fields)


def update_viscosity(
    system: FlowSystem,
    eddies: Eddies | None,
    fields: Fields,
    step: Step,
    before: tuple[Array, Array] | None = None,
) -> None:
    """Renew the eddy viscosity of the cells and the shear of the walls; k-epsilon takes a step.

    before  k and epsilon of the last level of time, where the present ones are guesses of the new one
    """
    if eddies is not None:
        k_before, epsilon_before = before or (None, None)
        epsilon_step(system, eddies, fields, step, epsilon_before)
        k_step(system, eddies, fields, step, k_before)
        find_eddy_viscosity(system, eddies, fields)
        return
    if system.given is not None and system.given.viscosity.size:
        np.copyto(fields.viscosity, system.given.viscosity)
        half_cell_shear(system.near_walls, fields.viscosity, fields.shear)
        return
    problem, lattice = system.problem, system.lattice
    coefficient = CHEN_XU if problem.turbulence is Turbulence.ZERO_EQUATION else 0.0
    turbulence.zero_equation(
        lattice.shape,
        coefficient,
        problem.properties.viscosity,
        lattice.length,
        *fields.velocity,
        fields.viscosity,
    )
    half_cell_shear(system.near_walls, fields.viscosity, fields.shear)


def epsilon_step(
    system: FlowSystem, eddies: Eddies, fields: Fields, step: Step, before: Array | None = None
) -> None:
    """Renew production and wall shear and advance epsilon; without sweeps it only assembles the system."""
    lattice, scratch, air = system.lattice, system.scratch, system.problem.properties
    shape = lattice.shape
    _find_production(system, eddies, fields)
    k_epsilon.epsilon_sources(
        shape,
        eddies.closure,
        lattice.fluid,
        eddies.beside,
        eddies.distance,
        lattice.volume,
        *fields.velocity,
        air.viscosity,
        eddies.strain,
        eddies.production,
        eddies.buoyancy,
        system.problem.buoyancy_production,
        fields.k,
        fields.epsilon,
        eddies.free,
        scratch.source,
        scratch.sink,
    )
    if eddies.closure.kind == ISOTROPIC:
        jones_launder.isotropic_sources(
            shape,
            eddies.closure,
            eddies.free,
            eddies.beside,
            eddies.distance,
            lattice.volume,
            *fields.velocity,
            *eddies.kind,
            *lattice.centre,
            *eddies.per,
            fields.viscosity,
            air.viscosity,
            fields.k,
            fields.epsilon,
            scratch.source,
            scratch.sink,
        )
    if eddies.second is not None:
        second_cells.lessen_diffusion(
            shape,
            eddies.second.cell,
            eddies.second.faces,
            eddies.second.surplus,
            eddies.closure.sigma_epsilon,
            eddies.free,
            fields.epsilon,
            scratch.source,
            scratch.sink,
        )
    for faces, flow in eddies.inflow:
        _, epsilon = inflow_turbulence(system.problem.inflow, flow / faces.area)
        scatter.add_blown(faces.cell, flow, epsilon, scratch.source, scratch.sink)
    if system.given is not None:
        scalars.add_given_above_zero(
            shape, system.given.epsilon, fields.epsilon, scratch.source, scratch.sink
        )
    _transport(system, fields, fields.epsilon, eddies.free, eddies.closure.sigma_epsilon, step, before)


def k_step(
    system: FlowSystem, eddies: Eddies, fields: Fields, step: Step, before: Array | None = None
) -> None:
    """Advance k with the production of `epsilon_step`; without sweeps it only assembles the system."""
    lattice, scratch, air = system.lattice, system.scratch, system.problem.properties
    dissipation = _dissipation(system, eddies, fields)
    k_epsilon.k_sources(
        lattice.shape,
        lattice.fluid,
        lattice.volume,
        eddies.production,
        eddies.buoyancy,
        system.problem.buoyancy_production,
        fields.k,
        dissipation,
        scratch.source,
        scratch.sink,
    )
    wall_law.wall_losses(
        eddies.beside_cells,
        eddies.distance,
        lattice.volume,
        fields.k,
        dissipation,
        air.viscosity,
        eddies.closure.c_mu,
        eddies.tables,
        scratch.sink,
    )
    for faces, flow in eddies.inflow:
        k, _ = inflow_turbulence(system.problem.inflow, flow / faces.area)
        scatter.add_blown(faces.cell, flow, k, scratch.source, scratch.sink)
    if system.given is not None:
        scalars.add_given_above_zero(lattice.shape, system.given.k, fields.k, scratch.source, scratch.sink)
    _transport(system, fields, fields.k, lattice.fluid, eddies.closure.sigma_k, step, before)


def _dissipation(system: FlowSystem, eddies: Eddies, fields: Fields) -> Array:
    """What k loses by itself [m2/s3]."""
    if eddies.closure.kind != ISOTROPIC:
        return fields.epsilon
    jones_launder.whole_dissipation(
        system.lattice.shape,
        system.lattice.fluid,
        eddies.beside,
        eddies.distance,
        *eddies.kind,
        *eddies.share,
        *eddies.per,
        system.problem.properties.viscosity,
        fields.k,
        fields.epsilon,
        eddies.dissipation,
    )
    return eddies.dissipation


def find_eddy_viscosity(system: FlowSystem, eddies: Eddies, fields: Fields) -> None:
    """Effective viscosity of the present k and epsilon."""
    k_epsilon.eddy_viscosity(
        system.lattice.shape,
        eddies.closure,
        system.lattice.fluid,
        eddies.distance,
        system.problem.properties.viscosity,
        fields.k,
        fields.epsilon,
        fields.viscosity,
    )


def _find_production(system: FlowSystem, eddies: Eddies, fields: Fields) -> None:
    """Production of k by shear and buoyancy, and the shear of the walls."""
    lattice, air = system.lattice, system.problem.properties
    shape, stride = lattice.shape, lattice.stride
    k_epsilon.shear_production(
        shape,
        *fields.velocity,
        *eddies.kind,
        *eddies.share,
        *eddies.per,
        fields.viscosity,
        air.viscosity,
        eddies.beside,
        eddies.strain,
        eddies.production,
    )
    for axis in range(3):
        wall, inner = system.near_walls[axis], eddies.inner[axis]
        scatter.set_at(eddies.plates[axis], 0.0, fields.shear[axis])
        b, c = (axis + 1) % 3, (axis + 2) % 3
        wall_law.near_wall(
            wall.cell,
            wall.drag,
            wall.distance,
            wall.weight,
            fields.velocity[b],
            fields.velocity[c],
            stride[b],
            stride[c],
            fields.k,
            air.viscosity,
            eddies.closure.c_mu,
            eddies.tables,
            fields.shear[axis],
            eddies.production,
            inner.face,
            inner.ratio,
            stride[axis],
            fields.viscosity,
            lattice.conductance[axis],
            fields.slide[axis],
            inner.share,
            inner.surplus,
        )
        plate_shear(
            lattice, system.devices, system.problem.face_shear, axis, fields.viscosity, fields.shear[axis]
        )
    if eddies.second is not None:
        second_cells.renew_strain(
            shape,
            eddies.second.cell,
            eddies.second.place,
            eddies.second.faces,
            eddies.second.share,
            *fields.velocity,
            *eddies.kind,
            *eddies.share,
            *eddies.per,
            fields.viscosity,
            air.viscosity,
            eddies.strain,
            eddies.production,
        )
    if system.problem.buoyancy_production:
        k_epsilon.buoyancy_production(
            shape,
            lattice.fluid,
            lattice.conductance[2],
            eddies.share[2],
            eddies.per[2],
            fields.theta,
            fields.viscosity,
            air.viscosity,
            air.gravity * air.expansion,
            air.prandtl_turbulent,
            eddies.buoyancy,
        )


def _transport(
    system: FlowSystem,
    fields: Fields,
    phi: Array,
    free: Flags,
    sigma: float,
    step: Step,
    before: Array | None,
) -> None:
    """Advance k or epsilon with the sources in the scratch arrays; before: the last level of time."""
    inertia = Inertia(rate=1.0 / step.time_step, share=step.relaxation, before=before, lead=step.lead)
    if step.in_time:
        advance_cells(
            system,
            fields,
            Convection.UPWIND,
            free,
            phi,
            inertia,
            prandtl=1.0,
            prandtl_turbulent=sigma,
            sweeps=step.sweeps,
        )
        return
    assemble_cells(
        system, fields, Convection.UPWIND, free, phi, inertia, prandtl=1.0, prandtl_turbulent=sigma
    )
    relax(system, phi, step.sweeps)
