"""The order of the flow in a network: circuits one after the other, torn where most flow passes.

Where the flow goes round, the nodes of a circuit (a strongly connected component: Tarjan 1972, SIAM J.
Comput. 1, 146-160) depend on each other. A few of them are torn, those that most flow passes, until the
others follow from them in order. A flow driven by pressures goes round through pumps only, so a loop with
one plant room has one torn node.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers._jit import kernel
from solvers.liquid.hydraulics.network import Network

Array = NDArray[np.float64]
Index = NDArray[np.intp]


class FlowGraph(NamedTuple):
    """Ends of the branches (nb,), and the branches at each node: incident[first[i] : first[i + 1]]."""

    start: Index
    end: Index
    first: Index
    incident: Index


class FlowOrder(NamedTuple):
    """Nodes in the order of the flow, in circuits; for one pattern of flows.

    nodes     (nn,); circuit c holds nodes[first[c] : first[c + 1]], its torn nodes in front
    first     (n_circuits + 1,)
    torn      (n_circuits,) number of torn nodes; 0: a single node, or no circuit
    """

    nodes: Index
    first: Index
    torn: Index


def flow_graph(network: Network) -> FlowGraph:
    n, nb = len(network.nodes), len(network.branches)
    ends = np.concatenate((network.start, network.end))
    by_node = np.argsort(ends, kind="stable")
    first = np.concatenate(([0], np.cumsum(np.bincount(ends, minlength=n))))
    return FlowGraph(
        start=np.ascontiguousarray(network.start),
        end=np.ascontiguousarray(network.end),
        first=first.astype(np.intp),
        incident=(by_node % nb).astype(np.intp),
    )


@kernel
def pattern_kernel(flow: Array, gain: Array, pattern: Array) -> bool:
    """Write where heat can pass, +-1, or 0; return whether that has changed. All (nb,)."""
    changed = False
    for j in range(flow.size):
        now = 0
        if gain[j] != 0.0 and flow[j] != 0.0:
            now = 1 if flow[j] > 0.0 else -1
        if now != pattern[j]:
            pattern[j] = now
            changed = True
    return changed


@kernel
def order_kernel(graph: FlowGraph, pattern: Array, flow: Array, held: Array) -> FlowOrder:
    """Order of the flow for a pattern; `held` (nn,) marks nodes of given enthalpy, which end a circuit."""
    n = held.size
    nodes = np.empty(n, dtype=np.intp)
    first = np.empty(n + 1, dtype=np.intp)
    torn = np.zeros(n, dtype=np.intp)
    circuit = np.full(n, -1, dtype=np.intp)
    n_circuits = _components(graph, pattern, held, nodes, first, circuit)
    passing = np.zeros(n)
    for j in range(flow.size):
        passing[graph.start[j]] += abs(flow[j])
        passing[graph.end[j]] += abs(flow[j])
    ins, outs = np.zeros(n, dtype=np.intp), np.zeros(n, dtype=np.intp)
    open_ = np.zeros(n, dtype=np.bool_)
    work = np.empty(n, dtype=np.intp)
    for c in range(n_circuits):
        if first[c + 1] - first[c] > 1:
            torn[c] = _tear(
                graph,
                pattern,
                held,
                passing,
                circuit,
                nodes[first[c] : first[c + 1]],
                ins,
                outs,
                open_,
                work,
            )
    return FlowOrder(nodes, first[: n_circuits + 1].copy(), torn[:n_circuits].copy())


@kernel
def _head(graph: FlowGraph, pattern: Array, held: Array, j: int, node: int) -> int:
    """The node that branch j carries heat to from `node`, or -1."""
    if pattern[j] > 0 and graph.start[j] == node:
        other = graph.end[j]
    elif pattern[j] < 0 and graph.end[j] == node:
        other = graph.start[j]
    else:
        return -1
    return -1 if held[other] else other


@kernel
def _components(
    graph: FlowGraph, pattern: Array, held: Array, nodes: Index, first: Index, circuit: Index
) -> int:
    """Strongly connected components in the order of the flow (Tarjan, without recursion)."""
    n = held.size
    number, low = np.full(n, -1, dtype=np.intp), np.zeros(n, dtype=np.intp)
    place = graph.first[:-1].copy()  # the next branch to look at
    stack, path = np.empty(n, dtype=np.intp), np.empty(n, dtype=np.intp)
    count = n_stack = n_found = n_circuits = 0
    first[0] = 0
    for root in range(n):
        if number[root] >= 0:
            continue
        path[0], depth = root, 0
        number[root] = low[root] = count
        count += 1
        stack[n_stack] = root
        n_stack += 1
        while depth >= 0:
            i = path[depth]
            if place[i] < graph.first[i + 1]:
                k = _head(graph, pattern, held, graph.incident[place[i]], i)
                place[i] += 1
                if k < 0:
                    continue
                if number[k] < 0:
                    number[k] = low[k] = count
                    count += 1
                    stack[n_stack] = k
                    n_stack += 1
                    depth += 1
                    path[depth] = k
                elif circuit[k] < 0:
                    low[i] = min(low[i], number[k])
                continue
            if low[i] == number[i]:  # the component is complete; they come last to first
                while True:
                    n_stack -= 1
                    k = stack[n_stack]
                    circuit[k] = n_circuits
                    n_found += 1
                    nodes[n - n_found] = k
                    if k == i:
                        break
                n_circuits += 1
                first[n_circuits] = n_found
            depth -= 1
            if depth >= 0:
                low[path[depth]] = min(low[path[depth]], low[i])
    # from the order in which they were found to the order of the flow
    first[: n_circuits + 1] = n - first[: n_circuits + 1][::-1].copy()
    for i in range(n):
        circuit[i] = n_circuits - 1 - circuit[i]
    return n_circuits


@kernel
def _tear(
    graph: FlowGraph,
    pattern: Array,
    held: Array,
    passing: Array,
    circuit: Index,
    nodes: Index,
    ins: Index,
    outs: Index,
    open_: Array,
    work: Index,
) -> int:
    """Reorder the nodes of a circuit: torn ones in front, the others in the order of the flow.

    Nodes without an open neighbour upstream or downstream lie on no circuit and are left out; what remains
    is torn where most flow passes, until nothing remains.
    """
    c = circuit[nodes[0]]
    for i in nodes:
        ins[i] = outs[i] = 0
        open_[i] = True
    for i in nodes:
        for p in range(graph.first[i], graph.first[i + 1]):
            k = _head(graph, pattern, held, graph.incident[p], i)
            if k >= 0 and circuit[k] == c:
                outs[i] += 1
                ins[k] += 1
    n_torn, n_open = 0, nodes.size
    while n_open > 0:
        best = -1
        for i in nodes:
            if open_[i] and (best < 0 or passing[i] > passing[best]):
                best = i
        work[n_torn] = best
        n_torn += 1
        # close it and all that lie on no circuit without it; the end of `work` lists those to look at
        open_[best] = False
        n_open -= 1
        waiting, n_waiting = best, 0
        while True:
            for p in range(graph.first[waiting], graph.first[waiting + 1]):
                j = graph.incident[p]
                k = graph.start[j] if graph.end[j] == waiting else graph.end[j]
                if circuit[k] != c or not open_[k]:
                    continue
                cut = False
                if _head(graph, pattern, held, j, waiting) == k:
                    ins[k] -= 1
                    cut = ins[k] == 0
                elif _head(graph, pattern, held, j, k) == waiting:
                    outs[k] -= 1
                    cut = outs[k] == 0
                if cut:
                    open_[k] = False
                    n_open -= 1
                    n_waiting += 1
                    work[work.size - n_waiting] = k
            if n_waiting == 0:
                break
            waiting = work[work.size - n_waiting]
            n_waiting -= 1
    for i in nodes:
        open_[i] = True
        ins[i] = 0
    for t in range(n_torn):
        open_[work[t]] = False
    for i in nodes:
        if open_[i]:
            for p in range(graph.first[i], graph.first[i + 1]):
                k = _head(graph, pattern, held, graph.incident[p], i)
                if k >= 0 and circuit[k] == c:
                    ins[k] += 1
    count = n_torn
    for i in nodes:
        if open_[i] and ins[i] == 0:
            work[count] = i
            count += 1
    at = 0
    while at < count:
        i = work[at]
        for p in range(graph.first[i], graph.first[i + 1]):
            k = _head(graph, pattern, held, graph.incident[p], i)
            # torn nodes stand already: what they hand on does not delay anybody
            if at >= n_torn and k >= 0 and circuit[k] == c and open_[k]:
                ins[k] -= 1
                if ins[k] == 0:
                    work[count] = k
                    count += 1
        at += 1
    nodes[:] = work[: nodes.size]
    return n_torn
