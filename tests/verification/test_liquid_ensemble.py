"""Ensembles of CDU loops: members do not depend on company, blocks or threads."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from cdu_loops import loop

from geometry.errors import InputError
from solvers.errors import SolverError
from solvers.liquid.cdu_loop.ensemble import Spread, march_ensemble
from solvers.liquid.cdu_loop.kernels.drive import draw, mixed
from solvers.liquid.cdu_loop.march import march, steady
from solvers.liquid.control.kernels import POSITION

pytestmark = pytest.mark.kernel

FIRST, SECOND = loop(4), loop(3)  # a loop with fewer racks beside a larger one
STARTS = [steady(one, water=303.15, drop=55e3, set_point=313.15, load=0.8) for one in (FIRST, SECOND)]
COURSE = {"step": 1.0, "steps": 20, "water": 304.15, "set_point": 313.15, "drop": 55e3}
WIDE = Spread(load=0.2, flow=0.2, water=3.0)


def ensemble(loops=(FIRST, SECOND), starts=STARTS, members=70, spread=WIDE, seed=7, **change):
    return march_ensemble(
        loops, starts, members=members, spread=spread, seed=seed, keep=True, **(COURSE | change)
    )


def test_random_words_are_those_of_splitmix64() -> None:
    """First outputs of SplitMix64 for the seed 1234567, of its published test vector."""
    golden = 0x9E3779B97F4A7C15
    words = [int(mixed(np.uint64((1234567 + k * golden) % 2**64))) for k in (1, 2, 3)]
    assert words == [6457827717110365317, 3203168211198807973, 9817491932198370423]
    numbers = np.array([draw(np.uint64(3), k) for k in range(20000)])
    assert abs(numbers.mean()) < 0.02
    assert abs((numbers**2).mean() - 1.0 / 3.0) < 0.01
    assert numbers.min() >= -1.0
    assert numbers.max() < 1.0


def extremes(history):
    """Coldest and warmest coolant of a march [K]."""
    every = (history.supply, history.unit_supply, history.back, *history.rack_outlet.T)
    return [min(values.min() for values in every), max(values.max() for values in every)]


def test_without_spread_every_member_is_the_march() -> None:
    got = ensemble(members=3, spread=Spread())
    assert got.members is not None
    for n, one in enumerate((FIRST, SECOND)):
        alone = march(one, STARTS[n], **COURSE)
        expected = [
            alone.supply.max(), alone.back.max(), alone.plate.max(), alone.supply[-1], alone.flow.min(),
            alone.pump_power.sum(), alone.facility_heat.sum(), alone.facility_out.max(),
            *extremes(alone), max(alone.speed.max(), STARTS[n].pump[POSITION]),
        ]  # fmt: skip
        for member in got.members[n]:
            assert member == pytest.approx(expected, rel=1e-12)


def test_members_do_not_depend_on_company_blocks_or_threads() -> None:
    whole = ensemble()
    few = ensemble(members=5)
    alone = ensemble(loops=(FIRST,), starts=STARTS[:1], members=70)
    assert np.array_equal(whole.members[:, :5], few.members)
    # a neighbour with as many racks changes no shapes: bit by bit the same
    assert np.array_equal(whole.members[:1], alone.members)
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    single = ensemble()
    numba.set_num_threads(threads)
    assert np.array_equal(whole.members, single.members)
    assert not np.array_equal(whole.members, ensemble(seed=8).members)


def test_percentiles_are_those_of_the_members() -> None:
    got = ensemble()
    assert got.closure < 1e-11
    assert got.percentiles.shape == (3, 2, 11)
    assert got.percentiles[1] == pytest.approx(np.median(got.members, axis=1), rel=1e-14)
    assert np.all(got.percentiles[0] < got.percentiles[2])
    assert march_ensemble((FIRST,), STARTS[:1], members=2, spread=WIDE, seed=1, **COURSE).members is None


def test_a_spread_of_water_alone_moves_the_supply_in_its_order() -> None:
    """Valve and pumps left alone: supply is linear in the facility water, at rest one for one."""
    start = [steady(FIRST, water=303.15, speed=0.9, valve=0.6)]
    got = ensemble(
        loops=(FIRST,), starts=start, members=200, spread=Spread(water=2.0), steps=600, water=303.15,
        set_point=np.nan, drop=np.nan,
    )  # fmt: skip
    supply = got.members[0, :, 3] - got.members[0, :, 3].mean()
    assert np.ptp(supply) == pytest.approx(4.0, abs=0.1)


def test_coolant_that_would_freeze_is_refused_as_in_a_march() -> None:
    """PG25 is known from 264.15 K; water of 230 K with the valve open carries the supply below it."""
    one = {"step": 5.0, "steps": 40, "water": 230.0}
    start = steady(FIRST, water=303.15, speed=0.9, valve=1.0)
    with pytest.raises(SolverError, match=r"coolant of loop A .* is known from 264\.15"):
        march(FIRST, start, **one)
    with pytest.raises(SolverError, match=r"2 members leaves its range.*known from 264\.15 to 373\.15 K"):
        march_ensemble((FIRST,), [start], members=2, spread=Spread(), seed=1, **one)


def test_an_outlet_of_one_rack_beyond_its_range_is_refused_although_the_mixed_return_is_not() -> None:
    """Seven times its heat: 15 K of rise become 100 K in one rack, less than 30 K in the return."""
    start = steady(FIRST, water=290.0, speed=0.9, valve=1.0, load=0.5)
    one = {"step": 2.0, "steps": 30, "water": 290.0, "load": np.array([7.0, 0.1, 0.1, 0.1])}
    with pytest.raises(SolverError, match=r"leaving the racks \(rack r0\)"):
        march(FIRST, start, **one)
    with pytest.raises(SolverError, match="1 members leaves its range"):
        march_ensemble((FIRST,), [start], members=1, spread=Spread(), seed=1, **one)


def test_plates_without_flow_are_refused_above_their_limit() -> None:
    """Eight times 121.5 kW at rest: 8.6 K/s, and plates 73 K above the coolant, still below its 373 K."""
    start = steady(FIRST, water=283.15, speed=0.9, valve=1.0, load=0.2)
    one = {"step": 1.0, "steps": 23, "water": 283.15, "tripped": True}
    one["load"] = np.where(np.arange(23) < 10, 0.2, 8.0)
    with pytest.raises(
        SolverError, match=r"cold plates of loop A \(rack r0\) have 4[23]\d\.\d K after [12]\d s"
    ):
        march(FIRST, start, **one)
    with pytest.raises(SolverError, match=r"cold plates of 3 members exceed 423\.15 K"):
        march_ensemble((FIRST,), [start], members=3, spread=Spread(), seed=1, **one)


def test_members_at_full_speed_and_without_flow_are_counted() -> None:
    """Speed 0.9 times 0.9 to 1.1: what draws above 1 / 0.9 asks for more than full speed."""
    start = [steady(FIRST, water=303.15, speed=0.9, valve=0.6)]
    course = {"drop": np.nan, "set_point": np.nan}
    got = ensemble(loops=(FIRST,), starts=start, members=50, spread=Spread(flow=0.2), **course)
    speeds = got.members[0, :, 10]
    assert speeds.max() == 1.0  # as far as pumps go
    assert got.overrun.tolist() == [int((speeds >= 1.0).sum())]
    assert 5 < got.overrun[0] < 20  # a quarter of the draws
    assert got.idle.tolist() == [0]
    still = ensemble(loops=(FIRST,), starts=start, members=3, spread=Spread(), tripped=True, **course)
    assert still.idle.tolist() == [3]
    assert still.overrun.tolist() == [0]


def test_boiling_members_and_nonsense_are_refused() -> None:
    with pytest.raises(SolverError, match="members leaves its range"):
        ensemble(steps=1000, offered=0.0)
    with pytest.raises(InputError, match="half width of the load"):
        Spread(load=1.5)
    with pytest.raises(InputError, match="members = 0"):
        ensemble(members=0)
    with pytest.raises(InputError, match="2 loops, but 1 states"):
        ensemble(starts=STARTS[:1])
