"""A CDU loop in time: against the network solver, exact solutions, and its own balances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cdu_loops import FLAT_PLATE, PG25, PLATE, loop, rack
from scipy.linalg import expm

from geometry.errors import InputError
from solvers.errors import SolverError
from solvers.fluids import density, heat_capacity
from solvers.heat.exchangers import effectiveness, ua_at_flow
from solvers.liquid.cdu_loop.loop import cells, conductance_table, standing_conductance
from solvers.liquid.cdu_loop.march import march, steady
from solvers.liquid.components.cdu import CduExchanger
from solvers.liquid.components.cold_plate import plate_resistance
from solvers.liquid.control.pid import at_rest
from solvers.liquid.control.set_points import dry_supply
from solvers.liquid.hydraulics.network import Pump, Resistance, build_network
from solvers.liquid.hydraulics.solve import solve_hydraulics

pytestmark = pytest.mark.kernel


def test_flow_is_that_of_the_network_solver() -> None:
    one = loop(5)
    branches = [
        Resistance(name=r.name, start="supply", end="return", flow=r.flow, drop=r.drop, exponent=1.89)
        for r in one.racks
    ]
    branches += [
        Resistance(name="mains", start="return", end="pump", flow=10.0, drop=120e3),
        Pump(name="p", start="pump", end="supply", flow=10.0, rated=200e3, shutoff=300e3),
    ]
    network = build_network(branches)
    none = np.empty(0)
    expected = solve_hydraulics(network, none, none)
    got = march(one, steady(one, water=303.15, speed=1.0, valve=1.0), step=1.0, steps=1, water=303.15)
    assert got.flow[0] == pytest.approx(expected.flow[-1], rel=1e-6)
    assert got.rack_drop[0] == pytest.approx(expected.drop[0], rel=1e-6)


def test_half_speed_is_half_the_flow_through_square_laws() -> None:
    """Affinity laws: flow goes with speed, head with its square, power with its cube."""
    square = loop(3, drop_exponent=2.0)
    full, half = (
        march(square, steady(square, water=303.15, speed=s, valve=1.0), step=1.0, steps=1, water=303.15)
        for s in (0.9, 0.45)
    )
    assert half.flow[0] == pytest.approx(0.5 * full.flow[0], rel=1e-12)
    assert half.rack_drop[0] == pytest.approx(0.25 * full.rack_drop[0], rel=1e-12)
    assert half.pump_power[0] == pytest.approx(0.125 * full.pump_power[0], rel=1e-12)


def test_steady_state_is_the_effectiveness_relation() -> None:
    one = loop(4)
    begin = steady(one, water=303.15, speed=0.9, valve=0.7)
    got = march(one, begin, step=1.0, steps=1, water=303.15)
    flow, power = got.flow[0], got.pump_power[0]
    c_tcs = flow * heat_capacity(PG25, 313.15)
    c_fws = 0.7 * one.open_rate
    ua = ua_at_flow(one.exchanger.ua, c_tcs / one.exchanger.c_tcs, c_fws / one.exchanger.c_fws)
    low, high = min(c_tcs, c_fws), max(c_tcs, c_fws)
    heat = 4 * 121.5e3 + power
    assert got.facility_heat[0] == pytest.approx(heat, rel=1e-9)
    assert got.back[0] - 303.15 == pytest.approx(heat / (effectiveness(ua / low, low / high) * low), rel=1e-9)
    assert got.unit_supply[0] == pytest.approx(got.back[0] - heat / c_tcs, abs=1e-8)
    assert got.supply[0] == pytest.approx(got.unit_supply[0], abs=1e-8)
    assert got.facility_out[0] == pytest.approx(303.15 + heat / c_fws, abs=1e-8)
    share = one.racks[2].flow / sum(r.flow for r in one.racks)
    assert got.rack_outlet[0, 2] == pytest.approx(got.supply[0] + 121.5e3 / (share * c_tcs), abs=1e-8)
    # the junction by the published curve at the module's own flow
    module = share * flow * 0.83 / 72 / density(PG25, 313.15)
    power_of_one = 0.83 * 121.5e3 / 72
    resistance = float(plate_resistance(PLATE, module).resistance) + 0.004
    assert got.junction[0, 2] == pytest.approx(got.supply[0] + power_of_one * resistance, abs=5e-3)


def test_a_held_supply_is_the_set_point_or_the_open_valve() -> None:
    one = loop(4)
    cold = march(one, steady(one, water=303.15, drop=55e3, set_point=313.15), step=1.0, steps=1, water=303.15)
    assert cold.unit_supply[0] == pytest.approx(313.15, abs=1e-6)
    assert cold.rack_drop[0] == pytest.approx(55e3, rel=1e-9)
    assert 0.0 < cold.valve[0] < 1.0
    warm = march(one, steady(one, water=313.0, drop=55e3, set_point=313.15), step=1.0, steps=1, water=313.0)
    assert warm.valve[0] == 1.0
    assert warm.unit_supply[0] > 314.0


def one_rack(**change):
    return replace(loop(1), **({"racks": (rack(0, heat_share=1.0),), "plate": FLAT_PLATE} | change))


def exact(one, start, water: float, opening: float, flow: float, power: float, heat: float, end: float):
    """T' = A T + f of the chain supply, supply, rack, return, return, by matrix exponential."""
    cp, rho = heat_capacity(PG25, 313.15), density(PG25, 313.15)
    w = flow * cp
    # above its published range the plate keeps its last resistance
    gain = 72 / 0.0199999
    assert flow / rho / 72 > 2e-5
    c_fws = opening * one.open_rate
    ua = ua_at_flow(one.exchanger.ua, w / one.exchanger.c_tcs, c_fws / one.exchanger.c_fws)
    low, high = min(w, c_fws), max(w, c_fws)
    kappa = effectiveness(ua / low, low / high) * low / w
    a, f = np.zeros((6, 6)), np.zeros(6)
    plate, coolant, s0, s1, b0, b1 = range(6)
    a[plate, [plate, s1]], f[plate] = (-gain, gain), heat
    a[coolant, [coolant, s1, plate]] = (-w, w - gain, gain)
    a[s0, [s0, b1]], f[s0] = (-w, w * (1.0 - kappa)), w * kappa * water
    a[s1, [s1, s0]] = (-w, w)
    a[b0, [b0, coolant]] = (-w, w)
    a[b1, [b1, b0]], f[b1] = (-w, w), power
    masses = np.array([one.racks[0].capacity / cp, 15.0, *one.supply, *one.back])
    a, f = a / (masses * cp)[:, None], f / (masses * cp)
    rest = np.linalg.solve(a, -f)
    return rest + expm(a * end) @ (start - rest)


