"""Thousands of variants of CDU loops in one parallel call: random load, flow and facility water."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import require, require_range
from solvers.errors import BalanceError, SolverError
from solvers.liquid.cdu_loop.kernels.drive import (
    COOLANT_MAX,
    COOLANT_MIN,
    FLOW_MIN,
    OUTPUTS,
    PLATE_MAX,
    SPEED_MAX,
    ensemble_kernel,
)
from solvers.liquid.cdu_loop.loop import CduLoop, flatten
from solvers.liquid.cdu_loop.march import CLOSURE, PLATE_LIMIT, LoopState, course_of
from solvers.liquid.control.kernels import POSITION

Array = NDArray[np.float64]

LANES = 64  # members side by side: their state fits the nearest caches


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Half widths of uniform distributions about the given values.

    load   of each rack's heat, each rack its own [-]
    flow   of the loop's flow: of the pumps' speed, or of their target as flow^exponent [-]
    water  of the facility water, the same during the march [K]
    """

    load: float = 0.0
    flow: float = 0.0
    water: float = 0.0

    def __post_init__(self) -> None:
        require_range("half width of the load", self.load, 0.0, 1.0, "-")
        require_range("half width of the flow", self.flow, 0.0, 0.99, "-")
        require_range("half width of the facility water", self.water, 0.0, 100.0, "K")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensemble:
    """What the members came to.

    outputs      names: highest supply, return and plate temperature [K], supply at the end [K], least flow
                 [kg/s], energy of the pumps and heat to the facility water [J], warmest facility water;
                 coldest and warmest coolant: leaving exchanger and racks, to the racks, back [K]; highest
                 speed of the pumps [-]
    probability  (q,) of the percentiles, 0..100
    percentiles  (q, n, outputs)
    members      (n, members, outputs), or None where they were not asked for
    idle         (n,) members whose coolant stood still at some time
    overrun      (n,) members whose pumps stood at full speed: flow or pressure may be short of what was drawn
    closure      worst energy balance of any step of any member, relative
    """

    outputs: tuple[str, ...]
    probability: tuple[float, ...]
    percentiles: Array
    members: Array | None
    idle: NDArray[np.intp]
    overrun: NDArray[np.intp]
    closure: float


def march_ensemble(
    loops: Sequence[CduLoop],
    starts: Sequence[LoopState],
    *,
    members: int,
    spread: Spread,
    seed: int,
    step: float,
    steps: int,
    water: ArrayLike,
    load: ArrayLike = 1.0,
    offered: ArrayLike = 1.0,
    set_point: ArrayLike = np.nan,
    drop: ArrayLike = np.nan,
    stuck: ArrayLike = False,
    tripped: ArrayLike = False,
    percentiles: Sequence[float] = (5.0, 50.0, 95.0),
    keep: bool = False,
) -> Ensemble:
    """March `members` variants of every loop; courses as in `march`, shared by all.

    Members of a loop begin together at its start. Member e of loop n draws the same numbers whatever else is
    in the call, and the result is the same bit by bit for any number of threads.

    Raises InputError for bad input, SolverError when a member's coolant leaves its range or a plate is beyond
    `PLATE_LIMIT`, BalanceError when the energy of a step does not close to 1e-10.
    """
    require(len(starts) == len(loops), f"{len(loops)} loops, but {len(starts)} states to start from")
    require(members >= 1, f"members = {members}: one at least")
    require(0 <= seed < 2**63, f"seed = {seed}: outside 0..2^63")
    require_range("time step of the ensemble", step, 1e-6, 3600.0, "s")
    require(steps >= 1, f"steps = {steps}: one at least")
    p = flatten(loops)
    course = course_of(p, steps, load, water, offered, set_point, drop, stuck, tripped)
    out = np.empty((len(loops), members, len(OUTPUTS)))
    closure = np.empty((len(loops), members))
    ensemble_kernel(
        p,
        step,
        course,
        np.stack(
            [_full(p.admittance.shape[1], loop, state) for loop, state in zip(loops, starts, strict=True)]
        ),
        np.array([state.pump[POSITION] for state in starts]),
        np.array([state.valve[POSITION] for state in starts]),
        np.array([spread.load, spread.flow, spread.water]),
        np.uint64(seed),
        LANES,
        out,
        closure,
    )
    _require_sound(loops, out, closure)
    return Ensemble(
        outputs=OUTPUTS,
        probability=tuple(percentiles),
        percentiles=np.stack([np.percentile(one, percentiles, axis=0) for one in out], axis=1),
        members=out if keep else None,
        idle=np.sum(out[:, :, FLOW_MIN] <= 0.0, axis=1),
        overrun=np.sum(out[:, :, SPEED_MAX] >= np.array([[loop.pump.high] for loop in loops]), axis=1),
        closure=float(closure.max()),
    )


def _full(racks: int, loop: CduLoop, state: LoopState) -> Array:
    """The state of a loop with places for racks it does not have."""
    own, t = len(loop.racks), state.temperature
    none = np.full(racks - own, loop.temperature)
    return np.concatenate((t[:own], none, t[own : 2 * own], none, t[2 * own :]))


def _require_sound(loops: Sequence[CduLoop], out: Array, closure: Array) -> None:
    n, e = (
        int(at)
        for at in np.unravel_index(np.argmax(np.where(np.isnan(closure), np.inf, closure)), closure.shape)
    )
    if not closure[n, e] <= CLOSURE:
        raise BalanceError(
            f"energy of loop {loops[n].name}, member {e}, is open by {closure[n, e]:.3g}, allowed {CLOSURE:g}"
        )
    low, high = (np.array([[getattr(loop.coolant, name)] for loop in loops]) for name in ("t_min", "t_max"))
    cold, warm, plate = out[:, :, COOLANT_MIN], out[:, :, COOLANT_MAX], out[:, :, PLATE_MAX]
    for what, bad, worst in (
        ("the coolant of {} members leaves its range", cold < low, cold),
        ("the coolant of {} members leaves its range", warm > high, warm),
        (f"cold plates of {{}} members exceed {PLATE_LIMIT:g} K", plate > PLATE_LIMIT, plate),
    ):
        if bad.any():
            n, e = (int(at) for at in np.argwhere(bad)[0])
            raise SolverError(
                f"{what.format(int(bad.sum()))}, the first loop {loops[n].name}, member {e}: "
                f"{worst[n, e]:.1f} K, least flow {out[n, e, FLOW_MIN]:.3g} kg/s; "
                f"{loops[n].coolant.name} is known from {low[n, 0]:g} to {high[n, 0]:g} K\n"
                "  try: other facility water, less heat, more flow, or a shorter march"
            )
