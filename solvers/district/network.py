"""A district network in full: supply and return pipes, substations, feeds; the compiled network of the loops.

Every main is a supply and a return pipe in one trench. Substations and feeds are imposed flows between the
two: a substation takes its heat and lets the water back at the return temperature; a feed warms the return to
the supply temperature. The first feed closes the balance. Water has constant properties (`trunk`). SI.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from geometry.errors import require
from geometry.grid import Array
from solvers import fluids
from solvers.district.buried import InsulatedPipe, PairConductance, Soil, pair_conductance
from solvers.district.trunk import WATER_DENSITY, WATER_HEAT, WATER_VISCOSITY
from solvers.liquid.hall.pipes import PipeSizes, SizingRule, select_sizes
from solvers.liquid.heat.pipes import PipeHeat, ThermalNetwork, thermal_network
from solvers.liquid.hydraulics.network import Branch, ImposedFlow, Network, Pipe, build_network

Index = NDArray[np.intp]

WATER = fluids.constant_fluid(
    "water of the district",
    density=WATER_DENSITY,
    heat_capacity=WATER_HEAT,
    viscosity=WATER_VISCOSITY,
    conductivity=0.67,
)
# distribution mains: 250 Pa/m at the design flow and 2 m/s (assumption: usual design of French networks)
DISTRIBUTION = SizingRule(max_gradient=250.0, max_velocity=2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Main:
    """A supply and a return pipe in one trench between two places, of this length [m]."""

    name: str
    start: str
    end: str
    length: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """A substation: its place, its share of the heat the network sells [-]."""

    name: str
    place: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A source of heat: its place. The first of a network closes its balance."""

    name: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictNet:
    """A network that is laid and sized; made by `lay_network`.

    pipe, lines, pair  of each main (nm,)
    flow               design flow of each main [kg/s] (nm,)
    design             design flow of the network [kg/s]
    consumer, feed     numbers of their branches in `network` (nc,), (nf,)
    supply, back       numbers of the stores of each main's pipes in `thermal` (nm,)
    """

    mains: tuple[Main, ...]
    consumers: tuple[Consumer, ...]
    feeds: tuple[Feed, ...]
    pipe: tuple[InsulatedPipe, ...]
    lines: Index
    pair: tuple[PairConductance, ...]
    flow: Array
    design: float
    network: Network
    thermal: ThermalNetwork
    consumer: Index
    feed: Index
    supply: Index
    back: Index

    @property
    def share(self) -> Array:
        """(nc,) of the heat sold [-]"""
        return np.array([each.share for each in self.consumers])

    @property
    def conductance(self) -> Array:
        """(nm,) of supply and return together [W/K]"""
        each = [m.length * n * p.both for m, n, p in zip(self.mains, self.lines, self.pair, strict=True)]
        return np.array(each)

    @property
    def length(self) -> float:
        """Of the trench [m]."""
        return sum(main.length for main in self.mains)


