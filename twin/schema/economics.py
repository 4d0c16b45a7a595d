"""Prices, carbon and aid of recovered heat, and how sure they are (`conf/economics`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from twin.schema.ranges import Range


@dataclass
class AidConf:
    """Rules of an investment aid, after the French heat fund (Fonds Chaleur); shares of the eligible cost."""

    density_min_MWh_m: float = 1.5  # heat delivered a year over new trench; below it there is no aid
    network_cap: float = 0.6  # pipes and substations
    recovery_cap: float = 0.3  # heat pump, exchanger, storage of recovered heat
    renewable_share_min: float = 0.5  # of the network's heat, once the site feeds it


@dataclass
class EconomicRanges:
    """[low, high] of the inputs that nobody knows well: for the tornado and the sample; empty: held fixed."""

    heat_pump_EUR_kW: list[float] = field(default_factory=list)
    exchanger_EUR_kW: list[float] = field(default_factory=list)
    trunk_EUR_m: list[float] = field(default_factory=list)
    contingency_share: list[float] = field(default_factory=list)
    fixed_opex_share: list[float] = field(default_factory=list)
    subsidy_share: list[float] = field(default_factory=list)
    electricity_EUR_MWh: list[float] = field(default_factory=list)
    source_heat_EUR_MWh: list[float] = field(default_factory=list)
    discount_rate: list[float] = field(default_factory=list)
    lifetime_years: list[float] = field(default_factory=list)
    delivered_factor: list[float] = field(default_factory=list)  # on the heat delivered, and its electricity


@dataclass
class EconomicsConf:
    name: str = MISSING
    title: str = MISSING
    discount_rate: float = MISSING
    lifetime_years: int = MISSING
    heat_pump_EUR_kW: float = MISSING  # per kW of heat
    exchanger_EUR_kW: float = MISSING
    trunk_EUR_m: float = MISSING
    extension_EUR_m: float = 0.0  # of the town's network, where it grows
    storage_EUR_m3: float = 0.0
    boiler_EUR_kW: float = 0.0
    engineering_share: float = 0.0  # of the works
    contingency_share: float = 0.0  # of the works
    fixed_opex_share: float = MISSING  # of CAPEX a year
    subsidy_share: float = 0.0  # asked for, of CAPEX; the aid's caps and conditions may grant less
    electricity_EUR_MWh: float = MISSING
    gas_EUR_MWh: float = 0.0  # of fuel, for back-up boilers
    boiler_efficiency: float = 0.9  # assumption: heat over fuel (net calorific value)
    gas_kgCO2_kWh: float = 0.227  # assumption: gas with its supply chain, per kWh of fuel, 0.215 to 0.227
    source_heat_EUR_MWh: float = 0.0  # price paid to the site for its heat
    heat_value_EUR_MWh: float = 0.0  # what a MWh handed to the network saves or earns
    electricity_kgCO2_kWh: float = MISSING
    displaced_heat_kgCO2_kWh: float = (
        MISSING  # of the heat the network no longer makes, where its producers are not known
    )
    gas_heat_kgCO2_kWh: float = 0.0  # of the same heat from gas boilers in the buildings
    members: int = 1000  # of the sample of prices
    aid: AidConf = field(default_factory=AidConf)
    ranges: EconomicRanges = field(default_factory=EconomicRanges)


RANGES = (
    Range("economics.discount_rate", 0, 0.5, "1/yr"),
    Range("economics.lifetime_years", 1, 100, "yr"),
    Range("economics.heat_pump_EUR_kW", 0, 1e5, "EUR/kW"),
    Range("economics.exchanger_EUR_kW", 0, 1e5, "EUR/kW"),
    Range("economics.trunk_EUR_m", 0, 1e6, "EUR/m"),
    Range("economics.extension_EUR_m", 0, 1e6, "EUR/m"),
    Range("economics.storage_EUR_m3", 0, 1e5, "EUR/m3"),
    Range("economics.boiler_EUR_kW", 0, 1e5, "EUR/kW"),
    Range("economics.engineering_share", 0, 1, "-"),
    Range("economics.contingency_share", 0, 1, "-"),
    Range("economics.fixed_opex_share", 0, 1, "1/yr"),
    Range("economics.gas_EUR_MWh", 0, 5000, "EUR/MWh"),
    Range("economics.heat_value_EUR_MWh", -500, 5000, "EUR/MWh"),
    Range("economics.gas_heat_kgCO2_kWh", 0, 2, "kg/kWh"),
    Range("economics.gas_kgCO2_kWh", 0, 2, "kg/kWh"),
    Range("economics.boiler_efficiency", 0.3, 1.1, "-"),
    Range("economics.members", 0, 1_000_000, "members"),
    Range("economics.aid.density_min_MWh_m", 0, 100, "MWh/m"),
    Range("economics.aid.network_cap", 0, 1, "-"),
    Range("economics.aid.recovery_cap", 0, 1, "-"),
    Range("economics.aid.renewable_share_min", 0, 1, "-"),
    Range("economics.source_heat_EUR_MWh", -500, 5000, "EUR/MWh"),
    Range("economics.subsidy_share", 0, 1, "-"),
    Range("economics.electricity_EUR_MWh", -500, 5000, "EUR/MWh"),
    Range("economics.electricity_kgCO2_kWh", 0, 2, "kg/kWh"),
    Range("economics.displaced_heat_kgCO2_kWh", 0, 2, "kg/kWh"),
)
