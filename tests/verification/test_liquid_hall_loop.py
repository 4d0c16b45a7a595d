"""The closed loop of a hall: published returns, budgets, both ways to close it."""

from dataclasses import replace

import numpy as np
import pytest
from hall_loops import sample, solve

from solvers.errors import BalanceError
from solvers.fluids import enthalpy
from solvers.heat.effectiveness import counterflow_effectiveness
from solvers.liquid.hall.flow_policy import fixed
from solvers.liquid.hall.lumped import loop_temperatures
from solvers.liquid.hall.plan import plan_loop
from solvers.liquid.hall.solve import audit, lump, require_closure, solve_hall_loop
from solvers.liquid.hall.spread import rack_spread
from twin.verification.liquid_halls import (
    GB300_HEAT,
    L_MIN,
    ZERO,
    hall_runs,
    loop_design,
    racks,
)

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def design():
    return loop_design()


@pytest.fixture(scope="module")
def hall():
    return hall_runs(2, 6)


@pytest.mark.parametrize("supply", [25.0, 27.5, 30.0, 35.0, 40.0, 42.5, 45.0])
def test_a_gb300_rack_returns_55_degrees_at_its_published_flow(hall, design, supply):
    """Lenovo LP2357 table 27 is a constant-return policy: 54 to 56.5 degC from 25 to 45 degC supply."""
    got = solve(hall, design, supply=supply)
    assert 54.0 <= got.tcs_return - ZERO <= 56.5
    assert got.tcs_supply - ZERO == pytest.approx(supply, abs=1e-6)
    assert got.warnings == ()


def test_at_fixed_flow_the_return_rises_with_the_supply(hall, design):
    flow = float(fixed(119.0 * L_MIN, GB300_HEAT))
    returns = [solve(hall, design, supply=t, flow=flow).tcs_return for t in (25.0, 30.0, 35.0, 40.0)]
    assert np.diff(returns) == pytest.approx([5.0, 5.0, 5.0], abs=0.1)


@pytest.mark.parametrize("flow", [None, 119.0 * L_MIN])
def test_junctions_rise_with_the_supply(hall, design, flow):
    junction = [solve(hall, design, supply=t, flow=flow).junction_max for t in (25.0, 30.0, 35.0, 40.0, 45.0)]
    assert np.all(np.diff(junction) > 1.0)


@pytest.mark.parametrize(
    ("heat", "flow", "units"),
    [
        (40e3, 48.0, 1),  # an air-assisted rack of 40 kW
        (121.5e3, 119.0, 1),  # GB300
        (230e3, 276.0, 1),  # VR NVL144, 1.2 l/min per kW
        (588e3, 706.0, 4),  # Kyber
    ],
)
def test_every_class_of_rack_closes_its_balances(design, heat, flow, units):
    names, runs = hall_runs(2, 8, cdus_per_row=units)
    load = racks(names, flow=flow * L_MIN, heat=heat, reference_flow=flow * L_MIN)
    plan = plan_loop(runs, load, design, supply=ZERO + 40.0)
    got = solve_hall_loop(plan, load, set_point=ZERO + 40.0)
    assert got.loop_mass <= 1e-10
    assert got.loop_energy <= 1e-9
    assert got.heat == pytest.approx(16 * heat, rel=1e-12)
    assert got.heat_fws == pytest.approx(got.heat + got.pump_power, rel=1e-10)
    assert np.all(np.abs(got.pipes.velocity) <= 2.0 + 1e-6)
    assert got.racks.outlet.mean() - got.racks.inlet.mean() == pytest.approx(
        heat / (flow * L_MIN * 4.0e6), rel=0.05
    )


def test_halls_of_hundreds_of_racks(design):
    names, runs = hall_runs(16, 24, cdus_per_row=2)
    load = racks(names, flow=119.0 * L_MIN)
    plan = plan_loop(runs, load, design, supply=ZERO + 40.0)
    got = solve_hall_loop(plan, load, set_point=ZERO + 40.0)
    assert got.racks.flow.size == 384
    assert max(got.loop_mass, got.loop_energy) <= 1e-10


def test_a_broken_mass_balance_is_raised(hall, design):
    plan, load = sample(hall, design)
    good = solve_hall_loop(plan, load, set_point=ZERO + 40.0)
    flow = good.racks.flow.copy()
    flow[3] *= 1.0 + 1e-6
    bad = replace(good, racks=replace(good.racks, flow=flow))
    with pytest.raises(BalanceError, match="loop mass balance"):
        require_closure(audit(plan, bad))


