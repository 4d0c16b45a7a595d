"""First economics of recovered heat: levelised cost, homes, and the carbon it saves."""

from __future__ import annotations

from dataclasses import dataclass

from geometry.errors import require, require_range
from twin.schema import EconomicsConf


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatLedger:
    """A year of recovery: heat delivered, taken from the site, and electricity [MWh]; the plant's heat-pump
    and exchanger capacity [kW]; trunk [m]; heat sold per dwelling [MWh] and sold over injected [-]."""

    delivered_MWh: float
    site_heat_MWh: float
    electricity_MWh: float
    heat_pump_kW: float
    exchanger_kW: float
    trunk_m: float
    per_dwelling_MWh: float
    network_efficiency: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatEconomics:
    """Investment before subsidy [EUR], levelised cost of heat (None when nothing is delivered), equivalent
    dwellings supplied, CO2e avoided [t]."""

    capex_EUR: float
    lcoh_EUR_per_MWh: float | None
    homes: float
    co2_avoided_t: float


def capital_recovery_factor(rate: float, years: int) -> float:
    """Constant yearly share of an investment that repays it with interest [1/a]:
    r (1 + r)^n / ((1 + r)^n - 1); 1/n without interest."""
    require_range("economics.discount_rate", rate, 0.0, 0.5, "1/a")
    require_range("economics.lifetime_years", years, 1, 100, "a")
    if rate == 0.0:
        return 1.0 / years
    growth = (1.0 + rate) ** years
    return rate * growth / (growth - 1.0)


def levelised_cost(
    *, capex: float, factor: float, fixed_opex: float, variable_cost: float, delivered_MWh: float
) -> float:
    """Levelised cost of heat [EUR/MWh]: (capex x factor + yearly costs) / heat delivered in a year."""
    require(delivered_MWh > 0.0, "no heat is delivered: its levelised cost is not defined")
    return (capex * factor + fixed_opex + variable_cost) / delivered_MWh


def heat_economics(ledger: HeatLedger, economics: EconomicsConf) -> HeatEconomics:
    """Cost, homes and carbon of one year of recovered heat, taken as typical of the lifetime.

    homes: the heat that reaches buildings over the heat one of the network's equivalent dwellings buys.
    carbon: the heat no longer made, less the electricity of the heat pump.
    """
    capex = (
        ledger.heat_pump_kW * economics.heat_pump_EUR_kW
        + ledger.exchanger_kW * economics.exchanger_EUR_kW
        + ledger.trunk_m * economics.trunk_EUR_m
    )
    require_range("economics.subsidy_share", economics.subsidy_share, 0.0, 1.0, "-")
    lcoh = None
    if ledger.delivered_MWh > 0.0:
        lcoh = levelised_cost(
            capex=capex * (1.0 - economics.subsidy_share),
            factor=capital_recovery_factor(economics.discount_rate, economics.lifetime_years),
            fixed_opex=capex * economics.fixed_opex_share,
            variable_cost=ledger.electricity_MWh * economics.electricity_EUR_MWh
            + ledger.site_heat_MWh * economics.source_heat_EUR_MWh,
            delivered_MWh=ledger.delivered_MWh,
        )
    return HeatEconomics(
        capex_EUR=capex,
        lcoh_EUR_per_MWh=lcoh,
        homes=ledger.delivered_MWh * ledger.network_efficiency / ledger.per_dwelling_MWh
        if ledger.per_dwelling_MWh > 0.0
        else 0.0,
        co2_avoided_t=ledger.delivered_MWh * economics.displaced_heat_kgCO2_kWh
        - ledger.electricity_MWh * economics.electricity_kgCO2_kWh,
    )
