"""Wet towers, chillers and tanks against published figures, other programs and hand-worked balances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geometry.errors import InputError
from solvers import psychrometrics as air
from solvers.heat.plant import Ambient, CoolerKind, coldest_supply, size_cooler
from solvers.liquid.components import chiller, dry_cooler, moist_air, tank, tower
from solvers.liquid.components.dry_cooler import DryCooler
from solvers.liquid.components.tank import Tank
from solvers.liquid.components.tower import WetTower

pytestmark = pytest.mark.kernel
ATMOSPHERE = 101325.0


# -- moist air -------------------------------------------------------------------------------------------


def test_saturated_air_is_that_of_the_psychrometrics():
    for t in (274.0, 295.0, 320.0, 350.0):
        w, _, h, _ = moist_air.saturation_slopes(t, ATMOSPHERE)
        assert w == pytest.approx(float(air.saturation_humidity(t, ATMOSPHERE)), rel=1e-12)
        assert h == pytest.approx(float(air.enthalpy(t, w)), rel=1e-12)
        assert moist_air.saturated_temperature(h, ATMOSPHERE, 300.0) == pytest.approx(t, abs=1e-8)


# -- towers ----------------------------------------------------------------------------------------------


def fahrenheit(f):
    return (f - 32.0) / 1.8 + 273.15


@pytest.mark.parametrize(
    ("cold", "hot", "wet_bulb", "ratio", "merkel"),
    [
        (80, 81, 70, 1.2, 0.1049),  # Baker and Shryock 1961, table 1(b)
        (80, 90, 70, 1.2, 1.0533),
        (80, 100, 70, 1.2, 1.9793),
        (80, 105, 70, 1.2, 2.3078),
        (89, 104, 81, 1.6492, 1.6677),  # Daeil Aqua, thermal design manual, example 2-6
    ],
)
def test_merkel_number_of_published_examples(cold, hot, wet_bulb, ratio, merkel):
    """1.5 %: worked by hand from tables of real air; ideal air is 0.3 % lower in enthalpy."""
    h = moist_air.saturation_slopes(fahrenheit(wet_bulb), ATMOSPHERE)[2]
    got = tower.merkel_slopes(fahrenheit(cold), fahrenheit(hot), h, ratio, ATMOSPHERE)[0]
    assert got == pytest.approx(merkel, rel=0.015)


def wet(**change):
    base = {
        "name": "T1",
        "water_flow": 100.0,
        "air_flow": 90.0,
        "water_inlet": 308.15,
        "water_outlet": 302.15,
        "wet_bulb": 297.15,
        "fan_power": 30e3,
    }
    return WetTower(**(base | change))


DESIGN_AIR = moist_air.saturation_slopes(297.15, ATMOSPHERE)


def test_tower_meets_its_design_point():
    """100 kg/s by 6 K of 4186 J/(kg K)."""
    law = tower.tower_law(wet())
    state = tower.tower_slopes(law, 308.15, DESIGN_AIR[2], DESIGN_AIR[0], 100.0, 90.0, ATMOSPHERE).state
    assert state.water_outlet == pytest.approx(302.15, abs=1e-8)
    assert state.heat == pytest.approx(2.5116e6, rel=1e-8)
    # ASHRAE Fundamentals, ch. 1, table 2: saturated air of 24 degC holds 18.96 g/kg and 72.39 kJ/kg; with
    # 27.91 kJ/kg more 27.42 g/kg: 90 kg/s carry away 0.761 kg/s
    assert state.evaporation == pytest.approx(0.761, rel=0.01)


def test_air_carries_away_the_towers_heat_and_water():
    """Enthalpy in = out; humidity from a mass balance over saturated air leaving."""
    law = tower.tower_law(wet())
    h_in, w_in = 55e3, 0.009
    state = tower.tower_slopes(law, 310.0, h_in, w_in, 80.0, 70.0, ATMOSPHERE).state
    t_out = float(air.saturated_temperature(h_in + state.heat / 70.0, ATMOSPHERE))
    w_out = float(air.saturation_humidity(t_out, ATMOSPHERE))
    assert state.evaporation == pytest.approx(70.0 * (w_out - w_in), rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    inlet=st.floats(280.0, 325.0),
    wet_bulb=st.floats(274.0, 305.0),
    water=st.floats(1.0, 300.0),
    gas=st.floats(1.0, 150.0),
)
def test_water_stays_between_wet_bulb_and_inlet(inlet, wet_bulb, water, gas):
    law = tower.TowerLaw(1.4, 1.1, 90.0, 3e4, 0.6, 5.0, 2e-5)
    h = moist_air.saturation_slopes(wet_bulb, ATMOSPHERE)[2]
    state = tower.tower_slopes(law, inlet, h, 0.0, water, gas, ATMOSPHERE).state
    assert min(wet_bulb, inlet) - 1e-6 <= state.water_outlet <= inlet
    assert state.heat >= 0.0


def test_water_is_held_at_freezing():
    """1 kg/s of water at 5 degC against 90 kg/s of dry air at -20 degC: 5 K of 4186 J/(kg K)."""
    law = tower.tower_law(wet())
    held = tower.tower_slopes(law, 278.15, -20.1e3, 0.0, 1.0, 90.0, ATMOSPHERE)
    assert held.state.water_outlet == 273.15
    assert held.state.heat == pytest.approx(20.93e3, rel=1e-12)
    assert held.heat.water_inlet == pytest.approx(4186.0, rel=1e-12)
    assert held.heat.air_enthalpy == 0.0
    ice = tower.tower_slopes(law, 270.0, -20.1e3, 0.0, 1.0, 90.0, ATMOSPHERE).state
    assert (ice.water_outlet, ice.heat) == (270.0, 0.0)


def test_make_up_keeps_the_salts():
    """Evaporation 1 kg/s at 5 cycles: 0.25 kg/s leave as blow-down and drift (2e-5 of 100 kg/s)."""
    law = tower.tower_law(wet())
    total, blow_down, drift = tower.make_up(law, 1.0, 100.0)
    assert (total, blow_down, drift) == pytest.approx((1.25, 0.248, 0.002), rel=1e-12)


def test_lean_tower_of_the_year_agrees_with_merkel():
    """`plant.size_cooler` linearises saturation (Braun et al. 1989). Sized from the same point with its own
    air flow, its coldest water is within 0.05 K of Merkel's, down to wet bulbs 12 K below the design's."""
    lean = size_cooler(
        CoolerKind.WET,
        heat=2.5116e6,
        design_air=297.15,
        approach=5.0,
        fluid_range=6.0,
        fan_power_ratio=0.012,
        fan_minimum=0.2,
    )
    law = tower.tower_law(wet(air_flow=lean.air_flow))
    for wet_bulb, share in ((297.15, 1.0), (291.15, 1.0), (285.15, 1.0), (297.15, 0.5)):
        h = moist_air.saturation_slopes(wet_bulb, ATMOSPHERE)[2]
        ambient = Ambient(
            dry_bulb=np.array([wet_bulb + 6.0]),
            wet_bulb=np.array([wet_bulb]),
            humidity=np.array([0.01]),
            pressure=np.array([ATMOSPHERE]),
        )
        heat = 2.5116e6 * share
        supply = float(coldest_supply(lean, np.array([heat]), 418.6e3, ambient)[0])
        state = tower.tower_slopes(
            law, supply + heat / 418.6e3, h, 0.0, 100.0, lean.air_flow, ATMOSPHERE
        ).state
        assert state.water_outlet == pytest.approx(supply, abs=0.05)


def test_lean_dry_cooler_of_the_year_is_the_same_exchanger():
    """At its design point both give the sheet's water; at half the load and full fans within 0.05 K."""
    sheet = {"heat": 2.931e6, "fan_power": 117.68e3}
    law = dry_cooler.cooler_law(
        DryCooler(name="BAC", water_inlet=319.26, water_outlet=313.70, air_inlet=308.15, **sheet)
    )
    lean = size_cooler(
        CoolerKind.DRY,
        heat=2.931e6,
        design_air=308.15,
        approach=5.55,
        fluid_range=5.56,
        fan_power_ratio=0.04015,
        fan_minimum=0.15,
    )
    fluid = 2.931e6 / 5.56
    for share in (1.0, 0.5):
        ambient = Ambient(
            dry_bulb=np.array([308.15]),
            wet_bulb=np.array([298.15]),
            humidity=np.array([0.01]),
            pressure=np.array([ATMOSPHERE]),
        )
        supply = float(coldest_supply(lean, np.array([share * 2.931e6]), fluid, ambient)[0])
        inlet = supply + share * 5.56
        state = dry_cooler.cooler_slopes(law, inlet, 308.15, 298.15, fluid, 1.0, 0.0).state
        assert state.water_outlet == pytest.approx(supply, abs=0.05)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"water_outlet": 296.0}, "must stay above"),
        ({"cycles": 1.0}, "cycles of concentration"),
        ({"air_flow": 0.0}, "flows of tower T1"),
        ({"drift": 0.5}, "drift of T1"),
    ],
)
def test_bad_towers_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        wet(**change)


