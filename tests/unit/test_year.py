"""The year by hand: one steady climate, every power and temperature worked out beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from year_specimens import CHILLER, HOURS, NETWORK, K, steady_weather

from geometry.errors import InputError
from solvers import psychrometrics as air
from solvers.heat.heat_pump import HeatPump, Limit
from solvers.heat.plant import CoolerKind, size_cooler
from solvers.heat.station import Station
from solvers.heat.storage import Insulation, Tank
from solvers.liquid.hall.lumped import LumpedLoop
from twin.year import Circuit, PowerTrain, YearSpec, simulate_year
from twin.year.marginal import marginal_values

pytestmark = pytest.mark.kernel

# 9 MW of liquid heat over 6e5 W/K: 15 K; effectiveness 0.75: 20 K between hot and cold inlet, 5 K approach
LOOP = LumpedLoop(c_tcs=6e5, c_fws=6e5, effectiveness=0.75, pump_power=50e3)
RECOVERY = Station(
    capacity=4e6,
    exchanger_ua=1e6,
    heat_pump=HeatPump(
        capacity=4e6,
        lorenz_efficiency=0.58,
        terminal_difference=4.0,
        source_drop=10.0,
        maximum_supply=85.0 + K,
        minimum_load=0.1,
    ),
)


def circuit(heat: float, rate: float, supply: float, pump: float, ratio: float) -> Circuit:
    cooler = size_cooler(
        CoolerKind.DRY,
        heat=1.1 * heat,
        design_air=307.15,
        approach=6.0,
        fluid_range=heat / rate,
        fan_power_ratio=0.025,
        fan_minimum=0.15,
    )
    return Circuit(
        cooler=cooler,
        chiller=None,
        capacity_rate=rate,
        supply=supply,
        pump_power=pump,
        pump_power_ratio=ratio,
    )


def site() -> YearSpec:
    return YearSpec(
        it_design_power=10e6,
        liquid_fraction=0.9,
        loop=LOOP,
        tcs_set_point=40.0 + K,
        air_handler_power=60e3,
        warm=circuit(9e6, 6e5, np.nan, 40e3, 0.0),
        cool=circuit(1.5e6, 2e5, 20.0 + K, 0.0, 0.015),
        power=PowerTrain(
            transformer_efficiency=0.99,
            ups_efficiency=0.97,
            distribution_efficiency=0.99,
            lighting=10e3,
            auxiliary=20e3,
        ),
    )


def test_powers_by_hand() -> None:
    """Behind the UPS 10/0.99 + 0.05 = 10.15101 MW, before it 10.46496: losses indoors 0.41496. Air heat 1 +
    0.06 + 0.01 + 0.41496 = 1.48496, its pumps 1.5 %: 0.02227. With air handlers, facility pumps, lighting
    and auxiliary: 10.46496 + 0.06 + 0.04 + 0.02227 + 0.01 + 0.02 = 10.61723 MW, fans aside; over 0.99."""
    year = simulate_year(site(), steady_weather(), np.ones(HOURS))
    expected = (10.61723e6 + year.fan_power[0]) / 0.99
    assert year.facility_power[0] == pytest.approx(expected, rel=1e-6)
    assert year.cool_heat[0] == pytest.approx(1.48496e6 * 1.015, rel=1e-5)
    assert year.liquid_heat[0] == pytest.approx(9.09e6, rel=1e-12)
    assert year.pump_power[0] == pytest.approx(50e3 + 40e3 + 22.27e3, rel=1e-4)
    assert np.all(year.chiller_power == 0.0)
    assert year.water.sum() == 0.0


def test_rounding_is_not_heat() -> None:
    from twin.year.reuse import left_over

    heat = np.array([1.2e6, 1.2e6, 0.0, 1.2e6])
    rest = left_over(heat, np.array([1.2e6 * (1.0 + 4e-16), 0.0, 0.0, 1.3e6]))
    assert rest.tolist() == [0.0, 1.2e6, 0.0, pytest.approx(-0.1e6)]  # what is wrong stays wrong


def test_temperatures_by_hand() -> None:
    """Coolant takes 9.05 MW over 6e5 W/K = 15.08 K, pumps included; 9.05/(0.75 x 6e5) = 20.11 K between the
    inlets: facility water at 40 + 15.08 - 20.11 = 34.97 degC, back at 50.06, after its pumps 50.12."""
    year = simulate_year(site(), steady_weather(), np.ones(HOURS))
    assert year.tcs_supply[0] - K == pytest.approx(40.0)
    assert year.tcs_return[0] - K == pytest.approx(55.0)
    assert year.fws_supply[0] - K == pytest.approx(34.972, abs=1e-3)
    assert year.fws_return[0] - K == pytest.approx(50.122, abs=1e-3)
    assert np.all(year.floating < 1e-9)
    assert year.source_in[0] == pytest.approx(year.fws_return[0])


def test_heat_wave_floats_the_loop() -> None:
    """At 38 degC the coolers reach 38 + less than 6 K: the loop rises by what is missing."""
    year = simulate_year(site(), steady_weather(38.0), np.ones(HOURS))
    assert 4.0 < year.tcs_supply[0] - (40.0 + K) < 9.0
    # the cool circuit of this site has no chiller: it misses its temperature by more, and that is reported
    assert year.floating[0] == pytest.approx(year.cool_supply[0] - site().cool.supply)
    assert year.floating[0] > year.tcs_supply[0] - (40.0 + K)
    assert year.fws_supply[0] > 38.0 + K
    assert year.year_energy < 1e-12


def test_network_takes_heat_and_pays_for_the_trunk() -> None:
    """Steady demand 20 GWh / 0.9 / 8760 h = 2.5368 MW; the trunk loses 2,000 m x 30 W/m = 60 kW more."""
    spec = replace(site(), network=NETWORK, recovery=RECOVERY, availability=1.0)
    year = simulate_year(spec, steady_weather(), np.ones(HOURS))
    mean = slice(0, 24)
    assert year.demand[mean].mean() == pytest.approx(2.5368e6, rel=1e-4)
    assert year.heat_delivered == pytest.approx(year.demand, rel=1e-9)
    assert year.heat_produced - year.heat_delivered == pytest.approx(60e3, rel=1e-6)
    assert year.site_heat + year.heat_pump_power == pytest.approx(year.heat_produced, rel=1e-12)
    assert year.heat_vented == pytest.approx(year.heat_available - year.site_heat, rel=1e-12)
    assert np.all(year.limit == Limit.DEMAND)
    assert np.all(year.network_out <= year.network_supply + 1e-6)
    # what the city takes the fans need not reject
    alone = simulate_year(site(), steady_weather(), np.ones(HOURS))
    assert year.fan_power.sum() < alone.fan_power.sum()
    assert np.all(alone.limit == Limit.OFF)


def test_hall_without_liquid_offers_its_cool_water() -> None:
    spec = replace(
        site(),
        liquid_fraction=0.0,
        loop=None,
        warm=None,
        cool=replace(circuit(11e6, 1.4e6, 20.0 + K, 0.0, 0.015), chiller=CHILLER),
        network=NETWORK,
        recovery=RECOVERY,
    )
    year = simulate_year(spec, steady_weather(17.0), np.ones(HOURS))
    assert np.isnan(year.tcs_supply).all()
    assert year.chiller_power[0] > 0.0
    assert year.cool_supply == pytest.approx(20.0 + K)
    assert year.source_in[0] - K == pytest.approx(20.0 + year.cool_heat[0] / 1.4e6)
    assert year.heat_pump_power.sum() > 0.0
    assert year.year_energy < 1e-12


def test_idle_site_draws_little_and_offers_little() -> None:
    year = simulate_year(site(), steady_weather(), np.zeros(HOURS))
    assert np.all(year.it_power == 0.0)
    assert year.heat_available[0] == pytest.approx(90e3)  # the pumps' heat
    assert np.all(year.facility_power > 0.0)
    assert year.year_energy < 1e-12


def test_design_percentile_is_of_hours() -> None:
    weather = steady_weather()
    assert weather.design_dry_bulb == pytest.approx(10.0 + K)
    assert weather.design_wet_bulb < weather.design_dry_bulb
    assert air.saturation_pressure(weather.dew_point[0]) == pytest.approx(
        0.7 * float(air.saturation_pressure(10.0 + K)), rel=1e-9
    )


@pytest.mark.parametrize(
    ("load", "words"),
    [(np.ones(100), "100 hours"), (np.full(HOURS, 1.5), "outside 0..1"), (np.full(HOURS, np.nan), "outside")],
)
def test_loads_that_cannot_be_are_refused(load: np.ndarray, words: str) -> None:
    with pytest.raises(InputError, match=words.replace(".", r"\.")):
        simulate_year(site(), steady_weather(), load)


def test_loop_without_circuit_is_refused() -> None:
    with pytest.raises(InputError, match="come together"):
        simulate_year(replace(site(), warm=None), steady_weather(), np.ones(HOURS))


def test_one_more_of_each_is_worth_what_the_year_says() -> None:
    """1.5 MWh per metre on 1 km of a network that sells 20 GWh: demand grows by 7.5 %."""
    spec = replace(
        site(), network=NETWORK, recovery=RECOVERY, availability=1.0, extension_density=1.5 * 3.6e9
    )
    year = simulate_year(spec, steady_weather(), np.ones(HOURS))
    margins = marginal_values(spec, year)
    assert margins is not None
    asked = float(year.demand.sum()) * 3600.0
    assert margins.network.delivered + margins.network.others == pytest.approx(0.075 * asked, rel=1e-9)
    for margin in (margins.heat_pump, margins.storage):
        assert margin.delivered == pytest.approx(-margin.others, rel=1e-9, abs=1.0)
        assert margin.delivered >= -1e-6 * asked
    assert marginal_values(site(), simulate_year(site(), steady_weather(), np.ones(HOURS))) is None


def test_a_storage_of_the_station_is_part_of_the_year() -> None:
    """Steady 10 degC: 24 h of one demand but for hot water; the tank shaves its peaks."""
    assert RECOVERY.heat_pump is not None
    small = replace(RECOVERY, capacity=2.4e6, heat_pump=replace(RECOVERY.heat_pump, capacity=2.4e6))
    spec = replace(site(), network=NETWORK, recovery=small, availability=1.0)
    tank = Tank(volume=500.0, height=10.0, insulation=Insulation(lid=0.2, wall=0.2, bottom=0.2))
    alone = simulate_year(spec, steady_weather(), np.ones(HOURS))
    stored = simulate_year(replace(spec, storage=tank), steady_weather(), np.ones(HOURS))
    assert stored.heat_delivered.sum() > 1.01 * alone.heat_delivered.sum()
    assert stored.dispatch.closure < 1e-9
    assert stored.year_energy < 1e-9
