"""Checks of what sits in a surface: patches that share faces, passages and fan walls off their panel."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geometry.clearances import MIN_GAP, clearance
from geometry.gridding import AXES
from geometry.hall import Box, CoolingUnit, Hall, Side
from geometry.problem import TOLERANCE, Problem, ProblemKind, Solids, gather

SLACK = 1e-3  # share of a hole that may reach beyond its panels: round-off


def holes(hall: Hall, solids: Solids, bad: set[str]) -> Iterator[Problem]:
    """Problems of openings, passages and cooling units, but for those of `bad` size."""
    units = [unit for unit in hall.units if f"cooling unit {unit.name}" not in bad]
    in_panels = [(f"passage {hole.name}", hole.box) for hole in hall.passages]
    in_panels += [(f"cooling unit {unit.name}", unit.box) for unit in units if unit.flat]
    in_panels = [(label, box) for label, box in in_panels if label not in bad]
    for unit in units:
        yield from _unit(hall, unit, solids)
    yield from _off_panel(hall, in_panels)
    patches = [(f"opening {opening.name}", opening.box) for opening in hall.openings]
    patches = [(label, box) for label, box in patches if label not in bad] + in_panels
    for unit in units:
        if not unit.flat:
            patches.append((f"intake of cooling unit {unit.name}", unit.face(unit.intake)))
            patches.append((f"outlet of cooling unit {unit.name}", unit.face(unit.outlet)))
    yield from _overlaps(patches)


def _normal(box: Box) -> int:
    return box.size.index(0.0)


def _overlaps(patches: list[tuple[str, Box]]) -> Iterator[Problem]:
    """Patches of one plane that share area: the same face would have two flows."""
    planes: dict[tuple[int, float], list[tuple[str, Box]]] = {}
    for label, box in patches:
        axis = _normal(box)
        planes.setdefault((axis, round(box.low[axis], 6)), []).append((label, box))
    for (axis, _), group in planes.items():
        faces = gather(group)
        for n, (first, box) in enumerate(group):
            shared = np.delete(faces.common(box)[n + 1 :], axis, axis=1).clip(min=0.0).prod(axis=1)
            for m in np.flatnonzero(shared > TOLERANCE):
                message = f"{first} and {group[n + 1 + m][0]} overlap by {shared[m]:.3g} m2"
                yield Problem(kind=ProblemKind.OPENING_OVERLAP, element=first, message=message)


def _off_panel(hall: Hall, patches: list[tuple[str, Box]]) -> Iterator[Problem]:
    for label, box in patches:
        axis = _normal(box)
        area = box.face_area(Side((axis, +1)))
        held = 0.0
        for panel in hall.panels:
            if panel.box.size[axis] == 0.0 and abs(panel.box.low[axis] - box.low[axis]) <= TOLERANCE:
                common = np.minimum(panel.box.high, box.high) - np.maximum(panel.box.low, box.low)
                held += float(np.delete(common, axis).clip(min=0.0).prod())
        if held < area * (1.0 - SLACK):
            at = f"{AXES[axis]} = {box.low[axis]:.3g} m"
            message = f"{label} at {at}: only {held:.3g} of its {area:.3g} m2 lie in a panel"
            yield Problem(kind=ProblemKind.PASSAGE_OFF_PANEL, element=label, message=message)


def _unit(hall: Hall, unit: CoolingUnit, solids: Solids) -> Iterator[Problem]:
    """Its two sides, and the air before them."""
    label = f"cooling unit {unit.name}"
    if unit.intake is unit.outlet:
        message = f"{label} draws and blows on one side, {unit.intake.name.lower()}: it needs two"
        yield Problem(kind=ProblemKind.UNIT, element=label, message=message)
        return
    if unit.flat and {unit.intake.axis, unit.outlet.axis} != {_normal(unit.box)}:
        message = f"{label} is flat along {AXES[_normal(unit.box)]}: intake and outlet must be its two sides"
        yield Problem(kind=ProblemKind.UNIT, element=label, message=message)
        return
    for end, side in (("intake", unit.intake), ("outlet", unit.outlet)):
        gap, what = clearance(unit.face(side), side, hall.room, solids)
        if gap < MIN_GAP:
            message = f"{end} of {label} is {max(gap, 0.0):.3g} m from {what}: its air needs {MIN_GAP:g} m"
            yield Problem(kind=ProblemKind.UNIT, element=label, message=message)
