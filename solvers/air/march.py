"""Air of a hall in time: `march_air`.

A step is an iteration of the steady solver whose inertia is real. Every field starts from its value
extrapolated to the new level, so that all coefficients belong to that level, and inertia is that of BDF2:
second order, and no second body of code. README.md tells the whole story.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from geometry.grid import Array
from solvers.air import audit, boundaries, checks, flow, heat, operation, projection, runs, turbulence
from solvers.air.audit import HeatBalance
from solvers.air.courses import Course, check_courses, problem_at, still
from solvers.air.devices import build_devices, impose_velocities
from solvers.air.flow import Step
from solvers.air.history import Log, StepReport
from solvers.air.kernels import marching
from solvers.air.problem import AirProblem, AirSolution, AirState, Precision
from solvers.air.projection import Projection
from solvers.air.region_checks import check_flows
from solvers.air.runs import Run
from solvers.air.servers import ServerMass, Servers, ServerStep, build_servers, server_step
from solvers.air.stepping import Levels, enough_sweeps, exchange_rates, levels_of
from solvers.air.transient import AirHistory, MarchState, TransientControls, check_transient
from solvers.errors import DivergenceError

Progress = Callable[[float, float, float], None]

LARGEST_GROWTH = 1.5  # of a step over the last
# BDF2 of variable step is stable up to a ratio of 1 + sqrt 2 (Grigorieff, Numer. Math. 42 (1983) 359)
STABLE_RATIO = 2.4
CHECK_EVERY = 5  # steps
LEAST_SHARE = 0.25  # of its present value that k or epsilon is guessed to keep
CLOSING_PASSES = 60  # of the temperature in one step, at most
LOOK_EVERY = 10  # steps: how many sweeps are enough


def march_air(
    problem: AirProblem,
    controls: TransientControls,
    *,
    initial: AirState | AirSolution | MarchState,
    courses: tuple[Course, ...] = (),
    servers: Mapping[str, ServerMass] | None = None,
    progress: Progress | None = None,
) -> AirHistory:
    """Flow and temperature of `problem` in time, second order.

    initial   a steady solution or fields at time 0; or the `final` of a march, which then goes on at its
              own time
    courses   what changes; times count from the start of the first march
    servers   heat stored in racks, by rack name; they start in equilibrium with their air
    progress  called after each step with (time [s], hottest rack inlet [K], energy closure [-])

    Raises InputError for an ill-posed problem, DivergenceError when a field leaves its physical range.
    """
    check_transient(controls)
    checks.check_problem(problem)
    if isinstance(initial, MarchState):
        begin = initial
    elif isinstance(initial, AirSolution):
        begin = MarchState(state=initial.state, valves=initial.unit_supply)
    else:
        begin = MarchState(state=initial)
    checks.check_initial(problem, begin.state)
    check_courses(problem, courses)
    with runs.threads_for(problem.raster.grid.n_cells):
        march = _start(problem, courses, build_servers(problem, servers or {}), begin, controls.precision)
        log = Log()
        for step in _steps(march, controls):
            report = _advance(march, step, controls)
            if march.steps % CHECK_EVERY == 0:
                _check(march)
            log.record(march.run, report)
            if progress is not None:
                progress(march.time, float(log.inlet_max[-1].max(initial=-np.inf)), report.energy)
        _check(march)
        return log.history(_final(march))


def _check(march: March) -> None:
    """Stop where a field has left its physical range, and say what a march can do about it."""
    try:
        runs.check_fields(march.run)
    except DivergenceError as error:
        raise DivergenceError(
            f"{error}\n  after {march.time:g} s in steps of {march.last_step:g} s\n"
            "  try: a shorter step (courant=1 finds it), or more sweeps"
        ) from None


@dataclass(slots=True, kw_only=True)
class March:
    """A hall on its way through time; temperatures count from the run's reference [K]."""

    run: Run
    problem: AirProblem  # as it was given
    courses: tuple[Course, ...]
    servers: Servers
    levels: Levels
    time: float
    last_step: float
    heat: Array  # of each rack over rho cp at `time` [K m3/s]; 0 for units
    rise: Array  # of its air by that heat
    inlet: Array  # temperature of what each rack, then unit draws
    masses: Array  # temperature of the servers of each rack, then unit
    projection: Projection
    steps: int = 0
    sweeps: int = 2


