"""Courses of device values, and the refusals of a march."""

from __future__ import annotations

import pytest

from geometry.errors import InputError
from solvers.air.courses import Course, Quantity, check_courses, problem_at, still
from solvers.air.problem import AirProblem, Exhaust, Supply, ThroughFlow
from solvers.air.servers import ServerMass, build_servers
from solvers.air.stepping import enough_sweeps
from solvers.air.transient import TransientControls, check_transient
from twin.verification.air_boxes import raster_of, uniform_grid

PROBLEM = AirProblem(
    raster=raster_of(uniform_grid((2, 2, 2))),
    supplies=(Supply(port="a", flow=1.0, temperature=293.15), Supply(port="b", flow=2.0, temperature=294.15)),
    exhausts=(Exhaust(port="out", backflow_temperature=293.15),),
    racks=(ThroughFlow(name="r", intake="r.front", exhaust="r.rear", flow=0.5, heat=1000.0),),
)


def test_values_are_linear_between_points_and_constant_beyond() -> None:
    course = Course(
        quantity=Quantity.SUPPLY_TEMPERATURE, element="b", time=(10.0, 20.0), value=(294.15, 304.15)
    )
    assert [problem_at(PROBLEM, (course,), t).supplies[1].temperature for t in (0.0, 12.5, 99.0)] == [
        294.15,
        296.65,
        304.15,
    ]
    assert problem_at(PROBLEM, (course,), 99.0).supplies[0] == PROBLEM.supplies[0]


def test_factors_scale_what_the_problem_says() -> None:
    course = Course(quantity=Quantity.SUPPLY_FLOW, time=(0.0, 4.0), value=(1.0, 0.0), factor=True)
    assert [s.flow for s in problem_at(PROBLEM, (course,), 1.0).supplies] == [0.75, 1.5]


def test_still_sees_changes_between_its_ends() -> None:
    peak = Course(quantity=Quantity.RACK_HEAT, time=(1.0, 2.0, 3.0), value=(0.0, 500.0, 0.0))
    assert still((peak,), 3.0, 9.0)
    assert still((peak,), 0.0, 1.0)
    assert not still((peak,), 0.0, 4.0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"element": "x"}, "no port .x. among the supplies"),
        ({"time": (0.0, 1.0)}, "2 times and 1 values"),
        ({"time": (2.0, 1.0), "value": (294.0, 295.0)}, "do not increase"),
        ({"value": (22.0,)}, "allowed 230..390 K"),
        ({"value": (float("nan"),)}, "not finite"),
    ],
)
def test_courses_are_checked(changes: dict[str, object], words: str) -> None:
    given: dict[str, object] = {
        "quantity": Quantity.SUPPLY_TEMPERATURE,
        "element": "a",
        "time": (0.0,),
        "value": (294.0,),
    }
    with pytest.raises(InputError, match=words):
        check_courses(PROBLEM, (Course(**{**given, **changes}),))  # type: ignore[arg-type]


def test_negative_and_vanishing_flows() -> None:
    def course(quantity: Quantity, value: float) -> tuple[Course]:
        return (Course(quantity=quantity, time=(0.0,), value=(value,)),)

    check_courses(PROBLEM, course(Quantity.SUPPLY_FLOW, 0.0))  # fans that stop
    with pytest.raises(InputError, match="below 0"):
        check_courses(PROBLEM, course(Quantity.RACK_HEAT, -1.0))
    with pytest.raises(InputError, match="rack flow"):
        check_courses(PROBLEM, course(Quantity.RACK_FLOW, 0.0))


@pytest.mark.parametrize(
    ("rack", "capacity", "effectiveness", "words"),
    [("x", 1e4, 0.8, "no such rack"), ("r", 0.0, 0.8, "above 0"), ("r", 1e4, 1.2, "outside 0..1")],
)
def test_servers_are_checked(rack: str, capacity: float, effectiveness: float, words: str) -> None:
    with pytest.raises(InputError, match=words):
        build_servers(PROBLEM, {rack: ServerMass(capacity=capacity, effectiveness=effectiveness)})


@pytest.mark.parametrize(
    ("controls", "words"),
    [
        (TransientControls(duration=0.0, time_step=0.1), "duration = 0"),
        (TransientControls(duration=1.0, time_step=-0.1), "time_step = -0.1"),
        (TransientControls(duration=1.0, time_step=0.1, courant=0.0), "courant = 0"),
        (TransientControls(duration=1.0, time_step=0.1, sweeps=0), "sweeps"),
    ],
)
def test_controls_are_checked(controls: TransientControls, words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_transient(controls)


def test_longer_steps_take_more_sweeps() -> None:
    """g = exchange / (exchange + inertia): 0.3 is left of 1/2 after 0.5 sweeps, of 0.9 after 7."""
    assert [enough_sweeps(e, 1.5) for e in (0.0, 0.01, 1.5, 13.5, 1e9)] == [1, 1, 1, 7, 30]
