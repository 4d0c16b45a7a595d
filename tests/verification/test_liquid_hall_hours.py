"""Hours of a hall's loop: each is the loop solved alone, in any order; a table of them keeps its bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.errors import BalanceError
from solvers.liquid.hall import hours as hall_hours
from solvers.liquid.hall.flow_policy import published
from solvers.liquid.hall.hours import HourLoads, solve_hours
from solvers.liquid.hall.losses import PipeInsulation
from solvers.liquid.hall.lumped import temperatures_with
from solvers.liquid.hall.plan import plan_loop
from solvers.liquid.hall.response import FlowControl, SolvedLoop, tabulate_loop
from solvers.liquid.hall.solve import solve_hall_loop
from twin.verification.liquid_halls import GB300_FLOW, GB300_HEAT, ZERO, hall_runs, loop_design, racks

pytestmark = pytest.mark.kernel

SET = ZERO + 40.0


@pytest.fixture(scope="module")
def hall():
    """Two rows of four racks; the second row's have 60 % of the heat, at the flow of the others."""
    names, runs = hall_runs(2, 4)
    load = racks(names, flow=float(published(GB300_FLOW, SET, GB300_HEAT)))
    load = [replace(rack, heat=rack.heat * (0.6 if rack.name.startswith("B") else 1.0)) for rack in load]
    design = replace(loop_design(), insulation=PipeInsulation(thickness=0.03))
    return plan_loop(runs, load, design, supply=SET), tuple(load)


def loads(heat, water, *, flow=None, set_point=SET) -> HourLoads:
    n = len(heat)
    return HourLoads(
        heat=np.array(heat),
        flow=np.ones(n) if flow is None else np.array(flow),
        drop=np.ones(n),
        set_point=np.full(n, set_point),
        water=np.array(water),
    )


# warmest that holds the set point; colder, throttled; one row floats; both do
HEAT = [1.0, 0.3, 1.0, 0.7, 0.5, 1.0, 1.0]
WATER = [np.nan, np.nan, ZERO + 28.0, ZERO + 37.5, ZERO + 41.0, ZERO + 46.0, np.nan]


def test_an_hour_is_the_loop_solved_alone(hall):
    plan, load = hall
    got = solve_hours(plan, load, loads(HEAT, WATER))
    for i, (share, water) in enumerate(zip(HEAT, WATER, strict=True)):
        part = [replace(rack, heat=share * rack.heat, gpu_power=share * rack.gpu_power) for rack in load]
        at = None if np.isnan(water) else water
        alone = solve_hall_loop(plan, part, set_point=SET, fws_supply=at)
        for name in ("tcs_supply", "tcs_return", "fws_supply", "fws_return"):
            assert getattr(got, name)[i] == pytest.approx(getattr(alone, name), abs=1e-8), (i, name)
        assert got.junction[i] == pytest.approx(alone.junction_max, abs=1e-8)
        for ours, theirs in (
            (got.pump_power[i], alone.pump_power),
            (got.pipe_loss[i], alone.pipe_loss),
            (got.fws_flow[i], alone.fws_flow),
            (got.fws_drop[i], alone.fws_mains_drop),
        ):
            assert ours == pytest.approx(theirs, rel=1e-7)
    assert max(got.mass.max(), got.energy.max()) <= 1e-11
    assert got.tcs_supply[6] == got.tcs_supply[0]  # asked twice, solved once
    at_unit = got.heat + got.pump_power - got.pipe_loss
    assert got.heat_fws == pytest.approx(at_unit, rel=1e-10)


def test_the_order_of_the_hours_does_not_matter(hall):
    plan, load = hall
    asked = loads(HEAT, WATER)
    turned = solve_hours(plan, load, asked.at(np.arange(6, -1, -1)))
    straight = solve_hours(plan, load, asked)
    assert np.array_equal(turned.fws_return[::-1], straight.fws_return)
    assert np.array_equal(turned.pump_power[::-1], straight.pump_power)


