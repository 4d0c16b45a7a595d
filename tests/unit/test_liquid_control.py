"""The PID controller against hand-worked samples and exact recurrences; set points."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from geometry.errors import InputError
from solvers.liquid.control.pid import Pid, at_rest, sample
from solvers.liquid.control.set_points import dry_supply, floating_water, in_order, pump_differential

pytestmark = pytest.mark.kernel


def test_samples_worked_by_hand() -> None:
    """K 0.1, Ti 10 s, Td 2 s, h 1 s; e = 1, 2: u = 0.3 + 0.1 (0.1) = 0.31; then 0.1 (1 + 0.2 + 2) more."""
    pid = Pid(name="p", gain=0.1, integral_time=10.0, derivative_time=2.0)
    memory = at_rest(0.3)
    assert sample(pid, memory, target=5.0, measured=4.0, step=1.0) == pytest.approx(0.31, abs=1e-15)
    # y 4, 4, 3: bend -1, so the derivative adds 2
    assert sample(pid, memory, target=5.0, measured=3.0, step=1.0) == pytest.approx(0.63, abs=1e-15)
    # y 4, 3, 3: bend 1, so it takes 2; error unchanged at 2
    assert sample(pid, memory, target=5.0, measured=3.0, step=1.0) == pytest.approx(0.45, abs=1e-15)


def test_a_new_target_gives_no_derivative_kick() -> None:
    pid = Pid(name="p", gain=0.1, integral_time=np.inf, derivative_time=1e6)
    memory = at_rest(0.5)
    sample(pid, memory, target=1.0, measured=1.0, step=1.0)
    assert sample(pid, memory, target=2.0, measured=1.0, step=1.0) == pytest.approx(0.6, abs=1e-15)


def test_dead_band_is_continuous() -> None:
    pid = Pid(name="p", gain=1.0, integral_time=10.0, dead_band=0.2)
    memory = at_rest(0.5)
    assert sample(pid, memory, target=0.2, measured=0.0, step=1.0) == 0.5
    # 0.05 above the band: proportional 0.05 and integral 0.005
    assert sample(pid, memory, target=0.25, measured=0.0, step=1.0) == pytest.approx(0.555, abs=1e-15)


def test_actuator_keeps_its_stroke_and_travel() -> None:
    pid = Pid(name="valve", gain=10.0, integral_time=1.0, low=0.1, high=0.9, stroke=120.0)
    memory = at_rest(0.5)
    up = [sample(pid, memory, target=1.0, measured=0.0, step=6.0) for _ in range(10)]
    assert up[:3] == pytest.approx([0.55, 0.60, 0.65], abs=1e-12)
    assert max(up) == 0.9
    down = [sample(pid, memory, target=0.0, measured=1.0, step=6.0) for _ in range(20)]
    assert down[0] == pytest.approx(0.85, abs=1e-12)
    assert min(down) == 0.1


def march(pid: Pid, *, step: float, steps: int, gain: float, lag: float, target, start=(0.0, 0.0)):
    """Closed loop of a sampled controller and the plant lag y' = gain u - y, held exactly between samples."""
    y, memory, history = start[0], at_rest(start[1]), []
    decay = np.exp(-step / lag)
    for k in range(steps):
        u = sample(pid, memory, target=target(k * step), measured=y, step=step)
        y = decay * y + gain * (1.0 - decay) * u
        history.append((y, u))
    return np.array(history).T


def test_closed_loop_is_the_exact_recurrence() -> None:
    """PI and first-order lag, unlimited: z = (y, u, e) obeys a linear recurrence; compare matrix powers."""
    gain, lag, k, ti, h = 2.0, 30.0, 0.2, 25.0, 1.0
    a = np.exp(-h / lag)
    b = gain * (1.0 - a)
    r = 0.4
    # u' = u + k (e' - e) + k h/ti e',  e' = r - y;  y' = a y + b u'
    row_u = np.array([-k * (1.0 + h / ti), 1.0, -k, k * (1.0 + h / ti) * r])
    matrix = np.array(
        [
            [a + b * row_u[0], b * row_u[1], b * row_u[2], b * row_u[3]],
            row_u,
            [-1.0, 0.0, 0.0, r],
            [0, 0, 0, 1.0],
        ]
    )
    state = np.array([0.0, 0.1, r, 1.0])  # the first sample sees no change of the error
    pid = Pid(name="p", gain=k, integral_time=ti)
    y, u = march(pid, step=h, steps=80, gain=gain, lag=lag, target=lambda _: r, start=(0.0, 0.1))
    for n in (1, 7, 80):
        exact = np.linalg.matrix_power(matrix, n) @ state
        assert y[n - 1] == pytest.approx(exact[0], abs=1e-13)
        assert u[n - 1] == pytest.approx(exact[1], abs=1e-13)


