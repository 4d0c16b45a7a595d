"""The compiled CDU loop: many variants ('lanes') of one loop side by side, so that inner loops vectorise.

    exchanger -> supply cells -> racks in parallel (plate + coolant cell) -> return cells (+ pump heat) -> ...

At frozen flow a stage of the time step is linear, and every temperature an affine function of that of the
water leaving the exchanger; once around the loop this closes to one scalar equation. State (cells, lanes):
plates, rack coolant, supply cells, return cells.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solvers._jit import kernel
from solvers.heat import conductance, effectiveness
from solvers.heat.conductance import AT_REST, TURBULENT, film_resistance
from solvers.heat.effectiveness import counterflow_effectiveness
from solvers.liquid.control.kernels import MEMORY, POSITION

# SDIRK of order 2 (Alexander 1977, SIAM J. Numer. Anal. 14, 1006): L-stable, both stages alike
GAMMA = 1.0 - np.sqrt(0.5)
OMEGA = (1.0 - GAMMA) / GAMMA
SIDE = 0.5  # share of each side's film in the exchanger's rated resistance [-]


class Loops(NamedTuple):
    """Parameters of n loops of r racks each, in SI; racks that do not exist have admittance 0."""

    admittance: np.ndarray  # (n, r) m / dp^(1/exponent) [kg/s Pa^(-1/exponent)]
    heat: np.ndarray  # (n, r) design heat [W]
    exponent: np.ndarray  # (n,) of the racks' pressure drop
    mains: np.ndarray  # (n,) dp = mains m^2 [Pa s2/kg2], the unit's own included
    shutoff: np.ndarray  # (n,) head of the pumps at rest and full speed [Pa]
    fall: np.ndarray  # (n,) head lost = fall m^2 [Pa s2/kg2]
    pump_work: np.ndarray  # (n,) 1 / (density efficiency) [m3/kg]
    heat_capacity: np.ndarray  # (n,) [J/(kg K)]
    capacity: np.ndarray  # (n, cells) in the order of the state [J/K]
    supply_cells: int
    conductance: np.ndarray  # (t,) of one module against its flow, even steps from 0 [W/K]
    conductance_step: float  # [m3/s]
    standing: float  # of one module to the coolant that stands in it [W/K]
    lowest: float  # flow of a module from which on `conductance` is all there is [m3/s]
    modules: np.ndarray  # (n, r) modules that carry all of the rack's heat [-]
    module_flow: np.ndarray  # (n, r) flow of one of them over the rack's [m3/kg]
    ua: np.ndarray  # (n,) rated [W/K]
    c_tcs: np.ndarray  # (n,) rated [W/K]
    c_fws: np.ndarray  # (n,) rated [W/K]
    c_open: np.ndarray  # (n,) facility side, valve open [W/K]
    valve: np.ndarray  # (n, 7) tunings: supply temperature [K] -> valve
    pump: np.ndarray  # (n, 7) tunings: differential pressure of the racks [Pa] -> speed
    coast: np.ndarray  # (n,) time in which a tripped pump runs down from full speed [s]


class Lanes(NamedTuple):
    """State and work of a block of lanes; all but the first are written before they are read."""

    state: np.ndarray  # (cells, lanes) [K]
    base: np.ndarray  # (cells, lanes)
    old: np.ndarray  # (cells, lanes)
    load: np.ndarray  # (r, lanes) [W]
    pull: np.ndarray  # (r, lanes) plate temperature by rack inlet, G / (a_plate + G + S)
    plate: np.ndarray  # (r, lanes) 1 / (a_plate + G + S), S to the coolant that stands in the rack
    give: np.ndarray  # (r, lanes) (G + S) / (a_plate + G + S)
    still: np.ndarray  # (r, lanes) S / (a_plate + G + S)
    standing: np.ndarray  # (r,) whether S counts in any lane
    given: np.ndarray  # (r, lanes) what a plate starts with and receives [W]
    coolant: np.ndarray  # (r, lanes) 1 / (a_coolant + w + still a_plate)
    slope: np.ndarray  # (r, lanes) of rack outlet by inlet
    rest: np.ndarray  # (r, lanes) rack outlet at inlet 0
    cell: np.ndarray  # (pipe cells, lanes) 1 / (a + w)
    inlet_slope: np.ndarray  # (lanes,) of rack inlet by exchanger outlet
    loop_slope: np.ndarray  # (lanes,) of exchanger inlet by exchanger outlet
    film: np.ndarray  # (lanes,) technology side's share of 1/UA, over the rated
    speed: np.ndarray  # (lanes,) of the pumps that `flow` was found for [-]
    flow: np.ndarray  # (lanes,) [kg/s]
    rate: np.ndarray  # (lanes,) capacity rate [W/K]
    drop: np.ndarray  # (lanes,) of the racks [Pa]
    power: np.ndarray  # (lanes,) of the pumps [W]
    kappa: np.ndarray  # (lanes,) cooling of the coolant over the inlets' difference [-]
    out: np.ndarray  # (lanes,) exchanger outlet [K]
    mixed: np.ndarray  # (lanes,) racks' outlets mixed, on their way to the exchanger [K]
    given_heat: np.ndarray  # (lanes,) of racks and pumps [W]
    heat: np.ndarray  # (lanes,) mean heat to the facility water over the step [W]
    water: np.ndarray  # (lanes,) facility water in [K]
    closure: np.ndarray  # (lanes,) worst energy closure so far
    valve: np.ndarray  # (lanes, 4) memories
    pump: np.ndarray  # (lanes, 4)


@kernel
def make_lanes(racks, cells, lanes):
    """Work arrays of a block; its flows are not known yet."""
    wide = np.empty((3, cells, lanes))
    rack = np.empty((9, racks, lanes))
    one = np.zeros((15, lanes))
    one[3] = np.nan  # the pumps' speed
    memory = np.full((2, lanes, MEMORY), np.nan)
    return Lanes(
        wide[0], wide[1], wide[2],
        rack[0], rack[1], rack[2], rack[3], rack[4], np.zeros(racks, dtype=np.bool_),
        rack[5], rack[6], rack[7], rack[8],
        np.empty((cells - 2 * racks, lanes)),
        one[0], one[1], one[2], one[3], one[4], one[5], one[6], one[7], one[8], one[9], one[10], one[11],
        one[12], one[13], one[14],
        memory[0], memory[1],
    )  # fmt: skip


@kernel
def flow_at(speed, shutoff, square, law, exponent, guess):
    """Flow m [kg/s] of square m^2 + law m^exponent = shutoff speed^2: pump against mains and racks.

    Newton: the left side is convex and rises, so from any positive guess the second iterate lies above
    the root and the rest fall towards it.
    """
    lift = shutoff * speed * speed
    if not lift > 0.0:
        return 0.0
    m = guess if guess > 0.0 else np.sqrt(lift / square)
    for _ in range(100):
        racks = law * m**exponent
        mains = square * m * m
        move = m * (mains + racks - lift) / (2.0 * mains + exponent * racks)
        m -= move
        if abs(move) <= 1e-8 * m:  # the error left is of the order of its square
            break
    return m


@kernel
def admittance_sum(p, n):
    """Of the racks of loop n, in parallel."""
    total = 0.0
    for i in range(p.admittance.shape[1]):
        total += p.admittance[n, i]
    return total


@kernel(uses=(conductance,))
def set_flows(p, n, b):
    """Flow, racks' drop and pump power of the lanes whose pump has changed its speed; whether any has."""
    law = admittance_sum(p, n) ** -p.exponent[n]
    mains, square, exponent = p.mains[n], p.mains[n] + p.fall[n], p.exponent[n]
    moved = False
    for j in range(b.flow.size):
        speed = b.pump[j, POSITION]
        if speed == b.speed[j]:
            continue
        moved = True
        m = flow_at(speed, p.shutoff[n], square, law, exponent, b.flow[j])
        b.speed[j], b.flow[j] = speed, m
        b.drop[j] = p.shutoff[n] * speed * speed - square * m * m
        b.power[j] = p.pump_work[n] * m * (b.drop[j] + mains * m * m)
        w = m * p.heat_capacity[n]
        b.film[j] = film_resistance(SIDE, w / p.c_tcs[n], TURBULENT) if w > AT_REST else np.inf
    return moved


