"""A network of pipes and devices in flat arrays: numbered, checked, its equations ordered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geometry.errors import InputError, require
from solvers.liquid.hydraulics.graph import Graph, graph_of
from solvers.liquid.hydraulics.records import Branch, ImposedFlow, Pipe, Pump, Resistance

__all__ = ["Branch", "ImposedFlow", "Network", "Pipe", "Pump", "Resistance", "build_network"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Flat form. Branches keep the order they were given in; `pipe`, `resistance`, ... index into it."""

    nodes: tuple[str, ...]
    branches: tuple[str, ...]
    start: Index  # (nb,) node of each branch
    end: Index
    pipe: Index
    length: Array  # of the pipes [m], as the next four
    diameter: Array
    roughness: Array
    minor: Array
    parallel: Array
    power_law: Index
    law_flow: Array  # reference flow [kg/s], as the next two
    law_drop: Array
    law_exponent: Array
    pump: Index
    pump_flow: Array
    pump_rated: Array
    pump_shutoff: Array
    imposed: Index
    imposed_flow: Array  # [kg/s]
    inflow: Array  # (nn,) given from outside, positive into the node [kg/s]
    fixed: Index  # nodes of given pressure: the user's, and one of every other part
    fixed_pressure: Array  # [Pa]
    open_nodes: Index  # those of `fixed` that may feed or drain the network: the user's
    part: Index  # (nn,) number of the connected part (joined by anything but an imposed flow)
    graph: Graph  # what the solver needs of start, end, imposed and fixed; holds while these do

    def node(self, name: str) -> int:
        return self.nodes.index(name)

    def __str__(self) -> str:
        return f"Network({len(self.nodes)} nodes, {len(self.branches)} branches, {self.part.max() + 1} parts)"


def build_network(
    branches: Iterable[Branch],
    *,
    inflow: Mapping[str, float] | None = None,
    pressure: Mapping[str, float] | None = None,
) -> Network:
    """Number the nodes and check that every flow has a way.

    inflow    given mass flow into a node from outside [kg/s]; negative: drawn
    pressure  given pressure of a node [Pa]; a part of the network without one gets 0 Pa at its first node

    Raises InputError for an empty network, a repeated name, an unknown node, a branch from a node to itself,
    and for a part into which imposed flows carry more than they take out: a load without a way back.
    """
    items: Sequence[Branch] = tuple(branches)
    inflow, pressure = dict(inflow or {}), dict(pressure or {})
    require(bool(items), "the liquid network is empty", hint="a hall with racks and CDUs")
    names = tuple(item.name for item in items)
    _refuse_repeats(names)
    number: dict[str, int] = {}
    for item in items:
        require(item.start != item.end, f"branch '{item.name}' leads from '{item.start}' to itself")
        number.setdefault(item.start, len(number))
        number.setdefault(item.end, len(number))
    for name in (*inflow, *pressure):
        require(name in number, f"no branch ends at the node '{name}'", hint="join it by a pipe or a device")
    nodes = tuple(number)
    start = np.array([number[item.start] for item in items], dtype=np.intp)
    end = np.array([number[item.end] for item in items], dtype=np.intp)

    pipes = [(i, b) for i, b in enumerate(items) if isinstance(b, Pipe)]
    laws = [(i, b) for i, b in enumerate(items) if isinstance(b, Resistance)]
    pumps = [(i, b) for i, b in enumerate(items) if isinstance(b, Pump)]
    flows = [(i, b) for i, b in enumerate(items) if isinstance(b, ImposedFlow)]
    imposed = _index(i for i, _ in flows)
    imposed_flow = _array(b.flow for _, b in flows)

    part = _parts(len(nodes), np.delete(start, imposed), np.delete(end, imposed))
    given = np.zeros(len(nodes))
    for name, value in inflow.items():
        given[number[name]] += value
    supply = given.copy()
    np.add.at(supply, start[imposed], -imposed_flow)
    np.add.at(supply, end[imposed], imposed_flow)
    fixed = {number[name]: value for name, value in pressure.items()}
    open_parts = {int(part[node]) for node in fixed}
    n_open = len(fixed)
    for number_of_part in range(int(part.max()) + 1):
        if number_of_part in open_parts:
            continue
        members = np.flatnonzero(part == number_of_part)
        surplus = float(supply[members].sum())
        size = float(np.abs(supply[members]).sum())
        if abs(surplus) > 1e-9 * size:
            some = ", ".join(f"'{nodes[i]}'" for i in members[:4])
            verb, way = ("receives", "out") if surplus > 0.0 else ("loses", "in")
            raise InputError(
                f"disconnected: the part of the network with {some}{' ...' if members.size > 4 else ''} "
                f"{verb} {abs(surplus):.4g} kg/s without a way {way}\n"
                "  try: a pipe that joins it, or a device that closes the loop"
            )
        fixed[int(members[0])] = 0.0
    pinned = _index(fixed)
    must_balance = np.ones(len(nodes), dtype=bool)
    # a node of given pressure may feed the network; in a closed part all flow returns to it
    must_balance[pinned[:n_open]] = False
    return Network(
        nodes=nodes,
        branches=names,
        start=start,
        end=end,
        pipe=_index(i for i, _ in pipes),
        length=_array(b.length for _, b in pipes),
        diameter=_array(b.diameter for _, b in pipes),
        roughness=_array(b.roughness for _, b in pipes),
        minor=_array(b.minor for _, b in pipes),
        parallel=_array(float(b.parallel) for _, b in pipes),
        power_law=_index(i for i, _ in laws),
        law_flow=_array(b.flow for _, b in laws),
        law_drop=_array(b.drop for _, b in laws),
        law_exponent=_array(b.exponent for _, b in laws),
        pump=_index(i for i, _ in pumps),
        pump_flow=_array(b.flow for _, b in pumps),
        pump_rated=_array(b.rated for _, b in pumps),
        pump_shutoff=_array(b.shutoff for _, b in pumps),
        imposed=imposed,
        imposed_flow=imposed_flow,
        inflow=given,
        fixed=pinned,
        fixed_pressure=_array(fixed.values()),
        open_nodes=np.arange(n_open),
        part=part,
        graph=graph_of(start, end, imposed, pinned, must_balance),
    )


def _parts(n: int, start: Index, end: Index) -> Index:
    joined = coo_matrix((np.ones(start.size), (start, end)), shape=(n, n))
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.intp)


def _refuse_repeats(names: tuple[str, ...]) -> None:
    if len(set(names)) < len(names):
        repeated = sorted(name for name, times in Counter(names).items() if times > 1)
        raise InputError(f"branch names are used twice: {', '.join(repeated)}")


def _index(values: Iterable[int]) -> Index:
    return np.fromiter(values, dtype=np.intp)


def _array(values: Iterable[float]) -> Array:
    return np.fromiter(values, dtype=np.float64)
