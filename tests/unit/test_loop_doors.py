"""Rear doors on the coolant loops: their hoses, and the valves that balance them against cold plates."""

from __future__ import annotations

import pytest

from geometry.errors import InputError
from geometry.layout import HallLayout, generate_hall
from geometry.piping import Circuit, pipe_runs
from solvers.liquid.hall.doors import balanced, door_branch
from solvers.liquid.hall.loop import RackLiquid

HALL = generate_hall(
    HallLayout(rows=2, racks_per_row=3, fan_walls=1, end_clearance=1.2, rear_doors=True), cdus_per_row=1
)
RACK = RackLiquid(name="r", heat=1e5, flow=2e-3, reference_flow=1e-3, reference_drop=20e3, gpus=72)


def test_doors_branch_from_the_manifold_taps_of_their_racks():
    plain = {(run.start, run.end): run for run in pipe_runs(HALL)}
    runs = {(run.start, run.end): run for run in pipe_runs(HALL, doors=True)}
    added = {ends: run for ends, run in runs.items() if ends not in plain}
    assert set(plain) <= set(runs)
    assert len(added) == 2 * 6
    # 0.2 m aside, 0.15 m to the rear edge, 0.3 m down to the rack's top; the return 0.35 m
    assert added["A.s2", "A02.door.in"].length == pytest.approx(0.65)
    assert added["A02.door.out", "A.r2"].length == pytest.approx(0.85)
    assert added["A.s2", "A02.door.in"].circuit is Circuit.TCS_SUPPLY
    assert added["A.s2", "A02.door.in"].group == "A.door_hoses"
    alone = {(run.start, run.end) for run in pipe_runs(HALL, plates=False, doors=True)}
    assert ("A.s2", "A02.in") not in alone
    assert set(added) <= alone


def test_every_branch_is_balanced_to_the_one_that_needs_most():
    """Rack: 20 kPa (2/1)^1.89 = 74.1 kPa at its flow; door: 30 + 10 kPa."""
    door = door_branch("r.door", heat=4e3, flow=3e-4, coil_drop=30e3, valve_drop=10e3)
    assert door.reference_drop == 40e3
    same = balanced([RACK, door])
    for before, after in zip((RACK, door), same, strict=True):
        assert after.reference_flow == after.flow == before.flow
        assert after.reference_drop == pytest.approx(20e3 * 2.0**1.89)
        assert after.exponent == before.exponent
    assert balanced([]) == ()


def test_a_door_may_warm_the_air_and_cold_plates_may_not():
    assert door_branch("d", heat=-500.0, flow=3e-4, coil_drop=30e3, valve_drop=10e3).heat == -500.0
    with pytest.raises(InputError, match="heat of rack r = -1 W"):
        RackLiquid(name="r", heat=-1.0, flow=1e-3, reference_flow=1e-3, reference_drop=2e4, gpus=1)
    with pytest.raises(InputError, match="drop of the open valve of d = 0 Pa: must be positive"):
        door_branch("d", heat=0.0, flow=3e-4, coil_drop=30e3, valve_drop=0.0)