def test_a_step_of_load_converges_to_the_exact_answer_in_second_order() -> None:
    one = one_rack()
    begin = steady(one, water=303.15, speed=0.9, valve=0.6, load=0.4)
    errors = []
    for step in (4.0, 2.0, 1.0):
        got = march(one, begin, step=step, steps=round(24.0 / step), water=303.15)
        want = exact(one, begin.temperature, 303.15, 0.6, got.flow[0], got.pump_power[0], 121.5e3, 24.0)
        errors.append(np.abs(got.end.temperature - want).max())
    assert errors[-1] < 0.02
    assert np.log2(errors[0] / errors[1]) > 1.8
    assert np.log2(errors[1] / errors[2]) > 1.9


def test_means_over_the_step_keep_the_order() -> None:
    one = loop(3)
    begin = steady(one, water=303.15, speed=0.9, valve=0.6, load=0.7)

    def end(steps: int) -> np.ndarray:
        edges = np.linspace(0.0, 60.0, steps + 1)
        # mean of 0.7 + 0.3 sin(2 pi t / 60) over each step
        whole = 0.7 * edges - 0.3 * 60.0 / (2 * np.pi) * np.cos(2 * np.pi * edges / 60.0)
        load = np.diff(whole) / np.diff(edges)
        return march(one, begin, step=60.0 / steps, steps=steps, water=303.15, load=load).end.temperature

    fine = end(3840)
    errors = [np.abs(end(steps) - fine).max() for steps in (15, 30, 60)]
    assert np.log2(errors[0] / errors[1]) > 1.8
    assert np.log2(errors[1] / errors[2]) > 1.8


