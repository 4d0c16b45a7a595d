"""Laws of branches: hand-worked values, true derivatives, and the factorisation they feed."""

import numpy as np
import pytest

from geometry.errors import InputError
from solvers import friction
from solvers.friction import Friction
from solvers.liquid.hydraulics import laws, ldl
from solvers.liquid.hydraulics.network import build_network
from solvers.liquid.hydraulics.records import ImposedFlow, Pipe, Pump, Resistance, Valve
from solvers.liquid.hydraulics.solve import solve_hydraulics

pytestmark = pytest.mark.kernel

COEFFICIENT = {Friction.HAZEN_WILLIAMS: 130.0, Friction.CONSTANT: 0.02}


def drop_of(law, flow, *, length=100.0, diameter=0.1, roughness=1e-4, minor=2.0, viscosity=1e-3):
    """At 1000 kg/m3."""
    coefficient = COEFFICIENT.get(law, 0.0)
    return friction.pipe_drop(
        law, coefficient, flow, length, diameter, roughness, minor, 1000.0, viscosity, 0.0
    )


@pytest.mark.parametrize("law", list(Friction))
@pytest.mark.parametrize("flow", [-8.0, -0.2, 0.0, 1e-3, 0.1, 0.15, 0.22, 0.31, 0.33, 8.0])
def test_slope_of_every_pipe_law_is_its_derivative(law, flow):
    """Re 0 to 1e5; 0.16 to 0.31 kg/s lie between laminar and turbulent."""
    step = 1e-6 * max(abs(flow), 0.1)
    up, down = drop_of(law, flow + step)[0], drop_of(law, flow - step)[0]
    assert drop_of(law, flow)[1] == pytest.approx((up - down) / (2.0 * step), rel=2e-5)
    assert drop_of(law, -flow)[0] == -drop_of(law, flow)[0]


def test_hazen_williams_by_hand():
    """100 m, 100 mm, C 130, 10 l/s: h = 10.6668 x 100 x 0.01^1.852 / (130^1.852 x 0.1^4.871) = 1.9055 m."""
    drop = drop_of(Friction.HAZEN_WILLIAMS, 10.0, minor=0.0)[0]
    assert drop == pytest.approx(9806.65 * 1.9055, rel=2e-5)


def test_constant_factor_by_hand():
    """f 0.02 x 100 m / 0.1 m + K 2 = 22 dynamic pressures; 1 m/s: 500 Pa."""
    flow = 1000.0 * 0.25 * np.pi * 0.1**2
    assert drop_of(Friction.CONSTANT, flow)[0] == pytest.approx(11000.0, rel=1e-7)


def test_swamee_jain_by_hand():
    """Re 1e5, e 1e-3: e/3.7 + 5.74/Re^0.9 = 4.51785e-4, f = 0.25 / 3.34507^2 = 0.022342."""
    assert friction.swamee_jain_friction(1e5, 1e-3)[0] == pytest.approx(0.022342, abs=1e-6)


def test_swamee_jain_joins_laminar_flow_as_epanet_does():
    """Dunlop's cubic in R = Re/2000 with his coefficients, at Re 3000 and e 1e-3."""
    e, r = 1e-3, 1.5
    y3 = -0.86859 * np.log(e / 3.7 + 5.74 / 4000.0**0.9)
    fa = y3**-2
    # EPANET 2 users manual (Rossman 2000), appendix D, where y2 is that of Re 4000 to meet the slope
    y2 = e / 3.7 + 5.74 / 4000.0**0.9
    fb = fa * (2.0 - 0.00514215 / (y2 * y3))
    x1, x2 = 7.0 * fa - fb, 0.128 - 17.0 * fa + 2.5 * fb
    x3, x4 = -0.128 + 13.0 * fa - 2.0 * fb, r * (0.032 - 3.0 * fa + 0.5 * fb)
    assert friction.swamee_jain_friction(3000.0, e)[0] == pytest.approx(
        x1 + r * (x2 + r * (x3 + x4)), rel=1e-5
    )


def test_nikuradse_adds_laminar_flow():
    """e 0.01: (2 log10 371)^-2 = 0.037869; at Re 1850 64/Re = 0.034595 more."""
    assert friction.nikuradse_kernel(0.01) == pytest.approx(0.037869, abs=1e-6)
    flow = 1850.0 * 0.25 * np.pi * 0.1 * 1e-3
    speed = flow / (1000.0 * 0.25 * np.pi * 0.1**2)
    drop = drop_of(Friction.NIKURADSE, flow, roughness=1e-3, minor=0.0)[0]
    assert drop == pytest.approx((0.037869 + 0.034595) * 1000.0 * 500.0 * speed**2, rel=1e-5)


@pytest.mark.parametrize("e", [0.0, 1e-6, 1e-4, 1e-2, 0.05])
@pytest.mark.parametrize("re", [2.5e3, 4e3, 1e5, 1e7, 1e9])
def test_the_explicit_law_is_within_1e_6_of_colebrook(re, e):
    exact, fast = friction.friction_kernel(re, e), friction.explicit_friction(re, e)
    assert fast[0] == pytest.approx(exact[0], rel=1e-6)
    assert fast[1] == pytest.approx(exact[1], abs=1e-5)


@pytest.mark.parametrize("e", [0.0, 1e-8, 1e-5, 1e-3, 0.05])
@pytest.mark.parametrize("re", [2e3, 4e3, 3e4, 1e6, 1e9])
def test_colebrook_holds_to_round_off(re, e):
    """The residual of its own equation, x = -2 log10(e/3.7 + 2.51 x / Re)."""
    x = 1.0 / np.sqrt(friction.colebrook_kernel(re, e))
    assert x == pytest.approx(-2.0 * np.log10(e / 3.7 + 2.51 * x / re), rel=2e-15)


