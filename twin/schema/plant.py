"""Heat rejection, and who takes the heat first (`conf/plant`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional

from omegaconf import MISSING

from twin.schema.ranges import Range

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


class PlantKind(Enum):
    dry_cooler = "dry_cooler"
    adiabatic = "adiabatic"
    wet_tower = "wet_tower"
    chiller = "chiller"


class HeatPriority(Enum):
    """Who takes the heat first."""

    recovery = "recovery"
    free_cooling = "free_cooling"


@dataclass
class PlantConf:
    name: str = MISSING
    title: str = MISSING
    kind: PlantKind = MISSING
    approach_K: float = MISSING  # leaving fluid above entering air at design: dry bulb, behind pads, wet bulb
    design_range_K: Optional[float] = None  # fluid temperature difference at that point; None: the loop's own
    capacity_MW: Optional[float] = None  # of both circuits; None: the design heat times capacity_margin
    capacity_margin: float = 1.1
    fan_power_ratio: float = MISSING  # fan power over heat rejected at design [-]
    fan_minimum_flow: float = MISSING  # share of design air flow below which fans cycle [-]
    adiabatic_effectiveness: float = 0.0  # of the pre-cooling pads, towards wet bulb [-]
    adiabatic_from_C: float = 100.0  # pads are wetted above this dry bulb
    cycles_of_concentration: float = 5.0  # of evaporated water: blow-down = evaporation / (cycles - 1)
    chiller_backup: bool = False  # for the cool circuit; kind=chiller backs the warm one too
    chiller_carnot_efficiency: float = MISSING
    chiller_evaporator_approach_K: float = MISSING  # evaporating below the leaving cool water
    chiller_condenser_approach_K: float = MISSING  # condensing above dry bulb (or wet bulb)
    chiller_minimum_lift_K: float = MISSING  # condensing above evaporating, kept by the machine
    cool_water_C: float = MISSING  # supply to the air coils
    cool_water_range_K: float = MISSING
    pump_power_ratio: float = MISSING  # cool-water and condenser pumps over heat moved [-]
    priority: HeatPriority = HeatPriority.recovery


RANGES = (
    Range("plant.approach_K", 0.5, 40, "K"),
    Range("plant.design_range_K", 1, 60, "K"),
    Range("plant.capacity_MW", 0, 1e5, "MW"),
    Range("plant.capacity_margin", 0.1, 5, "-"),
    Range("plant.fan_power_ratio", 0, 0.2, "-"),
    Range("plant.fan_minimum_flow", 0, 1, "-"),
    Range("plant.adiabatic_effectiveness", 0, 1, "-"),
    Range("plant.adiabatic_from_C", -50, 100, "degC"),
    Range("plant.cycles_of_concentration", 1.1, 20, "-"),
    Range("plant.chiller_carnot_efficiency", 0.05, 0.9, "-"),
    Range("plant.chiller_evaporator_approach_K", 0, 40, "K"),
    Range("plant.chiller_minimum_lift_K", 0, 60, "K"),
    Range("plant.chiller_condenser_approach_K", 0, 40, "K"),
    Range("plant.cool_water_C", 4, 35, "degC"),
    Range("plant.cool_water_range_K", 1, 30, "K"),
    Range("plant.pump_power_ratio", 0, 0.2, "-"),
)
