"""Pumps, heights and the worst consumer, each in a circuit small enough to be worked by hand; 1000 kg/m3."""

from dataclasses import replace

import numpy as np
import pytest
from device_circuits import HAND, load, pump, solve

from geometry.errors import InputError
from solvers.liquid.hydraulics.border import FASTEST, KEEPING, SLOWEST
from solvers.liquid.hydraulics.network import build_network
from solvers.liquid.hydraulics.records import (
    Pipe,
    PressureReducer,
    Pump,
    Valve,
    WorstPoint,
    power_curve,
)
from solvers.liquid.hydraulics.solve import solve_hydraulics

pytestmark = pytest.mark.kernel


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