def test_flow_by_hand(hall):
    """Half the flow: drops to 0.5^1.89 = 0.27 where all is rack, 0.5^2 where it is pipe; pumps 0.5 times."""
    plan, load = hall
    full = solve_hours(plan, load, loads([0.5], [np.nan]))
    half = solve_hours(plan, load, loads([0.5], [np.nan], flow=[0.5]))
    assert 0.5 * 0.25 < half.pump_power[0] / full.pump_power[0] < 0.5 * 0.29
    assert half.tcs_return[0] - SET == pytest.approx(2.0 * (full.tcs_return[0] - SET), rel=0.01)


def test_pumps_that_keep_the_differential_pressure(hall):
    """The rack and its valve take at half flow what the rack took at full: their power falls to a half."""
    plan, load = hall
    racks_only = (
        np.sum([rack.flow for rack in load]) * solve_hall_loop(plan, load, set_point=SET).racks.drop.mean()
    )
    share, at, nan = np.array([1.0, 0.5]), np.full(2, SET), np.full(2, np.nan)

    def pumps(**control):
        return (
            SolvedLoop(plan=plan, racks=load, control=FlowControl(**control))
            .states(share, at, nan)
            .pump_power
        )

    bare = pumps(follows_heat=True, at_rest=0.0)
    kept = pumps(follows_heat=True, at_rest=1.0)
    assert kept[0] == pytest.approx(bare[0], rel=1e-9)
    # 0.5 flow x (1 - 0.5^1.89) of the racks' design drop, over 0.65 of the pumps
    assert kept[1] - bare[1] == pytest.approx(0.5 * (1.0 - 0.5**1.89) * racks_only / 0.65, rel=0.03)
    assert pumps()[1] == pytest.approx(pumps()[0], rel=1e-3)  # without valves the flow stays


@pytest.mark.parametrize("control", [FlowControl(), FlowControl(follows_heat=True)])
def test_a_table_keeps_its_bound_at_odd_hours(hall, control):
    plan, load = hall
    loop = SolvedLoop(plan=plan, racks=load, control=control)
    table = tabulate_loop(loop, share=(0.35, 1.0), excess=(0.0, 4.0), set_point=(SET, SET + 1.0))
    assert 0.0 < table.error.kelvin <= 0.1
    assert table.error.pump_power <= 0.01
    draw = np.random.default_rng(5)
    share, at = draw.uniform(0.35, 1.0, 60), SET + draw.uniform(0.0, 1.0, 60)
    free = loop.states(share, at, np.full(60, np.nan)).fws_supply
    water = np.where(draw.random(60) < 0.5, np.nan, free + draw.uniform(0.0, 4.0, 60))
    ours, theirs = table(share, at, water), loop(share, at, water)
    given = np.where(np.isnan(water), free, water)
    a, b = (temperatures_with(each.lumped, share * loop.design_heat, given) for each in (ours, theirs))
    for name in ("tcs_supply", "tcs_return", "fws_return"):
        assert np.abs(getattr(a, name) - getattr(b, name)).max() <= table.error.kelvin, name
    hot = a.tcs_supply + ours.junction_rise - b.tcs_supply - theirs.junction_rise
    assert np.abs(hot).max() <= table.error.kelvin
    pumps = ours.lumped.pump_power / theirs.lumped.pump_power - 1.0
    assert np.abs(pumps).max() <= table.error.pump_power


def test_an_open_balance_stops_the_year(hall, monkeypatch):
    plan, load = hall
    honest = hall_hours.lost
    monkeypatch.setattr(hall_hours, "lost", lambda *args: 1.01 * honest(*args))
    with pytest.raises(BalanceError, match=r"loop energy balance is open: .* in hour"):
        solve_hours(plan, load, loads([1.0], [np.nan]))


def test_loads_that_cannot_be(hall):
    plan, load = hall
    with pytest.raises(InputError, match=r"heat of the hours = -0\.1"):
        solve_hours(plan, load, loads([-0.1], [np.nan]))
    with pytest.raises(InputError, match="flow of the hours = 0 of the design"):
        solve_hours(plan, load, loads([1.0], [np.nan], flow=[0.0]))
    with pytest.raises(InputError, match="more heat than the CDUs carry: the row of rack A01 hands over"):
        solve_hours(plan, load, loads([5.0], [np.nan]))
    with pytest.raises(InputError, match="racks differ"):
        solve_hours(plan, load[1:], loads([1.0], [np.nan]))
