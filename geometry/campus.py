"""Halls of one kind along the facility mains of a site: where each stands, and the pipes between them.

Spines run along x, side by side, each with a main of its own from the plant; halls stand in pairs on both
sides of a spine, their facility connection towards it. Seen from above (y to the top):

                 |  hall 2  |   |  hall 4  |
                 +----*-----+   +----*-----+          * connection of a hall
    plant ------------1--------------2------- ...       spine: taps 1, 2, ...; one for each pair of halls
                 +----*-----+   +----*-----+
                 |  hall 1  |   |  hall 3  |

    plant.fws_supply -> <spine>.s1 -> <spine>.s2 -> ...    <spine>.s<n> -> <hall>.fws_supply -> ...
    plant.fws_return <- <spine>.r1 <- <spine>.r2 <- ...    <spine>.r<n> <- <hall>.fws_return <- ...

A hall's own runs (geometry.piping) keep their lengths: its y runs along the spine, its x away from it, and
halls on the other side are mirrored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geometry.errors import require
from geometry.hall import Box, Hall
from geometry.piping import FROM_WALL, Circuit, PipeRun, Point, lay_run, route

PLANT = "plant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Campus:
    """Distances between the buildings of a site [m].

    halls_per_spine  that one main feeds, at most
    lead             from the plant to the first halls, along the spines
    street           between the halls on the two sides of a spine; the mains lie in it
    gap              between neighbouring halls, and between the halls of two spines
    """

    halls_per_spine: int
    lead: float
    street: float
    gap: float

    def __post_init__(self) -> None:
        require(self.halls_per_spine >= 1, f"halls per spine = {self.halls_per_spine}: must be 1 or more")
        for name in ("lead", "street", "gap"):
            value = getattr(self, name)
            require(value >= 0.0, f"campus {name} = {value:g} m: must not be negative")
        widest = 2.0 * max(FROM_WALL)
        require(
            self.street >= widest, f"campus street = {self.street:g} m: both mains need {widest:g} m or more"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedHall:
    """A hall on the campus, `side` +1 or -1 of the line y = `spine`; its low-y wall at x = `along`."""

    name: str
    hall: Hall
    along: float
    spine: float
    side: int
    wall: float  # its high-x wall from the spine's line [m]

    def point(self, at: Point) -> Point:
        """A point of the hall in the coordinates of the site."""
        room = self.hall.room
        across = self.wall + room.x1 - at[0]
        return self.along + at[1] - room.y0, self.spine + self.side * across, at[2]

    def node(self, name: str) -> str:
        """Name on the site of a node of the hall's pipes; its connections lose the word `hall`."""
        return f"{self.name}.{name.removeprefix('hall.')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePipes:
    """All runs of a site, mains first, and its halls in the order they were given."""

    runs: tuple[PipeRun, ...]
    halls: tuple[PlacedHall, ...]


def site_pipes(halls: Sequence[tuple[Hall, Sequence[PipeRun]]], campus: Campus) -> SitePipes:
    """Place halls, each with its own pipe runs, in pairs along the spines; lay the mains to them.

    The spines share the halls evenly, in the order given. Halls are named H1, H2, ...; those without facility
    connection are placed and not fed. The mains lie at the height of the first connection of their spine.
    Raises InputError for an empty site.
    """
    require(bool(halls), "the site has no halls", hint="site.gpus or site.power_MW")
    rooms: list[Box] = [hall.room for hall, _ in halls]
    depth, width = max(r.x1 - r.x0 for r in rooms), max(r.y1 - r.y0 for r in rooms)
    spines = -(-len(halls) // campus.halls_per_spine)
    pitch = 2.0 * depth + campus.street + campus.gap
    each, more = divmod(len(halls), spines)
    groups: list[list[PlacedHall]] = []
    number = 0
    for spine in range(spines):
        groups.append([])
        for place in range(each + (spine < more)):
            groups[-1].append(
                PlacedHall(
                    name=f"H{number + 1}",
                    hall=halls[number][0],
                    along=campus.lead + (place // 2) * (width + campus.gap),
                    spine=pitch * (spine - 0.5 * (spines - 1)),
                    side=-1 if place % 2 == 0 else 1,
                    wall=0.5 * campus.street,
                )
            )
            number += 1
    placed = [one for group in groups for one in group]
    own = [run for one, (_, runs) in zip(placed, halls, strict=True) for run in _of_hall(one, runs)]
    fed: dict[str, Point] = {}
    for run in own:  # where each hall's own mains begin
        if run.group.endswith("fws.main"):
            fed.setdefault(run.start, run.path[0])
            fed.setdefault(run.end, run.path[-1])
    return SitePipes(runs=(*_mains(groups, fed), *own), halls=tuple(placed))


def _of_hall(placed: PlacedHall, runs: Sequence[PipeRun]) -> list[PipeRun]:
    found = []
    for run in runs:
        start, end = placed.node(run.start), placed.node(run.end)
        found.append(
            PipeRun(
                name=f"{start} to {end}",
                circuit=run.circuit,
                start=start,
                end=end,
                path=tuple(placed.point(at) for at in run.path),
                group=f"{placed.name}.{run.group}",
            )
        )
    return found


def _mains(groups: Sequence[Sequence[PlacedHall]], fed: dict[str, Point]) -> list[PipeRun]:
    runs: list[PipeRun] = []
    for circuit, tag, offset in (
        (Circuit.FWS_SUPPLY, "s", -FROM_WALL[0]),
        (Circuit.FWS_RETURN, "r", FROM_WALL[0]),
    ):
        for line, group in enumerate(groups, start=1):
            spine = f"spine{line}"
            before = f"{PLANT}.{circuit.value}"
            at: Point | None = None
            for number, one in enumerate(group):
                connection = f"{one.name}.{circuit.value}"
                if connection not in fed:
                    continue
                node = f"{spine}.{tag}{number // 2 + 1}"
                goal = fed[connection]
                if node != before:
                    tap = (one.along, one.spine + offset, goal[2] if at is None else at[2])
                    start = at or (0.0, offset, tap[2])
                    runs.append(lay_run(circuit, before, node, route(start, tap, "yxz"), f"{spine}.mains"))
                    at, before = tap, node
                assert at is not None
                path = route(at, goal, "yxz")
                runs.append(lay_run(circuit, node, connection, path, f"{spine}.services"))
    return runs
