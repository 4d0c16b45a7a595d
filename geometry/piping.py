"""Pipe runs of the coolant loops, laid out from the hall: who is connected to whom, and how long the way is.

Technology cooling system (TCS), one per row, overhead along the rear of its racks:

    <cdu>.tcs_supply -> <row>.s<n> -> ... -> <row>.s1       taps, n = the rack's place in its row, from 1
                            |                   |           a hose each
                        <rack>.in           <rack>.in
                        <rack>.out          <rack>.out
                            |                   |
    <cdu>.tcs_return <- <row>.r<n> <- ... <- <row>.r1

Rear doors that the units feed as well have hoses from the same taps to <rack>.door.in and .out.

Facility water system (FWS), along the high-x wall, one tap per CDU:

    hall.fws_supply -> fws.s1 -> fws.s2 -> ...     fws.s<k> -> <cdu>.fws_in
    hall.fws_return <- fws.r1 <- fws.r2 <- ...     fws.r<k> <- <cdu>.fws_out

A run leads from `start` to `end` in the direction of design flow. Racks and CDUs are not runs: they close
the loop as devices between <rack>.in and <rack>.out, and <cdu>.tcs_return and <cdu>.tcs_supply. Pipes run
parallel to the axes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from geometry.hall import Cdu, Hall, Rack, Side

Point = tuple[float, float, float]

# Clearances of the routing [m]; assumptions, as drawn in the sketch of geometry/README.md.
ABOVE_RACKS = 0.3  # manifolds above the highest rack or CDU of the hall
BETWEEN_LEVELS = 0.3  # facility mains above the manifolds
FROM_REAR = (0.15, 0.35)  # supply and return manifold inside the rear edge of the racks
FROM_WALL = (0.3, 0.6)  # supply and return main inside the high-x wall
TAP_SPACING = 0.2  # of facility taps that would coincide
HOSE_OFFSET = 0.1  # of a rack's connections from its middle
DOOR_OFFSET = 0.2  # of its door's


class Circuit(Enum):
    TCS_SUPPLY = "tcs_supply"
    TCS_RETURN = "tcs_return"
    FWS_SUPPLY = "fws_supply"
    FWS_RETURN = "fws_return"
    COOL_SUPPLY = "cool_supply"  # of the air's coils and doors: geometry.cool_piping
    COOL_RETURN = "cool_return"

    @property
    def returns(self) -> bool:
        return self in (Circuit.TCS_RETURN, Circuit.FWS_RETURN, Circuit.COOL_RETURN)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipeRun:
    """A pipe or hose from the node `start` to the node `end` along the corners of `path` [m].

    Runs of one `group` are one part of the works, such as a row's manifold ('A.manifold') or its hoses.
    """

    name: str
    circuit: Circuit
    start: str
    end: str
    path: tuple[Point, ...]
    group: str

    @property
    def length(self) -> float:
        """Length along the path [m]."""
        return sum(math.dist(a, b) for a, b in pairwise(self.path))


def door_name(rack: str) -> str:
    """Name of the rear door of a rack, as a consumer of water."""
    return f"{rack}.door"


def pipe_runs(hall: Hall, *, plates: bool = True, doors: bool = False) -> tuple[PipeRun, ...]:
    """All runs of the hall's coolant loops; empty without CDUs.

    plates, doors  whether the loops serve the racks' cold plates, and their rear doors
    A row without a CDU or without a populated rack has no loop, and its CDUs no facility connection.
    """
    level, main_level = levels(hall)
    runs: list[PipeRun] = []
    served: list[tuple[Cdu, float]] = []
    for row in hall.rows:
        racks = sorted((r for r in hall.populated if r.row == row), key=lambda rack: rack.box.centre[0])
        cdus = [cdu for cdu in hall.cdus if cdu.row == row]
        if not racks or not cdus:
            continue
        # Units side by side share y; their facility taps must not.
        places = [(cdu, (n + 1) / (len(cdus) + 1)) for n, cdu in enumerate(cdus)]
        runs += _row_loop(row, racks, places, level, plates=plates, doors=doors)
        served += places
    return tuple(runs + _facility(hall, served, main_level))


def levels(hall: Hall) -> tuple[float, float]:
    """Heights of what runs over the rows and of the mains above it [m]."""
    top = max([rack.box.z1 for rack in hall.racks] + [cdu.box.z1 for cdu in hall.cdus], default=0.0)
    # Under a low ceiling both levels share what there is.
    spare = (hall.room.z1 - top) / (ABOVE_RACKS + BETWEEN_LEVELS + 0.1)
    level = top + ABOVE_RACKS * min(1.0, spare)
    return level, level + BETWEEN_LEVELS * min(1.0, spare)


def _row_loop(
    row: str, racks: list[Rack], cdus: list[tuple[Cdu, float]], level: float, *, plates: bool, doors: bool
) -> list[PipeRun]:
    runs: list[PipeRun] = []
    first_x = cdus[0][0].box.centre[0]
    for circuit, tag, inset in (
        (Circuit.TCS_SUPPLY, "s", FROM_REAR[0]),
        (Circuit.TCS_RETURN, "r", FROM_REAR[1]),
    ):
        nodes = [f"{row}.{tag}{rack.position + 1}" for rack in racks]
        taps = [behind(rack, inset, level) for rack in racks]

        def lay(
            start: str, end: str, path: tuple[Point, ...], group: str, circuit: Circuit = circuit
        ) -> None:
            runs.append(lay_run(circuit, start, end, path, f"{row}.{group}"))

        for cdu, _ in cdus:
            near = min(range(len(taps)), key=lambda n: abs(taps[n][0] - cdu.box.centre[0]))
            side = -0.25 if tag == "s" else 0.25
            x = cdu.box.centre[0] + side * cdu.box.size[0]
            lay(
                f"{cdu.name}.{circuit.value}",
                nodes[near],
                route((x, cdu.box.centre[1], cdu.box.z1), taps[near], "zyx"),
                "cdus",
            )
        root = min(range(len(taps)), key=lambda n: abs(taps[n][0] - first_x))
        for n in range(root, 0, -1):
            lay(nodes[n], nodes[n - 1], route(taps[n], taps[n - 1], "xyz"), "manifold")
        for n in range(root, len(taps) - 1):
            lay(nodes[n], nodes[n + 1], route(taps[n], taps[n + 1], "xyz"), "manifold")
        for rack, node, tap in zip(racks, nodes, taps, strict=True):
            x, y, _ = behind(rack, 0.0, level)
            side, port = (-1.0, "in") if tag == "s" else (1.0, "out")
            served = [(rack.name, HOSE_OFFSET, "hoses")] if plates else []
            if doors and rack.rear_door:
                served.append((door_name(rack.name), DOOR_OFFSET, "door_hoses"))
            for name, offset, group in served:
                end = (x + side * offset, y, rack.box.z1)
                lay(node, f"{name}.{port}", route(tap, end, "xyz"), group)
    return runs


def _facility(hall: Hall, cdus: list[tuple[Cdu, float]], level: float) -> list[PipeRun]:
    runs: list[PipeRun] = []
    cdus = sorted(cdus, key=lambda item: _facility_y(*item))
    for circuit, tag, port, inset in (
        (Circuit.FWS_SUPPLY, "s", "fws_in", FROM_WALL[0]),
        (Circuit.FWS_RETURN, "r", "fws_out", FROM_WALL[1]),
    ):
        at: Point = (hall.room.x1, hall.room.y0, level)  # where the mains enter the hall
        before = f"hall.{circuit.value}"
        for number, (cdu, share) in enumerate(cdus, start=1):
            node = f"fws.{tag}{number}"
            y = _facility_y(cdu, share)
            if number > 1 and y <= at[1]:  # rows end to end: two units at one y
                y = at[1] + TAP_SPACING
            tap: Point = (hall.room.x1 - inset, y, level)
            runs.append(lay_run(circuit, before, node, route(at, tap, "xyz"), "fws.main"))
            x = cdu.box.centre[0] + (-0.1 if tag == "s" else 0.1) * cdu.box.size[0]
            path = route(tap, (x, y, cdu.box.z1), "xyz")
            runs.append(lay_run(circuit, node, f"{cdu.name}.{port}", path, "fws.branches"))
            at, before = tap, node
    return runs


def _facility_y(cdu: Cdu, share: float) -> float:
    return cdu.box.y0 + share * cdu.box.size[1]


def behind(rack: Rack, inset: float, level: float) -> Point:
    """The point above a rack, `inset` from its rear edge, in the middle of its width."""
    rear = rack.front.opposite
    x, y, _ = rack.box.centre
    low, high = rack.box.low[rear.axis], rack.box.high[rear.axis]
    edge = high - inset if rear.outward > 0 else low + inset
    return (edge, y, level) if rear.axis == Side.X_LO.axis else (x, edge, level)


def route(start: Point, end: Point, order: str) -> tuple[Point, ...]:
    """Corners of an axis-parallel way that covers the axes in `order`, such as "xyz"."""
    path = [start]
    at = list(start)
    for axis in ("xyz".index(letter) for letter in order):
        if at[axis] != end[axis]:
            at[axis] = end[axis]
            path.append((at[0], at[1], at[2]))
    return tuple(path)


def lay_run(circuit: Circuit, start: str, end: str, path: tuple[Point, ...], group: str) -> PipeRun:
    """A run laid outwards from the source; in a return circuit the coolant comes back along it."""
    if circuit.returns:
        start, end, path = end, start, path[::-1]
    return PipeRun(name=f"{start} to {end}", circuit=circuit, start=start, end=end, path=path, group=group)