def _start(
    problem: AirProblem,
    courses: tuple[Course, ...],
    servers: Servers,
    begin: MarchState,
    precision: Precision,
) -> March:
    """Fields and levels; the first step of a march is of first order, for want of a level."""
    run = runs.start_run(problem, begin.before or begin.state, precision)
    march = March(
        run=run,
        problem=problem,
        courses=courses,
        servers=servers,
        levels=levels_of(run.fields),
        time=begin.time,
        last_step=begin.last_step if begin.before is not None else 0.0,
        heat=run.system.devices.heat,
        rise=np.zeros(run.system.devices.flow.size),
        inlet=np.zeros(run.system.devices.flow.size),
        masses=np.zeros(run.system.devices.flow.size),
        projection=projection.new_projection(run.system, begin.pressure_step),
    )
    _set_devices(march, march.time)
    run = march.run
    runs.load_state(run.system, run.eddies, run.fields, begin.state, run.reference)
    units = run.system.devices.units
    if begin.valves is not None:
        units.supply[units.holds_return] = (begin.valves - run.reference)[units.holds_return]
    march.inlet = run.system.devices.inlet_theta(run.fields.theta, run.fields.flux)
    march.rise = _rise(march.heat, run.system.devices.flow)
    march.masses = march.inlet + march.rise / servers.effectiveness
    if begin.servers is not None:
        march.masses = begin.servers - run.reference
    return march


def _final(march: March) -> MarchState:
    levels = march.levels
    before = replace(
        march.run.fields,
        velocity=levels.velocity,
        pressure=levels.pressure,
        theta=levels.theta,
        k=levels.k,
        epsilon=levels.epsilon,
    )
    return MarchState(
        state=runs.state_of(march.run, exact_pressure=True),
        before=runs.state_of(replace(march.run, fields=before), exact_pressure=True),
        time=march.time,
        last_step=march.last_step,
        servers=march.masses + march.run.reference,
        valves=march.run.system.devices.units.supply + march.run.reference,
        pressure_step=march.projection.length,
    )


def _set_devices(march: March, time: float) -> None:
    """Devices with their values at `time` [s]; fans and valves stay where they have come to."""
    run, last = march.run, march.run.system.devices
    problem = problem_at(march.problem, march.courses, time)
    check_flows(problem, run.system.lattice)
    devices = build_devices(problem, run.system.lattice, run.reference)
    fans = [number for number, _ in devices.fans]
    flow = devices.flow.copy()
    flow[fans] = last.flow[fans]
    devices.set_flow(flow)
    for memory, earlier in zip(devices.answer, last.answer, strict=True):
        memory[:] = earlier
    hold = devices.units.holds_return
    devices.units.supply[hold] = last.units.supply[hold]
    eddies = run.eddies
    if eddies is not None:
        inflow = ((devices.supply, devices.supply_flow), (devices.outlet, devices.outlet_flow))
        eddies = replace(eddies, inflow=inflow)
    march.run = replace(run, system=replace(run.system, problem=problem, devices=devices), eddies=eddies)
    march.heat = devices.heat


def _rise(heat: Array, flow: Array) -> Array:
    """Heat of racks over their air [K]; 0 for cooling units."""
    return np.divide(heat, flow, out=np.zeros_like(heat), where=flow > 0.0)


def _steps(march: March, controls: TransientControls) -> Iterator[float]:
    """Step sizes [s] that end at the duration: equal ones, or as long as the Courant number allows."""
    end = march.time + controls.duration
    if controls.courant is None:
        count = math.ceil(controls.duration / controls.time_step - 1e-9)
        yield from (controls.duration / count for _ in range(count))
        return
    while (left := end - march.time) > 1e-9 * controls.duration:
        flow.update_flux(march.run.system, march.run.fields)
        step = min(controls.time_step, controls.courant / max(exchange_rates(march.run)[0], 1e-300))
        if march.last_step > 0.0:
            step = min(step, LARGEST_GROWTH * march.last_step)
        # the last two steps share what is left
        yield left if left <= step else min(step, max(0.5 * left, left - step))


