"""Passive tracers on a converged, frozen flow.

A tracer marks the air that a source blows in: concentration 1 there, 0 in all other air that enters. It is
carried by the discrete fluxes and the diffusion that carry the temperature, with the temperature's own
limiter frozen (kernels.tracers), so that the tracers of all sources together are 1 in every cell and

    theta = sum over the sources of theta_source * tracer

holds in every cell to the tolerance of the solve. Frozen means: the flow does not answer a change of
temperature, buoyancy stays as it was solved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from geometry.errors import require
from geometry.grid import Array
from solvers.air.boundaries import WallCells, build_walls
from solvers.air.devices import Devices, build_devices, exhaust_outflow
from solvers.air.equation import SCHEME, SWEEP_ORDER
from solvers.air.kernels import scalars
from solvers.air.kernels import tracers as kernels
from solvers.air.lattice import Lattice, Triple, build_lattice
from solvers.air.problem import AirProblem, AirSolution
from solvers.air.reference import reference_temperature
from solvers.air.runs import threads_for
from solvers.air.walls import wall_conductance
from solvers.errors import SolverError

BLOCK = 8  # fields solved side by side: links are read once for all of them
SWEEPS = 8  # of a pass, between two renewals of the deferred fluxes; measured, see README.md
MAX_PASSES = 1000
# Most of a rack's air stays near it: rows of cells along x further than REACH rows from any that still
# changed by more than LAZY of the tolerance in the last pass are left as they are.
LAZY = 0.1
REACH = 4
FULL = np.ones((3, 3), dtype=bool)
MARKING = 1e9  # m3/s of marked air that a porous rack's cells are taken to receive: far above any flow


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenFlow:
    """A solved hall's air as the linear system that any passive quantity obeys.

    lattice    without what the flow alone needs (`Lattice.of_cells`)
    low, high  links by axis [m3/s] (kernels.transport)
    near, far  by axis, weights of the deferred high-order fluxes through the low faces [m3/s]
    inflow     what devices blow into each cell [m3/s]; walls: conductance to warm walls [m3/s]
    marked     last cells of porous racks and the rack of each: what leaves them is that rack's air
    heat       over rho cp of each cell of `devices.zones` [K m3/s]
    weights    of the faces where racks and units read what they draw [-]
    back       flow that comes back through each exhaust face [m3/s]
    outflow    flow that leaves through each exhaust face [m3/s], negative where it comes back
    reference  temperature [K] where theta is zero
    """

    problem: AirProblem
    lattice: Lattice
    devices: Devices
    wall_cells: tuple[WallCells, ...]
    wall_conductance: tuple[Array, ...]
    low: Triple
    high: Triple
    near: Triple
    far: Triple
    inflow: Array
    walls: Array
    marked: tuple[NDArray[np.int64], NDArray[np.int64]]
    heat: Array
    weights: Array
    back: Array
    outflow: Array
    theta: Array
    reference: float


def freeze(problem: AirProblem, solution: AirSolution) -> FrozenFlow:
    """The flow of `solution` and the limiter of its temperature, held.

    Raises InputError when the solution is of another grid.
    """
    shape = solution.state.temperature.shape
    grid = problem.raster.grid
    require(
        shape == grid.shape,
        f"air solution on a grid of {shape} cells: the problem has {grid.shape}",
        hint="pass the problem that was solved",
    )
    lattice = build_lattice(problem.raster, tuple(problem.raster.ports[e.port] for e in problem.exhausts))
    reference = reference_temperature(problem)
    devices = build_devices(problem, lattice, reference)
    devices.operate(solution, reference)
    zeros = [np.zeros(lattice.size) for _ in range(5)]
    flux: Triple = (zeros[0], zeros[1], zeros[2])
    state = solution.state
    for axis, values in enumerate((state.u, state.v, state.w)):
        lattice.faces(flux[axis], axis)[...] = values
        np.multiply(flux[axis], lattice.area[axis], out=flux[axis])
    viscosity, theta = zeros[3], zeros[4]
    lattice.cells(viscosity)[...] = solution.viscosity
    lattice.cells(theta)[...] = np.where(problem.raster.solid, 0.0, state.temperature - reference)
    k = np.zeros(0)
    if state.k is not None:
        k = np.zeros(lattice.size)
        lattice.cells(k)[...] = state.k
    low, high = _links(problem, lattice, flux, viscosity)
    near, far = _slopes(problem, lattice, low, high, theta)
    outflow = exhaust_outflow(devices, flux)
    back = np.maximum(-outflow, 0.0)
    inflow = np.zeros(lattice.size)
    for faces, flow in (
        (devices.supply, devices.supply_flow),
        (devices.outlet, devices.outlet_flow),
        (devices.exhaust, back),
    ):
        np.add.at(inflow, faces.cell, flow)
    every_wall = build_walls(problem, lattice, reference)
    require(
        problem.forcing is None and not any(wall.inflow.any() for wall in every_wall),
        "air paths: air through walls or a forcing, which are for verification, cannot be traced",
        hint="blow the air by a supply",
    )
    wall_cells = tuple(wall for wall in every_wall if wall.theta is not None)
    conductance = tuple(wall_conductance(viscosity, k, wall, problem.properties) for wall in wall_cells)
    walls = np.zeros(lattice.size)
    for wall, each in zip(wall_cells, conductance, strict=True):
        np.add.at(walls, wall.cell, each)
    return FrozenFlow(
        problem=problem,
        lattice=lattice.of_cells(),
        devices=devices,
        wall_cells=wall_cells,
        wall_conductance=conductance,
        low=low,
        high=high,
        near=near,
        far=far,
        inflow=inflow,
        walls=walls,
        marked=_marked(devices, lattice),
        heat=devices.zones.given(flux),
        weights=devices.weights(flux),
        back=back,
        outflow=outflow,
        theta=theta,
        reference=reference,
    )


def _marked(devices: Devices, lattice: Lattice) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rear = devices.rear
    stride = np.array(lattice.stride)[rear.axis]
    return rear.cell - rear.inward.astype(np.int64) * stride, rear.owner


def _links(problem: AirProblem, lattice: Lattice, flux: Triple, viscosity: Array) -> tuple[Triple, Triple]:
    air = problem.properties
    pairs = []
    for axis in range(3):
        low, high = np.zeros(lattice.size), np.zeros(lattice.size)
        scalars.scalar_links(
            lattice.shape,
            flux[axis],
            lattice.conductance[axis],
            viscosity,
            air.viscosity,
            air.prandtl,
            air.prandtl_turbulent,
            lattice.stride[axis],
            low,
            high,
        )
        pairs.append((low, high))
    return (pairs[0][0], pairs[1][0], pairs[2][0]), (pairs[0][1], pairs[1][1], pairs[2][1])


def _slopes(
    problem: AirProblem, lattice: Lattice, low: Triple, high: Triple, theta: Array
) -> tuple[Triple, Triple]:
    """Weights near and far of the deferred flux through each low face, by axis (kernels.tracers)."""
    pairs = []
    for axis in range(3):
        near, far = np.zeros(lattice.size), np.zeros(lattice.size)
        kernels.freeze_slopes(
            lattice.shape,
            SCHEME[problem.convection],
            lattice.stride[axis],
            axis,
            lattice.centre[axis],
            lattice.face[axis],
            low[axis],
            high[axis],
            theta,
            near,
            far,
        )
        pairs.append((near, far))
    return (pairs[0][0], pairs[1][0], pairs[2][0]), (pairs[0][1], pairs[1][1], pairs[2][1])


def _from_above(values: Array, stride: int) -> Array:
    """Entry n holds values[n + stride]."""
    out = np.zeros_like(values)
    out[:-stride] = values[stride:]
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Air that a tracer marks: of supplies, racks, cooling units, exhausts (where it comes back) or walls.

    Positions in the problem's lists; of walls, among those of fixed temperature.
    """

    name: str
    supplies: tuple[int, ...] = ()
    racks: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    exhausts: tuple[int, ...] = ()
    walls: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracer:
    """What one passive field is made of: concentration of the air each device blows in, and a volume source.

    supply, exhaust  (n,) concentration by device; wall: (n,) by wall of fixed temperature
    through          (n,) by rack, then by cooling unit
    emission         per volume and time
    passed_on        racks and units blow out what they draw in (and `through` is left out)
    """

    supply: Array
    through: Array
    exhaust: Array
    wall: Array
    emission: float = 0.0
    passed_on: bool = False


