"""Contracted electricity by hour: the sun's height, what is used, what the hours leave to the grid."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.errors import InputError
from twin.electricity import electricity_mix, profile, sun_height
from twin.schema import ElectricityConf

LEVEL = np.full(8760, 10e6)  # [W]


def contract(solar: float = 0.0, wind: float = 0.0, hydro: float = 0.0) -> ElectricityConf:
    return ElectricityConf(
        name="test", title="test", solar_share=solar, wind_share=wind, hydro_share=hydro,
        solar_kgCO2_kWh=0.04, wind_kgCO2_kWh=0.015, hydro_kgCO2_kWh=0.005,
    )  # fmt: skip


def test_the_height_of_the_sun() -> None:
    """Cooper 1969: declination 23.45 deg on day 172. At 45 deg north half an hour before noon:
    sin h = sin 45 sin 23.45 + cos 45 cos 23.45 cos 7.5 = 0.2814 + 0.6431 = 0.9246; night at midnight."""
    height = sun_height(45.0)
    assert height[171 * 24 + 11] == pytest.approx(0.9246, abs=1e-4)
    assert height[171 * 24] == 0.0
    assert height[354 * 24 + 12] < 0.4  # December


def test_profiles_follow_the_published_months() -> None:
    """RTE eCO2mix 2017/18: January made 4,008 of 26,690 GWh of wind and 303 of 9,248 GWh of sun."""
    wind, solar = profile("wind", 45.0), profile("solar", 45.0)
    assert wind.sum() == pytest.approx(1.0)
    assert solar.sum() == pytest.approx(1.0)
    assert wind[:744].sum() == pytest.approx(4008 / 26690, rel=1e-9)
    assert solar[:744].sum() == pytest.approx(303 / 9248, rel=1e-9)
    assert solar[0] == 0.0


def test_a_small_contract_is_used_whole_and_carbon_is_mixed() -> None:
    """A tenth of a level load from water is used in every hour: 0.9 x 0.06 + 0.1 x 0.005 = 0.0545 kg/kWh."""
    mix = electricity_mix(contract(hydro=0.1), LEVEL, latitude=45.0, grid_carbon=0.06)
    assert mix.renewable.sum() / LEVEL.sum() == pytest.approx(0.1)
    assert mix.mean_carbon() == pytest.approx(0.0545)
    assert np.allclose(mix.renewable + mix.grid, LEVEL, rtol=1e-12)


def test_what_the_hour_does_not_need_is_not_counted() -> None:
    """As much sun a year as the site draws: nights come from the grid, noon is cut at the load."""
    mix = electricity_mix(contract(solar=1.0), LEVEL, latitude=45.0, grid_carbon=0.06)
    share = float(mix.renewable.sum() / LEVEL.sum())
    assert 0.3 < share < 0.5
    assert mix.renewable.max() == pytest.approx(10e6)
    assert mix.grid[0] == 10e6
    assert mix.carbon[0] == pytest.approx(0.06)


def test_the_grid_alone_changes_nothing() -> None:
    mix = electricity_mix(contract(), LEVEL, latitude=45.0, grid_carbon=0.0585)
    assert not mix.renewable.any()
    assert mix.mean_carbon() == pytest.approx(0.0585, rel=1e-14)


def test_shares_beyond_the_year_are_refused() -> None:
    with pytest.raises(InputError, match="together at most 1"):
        electricity_mix(contract(solar=0.6, wind=0.6), LEVEL, latitude=45.0, grid_carbon=0.06)
