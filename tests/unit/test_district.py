"""Hourly demand of a district network: sums, degree hours, heating curve, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.district.demand import (
    DemandClass,
    Network,
    Use,
    heating_curve,
    hourly_demand,
    sold_heat,
    trunk_heat_loss,
)
from solvers.district.profiles import HOT_WATER_PROFILE, trailing_day_mean

GWH = 3.6e12
K = 273.15
NETWORK = Network(
    annual_heat=58.0 * GWH,
    dwellings=7500.0,
    hot_water_share=0.27,
    efficiency=0.88,
    heating_limit=18.0 + K,
    supply_cold=90.0 + K,
    supply_warm=70.0 + K,
    outdoor_cold=-6.0 + K,
    return_temperature=55.0 + K,
    trunk_length=3000.0,
    trunk_loss=30.0,
)


def seasons() -> np.ndarray:
    hour = np.arange(8760)
    return K + 13.0 - 10.0 * np.cos(2 * np.pi * hour / 8760) - 4.0 * np.cos(2 * np.pi * (hour % 24) / 24)


def test_the_year_injects_what_is_sold_over_the_efficiency() -> None:
    demand = hourly_demand(NETWORK, seasons())
    assert demand.heat.sum() * 3600.0 == pytest.approx(58.0 / 0.88 * GWH, rel=1e-12)


def test_heating_follows_the_degree_hours_of_the_last_day() -> None:
    """At 8 degC all day heating is twice what it is at 13 degC: 10 and 5 K below the limit of 18."""
    outdoor = np.where(np.arange(8760) < 4380, 8.0 + K, 13.0 + K)
    no_base = replace(NETWORK, hot_water_share=0.0, efficiency=1.0)
    heat = hourly_demand(no_base, outdoor).heat
    assert heat[4000] == pytest.approx(2.0 * heat[8000], rel=1e-9)


def test_hours_without_heating_are_hot_water_and_losses() -> None:
    """At one outdoor temperature all year the mains' water is as cold in every month."""
    outdoor = np.full(8760, 25.0 + K)
    heat = hourly_demand(replace(NETWORK, hot_water_share=1.0), outdoor).heat
    base = 58.0e9 * (1.0 + 1.0 / 0.88 - 1.0) / 8760.0  # [W]
    assert heat[4992:5016].mean() == pytest.approx(base, rel=1e-9)


def test_hot_water_is_warmed_further_in_winter() -> None:
    heat = hourly_demand(replace(NETWORK, hot_water_share=1.0, efficiency=1.0), seasons()).heat
    winter, summer = heat[24:192].mean(), heat[4392:4560].mean()
    assert 1.15 < winter / summer < 1.45
    assert heat.sum() * 3600.0 == pytest.approx(58.0 * GWH, rel=1e-12)


CLASSES = (
    DemandClass(name="flats", space_heating=3.0 * GWH, hot_water=1.0 * GWH),
    DemandClass(name="offices", use=Use.WORKING_DAYS, space_heating=2.0 * GWH),
    DemandClass(name="laundry", use=Use.WORKING_DAYS, process=1.0 * GWH),
    DemandClass(name="dairy", process=1.0 * GWH),
)


def test_classes_share_what_the_network_sells() -> None:
    network = replace(NETWORK, classes=CLASSES)
    sold = sold_heat(network, seasons())
    assert sold.shape == (4, 8760)
    assert sold.sum(axis=1) * 3600.0 / GWH == pytest.approx([58 * 4 / 8, 58 * 2 / 8, 58 / 8, 58 / 8])
    assert hourly_demand(network, seasons()).heat.sum() * 3600.0 == pytest.approx(58.0 / 0.88 * GWH)


def test_each_class_has_its_hours() -> None:
    _, offices, laundry, dairy = sold_heat(replace(NETWORK, classes=CLASSES), seasons())
    assert offices[2] / offices[6] == pytest.approx(0.6, rel=0.02)  # night and morning of the first Monday
    assert laundry[5 * 24 : 7 * 24].max() == 0.0  # Saturday and Sunday
    assert np.ptp(dairy) == 0.0


def test_a_given_series_replaces_the_model() -> None:
    series = np.linspace(1e6, 9e6, 8760)
    network = replace(NETWORK, series=series, losses=np.full(8760, 1e6))
    heat = hourly_demand(network, seasons()).heat
    assert (heat - 1e6) / series == pytest.approx(np.full(8760, 58.0 * GWH / (series.sum() * 3600.0)))
    with pytest.raises(InputError, match="series has 24 hours, the weather 8760"):
        hourly_demand(replace(NETWORK, series=np.ones(24)), seasons())


def test_classes_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="'flats'"):
        DemandClass(name="flats", space_heating=-1.0)
    with pytest.raises(InputError, match="not all zero"):
        DemandClass(name="empty")


def test_peak_is_a_plausible_multiple_of_the_mean() -> None:
    """French networks: 2,000 to 3,500 full-load hours of the peak for heating and hot water."""
    heat = hourly_demand(NETWORK, seasons()).heat
    assert 2.0 < heat.max() / heat.mean() < 4.5


def test_heat_per_dwelling() -> None:
    """58 GWh over 7,500 dwellings: 7.73 MWh."""
    assert NETWORK.heat_per_dwelling / 3.6e9 == pytest.approx(7.733, abs=1e-3)


def test_heating_curve_is_linear_between_its_ends_and_level_beyond() -> None:
    outdoor = np.array([-20.0, -6.0, 6.0, 18.0, 30.0]) + K
    assert heating_curve(NETWORK, outdoor) - K == pytest.approx([90.0, 90.0, 80.0, 70.0, 70.0])


def test_day_mean_trails_and_wraps() -> None:
    values = np.zeros(48)
    values[0] = 24.0
    mean = trailing_day_mean(values)
    assert mean[:24] == pytest.approx(1.0)
    assert mean[24:] == pytest.approx(0.0)


def test_trunk_and_profile() -> None:
    assert trunk_heat_loss(NETWORK) == 90e3
    assert HOT_WATER_PROFILE.shape == (24,)
    assert HOT_WATER_PROFILE.mean() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"annual_heat": 0.0}, "annual heat"),
        ({"dwellings": 0.0}, "dwellings"),
        ({"hot_water_share": 1.2}, "hot-water share"),
        ({"efficiency": 0.0}, "efficiency"),
        ({"return_temperature": 80.0 + K}, "not in rising order"),
        ({"heating_limit": 260.0}, "colder than the heating limit"),
        ({"trunk_length": -1.0}, "not negative"),
    ],
)
def test_networks_that_cannot_be_are_refused(change: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        hourly_demand(replace(NETWORK, **change), seasons())


def test_heating_sold_in_a_climate_without_winter_is_refused() -> None:
    with pytest.raises(InputError, match="no day of the climate is below"):
        hourly_demand(NETWORK, np.full(8760, 30.0 + K))
