"""Coils between hall air and a water circuit: balances by hand, starved coils, a broken balance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from geometry.piping import PipeRun
from solvers.air.coils import air_effectiveness
from solvers.air.problem import AirProblem, Control
from solvers.air.solve import solve_air
from solvers.coupling import Coupled, couple, require_closure
from solvers.errors import BalanceError
from solvers.liquid.hall.cool_circuit import CoolSide, CoolSolution, solve_cool_circuit
from solvers.liquid.hall.cool_plan import plan_cool_circuit
from twin.verification.case import Tier
from twin.verification.coupled_coils import PLANT, STATION, coils, settled, side_of, solve, with_doors
from twin.verification.device_boxes import COIL, RHO_CP, UNIT, WATER, sealed_room

pytestmark = pytest.mark.kernel

OPEN = replace(UNIT, control=Control.UNCONTROLLED, set_point=None)


@pytest.fixture(scope="module")
def starved() -> tuple[Coupled, CoolSolution]:
    """A unit and two doors, the second the farthest, with one of two pumps lost."""
    problem = with_doors(OPEN)
    return settled(problem, side_of(problem, lost=1))


def test_balances_worked_by_hand() -> None:
    rows = coils(Tier.QUICK)
    assert len(rows) == 9
    for row in rows:
        assert row.passed, row


def test_far_coils_starve_when_a_pump_is_lost(starved: tuple[Coupled, CoolSolution]) -> None:
    coupled, water = starved
    got = water.consumers.flow / water.consumers.rated
    assert water.consumers.starved.all()
    assert 0.3 < got[2] < got[1] < got[0] < 0.99  # the farther, the less
    assert water.pump_speed == 1.0
    assert water.consumers.stroke == pytest.approx([1.0] * 3)
    assert "3 of 3 get less than they ask for, b.door" in water.warnings[0]
    # less water, warmer water: the room finds a warmer level at which all heat leaves
    assert coupled.interface.closure < 1e-4
    assert water.heat == pytest.approx(10e3, rel=1e-5)
    full, _ = settled(coupled.problem, side_of(coupled.problem))
    assert coupled.air.unit_return[0] > full.air.unit_return[0] + 0.1


def test_the_order_of_consumers_does_not_matter(starved: tuple[Coupled, CoolSolution]) -> None:
    """Rack b before rack a, each with its pipes: the same heats, flows and temperatures by name."""
    coupled, water = starved
    problem = with_doors(OPEN)
    turned = replace(problem, racks=problem.racks[::-1])
    side = side_of(problem, lost=1)
    swapped = _same_pipes(turned, side.plan.runs)
    assert swapped.names == ("u", "b.door", "a.door")
    other, other_water = settled(turned, swapped)
    pick = [0, 2, 1]
    assert other_water.consumers.flow[pick] == pytest.approx(water.consumers.flow, rel=1e-9)
    assert other_water.consumers.heat[pick] == pytest.approx(water.consumers.heat, rel=1e-4)
    assert other.air.unit_return == pytest.approx(coupled.air.unit_return, abs=5e-4)


def _same_pipes(problem: AirProblem, runs: tuple[PipeRun, ...]) -> CoolSide:
    side = side_of(problem, lost=1)
    plan = plan_cool_circuit(
        runs, side.plan.consumers, side.plan.design, supply=side.source.supply, lost_pumps=1
    )
    return replace(side, plan=plan)


def test_a_starved_coil_of_a_held_unit_opens_its_valve() -> None:
    """Asked for more than a weak pump gives, the coil takes what there is and the supply floats up."""
    problem = sealed_room(replace(UNIT, set_point=293.15))
    side = side_of(problem, lost=1)
    weak = replace(side.plan.design, limit=0.5)
    coupled, water = settled(problem, replace(side, plan=replace(side.plan, design=weak)))
    assert water.flow == pytest.approx(0.3, rel=1e-9)  # half of the rated 0.6 kg/s
    # by hand: 1/UA = (0.6 1.2^-0.8 + 0.4 0.5^-0.85) / 1441.36, UA 1162.79 W/K: NTU 0.92594, c 0.87417
    assert air_effectiveness(COIL, RHO_CP, 1.2, 0.3) == pytest.approx(0.43312, abs=2e-5)
    assert coupled.air.unit_return[0] == pytest.approx(WATER + 10e3 / (0.43312 * RHO_CP * 1.2), abs=3e-3)
    assert coupled.air.unit_supply[0] > 296.0


def test_much_water_is_water_of_a_given_temperature() -> None:
    """With a thousand times the flow nothing warms up: a door has eps = 1 - exp(-UA / C_air), as if given."""
    problem = with_doors(OPEN)
    side = side_of(problem, flow=1000.0)
    coupled, water = settled(problem, side)
    assert water.back == pytest.approx(WATER, abs=5e-3)
    given = replace(
        problem,
        units=(replace(OPEN, water_flow=600.0),),
        racks=tuple(
            replace(r, door_coil=None, door_effectiveness=_door_share(problem)) for r in problem.fan_racks
        ),
    )
    fixed = solve_air(
        replace(given, racks=tuple(replace(rack, door_temperature=WATER) for rack in given.fan_racks))
    )
    assert coupled.air.unit_return == pytest.approx(fixed.unit_return, abs=1e-3)
    assert coupled.air.door_heat == pytest.approx(fixed.door_heat, rel=1e-4)
    assert coupled.interface.rounds == 1  # the plant holds the supply, nobody is starved


def _door_share(problem: AirProblem) -> float:
    coil = problem.fan_racks[0].door_coil
    assert coil is not None
    return air_effectiveness(coil, RHO_CP, 0.5, 200.0)


def test_water_too_warm_floats_the_hall() -> None:
    """Primary water 6 K warmer: the supply, the air and nothing else are 6 K warmer."""
    problem = sealed_room(OPEN)
    cold, cold_water = settled(problem, side_of(problem, STATION))
    warm_source = replace(STATION, supply=WATER + 3.0, primary=STATION.primary + 6.0)
    warm, warm_water = settled(problem, side_of(problem, warm_source))
    assert warm_water.supply - cold_water.supply == pytest.approx(6.0, abs=2e-3)
    assert warm.air.unit_return[0] - cold.air.unit_return[0] == pytest.approx(6.0, abs=5e-3)


def test_a_broken_interface_fails_loudly(starved: tuple[Coupled, CoolSolution]) -> None:
    meeting = starved[0].interface
    require_closure(meeting)
    leaking = meeting.water_heat * np.array([1.0, 1.0, 1.002])
    with pytest.raises(BalanceError, match=r"b\.door: .* kW leave the air, .* kW reach the water"):
        require_closure(replace(meeting, water_heat=leaking))
    with pytest.raises(BalanceError, match="open: nan"):
        require_closure(replace(meeting, water_heat=meeting.water_heat * np.nan))


def test_a_circuit_feeds_the_coils_there_are() -> None:
    with pytest.raises(InputError, match=r"the water circuit feeds u, the air has coils of u, a\.door"):
        couple(with_doors(), side_of(sealed_room()), solve)


def test_a_closed_circuit_stands_still() -> None:
    problem = with_doors()
    side = side_of(problem)
    still = solve_cool_circuit(side.plan, PLANT, np.zeros(3), np.full(3, 100.0))
    assert still.flow == still.heat == still.pump_power == 0.0
    assert still.back == still.supply == WATER
    with pytest.raises(InputError, match="must be finite"):
        solve_cool_circuit(side.plan, PLANT, np.full(3, np.nan), np.zeros(3))
    with pytest.raises(InputError, match="lost pumps of the cool circuit = 2: it has 2"):
        side_of(problem, lost=2)
