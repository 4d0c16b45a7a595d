"""Lines drawn on a map -> a graph: ends that nearly meet are joined, T-junctions cut, islands found.

Coordinates are metres in a plane. Lines that cross without a vertex of both there pass over each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geometry.errors import require
from geometry.grid import Array

Index = NDArray[np.intp]

SAME = 0.05  # two vertices are one [m]: degrees of seven decimals are a centimetre


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceGraph:
    """Edges between nodes, from lines drawn on a map.

    node        (nn, 2) place of each node [m]
    start, end  (ne,) nodes of each edge
    length      (ne,) along its line [m]
    line        (ne,) which of the lines given it is a part of
    places      its vertices from start to end, each (k, 2) [m]
    island      (nn,) number of the connected part, 0 the longest
    doubled     lines that lay on top of others and were left out
    """

    node: Array
    start: Index
    end: Index
    length: Array
    line: Index
    places: tuple[Array, ...]
    island: Index
    doubled: tuple[int, ...]

    @property
    def n_islands(self) -> int:
        return int(self.island.max()) + 1

    def island_length(self, number: int) -> float:
        """[m]"""
        return float(self.length[self.island[self.start] == number].sum())

    def nearest(self, place: Array) -> int:
        """Node nearest to a place (2,) [m]."""
        return int(np.argmin(np.linalg.norm(self.node - place, axis=1)))


def trace_graph(lines: Sequence[Array], *, snap: float) -> TraceGraph:
    """The graph of lines (k, 2) [m] whose ends meet others' within `snap` [m].

    An end on the side of another line cuts it there; so does a vertex that two lines share. Pieces shorter
    than `snap` between the same nodes vanish; of pieces that run alike between the same nodes one is kept.
    Raises InputError without lines.
    """
    require(bool(lines), "no lines to make a network of")
    require(snap > 0.0, f"distance within which ends meet = {snap:g} m: must be positive")
    pieces: list[tuple[int, Array]] = []
    ends = np.concatenate([*(line[[0, -1]] for line in lines), _shared(lines)])
    for number, line in enumerate(lines):
        pieces += [(number, piece) for piece in _cut(line, ends, snap)]
    tips = np.concatenate([piece[[0, -1]] for _, piece in pieces])
    cluster, node = _clusters(tips, snap)
    start, end = cluster[::2], cluster[1::2]
    kept: dict[tuple[int, int, int], int] = {}
    doubled: list[int] = []
    rows: list[int] = []
    for k, (number, piece) in enumerate(pieces):
        long = _length(piece)
        if start[k] == end[k] and long <= 2.0 * snap:
            continue
        low, high = sorted((int(start[k]), int(end[k])))
        key = (low, high, round(long / (4.0 * snap)))
        near = [
            kept[low, high, key[2] + shift] for shift in (-1, 0, 1) if (low, high, key[2] + shift) in kept
        ]
        if any(_alike(pieces[other][1], piece, snap) for other in near):
            doubled.append(number)
            continue
        kept[key] = k
        rows.append(k)
    require(bool(rows), "all lines are shorter than the distance within which ends meet")
    a, b = start[rows], end[rows]
    n = len(node)
    joined = coo_matrix((np.ones(len(rows)), (a, b)), shape=(n, n))
    part = connected_components(joined, directed=False)[1]
    length = np.array([_length(pieces[k][1]) for k in rows])
    total = np.bincount(part[a], weights=length, minlength=part.max() + 1)
    order = np.empty(total.size, dtype=np.intp)
    order[np.argsort(-total, kind="stable")] = np.arange(total.size)
    used = np.zeros(n, dtype=bool)
    used[a], used[b] = True, True
    number_of = np.cumsum(used) - 1
    return TraceGraph(
        node=node[used],
        start=number_of[a],
        end=number_of[b],
        length=length,
        line=np.array([pieces[k][0] for k in rows], dtype=np.intp),
        places=tuple(pieces[k][1] for k in rows),
        island=order[part][used],
        doubled=tuple(dict.fromkeys(doubled)),
    )


def _shared(lines: Sequence[Array]) -> Array:
    """(k, 2) vertices that two lines have in common, to `SAME` metres."""
    vertices = np.concatenate(lines)
    owner = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    pairs = cKDTree(vertices).query_pairs(SAME, output_type="ndarray")
    return vertices[pairs[owner[pairs[:, 0]] != owner[pairs[:, 1]], 0]]


def _cut(line: Array, ends: Array, snap: float) -> list[Array]:
    """Pieces of a line, cut where an end of a line lies on it; not near its own ends."""
    step = np.diff(line, axis=0)
    size = np.linalg.norm(step, axis=1)
    along = np.concatenate(([0.0], np.cumsum(size)))
    low, high = line.min(axis=0) - snap, line.max(axis=0) + snap
    close = ends[np.all((ends >= low) & (ends <= high), axis=1)]
    cuts: list[float] = []
    for place in close:
        share = np.clip(
            np.einsum("ij,ij->i", place - line[:-1], step) / np.maximum(size, 1e-12) ** 2, 0.0, 1.0
        )
        foot = line[:-1] + share[:, None] * step
        distance = np.linalg.norm(foot - place, axis=1)
        i = int(np.argmin(distance))
        at = float(along[i] + share[i] * size[i])
        if distance[i] <= snap and snap < at < along[-1] - snap:
            cuts.append(at)
    stops = [0.0]
    for at in sorted(cuts):
        if at - stops[-1] > snap:
            stops.append(at)
    stops.append(float(along[-1]))
    pieces = []
    for first, last in pairwise(stops):
        inside = (along > first + 1e-9) & (along < last - 1e-9)
        tips = np.array([[np.interp(s, along, line[:, c]) for c in (0, 1)] for s in (first, last)])
        pieces.append(np.concatenate((tips[:1], line[inside], tips[1:])))
    return pieces


def _clusters(places: Array, snap: float) -> tuple[Index, Array]:
    """(number of the cluster of each place, centre of each cluster): places within `snap` of one another."""
    pairs = cKDTree(places).query_pairs(snap, output_type="ndarray")
    n = len(places)
    near = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    count, cluster = connected_components(near, directed=False)
    centre = np.stack(
        [np.bincount(cluster, weights=places[:, c], minlength=count) for c in (0, 1)], axis=1
    ) / np.bincount(cluster, minlength=count).reshape(-1, 1)
    return cluster.astype(np.intp), centre


def _length(line: Array) -> float:
    return float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())


def _alike(one: Array, other: Array, snap: float) -> bool:
    """Whether two pieces between the same nodes run along one another: their middles are close."""
    return bool(np.linalg.norm(_middle(one) - _middle(other)) <= 2.0 * snap)


def _middle(line: Array) -> Array:
    along = np.concatenate(([0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))))
    return np.array([np.interp(0.5 * along[-1], along, line[:, c]) for c in (0, 1)])
