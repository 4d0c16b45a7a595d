"""Valves, flaps, reducers, limits of flow, each in a circuit small enough to work by hand; 1000 kg/m3."""

from dataclasses import replace

import numpy as np
import pytest
from device_circuits import HAND, feed, load, pump, solve

from geometry.errors import InputError
from solvers.liquid.hydraulics.network import build_network
from solvers.liquid.hydraulics.records import (
    CheckValve,
    FlowControl,
    Pipe,
    PressureReducer,
    Valve,
    WorstPoint,
    valve_kv,
)
from solvers.liquid.hydraulics.states import CLOSED, HOLDING, LIMITING, OPEN, SHUT

pytestmark = pytest.mark.kernel


def test_a_valve_of_its_kv_drops_one_bar_at_that_flow():
    """Kv 3.6 m3/h of water: 1 kg/s at 1 bar; half open, half of that flow."""
    for opening, flow in ((1.0, 1.0), (0.5, 0.5)):
        valve = Valve(name="valve", start="x", end="y", kv=3.6, opening=opening)
        assert solve(build_network([valve, feed(flow)])).drop[0] == pytest.approx(1e5, rel=HAND)


def test_a_denser_fluid_drops_more_pressure_at_the_same_mass_flow_less():
    """dp ~ V^2 rho = m^2 / rho."""
    network = build_network([Valve(name="valve", start="x", end="y", kv=3.6), feed(1.0)])
    assert solve(network, device_density=1250.0).drop[0] == pytest.approx(0.8e5, rel=HAND)


def test_kv_of_a_loss_coefficient():
    """K 2 at 1 m/s in 50 mm is 1 kPa; the valve of that Kv too."""
    valve = Valve(name="valve", start="x", end="y", kv=valve_kv(2.0, 0.05))
    flow = 1000.0 * 0.25 * np.pi * 0.05**2
    assert solve(build_network([valve, feed(flow)])).drop[0] == pytest.approx(1000.0, rel=HAND)


def test_a_check_valve_passes_one_way_only():
    for flow, through, state in ((2.0, 1.0, OPEN), (-2.0, 0.0, CLOSED)):
        network = build_network(
            [load("load", "x", "y"), CheckValve(name="check", start="x", end="y", kv=3.6), feed(flow)]
        )
        got = solve(network)
        assert got.flow[1] == pytest.approx(through, abs=HAND)
        assert got.flow[0] == pytest.approx(flow - through, rel=HAND)
        assert got.state[1] == state
        assert got.mass <= 1e-12


def test_a_flap_in_a_pipe_and_a_warm_start_that_turns_the_flow():
    def network(flow):
        return build_network(
            [
                load("load", "x", "y"),
                Pipe(name="pipe", start="x", end="y", length=10.0, diameter=0.05, one_way=True),
                feed(flow),
            ]
        )

    forward = solve(network(2.0))
    assert forward.flow[1] > 1.5
    back = solve(network(-2.0), guess=forward)
    assert back.flow == pytest.approx([-2.0, 0.0, -2.0], abs=1e-12)
    again = solve(network(2.0), guess=back)
    assert again.flow == pytest.approx(forward.flow, rel=1e-9)


def reduced(source, sink):
    """Source - 1 bar at 1 kg/s - reducer to 3 bar - 1 bar at 1 kg/s - sink."""
    return build_network(
        [
            load("before", "s", "a"),
            PressureReducer(name="reducer", start="a", end="b", kv=36.0, pressure=3e5),
            load("behind", "b", "c"),
        ],
        pressure={"s": source, "c": sink},
    )


def test_a_pressure_reducer_holds_opens_and_closes():
    """Holding: sqrt((3 - 2) / 1) = 1 kg/s whatever the source, which then stands 1 bar above a."""
    got = solve(reduced(6e5, 2e5))
    assert got.state[1] == HOLDING
    assert got.flow == pytest.approx([1.0] * 3, rel=HAND)
    assert got.pressure == pytest.approx([6e5, 5e5, 3e5, 2e5], rel=HAND)
    # open: 0.5 bar over two loads and the valve, 2.01 bar at 1 kg/s
    got = solve(reduced(2.5e5, 2e5))
    assert got.state[1] == OPEN
    assert got.flow[1] == pytest.approx(np.sqrt(0.5 / 2.01), rel=HAND)
    got = solve(reduced(2e5, 5e5))
    assert got.state[1] == CLOSED
    assert got.flow == pytest.approx([0.0] * 3, abs=1e-12)


def test_a_reducer_alone_feeds_a_zone():
    network = build_network(
        [
            load("before", "s", "a"),
            PressureReducer(name="reducer", start="a", end="b", kv=36.0, pressure=3e5),
            load("behind", "b", "c"),
        ],
        pressure={"s": 6e5},
        inflow={"c": -1.0},
    )
    got = solve(network)
    assert got.pressure == pytest.approx([6e5, 5e5, 3e5, 2e5], rel=HAND)
    assert got.mass <= 1e-12


