"""Sections of `district` in the configuration: buildings, pipes, trunk, producers. Units as engineers type.

Defaults that are numbers say where they come from, as the files of conf/ do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Optional

from omegaconf import MISSING

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
