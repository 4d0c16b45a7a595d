"""The cool water circuit of a hall in steady state: who gets how much water, and how warm it returns.

Every consumer asks for a flow; its valve throttles to it as long as the pumps leave enough pressure, else it
stands open and the consumer is starved. Heats are given: who knows the air knows them (`solvers.coupling`).
Pipes neither gain nor lose heat; the pumps stand with the plant, and their heat is the plant's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers.errors import BalanceError
from solvers.fluids import Fluid, density, enthalpy, heat_capacity, temperature_of, viscosity
from solvers.heat.two_stream import TwoStream, transmission_slopes
from solvers.liquid.components.valve import Valve, stroke_of
from solvers.liquid.hall.cool_plan import CoolPlan
from solvers.liquid.hall.loop import PipeStates
from solvers.liquid.heat.nodes import node_enthalpy
from solvers.liquid.hydraulics.network import Network
from solvers.liquid.hydraulics.outcome import Hydraulics
from solvers.liquid.hydraulics.power import pump_power
from solvers.liquid.hydraulics.solve import mass_residual, solve_hydraulics
from solvers.liquid.hydraulics.states import LIMITING, Automatic

Array = NDArray[np.float64]

CLOSURE = 1e-10  # of mass and of heat
_ROUNDS = 3  # of properties at the pipes' temperatures
_IDLE = 1e-9  # of the rated flow: below, nothing flows
_VALVE = Valve(name="coil valve", flow_coefficient=1.0)  # equal percentage, for the reported stroke


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolSource:
    """Where the circuit's water comes from.

    supply     held [K]
    exchanger  None: the plant holds it. Else a station whose primary side enters at `primary` [K] with up to
               `primary_rate` [W/K]; where that is not enough, the supply floats above the one to hold
    """

    supply: float
    exchanger: TwoStream | None = None
    primary: float = np.nan
    primary_rate: float = np.nan

    def at(self, heat: float, rate: float) -> float:
        """Supply temperature [K] when the circuit brings `heat` [W] with a capacity rate [W/K]."""
        if self.exchanger is None or rate <= 0.0:
            return self.supply
        k = float(transmission_slopes(self.exchanger, rate, self.primary_rate)[0])
        return max(self.supply, self.primary + heat * (1.0 / k - 1.0 / rate))


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolSide:
    """A circuit and its source, as the coils of the air see them (`solvers.coupling.WaterSide`)."""

    plan: CoolPlan
    source: CoolSource

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(consumer.name for consumer in self.plan.consumers)

    @property
    def limit(self) -> Array:
        return self.plan.design.limit * self.plan.rated

    @property
    def supply(self) -> Array:
        return np.full(len(self.plan.consumers), self.source.supply)

    def serve(self, asked: Array, heat: Array) -> tuple[Array, Array]:
        """(flow [kg/s], temperature entering [K]) of each consumer; heats only count as their sum."""
        flow = solve_cool_circuit(self.plan, self.source, asked, np.zeros_like(asked)).consumers.flow
        supply = supply_temperature(self.plan, self.source, float(heat.sum()), float(flow.sum()))
        return flow, np.full(flow.size, supply)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerStates:
    """By consumer, in the order of the plan."""

    name: tuple[str, ...]
    rated: Array  # [kg/s]
    asked: Array  # [kg/s]
    flow: Array  # [kg/s]
    inlet: Array  # [K]
    outlet: Array  # [K]
    heat: Array  # taken up [W]
    drop: Array  # over coil and valve [Pa]
    stroke: Array  # of an equal-percentage valve that takes what the coil leaves [-]; nan without one
    starved: NDArray[np.bool_]  # gets less than it asks for, its valve open


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolSolution:
    """The cool circuit of a hall in steady state."""

    consumers: ConsumerStates
    pipes: PipeStates
    heat: float  # to the water [W]
    flow: float  # [kg/s]
    supply: float  # at the hall's connection [K]
    back: float
    pump_speed: float  # share of full speed
    pump_head: float  # [Pa]
    pump_power: float  # electric [W], in the plant room
    mass: float  # closures, relative
    energy: float
    warnings: tuple[str, ...]

    @property
    def capacity_rate(self) -> float:
        """Heat over the rise of the water [W/K]; 0 at rest."""
        rise = self.back - self.supply
        return self.heat / rise if rise > 0.0 else 0.0


def solve_cool_circuit(
    plan: CoolPlan, source: CoolSource, asked: Sequence[float] | Array, heat: Sequence[float] | Array
) -> CoolSolution:
    """Steady state of a circuit whose consumers ask for water [kg/s] and hand over heat [W], (n,) each.

    What a consumer asks beyond the limit of its valve it does not get. A consumer without flow has no heat.
    Raises InputError for wrong shapes and values, BalanceError where mass or energy do not close.
    """
    n = len(plan.consumers)
    asked, heat = np.asarray(asked, dtype=np.float64), np.asarray(heat, dtype=np.float64)
    require(asked.shape == heat.shape == (n,), f"asked flows and heats must have the shape ({n},)")
    require(
        bool(np.all(np.isfinite(asked)) and np.all(asked >= 0.0) and np.all(np.isfinite(heat))),
        "asked flows and heats of the cool circuit must be finite, flows not negative",
    )
    limit = np.minimum(asked, plan.design.limit * plan.rated)
    limit[limit < _IDLE * plan.rated] = 0.0
    fluid = plan.design.fluid
    network = replace(plan.network, automatic=_limited(plan, limit))
    moving = bool(np.any(limit > 0.0))
    temperature = np.full(len(plan.runs), source.supply)
    flow, found = np.zeros(len(network.branches)), None
    for _ in range(_ROUNDS):
        if moving:
            found = _flows(plan, network, temperature, found)
            flow = found.flow
        water = flow[plan.branches]
        given = np.where(water > 0.0, heat, 0.0)
        supply = supply_temperature(plan, source, float(given.sum()), float(water.sum()))
        h = _heat(plan, network, flow, given, supply)
        upstream = np.where(flow >= 0.0, network.start, network.end)[network.pipe]
        temperature = np.asarray(temperature_of(fluid, h[upstream]))
        if not moving:
            break
    node = {name: i for i, name in enumerate(network.nodes)}
    back = float(temperature_of(fluid, h[node["hall.cool_return"]]))
    outlet = temperature_of(fluid, h[[node[f"{c.name}.cool_out"] for c in plan.consumers]])
    states = _consumers(plan, asked, water, given, supply, np.asarray(outlet), found)
    return _with_closure(plan, network, flow, states, supply, back, temperature, found)


def joined(states: Sequence[ConsumerStates]) -> ConsumerStates:
    """Consumers of several circuits, one after the other."""
    names = tuple(name for each in states for name in each.name)
    values = {
        field.name: np.concatenate([getattr(each, field.name) for each in states])
        for field in fields(ConsumerStates)[1:]
    }
    return ConsumerStates(name=names, **values)


def taken_up(fluid: Fluid, states: ConsumerStates) -> Array:
    """(n,) heat by which the water of each consumer warms on its way [W]."""
    rise = enthalpy(fluid, states.outlet) - enthalpy(fluid, states.inlet)
    return np.asarray(states.flow * rise, dtype=np.float64)


def supply_temperature(plan: CoolPlan, source: CoolSource, heat: float, flow: float) -> float:
    """Supply [K] when the circuit carries `heat` [W] with a flow [kg/s]."""
    return source.at(heat, flow * float(heat_capacity(plan.design.fluid, source.supply)))


def _limited(plan: CoolPlan, limit: Array) -> Automatic:
    """The valves' limits in the table of what acts by itself."""
    automatic = plan.network.automatic
    values = automatic.limit.copy()
    place = {int(branch): i for i, branch in enumerate(automatic.branch)}
    first = plan.branches.start
    for k, value in enumerate(limit):
        values[place[first + k]] = value
    return automatic._replace(limit=values)


