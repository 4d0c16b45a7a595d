"""The loops of a site by the hour: every hall's answer at one facility water, and the GPUs' limit.

The plant makes one water for all halls: the warmest with which the neediest hall holds its set point, or
what its coolers reach. Other halls throttle theirs. How far the coolers reach depends on heat and flow of the
halls, and these a little on the water: a few rounds settle both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array
from solvers.errors import SolverError
from solvers.liquid.hall.lumped import LumpedLoop, loop_temperatures, temperatures_with, water_required
from solvers.liquid.hall.response import Answer, Responds, TableError

Rows = NDArray[np.intp]
Reach = Callable[[Array, Array, Rows], Array]  # heat [W], capacity rate [W/K], hours -> coldest water [K]

_SETTLED = 1e-4  # of the facility water between rounds [K]
_ROUNDS = 12
_AT_LIMIT = 0.01  # junctions of throttled hours lie this near to their limit [K]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLoops:
    """The distinct halls of a site and how many there are of each.

    junction_limit  of a GPU, above which it throttles [K]; nan: it never does
    error           bound of the tables' error; None where every hour is solved
    """

    halls: tuple[tuple[Responds, int], ...]
    junction_limit: float = np.nan
    error: TableError | None = None

    @property
    def design_heat(self) -> float:
        """Of all racks [W]."""
        return sum(hall.design_heat * count for hall, count in self.halls)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopYear:
    """All loops of a site by hour (n,): heat and power [W], temperatures mixed over the halls [K].

    heat_fws   to the facility water; rate: its capacity rate [W/K]
    junction   of the hottest GPU; nan where not known
    """

    heat: Array
    pump_power: Array
    pipe_loss: Array
    heat_fws: Array
    rate: Array
    tcs_supply: Array
    tcs_return: Array
    fws_supply: Array
    fws_return: Array
    junction: Array


def lumped_year(loop: LumpedLoop, heat: Array, set_point: Array, reach: Reach | None) -> LoopYear:
    """The same for a site known by constant capacity rates alone."""
    rate = np.zeros_like(heat) + loop.c_fws
    total = heat + loop.pump_power - loop.loss
    available = np.full_like(heat, -np.inf) if reach is None else reach(total, rate, np.arange(heat.size))
    around = loop_temperatures(loop, heat, tcs_set_point=set_point, fws_available=available)
    return LoopYear(
        heat=heat,
        pump_power=np.zeros_like(heat) + loop.pump_power,
        pipe_loss=np.zeros_like(heat) + loop.loss,
        heat_fws=around.heat_fws,
        rate=rate,
        tcs_supply=around.tcs_supply,
        tcs_return=around.tcs_return,
        fws_supply=around.fws_supply,
        fws_return=around.fws_return,
        junction=np.full_like(heat, np.nan),
    )


def site_year(loops: SiteLoops, heat: Array, set_point: Array, reach: Reach | None) -> LoopYear:
    """The loops with their racks at `heat` of the whole site [W] and their supply at `set_point` [K]; (n,).

    reach  coldest water of the plant; None: chillers make any
    """
    return _solve(loops, heat, set_point, reach, np.arange(heat.size))[0]


def throttled_year(
    loops: SiteLoops, heat: Array, set_point: Array, reach: Reach | None
) -> tuple[LoopYear, Array]:
    """The same with GPUs that slow down at their junction's limit; second the share of `heat` that is left.

    All racks of the site slow down alike, to what the hottest GPU allows: an upper bound of what is lost.
    Raises SolverError where the water alone is hotter than the limit.
    """
    year = site_year(loops, heat, set_point, reach)
    left = np.ones_like(heat)
    rows = np.flatnonzero(year.junction > loops.junction_limit + _AT_LIMIT)
    if not rows.size:
        return year, left
    share, before = np.ones(rows.size), year.junction[rows] - loops.junction_limit
    rise = year.junction[rows] - year.tcs_supply[rows]
    new = 1.0 - before / rise  # as if the supply stayed
    for _ in range(_ROUNDS):
        part, _ = _solve(loops, heat[rows] * new, set_point[rows], reach, rows)
        over = part.junction - loops.junction_limit
        if not np.all(np.isfinite(over)) or np.any((new <= 0.0) & (over > 0.0)):
            limit = loops.junction_limit - 273.15
            raise SolverError(
                f"GPUs pass their limit of {limit:.1f} degC even at rest: their water is hotter\n"
                "  try: a larger plant, or a lower loop.supply_temperature_C"
            )
        if np.all(np.abs(over) <= _AT_LIMIT):
            break
        slope = (over - before) / np.where(new == share, np.inf, new - share)
        step = np.where(np.abs(over) > _AT_LIMIT, over / np.where(slope > 0.0, slope, np.inf), 0.0)
        share, before, new = new, over, np.clip(new - step, 0.0, 1.0)
    left[rows] = new
    merged = {field.name: getattr(year, field.name).copy() for field in fields(LoopYear)}
    for name, values in merged.items():
        values[rows] = getattr(part, name)
    return LoopYear(**merged), left


def water_above_required(
    loops: SiteLoops, heat: Array, set_point: Array, reach: Reach | None
) -> list[tuple[float, float]]:
    """Least and most by which the water is warmer than a hall's set point asks for [K], by distinct hall."""
    year, required = _solve(loops, heat, set_point, reach, np.arange(heat.size))
    return [(float(np.min(above)), float(np.max(above))) for above in year.fws_supply - required]


