"""Levelised cost, homes and carbon worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geometry.errors import InputError
from twin.economics import HeatLedger, capital_recovery_factor, heat_economics, levelised_cost
from twin.schema import EconomicsConf

LEDGER = HeatLedger(
    delivered_MWh=50_000.0,
    site_heat_MWh=43_000.0,
    electricity_MWh=7_000.0,
    heat_pump_kW=10_000.0,
    exchanger_kW=0.0,
    trunk_m=2_000.0,
    per_dwelling_MWh=8.0,
    network_efficiency=0.9,
)
COSTS = EconomicsConf(
    name="test",
    title="test",
    discount_rate=0.05,
    lifetime_years=20,
    heat_pump_EUR_kW=700.0,
    exchanger_EUR_kW=100.0,
    trunk_EUR_m=2_500.0,
    fixed_opex_share=0.02,
    subsidy_share=0.25,
    electricity_EUR_MWh=75.0,
    source_heat_EUR_MWh=10.0,
    electricity_kgCO2_kWh=0.06,
    displaced_heat_kgCO2_kWh=0.24,
)


def test_capital_recovery_factor() -> None:
    """Annuity tables: 5 % over 20 years 0.080243; without interest 1/n."""
    assert capital_recovery_factor(0.05, 20) == pytest.approx(0.080243, abs=5e-7)
    assert capital_recovery_factor(0.0, 25) == 0.04
    with pytest.raises(InputError, match="lifetime"):
        capital_recovery_factor(0.05, 0)


def test_heat_economics_by_hand() -> None:
    """Investment 7 + 5 = 12 MEUR. Yearly: 9 MEUR x 0.080243 = 722,183; upkeep 240,000; electricity
    525,000; source heat 430,000: 1,917,183 EUR over 50,000 MWh = 38.34 EUR/MWh. Homes 50,000 x 0.9 / 8 =
    5,625. Carbon 50,000 x 0.24 - 7,000 x 0.06 = 11,580 t."""
    result = heat_economics(LEDGER, COSTS)
    assert result.capex_EUR == pytest.approx(12e6)
    assert result.lcoh_EUR_per_MWh == pytest.approx(38.344, abs=0.001)
    assert result.homes == pytest.approx(5625.0)
    assert result.co2_avoided_t == pytest.approx(11_580.0)


def test_nothing_delivered_has_no_cost() -> None:
    result = heat_economics(replace(LEDGER, delivered_MWh=0.0, electricity_MWh=0.0), COSTS)
    assert result.lcoh_EUR_per_MWh is None
    assert result.homes == 0.0
    with pytest.raises(InputError, match="not defined"):
        levelised_cost(capex=1.0, factor=0.1, fixed_opex=0.0, variable_cost=0.0, delivered_MWh=0.0)
