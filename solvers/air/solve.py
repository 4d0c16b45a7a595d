"""Steady air flow and temperature of a hall: `solve_air`.

Each iteration renews the eddy viscosity, advances the velocities by a local pseudo-time step, makes them
divergence-free, and solves the temperature on the new fluxes. The run stops on
windows (solvers.air.monitors); then the fluxes are projected tightly and the temperature is converged on
them, so that the answer closes both balances. README.md tells the whole story.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from geometry.grid import Array
from solvers.air import audit, checks, flow, heat, operation, turbulence
from solvers.air.audit import HeatBalance
from solvers.air.coarsen import coarser_problems
from solvers.air.correction import adapt_temperature, correct, inlet_worth, spaced
from solvers.air.interpolate import state_on
from solvers.air.lattice import Triple
from solvers.air.monitors import SHORTEST_WINDOW, WARM_WINDOW, Monitor
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirSolution,
    AirState,
    AirStatus,
    Convection,
    Precision,
)
from solvers.air.runs import REAL, Run, check_fields, start_run, state_of, threads_for
from solvers.air.system import Step

Progress = Callable[[int, float, float], None]

# chosen by measurement on halls and rooms of 2,000 to 150,000 cells, see README.md
STEP = Step(time_step=2.0, relaxation=0.1, sweeps=2, pressure_tolerance=0.05)
UPWIND_ITERATIONS = 50  # of a cold start: first the large eddies, cheaply
# the temperature is solved anew on each iteration's fluxes; left half solved, it sets buoyant flows swinging
TEMPERATURE_SWEEPS = 4
COARSE_ITERATIONS = 150
LOOKS = 6  # judgements over the length of a window
# tolerances of the inlets that the momentum which an earlier answer lacks may be worth; see README.md
STILL = 2.0
SAME_FLOW = 1e-4  # imbalance over the flow through a hall, of an answer's flow in single precision
# K a pass, of the last temperature
FINAL_CHANGE = {Precision.DOUBLE: 1e-7, Precision.SINGLE: 3e-4}


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
    upwind_iterations, guess = 0, initial
    if guess is None:
        guess, upwind_iterations = _rough_state([*coarser_problems(problem), problem], controls)
    with threads_for(problem.raster.grid.n_cells):
        run = start_run(problem, guess, controls.precision)
        del guess  # as large as a sixth of all that the solve holds
        near = initial is not None and _adapt(run, controls)
        monitor = Monitor(shortest=WARM_WINDOW if near else SHORTEST_WINDOW)
        status = _iterate(run, controls, monitor, upwind_iterations, progress)
        return _answer(run, controls, status, monitor)


def _adapt(run: Run, controls: AirControls) -> bool:
    """Bring the fields of an earlier answer near that of a changed hall; whether they can be called near.

    Where the temperature on the old flow leaves that flow as settled as the tolerance asks (a supply warmer
    by as much everywhere), it is the answer already.
    """
    system, fields = run.system, run.fields
    turbulence.update_viscosity(system, run.eddies, fields, STEP)
    # other flows than those of the earlier answer must find their way before they carry heat
    if flow.mass_imbalance(system, fields.flux) > SAME_FLOW:
        flow.momentum_step(system, fields, replace(STEP, sweeps=0), system.problem.convection)
        flow.pressure_step(system, fields, tolerance=STEP.pressure_tolerance)
    adapt_temperature(run)
    # without racks and units nothing tells when all of the air has answered
    tells = system.devices.flow.size > 0
    if inlet_worth(run, STEP) < STILL * controls.temperature_tolerance:
        return tells
    return correct(run, spaced(coarser_problems(system.problem), system.problem), STEP) and tells


def _rough_state(stages: Sequence[AirProblem], controls: AirControls) -> tuple[AirState | None, int]:
    """Guess of a cold start: each stage, coarsest first, is the guess of the next; None for a single one.

    Also returns the number of iterations that are to begin with upwind.
    """
    controls = replace(controls, max_iterations=min(controls.max_iterations, COARSE_ITERATIONS))
    guess, upwind_iterations = None, UPWIND_ITERATIONS
    for stage, finer in pairwise(stages):
        with threads_for(stage.raster.grid.n_cells):
            run = start_run(stage, guess, controls.precision)
            _iterate(run, controls, Monitor(), upwind_iterations, None)
        state = state_of(run, real=REAL[controls.precision])
        del run
        guess = state_on(stage.raster.grid, state, finer.raster.grid)
        upwind_iterations = 0
    return guess, upwind_iterations


def _iteration(run: Run, scheme: Convection) -> None:
    system, fields = run.system, run.fields
    turbulence.update_viscosity(system, run.eddies, fields, STEP)
    operation.update_flows(system, fields)
    flow.momentum_step(system, fields, STEP, scheme)
    flow.pressure_step(system, fields, tolerance=STEP.pressure_tolerance)
    heat.temperature_step(
        system,
        fields,
        sweeps=TEMPERATURE_SWEEPS,
        scheme=scheme,
    )


def _iterate(
    run: Run, controls: AirControls, monitor: Monitor, upwind_iterations: int, progress: Progress | None
) -> AirStatus:
    """Iterate until the windows of the monitor have judged or the iterations are spent."""
    system, fields = run.system, run.fields
    devices = system.devices
    status = AirStatus.NOT_CONVERGED
    number = 0
    while number < controls.max_iterations and status is AirStatus.NOT_CONVERGED:
        number += 1
        _iteration(run, Convection.UPWIND if number <= upwind_iterations else system.problem.convection)
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
            check_fields(run, on_its_way=True)
        if (
            number % (monitor.shortest // LOOKS) == 0 and number >= upwind_iterations + monitor.shortest
        ) or last:
            status = monitor.judge(controls)
            # where the flow itself keeps moving, fans follow it about their curves
            if status is AirStatus.CONVERGED and not operation.fans_settled(system, fields):
                status = AirStatus.NOT_CONVERGED
    return status


def _answer(run: Run, controls: AirControls, status: AirStatus, monitor: Monitor) -> AirSolution:
    """Close the balances of the last fields; the inlets of an unsteady run are means over its window."""
    system, fields = run.system, run.fields
    window = monitor.window_of(status)
    flux = flow.close_mass(system, fields)
    operation.read_flows(system, fields)
    heat.solve_temperature(
        system, fields, tolerance=FINAL_CHANGE[controls.precision], settled=_settled(controls)
    )
    check_fields(run)
    if status is AirStatus.UNSTEADY:
        intake = monitor.mean_faces(window)
    else:
        intake = fields.theta[system.devices.read.cell]
    balance = audit.heat_balance(system, fields)
    mass = flow.mass_imbalance(system, flux)
    if mass > controls.mass_tolerance or balance.closure > controls.energy_tolerance:
        status = AirStatus.NOT_CONVERGED
    return _solution(run, flux, status, window, intake, balance, mass, monitor)


def _settled(controls: AirControls) -> heat.Settled:
    """When the last temperature is good enough: in single precision, beside the tolerance of the inlets."""
    if controls.precision is Precision.DOUBLE:
        return heat.Settled(drawn=1e-8, cells=1e-3, closure=1e-9)
    tolerance = controls.temperature_tolerance
    return heat.Settled(drawn=0.005 * tolerance, cells=0.2 * tolerance, closure=1e-5)


def _solution(
    run: Run,
    flux: Triple,
    status: AirStatus,
    window: int,
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
        state=state_of(run, flux),
        viscosity=np.where(lattice.cells(lattice.fluid), lattice.cells(fields.viscosity), 0.0),
        status=status,
        iterations=len(monitor.balances),
        window=window,
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
