"""What the closed loop of a hall refuses, and what it warns of."""

from dataclasses import replace

import pytest
from hall_loops import sample, solve

from geometry.errors import InputError
from solvers.liquid.hall.plan import plan_loop
from solvers.liquid.hall.solve import solve_hall_loop
from twin.verification.liquid_halls import (
    CHX2000,
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


def test_more_heat_than_the_cdus_carry_is_refused(design):
    names, runs = hall_runs(2, 20)
    load = racks(names, flow=119.0 * L_MIN)
    plan = plan_loop(runs, load, design, supply=ZERO + 40.0)
    with pytest.raises(InputError, match=r"more heat than the CDUs carry: racks A01..A20 hand over 2,430 kW"):
        solve_hall_loop(plan, load, set_point=ZERO + 40.0)


def test_a_hall_without_cdus_names_the_way_out(design):
    names, runs = hall_runs(1, 4, cdus_per_row=0)
    with pytest.raises(InputError, match="cdus_per_row"):
        plan_loop(runs, racks(names, flow=119.0 * L_MIN), design, supply=ZERO + 40.0)


def test_a_rack_without_pipes_is_named(hall, design):
    names, runs = hall
    load = racks([*names, "Z99"], flow=119.0 * L_MIN)
    with pytest.raises(InputError, match="rack Z99: no pipe"):
        plan_loop(runs, load, design, supply=ZERO + 40.0)
    with pytest.raises(InputError, match="there is no rack 'B06'"):
        plan_loop(runs, racks(names[:-1], flow=119.0 * L_MIN), design, supply=ZERO + 40.0)


def test_unknown_standby_unit_and_other_racks_are_refused(hall, design):
    plan, load = sample(hall, design)
    with pytest.raises(InputError, match="no CDU named C-CDU9"):
        solve_hall_loop(plan, load, set_point=ZERO + 40.0, idle={"C-CDU9"})
    with pytest.raises(InputError, match="racks differ"):
        solve_hall_loop(plan, load[1:], set_point=ZERO + 40.0)


def test_celsius_as_set_point_is_asked_back(hall, design):
    plan, load = sample(hall, design)
    with pytest.raises(InputError, match="did you mean"):
        solve_hall_loop(plan, load, set_point=40.0)


def test_too_many_spares_are_refused(hall, design):
    names, runs = hall
    with pytest.raises(InputError, match="spare CDUs"):
        plan_loop(runs, racks(names, flow=119.0 * L_MIN), design, supply=ZERO + 40.0, spares=1)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"junction": ZERO + 60.0}, "GPU junction above its limit of 60.0 degC"),
        ({"rack_return": ZERO + 50.0}, "leaves a rack above 50.0 degC"),
        ({"supply_max": ZERO + 35.0}, "supply outside"),
    ],
)
def test_limits_passed_are_warnings(hall, design, change, text):
    tight = replace(design, limits=replace(design.limits, **change))
    assert any(text in warning for warning in solve(hall, tight, supply=40.0).warnings)


def test_too_little_head_and_flow_are_warnings(hall, design):
    weak = replace(design, cdu=replace(CHX2000, external_dp=20e3, internal_dp=1e3, max_flow=300.0 * L_MIN))
    warnings = solve(hall, weak, supply=40.0).warnings
    assert any("head of the CDU pumps too small" in warning for warning in warnings)
    assert any("714 l/min of 300 l/min" in warning for warning in warnings)


def test_flow_outside_the_cold_plates_range_is_a_warning(hall, design):
    warnings = solve(hall, design, supply=40.0, flow=300.0 * L_MIN).warnings
    assert any("outside the published range of cold plate" in warning for warning in warnings)
