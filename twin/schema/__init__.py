"""The typed configuration, in the units engineers type; the suffix of a name says which.

A file a section, named as its folder in conf/: its classes, and the allowed range of each of its numbers.
Hydra checks names, types and enums against these classes while it composes; `twin.schema.checks` checks
values right after. Nothing here is used below `twin.assembly`, which turns it into frozen SI records.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.schema.climate import ClimateConf
from twin.schema.compute import ComputeConf, FlowTable, ManifoldOutlet, RackManifoldConf
from twin.schema.district import (
    BuildingClassConf,
    BuildingUse,
    DistrictConf,
    EnergyClass,
    FeedConf,
    FeedOrder,
    HeatSourceConf,
    Islands,
    PipesConf,
    RegimeConf,
    SourceKind,
    TrunkConf,
)
from twin.schema.economics import AidConf, EconomicRanges, EconomicsConf
from twin.schema.electricity import ElectricityConf
from twin.schema.hall import (
    Containment,
    FanTable,
    HallConf,
    LostAirflow,
    RackAir,
    SupplyKind,
    UnitControl,
    UnitsConf,
)
from twin.schema.loop import (
    Coolant,
    FlowPolicy,
    LoopConf,
    LoopControlConf,
    LoopResolve,
    LoopYear,
    PumpControl,
)
from twin.schema.plant import HeatPriority, PlantConf, PlantKind
from twin.schema.power import PowerConf
from twin.schema.recovery import RecoveryConf, RecoveryKind, StorageConf, StorageKind
from twin.schema.run import RunConf
from twin.schema.site import CampusConf, Limit, SiteConf
from twin.schema.solver import Convection, Precision, Recirculation, SolverConf, Turbulence
from twin.schema.uncertainty import Distribution, SpreadConf, UncertaintyConf
from twin.schema.water import DoorCircuit, WaterConf
from twin.schema.workload import WorkloadConf, WorkloadKind

__all__ = [
    "AidConf",
    "BuildingClassConf",
    "BuildingUse",
    "CampusConf",
    "ClimateConf",
    "ComputeConf",
    "Containment",
    "Convection",
    "Coolant",
    "Distribution",
    "DistrictConf",
    "DoorCircuit",
    "EconomicRanges",
    "EconomicsConf",
    "ElectricityConf",
    "EnergyClass",
    "FanTable",
    "FeedConf",
    "FeedOrder",
    "FlowPolicy",
    "FlowTable",
    "HallConf",
    "HeatPriority",
    "HeatSourceConf",
    "Islands",
    "Limit",
    "LoopConf",
    "LoopControlConf",
    "LoopResolve",
    "LoopYear",
    "LostAirflow",
    "ManifoldOutlet",
    "PipesConf",
    "PlantConf",
    "PlantKind",
    "PowerConf",
    "Precision",
    "PumpControl",
    "RackAir",
    "RackManifoldConf",
    "Recirculation",
    "RecoveryConf",
    "RecoveryKind",
    "RegimeConf",
    "RunConf",
    "SiteConf",
    "SolverConf",
    "SourceKind",
    "SpreadConf",
    "StorageConf",
    "StorageKind",
    "SupplyKind",
    "TrunkConf",
    "Turbulence",
    "TwinConf",
    "UncertaintyConf",
    "UnitControl",
    "UnitsConf",
    "WaterConf",
    "WorkloadConf",
    "WorkloadKind",
]


@dataclass
class TwinConf:
    site: SiteConf = field(default_factory=SiteConf)
    hall: HallConf = field(default_factory=HallConf)
    compute: ComputeConf = field(default_factory=ComputeConf)
    loop: LoopConf = field(default_factory=LoopConf)
    plant: PlantConf = field(default_factory=PlantConf)
    power: PowerConf = field(default_factory=PowerConf)
    recovery: RecoveryConf = field(default_factory=RecoveryConf)
    district: DistrictConf = field(default_factory=DistrictConf)
    climate: ClimateConf = field(default_factory=ClimateConf)
    workload: WorkloadConf = field(default_factory=WorkloadConf)
    solver: SolverConf = field(default_factory=SolverConf)
    economics: EconomicsConf = field(default_factory=EconomicsConf)
    electricity: ElectricityConf = field(default_factory=ElectricityConf)
    uncertainty: UncertaintyConf = field(default_factory=UncertaintyConf)
    run: RunConf = field(default_factory=RunConf)
