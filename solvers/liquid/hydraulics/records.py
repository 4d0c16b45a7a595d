"""What a person writes: pipes and devices of a network.

A record is the equation it adds between its two nodes: a pressure drop as a function of its mass flow, or an
imposed flow. Every flow is positive from `start` to `end`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

from geometry.errors import require
from solvers.friction import Friction

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipe:
    """dp = (f L/D + K) rho v |v| / 2 in each of `parallel` equal lines, less rho g times its rise."""

    name: str
    start: str
    end: str
    length: float  # [m]
    diameter: float  # inner [m]
    roughness: float = 0.0  # [m]; not read by HAZEN_WILLIAMS and CONSTANT
    minor: float = 0.0  # K [-]
    parallel: int = 1
    law: Friction = Friction.COLEBROOK
    coefficient: float = 0.0  # of HAZEN_WILLIAMS and CONSTANT
    one_way: bool = False  # a non-return flap of no further loss
    closed: bool = False

    def __post_init__(self) -> None:
        require(self.length >= 0.0, f"length of pipe '{self.name}' = {self.length:g} m: must not be negative")
        require(self.diameter > 0.0, f"diameter of pipe '{self.name}' = {self.diameter:g} m: not positive")
        require(
            0.0 <= self.roughness <= 0.05 * self.diameter,
            f"roughness of pipe '{self.name}' = {self.roughness:g} m: outside 0..{0.05 * self.diameter:g} m",
        )
        require(self.minor >= 0.0, f"loss coefficient of pipe '{self.name}' = {self.minor:g}: negative")
        require(self.parallel >= 1, f"parallel lines of pipe '{self.name}' = {self.parallel}: below 1")
        if self.law == Friction.HAZEN_WILLIAMS:
            require(
                10.0 <= self.coefficient <= 200.0,
                f"Hazen-Williams C of pipe '{self.name}' = {self.coefficient:g}: outside 10..200",
                hint="coefficient=130 for new cast iron, 150 for plastic",
            )
        if self.law == Friction.CONSTANT:
            require(
                0.0 < self.coefficient <= 1.0,
                f"friction factor of pipe '{self.name}' = {self.coefficient:g}: outside 0..1",
                hint="coefficient=0.02",
            )
        if self.law == Friction.NIKURADSE:
            require(self.roughness > 0.0, f"pipe '{self.name}': Nikuradse's law needs a roughness above zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resistance:
    """dp = drop (m/flow)|m/flow|^(exponent-1): a rack, a filter, an exchanger from one data-sheet point."""

    name: str
    start: str
    end: str
    flow: float  # of the data-sheet point [kg/s]
    drop: float  # at that flow [Pa]
    exponent: float = 2.0
    closed: bool = False

    def __post_init__(self) -> None:
        require(self.flow > 0.0, f"reference flow of '{self.name}' = {self.flow:g} kg/s: must be positive")
        require(self.drop > 0.0, f"reference drop of '{self.name}' = {self.drop:g} Pa: must be positive")
        require(1.0 <= self.exponent <= 3.0, f"exponent of '{self.name}' = {self.exponent:g}: outside 1..3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Valve:
    """dp = 1e5 Pa (V / Kv)^2 rho / (1000 kg/m3), V in m3/h (IEC 60534-1); `opening` scales Kv, 0 is shut."""

    name: str
    start: str
    end: str
    kv: float  # fully open [m3/h]
    opening: float = 1.0  # share of kv, after the valve's characteristic [-]

    def __post_init__(self) -> None:
        _require_kv(self.name, self.kv)
        require(
            0.0 <= self.opening <= 1.0, f"opening of valve '{self.name}' = {self.opening:g}: outside 0..1"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckValve:
    """As an open valve from `start` to `end`; shut against flow the other way."""

    name: str
    start: str
    end: str
    kv: float  # [m3/h]

    def __post_init__(self) -> None:
        _require_kv(self.name, self.kv)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressureReducer:
    """Throttles so that the pressure at `end` does not exceed `pressure`; open below it, shut to backflow."""

    name: str
    start: str
    end: str
    kv: float  # fully open [m3/h]
    pressure: float  # [Pa], on the scale of the network's given pressures

    def __post_init__(self) -> None:
        _require_kv(self.name, self.kv)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowControl:
    """Throttles so that the flow does not exceed `flow`; open below it: a pressure-independent valve."""

    name: str
    start: str
    end: str
    kv: float  # fully open [m3/h]
    flow: float  # [kg/s]

    def __post_init__(self) -> None:
        _require_kv(self.name, self.kv)
        require(self.flow >= 0.0, f"flow limit of '{self.name}' = {self.flow:g} kg/s: must not be negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pump:
    """`running` equal pumps in parallel at one speed; a check valve each. Speed 0 shuts the branch.

    Rise of one pump at full speed, by `points` (straight lines between them, the last ones prolonged) or
    shutoff - (shutoff - rated) (m/flow)^exponent. At speed s: s^2 rise(m / s), the affinity laws.
    """

    name: str
    start: str
    end: str
    flow: float = 0.0  # rated [kg/s]
    rated: float = 0.0  # rise at the rated flow [Pa]
    shutoff: float = 0.0  # rise at rest [Pa]
    exponent: float = 2.0
    points: Points = ()  # (flow [kg/s], rise [Pa]), instead of the three above
    speed: float = 1.0  # share of full speed
    running: int = 1
    efficiency: float | Points = 1.0  # wire to fluid; a number or (flow at full speed [kg/s], efficiency)
    heat_share: float = 1.0  # share of the losses that warm the fluid: 1 for a wet rotor

    def __post_init__(self) -> None:
        name = f"pump '{self.name}'"
        if self.points:
            rises = [rise for _, rise in self.points]
            flows = [flow for flow, _ in self.points]
            require(
                len(rises) >= 2 and _rising(flows) and flows[0] >= 0.0 and rises[0] > 0.0,
                f"{name}: its curve needs two points or more, of rising flow from 0 kg/s on",
            )
            require(
                _rising([-rise for rise in rises]),
                f"{name}: its curve must fall with flow all along, or flow and rise are not unique",
            )
        else:
            require(self.flow > 0.0, f"rated flow of {name} = {self.flow:g} kg/s: must be positive")
            require(
                self.shutoff > self.rated >= 0.0,
                f"{name}: shut-off {self.shutoff:g} Pa must exceed rated head {self.rated:g} Pa >= 0",
            )
            require(1.0 <= self.exponent <= 3.0, f"exponent of {name} = {self.exponent:g}: outside 1..3")
        require(0.0 <= self.speed <= 2.0, f"speed of {name} = {self.speed:g}: outside 0..2")
        require(self.running >= 0, f"running units of {name} = {self.running}: negative")
        given = self.efficiency if isinstance(self.efficiency, tuple) else ((0.0, self.efficiency),)
        require(
            all(0.0 < value <= 1.0 for _, value in given) and _rising([flow for flow, _ in given]),
            f"efficiency of {name}: outside 0..1, or its flows do not rise",
        )
        require(0.0 <= self.heat_share <= 1.0, f"heat share of {name} = {self.heat_share:g}: outside 0..1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImposedFlow:
    """A branch whose mass flow [kg/s] is held by control: a CDU with speed-controlled pumps, a demand."""

    name: str
    start: str
    end: str
    flow: float

    def __post_init__(self) -> None:
        require(math.isfinite(self.flow), f"imposed flow of '{self.name}' = {self.flow:g} kg/s: not finite")


Branch = Pipe | Resistance | Valve | CheckValve | PressureReducer | FlowControl | Pump | ImposedFlow


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstPoint:
    """Pumps that share one speed, such that the worst of the consumers keeps its pressure drop.

    Beyond `fastest` the drop is not kept, below `slowest` it is exceeded.
    """

    pumps: tuple[str, ...]
    consumers: tuple[str, ...]  # branches
    drop: float | tuple[float, ...]  # least drop, start - end, of all or of each [Pa]
    slowest: float = 0.2
    fastest: float = 1.0
    name: str = field(default="worst-point control")

    def __post_init__(self) -> None:
        require(bool(self.pumps), f"{self.name}: no pump to control")
        require(bool(self.consumers), f"{self.name}: no consumer to serve")
        require(
            not isinstance(self.drop, tuple) or len(self.drop) == len(self.consumers),
            f"{self.name}: one drop for all consumers, or one for each of the {len(self.consumers)}",
        )
        for drop in self.drop if isinstance(self.drop, tuple) else (self.drop,):
            require(
                0.0 < drop < math.inf,
                f"{self.name}: drop to keep {drop:g} Pa: must be positive and finite",
            )
        require(
            0.0 < self.slowest < self.fastest <= 2.0,
            f"{self.name}: speeds {self.slowest:g}..{self.fastest:g}: outside 0..2 or in wrong order",
        )


def valve_kv(loss: float, diameter: float) -> float:
    """Kv [m3/h] of a loss coefficient K > 0 on the velocity in a diameter [m]: 3600 A sqrt(200 / K)."""
    require(loss > 0.0 and diameter > 0.0, f"loss {loss:g} and diameter {diameter:g} m: must be positive")
    return float(3600.0 * 0.25 * math.pi * diameter**2 * (200.0 / loss) ** 0.5)


def power_curve(points: Points) -> tuple[float, float, float, float]:
    """(flow, rated, shutoff, exponent) of the curve A - B m^C through one or three points, as EPANET has it.

    One point (flow, rise): shut-off 4/3 of its rise, none left at twice its flow. Three: the first at rest.
    """
    if len(points) == 1:
        ((flow, rise),) = points
        return flow, rise, rise * 4.0 / 3.0, 2.0
    require(len(points) == 3, f"a power curve takes one or three points, not {len(points)}")
    (rest, a), (m1, h1), (m2, h2) = points
    require(
        rest == 0.0 < m1 < m2 and a > h1 > h2, "a power curve needs rising flows from 0 and falling rises"
    )
    exponent = math.log((a - h2) / (a - h1)) / math.log(m2 / m1)
    return m2, h2, a, exponent


def _require_kv(name: str, kv: float) -> None:
    require(kv > 0.0, f"Kv of '{name}' = {kv:g} m3/h: must be positive")


def _rising(values: list[float]) -> bool:
    return all(a < b for a, b in pairwise(values))