@pytest.mark.parametrize("re", [4e3, 1e5, 1e9])
def test_colebrook_from_a_neighbour(re):
    """From the root of a flow 0.01 % away it is exact, from any other within 1e-5."""
    for e in (0.0, 1e-4, 0.05):
        exact = friction.colebrook_kernel(re, e)
        for start in (4e3, 1e5, 1e9):
            root = 1.0 / np.sqrt(friction.colebrook_kernel(start, e))
            assert friction.colebrook_near(re, e, root)[0] == pytest.approx(exact, rel=1e-5)
        root = 1.0 / np.sqrt(friction.colebrook_kernel(1.0001 * re, e))
        f, slope, x = friction.colebrook_near(re, e, root)
        assert f == pytest.approx(exact, rel=1e-14)
        assert slope == pytest.approx(friction.friction_kernel(re, e)[1], rel=1e-12)
        assert x == pytest.approx(exact**-0.5, rel=1e-14)


def devices():
    return build_network(
        [
            Resistance(name="load", start="x", end="y", flow=2.0, drop=5e4, exponent=1.89),
            Valve(name="valve", start="x", end="y", kv=7.0, opening=0.6),
            Pump(name="power", start="y", end="x", flow=2.0, rated=1e5, shutoff=2e5, exponent=1.7, running=2),
            Pump(name="points", start="y", end="x", points=((0.0, 2e5), (1.0, 1.8e5), (3.0, 1e5))),
        ]
    )


def evaluate(network, flow, speed):
    drop, slope, by_speed = np.empty(4), np.empty(4), np.empty(2)
    laws.power_laws(
        laws.PowerTable(network.power_law, network.law_flow, network.law_drop, network.law_exponent),
        flow,
        drop,
        slope,
    )
    laws.valve_laws(network.valves, 980.0, flow, drop, slope)
    laws.pump_laws(network.pumps, speed, flow, drop, slope, by_speed)
    return drop, slope, by_speed


@pytest.mark.parametrize("flow", [-0.7, 0.3, 1.3, 4.2])
@pytest.mark.parametrize("pace", [0.6, 1.0])
def test_slopes_of_devices_are_their_derivatives(flow, pace):
    network = devices()
    m, speed = np.full(4, flow), np.full(2, pace)
    _, slope, by_speed = evaluate(network, m, speed)
    step = 1e-6
    by_flow = (evaluate(network, m + step, speed)[0] - evaluate(network, m - step, speed)[0]) / (2 * step)
    assert slope == pytest.approx(by_flow, rel=1e-5)
    by_pace = (evaluate(network, m, speed + step)[0] - evaluate(network, m, speed - step)[0]) / (2 * step)
    assert by_speed == pytest.approx(by_pace[2:], rel=1e-5)


@pytest.mark.parametrize("n", [1, 2, 7, 60])
def test_factors_solve_the_matrix_they_come_from(n):
    """A random tree with chords, parallel branches among them; conductances over nine decades."""
    rng = np.random.default_rng(n)
    a = np.array(
        [*(int(rng.integers(0, i)) for i in range(1, n)), *rng.integers(0, n, n // 3)], dtype=np.intp
    )
    b = np.array([*range(1, n), *rng.integers(0, n, n // 3)], dtype=np.intp)
    a, b = a[a != b], b[a != b]
    g = 10.0 ** rng.uniform(-6, 3, a.size)
    full = np.zeros((n, n))
    np.add.at(full, (a, b), -g)
    np.add.at(full, (b, a), -g)
    full -= np.diag(full.sum(axis=1))
    full[0, 0] += 2.0
    pattern = ldl.analyse(n, a, b)
    value, diagonal = np.zeros(pattern.row.size), np.empty(n)
    np.add.at(value, ldl.slots(pattern, a, b), -g)
    diagonal[pattern.place] = np.diag(full)
    ldl.factorise(pattern, value, diagonal, np.empty(n))
    wanted = rng.normal(size=n)
    x = np.empty(n)
    x[pattern.place] = full @ wanted
    ldl.substitute(pattern, value, diagonal, x)
    assert full @ x[pattern.place] == pytest.approx(full @ wanted, rel=1e-9, abs=1e-9 * g.max(initial=1.0))


def test_laws_are_refused_without_their_number():
    at = {"name": "p", "start": "x", "end": "y", "length": 1.0, "diameter": 0.1}
    with pytest.raises(InputError, match=r"Hazen-Williams C of pipe 'p' = 0"):
        Pipe(**at, law=Friction.HAZEN_WILLIAMS)
    with pytest.raises(InputError, match=r"friction factor of pipe 'p' = 0"):
        Pipe(**at, law=Friction.CONSTANT)
    with pytest.raises(InputError, match="Nikuradse's law needs a roughness"):
        Pipe(**at, law=Friction.NIKURADSE)


def test_pipes_of_all_laws_in_one_network():
    """In parallel under one drop, each carries the flow that its own law gives."""
    pipes = [
        Pipe(
            name=law.name,
            start="x",
            end="y",
            length=100.0,
            diameter=0.1,
            roughness=1e-4,
            minor=2.0,
            law=law,
            coefficient=COEFFICIENT.get(law, 0.0),
        )
        for law in Friction
    ]
    network = build_network([*pipes, ImposedFlow(name="feed", start="y", end="x", flow=50.0)])
    n = network.pipe.size
    got = solve_hydraulics(network, np.full(n, 1000.0), np.full(n, 1e-3))
    for law, flow in zip(Friction, got.flow, strict=False):
        assert drop_of(law, flow)[0] == pytest.approx(got.drop[0], rel=1e-9)
