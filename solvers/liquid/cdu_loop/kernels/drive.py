"""Compiled marches of CDU loops: controllers, one variant with its history, and ensembles."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange
from solvers.heat import conductance, effectiveness
from solvers.liquid.cdu_loop.kernels import step as thermal
from solvers.liquid.cdu_loop.kernels.step import (
    make_lanes,
    set_coefficients,
    set_exchange,
    set_flows,
    thermal_step,
)
from solvers.liquid.control import kernels as control
from solvers.liquid.control.kernels import POSITION, pid_step

# what a lane of an ensemble is reduced to
SUPPLY_MAX, RETURN_MAX, PLATE_MAX, SUPPLY_END, FLOW_MIN, PUMP_ENERGY, FACILITY_HEAT, FACILITY_MAX = range(8)
COOLANT_MIN, COOLANT_MAX, SPEED_MAX = 8, 9, 10
OUTPUTS = (
    "supply_max", "return_max", "plate_max", "supply_end", "flow_min", "pump_energy", "facility_heat",
    "facility_max", "coolant_min", "coolant_max", "speed_max",
)  # fmt: skip


class Course(NamedTuple):
    """What happens, by step: constant during it, so give means over it."""

    load: np.ndarray  # (steps, r) heat of the racks over their design heat [-]
    water: np.ndarray  # (steps,) facility water in [K]
    opening: np.ndarray  # (steps,) facility flow on offer over `c_open` [-]
    supply: np.ndarray  # (steps,) target of the valve [K]; nan: it stays
    drop: np.ndarray  # (steps,) target of the pumps [Pa]; nan: their speed stays
    stuck: np.ndarray  # (steps,) whether the valve is stuck
    tripped: np.ndarray  # (steps,) whether the pumps run down


@kernel(uses=(control,))
def control_step(p, n, step, course, k, share, b):
    """Controllers sample, actuators move; a target of nan leaves an actuator where it is.

    share  (lanes,) of the course's pressure target that is each lane's own
    """
    first = 2 * b.load.shape[0]
    supply, drop = course.supply[k], course.drop[k]
    for j in range(b.flow.size):
        if not (course.stuck[k] or np.isnan(supply)):
            pid_step(p.valve, n, b.valve, j, supply, b.state[first, j], step)
        if course.tripped[k]:
            b.pump[j, POSITION] = max(b.pump[j, POSITION] - step / p.coast[n], 0.0)
        elif not np.isnan(drop):
            pid_step(p.pump, n, b.pump, j, drop * share[j], b.drop[j], step)


@kernel(uses=(control, thermal, conductance, effectiveness))
def advance(p, n, step, course, k, share, b):
    """One step of every lane: controllers sample, actuators move, temperatures follow."""
    control_step(p, n, step, course, k, share, b)
    if set_flows(p, n, b) or k == 0:
        set_coefficients(p, n, step, b)
    set_exchange(p, n, course.opening[k], b)
    thermal_step(p, n, step, b)


@kernel(uses=(control, thermal, conductance, effectiveness))
def march_kernel(p, n, step, course, b, state, flow, speed, valve, heat, power, drop):
    """March one lane through its course and write what it is after every step; outputs (steps, ...)."""
    share = np.ones(1)
    set_flows(p, n, b)  # what the controllers measure first
    for k in range(course.water.size):
        for i in range(b.load.shape[0]):
            b.load[i, 0] = course.load[k, i] * p.heat[n, i]
        b.water[0] = course.water[k]
        advance(p, n, step, course, k, share, b)
        for c in range(b.state.shape[0]):
            state[k, c] = b.state[c, 0]
        flow[k], speed[k], valve[k] = b.flow[0], b.pump[0, POSITION], b.valve[0, POSITION]
        heat[k], power[k], drop[k] = b.heat[0], b.power[0], b.drop[0]


@kernel
def mixed(x):
    """Finaliser of SplitMix64 (Steele, Lea and Flood 2014, OOPSLA, doi:10.1145/2660193.2660195)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@kernel
def draw(key, k):
    """Number k in [-1, 1) of the stream `key`: the k-th output of SplitMix64, whatever was drawn before."""
    word = mixed(key + (np.uint64(k) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15))
    return np.float64(word >> np.uint64(11)) * 2.0**-52 - 1.0


@kernel
def clear(b, result):
    """Before the first step."""
    for q in range(len(OUTPUTS)):
        for j in range(result.shape[1]):
            result[q, j] = -np.inf
    for j in range(result.shape[1]):
        result[FLOW_MIN, j], result[SPEED_MAX, j] = b.flow[j], b.speed[j]
        result[COOLANT_MIN, j] = np.inf
        result[PUMP_ENERGY, j] = result[FACILITY_HEAT, j] = 0.0