def test_two_reducers_in_parallel_share_one_zone():
    """Both hold 3 bar at nodes of their own; behind each 1 bar at 1 kg/s to the sink at 2 bar."""
    branches = []
    for k in "12":
        branches += [
            load(f"before{k}", "s", f"a{k}", drop=float(k) * 1e5),
            PressureReducer(name=f"reducer{k}", start=f"a{k}", end=f"b{k}", kv=36.0, pressure=3e5),
            load(f"behind{k}", f"b{k}", "c"),
        ]
    got = solve(build_network(branches, pressure={"s": 6e5, "c": 2e5}))
    assert got.flow == pytest.approx([1.0] * 6, rel=HAND)
    assert got.pressure[1] - got.pressure[4] == pytest.approx(1e5, rel=HAND)


def test_a_flow_control_limits_and_opens():
    def network(source):
        return build_network(
            [
                load("before", "s", "a"),
                FlowControl(name="control", start="a", end="b", kv=3.6, flow=0.5),
                load("behind", "b", "c"),
            ],
            pressure={"s": source, "c": 2e5},
        )

    got = solve(network(6e5))
    assert got.state[1] == LIMITING
    assert got.flow == pytest.approx([0.5] * 3, rel=1e-12)
    assert got.drop[1] == pytest.approx(4e5 - 2 * 0.25e5, rel=HAND)
    got = solve(network(2.3e5), guess=got)  # 0.3 bar over three of 1 bar at 1 kg/s
    assert got.state[1] == OPEN
    assert got.flow[1] == pytest.approx(np.sqrt(0.1), rel=HAND)


# -- islands ---------------------------------------------------------------------------------------------


def test_closed_valves_leave_an_island_at_rest():
    network = build_network(
        [
            load("load", "x", "y"),
            Valve(name="inlet", start="x", end="u", kv=3.6, opening=0.0),
            load("idle", "u", "w"),
            Valve(name="outlet", start="w", end="y", kv=3.6, opening=0.0),
            feed(1.0),
        ]
    )
    got = solve(network)
    assert got.flow == pytest.approx([1.0, 0.0, 0.0, 0.0, 1.0], abs=1e-12)
    assert got.state[1] == got.state[3] == SHUT
    assert np.isnan(got.pressure[[network.node("u"), network.node("w")]]).all()
    assert got.pressure[network.node("x")] - got.pressure[network.node("y")] == pytest.approx(1e5, rel=HAND)
    assert got.mass <= 1e-12


def test_a_load_behind_a_closed_valve_is_named():
    network = build_network(
        [Valve(name="main valve", start="s", end="a", kv=3.6, opening=0.0), load("load", "a", "b")],
        pressure={"s": 3e5},
        inflow={"b": -1.0},
    )
    with pytest.raises(InputError, match=r"with 'a', 'b' loses 1 kg/s without a way in: 'main valve'"):
        solve(network)


def test_a_limit_below_the_load_behind_it_is_named():
    network = build_network(
        [FlowControl(name="limit", start="s", end="a", kv=36.0, flow=0.3), load("load", "a", "b")],
        pressure={"s": 3e5},
        inflow={"b": -1.0},
    )
    with pytest.raises(InputError, match=r"loses 0\.7 kg/s without a way in: 'limit'"):
        solve(network)


def test_a_branch_closed_and_opened_between_solves():
    network = build_network([load("a", "x", "y"), load("b", "x", "y", closed=True), feed(2.0)])
    got = solve(network)
    assert got.flow[:2] == pytest.approx([2.0, 0.0], abs=1e-12)
    opened = solve(replace(network, closed=np.zeros(3, dtype=bool)), guess=got)
    assert opened.flow[:2] == pytest.approx([1.0, 1.0], rel=1e-9)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Valve(name="v", start="a", end="b", kv=-1.0), "Kv of 'v' = -1"),
        (lambda: Valve(name="v", start="a", end="b", kv=1.0, opening=2.0), "opening of valve 'v' = 2"),
        (lambda: FlowControl(name="v", start="a", end="b", kv=1.0, flow=-1.0), "flow limit of 'v' = -1"),
        (lambda: pump(speed=-1.0), "speed of pump 'pump' = -1"),
        (lambda: pump(running=-1), "running units of pump 'pump' = -1"),
        (lambda: pump(points=((0.0, 1e5), (1.0, 2e5))), "must fall"),
        (lambda: pump(efficiency=1.2), "efficiency of pump 'pump'"),
    ],
)
def test_bad_devices_are_named(make, text):
    with pytest.raises(InputError, match=text):
        make()


@pytest.mark.parametrize("drop", [0.0, -1e4, np.nan, np.inf, (1e4, 0.0)])
def test_a_drop_to_keep_is_positive_and_finite(drop):
    with pytest.raises(
        InputError, match=r"worst-point control: drop to keep .* Pa: must be positive and finite"
    ):
        WorstPoint(pumps=("pump",), consumers=("near", "far"), drop=drop)


@pytest.mark.parametrize("flow", [np.nan, np.inf])
def test_an_imposed_flow_is_finite(flow):
    with pytest.raises(InputError, match=r"imposed flow of 'feed' = .* kg/s: not finite"):
        feed(flow)
