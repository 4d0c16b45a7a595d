"""Networks marched in time: exact transport, limits at rest, reversal, balances, refusals."""

import math

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.errors import DivergenceError, SolverError
from solvers.fluids import constant_fluid, load_fluid
from solvers.liquid.heat.march import march
from solvers.liquid.heat.pipes import Holdup, PipeHeat, thermal_network
from solvers.liquid.heat.state import Scheme, start
from solvers.liquid.heat.steady import solve_heat
from solvers.liquid.hydraulics.network import ImposedFlow, Pipe, build_network
from twin.resources import data_dir

pytestmark = pytest.mark.kernel

WATER = constant_fluid("water", density=1000.0, heat_capacity=4000.0, viscosity=1e-3)
REAL = load_fluid(data_dir() / "coolants" / "water.csv")
AREA = 0.25 * math.pi * 0.1**2
LINE = 10.0 / (1000.0 * AREA)  # length that holds 10 kg in a pipe of 0.1 m
EVERY = pytest.mark.parametrize("scheme", list(Scheme), ids=lambda scheme: scheme.name)


def pipe(name, begin, end, length=LINE):
    return Pipe(name=name, start=begin, end=end, length=length, diameter=0.1, roughness=1e-5)


def one(fluid=WATER, **record):
    """A pipe that holds 10 kg, from `in` to `out`."""
    network = build_network([pipe("p", "in", "out")], inflow={"in": 1.0}, pressure={"out": 0.0})
    record = {"surroundings": 283.15, "film": math.inf, **record}
    return thermal_network(network, fluid, [PipeHeat(name="p", **record)], reference=300.0)


def warmed(thermal, temperatures, *, scheme, dt, flow=1.0, at=300.0, room=64):
    got = march(
        thermal,
        start(thermal, at, scheme=scheme, room=room),
        np.full((len(temperatures), 1), flow),
        dt=dt,
        feed={"in": np.asarray(temperatures), "out": 300.0},
    )
    return got.temperature[:, 1], got


# -- transport -------------------------------------------------------------------------------------------


def test_parcels_arrive_as_they_left():
    """10 kg at 1 kg/s, steps of 2 s: five steps of delay, whatever was sent."""
    sent = 300.0 + np.random.default_rng(1).uniform(0.0, 50.0, 40)
    out, got = warmed(one(), sent, scheme=Scheme.PARCELS, dt=2.0)
    assert out == pytest.approx(np.concatenate((np.full(5, 300.0), sent[:-5])), abs=1e-10)
    assert got.residual.max() < 1e-12


def test_parcels_are_cut_where_steps_do_not_fit():
    """Steps of 4 s: what leaves is half of the parcel sent three steps before and half of the next."""
    sent = 300.0 + np.random.default_rng(2).uniform(0.0, 50.0, 20)
    out, _ = warmed(one(), sent, scheme=Scheme.PARCELS, dt=4.0)
    # 10 kg: in step k leaves what entered between 4 k - 10 and 4 k - 6 seconds
    assert out[3:] == pytest.approx(0.5 * (sent[:-3] + sent[1:-2]), abs=1e-10)


def test_parcels_that_run_through_within_a_step():
    """Steps of 20 s: half of what leaves entered in the step before, half in the same one."""
    sent = 300.0 + np.random.default_rng(3).uniform(0.0, 50.0, 20)
    out, got = warmed(one(), sent, scheme=Scheme.PARCELS, dt=20.0)
    assert out[1:] == pytest.approx(0.5 * (sent[:-1] + sent[1:]), abs=1e-10)
    assert got.residual.max() < 1e-12


