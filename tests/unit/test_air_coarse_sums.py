"""Sums of a fine grid's values over what a coarser grid joins."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.grid import Grid
from solvers.air.interpolate import Joining

FINE = Grid(
    x_face=np.array([0.0, 1.0, 2.0, 3.0, 5.0]), y_face=np.array([0.0, 0.5, 1.0]), z_face=np.arange(4.0)
)
COARSE = Grid(x_face=np.array([0.0, 2.0, 5.0]), y_face=np.array([0.0, 1.0]), z_face=np.array([0.0, 1.0, 3.0]))
JOINING = Joining(fine=FINE, coarse=COARSE)


@pytest.mark.kernel
def test_cells_add_up_between_the_coarse_lines() -> None:
    padded = np.random.default_rng(3).random((5, 4, 6), dtype=np.float32)
    values = padded[1:4, 1:3, 1:5]  # a view with strides, as the lattice hands it over
    expected = values.astype(np.float64).reshape(3, 2, 2, 2).sum(axis=(1, 3))
    expected = np.stack([expected[0], expected[1] + expected[2]])[:, None, :]
    assert JOINING.cell_sums(values) == pytest.approx(expected, rel=1e-12)


@pytest.mark.kernel
def test_faces_between_two_coarse_ones_give_to_both_by_nearness() -> None:
    """Along x the face at 1 is half way from 0 to 2, that at 3 a third of the way from 2 to 5."""
    values = np.zeros((3, 2, 5))
    values[0, 0] = [1.0, 10.0, 100.0, 1000.0, 1e4]
    values[2, 1, 1] = 2.0
    found = JOINING.face_sums(values, 0)
    assert found.shape == (2, 1, 3)
    assert found[0, 0] == pytest.approx([1.0 + 5.0, 5.0 + 100.0 + 2000.0 / 3.0, 1000.0 / 3.0 + 1e4])
    assert found[1, 0] == pytest.approx([1.0, 1.0, 0.0])
    assert found.sum() == pytest.approx(values.sum())
