"""Random circulations in random networks: balances, bounds, numbering; and a year of hours."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.fluids import constant_fluid, enthalpy, load_fluid
from solvers.liquid.heat.march import march
from solvers.liquid.heat.pipes import Holdup, PipeHeat, thermal_network
from solvers.liquid.heat.state import Scheme, start
from solvers.liquid.heat.steady import solve_heat
from solvers.liquid.hydraulics.network import ImposedFlow, Pipe, build_network
from twin.resources import data_dir

pytestmark = pytest.mark.kernel

PLAIN = constant_fluid("water", density=1000.0, heat_capacity=4000.0, viscosity=1e-3)
WATER = load_fluid(data_dir() / "coolants" / "water.csv")
STEPS = 25


def circulation(rng, nodes, more):
    """Pipes of a random graph and flows that balance at every node: (starts, ends, (STEPS, nb) flows)."""
    begin = np.concatenate((np.arange(1, nodes), rng.integers(0, nodes, more)))
    end = np.concatenate(([rng.integers(0, i) for i in range(1, nodes)], rng.integers(0, nodes - 1, more)))
    end = np.where(begin == end, nodes - 1, end)
    keep = begin != end
    begin, end = begin[keep], end[keep]
    meeting = np.zeros((nodes, begin.size))
    meeting[begin, np.arange(begin.size)] -= 1.0
    meeting[end, np.arange(end.size)] += 1.0
    drawn = rng.normal(size=(STEPS, begin.size)) * (rng.random((STEPS, 1)) > 0.1)
    flows = drawn - drawn @ (np.linalg.pinv(meeting) @ meeting).T
    return begin, end, np.where(np.abs(flows) < 1e-9, 0.0, flows)


def network_of(begin, end, rng, fluid, order):
    """The same pipes, written down in another order."""
    lengths, cells = rng.uniform(5.0, 200.0, begin.size), rng.integers(1, 6, begin.size)
    losses, walls = rng.uniform(0.0, 5.0, begin.size), rng.uniform(0.0, 5e3, begin.size)
    pipes = [
        Pipe(
            name=f"p{i}",
            start=f"n{begin[i]}",
            end=f"n{end[i]}",
            length=float(lengths[i]),
            diameter=0.05,
            roughness=1e-5,
        )
        for i in order
    ]
    heat = [
        PipeHeat(name=f"p{i}", surroundings=290.0, loss=losses[i], wall=walls[i], cells=int(cells[i]))
        for i in range(begin.size)
    ]
    return thermal_network(build_network(pipes), fluid, heat, reference=310.0)


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(2, 8), st.integers(1, 6), st.sampled_from(list(Scheme)))
def test_any_circulation_closes_stays_between_and_knows_no_numbers(seed, nodes, more, scheme):
    """Loops that cool from 350 K to 290 K, flows that turn at every step."""
    rng = np.random.default_rng(seed)
    begin, end, flows = circulation(rng, nodes, more)
    shuffled = rng.permutation(begin.size)
    draws = rng.integers(0, 2**31)
    temperatures = []
    for order in (np.arange(begin.size), shuffled):
        thermal = network_of(begin, end, np.random.default_rng(draws), PLAIN, order)
        got = march(thermal, start(thermal, 350.0, scheme=scheme), flows[:, order], dt=20.0)
        assert got.residual.max() <= 1e-12
        reached = got.temperature[:, sorted_nodes(thermal.network.nodes)]
        if scheme is not Scheme.UNLIMITED:
            assert got.temperature.max() <= 350.0 + 1e-9
            held = got.state.cells.enthalpy
            if scheme is Scheme.PARCELS:
                held = got.state.parcels.enthalpy[got.state.parcels.mass > 0.0]
            assert enthalpy(PLAIN, 290.0) - 1e-6 <= held.min() <= held.max() <= enthalpy(PLAIN, 350.0) + 1e-6
        temperatures.append(reached)
    assert temperatures[0] == pytest.approx(temperatures[1], abs=1e-8)


def sorted_nodes(names):
    return np.argsort([int(name[1:]) for name in names])


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(2, 10), st.integers(1, 8))
def test_any_circulation_comes_to_rest_where_heat_balances(seed, nodes, more):
    """Heat into some pipes, loss from all that flow: at rest, with water's own properties."""
    rng = np.random.default_rng(seed)
    begin, end, flows = circulation(rng, nodes, more)
    thermal = network_of(begin, end, rng, WATER, np.arange(begin.size))
    flow = flows[np.argmax(np.abs(flows).sum(axis=1))]
    heat = np.where((flow != 0.0) & (thermal.stores.loss > 10.0), 10.0 * thermal.stores.loss, 0.0)
    got = solve_heat(thermal, flow, heat=heat)
    assert got.audit.residual <= 1e-10
    assert got.loss.sum() == pytest.approx(heat.sum(), rel=1e-8, abs=1e-6)


