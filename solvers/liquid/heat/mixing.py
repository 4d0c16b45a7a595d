"""Enthalpy at the nodes of a network at given flows: mixed as it flows, circuits closed directly.

Every branch hands  gain h_upstream + lift  to its downstream node, which mixes what arrives by mass. In a
circuit all nodes are affine functions of the torn ones; a dense system as large as their number closes it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers._jit import kernel
from solvers.liquid.heat import order as ordering
from solvers.liquid.heat.order import FlowGraph, FlowOrder, order_kernel, pattern_kernel

Array = NDArray[np.float64]

# a circuit that loses less than this share of its heat on the way round has no temperature of its own
_LOSSLESS = 1e-12


class Mix(NamedTuple):
    """What the nodes mix.

    flow, gain, lift  (nb,) of the branches [kg/s], [-], [J/kg]
    feed              (nn,) mass flow from outside [kg/s]
    given             (nn,) its enthalpy; that of held nodes; where no flow arrives, the answer [J/kg]
    held              (nn,) whether a node's enthalpy is given
    """

    flow: Array
    gain: Array
    lift: Array
    feed: Array
    given: Array
    held: NDArray[np.bool_]


class MixWork(NamedTuple):
    """Room for the solution: (nn,), (k, k), (k,) with k the most torn nodes of a circuit."""

    unit: Array
    matrix: Array
    right: Array


@kernel
def work_kernel(order: FlowOrder) -> MixWork:
    k = 0
    for n in order.torn:
        k = max(k, n)
    return MixWork(np.zeros(order.nodes.size), np.empty((k, k)), np.empty(k))


@kernel
def mix_kernel(graph: FlowGraph, order: FlowOrder, mix: Mix, work: MixWork, h: Array) -> int:
    """Write the enthalpy of every node (nn,); return -1, or a node of a circuit without a temperature."""
    for c in range(order.torn.size):
        a, b, k = order.first[c], order.first[c + 1], order.torn[c]
        for p in range(a, a + k):
            h[order.nodes[p]] = 0.0
        for p in range(a + k, b):
            h[order.nodes[p]] = _mixed(graph, mix, order.nodes[p], h)
        if k == 0:
            continue
        for p in range(a, a + k):
            work.right[p - a] = _mixed(graph, mix, order.nodes[p], h)
        for q in range(k):
            for p in range(a, a + k):
                work.unit[order.nodes[p]] = 0.0
            work.unit[order.nodes[a + q]] = 1.0
            for p in range(a + k, b):
                work.unit[order.nodes[p]] = _passed(graph, mix, order.nodes[p], work.unit)
            for p in range(k):
                passed = _passed(graph, mix, order.nodes[a + p], work.unit)
                work.matrix[p, q] = (1.0 if p == q else 0.0) - passed
        for p in range(a, b):
            work.unit[order.nodes[p]] = 0.0
        if not _solve(work.matrix, work.right, k):
            return order.nodes[a]
        for p in range(k):
            h[order.nodes[a + p]] = work.right[p]
        for p in range(a + k, b):
            h[order.nodes[p]] = _mixed(graph, mix, order.nodes[p], h)
    return -1


class RowOrders(NamedTuple):
    """Two orders of one network: of the first state seen, and one good wherever flows keep their direction.

    Where some branch passes no heat on, the first has fewer circuits; the second fits any gain.
    """

    first: FlowOrder
    first_pattern: NDArray[np.int8]  # (nb,)
    any: FlowOrder
    any_pattern: NDArray[np.int8]  # 2 everywhere: not yet known


@kernel(uses=(ordering,))
def rows_kernel(
    graph: FlowGraph,
    orders: RowOrders,
    flow: Array,
    gain: Array,
    lift: Array,
    rest: Array,
    held: NDArray[np.bool_],
    h: Array,
) -> tuple[int, int, FlowOrder]:
    """Write the enthalpy (n, nn) of n states; return (-1, -1), or a row and a node without a temperature.

    flow, gain, lift  (n, nb); rest (n,) of nodes that are held or that no flow reaches; held (nn,)
    Third comes the order for any gain, as of the last row that asked for it; its pattern is overwritten.
    """
    feed, given, passing = np.zeros(held.size), np.empty(held.size), np.ones(gain.shape[1])
    first_work, order = work_kernel(orders.first), orders.any
    work = work_kernel(order)
    for i in range(flow.shape[0]):
        mix = Mix(flow[i], gain[i], lift[i], feed, given, held)
        given[:] = rest[i]
        if _same_pattern(flow[i], gain[i], orders.first_pattern):
            lost = mix_kernel(graph, orders.first, mix, first_work, h[i])
        else:
            if pattern_kernel(flow[i], passing, orders.any_pattern):
                order = order_kernel(graph, orders.any_pattern, flow[i], held)
                work = work_kernel(order)
            lost = mix_kernel(graph, order, mix, work, h[i])
        if lost >= 0:
            return i, lost, order
        for node in range(held.size):
            if not np.isfinite(h[i, node]):
                return i, node, order
    return -1, -1, order


@kernel
def _same_pattern(flow: Array, gain: Array, pattern: Array) -> bool:
    for j in range(flow.size):
        now = 0
        if gain[j] != 0.0 and flow[j] != 0.0:
            now = 1 if flow[j] > 0.0 else -1
        if now != pattern[j]:
            return False
    return True


@kernel
def _mixed(graph: FlowGraph, mix: Mix, i: int, h: Array) -> float:
    """Enthalpy of what arrives at a node."""
    if mix.held[i]:
        return mix.given[i]
    mass = mix.feed[i]
    heat = mass * mix.given[i]
    for p in range(graph.first[i], graph.first[i + 1]):
        j = graph.incident[p]
        m = mix.flow[j]
        if m > 0.0 and graph.end[j] == i:
            mass += m
            heat += m * (mix.gain[j] * h[graph.start[j]] + mix.lift[j])
        elif m < 0.0 and graph.start[j] == i:
            mass -= m
            heat -= m * (mix.gain[j] * h[graph.end[j]] + mix.lift[j])
    return heat / mass if mass > 0.0 else mix.given[i]


@kernel
def _passed(graph: FlowGraph, mix: Mix, i: int, unit: Array) -> float:
    """The same without feeds and lifts: what a change upstream does to a node."""
    if mix.held[i]:
        return 0.0
    mass, heat = mix.feed[i], 0.0
    for p in range(graph.first[i], graph.first[i + 1]):
        j = graph.incident[p]
        m = mix.flow[j]
        if m > 0.0 and graph.end[j] == i:
            mass += m
            heat += m * mix.gain[j] * unit[graph.start[j]]
        elif m < 0.0 and graph.start[j] == i:
            mass -= m
            heat -= m * mix.gain[j] * unit[graph.end[j]]
    return heat / mass if mass > 0.0 else 0.0


@kernel
def _solve(a: Array, b: Array, n: int) -> bool:
    """Gauss with row pivots, in place, for a = 1 - (share each torn node hands to itself and the others)."""
    for k in range(n):
        best = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[best, k]):
                best = i
        if not abs(a[best, k]) > _LOSSLESS:
            return False
        if best != k:
            for j in range(n):
                a[k, j], a[best, j] = a[best, j], a[k, j]
            b[k], b[best] = b[best], b[k]
        for i in range(k + 1, n):
            share = a[i, k] / a[k, k]
            if share != 0.0:
                for j in range(k + 1, n):
                    a[i, j] -= share * a[k, j]
                b[i] -= share * b[k]
    for k in range(n - 1, -1, -1):
        for j in range(k + 1, n):
            b[k] -= a[k, j] * b[j]
        b[k] /= a[k, k]
    return True