def tracer_of(frozen: FrozenFlow, source: Source) -> Tracer:
    """Concentration 1 in the air of `source`, 0 in all other."""

    def marked(n: int, chosen: tuple[int, ...]) -> Array:
        values = np.zeros(n)
        values[list(chosen)] = 1.0
        return values

    problem = frozen.problem
    first_unit = len(problem.racks)
    through = source.racks + tuple(first_unit + number for number in source.units)
    return Tracer(
        supply=marked(len(problem.supplies), source.supplies),
        through=marked(first_unit + len(problem.units), through),
        exhaust=marked(len(problem.exhausts), source.exhausts),
        wall=marked(len(frozen.wall_cells), source.walls),
    )


def solve_tracers(
    frozen: FrozenFlow,
    tracers: Sequence[Tracer],
    *,
    tolerance: float,
    through_walls: bool = True,
    keep: Sequence[int] = (),
) -> tuple[Array, Array, dict[int, Array]]:
    """Steady fields of `tracers`: read at racks and units, at exhausts and, for those of `keep`, everywhere.

    tolerance      largest change of any value in a sweep at which to stop, relative to the largest value
    through_walls  whether walls of fixed temperature exchange the quantity (heat does, age does not)

    Returns (racks and units, n) means of what they draw, (exhausts, n) means of the outflow (NaN without
    any), and {number: (nz, ny, nx) field}. Raises SolverError when the sweeps do not settle.
    """
    inlets = np.zeros((frozen.devices.flow.size, len(tracers)))
    returns = np.full((len(frozen.problem.exhausts), len(tracers)), np.nan)
    fields: dict[int, Array] = {}
    with threads_for(frozen.problem.raster.grid.n_cells * min(BLOCK, max(len(tracers), 1))):
        for first in range(0, len(tracers), BLOCK):
            part = tracers[first : first + BLOCK]
            phi = _solve_block(frozen, part, tolerance, through_walls)
            numbers = slice(first, first + len(part))
            inlets[:, numbers] = _at_intakes(frozen, phi)
            returns[:, numbers] = _at_exhausts(frozen, phi)
            for number in keep:
                if first <= number < first + len(part):
                    fields[number] = frozen.lattice.cells(np.ascontiguousarray(phi[:, number - first]))
            del phi  # before the next block's
    return inlets, returns, fields


