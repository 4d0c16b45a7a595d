"""Steady air flow and temperature of a hall: `solve_air`.

Each iteration renews the eddy viscosity, advances the velocities by a local pseudo-time step, makes them
divergence-free, and solves the temperature on the new fluxes. The run stops on
windows (solvers.air.monitors); then the fluxes are projected tightly and the temperature is converged on
them, so that the answer closes both balances. README.md tells the whole story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numba import get_num_threads, set_num_threads

from geometry.grid import Array
from solvers.air import audit, checks, flow, heat, operation, turbulence
from solvers.air.audit import HeatBalance
from solvers.air.boundaries import build_walls, impose_walls
from solvers.air.coarsen import coarser_problems
from solvers.air.devices import build_devices, impose_velocities
from solvers.air.interpolate import state_on
from solvers.air.lattice import Triple, build_lattice, face_areas
from solvers.air.monitors import SHORTEST_WINDOW, Monitor
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirSolution,
    AirState,
    AirStatus,
    Convection,
    PorousRack,
    Precision,
    ThroughFlow,
)
from solvers.air.region_checks import check_regions
from solvers.air.system import Fields, FlowSystem, Step, build_flow, new_fields
from solvers.air.turbulence import Eddies
from solvers.air.units import water_temperature
from solvers.errors import DivergenceError

Progress = Callable[[int, float, float], None]

# chosen by measurement on halls and rooms of 2,000 to 150,000 cells, see README.md
STEP = Step(time_step=2.0, relaxation=0.1, sweeps=2, pressure_tolerance=0.05)
UPWIND_ITERATIONS = 50  # of a cold start: first the large eddies, cheaply
# the temperature is solved anew on each iteration's fluxes; left half solved, it sets buoyant flows swinging
TEMPERATURE_SWEEPS = 12
COARSE_ITERATIONS = 150
# K a pass, of the last temperature solve
ADAPTED = 1e-3  # the same, of the first one of a warm start
FINAL_CHANGE = {Precision.DOUBLE: 1e-7, Precision.SINGLE: 1e-4}
REAL: dict[Precision, type[np.floating]] = {Precision.DOUBLE: np.float64, Precision.SINGLE: np.float32}
CORNER_CHANGE = 3e-4  # K a pass, of cells that the air racks and units draw does not notice
CELLS_PER_THREAD = 15_000
SPEED_LIMIT = 50.0  # m/s
TEMPERATURE_LIMITS = (200.0, 400.0)  # K


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A hall on its way: theta of the fields counts from `reference` [K]."""

    system: FlowSystem
    eddies: Eddies | None
    fields: Fields
    reference: float


def solve_air(
    problem: AirProblem,
    controls: AirControls = AirControls(),  # noqa: B008  frozen record
    *,
    initial: AirState | None = None,
    progress: Progress | None = None,
) -> AirSolution:
    """Steady flow and temperature of `problem`.

    initial   fields to start from, on the same grid; a near answer saves most of the work
    progress  called after each iteration with (iteration, inlet drift [K], energy closure [-])

    Raises InputError for an ill-posed problem, DivergenceError when a field leaves its physical range.
    """
    checks.check_controls(controls)
    checks.check_problem(problem)
    if initial is not None:
        checks.check_initial(problem, initial)
    with threads_for(problem.raster.grid.n_cells):
        return _solve(problem, controls, initial, progress)


def _solve(
    problem: AirProblem, controls: AirControls, initial: AirState | None, progress: Progress | None
) -> AirSolution:
    upwind_iterations, guess = 0, initial
    if guess is None:
        guess, upwind_iterations = _rough_state(problem, controls)
    run = _start(problem, guess, controls.precision)
    del guess  # as large as a sixth of all that the solve holds
    if initial is not None:
        _adapt(run)
    status, monitor = _iterate(run, controls, upwind_iterations, progress)
    return _answer(run, controls, status, monitor)