def _solve(
    loops: SiteLoops, heat: Array, set_point: Array, reach: Reach | None, rows: Rows
) -> tuple[LoopYear, Array]:
    """Some hours of a year, and the water that each hall's set point asks for, (halls, n) [K]."""
    share = heat / loops.design_heat
    free = np.full(heat.size, np.nan)
    answers = [_table(hall(share, set_point, free)) for hall, _ in loops.halls]
    required = np.array(
        [
            water_required(_lumped(answer), share * hall.design_heat, set_point)
            for (hall, _), answer in zip(loops.halls, answers, strict=True)
        ]
    )
    at = required.copy()  # the water of each answer
    wanted = required.min(axis=0)
    water = wanted
    for _ in range(_ROUNDS):
        for i, (hall, _) in enumerate(loops.halls):
            stale = np.flatnonzero(np.abs(water - at[i]) > 1e-9)
            if stale.size:
                fresh = hall(share[stale], set_point[stale], water[stale])
                answers[i][:, stale] = _table(fresh)
                at[i] = water
        year = _mixed(loops, answers, share, water)
        if reach is None:
            break
        new = np.maximum(wanted, reach(year.heat_fws, year.rate, rows))
        if float(np.max(np.abs(new - water))) <= _SETTLED:
            break
        # what has settled is not asked again
        water = np.where(np.abs(new - water) > _SETTLED, new, water)
    else:
        raise SolverError("facility water of the year: halls and coolers do not settle")
    return year, required


def _mixed(loops: SiteLoops, answers: list[Array], share: Array, water: Array) -> LoopYear:
    """Flows of all halls mixed by their capacity rates."""
    n = share.size
    tcs, fws, total, pumps, loss = (np.zeros(n) for _ in range(5))
    supply, back, out = (np.zeros(n) for _ in range(3))
    junction = np.full(n, np.nan)
    for (hall, count), answer in zip(loops.halls, answers, strict=True):
        lumped, rise = _lumped(answer), answer[5]
        around = temperatures_with(lumped, share * hall.design_heat, water)
        tcs += count * lumped.c_tcs
        fws += count * lumped.c_fws
        supply += count * lumped.c_tcs * around.tcs_supply
        back += count * lumped.c_tcs * around.tcs_return
        out += count * lumped.c_fws * around.fws_return
        total += count * around.heat_fws
        pumps += count * lumped.pump_power
        loss += count * lumped.loss
        junction = np.fmax(junction, around.tcs_supply + rise)
    return LoopYear(
        heat=share * loops.design_heat,
        pump_power=pumps,
        pipe_loss=loss,
        heat_fws=total,
        rate=fws,
        tcs_supply=supply / tcs,
        tcs_return=back / tcs,
        fws_supply=water,
        fws_return=out / fws,
        junction=junction,
    )


def _table(answer: Answer) -> Array:
    """(6, n): the lumped loop and the hottest junction."""
    lumped = answer.lumped
    parts = (lumped.c_tcs, lumped.c_fws, lumped.effectiveness, lumped.pump_power, lumped.loss)
    return np.stack(np.broadcast_arrays(*parts, answer.junction_rise))


def _lumped(table: Array) -> LumpedLoop:
    return LumpedLoop(
        c_tcs=table[0], c_fws=table[1], effectiveness=table[2], pump_power=table[3], loss=table[4]
    )
