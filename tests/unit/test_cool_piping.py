"""Pipes of the cool circuit follow the hall; the stroke of a valve, and the water a coil asks for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.cool_piping import cool_consumers, cool_runs
from geometry.layout import Containment, HallLayout, SupplyKind, generate_hall
from geometry.piping import Circuit
from solvers.heat.coil import rated_coil, water_rate
from solvers.heat.two_stream import transmission_slopes
from solvers.liquid.components.valve import Characteristic, Valve, opening_slopes, stroke_of, valve_law

DOORS = generate_hall(HallLayout(rows=2, racks_per_row=3, fan_walls=1, end_clearance=1.2, rear_doors=True))


def test_a_branch_over_each_row_feeds_its_doors_from_the_near_end():
    runs = {(run.start, run.end): run for run in cool_runs(DOORS)}
    assert cool_consumers(DOORS) == tuple(f"{row}0{n}.door" for row in "AB" for n in (1, 2, 3))
    assert runs["hall.cool_supply", "cool.hi.s1"].circuit is Circuit.COOL_SUPPLY
    assert runs["A.ds3", "A.ds2"].length == pytest.approx(0.6)  # one rack
    assert runs["A.dr2", "A.dr3"].circuit is Circuit.COOL_RETURN
    # 0.2 m aside, 0.55 m to the rear edge, 0.3 m down to the rack's top; the return 0.75 m
    assert runs["A.ds2", "A02.door.cool_in"].length == pytest.approx(1.05)
    assert runs["A02.door.cool_out", "A.dr2"].length == pytest.approx(1.25)
    assert ("cool.hi.r1", "hall.cool_return") in runs
    assert cool_runs(DOORS, doors=False) == ()
    assert len(runs) == 2 * (2 + 2 * (3 + 3))  # taps of the header, and for each rack a branch and a hose


def test_every_consumer_is_joined_to_supply_and_return():
    gallery = generate_hall(
        HallLayout(
            rows=2, racks_per_row=3, fan_walls=2, supply=SupplyKind.GALLERY, containment=Containment.NONE,
            end_clearance=1.2, rear_doors=True,
        )
    )  # fmt: skip
    for hall in (DOORS, gallery):
        for circuit, port in ((Circuit.COOL_SUPPLY, "cool_in"), (Circuit.COOL_RETURN, "cool_out")):
            reached = {f"hall.{circuit.value}"}
            runs = [run for run in cool_runs(hall) if run.circuit is circuit]
            for run in runs:  # laid outwards from the plant
                near, far = (run.end, run.start) if circuit.returns else (run.start, run.end)
                assert near in reached
                reached.add(far)
            assert {f"{name}.{port}" for name in cool_consumers(hall)} <= reached
            for run in runs:
                for point in run.path:
                    assert all(
                        low - 1e-9 <= p <= high + 1e-9
                        for p, low, high in zip(point, hall.room.low, hall.room.high, strict=True)
                    )
    walls = [unit.name for unit in gallery.units]
    assert cool_consumers(gallery)[:2] == tuple(walls)
    # fan walls stand on the low-x side and have the header there
    assert any(run.start == "cool.lo.s1" and run.end == f"{walls[0]}.cool_in" for run in cool_runs(gallery))


@pytest.mark.kernel
@pytest.mark.parametrize("characteristic", list(Characteristic))
def test_stroke_is_the_inverse_of_the_opening(characteristic):
    valve = replace(Valve(name="v", flow_coefficient=1e-4), characteristic=characteristic)
    stroke = np.array([0.0, 0.1, 0.25, 0.2556, 0.5, 0.9, 1.0])
    share = np.array([opening_slopes(valve_law(valve), y)[0] for y in stroke])
    assert stroke_of(valve, share) == pytest.approx(stroke, abs=1e-9)
    assert stroke_of(valve, np.array([2.0])) == 1.0


@pytest.mark.kernel
def test_the_water_a_coil_asks_for():
    """The inverse of a coil's transmission, as far as its valve opens."""
    coil = rated_coil(heat=15e3, c_air=1200.0, c_water=2500.0, inlet_difference=20.0, element="coil")
    for share in (0.02, 0.4, 0.999):
        most = float(transmission_slopes(coil, 1500.0, 2500.0)[0])
        rate = water_rate(coil, 1500.0, share * most, 2500.0)
        assert float(transmission_slopes(coil, 1500.0, rate)[0]) == pytest.approx(share * most, rel=1e-12)
    assert water_rate(coil, 1500.0, 1.01 * most, 2500.0) == 2500.0
    assert water_rate(coil, 1500.0, 0.0, 2500.0) == water_rate(coil, 0.0, 1.0, 2500.0) == 0.0
