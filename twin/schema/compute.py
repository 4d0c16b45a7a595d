"""Racks and what they hold, as their maker publishes it (`conf/compute`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Optional

from omegaconf import MISSING

from twin.schema.ranges import Range

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


@dataclass
class FlowTable:
    """The maker's flow and pressure drop of one rack against its supply temperature."""

    heat_kW: float = 0.0  # liquid heat of the rack it was published for
    supply_C: list[float] = field(default_factory=list)
    flow_L_min: list[float] = field(default_factory=list)
    dp_kPa: list[float] = field(default_factory=list)


class ManifoldOutlet(Enum):
    """Where a rack's return header leaves: where the supply enters, or at the far end."""

    same_end = "same_end"
    opposite_ends = "opposite_ends"


@dataclass
class RackManifoldConf:
    """The rack's two headers and the trays between them."""

    gpus_per_tray: Optional[int] = None  # packages; None: trays are not told apart
    tray_pitch_mm: float = 66.7  # mean distance of trays with GPUs, others between them included
    bore_mm: float = 32.0  # of supply and return header
    outlet: ManifoldOutlet = ManifoldOutlet.same_end


@dataclass
class ComputeConf:
    name: str = MISSING
    title: str = MISSING
    gpus_per_rack: int = MISSING
    reference_gpus_per_rack: int = MISSING  # the rack the figures below were published for
    gpu_power_W: float = MISSING  # heat of one package
    power_per_gpu_W: float = MISSING  # rack power per package: CPUs, switches, fans, conversion included
    liquid_fraction: float = MISSING  # share of the rack's heat taken by cold plates [-]
    air_rise_K: float = MISSING  # temperature rise of the air through the rack
    published_flow: FlowTable = field(default_factory=FlowTable)
    reference_flow_L_min: Optional[float] = None  # with reference_dp_kPa: the rack's hydraulic resistance
    reference_dp_kPa: Optional[float] = None
    dp_exponent: float = 1.89
    manifold: RackManifoldConf = field(default_factory=RackManifoldConf)
    cold_plate_factor: float = 1.0  # resistance over that of the OCP 1 kW plate at the same flow [-]
    junction_to_case_K_per_W: float = 0.0
    gpu_limit_C: float = MISSING
    supply_min_C: float = 2.0
    supply_max_C: float = 45.0
    return_max_C: float = 65.0
    rack_width_m: float = MISSING
    rack_depth_m: float = MISSING
    rack_height_m: float = MISSING


RANGES = (
    Range("compute.gpus_per_rack", 1, 2000, "GPUs"),
    Range("compute.reference_gpus_per_rack", 1, 2000, "GPUs"),
    Range("compute.gpu_power_W", 1, 20000, "W"),
    Range("compute.power_per_gpu_W", 1, 30000, "W"),
    Range("compute.liquid_fraction", 0, 1, "-"),
    Range("compute.air_rise_K", 1, 60, "K"),
    Range("compute.reference_flow_L_min", 0.1, 1e4, "L/min"),
    Range("compute.reference_dp_kPa", 0.1, 1000, "kPa"),
    Range("compute.dp_exponent", 1, 2.2, "-"),
    Range("compute.manifold.gpus_per_tray", 1, 2000, "GPUs"),
    Range("compute.manifold.tray_pitch_mm", 10, 1000, "mm"),
    Range("compute.manifold.bore_mm", 5, 200, "mm"),
    Range("compute.cold_plate_factor", 0.01, 10, "-"),
    Range("compute.junction_to_case_K_per_W", 0, 1, "K/W"),
    Range("compute.gpu_limit_C", 40, 130, "degC"),
    Range("compute.supply_min_C", -20, 60, "degC"),
    Range("compute.supply_max_C", 0, 80, "degC"),
    Range("compute.return_max_C", 0, 95, "degC"),
    Range("compute.rack_width_m", 0.2, 5, "m"),
    Range("compute.rack_depth_m", 0.2, 5, "m"),
    Range("compute.rack_height_m", 0.2, 5, "m"),
)
