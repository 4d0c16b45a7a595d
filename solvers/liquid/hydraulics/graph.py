"""The graph of a network as the solver reads it: unknown pressures, free branches, their places in L."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers.liquid.hydraulics.ldl import Pattern, analyse, slots

Index = NDArray[np.intp]


class Graph(NamedTuple):
    """Rows of the linear system follow the order of elimination; -1: a node of given pressure."""

    start: Index  # (nb,) node
    end: Index
    free: Index  # (nf,) branches with a law; the others' flow is imposed
    is_free: NDArray[np.bool_]  # (nb,)
    start_row: Index  # (nf,) row of the node where the free branch starts, or -1
    end_row: Index
    slot: Index  # (nf,) place of the branch in L, or -1
    row: Index  # (nn,) row of each node, or -1
    joined: NDArray[np.bool_]  # (nb,) whether pressures at its ends hang together
    must_balance: NDArray[np.bool_]  # (nn,) whether mass must balance: not at an open node of given pressure


def graph_of(
    start: Index, end: Index, imposed: Index, fixed: Index, part: Index, must_balance: NDArray[np.bool_]
) -> tuple[Graph, Pattern]:
    """Order the unknown pressures and find the pattern of the factors: once per topology."""
    n_nodes = must_balance.size
    free = np.delete(np.arange(start.size, dtype=np.intp), imposed)
    free_node = np.delete(np.arange(n_nodes, dtype=np.intp), fixed)
    unknown = np.full(n_nodes, -1, dtype=np.intp)
    unknown[free_node] = np.arange(free_node.size)
    a, b = unknown[start[free]], unknown[end[free]]
    inside = (a >= 0) & (b >= 0)
    pattern = analyse(free_node.size, a[inside], b[inside])
    row = np.full(n_nodes, -1, dtype=np.intp)
    row[free_node] = pattern.place
    is_free = np.ones(start.size, dtype=bool)
    is_free[imposed] = False
    graph = Graph(
        start=start,
        end=end,
        free=free,
        is_free=is_free,
        start_row=row[start[free]],
        end_row=row[end[free]],
        slot=slots(pattern, a, b),
        row=row,
        joined=part[start] == part[end],
        must_balance=must_balance,
    )
    return graph, pattern
