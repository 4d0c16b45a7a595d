"""Many members of one network, which differ in loads, fluid and settings, in one parallel call."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geometry.errors import InputError, require
from solvers import friction
from solvers._jit import parallel_kernel, prange
from solvers.liquid.hydraulics import border, ldl, states
from solvers.liquid.hydraulics import laws as law_kernels
from solvers.liquid.hydraulics import newton as iteration
from solvers.liquid.hydraulics import start as beginning
from solvers.liquid.hydraulics.border import Controls
from solvers.liquid.hydraulics.graph import Graph
from solvers.liquid.hydraulics.inputs import given_of, guess_of, laws_of, require_between
from solvers.liquid.hydraulics.laws import Laws, PipeTable, PowerTable, PumpTable, ValveTable
from solvers.liquid.hydraulics.ldl import Pattern
from solvers.liquid.hydraulics.network import Network
from solvers.liquid.hydraulics.newton import SETTLED, Unknowns, newton
from solvers.liquid.hydraulics.outcome import Hydraulics, failure, require_delivery, undelivered
from solvers.liquid.hydraulics.start import Given
from solvers.liquid.hydraulics.states import Automatic

Array = NDArray[np.float64]
Index = NDArray[np.intp]

_RANGES = {
    "density": (0.0, np.inf, "kg/m3"),
    "viscosity": (0.0, np.inf, "Pa s"),
    "imposed_flow": (-np.inf, np.inf, "kg/s"),
    "inflow": (-np.inf, np.inf, "kg/s"),
    "fixed_pressure": (-np.inf, np.inf, "Pa"),
    "law_drop": (0.0, np.inf, "Pa"),
}  # that values of members lie within


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleHydraulics:
    """As Hydraulics, one row a member."""

    flow: Array  # (n, nb) [kg/s]
    drop: Array  # (n, nb) [Pa]
    pressure: Array  # (n, nn) [Pa]
    speed: Array  # (n, n_pumps)
    state: NDArray[np.int8]  # (n, nb)
    idle: NDArray[np.bool_]  # (n, n_pumps) runs, but delivers nothing or is pushed beyond its curve
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
    own_guess: Array | None = None,
    device_density: float | None = None,
    idle_pumps: bool = False,
    max_iterations: int = 60,
) -> EnsembleHydraulics:
    """Solve n members of a network; the result does not depend on the threads.

    guess      that all members start from; own_guess: flows of each, (n, nb) [kg/s]

    density [kg/m3], viscosity [Pa s]: (n_pipes,) or (n, n_pipes). The others, where given, (n, number of
    such things) in the order of the network's array of that name; speed in that of its pumps.
    idle_pumps: whether running pumps may deliver nothing or be pushed beyond their curve, as in a single
    solve; `idle` of the answer says which do. Raises InputError for shapes that differ and values that cannot
    be, and the error of the first member that fails.
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
        "speed": (network.pumps.speed if speed is None else speed, network.pumps.branch.size),
        "law_drop": (network.law_drop if law_drop is None else law_drop, network.power_law.size),
    }
    rows = {name: _rows(name, values, width) for name, (values, width) in tables.items()}
    for name, (low, high, unit) in _RANGES.items():
        require_between(name, rows[name], low, high, unit)
    require(bool(np.all((rows["speed"] >= 0.0) & (rows["speed"] <= 2.0))), "speed of the pumps: outside 0..2")
    sizes = {values.shape[0] for values in rows.values()}
    n = max(sizes)
    require(sizes <= {1, n}, f"members differ in number: {', '.join(str(size) for size in sorted(sizes))}")

    start = guess_of(network, guess)
    flow = np.repeat(start.flow[None, :], n, axis=0)
    if own_guess is not None:
        require(
            own_guess.shape == flow.shape,
            f"guesses of the members have the shape {own_guess.shape}: must be {flow.shape}",
        )
        flow[:] = own_guess
    flow[:, network.imposed] = rows["imposed_flow"]
    pressure = np.repeat(start.pressure[None, :], n, axis=0)
    pressure[:, network.fixed] = rows["fixed_pressure"]
    own = Unknowns(
        flow=flow,
        drop=np.empty_like(flow),
        pressure=pressure,
        state=np.repeat(start.state[None, :], n, axis=0),
        speed=np.where(network.pumps.control < 0, rows["speed"], np.repeat(start.speed[None, :], n, axis=0)),
        mode=np.repeat(start.mode[None, :], n, axis=0),
        worst=np.repeat(start.worst[None, :], n, axis=0),
    )
    ended, mass, miss = np.empty((n, 3), dtype=np.intp), np.empty(n), np.empty(n)
    _solve_members(
        network.graph,
        network.pattern,
        *laws_of(network, rows["density"][0], rows["viscosity"][0]),
        network.automatic,
        network.controls,
        given_of(network, device_density),
        rows["density"],
        rows["viscosity"],
        rows["law_drop"],
        rows["inflow"],
        rows["speed"],
        max_iterations,
        own,
        ended,
        mass,
        miss,
    )
    for i in np.flatnonzero(ended[:, 0] != SETTLED)[:1]:
        unknowns = Unknowns(*(values[i] for values in own))
        loaded = replace(network, inflow=rows["inflow"][i % rows["inflow"].shape[0]])
        error = failure(
            loaded, unknowns, int(ended[i, 0]), max_iterations, mass[i], miss[i], int(ended[i, 2])
        )
        raise type(error)(f"member {i}: {error}")
    in_devices = _of_devices(rows["density"], device_density, n)
    idle = np.logical_or(*undelivered(network, own, in_devices))
    for i in np.flatnonzero(idle.any(axis=1) & (not idle_pumps))[:1]:
        try:
            require_delivery(network, Unknowns(*(values[i] for values in own)), float(in_devices[i]))
        except InputError as error:
            raise InputError(f"member {i}: {error}") from None
    return EnsembleHydraulics(
        flow=flow,
        drop=own.drop,
        pressure=pressure,
        speed=own.speed,
        state=own.state,
        idle=idle,
        mass=mass,
        iterations=ended[:, 1].copy(),
    )