@pytest.mark.parametrize("where", ["racks", "cdus", "hall"])
def test_a_broken_energy_balance_is_raised(hall, design, where):
    plan, load = sample(hall, design)
    good = solve_hall_loop(plan, load, set_point=ZERO + 40.0)
    if where == "racks":
        bad = replace(good, racks=replace(good.racks, outlet=good.racks.outlet + 1e-5))
    elif where == "cdus":
        bad = replace(good, cdus=replace(good.cdus, tcs_return=good.cdus.tcs_return + 1e-5))
    else:
        bad = replace(good, fws_return=good.fws_return + 1e-5)
    require_closure(audit(plan, good))
    with pytest.raises(BalanceError, match="loop energy balance"):
        require_closure(audit(plan, bad))


def test_the_required_water_gives_the_set_point_back(hall, design):
    plan, load = sample(hall, design)
    found = solve_hall_loop(plan, load, set_point=ZERO + 40.0)
    given = solve_hall_loop(plan, load, set_point=ZERO + 40.0, fws_supply=found.fws_supply)
    assert given.tcs_supply == pytest.approx(ZERO + 40.0, abs=1e-6)
    assert given.cdus.valve_open == pytest.approx(1.0, abs=1e-6)


def test_colder_water_is_throttled_and_warmer_water_lets_the_loop_float(hall, design):
    plan, load = sample(hall, design)
    required = solve_hall_loop(plan, load, set_point=ZERO + 40.0).fws_supply
    cold = solve_hall_loop(plan, load, set_point=ZERO + 40.0, fws_supply=required - 6.0)
    warm = solve_hall_loop(plan, load, set_point=ZERO + 40.0, fws_supply=required + 3.0)
    assert cold.tcs_supply == pytest.approx(ZERO + 40.0, abs=1e-6)
    assert np.all(cold.cdus.valve_open < 0.9)
    assert cold.fws_return > warm.fws_return - 3.0  # less water, warmer
    # at frozen flow the loop is linear: 3 K warmer water, 3 K warmer coolant (heat capacities vary a little)
    assert warm.tcs_supply == pytest.approx(ZERO + 43.0, abs=0.02)
    assert max(cold.loop_energy, warm.loop_energy, cold.loop_mass, warm.loop_mass) <= 1e-10


def test_the_answer_does_not_depend_on_the_guess(hall, design):
    plan, load = sample(hall, design)
    half = [replace(rack, heat=0.5 * rack.heat, flow=0.5 * rack.flow) for rack in load]
    for water in (None, ZERO + 28.0, ZERO + 38.0):
        guess = solve_hall_loop(plan, half, set_point=ZERO + 38.0, fws_supply=ZERO + 25.0)
        cold = solve_hall_loop(plan, load, set_point=ZERO + 40.0, fws_supply=water)
        warm = solve_hall_loop(plan, load, set_point=ZERO + 40.0, fws_supply=water, guess=guess)
        np.testing.assert_allclose(warm.racks.flow, cold.racks.flow, rtol=1e-7)
        np.testing.assert_allclose(warm.racks.outlet, cold.racks.outlet, atol=2e-6)
        np.testing.assert_allclose(warm.cdus.fws_flow, cold.cdus.fws_flow, rtol=1e-6)
        assert max(warm.loop_mass, warm.loop_energy) <= 1e-10


def test_units_meet_counterflow_effectiveness_and_the_second_law(hall, design):
    plan, load = sample(hall, design)
    for water in (None, ZERO + 28.0, ZERO + 39.0):
        got = solve_hall_loop(plan, load, set_point=ZERO + 40.0, fws_supply=water)
        hot = got.cdus.tcs_return + got.cdus.pump_power / (got.cdus.flow * 3970.0)
        assert np.all(got.cdus.effectiveness < 1.0)
        assert np.all(got.cdus.fws_out < hot)
        assert np.all(got.cdus.approach > 0.0)
        # the definition, from reported temperatures: with mean heat capacities, hence 0.1 %
        c_hot = got.cdus.heat / (hot - got.cdus.tcs_supply)
        c_cold = got.cdus.heat / (got.cdus.fws_out - got.cdus.fws_in)
        ratio = np.minimum(c_hot, c_cold) * (hot - got.cdus.fws_in)
        assert got.cdus.heat / ratio == pytest.approx(got.cdus.effectiveness, rel=1e-3)


