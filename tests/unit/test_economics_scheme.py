"""Investment by item, aid and its conditions, value, tornado and sample of a scheme, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from twin.economics import (
    HeatLedger,
    aid_granted,
    capital_recovery_factor,
    heat_economics,
    prices_of,
    sample,
    tornado_bars,
    unit_cost,
)
from twin.economics.sensitivity import draw, ranges_of
from twin.schema import AidConf, EconomicRanges, EconomicsConf

LEDGER = HeatLedger(
    delivered_MWh=20_000.0,
    site_heat_MWh=16_000.0,
    electricity_MWh=4_000.0,
    heat_pump_kW=5_000.0,
    exchanger_kW=0.0,
    trunk_m=1_000.0,
    extension_m=500.0,
    storage_m3=1_000.0,
    boiler_kW=2_000.0,
    gas_MWh=300.0,
    per_dwelling_MWh=10.0,
    network_efficiency=0.9,
)
CONF = EconomicsConf(
    name="test",
    title="test",
    discount_rate=0.0,
    lifetime_years=20,
    heat_pump_EUR_kW=600.0,
    exchanger_EUR_kW=100.0,
    trunk_EUR_m=2_000.0,
    extension_EUR_m=2_000.0,
    storage_EUR_m3=200.0,
    boiler_EUR_kW=100.0,
    engineering_share=0.05,
    contingency_share=0.05,
    fixed_opex_share=0.02,
    subsidy_share=0.4,
    electricity_EUR_MWh=80.0,
    gas_EUR_MWh=60.0,
    source_heat_EUR_MWh=5.0,
    heat_value_EUR_MWh=50.0,
    electricity_kgCO2_kWh=0.05,
    displaced_heat_kgCO2_kWh=0.1,
    gas_heat_kgCO2_kWh=0.25,
    gas_kgCO2_kWh=0.25,
    members=200,
    aid=AidConf(density_min_MWh_m=1.5, network_cap=0.6, recovery_cap=0.3, renewable_share_min=0.5),
    ranges=EconomicRanges(electricity_EUR_MWh=[60.0, 100.0], trunk_EUR_m=[1_000.0, 4_000.0]),
)


def test_investment_aid_and_cost_by_hand() -> None:
    """Works 3.0 + 2.0 + 1.0 + 0.2 + 0.2 = 6.4 MEUR, with 10 % on top 7.04. Aid: recovery 3.2 x 1.1 x 0.3
    (cap), network 3.0 x 1.1 x 0.4 (asked): 1.056 + 1.32 = 2.376. Yearly 140,800 upkeep + 320,000 + 80,000
    + 18,000 = 558,800. Without interest over 20 years 4.664 / 20 = 0.2332: 792,000 over 20,000 MWh =
    39.6 EUR/MWh. Income 1,000,000 - 558,800 = 441,200: NPV 8.824 - 4.664 = 4.16 MEUR, repaid in 10.57 a."""
    found = heat_economics(LEDGER, CONF)
    assert found.capex["heat_pump"] == pytest.approx(3.0e6)
    assert found.capex["engineering"] == pytest.approx(0.32e6)
    assert found.capex_EUR == pytest.approx(7.04e6)
    assert found.aid_EUR == pytest.approx(2.376e6)
    assert found.opex_EUR == pytest.approx(558_800.0)
    assert found.lcoh_EUR_per_MWh == pytest.approx(39.6)
    assert found.lcoh_without_aid == pytest.approx((7.04e6 / 20 + 558_800) / 20_000)
    assert found.npv_EUR == pytest.approx(4.16e6)
    assert found.payback_years == pytest.approx(4.664e6 / 441_200)


def test_carbon_against_the_network_and_against_gas() -> None:
    """Electricity 4,000 x 0.05 + gas 300 x 0.25 = 275 t. Network 2,000 - 275; gas 18,000 x 0.25 - 275."""
    found = heat_economics(LEDGER, CONF)
    assert found.co2_avoided_t == pytest.approx(1_725.0)
    assert found.co2_avoided_gas_t == pytest.approx(4_225.0)


def test_pumps_are_paid_and_counted() -> None:
    """1,000 MWh at 80 EUR/MWh are 80,000 EUR a year, 4 EUR/MWh over 20,000 MWh, and 50 t at 0.05 kg/kWh."""
    plain, found = heat_economics(LEDGER, CONF), heat_economics(replace(LEDGER, pump_MWh=1_000.0), CONF)
    assert found.opex["pumps"] == pytest.approx(80_000.0)
    assert found.opex_EUR - plain.opex_EUR == pytest.approx(80_000.0)
    assert found.lcoh_EUR_per_MWh is not None
    assert plain.lcoh_EUR_per_MWh is not None
    assert found.lcoh_EUR_per_MWh - plain.lcoh_EUR_per_MWh == pytest.approx(4.0)
    assert plain.co2_avoided_t - found.co2_avoided_t == pytest.approx(50.0)


def test_aid_is_refused_in_words() -> None:
    """20,000 MWh over 15,000 m: 1.33 MWh/m, below 1.5; and a network at 40 % renewable heat."""
    thin = replace(LEDGER, trunk_m=14_500.0)
    assert aid_granted(LEDGER, CONF).granted
    assert aid_granted(thin, CONF).density_MWh_m == pytest.approx(4.0 / 3.0)
    (reason,) = aid_granted(thin, CONF).refusals
    assert "1.33 MWh/m" in reason
    found = heat_economics(replace(thin, renewable_share=0.4), CONF)
    assert found.aid_EUR == 0.0
    assert found.lcoh_EUR_per_MWh == found.lcoh_without_aid
    assert len(found.aid_refusals) == 2


def test_sales_that_never_repay() -> None:
    found = heat_economics(LEDGER, replace(CONF, heat_value_EUR_MWh=20.0))
    assert found.payback_years is None
    assert found.npv_EUR == pytest.approx(20 * (400_000 - 558_800) - 4.664e6)


def test_the_tornado_is_in_order_and_by_hand() -> None:
    """Trunk 1,000..4,000 EUR/m: 2,000 EUR/m more cost 2.2 MEUR, 60 % of it ours over 20 years, and 2 %
    upkeep: (66,000 + 44,000) / 20,000 = 5.5 EUR/MWh; electricity 20 EUR/MWh more: 4."""
    trunk, electricity = tornado_bars(LEDGER, CONF)
    assert (trunk.name, electricity.name) == ("trunk_EUR_m", "electricity_EUR_MWh")
    assert trunk.cost_high == pytest.approx(39.6 + 5.5)
    assert trunk.cost_low == pytest.approx(39.6 - 2.75)
    assert electricity.cost_high == pytest.approx(43.6)
    assert electricity.swing == pytest.approx(8.0)


def test_the_sample_is_triangular_and_repeats() -> None:
    """Mean of a triangle: (low + mode + high) / 3; variance (a2 + b2 + c2 - ab - ac - bc) / 18."""
    drawn = draw({"x": (1_000.0, 2_000.0, 4_000.0)}, 20_000)["x"]
    assert drawn.min() >= 1_000.0
    assert drawn.max() <= 4_000.0
    assert drawn.mean() == pytest.approx(7_000.0 / 3.0, rel=1e-4)
    assert drawn.var() == pytest.approx(388_888.9, rel=1e-3)
    first, second = sample(LEDGER, CONF), sample(LEDGER, CONF)
    assert first is not None
    assert first == second
    low, middle, high = first.lcoh
    assert 33.0 < low < 39.6 < high < 50.0
    assert low < middle < high
    assert 0.0 <= first.profitable <= 1.0


def test_arrays_are_the_same_formula() -> None:
    """Sizes and prices as arrays give what one call each gives."""
    sizes = np.array([3_000.0, 5_000.0])
    prices = replace(prices_of(CONF), electricity_EUR_MWh=np.array([60.0, 80.0]))
    both = unit_cost(replace(LEDGER, heat_pump_kW=sizes), prices)
    alone = unit_cost(LEDGER, prices_of(CONF))
    assert np.asarray(both.annual)[1] == pytest.approx(float(alone.annual), rel=1e-14)
    assert np.asarray(both.annual)[0] < np.asarray(both.annual)[1]


def test_nothing_delivered_has_no_spread() -> None:
    none = replace(LEDGER, delivered_MWh=0.0)
    assert tornado_bars(none, CONF) == ()
    assert sample(none, CONF) is None
    assert heat_economics(none, CONF).aid_refusals == ("no heat is delivered",)


def test_a_range_is_widened_by_its_value_and_refused_when_it_is_none() -> None:
    dear = replace(CONF, electricity_EUR_MWh=150.0)
    assert ranges_of(dear)["electricity_EUR_MWh"] == (60.0, 150.0, 150.0)
    with pytest.raises(InputError, match=r"trunk_EUR_m = \[3\.0\]: wanted \[low, high\]"):
        ranges_of(replace(CONF, ranges=EconomicRanges(trunk_EUR_m=[3.0])))


def test_the_annuity_takes_arrays() -> None:
    """5 % over 20 years 0.080243 (annuity table); none over 25 years 1/25."""
    both = np.asarray(capital_recovery_factor(np.array([0.05, 0.0]), np.array([20.0, 25.0])))
    assert both == pytest.approx([0.080243, 0.04], abs=5e-7)
