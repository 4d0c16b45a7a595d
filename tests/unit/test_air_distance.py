"""Distances to the nearest surface against all of them in turn."""

import numpy as np
import pytest

from solvers.air.kernels.distance import nearest_along

pytestmark = pytest.mark.kernel


def test_the_nearest_of_all_places_along_a_line():
    draw = np.random.default_rng(3)
    source = np.cumsum(draw.uniform(0.02, 0.5, 24))
    target = np.linspace(source[0] - 1.0, source[-1] + 1.0, 31)
    squared = draw.uniform(0.0, 9.0, (70, 24)) ** 2
    squared[draw.uniform(size=squared.shape) < 0.6] = np.inf
    squared[0] = np.inf
    squared[1] = np.inf
    squared[1, 5] = 4.0
    out = np.empty((70, 31))
    nearest_along(squared, source, target, out)
    expected = (squared[:, None, :] + (target[:, None] - source) ** 2).min(axis=-1)
    np.testing.assert_allclose(out, expected, rtol=1e-13)
    assert np.isinf(out[0]).all()
    assert out[1] == pytest.approx(4.0 + (target - source[5]) ** 2, rel=1e-13)
