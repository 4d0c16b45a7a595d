"""Producers in merit order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.district.sources import (
    HeatSource,
    displaced_carbon,
    left_for_site,
    merit_order,
    renewable_share,
    stack,
    stack_around,
)

WASTE = HeatSource(name="waste", capacity=2e6, cost=50.0, must_run=True, before_site=True)
WOOD = HeatSource(name="wood", capacity=4e6, cost=30.0)
GAS = HeatSource(name="gas", capacity=10e6, cost=80.0)
DEMAND = np.array([1e6, 5e6, 20e6])


def test_cheap_ones_run_first_and_what_must_run_before_them() -> None:
    assert merit_order((GAS, WOOD, WASTE)) == [2, 1, 0]
    got = stack(DEMAND, (GAS, WOOD, WASTE))
    np.testing.assert_array_equal(got.heat, [[0.0, 0.0, 10e6], [0.0, 3e6, 4e6], [1e6, 2e6, 2e6]])
    np.testing.assert_array_equal(got.unmet, [0.0, 0.0, 4e6])
    np.testing.assert_array_equal(got.heat.sum(axis=0) + got.unmet, DEMAND)


def test_a_second_data_centre_gives_what_it_has_by_hour() -> None:
    other = HeatSource(name="other", capacity=3e6, cost=0.0, offer=np.array([5e6, 1e6, 0.0]))
    np.testing.assert_array_equal(stack(DEMAND, (other,)).heat[0], [1e6, 1e6, 0.0])
    with pytest.raises(InputError, match="offer of the heat source 'other' has 3 hours, the demand 2"):
        stack(DEMAND[:2], (other,))


def test_the_site_gets_what_those_before_it_leave() -> None:
    np.testing.assert_array_equal(left_for_site(DEMAND, (WASTE, WOOD)), [0.0, 3e6, 18e6])
    np.testing.assert_array_equal(left_for_site(DEMAND, ()), DEMAND)


def test_what_sources_give_around_data_centres() -> None:
    """Of 1, 5 and 20 MW data centres give 0, 2 and 3: waste first, then they, then wood and gas."""
    got = stack_around(DEMAND, (GAS, WOOD, WASTE), np.array([0.0, 2e6, 3e6]))
    np.testing.assert_array_equal(got.heat, [[0.0, 0.0, 10e6], [0.0, 1e6, 4e6], [1e6, 2e6, 2e6]])
    np.testing.assert_array_equal(got.unmet, [0.0, 0.0, 1e6])


def test_renewable_share_by_hand() -> None:
    """Of 26 MWh: waste 5 and wood 5 count, gas 10 does not, nor 1 that nobody gives; 4 of data centres' 5."""
    sources = (GAS, replace(WOOD, renewable=1.0), replace(WASTE, renewable=1.0))
    given = np.array([0.0, 2e6, 3e6])
    share = renewable_share(DEMAND, sources, given=given, renewable=0.8 * given)
    assert share == pytest.approx(14.0 / 26.0)
    with pytest.raises(InputError, match="no sources of the network are known"):
        renewable_share(DEMAND, (), given=given, renewable=given)
    with pytest.raises(InputError, match=r"renewable share of the heat source 'wood' = 1\.2"):
        replace(WOOD, renewable=1.2)


def test_carbon_of_what_sources_no_longer_make_by_hand() -> None:
    """Of 20 MW the data centre's 3 are part of 4 that nobody gave, and spare no source; of 5 its 2 spare
    wood, behind waste: 2 MWh at 40 kg; of 1 it gives nothing."""
    sources = (replace(GAS, carbon=243.0 / 3.6e9), replace(WOOD, carbon=40.0 / 3.6e9), WASTE)
    given = np.array([0.0, 2e6, 3e6])
    saved = displaced_carbon(DEMAND, sources, without=np.zeros(3), given=given)
    assert saved == pytest.approx(80.0, rel=1e-12)
    # 6 MW where 3 came before: 1 MW that nobody gave, and 2 MW of gas, the dearest
    more = displaced_carbon(DEMAND[2:], sources, without=np.array([3e6]), given=np.array([6e6]))
    assert more == pytest.approx(2.0 * 243.0, rel=1e-12)


def test_sources_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="'x' = -1 W"):
        HeatSource(name="x", capacity=-1.0, cost=0.0)
    with pytest.raises(InputError, match="negative in some hour"):
        HeatSource(name="x", capacity=1.0, cost=0.0, offer=np.array([-1.0]))
