"""Heat from the pipes of a hall to its room: one pipe by hand, a hall whose balances close with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.liquid.hall.losses import PipeInsulation, conductance
from solvers.liquid.hall.plan import plan_loop
from solvers.liquid.hall.solve import solve_hall_loop
from twin.verification.liquid_halls import L_MIN, ZERO, hall_runs, loop_design, racks

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def solved():
    names, runs = hall_runs(2, 4)
    load = racks(names, flow=119.0 * L_MIN)
    design = replace(loop_design(), insulation=PipeInsulation(thickness=0.03, room=ZERO + 25.0))
    plan = plan_loop(runs, load, design, supply=ZERO + 40.0)
    return plan, load, solve_hall_loop(plan, load, set_point=ZERO + 40.0)


def test_a_pipe_by_hand(solved):
    """DN 100, bore 107.1 mm, 30 mm of foam: ln(167.1 / 107.1) / (2 pi 0.036) = 1.966 m K/W, its surface
    1 / (pi 0.1671 9) = 0.2117: 0.4592 W/(m K). Some 7 W a metre at 40 degC in a room of 25."""
    plan, _, _ = solved
    network = replace(
        plan.tcs, diameter=np.array([0.1071]), length=np.array([10.0]), parallel=np.array([2.0])
    )
    found = conductance(network, PipeInsulation(thickness=0.03))
    assert found == pytest.approx([2 * 10.0 * 0.4592], rel=1e-3)


def test_what_a_hall_loses_is_conductance_times_difference(solved):
    plan, _, got = solved
    insulation = plan.design.insulation
    pipes = got.pipes
    ua = np.concatenate((conductance(plan.tcs, insulation), conductance(plan.fws, insulation)))
    # a pipe of few watts hardly cools: its loss is that at its inlet
    assert pipes.loss == pytest.approx(ua * (pipes.temperature - insulation.room), rel=2e-3, abs=1e-9)
    assert got.pipe_loss == pytest.approx(pipes.loss.sum())
    assert 3.0 < got.pipe_loss / pipes.length.sum() < 15.0  # [W/m]


def test_the_balances_close_with_it(solved):
    plan, load, got = solved
    assert max(got.loop_mass, got.loop_energy) <= 1e-10
    warm = got.pipes.loss[: len(plan.tcs_runs)].sum()
    assert got.heat_fws == pytest.approx(got.heat + got.pump_power - warm, rel=1e-12)
    assert got.racks.inlet.max() < ZERO + 40.0  # the supply cools on its way
    tight = replace(plan, design=replace(plan.design, insulation=None))
    plain = solve_hall_loop(tight, load, set_point=ZERO + 40.0)
    assert plain.pipe_loss == 0.0
    assert plain.heat_fws > got.heat_fws


def test_insulation_that_cannot_be(solved):
    with pytest.raises(InputError, match="thickness of the pipes' insulation = -10 mm"):
        PipeInsulation(thickness=-0.01)
