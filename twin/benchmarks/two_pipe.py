"""Random two-pipe networks: a tree of supply mains with a few loops, its twin as return, consumers between.

Every node but the source has a consumer. The shape is drawn once per seed; all numbers are plain arrays, so
that another program can be given the same network.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial import Delaunay

from geometry.grid import Array
from solvers.liquid.hydraulics.network import Branch, ImposedFlow, Network, Pipe, build_network

Index = NDArray[np.intp]

LOOPS = 0.05  # further pipes, as a share of those of the tree
SPREAD = 0.2  # each load is drawn anew within this share of its mean
ROUGHNESS = 1e-4  # [m]
SPEED = 1.0  # at the mean loads, [m/s]
DENSITY, VISCOSITY, HEAT_CAPACITY = 983.2, 4.66e-4, 4185.0  # water at 60 degC [kg/m3], [Pa s], [J/kg K]
SUPPLY_PRESSURE, RETURN_PRESSURE = 1.2e6, 4e5  # at the source [Pa]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPipe:
    """One circuit; the return is its mirror. Node 0 is the source, node i > 0 has the consumer i - 1.

    start, end        (n,) nodes of the pipes
    length, diameter  (n,) [m]
    load              (consumers,) mean mass flow of each consumer [kg/s]
    """

    start: Index
    end: Index
    length: Array
    diameter: Array
    load: Array

    @property
    def consumers(self) -> int:
        return int(self.load.size)

    @property
    def pipes(self) -> int:
        """Of both circuits."""
        return 2 * int(self.length.size)


def random_two_pipe(consumers: int, *, seed: int = 7) -> TwoPipe:
    """A network on random places, 60 m apart on average: the shortest tree that joins them, and a few loops.

    The loops are further edges of the triangulation between the places. Pipes of the tree are sized for 1 m/s
    at the mean loads (25 mm at least), those of the loops like the thinner pipe at their ends.
    """
    rng = np.random.default_rng(seed)
    n = consumers + 1
    place = rng.uniform(0.0, 60.0 * np.sqrt(n), (n, 2))
    edges = _neighbours(place)
    lengths = np.hypot(*(place[edges[:, 0]] - place[edges[:, 1]]).T)
    graph = coo_matrix((lengths, edges.T), shape=(n, n))
    order, parent = breadth_first_order(minimum_spanning_tree(graph), 0, directed=False)
    load = rng.uniform(0.2, 1.0, consumers)
    through = np.append(0.0, load)
    for node in order[:0:-1]:
        through[parent[node]] += through[node]
    bore = np.maximum(0.025, np.sqrt(4.0 * through / (np.pi * SPEED * DENSITY)))
    start, end = edges[~((parent[edges[:, 0]] == edges[:, 1]) | (parent[edges[:, 1]] == edges[:, 0]))].T
    drawn = rng.choice(start.size, round(LOOPS * consumers), replace=False)
    start, end = start[drawn], end[drawn]
    starts, ends = np.append(parent[order[1:]], start), np.append(order[1:], end)
    return TwoPipe(
        start=starts.astype(np.intp),
        end=ends.astype(np.intp),
        length=np.maximum(5.0, np.hypot(*(place[starts] - place[ends]).T)),
        diameter=np.append(bore[order[1:]], np.minimum(bore[start], bore[end])),
        load=load,
    )


def loads(case: TwoPipe, solves: int, *, seed: int = 11) -> Array:
    """(solves, consumers) flows, each drawn within 20 % of its mean [kg/s]."""
    rng = np.random.default_rng(seed)
    return case.load * rng.uniform(1.0 - SPREAD, 1.0 + SPREAD, (solves, case.consumers))


def two_pipe_network(case: TwoPipe) -> Network:
    """Supply pipes, return pipes, then the consumers as imposed flows; pressures are given at the source."""
    branches: list[Branch] = []
    for side in ("S", "R"):
        for i, (a, b) in enumerate(zip(case.start, case.end, strict=True)):
            a, b = (a, b) if side == "S" else (b, a)
            branches.append(
                Pipe(
                    name=f"{side}{i}",
                    start=f"{side}-{a}",
                    end=f"{side}-{b}",
                    length=float(case.length[i]),
                    diameter=float(case.diameter[i]),
                    roughness=ROUGHNESS,
                )
            )
    branches += [
        ImposedFlow(name=f"C{i}", start=f"S-{i}", end=f"R-{i}", flow=float(flow))
        for i, flow in enumerate(case.load, 1)
    ]
    return build_network(branches, pressure={"S-0": SUPPLY_PRESSURE, "R-0": RETURN_PRESSURE})


def _neighbours(place: Array) -> Index:
    """(n, 2) pairs of places that the triangulation joins, each once."""
    corners = Delaunay(place).simplices
    pairs = np.sort(np.concatenate((corners[:, :2], corners[:, 1:], corners[:, ::2])), axis=1)
    return np.asarray(np.unique(pairs, axis=0), dtype=np.intp)
