"""Coolers and chillers: data-sheet point, laws of fans and of thermodynamics, water."""

from __future__ import annotations

import numpy as np
import pytest
from year_specimens import CHILLER

from geometry.errors import InputError
from solvers import psychrometrics as air
from solvers.heat.plant import (
    Ambient,
    Cooler,
    CoolerKind,
    chiller_cop,
    coldest_supply,
    entering_air,
    reject,
    size_cooler,
)

pytestmark = pytest.mark.kernel


def ambient(dry: float | np.ndarray, relative: float = 0.4) -> Ambient:
    t = np.atleast_1d(np.asarray(dry, dtype=np.float64))
    pressure = np.full_like(t, 101325.0)
    humidity = air.humidity_ratio(relative * air.saturation_pressure(t), pressure)
    return Ambient(
        dry_bulb=t, wet_bulb=air.wet_bulb(t, humidity, pressure), humidity=humidity, pressure=pressure
    )


def dry_cooler(heat: float = 2.931e6) -> Cooler:
    """BAC Trillium TDFS1238N-C60ET40B: 2,931 kW, 117.7 kW of fans, 35 degC air, water 46.11 to 40.55 degC."""
    return size_cooler(
        CoolerKind.DRY,
        heat=heat,
        design_air=308.15,
        approach=5.55,
        fluid_range=5.56,
        fan_power_ratio=117.68 / 2931.0,
        fan_minimum=0.15,
    )


def three_megawatt(kind: CoolerKind) -> Cooler:
    return size_cooler(
        kind,
        heat=3.0e6,
        design_air=300.0,
        approach=5.0,
        fluid_range=8.0,
        fan_power_ratio=0.02,
        fan_minimum=0.15,
        pad_effectiveness=0.7,
        wet_above=295.15,
    )


def wet_tower() -> Cooler:
    return size_cooler(
        CoolerKind.WET,
        heat=1e6,
        design_air=295.15,
        approach=4.5,
        fluid_range=6.0,
        fan_power_ratio=0.012,
        fan_minimum=0.15,
        cycles=5.0,
    )


def test_data_sheet_point() -> None:
    fluid = 2.931e6 / 5.56
    supply = coldest_supply(dry_cooler(), np.array([2.931e6]), fluid, ambient(308.15))
    assert supply[0] - 273.15 == pytest.approx(40.55, abs=1e-6)
    result = reject(
        dry_cooler(), None, heat=np.array([2.931e6]), fluid=fluid, wanted=supply, ambient=ambient(308.15)
    )
    assert result.fan_power[0] == pytest.approx(117.68e3, rel=1e-4)
    assert result.entering[0] - 273.15 == pytest.approx(46.11, abs=1e-6)


def test_fans_follow_the_cube_of_the_air_flow_and_cycle_below_the_minimum() -> None:
    cooler = dry_cooler()
    outside = ambient(np.linspace(250.0, 308.0, 40))
    result = reject(
        cooler, None, heat=np.full(40, 2.931e6), fluid=5.27e5, wanted=np.full(40, 314.0), ambient=outside
    )
    ratio = result.air_flow_ratio
    fast = ratio > 0.15
    assert fast.any()
    assert (~fast).any()
    assert result.fan_power[fast] == pytest.approx(cooler.fan_power * ratio[fast] ** 3)
    assert result.fan_power[~fast] == pytest.approx(cooler.fan_power * ratio[~fast] * 0.15**2)
    assert np.all(np.diff(ratio) > 0.0)  # warmer air needs more of it


def test_supply_holds_until_full_air_flow_then_floats_with_the_air() -> None:
    outside = ambient(np.linspace(290.0, 318.0, 60))
    result = reject(
        dry_cooler(), None, heat=np.full(60, 2.0e6), fluid=5.27e5, wanted=np.full(60, 308.15), ambient=outside
    )
    holds = result.supply <= 308.15 + 1e-9
    assert holds.any()
    assert (~holds).any()
    assert np.all(result.air_flow_ratio[~holds] > 1.0 - 1e-6)
    # with full air flow the approach to the dry bulb is proportional to the heat: constant here
    approach = (result.supply - outside.dry_bulb)[~holds]
    assert np.ptp(approach) < 1e-9
    assert np.all(result.chiller_power == 0.0)


def test_heat_is_conserved_with_and_without_chiller() -> None:
    rng = np.random.default_rng(3)
    outside = ambient(rng.uniform(260.0, 315.0, 200))
    heat = rng.uniform(0.0, 4.0e6, 200)
    for chiller in (None, CHILLER):
        for kind in CoolerKind:
            cooler = three_megawatt(kind)
            result = reject(
                cooler, chiller, heat=heat, fluid=4e5, wanted=np.full(200, 293.15), ambient=outside
            )
            assert result.cooler_heat + result.chiller_heat == pytest.approx(heat, rel=1e-12)
            assert 4e5 * (result.entering - result.supply) == pytest.approx(heat, rel=1e-9, abs=1e-3)
            work = result.chiller_power + result.fan_power
            assert result.to_ambient == pytest.approx(heat + work, rel=1e-12)
            assert np.all(result.cooler_heat >= 0.0)
            assert np.all(result.chiller_heat >= 0.0)
            if chiller is not None:
                assert result.supply == pytest.approx(293.15)