@pytest.mark.parametrize("scheme", [Scheme.TVD, Scheme.PARCELS])
def test_what_went_in_comes_back_when_the_flow_turns(scheme):
    """Three values in, then three out again, last in first out; what follows is the pipe's own."""
    flow = np.repeat([1.0, -1.0], [3, 5])[:, None]
    sent = np.array([310.0, 320.0, 330.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    thermal = one(cells=5)
    got = march(
        thermal,
        start(thermal, 305.0, scheme=scheme),
        flow,
        dt=2.0,
        feed={"in": np.where(sent > 0.0, sent, 300.0), "out": 300.0},
    )
    assert got.temperature[3:, 0] == pytest.approx([330.0, 320.0, 310.0, 305.0, 305.0], abs=1e-9)


@pytest.mark.parametrize("scheme", [Scheme.TVD, Scheme.PARCELS])
def test_a_profile_at_the_start_leaves_as_it_stood(scheme):
    thermal = one(cells=5)
    begin = start(thermal, np.array([310.0, 320.0, 330.0, 340.0, 350.0]), scheme=scheme)
    got = march(thermal, begin, np.ones(1), dt=2.0, steps=6, feed={"in": 300.0})
    assert got.temperature[:, 1] == pytest.approx([350.0, 340.0, 330.0, 320.0, 310.0, 300.0], abs=1e-9)
    with pytest.raises(InputError, match="shape"):
        start(thermal, np.full(3, 300.0))
    with pytest.raises(InputError, match="room for parcels = 4"):
        start(thermal, 300.0, scheme=Scheme.PARCELS, room=4)


def test_hours_in_a_short_pipe_close_to_round_off():
    """Ten seconds of pipe, steps of an hour: nearly all runs through, what is left decays."""
    sent = 330.0 + np.random.default_rng(6).uniform(0.0, 20.0, 50)
    record = {"loss": 1.0, "wall": 1e3}
    out, got = warmed(one(REAL, **record), sent, scheme=Scheme.PARCELS, dt=3600.0)
    assert got.residual.max() < 1e-12
    assert out[1:] == pytest.approx(sent[1:], abs=0.1)


def test_cells_at_courant_one_shift():
    sent = 300.0 + np.random.default_rng(4).uniform(0.0, 50.0, 40)
    out, _ = warmed(one(cells=5), sent, scheme=Scheme.TVD, dt=2.0)
    assert out == pytest.approx(np.concatenate((np.full(5, 300.0), sent[:-5])), abs=1e-9)


def test_the_limiter_makes_nothing_hotter_or_colder():
    sent = np.where(np.arange(100) % 37 < 15, 340.0, 300.0)
    out, _ = warmed(one(cells=30), sent, scheme=Scheme.TVD, dt=0.2)
    assert 300.0 - 1e-9 <= out.min() <= out.max() <= 340.0 + 1e-9
    free, _ = warmed(one(cells=30), sent, scheme=Scheme.UNLIMITED, dt=0.2)
    assert free.max() > 340.5  # which is why there is a limiter


def test_merged_parcels_keep_their_heat():
    """Room for 8 parcels where 20 would be: mixing inside the pipe, not a joule lost."""
    sent = 300.0 + np.random.default_rng(5).uniform(0.0, 50.0, 80)
    out, got = warmed(one(), sent, scheme=Scheme.PARCELS, dt=0.5, room=8)
    exact = np.concatenate((np.full(20, 300.0), sent[:-20]))
    assert np.abs(out - exact).max() > 1.0
    assert got.residual.max() < 1e-12
    assert got.state.parcels.number[0] <= 8


# -- rest and decay --------------------------------------------------------------------------------------


def test_marching_comes_to_rest_where_the_steady_solver_is():
    record = {"loss": 2000.0 / LINE, "cells": 8, "wall": 100.0}
    thermal = one(REAL, **record)
    sections = solve_heat(thermal, np.ones(1), feed={"in": 343.15}, sections=True)
    exact = solve_heat(thermal, np.ones(1), feed={"in": 343.15})
    hot = np.full(200, 343.15)
    implicit, _ = warmed(thermal, hot, scheme=Scheme.IMPLICIT, dt=10.0)
    # sections share one heat capacity, cells have their own
    assert implicit[-1] == pytest.approx(sections.temperature[1], abs=2e-3)
    sharp, got = warmed(one(REAL, **{**record, "cells": 64}), hot, scheme=Scheme.TVD, dt=1.0)
    assert sharp[-1] == pytest.approx(exact.temperature[1], abs=2e-3)
    assert got.loss[-1, 0] == pytest.approx(exact.loss[0], rel=1e-4)
    plug, _ = warmed(thermal, hot, scheme=Scheme.PARCELS, dt=0.25)
    assert plug[-1] == pytest.approx(exact.temperature[1], abs=2e-2)


def test_one_long_step_is_the_steady_state():
    thermal = one(loss=2000.0 / LINE, cells=6, wall=500.0, film=3000.0)
    steady = solve_heat(thermal, np.ones(1), feed={"in": 343.15}, sections=True)
    got = march(thermal, start(thermal, 300.0), np.ones(1), dt=1e12, feed={"in": 343.15})
    assert got.temperature[0] == pytest.approx(steady.temperature, abs=1e-6)


@EVERY
def test_a_pipe_at_rest_cools_exponentially(scheme):
    """(M cp + C) dT/dt = -u L (T - T_s): 40 kJ/K and 20 kJ/K, 100 W/K: 600 s. Implicit: first order."""
    thermal = one(loss=100.0 / LINE, wall=20e3 / LINE, cells=3)
    n = 6000 if scheme is Scheme.IMPLICIT else 60
    got = march(
        thermal, start(thermal, 343.15, scheme=scheme), np.zeros(1), dt=600.0 / n, steps=n, heat=np.zeros(1)
    )
    left = thermal.stores.mass[0] * 4000.0 + thermal.stores.wall[0]
    mean = 343.15 + got.audit.stored / left
    accuracy = 5e-3 if scheme is Scheme.IMPLICIT else 1e-6
    assert mean == pytest.approx(283.15 + 60.0 * math.exp(-1.0), abs=accuracy)
    assert got.audit.loss == pytest.approx(-got.audit.stored, rel=1e-12)


def test_heat_into_coolant_at_rest_warms_it_and_is_kept():
    """4 kW for 100 s on 40 kJ/K: 10 K."""
    network = build_network([ImposedFlow(name="rack", start="a", end="b", flow=0.0), pipe("p", "b", "a")])
    held = Holdup(name="rack", volume=0.01, surroundings=300.0)
    thermal = thermal_network(network, WATER, [held], reference=300.0)
    got = march(thermal, start(thermal, 300.0), np.zeros(2), dt=10.0, steps=10, heat=np.array([4e3, 0.0]))
    assert got.state.cells.temperature[0] == pytest.approx(310.0, abs=1e-9)
    assert got.audit.stored == pytest.approx(400e3)


# -- networks --------------------------------------------------------------------------------------------


def loop():
    """Heater, supply, two racks (one holds coolant), return; water with real properties."""
    network = build_network(
        [
            pipe("supply", "hot", "x"),
            ImposedFlow(name="rack", start="x", end="y", flow=0.0),
            ImposedFlow(name="other", start="x", end="y", flow=0.0),
            pipe("return", "y", "cold"),
            ImposedFlow(name="heater", start="cold", end="hot", flow=0.0),
        ]
    )
    records = [
        PipeHeat(name="supply", surroundings=290.0, loss=5.0, wall=4e3, cells=5),
        PipeHeat(name="return", surroundings=290.0, loss=5.0, wall=4e3, cells=4),
        Holdup(name="rack", volume=2e-3, surroundings=290.0, loss=1.0, metal=5e3, film=800.0),
    ]
    return thermal_network(network, REAL, records, reference=300.0)


@EVERY
def test_balances_close_through_reversal_and_standstill(scheme):
    """Flows of random size and sign, shares that reverse alone, hours at rest; new heats at every step."""
    thermal = loop()
    rng = np.random.default_rng(7)
    n = 300
    total = rng.uniform(-2.0, 2.0, n) * (rng.random(n) > 0.2)
    split = rng.uniform(-0.3, 1.3, n)
    flow = np.stack((total, split * total, (1.0 - split) * total, total, total), axis=1)
    heat = np.zeros((n, 5))
    heat[:, 1] = rng.uniform(-3e3, 3e3, n)
    heat[:, 4] = rng.uniform(-5.0, 5.0, n) * 4e3 * np.abs(total)
    got = march(thermal, start(thermal, 320.0, scheme=scheme), flow, dt=7.0, heat=heat)
    assert got.residual.max() <= 1e-10
    assert got.audit.residual <= 1e-12
    assert got.audit.turnover > 1e7
    assert np.ptp(got.temperature) > 5.0


@EVERY
def test_stopping_and_going_on_is_the_same(scheme):
    thermal = loop()
    flow = np.array([1.0, 0.4, 0.6, 1.0, 1.0])
    heat = np.array([0.0, 5e3, 3e3, 0.0, -8e3])
    begin = start(thermal, 320.0, scheme=scheme)
    whole = march(thermal, begin, flow, dt=3.0, steps=40, heat=heat)
    half = march(thermal, begin, flow, dt=3.0, steps=15, heat=heat)
    rest = march(thermal, half.state, flow, dt=3.0, steps=25, heat=heat)
    assert np.array_equal(whole.temperature[15:], rest.temperature)
    assert rest.state.time == 120.0


@EVERY
def test_the_mirror_image_is_the_mirror_image(scheme):
    """Ends of the pipe and sign of the flow turned: the same temperatures."""
    sent = 300.0 + np.random.default_rng(8).uniform(0.0, 50.0, 40)
    record = PipeHeat(name="p", surroundings=283.15, loss=20.0, wall=1e3, cells=7)
    network = build_network([pipe("p", "out", "in")], inflow={"in": 1.0}, pressure={"out": 0.0})
    turned = thermal_network(network, REAL, [record], reference=300.0)
    ahead = one(REAL, loss=20.0, wall=1e3, cells=7, film=None)
    feed = {"in": sent}
    one_way = march(ahead, start(ahead, 300.0, scheme=scheme), np.ones((40, 1)), dt=1.3, feed=feed)
    other = march(turned, start(turned, 300.0, scheme=scheme), -np.ones((40, 1)), dt=1.3, feed=feed)
    assert one_way.temperature == pytest.approx(other.temperature[:, ::-1], abs=1e-10)


# -- refusals --------------------------------------------------------------------------------------------


@EVERY
def test_boiling_is_refused_with_element_and_step(scheme):
    thermal = loop()
    with pytest.raises(DivergenceError, match=r"water in the (node|branch) '\w+' \(step \d+\) would come to"):
        march(
            thermal,
            start(thermal, 320.0, scheme=scheme),
            np.array([1.0, 0.4, 0.6, 1.0, 1.0]),
            dt=10.0,
            steps=1000,
            heat=np.array([0.0, 200e3, 0.0, 0.0, 0.0]),
        )


def test_a_device_that_would_boil_is_named_although_a_bypass_cools_what_leaves():
    """100 kW on 0.1 kg/s: 26.85 degC and about 240 K more; mixed with 1 kg/s only 22 K."""
    links = [ImposedFlow(name=name, start="in", end="out", flow=0.0) for name in ("rack", "bypass")]
    network = build_network(links, pressure={"in": 0.0, "out": 0.0})
    bare = thermal_network(network, REAL, [], reference=300.0)
    flow, heat = np.array([0.1, 1.0]), np.array([1e5, 0.0])
    with pytest.raises(
        DivergenceError, match=r"in the branch 'rack' \(step 0\) would come to about 26\d\.\d degC"
    ):
        march(bare, start(bare, 300.0), flow, dt=1.0, feed={"in": 300.0}, heat=heat)
    with pytest.raises(DivergenceError, match="in the branch 'rack' would come to about 26"):
        solve_heat(bare, flow, feed={"in": 300.0}, heat=heat)


def test_inputs_that_make_no_sense_are_named():
    thermal = one()
    begin = start(thermal, 300.0)
    with pytest.raises(InputError, match=r"enters at the node 'in' has no temperature \(step 0\)"):
        march(thermal, begin, np.ones(1), dt=1.0)
    with pytest.raises(InputError, match="flow of a march has the shape"):
        march(thermal, begin, np.ones(3), dt=1.0)
    with pytest.raises(InputError, match="time step = 0 s"):
        march(thermal, begin, np.ones(1), dt=0.0)
    with pytest.raises(InputError, match="'p' holds heat: gain and lift"):
        march(thermal, begin, np.ones(1), dt=1.0, gain=np.zeros(1))
    with pytest.raises(InputError, match="'other', in which nothing flows"):
        march(loop(), start(loop(), 300.0), np.zeros(5), dt=1.0, heat=np.array([0.0, 0.0, 1.0, 0.0, 0.0]))
    with pytest.raises(InputError, match="outside"):
        start(thermal, 700.0)
    bare = thermal_network(thermal.network, WATER, [], reference=300.0)
    with pytest.raises(InputError, match="'p' holds no heat"):
        bare.store("p")


def test_a_lossless_loop_without_a_store_has_no_temperature():
    bare = thermal_network(loop().network, REAL, [], reference=300.0)
    with pytest.raises(SolverError, match="rejects none"):
        march(bare, start(bare, 300.0), np.array([2.0, 1.0, 1.0, 2.0, 2.0]), dt=1.0)