def test_a_tower_that_cannot_be_is_refused():
    """A fifth of the air saturates long before the water is cold."""
    with pytest.raises(InputError, match="takes up all it can"):
        tower.tower_law(wet(air_flow=15.0))


# -- chillers --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mcquay(request):
    return chiller.read_chiller(request.config.rootpath / "data" / "chillers" / "mcquay_wsc_471kw.csv")


def test_reference_point_of_the_sheet(mcquay):
    """471.2 kW and COP 5.89 at 8.89 and 26.67 degC; the published curves give 0.4 % less."""
    state = chiller.chiller_slopes(chiller.chiller_law(mcquay), 471.2e3, 282.04, 299.82).state
    assert state.cooling / state.power == pytest.approx(5.89, rel=0.006)
    assert state.condenser_heat == pytest.approx(state.cooling + state.power, rel=1e-15)


def test_part_load_limits(mcquay):
    law = chiller.chiller_law(mcquay)
    most = chiller.chiller_slopes(law, 1e7, 282.04, 299.0).state
    assert most.cooling == pytest.approx(1.15 * 471.2e3, rel=0.06)
    # cycling: half of the least load takes half of its power
    least = 0.1 * most.cooling / 1.15
    at_least, half = (chiller.chiller_slopes(law, least * f, 282.04, 299.0).state.power for f in (1.0, 0.5))
    assert half == pytest.approx(0.5 * at_least, rel=1e-9)
    assert chiller.chiller_slopes(law, 0.0, 282.04, 299.0).state == pytest.approx((0.0, 0.0, 0.0))


