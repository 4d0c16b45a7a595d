"""Devices of a network, each in a circuit small enough to be worked by hand; 1000 kg/m3."""

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.liquid.hydraulics.border import FASTEST, KEEPING, SLOWEST
from solvers.liquid.hydraulics.network import build_network
from solvers.liquid.hydraulics.records import (
    CheckValve,
    FlowControl,
    ImposedFlow,
    Pipe,
    PressureReducer,
    Pump,
    Resistance,
    Valve,
    WorstPoint,
    power_curve,
    valve_kv,
)
from solvers.liquid.hydraulics.solve import solve_hydraulics
from solvers.liquid.hydraulics.states import CLOSED, HOLDING, LIMITING, OPEN, SHUT

pytestmark = pytest.mark.kernel

HAND = 1e-7  # power laws are linear below 1e-4 of their reference flow, which costs 5e-9 of it


def solve(network, **more):
    n = network.pipe.size
    return solve_hydraulics(
        network, np.full(n, 1000.0), np.full(n, 1e-3), **({"device_density": 1000.0} | more)
    )


def load(name, start, end, *, drop=1e5, **more):
    """1 bar at 1 kg/s, unless said otherwise."""
    return Resistance(name=name, start=start, end=end, flow=1.0, drop=drop, **more)


def feed(flow, start="y", end="x"):
    return ImposedFlow(name="feed", start=start, end=end, flow=flow)


def pump(name="pump", start="y", end="x", **more):
    """200 kPa at rest, 100 kPa at 1 kg/s."""
    return Pump(name=name, start=start, end=end, **({"flow": 1.0, "rated": 1e5, "shutoff": 2e5} | more))


# -- valves ----------------------------------------------------------------------------------------------


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


# -- pumps -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("speed", [1.0, 0.5])
def test_affinity_laws(speed):
    """200 s^2 - 100 m^2 = 300 m^2 (kPa, kg/s): m = s sqrt(0.5)."""
    got = solve(build_network([pump(speed=speed), load("load", "x", "y", drop=3e5)]))
    assert got.flow == pytest.approx([speed * np.sqrt(0.5)] * 2, rel=HAND)


def test_a_curve_by_points_with_straight_lines():
    """Points (0, 200), (1, 150), (2, 50) kPa; load 100 m^2: 150 - 100 (m - 1) = 100 m^2: m = 1.15831."""
    curve = ((0.0, 2e5), (1.0, 1.5e5), (2.0, 0.5e5))
    network = build_network([Pump(name="pump", start="y", end="x", points=curve), load("load", "x", "y")])
    got = solve(network)
    assert got.flow == pytest.approx([1.1583124] * 2, rel=1e-6)
    slow = solve(replace(network, pumps=network.pumps._replace(speed=np.array([0.5]))))
    assert slow.flow == pytest.approx([0.5 * 1.1583124] * 2, rel=1e-6)


def test_two_of_three_pumps_in_parallel():
    """Each gives half: 200 - 100 (m/2)^2 = 100 m^2 : m = sqrt(200 / 125)."""
    got = solve(build_network([pump(running=2), load("load", "x", "y")]))
    assert got.flow[0] == pytest.approx(np.sqrt(1.6), rel=HAND)
    apart = solve(build_network([pump("a"), pump("b"), pump("c", speed=0.0), load("load", "x", "y")]))
    assert apart.flow == pytest.approx([*[np.sqrt(0.4)] * 2, 0.0, np.sqrt(1.6)], rel=HAND, abs=1e-12)


def test_power_curves_of_one_and_three_points():
    """EPANET: shut-off 4/3; A - B m^C through (0, 100), (1, 90), (2, 60): C = log2(40/10) = 2."""
    assert power_curve(((1.0, 90.0),)) == (1.0, 90.0, 120.0, 2.0)
    assert power_curve(((0.0, 100.0), (1.0, 90.0), (2.0, 60.0))) == pytest.approx((2.0, 60.0, 100.0, 2.0))


def test_a_pump_against_a_closed_valve_is_named():
    network = build_network(
        [pump("P1"), Valve(name="valve", start="x", end="u", kv=3.6, opening=0.0), load("load", "u", "y")]
    )
    with pytest.raises(InputError, match=r"pump 'P1' runs but delivers nothing: its way is closed"):
        solve(network)
    got = solve(network, idle_pumps=True)
    assert got.flow == pytest.approx([0.0] * 3, abs=1e-12)


def test_a_pump_too_weak_for_the_height_is_named():
    network = build_network(
        [pump("P1", start="s", end="a"), load("load", "a", "t")], pressure={"s": 0.0, "t": 3e5}
    )
    with pytest.raises(InputError, match=r"pump 'P1' .* overcome the 3e\+05 Pa"):
        solve(network)


# -- heights and references ------------------------------------------------------------------------------


def test_water_at_rest_in_a_riser():
    """10 m of water: 98066.5 Pa."""
    network = build_network(
        [Pipe(name="riser", start="low", end="high", length=10.0, diameter=0.05)],
        pressure={"low": 3e5},
        height={"high": 10.0},
    )
    got = solve(network)
    assert got.flow[0] == pytest.approx(0.0, abs=1e-12)
    assert got.pressure[1] == pytest.approx(3e5 - 98066.5, rel=1e-12)


