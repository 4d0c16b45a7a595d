"""The cool water circuit of a hall, from its pipe runs: coils and rear doors in parallel, pumps, the plant.

    plant -> hall.cool_supply -> headers -> <name>.cool_in -> coil, control valve -> <name>.cool_out -> ...
      ^                                                                                           |
      +--- pumps <--- hall.cool_return <--- headers <---------------------------------------------+

A coil and its valve are one branch: both drops grow with the square of the flow, and the valve takes what the
coil leaves of the pressure there is. The pumps share one speed, which keeps its rated drop at the consumer
that has the least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require, require_range
from geometry.piping import PipeRun
from solvers.fluids import Fluid, density, viscosity
from solvers.liquid.hall.pipes import PipeSizes, SizingRule
from solvers.liquid.hall.plan import Index, size_runs, unsized_pipes
from solvers.liquid.hydraulics.network import Branch, ImposedFlow, Network, Pump, Resistance, build_network
from solvers.liquid.hydraulics.records import FlowControl, WorstPoint
from solvers.liquid.hydraulics.solve import solve_hydraulics

Array = NDArray[np.float64]

SHUTOFF = 1.25  # rise of the pumps at rest over that at the design point [-]; assumption, a flat curve
KEPT = 1.05  # of the rated drop at the worst consumer: a valve without reserve does not regulate; assumption
SLOWEST = 0.2  # speed of the pumps [-]; assumption


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """A coil and its control valve.

    flow        rated [kg/s]; 0: its valve stays shut
    coil_drop   at the rated flow [Pa]
    valve_drop  of the open valve at the rated flow [Pa]
    """

    name: str
    flow: float
    coil_drop: float
    valve_drop: float

    def __post_init__(self) -> None:
        require(self.flow >= 0.0, f"rated water flow of {self.name} = {self.flow:g} kg/s: negative")
        for what, value in (("coil", self.coil_drop), ("open valve", self.valve_drop)):
            require(
                value > 0.0,
                f"rated water pressure drop of the {what} of {self.name} = {value:g} Pa: must be positive",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolDesign:
    """What the circuit is made of.

    limit            most a valve lets pass over the rated flow [-]: it limits the flow by itself
    source_drop      of the plant, at the design flow [Pa]
    pumps, spares    equal pumps in parallel; so many of them may stand without a loss of flow
    head_margin      head of the pumps over what the design flow asks for [-]
    pump_efficiency  wire to water [-]
    """

    fluid: Fluid
    sizes: PipeSizes
    rule: SizingRule
    limit: float = 1.0
    source_drop: float = 50e3
    pumps: int = 2
    spares: int = 1
    head_margin: float = 1.1
    pump_efficiency: float = 0.6

    def __post_init__(self) -> None:
        require_range("flow limit of the valves of the cool circuit", self.limit, 0.1, 10.0, "-")
        require(self.source_drop > 0.0, f"drop of the plant = {self.source_drop:g} Pa: must be positive")
        require(
            0 <= self.spares < self.pumps,
            f"spare pumps of the cool circuit = {self.spares}: must lie in 0..{self.pumps - 1}",
            hint="fewer spares or more pumps",
        )
        require_range("head margin of the cool circuit's pumps", self.head_margin, 1.0, 5.0, "-")
        require_range("efficiency of the cool circuit's pumps", self.pump_efficiency, 0.01, 1.0, "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolPlan:
    """The sized circuit; branches: pipes, consumers, plant, pumps. `runs` and `consumers` in their order."""

    design: CoolDesign
    consumers: tuple[Consumer, ...]
    runs: tuple[PipeRun, ...]
    nominal: Index  # DN of each run
    network: Network
    running: int  # pumps
    head: float  # of the pumps at the design flow [Pa]

    @property
    def rated(self) -> Array:
        """(n,) rated flow of the consumers [kg/s]."""
        return np.array([consumer.flow for consumer in self.consumers])

    @property
    def branches(self) -> slice:
        """The consumers among the branches."""
        n = len(self.runs)
        return slice(n, n + len(self.consumers))


def plan_cool_circuit(
    runs: Sequence[PipeRun],
    consumers: Sequence[Consumer],
    design: CoolDesign,
    *,
    supply: float,
    lost_pumps: int = 0,
) -> CoolPlan:
    """Size pipes and pumps at the rated flows and a supply temperature [K]; `lost_pumps` then stand.

    Raises InputError for a consumer without pipes, and where no pump is left or nothing flows.
    """
    runs, consumers = tuple(runs), tuple(consumers)
    served = {run.end for run in runs} | {run.start for run in runs}
    for consumer in consumers:
        for port in ("cool_in", "cool_out"):
            require(
                f"{consumer.name}.{port}" in served, f"no pipe of the cool circuit leads to {consumer.name}"
            )
    total = sum(consumer.flow for consumer in consumers)
    require(total > 0.0, "the cool circuit has no consumer with a rated flow")
    running = design.pumps - lost_pumps
    require(
        lost_pumps >= 0 and running > 0,
        f"lost pumps of the cool circuit = {lost_pumps}: it has {design.pumps}",
        hint=f"0..{design.pumps - 1}",
    )
    n = len(runs)
    rho, mu = np.full(n, density(design.fluid, supply)), np.full(n, viscosity(design.fluid, supply))
    given: list[Branch] = [
        ImposedFlow(name=c.name, start=f"{c.name}.cool_in", end=f"{c.name}.cool_out", flow=c.flow)
        for c in consumers
    ]
    plant = ImposedFlow(name="plant", start="hall.cool_return", end="hall.cool_supply", flow=total)
    network = build_network([*unsized_pipes(runs, design.sizes), *given, plant])
    network, nominal = size_runs(network, runs, design.sizes, design.rule, design.fluid, supply, {})
    found = solve_hydraulics(network, rho, mu)
    at_rest = [c.flow == 0.0 for c in consumers]
    # the way of the worst consumer: its pipes, its coil and its open valve
    own = np.array([KEPT * (c.coil_drop + c.valve_drop) for c in consumers])
    ways = own + _way(network, found.pressure, consumers)
    head = float(np.max(np.where(at_rest, 0.0, ways))) + design.source_drop
    return CoolPlan(
        design=design,
        consumers=consumers,
        runs=runs,
        nominal=nominal,
        network=_driven(design, consumers, runs, network, total, head * design.head_margin, running, rho[0]),
        running=running,
        head=head * design.head_margin,
    )


def _way(network: Network, pressure: Array, consumers: Sequence[Consumer]) -> Array:
    """(n,) what the pipes to and from each consumer take [Pa]."""
    node = {name: i for i, name in enumerate(network.nodes)}
    there = pressure[node["hall.cool_supply"]] - [pressure[node[f"{c.name}.cool_in"]] for c in consumers]
    back = [pressure[node[f"{c.name}.cool_out"]] for c in consumers] - pressure[node["hall.cool_return"]]
    return np.asarray(there + back, dtype=np.float64)


def _driven(
    design: CoolDesign,
    consumers: tuple[Consumer, ...],
    runs: tuple[PipeRun, ...],
    sized: Network,
    total: float,
    head: float,
    running: int,
    rho: float,
) -> Network:
    """The circuit with valves and pumps instead of given flows."""
    branches: list[Branch] = [*unsized_pipes(runs, design.sizes)]
    for c in consumers:
        # one coefficient for coil and open valve: V [m3/h] of 1000 kg/m3 at 1 bar
        volume = 3600.0 * c.flow / rho
        kv = volume / np.sqrt((c.coil_drop + c.valve_drop) / 1e5 * 1000.0 / rho) if c.flow > 0.0 else 1.0
        ends = (f"{c.name}.cool_in", f"{c.name}.cool_out")
        branches.append(FlowControl(name=c.name, start=ends[0], end=ends[1], kv=float(kv), flow=c.flow))
    branches.append(
        Resistance(
            name="plant", start="plant.in", end="hall.cool_supply", flow=total, drop=design.source_drop
        )
    )
    pumps = Pump(
        name="pumps",
        start="hall.cool_return",
        end="plant.in",
        flow=total / (design.pumps - design.spares),
        rated=head,
        shutoff=SHUTOFF * head,
        running=running,
        efficiency=design.pump_efficiency,
    )
    working = [c for c in consumers if c.flow > 0.0]
    control = WorstPoint(
        pumps=("pumps",),
        consumers=tuple(c.name for c in working),
        drop=tuple(KEPT * (c.coil_drop + c.valve_drop) for c in working),
        slowest=SLOWEST,
    )
    network = build_network([*branches, pumps], controls=[control], vessel={"hall.cool_return": 0.0})
    return replace(network, diameter=sized.diameter, minor=sized.minor, parallel=sized.parallel)
