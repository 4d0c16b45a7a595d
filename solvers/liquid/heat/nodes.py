"""Heat carried by a network at frozen flow: enthalpy, upwind, mixed at the nodes.

Every branch hands to its downstream node  h_out = gain h_upstream + lift  [J/kg]: a pipe without loss (1,
0), a rack that takes up Q (1, Q/m), an exchanger held at a set point (0, h_set). A node mixes what flows
into it. The system is linear, hence solved at once, and it conserves m h exactly because heat content, not
temperature, is mixed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from geometry.errors import InputError, require
from solvers.errors import SolverError
from solvers.fluids import Fluid, enthalpy
from solvers.liquid.heat import mixing
from solvers.liquid.heat.bounds import require_finite
from solvers.liquid.heat.mixing import Mix
from solvers.liquid.heat.order import FlowGraph, FlowOrder, flow_graph, order_kernel, pattern_kernel
from solvers.liquid.hydraulics.network import Network

Array = NDArray[np.float64]

# flows below this share of the largest carry nothing: they are round-off of the hydraulics
REST = 1e-13
# a node's surplus below this share of the largest flow is round-off of the hydraulics
FED = 1e-9


def node_enthalpy(
    network: Network,
    flow: Array,
    gain: Array,
    lift: Array,
    *,
    given: dict[int, float],
    rest: float,
    graph: FlowGraph | None = None,
) -> Array:
    """Mixed enthalpy [J/kg] of every node, (nn,).

    flow        (nb,) mass flow of each branch [kg/s]; a reversed flow takes its heat the other way
    gain, lift  (nb,) of each branch [-], [J/kg]
    given       enthalpy of nodes fed from outside (by number) [J/kg]
    rest        enthalpy of nodes that no flow reaches [J/kg]
    graph       `flow_graph(network)`, for callers who ask often

    Raises SolverError if a closed circuit neither holds a temperature nor rejects heat.
    """
    require(flow.shape == gain.shape == lift.shape, "flow, gain and lift must have one value per branch")
    require_finite("flow", "kg/s", flow, network.branches)
    n = len(network.nodes)
    known = np.full(n, rest)
    held = np.zeros(n, dtype=bool)
    for node, value in given.items():
        known[node], held[node] = value, True
    mix = Mix(moving(flow), np.ascontiguousarray(gain), np.ascontiguousarray(lift), np.zeros(n), known, held)
    return Mixer(network, flow_graph(network) if graph is None else graph)(mix)


def moving(flow: Array) -> Array:
    """Flows (..., nb) without those that are round-off [kg/s]."""
    size = np.abs(flow)
    return np.where(size > REST * size.max(axis=-1, keepdims=True, initial=0.0), flow, 0.0)


def surplus(network: Network, flow: Array) -> Array:
    """What leaves a node by its branches less what arrives: fed from outside (positive) or drawn [kg/s]."""
    n = len(network.nodes)
    leaving = np.bincount(network.start, weights=flow, minlength=n)
    return np.asarray(leaving - np.bincount(network.end, weights=flow, minlength=n))


def feeds(
    network: Network, fluid: Fluid, flow: Array, temperature: Mapping[str, float]
) -> tuple[Array, Array]:
    """(flow from outside [kg/s], its enthalpy [J/kg]) of every node; temperature of what is fed, by node [K].

    Raises InputError for an unknown node, for one that is fed and has no temperature, and outside the range.
    """
    number = {name: i for i, name in enumerate(network.nodes)}
    known = np.full(len(number), np.nan)
    for name, value in temperature.items():
        require(name in number, f"no branch ends at the node '{name}', which is given a temperature")
        known[number[name]] = enthalpy(fluid, value)
    fed = surplus(network, flow)
    fed[fed <= FED * np.max(np.abs(flow), initial=0.0)] = 0.0
    for i in np.flatnonzero((fed > 0.0) & np.isnan(known)):
        name = network.nodes[i]
        raise InputError(
            f"{fed[i]:.4g} kg/s enter at the node '{name}' at no known temperature"
            f"\n  try: feed={{'{name}': ...}}"
        )
    return fed, np.where(fed > 0.0, known, 0.0)


class Mixer:
    """Mixes again and again, and keeps the order of the flow as long as its pattern holds."""

    __slots__ = ("graph", "network", "order", "pattern", "work")

    def __init__(self, network: Network, graph: FlowGraph) -> None:
        self.network, self.graph = network, graph
        self.pattern = np.full(len(network.branches), 2, dtype=np.int8)
        self.order: FlowOrder | None = None
        self.work: mixing.MixWork | None = None

    def __call__(self, mix: Mix) -> Array:
        """Enthalpy of every node. Raises SolverError as `node_enthalpy` does."""
        if pattern_kernel(mix.flow, mix.gain, self.pattern) or self.order is None:
            self.order = order_kernel(self.graph, self.pattern, mix.flow, mix.held)
            self.work = mixing.work_kernel(self.order)
        h = np.zeros(mix.feed.size)
        lost = mixing.mix_kernel(self.graph, self.order, mix, self.work, h)
        if lost >= 0 or not np.all(np.isfinite(h)):
            raise _adrift(self.network, lost if lost >= 0 else int(np.argmin(np.isfinite(h))))
        return h


class RowMixer:
    """Mixes n states of one network at a time; the orders of the flow stay from call to call."""

    __slots__ = ("graph", "held", "network", "orders")

    def __init__(self, network: Network, held: NDArray[np.bool_]) -> None:
        """held: (nn,) nodes fed from outside."""
        self.network, self.graph, self.held = network, flow_graph(network), held
        self.orders: mixing.RowOrders | None = None

    def __call__(self, flow: Array, gain: Array, lift: Array, rest: Array) -> Array:
        """Enthalpy [J/kg] of every node in every state, (n, nn).

        flow, gain, lift  (n, nb), as `node_enthalpy` takes them; flows that are round-off must be 0
        rest              (n,) enthalpy of nodes that no flow reaches and of those that are held [J/kg]

        Raises SolverError as `node_enthalpy` does.
        """
        if self.orders is None:
            pattern = np.full(flow.shape[1], 2, dtype=np.int8)
            unknown = pattern.copy()
            pattern_kernel(flow[0], gain[0], pattern)
            order = order_kernel(self.graph, pattern, flow[0], self.held)
            self.orders = mixing.RowOrders(order, pattern, order, unknown)
        h = np.zeros((flow.shape[0], self.held.size))
        row, node, order = mixing.rows_kernel(self.graph, self.orders, flow, gain, lift, rest, self.held, h)
        self.orders = self.orders._replace(any=order)
        if row >= 0:
            raise _adrift(self.network, node)
        return h


def _adrift(network: Network, node: int) -> SolverError:
    return SolverError(
        f"a closed coolant circuit takes up heat and rejects none (at the node '{network.nodes[node]}')"
    )