def test_at_rest_plates_and_the_coolant_that_stands_in_them_warm_together() -> None:
    """0.8 x 121.5 kW on 54 kJ/K and 15 kg of 3969 J/(kg K): 0.856 K/s, 7.3 K apart over 72 / 0.83 modules.

    A module: 0.4 l/min of PG25 are 26.7 W/K, times ln 20 = 80.0 W/K at the bounded effectiveness of 0.95.
    """
    one = loop(2)
    begin = steady(one, water=303.15, speed=0.9, valve=0.6)
    down = march(one, begin, step=1.0, steps=54, water=303.15, tripped=True, load=0.8)
    assert down.speed[:3] == pytest.approx([0.8, 0.7, 0.6])
    assert down.flow[10] == 0.0
    assert down.pump_power[10] == 0.0
    assert down.facility_heat[10] == 0.0
    coolant = 15.0 * heat_capacity(PG25, 313.15)
    rise = 0.8 * 121.5e3 / (54e3 + coolant)
    for values in (down.plate, down.rack_outlet):
        assert np.diff(values[-5:], axis=0) == pytest.approx(np.full((4, 2), rise), rel=1e-4)
    apart = rise * coolant / (72 / 0.83 * 80.0)
    assert down.plate[-1] - down.rack_outlet[-1] == pytest.approx([apart] * 2, rel=2e-3)
    assert np.all(down.supply[11:] == down.supply[10])
    assert down.closure < 1e-12


def test_coolant_at_rest_takes_what_the_plates_lose_in_second_order() -> None:
    """Two masses in closed form: the difference decays with C1 C2 / ((C1 + C2) S) to P C2 / ((C1 + C2) S)."""
    one = replace(one_rack(), plate=PLATE)
    begin = steady(one, water=303.15, speed=0.9, valve=0.6)
    still = replace(begin, pump=at_rest(0.0))
    plate, coolant = 54e3, 15.0 * heat_capacity(PG25, 313.15)
    s = 72 * standing_conductance(PLATE, density(PG25, 313.15) * heat_capacity(PG25, 313.15))
    tau, last = plate * coolant / ((plate + coolant) * s), 121.5e3 * coolant / ((plate + coolant) * s)
    first = begin.temperature[0] - begin.temperature[1]
    errors = []
    for step in (2.0, 1.0, 0.5):
        got = march(one, still, step=step, steps=round(8.0 / step), water=303.15)
        apart = got.plate[-1, 0] - got.rack_outlet[-1, 0]
        errors.append(abs(apart - last - (first - last) * np.exp(-8.0 / tau)))
        gained = plate * (got.plate[-1, 0] - begin.temperature[0])
        gained += coolant * (got.rack_outlet[-1, 0] - begin.temperature[1])
        assert gained == pytest.approx(8.0 * 121.5e3, rel=1e-10)
    assert errors[-1] < 0.02
    assert np.log2(errors[1] / errors[2]) > 1.7


def test_energy_closes_through_trip_recovery_and_changes_of_everything() -> None:
    one = loop(4)
    steps = 400
    begin = steady(one, water=303.15, drop=55e3, set_point=313.15)
    k = np.arange(steps)
    got = march(
        one,
        begin,
        step=1.0,
        steps=steps,
        water=303.15 + 3.0 * np.sin(0.05 * k),
        load=np.stack([0.6 + 0.4 * np.sin(0.1 * k + i) for i in range(4)], axis=1),
        offered=np.where((k > 150) & (k < 160), 0.0, 1.0),
        set_point=313.15,
        drop=55e3,
        tripped=(k >= 60) & (k < 75),
        stuck=(k >= 200) & (k < 250),
    )
    assert got.closure < 1e-11
    assert got.flow.min() == 0.0
    assert np.ptp(got.valve[200:250]) == 0.0
    assert got.rack_drop[-1] == pytest.approx(55e3, rel=1e-3)
    # a sum that had wound up during the trip would leave the pumps at full speed for long
    assert got.rack_drop[75:].max() < 1.3 * 55e3


def test_supply_comes_back_to_its_set_point_after_a_step_of_load() -> None:
    one = loop(4)
    begin = steady(one, water=303.15, drop=55e3, set_point=313.15, load=0.5)
    got = march(one, begin, step=1.0, steps=600, water=303.15, set_point=313.15, drop=55e3)
    assert got.unit_supply.max() > 313.3  # it is disturbed
    assert got.unit_supply[-1] == pytest.approx(313.15, abs=0.01)
    settled = steady(one, water=303.15, drop=55e3, set_point=313.15)
    assert got.valve[-1] == pytest.approx(settled.valve[0], abs=2e-3)
    assert np.abs(np.diff(got.valve)).max() <= 1.0 / 60.0 + 1e-12


