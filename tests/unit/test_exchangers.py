"""Exchangers against closed forms, textbook values and data sheets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geometry.errors import InputError
from solvers.heat import effectiveness as formulas
from solvers.heat import exchangers as hx
from solvers.heat.effectiveness import Arrangement

pytestmark = pytest.mark.kernel


def test_counterflow_of_two_units_and_equal_streams_is_two_thirds():
    assert hx.effectiveness(2.0, 1.0) == 2.0 / 3.0
    assert hx.effectiveness(9.0, 1.0) == pytest.approx(0.9, rel=1e-15)


@pytest.mark.parametrize(
    ("ntu", "c_ratio", "eps"),
    [
        # (1 - exp(-N(1-c))) / (1 - c exp(-N(1-c))) by hand: N=1.5 c=0.5, N=3 c=0.25
        (1.5, 0.5, 0.6907854082),
        (3.0, 0.25, 0.9188112744),
        (2.0, 0.0, 0.8646647168),  # 1 - exp(-2)
        (0.0, 0.7, 0.0),
    ],
)
def test_counterflow_closed_form(ntu, c_ratio, eps):
    assert hx.effectiveness(ntu, c_ratio) == pytest.approx(eps, rel=1e-9)


@pytest.mark.parametrize(
    ("ntu", "c_ratio", "exact"),
    # sums of Mason's series (Proc. 2nd US Nat. Congr. Appl. Mech., 1954), 400 terms
    [(0.3, 1.0, 0.2285084), (1.0, 1.0, 0.4762224), (2.0, 0.5, 0.7324093), (4.0, 0.8, 0.7819424)],
)
def test_crossflow_is_as_far_from_the_exact_series_as_it_says(ntu, c_ratio, exact):
    error = hx.effectiveness(ntu, c_ratio, Arrangement.CROSSFLOW) / exact - 1.0
    low, high = (-0.022, 0.011) if ntu >= 1.0 else (-0.039, 0.011)
    assert low < error < high


def test_the_limit_of_equal_streams_is_smooth():
    c = 1.0 - np.logspace(-15, -6, 10)
    assert hx.effectiveness(5.0, c) == pytest.approx(5.0 / 6.0, rel=1e-5)
    assert np.all(np.diff(hx.effectiveness(5.0, c)) >= -1e-15)


def test_crossflow_formula_and_its_still_side():
    """1 - exp(N^0.22/c (exp(-c N^0.78) - 1)) at N = 1, c = 1: 1 - exp(exp(-1) - 1)."""
    assert hx.effectiveness(1.0, 1.0, Arrangement.CROSSFLOW) == pytest.approx(0.4685363946, rel=1e-9)
    assert hx.effectiveness(2.0, 0.0, Arrangement.CROSSFLOW) == pytest.approx(0.8646647168, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(ntu=st.floats(0.0, 40.0), c=st.floats(0.0, 1.0), kind=st.sampled_from(Arrangement))
def test_second_law_and_inverse(ntu, c, kind):
    eps = hx.effectiveness(ntu, c, kind)
    assert 0.0 <= eps <= 1.0
    # the cold stream cannot leave hotter than the hot one enters, whichever is C_min
    assert eps * c <= 1.0
    if 1e-6 < eps < 0.999:
        # more area than an arrangement can use leaves NTU open: it is the effectiveness that comes back
        assert hx.effectiveness(hx.transfer_units(eps, c, kind), c, kind) == pytest.approx(eps, rel=1e-9)
        if kind is Arrangement.COUNTERFLOW:
            assert hx.transfer_units(eps, c, kind) == pytest.approx(ntu, rel=1e-6)


def test_crossflow_never_beats_counterflow():
    ntu, c = np.meshgrid(np.linspace(0.0, 8.0, 9), np.linspace(0.0, 1.0, 6))
    # the crossflow formula is an approximation: allow its stated 1 %
    assert np.all(hx.effectiveness(ntu, c, Arrangement.CROSSFLOW) <= 1.01 * hx.effectiveness(ntu, c) + 1e-12)


def test_exchange_conserves_energy_and_handles_rest_and_reversal():
    got = hx.exchange(np.array([2.0, 2.0, 0.0]), 320.0, np.array([3.0, 3.0, 1.0]), [300.0, 330.0, 300.0], 4.0)
    hot, cold = 2.0 * (320.0 - got.hot_out[:2]), 3.0 * (got.cold_out[:2] - np.array([300.0, 330.0]))
    assert hot == pytest.approx(got.heat[:2], rel=1e-12)
    assert cold == pytest.approx(got.heat[:2], rel=1e-12)
    assert got.heat[1] == pytest.approx(-got.heat[0] / 2.0, rel=1e-12)
    assert (got.heat[2], got.hot_out[2], got.cold_out[2]) == (0.0, 320.0, 300.0)


def test_ua_with_half_flow_on_both_sides_falls_by_the_exponent():
    assert hx.ua_at_flow(1000.0, 0.5, 0.5) == pytest.approx(1000.0 * 0.5**0.8, rel=1e-14)
    assert hx.ua_at_flow(1000.0, 1.0, 1.0) == 1000.0
    assert hx.ua_at_flow(1000.0, 0.0, 1.0) == 0.0
    # one side only: 2 / (1 + 0.5^-0.8) of nominal
    assert hx.ua_at_flow(1000.0, 0.5, 1.0) == pytest.approx(729.5, rel=1e-3)


def test_impossible_duty_is_refused():
    with pytest.raises(InputError, match="no finite exchanger"):
        hx.ua_from_duty(1100.0, 10.0, 20.0, 100.0)


@pytest.mark.parametrize(("ntu", "c"), [(-1.0, 0.5), (1.0, 1.5), (1.0, -0.1)])
def test_bad_arguments_are_refused(ntu, c):
    with pytest.raises(InputError):
        hx.effectiveness(ntu, c)


def test_kernels_equal_their_python_source():
    for f in (formulas.counterflow_slopes, formulas.counterflow_ntu, formulas.crossflow_slopes):
        assert f(0.6, 0.4) == pytest.approx(f.py_func(0.6, 0.4), rel=1e-13)


def test_exchange_with_a_stream_too_slow_to_divide_by_is_at_rest():
    heat, hot_out, cold_out = hx.exchange(2.2e-311, 50.0, 1000.0, 20.0, 5000.0)
    assert (heat, hot_out, cold_out) == (0.0, 50.0, 20.0)