def test_second_law_no_cooler_beats_its_air() -> None:
    outside = ambient(np.linspace(262.0, 312.0, 50))
    for kind in CoolerKind:
        cooler = three_megawatt(kind)
        coldest = coldest_supply(cooler, np.full(50, 1e5), 4e5, outside)
        assert np.all(coldest > entering_air(cooler, outside))
        assert np.all(entering_air(cooler, outside) >= outside.wet_bulb - 1e-9)
        # where the water is colder than the air, the cooler does nothing and the chiller all
        warm = ambient(310.0, 0.9)
        result = reject(
            cooler, CHILLER, heat=np.array([1e6]), fluid=4e5, wanted=np.array([288.15]), ambient=warm
        )
        assert result.cooler_heat[0] == 0.0
        assert result.chiller_heat[0] == 1e6


def test_pads_bring_the_air_towards_the_wet_bulb_and_drink_what_they_evaporate() -> None:
    cooler = size_cooler(
        CoolerKind.ADIABATIC,
        heat=1e6,
        design_air=300.0,
        approach=6.0,
        fluid_range=10.0,
        fan_power_ratio=0.02,
        fan_minimum=0.15,
        pad_effectiveness=0.7,
        wet_above=295.15,
        cycles=4.0,
    )
    outside = ambient(np.array([290.15, 308.15]), 0.3)
    met = entering_air(cooler, outside)
    assert met[0] == 290.15  # too cool to wet
    assert met[1] == pytest.approx(308.15 - 0.7 * (308.15 - outside.wet_bulb[1]))
    result = reject(cooler, None, heat=np.full(2, 1e6), fluid=1e5, wanted=np.full(2, 290.0), ambient=outside)
    assert result.water[0] == 0.0
    # by hand: air flow 1e5/1006 kg/s, sensible heat over latent heat 2.45 MJ/kg, a third more for bleed
    by_hand = 1e5 * (308.15 - met[1]) / 2.45e6 * 4.0 / 3.0
    assert result.water[1] == pytest.approx(by_hand, rel=1e-6)


def test_tower_evaporates_most_of_its_heat() -> None:
    """Field rule (ASHRAE HVAC Systems and Equipment, cooling towers): about 1 % of the circulating water
    evaporates for each 7 K of range: 4.19 x 7 / 2450 = 1.2 % if all heat is latent; 70 to 95 % of it is in
    temperate weather."""
    cooler = wet_tower()
    outside = ambient(np.array([298.15]), 0.6)
    result = reject(
        cooler, None, heat=np.array([0.9e6]), fluid=1e6 / 6.0, wanted=np.array([299.15]), ambient=outside
    )
    evaporated = result.water[0] * 4.0 / 5.0
    assert 0.70 < evaporated * 2.45e6 / 0.9e6 < 1.0


def test_tower_design_point_and_wider_approach_in_dry_cold_air() -> None:
    """The saturation curve flattens with cold: at equal heat the approach to the wet bulb grows."""
    cooler = wet_tower()
    outside = ambient(np.array([278.15, 288.15, 300.15]), 0.6)
    approach = coldest_supply(cooler, np.full(3, 1e6), 1e6 / 6.0, outside) - outside.wet_bulb
    assert np.all(np.diff(approach) < 0.0)
    design = Ambient(
        dry_bulb=np.array([303.15]),
        wet_bulb=np.array([295.15]),
        humidity=np.array([0.0134]),
        pressure=np.array([101325.0]),
    )
    assert coldest_supply(cooler, np.array([1e6]), 1e6 / 6.0, design)[0] == pytest.approx(299.65, abs=0.01)


def test_chiller_cop_by_hand() -> None:
    """Water at 20 degC, air at 34 degC: evaporating 16, condensing 46: 0.45 x 289.15 / 30 = 4.337. In
    winter the lift stays at 15 K: 0.45 x 289.15 / 15 = 8.675."""
    cop = chiller_cop(CHILLER, np.array([293.15]), np.array([307.15, 270.0]))
    assert cop == pytest.approx([4.33725, 8.6745])


@pytest.mark.parametrize(
    ("change", "words"),
    [({"heat": -1.0}, "design heat"), ({"approach": 0.0}, "approach"), ({"cycles": 1.0}, "cycles")],
)
def test_coolers_that_cannot_be_are_refused(change: dict[str, float], words: str) -> None:
    usual: dict[str, float] = {
        "heat": 1e6,
        "design_air": 300.0,
        "approach": 5.0,
        "fluid_range": 8.0,
        "fan_power_ratio": 0.02,
        "fan_minimum": 0.15,
    }
    with pytest.raises(InputError, match=words):
        size_cooler(CoolerKind.WET, **(usual | change))  # type: ignore[arg-type]
