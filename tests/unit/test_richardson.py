"""Observed order and grid convergence index against exact sequences and the published examples."""

from __future__ import annotations

import math

import pytest

from geometry.errors import InputError
from solvers.air.richardson import grid_convergence


@pytest.mark.parametrize("order", [0.8, 1.0, 1.7, 2.0])
@pytest.mark.parametrize("sizes", [(4.0, 2.0, 1.0), (2.1, 1.5, 1.0)])
def test_a_power_law_is_found_exactly(order: float, sizes: tuple[float, float, float]) -> None:
    """f = 3 + 0.2 h^p: extrapolated to 3, and the index is 1.25 times the true error."""
    coarse, middle, fine = (3.0 + 0.2 * h**order for h in sizes)
    found = grid_convergence((coarse, middle, fine), sizes)
    assert found.order == pytest.approx(order, abs=1e-9)
    assert found.extrapolated == pytest.approx(3.0, abs=1e-9)
    assert found.index == pytest.approx(1.25 * 0.2, rel=1e-9)
    assert not found.oscillatory


@pytest.mark.parametrize(
    ("values", "ratios", "order", "extrapolated", "index", "oscillatory"),
    [
        ((5.863, 5.972, 6.063), (4 / 3, 1.5), 1.53, 6.1685, 0.022, False),
        ((10.6050, 10.7250, 10.7880), (2.143, 2.0), 0.75, 10.8801, 0.011, False),
        ((6.0909, 5.9624, 6.0042), (2.143, 2.0), 1.51, 6.0269, 0.005, True),
    ],
)
def test_published_examples(
    values: tuple[float, float, float],
    ratios: tuple[float, float],
    order: float,
    extrapolated: float,
    index: float,
    oscillatory: bool,
) -> None:
    """Celik et al., J. Fluids Eng. 130 (2008) 078001, table 1; sizes rounded there to three digits."""
    found = grid_convergence(values, (ratios[0] * ratios[1], ratios[1], 1.0))
    assert found.order == pytest.approx(order, abs=0.02)
    assert found.extrapolated == pytest.approx(extrapolated, abs=0.002)
    assert found.index / values[2] == pytest.approx(index, abs=0.0006)
    assert found.oscillatory is oscillatory


def test_an_order_beyond_the_formal_one_is_not_trusted() -> None:
    """Changes 0.8 and 0.05 on halved cells: order 4; with 2 the index is 1.25 * 0.05 / 3."""
    found = grid_convergence((1.85, 1.05, 1.0), (4.0, 2.0, 1.0))
    assert found.order == pytest.approx(4.0)
    assert found.order_used == 2.0
    assert found.index == pytest.approx(1.25 * 0.05 / 3.0)


def test_changes_that_grow_give_a_wide_band() -> None:
    """Changes 0.1 and 0.4 on halved cells: order -2, taken as 0.5."""
    found = grid_convergence((1.5, 1.4, 1.0), (4.0, 2.0, 1.0))
    assert found.order == pytest.approx(-2.0)
    assert found.index == pytest.approx(1.25 * 0.4 / (math.sqrt(2.0) - 1.0))


def test_a_number_that_does_not_change_is_exact() -> None:
    found = grid_convergence((7.0, 7.0, 7.0), (4.0, 2.0, 1.0))
    assert (found.extrapolated, found.index) == (7.0, 0.0)


def test_bad_grids_are_refused() -> None:
    with pytest.raises(InputError, match=r"each 1\.3 times"):
        grid_convergence((1.0, 1.0, 1.0), (1.4, 1.2, 1.0))
    with pytest.raises(InputError, match="not finite"):
        grid_convergence((1.0, math.nan, 1.0), (4.0, 2.0, 1.0))
