"""A network whose pipes hold and lose heat: the records a person writes, and the flat arrays kernels read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.errors import InputError, require
from solvers.fluids import Fluid, check_temperature, density
from solvers.liquid.heat.order import FlowGraph, flow_graph
from solvers.liquid.hydraulics.network import Network

Array = NDArray[np.float64]
Index = NDArray[np.intp]

FILM_FROM_FLOW = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PipeHeat:
    """Heat of a pipe of the network: its wall, its insulation, what is around it. Per metre of one line.

    `solvers.liquid.heat.losses` has the resistances of layers, soil and surfaces.
    """

    name: str  # of the pipe
    surroundings: float  # [K]
    loss: float = 0.0  # from the wall to the surroundings [W/(m K)]
    wall: float = 0.0  # heat capacity of the wall [J/(m K)]
    film: float | None = None  # coolant to wall [W/(m K)]; None: from the flow (Gnielinski); inf: no film
    cells: int = 1

    def __post_init__(self) -> None:
        _check(self.name, self.loss, self.wall, self.film, "W/(m K)", "J/(m K)")
        require(self.cells >= 1, f"cells of pipe '{self.name}' = {self.cells}: at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdup:
    """Coolant held by a device, stirred: a rack, an exchanger, a tank."""

    name: str  # of the branch
    volume: float  # [m3]
    surroundings: float  # [K]
    loss: float = 0.0  # from the metal to the surroundings [W/K]
    metal: float = 0.0  # heat capacity [J/K]
    film: float = math.inf  # coolant to metal [W/K]
    cells: int = 1

    def __post_init__(self) -> None:
        require(self.volume > 0.0, f"volume of '{self.name}' = {self.volume:g} m3: must be positive")
        _check(self.name, self.loss, self.metal, self.film, "W/K", "J/K")
        require(self.cells >= 1, f"cells of '{self.name}' = {self.cells}: at least 1")


class Stores(NamedTuple):
    """Branches that hold heat (ns,), all lines together; cells of store s: first[s] : first[s + 1]."""

    branch: Index
    first: Index  # (ns + 1,)
    mass: Array  # of coolant [kg]
    wall: Array  # [J/K]
    loss: Array  # [W/K]
    film: Array  # [W/K]; FILM_FROM_FLOW: from the flow
    length: Array  # of a line [m]; 0: a device
    diameter: Array  # [m]
    lines: Array  # parallel ones


@dataclass(frozen=True, slots=True, kw_only=True)
class ThermalNetwork:
    """A network, its coolant, and the branches that hold heat. Made by `thermal_network`."""

    network: Network
    fluid: Fluid
    graph: FlowGraph
    stores: Stores
    surroundings: Array  # (ns,) [K]
    reference: float  # temperature at which the pipes were filled [K]

    @property
    def n_cells(self) -> int:
        return int(self.stores.first[-1])

    def store(self, name: str) -> int:
        """Number of the store of a branch. InputError if it holds no heat."""
        at = self.network.branches.index(name) if name in self.network.branches else -1
        found = np.flatnonzero(self.stores.branch == at)
        require(bool(found.size), f"the branch '{name}' holds no heat", hint="give it a PipeHeat or a Holdup")
        return int(found[0])

    def __str__(self) -> str:
        return f"ThermalNetwork({self.network}, {self.fluid}, {self.stores.branch.size} stores)"


def thermal_network(
    network: Network, fluid: Fluid, heat: Iterable[PipeHeat | Holdup] = (), *, reference: float
) -> ThermalNetwork:
    """Add heat to a network.

    heat       of pipes and devices, each branch once; a branch without has neither store nor loss
    reference  temperature at which the coolant was filled in [K]: each store keeps its mass; what expands
               is the vessel's

    Raises InputError for an unknown branch, for two records of one, for a PipeHeat of a branch that is no
    pipe or has no length, and for temperatures outside the fluid's range.
    """
    check_temperature(fluid, reference)
    number: Mapping[str, int] = {name: i for i, name in enumerate(network.branches)}
    pipe = {int(branch): k for k, branch in enumerate(network.pipe)}
    rho = float(density(fluid, reference))
    rows: dict[int, tuple[float, ...]] = {}
    for item in heat:
        require(
            item.name in number, f"no branch of the network is called '{item.name}'", hint="a record a branch"
        )
        j = number[item.name]
        require(j not in rows, f"the branch '{item.name}' is given heat twice")
        require(
            math.isfinite(item.surroundings) and item.surroundings > 0.0,
            f"surroundings of '{item.name}' = {item.surroundings:g} K: must be positive",
        )
        if isinstance(item, Holdup):
            row: tuple[float, ...] = (item.volume * rho, item.metal, item.loss, item.film, 0.0, 0.0, 1.0)
        else:
            row = _pipe_row(network, item, pipe.get(j, -1), rho)
        rows[j] = (*row, item.surroundings, float(item.cells))
    branches = sorted(rows)
    table = np.array([rows[j] for j in branches]).reshape(len(branches), 9)
    mass, wall, loss, film, length, diameter, lines, around, cells = np.ascontiguousarray(table.T)
    return ThermalNetwork(
        network=network,
        fluid=fluid,
        graph=flow_graph(network),
        stores=Stores(
            branch=np.array(branches, dtype=np.intp),
            first=np.concatenate(([0], np.cumsum(cells))).astype(np.intp),
            mass=mass,
            wall=wall,
            loss=loss,
            film=film,
            length=length,
            diameter=diameter,
            lines=lines,
        ),
        surroundings=around,
        reference=reference,
    )


def _pipe_row(network: Network, item: PipeHeat, k: int, rho: float) -> tuple[float, ...]:
    if k < 0:
        raise InputError(f"'{item.name}' is no pipe: its volume is not known\n  try: a Holdup")
    length, diameter, lines = network.length[k], network.diameter[k], network.parallel[k]
    require(
        length > 0.0,
        f"length of pipe '{item.name}' = 0 m: it can hold no heat",
        hint="leave its PipeHeat out",
    )
    metres = length * lines
    return (
        metres * 0.25 * math.pi * diameter**2 * rho,
        metres * item.wall,
        metres * item.loss,
        FILM_FROM_FLOW if item.film is None else metres * item.film,
        length,
        diameter,
        lines,
    )


def _check(name: str, loss: float, wall: float, film: float | None, rate: str, capacity: str) -> None:
    require(0.0 <= loss < math.inf, f"loss of '{name}' = {loss:g} {rate}: must be 0 or more")
    require(0.0 <= wall < math.inf, f"heat capacity of the wall of '{name}' = {wall:g} {capacity}: below 0")
    require(film is None or film > 0.0, f"film of '{name}' = {film} {rate}: must be positive")
