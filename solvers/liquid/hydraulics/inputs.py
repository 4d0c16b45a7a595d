"""From a network and its fluid to what the kernel reads: tables, loads, a start."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers.liquid.hydraulics.border import AT_REST
from solvers.liquid.hydraulics.laws import G, Laws, PipeTable, PowerTable
from solvers.liquid.hydraulics.network import Network
from solvers.liquid.hydraulics.newton import Given, Unknowns
from solvers.liquid.hydraulics.outcome import Hydraulics
from solvers.liquid.hydraulics.states import CLOSED, LIMITING, OPEN, SHUT

Array = NDArray[np.float64]
Index = NDArray[np.intp]


def rest_of(network: Network) -> float:
    """1e-12 of the design flow [kg/s]: what counts as no flow."""
    given = (network.law_flow, network.pumps.flow, network.imposed_flow, network.inflow)
    design = max(float(np.abs(values).max(initial=0.0)) for values in given)
    return max(1e-12 * design, float(np.finfo(float).tiny))


def device_density_of(network: Network, density: Array, given: float | None) -> float:
    if given is not None:
        return given
    if density.size:
        return float(density.mean())
    require(
        network.valve.size == 0 and not network.rise.any(),
        "a network of valves or heights without a pipe: the density of its fluid is not known",
        hint="device_density=1000.0",
    )
    return 1000.0


def laws_of(network: Network, density: Array, viscosity: Array, device_density: float) -> Laws:
    """Tables of the kernel for these properties."""
    pipes = PipeTable(
        branch=network.pipe,
        length=network.length,
        diameter=network.diameter,
        roughness=network.roughness,
        minor=network.minor,
        parallel=network.parallel,
        law=network.friction,
        coefficient=network.coefficient,
        density=np.ascontiguousarray(density, dtype=np.float64),
        viscosity=np.ascontiguousarray(viscosity, dtype=np.float64),
    )
    powers = PowerTable(
        branch=network.power_law,
        flow=network.law_flow,
        drop=network.law_drop,
        exponent=network.law_exponent,
    )
    # a valve that is shut keeps a law, unread
    kv = network.valve_kv * np.where(network.valve_opening > 0.0, network.valve_opening, 1.0)
    valves = PowerTable(
        branch=network.valve,
        flow=0.1 * kv * np.sqrt(1000.0 * device_density) / 3600.0,  # at 1 kPa
        drop=np.full(kv.size, 1e3),
        exponent=np.full(kv.size, 2.0),
    )
    return Laws(pipes=pipes, powers=powers, valves=valves, pumps=network.pumps)


def given_of(network: Network, laws: Laws, device_density: float) -> Given:
    """Inflow, weight of the columns and flows to start from: one metre per second, or the reference flow."""
    reference = np.zeros(network.start.size)
    area = 0.25 * np.pi * network.diameter**2
    reference[network.pipe] = area * laws.pipes.density * network.parallel
    reference[network.power_law] = network.law_flow
    reference[network.valve] = laws.valves.flow
    reference[network.pumps.branch] = network.pumps.flow * network.pumps.running
    weight = np.full(network.start.size, device_density)
    weight[network.pipe] = laws.pipes.density
    return Given(
        inflow=network.inflow, static=G * weight * network.rise, reference=reference, rest=rest_of(network)
    )


def start_of(network: Network, laws: Laws, given: Given, guess: Array | Hydraulics | None) -> Unknowns:
    """Flows, states and speeds to start from; what is shut by hand is so whatever the guess says."""
    near = guess if isinstance(guess, Hydraulics) else None
    flows = given.reference if guess is None else guess.flow if isinstance(guess, Hydraulics) else guess
    flow = np.array(flows, dtype=np.float64)
    flow[network.imposed] = network.imposed_flow
    state = np.full(flow.size, OPEN, dtype=np.int8) if near is None else near.state.copy()
    shut = network.closed.copy()
    shut[network.valve] |= network.valve_opening <= 0.0
    pumps = network.pumps
    shut[pumps.branch] |= (pumps.running <= 0.0) | ((pumps.speed <= 0.0) & (pumps.control < 0))
    again = (state == SHUT) & ~shut
    state[again], flow[again] = OPEN, given.reference[again]
    state[shut] = SHUT
    flow[(state == SHUT) | (state == CLOSED)] = 0.0
    pressure = np.zeros(len(network.nodes))
    pressure[network.fixed] = network.fixed_pressure
    limiting = network.automatic.branch[state[network.automatic.branch] == LIMITING]
    if limiting.size:
        limit = np.zeros(flow.size)
        limit[network.automatic.branch] = network.automatic.limit
        flow[limiting] = limit[limiting]
    speed, mode, worst = _speeds(network, shut, near)
    return Unknowns(
        flow=flow,
        pressure=pressure,
        state=state,
        speed=speed,
        mode=mode,
        worst=worst,
        loose=np.zeros(pressure.size, dtype=bool),
    )


def _speeds(network: Network, shut: NDArray[np.bool_], near: Hydraulics | None) -> tuple[Array, Index, Index]:
    """Speeds of the pumps, modes and worst consumers of the controls to start from."""
    pumps, n = network.pumps, network.controls.slowest.size
    speed = pumps.speed.copy()
    if n == 0:
        return speed, np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    obeys = pumps.control >= 0
    for c in range(n):
        require(
            bool(np.any((pumps.control == c) & ~shut[pumps.branch])),
            f"none of the pumps that keep the drop at '{_first_consumer(network, c)}' is running",
            hint="running=1 and speed=1 for one of them",
        )
    if near is not None:
        speed[obeys] = near.speed[obeys]
        return speed, near.mode.copy(), near.worst.copy()
    fastest = network.controls.fastest[pumps.control[obeys]]
    speed[obeys] = np.where(speed[obeys] > 0.0, np.minimum(speed[obeys], fastest), fastest)
    return speed, np.full(n, AT_REST, dtype=np.intp), np.full(n, -1, dtype=np.intp)


def _first_consumer(network: Network, control: int) -> str:
    return network.branches[network.controls.consumer[network.controls.first[control]]]
