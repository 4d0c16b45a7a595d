"""What a person writes: pipes and devices of a network.

A record is the equation it adds between its two nodes: a pressure drop as a function of its mass flow, or an
imposed flow. Every flow is positive from `start` to `end`.
"""

from __future__ import annotations

from dataclasses import dataclass

from geometry.errors import require


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
