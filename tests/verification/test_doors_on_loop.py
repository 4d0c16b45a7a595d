"""Rear doors fed by a CDU, with the air of their room: by hand, held and floating."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geometry.errors import InputError
from solvers.coupling import Sides, couple
from solvers.liquid.hall.doors import door_side
from twin.verification.case import Tier
from twin.verification.coupled_coils import solve
from twin.verification.doors_on_loop import (
    AIR,
    FACILITY,
    GUESSED,
    SET_POINT,
    doors,
    loop_of,
    room_of_doors,
    settled,
)

pytestmark = pytest.mark.kernel


def test_balances_worked_by_hand() -> None:
    rows = doors(Tier.QUICK)
    assert len(rows) == 8
    for row in rows:
        assert row.passed, row


def test_cold_facility_water_holds_the_supply_and_the_first_answer_is_the_last() -> None:
    """Doors of 200 W/K at 285.15 K draw air of 310.15 K; their coolant does not wait for their heat."""
    room = settled(None)
    assert room.coupled.interface.rounds == 1
    assert room.loop.tcs_supply == pytest.approx(SET_POINT, abs=1e-9)
    assert room.coupled.interface.air_inlet.mean() == pytest.approx(SET_POINT + 25.0, abs=0.02)
    assert room.loop.heat == pytest.approx(2 * (15e3 + AIR), rel=1e-6)


def test_warmer_facility_water_warms_the_room_by_as_much() -> None:
    cold, warm = settled(), settled(FACILITY + 4.0)
    assert warm.loop.tcs_supply - cold.loop.tcs_supply == pytest.approx(4.0, abs=1e-3)
    assert warm.coupled.air.rack_inlet_mean - cold.coupled.air.rack_inlet_mean == pytest.approx(4.0, abs=5e-3)


def test_the_loop_knows_its_doors() -> None:
    side = loop_of(room_of_doors())
    assert side.names == ("A01.door", "A02.door")
    assert side.plan.racks == ("A01", "A02", *side.names)
    states = side.states(side.design)
    assert states.heat == pytest.approx([GUESSED] * 2)
    assert states.rated == pytest.approx([0.2] * 2)
    assert not states.starved.any()
    with pytest.raises(InputError, match=r"last branches of the loop are A02\.door, not the doors A01\.door"):
        door_side(side.plan, side.branches, ["A01.door"], set_point=SET_POINT)
    with pytest.raises(
        InputError, match=r"the water circuit feeds A01\.door, A02\.door, the air has coils of"
    ):
        couple(replace(room_of_doors(), racks=room_of_doors().racks[::-1]), Sides(parts=(side,)), solve)
