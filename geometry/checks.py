"""What is wrong with a hall, each problem by its name, before anything is computed.

`problems` looks at the records alone. `geometry.reach` looks at the raster: which air reaches which rack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from geometry.clearances import blocked_aisles, fronts, narrow_aisles
from geometry.errors import InputError
from geometry.gridding import AXES
from geometry.hall import Box, Hall, Side
from geometry.holes import holes
from geometry.problem import COVERED, TOLERANCE, Problem, ProblemKind, Solids, gather, solid_boxes
from geometry.reach import raster_problems

__all__ = ["Problem", "ProblemKind", "check", "problems", "raster_problems", "refuse"]


def check(hall: Hall) -> None:
    """Raise InputError that lists every problem of `hall`; silent when there is none."""
    refuse(hall, problems(hall))


def refuse(hall: Hall, found: Iterable[Problem]) -> None:
    """Raise InputError that lists `found`, unless that is empty."""
    lines = [f"  - {problem}" for problem in found]
    if lines:
        count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
        raise InputError("\n".join([f"hall {hall.name}: {count}", *lines]))


def problems(hall: Hall) -> tuple[Problem, ...]:
    """Every problem of the records of `hall`, in the order of the kinds above.

    Objects with an impossible size are reported once and left out of the other checks.
    """
    bad_sizes = list(_sizes(hall))
    bad = {problem.element for problem in bad_sizes}
    if hall.name in bad:
        return tuple(bad_sizes)
    solids = gather([(label, box) for label, box in solid_boxes(hall) if label not in bad])
    racks = [rack for rack in hall.racks if f"rack {rack.name}" not in bad]
    found = [
        *bad_sizes,
        *_duplicates(hall),
        *_rows(hall),
        *_out_of_room(hall, bad),
        *_overlaps(solids),
        *fronts(hall, racks, solids),
        *narrow_aisles(hall, racks, solids),
        *blocked_aisles(hall, solids),
        *_openings(hall, solids, bad),
        *holes(hall, solids, bad),
        *_missing_air(hall),
    ]
    return tuple(found)


def _flats(hall: Hall) -> list[tuple[str, Box]]:
    flats = [(f"panel {panel.name}", panel.box) for panel in hall.panels]
    flats += [(f"opening {opening.name}", opening.box) for opening in hall.openings]
    flats += [(f"passage {passage.name}", passage.box) for passage in hall.passages]
    flats += [(f"cooling unit {unit.name}", unit.box) for unit in hall.units if unit.flat]
    return flats


def _volumes(hall: Hall) -> list[tuple[str, Box]]:
    volumes = solid_boxes(hall)
    volumes += [(f"obstruction {p.name}", p.box) for p in hall.obstructions if p.loss_per_m is not None]
    volumes += [(f"aisle {aisle.name}", aisle.box) for aisle in hall.aisles]
    return volumes


def _sizes(hall: Hall) -> Iterator[Problem]:
    for label, box in [(hall.name, hall.room), *_volumes(hall)]:
        wrong = [axis for axis in range(3) if not (np.isfinite(box.size[axis]) and box.size[axis] > 0.0)]
        if wrong:
            sizes = ", ".join(f"{box.size[axis]:g} m along {AXES[axis]}" for axis in wrong)
            yield Problem(
                kind=ProblemKind.SIZE, element=label, message=f"{label} is {sizes}: must be positive"
            )
    for label, box in _flats(hall):
        flat = sum(size == 0.0 for size in box.size)
        positive = sum(bool(np.isfinite(size)) and size > 0.0 for size in box.size)
        if flat != 1 or positive != 2:
            dx, dy, dz = box.size
            message = f"{label} is {dx:g} x {dy:g} x {dz:g} m: one extent must be zero, two positive"
            yield Problem(kind=ProblemKind.NOT_FLAT, element=label, message=message)


def _duplicates(hall: Hall) -> Iterator[Problem]:
    groups = (hall.racks, hall.cdus, hall.obstructions, hall.panels, hall.openings, hall.aisles)
    more = (hall.passages, hall.units, hall.pdus)
    names = Counter(element.name for group in (*groups, *more) for element in group)
    for name, count in names.items():
        if count > 1:
            message = f"{count} objects are called {name!r}: names must be unique in the hall"
            yield Problem(kind=ProblemKind.DUPLICATE_NAME, element=name, message=message)


def _rows(hall: Hall) -> Iterator[Problem]:
    """Places in a row taken twice, and CDUs that serve no row: the pipe runs are named after both."""
    places = Counter((rack.row, rack.position) for rack in hall.racks)
    for (row, position), count in places.items():
        if count > 1:
            message = f"{count} racks stand at position {position} of row {row}: number them from 0"
            yield Problem(kind=ProblemKind.ROW, element=f"row {row}", message=message)
    for cdu in hall.cdus:
        if cdu.row not in hall.rows:
            message = f"CDU {cdu.name} serves row {cdu.row!r}, which has no rack"
            yield Problem(kind=ProblemKind.ROW, element=f"CDU {cdu.name}", message=message)


def _out_of_room(hall: Hall, bad: set[str]) -> Iterator[Problem]:
    for label, box in [*_volumes(hall), *_flats(hall)]:
        if label in bad:
            continue
        for axis in range(3):
            below = hall.room.low[axis] - box.low[axis]
            above = box.high[axis] - hall.room.high[axis]
            if max(below, above) > TOLERANCE:
                end = "low" if below > above else "high"
                by = f"{max(below, above):.3g} m at the {end}-{AXES[axis]} end"
                message = f"{label} sticks out of the room by {by}"
                yield Problem(kind=ProblemKind.OUT_OF_ROOM, element=label, message=message)


def _overlaps(solids: Solids) -> Iterator[Problem]:
    low, high = solids.low, solids.high
    for a in range(len(solids.labels) - 1):
        common = np.minimum(high[a], high[a + 1 :]) - np.maximum(low[a], low[a + 1 :])
        for b in np.flatnonzero((common > TOLERANCE).all(axis=1)):
            first, second = solids.labels[a], solids.labels[a + 1 + b]
            dx, dy, dz = common[b]
            yield Problem(
                kind=ProblemKind.OVERLAP,
                element=first,
                message=f"{first} and {second} overlap by {dx:.3g} x {dy:.3g} x {dz:.3g} m",
            )


def _openings(hall: Hall, solids: Solids, bad: set[str]) -> Iterator[Problem]:
    """Openings off the envelope or covered by solids."""
    for opening in hall.openings:
        label, box = f"opening {opening.name}", opening.box
        if label in bad:
            continue
        axis = box.size.index(0.0)
        at = box.low[axis]
        touching = np.minimum(abs(at - solids.low[:, axis]), abs(at - solids.high[:, axis])) <= TOLERANCE
        common = np.delete(solids.common(box), axis, axis=1).clip(min=0.0).prod(axis=1) * touching
        area = box.face_area(Side((axis, +1)))
        if min(abs(at - hall.room.low[axis]), abs(at - hall.room.high[axis])) <= TOLERANCE:
            hidden = float(common.sum())
            if hidden > COVERED * area:
                who = " and ".join(solids.labels[n] for n in np.flatnonzero(common))
                message = f"{label} is covered by {who} over {100.0 * hidden / area:.0f} % of its area"
                yield Problem(kind=ProblemKind.OPENING_COVERED, element=label, message=message)
        elif common.max(initial=0.0) < area - TOLERANCE:
            message = f"{label} at {AXES[axis]} = {at:.3g} m is neither on the room's envelope nor on a solid"
            yield Problem(kind=ProblemKind.OPENING_OFF_ENVELOPE, element=label, message=message)


def _missing_air(hall: Hall) -> Iterator[Problem]:
    if not hall.populated or hall.units:
        return
    if not any(opening.kind.supplies for opening in hall.openings):
        message = (
            f"{hall.name} has {len(hall.populated)} racks and no tile, fan wall or cooling unit for them"
        )
        yield Problem(kind=ProblemKind.NO_SUPPLY, element=hall.name, message=message)
    if all(opening.kind.supplies for opening in hall.openings):
        message = f"{hall.name} has neither grille nor cooling unit: the air has no way out"
        yield Problem(kind=ProblemKind.NO_EXHAUST, element=hall.name, message=message)
