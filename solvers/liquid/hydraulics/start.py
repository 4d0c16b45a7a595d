"""What a solve begins with: weights of columns, reference flows, states and flows of the branches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers import friction
from solvers._jit import kernel
from solvers.friction import G
from solvers.liquid.hydraulics import laws as law_kernels
from solvers.liquid.hydraulics.laws import Laws, valve_flow
from solvers.liquid.hydraulics.states import CLOSED, LIMITING, OPEN, SHUT, Automatic, State

Array = NDArray[np.float64]


class Given(NamedTuple):
    """What drives a solve besides the laws."""

    inflow: Array  # (nn,) into each node from outside [kg/s]
    rise: Array  # (nb,) height of the end over the start [m]
    closed: NDArray[np.bool_]  # (nb,) shut by hand
    device_density: float  # [kg/m3]; nan: the mean of the pipes


@kernel
def density_of(laws: Laws, given: Given) -> float:
    """Density in valves and other devices [kg/m3]."""
    if given.device_density > 0.0 or laws.pipes.density.size == 0:
        return given.device_density
    return laws.pipes.density.mean()


@kernel
def weights(laws: Laws, given: Given, density: float, static: Array) -> None:
    """Write the weight of the column from the start up to the end of every branch [Pa]; (nb,)."""
    for j in range(static.size):
        static[j] = G * density * given.rise[j] if given.rise[j] != 0.0 else 0.0
    for i in range(laws.pipes.branch.size):
        static[laws.pipes.branch[i]] = G * laws.pipes.density[i] * given.rise[laws.pipes.branch[i]]


@kernel(uses=(law_kernels, friction))
def references(laws: Laws, density: float, reference: Array) -> None:
    """Write a flow of every branch with a law to start from: 1 m/s in pipes, 1 kPa across valves [kg/s]."""
    reference[:] = 0.0
    pipes, powers, valves, pumps = laws.pipes, laws.powers, laws.valves, laws.pumps
    for i in range(pipes.branch.size):
        area = 0.25 * np.pi * pipes.diameter[i] ** 2
        reference[pipes.branch[i]] = area * pipes.density[i] * pipes.parallel[i]
    for i in range(powers.branch.size):
        reference[powers.branch[i]] = powers.flow[i]
    for i in range(valves.branch.size):
        reference[valves.branch[i]] = valve_flow(valves.kv[i] * valves.opening[i], density)
    for i in range(pumps.branch.size):
        reference[pumps.branch[i]] = pumps.flow[i] * pumps.running[i]


@kernel
def set_out(
    laws: Laws, devices: Automatic, closed: NDArray[np.bool_], reference: Array, flow: Array, state: State
) -> bool:
    """Fit states and flows to what is shut by hand now; a flow that is nan starts from its reference.

    Returns whether any branch is not open.
    """
    shut = closed.copy()
    for i in range(laws.valves.branch.size):
        if laws.valves.opening[i] <= 0.0:
            shut[laws.valves.branch[i]] = True
    pumps = laws.pumps
    for i in range(pumps.branch.size):
        if pumps.running[i] <= 0.0 or (pumps.speed[i] <= 0.0 and pumps.control[i] < 0):
            shut[pumps.branch[i]] = True
    found = False
    for j in range(flow.size):
        if shut[j]:
            state[j] = SHUT
        elif state[j] == SHUT:
            state[j], flow[j] = OPEN, reference[j]
        if state[j] == SHUT or state[j] == CLOSED:
            flow[j] = 0.0
        elif np.isnan(flow[j]):
            flow[j] = reference[j]
        found = found or state[j] != OPEN
    for i in range(devices.branch.size):
        if state[devices.branch[i]] == LIMITING:
            flow[devices.branch[i]] = devices.limit[i]
    return found