def test_a_rated_unit_meets_its_data_sheet_in_the_loop(design):
    """CoolIT CHx2000 at 2 MW and 2125 l/min: 5 K approach; here 16 racks share heat and flow."""
    names, runs = hall_runs(1, 16)
    load = racks(names, flow=2125.0 / 16 * L_MIN, heat=124.4e3)  # the pumps add 9.5 kW
    plan = plan_loop(runs, load, design, supply=ZERO + 40.0)
    got = solve_hall_loop(plan, load, set_point=ZERO + 40.0)
    assert got.heat_fws == pytest.approx(2.0e6, rel=1e-3)
    assert got.cdus.approach[0] == pytest.approx(5.0, rel=0.01)


@pytest.mark.parametrize(("share", "water"), [(1.0, None), (0.6, None), (0.6, 40.0), (0.3, 42.0)])
def test_the_lumped_loop_agrees_with_the_network(hall, design, share, water):
    """Reduced at full load, asked at part load with the same flows: 0.1 K, 1 % of pump power."""
    plan, load = sample(hall, design)
    lumped = lump(solve_hall_loop(plan, load, set_point=ZERO + 40.0))
    part = [replace(rack, heat=share * rack.heat, gpu_power=share * rack.gpu_power) for rack in load]
    fws = None if water is None else ZERO + water
    full = solve_hall_loop(plan, part, set_point=ZERO + 40.0, fws_supply=fws)
    available = np.array([0.0 if fws is None else fws])
    quick = loop_temperatures(
        lumped, np.array([full.heat]), tcs_set_point=ZERO + 40.0, fws_available=available
    )
    assert quick.tcs_supply[0] == pytest.approx(full.tcs_supply, abs=0.1)
    assert quick.tcs_return[0] == pytest.approx(full.tcs_return, abs=0.1)
    assert quick.fws_supply[0] == pytest.approx(full.fws_supply, abs=0.1)
    assert quick.fws_return[0] == pytest.approx(full.fws_return, abs=0.1)
    assert lumped.pump_power == pytest.approx(full.pump_power, rel=0.01)


def test_no_heat_leaves_the_racks_at_the_set_point(hall, design):
    names, runs = hall
    load = racks(names, flow=119.0 * L_MIN, heat=0.0)
    plan = plan_loop(runs, load, design, supply=ZERO + 40.0)
    got = solve_hall_loop(plan, load, set_point=ZERO + 40.0)
    assert got.racks.outlet == pytest.approx(ZERO + 40.0, abs=1e-9)
    assert got.heat_fws == pytest.approx(got.pump_power, rel=1e-9)
    assert got.loop_energy <= 1e-9


def test_equal_rows_are_served_equally(hall, design):
    got = solve(hall, design, supply=40.0)
    a, b = got.racks.flow.reshape(2, 6)
    assert a == pytest.approx(b, rel=1e-9)


def test_the_manifold_feeds_the_far_rack_least(hall, design):
    """Direct return: the rack next to the unit (high x, last) has the shortest way."""
    flow = solve(hall, design, supply=40.0).racks.flow[:6]
    assert np.all(np.diff(flow) > 0.0)
    assert flow.min() / flow.max() > 0.9


def test_the_spread_among_racks_names_the_least_fed(hall, design):
    """Shares by flow over flow asked for; a row of equal racks has a mean of 1."""
    plan, load = sample(hall, design)
    got = solve_hall_loop(plan, load, set_point=ZERO + 40.0)
    first, second = rack_spread(plan, load, got)
    assert (first.least, first.most) == ("A01", "A06")
    assert second.racks == tuple(f"B0{n}" for n in range(1, 7))
    assert first.share.mean() == pytest.approx(1.0, rel=1e-9)
    flow = got.racks.flow[:6]
    assert first.spread == pytest.approx((flow.max() - flow.min()) / flow.mean(), rel=1e-9)
    assert 0.0 < first.spread < 0.1
    # the one with least coolant has the hottest packages of its row
    assert first.junction == got.racks.junction[:6].max()


def test_pressure_closes_around_the_loop(hall, design):
    """Kirchhoff: pipe drops to a rack, its own and those back sum up to the unit's external drop."""
    got = solve(hall, design, supply=40.0)
    names = dict(zip(got.pipes.name, got.pipes.drop, strict=True))
    way = ["A-CDU1.tcs_supply to A.s6", "A.s6 to A06.in", "A06.out to A.r6", "A.r6 to A-CDU1.tcs_return"]
    total = sum(names[name] for name in way) + got.racks.drop[5]
    assert total == pytest.approx(got.cdus.external_drop[0], rel=1e-9)


