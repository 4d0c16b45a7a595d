"""Valves, strainers, couplings, hoses, pumps and manifolds against figures worked by hand."""

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.liquid.components import manifold, pumps, quick_disconnect, strainer, valve
from solvers.liquid.components.hose import Hose
from solvers.liquid.components.manifold import Manifold, Outlet
from solvers.liquid.components.pumps import PumpBank
from solvers.liquid.components.quick_disconnect import QuickDisconnect
from solvers.liquid.components.strainer import Strainer
from solvers.liquid.components.valve import CV, KV, Characteristic, Valve
from solvers.liquid.hydraulics.network import ImposedFlow, build_network
from solvers.liquid.hydraulics.solve import solve_hydraulics

pytestmark = pytest.mark.kernel


# -- valves ----------------------------------------------------------------------------------------------


def equal_percentage(**change):
    base = {"name": "V1", "flow_coefficient": 40.0 * KV, "leakage": 1e-6}
    return Valve(**(base | change))


def test_kvs_is_a_cubic_metre_an_hour_at_one_bar():
    """kvs 40: 40 m3/h = 11.111 kg/s of 1000 kg/m3 at 1 bar. c_v 46.24 is the same valve."""
    law = valve.valve_law(equal_percentage())
    assert valve.drop_slopes(law, 1.0, 40.0 / 3.6, 1000.0)[0] == pytest.approx(1e5, rel=1e-6)
    assert pytest.approx(40.0 * KV, rel=1e-12) == 46.24 * CV


@pytest.mark.parametrize(
    ("stroke", "phi"),
    # R = 50: 50^(y - 1); below y = 1/ln 50 = 0.2556 the tangent from the origin, slope ln 50 e/50
    [(1.0, 1.0), (0.5, 0.1414213562), (0.3, 0.0646736), (0.1, 0.0212680), (0.0, 0.0)],
)
def test_equal_percentage(stroke, phi):
    law = valve.valve_law(equal_percentage())
    assert valve.opening_slopes(law, stroke)[0] == pytest.approx(phi, rel=2e-5, abs=2e-6)


def test_characteristic_rises_without_a_step_or_kink():
    law = valve.valve_law(equal_percentage())
    y = np.linspace(0.0, 1.0, 2001)
    phi, slope = np.array([valve.opening_slopes(law, s) for s in y]).T
    assert np.all(np.diff(phi) > 0.0)
    assert np.max(np.abs(np.diff(slope))) < 0.01


def test_authority_and_installed_characteristic():
    """Half of the drop in the valve: authority 0.5; linear valve at half stroke 0.5/sqrt(0.5 + 0.5 0.25)."""
    linear = equal_percentage(characteristic=Characteristic.LINEAR)
    assert valve.authority(linear, flow=40.0 / 3.6, density=1000.0, circuit_drop=1e5) == pytest.approx(0.5)
    law = valve.valve_law(linear)
    assert valve.installed_slopes(law, 0.5, 0.5)[0] == pytest.approx(0.632455532, rel=1e-5)
    assert valve.installed_slopes(law, 0.5, 1.0)[0] == pytest.approx(0.5, rel=1e-5)


def test_three_way_split_and_mixing():
    law = valve.valve_law(equal_percentage(characteristic=Characteristic.LINEAR))
    assert valve.split_slopes(law, law, 0.25)[0] == pytest.approx(0.25, rel=1e-5)
    assert valve.mixed_slopes(330.0, 300.0, 1e3, 2e3)[0] == pytest.approx(310.0, rel=1e-12)
    assert valve.mixed_slopes(330.0, 300.0, 0.0, 0.0)[0] == 315.0


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"flow_coefficient": 0.0}, "V1 = 0 m2"),
        ({"rangeability": 2.0}, "rangeability"),
        ({"leakage": 0.0}, "leakage"),
    ],
)
def test_bad_valves_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        equal_percentage(**change)


# -- strainer, coupling, hose ----------------------------------------------------------------------------


