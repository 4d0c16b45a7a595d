"""The district network: demand, buildings, pipes, trunk, producers (`conf/district`).

Defaults that are numbers say where they come from, as the files of conf/ do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Optional

from omegaconf import MISSING

from twin.schema.ranges import Range

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


class BuildingUse(Enum):
    housing = "housing"
    offices = "offices"
    secondary_school = "secondary_school"
    primary_school = "primary_school"
    shops = "shops"
    hotel = "hotel"
    health = "health"
    care_home = "care_home"
    sport = "sport"
    industry = "industry"


class EnergyClass(Enum):
    """Of the French energy performance certificate (DPE)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"
    G = "G"


class SourceKind(Enum):
    biomass = "biomass"
    waste = "waste"
    geothermal = "geothermal"
    gas = "gas"
    heat_pump = "heat_pump"
    data_centre = "data_centre"
    industry = "industry"
    other = "other"


class FeedOrder(Enum):
    before_site = "before_site"
    with_site = "with_site"
    after_site = "after_site"


class Islands(Enum):
    refuse = "refuse"
    drop = "drop"


@dataclass
class BuildingClassConf:
    """Housing by dwellings and energy class, tertiary by heated area, industry by its heat of a year."""

    name: str = MISSING
    use: BuildingUse = BuildingUse.housing
    dwellings: Optional[float] = None
    energy_class: EnergyClass = EnergyClass.C
    dwelling_area_m2: Optional[float] = None  # null: the French ratio
    area_m2: Optional[float] = None  # tertiary
    annual_MWh: Optional[float] = None  # industry; of others, instead of the ratios
    constant: bool = True  # industry: round the clock, or on working days only


@dataclass
class HeatSourceConf:
    name: str = MISSING
    kind: SourceKind = SourceKind.other
    capacity_MW: float = MISSING
    cost_EUR_MWh: float = MISSING  # of one more MWh
    carbon_kg_kWh: float = 0.0
    must_run: bool = False
    before_site: bool = False  # runs before the heat of the site
    renewable_share: Optional[float] = None  # of its heat, renewable or recovered; null: by its kind


@dataclass
class FeedConf:
    """Another data centre on the network, with a station and a trunk of its own.

    Its water by hour comes from a finished run of that site, from a file, or is constant; its station is of
    the kind of the site's recovery.
    """

    name: str = MISSING
    run: Optional[str] = None  # folder of the finished run
    csv: Optional[str] = None  # 8,760 rows: heat [kW], temperature [degC]
    heat_MW: Optional[float] = None  # constant, at temperature_C
    temperature_C: Optional[float] = None
    back_C: Optional[float] = None  # coldest water that site wants back; a run tells
    order: FeedOrder = FeedOrder.with_site  # who is asked first
    capacity_MW: Optional[float] = None  # of its station; null: the largest heat of its water
    trunk_km: Optional[float] = None  # null: along the route
    route_deg: list[list[float]] = field(default_factory=list)  # from that site to where it feeds in
    dn: Optional[int] = None  # null: the cheapest over its life


@dataclass
class RegimeConf:
    """Temperatures of the network where a straight supply curve and a constant return are too coarse."""

    supply_curve_C: list[list[float]] = field(default_factory=list)  # [outdoor, supply], outdoors rising
    return_warm_C: Optional[float] = None  # at and above the heating limit; return_C is the coldest day's
    radiators_C: list[float] = field(default_factory=list)  # supply, return, room at the coldest day
    radiator_exponent: float = 1.3  # source: EN 442-1, usual of panel radiators
    approach_K: float = 3.0  # assumption: plate exchanger of a substation, 2 to 5
    hot_water_return_C: float = 35.0  # assumption: exchanger with circulation; 25 without, 45 with a vessel
    csv: Optional[str] = None  # 8,760 rows: supply, return [degC]


@dataclass
class PipesConf:
    """The network's own pipes: known by their length, or drawn in a GeoJSON file."""

    length_km: Optional[float] = None  # of the trench; null: district.network_efficiency gives the losses
    file: Optional[str] = None  # GeoJSON of lines (WGS 84); then length_km is not read
    snap_m: float = 2.0  # assumption: ends of open traces meet within two metres
    islands: Islands = Islands.refuse  # parts of the drawing that are not joined to the rest
    series: int = 2  # assumption: insulation series of EN 253 laid by most French networks
    cover_m: float = 0.8  # assumption: frost and traffic
    soil_W_mK: float = 1.6  # source: EN 13941, where nothing is known


