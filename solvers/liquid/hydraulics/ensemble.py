"""Many members of one network, which differ in loads, fluid and settings, in one parallel call."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers import friction
from solvers._jit import parallel_kernel, prange
from solvers.liquid.hydraulics import border, ldl, states
from solvers.liquid.hydraulics import laws as law_kernels
from solvers.liquid.hydraulics import newton as iteration
from solvers.liquid.hydraulics.border import Controls
from solvers.liquid.hydraulics.graph import Graph
from solvers.liquid.hydraulics.inputs import device_density_of, given_of, laws_of, start_of
from solvers.liquid.hydraulics.laws import Laws, PipeTable, PowerTable, PumpTable
from solvers.liquid.hydraulics.ldl import Pattern
from solvers.liquid.hydraulics.network import Network
from solvers.liquid.hydraulics.newton import SETTLED, Given, Unknowns, newton
from solvers.liquid.hydraulics.outcome import Hydraulics, failure
from solvers.liquid.hydraulics.states import OPEN, SHUT, Automatic

Array = NDArray[np.float64]
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleHydraulics:
    """As Hydraulics, one row a member."""

    flow: Array  # (n, nb) [kg/s]
    pressure: Array  # (n, nn) [Pa]
    speed: Array  # (n, n_pumps)
    state: NDArray[np.int8]  # (n, nb)
    mass: Array  # (n,) worst node imbalance / largest flow
    iterations: Index  # (n,)


def solve_ensemble(
    network: Network,
    density: Array,
    viscosity: Array,
    *,
    imposed_flow: Array | None = None,
    inflow: Array | None = None,
    fixed_pressure: Array | None = None,
    law_drop: Array | None = None,
    speed: Array | None = None,
    guess: Array | Hydraulics | None = None,
    device_density: float | None = None,
    max_iterations: int = 60,
) -> EnsembleHydraulics:
    """Solve n members of a network, each from the same guess; the result does not depend on the threads.

    density [kg/m3], viscosity [Pa s]: (n_pipes,) or (n, n_pipes). The others, where given, (n, number of
    such things) in the order of the network's array of that name; speed in that of its pumps.
    Raises InputError for shapes that differ, and the first failing member's error.
    """
    tables = {
        "density": (density, network.pipe.size),
        "viscosity": (viscosity, network.pipe.size),
        "imposed_flow": (
            network.imposed_flow if imposed_flow is None else imposed_flow,
            network.imposed.size,
        ),
        "inflow": (network.inflow if inflow is None else inflow, len(network.nodes)),
        "fixed_pressure": (
            network.fixed_pressure if fixed_pressure is None else fixed_pressure,
            network.fixed.size,
        ),
        "law_drop": (network.law_drop if law_drop is None else law_drop, network.power_law.size),
    }
    rows = {name: _rows(name, values, width) for name, (values, width) in tables.items()}
    speeds = None if speed is None else _rows("speed", speed, network.pumps.branch.size)
    sizes = {values.shape[0] for values in rows.values()} | (
        {speeds.shape[0]} if speeds is not None else set()
    )
    n = max(sizes)
    require(sizes <= {1, n}, f"members differ in number: {', '.join(str(size) for size in sorted(sizes))}")

    rho = device_density_of(network, rows["density"], device_density)
    laws = laws_of(network, rows["density"][0], rows["viscosity"][0], rho)
    given = given_of(network, laws, rho)
    static = given.static[None, :]
    if network.rise.any():
        static = np.repeat(static, n, axis=0)
        static[:, network.pipe] = law_kernels.G * rows["density"] * network.rise[network.pipe]
    start = start_of(network, laws, given, guess)
    flow = np.repeat(start.flow[None, :], n, axis=0)
    flow[:, network.imposed] = rows["imposed_flow"]
    pressure = np.repeat(start.pressure[None, :], n, axis=0)
    pressure[:, network.fixed] = rows["fixed_pressure"]
    state = np.repeat(start.state[None, :], n, axis=0)
    pace = np.repeat(start.speed[None, :], n, axis=0)
    if speeds is not None:
        free = network.pumps.control < 0
        pace[:, free] = speeds[:, free]
        _stop(network, pace, free, given.reference, flow, state)
    mode, worst = np.repeat(start.mode[None, :], n, axis=0), np.repeat(start.worst[None, :], n, axis=0)
    loose = np.zeros(pressure.shape, dtype=bool)
    ended, mass, miss = np.empty((n, 3), dtype=np.intp), np.empty(n), np.empty(n)
    _solve_members(
        network.graph,
        network.pattern,
        laws.pipes,
        laws.powers,
        laws.valves,
        laws.pumps,
        network.automatic,
        network.controls,
        given.reference,
        given.rest,
        rows["density"],
        rows["viscosity"],
        rows["law_drop"],
        rows["inflow"],
        static,
        max_iterations,
        flow,
        pressure,
        state,
        pace,
        mode,
        worst,
        loose,
        ended,
        mass,
        miss,
    )
    for i in np.flatnonzero(ended[:, 0] != SETTLED)[:1]:
        unknowns = Unknowns(flow[i], pressure[i], state[i], pace[i], mode[i], worst[i], loose[i])
        own = replace(network, inflow=rows["inflow"][i % rows["inflow"].shape[0]])
        error = failure(own, unknowns, int(ended[i, 0]), max_iterations, mass[i], miss[i], int(ended[i, 2]))
        raise type(error)(f"member {i}: {error}")
    pressure[loose] = np.nan
    return EnsembleHydraulics(
        flow=flow, pressure=pressure, speed=pace, state=state, mass=mass, iterations=ended[:, 1].copy()
    )


def _rows(name: str, values: Array, width: int) -> Array:
    """Two dimensions, one row for all members or one for each."""
    rows = np.atleast_2d(np.ascontiguousarray(values, dtype=np.float64))
    require(
        rows.ndim == 2 and rows.shape[1] == width,
        f"{name} of the members has the shape {values.shape}: must be ({width},) or (members, {width})",
    )
    return rows


def _stop(
    network: Network,
    pace: Array,
    free: NDArray[np.bool_],
    reference: Array,
    flow: Array,
    state: NDArray[np.int8],
) -> None:
    """Shut the branches of pumps at rest, open those that another member left at rest."""
    branch = network.pumps.branch[free]
    stands = (pace[:, free] <= 0.0) | (network.pumps.running[free] <= 0.0)
    before = state[:, branch]
    again = (before == SHUT) & ~stands
    state[:, branch] = np.where(stands, SHUT, np.where(again, OPEN, before))
    flow[:, branch] = np.where(stands, 0.0, np.where(again, reference[branch], flow[:, branch]))


@parallel_kernel(uses=(iteration, border, ldl, law_kernels, friction, states))
def _solve_members(
    graph: Graph,
    pattern: Pattern,
    pipes: PipeTable,
    powers: PowerTable,
    valves: PowerTable,
    pumps: PumpTable,
    devices: Automatic,
    controls: Controls,
    reference: Array,
    rest: float,
    density: Array,
    viscosity: Array,
    law_drop: Array,
    inflow: Array,
    static: Array,
    max_iterations: int,
    flow: Array,
    pressure: Array,
    state: NDArray[np.int8],
    speed: Array,
    mode: Index,
    worst: Index,
    loose: NDArray[np.bool_],
    ended: Index,
    mass: Array,
    miss: Array,
) -> None:
    """One row of every table a member; tables of a single row are shared."""
    for i in prange(flow.shape[0]):
        own = Laws(
            PipeTable(
                pipes.branch,
                pipes.length,
                pipes.diameter,
                pipes.roughness,
                pipes.minor,
                pipes.parallel,
                pipes.law,
                pipes.coefficient,
                density[i % density.shape[0]],
                viscosity[i % viscosity.shape[0]],
            ),
            PowerTable(powers.branch, powers.flow, law_drop[i % law_drop.shape[0]], powers.exponent),
            valves,
            pumps,
        )
        ended[i, 0], ended[i, 1], mass[i], miss[i], ended[i, 2] = newton(
            graph,
            pattern,
            own,
            devices,
            controls,
            Given(inflow[i % inflow.shape[0]], static[i % static.shape[0]], reference, rest),
            Unknowns(flow[i], pressure[i], state[i], speed[i], mode[i], worst[i], loose[i]),
            max_iterations,
        )