def test_sampled_loop_tends_to_the_continuous_one_in_first_order() -> None:
    """Continuous PI: (y, i)' = [[-(1 + gK)/T, g/T], [-K/Ti, 0]] (y, i) + ..., by matrix exponential."""
    gain, lag, k, ti, r, end = 2.0, 30.0, 0.2, 25.0, 0.4, 60.0
    system = np.array(
        [[-(1.0 + gain * k) / lag, gain / lag, gain * k * r / lag], [-k / ti, 0.0, k * r / ti], [0, 0, 0]]
    )
    exact = (expm(system * end) @ np.array([0.0, 0.1 - k * r, 1.0]))[0]
    errors = []
    for step in (2.0, 1.0, 0.5):
        pid = Pid(name="p", gain=k, integral_time=ti)
        steps = round(end / step)
        y, _ = march(pid, step=step, steps=steps, gain=gain, lag=lag, target=lambda _: r, start=(0.0, 0.1))
        errors.append(abs(y[-1] - exact))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1.0, abs=0.1)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(1.0, abs=0.1)


def test_nothing_winds_up_at_a_stop() -> None:
    """600 s against the stop, a target out of reach; then a reachable one: back at once, hardly above it.

    A sum that had gone on growing would have stood at 0.2 x 600/25 x 1 = 4.8 strokes and held the valve open
    for minutes.
    """
    pid = Pid(name="p", gain=0.2, integral_time=25.0)
    y, u = march(pid, step=1.0, steps=1200, gain=2.0, lag=30.0, target=lambda t: 3.0 if t < 600.0 else 1.0)
    assert u[500] == 1.0
    assert u[600] < 1.0  # the first sample after the change
    assert y[600:].min() > 0.9  # no undershoot beyond a tenth
    assert np.abs(y[900:] - 1.0).max() < 1e-3


def test_nonsense_is_refused() -> None:
    with pytest.raises(InputError, match="gain of controller v = 0"):
        Pid(name="v", gain=0.0, integral_time=1.0)
    with pytest.raises(InputError, match="integral time of controller v = 0"):
        Pid(name="v", gain=1.0, integral_time=0.0)
    with pytest.raises(InputError, match="upper end of travel of controller v"):
        Pid(name="v", gain=1.0, integral_time=1.0, low=0.5, high=0.2)
    with pytest.raises(InputError, match="step of controller v = 0"):
        sample(Pid(name="v", gain=1.0, integral_time=1.0), at_rest(0.0), target=0.0, measured=0.0, step=0.0)
    with pytest.raises(InputError, match="not a number"):
        sample(
            Pid(name="v", gain=1.0, integral_time=1.0), at_rest(0.0), target=0.0, measured=np.nan, step=1.0
        )


def test_supply_stays_above_the_dew_point() -> None:
    """ASHRAE Fundamentals 2017, chapter 1: air of 25 degC and 60 % has a dew point of 16.7 degC."""
    assert dry_supply(288.15, 298.15, 0.6) == pytest.approx(273.15 + 16.7 + 2.0, abs=0.05)
    assert dry_supply(313.15, 298.15, 0.6) == 313.15
    assert dry_supply(288.15, 298.15, 0.0) == 288.15


def test_other_set_points() -> None:
    assert pump_differential([0.0, 0.5, 1.0, 2.0], design=100e3, at_rest=40e3) == pytest.approx(
        [40e3, 55e3, 100e3, 100e3]
    )
    assert pump_differential(0.3, design=100e3) == 100e3
    water = floating_water([270.0, 300.0, 320.0], approach=8.0, coldest=293.0, warmest=318.0)
    assert water.tolist() == [293.0, 308.0, 318.0]
    with pytest.raises(InputError, match="limits of the water cross"):
        floating_water(300.0, approach=8.0, coldest=320.0, warmest=310.0)


def test_heat_goes_to_the_first_that_can_take_it() -> None:
    shares = in_order([5.0, 12.0, 30.0], [[4.0, 4.0, 4.0], 10.0, 8.0])
    assert shares.tolist() == [[4, 4, 4], [1, 8, 10], [0, 0, 8], [0, 0, 8]]
    assert shares.sum(axis=0).tolist() == [5.0, 12.0, 30.0]
    with pytest.raises(InputError, match="capacity of server 1"):
        in_order(1.0, [-1.0])
