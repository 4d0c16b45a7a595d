"""Fan curves and coils at points worked by hand, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import pytest

from geometry.errors import InputError
from solvers.air.coils import Coil, air_effectiveness, check_coil, design_conductance
from solvers.air.fans import FanCurve, check_fan_curve, operating_flow, pressure_rise

RHO_CP = 1200.0
# fan wall of the published 10 MW hall: (m3/h, Pa)
CURVE = FanCurve(
    flow=tuple(q / 3600.0 for q in (0.0, 38_000.0, 76_650.0, 100_000.0, 115_000.0)),
    pressure=(250.0, 200.0, 100.0, 40.0, 0.0),
)
# 12 kW/K of air against 18 kW/K of water, 240 of 360 kW possible: effectiveness 2/3
COIL = Coil(
    air_flow=10.0,
    air_temperature=310.0,
    water_flow=18_000.0 / 4186.0,
    water_temperature=280.0,
    capacity=240e3,
)


def test_fan_curve_and_its_inverse() -> None:
    assert pressure_rise(CURVE, 76_650.0 / 3600.0)[0] == pytest.approx(100.0)
    # half way between the points at 38,000 and 76,650 m3/h
    assert pressure_rise(CURVE, 57_325.0 / 3600.0)[0] == pytest.approx(150.0)
    assert operating_flow(CURVE, 150.0) == (pytest.approx(57_325.0 / 3600.0), False)
    assert operating_flow(CURVE, 300.0) == (0.0, True)
    assert operating_flow(CURVE, -1.0) == (pytest.approx(115_000.0 / 3600.0), True)


@pytest.mark.parametrize("rise", [0.0, 37.0, 120.0, 199.0])
def test_inverse_with_fans_in_parallel_speed_and_resistance(rise: float) -> None:
    fans = replace(CURVE, count=3, speed=0.9, resistance=0.02)
    flow, clipped = operating_flow(fans, rise)
    assert not clipped
    assert pressure_rise(fans, flow)[0] == pytest.approx(rise, abs=1e-9)
    slope = (pressure_rise(fans, flow + 1e-4)[0] - pressure_rise(fans, flow - 1e-4)[0]) / 2e-4
    assert pressure_rise(fans, flow)[1] == pytest.approx(slope, rel=1e-6)


def test_affinity_laws() -> None:
    """At 80 % speed and 80 % flow, 64 % of the pressure; three fans: three times the flow."""
    fans = replace(CURVE, count=3, speed=0.8)
    assert pressure_rise(fans, 3 * 0.8 * 76_650.0 / 3600.0)[0] == pytest.approx(64.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pressure": (250.0, 260.0, 100.0, 40.0, 0.0)}, "must fall"),
        ({"flow": (0.0, 2.0, 1.0, 3.0, 4.0)}, "must rise"),
        ({"flow": (0.0, 1.0)}, "2 flows, 5 pressures"),
        ({"pressure": (250.0, float("nan"), 100.0, 40.0, 0.0)}, "not finite"),
        ({"resistance": -1.0}, "resistance of unit X = -1"),
        ({"speed": 3.0}, "fan speed of unit X = 3"),
        ({"count": 0}, "number of fans of unit X = 0"),
    ],
)
def test_impossible_fan_curves_are_refused(change: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_fan_curve(replace(CURVE, **change), "unit X")


def test_coil_at_its_design_point() -> None:
    """eps 2/3 at c = 2/3 in counterflow: NTU = 3 ln((1 - c eps)/(1 - eps)) = 3 ln(5/3); UA = 12000 NTU."""
    assert design_conductance(COIL, RHO_CP) == pytest.approx(12_000.0 * 3.0 * log(5.0 / 3.0))
    assert air_effectiveness(COIL, RHO_CP, 10.0, COIL.water_flow) == pytest.approx(2.0 / 3.0)


def test_coil_off_its_design_point() -> None:
    """Half the air flow, full water flow. At the design point hA_air / hA_water = 2/3, so the air has 0.6 of
    the resistance, and 0.6 * 0.5^-0.8 + 0.4 = 1.44466 of it now. UA = 18389.7 / 1.44466 = 12729.4 W/K,
    NTU = 12729.4 / 6000 = 2.12157, c = 1/3: eps = (1 - x) / (1 - x / 3), x = exp(-2.12157 * 2/3) = 0.24309.
    """
    x = exp(-2.12157 * 2.0 / 3.0)
    expected = (1.0 - x) / (1.0 - x / 3.0)
    assert expected == pytest.approx(0.82367, abs=1e-5)
    assert air_effectiveness(COIL, RHO_CP, 5.0, COIL.water_flow) == pytest.approx(expected, rel=1e-5)


def test_coil_with_little_water_is_limited_by_the_water() -> None:
    """At 5 % of the water flow the water leaves as warm as the air enters: C_water / C_air = 0.9 / 12."""
    share = air_effectiveness(COIL, RHO_CP, 10.0, 0.05 * COIL.water_flow)
    assert 0.95 * 0.075 < share < 0.075
    assert air_effectiveness(COIL, RHO_CP, 0.0, 1.0) == 0.0
    assert air_effectiveness(COIL, RHO_CP, 10.0, 0.0) == 0.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"capacity": 361e3}, "allow 360 kW even to an infinite exchanger"),
        ({"water_temperature": 311.0}, "air enters 1 K below the water"),
        ({"air_flow": 0.0}, "design air flow of the coil of unit X = 0 m3/s"),
        ({"air_temperature": 37.0}, "design air temperature of the coil of unit X = 37 K"),
    ],
)
def test_impossible_coils_are_refused(change: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_coil(replace(COIL, **change), RHO_CP, "unit X")
