"""GPU modules: limits worked by hand, throttling, energy over a step."""

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.liquid.components import gpu
from solvers.liquid.components.gpu import Gpu, gpu_law

pytestmark = pytest.mark.kernel


def model(**change):
    base = {
        "name": "test",
        "power_limit": 1400.0,
        "idle_power": 150.0,
        "junction_limit": 360.0,
        "heat_capacity": 400.0,
    }
    return Gpu(**(base | change))


LAW = gpu_law(model())


@pytest.mark.parametrize(
    ("inlet", "asked", "junction", "power"),
    [
        (310.0, 1000.0, 335.0, 1000.0),  # 310 + 1000/40
        (310.0, 2000.0, 345.0, 1400.0),  # held by the power limit
        (330.0, 1400.0, 360.0, 1200.0),  # throttled to 40 W/K x 30 K
        (358.0, 1400.0, 361.75, 150.0),  # idle power cannot be shed: 358 + 150/40
        (310.0, 0.0, 313.75, 150.0),
    ],
)
def test_equilibrium_by_hand(inlet, asked, junction, power):
    state = gpu.steady_slopes(LAW, inlet, asked, 40.0).state
    assert state == pytest.approx((junction, power, power), rel=1e-12)
    assert gpu.throttled(LAW, state, asked) == (power < min(max(asked, 150.0), 1400.0))


def test_step_response_by_hand():
    """Time constant 400 J/K over 40 W/K = 10 s: after 10 s, 1 - 1/e of 25 K."""
    state = gpu.step(LAW, 310.0, 310.0, 1000.0, 40.0, 10.0)
    assert state.junction == pytest.approx(310.0 + 25.0 * 0.6321205588, rel=1e-9)
    assert state.heat == pytest.approx(1000.0 - 400.0 * 25.0 * 0.6321205588 / 10.0, rel=1e-9)


@pytest.mark.parametrize("duration", [1e-3, 1.0, 60.0, 1e5])
@pytest.mark.parametrize("conductance", [0.0, 1.0, 60.0])
def test_energy_closes_and_the_limit_holds(duration, conductance):
    junction = 355.0
    for _ in range(5):
        state = gpu.step(LAW, 335.0, junction, 1300.0, conductance, duration)
        stored = 400.0 * (state.junction - junction) / duration
        assert state.power - state.heat == pytest.approx(stored, rel=1e-9, abs=1e-6)
        if state.power > 150.0:
            assert state.junction <= 360.0 + 1e-9
        junction = state.junction


def test_many_short_steps_are_one_long_step():
    """Constant inputs, no limit reached: the step is exact, so that steps compose."""
    junction, heat = 320.0, 0.0
    for _ in range(100):
        state = gpu.step(LAW, 310.0, junction, 1000.0, 40.0, 0.3)
        junction, heat = state.junction, heat + state.heat * 0.3
    once = gpu.step(LAW, 310.0, 320.0, 1000.0, 40.0, 30.0)
    assert junction == pytest.approx(once.junction, rel=1e-12)
    assert heat == pytest.approx(once.heat * 30.0, rel=1e-10)


def test_throttled_power_settles_at_the_steady_cap():
    junction = 350.0
    powers = []
    for _ in range(60):
        state = gpu.step(LAW, 330.0, junction, 1400.0, 40.0, 1.0)
        junction = state.junction
        powers.append(state.power)
    assert powers[0] == 1400.0
    assert powers[-1] == pytest.approx(1200.0, rel=1e-12)
    assert np.all(np.diff(powers) <= 1e-9)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"idle_power": 1500.0}, "idle power of GPU test = 1500 W"),
        ({"junction_limit": 87.0}, "junction limit of test"),
        ({"heat_capacity": 0.0}, "heat capacity of GPU test"),
    ],
)
def test_bad_modules_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        model(**change)
