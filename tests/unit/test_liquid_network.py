"""Hydraulics: closed forms, another code's results, refusals."""

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.errors import SolverError
from solvers.liquid.hydraulics.network import ImposedFlow, Pipe, Pump, Resistance, build_network
from solvers.liquid.hydraulics.solve import solve_hydraulics

pytestmark = pytest.mark.kernel


def solve(network, *, density=1000.0, viscosity=1e-3, **more):
    n = network.pipe.size
    return solve_hydraulics(network, np.full(n, density), np.full(n, viscosity), **more)


def pipe(name, start, end, *, length=10.0, diameter=0.1, minor=0.0, roughness=4.5e-5, parallel=1):
    return Pipe(
        name=name,
        start=start,
        end=end,
        length=length,
        diameter=diameter,
        roughness=roughness,
        minor=minor,
        parallel=parallel,
    )


# STANET, a commercial network code; "strand_net" of the pandapipes test networks (BSD-3-Clause), friction
# after Prandtl and Colebrook, 1000 kg/m3, 1.793 mPa s: start, end, length [km], diameter [mm], v [m/s]
STANET_PIPES = [
    (1, 2, 0.01, 200.0, 0.1768),
    (2, 4, 10.0, 75.0, 0.1886),
    (2, 3, 0.02, 150.0, 0.1886),
    (3, 5, 5.0, 75.0, 0.1258),
    (1, 6, 0.005, 200.0, 0.1680),
    (6, 7, 8.4, 500.0, 0.0156),
    (7, 8, 0.5, 75.0, 0.1258),
    (7, 9, 1.7, 75.0, 0.1886),
]
STANET_DRAWN = {2: 5.0, 3: 10.0, 4: 3.0, 5: 2.0, 6: 8.0, 7: 6.0, 8: 2.0, 9: 3.0}  # [m3/h]
STANET_BAR = {2: 3.9998, 3: 3.9991, 4: 3.1769, 5: 3.7970, 6: 3.9999, 7: 3.9991, 8: 3.9789, 9: 3.8592}


def test_a_network_solved_by_stanet():
    """Pressures are printed to 1e-4 bar, velocities to 1e-4 m/s."""
    network = build_network(
        [
            pipe(f"{a}-{b}", str(a), str(b), length=1e3 * km, diameter=1e-3 * mm, roughness=1e-4)
            for a, b, km, mm, _ in STANET_PIPES
        ],
        inflow={str(k): -v / 3.6 for k, v in STANET_DRAWN.items()},
        pressure={"1": 4.0e5},
    )
    got = solve(network, viscosity=1.793e-3)
    for name, bar in STANET_BAR.items():
        assert got.pressure[network.node(str(name))] == pytest.approx(bar * 1e5, abs=10.0)
    velocity = got.flow / 1000.0 / (0.25 * np.pi * network.diameter**2)
    assert velocity == pytest.approx([row[4] for row in STANET_PIPES], abs=1e-4)
    assert got.mass <= 1e-12


def test_two_unequal_resistances_split_the_flow():
    """dp = D (m/M)^2: with D 4:1, flows 1:2 of 3 kg/s."""
    network = build_network(
        [
            Resistance(name="a", start="x", end="y", flow=1.0, drop=4e4),
            Resistance(name="b", start="x", end="y", flow=1.0, drop=1e4),
            ImposedFlow(name="pump", start="y", end="x", flow=3.0),
        ]
    )
    got = solve(network)
    assert got.flow == pytest.approx([1.0, 2.0, 3.0], rel=1e-7)  # the law is linear below 1e-4: 5e-9
    assert -got.drop[2] == pytest.approx(4e4, rel=1e-7)


def test_a_pump_meets_its_system_curve():
    """200 - 100 m^2 = 300 m^2 (kPa, kg/s): m = sqrt(0.5)."""
    network = build_network(
        [
            Pump(name="pump", start="y", end="x", flow=1.0, rated=100e3, shutoff=200e3),
            Resistance(name="load", start="x", end="y", flow=1.0, drop=300e3),
        ]
    )
    got = solve(network)
    assert got.flow == pytest.approx([np.sqrt(0.5)] * 2, rel=1e-7)
    assert got.mass <= 1e-12


def test_gb300_rack_follows_its_published_table():
    """Lenovo LP2357 table 27: 15.9, 22.1, 33.8, 58.6, 126.9 kPa; exponent 1.89 fits within 3 %."""
    for litres, kpa in [(59, 15.9), (71, 22.1), (89, 33.8), (119, 58.6), (177, 126.9)]:
        network = build_network(
            [
                Resistance(name="rack", start="x", end="y", flow=59.0, drop=15.9e3, exponent=1.89),
                ImposedFlow(name="cdu", start="y", end="x", flow=float(litres)),
            ]
        )
        assert solve(network).drop[0] == pytest.approx(kpa * 1e3, rel=0.03)


