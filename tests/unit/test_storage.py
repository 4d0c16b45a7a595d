"""Stratified storage: exact heat, bounds, analytic decay and diffusion, geometry, refusals."""

from __future__ import annotations

from dataclasses import replace
from math import erf

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.heat.storage import (
    VOLUMETRIC,
    Diffuser,
    Ground,
    Insulation,
    Marched,
    Pit,
    StorageState,
    Tank,
    compiled,
    diffuser_flow,
    filled,
    march,
    wall_coefficient,
)
from solvers.heat.storage_kernels import merge_unstable

pytestmark = pytest.mark.kernel

K = 273.15
NONE = Insulation(lid=0.0, wall=0.0, bottom=0.0)
TANK = Tank(volume=1000.0, height=16.0, insulation=NONE, layers=16, mixing=0.0)
PIT = Pit(
    volume=52000.0 / 3.0,
    height=10.0,
    insulation=Insulation(lid=0.2, wall=50.0, bottom=50.0),
    ground=Ground(conductivity=2.0, volumetric=2.4e6, temperature=12.0 + K),
)


def run(storage: Tank | Pit, state: StorageState, flow: np.ndarray, **change: float) -> Marched:
    given = {"low": 45.0, "high": 85.0, "air": 10.0, "seconds": 3600.0} | change
    n = np.ones(flow.size)
    return march(
        storage,
        state,
        flow=flow,
        inlet_low=(given["low"] + K) * n,
        inlet_high=(given["high"] + K) * n,
        air=(given["air"] + K) * n,
        seconds=given["seconds"],
    )


def test_whole_layers_move_exactly() -> None:
    """62.5 m3 a layer: 156.25 m3 are 2.5 layers. They leave at 45 degC, the third layer becomes half new."""
    after = run(TANK, filled(TANK, 45.0 + K), np.array([156.25 / 3600.0]))
    assert after.leaving[0] == pytest.approx(45.0 + K)
    np.testing.assert_allclose(after.state.layers[-3:] - K, [65.0, 85.0, 85.0], rtol=1e-12)
    np.testing.assert_allclose(after.state.layers[:-3] - K, 45.0, rtol=1e-12)


def test_lighter_water_below_is_mixed_with_the_least_it_needs() -> None:
    """Bottom first: 50 over 40 over 30 become 40; the 60 above stays; 20 at the bottom stays."""
    t = np.array([20.0, 50.0, 40.0, 30.0, 60.0])
    merge_unstable(t, np.empty(5), np.empty(5))
    np.testing.assert_allclose(t, [20.0, 40.0, 40.0, 40.0, 60.0], rtol=1e-14)


@pytest.mark.parametrize("storage", [TANK, PIT], ids=["tank", "pit"])
def test_heat_is_kept_and_no_temperature_leaves_its_inputs(storage: Tank | Pit) -> None:
    rng = np.random.default_rng(7)
    storage = replace(storage, insulation=Insulation(lid=0.4, wall=0.3, bottom=0.3), mixing=5.0)
    most = storage.volume / 3600.0
    flow = np.where(rng.random(400) < 0.3, 0.0, rng.uniform(-most, most, 400))
    n = flow.size
    after = march(
        storage,
        filled(storage, 50.0 + K),
        flow=flow,
        inlet_low=rng.uniform(35.0, 60.0, n) + K,
        inlet_high=rng.uniform(55.0, 95.0, n) + K,
        air=rng.uniform(5.0, 30.0, n) + K,
        seconds=3600.0,
    )
    assert after.closure < 1e-10
    t = after.state.layers - K
    assert np.all((t >= 5.0) & (t <= 95.0))
    assert np.all(np.diff(t) >= 0.0)
    moved = after.leaving[flow != 0.0] - K
    assert np.all((moved >= 5.0) & (moved <= 95.0))


def test_standing_loss_is_the_exponential() -> None:
    """Wall of 448.4 m2 at 0.5 W/(m2 K): 224.2 W/K over 4.115e9 J/K, 60 days: exp(-0.2825) of 70 K is left."""
    tank = replace(TANK, insulation=Insulation(lid=0.0, wall=0.5, bottom=0.0))
    after = run(tank, filled(tank, 80.0 + K), np.zeros(24 * 60))
    wall = np.sqrt(4.0 * np.pi * 62.5) * 16.0
    left = 70.0 * np.exp(-0.5 * wall * 60.0 * 86400.0 / (1000.0 * VOLUMETRIC))
    assert left == pytest.approx(70.0 * np.exp(-0.2825), rel=1e-3)
    assert after.state.layers.mean() - (10.0 + K) == pytest.approx(left, rel=1e-9)
    assert float(after.loss.sum()) == pytest.approx((70.0 - left) * 1000.0 * VOLUMETRIC, rel=1e-9)


def test_lid_and_bottom_cool_a_stratified_tank_less_than_a_stirred_one() -> None:
    tank = replace(TANK, insulation=Insulation(lid=0.5, wall=0.5, bottom=0.5))
    after = run(tank, filled(tank, 80.0 + K), np.zeros(24 * 60))
    area = 2.0 * 62.5 + np.sqrt(4.0 * np.pi * 62.5) * 16.0
    stirred = 70.0 * np.exp(-0.5 * area * 60.0 * 86400.0 / (1000.0 * VOLUMETRIC))
    assert stirred < after.state.layers.mean() - (10.0 + K) < 1.01 * stirred
    assert after.state.layers[0] < after.state.layers[1] - 1.0  # the cold bottom stays below


