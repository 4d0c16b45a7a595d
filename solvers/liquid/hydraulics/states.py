"""Valves that act by themselves, and the islands that shut branches leave: the active set of a solve.

A branch is open (its law holds), closed (no flow), holding the pressure behind it (a reducer) or limiting
its flow (a flow control). States change between Newton iterations, where the last solution contradicts
them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers._jit import kernel
from solvers.liquid.hydraulics.graph import Graph

Array = NDArray[np.float64]
Index = NDArray[np.intp]
State = NDArray[np.int8]

OPEN, CLOSED, HOLDING, LIMITING, SHUT = 0, 1, 2, 3, 4  # SHUT: by hand, stays so
ONE_WAY, REDUCER, FLOW_CONTROL = 0, 1, 2


class Automatic(NamedTuple):
    """Branches that act by themselves, (n,) each."""

    branch: Index
    kind: Index  # ONE_WAY, REDUCER, FLOW_CONTROL
    limit: Array  # pressure [Pa] or flow [kg/s]


@kernel
def switch(
    graph: Graph,
    devices: Automatic,
    reference: Array,
    static: Array,
    pressure: Array,
    drop: Array,
    loose: NDArray[np.bool_],
    flow_tolerance: float,
    drop_tolerance: float,
    one: bool,
    flow: Array,
    state: State,
) -> tuple[int, int]:
    """Change the states that the solution contradicts, or with `one` only the worst.

    Returns how many contradicted it, and the branch of the worst.

    drop (nb,) of the laws at the present flow; static (nb,) the weight of the column between the ends [Pa].
    A branch that opens starts from its reference flow.
    """
    changes, worst, most, new = 0, -1, 0.0, OPEN
    for i in range(devices.branch.size):
        j = devices.branch[i]
        if state[j] == SHUT:
            continue
        wanted, by = _wanted(
            devices.kind[i],
            state[j],
            devices.limit[i],
            flow[j],
            pressure[graph.start[j]] - static[j],
            pressure[graph.end[j]],
            drop[j],
            flow_tolerance,
            drop_tolerance,
        )
        if wanted == HOLDING and loose[graph.start[j]]:
            wanted = OPEN if state[j] == CLOSED else CLOSED  # nothing feeds it: see _settle_reducers
        if wanted == state[j]:
            continue
        changes += 1
        if not one:
            set_state(wanted, j, devices.limit[i], reference, flow, state)
        if by > most or worst < 0:
            worst, most, new = i, by, wanted
    if one and worst >= 0:
        set_state(new, devices.branch[worst], devices.limit[worst], reference, flow, state)
    return changes, devices.branch[worst] if worst >= 0 else -1


@kernel
def _wanted(
    kind: int,
    state: int,
    limit: float,
    m: float,
    before: float,
    behind: float,
    drop: float,
    flow_tolerance: float,
    drop_tolerance: float,
) -> tuple[int, float]:
    """State that a device should have, and by how many tolerances it is wrong.

    drop: of its law at its present flow; at rest for a closed branch (minus the shut-off rise of a pump).
    """
    push = before - behind - drop
    if kind == FLOW_CONTROL:
        if state == OPEN and m > limit + flow_tolerance:
            return LIMITING, (m - limit) / flow_tolerance
        if state == LIMITING and push < -drop_tolerance:
            return OPEN, -push / drop_tolerance
        return state, 0.0
    if state == CLOSED:
        if push <= drop_tolerance:
            return CLOSED, 0.0
        if kind == ONE_WAY or before <= limit:
            return OPEN, push / drop_tolerance
        if behind < limit - drop_tolerance:
            return HOLDING, (limit - behind) / drop_tolerance
        return CLOSED, 0.0
    if m < -flow_tolerance:
        return CLOSED, -m / flow_tolerance
    if kind == REDUCER:
        if state == OPEN and behind > limit + drop_tolerance:
            return HOLDING, (behind - limit) / drop_tolerance
        if state == HOLDING and push < -drop_tolerance:
            return OPEN, -push / drop_tolerance
    return state, 0.0


@kernel
def set_state(new: int, j: int, limit: float, reference: Array, flow: Array, state: State) -> None:
    """Change the state of branch j, and its flow with it."""
    if new == CLOSED:
        flow[j] = 0.0
    elif new == LIMITING:
        flow[j] = limit
    elif state[j] == CLOSED:
        flow[j] = reference[j]
    state[j] = new


@kernel
def _root(parent: Index, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@kernel
def islands(
    graph: Graph,
    devices: Automatic,
    reference: Array,
    inflow: Array,
    flow: Array,
    state: State,
    loose: NDArray[np.bool_],
    tied: Array,
) -> int:
    """Find the parts that shut branches cut off; return -1, or a node of a part that cannot balance.

    loose (nn,): whether a node hangs on no given pressure; tied (n rows,): 1 at one row of every such part,
    whose pressure then stays what it is. A part that receives or loses mass first opens, of the devices
    around it that closed by themselves, those that would balance it.
    """
    nn = graph.row.size
    parent = np.empty(nn, np.intp)
    supply, size = np.empty(nn), np.empty(nn)
    fed, pinned = np.empty(nn, np.bool_), np.empty(nn, np.bool_)
    for _ in range(2 * devices.branch.size + 2):
        for i in range(nn):
            parent[i] = i
        for k in range(graph.free.size):
            j = graph.free[k]
            if state[j] == OPEN:
                a, b = _root(parent, graph.start[j]), _root(parent, graph.end[j])
                parent[max(a, b)] = min(a, b)
        supply[:] = inflow
        size[:] = np.abs(inflow)
        fed[:] = False
        pinned[:] = False
        for j in range(flow.size):  # imposed flows and those that a device holds
            if graph.is_free[j] and state[j] != LIMITING:
                continue
            a, b = graph.start[j], graph.end[j]
            supply[a] -= flow[j]
            supply[b] += flow[j]
            size[a] += abs(flow[j])
            size[b] += abs(flow[j])
        for i in range(nn):
            r = _root(parent, i)
            if r != i:
                supply[r] += supply[i]
                size[r] += size[i]
            if graph.row[i] < 0:
                if graph.must_balance[i]:
                    pinned[r] = True
                else:
                    fed[r] = True
        wrong, opened = (
            -1,
            _settle_reducers(graph, devices, reference, parent, fed, pinned, supply, size, flow, state),
        )
        if opened:
            continue
        for i in range(nn):
            if parent[i] == i and not fed[i] and abs(supply[i]) > 1e-9 * size[i]:
                wrong = i
                if _open_around(graph, devices, reference, parent, i, supply[i], flow, state):
                    opened = True
        if wrong < 0:
            tied[:] = 0.0
            for i in range(nn):
                r = _root(parent, i)
                loose[i] = not fed[r] and not pinned[r]
            for i in range(nn):
                if loose[i] and parent[i] == i:
                    tied[graph.row[i]] = 1.0
            return -1
        if not opened:
            return wrong
    return wrong


@kernel
def _settle_reducers(
    graph: Graph,
    devices: Automatic,
    reference: Array,
    parent: Index,
    fed: NDArray[np.bool_],
    pinned: NDArray[np.bool_],
    supply: Array,
    size: Array,
    flow: Array,
    state: State,
) -> bool:
    """Feed the parts behind reducers that hold; end the holding of those that nothing feeds.

    A reducer can hold a pressure only from a part that gives what is asked for. Out of a part that gives a
    fixed flow it stands open, out of one at rest it is closed. Returns whether any state changed.
    """
    spreads = True
    while spreads:
        spreads = False
        for i in range(devices.branch.size):
            j = devices.branch[i]
            if state[j] == HOLDING:
                a, b = _root(parent, graph.start[j]), _root(parent, graph.end[j])
                if (fed[a] or pinned[a]) and not fed[b]:
                    fed[b] = True
                    spreads = True
    changed = False
    for i in range(devices.branch.size):
        j = devices.branch[i]
        a = _root(parent, graph.start[j])
        if state[j] == HOLDING and not fed[a] and not pinned[a]:
            new = OPEN if supply[a] > 1e-9 * size[a] else CLOSED
            set_state(new, j, devices.limit[i], reference, flow, state)
            changed = True
    return changed


@kernel
def _open_around(
    graph: Graph,
    devices: Automatic,
    reference: Array,
    parent: Index,
    part: int,
    supply: float,
    flow: Array,
    state: State,
) -> bool:
    """Open the devices around a part through which its surplus would leave or its lack come in."""
    found = False
    for i in range(devices.branch.size):
        j = devices.branch[i]
        inside_a = _root(parent, graph.start[j]) == part
        inside_b = _root(parent, graph.end[j]) == part
        if inside_a == inside_b:
            continue
        # closed: it would carry from start to end; limiting: open, it carries less
        gains = inside_b if state[j] == CLOSED else inside_a
        if (state[j] == CLOSED or state[j] == LIMITING) and gains == (supply < 0.0):
            set_state(OPEN, j, devices.limit[i], reference, flow, state)
            found = True
    return found
