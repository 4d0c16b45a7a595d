"""The weather: monthly statistics of a typical year, or a file (`conf/climate`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from omegaconf import MISSING

from twin.schema.ranges import Range

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


@dataclass
class ClimateConf:
    name: str = MISSING
    title: str = MISSING
    source: str = MISSING  # the typical year these statistics describe
    file: Optional[str] = None  # an EPW or TMY file instead of the generated year
    altitude_m: float = MISSING
    latitude_deg: float = MISSING
    longitude_deg: float = MISSING
    dry_bulb_mean_C: list[float] = field(default_factory=list)  # by month
    dry_bulb_min_C: list[float] = field(default_factory=list)  # mean daily minimum by month
    dry_bulb_max_C: list[float] = field(default_factory=list)  # mean daily maximum by month
    humidity_pct: list[float] = field(default_factory=list)
    wind_m_s: list[float] = field(default_factory=list)
    hdd18_Kd: float = MISSING
    dry_bulb_p99_6_C: float = MISSING
    wet_bulb_p99_6_C: float = MISSING
    dry_bulb_p0_4_C: float = MISSING


RANGES = (
    Range("climate.altitude_m", -400, 5000, "m"),
    Range("climate.hdd18_Kd", 0, 10000, "K d"),
)