def test_a_standby_unit_hands_its_flow_to_the_others(design):
    names, runs = hall_runs(1, 12, cdus_per_row=2)
    load = racks(names, flow=119.0 * L_MIN)
    plan = plan_loop(runs, load, design, supply=ZERO + 40.0, spares=1)
    both = solve_hall_loop(plan, load, set_point=ZERO + 40.0)
    one = solve_hall_loop(plan, load, set_point=ZERO + 40.0, idle={"A-CDU2"})
    assert one.cdus.flow == pytest.approx([both.cdus.flow.sum(), 0.0], rel=1e-9)
    assert one.cdus.heat[1] == 0.0
    assert np.isnan(one.cdus.approach[1])
    assert one.cdus.approach[0] > both.cdus.approach[0]
    assert one.fws_supply < both.fws_supply
    assert max(one.loop_mass, one.loop_energy) <= 1e-10
    assert np.all(np.abs(one.pipes.velocity) <= 2.0 + 1e-6)


def test_unequal_rows_hold_one_set_point_with_one_water(hall, design):
    """The warmer row sets the water; the other closes its valve; floating, each row finds its own level."""
    plan, load = sample(hall, design)
    uneven = [replace(rack, heat=(0.4 if rack.name.startswith("B") else 1.0) * rack.heat) for rack in load]
    held = solve_hall_loop(plan, uneven, set_point=ZERO + 40.0)
    assert held.cdus.tcs_supply == pytest.approx(ZERO + 40.0, abs=1e-6)
    assert held.cdus.valve_open[0] == pytest.approx(1.0, abs=1e-9)
    assert held.cdus.valve_open[1] < 0.7
    floating = solve_hall_loop(plan, uneven, set_point=ZERO + 40.0, fws_supply=ZERO + 39.5)
    assert floating.cdus.tcs_supply[0] > floating.cdus.tcs_supply[1] > ZERO + 40.0
    assert max(floating.loop_mass, floating.loop_energy) <= 1e-10


def test_two_floating_units_on_one_manifold_share_the_heat(design):
    names, runs = hall_runs(1, 12, cdus_per_row=2)
    load = racks(names, flow=119.0 * L_MIN)
    plan = plan_loop(runs, load, design, supply=ZERO + 40.0)
    got = solve_hall_loop(plan, load, set_point=ZERO + 40.0, fws_supply=ZERO + 41.0)
    assert got.cdus.heat[0] == pytest.approx(got.cdus.heat[1], rel=0.01)
    assert np.all(got.cdus.tcs_supply > ZERO + 41.0)
    assert got.loop_energy <= 1e-10


def test_pump_power_is_flow_times_head_over_efficiency(hall, design):
    got = solve(hall, design, supply=40.0)
    volume = 6 * 119.0 * L_MIN
    own = 90e3 * (6 * 119.0 / 2125.0) ** 2
    expected = volume * (got.cdus.external_drop[0] + own) / 0.65
    assert got.cdus.pump_power[0] == pytest.approx(expected, rel=1e-6)
    assert got.pressure_drop == pytest.approx(got.cdus.external_drop.max() + own, rel=1e-6)


def test_energy_of_a_rack_in_enthalpy(hall, design):
    got = solve(hall, design, supply=40.0)
    rise = enthalpy(design.coolant, got.racks.outlet) - enthalpy(design.coolant, got.racks.inlet)
    assert got.racks.flow * rise == pytest.approx(np.full(12, GB300_HEAT), rel=1e-9)


def test_effectiveness_kernel_is_the_one_the_units_use(hall, design):
    """NTU = UA/C_min at the open valve with balanced streams: eps = NTU/(1 + NTU), UA ~ flow^0.8."""
    got = solve(hall, design, supply=40.0)
    eps_rated = 14.08 / (14.08 + 5.0)  # 2 MW at 2125 l/min of PG25: 14.08 K rise
    ntu = eps_rated / (1.0 - eps_rated) * (6 * 119.0 / 2125.0) ** -0.2
    expected = counterflow_effectiveness(ntu, 1.0)
    assert got.cdus.effectiveness == pytest.approx([expected] * 2, rel=2e-3)
