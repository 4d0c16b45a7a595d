"""What devices read from a few places of a field, and write there."""

from __future__ import annotations

import numpy as np
import pytest

from solvers.air.kernels import scatter

AXIS, NODE = np.array([0, 2, 1, 0]), np.array([4, 1, 3, 0])


@pytest.mark.kernel
def test_faces_of_all_axes_are_written_and_read_back() -> None:
    x, y, z = np.zeros((3, 5), dtype=np.float32)
    scatter.write_faces(AXIS, NODE, np.array([1.0, 2.0, 3.0, 4.0]), x, y, z)
    assert (x.tolist(), y.tolist(), z.tolist()) == ([4, 0, 0, 0, 1], [0, 0, 0, 3, 0], [0, 2, 0, 0, 0])
    found = np.empty(4)
    scatter.read_faces(AXIS, NODE, x, y, z, found)
    assert found.tolist() == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.kernel
def test_the_largest_of_several_values_stays() -> None:
    highest = np.array([-np.inf, 2.5, 0.0])
    scatter.raise_at(np.array([0, 1, 0, 1]), np.array([1.0, 2.0, -3.0, 2.25]), highest)
    assert highest.tolist() == [1.0, 2.5, 0.0]
    scatter.set_at(np.array([2, 0]), 7.0, highest)
    assert highest.tolist() == [7.0, 2.5, 7.0]