def _flows(plan: CoolPlan, network: Network, temperature: Array, last: Hydraulics | None) -> Hydraulics:
    fluid = plan.design.fluid
    return solve_hydraulics(network, density(fluid, temperature), viscosity(fluid, temperature), guess=last)


def _heat(plan: CoolPlan, network: Network, flow: Array, heat: Array, supply: float) -> Array:
    """Enthalpy of the nodes [J/kg]; what nothing flows to has that of the supply."""
    gain, lift = np.ones_like(flow), np.zeros_like(flow)
    water = flow[plan.branches]
    lift[plan.branches] = np.where(water > 0.0, heat / np.where(water > 0.0, water, 1.0), 0.0)
    h = float(enthalpy(plan.design.fluid, supply))
    return node_enthalpy(network, flow, gain, lift, given={network.node("hall.cool_supply"): h}, rest=h)


def _consumers(
    plan: CoolPlan,
    asked: Array,
    water: Array,
    heat: Array,
    supply: float,
    outlet: Array,
    found: Hydraulics | None,
) -> ConsumerStates:
    n = water.size
    rated = plan.rated
    drop = np.zeros(n) if found is None else found.drop[plan.branches]
    open_drop = np.array([c.valve_drop for c in plan.consumers])
    coil_drop = np.array([c.coil_drop for c in plan.consumers])
    share = np.where(rated > 0.0, water / np.where(rated > 0.0, rated, 1.0), 0.0)
    valve = np.maximum(drop - coil_drop * share**2, 1e-12 * open_drop)
    starved = np.zeros(n, dtype=bool)
    if found is not None:
        open_ = found.state[plan.branches] != LIMITING
        starved = open_ & (water < (1.0 - 1e-9) * np.minimum(asked, plan.design.limit * rated))
    return ConsumerStates(
        name=tuple(consumer.name for consumer in plan.consumers),
        rated=rated,
        asked=asked,
        flow=water,
        inlet=np.full(n, supply),
        outlet=outlet,
        heat=heat,
        drop=drop,
        stroke=np.where(water > 0.0, stroke_of(_VALVE, share * np.sqrt(open_drop / valve)), 0.0),
        starved=starved,
    )


