"""What if cooling units fail: the same hall without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from geometry.raster import Mask, Raster
from solvers.air.problem import AirProblem, CoolingUnit


def fail_units(
    problem: AirProblem,
    names: Sequence[str],
    *,
    share_flow: bool = False,
    leak: float | None = None,
) -> AirProblem:
    """`problem` with the units `names` at a standstill.

    share_flow  the others move the whole air flow together: their fixed flows, or their fans' speeds, rise
    leak        loss coefficient K on the face velocity of a failed unit whose damper stays open [-]: air
                finds its way back through it. Of flat units in a partition only, which turn into passages of
                their name; None: dampers shut

    Raises InputError for an unknown unit, when none is left, or for a unit that cannot leak.
    """
    known = {unit.name for unit in problem.units}
    for name in names:
        require(
            name in known,
            f"cooling unit {name!r}: not in this hall",
            hint=f"one of {', '.join(sorted(known)[:8]) or 'none'}",
        )
    lost = set(names)
    working = [unit for unit in problem.units if not unit.failed and unit.name not in lost]
    require(bool(working), "failed cooling units: none is left", hint="leave one in operation")
    factor = 1.0
    if share_flow:
        before = sum(unit.flow for unit in problem.units if not unit.failed)
        factor = before / sum(unit.flow for unit in working)
    raster = problem.raster
    units = []
    for unit in problem.units:
        if unit.name not in lost:
            units.append(unit if unit.failed else _faster(unit, factor))
        elif leak is None:
            units.append(replace(unit, failed=True))
        else:
            raster = _opened(raster, unit, leak)
    return replace(problem, raster=raster, units=tuple(units))


def _faster(unit: CoolingUnit, factor: float) -> CoolingUnit:
    fan = None if unit.fan is None else replace(unit.fan, speed=factor * unit.fan.speed)
    return replace(unit, flow=factor * unit.flow, fan=fan)


def _opened(raster: Raster, unit: CoolingUnit, leak: float) -> Raster:
    """`raster` with the faces of a flat unit open, a passage of its name with the loss coefficient `leak`."""
    intake, outlet = raster.ports[unit.intake], raster.ports[unit.outlet]
    same = intake.axis == outlet.axis and all(
        np.array_equal(getattr(intake, n), getattr(outlet, n)) for n in "kji"
    )
    require(
        same,
        f"leak of cooling unit {unit.name}: only a flat unit in a partition has air on both sides",
        hint="shut its damper (leak=None)",
    )
    require(leak >= 0.0, f"leak of cooling unit {unit.name}: K = {leak:g}: must not be negative")
    closed: list[Mask] = [raster.closed_x.copy(), raster.closed_y.copy(), raster.closed_z.copy()]
    loss: list[Array] = [raster.loss_x.copy(), raster.loss_y.copy(), raster.loss_z.copy()]
    at = (outlet.k, outlet.j, outlet.i)
    closed[outlet.axis][at] = False
    loss[outlet.axis][at] = leak
    ports = {name: port for name, port in raster.ports.items() if name not in (unit.intake, unit.outlet)}
    return replace(
        raster,
        closed_x=closed[0],
        closed_y=closed[1],
        closed_z=closed[2],
        loss_x=loss[0],
        loss_y=loss[1],
        loss_z=loss[2],
        ports=ports,
        passages={**raster.passages, unit.name: replace(outlet, name=unit.name)},
    )
