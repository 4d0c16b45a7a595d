"""A whole CDU: its data sheet's point, energy, valve, filter and the loss of pumps."""

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.heat.two_stream import rated_exchanger
from solvers.liquid.components import cdu_unit
from solvers.liquid.components.cdu_unit import CduUnit
from solvers.liquid.components.pumps import PumpBank
from solvers.liquid.components.strainer import Strainer
from solvers.liquid.components.valve import KV, Valve

pytestmark = pytest.mark.kernel

# Open Compute Project, Google Deschutes: 2 MW, 31.48 kg/s PG25, 32.3 kg/s water at 26.8 degC, approach 3 K;
# with 3963.4 and 4178.8 J/(kg K) of CoolProp: 124.77 and 134.97 kW/K, coolant in 45.83 degC
C_TCS, C_FWS = 31.48 * 3963.4, 32.3 * 4178.8


def deschutes(**change):
    base = {
        "name": "Deschutes",
        "exchanger": rated_exchanger(heat=2e6, c_hot=C_TCS, c_cold=C_FWS, inlet_difference=2e6 / C_TCS + 3.0),
        "valve": Valve(name="V", flow_coefficient=200.0 * KV, leakage=1e-6),
        "filter": Strainer(name="F", rated_flow=31.48, clean_drop=20e3, full_drop=65e3),
        "pumps": PumpBank(
            name="P",
            flow=np.array([0.0, 0.010, 0.0155, 0.022]),
            rise=np.array([8e5, 7.6e5, 7.0e5, 5e5]),
            count=3,
            needed=2,
            efficiency=0.7,
            to_coolant=0.0,
        ),
        "tcs_flow": 31.48,
        "tcs_drop": 50e3,
        "fws_flow": 32.3,
        "fws_drop": 60e3,
        "tcs_density": 1015.0,
        "tcs_capacity": 3963.4,
        "fws_density": 995.0,
        "fws_capacity": 4178.8,
    }
    return CduUnit(**(base | change))


def state(law, **change):
    # the difference at which the open valve passes just the sheet's 32.3 kg/s: (m/A_v)^2/rho + 60 kPa
    at = {"tcs_return": 318.98, "fws_supply": 299.95, "tcs_flow": 31.48, "speed": 1.0, "stroke": 1.0}
    at |= {"fws_difference": 60e3 + (32.3 / (200.0 * KV)) ** 2 / 995.0} | change
    return cdu_unit.cdu_slopes(law, *at.values()).state


def test_data_sheet_comes_back():
    got = state(cdu_unit.cdu_law(deschutes()))
    assert got.fws_flow == pytest.approx(32.3, rel=1e-6)
    assert got.heat == pytest.approx(2e6, rel=1e-3)
    assert got.supply - 299.95 == pytest.approx(3.0, abs=0.02)
    assert C_TCS * (318.98 - got.supply) == pytest.approx(got.heat, rel=1e-9)
    assert C_FWS * (got.fws_return - 299.95) == pytest.approx(got.heat, rel=1e-6)


def test_head_left_and_power_by_hand():
    """15.507 l/s a pump: about 700 kPa, less 20 kPa of filter and 50 kPa of plates; 31.01 l/s / 0.7."""
    got = state(cdu_unit.cdu_law(deschutes()))
    assert got.head == pytest.approx(630e3, rel=2e-3)
    assert got.pump_power == pytest.approx(31.48 / 1015.0 * 700e3 / 0.7, rel=2e-3)
    full = state(cdu_unit.cdu_law(deschutes(), loading=1.0))
    assert got.head - full.head == pytest.approx(45e3, rel=1e-6)


def test_heat_of_the_pumps_enters_the_coolant():
    pumps = deschutes().pumps
    warm = PumpBank(**{k: getattr(pumps, k) for k in pumps.__slots__} | {"to_coolant": 1.0})
    got = state(cdu_unit.cdu_law(deschutes(pumps=warm)))
    assert C_TCS * (got.supply - 318.98) == pytest.approx(got.pump_power - got.heat, rel=1e-9)


def test_closing_the_valve_warms_the_supply():
    law = cdu_unit.cdu_law(deschutes())
    supply = [state(law, stroke=y).supply for y in np.linspace(1.0, 0.0, 21)]
    assert np.all(np.diff(supply) > 0.0)
    assert supply[-1] == pytest.approx(318.98, abs=0.05)
    still = state(law, fws_difference=0.0)
    assert (still.fws_flow, still.heat) == (0.0, 0.0)


def test_the_reserve_takes_over_and_then_head_is_lost():
    heads = [state(cdu_unit.cdu_law(deschutes(), failed_pumps=n)).head for n in (0, 1, 2)]
    assert heads[0] == heads[1]
    assert heads[2] < heads[1] - 200e3
    with pytest.raises(InputError, match="none of its 3 pumps"):
        cdu_unit.cdu_law(deschutes(), failed_pumps=3)


def test_pumps_pushed_beyond_their_curve_do_not_cool():
    """31.48 kg/s against a quarter of the speed: far beyond what is left of the curve."""
    unit = deschutes()
    law = cdu_unit.cdu_law(replace(unit, pumps=replace(unit.pumps, to_coolant=1.0)))
    at = (318.98, 299.95, 31.48, 0.25, 1.0, 1e5)
    got = cdu_unit.cdu_slopes(law, *at)
    still = cdu_unit.cdu_slopes(cdu_unit.cdu_law(unit), *at)  # none of its pumps' heat enters the coolant
    assert got.state.head < -70e3
    assert (got.state.pump_power, *got.pump_power) == (0.0,) * 7
    assert got.state.heat == still.state.heat


def test_fouling_widens_the_approach():
    """A tenth more resistance."""
    clean = deschutes()
    fouled = deschutes(exchanger=clean.exchanger._replace(fouling=0.1 / clean.exchanger.ua))
    assert state(cdu_unit.cdu_law(fouled)).supply > state(cdu_unit.cdu_law(clean)).supply + 0.2


@pytest.mark.parametrize(
    ("change", "text"), [({"tcs_drop": 0.0}, "tcs_drop"), ({"fws_density": -1.0}, "fws_density")]
)
def test_bad_units_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        deschutes(**change)
