"""A network of pipes and devices: the records a person writes, and the flat arrays a solver reads.

A device is the equation it adds between its two nodes: a pressure drop as a function of its mass flow, or
an imposed flow. Every flow is positive from `start` to `end`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geometry.errors import InputError, require

Array = NDArray[np.float64]
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipe:
    """dp = (f L/D + K) rho v |v| / 2 in each of `parallel` equal lines."""

    name: str
    start: str
    end: str
    length: float  # [m]
    diameter: float  # inner [m]
    roughness: float  # [m]
    minor: float = 0.0  # K [-]
    parallel: int = 1

    def __post_init__(self) -> None:
        require(self.length >= 0.0, f"length of pipe '{self.name}' = {self.length:g} m: must not be negative")
        require(self.diameter > 0.0, f"diameter of pipe '{self.name}' = {self.diameter:g} m: not positive")
        require(
            0.0 <= self.roughness <= 0.05 * self.diameter,
            f"roughness of pipe '{self.name}' = {self.roughness:g} m: outside 0..{0.05 * self.diameter:g} m",
        )
        require(self.minor >= 0.0, f"loss coefficient of pipe '{self.name}' = {self.minor:g}: negative")
        require(self.parallel >= 1, f"parallel lines of pipe '{self.name}' = {self.parallel}: below 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resistance:
    """dp = drop (m/flow)|m/flow|^(exponent-1): a rack, a valve, an exchanger from one data-sheet point."""

    name: str
    start: str
    end: str
    flow: float  # of the data-sheet point [kg/s]
    drop: float  # at that flow [Pa]
    exponent: float = 2.0

    def __post_init__(self) -> None:
        require(self.flow > 0.0, f"reference flow of '{self.name}' = {self.flow:g} kg/s: must be positive")
        require(self.drop > 0.0, f"reference drop of '{self.name}' = {self.drop:g} Pa: must be positive")
        require(1.0 <= self.exponent <= 3.0, f"exponent of '{self.name}' = {self.exponent:g}: outside 1..3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pump:
    """Head of a pump at its speed: p_end - p_start = shutoff - (shutoff - rated) (m/flow)|m/flow|."""

    name: str
    start: str
    end: str
    flow: float  # rated [kg/s]
    rated: float  # head at the rated flow [Pa]
    shutoff: float  # head at rest [Pa]

    def __post_init__(self) -> None:
        require(self.flow > 0.0, f"rated flow of pump '{self.name}' = {self.flow:g} kg/s: must be positive")
        require(
            self.shutoff > self.rated > 0.0,
            f"pump '{self.name}': shut-off {self.shutoff:g} Pa must exceed rated head {self.rated:g} Pa > 0",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImposedFlow:
    """A branch whose mass flow [kg/s] is held by control: a CDU with speed-controlled pumps, a demand."""

    name: str
    start: str
    end: str
    flow: float


Branch = Pipe | Resistance | Pump | ImposedFlow


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
        fixed=_index(fixed),
        fixed_pressure=_array(fixed.values()),
        open_nodes=np.arange(n_open),
        part=part,
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