def test_strainer_loads():
    s = strainer.strainer_law(
        Strainer(name="F", rated_flow=30.0, clean_drop=20e3, full_drop=65e3, exponent=1.76)
    )
    assert strainer.drop_slopes(s, 0.0, 30.0)[0] == pytest.approx(20e3, rel=1e-6)
    assert strainer.drop_slopes(s, 1.0, 15.0)[0] == pytest.approx(65e3 * 0.5**1.76, rel=1e-6)
    assert strainer.drop_slopes(s, 1.0, -30.0)[0] == pytest.approx(-65e3, rel=1e-6)


def test_quick_disconnect_by_the_formula_of_the_trade():
    """c_v 1, two pairs, 2 l/min (0.52834 gpm) of water: 2 x 0.52834^2 psi = 3.849 kPa."""
    drop, _ = quick_disconnect.drop_slopes(CV, 2, 2e-3 / 60.0 * 1000.0, 1000.0)
    assert drop == pytest.approx(3849.0, rel=2e-3)  # the trade's water weighs 999 kg/m3, c_v is rounded
    branch = QuickDisconnect(name="QD", flow_coefficient=CV).resistance("a", "b", 1000.0)
    assert branch.drop * (2e-3 / 60.0 * 1000.0 / branch.flow) ** 2 == pytest.approx(drop, rel=1e-6)


def test_hose_by_hand():
    """25 mm, 1.5 m, 0.5 kg/s of 1000 kg/m3 and 0.8 mPa s: v 1.0186 m/s, Re 31,831, f 0.02335 (Colebrook);
    two bends of r/d 4: 2 x 14 f_T, f_T 0.01097: K 0.307; dp = (1.401 + 0.307 + 0.5) 518.8 Pa = 1145 Pa."""
    hose = Hose(name="H", length=1.5, bore=0.025, bends=2, bend_radius=0.1, fitting=0.5)
    assert hose.minor == pytest.approx(0.807, abs=2e-3)
    network = build_network([hose.pipe("a", "b"), ImposedFlow(name="m", start="b", end="a", flow=0.5)])
    got = solve_hydraulics(network, np.array([1000.0]), np.array([0.8e-3]))
    assert got.drop[0] == pytest.approx(1145.0, rel=5e-3)


def test_a_hose_without_bends_has_no_bend_radius():
    """The radius that is given by default, 0.1 m, would be 0.67 bores, sharper than any bend of the table."""
    assert Hose(name="H", length=1.0, bore=0.15, fitting=0.5).minor == 0.5


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Hose(name="H", length=1.0, bore=0.025, bends=1, bend_radius=0.01), "bend radius over bore"),
        (lambda: Strainer(name="F", rated_flow=1.0, clean_drop=2.0, full_drop=1.0), "strainer F"),
        (lambda: QuickDisconnect(name="QD", flow_coefficient=0.0), "QD = 0 m2"),
    ],
)
def test_bad_devices_are_refused(make, text):
    with pytest.raises(InputError, match=text):
        make()


# -- pumps -----------------------------------------------------------------------------------------------


def bank(**change):
    """shut-off 400 kPa, 300 kPa at 20 l/s, 150 kPa at 30 l/s; 2 + 1 pumps."""
    base = {
        "name": "P",
        "flow": np.array([0.0, 0.02, 0.03]),
        "rise": np.array([400e3, 300e3, 150e3]),
        "count": 3,
        "needed": 2,
        "efficiency": 0.6,
    }
    return PumpBank(**(base | change))


def test_parallel_pumps_share_the_flow_and_the_affinity_laws_hold():
    law = pumps.pump_law(bank())
    assert pumps.rise_slopes(law, 2, 1.0, 40.0, 1000.0)[0] == pytest.approx(300e3, rel=1e-12)
    assert pumps.rise_slopes(law, 2, 0.5, 20.0, 1000.0)[0] == pytest.approx(75e3, rel=1e-12)
    assert pumps.power_slopes(law, 2, 1.0, 40.0, 1000.0).electric == pytest.approx(20e3, rel=1e-12)