@kernel
def reduce_coolant(values, result):
    """Take the temperature of coolant at one place, (lanes,), into the extremes."""
    for j in range(values.size):
        result[COOLANT_MIN, j] = min(result[COOLANT_MIN, j], values[j])
        result[COOLANT_MAX, j] = max(result[COOLANT_MAX, j], values[j])


@kernel
def reduce_lanes(p, n, step, opening, b, result):
    """Take what the lanes are after a step into their results, (outputs, lanes)."""
    racks, lanes = np.uint64(b.load.shape[0]), np.uint64(b.load.shape[1])
    supply = racks + racks + np.uint64(p.supply_cells) - np.uint64(1)
    back = np.uint64(b.state.shape[0]) - np.uint64(1)
    for i in range(racks):
        if p.admittance[n, i] == 0.0:  # no such rack
            continue
        for j in range(lanes):
            result[PLATE_MAX, j] = max(result[PLATE_MAX, j], b.state[i, j])
        reduce_coolant(b.state[racks + i], result)
    # leaving the exchanger, to the racks, back at the exchanger
    reduce_coolant(b.state[racks + racks], result)
    reduce_coolant(b.state[supply], result)
    reduce_coolant(b.state[back], result)
    for j in range(lanes):
        result[SUPPLY_MAX, j] = max(result[SUPPLY_MAX, j], b.state[supply, j])
        result[RETURN_MAX, j] = max(result[RETURN_MAX, j], b.state[back, j])
        result[SUPPLY_END, j] = b.state[supply, j]
    for j in range(lanes):
        result[FLOW_MIN, j] = min(result[FLOW_MIN, j], b.flow[j])
        result[PUMP_ENERGY, j] += b.power[j] * step
        result[FACILITY_HEAT, j] += b.heat[j] * step
    for j in range(lanes):
        result[SPEED_MAX, j] = max(result[SPEED_MAX, j], b.speed[j])
    for j in range(lanes):
        rate = p.c_open[n] * opening * b.valve[j, POSITION]
        water = b.water[j] + (b.heat[j] / rate if rate > 0.0 else 0.0)
        result[FACILITY_MAX, j] = max(result[FACILITY_MAX, j], water)


@kernel(uses=(control, thermal, conductance, effectiveness))
def march_block(p, n, at, lanes, step, course, start, speed, valve, spread, seed, out, closure):
    """March members `at` to `at + lanes` of loop n side by side."""
    racks, cells = p.admittance.shape[1], start.shape[1]
    b = make_lanes(racks, cells, lanes)
    factor = np.empty((racks, lanes))
    warmer = np.empty(lanes)
    share = np.empty(lanes)
    result = np.empty((len(OUTPUTS), lanes))
    for j in range(lanes):
        key = mixed(mixed(seed + np.uint64(n)) + np.uint64(at + j))
        for i in range(racks):
            factor[i, j] = p.heat[n, i] * max(1.0 + spread[0] * draw(key, i), 0.0)
        flow = max(1.0 + spread[1] * draw(key, racks), 0.0)
        warmer[j] = spread[2] * draw(key, racks + 1)
        share[j] = flow ** p.exponent[n]
        for c in range(cells):
            b.state[c, j] = start[n, c]
        b.valve[j, POSITION] = valve[n]
        b.pump[j, POSITION] = min(speed[n] * flow, 1.0)
    set_flows(p, n, b)  # what the controllers measure first
    clear(b, result)
    for k in range(course.water.size):
        for i in range(racks):
            for j in range(lanes):
                b.load[i, j] = course.load[k, i] * factor[i, j]
        for j in range(lanes):
            b.water[j] = course.water[k] + warmer[j]
        advance(p, n, step, course, k, share, b)
        reduce_lanes(p, n, step, course.opening[k], b, result)
    for j in range(lanes):
        for q in range(len(OUTPUTS)):
            out[n, at + j, q] = result[q, j]
        closure[n, at + j] = b.closure[j]


@parallel_kernel(uses=(control, thermal, conductance, effectiveness))
def ensemble_kernel(p, step, course, start, speed, valve, spread, seed, block, out, closure):
    """March every member of every loop, `block` of them side by side, and write what each comes to.

    start    (n, cells) [K], speed (n,), valve (n,): where all members of a loop begin
    spread   (3,) half widths: of each rack's load [-], of the loop's flow [-], of facility water [K]
    seed     uint64; a member's numbers depend on it, the loop and the member alone
    out      (n, members, outputs); closure (n, members): the worst of the steps
    """
    members = out.shape[1]
    blocks = (members + block - 1) // block
    for task in prange(out.shape[0] * blocks):
        n = np.int64(task) // blocks
        at = np.int64(task) % blocks * block
        lanes = min(block, members - at)
        march_block(p, n, at, lanes, step, course, start, speed, valve, spread, seed, out, closure)
