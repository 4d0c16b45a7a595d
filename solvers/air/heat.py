"""Temperature: implicit convection and diffusion with the volume fluxes of the continuity equation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers.air import audit, operation
from solvers.air.blocks import correct
from solvers.air.devices import exhaust_outflow
from solvers.air.equation import Inertia, advance_cells, assemble_cells, relax
from solvers.air.kernels import scalars, scatter
from solvers.air.problem import Convection
from solvers.air.system import Fields, FlowSystem
from solvers.air.walls import wall_conductance

# (1 - a) / a of an iteration; without it laminar cavities at high Rayleigh numbers swing between two states
RELAXATION = 0.5
PASS = 8  # sweeps between two renewals of what is deferred
PATIENCE = 40  # passes without progress after which a limiter that switches to and fro is let be


def temperature_step(
    system: FlowSystem,
    fields: Fields,
    *,
    sweeps: int,
    scheme: Convection,
    inverse_step: float = 0.0,
    relaxation: float = RELAXATION,
    old: Array | None = None,
) -> None:
    """Sweep theta towards the steady state of the present fluxes, or a step of 1 / inverse_step [s] ahead.

    old  what inertia carries; the present theta if not given

    Racks blow out what they draw in at the start of the step plus their heat.
    A device's air enters by convection alone: no heat diffuses back through the face it is blown from.
    """
    inertia = Inertia(rate=inverse_step, share=relaxation, before=old)
    if inverse_step > 0.0:
        _find_sources(system, fields, None)
        air = system.problem.properties
        advance_cells(
            system,
            fields,
            scheme,
            system.lattice.fluid,
            fields.theta,
            inertia,
            prandtl=air.prandtl,
            prandtl_turbulent=air.prandtl_turbulent,
            sweeps=sweeps,
        )
        return
    operation.step_controls(system, fields)
    _assemble_system(system, fields, scheme, inertia)
    _balance_blocks(system, fields, relaxation=relaxation)
    relax(system, fields.theta, sweeps)
    operation.correct_level(system, fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """When the air that racks and units draw has settled, and the rest nearly.

    Corners that hardly any air passes settle last, and nobody breathes their air.

    drawn    what a mean inlet may still move in a pass [K]
    cells    what any cell may still move [K]
    closure  of the balance of heat [-]
    """

    drawn: float
    cells: float
    closure: float


def solve_temperature(
    system: FlowSystem,
    fields: Fields,
    *,
    tolerance: float,
    max_passes: int = 400,
    warming: Array | None = None,
    settled: Settled | None = None,
) -> float:
    """Converge theta on frozen fluxes until no cell moves more than `tolerance` [K] a pass; returns that.

    The limiter is renewed in every pass; where it switches to and fro and no progress is left, that is all.
    `warming` is heat released in the cells, over rho cp [K m3/s]. `settled` ends it earlier.
    """
    change = np.inf
    before = np.empty_like(fields.theta)
    drawn = system.devices.inlet_theta(fields.theta, fields.flux)
    best, since = np.inf, 0
    for number in range(max_passes):
        np.copyto(before, fields.theta)
        operation.step_controls(system, fields)
        _assemble_system(system, fields, system.problem.convection, Inertia(rate=0.0, share=0.0), warming)
        _balance_blocks(system, fields, relaxation=0.0)
        relax(system, fields.theta, PASS)
        operation.correct_level(system, fields)
        change = float(np.abs(fields.theta - before).max())
        earlier, drawn = drawn, system.devices.inlet_theta(fields.theta, fields.flux)
        if change < 0.9 * best:
            best, since = change, number
        if change <= tolerance or number - since > PATIENCE:
            break
        if (
            settled is not None
            and change <= settled.cells
            and drawn.size > 0
            and float(np.abs(drawn - earlier).max()) <= settled.drawn
            and audit.heat_balance(system, fields).closure <= settled.closure
        ):
            break
    return change


def assemble_steady(system: FlowSystem, fields: Fields) -> None:
    """The steady equation of theta on the present fluxes, in the work arrays; nothing is solved."""
    _assemble_system(system, fields, system.problem.convection, Inertia(rate=0.0, share=0.0))


def _assemble_system(
    system: FlowSystem,
    fields: Fields,
    scheme: Convection,
    inertia: Inertia,
    warming: Array | None = None,
) -> None:
    air = system.problem.properties
    _find_sources(system, fields, warming)
    assemble_cells(
        system,
        fields,
        scheme,
        system.lattice.fluid,
        fields.theta,
        inertia,
        prandtl=air.prandtl,
        prandtl_turbulent=air.prandtl_turbulent,
    )


def _find_sources(system: FlowSystem, fields: Fields, warming: Array | None) -> None:
    """What devices, walls, a forcing and `warming` give the air, in the work arrays."""
    scratch = system.scratch
    scalars.clear_sources(system.lattice.shape, scratch.source, scratch.sink)
    if warming is not None:
        np.copyto(scratch.source, warming)
    if system.given is not None:
        scalars.add_given(system.lattice.shape, system.given.warming, scratch.source)
    add_device_heat(system, fields, fields.theta, scratch.source, scratch.sink)


def _balance_blocks(system: FlowSystem, fields: Fields, *, relaxation: float) -> None:
    scratch = system.scratch
    correct(
        system.lattice,
        system.blocks,
        scratch.low,
        scratch.high,
        scratch.sink,
        scratch.inverse,
        scratch.b,
        fields.theta,
        relaxation=relaxation,
    )


def add_device_heat(system: FlowSystem, fields: Fields, theta: Array, source: Array, sink: Array) -> None:
    """Add what supplies, racks, units, exhausts and warm walls bring into cells [K m3/s] and [m3/s]."""
    devices = system.devices
    outlet, _ = devices.outlet_theta(devices.inlet_theta(theta, fields.flux))
    scatter.add_at(devices.zones.cell, devices.zones.given(fields.flux), source)
    back = np.maximum(-exhaust_outflow(devices, fields.flux), 0.0)
    for faces, flow, value in (
        (devices.supply, devices.supply_flow, devices.supply_theta),
        (devices.outlet, devices.outlet_flow, outlet[devices.outlet.owner]),
        (devices.exhaust, back, devices.exhaust_theta),
    ):
        scatter.add_blown(faces.cell, flow, value, source, sink)
    for wall in system.walls:
        if wall.theta is not None:
            conductance = wall_conductance(fields.viscosity, fields.k, wall, system.problem.properties)
            np.add.at(sink, wall.cell, conductance)
            np.add.at(source, wall.cell, conductance * wall.theta)
            blown = np.maximum(wall.inflow, 0.0)
            np.add.at(sink, wall.cell, blown)
            np.add.at(source, wall.cell, blown * wall.theta)


def start_from_devices(system: FlowSystem, fields: Fields) -> None:
    """First guess of theta: each connected body of air at the mean of what its devices blow into it."""
    devices, lattice = system.devices, system.lattice
    n = lattice.n_regions
    flow, warmth = np.zeros(n), np.zeros(n)
    # racks are taken to breathe the mean supply; in a hall without, what units are set to or their water
    total = float(devices.supply_flow.sum())
    supply = float((devices.supply_flow * devices.supply_theta).sum()) / total if total > 0.0 else 0.0
    units = devices.units
    if units.records and total == 0.0:
        supply = float(np.where(units.full, units.water, units.supply).mean())
    outlet, _ = devices.outlet_theta(np.full(devices.flow.size, supply))
    for faces, face_flow, value in (
        (devices.supply, devices.supply_flow, devices.supply_theta),
        (devices.outlet, devices.outlet_flow, outlet[devices.outlet.owner]),
    ):
        region = lattice.region[faces.cell]
        np.add.at(flow, region, face_flow)
        np.add.at(warmth, region, face_flow * value)
    mean = np.divide(warmth, flow, out=np.full(n, supply), where=flow > 0.0)
    fields.theta[lattice.fluid] = mean[lattice.region[lattice.fluid]]
