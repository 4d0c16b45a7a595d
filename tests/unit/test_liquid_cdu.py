"""CDUs against data sheets and an independent simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geometry.errors import InputError
from solvers.fluids import load_fluid
from solvers.liquid.components import cdu
from solvers.liquid.components.cdu import CduExchanger, CduSpec

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def pg25(request):
    return load_fluid(request.config.rootpath / "data" / "coolants" / "pg25.csv")


@pytest.fixture(scope="module")
def pg20(request):
    return load_fluid(request.config.rootpath / "data" / "coolants" / "pg20.csv")


def spec(**change):
    base = {
        "capacity": 2.0e6,
        "approach": 3.0,
        "flow": 31.48 / 1015.0,
        "fws_ratio": 1.0818,
        "rated_supply": 302.95,
        "external_dp": 551581.0,
        "internal_dp": 0.0,
        "fws_dp": 103421.0,
        "pump_efficiency": 0.7,
    }
    return CduSpec(**(base | change))


def test_google_deschutes_reproduces_its_approach(pg25):
    """Open Compute CDU sheet: 2 MW, 31.48 kg/s PG25, 32.3 kg/s water, 3 K approach at 26.8 degC water.

    Expected: eps 0.84235, UA 559.9 kW/K from the logarithmic mean difference with CoolProp heat capacities.
    """
    rated = cdu.rated_exchanger(spec(), pg25)
    assert rated.ua == pytest.approx(559.9e3, rel=2e-3)
    c_tcs, c_fws = np.array([124768.5]), np.array([134974.6])
    assert cdu.effectiveness_at(rated, c_tcs, c_fws) == pytest.approx([0.84235], rel=1e-3)
    difference = cdu.inlet_difference(rated, np.array([2.0e6]), c_tcs, c_fws)
    assert difference - 2.0e6 / c_tcs == pytest.approx([3.0], abs=0.03)


def test_vertiv_xdu1350_reproduces_its_approach(pg20):
    """Vertiv SL-71309: 1368 kW, 20.6 kg/s PG20 at 32 degC, 20.6 kg/s water, 4 K. LMTD gives UA 317.6 kW/K."""
    unit = spec(capacity=1.368e6, approach=4.0, flow=20.6 / 1010.06, fws_ratio=1.03959, rated_supply=305.15)
    rated = cdu.rated_exchanger(unit, pg20)
    assert rated.ua == pytest.approx(317.6e3, rel=2e-3)
    c_tcs, c_fws = np.array([82803.4]), np.array([86081.9])
    difference = cdu.inlet_difference(rated, np.array([1.368e6]), c_tcs, c_fws)
    assert difference - 1.368e6 / c_tcs == pytest.approx([4.0], abs=0.03)


@pytest.mark.parametrize(
    ("heat", "c_tcs", "tcs_flow", "c_fws", "fws_flow", "hot_in"),
    [
        # valve open: 6.406 MW, technology flow 0.913 of nominal
        (6405945.0, 1148.3e3, 0.9129, 1267.2e3, 1.0, 320.8563),
        # 60 % load: facility flow 0.546 of nominal
        (3871278.0, 1148.3e3, 0.9129, 691.6e3, 0.5458, 318.4475),
    ],
)
def test_part_flow_agrees_with_an_independent_simulation(heat, c_tcs, tcs_flow, c_fws, fws_flow, hot_in):
    """Modelica Buildings (LBNL, issue4443) effectiveness-NTU CDU, simulated with Dymola; steady states.

    Nominal 6.336 MW, technology side 42/47 degC, facility 36/41 degC: eps 5/11, NTU 5/6, balanced. Facility
    water enters at 36 degC. Tolerance 0.3 K, as suggested for that case.
    """
    nominal = 6.336e6 / 5.0
    # the exchanger follows flows; the simulation's capacity rates differ from them by cp(T)
    rated = CduExchanger(ua=nominal * 5.0 / 6.0, c_tcs=c_tcs / tcs_flow, c_fws=c_fws / fws_flow)
    needed = cdu.inlet_difference(rated, np.array([heat]), np.array([c_tcs]), np.array([c_fws]))
    assert 309.15 + needed[0] == pytest.approx(hot_in, abs=0.3)


@given(
    share=st.floats(0.05, 1.0),
    flow=st.floats(0.2, 1.2),
    open_flow=st.floats(0.3, 1.5),
    lift=st.floats(1.0, 40.0),
)
def test_throttled_flow_moves_just_the_heat(share, flow, open_flow, lift):
    rated = CduExchanger(ua=560e3, c_tcs=125e3, c_fws=135e3)
    c_tcs, c_open, difference = np.array([125e3 * flow]), np.array([135e3 * open_flow]), np.array([lift])
    most = cdu.effectiveness_at(rated, c_tcs, c_open) * np.minimum(c_tcs, c_open) * difference
    c_fws = cdu.throttled(rated, share * most, c_tcs, c_open, difference)
    assert np.all(c_fws <= c_open)
    moved = cdu.effectiveness_at(rated, c_tcs, c_fws) * np.minimum(c_tcs, c_fws) * difference
    assert moved == pytest.approx(share * most, rel=1e-9)


def test_pumps():
    """0.03 m3/s against 400 kPa and (0.5)^2 of 100 kPa, 70 %: 0.03 * 425e3 / 0.7 = 18214 W."""
    unit = spec(flow=0.06, internal_dp=100e3)
    assert cdu.pump_power(unit, np.array([0.03]), np.array([400e3])) == pytest.approx([18214.2857], rel=1e-8)
    assert cdu.available_head(unit, np.array([0.06, 0.03])) == pytest.approx([551581.0, 551581.0 + 75e3])


def test_standing_unit_needs_no_difference():
    rated = CduExchanger(ua=560e3, c_tcs=125e3, c_fws=135e3)
    assert cdu.inlet_difference(rated, np.zeros(1), np.zeros(1), np.zeros(1))[0] == 0.0


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"capacity": -1.0}, "CDU capacity"),
        ({"approach": 0.0}, "CDU approach"),
        ({"pump_efficiency": 1.4}, "pump efficiency"),
        ({"rated_supply": 40.0}, "rated supply"),
        ({"fws_dp": -1.0}, "pressure drops"),
    ],
)
def test_bad_data_sheets_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        spec(**change)


def test_a_sheet_that_cannot_be_is_refused(pg25):
    """2 MW in a tenth of the flow would heat the coolant by 160 K."""
    with pytest.raises(InputError, match="rated temperature rise"):
        cdu.rated_exchanger(spec(flow=0.0031), pg25)