def _advance(march: March, step: float, controls: TransientControls) -> StepReport:
    """One step in time."""
    ratio = step / march.last_step if march.last_step > 0.0 else 0.0
    if ratio > STABLE_RATIO:
        ratio = 0.0
    _extrapolate(march, ratio)
    servers = _renew_devices(march, step)
    _impose(march)
    inverse_step = (1.0 + 2.0 * ratio) / ((1.0 + ratio) * step)
    if controls.sweeps is not None:
        march.sweeps = controls.sweeps
    elif march.steps % LOOK_EVERY == 0 or step != march.last_step:
        march.sweeps = enough_sweeps(exchange_rates(march.run)[1], inverse_step)
    inertia = Step(
        time_step=1.0 / inverse_step,
        relaxation=0.0,
        sweeps=march.sweeps,
        pressure_tolerance=controls.pressure_tolerance,
        in_time=True,
        lead=ratio / (1.0 + 2.0 * ratio),
    )
    run, levels = march.run, march.levels
    system, fields = run.system, run.fields
    turbulence.update_viscosity(system, run.eddies, fields, inertia, (levels.k, levels.epsilon))
    operation.update_flows(system, fields)
    projection.renew(march.projection, system, fields.velocity, inverse_step)
    flow.momentum_step(system, fields, inertia, march.problem.convection, levels.velocity)
    projection.guess_potential(system, fields, levels.pressure, ratio, inverse_step)
    mass, iterations = projection.project(
        march.projection,
        system,
        fields,
        inverse_step=inverse_step,
        tolerance=controls.pressure_tolerance,
        mass_tolerance=controls.mass_tolerance,
    )
    balance, storage = _close_heat(march, controls, inverse_step)
    march.steps += 1
    march.time += step
    march.last_step = step
    march.masses = servers.known + servers.share * march.inlet
    return StepReport(
        time=march.time,
        mass=mass,
        balance=balance,
        storage=storage,
        inlet=march.inlet,
        servers=march.masses,
        iterations=iterations,
    )


def _renew_devices(march: March, step: float) -> ServerStep:
    """Devices at the end of the step; what racks blow follows their servers."""
    rise = march.rise
    if not still(march.courses, march.time, march.time + step):
        _set_devices(march, march.time + step)
    system = march.run.system
    # the flow of a fan on its curve has moved since, its rack's heat has not
    march.rise = _rise(march.heat, system.devices.flow)
    servers = server_step(
        march.servers,
        air=system.devices.capacity * system.devices.flow,
        rise=(rise, march.rise),
        inlet=march.inlet,
        mass=march.masses,
        step=step,
    )
    devices = replace(system.devices, heat=servers.rise * system.devices.flow, gain=servers.gain)
    march.run = replace(march.run, system=replace(system, devices=devices))
    return servers


def _extrapolate(march: March, ratio: float) -> None:
    """Guess all fields at the new level; keep the present level, and what inertia carries of theta."""
    fields, levels, system = march.run.fields, march.levels, march.run.system
    shape = system.lattice.shape
    marching.shift_flow(shape, ratio, *system.lattice.area, *fields.velocity, *levels.velocity, *fields.flux)
    lead = ratio / (1.0 + 2.0 * ratio)
    marching.shift_heat(shape, ratio, lead, fields.theta, levels.theta, levels.inert)
    if march.run.eddies is not None:
        marching.shift_eddies(
            shape,
            ratio,
            LEAST_SHARE,
            fields.k,
            levels.k,
            fields.epsilon,
            levels.epsilon,
            fields.viscosity,
            levels.viscosity,
        )


def _impose(march: March) -> None:
    """Give devices and walls their velocities and fluxes at the new level."""
    system, fields = march.run.system, march.run.fields
    impose_velocities(system.devices, fields.velocity)
    boundaries.impose_walls(system.walls, fields.velocity)
    flow.follow_imposed(system, fields)


def _close_heat(march: March, controls: TransientControls, inverse_step: float) -> tuple[HeatBalance, float]:
    """Step the temperature on the new fluxes until its balance holds; balance, and heat being stored [W]."""
    system, fields, old = march.run.system, march.run.fields, march.levels.inert
    operation.step_controls(system, fields)
    lattice = system.lattice
    partial = march.run.system.scratch.squares
    for _ in range(CLOSING_PASSES):
        heat.temperature_step(
            system,
            fields,
            sweeps=march.sweeps,
            scheme=march.problem.convection,
            inverse_step=inverse_step,
            relaxation=0.0,
            old=old,
        )
        marching.volume_sum(lattice.shape, lattice.volume, fields.theta, old, partial)
        storage = system.devices.capacity * inverse_step * float(partial.sum())
        march.inlet = system.devices.inlet_theta(fields.theta, fields.flux)
        balance = audit.heat_balance(system, fields, march.inlet)
        if abs(balance.error - storage) <= controls.energy_tolerance * balance.scale:
            break
    return balance, storage
