"""Heat recovery: station, heat pump, boiler, storage (`conf/recovery`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Optional

from omegaconf import MISSING

from twin.schema.ranges import Range

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


class RecoveryKind(Enum):
    none = "none"
    direct = "direct"
    heat_pump = "heat_pump"


class StorageKind(Enum):
    tank = "tank"  # upright steel cylinder in the air
    pit = "pit"  # lined basin in the ground under a floating lid


@dataclass
class StorageConf:
    """Heat storage of the station; its volume is `recovery.storage_m3`."""

    kind: StorageKind = StorageKind.tank
    height_m: float = 15.0
    layers: int = 20
    lid_W_m2K: float = 0.2  # heat-transfer coefficient of the lid
    wall_W_m2K: float = 0.2  # of wall and bottom of a tank
    foresight: bool = True  # filled late, kept for the dearest heat; false: whenever it can be
    charge_C: Optional[float] = None  # least temperature it is charged at; None: the network's supply
    diffuser_height_m: float = 0.3  # slot above floor and below surface; 0: no limit to the flow
    pit_slope: float = 2.0  # run over rise of the sides
    soil_W_mK: float = 2.0
    soil_MJ_m3K: float = 2.4
    soil_C: float = 12.0  # undisturbed


@dataclass
class RecoveryConf:
    name: str = MISSING
    title: str = MISSING
    kind: RecoveryKind = MISSING
    capacity_MW: Optional[float] = None  # heat to the network; None: peak_share, or what the site feeds
    peak_share: float = 0.6  # [-]
    exchanger_approach_K: float = 3.0  # at design, both sides balanced: gives UA
    lorenz_efficiency: float = 0.58  # [-]
    terminal_difference_K: float = 4.0  # of evaporator and condenser at full load
    source_drop_K: float = 10.0  # cooling of the source water at full load
    maximum_supply_C: float = 90.0
    units: int = 3  # heat-pump units of equal size
    in_series: bool = False  # one after the other in counterflow, or side by side
    minimum_load: float = 0.3  # share of its capacity below which a unit stops [-]
    part_load_degradation: float = 0.1  # 1 - Cc of EN 14825 [-]
    map: Optional[str] = None  # CSV of points of the machine, in place of the Lorenz efficiency
    availability: float = 0.97  # [-]
    boiler_MW: float = 0.0  # back-up boiler of the station
    rejection_share: float = 0.0  # of the site's flow kept for the coolers, ahead of recovery [-]
    extension_MWh_m: float = 1.5  # heat sold a year by metre of an extension of the network
    storage_m3: float = 0.0  # 0: none
    storage: StorageConf = field(default_factory=StorageConf)


RANGES = (
    Range("recovery.capacity_MW", 0, 1e5, "MW"),
    Range("recovery.peak_share", 0, 2, "-"),
    Range("recovery.exchanger_approach_K", 0.5, 30, "K"),
    Range("recovery.lorenz_efficiency", 0.1, 0.9, "-"),
    Range("recovery.terminal_difference_K", 0, 20, "K"),
    Range("recovery.source_drop_K", 1, 40, "K"),
    Range("recovery.maximum_supply_C", 30, 160, "degC"),
    Range("recovery.units", 1, 100, "units"),
    Range("recovery.minimum_load", 0, 0.95, "-"),
    Range("recovery.part_load_degradation", 0, 0.9, "-"),
    Range("recovery.availability", 0, 1, "-"),
    Range("recovery.boiler_MW", 0, 1e5, "MW"),
    Range("recovery.rejection_share", 0, 1, "-"),
    Range("recovery.extension_MWh_m", 0, 100, "MWh/m"),
    Range("recovery.storage_m3", 0, 1e8, "m3"),
    Range("recovery.storage.height_m", 0.5, 100, "m"),
    Range("recovery.storage.layers", 2, 1000, "layers"),
    Range("recovery.storage.lid_W_m2K", 0, 100, "W/(m2 K)"),
    Range("recovery.storage.wall_W_m2K", 0, 100, "W/(m2 K)"),
    Range("recovery.storage.charge_C", 30, 120, "degC"),
    Range("recovery.storage.diffuser_height_m", 0, 5, "m"),
    Range("recovery.storage.pit_slope", 0, 5, "-"),
    Range("recovery.storage.soil_W_mK", 0.1, 10, "W/(m K)"),
    Range("recovery.storage.soil_MJ_m3K", 0.5, 5, "MJ/(m3 K)"),
    Range("recovery.storage.soil_C", 4, 40, "degC"),
)