@kernel
def set_standing(p, n, i, share, to_lowest, a_plate, a_coolant, b):
    """The same coefficients of a rack whose plates also reach the coolant that all but stands in them."""
    for j in range(b.flow.size):
        gained = b.pull[i, j] / b.plate[i, j]
        still = p.modules[n, i] * p.standing * max(1.0 - b.flow[j] * to_lowest, 0.0)
        b.plate[i, j] = 1.0 / (a_plate + gained + still)
        b.pull[i, j] = gained * b.plate[i, j]
        b.still[i, j] = still * b.plate[i, j]
        b.give[i, j] = b.pull[i, j] + b.still[i, j]
        w = b.rate[j] * share
        b.coolant[i, j] = 1.0 / (a_coolant + w + b.still[i, j] * a_plate)
        b.slope[i, j] = (w - b.pull[i, j] * a_plate) * b.coolant[i, j]


@kernel
def set_coefficients(p, n, step, b):
    """All that depends on flows and the step [s] alone, for every lane."""
    racks = np.uint64(b.load.shape[0])
    lanes = np.uint64(b.load.shape[1])
    pipes = np.uint64(b.cell.shape[0])
    supplies = np.uint64(p.supply_cells)
    per = 1.0 / (GAMMA * step)
    total = admittance_sum(p, n)
    last = p.conductance.size - 1
    for j in range(lanes):
        b.rate[j] = b.flow[j] * p.heat_capacity[n]
        b.mixed[j] = 0.0
        b.inlet_slope[j] = 1.0
        b.loop_slope[j] = 1.0
    slowest = np.inf
    for j in range(lanes):
        slowest = min(slowest, b.flow[j])
    for i in range(racks):
        share = p.admittance[n, i] / total
        a_plate, a_coolant = p.capacity[n, i] * per, p.capacity[n, racks + i] * per
        to_table = share * p.module_flow[n, i] / p.conductance_step
        for j in range(lanes):
            x = min(b.flow[j] * to_table, last - 1e-9)
            k = np.uint64(x)
            low = p.conductance[k]
            b.pull[i, j] = p.modules[n, i] * (low + (x - k) * (p.conductance[k + np.uint64(1)] - low))
        for j in range(lanes):
            b.plate[i, j] = 1.0 / (a_plate + b.pull[i, j])
            b.pull[i, j] *= b.plate[i, j]
        for j in range(lanes):
            w = b.rate[j] * share
            b.coolant[i, j] = 1.0 / (a_coolant + w)
            b.slope[i, j] = (w - b.pull[i, j] * a_plate) * b.coolant[i, j]
        to_lowest = share * p.module_flow[n, i] / p.lowest
        b.standing[i] = slowest * to_lowest < 1.0 and p.modules[n, i] > 0.0
        if b.standing[i]:
            set_standing(p, n, i, share, to_lowest, a_plate, a_coolant, b)
        for j in range(lanes):
            b.mixed[j] += share * b.slope[i, j]
    for c in range(pipes):
        a = p.capacity[n, racks + racks + c] * per
        slope = b.inlet_slope if c < supplies else b.loop_slope
        for j in range(lanes):
            b.cell[c, j] = 1.0 / (a + b.rate[j])
            slope[j] *= b.rate[j] * b.cell[c, j]
    for j in range(lanes):
        b.loop_slope[j] *= b.mixed[j] * b.inlet_slope[j]