def _adapt(run: Run) -> None:
    """Solve the temperature on the flow of an earlier answer: other powers and supplies are in it at once."""
    if run.eddies is None:
        turbulence.update_viscosity(run.system, None, run.fields, STEP)
    heat.solve_temperature(run.system, run.fields, tolerance=ADAPTED)


def _rough_state(problem: AirProblem, controls: AirControls) -> tuple[AirState | None, int]:
    """Guess of a cold start from coarser halls, each the guess of the next finer one; None for a small hall.

    Also returns the number of iterations that are to begin with upwind.
    """
    controls = replace(controls, max_iterations=min(controls.max_iterations, COARSE_ITERATIONS))
    guess, upwind_iterations = None, UPWIND_ITERATIONS
    stages = [*coarser_problems(problem), problem]
    for stage, finer in pairwise(stages):
        run = _start(stage, guess, controls.precision)
        _iterate(run, controls, upwind_iterations, None)
        guess = state_on(stage.raster.grid, _state(run), finer.raster.grid)
        upwind_iterations = 0
    return guess, upwind_iterations


def _start(problem: AirProblem, initial: AirState | None, precision: Precision) -> Run:
    """System and fields of the first iteration."""
    system, reference = _build(problem, precision)
    eddies = turbulence.build_eddies(system)
    fields = new_fields(system.lattice, problem.properties.viscosity, transported=eddies is not None)
    if eddies is not None:
        turbulence.start_eddies(system, eddies, fields)
    if initial is None:
        heat.start_from_devices(system, fields)
    else:
        _load(system, eddies, fields, initial, reference)
    impose_velocities(system.devices, fields.velocity)
    impose_walls(system.walls, fields.velocity)
    flow.update_flux(system, fields)
    return Run(system=system, eddies=eddies, fields=fields, reference=reference)


