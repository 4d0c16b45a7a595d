"""Configuration of how the loops run through the year (`loop.year`, `loop.control`, `plant.priority`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional

# Optional[...] is what OmegaConf reads from a dataclass
# ruff: noqa: UP045


class LoopYear(Enum):
    """How the year knows the loops: from a table of solved points, or solved in every hour."""

    reduced = "reduced"
    resolved = "resolved"


class PumpControl(Enum):
    """What the CDU pumps keep: the flow of design, or the differential pressure at the racks' valves."""

    constant_flow = "constant_flow"
    constant_pressure = "constant_pressure"
    proportional_pressure = "proportional_pressure"


class HeatPriority(Enum):
    """Who takes the heat first."""

    recovery = "recovery"
    free_cooling = "free_cooling"


@dataclass
class LoopControlConf:
    """Ideal set points of the year."""

    pumps: PumpControl = PumpControl.constant_flow
    least_flow: float = 0.3  # of the design flow, below which valves and pumps do not go [-]
    pressure_at_rest: float = 0.5  # proportional_pressure: of the design differential, at no flow [-]
    dew_point_margin_K: Optional[float] = 2.0  # TCS supply above the halls' dew point; None: not looked at
    throttle: bool = True  # GPUs at their junction's limit slow down
    insulation_mm: Optional[float] = None  # of the halls' pipes; None: they lose no heat
    fws_unit_dp_kPa: float = 84.0  # loop.resolve=site: CDU exchanger and valve, kept at any flow
    fws_plant_dp_kPa: float = 60.0  # loop.resolve=site: coolers, strainers and plant room


CONTROL_RANGES = (
    ("least_flow", 0.05, 1.0, "-"),
    ("pressure_at_rest", 0.0, 1.0, "-"),
    ("dew_point_margin_K", 0.0, 20.0, "K"),
    ("insulation_mm", 0.0, 300.0, "mm"),
    ("fws_unit_dp_kPa", 0.0, 1000.0, "kPa"),
    ("fws_plant_dp_kPa", 0.0, 1000.0, "kPa"),
)
