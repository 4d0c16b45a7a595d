"""Order of the flow, torn circuits, and the enthalpy they give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvers.liquid.heat import order
from solvers.liquid.heat.nodes import node_enthalpy
from solvers.liquid.hydraulics.network import ImposedFlow, build_network

pytestmark = pytest.mark.kernel


def drawn(seed, nodes, branches):
    rng = np.random.default_rng(seed)
    start = np.arange(branches) % nodes
    end = (start + rng.integers(1, nodes, branches)) % nodes
    links = [
        ImposedFlow(name=f"b{i}", start=f"n{a}", end=f"n{b}", flow=0.0)
        for i, (a, b) in enumerate(zip(start, end, strict=True))
    ]
    flow = rng.normal(size=branches) * (rng.random(branches) > 0.1)
    gain = rng.uniform(0.3, 1.0, branches) * (rng.random(branches) > 0.15)
    return build_network(links), flow, gain, 1e3 * rng.normal(size=branches)


def by_elimination(network, flow, gain, lift, given_nodes, rest):
    n = len(network.nodes)
    up = np.where(flow >= 0.0, network.start, network.end)
    down = np.where(flow >= 0.0, network.end, network.start)
    matrix, right = np.zeros((n, n)), np.zeros(n)
    m = np.abs(flow)
    np.add.at(matrix, (down, down), m)
    np.add.at(matrix, (down, up), -m * gain)
    np.add.at(right, down, m * lift)
    for i in range(n):
        if i in given_nodes or not m[down == i].any():
            matrix[i], right[i] = 0.0, given_nodes.get(i, rest)
            matrix[i, i] = 1.0
    return np.linalg.solve(matrix, right)


@given(st.integers(0, 10**6), st.integers(2, 40), st.integers(0, 60))
def test_any_flow_gives_what_elimination_gives(seed, nodes, more):
    """Random graphs, flows in no physical order: many circuits, many torn nodes, nodes at rest."""
    network, flow, gain, lift = drawn(seed, nodes, nodes + more)
    held = {0: 5e3} if seed % 2 else {}
    got = node_enthalpy(network, flow, gain, lift, given=held, rest=-1e3)
    expected = by_elimination(network, flow, gain, lift, held, -1e3)
    assert got == pytest.approx(expected, rel=1e-9, abs=1e-7)


def order_of(links, flow, gain=None):
    network = build_network([ImposedFlow(name=f"{a}{b}", start=a, end=b, flow=0.0) for a, b in links])
    gain = np.ones(len(flow)) if gain is None else np.array(gain)
    graph = order.flow_graph(network)
    pattern = np.zeros(gain.size, dtype=np.int8)
    flow = np.array(flow, dtype=float)
    assert order.pattern_kernel(flow, gain, pattern)
    assert not order.pattern_kernel(flow, gain, pattern)
    found = order.order_kernel(graph, pattern, flow, np.zeros(len(network.nodes), dtype=bool))
    return [network.nodes[i] for i in found.nodes], found.torn.tolist()


def test_nodes_stand_in_the_order_of_the_flow():
    nodes, torn = order_of(["ba", "cb", "dc"], [-1.0, -1.0, -1.0])
    assert nodes == ["a", "b", "c", "d"]
    assert torn == [0, 0, 0, 0]


def test_a_loop_of_many_consumers_is_torn_once_at_the_plant():
    """p feeds s, which feeds x, y, z in parallel to r, and r returns to p: most flows at p, s and r."""
    links = ["sx", "xr", "sy", "yr", "sz", "zr", "rp", "ps"]
    nodes, torn = order_of(links, [1, 1, 2, 2, 3, 3, 6, 6])
    assert torn == [1]
    assert nodes[0] in "psr"


def test_an_exchanger_that_holds_its_outlet_opens_the_loop():
    links = ["sx", "xr", "rp", "ps"]
    _, torn = order_of(links, [1, 1, 1, 1], gain=[1.0, 1.0, 0.0, 1.0])
    assert torn == [0, 0, 0, 0]