def _solve_block(
    frozen: FrozenFlow, tracers: Sequence[Tracer], tolerance: float, through_walls: bool
) -> Array:
    lattice, low, high = frozen.lattice, frozen.low, frozen.high
    sink = frozen.inflow + frozen.walls if through_walls else frozen.inflow
    if not any(t.passed_on for t in tracers):
        sink = sink.copy()
        sink[frozen.marked[0]] += MARKING
    weights = sink.copy()
    for axis in range(3):
        weights += low[axis] + _from_above(high[axis], lattice.stride[axis])
    inverse = np.divide(1.0, weights, out=np.zeros_like(weights), where=lattice.fluid & (weights > 0.0))
    del sink, weights  # half as large as a field of every tracer
    offsets = np.array([0, *(m * s for s in lattice.stride for m in (-2, -1, 1, 2))], dtype=np.int64)
    slopes = [weight for pair in zip(frozen.near, frozen.far, strict=True) for weight in pair]
    cells, given = _given(frozen, tracers)
    emission = np.array([t.emission for t in tracers])
    handed = np.array([q for q, t in enumerate(tracers) if t.passed_on], dtype=np.int64)
    outlet = frozen.devices.outlet
    racks = frozen.devices.supply.cell.size + np.arange(outlet.cell.size)  # their places in `given`
    phi = np.zeros((lattice.size, len(tracers)))
    b = np.zeros_like(phi)
    nz, ny, nx = lattice.padded
    fresh, weights = np.zeros((max(nz, ny), BLOCK)), np.zeros((nz, 13))
    rows = np.logical_or.reduce(lattice.fluid.reshape(-1, nx), axis=1)
    active: NDArray[np.bool_] = rows.copy()
    worst = np.inf
    for _ in range(MAX_PASSES):
        kernels.deferred_fluxes(
            lattice.shape, active, offsets, *slopes, inverse, lattice.volume, emission, weights, phi, b
        )
        if handed.size:
            breathed = _at_intakes(frozen, phi[:, handed])[outlet.owner]
            given[racks, handed[:, None]] = (frozen.devices.outlet_flow[:, None] * breathed).T
        here = active[cells // nx]
        np.add.at(b, cells[here], given[here])
        change = np.zeros(rows.size)
        for s, (planes_along_y, reverse_x, reverse_rows) in enumerate(SWEEP_ORDER[:SWEEPS], start=1):
            kernels.sweep_block(
                lattice.shape,
                active,
                low[0],
                high[0],
                low[1],
                high[1],
                low[2],
                high[2],
                inverse,
                b,
                planes_along_y,
                reverse_x,
                reverse_rows,
                s == SWEEPS,
                fresh,
                phi,
                change,
            )
        worst = float(change.max())
        limit = tolerance * (float(np.abs(phi).max()) if emission.any() else 1.0)
        if worst <= limit:
            return phi
        moving = (change > LAZY * limit).reshape(-1, ny)
        if handed.size:  # racks carry a change to the other end of the room
            active = rows
            continue
        spread = binary_dilation(moving, structure=FULL, iterations=REACH)
        active = np.logical_and(rows, np.ravel(spread))
        if not np.isfinite(worst):
            break
    raise SolverError(
        f"tracers on the frozen flow do not settle: they still change by {worst:.2g} a sweep after "
        f"{MAX_PASSES} passes\n  try: a flow that converged (a larger solver.max_iterations)"
    )


def _given(frozen: FrozenFlow, tracers: Sequence[Tracer]) -> tuple[NDArray[np.int64], Array]:
    """Cells with a source, and (cells, n) what devices and walls bring into them."""
    devices = frozen.devices
    supply, through, exhaust = (
        np.array([getattr(t, name) for t in tracers]) for name in ("supply", "through", "exhaust")
    )
    wall = np.array([t.wall for t in tracers])
    parts = [
        (devices.supply.cell, devices.supply_flow[:, None] * supply[:, devices.supply.owner].T),
        (devices.outlet.cell, devices.outlet_flow[:, None] * through[:, devices.outlet.owner].T),
        (devices.exhaust.cell, frozen.back[:, None] * exhaust[:, devices.exhaust.owner].T),
    ]
    if not any(t.passed_on for t in tracers):
        parts.append((frozen.marked[0], MARKING * through[:, frozen.marked[1]].T))
    for number, (cells, conductance) in enumerate(
        zip(frozen.wall_cells, frozen.wall_conductance, strict=True)
    ):
        parts.append((cells.cell, conductance[:, None] * wall[:, number]))
    return np.concatenate([cell for cell, _ in parts]), np.concatenate([value for _, value in parts])


def _at_intakes(frozen: FrozenFlow, phi: Array) -> Array:
    """(racks and units, n) flow-weighted means of what each draws."""
    faces = frozen.devices.read
    total = np.zeros((frozen.devices.flow.size, phi.shape[1]))
    np.add.at(total, faces.owner, frozen.weights[:, None] * phi[faces.cell])
    return total


def _at_exhausts(frozen: FrozenFlow, phi: Array) -> Array:
    """(exhausts, n) flow-weighted means of what leaves through each exhaust; NaN where nothing does."""
    faces, n = frozen.devices.exhaust, len(frozen.problem.exhausts)
    leaving = np.maximum(frozen.outflow, 0.0)
    flow = np.bincount(faces.owner, weights=leaving, minlength=n)
    total = np.zeros((n, phi.shape[1]))
    np.add.at(total, faces.owner, leaving[:, None] * phi[faces.cell])
    return np.divide(total, flow[:, None], out=np.full_like(total, np.nan), where=flow[:, None] > 0.0)
