"""Members of an ensemble equal single solves; power of pumps."""

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.liquid.hydraulics.ensemble import solve_ensemble
from solvers.liquid.hydraulics.network import build_network
from solvers.liquid.hydraulics.power import pump_power
from solvers.liquid.hydraulics.records import (
    CheckValve,
    ImposedFlow,
    Pipe,
    Pump,
    Resistance,
    Valve,
    WorstPoint,
)
from solvers.liquid.hydraulics.solve import solve_hydraulics

pytestmark = pytest.mark.kernel


def loop():
    """A pump with a check valve beside it, a riser, two consumers, one of imposed flow."""
    return build_network(
        [
            Pump(name="pump", start="b0", end="a0", flow=3.0, rated=2e5, shutoff=3e5),
            Pump(name="second", start="b0", end="a0", flow=3.0, rated=2e5, shutoff=3e5),
            CheckValve(name="bypass", start="a0", end="b0", kv=5.0),
            Pipe(name="supply", start="a0", end="a1", length=30.0, diameter=0.04, roughness=4.5e-5),
            Pipe(name="return", start="b1", end="b0", length=30.0, diameter=0.04, roughness=4.5e-5),
            Resistance(name="rack", start="a1", end="b1", flow=1.0, drop=5e4, exponent=1.8),
            ImposedFlow(name="unit", start="a1", end="b1", flow=0.5),
        ],
        vessel={"b0": 2e5},
        height={"a1": 4.0, "b1": 4.0},
    )


def test_members_equal_single_solves_bit_by_bit():
    network = loop()
    rng = np.random.default_rng(7)
    n = 12
    draw = {
        "imposed_flow": rng.uniform(0.0, 1.0, (n, 1)),
        "law_drop": rng.uniform(2e4, 8e4, (n, 1)),
        "fixed_pressure": rng.uniform(1e5, 3e5, (n, 1)),
    }
    density = rng.uniform(950.0, 1000.0, (n, 2))
    viscosity = rng.uniform(3e-4, 3e-3, (n, 2))
    speed = rng.uniform(0.6, 1.0, (n, 2))
    speed[::3, 1] = 0.0
    got = solve_ensemble(network, density, viscosity, speed=speed, idle_pumps=True, **draw)
    for i in range(n):
        one = replace(
            network,
            pumps=network.pumps._replace(speed=speed[i]),
            **{name: values[i] for name, values in draw.items()},
        )
        alone = solve_hydraulics(one, density[i], viscosity[i], idle_pumps=True)
        assert np.array_equal(got.flow[i], alone.flow)
        assert np.array_equal(got.pressure[i], alone.pressure)
        assert np.array_equal(got.state[i], alone.state)
    assert got.mass.max() <= 1e-10
    assert np.all(got.flow[::3, 1] == 0.0)
    assert np.ptp(got.flow[:, 5]) > 0.05


def test_controlled_members_keep_their_worst_drop():
    base = [
        Pump(name="pump", start="b", end="a", flow=3.0, rated=2e5, shutoff=3e5),
        Resistance(name="rack", start="a", end="b", flow=1.0, drop=5e4),
        Resistance(name="other", start="a", end="b", flow=1.0, drop=5e4),
    ]
    control = WorstPoint(pumps=("pump",), consumers=("rack", "other"), drop=6e4)
    network = build_network(base, controls=[control])
    empty = np.empty(0)
    drops = np.array([[4e4, 5e4], [5e4, 5e4], [8e4, 2e4]])
    got = solve_ensemble(network, empty, empty, law_drop=drops, device_density=1000.0)
    # both consumers see 0.6 bar: flows sqrt(6e4 / drop)
    assert got.flow[:, 1:] == pytest.approx(np.sqrt(6e4 / drops), rel=1e-7)