def lay_network(
    mains: Sequence[Main],
    consumers: Sequence[Consumer],
    feeds: Sequence[Feed],
    *,
    design_flow: float,
    pipes: Sequence[InsulatedPipe],
    soil: Soil,
    rule: SizingRule = DISTRIBUTION,
) -> DistrictNet:
    """Size every main for what passes it when the first feed gives everything, and build the network.

    Flows take the shortest way from the first feed; a main that closes a loop is sized for half of what its
    ends pass (assumption: it may have to serve either). Shares are scaled to 1. Raises InputError for
    places that are not joined to the first feed, by name, and for networks without consumers or feeds.
    """
    require(bool(mains) and bool(consumers) and bool(feeds), "a network needs mains, consumers and feeds")
    require(design_flow > 0.0, f"design flow of the network = {design_flow:g} kg/s: must be positive")
    places = list(dict.fromkeys(p for main in mains for p in (main.start, main.end)))
    number = {place: i for i, place in enumerate(places)}
    for what, items in (("substation", consumers), ("feed", feeds)):
        for item in items:
            require(item.place in number, f"{what} '{item.name}': no main reaches '{item.place}'")
    total = sum(each.share for each in consumers)
    require(total > 0.0 and all(c.share >= 0.0 for c in consumers), "shares of substations: not negative")
    consumers = [Consumer(name=c.name, place=c.place, share=c.share / total) for c in consumers]
    flow = design_flow * _passing(mains, consumers, number, number[feeds[0].place])
    sizes = PipeSizes(
        nominal=tuple(p.nominal for p in pipes),
        diameter=np.array([p.inner for p in pipes]),
        roughness=pipes[0].roughness,
    )
    same = np.ones(len(mains))
    sized = select_sizes(sizes, rule, flow, WATER_DENSITY * same, WATER_VISCOSITY * same)
    chosen = tuple(pipes[row] for row in sized.row)
    branches: list[Branch] = []
    for main, pipe, lines in zip(mains, chosen, sized.parallel, strict=True):
        for way, a, b in (("supply", main.start, main.end), ("return", main.end, main.start)):
            branches.append(
                Pipe(
                    name=f"{way} {main.name}",
                    start=f"{way} {a}",
                    end=f"{way} {b}",
                    length=main.length,
                    diameter=pipe.inner,
                    roughness=pipe.roughness,
                    minor=20.0 * main.length / 1e3,  # bends and tees: K = 20 a km (assumption)
                    parallel=int(lines),
                )
            )
    first = len(branches)
    for each in consumers:
        branches.append(_across(each.name, each.place, design_flow * each.share, down=True))
    for j, feed in enumerate(feeds):
        branches.append(_across(feed.name, feed.place, design_flow if j == 0 else 0.0, down=False))
    origin = feeds[0].place
    network = build_network(branches, vessel={f"supply {origin}": 0.0, f"return {origin}": 0.0})
    pairs = tuple(pair_conductance(pipe, soil) for pipe in chosen)
    heat = [
        PipeHeat(name=f"{way} {main.name}", surroundings=283.15, loss=pair.own, film=np.inf)
        for main, pair in zip(mains, pairs, strict=True)
        for way in ("supply", "return")
    ]
    own = np.arange(len(mains), dtype=np.intp)
    return DistrictNet(
        mains=tuple(mains),
        consumers=tuple(consumers),
        feeds=tuple(feeds),
        pipe=chosen,
        lines=sized.parallel,
        pair=pairs,
        flow=flow,
        design=design_flow,
        network=network,
        thermal=thermal_network(network, WATER, heat, reference=343.15),
        consumer=first + np.arange(len(consumers), dtype=np.intp),
        feed=first + len(consumers) + np.arange(len(feeds), dtype=np.intp),
        supply=2 * own,
        back=2 * own + 1,
    )


def _across(name: str, place: str, flow: float, *, down: bool) -> ImposedFlow:
    """From supply to return at a place, or back up through a source."""
    ways = (f"supply {place}", f"return {place}")
    start, end = ways if down else ways[::-1]
    return ImposedFlow(name=name, start=start, end=end, flow=flow)


def _passing(
    mains: Sequence[Main], consumers: Sequence[Consumer], number: dict[str, int], origin: int
) -> Array:
    """(nm,) share of the network's flow that passes each main on the shortest ways from the origin."""
    n = len(number)
    a = np.array([number[main.start] for main in mains])
    b = np.array([number[main.end] for main in mains])
    length = np.maximum([main.length for main in mains], 1e-3)
    # of doubled mains the shorter is the way
    best: dict[tuple[int, int], int] = {}
    for k in np.argsort(-length, kind="stable"):
        best[min(a[k], b[k]), max(a[k], b[k])] = int(k)
    keys = np.array(list(best))
    graph = coo_matrix((length[list(best.values())], (keys[:, 0], keys[:, 1])), shape=(n, n)).tocsr()
    part = connected_components(graph, directed=False)[1]
    cut = [each.name for each in consumers if part[number[each.place]] != part[origin]]
    require(
        not cut,
        f"{len(cut)} substations are not joined to the first feed: {', '.join(cut[:5])}",
        hint="a wider district.pipes.snap_m, or district.pipes.islands=drop",
    )
    distance, before = dijkstra(graph, directed=False, indices=origin, return_predecessors=True)
    passing = np.zeros(n)
    for each in consumers:
        passing[number[each.place]] += each.share
    share = np.zeros(len(mains))
    for node in np.argsort(-np.where(np.isfinite(distance), distance, -1.0), kind="stable"):
        up = int(before[node])
        if up >= 0:
            share[best[min(node, up), max(node, up)]] += passing[node]
            passing[up] += passing[node]
    idle = share == 0.0
    share[idle] = 0.5 * np.minimum(passing[a[idle]], passing[b[idle]])
    return np.maximum(share, 1e-6)
