"""A hall on its way: system and fields from a state, the state from the fields, and whether they are sane."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numba import get_num_threads, set_num_threads

from geometry.grid import Array
from solvers.air import audit, flow, heat, operation, turbulence
from solvers.air.boundaries import build_walls, impose_walls
from solvers.air.devices import build_devices, impose_velocities
from solvers.air.kernels import ranges
from solvers.air.lattice import Triple, build_lattice, face_areas
from solvers.air.problem import AirProblem, AirState, Precision
from solvers.air.reference import neutral_theta, reference_temperature
from solvers.air.region_checks import check_regions
from solvers.air.system import Fields, FlowSystem, build_flow, new_fields
from solvers.air.turbulence import Eddies
from solvers.errors import DivergenceError

REAL: dict[Precision, type[np.floating]] = {Precision.DOUBLE: np.float64, Precision.SINGLE: np.float32}
CELLS_PER_THREAD = 15_000
NO_WALL = 1e6  # m, from a wall where there is none
SPEED_LIMIT = 50.0  # m/s
TEMPERATURE_LIMITS = (200.0, 400.0)  # K, of an answer
# K, of a flow on its way: a rack whose share of the flow is yet to come has its heat at once
PASSING_LIMITS = (100.0, 1500.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A hall on its way: theta of the fields counts from `reference` [K]."""

    system: FlowSystem
    eddies: Eddies | None
    fields: Fields
    reference: float


@contextmanager
def threads_for(n_cells: int) -> Iterator[None]:
    """Use fewer threads where launching them costs more than they save; the result does not depend on it."""
    before = get_num_threads()
    set_num_threads(max(1, min(before, n_cells // CELLS_PER_THREAD)))
    try:
        yield
    finally:
        set_num_threads(before)


def start_run(problem: AirProblem, initial: AirState | None, precision: Precision) -> Run:
    """System and fields of the first iteration."""
    system, reference = build_system(problem, precision)
    eddies = turbulence.build_eddies(system)
    fields = new_fields(
        system.lattice,
        problem.properties.viscosity,
        transported=eddies is not None,
        layered=eddies is not None and eddies.closure.layered,
    )
    if eddies is not None:
        turbulence.start_eddies(system, eddies, fields)
    if initial is None:
        heat.start_from_devices(system, fields)
    else:
        load_state(system, eddies, fields, initial, reference)
    impose_velocities(system.devices, fields.velocity)
    impose_walls(system.walls, fields.velocity)
    flow.update_flux(system, fields)
    return Run(system=system, eddies=eddies, fields=fields, reference=reference)


def build_system(problem: AirProblem, precision: Precision = Precision.DOUBLE) -> tuple[FlowSystem, float]:
    """The flow system, and the temperature [K] where theta is zero."""
    exhausts = tuple(problem.raster.ports[e.port] for e in problem.exhausts)
    lattice = build_lattice(
        problem.raster,
        exhausts,
        # the length of Chen and Xu counts from every surface; what the wall law needs are walls
        devices_are_surfaces=not problem.turbulence.transported,
        slip=tuple(wall.side for wall in problem.walls if wall.slip and wall.side is not None),
        far=NO_WALL if problem.turbulence.transported else 0.0,
        real=REAL[precision],
    )
    check_regions(problem, lattice)
    reference = reference_temperature(problem)
    devices = build_devices(problem, lattice, reference)
    walls = build_walls(problem, lattice, reference)
    return build_flow(problem, lattice, devices, walls, neutral_theta(problem, reference)), reference


def load_state(
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


def check_fields(run: Run, *, on_its_way: bool = False) -> None:
    """Stop where a field is not a number or outside its physical range, which is wider `on_its_way`."""
    system, fields, reference = run.system, run.fields, run.reference
    lattice = system.lattice
    names = ("u", "v", "w")
    low, high = PASSING_LIMITS if on_its_way else TEMPERATURE_LIMITS
    ranges.count_outside(
        lattice.shape,
        lattice.fluid,
        *fields.velocity,
        SPEED_LIMIT,
        fields.theta,
        low - reference,
        high - reference,
        system.scratch.partial,
    )
    if not system.scratch.partial.any():
        return
    for axis in range(3):
        bad = ~(np.abs(fields.velocity[axis]) <= SPEED_LIMIT)
        if bad.any():
            _diverged(system, int(np.flatnonzero(bad)[0]), names[axis], fields.velocity[axis], "m/s", 0.0)
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


def state_of(
    run: Run,
    flux: Triple | None = None,
    *,
    real: type[np.floating] = np.float64,
    exact_pressure: bool = False,
) -> AirState:
    """The fields of a run; velocities from `flux` where it is given.

    real            of velocities and temperature; the others keep that of the run
    exact_pressure  in float64, from which a run of any precision takes back what it had
    """
    lattice, fields, problem = run.system.lattice, run.fields, run.system.problem
    fluid = lattice.cells(lattice.fluid)
    if flux is not None:
        area = face_areas(problem.raster.grid)
        velocity = [lattice.faces(flux[axis], axis) / area[axis] for axis in range(3)]
    else:
        velocity = [lattice.faces(fields.velocity[axis], axis).astype(real) for axis in range(3)]
    theta = lattice.cells(fields.theta).astype(real)
    pressure = lattice.cells(audit.levelled_pressure(run.system, fields))
    if exact_pressure:
        pressure = pressure.astype(np.float64)
    return AirState(
        u=velocity[0],
        v=velocity[1],
        w=velocity[2],
        pressure=pressure * problem.properties.density,
        temperature=np.where(fluid, theta + run.reference, problem.properties.temperature),
        k=lattice.cells(fields.k).copy() if fields.k.size else None,
        epsilon=lattice.cells(fields.epsilon).copy() if fields.k.size else None,
    )
