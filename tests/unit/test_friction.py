"""Friction factors against a 40-digit solution of Colebrook's equation, and each law's own range."""

import numpy as np
import pytest

from geometry.errors import InputError
from solvers import friction

pytestmark = pytest.mark.kernel

# Root of 1/sqrt(f) = -2 log10(e/3.7 + 2.51/(Re sqrt(f))), solved with 40 digits: Re, e, f
COLEBROOK = [
    (4e3, 0.0, 0.03990701406),
    (4e3, 1e-3, 0.04091038986),
    (4e3, 0.05, 0.07698683489),
    (1e4, 1e-5, 0.03089842305),
    (3e4, 1e-4, 0.02375322644),
    (1e5, 0.0, 0.01798977308),
    (1e5, 1e-3, 0.02217453594),
    (1e6, 1e-6, 0.01166815551),
    (1e6, 0.01, 0.03796474188),
    (1e7, 0.0, 0.008102669431),
    (1e7, 1e-4, 0.01216608096),
    (1e7, 0.05, 0.07155298184),
]


@pytest.mark.parametrize(("re", "e", "f"), COLEBROOK)
def test_colebrook_to_nine_digits(re, e, f):
    assert friction.colebrook_kernel(re, e) == pytest.approx(f, rel=1e-9)
    assert friction.friction_factor(re, e) == pytest.approx(f, rel=1e-9)


@pytest.mark.parametrize(("re", "e", "f"), [row for row in COLEBROOK if row[1] <= 0.05])
def test_haaland_within_two_per_cent(re, e, f):
    assert friction.haaland_kernel(re, e) == pytest.approx(f, rel=0.02)


@pytest.mark.parametrize(
    ("re", "e", "f"), [row for row in COLEBROOK if row[0] >= 1e4 and 1e-6 <= row[1] <= 1e-2]
)
def test_swamee_jain_within_three_per_cent(re, e, f):
    assert friction.swamee_jain_kernel(re, e) == pytest.approx(f, rel=0.03)


def test_laminar_law():
    assert friction.friction_factor(1000.0, 0.001) == 0.064
    assert friction.laminar_kernel(1600.0) == 0.04


def test_transition_is_smooth_and_drop_always_rises_with_flow():
    re = np.geomspace(100.0, 1e5, 20001)
    f = friction.friction_factor(re, 1e-4)
    log_slope = np.gradient(np.log(f), np.log(re))
    assert np.max(np.abs(np.diff(log_slope))) < 0.02  # no kink: a jump of the slope would be of order 1
    assert np.all(np.diff(f * re**2) > 0.0)


@pytest.mark.parametrize("re", [500.0, 2500.0, 3500.0, 5e3, 2e5])
def test_slope_is_the_derivative(re):
    step = 1e-5
    up, down = (
        friction.friction_kernel(re * (1 + step), 1e-3)[0],
        friction.friction_kernel(re * (1 - step), 1e-3)[0],
    )
    slope = np.log(up / down) / np.log((1 + step) / (1 - step))
    assert friction.friction_kernel(re, 1e-3)[1] == pytest.approx(slope, rel=1e-6)


def _drop(flow, *, length=10.0, diameter=0.05, minor=2.0, viscosity=1e-3):
    n = np.size(flow)
    drop, slope = np.empty(n), np.empty(n)
    friction.pipe_drop_kernel(
        np.atleast_1d(np.asarray(flow, dtype=float)),
        np.full(n, length),
        np.full(n, diameter),
        np.full(n, 4.5e-5),
        np.full(n, minor),
        np.full(n, 1000.0),
        np.full(n, viscosity),
        drop,
        slope,
    )
    return drop, slope


def test_hagen_poiseuille_pressure_drop():
    """dp = 128 mu L m / (pi rho d^4) at Re = 1273: 3.2595 Pa for 10 m, 50 mm, 50 g/s."""
    drop, slope = _drop(0.05, minor=0.0)
    assert drop[0] == pytest.approx(3.259493, rel=1e-6)
    assert slope[0] == pytest.approx(3.259493 / 0.05, rel=1e-6)


def test_pipe_drop_is_odd_finite_at_rest_and_its_slope_is_true():
    flow = np.array([-3.0, -0.02, 0.0, 0.02, 0.11, 3.0])
    drop, slope = _drop(flow)
    assert drop[0] == -drop[5]
    assert drop[2] == 0.0
    assert slope[2] > 0.0
    step = 1e-6
    numeric = (_drop(flow + step)[0] - _drop(flow - step)[0]) / (2 * step)
    assert slope == pytest.approx(numeric, rel=1e-5)


def test_crane_friction_factor_of_a_four_inch_pipe():
    """Crane TP-410 lists f_T = 0.017 (older editions) or 0.016 for clean commercial steel pipe of 4 inch."""
    assert friction.fully_rough(4.5e-5 / 0.1023) == pytest.approx(0.0165, abs=0.0006)


@pytest.mark.parametrize(
    ("re", "e"), [(0.0, 0.0), (-5.0, 0.0), (1e4, 0.2), (1e4, -1e-3), (float("nan"), 0.0)]
)
def test_outside_the_range_is_refused(re, e):
    with pytest.raises(InputError):
        friction.friction_factor(re, e)


def test_kernel_equals_its_python_source():
    for re in (900.0, 3000.0, 5e4):
        assert friction.friction_kernel(re, 1e-3) == pytest.approx(
            friction.friction_kernel.py_func(re, 1e-3), rel=1e-13
        )
