"""The transport equation of one quantity in the work arrays: links, system, sweeps."""

from __future__ import annotations

from collections.abc import Sequence

from geometry.grid import Array
from solvers.air.kernels import sweeps as kernels
from solvers.air.kernels import transport
from solvers.air.lattice import Flags
from solvers.air.problem import Convection
from solvers.air.system import Fields, FlowSystem

SCHEME = {
    Convection.UPWIND: transport.UPWIND,
    Convection.TVD: transport.TVD,
    Convection.CENTRAL: transport.CENTRAL,
}


def link_cells(system: FlowSystem, fields: Fields, *, prandtl: float, prandtl_turbulent: float) -> None:
    """Links of a cell quantity with diffusivity nu / prandtl + nu_t / prandtl_turbulent."""
    lattice, scratch = system.lattice, system.scratch
    for axis in range(3):
        transport.scalar_links(
            lattice.shape,
            fields.flux[axis],
            lattice.conductance[axis],
            fields.viscosity,
            system.problem.properties.viscosity,
            prandtl,
            prandtl_turbulent,
            lattice.stride[axis],
            scratch.low[axis],
            scratch.high[axis],
        )


def assemble(
    system: FlowSystem,
    scheme: Convection,
    spacing: Sequence[Array],
    free: Flags,
    volume: Array,
    phi: Array,
    old: Array,
    *,
    inverse_step: float,
    relaxation: float,
    response: Array,
) -> None:
    """System of `phi` from the links, sources and sinks in the work arrays (kernels.transport)."""
    lattice, scratch = system.lattice, system.scratch
    low, high = scratch.low, scratch.high
    transport.assemble(
        lattice.shape,
        SCHEME[scheme],
        *spacing,
        low[0],
        high[0],
        low[1],
        high[1],
        low[2],
        high[2],
        free,
        volume,
        phi,
        old,
        scratch.source,
        scratch.sink,
        inverse_step,
        relaxation,
        scratch.rows,
        scratch.inverse,
        scratch.b,
        response,
    )


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


def relax(system: FlowSystem, phi: Array, sweeps: int, *, by_rows: bool = False) -> None:
    """Gauss-Seidel sweeps on the assembled system, in the directions of SWEEP_ORDER.

    Every call starts with the same direction: an order that changes from one iteration to the next shakes
    the iteration, and coupled with buoyancy it never comes to rest.

    by_rows  whether neighbours along x are taken as before the row (kernels.sweeps)
    """
    scratch, lattice = system.scratch, system.lattice
    links = [link for pair in zip(scratch.low, scratch.high, strict=True) for link in pair]
    for s in range(sweeps):
        planes_along_y, reverse_x, reverse_rows = SWEEP_ORDER[s % len(SWEEP_ORDER)]
        if by_rows:
            kernels.sweep_rows(
                lattice.shape,
                *links,
                scratch.inverse,
                scratch.b,
                planes_along_y,
                reverse_rows,
                scratch.known,
                phi,
            )
        else:
            kernels.sweep(
                lattice.shape,
                *links,
                scratch.inverse,
                scratch.b,
                planes_along_y,
                reverse_x,
                reverse_rows,
                scratch.carry,
                scratch.known,
                phi,
            )
