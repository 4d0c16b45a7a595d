"""Economics of recovered heat: investment, yearly costs, aid, levelised cost, carbon, and their spread."""

from twin.economics.aid import Aid, aid_granted
from twin.economics.heat import (
    CAPEX_ITEMS,
    OPEX_ITEMS,
    AidClass,
    CapexItem,
    HeatEconomics,
    HeatLedger,
    Prices,
    capital_recovery_factor,
    heat_economics,
    levelised_cost,
    prices_of,
    unit_cost,
)
from twin.economics.sensitivity import Bar, Percentiles, sample, tornado_bars

__all__ = [
    "CAPEX_ITEMS",
    "OPEX_ITEMS",
    "Aid",
    "AidClass",
    "Bar",
    "CapexItem",
    "HeatEconomics",
    "HeatLedger",
    "Percentiles",
    "Prices",
    "aid_granted",
    "capital_recovery_factor",
    "heat_economics",
    "levelised_cost",
    "prices_of",
    "sample",
    "tornado_bars",
    "unit_cost",
]
