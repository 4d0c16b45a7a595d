"""How a hall's loop answers an hour of the year: solved every time, or read from a table of solved points.

A table holds capacity rates, effectiveness, pump power, losses, the hottest junction and the mains' drop over
three axes: the racks' heat, the facility water above what the set point asks for, and the set point. They
hardly bend, so that few points do; points are added until those half way between are met.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require, require_range
from solvers.errors import SolverError
from solvers.liquid.control.set_points import pump_differential
from solvers.liquid.hall.hours import HourLoads, HourStates, solve_hours
from solvers.liquid.hall.loop import RackLiquid
from solvers.liquid.hall.lumped import LumpedLoop, temperatures_with, water_required
from solvers.liquid.hall.plan import LoopPlan

Array = NDArray[np.float64]

KELVIN = 0.1  # most that a table's temperatures may be off [K]
PUMPING = 0.01  # and its pump power, relative
_LEVEL = 1e-9  # range of an axis that counts as one value
_ROUNDS = 14


class Answer(NamedTuple):
    """A hall's loop in n hours; (n,) each."""

    lumped: LumpedLoop
    junction_rise: Array  # hottest GPU above the mixed technology supply [K]; nan without GPUs
    fws_drop: Array  # worst way through the hall's facility pipes [Pa]


class Responds(Protocol):
    """Anything that answers for a hall's loop: heat share [-], set point and water [K] (nan: the warmest)."""

    @property
    def design_heat(self) -> float:
        """Of all racks [W]."""

    def __call__(self, share: Array, set_point: Array, water: Array) -> Answer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowControl:
    """How flow and pressure follow the racks' heat.

    follows_heat  racks have valves that keep their flow in proportion to heat, down to `least`; otherwise
                  the flow of design passes in all hours
    least         share of the design flow [-]
    at_rest       share of the design differential pressure that the pumps keep at no flow [-]: 1 constant,
                  0.5 proportional; it falls with the square of the flow
    """

    follows_heat: bool = False
    least: float = 0.3
    at_rest: float = 1.0

    def __post_init__(self) -> None:
        require_range("least share of the racks' flow", self.least, 0.01, 1.0, "-")
        require_range("differential pressure at rest over design", self.at_rest, 0.0, 1.0, "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedLoop:
    """A hall whose loop is solved in every hour asked for."""

    plan: LoopPlan
    racks: tuple[RackLiquid, ...]
    control: FlowControl = FlowControl()

    @property
    def design_heat(self) -> float:
        return sum(rack.heat for rack in self.racks)

    def states(self, share: Array, set_point: Array, water: Array) -> HourStates:
        """All that `solve_hours` knows; arguments as of a response."""
        flow, drop = np.ones_like(share), np.ones_like(share)
        if self.control.follows_heat:
            flow = np.clip(share, self.control.least, 1.0)
            plates = [rack for rack in self.racks if rack.gpus] or self.racks
            exponent = max(rack.exponent for rack in plates)
            held = pump_differential(flow, design=1.0, at_rest=self.control.at_rest)
            drop = np.maximum(held / flow**exponent, 1.0)  # a valve only adds to the rack's own drop
        loads = HourLoads(heat=share, flow=flow, drop=drop, set_point=set_point, water=water)
        return solve_hours(self.plan, self.racks, loads)

    def __call__(self, share: Array, set_point: Array, water: Array) -> Answer:
        found = self.states(share, set_point, water)
        return Answer(found.lumped(), found.junction - found.tcs_supply, found.fws_drop)


class TableError(NamedTuple):
    """Bound of the difference to the solver: twice the largest found half way between the table's points.

    Where a unit begins to float the answer has a kink; a straight line over one kink is off by at most twice
    what it is off half way.
    """

    kelvin: float  # of supply, return, facility water and junction [K]
    pump_power: float  # relative [-]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopTable:
    """A hall's loop by multilinear interpolation; beyond its axes the last values hold.

    share, excess, set_point   axes: heat [-], water above what the set point asks for [K], supply [K]
    values                     (7, share, excess, set_point)
    """

    design_heat: float
    share: Array
    excess: Array
    set_point: Array
    values: Array
    error: TableError

    def __call__(self, share: Array, set_point: Array, water: Array) -> Answer:
        held = _answer(self._at(share, np.zeros_like(share), set_point), share)
        required = water_required(held.lumped, share * self.design_heat, set_point)
        above = np.where(np.isnan(water), 0.0, water - required)
        if not np.any(np.abs(above) > _LEVEL):
            return held
        return _answer(self._at(share, above, set_point), share)

    def _at(self, share: Array, excess: Array, set_point: Array) -> Array:
        return _multilinear((self.share, self.excess, self.set_point), self.values, share, excess, set_point)


def tabulate_loop(
    loop: SolvedLoop,
    *,
    share: tuple[float, float],
    excess: tuple[float, float],
    set_point: tuple[float, float],
) -> LoopTable:
    """The table of a hall over ranges of heat [-], water above the required [K] and set point [K].

    Points are added until half way between them temperatures are met to 0.05 K and pump power to 0.5 %, half
    of what is promised. Raises SolverError where that needs too many, and as `solve_hours`.
    """
    require(0.0 <= share[0] <= share[1], f"heat of the table = {share[0]:g}..{share[1]:g}: must rise from 0")
    require(excess[0] <= 0.0 <= excess[1], "a table of a loop needs the water its set point asks for")
    share = max(share[0], 1e-3), max(share[1], 1e-3)
    points = _Points(loop)
    axes = [_axis(*share), _axis(excess[0], 0.0, excess[1]), _axis(*set_point)]
    for _ in range(_ROUNDS):
        points.worst = TableError(0.0, 0.0)
        table = _table(points, axes)
        split = [_split(points, table, axes, along) for along in range(3)]
        if all(new.size == old.size for new, old in zip(split, axes, strict=True)):
            _miss(points, table, [_halves(axis) if axis.size > 1 else axis for axis in axes])
            if points.worst.kelvin <= KELVIN and points.worst.pump_power <= PUMPING:
                return replace(table, error=points.worst)
            split = [np.union1d(axis, _halves(axis)) for axis in axes]
        axes = split
    raise SolverError(
        f"the answer of a hall's loop bends too much for a table of {' x '.join(str(a.size) for a in axes)} "
        "points\n  try: loop.year=resolved"
    )


class _Points:
    """Solved points of one hall, each once, and the bound found since it was last reset."""

    def __init__(self, loop: SolvedLoop) -> None:
        self.loop = loop
        self.known: dict[tuple[float, float, float], Array] = {}
        self.worst = TableError(0.0, 0.0)

    def __call__(self, grid: list[tuple[float, float, float]]) -> Array:
        """Values at points (heat, excess, set point), (7, n)."""
        self._solve([(q, 0.0, t) for q, _, t in grid])
        self._solve(grid)
        return np.stack([self.known[point] for point in grid], axis=1)

    def _solve(self, grid: list[tuple[float, float, float]]) -> None:
        new = [point for point in dict.fromkeys(grid) if point not in self.known]
        if not new:
            return
        q, e, t = np.array(new).T
        water = np.full(q.size, np.nan)
        for i in np.flatnonzero(e):
            held = _answer(self.known[(q[i], 0.0, t[i])][:, None], q[i : i + 1])
            water[i] = water_required(held.lumped, q[i] * self.loop.design_heat, t[i])[0] + e[i]
        lumped, rise, drop = self.loop(q, t, water)
        # the rise follows the heat: over it, it hardly changes
        columns = (lumped.c_tcs, lumped.c_fws, lumped.effectiveness, lumped.pump_power, lumped.loss)
        for point, column in zip(new, np.stack((*columns, rise / q, drop), axis=1), strict=True):
            self.known[point] = column


def _answer(values: Array, share: Array) -> Answer:
    c_tcs, c_fws, effectiveness, pump_power, loss, rise, drop = values
    lumped = LumpedLoop(
        c_tcs=c_tcs, c_fws=c_fws, effectiveness=effectiveness, pump_power=pump_power, loss=loss
    )
    return Answer(lumped, rise * share, drop)


def _axis(*marks: float) -> Array:
    found = [marks[0]]
    for mark in marks[1:]:
        if mark - found[-1] > _LEVEL:
            found.append(mark)
    return np.array(found)


def _halves(axis: Array) -> Array:
    return 0.5 * (axis[1:] + axis[:-1])


def _table(points: _Points, axes: list[Array]) -> LoopTable:
    values = points([(float(q), float(e), float(t)) for q, e, t in product(*axes)])
    return LoopTable(
        design_heat=points.loop.design_heat,
        share=axes[0],
        excess=axes[1],
        set_point=axes[2],
        values=values.reshape(-1, *(axis.size for axis in axes)),
        error=points.worst,
    )


def _split(points: _Points, table: LoopTable, axes: list[Array], along: int) -> Array:
    """The axis with its intervals halved where the table misses half way."""
    axis = axes[along]
    if axis.size < 2:
        return axis
    grid = list(axes)
    grid[along] = _halves(axis)
    kelvin, pumping = _miss(points, table, grid)
    others = tuple(i for i in range(3) if i != along)
    shape = tuple(part.size for part in grid)
    bad = (kelvin.reshape(shape) > 0.5 * KELVIN) | (pumping.reshape(shape) > 0.5 * PUMPING)
    return np.union1d(axis, grid[along][bad.any(axis=others)])


def _miss(points: _Points, table: LoopTable, axes: list[Array]) -> tuple[Array, Array]:
    """Difference of table and solver at a grid of points, of temperatures [K] and pump power [-]."""
    grid = [(float(q), float(e), float(t)) for q, e, t in product(*axes)]
    q, e, t = np.array(grid).T
    heat = q * table.design_heat
    right = _answer(points(grid), q)
    left = _answer(table._at(q, e, t), q)
    held = _answer(points([(a, 0.0, c) for a, _, c in grid]), q)
    water = water_required(held.lumped, heat, t) + e
    ours, theirs = (temperatures_with(each.lumped, heat, water) for each in (left, right))
    apart = [
        np.abs(getattr(ours, k) - getattr(theirs, k)) for k in ("tcs_supply", "tcs_return", "fws_return")
    ]
    asked = np.abs(water_required(_answer(table._at(q, 0.0 * e, t), q).lumped, heat, t) + e - water)
    junction = np.abs(ours.tcs_supply + left.junction_rise - theirs.tcs_supply - right.junction_rise)
    kelvin = np.max([*apart, asked, np.nan_to_num(junction)], axis=0)
    pumping = np.abs(left.lumped.pump_power / right.lumped.pump_power - 1.0)
    found = 2.0 * float(kelvin.max()), 2.0 * float(pumping.max())
    points.worst = TableError(*np.maximum(found, points.worst).tolist())
    return kelvin, pumping


def _multilinear(axes: tuple[Array, ...], values: Array, *at: Array) -> Array:
    """Values (m, ...) on a grid, at n points; axes of one value are constant, ends hold beyond."""
    place, weight = [], []
    for axis, x in zip(axes, at, strict=True):
        if axis.size == 1:
            place.append(np.zeros(x.size, dtype=np.intp))
            weight.append(np.zeros(x.size))
            continue
        i = np.clip(np.searchsorted(axis, x) - 1, 0, axis.size - 2)
        place.append(i)
        weight.append(np.clip((x - axis[i]) / (axis[i + 1] - axis[i]), 0.0, 1.0))
    total = np.zeros((values.shape[0], at[0].size))
    used = [(0, 1) if axis.size > 1 else (0,) for axis in axes]
    for corner in product(*used):
        share = np.ones(at[0].size)
        for side, w in zip(corner, weight, strict=True):
            share = share * (w if side else 1.0 - w)
        index = tuple(i + side for i, side in zip(place, corner, strict=True))
        total += share * values[:, index[0], index[1], index[2]]
    return total
