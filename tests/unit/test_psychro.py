"""Moist air against the ASHRAE tables and the formulas' own fixed points."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.errors import InputError
from solvers import psychrometrics as air


# ASHRAE Handbook Fundamentals (SI), chapter 1, table 3: saturation pressure [kPa], printed digits
@pytest.mark.parametrize(
    ("celsius", "kilopascal"),
    [(-20.0, 0.10326), (0.0, 0.6112), (20.0, 2.3388), (40.0, 7.3838), (60.0, 19.944), (100.0, 101.42)],
)
def test_saturation_pressure_is_that_of_the_ashrae_table(celsius: float, kilopascal: float) -> None:
    assert air.saturation_pressure(celsius + 273.15) == pytest.approx(1e3 * kilopascal, rel=4e-4)


# ASHRAE Fundamentals, table 2 (1 atm): humidity ratio of saturated air. The table holds the enhancement
# factor of real air (1.004 to 1.005), which the ideal-gas formula leaves out: hence 0.6 %
@pytest.mark.parametrize(
    ("celsius", "ratio"), [(0.0, 0.003790), (10.0, 0.007661), (20.0, 0.014758), (30.0, 0.027329)]
)
def test_saturated_humidity_ratio(celsius: float, ratio: float) -> None:
    ours = float(air.saturation_humidity(celsius + 273.15, 101325.0))
    assert ours == pytest.approx(ratio, rel=6e-3)
    assert ours < ratio


def test_ashrae_example_one() -> None:
    """Fundamentals, chapter 1, example 1: 40 degC dry bulb, 20 degC wet bulb at 1 atm, read off the chart:
    6.5 g/kg, 56.7 kJ/kg, dew point 7 degC, 14 % relative humidity."""
    humidity = 0.0065
    assert air.wet_bulb(313.15, humidity, 101325.0) - 273.15 == pytest.approx(20.0, abs=0.1)
    assert air.enthalpy(313.15, humidity) == pytest.approx(56.7e3, rel=0.006)
    vapour = air.vapour_pressure(humidity, 101325.0)
    assert air.dew_point(vapour) - 273.15 == pytest.approx(7.0, abs=0.7)  # chart reading
    assert vapour / air.saturation_pressure(313.15) == pytest.approx(0.14, abs=0.005)


def test_dew_point_inverts_saturation() -> None:
    t = np.linspace(240.0, 340.0, 101)
    assert air.dew_point(air.saturation_pressure(t)) == pytest.approx(t, abs=1e-8)


def test_wet_bulb_lies_between_dew_point_and_dry_bulb_and_meets_them_at_saturation() -> None:
    rng = np.random.default_rng(1)
    dry = rng.uniform(255.0, 318.0, 500)
    vapour = rng.uniform(0.02, 1.0, 500) * air.saturation_pressure(dry)
    humidity = air.humidity_ratio(vapour, 101325.0)
    wet = air.wet_bulb(dry, humidity, 101325.0)
    assert np.all(wet <= dry + 1e-9)
    # below freezing a frosted wick and the frost point agree to a few hundredths of a kelvin
    assert np.all(wet >= air.dew_point(vapour) - 0.02)
    saturated = air.saturation_humidity(dry, 101325.0)
    assert air.wet_bulb(dry, saturated, 101325.0) == pytest.approx(dry, abs=1e-3)


def test_wet_bulb_solves_its_defining_equation() -> None:
    """ASHRAE eq. 33 by hand: 30 degC dry, 20 degC wet, 101,325 Pa, with W_s(20 degC) = 0.014695:
    W = ((2501 - 46.52) 0.014695 - 1.006 x 10) / (2501 + 55.8 - 83.72) = 0.010517."""
    assert air.wet_bulb(303.15, 0.010517, 101325.0) == pytest.approx(293.15, abs=0.01)


def test_saturated_temperature_inverts_enthalpy() -> None:
    t = np.linspace(255.0, 350.0, 60)
    h = air.enthalpy(t, air.saturation_humidity(t, 101325.0))
    assert air.saturated_temperature(h, 101325.0) == pytest.approx(t, abs=1e-5)


def test_standard_pressure() -> None:
    """ASHRAE Fundamentals, chapter 1, table 1: 101.325 kPa at sea level, 89.875 kPa at 1,000 m."""
    assert air.standard_pressure(0.0) == pytest.approx(101325.0)
    assert air.standard_pressure(1000.0) == pytest.approx(89875.0, rel=1e-4)


def test_celsius_typed_as_kelvin_is_refused() -> None:
    with pytest.raises(InputError, match="kelvin"):
        air.saturation_pressure(25.0)
