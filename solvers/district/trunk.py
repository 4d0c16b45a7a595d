"""The trunk between a site and the network: its diameter by cost, what it loses and what its pumps take.

    yearly cost = capital recovery x (a + b d) L + heat lost x its price + electricity of pumps x its price

is least over sizes and insulation series (EN 253, EN 10220), among those that keep velocity and pressure
gradient at the largest flow; beyond the largest size, lines share the flow. Everything is SI; money is EUR,
prices EUR/J.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geometry.errors import InputError, require, require_range
from geometry.grid import Array
from solvers.district.buried import InsulatedPipe, Soil, pair_conductance
from solvers.friction import friction_factor

HOUR = 3600.0  # [s]
WATER_HEAT = 4190.0  # heat capacity of water between 50 and 100 degC [J/(kg K)], within 0.6 %
WATER_DENSITY = 972.0  # at 80 degC [kg/m3]; 958 at 100, 988 at 50 degC
WATER_VISCOSITY = 3.55e-4  # at 80 degC [Pa s]


@dataclass(frozen=True, slots=True, kw_only=True)
class PipePrices:
    """What a trunk costs.

    base, per_diameter  of the pair in its trench [EUR/m], and per metre of bore [EUR/m2]
    recovery            share of the investment to be paid each year [-]
    heat, electricity   [EUR/J]
    """

    base: float
    per_diameter: float
    recovery: float
    heat: float
    electricity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkRule:
    """Limits at the largest flow: velocity [m/s] and pressure gradient [Pa/m]; fittings as a share of length;
    efficiency of the pumps [-]; pressure taken by the exchanger at each end at the largest flow [Pa]."""

    max_velocity: float = 3.0
    max_gradient: float = 200.0
    fittings: float = 0.1
    pump_efficiency: float = 0.75
    exchanger_drop: float = 1e5

    def __post_init__(self) -> None:
        require(self.max_velocity > 0.0 and self.max_gradient > 0.0, "limits of the trunk must be positive")
        require_range("efficiency of the trunk pumps", self.pump_efficiency, 0.05, 0.95, "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkDuty:
    """Hours of a year: heat sent [W], supply and return temperature and that of the ground [K]."""

    heat: Array
    supply: Array
    back: Array
    ground: Array

    @property
    def flow(self) -> Array:
        """(n,) [kg/s]"""
        return self.heat / (WATER_HEAT * (self.supply - self.back))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """A pair of pipes, `lines` of them in parallel, over a length [m] in a soil."""

    pipe: InsulatedPipe
    length: float
    lines: int
    soil: Soil
    rule: TrunkRule

    def __post_init__(self) -> None:
        require(
            self.length > 0.0,
            f"length of the trunk = {self.length:g} m: must be positive",
            hint="a route of at least two places, or district.trunk_km above zero",
        )
        require(self.lines >= 1, f"lines of the trunk = {self.lines}: at least 1")

    def loss_per_metre(self, duty: TrunkDuty) -> Array:
        """(n,) heat lost by supply and return of all lines, as if they kept their temperatures [W/m].

        High by half the temperature drop over the distance to the ground: 1 % for a drop of 1.5 K.
        """
        pair = pair_conductance(self.pipe, self.soil)
        return np.asarray(self.lines * pair.total_loss(duty.supply, duty.back, duty.ground))

    def arrival(self, duty: TrunkDuty) -> Array:
        """(n,) temperature at which the supply arrives [K]; the ground's where nothing flows.

        m cp dT/dx = -(U1 (T - T_ground) - U2 (T_return - T_ground)), the return's temperature constant.
        """
        pair = pair_conductance(self.pipe, self.soil)
        rest = duty.ground + pair.mutual / pair.own * (duty.back - duty.ground)
        capacity = np.maximum(duty.flow, 1e-12) * WATER_HEAT
        return np.asarray(
            rest + (duty.supply - rest) * np.exp(-self.lines * pair.own * self.length / capacity)
        )

    def delay(self, duty: TrunkDuty) -> Array:
        """(n,) time that water spends in the supply pipe [s]; inf where nothing flows."""
        held = self.lines * self.pipe.area * self.length * WATER_DENSITY
        return np.divide(held, duty.flow, out=np.full(duty.flow.size, np.inf), where=duty.flow > 0.0)

    def drop(self, flow: Array) -> Array:
        """(n,) pressure that the pumps overcome: both ways, fittings, and the exchangers [Pa]."""
        largest = max(float(np.max(flow, initial=0.0)), 1e-12)
        ends = 2.0 * self.rule.exchanger_drop * (flow / largest) ** 2
        return 2.0 * self.length * (1.0 + self.rule.fittings) * self.gradient(flow) + ends

    def gradient(self, flow: Array) -> Array:
        """(n,) pressure drop of a metre of one pipe [Pa/m], Darcy-Weisbach with Colebrook's friction."""
        velocity = self.velocity(flow)
        reynolds = np.maximum(WATER_DENSITY * velocity * self.pipe.inner / WATER_VISCOSITY, 1e-6)
        friction = friction_factor(reynolds, np.full(flow.shape, self.pipe.roughness / self.pipe.inner))
        return np.asarray(friction / self.pipe.inner * 0.5 * WATER_DENSITY * velocity**2)

    def most_flow(self) -> float:
        """Flow at which the pipe meets the rule's velocity or gradient [kg/s], by bisection."""
        low, high = 0.0, self.rule.max_velocity * self.lines * WATER_DENSITY * self.pipe.area
        if self.gradient(np.array([high]))[0] <= self.rule.max_gradient:
            return high
        for _ in range(50):
            middle = 0.5 * (low + high)
            steep = self.gradient(np.array([middle]))[0] > self.rule.max_gradient
            low, high = (low, middle) if steep else (middle, high)
        return low

    def velocity(self, flow: Array) -> Array:
        """(n,) [m/s]"""
        return flow / (self.lines * WATER_DENSITY * self.pipe.area)

    def pump_power(self, flow: Array) -> Array:
        """(n,) electric power of the trunk's pumps [W]."""
        return self.drop(flow) * flow / (WATER_DENSITY * self.rule.pump_efficiency)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkCost:
    """Of a year [EUR]: share of the investment, heat lost, electricity; `investment` itself [EUR]."""

    capital: float
    heat: float
    electricity: float
    investment: float

    @property
    def total(self) -> float:
        return self.capital + self.heat + self.electricity


