"""Exchangers that follow the flows on both sides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geometry.errors import InputError
from solvers.heat import two_stream
from solvers.heat.effectiveness import Arrangement

pytestmark = pytest.mark.kernel


def rated(**change):
    base = {"heat": 1e6, "c_hot": 100e3, "c_cold": 100e3, "inlet_difference": 15.0}
    return two_stream.rated_exchanger(**(base | change))


def test_rated_point_comes_back():
    """Balanced counterflow: eps = 2/3, NTU = 2, UA = 200 kW/K; outlets by hand."""
    e = rated()
    assert e.ua == pytest.approx(200e3, rel=1e-12)
    assert two_stream.heat_slopes(e, 320.0, 305.0, 100e3, 100e3).heat == pytest.approx(1e6, rel=1e-12)
    assert two_stream.hot_outlet_slopes(e, 320.0, 305.0, 100e3, 100e3).outlet == pytest.approx(310.0)
    assert two_stream.cold_outlet_slopes(e, 320.0, 305.0, 100e3, 100e3).outlet == pytest.approx(315.0)


def test_conductance_follows_flows_by_hand():
    """Both flows halved: films 2^0.8 = 1.7411 times; with a fifth in the wall 0.2 + 0.8 x 1.7411."""
    e = rated(hot_share=0.4, cold_share=0.4)
    ua, _, _ = two_stream.conductance_slopes(e, 50e3, 50e3)
    assert ua == pytest.approx(200e3 / (0.2 + 0.8 * 1.7411011265922482), rel=1e-12)


def test_fouling_adds_its_resistance():
    """1/200e3 + 5e-6 = 1e-5 K/W."""
    ua, _, _ = two_stream.conductance_slopes(rated(fouling=5e-6), 100e3, 100e3)
    assert ua == pytest.approx(100e3, rel=1e-12)


@pytest.mark.parametrize("c_hot", [0.0, 100e3])
def test_a_stream_at_rest_exchanges_nothing(c_hot):
    e = rated()
    assert two_stream.heat_slopes(e, 320.0, 305.0, c_hot, 0.0).heat == 0.0
    assert two_stream.cold_outlet_slopes(e, 320.0, 305.0, c_hot, 0.0).outlet == 305.0
    assert two_stream.hot_outlet_slopes(e, 320.0, 305.0, c_hot, 0.0).outlet == 320.0


def test_first_trickle_leaves_at_the_other_temperature():
    got = two_stream.cold_outlet_slopes(rated(), 320.0, 305.0, 100e3, 1e-6)
    assert got.outlet == pytest.approx(320.0, abs=1e-3)


@pytest.mark.parametrize("kind", Arrangement)
def test_energy_and_second_law(kind):
    e = rated(arrangement=kind, inlet_difference=25.0)
    for c_hot, c_cold in ((1e3, 150e3), (80e3, 20e3), (100e3, 100e3)):
        hot = two_stream.hot_outlet_slopes(e, 330.0, 300.0, c_hot, c_cold).outlet
        cold = two_stream.cold_outlet_slopes(e, 330.0, 300.0, c_hot, c_cold).outlet
        assert c_hot * (330.0 - hot) == pytest.approx(c_cold * (cold - 300.0), rel=1e-9)
        assert 300.0 <= hot <= 330.0
        assert 300.0 <= cold <= 330.0


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(Arrangement),
    exponent=st.sampled_from((0.0, 0.8)),
    c_hot=st.one_of(st.just(0.0), st.floats(1e-300, 1e7)),
    c_cold=st.one_of(st.just(0.0), st.floats(1e-300, 1e7)),
)
def test_any_flow_gives_numbers_within_the_second_law(kind, exponent, c_hot, c_cold):
    e = rated(arrangement=kind, inlet_difference=25.0, hot_exponent=exponent, cold_exponent=exponent)
    heat = np.array(two_stream.heat_slopes(e, 330.0, 300.0, c_hot, c_cold))
    assert np.all(np.isfinite(heat))
    assert 0.0 <= heat[0] <= 30.0 * min(c_hot, c_cold) * (1.0 + 1e-12)
    for side in (two_stream.hot_outlet_slopes, two_stream.cold_outlet_slopes):
        assert 300.0 - 1e-9 <= side(e, 330.0, 300.0, c_hot, c_cold).outlet <= 330.0 + 1e-9


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"heat": 2e6}, "effectiveness"),
        ({"c_hot": 0.0}, "capacity rate of the hot side"),
        ({"hot_share": 0.7}, "shares of both films"),
        ({"cold_exponent": 1.4}, "exponent of the cold film"),
        ({"fouling": -1e-6}, "fouling"),
    ],
)
def test_bad_sheets_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        rated(**change)