@kernel
def stage(p, n, step, base, b):
    """One implicit stage from `base` to `state` at the flows of `set_coefficients`.

    Inner loops touch few arrays each: with more, checks against overlap keep the compiler from vector code.
    """
    racks = np.uint64(b.load.shape[0])
    lanes = np.uint64(b.load.shape[1])
    pipes = np.uint64(b.cell.shape[0])
    supplies = np.uint64(p.supply_cells)
    first = racks + racks
    per = 1.0 / (GAMMA * step)
    total = admittance_sum(p, n)
    # once around with water of 0 K behind the exchanger
    for j in range(lanes):
        b.out[j] = 0.0
        b.mixed[j] = 0.0
    for c in range(supplies):
        a = p.capacity[n, first + c] * per
        for j in range(lanes):
            b.out[j] = (a * base[first + c, j] + b.rate[j] * b.out[j]) * b.cell[c, j]
    for i in range(racks):
        share = p.admittance[n, i] / total
        a_plate, a_coolant = p.capacity[n, i] * per, p.capacity[n, racks + i] * per
        for j in range(lanes):
            b.given[i, j] = a_plate * base[i, j] + b.load[i, j]
        give = b.give if b.standing[i] else b.pull
        for j in range(lanes):
            b.rest[i, j] = (a_coolant * base[racks + i, j] + give[i, j] * b.given[i, j]) * b.coolant[i, j]
        for j in range(lanes):
            b.mixed[j] += share * (b.rest[i, j] + b.slope[i, j] * b.out[j])
    for c in range(supplies, pipes):
        a = p.capacity[n, first + c] * per
        for j in range(lanes):
            b.mixed[j] = (a * base[first + c, j] + b.rate[j] * b.mixed[j]) * b.cell[c, j]
    # what leaves the exchanger once the loop is closed, then the temperatures themselves
    last = pipes - np.uint64(1)
    for j in range(lanes):
        b.mixed[j] += b.power[j] * b.cell[last, j]
    for j in range(lanes):
        kept = 1.0 - b.kappa[j]
        b.out[j] = (kept * b.mixed[j] + b.kappa[j] * b.water[j]) / (1.0 - kept * b.loop_slope[j])
    for c in range(supplies):
        a = p.capacity[n, first + c] * per
        for j in range(lanes):
            b.out[j] = (a * base[first + c, j] + b.rate[j] * b.out[j]) * b.cell[c, j]
            b.state[first + c, j] = b.out[j]
    for j in range(lanes):
        b.mixed[j] = 0.0
    for i in range(racks):
        share = p.admittance[n, i] / total
        for j in range(lanes):
            b.state[i, j] = b.given[i, j] * b.plate[i, j] + b.pull[i, j] * b.out[j]
        for j in range(lanes):
            b.state[racks + i, j] = b.rest[i, j] + b.slope[i, j] * b.out[j]
        if b.standing[i]:
            for j in range(lanes):
                b.state[i, j] += b.still[i, j] * b.state[racks + i, j]
        for j in range(lanes):
            b.mixed[j] += share * b.state[racks + i, j]
    for c in range(supplies, pipes):
        a = p.capacity[n, first + c] * per
        for j in range(lanes):
            b.mixed[j] = (a * base[first + c, j] + b.rate[j] * b.mixed[j]) * b.cell[c, j]
            b.state[first + c, j] = b.mixed[j]
    for j in range(lanes):
        b.state[first + last, j] += b.power[j] * b.cell[last, j]