def test_curves_are_not_extrapolated(mcquay):
    law = chiller.chiller_law(mcquay)
    cold, colder = (chiller.chiller_slopes(law, 3e5, 270.0, t).state for t in (285.0, 250.0))
    assert cold == colder


def test_unreadable_chillers_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv"):
        chiller.read_chiller(tmp_path / "nowhere.csv")
    broken = tmp_path / "broken.csv"
    broken.write_text("# source: none\nquantity,c0\ncapacity_W,1e6\n")
    with pytest.raises(InputError, match="bad or missing row"):
        chiller.read_chiller(broken)


# -- tanks -----------------------------------------------------------------------------------------------


def content(layers=7, **change):
    base = {"name": "B", "volume": 10.0, "height": 5.0, "layers": layers}
    return Tank(**(base | change))


@settings(max_examples=30, deadline=None)
@given(
    layers=st.integers(1, 12),
    flow=st.floats(-20.0, 20.0),
    inlet=st.floats(280.0, 350.0),
    duration=st.floats(1.0, 1e5),
)
def test_tank_conserves_energy(layers, flow, inlet, duration):
    law = tank.tank_law(content(layers, loss=1.0))
    before = np.random.default_rng(layers).uniform(290.0, 340.0, layers)
    after = before.copy()
    done = tank.step(law, after, flow, inlet, 295.0, duration, np.empty(layers))
    stored = law.capacity * (after - before).sum() / duration
    # the outlet is that of the step, before layers out of order are mixed
    size = abs(done.carried) + abs(done.lost) + law.capacity * layers * 350.0 / duration
    assert abs(stored + done.carried + done.lost) <= 1e-12 * size
    assert np.all(np.diff(after) <= 1e-9)


def test_mixed_tank_by_hand():
    """10 m3 of 995 kg/m3, implicit: T = (T0 + a T_in) / (1 + a), a = m dt / mass = 2 * 1000 / 9950."""
    layers = np.array([300.0])
    tank.step(tank.tank_law(content(1)), layers, 2.0, 340.0, 295.0, 1000.0, np.empty(1))
    a = 2000.0 / 9950.0
    assert layers[0] == pytest.approx((300.0 + a * 340.0) / (1.0 + a), rel=1e-12)


def test_layers_out_of_order_mix_to_their_mean():
    layers = np.array([320.0, 310.0, 330.0, 300.0, 305.0])
    tank.mix(layers)
    assert layers == pytest.approx([320.0, 320.0, 320.0, 302.5, 302.5])


@pytest.mark.parametrize(
    ("change", "text"),
    [({"volume": 0.0}, "volume of tank B"), ({"layers": 0}, "layers of tank B"), ({"loss": -1.0}, "loss")],
)
def test_bad_tanks_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        content(**({"layers": 3} | change))
