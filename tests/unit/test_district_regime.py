"""Temperatures of a network: supply by a curve or by hour, return by outdoor air, radiators, or hour."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.district.demand import Network, heating_curve, hourly_demand, sold_heat, temperatures
from solvers.district.regime import Radiators, Regime, radiator_return
from twin.assembly.regime import regime_of
from twin.schema import RegimeConf

K = 273.15
NETWORK = Network(
    annual_heat=58.0 * 3.6e12,
    dwellings=7500.0,
    hot_water_share=0.27,
    efficiency=0.9,
    heating_limit=18.0 + K,
    supply_cold=90.0 + K,
    supply_warm=70.0 + K,
    outdoor_cold=-6.0 + K,
    return_temperature=55.0 + K,
    trunk_length=1000.0,
    trunk_loss=0.0,
)
RADIATORS = Radiators(supply=80.0 + K, back=60.0 + K, room=20.0 + K)
SEASONS = 12.0 + K - 12.0 * np.cos(2.0 * np.pi * np.arange(8760) / 8760)


def test_radiators_at_half_load() -> None:
    """80/60/20 degC, exponent 1.3. Log mean at design 20 / ln(60/40) = 49.326 K, at half load x 0.5^(1/1.3) =
    28.940 K over which 10 K are spread: (T_s - 20)/(T_r - 20) = e^(10/28.940) = 1.41276, T_r = 44.23 degC."""
    supply, back = RADIATORS.water(np.array([1.0, 0.5, 0.0]))
    np.testing.assert_allclose(back - K, [60.0, 44.23, 20.0], atol=0.01)
    np.testing.assert_allclose(supply - K, [80.0, 54.23, 20.0], atol=0.01)


def test_heating_and_hot_water_mix_by_their_flows() -> None:
    """Full load, 90 degC of supply: heating returns 63 degC, hot water 35 degC. 27 MW of heating are 1 MW/K,
    11 MW of hot water 0.2 MW/K: (63 + 0.2 x 35) / 1.2 = 58.333 degC. In summer hot water alone."""
    back = radiator_return(
        RADIATORS,
        supply=np.full(3, 90.0 + K),
        load=np.array([1.0, 0.0, 0.0]),
        heating=np.array([27e6, 0.0, 0.0]),
        hot_water=np.array([11e6, 2e6, 0.0]),
        rest=55.0 + K,
    )
    np.testing.assert_allclose(back - K, [58.3333, 35.0, 55.0], atol=1e-3)


def test_a_curve_of_points_replaces_the_line() -> None:
    curve = ((-10.0 + K, 95.0 + K), (0.0 + K, 75.0 + K), (15.0 + K, 70.0 + K))
    bent = replace(NETWORK, regime=Regime(curve=curve))
    outdoor = np.array([-20.0, -5.0, 0.0, 9.0, 30.0]) + K
    assert heating_curve(bent, outdoor) - K == pytest.approx([95.0, 85.0, 75.0, 72.0, 70.0])


def test_the_return_follows_the_outdoor_temperature() -> None:
    """55 degC at -6, 43 at 18 degC: half a kelvin per kelvin; the day's mean of this year is within 0.1 K."""
    _, back = temperatures(replace(NETWORK, regime=Regime(return_warm=43.0 + K)), SEASONS)
    np.testing.assert_allclose(back, 55.0 + K - 0.5 * (SEASONS + 6.0 - K).clip(0.0, 24.0), atol=0.06)


def test_radiators_make_the_return_colder_when_it_is_mild() -> None:
    plain = hourly_demand(NETWORK, SEASONS)
    demand = hourly_demand(replace(NETWORK, regime=Regime(radiators=RADIATORS)), SEASONS)
    np.testing.assert_array_equal(demand.heat, plain.heat)
    winter, spring = 0, 8760 // 4
    assert demand.back[winter] > demand.back[spring] + 10.0
    # 0.75 of the coldest day's load: radiators return 52.4 degC, the substation 55.4, hot water pulls it down
    assert 50.0 < demand.back[winter] - K < 55.4
    assert demand.back[8760 // 2] == pytest.approx(35.0 + K, abs=1e-9)  # hot water alone


def test_hours_given_are_taken_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "regime.csv"
    file.write_text("supply,return\n" + "80.5,48\n" * 8760)
    regime = regime_of(RegimeConf(csv=str(file)))
    supply, back = temperatures(replace(NETWORK, regime=regime), SEASONS)
    assert set(supply) == {80.5 + K}
    assert set(back) == {48.0 + K}
    with pytest.raises(InputError, match="supply temperature of the network has 8760 hours, the weather 24"):
        temperatures(replace(NETWORK, regime=regime), SEASONS[:24])


@pytest.mark.parametrize(
    ("regime", "words"),
    [
        (Regime(return_warm=72.0 + K), r"(?s)return of the network = 7\d.* degC in hour \d+.*try: a lower"),
        (Regime(back=np.full(8760, 91.0 + K)), r"return of the network = 91 degC in hour 0: not below"),
        (
            Regime(radiators=replace(RADIATORS, supply=95.0 + K)),
            r"(?s)below what its radiators ask for.*radiators_C",
        ),
    ],
)
def test_a_return_that_cannot_be_is_refused(regime: Regime, words: str) -> None:
    # at 0 degC the network brings 85 degC, radiators of 95/60 ask for 80 and 3 K: the coldest days fail
    with pytest.raises(InputError, match=words):
        temperatures(replace(NETWORK, supply_cold=86.0 + K, regime=regime), SEASONS - 6.0)


def test_radiators_need_to_know_what_is_heating() -> None:
    given = replace(NETWORK, series=np.ones(8760), regime=Regime(radiators=RADIATORS))
    assert sold_heat(given, SEASONS).shape == (1, 8760)
    with pytest.raises(InputError, match=r"(?s)does not say what is heating.*return_warm_C"):
        temperatures(given, SEASONS)


@pytest.mark.parametrize(
    ("conf", "words"),
    [
        (
            RegimeConf(supply_curve_C=[[0.0, 80.0], [-5.0, 90.0]]),
            "temperatures 0, -5 degC do not rise",
        ),
        (RegimeConf(supply_curve_C=[[0.0]]), "each point is an outdoor and a supply temperature"),
        (RegimeConf(radiators_C=[60.0, 80.0, 20.0]), "room 20, return 80, supply 60 degC are not in rising"),
        (RegimeConf(radiators_C=[80.0, 60.0]), "has 2 values: supply, return, room"),
        (RegimeConf(radiators_C=[80.0, 60.0, 20.0], return_warm_C=45.0), "given more than once"),
        (RegimeConf(csv="nowhere.csv"), "network temperatures nowhere.csv: No such file"),
    ],
)
def test_regimes_that_cannot_be_are_refused(conf: RegimeConf, words: str) -> None:
    with pytest.raises(InputError, match=words):
        regime_of(conf)
