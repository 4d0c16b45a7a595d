"""A row of a solved hall as a loop in time rests where the hall does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.fluids import heat_capacity
from solvers.liquid.cdu_loop.from_hall import row_loops
from solvers.liquid.cdu_loop.march import march, steady
from solvers.liquid.hall.plan import plan_loop
from solvers.liquid.hall.solve import solve_hall_loop
from twin.verification.liquid_halls import L_MIN, hall_runs, loop_design, racks

pytestmark = pytest.mark.kernel

SET_POINT = 313.15


@pytest.fixture(scope="module", params=[1, 2], ids=["one unit", "two units"])
def solved(request):
    names, runs = hall_runs(2, 8, cdus_per_row=request.param)
    load = racks(names, flow=119.0 * L_MIN)
    plan = plan_loop(runs, load, loop_design(), supply=SET_POINT)
    return plan, load, solve_hall_loop(plan, load, set_point=SET_POINT)


def test_a_row_rests_where_the_hall_does(solved) -> None:
    """Limits of a reduced response: 0.1 K, 1 % of pump power. Only properties and manifolds differ."""
    plan, load, hall = solved
    rows = row_loops(plan, load, hall)
    assert len(rows) == 2
    assert sum(len(row.racks) for row in rows) == len(load)
    for row, part in zip(rows, np.unique(plan.rack_part), strict=True):
        mine, units = plan.rack_part == part, plan.cdu_part == part
        drop = row.racks[0].drop
        start = steady(row, water=hall.fws_supply, drop=drop, set_point=SET_POINT)
        got = march(row, start, step=1.0, steps=1, water=hall.fws_supply)
        assert got.flow[0] == pytest.approx(hall.cdus.flow[units].sum(), rel=1e-6)
        assert got.unit_supply[0] == pytest.approx(SET_POINT, abs=0.1)
        assert got.rack_outlet[0] == pytest.approx(hall.racks.outlet[mine], abs=0.1)
        assert got.junction[0] == pytest.approx(hall.racks.junction[mine], abs=0.1)
        assert got.pump_power[0] == pytest.approx(hall.cdus.pump_power[units].sum(), rel=0.01)
        assert got.facility_heat[0] == pytest.approx(hall.cdus.heat[units].sum(), rel=1e-3)


def test_lost_pumps_heat_the_packages_within_seconds(solved) -> None:
    """1.4 kW on 0.75 kJ/K and 0.17 kg of coolant is 1.0 K/s once all stands; 20 K take 5 to 30 s."""
    plan, load, hall = solved
    row = row_loops(plan, load, hall)[0]
    start = steady(row, water=hall.fws_supply, drop=row.racks[0].drop, set_point=SET_POINT)
    got = march(row, start, step=0.5, steps=60, water=hall.fws_supply, tripped=True)
    rise = got.plate.max(axis=1) - start.temperature[: len(row.racks)].max()
    late = got.time[np.argmax(rise > 20.0)]
    assert 5.0 < late < 30.0
    rack = row.racks[0]
    both = rack.capacity + rack.coolant * heat_capacity(row.coolant, row.temperature)
    assert np.diff(got.plate[-5:, 0]) / 0.5 == pytest.approx(rack.heat / both, rel=5e-3)


def test_racks_without_packages_are_refused(solved) -> None:
    plan, load, hall = solved
    bare = [replace(load[0], gpus=0), *load[1:]]
    with pytest.raises(InputError, match="have no GPUs"):
        row_loops(plan, bare, hall)