def _of_devices(density: Array, device_density: float | None, members: int) -> Array:
    """Density of every member's devices [kg/m3]: as given, or the mean of its pipes; (n,)."""
    if device_density is not None or density.shape[1] == 0:
        return np.full(members, np.nan if device_density is None else device_density)
    return np.broadcast_to(density.mean(axis=1), (members,))


def _rows(name: str, values: Array, width: int) -> Array:
    """Two dimensions, one row for all members or one for each."""
    rows = np.atleast_2d(np.ascontiguousarray(values, dtype=np.float64))
    require(
        rows.ndim == 2 and rows.shape[1] == width,
        f"{name} of the members has the shape {values.shape}: must be ({width},) or (members, {width})",
    )
    return rows


@parallel_kernel(uses=(iteration, beginning, border, ldl, law_kernels, friction, states))
def _solve_members(
    graph: Graph,
    pattern: Pattern,
    pipes: PipeTable,
    powers: PowerTable,
    valves: ValveTable,
    pumps: PumpTable,
    devices: Automatic,
    controls: Controls,
    given: Given,
    density: Array,
    viscosity: Array,
    law_drop: Array,
    inflow: Array,
    speed: Array,
    max_iterations: int,
    own: Unknowns,
    ended: Index,
    mass: Array,
    miss: Array,
) -> None:
    """One row of every table a member; tables of a single row are shared."""
    for i in prange(own.flow.shape[0]):
        laws = Laws(
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
            PumpTable(
                pumps.branch,
                pumps.flow,
                pumps.shutoff,
                pumps.fall,
                pumps.exponent,
                pumps.running,
                speed[i % speed.shape[0]],
                pumps.control,
                pumps.first,
                pumps.curve_flow,
                pumps.curve_rise,
            ),
        )
        ended[i, 0], ended[i, 1], mass[i], miss[i], ended[i, 2] = newton(
            graph,
            pattern,
            laws,
            devices,
            controls,
            Given(inflow[i % inflow.shape[0]], given.rise, given.closed, given.device_density),
            Unknowns(
                own.flow[i],
                own.drop[i],
                own.pressure[i],
                own.state[i],
                own.speed[i],
                own.mode[i],
                own.worst[i],
            ),
            max_iterations,
        )
