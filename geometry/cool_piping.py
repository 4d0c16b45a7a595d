"""Pipe runs of the cool water circuit of a hall: from the plant to the coils of its air.

Consumers are the cooling units and the rear doors of racks. Two headers along y, one at each end wall, and a
branch over each row with rear doors:

    hall.cool_supply -> cool.hi.s1 -> cool.hi.s2 -> ...        header along the high-x wall
                           |              |
                           |          <row>.ds<n> -> ... -> <row>.ds1    over the rear of a row with doors
                           |              |                   |
                       <unit>.cool_in  <rack>.door.cool_in   ...
    hall.cool_supply -> cool.lo.s1 -> ...                      header along the low-x wall, for units there

The return runs beside it, from <name>.cool_out to hall.cool_return. A run leads from `start` to `end` in the
direction of design flow; coils and doors are no runs, they join <name>.cool_in and <name>.cool_out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from geometry.hall import CoolingUnit, Hall, Rack
from geometry.piping import (
    DOOR_OFFSET,
    TAP_SPACING,
    Circuit,
    PipeRun,
    Point,
    behind,
    door_name,
    lay_run,
    levels,
    route,
)

# Clearances of the routing [m]; assumptions. Beside, and between, the pipes of the coolant loops.
FROM_WALL = (0.9, 1.2)  # supply and return header inside the end walls
FROM_SIDE = (0.3, 0.6)  # the same of where they enter, inside the low-y wall
FROM_REAR = (0.55, 0.75)  # supply and return branch inside the rear edge of the racks
LOWER = 0.15  # headers below the facility mains

_SIDES = ((Circuit.COOL_SUPPLY, "s", 0, "cool_in"), (Circuit.COOL_RETURN, "r", 1, "cool_out"))


class _Tap(NamedTuple):
    """Where a header feeds something: at `y`, towards the `unit`, or the doors of the racks of a `row`."""

    y: float
    unit: CoolingUnit | None
    row: str
    racks: tuple[Rack, ...]


def cool_consumers(hall: Hall, *, doors: bool = True) -> tuple[str, ...]:
    """What the circuit serves: cooling units, then rear doors of populated racks, in the hall's order."""
    served = [unit.name for unit in hall.units]
    if doors:
        served += [door_name(rack.name) for rack in hall.populated if rack.rear_door]
    return tuple(served)


def cool_runs(hall: Hall, *, doors: bool = True) -> tuple[PipeRun, ...]:
    """All runs of the cool circuit; empty without a consumer. `doors`: whether it serves the rear doors."""
    middle = hall.room.centre[0]
    low = [_Tap(u.box.centre[1], u, "", ()) for u in hall.units if u.box.centre[0] < middle]
    high = [_Tap(u.box.centre[1], u, "", ()) for u in hall.units if u.box.centre[0] >= middle]
    for row in hall.rows if doors else ():
        racks = sorted(
            (r for r in hall.populated if r.row == row and r.rear_door), key=lambda r: r.box.centre[0]
        )
        if racks:
            high.append(_Tap(behind(racks[-1], 0.0, 0.0)[1], None, row, tuple(racks)))
    level, main_level = levels(hall)
    return tuple(
        _header(hall, "hi", hall.room.x1, -1.0, sorted(high, key=_place), level, main_level)
        + _header(hall, "lo", hall.room.x0, +1.0, sorted(low, key=_place), level, main_level)
    )


def _place(tap: _Tap) -> tuple[float, str]:
    return tap.y, tap.unit.name if tap.unit else tap.row


def _header(
    hall: Hall, name: str, wall: float, inward: float, taps: Sequence[_Tap], level: float, main_level: float
) -> list[PipeRun]:
    runs: list[PipeRun] = []
    height = main_level - min(LOWER, 0.5 * (main_level - level))
    for circuit, tag, side, port in _SIDES:
        at: Point = (
            hall.room.x1,
            hall.room.y0 + FROM_SIDE[side],
            height,
        )  # where the circuit enters the hall
        before = f"hall.{circuit.value}"
        x = wall + inward * FROM_WALL[side]
        for number, tap in enumerate(taps, start=1):
            node = f"cool.{name}.{tag}{number}"
            y = tap.y
            if number > 1 and y <= at[1]:
                y = at[1] + TAP_SPACING
            here: Point = (x, y, height)
            runs.append(lay_run(circuit, before, node, route(at, here, "xyz"), "cool.main"))
            if tap.unit is not None:
                box = tap.unit.box
                end: Point = (box.centre[0], box.centre[1] + (side - 0.5) * 0.4 * box.size[1], box.z1)
                path = route(here, end, "yxz")
                runs.append(lay_run(circuit, node, f"{tap.unit.name}.{port}", path, "cool.branches"))
            else:
                runs += _doors(tap, circuit, tag, side, port, node, here, level)
            at, before = here, node
    return runs


def _doors(
    tap: _Tap, circuit: Circuit, tag: str, side: int, port: str, node: str, here: Point, level: float
) -> list[PipeRun]:
    """The branch over a row, from the rack nearest to the header on, and a hose to each door."""
    runs: list[PipeRun] = []
    at, before = here, node
    for rack in reversed(tap.racks):
        over = behind(rack, FROM_REAR[side], level)
        place = f"{tap.row}.d{tag}{rack.position + 1}"
        order = "yzx" if before == node else "xyz"
        runs.append(lay_run(circuit, before, place, route(at, over, order), f"{tap.row}.doors"))
        x, y, _ = behind(rack, 0.0, level)
        end: Point = (x + (2 * side - 1) * DOOR_OFFSET, y, rack.box.z1)
        hose = f"{door_name(rack.name)}.{port}"
        runs.append(lay_run(circuit, place, hose, route(over, end, "xyz"), f"{tap.row}.door_hoses"))
        at, before = over, place
    return runs
