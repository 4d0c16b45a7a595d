"""Starting from an earlier answer: near enough to be quick, and never taken for the answer itself."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from geometry.grid import Array
from solvers.air import flow, turbulence
from solvers.air.coarsen import coarser_problems
from solvers.air.correction import correct, inlet_worth
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirSolution,
    AirState,
    AirStatus,
    Precision,
)
from solvers.air.runs import Run, start_run
from solvers.air.solve import STEP, STILL, solve_air
from twin.benchmarks.hall_small import hall_small

pytestmark = pytest.mark.kernel

TOLERANCE = 0.02  # K
CONTROLS = AirControls(temperature_tolerance=TOLERANCE, precision=Precision.SINGLE)
# windows ask for a drift below the tolerance; answers from two sides lie within a few times of it
APART = 3.0 * TOLERANCE


@cache
def hall() -> AirProblem:
    """16 racks, 48,000 cells."""
    return hall_small(0.2)


@cache
def cold() -> AirSolution:
    return solve_air(hall(), CONTROLS)


def warmer_supply() -> AirProblem:
    return replace(hall(), supplies=(replace(hall().supplies[0], temperature=293.15),))


def stronger_rack() -> AirProblem:
    return replace(hall(), racks=(replace(hall().racks[0], heat=7500.0), *hall().racks[1:]))


def slower_fans() -> AirProblem:
    return replace(hall(), racks=(replace(hall().racks[0], flow=0.175), *hall().racks[1:]))


def test_a_warmer_supply_shifts_the_answer_and_little_else() -> None:
    warm = solve_air(warmer_supply(), CONTROLS, initial=cold().state)
    assert warm.status is AirStatus.CONVERGED
    assert warm.iterations <= cold().iterations / 4  # the flow is the answer already
    np.testing.assert_allclose(warm.rack_inlet_mean, cold().rack_inlet_mean + 2.0, atol=APART)


@pytest.mark.parametrize("changed", [stronger_rack, slower_fans])
def test_a_warm_answer_is_the_cold_one(changed) -> None:  # type: ignore[no-untyped-def]
    problem = changed()
    warm = solve_air(problem, CONTROLS, initial=cold().state)
    again = solve_air(problem, CONTROLS)
    assert warm.status is again.status is AirStatus.CONVERGED
    np.testing.assert_allclose(warm.rack_inlet_mean, again.rack_inlet_mean, atol=APART)
    np.testing.assert_allclose(warm.rack_outlet, again.rack_outlet, atol=APART)
    assert warm.air_energy < 1e-4


def test_a_wrong_start_is_not_taken_for_the_answer() -> None:
    """All air at rest and 5 K too warm: a window must not pass before the hall has answered."""
    state = cold().state
    wrong = replace(
        state, u=0.0 * state.u, v=0.0 * state.v, w=0.0 * state.w, temperature=state.temperature + 5.0
    )
    found = solve_air(hall(), CONTROLS, initial=wrong)
    assert found.status is AirStatus.CONVERGED
    np.testing.assert_allclose(found.rack_inlet_mean, cold().rack_inlet_mean, atol=APART)


def test_a_wrong_eddy_far_from_all_racks_is_found() -> None:
    """The air of one corner turns the other way: no rack breathes it, so that what it lacks has to tell."""
    state = cold().state

    def turned(values: Array) -> Array:
        values = values.copy()
        values[:, -values.shape[1] // 5 :, -values.shape[2] // 6 :] *= -1.0
        return values

    wrong = replace(state, u=turned(state.u), v=turned(state.v), w=turned(state.w))
    assert worth(wrong) > STILL * TOLERANCE > 1.2 * worth(state)
    found = solve_air(hall(), CONTROLS, initial=wrong)
    assert found.status is AirStatus.CONVERGED
    np.testing.assert_allclose(found.rack_inlet_mean, cold().rack_inlet_mean, atol=APART)


def worth(state: AirState) -> float:
    """What the momentum that `state` lacks may do to an inlet [K], as a warm start finds it."""
    run = start_run(hall(), state, Precision.SINGLE)
    turbulence.update_viscosity(run.system, run.eddies, run.fields, STEP)
    return inlet_worth(run, STEP)


def inlets(run: Run) -> Array:
    return run.system.devices.inlet_theta(run.fields.theta, run.fields.flux) + run.reference


def test_coarse_grids_leave_an_answer_as_it_is() -> None:
    """They answer to what is lacking, and an answer lacks nothing: no matter how coarse they are."""
    settled = solve_air(
        hall(),
        replace(CONTROLS, temperature_tolerance=1e-9, max_iterations=150),
        initial=cold().state,
    )
    coarser = coarser_problems(hall())
    assert coarser
    run = start_run(hall(), settled.state, Precision.SINGLE)
    turbulence.update_viscosity(run.system, run.eddies, run.fields, STEP)
    before, energy = inlets(run), flow.kinetic_energy(run.system, run.fields)
    correct(run, coarser, STEP)
    np.testing.assert_allclose(inlets(run), before, atol=0.25 * TOLERANCE)
    assert flow.kinetic_energy(run.system, run.fields) == pytest.approx(energy, rel=2e-3)