def test_the_supply_follows_the_dew_point_of_a_room_that_turns_humid() -> None:
    """25 degC and 60 %: dew point 16.7 degC, supply 18.7 (set point 15); at 85 % 22.3 and 24.3 degC."""
    one = loop(4)
    humidity = np.concatenate((np.full(120, 0.60), np.linspace(0.60, 0.85, 300), np.full(480, 0.85)))
    target = dry_supply(288.15, 298.15, humidity, margin=2.0)
    begin = steady(one, water=278.15, drop=58.6e3, set_point=float(target[0]))
    got = march(one, begin, step=1.0, steps=900, water=278.15, set_point=target, drop=58.6e3)
    assert target[0] == pytest.approx(273.15 + 18.7, abs=0.05)
    assert got.unit_supply[-1] == pytest.approx(273.15 + 24.3, abs=0.1)
    assert np.all(got.unit_supply > target - 1.0)  # condensation would need 2 K


def test_a_march_goes_on_where_it_ended() -> None:
    one = loop(3)
    begin = steady(one, water=303.15, drop=55e3, set_point=313.15, load=0.5)
    args = {"step": 2.0, "water": 304.0, "set_point": 313.15, "drop": 55e3}
    whole = march(one, begin, steps=20, **args)
    second = march(one, march(one, begin, steps=8, **args).end, steps=12, **args)
    assert np.array_equal(whole.end.temperature, second.end.temperature)
    assert np.array_equal(whole.valve[8:], second.valve)


def test_a_short_pulse_arrives_after_the_transport_time() -> None:
    """40 cells of return pipe: the centre of a pulse is late by mass over flow."""
    # an exchanger so large that nothing comes round a second time
    one = one_rack(back=cells(400.0, 40), open_rate=1e9, exchanger=CduExchanger(ua=1e9, c_tcs=8e3, c_fws=1e9))
    begin = steady(one, water=303.15, speed=0.9, valve=1.0, load=0.2)
    load = np.full(2000, 0.2)
    load[:5] = 1.0
    got = march(one, begin, step=0.5, steps=2000, water=303.15, load=load)

    def centre(signal: np.ndarray) -> float:
        rise = signal - signal[-1]
        return float((rise * got.time).sum() / rise.sum())

    late = centre(got.back) - centre(got.rack_outlet[:, 0])
    assert late == pytest.approx(400.0 / got.flow[0], rel=1e-3)


def test_the_table_of_a_plate_is_its_curve() -> None:
    table, width = conductance_table(PLATE)
    flow = np.linspace(0.05, 1.0, 777) * PLATE.flow[-1]
    got = np.interp(flow, width * np.arange(table.size), table)
    want = 1.0 / plate_resistance(PLATE, flow).resistance
    assert np.abs(got / want - 1.0).max() < 1e-4
    assert table[0] == 0.0


def test_coolant_beyond_its_range_is_refused() -> None:
    one = loop(2)
    begin = steady(one, water=303.15, speed=0.9, valve=0.6)
    with pytest.raises(SolverError, match="coolant of loop A leaving the racks \\(rack r0\\) has"):
        march(one, begin, step=10.0, steps=200, water=303.15, offered=0.0)


def test_nonsense_is_refused() -> None:
    one = loop(2)
    begin = steady(one, water=303.15, speed=0.9, valve=0.6)
    with pytest.raises(InputError, match="facility water = 35 K"):
        march(one, begin, step=1.0, steps=2, water=35.0)
    with pytest.raises(InputError, match="load: a number"):
        march(one, begin, step=1.0, steps=2, water=303.0, load=[1.0, 1.0, 1.0])
    with pytest.raises(InputError, match="time step of loop A"):
        march(one, begin, step=0.0, steps=2, water=303.0)
    with pytest.raises(InputError, match="pump speed of loop A = 0"):
        steady(one, water=303.15, speed=0.0, valve=0.6)
    with pytest.raises(InputError, match="the most"):
        steady(one, water=303.15, drop=500e3, valve=0.6)
    with pytest.raises(InputError, match="coolant of rack r0 = 0"):
        rack(0, coolant=0.0)
    with pytest.raises(InputError, match="gain must be negative"):
        loop(2, valve=one.pump)
