"""An earlier answer for a changed hall: most of the change is found on coarser grids.

The full approximation scheme (Brandt, Math. Comp. 31 (1977) 333, section 5). What the present fields u lack
in the equations L of the hall, r = -L(u), and u itself are taken to the coarser hall, R r and R u; there

    L_c(v) = L_c(R u) + R r

is iterated from v = R u, and the change v - R u is added to u. Without anything lacking nothing changes, no
matter how coarse the grid; so the coarse hall need not be right, it only has to answer alike.

k and epsilon answer by the same scheme: what they lack is given as a source or, so that they stay positive,
as a sink, and what they become is multiplied on. Without them the eddy viscosity is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geometry.grid import Array
from solvers.air import flow, heat, turbulence
from solvers.air.boundaries import impose_walls
from solvers.air.devices import impose_velocities
from solvers.air.interpolate import Joining, state_on
from solvers.air.kernels import residual
from solvers.air.problem import AirProblem, AirState, Forcing, Precision
from solvers.air.runs import Run, check_fields, start_run, threads_for
from solvers.air.system import FlowSystem, Step
from solvers.air.turbulence import Eddies
from solvers.errors import DivergenceError

ITERATIONS = 45  # of the coarsest grid: what a slow eddy of a hall takes to answer
FINER_ITERATIONS = 30  # of those between: what the coarsest cannot tell
# a longer step and more sweeps than on the fine grid, where an iteration costs more
TIME_STEP = 4.0  # s
SWEEPS = 4
SMALLER = 0.3  # of the cells of the next finer grid, that one may have which is asked
TEMPERATURE_SWEEPS = 4
PASSES = 4  # of a temperature that is to follow a new flow; what it lacks then, the coarser hall is told
AFTERWARDS = 2  # passes that smooth what has come from there
ADAPTED = 1e-2  # K a pass, that end them earlier
AT_WORK = 10.0  # K, that racks warm their air by; assumption
LARGEST_GROWTH = 4.0  # of k and epsilon


def adapt_temperature(run: Run, passes: int = PASSES) -> None:
    """Bring the temperature near its answer on the present flow."""
    heat.solve_temperature(run.system, run.fields, tolerance=ADAPTED, max_passes=passes)


def spaced(coarser: Sequence[AirProblem], problem: AirProblem) -> list[AirProblem]:
    """Those of the `coarser` halls of `problem`, coarsest first, that are cheap beside the next finer one."""
    chosen: list[AirProblem] = []
    cells = problem.raster.grid.n_cells
    for coarse in reversed(coarser):
        if coarse.raster.grid.n_cells <= SMALLER * cells:
            chosen.insert(0, coarse)
            cells = coarse.raster.grid.n_cells
    return chosen


def inlet_worth(run: Run, step: Step) -> float:
    """What the flow could still change an inlet by in an iteration, at most [K].

    The share of the momentum that is lacking, of the largest difference of temperature in the hall: without
    heat, of that of a hall at work, for the flow is wanted too.
    """
    theta = run.fields.theta[run.system.lattice.fluid]
    return lacking_share(run, step) * max(float(np.ptp(theta)), AT_WORK)


def lacking_share(run: Run, step: Step) -> float:
    """What the velocities lack in the momentum equations over what these weigh [-].

    That is about the share by which an iteration would move them. Viscosity and wall shear are those of
    the fields.
    """
    lacking, weight = 0.0, 0.0
    for axis in range(3):
        lacking += _size(_lacking_force(run, axis, step))
        inverse, velocity = run.system.scratch.inverse, run.fields.velocity[axis]
        found = inverse > 0.0
        weight += _size(velocity[found] / inverse[found])
    return lacking / weight if weight > 0.0 else np.inf


def correct(run: Run, coarser: Sequence[AirProblem], step: Step) -> bool:
    """Move the fields of `run` towards the answer by what its `coarser` halls, coarsest first, find.

    Viscosity and wall shear of the run are those of its fields. Returns whether the flow then lacks less than
    before; a correction that does not help is taken back. So is one of a coarse hall that diverges.
    """
    if not coarser:
        return False
    *rest, problem = coarser
    joining = Joining(fine=run.system.problem.raster.grid, coarse=problem.raster.grid)
    coarse = _restricted(run, joining, problem, step)
    lacking = _force(run, coarse, joining, step)
    before, coarse_before = _values(run), _values(coarse)
    supply, valves = run.system.devices.units.supply, coarse.system.devices.units.supply
    supply_before, valves_before = supply.copy(), valves.copy()
    try:
        with threads_for(problem.raster.grid.n_cells):
            adapt_temperature(coarse)
            correct(coarse, rest, step)
            for _ in range(FINER_ITERATIONS if rest else ITERATIONS):
                _iterate(coarse, replace(step, time_step=TIME_STEP, sweeps=SWEEPS))
            check_fields(coarse, on_its_way=True)
    except DivergenceError:
        return False
    _add(run, joining, coarse, coarse_before)
    supply += valves - valves_before
    adapt_temperature(run, AFTERWARDS)
    if sum(_size(values) for values in _lacking_forces(run, joining, step)) < lacking:
        return True
    for values, kept in zip(_moved(run), before, strict=True):
        values[:] = kept
    supply[:] = supply_before
    flow.update_flux(run.system, run.fields)
    if run.eddies is not None:
        turbulence.find_eddy_viscosity(run.system, run.eddies, run.fields)
    return False


def _iterate(run: Run, step: Step) -> None:
    system, fields, scheme = run.system, run.fields, run.system.problem.convection
    turbulence.update_viscosity(system, run.eddies, fields, step)
    flow.momentum_step(system, fields, step, scheme)
    flow.pressure_step(system, fields, tolerance=step.pressure_tolerance)
    heat.temperature_step(system, fields, sweeps=TEMPERATURE_SWEEPS, scheme=scheme)


def _restricted(run: Run, joining: Joining, problem: AirProblem, step: Step) -> Run:
    """The fields of `run` on the coarser hall, and that hall with them, forced by nothing yet."""
    lattice, fields = run.system.lattice, run.fields
    volume = lattice.cells(lattice.volume)
    whole = np.maximum(joining.cell_sums(volume), np.finfo(np.float64).tiny)

    def mean(flat: Array) -> Array:
        return joining.cell_sums(lattice.cells(flat) * volume) / whole

    u, v, w = (joining.face_means(lattice.faces(fields.velocity[a], a), a) for a in range(3))
    state = AirState(
        u=u,
        v=v,
        w=w,
        pressure=mean(fields.pressure) * problem.properties.density,
        temperature=mean(fields.theta) + run.reference,
        k=mean(fields.k) if fields.k.size else None,
        epsilon=mean(fields.epsilon) if fields.k.size else None,
    )
    forcing = Forcing(
        acceleration=(np.zeros_like(u), np.zeros_like(v), np.zeros_like(w)),
        warming=np.zeros_like(state.pressure),
        viscosity=None if run.eddies is not None else mean(fields.viscosity),
    )
    precision = Precision.SINGLE if lattice.volume.dtype == np.float32 else Precision.DOUBLE
    coarse = start_run(replace(problem, forcing=forcing), state, precision)
    coarse.system.devices.set_flow(run.system.devices.flow)
    coarse.system.devices.units.supply[:] = run.system.devices.units.supply
    impose_velocities(coarse.system.devices, coarse.fields.velocity)
    flow.update_flux(coarse.system, coarse.fields)
    turbulence.update_viscosity(coarse.system, coarse.eddies, coarse.fields, replace(step, sweeps=0))
    return coarse


def _force(run: Run, coarse: Run, joining: Joining, step: Step) -> float:
    """Make the restricted fields lack what the fine ones lack in the coarse hall; how much that is."""
    given, below = coarse.system.given, coarse.system.lattice
    assert given is not None
    forces = _lacking_forces(run, joining, step)
    for axis, values in enumerate(forces):
        given.force[axis][:] = -_lacking_force(coarse, axis, step)
        below.faces(given.force[axis], axis)[...] += values
    for find, into in ((_lacking_epsilon, given.epsilon), (_lacking_k, given.k)):
        if run.eddies is not None and coarse.eddies is not None:
            into[:] = -find(coarse, coarse.eddies, step)
            fine = find(run, run.eddies, step)
            below.cells(into)[...] += joining.cell_sums(run.system.lattice.cells(fine))
    given.warming[:] = -_lacking_heat(coarse)
    below.cells(given.warming)[...] += joining.cell_sums(run.system.lattice.cells(_lacking_heat(run)))
    return sum(_size(values) for values in forces)


def _lacking_forces(run: Run, joining: Joining, step: Step) -> list[Array]:
    """What the velocities of `run` lack, on the faces of the coarser grid [m4/s2]."""
    lattice = run.system.lattice
    return [
        joining.face_sums(lattice.faces(_lacking_force(run, axis, step), axis), axis) for axis in range(3)
    ]


def _size(values: Array) -> float:
    return float(np.abs(values).sum())


def _lacking_force(run: Run, axis: int, step: Step) -> Array:
    """What the velocities lack in the momentum equation along `axis` [m4/s2]; flat, a work array."""
    system, fields = run.system, run.fields
    flow.component_step(system, fields, replace(step, sweeps=0), axis, system.problem.convection)
    return _residual(system, fields.velocity[axis])


def _lacking_epsilon(run: Run, eddies: Eddies, step: Step) -> Array:
    """What the dissipation lacks in its equation [m5/s4]; flat, a work array."""
    turbulence.epsilon_step(run.system, eddies, run.fields, replace(step, sweeps=0))
    return _residual(run.system, run.fields.epsilon)


def _lacking_k(run: Run, eddies: Eddies, step: Step) -> Array:
    """What k lacks in its equation [m5/s3], with the production that `_lacking_epsilon` has found."""
    turbulence.k_step(run.system, eddies, run.fields, replace(step, sweeps=0))
    return _residual(run.system, run.fields.k)


def _lacking_heat(run: Run) -> Array:
    """What the temperature lacks in its equation, over rho cp [K m3/s]; flat, a work array."""
    heat.assemble_steady(run.system, run.fields)
    return _residual(run.system, run.fields.theta)


def _residual(system: FlowSystem, phi: Array) -> Array:
    scratch = system.scratch
    residual.residual(
        system.lattice.shape,
        *(links[axis] for axis in range(3) for links in (scratch.low, scratch.high)),
        scratch.inverse,
        scratch.b,
        phi,
        scratch.source,
    )
    return scratch.source


def _moved(run: Run) -> tuple[Array, ...]:
    """What a correction moves: u, v, w, kinematic pressure, theta, k, epsilon; flat."""
    fields = run.fields
    return (*fields.velocity, fields.pressure, fields.theta, fields.k, fields.epsilon)


def _values(run: Run) -> tuple[Array, ...]:
    return tuple(values.copy() for values in _moved(run))


def _add(run: Run, joining: Joining, coarse: Run, before: tuple[Array, ...]) -> None:
    """Give the fine fields what has changed on the coarse grid: k and epsilon by its factor."""
    lattice, fields, below = run.system.lattice, run.fields, coarse.system.lattice
    after = _moved(coarse)
    u, v, w, p, t = (a - b for a, b in zip(after[:5], before[:5], strict=True))
    k, epsilon = (_growth(a, b) for a, b in zip(after[5:], before[5:], strict=True))
    change = state_on(
        joining.coarse,
        AirState(
            u=below.faces(u, 0),
            v=below.faces(v, 1),
            w=below.faces(w, 2),
            pressure=below.cells(p),
            temperature=below.cells(t),
            k=below.cells(k) if k.size else None,
            epsilon=below.cells(epsilon) if k.size else None,
        ),
        joining.fine,
    )
    for axis, values in enumerate((change.u, change.v, change.w)):
        lattice.faces(fields.velocity[axis], axis)[...] += values
        fields.velocity[axis][~lattice.free[axis]] = 0.0
    impose_velocities(run.system.devices, fields.velocity)
    impose_walls(run.system.walls, fields.velocity)
    flow.update_flux(run.system, fields)
    fluid = lattice.cells(lattice.fluid)
    lattice.cells(fields.pressure)[fluid] += change.pressure[fluid]
    theta = lattice.cells(fields.theta)
    low, high = _range(coarse, theta[fluid])
    theta[fluid] = np.clip(theta[fluid] + change.temperature[fluid], low, high)
    if run.eddies is not None and change.k is not None and change.epsilon is not None:
        lattice.cells(fields.k)[...] *= change.k
        lattice.cells(fields.epsilon)[...] *= change.epsilon
        turbulence.find_eddy_viscosity(run.system, run.eddies, fields)


def _growth(after: Array, before: Array) -> Array:
    """after / before, within a factor of LARGEST_GROWTH; 1 where there is nothing."""
    ratio = np.divide(after, before, out=np.ones_like(after), where=before > 0.0)
    return np.clip(ratio, 1.0 / LARGEST_GROWTH, LARGEST_GROWTH)


def _range(coarse: Run, theta: Array) -> tuple[float, float]:
    """Between the coldest and the warmest of what was there, `theta`, and of what devices now give.

    A forced corner that hardly any air passes may run away on the coarse grid; it must not be taken along.
    """
    devices, fields = coarse.system.devices, coarse.fields
    given = [
        devices.supply_theta,
        devices.outlet_theta(devices.inlet_theta(fields.theta, fields.flux))[0],
        fields.theta[devices.zones.cell],
        *(np.array([wall.theta]) for wall in coarse.system.walls if wall.theta is not None),
    ]
    found = np.concatenate([np.array([theta.min(), theta.max()]), *given])
    return float(found.min()), float(found.max())
