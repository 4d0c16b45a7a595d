"""The levels of the multigrid: boxes of cells joined two by two, split where a panel passes through.

Coarsening joins pairs of cells along each axis, along the shorter spacings first. The fine cells of a coarse
one need not hang together: a panel, a rack's shell or a leaky door may pass between them. So each coarse
cell is split into the parts that strong connections join; its largest part stays in the box, the others
become nodes behind it (patches.py). Small levels have no box at all. Coarse conductances are the sums of the
fine ones times the ratio of distances, which is exact for a uniform medium on a graded grid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.linear import patches, splitting
from solvers.linear import transfer as transfer_kernels

Array = NDArray[np.float64]
Narrow = NDArray[np.float32]
Index = NDArray[np.int32]
Shape = tuple[int, int, int]
Values = tuple[Narrow, Narrow]

STRONG = 0.25  # share of a node's largest conductance above which a connection holds a part together
SMALLEST_BOX = 4_000  # cells; below, unstructured rows are as fast
COARSEST_NODES = 120
STALLED = 0.7  # share of nodes left above which weak connections are used too
NEARLY_CUBIC = 1.7  # an axis is coarsened when its spacing is below this many times the finest


def padded(shape: Shape) -> Shape:
    """Shape of the padded box around (nz, ny, nx) cells: one ghost layer low, two high."""
    return (shape[0] + 3, shape[1] + 3, shape[2] + 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Edges by node, in compressed form: see patches.py."""

    start: Index
    node: Index
    other: Index
    edge: Index

    @property
    def arrays(self) -> tuple[Index, Index, Index, Index]:
        """As the kernels of patches.py take them."""
        return self.start, self.node, self.other, self.edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """From a level to the next coarser one."""

    steps: tuple[int, int, int]  # x, y, z: cells joined along each axis, 1 or 2
    ratio: tuple[Narrow, Narrow, Narrow]  # fine over coarse distance of centres, by coarse index
    flags: NDArray[np.uint8]  # bits of the cells, see transfer.py; empty where the coarse level has no box
    scratch: Narrow
    # fine nodes that the box kernels leave out, and their coarse nodes
    moved: Index
    to: Index
    # connections left out by the box kernels: index in the fine and in the coarse g
    source: Index
    target: Index
    source_ratio: Narrow
    # nodes with a sink, and their coarse nodes
    sink_source: Index
    sink_target: Index
    sink_ratio: Narrow


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level: its nodes, float32 conductances and work arrays."""

    frame: Shape
    boxed: bool
    begin: int  # first node behind the box
    g: Narrow  # x, y, z faces of the box, then the edges
    sink: Narrow
    inverse: Narrow
    b: Narrow
    x: Narrow
    other: Narrow
    rows: Rows
    transfer: Transfer | None  # None on the coarsest

    @property
    def faces(self) -> tuple[Narrow, Narrow, Narrow]:
        """The face conductances of the box."""
        n = self.begin
        return self.g[:n], self.g[n : 2 * n], self.g[2 * n : 3 * n]

    @property
    def split(self) -> bool:
        """Whether there are nodes or edges that the box kernels leave to those of patches.py."""
        return self.begin < self.sink.size or self.rows.node.size > 0

    @property
    def nodes(self) -> int:
        """Number of nodes, cells of the frame and those behind it."""
        behind = self.sink.size - self.begin
        return behind + (math.prod(self.frame) if self.boxed else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graph:
    """What the coarsening of a level needs beside its values."""

    frame: Shape
    boxed: bool
    begin: int
    size: int
    faces: tuple[Array, ...]
    place: Index
    edge_low: Index
    edge_high: Index


def build_levels(
    shape: Shape, faces: tuple[Array, Array, Array], g: Narrow, sink: Narrow
) -> tuple[Level, ...]:
    """The hierarchy for the present conductances: their pattern and strength, not yet their values.

    shape    (nz, ny, nx) of the finest grid
    faces    x, y, z face coordinates [m]
    g, sink  of the finest level, filled; they become its arrays
    """
    none = np.zeros(0, dtype=np.int32)
    graph = _Graph(
        frame=shape,
        boxed=True,
        begin=sink.size,
        size=sink.size,
        faces=faces,
        place=none,
        edge_low=none,
        edge_high=none,
    )
    levels = []
    while True:
        count = graph.size - graph.begin + (int(np.prod(graph.frame)) if graph.boxed else 0)
        if not graph.boxed and (count <= COARSEST_NODES or graph.frame == (1, 1, 1)):
            levels.append(_level(graph, g, sink, None))
            return tuple(levels)
        coarse, transfer = _coarsen(graph, g, sink, STRONG)
        if coarse.size - coarse.begin > STALLED * count:
            coarse, transfer = _coarsen(graph, g, sink, 0.0)
        levels.append(_level(graph, g, sink, transfer))
        g, sink = _coarse_values(coarse, transfer, graph, g, sink)
        graph = coarse


def _level(graph: _Graph, g: Narrow, sink: Narrow, transfer: Transfer | None) -> Level:
    zeros = [np.zeros(graph.size, dtype=np.float32) for _ in range(4)]
    return Level(
        frame=graph.frame,
        boxed=graph.boxed,
        begin=graph.begin,
        g=g,
        sink=sink,
        inverse=zeros[0],
        b=zeros[1],
        x=zeros[2],
        other=zeros[3],
        rows=_rows(graph),
        transfer=transfer,
    )


def _rows(graph: _Graph) -> Rows:
    low, high = graph.edge_low, graph.edge_high
    behind = 3 * graph.begin if graph.boxed else 0
    node = np.concatenate([low, high])
    order = np.argsort(node, kind="stable")
    edge = np.tile(np.arange(low.size, dtype=np.int32) + np.int32(behind), 2)
    rows = np.unique(node) if graph.boxed else np.arange(1, graph.size, dtype=np.int32)
    start = np.searchsorted(node[order], np.append(rows, graph.size))
    return Rows(
        start=start.astype(np.int32),
        node=rows.astype(np.int32),
        other=np.concatenate([high, low])[order],
        edge=edge[order],
    )


def _steps(faces: tuple[Array, ...]) -> tuple[int, int, int]:
    """Cells to join along x, y, z: small cells first, since point smoothers need nearly cubic cells."""
    spacing = [(f[-1] - f[0]) / (f.size - 1) for f in faces]
    finest = min((s for s, f in zip(spacing, faces, strict=True) if f.size > 2), default=0.0)
    steps = [
        2 if f.size > 2 and s <= NEARLY_CUBIC * finest else 1 for s, f in zip(spacing, faces, strict=True)
    ]
    return steps[0], steps[1], steps[2]


def _halved(face: Array, step: int) -> tuple[Array, Narrow]:
    """Face coordinates after joining, and the distance ratio by padded coarse index."""
    keep = np.append(np.arange(0, face.size - 1, step), face.size - 1)
    coarse = face[keep]
    ratio = np.zeros(coarse.size + 2, dtype=np.float32)
    fine_distance = np.diff(0.5 * (face[1:] + face[:-1]))
    coarse_distance = np.diff(0.5 * (coarse[1:] + coarse[:-1]))
    ratio[2 : coarse.size] = fine_distance[keep[1:-1] - 1] / coarse_distance
    return coarse, ratio


def _coarsen(graph: _Graph, g: Narrow, sink: Narrow, share: float) -> tuple[_Graph, Transfer]:
    """The next coarser graph; connections below `share` of a node's strength hold no part together."""
    steps = _steps(graph.faces)
    halves = [_halved(f, s) for f, s in zip(graph.faces, steps, strict=True)]
    faces = tuple(h[0] for h in halves)
    ratio = (halves[0][1], halves[1][1], halves[2][1])
    frame = (faces[2].size - 1, faces[1].size - 1, faces[0].size - 1)
    box_size = int(np.prod(padded(frame)))
    boxed = graph.boxed and int(np.prod(frame)) >= SMALLEST_BOX
    begin = box_size if boxed else 1

    box, coarse_of, parent, count = (np.zeros(graph.size, dtype=np.int32) for _ in range(4))
    strength = np.zeros(graph.size, dtype=np.float32)
    splitting.locate(graph.frame, frame, *steps, graph.boxed, graph.begin, graph.place, box)
    splitting.measure(graph.frame, graph.boxed, g, graph.edge_low, graph.edge_high, strength)
    splitting.join_strong(
        graph.frame, graph.boxed, g, graph.edge_low, graph.edge_high, box, strength, np.float32(share), parent
    )
    largest = np.zeros(box_size if boxed else 1, dtype=np.int32)
    place = np.zeros(graph.size, dtype=np.int32)
    behind = splitting.number_parts(
        box, strength, sink, boxed, begin, parent, count, largest, coarse_of, place
    )
    flags = np.full(graph.begin if graph.boxed else 1, 7, dtype=np.uint8)
    found = 0
    for _ in range(2):  # count, then list
        source, low, high = (np.zeros(found, dtype=np.int32) for _ in range(3))
        source_ratio = np.zeros(found, dtype=np.float32)
        found = splitting.list_connections(
            graph.frame,
            frame,
            *steps,
            *ratio,
            graph.boxed,
            g,
            graph.edge_low,
            graph.edge_high,
            box,
            coarse_of,
            boxed,
            flags,
            source,
            low,
            high,
            source_ratio,
        )
    size = begin + behind
    pairs, which = np.unique(low.astype(np.int64) * size + high, return_inverse=True)
    low, high = (pairs // size).astype(np.int32), (pairs % size).astype(np.int32)
    target = np.zeros(pairs.size, dtype=np.int32)
    edge = np.ones(pairs.size, dtype=bool)
    if boxed:
        # an edge may come to lie between two cells of the coarse box: then it is a face of it
        edge = high >= begin
        stride = (1, frame[2] + 3, (frame[2] + 3) * (frame[1] + 3))
        for axis in range(3):
            face = ~edge & (high - low == stride[axis])
            target[face] = axis * begin + high[face]
    target[edge] = (3 * begin if boxed else 0) + np.arange(int(edge.sum()))
    taken = coarse_of > 0
    if boxed:
        splitting.mark_cells(
            graph.frame, frame, *steps, g, box, coarse_of, strength, np.float32(share), flags
        )
        taken[: graph.begin] &= flags & (1 << 6) == 0
    moved = np.flatnonzero(taken)
    has_sink = np.flatnonzero((sink > 0) & (coarse_of > 0))
    coarse = _Graph(
        frame=frame,
        boxed=boxed,
        begin=begin,
        size=size,
        faces=faces,
        place=place[:behind].copy(),
        edge_low=low[edge],
        edge_high=high[edge],
    )
    return coarse, Transfer(
        steps=steps,
        ratio=ratio,
        flags=flags if boxed else np.zeros(0, dtype=np.uint8),
        scratch=np.zeros((frame[0], 2, graph.frame[2] + 3) if boxed else (0, 2, 0), dtype=np.float32),
        moved=moved.astype(np.int32),
        to=coarse_of[moved],
        source=source,
        target=target[which],
        source_ratio=source_ratio,
        sink_source=has_sink.astype(np.int32),
        sink_target=coarse_of[has_sink],
        sink_ratio=np.ones(has_sink.size, dtype=np.float32),
    )


def _coarse_values(coarse: _Graph, transfer: Transfer, fine: _Graph, g: Narrow, sink: Narrow) -> Values:
    """Arrays of the coarse graph, filled."""
    faces = 3 * coarse.begin if coarse.boxed else 0
    coarse_g = np.zeros(faces + coarse.edge_low.size, dtype=np.float32)
    coarse_sink = np.zeros(coarse.size, dtype=np.float32)
    coarsen_values(transfer, fine.frame, g, sink, coarse.frame, coarse_g, coarse_sink)
    return coarse_g, coarse_sink


def coarsen_values(
    transfer: Transfer,
    frame: Shape,
    g: Narrow,
    sink: Narrow,
    coarse_frame: Shape,
    coarse_g: Narrow,
    coarse_sink: Narrow,
) -> None:
    """Conductances and sinks of the next coarser level from those of a finer one."""
    n = transfer.flags.size
    faces = 0
    if n:  # both have a box
        m = int(np.prod(padded(coarse_frame)))
        faces = 3 * m
        for axis in range(3):
            transfer_kernels.coarsen_faces(
                frame,
                coarse_frame,
                axis,
                *transfer.steps,
                transfer.ratio[axis],
                transfer.flags,
                g[axis * n : (axis + 1) * n],
                coarse_g[axis * m : (axis + 1) * m],
            )
    patches.coarsen_edges(faces, transfer.source, transfer.target, transfer.source_ratio, g, coarse_g)
    patches.coarsen_edges(
        0, transfer.sink_source, transfer.sink_target, transfer.sink_ratio, sink, coarse_sink
    )
