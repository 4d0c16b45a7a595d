"""The configuration's schema, in the units engineers type; the suffix of a name says which.

Hydra checks names, types and enums against these classes while it composes; `twin.ranges` checks values
right after. Nothing here is used below `twin.assembly`, which turns it into frozen SI records.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Optional

from omegaconf import MISSING

from twin.schema_district import (
    BuildingClassConf,
    HeatSourceConf,
    PipesConf,
    RegimeConf,
    TrunkConf,
)
from twin.schema_economics import EconomicsConf, ElectricityConf
from twin.schema_heat import RecoveryConf
from twin.schema_loop import HeatPriority, LoopControlConf, LoopYear
from twin.schema_water import WaterConf

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


class Limit(Enum):
    gpus = "gpus"
    power = "power"


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


class PlantKind(Enum):
    dry_cooler = "dry_cooler"
    adiabatic = "adiabatic"
    wet_tower = "wet_tower"
    chiller = "chiller"


class WorkloadKind(Enum):
    constant = "constant"
    checkpoint = "checkpoint"
    inference = "inference"
    trace = "trace"


class Turbulence(Enum):
    laminar = "laminar"
    zero_equation = "zero_equation"
    k_epsilon = "k_epsilon"
    rng_k_epsilon = "rng_k_epsilon"
    low_reynolds_k_epsilon = "low_reynolds_k_epsilon"
    jones_launder_k_epsilon = "jones_launder_k_epsilon"


class Convection(Enum):
    upwind = "upwind"
    tvd = "tvd"


class Precision(Enum):
    single = "single"
    double = "double"


class Distribution(Enum):
    fixed = "fixed"  # at its mode
    uniform = "uniform"  # from low to high
    triangular = "triangular"  # from low to high, most often at mode
    normal = "normal"  # about mode, cut at three deviations


class Recirculation(Enum):
    none = "none"
    rows = "rows"
    racks = "racks"


@dataclass
class CampusConf:
    """Halls along the mains of a site (geometry/campus.py), for loop.resolve=site; all assumptions."""

    halls_per_spine: int = 12  # that one main from the plant feeds
    lead_m: float = 100.0  # from the plant to the first halls
    street_m: float = 15.0  # between the halls on both sides of a main
    gap_m: float = 10.0  # between neighbouring halls


@dataclass
class SiteConf:
    name: str = MISSING
    title: str = MISSING
    quotation: str = MISSING  # what was announced, in its own words
    gpus: Optional[int] = None  # announced number of GPU packages
    power_MW: Optional[float] = None  # announced power, read as IT power
    limit: Limit = MISSING  # which of the two figures binds; the other one is reported
    latitude_deg: float = MISSING
    longitude_deg: float = MISSING
    altitude_m: float = MISSING
    campus: CampusConf = field(default_factory=CampusConf)


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
    rear_door_water_C: float = 20.0
    water: WaterConf = field(default_factory=WaterConf)
    supply_air_C: float = MISSING
    airflow_margin: float = MISSING  # supply flow over the racks' flow
    fan_power_W_per_m3_s: float = MISSING  # of the air handlers
    load_map: Optional[str] = None  # CSV (row, position, kW) of the racks' IT power; None: all alike
    # further objects (racks, panels, openings, obstructions, ...), or with rows: 0 a hall of its own
    objects: dict[str, Any] = field(default_factory=dict)


@dataclass
class FlowTable:
    """The maker's flow and pressure drop of one rack against its supply temperature."""

    heat_kW: float = 0.0  # liquid heat of the rack it was published for
    supply_C: list[float] = field(default_factory=list)
    flow_L_min: list[float] = field(default_factory=list)
    dp_kPa: list[float] = field(default_factory=list)


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
    cold_plate_factor: float = 1.0  # resistance over that of the OCP 1 kW plate at the same flow [-]
    junction_to_case_K_per_W: float = 0.0
    gpu_limit_C: float = MISSING
    supply_min_C: float = 2.0
    supply_max_C: float = 45.0
    return_max_C: float = 65.0
    rack_width_m: float = MISSING
    rack_depth_m: float = MISSING
    rack_height_m: float = MISSING


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