def test_a_failing_member_is_numbered():
    network = build_network(
        [
            Valve(name="valve", start="s", end="a", kv=3.6, opening=0.0),
            Resistance(name="load", start="a", end="b", flow=1.0, drop=1e5),
        ],
        pressure={"s": 3e5},
    )
    empty, inflow = np.empty(0), np.zeros((4, 3))
    inflow[2, 2] = -1.0
    with pytest.raises(InputError, match=r"member 2: disconnected: .*'a', 'b' loses 1 kg/s.*'valve'"):
        solve_ensemble(network, empty, empty, inflow=inflow, device_density=1000.0)


def two_pumps(rated):
    """A weaker pump beside one of 100 kPa, over a consumer of 50 kPa."""
    return build_network(
        [
            Pump(name="strong", start="b", end="a", flow=1.0, rated=1e5, shutoff=1.5e5),
            Pump(name="weak", start="b", end="a", flow=1.0, rated=0.9 * rated, shutoff=rated),
            Resistance(name="load", start="a", end="b", flow=1.0, drop=1e5),
        ]
    )


def test_a_member_whose_pump_delivers_nothing_is_refused_or_recorded():
    """At full load the strong pump alone keeps more than the 20 kPa that the weak one reaches at rest."""
    network, empty = two_pumps(2e4), np.empty(0)
    drops = np.array([[1e5], [5e5], [1e2]])
    with pytest.raises(InputError, match="member 0: pump 'weak' runs but delivers nothing"):
        solve_ensemble(network, empty, empty, law_drop=drops, device_density=1000.0)
    got = solve_ensemble(network, empty, empty, law_drop=drops, device_density=1000.0, idle_pumps=True)
    assert got.idle.tolist() == [[False, True], [False, True], [False, False]]
    alone = solve_hydraulics(replace(network, law_drop=drops[2]), empty, empty, device_density=1000.0)
    assert got.flow[2] == pytest.approx(alone.flow, rel=1e-9)


def test_a_member_whose_pump_is_pushed_is_refused():
    """2 kg/s are imposed on a pump that lifts 1.5 bar less 0.5 bar per (kg/s)^2: 0.5 bar short."""
    network = build_network(
        [
            Pump(name="pump", start="b", end="a", flow=1.0, rated=1e5, shutoff=1.5e5),
            ImposedFlow(name="feed", start="a", end="b", flow=1.0),
        ]
    )
    empty, imposed = np.empty(0), np.array([[1.0], [2.0]])
    with pytest.raises(
        InputError, match="member 1: pump 'pump' is pushed beyond its curve: at 2 kg/s it takes 5e"
    ):
        solve_ensemble(network, empty, empty, imposed_flow=imposed, device_density=1000.0)


def test_shapes_that_differ_are_named():
    network = loop()
    two = np.full(2, 1000.0)
    with pytest.raises(InputError, match=r"imposed_flow of the members has the shape \(3, 2\)"):
        solve_ensemble(network, two, 1e-6 * two, imposed_flow=np.ones((3, 2)))
    with pytest.raises(InputError, match="members differ in number: 1, 3, 4"):
        solve_ensemble(network, two, 1e-6 * two, imposed_flow=np.ones((3, 1)), law_drop=np.full((4, 1), 1e4))


def test_power_of_a_pump():
    """1 kg/s against 100 kPa at 1000 kg/m3: 100 W; at 50 %, 200 W, of the losses 80 % into the fluid."""
    pump = Pump(
        name="pump",
        start="b",
        end="a",
        flow=1.0,
        rated=1e5,
        shutoff=2e5,
        efficiency=((0.0, 0.2), (1.0, 0.5), (2.0, 0.4)),
        heat_share=0.8,
    )
    load = Resistance(name="load", start="a", end="b", flow=1.0, drop=1e5)
    network = build_network([pump, load])
    got = solve_hydraulics(network, np.empty(0), np.empty(0))
    power = pump_power(network, got, 1000.0)
    assert power.hydraulic == pytest.approx([100.0], rel=1e-7)
    assert power.electric == pytest.approx([200.0], rel=1e-7)
    assert power.heat == pytest.approx([80.0], rel=1e-7)
    # half the speed: half the flow at a quarter of the rise, the same efficiency
    slow = replace(network, pumps=network.pumps._replace(speed=np.array([0.5])))
    power = pump_power(slow, solve_hydraulics(slow, np.empty(0), np.empty(0)), 1000.0)
    assert power.electric == pytest.approx([25.0], rel=1e-6)