def test_the_reserve_steps_in_and_then_the_rest_speeds_up():
    b = bank()
    assert [b.running(failed) for failed in range(4)] == [2, 2, 1, 0]
    law = pumps.pump_law(b)
    assert pumps.speed_for(law, 2, 300e3, 40.0, 1000.0) == pytest.approx(1.0, rel=1e-9)
    alone = pumps.speed_for(law, 1, 300e3, 40.0, 1000.0)
    assert 1.2 < alone < 1.8
    assert pumps.rise_slopes(law, 1, alone, 40.0, 1000.0)[0] == pytest.approx(300e3, rel=1e-9)
    assert np.isnan(pumps.speed_for(law, 1, 1e8, 40.0, 1000.0))


def test_pumps_pushed_beyond_their_curve_take_no_power():
    """The last slope goes on: 15 kPa a l/s or more from 150 kPa at 30 l/s, below zero from 40 l/s on."""
    law = pumps.pump_law(bank())
    assert pumps.rise_slopes(law, 2, 1.0, 90.0, 1000.0)[0] < 0.0
    assert pumps.power_slopes(law, 2, 1.0, 90.0, 1000.0) == (0.0, 0.0, 0.0)
    assert pumps.power_slopes(law, 2, 1.0, 65.0, 1000.0).electric > 0.0


def test_check_valves_hold_back():
    law = pumps.pump_law(bank())
    rise, _, slope = pumps.rise_slopes(law, 2, 1.0, -0.5, 1000.0)
    assert rise > 400e3
    assert slope < -1e5


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"rise": np.array([300e3, 320e3, 150e3])}, "pressure fall"),
        ({"needed": 4}, "4 needed of 3"),
        ({"efficiency": 1.2}, "efficiency of pumps"),
    ],
)
def test_bad_pumps_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        bank(**change)


# -- manifolds -------------------------------------------------------------------------------------------


def headers(n, *, outlet=Outlet.SAME_END, drop=20e3, **change):
    base = {
        "name": "M",
        "outlet": outlet,
        "spacing": 0.05,
        "bore": 0.03,
        "roughness": 1.5e-6,
        "port_flow": np.full(n, 0.1),
        "port_drop": np.full(n, drop),
    }
    return Manifold(**(base | change))


def share(m, total, viscosity=1e-3):
    return manifold.distribute(m, total, density=1000.0, viscosity=viscosity)


def test_one_port_takes_everything():
    got = share(headers(1, dividing_regain=0.0, combining_regain=0.0), 0.1)
    assert got.flow == pytest.approx([0.1])
    assert got.drop == pytest.approx(20e3, rel=1e-6)


def test_two_ports_without_regain_by_hand():
    """Only friction between the ports, laminar: 128 mu L m / (pi rho d^4) each way.

    d 10 mm, L 1 m, mu 0.01 Pa s: 40743.7 Pa s/kg each; ports 1e6 m^2 Pa. m1^2 - m2^2 = 0.0814873 m2 with
    m1 + m2 = 0.1: m1 = 0.0706..: solved by the quadratic 0.2 m1 - 0.01 = 0.0814873 (0.1 - m1).
    """
    m = headers(
        2,
        bore=0.01,
        spacing=1.0,
        port_flow=np.full(2, 0.1),
        port_drop=np.full(2, 1e4),
        dividing_regain=0.0,
        combining_regain=0.0,
    )
    got = share(m, 0.1, viscosity=0.01)
    first = (0.01 + 0.00814873) / (0.2 + 0.0814873)
    assert got.flow == pytest.approx([first, 0.1 - first], rel=1e-5)
    assert got.drop == pytest.approx(1e6 * first**2, rel=1e-5)


