"""What changes while a hall is marched in time: courses of device values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

from geometry.errors import require
from solvers.air.problem import AirProblem, PorousRack


class Quantity(Enum):
    """Values of devices that may change: (list of the problem, key of an element, attribute)."""

    SUPPLY_TEMPERATURE = ("supplies", "port", "temperature")  # K
    SUPPLY_FLOW = ("supplies", "port", "flow")  # m3/s
    RACK_HEAT = ("racks", "name", "heat")  # W
    RACK_FLOW = ("racks", "name", "flow")  # m3/s
    BACKFLOW_TEMPERATURE = ("exhausts", "port", "backflow_temperature")  # K
    SOURCE_HEAT = ("sources", "name", "heat")  # W
    UNIT_FLOW = ("units", "name", "flow")  # m3/s, of units without a fan curve
    UNIT_RUNS = ("units", "name", "failed")  # 1: its fans run, 0 (below 1/2): they stand still
    UNIT_SET_POINT = ("units", "name", "set_point")  # K
    WATER_TEMPERATURE = ("units", "name", "water_temperature")  # K, entering the coil
    WATER_FLOW = ("units", "name", "water_flow")  # kg/s, at full valve


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A value over time, linear between points and constant before the first and after the last.

    element  name of the rack, source or unit, or port of the supply or exhaust; None: all of them
    time     increasing [s]; value: of the same length, in SI
    factor   the values are factors on what the problem says
    """

    quantity: Quantity
    time: tuple[float, ...]
    value: tuple[float, ...]
    element: str | None = None
    factor: bool = False

    def at(self, time: float) -> float:
        return float(np.interp(time, self.time, self.value))


def check_courses(problem: AirProblem, courses: tuple[Course, ...]) -> None:
    """Points in order, finite values, known elements; InputError otherwise."""
    for course in courses:
        group, key, attribute = course.quantity.value
        title = f"course of {course.quantity.name.lower().replace('_', ' ')}"
        names = [getattr(device, key) for device in getattr(problem, group)]
        require(
            course.element is None or course.element in names,
            f"{title}: no {key} {course.element!r} among the {group}",
            hint="it has " + (", ".join(names[:8]) or "none"),
        )
        require(
            len(course.time) == len(course.value) >= 1,
            f"{title}: {len(course.time)} times and {len(course.value)} values",
            hint="give one value a time",
        )
        time, value = np.array(course.time), np.array(course.value)
        require(bool(np.isfinite(time).all() and np.isfinite(value).all()), f"{title}: not finite everywhere")
        require(bool((np.diff(time) > 0.0).all()), f"{title}: times do not increase", hint="sort the points")
        lowest = float(value.min())
        given = [getattr(d, attribute) for d in getattr(problem, group) if _concerns(course, d)]
        require(
            not course.factor or None not in given,
            f"{title}: a factor on a value that is not given",
            hint="give the value in the problem, or the course without factor",
        )
        for device in getattr(problem, group):
            follows = getattr(device, "fan", None) is not None or isinstance(device, PorousRack)
            require(
                attribute != "flow" or not follows or not _concerns(course, device),
                f"{title}: the flow of {getattr(device, key)} follows from the pressure",
                hint="change what drives it, or give the device a fixed flow",
            )
        if attribute in ("flow", "heat", "water_flow", "failed") or course.factor:
            require(lowest >= 0.0, f"{title}: {lowest:g} is below 0")
            require(
                course.quantity is not Quantity.RACK_FLOW or lowest > 0.0,
                f"{title}: 0 m3/s, and the heat has no way out",
                hint="keep a small flow, or set the heat to zero",
            )
        else:
            require(
                lowest >= 230.0 and float(value.max()) <= 390.0,
                f"{title}: {lowest:g}..{value.max():g} K, allowed 230..390 K",
                hint="temperatures are in kelvin",
            )


def problem_at(problem: AirProblem, courses: tuple[Course, ...], time: float) -> AirProblem:
    """The problem with the values of the courses at `time` [s]; later courses override earlier ones."""
    for course in courses:
        group, _, _ = course.quantity.value
        devices = tuple(_renewed(device, course, time) for device in getattr(problem, group))
        changed: dict[str, Any] = {group: devices}
        problem = replace(problem, **changed)
    return problem


def _concerns(course: Course, device: Any) -> bool:
    return course.element is None or getattr(device, course.quantity.value[1]) == course.element


def _renewed(device: Any, course: Course, time: float) -> Any:
    attribute = course.quantity.value[2]
    if not _concerns(course, device):
        return device
    if course.quantity is Quantity.UNIT_RUNS:
        return replace(device, failed=course.at(time) < 0.5)
    base = getattr(device, attribute) if course.factor else 1.0
    return replace(device, **{attribute: base * course.at(time)})


def still(courses: tuple[Course, ...], start: float, end: float) -> bool:
    """Whether no course changes between two times [s]."""
    for course in courses:
        inside = [t for t in course.time if start < t < end]
        values = [course.at(t) for t in (start, *inside, end)]
        if any(v != values[0] for v in values):
            return False
    return True
