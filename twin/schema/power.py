"""The electrical chain from the grid to the racks (`conf/power`)."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from twin.schema.ranges import Range


@dataclass
class PowerConf:
    name: str = MISSING
    title: str = MISSING
    transformer_efficiency: float = MISSING
    ups_efficiency: float = MISSING
    distribution_efficiency: float = MISSING
    lighting_W_m2: float = MISSING
    auxiliary_ratio: float = MISSING  # controls, security, offices over IT design power [-]


RANGES = (
    Range("power.transformer_efficiency", 0.5, 1, "-"),
    Range("power.ups_efficiency", 0.5, 1, "-"),
    Range("power.distribution_efficiency", 0.5, 1, "-"),
    Range("power.lighting_W_m2", 0, 100, "W/m2"),
    Range("power.auxiliary_ratio", 0, 0.5, "-"),
)