def test_a_loop_turns_by_the_weight_of_its_columns():
    """10 kg/m3 less in the riser, 1 m high: 98.07 Pa over two laminar pipes of 128 mu L m / (pi rho d^4)."""
    network = build_network(
        [
            Pipe(name="riser", start="low", end="high", length=1.0, diameter=0.01),
            Pipe(name="fall", start="high", end="low", length=1.0, diameter=0.01),
        ],
        height={"high": 1.0},
    )
    mu = np.full(2, 0.02)
    got = solve_hydraulics(network, np.array([990.0, 1000.0]), mu)
    each = 128.0 * 0.02 / (np.pi * 0.01**4)
    assert got.flow == pytest.approx([98.0665 / (each / 990.0 + each / 1000.0)] * 2, rel=1e-9)


def test_a_vessel_holds_the_level_and_takes_no_flow():
    network = build_network([pump(), load("load", "x", "y")], vessel={"y": 1.5e5})
    got = solve(network)
    assert got.pressure[network.node("y")] == 1.5e5
    assert got.pressure[network.node("x")] == pytest.approx(2.5e5, rel=HAND)


def test_references_that_lack_or_clash_are_named():
    loop = [pump(), load("load", "x", "y")]
    with pytest.raises(InputError, match=r"no pressure reference: .*'y', 'x'"):
        build_network(loop, need_reference=True)
    with pytest.raises(InputError, match="vessel at 'x' and the pressure given at 'y'"):
        build_network(loop, vessel={"x": 1e5}, pressure={"y": 1e5})
    reducer = PressureReducer(name="reducer", start="x", end="y", kv=1.0, pressure=1e5)
    with pytest.raises(InputError, match="reducer 'reducer' ends at 'y', whose pressure is given"):
        build_network([reducer], pressure={"y": 2e5, "x": 3e5})


# -- worst-point control ---------------------------------------------------------------------------------


def served(least, **more):
    """Pump - 0.1 bar at 1 kg/s - near load - 0.1 bar - far load; loads 0.5 bar at 1 kg/s."""
    return build_network(
        [
            pump(start="b", end="a", rated=4e5, shutoff=5e5, flow=3.0),
            load("main", "a", "n", drop=1e4),
            load("near", "n", "b", drop=5e4),
            load("branch", "n", "f", drop=1e4),
            load("far", "f", "b", drop=5e4),
        ],
        controls=[WorstPoint(pumps=("pump",), consumers=("near", "far"), drop=least, **more)],
    )


def test_the_worst_consumer_keeps_its_drop():
    """Far: 0.45 bar at sqrt(0.9); near has 0.54 bar: sqrt(1.08); main 0.1 (their sum)^2."""
    network = served(4.5e4)
    got = solve(network)
    far, near = np.sqrt(0.9), np.sqrt(1.08)
    assert got.flow[[2, 4]] == pytest.approx([near, far], rel=HAND)
    assert got.drop[4] == pytest.approx(4.5e4, rel=1e-9)
    rise = 5.4e4 + 1e4 * (far + near) ** 2
    # 5e5 s^2 - 1e5 (m/3)^2 = rise
    assert got.speed[0] == pytest.approx(np.sqrt((rise + 1e5 * ((far + near) / 3.0) ** 2) / 5e5), rel=HAND)
    assert got.mode[0] == KEEPING
    assert network.branches[network.controls.consumer[got.worst[0]]] == "far"


def test_each_consumer_has_its_own_least_drop():
    """Near asks for 0.6 bar, far for 0.45, which it has with 0.5."""
    got = solve(served((6e4, 4.5e4)))
    assert got.drop[[2, 4]] == pytest.approx([6e4, 5e4], rel=HAND)


def test_the_worst_point_moves_when_a_branch_closes():
    network = served(4.5e4)
    got = solve(network)
    closed = np.array([False, False, False, False, True])
    alone = solve(replace(network, closed=closed), guess=got)
    # a closed consumer has the full drop of its node, so the worst is the near one
    assert alone.drop[2] == pytest.approx(4.5e4, rel=1e-9)


def test_a_control_at_its_limits():
    high = solve(served(9e5, fastest=1.0))
    assert high.mode[0] == FASTEST
    assert high.speed[0] == 1.0
    assert high.drop[4] < 9e5
    low = solve(served(10.0, slowest=0.3))
    assert low.mode[0] == SLOWEST
    assert low.speed[0] == pytest.approx(0.3)
    assert low.drop[4] > 10.0
    assert solve(served(4.5e4), guess=high).drop[4] == pytest.approx(4.5e4, rel=1e-9)


def test_controls_name_what_is_missing():
    with pytest.raises(InputError, match="no pump named 'other'"):
        build_network([pump()], controls=[WorstPoint(pumps=("other",), consumers=("a",), drop=1e4)])
    with pytest.raises(InputError, match="no consumer named 'a'"):
        build_network([pump()], controls=[WorstPoint(pumps=("pump",), consumers=("a",), drop=1e4)])
    with pytest.raises(InputError, match="none of the pumps that keep the drop at 'load' is running"):
        solve(
            build_network(
                [pump(running=0), load("load", "x", "y")],
                controls=[WorstPoint(pumps=("pump",), consumers=("load",), drop=1e4)],
            )
        )


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
