"""Checks of the ways the air and the people need: before racks and along aisles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from geometry.gridding import AXES
from geometry.hall import AisleKind, Box, Hall, Rack, Side
from geometry.problem import COVERED, TOLERANCE, Problem, ProblemKind, Solids

# Clear widths [m] recalled from the data-centre standard ANSI/TIA-942 (1.0 m before and 0.6 m behind
# cabinets); the cold one is lowered to the width of two doors, 0.9 m. To be read as assumptions.
MIN_COLD_AISLE = 0.9
MIN_HOT_AISLE = 0.6
MIN_GAP = 0.1  # [m] less than this before a rack is no way for its air; assumption


def fronts(hall: Hall, racks: Sequence[Rack], solids: Solids) -> Iterator[Problem]:
    """Racks whose front or rear has no air before it, or faces the wrong aisle."""
    for rack in racks:
        label = f"rack {rack.name}"
        if rack.front.axis == 2:
            message = f"front of {label} looks along z: it must be one of the four upright sides"
            yield Problem(kind=ProblemKind.FRONT, element=label, message=message)
            continue
        if not rack.populated:
            continue
        for side, end, kind in (
            (rack.front, "front", ProblemKind.RACK_WITHOUT_SUPPLY),
            (rack.front.opposite, "rear", ProblemKind.RACK_WITHOUT_RETURN),
        ):
            gap, what = clearance(rack.box, side, hall.room, solids)
            if gap < MIN_GAP:
                free = gap if gap > 0.0 else 0.0
                message = f"{end} of {label} is {free:.3g} m from {what}: its air needs {MIN_GAP:g} m"
                yield Problem(kind=kind, element=label, message=message)
        aisle = _aisle_before(hall, rack)
        if aisle is not None:
            message = f"front of {label} opens into the hot aisle {aisle}: turn the rack or the aisle"
            yield Problem(kind=ProblemKind.FRONT, element=label, message=message)


def _aisle_before(hall: Hall, rack: Rack) -> str | None:
    """The hot aisle that a rack draws from, if any."""
    axis = rack.front.axis
    point = list(rack.box.face(rack.front).centre)
    point[axis] += rack.front.outward * 0.5 * MIN_GAP
    for aisle in hall.aisles:
        inside = all(aisle.box.low[n] <= point[n] <= aisle.box.high[n] for n in range(3))
        if inside and aisle.kind is AisleKind.HOT:
            return aisle.name
    return None


def clearance(box: Box, side: Side, room: Box, solids: Solids) -> tuple[float, str]:
    """Free way [m] before a face of `box`, and what ends it: the wall, or the solids that together hide
    more than the share COVERED of the face."""
    axis, outward = side.axis, side.outward
    plane = box.face(side).low[axis]
    wall = outward * ((room.high[axis] if outward > 0 else room.low[axis]) - plane)
    near, far = (solids.low, solids.high) if outward > 0 else (solids.high, solids.low)
    common = np.delete(solids.common(box), axis, axis=1)
    before = (outward * (far[:, axis] - plane) > TOLERANCE) & (common > TOLERANCE).all(axis=1)
    # The box itself shares its own cross-section, but lies behind its face: it is never `before`.
    indices = np.flatnonzero(before)
    distance = outward * (near[indices, axis] - plane)
    order = np.argsort(distance, kind="stable")
    hidden = np.cumsum(common[indices[order]].prod(axis=1))
    enough = np.flatnonzero(hidden > COVERED * box.face_area(side))
    if enough.size == 0:
        return wall, "the wall"
    last = int(enough[0])
    names = " and ".join(solids.labels[n] for n in indices[order[: last + 1]])
    return float(min(distance[order[last]], wall)), names


def narrow_aisles(hall: Hall, racks: Sequence[Rack], solids: Solids) -> Iterator[Problem]:
    """Aisles below the clear width; without aisle records, the clearance of each rack."""
    across = _across(racks)
    least = {AisleKind.COLD: MIN_COLD_AISLE, AisleKind.HOT: MIN_HOT_AISLE}
    for aisle in hall.aisles:
        width, limit = aisle.box.size[across], least[aisle.kind]
        if 0.0 < width < limit - TOLERANCE:
            message = (
                f"{aisle.kind.value} aisle {aisle.name} is {width:.3g} m wide: at least {limit:g} m needed"
            )
            yield Problem(kind=ProblemKind.AISLE_TOO_NARROW, element=f"aisle {aisle.name}", message=message)
    if hall.aisles:
        return
    for rack in racks:
        if not rack.populated or rack.front.axis == 2:
            continue
        for side, end, limit in (
            (rack.front, "front", MIN_COLD_AISLE),
            (rack.front.opposite, "rear", MIN_HOT_AISLE),
        ):
            gap, what = clearance(rack.box, side, hall.room, solids)
            if MIN_GAP <= gap < limit - TOLERANCE:
                message = f"{end} of rack {rack.name} is {gap:.3g} m from {what}: at least {limit:g} m needed"
                yield Problem(kind=ProblemKind.AISLE_TOO_NARROW, element=f"rack {rack.name}", message=message)


def _across(racks: Sequence[Rack]) -> int:
    """The axis that most racks look along."""
    axes = Counter(rack.front.axis for rack in racks if rack.front.axis != 2)
    return axes.most_common(1)[0][0] if axes else 1


def blocked_aisles(hall: Hall, solids: Solids) -> Iterator[Problem]:
    """Solids that together fill an aisle from side to side at half the height of the racks."""
    if not hall.racks:
        return
    across = _across(hall.racks)
    along = 1 - across
    breast = 0.5 * (hall.room.z0 + max(rack.box.z1 for rack in hall.racks))
    for aisle in hall.aisles:
        low, high = aisle.box.low[across], aisle.box.high[across]
        common = solids.common(aisle.box)
        standing = (solids.low[:, 2] < breast) & (solids.high[:, 2] > breast)
        inside = np.flatnonzero((common[:, :2] > TOLERANCE).all(axis=1) & standing)
        named: set[tuple[str, ...]] = set()
        for station in inside:
            at = 0.5 * (
                max(solids.low[station, along], aisle.box.low[along])
                + min(solids.high[station, along], aisle.box.high[along])
            )
            row = inside[(solids.low[inside, along] <= at) & (at <= solids.high[inside, along])]
            taken = _covered([(solids.low[n, across], solids.high[n, across]) for n in row], low, high)
            labels = tuple(sorted(solids.labels[n] for n in row))
            if high - low - taken < MIN_GAP and labels not in named:
                named.add(labels)
                verb = "fills" if len(labels) == 1 else "fill"
                message = (
                    f"{' and '.join(labels)} {verb} the {aisle.kind.value} aisle {aisle.name} across its "
                    f"width of {high - low:.3g} m at {AXES[along]} = {at:.3g} m"
                )
                yield Problem(kind=ProblemKind.AISLE_BLOCKED, element=f"aisle {aisle.name}", message=message)


def _covered(intervals: list[tuple[float, float]], low: float, high: float) -> float:
    """Length of [low, high] that the intervals cover together."""
    covered, reach = 0.0, low
    for start, end in sorted(intervals):
        start, end = max(start, reach), min(end, high)
        if end > start:
            covered += end - start
            reach = end
    return covered
