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
from solvers.liquid.hydraulics.border import Controls
from solvers.liquid.hydraulics.flatten import automatic_of, controls_of, pump_table
from solvers.liquid.hydraulics.graph import Graph, graph_of
from solvers.liquid.hydraulics.laws import PumpTable, ValveTable
from solvers.liquid.hydraulics.ldl import Pattern
from solvers.liquid.hydraulics.records import (
    Branch,
    CheckValve,
    FlowControl,
    ImposedFlow,
    Pipe,
    PressureReducer,
    Pump,
    Resistance,
    Valve,
    WorstPoint,
)
from solvers.liquid.hydraulics.states import REDUCER, Automatic

__all__ = ["Branch", "ImposedFlow", "Network", "Pipe", "Pump", "Resistance", "build_network"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Flat form. Branches keep the order they were given in; `pipe`, `power_law`, ... index into it.

    Numbers may change from solve to solve by `dataclasses.replace`; what says which node is joined to which,
    which flows are imposed and which pressures given, may not: `graph` holds for it.
    """

    nodes: tuple[str, ...]
    branches: tuple[str, ...]
    start: Index  # (nb,) node of each branch
    end: Index
    rise: Array  # (nb,) height of its end over its start [m]
    closed: NDArray[np.bool_]  # (nb,) shut by hand
    pipe: Index
    length: Array  # of the pipes [m], as the next four
    diameter: Array
    roughness: Array
    minor: Array
    parallel: Array
    friction: Index  # records.Friction
    coefficient: Array  # of the laws that have one
    power_law: Index  # resistances
    law_flow: Array  # reference flow [kg/s], as the next two
    law_drop: Array
    law_exponent: Array
    valves: ValveTable
    pumps: PumpTable
    automatic: Automatic  # devices that act by themselves
    controls: Controls
    imposed: Index
    imposed_flow: Array  # [kg/s]
    inflow: Array  # (nn,) given from outside, positive into the node [kg/s]
    fixed: Index  # nodes of given pressure: the user's, and one of every other part
    fixed_pressure: Array  # [Pa]
    open_nodes: Index  # those of `fixed` that may feed or drain the network: the user's
    part: Index  # (nn,) number of the connected part (joined by anything but an imposed flow)
    graph: Graph  # what the solver needs of start, end, imposed and fixed
    pattern: Pattern  # of the factors
    pump_records: tuple[Pump, ...]  # for efficiencies

    def node(self, name: str) -> int:
        return self.nodes.index(name)

    def branch(self, name: str) -> int:
        return self.branches.index(name)

    def __str__(self) -> str:
        return f"Network({len(self.nodes)} nodes, {len(self.branches)} branches, {self.part.max() + 1} parts)"


def build_network(
    branches: Iterable[Branch],
    *,
    inflow: Mapping[str, float] | None = None,
    pressure: Mapping[str, float] | None = None,
    vessel: Mapping[str, float] | None = None,
    height: Mapping[str, float] | None = None,
    controls: Sequence[WorstPoint] = (),
    need_reference: bool = False,
) -> Network:
    """Number the nodes, check that every flow has a way, and order the equations.

    inflow    given mass flow into a node from outside [kg/s]; negative: drawn
    pressure  given pressure of a node that may feed or drain the network: a main, a tank [Pa]
    vessel    pressure at the expansion vessel of a closed part [Pa]: it holds the level and takes no flow.
              A part with neither gets 0 Pa at its first node, or with `need_reference` is refused.
    height    of nodes [m]; others are at 0. Pressures are then those of a gauge at the node.

    Raises InputError for an empty network, a repeated name, an unknown node, a branch from a node to itself,
    a part with two references of which one is a vessel, a reducer that would hold a given pressure, and for
    a part into which imposed flows carry more than they take out: a load without a way back.
    """
    items: Sequence[Branch] = tuple(branches)
    inflow, pressure, height = dict(inflow or {}), dict(pressure or {}), dict(height or {})
    vessel = dict(vessel or {})
    require(bool(items), "the liquid network is empty", hint="a hall with racks and CDUs")
    names = tuple(item.name for item in items)
    _refuse_repeats(names)
    number: dict[str, int] = {}
    for item in items:
        require(item.start != item.end, f"branch '{item.name}' leads from '{item.start}' to itself")
        number.setdefault(item.start, len(number))
        number.setdefault(item.end, len(number))
    for name in (*inflow, *pressure, *vessel, *height):
        require(name in number, f"no branch ends at the node '{name}'", hint="join it by a pipe or a device")
    nodes = tuple(number)
    start = np.array([number[item.start] for item in items], dtype=np.intp)
    end = np.array([number[item.end] for item in items], dtype=np.intp)

    pipes = [(i, b) for i, b in enumerate(items) if isinstance(b, Pipe)]
    laws = [(i, b) for i, b in enumerate(items) if isinstance(b, Resistance)]
    valves = [
        (i, b)
        for i, b in enumerate(items)
        if isinstance(b, Valve | CheckValve | PressureReducer | FlowControl)
    ]
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
    _add_vessels(fixed, {number[name]: value for name, value in vessel.items()}, nodes, part)
    _pin_the_rest(fixed, len(pressure), nodes, part, supply, need_reference)
    pinned = _index(fixed)
    must_balance = np.ones(len(nodes), dtype=bool)
    # a node of given pressure may feed the network; in a closed part all flow returns to it
    must_balance[pinned[: len(pressure)]] = False
    automatic = automatic_of(items)
    for j in automatic.branch[automatic.kind == REDUCER]:
        require(
            int(end[j]) not in fixed,
            f"pressure reducer '{names[j]}' ends at '{nodes[end[j]]}', whose pressure is given",
            hint="a pipe between the two, or another reference",
        )
    z = np.zeros(len(nodes))
    for name, value in height.items():
        z[number[name]] = value
    graph, pattern = graph_of(start, end, imposed, pinned, part, must_balance)
    return Network(
        nodes=nodes,
        branches=names,
        start=start,
        end=end,
        rise=z[end] - z[start],
        closed=np.array([isinstance(b, Pipe | Resistance) and b.closed for b in items], dtype=bool),
        pipe=_index(i for i, _ in pipes),
        length=_array(b.length for _, b in pipes),
        diameter=_array(b.diameter for _, b in pipes),
        roughness=_array(b.roughness for _, b in pipes),
        minor=_array(b.minor for _, b in pipes),
        parallel=_array(float(b.parallel) for _, b in pipes),
        friction=_index(int(b.law) for _, b in pipes),
        coefficient=_array(b.coefficient for _, b in pipes),
        power_law=_index(i for i, _ in laws),
        law_flow=_array(b.flow for _, b in laws),
        law_drop=_array(b.drop for _, b in laws),
        law_exponent=_array(b.exponent for _, b in laws),
        valves=ValveTable(
            branch=_index(i for i, _ in valves),
            kv=_array(b.kv for _, b in valves),
            opening=_array(b.opening if isinstance(b, Valve) else 1.0 for _, b in valves),
        ),
        pumps=pump_table(pumps, controls),
        automatic=automatic,
        controls=controls_of(controls, items),
        imposed=imposed,
        imposed_flow=imposed_flow,
        inflow=given,
        fixed=pinned,
        fixed_pressure=_array(fixed.values()),
        open_nodes=np.arange(len(pressure)),
        part=part,
        graph=graph,
        pattern=pattern,
        pump_records=tuple(b for _, b in pumps),
    )


def _add_vessels(
    fixed: dict[int, float], vessels: Mapping[int, float], nodes: tuple[str, ...], part: Index
) -> None:
    """Add the vessels' nodes to those of given pressure, one a part at most."""
    held = {int(part[node]): nodes[node] for node in fixed}
    for node, value in vessels.items():
        other = held.setdefault(int(part[node]), nodes[node])
        require(
            other == nodes[node] and node not in fixed,
            f"the vessel at '{nodes[node]}' and the pressure given at '{other}' hold the same part",
            hint="one reference for each hydraulically separate loop",
        )
        fixed[node] = value


def _pin_the_rest(
    fixed: dict[int, float],
    n_open: int,
    nodes: tuple[str, ...],
    part: Index,
    supply: Array,
    need_reference: bool,
) -> None:
    """Check that closed parts balance; give a reference to those that have none."""
    open_parts = {int(part[node]) for node in list(fixed)[:n_open]}
    held = {int(part[node]) for node in fixed}
    order = np.argsort(part, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
        number = int(part[members[0]])
        if number in open_parts:
            continue
        surplus = float(supply[members].sum())
        size = float(np.abs(supply[members]).sum())
        some = ", ".join(f"'{nodes[i]}'" for i in members[:4])
        where = f"the part of the network with {some}{' ...' if members.size > 4 else ''}"
        if abs(surplus) > 1e-9 * size:
            verb, way = ("receives", "out") if surplus > 0.0 else ("loses", "in")
            raise InputError(
                f"disconnected: {where} {verb} {abs(surplus):.4g} kg/s without a way {way}\n"
                "  try: a pipe that joins it, or a device that closes the loop"
            )
        if number not in held:
            require(
                not need_reference,
                f"no pressure reference: {where} has no given pressure",
                hint="an expansion vessel at one of its nodes",
            )
            fixed[int(members[0])] = 0.0


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