def test_parallel_lines_equal_that_many_pipes():
    one = [pipe(f"p{i}", "x", "y") for i in range(3)]
    feed = ImposedFlow(name="feed", start="y", end="x", flow=30.0)
    single = solve(build_network([*one, feed])).drop[0]
    bundle = solve(build_network([pipe("p", "x", "y", parallel=3), feed])).drop[0]
    assert bundle == pytest.approx(single, rel=1e-12)


@pytest.mark.parametrize("flow", [0.0, 1e-9, 1e-4, 50.0, -2.0])
def test_any_flow_settles_rest_and_reversal_included(flow):
    network = build_network(
        [
            pipe("p", "x", "y", minor=2.0),
            pipe("q", "x", "z"),
            pipe("r", "z", "y", length=0.0),
            Resistance(name="rack", start="y", end="w", flow=2.0, drop=5e4, exponent=1.89),
            ImposedFlow(name="cdu", start="w", end="x", flow=flow),
        ]
    )
    got = solve(network)
    assert got.flow[3] == pytest.approx(flow, rel=1e-9, abs=1e-15)
    assert got.mass <= 1e-10
    assert got.flow[1] == pytest.approx(got.flow[2], rel=1e-9, abs=1e-15)


def test_a_dead_end_carries_nothing():
    network = build_network(
        [
            Resistance(name="rack", start="x", end="y", flow=1.0, drop=1e4),
            pipe("dead", "x", "end"),
            ImposedFlow(name="cdu", start="y", end="x", flow=1.0),
        ]
    )
    got = solve(network)
    assert got.flow[1] == pytest.approx(0.0, abs=1e-12)
    assert got.drop[1] == pytest.approx(0.0, abs=1e-6)


def test_a_warm_start_gives_the_same_answer_sooner():
    network = build_network(
        [
            *(pipe(f"s{i}", f"a{i}", f"a{i + 1}") for i in range(8)),
            *(pipe(f"r{i}", f"b{i + 1}", f"b{i}") for i in range(8)),
            *(
                Resistance(name=f"rack{i}", start=f"a{i}", end=f"b{i}", flow=2.0, drop=5e4, exponent=1.89)
                for i in range(9)
            ),
            ImposedFlow(name="cdu", start="b0", end="a0", flow=18.0),
        ]
    )
    cold = solve(network)
    warm = solve(network, guess=cold.flow)
    assert warm.flow == pytest.approx(cold.flow, rel=1e-9)
    assert warm.iterations <= cold.iterations


def test_a_run_that_does_not_settle_names_the_branch():
    network = build_network(
        [
            pipe("p", "x", "y"),
            ImposedFlow(name="cdu", start="y", end="x", flow=3.0),
        ]
    )
    with pytest.raises(SolverError, match=r"did not settle in 1 iterations.*'p'"):
        solve(network, max_iterations=1)


# -- refusals --------------------------------------------------------------------------------------------


def test_a_disconnected_load_is_named():
    with pytest.raises(InputError, match=r"with 'cdu\.in', 'rack\.out' loses 3 kg/s without a way in"):
        build_network(
            [
                pipe("supply", "cdu.out", "rack.in"),
                pipe("return", "rack.out", "cdu.in"),
                ImposedFlow(name="cdu", start="cdu.in", end="cdu.out", flow=3.0),
            ][::-1]
        )


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"length": -1.0}, "length of pipe 'p' = -1 m"),
        ({"diameter": 0.0}, "diameter of pipe 'p'"),
        ({"roughness": 0.02}, "roughness of pipe 'p'"),
        ({"minor": -0.1}, "loss coefficient of pipe 'p'"),
        ({"parallel": 0}, "parallel lines of pipe 'p'"),
        ({"length": float("nan")}, "length of pipe 'p'"),
    ],
)
def test_bad_pipes_are_named(change, text):
    with pytest.raises(InputError, match=text):
        pipe("p", "x", "y", **change)


def test_other_bad_networks_are_refused():
    with pytest.raises(InputError, match="empty"):
        build_network([])
    with pytest.raises(InputError, match="used twice: p"):
        build_network([pipe("p", "x", "y"), pipe("p", "y", "z")])
    with pytest.raises(InputError, match="from 'x' to itself"):
        build_network([pipe("p", "x", "x")])
    with pytest.raises(InputError, match="no branch ends at the node 'q'"):
        build_network([pipe("p", "x", "y")], inflow={"q": 1.0})
    with pytest.raises(InputError, match="exponent of 'rack'"):
        Resistance(name="rack", start="x", end="y", flow=1.0, drop=1e4, exponent=0.5)
    with pytest.raises(InputError, match="shut-off"):
        Pump(name="pump", start="x", end="y", flow=1.0, rated=2e5, shutoff=1e5)
