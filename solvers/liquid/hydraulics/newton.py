"""The whole global-gradient iteration as one kernel: laws, states, linear system, corrections."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers import friction
from solvers._jit import kernel
from solvers.liquid.hydraulics import border, ldl, start, states
from solvers.liquid.hydraulics import laws as law_kernels
from solvers.liquid.hydraulics.border import Controls, correct, open_margin, steer
from solvers.liquid.hydraulics.graph import Graph
from solvers.liquid.hydraulics.laws import Laws, all_laws
from solvers.liquid.hydraulics.ldl import Pattern, factorise, substitute
from solvers.liquid.hydraulics.start import Given, density_of, references, set_out, weights
from solvers.liquid.hydraulics.states import (
    CLOSED,
    HOLDING,
    OPEN,
    Automatic,
    State,
    islands,
    set_state,
    switch,
)

Array = NDArray[np.float64]
Index = NDArray[np.intp]

MASS_TOLERANCE = 1e-10  # worst node imbalance / largest flow
DROP_TOLERANCE = 1e-9  # worst branch residual / largest pressure drop
STEP_TOLERANCE = 1e-5  # last change of a flow / largest flow: Newton squares it
_REST = 1e-6  # of the largest load or reference flow: flows are not measured by less
_NOISE = 1e-14  # of the highest pressure: what differences of pressure are not known better than
_NEAR = 1e-2  # step from which on states are looked at
_ALL_AT_ONCE = 8  # rounds of states in which all change that should; then the worst one alone
_STRAIGHT = 12  # Newton steps after which one that gains nothing is halved

SETTLED, UNSETTLED, UNBALANCED, RESTLESS, POWERLESS = 0, 1, 2, 3, 4


class Unknowns(NamedTuple):
    """Start and result of a solve, overwritten."""

    flow: Array  # (nb,) [kg/s]; holds imposed flows; nan: no guess
    drop: Array  # (nb,) [Pa], of pressure from start to end; result
    pressure: Array  # (nn,) [Pa]; holds given ones
    state: State  # (nb,)
    speed: Array  # (n_pumps,)
    mode: Index  # (nc,) of the controls
    worst: Index  # (nc,) place of the worst consumer in Controls.consumer, or -1


@kernel(uses=(border, ldl, law_kernels, friction, start, states))
def newton(
    graph: Graph,
    pattern: Pattern,
    laws: Laws,
    devices: Automatic,
    controls: Controls,
    given: Given,
    unknowns: Unknowns,
    max_iterations: int,
) -> tuple[int, int, float, float, int]:
    """Solve in place; return how it ended, steps, mass and drop residual, and the branch or node to blame."""
    flow, drop, pressure, state, speed, mode, worst = unknowns
    n, nf = pattern.place.size, graph.free.size
    slope, push = np.empty(flow.size), np.empty(nf)
    by_speed, root = np.empty(speed.size), np.zeros(laws.pipes.branch.size)
    value, diagonal = np.empty(pattern.row.size), np.empty(n)
    work, x, balance, tied = np.empty(n), np.empty(n), np.empty(pressure.size), np.zeros(n)
    further = mode.size + np.count_nonzero(devices.kind == states.REDUCER)
    column = np.empty((further, n))
    density = density_of(laws, given)
    static, reference = np.empty(flow.size), np.empty(flow.size)
    weights(laws, given, density, static)
    references(laws, density, reference)
    rest = _REST * scale_of(graph, given.inflow, reference, flow)
    shut = set_out(laws, devices, given.closed, reference, flow, state)
    loose = np.zeros(pressure.size, np.bool_)
    active = devices.branch.size + mode.size > 0
    rounds, limit = 0, 40 + 4 * (devices.branch.size + controls.consumer.size)
    if active or shut:
        blame = islands(graph, devices, reference, given.inflow, flow, state, loose, tied)
        if blame >= 0:
            return UNBALANCED, 0, 0.0, 0.0, blame
    steps, since, step, before = 0, 0, np.inf, np.inf
    while True:
        all_laws(laws, density, speed, root, flow, drop, slope, by_speed)
        largest, mass = _imbalance(graph, given.inflow, rest, flow, balance)
        highest, miss, blame = _gaps(graph, static, state, pressure, drop, slope, push)
        miss = max(miss, open_margin(graph, controls, pressure, mode, worst) / highest)
        settled = mass <= MASS_TOLERANCE and miss <= DROP_TOLERANCE and step <= STEP_TOLERANCE
        if active and step <= _NEAR:
            # while flows still move, only what is clearly wrong changes
            share = 1e-8 if settled else max(step, 1e-8)
            near = max(miss, 1e-7) * highest
            one = rounds >= _ALL_AT_ONCE
            changes, device = switch(
                graph,
                devices,
                reference,
                static,
                pressure,
                drop,
                loose,
                share * largest,
                near,
                one,
                flow,
                state,
            )
            if changes == 0:
                changes = steer(graph, controls, laws.pumps, pressure, near, speed, mode, worst)
            if changes > 0:
                rounds += 1
                if rounds > limit:
                    return RESTLESS, steps, mass, miss, device if device >= 0 else blame
                at = islands(graph, devices, reference, given.inflow, flow, state, loose, tied)
                if at >= 0:
                    return UNBALANCED, steps, mass, miss, at
                since, step, before = steps, np.inf, np.inf
                continue
        if settled:
            _finish(graph, loose, pressure, drop)
            return SETTLED, steps, mass, miss, blame
        if steps - since >= max_iterations or not np.isfinite(miss):
            return UNSETTLED, steps, mass, miss, blame
        share = 0.5 if steps - since > _STRAIGHT and miss > 0.9 * before else 1.0
        before = miss
        steps += 1

        _assemble(graph, state, slope, push, balance, tied, value, diagonal, x)
        factorise(pattern, value, diagonal, work)
        substitute(pattern, value, diagonal, x)
        fails = -1
        if further > 0:
            fails = correct(
                graph,
                pattern,
                devices,
                controls,
                laws.pumps,
                value,
                diagonal,
                slope,
                by_speed,
                pressure,
                mode,
                worst,
                column,
                x,
                state,
                share,
                flow,
                speed,
            )
        if fails == devices.branch.size:
            return POWERLESS, steps, mass, miss, blame
        if fails >= 0:  # a reducer whose flow cannot change the pressure behind it shuts
            rounds += 1
            set_state(CLOSED, devices.branch[fails], 0.0, reference, flow, state)
            at = islands(graph, devices, reference, given.inflow, flow, state, loose, tied)
            if rounds > limit:
                return RESTLESS, steps, mass, miss, devices.branch[fails]
            if at >= 0:
                return UNBALANCED, steps, mass, miss, at
            since, step, before = steps, np.inf, np.inf
            continue
        step = share * _advance(graph, share, slope, push, x, flow, pressure) / largest


@kernel
def scale_of(graph: Graph, inflow: Array, reference: Array, flow: Array) -> float:
    """Largest imposed or reference flow [kg/s]."""
    largest = 1e-9
    for j in range(flow.size):
        largest = max(largest, reference[j] if graph.is_free[j] else abs(flow[j]))
    for m in inflow:
        largest = max(largest, abs(m))
    return largest


@kernel
def _finish(graph: Graph, loose: NDArray[np.bool_], pressure: Array, drop: Array) -> None:
    """Pressures that nothing holds are nan; drops are those of pressure."""
    for i in range(pressure.size):
        if loose[i]:
            pressure[i] = np.nan
    for j in range(drop.size):
        drop[j] = pressure[graph.start[j]] - pressure[graph.end[j]] if graph.joined[j] else np.nan


@kernel
def _imbalance(graph: Graph, inflow: Array, rest: float, flow: Array, balance: Array) -> tuple[float, float]:
    """Write the net inflow of every node; return the largest flow and the worst imbalance over it."""
    largest, mass = rest, 0.0
    balance[:] = inflow
    for j in range(flow.size):
        m = flow[j]
        balance[graph.start[j]] -= m
        balance[graph.end[j]] += m
        largest = max(largest, abs(m))
    for i in range(balance.size):
        if graph.must_balance[i]:
            mass = max(mass, abs(balance[i]))
    return largest, mass / largest


@kernel
def _gaps(
    graph: Graph, static: Array, state: State, pressure: Array, drop: Array, slope: Array, push: Array
) -> tuple[float, float, int]:
    """Write the flow by which every free branch would close its own gap.

    Returns the pressure the gaps are measured by, the worst of them over it, and its branch. A branch whose
    flow is settled has no slope that pressure could act on; a reducer that holds keeps one, which only
    splits its flow between two unknowns.
    """
    highest, miss, worst = 1.0, 0.0, graph.free[0] if graph.free.size else 0
    for k in range(graph.free.size):
        j = graph.free[k]
        push[k] = 0.0
        if state[j] == OPEN:
            gap = pressure[graph.start[j]] - pressure[graph.end[j]] - static[j] - drop[j]
            push[k] = gap / slope[j]
            highest = max(highest, abs(drop[j]))
            if not abs(gap) < np.inf:
                return highest, np.inf, j
            if abs(gap) > miss:
                miss, worst = abs(gap), j
        elif state[j] != HOLDING:
            slope[j] = np.inf
    for i in range(pressure.size):
        highest = max(highest, 1e-5 * abs(pressure[i]))
    return highest, miss / highest, worst


@kernel
def _assemble(
    graph: Graph,
    state: State,
    slope: Array,
    push: Array,
    balance: Array,
    tied: Array,
    value: Array,
    diagonal: Array,
    x: Array,
) -> None:
    """Write matrix and right-hand side of the pressure corrections, in the order of elimination."""
    value[:] = 0.0
    diagonal[:] = 0.0
    for i in range(balance.size):
        if graph.row[i] >= 0:
            x[graph.row[i]] = balance[i]
    for k in range(graph.free.size):
        conductance = 1.0 / slope[graph.free[k]]
        a, b = graph.start_row[k], graph.end_row[k]
        if a >= 0:
            diagonal[a] += conductance
            x[a] -= push[k]
        if b >= 0:
            diagonal[b] += conductance
            x[b] += push[k]
        if graph.slot[k] >= 0:
            value[graph.slot[k]] -= conductance
    for i in range(diagonal.size):
        if tied[i] > 0.0:  # its part balances: what ties it carries nothing
            diagonal[i] = 2.0 * diagonal[i] if diagonal[i] > 0.0 else 1.0


@kernel
def _advance(
    graph: Graph, share: float, slope: Array, push: Array, x: Array, flow: Array, pressure: Array
) -> float:
    """Apply a share of the corrections to flows and pressures; return the largest change of a flow.

    A change that moves the drop by less than pressures are known does not count: at rest, the flow in a short
    wide pipe is only known so far.
    """
    largest, highest = 0.0, 0.0
    for i in range(pressure.size):
        highest = max(highest, abs(pressure[i]))
    for k in range(graph.free.size):
        j = graph.free[k]
        a, b = graph.start_row[k], graph.end_row[k]
        along = (x[a] if a >= 0 else 0.0) - (x[b] if b >= 0 else 0.0)
        change = push[k] + along / slope[j]
        flow[j] += share * change
        if abs(change) * slope[j] > _NOISE * highest:
            largest = max(largest, abs(change))
    for i in range(pressure.size):
        if graph.row[i] >= 0:
            pressure[i] += share * x[graph.row[i]]
    return largest