def moving_front(layers: int) -> tuple[float, float]:
    """A step at 12 of 16 m, pushed down by 6 m in 100 steps, with 20 times the conduction of water: mean
    error against erf [K], and the thickness between 10 and 90 % of the step [m]."""
    height, steps, seconds = 16.0, 100, 900.0
    tank = replace(TANK, layers=layers, mixing=20.0)
    z = (np.arange(layers) + 0.5) * height / layers
    start = StorageState(layers=np.where(z > 12.0, 85.0, 45.0) + K, shells=np.zeros(0))
    flow = np.full(steps, 6.0 * 62.5 / (steps * seconds))
    t = run(tank, start, flow, seconds=seconds).state.layers - K
    spread = np.sqrt(4.0 * 20.0 * 0.654 / VOLUMETRIC * steps * seconds)
    exact = np.array([65.0 + 20.0 * erf((x - 6.0) / spread) for x in z])
    low, high = np.interp([49.0, 81.0], t, z)
    return float(np.abs(t - exact).mean()), float(high - low)


def test_the_thermocline_converges_with_the_grid() -> None:
    """D = 20 x 0.654 / 4.115e6 m2/s for 90,000 s: 10 to 90 % are 1.8124 sqrt(4 D t) = 1.939 m."""
    coarse, middle, fine = (moving_front(n) for n in (40, 80, 160))
    assert fine[0] < 0.6 * middle[0] < 0.36 * coarse[0]
    errors = [abs(thick - 1.939) for _, thick in (coarse, middle, fine)]
    assert errors[2] < 0.6 * errors[1] < 0.36 * errors[0]
    assert fine[1] == pytest.approx(1.939, rel=0.02)


def test_a_pit_has_the_shape_of_its_slopes() -> None:
    """Floor 20 m, slope 2, 10 m deep: 10 (400 + 800 + 1600/3) = 17,333 m3, lid 60 m, U A of lid 720 W/K."""
    law = compiled(PIT)
    assert law.to_air[-1] == pytest.approx(0.2 * 3600.0, rel=1e-4)
    slanted = 2.0 * (20.0 + 60.0) * 10.0 * np.sqrt(5.0)
    assert law.to_ground.sum() == pytest.approx(50.0 * (400.0 + slanted), rel=1e-4)


def test_the_ground_warms_and_then_takes_less() -> None:
    full = run(PIT, filled(PIT, 80.0 + K), np.zeros(24 * 90), air=80.0)
    assert full.loss[:24].sum() > 2.0 * full.loss[-24:].sum() > 0.0
    assert np.all(np.diff(full.state.shells) <= 0.0)
    assert 12.0 + K < full.state.shells[0] < 80.0 + K


def test_diffusers_limit_the_flow() -> None:
    """Slot 10 m long, 0.3 m high, 25 K: g' = 9.81 x 5.2e-4 x 25 = 0.1275; 10 sqrt(0.1275 x 0.027) = 0.587."""
    slot = Diffuser(length=10.0, height=0.3, difference=25.0)
    assert diffuser_flow(slot) == pytest.approx(0.587, rel=1e-3)
    with pytest.raises(InputError, match=r"flow = 0.6 m3/s: above 0.58\d* m3/s, what the diffusers"):
        run(
            replace(TANK, diffuser=slot),
            filled(TANK, 45.0 + K),
            np.array([0.6]),
            seconds=600.0,
        )


def test_water_outside_the_ports_stays() -> None:
    tank = replace(TANK, low_port=0.25, high_port=0.75)
    after = run(tank, filled(tank, 50.0 + K), np.array([400.0 / 3600.0]))
    np.testing.assert_allclose(after.state.layers[:4] - K, 50.0, rtol=1e-12)
    # warm water laid in below the top rises
    assert after.state.layers[-1] > 50.0 + K
    assert after.closure < 1e-12


def test_wall_of_insulation() -> None:
    """1/7 + 0.1/0.039 + 1/4 = 2.957 m2 K/W."""
    u = wall_coefficient(inside=7.0, thickness=0.1, conductivity=0.039, outside=4.0)
    assert u == pytest.approx(1.0 / 2.957, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"volume": -1.0}, r"volume of the storage = -1 m3"),
        ({"layers": 1}, r"layers of the storage = 1"),
        ({"low_port": 0.9, "high_port": 0.1}, r"ports of the storage"),
        ({"slope": 4.0}, r"(?s)no floor left.*shallower pit"),
    ],
)
def test_storages_that_cannot_be_are_refused(change: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        compiled(replace(PIT, **change))  # type: ignore[arg-type]


def test_marches_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match=r"(?s)layers of water move in one step, 16 lie.*shorter steps"):
        run(TANK, filled(TANK, 45.0 + K), np.array([0.5]))
    with pytest.raises(InputError, match="degC in the storage: outside"):
        run(TANK, filled(TANK, 45.0 + K), np.array([0.01]), high=130.0)