@pytest.mark.parametrize("n", [40, 80])
def test_frictionless_dividing_header_follows_the_cosine(n):
    """Discharge by u^2 ~ p and p + rho v^2/2 constant: the first port gets cos(beta) of the last, with
    beta = n m_port sqrt(kinetic / drop) (Bajura and Jones 1976 without friction). beta = 0.5: 0.87758."""
    area = 0.25 * np.pi * 0.03**2
    kinetic = 0.5 / (1000.0 * area**2)
    drop = kinetic * (n * 0.1 / 0.5) ** 2
    m = headers(n, spacing=0.0, drop=drop, combining_regain=0.0)
    got = share(m, 0.1 * n)
    # ports stand at the middle of their piece of header
    x = (np.array([0, n - 1]) + 0.5) / n
    assert got.flow[0] / got.flow[-1] == pytest.approx(
        np.cos(0.5 * (1 - x[0])) / np.cos(0.5 * (1 - x[1])), abs=0.3 / n**2
    )


def test_direct_return_favours_the_near_port_and_reverse_return_evens_out():
    """Friction alone: with a direct return the first port has the shortest way; with a reverse return all
    ways are equally long, and the middle ports get least."""
    still = {"dividing_regain": 0.0, "combining_regain": 0.0}
    direct, reverse = (share(headers(8, outlet=o, **still), 1.2) for o in Outlet)
    assert np.all(np.diff(direct.flow) < 0.0)
    assert reverse.maldistribution < 0.5 * direct.maldistribution
    assert reverse.flow == pytest.approx(reverse.flow[::-1], rel=1e-9)
    assert direct.flow.sum() == pytest.approx(1.2, rel=1e-13)


def test_tighter_ports_share_more_evenly():
    spread = [share(headers(9, drop=d), 1.0).maldistribution for d in (5e3, 20e3, 80e3)]
    assert spread[0] > 3.0 * spread[1] > 9.0 * spread[2]


def test_a_row_of_racks_in_network_and_manifold_agree():
    """The same pipes and racks as branches of the network solver, without regain."""
    from solvers.liquid.hydraulics.network import Pipe, Resistance

    n, bore = 6, 0.08
    m = headers(
        n,
        bore=bore,
        spacing=0.6,
        roughness=4.5e-5,
        port_flow=np.full(n, 2.0),
        port_drop=np.full(n, 60e3),
        exponent=1.89,
        dividing_regain=0.0,
        combining_regain=0.0,
    )
    branches = []
    for k in range(n):
        branches.append(
            Resistance(name=f"rack{k}", start=f"s{k}", end=f"r{k}", flow=2.0, drop=60e3, exponent=1.89)
        )
        if k:
            for side, a, b in (("s", k - 1, k), ("r", k, k - 1)):
                branches.append(
                    Pipe(
                        name=f"{side}{a}-{b}",
                        start=f"{side}{a}",
                        end=f"{side}{b}",
                        length=0.6,
                        diameter=bore,
                        roughness=4.5e-5,
                    )
                )
    branches.append(ImposedFlow(name="cdu", start="r0", end="s0", flow=12.0))
    network = build_network(branches)
    pipes = network.pipe.size
    solved = solve_hydraulics(network, np.full(pipes, 1000.0), np.full(pipes, 1e-3))
    racks = [solved.flow[network.branches.index(f"rack{k}")] for k in range(n)]
    got = share(m, 12.0)
    assert got.flow == pytest.approx(racks, rel=1e-6)
    assert got.drop == pytest.approx(
        solved.pressure[network.node("s0")] - solved.pressure[network.node("r0")], rel=1e-6
    )


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"bore": 0.0}, "bore of manifold M"),
        ({"port_drop": np.full(3, -1.0)}, "must be positive"),
        ({"dividing_regain": 3.0}, "regain"),
    ],
)
def test_bad_manifolds_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        headers(3, **change)


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
@pytest.mark.parametrize("what", ["flow", "density", "viscosity"])
def test_what_a_manifold_cannot_share_is_refused(what, value):
    given = {"flow": 0.1, "density": 1000.0, "viscosity": 1e-3} | {what: value}
    with pytest.raises(InputError, match=f"{what} of manifold M = .*: must be positive and finite"):
        manifold.distribute(headers(2), given["flow"], density=given["density"], viscosity=given["viscosity"])