def _with_closure(
    plan: CoolPlan,
    network: Network,
    flow: Array,
    states: ConsumerStates,
    supply: float,
    back: float,
    temperature: Array,
    found: Hydraulics | None,
) -> CoolSolution:
    fluid = plan.design.fluid
    total = float(states.flow.sum())
    heat = float(states.heat.sum())
    taken = float(taken_up(fluid, states).sum())
    carried = total * float(enthalpy(fluid, back) - enthalpy(fluid, supply))
    scale = max(float(np.abs(states.heat).sum()), 1e-9 * float(plan.rated.sum() * 1e4))
    energy = max(abs(taken - heat), abs(carried - heat)) / scale
    mass = 0.0 if found is None else mass_residual(network, flow)
    for name, value in (("mass", mass), ("energy", energy)):
        if not value <= CLOSURE:
            raise BalanceError(
                f"{name} balance of the cool circuit is open: {value:.3g} relative, allowed {CLOSURE:g}; its "
                "results must not be used"
            )
    head = power = speed = 0.0
    if found is not None:
        rho = float(density(fluid, back))
        speed = float(found.speed[0])
        head = -float(found.drop[network.pumps.branch[0]])
        power = float(pump_power(network, found, rho).electric[0])
    rho_pipes = density(fluid, temperature)
    area = network.parallel * 0.25 * np.pi * network.diameter**2
    own = flow[network.pipe]
    pipes = PipeStates(
        name=tuple(run.name for run in plan.runs),
        circuit=tuple(run.circuit.value for run in plan.runs),
        group=tuple(run.group for run in plan.runs),
        nominal=plan.nominal,
        parallel=network.parallel.astype(np.intp),
        length=network.length,
        flow=own,
        velocity=own / (rho_pipes * area),
        drop=np.zeros_like(own) if found is None else found.drop[network.pipe],
        temperature=temperature,
        loss=np.zeros_like(own),
    )
    return CoolSolution(
        consumers=states,
        pipes=pipes,
        heat=heat,
        flow=total,
        supply=supply,
        back=back,
        pump_speed=speed,
        pump_head=head,
        pump_power=power,
        mass=mass,
        energy=energy,
        warnings=_warnings(states),
    )


def _warnings(states: ConsumerStates) -> tuple[str, ...]:
    if not states.starved.any():
        return ()
    asked = np.minimum(states.asked, np.maximum(states.rated, states.flow))
    short = np.where(states.starved, 1.0 - states.flow / np.maximum(asked, 1e-300), 0.0)
    worst = int(np.argmax(short))
    return (
        f"water of the hall's air coils: {int(states.starved.sum())} of {len(states.name)} get less than "
        f"they ask for, {states.name[worst]} {100.0 * short[worst]:.0f} % less: the pumps do not reach them",
    )