@contextmanager
def threads_for(n_cells: int) -> Iterator[None]:
    """Use fewer threads where launching them costs more than they save; the result does not depend on it."""
    before = get_num_threads()
    set_num_threads(max(1, min(before, n_cells // CELLS_PER_THREAD)))
    try:
        yield
    finally:
        set_num_threads(before)


def _build(problem: AirProblem, precision: Precision = Precision.DOUBLE) -> tuple[FlowSystem, float]:
    """The flow system, and the temperature [K] where theta is zero."""
    exhausts = tuple(problem.raster.ports[e.port] for e in problem.exhausts)
    lattice = build_lattice(
        problem.raster,
        exhausts,
        # the length of Chen and Xu counts from every surface; what the wall law needs are walls
        devices_are_surfaces=not problem.turbulence.transported,
        slip=tuple(wall.side for wall in problem.walls if wall.slip and wall.side is not None),
        real=REAL[precision],
    )
    check_regions(problem, lattice)
    reference = reference_temperature(problem)
    devices = build_devices(problem, lattice, reference)
    walls = build_walls(problem, lattice, reference)
    return build_flow(problem, lattice, devices, walls, neutral_theta(problem, reference)), reference


def reference_temperature(problem: AirProblem) -> float:
    """Temperature [K] that the solver counts from: the coldest of supplies, doors, units and walls."""
    cold = [s.temperature for s in problem.supplies]
    doors = [r for r in problem.racks if isinstance(r, ThroughFlow) and r.has_door]
    cold += [rack.door_temperature for rack in doors]
    cold += [water_temperature(u) if u.set_point is None else u.set_point for u in problem.units]
    cold += [w.temperature for w in problem.walls if w.temperature is not None]
    return min(cold, default=problem.properties.temperature)


def neutral_theta(problem: AirProblem, reference: float) -> float:
    """Temperature of neutral buoyancy above the reference [K].

    An even pressure over an exhaust means: even against a column of the air that leaves through it. So the
    column is at the return temperature that the heat balance gives, not at an arbitrary one.
    """
    if not problem.exhausts or not problem.supplies:
        return problem.properties.temperature - reference
    air = problem.properties
    total = sum(s.flow for s in problem.supplies)
    mean = sum(s.flow * s.temperature for s in problem.supplies) / total
    net = sum(r.heat for r in problem.racks if isinstance(r, PorousRack) or not r.has_door)
    net += sum(s.heat for s in problem.sources)
    return mean + net / (air.density * air.heat_capacity * total) - reference


def _load(
    system: FlowSystem, eddies: Eddies | None, fields: Fields, state: AirState, reference: float
) -> None:
    lattice = system.lattice
    for axis, values in enumerate((state.u, state.v, state.w)):
        lattice.faces(fields.velocity[axis], axis)[...] = values
    operation.adopt_flows(system.devices, fields.velocity)
    for axis in range(3):
        fields.velocity[axis][~system.lattice.free[axis]] = 0.0
    fluid = lattice.cells(lattice.fluid)
    lattice.cells(fields.pressure)[...] = np.where(
        fluid, state.pressure / system.problem.properties.density, 0.0
    )
    lattice.cells(fields.theta)[...] = np.where(fluid, state.temperature - reference, 0.0)
    if eddies is not None and state.k is not None and state.epsilon is not None:
        lattice.cells(fields.k)[...] = np.where(fluid, state.k, 0.0)
        lattice.cells(fields.epsilon)[...] = np.where(fluid, state.epsilon, 0.0)
        turbulence.find_eddy_viscosity(system, eddies, fields)


def _iterate(
    run: Run, controls: AirControls, upwind_iterations: int, progress: Progress | None
) -> tuple[AirStatus, Monitor]:
    """Iterate until the windows have judged or the iterations are spent."""
    system, fields = run.system, run.fields
    monitor = Monitor()
    devices = system.devices
    status = AirStatus.NOT_CONVERGED
    number = 0
    while number < controls.max_iterations and status is AirStatus.NOT_CONVERGED:
        number += 1
        turbulence.update_viscosity(system, run.eddies, fields, STEP)
        scheme = Convection.UPWIND if number <= upwind_iterations else system.problem.convection
        operation.update_flows(system, fields)
        flow.momentum_step(system, fields, STEP, scheme)
        flow.pressure_step(system, fields, tolerance=STEP.pressure_tolerance)
        heat.temperature_step(system, fields, sweeps=TEMPERATURE_SWEEPS, scheme=scheme)
        monitor.record(
            devices.inlet_theta(fields.theta, fields.flux),
            fields.theta[devices.read.cell],
            audit.heat_balance(system, fields),
            flow.mass_imbalance(system, fields.flux),
            flow.kinetic_energy(system, fields),
        )
        if progress is not None:
            progress(number, monitor.drift[-1], monitor.balances[-1].closure)
        last = number == controls.max_iterations
        if number % 5 == 0 or last:
            _check_fields(run)
        if (number % 5 == 0 and number >= upwind_iterations + SHORTEST_WINDOW) or last:
            status = monitor.judge(controls)
            # where the flow itself keeps moving, fans follow it about their curves
            if status is AirStatus.CONVERGED and not operation.fans_settled(system, fields):
                status = AirStatus.NOT_CONVERGED
    return status, monitor


def _answer(run: Run, controls: AirControls, status: AirStatus, monitor: Monitor) -> AirSolution:
    """Close the balances of the last fields; the inlets of an unsteady run are means over its window."""
    system, fields = run.system, run.fields
    size = monitor.unsteady_window().size
    flux = flow.close_mass(system, fields)
    operation.read_flows(system, fields)
    heat.solve_temperature(system, fields, tolerance=FINAL_CHANGE[controls.precision], at_rest=CORNER_CHANGE)
    _check_fields(run)
    if status is AirStatus.UNSTEADY:
        intake = monitor.mean_faces(size)
    else:
        intake = fields.theta[system.devices.read.cell]
    balance = audit.heat_balance(system, fields)
    mass = flow.mass_imbalance(system, flux)
    if mass > controls.mass_tolerance or balance.closure > controls.energy_tolerance:
        status = AirStatus.NOT_CONVERGED
    return _solution(run, flux, status, intake, balance, mass, monitor)


def _check_fields(run: Run) -> None:
    """Stop where a field is not a number or outside its physical range."""
    system, fields, reference = run.system, run.fields, run.reference
    lattice = system.lattice
    names = ("u", "v", "w")
    for axis in range(3):
        bad = ~(np.abs(fields.velocity[axis]) <= SPEED_LIMIT)
        if bad.any():
            _diverged(system, int(np.flatnonzero(bad)[0]), names[axis], fields.velocity[axis], "m/s", 0.0)
    low, high = TEMPERATURE_LIMITS
    bad = ~((fields.theta >= low - reference) & (fields.theta <= high - reference)) & lattice.fluid
    if bad.any():
        _diverged(system, int(np.flatnonzero(bad)[0]), "temperature", fields.theta, "K", reference)


def _diverged(system: FlowSystem, cell: int, name: str, values: Array, unit: str, offset: float) -> None:
    x, y, z = system.lattice.position(cell)
    value = float(values[cell]) + offset
    cause = (
        "a rack's air recirculates without cooling, or its flow is far too small for its heat"
        if name == "temperature"
        else "the flow through a gap of one cell is too large, or the grid is too coarse there"
    )
    raise DivergenceError(
        f"air solver: {name} = {value:g} {unit} at (x, y, z) = ({x:.2f}, {y:.2f}, {z:.2f}) m; "
        f"likely cause: {cause}"
    )


def _state(run: Run, flux: Triple | None = None) -> AirState:
    """The fields of a run as they are, in float64; velocities from `flux` where it is given."""
    lattice, fields, problem = run.system.lattice, run.fields, run.system.problem
    fluid = lattice.cells(lattice.fluid)
    velocity = [lattice.faces(fields.velocity[axis], axis).astype(np.float64) for axis in range(3)]
    if flux is not None:
        area = face_areas(problem.raster.grid)
        velocity = [lattice.faces(flux[axis], axis) / area[axis] for axis in range(3)]
    theta = lattice.cells(fields.theta).astype(np.float64)

    def cells(flat: Array) -> Array:
        return lattice.cells(flat).astype(np.float64)

    return AirState(
        u=velocity[0],
        v=velocity[1],
        w=velocity[2],
        pressure=cells(audit.levelled_pressure(run.system, fields)) * problem.properties.density,
        temperature=np.where(fluid, theta + run.reference, problem.properties.temperature),
        k=cells(fields.k) if fields.k.size else None,
        epsilon=cells(fields.epsilon) if fields.k.size else None,
    )


def _solution(
    run: Run,
    flux: Triple,
    status: AirStatus,
    intake_theta: Array,
    balance: HeatBalance,
    mass: float,
    monitor: Monitor,
) -> AirSolution:
    system, fields, reference = run.system, run.fields, run.reference
    lattice, devices = system.lattice, system.devices
    inlets = audit.read_inlets(system, fields, intake_theta)
    outlet, door_heat = devices.outlet_theta(inlets.mean)
    racks, units = slice(0, devices.racks), slice(devices.racks, None)
    return AirSolution(
        state=_state(run, flux),
        viscosity=np.where(lattice.cells(lattice.fluid), lattice.cells(fields.viscosity), 0.0).astype(
            np.float64
        ),
        status=status,
        iterations=len(monitor.balances),
        rack_inlet_mean=inlets.mean[racks] + reference,
        rack_inlet_max=inlets.highest[racks] + reference,
        rack_inlet_bottom=inlets.bottom[racks] + reference,
        rack_inlet_middle=inlets.middle[racks] + reference,
        rack_inlet_top=inlets.top[racks] + reference,
        rack_outlet=outlet[racks] + reference,
        rack_flow=devices.flow[racks].copy(),
        door_heat=door_heat[racks],
        unit_flow=devices.flow[units].copy(),
        unit_return=inlets.mean[units] + reference,
        unit_supply=outlet[units] + reference,
        return_temperature=audit.return_theta(system, fields) + reference,
        exhaust_flow=audit.exhaust_flows(system, fields),
        heat_in=balance.racks,
        heat_out=balance.out,
        air_mass=mass,
        air_energy=balance.closure,
        history=monitor.history(reference, devices.racks),
    )