@pytest.mark.parametrize("scheme", [Scheme.IMPLICIT, Scheme.PARCELS], ids=lambda scheme: scheme.name)
def test_a_year_of_hours_closes(scheme):
    """8,760 hours with standstill and reversal; losses follow the seasons, an exchanger takes the rest."""
    network = build_network(
        [
            Pipe(name="supply", start="cold", end="rack in", length=80.0, diameter=0.08, roughness=1e-5),
            ImposedFlow(name="rack", start="rack in", end="rack out", flow=0.0),
            Pipe(name="return", start="rack out", end="warm", length=80.0, diameter=0.08, roughness=1e-5),
            ImposedFlow(name="exchanger", start="warm", end="cold", flow=0.0),
        ]
    )
    wall = {"loss": 0.5, "wall": 3e3}
    thermal = thermal_network(
        network,
        WATER,
        [
            PipeHeat(name="supply", surroundings=285.0, cells=4, **wall),
            PipeHeat(name="return", surroundings=285.0, cells=4, **wall),
            Holdup(name="rack", volume=0.1, surroundings=295.0, loss=5.0, metal=1e5),
        ],
        reference=305.0,
    )
    rng = np.random.default_rng(9)
    hours = np.arange(8760)
    flow = rng.uniform(1.0, 5.0, 8760) * np.where(rng.random(8760) < 0.1, -1.0, 1.0)
    flow *= rng.random(8760) > 0.05
    heat = np.zeros((8760, 4))
    heat[:, 1] = np.where(flow != 0.0, rng.uniform(20e3, 60e3, 8760), 0.0)
    gain, lift = np.ones((8760, 4)), np.zeros((8760, 4))
    # effectiveness 0.7 against water of 30 degC
    gain[:, 3], lift[:, 3] = 0.3, 0.7 * -149e3
    outside = 283.0 + 10.0 * np.sin(2.0 * np.pi * hours / 8760.0)
    got = march(
        thermal,
        start(thermal, 305.0, scheme=scheme),
        np.repeat(flow[:, None], 4, axis=1),
        dt=3600.0,
        gain=gain,
        lift=lift,
        heat=heat,
        surroundings=np.repeat(outside[:, None], 3, axis=1),
    )
    assert got.residual.max() <= 1e-10
    assert got.audit.residual <= 1e-12
    # what the rack gave and the exchanger took, from the reported temperatures
    before = np.where(flow >= 0.0, got.temperature[:, network.node("warm")], got.temperature[:, 0])
    taken = np.abs(flow) * 0.7 * (enthalpy(WATER, before) + 149e3)
    assert got.audit.devices == pytest.approx(3600.0 * (heat.sum() - taken.sum()), rel=1e-6)
    assert got.audit.devices == pytest.approx(got.audit.loss + got.audit.stored, rel=1e-6)
    assert got.audit.loss == pytest.approx(got.loss.sum() * 3600.0, rel=1e-12)