def trunk_cost(trunk: Trunk, duty: TrunkDuty, prices: PipePrices) -> TrunkCost:
    """What a trunk costs in a year of this duty; it stays warm in hours with heat only."""
    used = duty.heat > 0.0
    investment = trunk.length * trunk.lines * (prices.base + prices.per_diameter * trunk.pipe.inner)
    lost = float(np.sum(trunk.loss_per_metre(duty)[used])) * trunk.length * HOUR
    return TrunkCost(
        capital=prices.recovery * investment,
        heat=prices.heat * lost,
        electricity=prices.electricity * float(np.sum(trunk.pump_power(duty.flow))) * HOUR,
        investment=investment,
    )


def choose_trunk(
    pipes: Sequence[InsulatedPipe],
    duty: TrunkDuty,
    prices: PipePrices,
    *,
    length: float,
    soil: Soil,
    rule: TrunkRule,
) -> Trunk:
    """The cheapest of the pipes that keep the rule at the largest flow of the year.

    A flow too large for every pipe is shared by as few lines of the largest bore as carry it. Raises
    InputError for a trunk of no length, without pipes, or whose supply is not warmer than its return.
    """
    require(bool(pipes), "no pipes to choose the trunk from")
    colder = np.flatnonzero(~(duty.supply > duty.back))
    if colder.size:
        h = int(colder[0])
        raise InputError(
            f"return of the trunk = {duty.back[h] - 273.15:g} degC in hour {h}: not below its supply of "
            f"{duty.supply[h] - 273.15:g} degC\n  try: a lower district.return_C"
        )
    largest = np.array([float(np.max(duty.flow, initial=0.0))])

    def made(pipe: InsulatedPipe, lines: int) -> Trunk:
        return Trunk(pipe=pipe, length=length, lines=lines, soil=soil, rule=rule)

    def fits(trunk: Trunk) -> bool:
        return bool(
            trunk.velocity(largest)[0] <= rule.max_velocity
            and trunk.gradient(largest)[0] <= rule.max_gradient
        )

    able = [trunk for trunk in (made(pipe, 1) for pipe in pipes) if fits(trunk)]
    widest = max(pipe.inner for pipe in pipes)
    lines = 1
    while not able:
        lines += 1
        able = [t for t in (made(pipe, lines) for pipe in pipes if pipe.inner == widest) if fits(t)]
    return min(able, key=lambda trunk: trunk_cost(trunk, duty, prices).total)
