"""One CDU loop through time: from a steady start through loads, facility water and failures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import require, require_range
from solvers.errors import BalanceError, SolverError
from solvers.liquid.cdu_loop.kernels.drive import Course, march_kernel
from solvers.liquid.cdu_loop.kernels.step import Loops, make_lanes
from solvers.liquid.cdu_loop.loop import CduLoop, flatten
from solvers.liquid.control.pid import at_rest

Array = NDArray[np.float64]

CLOSURE = 1e-10  # of every step's energy; over the largest of heat in, heat out, heat stored and UA x 1 K
# cold plates and packages' cases [K]. Assumption: electronics have shut themselves down long before, which
# the model, of constant heat and properties, does not
PLATE_LIMIT = 423.15
_LONG = 1e12  # a step after which a loop is steady to round-off [s]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopState:
    """Where a march begins or ends: temperatures (cells,) [K], memories of both controllers.

    Cells: plates of the racks, their coolant, the supply pipe's from the exchanger on, the return pipe's.
    """

    temperature: Array
    valve: Array  # (4,)
    pump: Array  # (4,)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopHistory:
    """What a loop was at the end of every step; arrays (steps,), those of racks (steps, r)."""

    time: Array  # [s]
    plate: Array  # temperature of cold plates and packages' cases [K]
    junction: Array  # [K]
    rack_outlet: Array  # [K]
    unit_supply: Array  # behind the exchanger: what the valve's controller measures [K]
    supply: Array  # at the racks [K]
    back: Array  # at the exchanger, behind the pumps [K]
    flow: Array  # [kg/s]
    speed: Array  # of the pumps [-]
    valve: Array  # opening [-]
    rack_drop: Array  # [Pa]
    pump_power: Array  # [W]
    facility_heat: Array  # mean over the step [W]
    facility_out: Array  # the same, as temperature [K]
    closure: float  # worst energy balance of a step, relative
    end: LoopState


def steady(
    loop: CduLoop,
    *,
    water: float,
    load: ArrayLike = 1.0,
    speed: float | None = None,
    drop: float | None = None,
    valve: float | None = None,
    set_point: float | None = None,
    offered: float = 1.0,
) -> LoopState:
    """The loop at rest, controllers ready.

    water      facility water in [K]; `offered`: facility flow over that of `open_rate`, valve open [-]
    load       heat of the racks over their design heat [-], one number or (r,)
    speed      of the pumps [-], or `drop`: the differential pressure of the racks they hold [Pa]
    valve      opening [-], or `set_point`: the supply it holds [K]; open where the water is too warm

    Raises InputError for pumps at rest (there is no steady state), too weak pumps, or contradicting values.
    """
    require((speed is None) != (drop is None), "give either the pumps' speed or the racks' pressure drop")
    require((valve is None) != (set_point is None), "give either the valve's opening or a set point")
    p = flatten([loop])
    if drop is not None:
        speed = speed_for(p, drop)
        require(
            speed <= loop.pump.high,
            f"pumps of loop {loop.name}: {drop:g} Pa across the racks ask for a speed of {speed:.3g}, "
            f"{loop.pump.high:g} is the most",
            hint="a smaller target, or larger pumps",
        )
    assert speed is not None
    require(0.0 < speed <= 1.0, f"pump speed of loop {loop.name} = {speed:g}: must lie above 0, up to 1")
    course = course_of(p, 1, load, water, offered, np.nan, np.nan, False, False)
    if valve is not None:
        require_range(f"valve of loop {loop.name}", valve, 0.0, 1.0, "-")
    else:
        valve = _opening(p, loop, course, speed, set_point)
    return _settled(p, loop, course, speed, valve)


def speed_for(p: Loops, drop: float) -> float:
    """Pump speed [-] at which the racks of the first loop have `drop` [Pa]."""
    require(drop > 0.0, f"pressure drop of the racks = {drop:g} Pa: must be positive")
    flow = float(p.admittance[0].sum()) * drop ** (1.0 / p.exponent[0])
    return float(np.sqrt((drop + (p.mains[0] + p.fall[0]) * flow**2) / p.shutoff[0]))


def march(
    loop: CduLoop,
    start: LoopState,
    *,
    step: float,
    steps: int,
    water: ArrayLike,
    load: ArrayLike = 1.0,
    offered: ArrayLike = 1.0,
    set_point: ArrayLike = np.nan,
    drop: ArrayLike = np.nan,
    stuck: ArrayLike = False,
    tripped: ArrayLike = False,
) -> LoopHistory:
    """March a loop over `steps` steps of `step` seconds, second order in time.

    Courses are numbers or (steps,), constant during a step: means over it keep the order.

    water      facility water in [K]; offered: facility flow over that of `open_rate`, valve open [-]
    load       heat over the racks' design heat [-]; also (steps, r)
    set_point  supply the valve aims at [K]; drop: what the pumps hold across the racks [Pa]; nan: they stay
    stuck      whether the valve is stuck; tripped: whether the pumps have lost their power

    Raises InputError for bad courses, SolverError when the coolant leaves its range or a plate is beyond
    `PLATE_LIMIT`, BalanceError when the energy of a step does not close to 1e-10.
    """
    require_range(f"time step of loop {loop.name}", step, 1e-6, 3600.0, "s")
    require(steps >= 1, f"steps of loop {loop.name} = {steps}: one at least")
    p = flatten([loop])
    course = course_of(p, steps, load, water, offered, set_point, drop, stuck, tripped)
    history = _march(p, loop, course, start, step)
    _require_in_range(loop, history)
    if not history.closure <= CLOSURE:
        raise BalanceError(
            f"energy of loop {loop.name} is open by {history.closure:.3g}, allowed {CLOSURE:g}; "
            "the results must not be used"
        )
    return history


def _march(p: Loops, loop: CduLoop, course: Course, start: LoopState, step: float) -> LoopHistory:
    racks, cells = p.admittance.shape[1], p.capacity.shape[1]
    require(
        start.temperature.shape == (cells,),
        f"loop {loop.name} has {cells} cells, the state {start.temperature.size}",
    )
    steps = course.water.size
    b = make_lanes(racks, cells, 1)
    b.state[:, 0], b.valve[0], b.pump[0] = start.temperature, start.valve, start.pump
    state = np.empty((steps, cells))
    flow, speed, valve, heat, power, drop = (np.empty(steps) for _ in range(6))
    march_kernel(p, 0, step, course, b, state, flow, speed, valve, heat, power, drop)
    rate = loop.open_rate * course.opening * valve
    modules = np.array([rack.heat_share * rack.heat / rack.modules for rack in loop.racks])
    return LoopHistory(
        time=step * np.arange(1.0, steps + 1.0),
        plate=state[:, :racks],
        junction=state[:, :racks] + loop.plate.junction_to_case * modules * course.load,
        rack_outlet=state[:, racks : 2 * racks],
        unit_supply=state[:, 2 * racks],
        supply=state[:, 2 * racks + p.supply_cells - 1],
        back=state[:, -1],
        flow=flow,
        speed=speed,
        valve=valve,
        rack_drop=drop,
        pump_power=power,
        facility_heat=heat,
        facility_out=course.water + np.where(rate > 0.0, heat / np.where(rate > 0.0, rate, 1.0), 0.0),
        closure=float(b.closure[0]),
        end=LoopState(temperature=state[-1].copy(), valve=b.valve[0].copy(), pump=b.pump[0].copy()),
    )


def _settled(p: Loops, loop: CduLoop, course: Course, speed: float, valve: float) -> LoopState:
    begin = LoopState(
        temperature=np.full(p.capacity.shape[1], loop.temperature), valve=at_rest(valve), pump=at_rest(speed)
    )
    end = _march(p, loop, course, begin, _LONG).end
    return LoopState(temperature=end.temperature, valve=at_rest(valve), pump=at_rest(speed))


def _opening(p: Loops, loop: CduLoop, course: Course, speed: float, set_point: float | None) -> float:
    """Opening that holds the set point [K]: bisection, the supply falls as the valve opens."""
    low, high = loop.valve.low, loop.valve.high
    first = 2 * p.admittance.shape[1]

    def supply(valve: float) -> float:
        return float(_settled(p, loop, course, speed, valve).temperature[first])

    assert set_point is not None
    if supply(high) >= set_point:
        return high
    for _ in range(60):
        middle = 0.5 * (low + high)
        if middle > 0.0 and supply(middle) < set_point:
            high = middle
        else:
            low = middle
    return high


def course_of(
    p: Loops,
    steps: int,
    load: ArrayLike,
    water: ArrayLike,
    offered: ArrayLike,
    set_point: ArrayLike,
    drop: ArrayLike,
    stuck: ArrayLike,
    tripped: ArrayLike,
) -> Course:
    racks = p.admittance.shape[1]

    def along(name: str, values: ArrayLike, low: float, high: float, unit: str) -> Array:
        data = np.asarray(values, dtype=np.float64)
        require(data.shape in ((), (steps,)), f"{name}: a number or {steps} of them, not {data.shape}")
        inside = (data >= low) & (data <= high) | np.isnan(data) & (name in _HELD)
        worst = float(np.ravel(data)[np.argmin(np.ravel(inside))])
        require(bool(np.all(inside)), f"{name} = {worst:g} {unit}: outside {low:g}..{high:g} {unit}")
        return np.broadcast_to(data, (steps,)).copy()

    def flags(name: str, values: ArrayLike) -> NDArray[np.bool_]:
        data = np.asarray(values, dtype=np.bool_)
        require(data.shape in ((), (steps,)), f"{name}: one flag or {steps} of them, not {data.shape}")
        return np.broadcast_to(data, (steps,)).copy()

    share = np.asarray(load, dtype=np.float64)
    if share.shape == (steps,):
        share = share[:, None]
    require(
        share.shape in ((), (racks,), (1, racks), (steps, 1), (steps, racks)),
        f"load: a number, {steps} steps, {racks} racks or both, not {share.shape}",
    )
    require(
        bool(np.all((share >= 0.0) & (share <= 10.0))),
        f"load {share.min():g}..{share.max():g}: outside 0..10",
    )
    return Course(
        load=np.broadcast_to(share, (steps, racks)).copy(),
        water=along("facility water", water, 200.0, 450.0, "K"),
        opening=along("facility flow on offer", offered, 0.0, 10.0, "-"),
        supply=along("supply set point", set_point, 200.0, 450.0, "K"),
        drop=along("target of the pumps", drop, 0.0, 1e7, "Pa"),
        stuck=flags("valve stuck", stuck),
        tripped=flags("pumps tripped", tripped),
    )


_HELD = ("supply set point", "target of the pumps")  # nan: the actuator stays


def _require_in_range(loop: CduLoop, history: LoopHistory) -> None:
    low, high = loop.coolant.t_min, loop.coolant.t_max
    for name, values in (
        ("leaving the racks", history.rack_outlet),
        ("to the racks", history.supply),
        ("at the exchanger", history.back),
        ("behind the exchanger", history.unit_supply),
    ):
        by_step = values if values.ndim == 2 else values[:, None]
        outside = ~((by_step >= low) & (by_step <= high))
        if outside.any():
            k, i = (int(at) for at in np.argwhere(outside)[0])
            where = f" (rack {loop.racks[i].name})" if values.ndim == 2 else ""
            raise SolverError(
                f"coolant of loop {loop.name} {name}{where} has {by_step[k, i]:.1f} K after "
                f"{history.time[k]:g} s: {loop.coolant.name} is known from {low:g} to {high:g} K\n"
                "  try: less heat, more flow, or a march that ends earlier"
            )
    hot = ~(history.plate <= PLATE_LIMIT)
    if hot.any():
        k, i = (int(at) for at in np.argwhere(hot)[0])
        raise SolverError(
            f"cold plates of loop {loop.name} (rack {loop.racks[i].name}) have {history.plate[k, i]:.1f} K "
            f"after {history.time[k]:g} s, flow {history.flow[k]:.3g} kg/s: above {PLATE_LIMIT:g} K\n"
            "  try: less heat, more flow, or a march that ends earlier"
        )