@kernel(uses=(conductance, effectiveness))
def set_exchange(p, n, offered, b):
    """Cooling of the coolant over the difference of the inlets, facility flow at a share of `c_open` [-]."""
    for j in range(b.kappa.size):
        w, c = b.rate[j], p.c_open[n] * offered * b.valve[j, POSITION]
        if not (w > AT_REST and c > AT_REST):
            b.kappa[j] = 0.0
            continue
        ua = p.ua[n] / (b.film[j] + film_resistance(SIDE, c / p.c_fws[n], TURBULENT))
        low, high = min(w, c), max(w, c)
        b.kappa[j] = counterflow_effectiveness(ua / low, low / high) * low / w


@kernel
def thermal_step(p, n, step, b):
    """Carry every lane over `step` [s], loads, flows, pump power, kappa and water being constant."""
    cells = np.uint64(b.state.shape[0])
    racks = np.uint64(b.load.shape[0])
    lanes = np.uint64(b.load.shape[1])
    for c in range(cells):
        for j in range(lanes):
            b.old[c, j] = b.state[c, j]
    stage(p, n, step, b.old, b)
    last = cells - np.uint64(1)
    for j in range(lanes):
        b.heat[j] = (1.0 - GAMMA) * (b.state[last, j] - b.water[j])
    for c in range(cells):
        for j in range(lanes):
            b.base[c, j] = b.old[c, j] + OMEGA * (b.state[c, j] - b.old[c, j])
    stage(p, n, step, b.base, b)
    for j in range(lanes):
        rate = b.rate[j] * b.kappa[j]
        b.heat[j] = rate * (b.heat[j] + GAMMA * (b.state[last, j] - b.water[j]))
    # the audit: heat in, heat out and the change of what is stored
    for j in range(lanes):
        b.given_heat[j] = b.power[j]
        b.mixed[j] = 0.0
    for i in range(racks):
        for j in range(lanes):
            b.given_heat[j] += b.load[i, j]
    for c in range(cells):
        for j in range(lanes):
            b.mixed[j] += p.capacity[n, c] * (b.state[c, j] - b.old[c, j])
    for j in range(lanes):
        given, stored = b.given_heat[j] * step, b.mixed[j]
        taken = b.heat[j] * step
        scale = max(max(given, abs(taken)), max(abs(stored), p.ua[n] * step))
        miss = abs(given - taken - stored) / scale
        if not miss <= b.closure[j]:  # a nan is a broken balance
            b.closure[j] = miss