def test_a_pump_that_lifts_adds_the_column_within_it():
    """Up 15 m in the pump, down in the load: columns cancel, so 1 kg/s against 100 kPa as on the level."""
    branches = [
        Pump(name="pump", start="b", end="a", flow=1.0, rated=1e5, shutoff=2e5),
        Resistance(name="load", start="a", end="b", flow=1.0, drop=1e5),
    ]
    network = build_network(branches, height={"a": 15.0})
    got = solve_hydraulics(network, np.empty(0), np.empty(0), device_density=1000.0)
    assert got.drop[0] == pytest.approx(1000.0 * 9.80665 * 15.0 - 1e5, rel=1e-7)
    assert pump_power(network, got, 1000.0).hydraulic == pytest.approx([100.0], rel=1e-7)


def test_a_pump_pushed_beyond_its_curve_is_named_and_takes_no_power():
    """In series, 200 - 100 m2 and 20 - 1000 m2 kPa through 100 m2: m2 = 0.22/1.2; the small takes 163 kPa."""
    network = build_network(
        [
            Pump(name="large", start="c", end="a", flow=1.0, rated=1e5, shutoff=2e5),
            Pump(name="small", start="a", end="b", flow=0.1, rated=1e4, shutoff=2e4, efficiency=0.5),
            Resistance(name="load", start="b", end="c", flow=1.0, drop=1e5),
        ]
    )
    with pytest.raises(
        InputError, match=r"pump 'small' is pushed beyond its curve: at 0.4282 kg/s it takes 1.633e"
    ):
        solve_hydraulics(network, np.empty(0), np.empty(0))
    got = solve_hydraulics(network, np.empty(0), np.empty(0), idle_pumps=True)
    power = pump_power(network, got, 1000.0)
    assert power.hydraulic == pytest.approx([77.7848, 0.0], rel=1e-5)
    assert (power.electric[1], power.heat[1]) == (0.0, 0.0)


def test_a_guess_of_another_network_is_refused():
    network = loop()
    two = np.full(2, 1000.0)
    for guess in (np.ones(6), np.ones((7, 1)), 1.0):
        with pytest.raises(InputError, match=r"flow of the guess has the shape .*: must be \(7,\)"):
            solve_hydraulics(network, two, 1e-6 * two, guess=guess)
    got = solve_hydraulics(network, two, 1e-6 * two)
    for part in ("flow", "state", "speed", "mode", "worst"):
        other = replace(got, **{part: np.zeros(9, dtype=getattr(got, part).dtype)})
        for solve in (solve_hydraulics, solve_ensemble):
            with pytest.raises(InputError, match=rf"{part} of the guess has the shape \(9,\)"):
                solve(network, two, 1e-6 * two, guess=other)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_properties_that_cannot_be_are_refused(value):
    network = loop()
    good = {"density": np.full(2, 1000.0), "viscosity": np.full(2, 1e-3), "device_density": 1000.0}
    for name in good:
        bad = good | {name: np.array([good[name][0], value]) if name != "device_density" else value}
        for solve in (solve_hydraulics, solve_ensemble):
            with pytest.raises(InputError, match=rf"{name}\[.*must be finite and above 0"):
                solve(network, **bad)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"law_drop": np.array([[5e4], [0.0]])}, r"law_drop\[1, 0\] = 0 Pa: must be finite and above 0"),
        ({"law_drop": np.array([np.nan])}, r"law_drop\[0, 0\] = nan"),
        ({"speed": np.array([1.0, np.nan])}, "speed of the pumps: outside 0..2"),
        ({"speed": np.array([1.0, -0.1])}, "speed of the pumps: outside 0..2"),
        ({"imposed_flow": np.array([np.nan])}, r"imposed_flow\[0, 0\] = nan kg/s: must be finite"),
    ],
)
def test_members_that_cannot_be_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        solve_ensemble(loop(), np.full(2, 1000.0), np.full(2, 1e-3), **change)
