"""Facility water in time: fans and recovery in sequence, by hand where the loop is linear; its energy."""

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.errors import SolverError
from solvers.heat.two_stream import rated_exchanger
from solvers.liquid.cdu_loop.facility import FacilityLoop, First, at_start, march_facility
from solvers.liquid.components.dry_cooler import DryCooler
from solvers.liquid.control.pid import Pid
from solvers.liquid.control.set_points import floating_water

pytestmark = pytest.mark.kernel

ZERO = 273.15
FANS = Pid(name="fans", gain=-0.05, integral_time=120.0, stroke=60.0)
VALVE = Pid(name="valve", gain=-0.05, integral_time=120.0, stroke=120.0)


@pytest.fixture(scope="module")
def plant():
    """1 MW: 50 kW/K of water; a cooler from 55 to 35 degC in air of 25, plates from 55 to 35 against 30."""
    cooler = DryCooler(
        name="DC", heat=1e6, water_inlet=ZERO + 55, water_outlet=ZERO + 35, air_inlet=ZERO + 25, fan_power=2e4
    )
    plates = rated_exchanger(
        heat=1e6, c_hot=5e4, c_cold=5e4, inlet_difference=25.0, fouling=0.0, element="plates"
    )
    return FacilityLoop(
        rate=5e4,
        return_store=2e7,
        supply_store=2e7,
        cooler=cooler,
        fans=FANS,
        recovery=plates,
        network_rate=5e4,
        valve=VALVE,
    )


def run(loop, hours=2.0, *, start=None, heat=8e5, air=ZERO + 15, target=ZERO + 35, network=ZERO + 30):
    return march_facility(
        loop,
        start or at_start(ZERO + 35),
        step=10.0,
        steps=int(360 * hours),
        heat=heat,
        air=air,
        target=target,
        network=network,
    )


def test_without_coolers_the_stores_keep_all_heat(plant):
    """Fans and valve held shut: 8e5 W for 600 s into 4e7 J/K is 12 K.

    In the end the return is half of Q / C = 16 K ahead of the supply.
    """
    shut = replace(plant, fans=replace(FANS, high=0.0), valve=replace(VALVE, high=0.0))
    got = run(shut, 600 / 3600)
    mean = 0.5 * (got.back[-1] + got.supply[-1])
    assert mean == pytest.approx(ZERO + 47.0, abs=1e-9)
    assert got.back[-1] - got.supply[-1] == pytest.approx(8.0, rel=0.06)
    assert got.recovered[-1] == got.rejected[-1] == got.fan_power[-1] == 0.0


def test_recovery_takes_all_it_can_before_a_fan_turns(plant):
    got = run(plant)
    assert got.supply[-1] == pytest.approx(ZERO + 35.0, abs=0.02)
    assert got.recovered[-1] == pytest.approx(8e5, rel=2e-3)
    assert got.speed[-1] == 0.0
    assert 0.0 < got.valve[-1] < 1.0
    assert got.closure <= 1e-10


def test_fans_come_first_where_they_are_asked_to(plant):
    got = run(replace(plant, first=First.COOLER))
    assert got.supply[-1] == pytest.approx(ZERO + 35.0, abs=0.02)
    assert got.rejected[-1] == pytest.approx(8e5, rel=2e-3)
    assert got.recovered[-1] == 0.0


def test_fans_take_over_a_band_higher_when_the_network_fails_and_leave_their_stop_at_once(plant):
    """The network is gone from the second hour on, its heat with it; back in the fourth."""
    hours = np.repeat([ZERO + 30, np.nan, np.nan, ZERO + 30, ZERO + 30], 360)
    got = run(plant, 5.0, network=hours)
    assert got.supply[359 + 720] == pytest.approx(ZERO + 36.0, abs=0.05)  # the band of 1 K above
    assert got.rejected[359 + 720] == pytest.approx(8e5, rel=5e-3)
    assert got.valve[359 + 720] == 1.0  # it asks for more than there is, and winds nothing up:
    assert got.supply[-1] == pytest.approx(ZERO + 35.0, abs=0.05)
    assert got.speed[-1] == 0.0
    # 60 s and 120 s from stop to stop
    assert np.abs(np.diff(got.speed)).max() <= 10.0 / 60.0 + 1e-12
    assert np.abs(np.diff(got.valve)).max() <= 10.0 / 120.0 + 1e-12
    assert got.closure <= 1e-10


def test_fans_follow_a_target_that_follows_the_air(plant):
    """10 K above air that warms from 15 to 27 degC, never below 30: the supply comes along."""
    air = ZERO + np.linspace(15.0, 27.0, 4 * 360)
    target = floating_water(air, approach=10.0, coldest=ZERO + 30.0, warmest=ZERO + 40.0)
    alone = replace(plant, recovery=None, valve=None, network_rate=0.0)
    got = run(alone, 4.0, air=air, target=target, heat=6e5)
    assert got.supply[1000:] == pytest.approx(target[1000:], abs=0.1)
    assert got.end.back == got.back[-1]


def test_a_march_in_two_parts_is_one(plant):
    whole, first = run(plant, 1.0), run(plant, 0.5)
    second = run(plant, 0.5, start=first.end)
    assert second.supply == pytest.approx(whole.supply[180:], abs=1e-12)
    assert second.valve == pytest.approx(whole.valve[180:], abs=1e-12)


def test_boiling_water_and_nonsense_are_refused(plant):
    with pytest.raises(SolverError, match="facility water from the CDUs at 1"):
        run(plant, heat=8e6)
    with pytest.raises(InputError, match="course of air"):
        run(plant, air=np.full(3, 290.0))
    with pytest.raises(InputError, match="gain of controller fans"):
        replace(plant, fans=replace(FANS, gain=0.1))
    with pytest.raises(InputError, match="belong together"):
        replace(plant, valve=None)
