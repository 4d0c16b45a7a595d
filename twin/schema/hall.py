"""The hall: its plan, its cooling units and the air it is supplied with (`conf/hall`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Optional

from omegaconf import MISSING

from twin.schema.ranges import Range
from twin.schema.water import DoorCircuit, WaterConf

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


class Containment(Enum):
    none = "none"
    hot_aisle = "hot_aisle"
    cold_aisle = "cold_aisle"


class SupplyKind(Enum):
    tiles = "tiles"  # floor of the room: the raised floor is outside it
    fan_walls = "fan_walls"  # end walls of the room: the units are outside it
    crah = "crah"  # cooling units in the room, raised floor, tiles: the air goes round inside
    gallery = "gallery"  # fan walls between the hall and a gallery: the air goes round inside


class RackAir(Enum):
    fans = "fans"  # the racks' fans hold the flow of compute.air_rise_K
    fan_curve = "fan_curve"  # as rack_fans says, against the pressure between rear and front
    resistance = "resistance"  # no fans: the hall's pressure drives the air through


class UnitControl(Enum):
    supply_air = "supply_air"  # the valve holds hall.supply_air_C
    return_air = "return_air"  # the valve holds units.return_air_C
    uncontrolled = "uncontrolled"  # full water flow always


class LostAirflow(Enum):
    shared = "shared"  # the other units speed up: the hall's total stays
    lost = "lost"


@dataclass
class FanTable:
    """A fan curve as shares of the rated flow."""

    flow_pct: list[float] = field(default_factory=list)  # of the rated flow
    pressure_Pa: list[float] = field(default_factory=list)  # static rise from intake to outlet, falling


@dataclass
class UnitsConf:
    """The cooling units of a hall whose air goes round inside; all alike."""

    count: int = 4  # of CRAHs; a gallery has hall.fan_walls
    width_m: float = 2.4  # of CRAHs; a gallery has hall.fan_wall_width_m and _height_m
    depth_m: float = 0.9
    height_m: float = 2.0
    flow_m3_h: Optional[float] = None  # each; None: the racks' rated flow times airflow_margin, shared
    fan_curve: FanTable = field(default_factory=FanTable)  # of the whole unit; empty: the flow is held
    capacity_kW: Optional[float] = None  # sensible, net of the fans, at design; None: the hall's heat shared
    capacity_margin: float = 1.2  # over that share
    design_air_C: Optional[float] = None  # entering at design; None: what the racks' heat makes of the supply
    design_water_C: Optional[float] = None  # entering at design; None: water_C
    design_water_range_K: Optional[float] = None  # None: plant.cool_water_range_K
    water_C: Optional[float] = None  # entering; None: plant.cool_water_C
    control: UnitControl = UnitControl.supply_air
    return_air_C: Optional[float] = None
    lost: list[str] = field(default_factory=list)  # names of units out of service, such as fan-wall-3
    lost_airflow: LostAirflow = LostAirflow.shared


@dataclass
class HallConf:
    name: str = MISSING
    title: str = MISSING
    rows: int = MISSING
    racks_per_row: int = MISSING
    cold_aisle_m: float = MISSING
    hot_aisle_m: float = MISSING
    end_clearance_m: float = MISSING  # free length between the ends of the rows and the walls
    ceiling_height_m: float = MISSING
    containment: Containment = MISSING
    containment_leakage: float = 0.02  # open share of containment panels [-]
    supply: SupplyKind = MISSING
    fan_walls: Optional[int] = None  # None: one a row
    fan_wall_width_m: float = 2.4
    fan_wall_height_m: float = 3.0
    fan_wall_sill_m: float = 0.3  # height of their lower edge
    tile_m: float = 0.6
    tile_open_fraction: float = 0.56
    floor_plenum_m: float = 0.6  # below the raised floor of supply: crah
    ceiling_plenum_m: float = 0.0  # above a false ceiling whose grilles return the air; 0: none
    gallery_m: float = 3.0  # depth, of supply: gallery
    grille_loss: float = 2.4  # K of ceiling grilles and of the return to a gallery, on the face velocity
    module_m: float = 0.0  # above 0: the ends of a gallery's fan walls fall on multiples of it
    units: UnitsConf = field(default_factory=UnitsConf)
    rack_air: RackAir = RackAir.fans
    rack_fans: FanTable = field(default_factory=FanTable)
    rack_drop_Pa: float = 25.0  # of rack_air: resistance, at the rated flow of compute.air_rise_K
    blanking_leakage: float = 0.0  # open share of empty positions; 0: closed [-]
    wall_W_m2K: float = 0.0  # U value of walls and ceiling; 0: adiabatic
    outside_C: float = 20.0  # beyond them
    rear_doors: bool = False
    rear_door_effectiveness: float = 0.0
    rear_door_water_C: float = 20.0  # of rear_door_circuit: cool; doors on the TCS have the loop's supply
    rear_door_circuit: DoorCircuit = DoorCircuit.cool
    water: WaterConf = field(default_factory=WaterConf)
    supply_air_C: float = MISSING
    airflow_margin: float = MISSING  # supply flow over the racks' flow
    fan_power_W_per_m3_s: float = MISSING  # of the air handlers
    load_map: Optional[str] = None  # CSV (row, position, kW) of the racks' IT power; None: all alike
    # further objects (racks, panels, openings, obstructions, ...), or with rows: 0 a hall of its own
    objects: dict[str, Any] = field(default_factory=dict)


RANGES = (
    Range("hall.rows", 0, 200, "rows"),
    Range("hall.racks_per_row", 0, 200, "racks"),
    Range("hall.cold_aisle_m", 0, 20, "m"),
    Range("hall.hot_aisle_m", 0, 20, "m"),
    Range("hall.end_clearance_m", 0, 50, "m"),
    Range("hall.ceiling_height_m", 1.5, 30, "m"),
    Range("hall.fan_walls", 0, 500, "units"),
    Range("hall.fan_wall_width_m", 0.2, 20, "m"),
    Range("hall.fan_wall_height_m", 0.2, 20, "m"),
    Range("hall.fan_wall_sill_m", 0, 20, "m"),
    Range("hall.containment_leakage", 0, 0.9, "-"),
    Range("hall.tile_m", 0.2, 2, "m"),
    Range("hall.tile_open_fraction", 0.05, 1, "-"),
    Range("hall.floor_plenum_m", 0.15, 5, "m"),
    Range("hall.ceiling_plenum_m", 0, 20, "m"),
    Range("hall.gallery_m", 0.6, 20, "m"),
    Range("hall.grille_loss", 0, 1000, "-"),
    Range("hall.module_m", 0, 2, "m"),
    Range("hall.units.count", 1, 500, "units"),
    Range("hall.units.width_m", 0.3, 20, "m"),
    Range("hall.units.depth_m", 0.3, 5, "m"),
    Range("hall.units.height_m", 0.5, 10, "m"),
    Range("hall.units.flow_m3_h", 100, 1e6, "m3/h"),
    Range("hall.units.capacity_kW", 0.1, 1e5, "kW"),
    Range("hall.units.capacity_margin", 0.1, 5, "-"),
    Range("hall.units.design_air_C", 10, 70, "degC"),
    Range("hall.units.design_water_C", 2, 50, "degC"),
    Range("hall.units.design_water_range_K", 1, 40, "K"),
    Range("hall.units.water_C", 2, 50, "degC"),
    Range("hall.units.return_air_C", 10, 70, "degC"),
    Range("hall.rack_drop_Pa", 0.1, 1000, "Pa"),
    Range("hall.blanking_leakage", 0, 0.9, "-"),
    Range("hall.wall_W_m2K", 0, 20, "W/(m2 K)"),
    Range("hall.outside_C", -60, 60, "degC"),
    Range("hall.rear_door_effectiveness", 0, 1, "-"),
    Range("hall.rear_door_water_C", 5, 40, "degC"),
    Range("hall.supply_air_C", 5, 45, "degC"),
    Range("hall.airflow_margin", 0.2, 5, "-"),
    Range("hall.fan_power_W_per_m3_s", 0, 5000, "W/(m3/s)"),
)
