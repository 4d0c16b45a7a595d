"""Anderson's mixing on a linear fixed point that plain passes approach slowly."""

import numpy as np
import pytest

from solvers.air.acceleration import Mixing


@pytest.mark.parametrize(("real", "goal"), [(np.float64, 1e-10), (np.float32, 1e-3)])
def test_as_many_steps_as_there_are_modes_find_the_fixed_point(real: type[np.floating], goal: float) -> None:
    """Three modes that shrink by 0.99, 0.9 and 0.5 a pass: plain passes would need thousands."""
    shrink = np.array([0.99, 0.9, 0.5] * 4, dtype=real)
    fixed = np.linspace(-1.0, 2.0, 12).astype(real)
    x = np.zeros(12, dtype=real)
    mixing = Mixing(depth=3)
    for _ in range(5):
        before = x.copy()
        x[:] = fixed + shrink * (before - fixed)
        mixing.advance(before, x)
    np.testing.assert_allclose(x, fixed, atol=goal)
    assert len(mixing.x_steps) == 3
    assert mixing.gram.shape == (3, 3)


def test_a_residual_that_jumps_clears_the_past() -> None:
    mixing = Mixing(depth=2)
    for jump in (1.0, 0.5, 100.0):
        x = np.full(4, jump)
        mixing.advance(np.zeros(4), x)
    assert mixing.x_steps == []
    np.testing.assert_array_equal(x, 100.0)
