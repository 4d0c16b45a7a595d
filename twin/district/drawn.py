"""A drawn trace -> the network that is solved: mains between joined ends, substations at the nearest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geometry.errors import InputError, require
from geometry.grid import Array
from geometry.traces import TraceGraph, trace_graph
from solvers.district.network import Consumer, Main
from twin.district.geojson import Point, Trace
from twin.district.places import to_degrees, to_metres

REACH = 200.0  # of a substation to the nearest main [m]: further, the point belongs elsewhere. Assumption


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnNet:
    """Mains and substations of a trace.

    feed     name of the place that the first feed stands at
    others   of those that the other feeds stand at
    lines    (k, 2) longitude, latitude [deg] of each main
    sites    longitude, latitude [deg] of each consumer, and its use
    """

    mains: tuple[Main, ...]
    consumers: tuple[Consumer, ...]
    feed: str
    lines: tuple[Array, ...]
    sites: tuple[tuple[float, float, str], ...]
    others: tuple[str, ...] = ()


def drawn_net(
    trace: Trace,
    *,
    snap: float,
    drop_islands: bool,
    source: Array | None,
    others: Mapping[str, Array] | None = None,
) -> DrawnNet:
    """The network of a trace, fed at the node nearest to `source` (2,) longitude, latitude [deg].

    Without a source it is fed at the node where its longest main begins. Points with `mwh_an` are
    substations of that heat, others of equal heat; without any point every node takes heat as half the
    length of the mains around it (assumption). `others` are further feeds by name, each at the node nearest
    to its place. Raises InputError for a trace without lines, for islands unless they are dropped, and for
    substations and further feeds far from every main.
    """
    require(bool(trace.lines), "the trace of the network has points, but no lines")
    graph = trace_graph([to_metres(line.places) for line in trace.lines], snap=snap)
    if source is None:
        feed = int(graph.start[int(np.argmax(graph.length))])
    else:
        feed = graph.nearest(to_metres(source[None, :])[0])
    part = graph.island[feed]
    if graph.n_islands > 1 and not drop_islands:
        raise InputError(_islands(graph, trace, int(part)))
    used = np.flatnonzero(graph.island[graph.start] == part)
    label = [f"n{i}" for i in range(len(graph.node))]
    mains = tuple(
        Main(
            name=f"{trace.lines[graph.line[e]].name} ({e})",
            start=label[graph.start[e]],
            end=label[graph.end[e]],
            length=float(graph.length[e]),
        )
        for e in used
    )
    inside = np.flatnonzero(graph.island == part)
    if trace.points:
        consumers, sites = _substations(trace.points, graph, inside, label)
    else:
        around = 0.5 * np.bincount(
            np.concatenate((graph.start[used], graph.end[used])),
            weights=np.tile(graph.length[used], 2),
            minlength=len(graph.node),
        )
        degrees = to_degrees(graph.node[inside])
        takes = [int(i) for i in inside if i != feed]
        consumers = tuple(Consumer(name=f"node {i}", place=label[i], share=float(around[i])) for i in takes)
        at = {int(i): degrees[k] for k, i in enumerate(inside)}
        sites = tuple((float(at[i][0]), float(at[i][1]), "housing") for i in takes)
    return DrawnNet(
        mains=mains,
        consumers=consumers,
        feed=label[feed],
        lines=tuple(to_degrees(graph.places[e]) for e in used),
        sites=sites,
        others=tuple(
            label[_nearest(graph, inside, to_metres(place[None, :])[0], f"feed '{name}'")]
            for name, place in (others or {}).items()
        ),
    )


def _nearest(graph: TraceGraph, inside: np.ndarray, place: Array, what: str) -> int:
    """The node of the fed part nearest to a place [m]. Raises InputError beyond `REACH`."""
    away = np.linalg.norm(graph.node[inside] - place, axis=1)
    k = int(np.argmin(away))
    require(
        float(away[k]) <= REACH,
        f"{what} lies {away[k]:.0f} m from the nearest main: above {REACH:g} m",
        hint="leave it out, or draw the main that serves it",
    )
    return int(inside[k])


def _substations(
    points: tuple[Point, ...], graph: TraceGraph, inside: np.ndarray, label: list[str]
) -> tuple[tuple[Consumer, ...], tuple[tuple[float, float, str], ...]]:
    metres = to_metres(np.array([(p.longitude, p.latitude) for p in points]))
    consumers: list[Consumer] = []
    for point, place in zip(points, metres, strict=True):
        node = _nearest(graph, inside, place, f"substation '{point.name}'")
        heat = point.properties.get("mwh_an", 1.0)
        try:
            share = float(heat)
        except (TypeError, ValueError) as error:
            raise InputError(f"substation '{point.name}': mwh_an = {heat!r} is not a number") from error
        consumers.append(Consumer(name=point.name, place=label[node], share=share))
    sites = tuple((p.longitude, p.latitude, str(p.properties.get("usage", "housing"))) for p in points)
    return tuple(consumers), sites


def _islands(graph: TraceGraph, trace: Trace, fed: int) -> str:
    """The parts that are not joined to the fed one, by the line that is longest in each."""
    named = []
    for number in range(graph.n_islands):
        if number == fed:
            continue
        own = np.flatnonzero(graph.island[graph.start] == number)
        longest = own[int(np.argmax(graph.length[own]))]
        named.append(f"'{trace.lines[graph.line[longest]].name}' ({graph.island_length(number):.0f} m)")
    more = "" if len(named) <= 5 else f" and {len(named) - 5} more"
    return (
        f"{len(named)} parts of the trace are not joined to where heat is fed: {', '.join(named[:5])}{more}\n"
        "  try: a wider district.pipes.snap_m, or district.pipes.islands=drop"
    )
