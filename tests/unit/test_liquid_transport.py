"""Mixing of enthalpy at the nodes of a network."""

import numpy as np
import pytest

from solvers.errors import SolverError
from solvers.liquid.heat.nodes import node_enthalpy
from solvers.liquid.hydraulics.network import ImposedFlow, Resistance, build_network


def link(name, start, end):
    return Resistance(name=name, start=start, end=end, flow=1.0, drop=1e4)


def loop():
    """A unit feeds two racks in parallel: x -> (a, b) -> y -> unit -> x."""
    return build_network(
        [link("a", "x", "y"), link("b", "x", "y"), ImposedFlow(name="unit", start="y", end="x", flow=4.0)]
    )


def test_two_streams_mix_by_mass():
    """3 kg/s + 30 kW and 1 kg/s + 40 kW onto 100 kJ/kg: 100 + 70/4 kJ/kg."""
    h = node_enthalpy(
        loop(),
        np.array([3.0, 1.0, 4.0]),
        np.array([1.0, 1.0, 0.0]),
        np.array([30e3 / 3.0, 40e3 / 1.0, 100e3]),
        given={},
        rest=0.0,
    )
    assert h == pytest.approx([100e3, 117.5e3], rel=1e-12)


def test_reversed_flow_carries_its_heat_the_other_way():
    """b runs backwards: what left a at y returns to x and mixes with the unit's 2 kg/s."""
    h = node_enthalpy(
        loop(),
        np.array([3.0, -1.0, 2.0]),
        np.array([1.0, 1.0, 0.0]),
        np.array([1e3, 0.0, 50e3]),
        given={},
        rest=0.0,
    )
    # h_y = h_x + 1000, h_x = (h_y + 2 * 50000) / 3
    assert h == pytest.approx([50.5e3, 51.5e3], rel=1e-12)


def test_a_given_node_and_a_node_at_rest():
    network = build_network([link("a", "in", "mid"), link("b", "mid", "out"), link("dead", "mid", "end")])
    h = node_enthalpy(
        network,
        np.array([2.0, 2.0, 0.0]),
        np.ones(3),
        np.array([5.0, 0.0, 0.0]),
        given={network.node("in"): 7.0},
        rest=-1.0,
    )
    assert h == pytest.approx([7.0, 12.0, 12.0, -1.0])


def test_heat_without_rejection_is_an_error():
    with pytest.raises(SolverError, match="rejects none"):
        node_enthalpy(
            loop(), np.array([3.0, 1.0, 4.0]), np.ones(3), np.array([1e3, 0.0, 0.0]), given={}, rest=0.0
        )