@dataclass
class TrunkConf:
    """The pair of pipes from the site to the network; the line is drawn as longitude, latitude."""

    route_deg: list[list[float]] = field(default_factory=list)  # from the site to the network
    route_file: Optional[str] = None  # GeoJSON of one line instead
    dn: Optional[int] = None  # null: the cheapest over its life
    series: Optional[int] = None  # null: the cheapest
    cover_m: float = 0.8  # assumption: frost and traffic
    soil_W_mK: float = 1.6  # source: EN 13941, where nothing is known
    max_velocity_m_s: float = 3.0  # assumption: transport mains of large bore
    max_gradient_Pa_m: float = 200.0  # assumption: design practice of transport mains, 100 to 250
    pump_efficiency: float = 0.75  # assumption: large pumps with variable speed
    base_EUR_m: float = (
        318.0  # derived: line through the pipe costs topotherm ships (DN 20 390, DN 400 1,755 EUR/m)
    )
    per_diameter_EUR_m2: float = 3590.0  # derived: slope of the same line
    recovery_1_a: float = 0.0583  # derived: 5 % over 40 years of life of the pipe
    heat_EUR_MWh: float = (
        30.0  # source: cost of recovered heat, 25 to 30 EUR/MWh (alltrends.today, 8 March 2025)
    )
    electricity_EUR_MWh: float = 75.0  # assumption: industrial contract, delivered, 60 to 90


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
    feeds: list[FeedConf] = field(default_factory=list)  # other data centres on the network
    regime: RegimeConf = field(default_factory=RegimeConf)
    pipes: PipesConf = field(default_factory=PipesConf)
    trunk: TrunkConf = field(default_factory=TrunkConf)


RANGES = (
    Range("district.annual_heat_GWh", 0.001, 1e5, "GWh"),
    Range("district.dwellings", 1, 1e7, "dwellings"),
    Range("district.dhw_share", 0, 1, "-"),
    Range("district.network_efficiency", 0.3, 1, "-"),
    Range("district.heating_limit_C", 5, 30, "degC"),
    Range("district.supply_cold_C", 20, 180, "degC"),
    Range("district.supply_warm_C", 20, 180, "degC"),
    Range("district.outdoor_cold_C", -40, 15, "degC"),
    Range("district.return_C", 10, 120, "degC"),
    Range("district.trunk_km", 0.01, 200, "km"),
    Range("district.trunk_loss_W_m", 0, 500, "W/m"),
    Range("district.hdd18_Kd", 1, 10000, "K d"),
    Range("district.regime.return_warm_C", 10, 120, "degC"),
    Range("district.regime.radiator_exponent", 1, 2, "-"),
    Range("district.regime.approach_K", 0, 20, "K"),
    Range("district.regime.hot_water_return_C", 10, 60, "degC"),
    Range("district.pipes.length_km", 0.05, 5000, "km"),
    Range("district.pipes.snap_m", 0.01, 100, "m"),
    Range("district.pipes.series", 1, 3, "-"),
    Range("district.pipes.cover_m", 0.2, 10, "m"),
    Range("district.pipes.soil_W_mK", 0.2, 5, "W/(m K)"),
    Range("district.trunk.series", 1, 3, "-"),
    Range("district.trunk.cover_m", 0.2, 10, "m"),
    Range("district.trunk.soil_W_mK", 0.2, 5, "W/(m K)"),
    Range("district.trunk.max_velocity_m_s", 0.1, 5, "m/s"),
    Range("district.trunk.max_gradient_Pa_m", 10, 1000, "Pa/m"),
    Range("district.trunk.pump_efficiency", 0.05, 0.95, "-"),
    Range("district.trunk.base_EUR_m", 0, 1e5, "EUR/m"),
    Range("district.trunk.per_diameter_EUR_m2", 0, 1e6, "EUR/m2"),
    Range("district.trunk.recovery_1_a", 0, 1, "1/a"),
    Range("district.trunk.heat_EUR_MWh", 0, 1000, "EUR/MWh"),
    Range("district.trunk.electricity_EUR_MWh", 0, 5000, "EUR/MWh"),
)
