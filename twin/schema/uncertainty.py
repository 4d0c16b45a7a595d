"""Uncertain inputs and the size of their sample (`conf/uncertainty`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Optional

from twin.schema.ranges import Range

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


class Distribution(Enum):
    fixed = "fixed"  # at its mode
    uniform = "uniform"  # from low to high
    triangular = "triangular"  # from low to high, most often at mode
    normal = "normal"  # about mode, cut at three deviations


@dataclass
class SpreadConf:
    """What an uncertain factor may be; None: not used by the distribution."""

    distribution: Distribution = Distribution.fixed
    low: Optional[float] = None
    mode: float = 1.0
    high: Optional[float] = None
    deviation: Optional[float] = None  # standard deviation


@dataclass
class UncertaintyConf:
    """Factors on what the configuration gives; `outdoor_K` is added to the outdoor temperatures."""

    name: str = "none"
    title: str = "Inputs as given"
    members: int = 0  # of the sample; 0: no study
    seed: int = 1
    it_power: SpreadConf = field(default_factory=SpreadConf)
    cdu_ua: SpreadConf = field(default_factory=SpreadConf)
    cold_plate_resistance: SpreadConf = field(default_factory=SpreadConf)
    junction_to_case: SpreadConf = field(default_factory=SpreadConf)
    coolant_flow: SpreadConf = field(default_factory=SpreadConf)
    pump_efficiency: SpreadConf = field(default_factory=SpreadConf)
    cooler_ua: SpreadConf = field(default_factory=SpreadConf)
    cooler_fan_power: SpreadConf = field(default_factory=SpreadConf)
    heat_pump_efficiency: SpreadConf = field(default_factory=SpreadConf)
    network_heat: SpreadConf = field(default_factory=SpreadConf)
    outdoor_K: SpreadConf = field(default_factory=lambda: SpreadConf(mode=0.0))


RANGES = (
    Range("uncertainty.members", 0, 1e5, "members"),
    Range("uncertainty.seed", 0, 2**31, "-"),
)
