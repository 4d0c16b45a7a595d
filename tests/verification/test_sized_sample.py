"""Schemes of many sizes and prices: each is the year dispatched and paid by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_year_balance import conf, site, weather

from geometry.errors import InputError
from twin.economics import heat_economics
from twin.economics.variants import sized_sample
from twin.schema import EconomicRanges
from twin.workload import it_load
from twin.year import simulate_year
from twin.year.summary import summarise_year

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def scheme():
    spec = site()
    year = simulate_year(spec, weather("rt2012_h2d"), it_load(conf("workload", "training")))
    prices = replace(conf("economics", "france_2024"), members=12, ranges=EconomicRanges())
    return spec, year, summarise_year(year, spec, prices), prices


def test_the_size_of_the_scheme_gives_its_own_cost(scheme) -> None:
    """At its own size and prices every member is the scheme itself."""
    spec, year, summary, prices = scheme
    same = sized_sample(spec, year, summary.ledger, prices, capacity=(1.0, 1.0))
    assert same.delivered_MWh == pytest.approx(np.full(12, summary.ledger.delivered_MWh), rel=1e-9)
    assert same.lcoh == pytest.approx(np.full(12, summary.economics.lcoh_EUR_per_MWh), rel=1e-9)
    assert same.npv == pytest.approx(np.full(12, summary.economics.npv_EUR), rel=1e-9)


def test_a_larger_plant_delivers_more_at_falling_margins(scheme) -> None:
    spec, year, summary, prices = scheme
    found = sized_sample(spec, year, summary.ledger, prices, capacity=(0.3, 1.0))
    order = np.argsort(found.capacity_kW)
    size, heat = found.capacity_kW[order], found.delivered_MWh[order]
    assert np.all(np.diff(heat) > 0.0)
    gain = np.diff(heat) / np.diff(size)
    assert gain[-1] < gain[0]
    half = replace(
        summary.ledger,
        delivered_MWh=float(heat[0]),
        site_heat_MWh=0.0,
        electricity_MWh=float(found.electricity_MWh[order][0]),
        heat_pump_kW=float(size[0]),
        pump_MWh=summary.ledger.pump_MWh * float(heat[0]) / summary.ledger.delivered_MWh,
    )  # heat of the site costs nothing here
    assert heat_economics(half, prices).lcoh_EUR_per_MWh == pytest.approx(found.lcoh[order][0], rel=1e-9)


def test_sizes_that_cannot_be_are_refused(scheme) -> None:
    spec, year, summary, prices = scheme
    with pytest.raises(InputError, match=r"0\.\.1: wanted rising shares"):
        sized_sample(spec, year, summary.ledger, prices, capacity=(0.0, 1.0))
    with pytest.raises(InputError, match="no storage to vary"):
        sized_sample(spec, year, summary.ledger, prices, storage_m3=(0.0, 500.0))
    with pytest.raises(InputError, match="no heat is recovered"):
        sized_sample(replace(spec, recovery=None), year, summary.ledger, prices)
