"""A storage that knows the year: filled late, kept for the dearest heat; its plan by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_dispatch import BASE, MW, STATION, TANK, K, N, demand, offer

from solvers.district.dispatch import Variant, dispatch, totals
from solvers.district.foresight import plan_storage, requirement, storage_size
from solvers.district.sources import HeatSource
from solvers.heat.heat_pump import Limit
from solvers.heat.storage import Ground, Insulation, Pit, compiled

pytestmark = pytest.mark.kernel

MWH = 3.6e9
WOOD = HeatSource(name="wood", capacity=2.0 * MW, cost=30.0)
GAS = HeatSource(name="gas", capacity=50.0 * MW, cost=60.0)


def held(short: list[float], surplus: list[float], capacity: float = 1e9, kept: float = 1.0) -> np.ndarray:
    out = np.empty(len(short))
    requirement(np.array(short) * MW, np.array(surplus) * MW, capacity * MWH, kept, out)
    return out / MWH


def test_requirement_by_hand() -> None:
    """5 MWh are short in the last of four hours, 3 MW to spare before: 5 before it, 2 an hour earlier."""
    np.testing.assert_allclose(held([0, 0, 0, 5], [3, 3, 3, 0]), [0, 2, 5, 0])
    # a tenth is lost in an hour: 5 / 0.9, then (5.5556 - 3) / 0.9; round the year nothing is left
    np.testing.assert_allclose(held([0, 0, 0, 5], [3, 3, 3, 0], kept=0.9), [0, 2.8395, 5.5556, 0], rtol=1e-4)
    np.testing.assert_allclose(held([0, 0, 0, 5], [3, 3, 3, 0], capacity=4), [0, 1, 4, 0])
    # what is short at the beginning is held at the end
    np.testing.assert_allclose(held([5, 0, 0, 0], [0, 3, 3, 3]), [0, 0, 2, 5])


def test_dearer_heat_is_reserved() -> None:
    """2 MW are short of wood in hour 1, 2 of wood and 3 of gas in hour 2: 3 MWh are kept from hour 1 on.
    Half of the 8 MW that could be charged is counted on."""
    short = np.array([0.0, 2.0, 5.0, 0.0]) * MW
    plan = plan_storage(
        short=short,
        surplus=np.array([8.0, 0.0, 0.0, 8.0]) * MW,
        others=short,
        sources=(WOOD, GAS),
        capacity=100.0 * MWH,
        kept=1.0,
    )
    np.testing.assert_allclose(plan.want / MWH, 1.1 * np.array([7.0, 5.0, 0.0, 3.0]))
    np.testing.assert_allclose(plan.part[1] / MW, [0.0, 0.0, 3.0, 0.0])
    np.testing.assert_allclose(plan.reserve[2] / MWH, [3.0, 3.0, 0.0, 0.0], atol=1e-9)


def test_a_pit_loses_through_its_ground() -> None:
    """Its lid, 7,577 m2 at 0.2 W/(m2 K), and 12 m of soil at 2 W/(m K) over 8,292 m2: 2.90 kW/K over 63 K,
    183 kW of the 1,429 MWh it holds. Walls of 50 W/(m2 K) hardly resist."""
    ground = Ground(conductivity=2.0, volumetric=2.4e6, temperature=12.0 + K)
    walls = Insulation(lid=0.2, wall=50.0, bottom=50.0)
    pit = Pit(volume=50_000.0, height=12.0, insulation=walls, ground=ground)
    capacity, kept = storage_size(compiled(pit), 75.0 + K, 50.0 + K, 12.0 + K)
    assert capacity == pytest.approx(50_000.0 * 983.2 * 4185.0 * 25.0)
    assert 1.0 - kept == pytest.approx(1.28e-4, rel=0.02)


# 40 h without any lack, 8 MW for eight hours, again: 2 MW short of a machine of 6
PEAKS = Variant(station=STATION, demand=demand(np.where(np.arange(N) % 48 < 40, 3.0 * MW, 8.0 * MW)))
LEAKY = replace(TANK, insulation=Insulation(lid=2.0, wall=2.0, bottom=2.0), volume=2000.0)


def test_it_is_filled_late_and_loses_less() -> None:
    """16 MWh are short each time; without foresight the tank is full, hot and idle for a day and a half."""
    now = dispatch(replace(PEAKS, storage=LEAKY), offer())
    later = dispatch(replace(PEAKS, storage=LEAKY, foresight=True), offer())
    assert later.closure < 1e-9
    assert totals(later).storage_loss < 0.7 * totals(now).storage_loss
    assert totals(later).electricity < totals(now).electricity
    assert totals(later).delivered > 0.98 * totals(now).delivered
    idle = slice(0, 28)
    assert later.charge[idle].sum() < 0.2 * later.charge[:40].sum()
    assert np.all(later.limit[idle] == Limit.DEMAND)


def test_the_dearest_heat_is_spared_first() -> None:
    """7.5 MW for 20 hours, of which wood makes 1.5 beside the machine's 6, then 10 MW for four: gas beyond 8.
    A tank too small for both keeps its heat for the gas."""
    heat = np.full(N, 3.0 * MW)
    heat[np.arange(N) % 48 >= 24] = 7.5 * MW
    heat[np.arange(N) % 48 >= 44] = 10.0 * MW
    small = Variant(station=STATION, demand=demand(heat), storage=replace(TANK, volume=300.0))
    now = dispatch(small, offer())
    later = dispatch(replace(small, foresight=True, sources=(WOOD, GAS)), offer())

    def gas(others: np.ndarray) -> float:
        return float(np.maximum(others - 2.0 * MW, 0.0).sum()) / MW

    assert gas(now.others) == pytest.approx(16.0, rel=0.02)  # 4 hours of 2 MW, twice
    assert gas(later.others) < 0.7 * gas(now.others)
    assert later.closure < 1e-9


def test_machines_still_start_for_little_loads() -> None:
    little = replace(BASE, demand=demand(np.full(N, 0.3 * MW)), storage=TANK, foresight=True)
    found = dispatch(little, offer())
    assert totals(found).delivered > 0.9 * totals(found).demand
    assert np.count_nonzero(found.pumped > 0.0) < N // 4


def test_without_storage_there_is_nothing_to_foresee() -> None:
    plain, seen = dispatch(BASE, offer()), dispatch(replace(BASE, foresight=True), offer())
    np.testing.assert_array_equal(plain.delivered, seen.delivered)
