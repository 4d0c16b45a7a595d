"""The coolant loops, and how they run through the year (`conf/loop`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Optional

from omegaconf import MISSING

from twin.schema.ranges import Range

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


class FlowPolicy(Enum):
    published = "published"  # the maker's table of flow against supply temperature
    per_kW = "per_kW"
    fixed = "fixed"


class LoopResolve(Enum):
    halls = "halls"  # each distinct hall once
    site = "site"  # every hall as well, with the mains between them, in one network


class Coolant(Enum):
    water = "water"
    pg20 = "pg20"
    pg25 = "pg25"
    pg30 = "pg30"
    eg25 = "eg25"
    eg35 = "eg35"


class LoopYear(Enum):
    """How the year knows the loops: from a table of solved points, or solved in every hour."""

    reduced = "reduced"
    resolved = "resolved"


class PumpControl(Enum):
    """What the CDU pumps keep: the flow of design, or the differential pressure at the racks' valves."""

    constant_flow = "constant_flow"
    constant_pressure = "constant_pressure"
    proportional_pressure = "proportional_pressure"


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


@dataclass
class LoopConf:
    name: str = MISSING
    title: str = MISSING
    coolant: Coolant = Coolant.pg25
    facility_coolant: Coolant = Coolant.water
    supply_temperature_C: float = MISSING
    flow_policy: FlowPolicy = MISSING
    flow_per_kW_L_min: float = MISSING
    fixed_flow_L_min: Optional[float] = None
    cdu_capacity_kW: float = MISSING
    cdu_approach_K: float = MISSING
    cdu_flow_L_min: float = MISSING
    cdu_external_dp_kPa: float = MISSING
    cdu_internal_dp_kPa: float = MISSING
    cdu_width_m: float = MISSING
    fws_flow_ratio: float = MISSING  # FWS over TCS heat-capacity flow at design [-]
    fws_dp_kPa: float = MISSING  # facility side: exchanger, mains and plant
    pump_efficiency: float = MISSING  # wire to water
    cdus_per_row: Optional[int] = None  # None: as many as heat and flow ask for
    spare_cdus_per_row: int = 0
    resolve: LoopResolve = LoopResolve.halls
    year: LoopYear = LoopYear.reduced
    control: LoopControlConf = field(default_factory=LoopControlConf)
    max_velocity_m_s: float = MISSING
    max_gradient_Pa_m: float = MISSING


RANGES = (
    Range("loop.supply_temperature_C", 5, 60, "degC"),
    Range("loop.flow_per_kW_L_min", 0.1, 10, "L/min/kW"),
    Range("loop.fixed_flow_L_min", 0.1, 1e4, "L/min"),
    Range("loop.cdu_capacity_kW", 1, 1e5, "kW"),
    Range("loop.cdu_approach_K", 0.5, 30, "K"),
    Range("loop.cdu_flow_L_min", 1, 1e5, "L/min"),
    Range("loop.cdu_external_dp_kPa", 1, 2000, "kPa"),
    Range("loop.cdu_internal_dp_kPa", 0, 1000, "kPa"),
    Range("loop.cdu_width_m", 0.2, 5, "m"),
    Range("loop.fws_flow_ratio", 0.2, 5, "-"),
    Range("loop.fws_dp_kPa", 0, 2000, "kPa"),
    Range("loop.pump_efficiency", 0.05, 0.95, "-"),
    Range("loop.cdus_per_row", 1, 100, "CDUs"),
    Range("loop.spare_cdus_per_row", 0, 10, "CDUs"),
    Range("loop.max_velocity_m_s", 0.1, 10, "m/s"),
    Range("loop.max_gradient_Pa_m", 10, 5000, "Pa/m"),
    Range("loop.control.least_flow", 0.05, 1.0, "-"),
    Range("loop.control.pressure_at_rest", 0.0, 1.0, "-"),
    Range("loop.control.dew_point_margin_K", 0.0, 20.0, "K"),
    Range("loop.control.insulation_mm", 0.0, 300.0, "mm"),
    Range("loop.control.fws_unit_dp_kPa", 0.0, 1000.0, "kPa"),
    Range("loop.control.fws_plant_dp_kPa", 0.0, 1000.0, "kPa"),
)
