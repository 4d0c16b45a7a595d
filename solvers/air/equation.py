"""The transport equation of one quantity in the work arrays: links, system, sweeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers.air.kernels import march_assembly, one_pass, scalars, transport
from solvers.air.kernels import sweeps as kernels
from solvers.air.lattice import Flags
from solvers.air.problem import Convection
from solvers.air.system import Fields, FlowSystem

SCHEME = {
    Convection.UPWIND: transport.UPWIND,
    Convection.TVD: transport.TVD,
    Convection.CENTRAL: transport.CENTRAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inertia:
    """What holds a quantity back: volume times `rate` [1/s] and `share` of its links' weights.

    It carries the value before + lead (phi - before), where phi is the present one; before None: phi itself.
    """

    rate: float
    share: float
    before: Array | None = None
    lead: float = 0.0


def assemble_cells(
    system: FlowSystem,
    fields: Fields,
    scheme: Convection,
    free: Flags,
    phi: Array,
    inertia: Inertia,
    *,
    prandtl: float,
    prandtl_turbulent: float,
    step: bool = False,
) -> None:
    """System of a cell quantity with diffusivity nu / prandtl + nu_t / prandtl_turbulent.

    From the sources and sinks in the work arrays (kernels.scalars.scalar_system).

    step  whether to make a first step of the iteration too
    """
    lattice, scratch = system.lattice, system.scratch
    scalars.scalar_system(
        lattice.shape,
        SCHEME[scheme],
        *lattice.spacing,
        *fields.flux,
        *lattice.conductance,
        fields.viscosity,
        system.problem.properties.viscosity,
        prandtl,
        prandtl_turbulent,
        free,
        lattice.volume,
        phi,
        phi if inertia.before is None else inertia.before,
        scratch.source,
        scratch.sink,
        inertia.rate,
        inertia.share,
        inertia.lead,
        scratch.rows,
        *links(system),
        scratch.inverse,
        scratch.b,
        NOT_WANTED[phi.dtype],
        scratch.stepped if step else NOT_WANTED[phi.dtype],
    )


def step_once(
    system: FlowSystem,
    fields: Fields,
    scheme: Convection,
    free: Flags,
    volume: Array,
    phi: Array,
    before: Array,
    *,
    rate: float,
    lead: float,
    axis: int = march_assembly.CELLS,
    molecular: float = 0.0,
    turbulent: float = 0.0,
) -> None:
    """Take phi from its guess to the end of a step in time, with one sweep: assembly and `relax` at once.

    axis    of a velocity component; without, phi lives in cells, with diffusivity molecular + turbulent nu
    before, rate, lead  as in `Inertia`; sources and sinks are in the work arrays
    """
    lattice, scratch = system.lattice, system.scratch
    conductance = lattice.conductance if axis == march_assembly.CELLS else fields.slide
    one_pass.step(
        lattice.shape,
        axis,
        SCHEME[scheme],
        # along its own axis a component's nodes are faces and its control volumes end at cell centres
        *(lattice.staggered[a] if a == axis else lattice.spacing[a] for a in range(3)),
        *fields.flux,
        *(lattice.width_ratio[a] if a == axis else conductance[a] for a in range(3)),
        fields.viscosity,
        molecular,
        turbulent,
        free,
        volume,
        phi,
        before,
        scratch.source,
        scratch.sink,
        rate,
        lead,
        scratch.rows,
        *links(system),
        scratch.inverse,
        scratch.b,
        scratch.stepped,
    )


def links(system: FlowSystem) -> list[Array]:
    """Work arrays of the links: low and high ones of x, y, z."""
    pairs = zip(system.scratch.low, system.scratch.high, strict=True)
    return [link for pair in pairs for link in pair]


NOT_WANTED = {np.dtype(real): np.zeros(0, dtype=real) for real in (np.float32, np.float64)}

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


def relax(system: FlowSystem, phi: Array, sweeps: int, *, stepped: bool = False) -> None:
    """Gauss-Seidel sweeps on the assembled system, in the directions of SWEEP_ORDER.

    Every call starts with the same direction: an order that changes from one iteration to the next shakes
    the iteration, and coupled with buoyancy it never comes to rest.

    stepped  whether the assembly has made a first step; then the sweeps go on from there, by rows
    """
    scratch, lattice = system.scratch, system.lattice
    given, found = scratch.stepped, phi
    for s in range(sweeps):
        planes_along_y, reverse_x, reverse_rows = SWEEP_ORDER[s % len(SWEEP_ORDER)]
        if stepped:
            kernels.sweep_rows(
                lattice.shape,
                *links(system),
                scratch.inverse,
                scratch.b,
                planes_along_y,
                reverse_rows,
                given,
                found,
            )
            given, found = found, given
        else:
            kernels.sweep(
                lattice.shape,
                *links(system),
                scratch.inverse,
                scratch.b,
                planes_along_y,
                reverse_x,
                reverse_rows,
                scratch.carry,
                scratch.known,
                phi,
            )
    if stepped and given is not phi:
        np.copyto(phi, given)


def advance_cells(
    system: FlowSystem,
    fields: Fields,
    scheme: Convection,
    free: Flags,
    phi: Array,
    inertia: Inertia,
    *,
    prandtl: float,
    prandtl_turbulent: float,
    sweeps: int,
) -> None:
    """A step in time of a cell quantity, with that many sweeps; diffusivity as in `assemble_cells`."""
    if sweeps == 1 and inertia.before is not None:
        nu = system.problem.properties.viscosity
        step_once(
            system,
            fields,
            scheme,
            free,
            system.lattice.volume,
            phi,
            inertia.before,
            rate=inertia.rate,
            lead=inertia.lead,
            molecular=nu / prandtl - nu / prandtl_turbulent,
            turbulent=1.0 / prandtl_turbulent,
        )
        return
    assemble_cells(
        system,
        fields,
        scheme,
        free,
        phi,
        inertia,
        prandtl=prandtl,
        prandtl_turbulent=prandtl_turbulent,
        step=True,
    )
    relax(system, phi, sweeps, stepped=True)