@dataclass
class PowerConf:
    name: str = MISSING
    title: str = MISSING
    transformer_efficiency: float = MISSING
    ups_efficiency: float = MISSING
    distribution_efficiency: float = MISSING
    lighting_W_m2: float = MISSING
    auxiliary_ratio: float = MISSING  # controls, security, offices over IT design power [-]


@dataclass
class DistrictConf:
    name: str = MISSING
    title: str = MISSING
    annual_heat_GWh: Optional[float] = MISSING  # sold by the network; null: of demand_csv, or of the classes
    dwellings: float = MISSING  # equivalent dwellings served
    dhw_share: float = MISSING  # hot water in the annual demand, where no classes are given [-]
    network_efficiency: Optional[float] = MISSING  # sold over injected [-]; null: by the losses of its pipes
    heating_limit_C: float = MISSING  # mean outdoor temperature above which nobody heats
    supply_cold_C: float = MISSING  # supply at the coldest day
    supply_warm_C: float = MISSING  # supply in summer
    outdoor_cold_C: float = MISSING  # outdoor temperature of supply_cold_C
    return_C: float = MISSING
    trunk_km: Optional[float] = MISSING  # from the site to the network; null: along trunk.route_deg
    trunk_loss_W_m: Optional[float] = MISSING  # null: of the pipe chosen, by hour
    hdd18_Kd: Optional[float] = None  # of a mean year, for the ratios of the classes; null: of the weather
    demand_csv: Optional[str] = None  # 8,760 hours of heat sold [kW] instead of the model
    area_deg: list[float] = field(default_factory=list)  # west, south, east, north: nothing lies outside
    classes: list[BuildingClassConf] = field(default_factory=list)
    sources: list[HeatSourceConf] = field(default_factory=list)
    regime: RegimeConf = field(default_factory=RegimeConf)
    pipes: PipesConf = field(default_factory=PipesConf)
    trunk: TrunkConf = field(default_factory=TrunkConf)


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


@dataclass
class WorkloadConf:
    name: str = MISSING
    title: str = MISSING
    kind: WorkloadKind = MISSING
    utilisation: float = 1.0  # mean share of the dynamic power in use [-]
    idle_share: float = 0.25  # idle power over design power [-]
    dip_share: float = 0.0  # power given up in a dip [-]
    dip_hours_per_day: float = 0.0
    night_share: float = 1.0  # of the daily peak [-]
    weekend_share: float = 1.0  # [-]
    file: Optional[str] = None  # CSV trace: 8,760 rows of utilisation


@dataclass
class SolverConf:
    name: str = MISSING
    cell_m: float = MISSING  # target cell size
    cell_x_m: Optional[float] = None  # along the rows, where it differs
    cell_y_m: Optional[float] = None  # across the aisles
    cell_z_m: Optional[float] = None  # upwards
    growth: float = 1.3  # largest ratio of neighbouring cells
    turbulence: Turbulence = Turbulence.zero_equation
    convection: Convection = Convection.tvd
    tile_jets: bool = (
        True  # perforated faces blow with the momentum of their holes, not of their mean velocity
    )
    precision: Precision = Precision.single  # of the air's fields; balances are closed in double
    recirculation: Recirculation = Recirculation.rows  # whose exhaust is traced to the racks' inlets
    grid_study: bool = False  # solve on three grids: an error bar on every temperature
    max_iterations: int = MISSING
    temperature_tolerance_K: float = MISSING
    energy_tolerance: float = MISSING
    mass_tolerance: float = 1e-6


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


@dataclass
class RunConf:
    name: Optional[str] = None  # of the run folder; None: date and time
    folder: str = "runs"
    figures: bool = True
    threads: int = 0  # 0: all cores


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
