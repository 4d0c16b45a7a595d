"""Physics checks: an honest answer passes each, and one falsified on purpose fails exactly the check
meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from air_cases import ALL, raster_of, uniform_grid

from geometry.hall import Aisle, AisleKind, Box, Hall
from solvers.air.bodies import heat_by_body
from solvers.air.physics import physics_checks
from solvers.air.problem import AirControls, AirProblem, AirSolution, AirStatus, Exhaust, Supply, ThroughFlow
from solvers.air.readings import aisle_balances, read_openings
from solvers.air.solve import solve_air
from solvers.air.tracers import freeze

pytestmark = pytest.mark.kernel

RHO_CP = 1.19 * 1006.0  # J/m3/K


@cache
def solved() -> tuple[AirProblem, AirSolution]:
    """Along x: supply, rack that fills the duct, leaky panel of K = 4000, two exhausts."""
    raster = raster_of(
        uniform_grid((5, 4, 16), (3.2, 0.8, 1.0)),
        solids=[(ALL, ALL, slice(5, 7))],
        losses=[(0, (ALL, ALL, slice(12, 13)), 4000.0)],
        ports=[
            ("in", 0, +1, (ALL, ALL, slice(0, 1))),
            ("r.front", 0, -1, (ALL, ALL, slice(5, 6))),
            ("r.rear", 0, +1, (ALL, ALL, slice(7, 8))),
            ("low", 0, -1, (slice(0, 3), ALL, slice(16, 17))),
            ("high", 0, -1, (slice(3, 5), ALL, slice(16, 17))),
        ],
    )
    problem = AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=0.2, temperature=293.15),),
        exhausts=tuple(Exhaust(port=name, backflow_temperature=293.15) for name in ("low", "high")),
        racks=(ThroughFlow(name="r", intake="r.front", exhaust="r.rear", flow=0.2, heat=1000.0),),
    )
    return problem, solve_air(problem, AirControls(max_iterations=400))


def verdicts(solution: AirSolution) -> dict[str, bool]:
    problem, _ = solved()
    checks = physics_checks(problem, solution, freeze(problem, solution), drift_tolerance=0.05)
    return {check.name: check.passed for check in checks}


def test_an_honest_answer_passes() -> None:
    _, solution = solved()
    assert verdicts(solution) == dict.fromkeys(
        (
            "mass of each region",
            "sealed envelope",
            "energy closure",
            "monitors settled",
            "plausible velocities",
            "second law",
            "no backflow through exhausts",
            "inlets no colder than what is blown",
            "inlets no hotter than what is blown",
            "no backflow through fans",
            "heat found behind racks and in units",
            "heat agrees from place to place",
            "resistances deliver their pressure drop",
        ),
        True,
    )


def with_u(solution: AirSolution, change: Callable[[np.ndarray], None]) -> AirSolution:
    u = solution.state.u.copy()
    change(u)
    return replace(solution, state=replace(solution.state, u=u))


def leak(u: np.ndarray) -> None:
    u[:, :, 16] *= 1.001


def through_solid(u: np.ndarray) -> None:
    u[0, 0, 6] = 0.01


def race(u: np.ndarray) -> None:
    u[2, 2, 10] = 20.0


def reverse(u: np.ndarray) -> None:
    u[4, :, 16] = -0.05


def backwards(u: np.ndarray) -> None:
    u[0, 0, 5] = -0.01


def warmer_where_drawn(solution: AirSolution) -> AirSolution:
    """Air that cools on its way from the rack to the exhausts: heat flows off into nothing."""
    temperature = solution.state.temperature.copy()
    temperature[:, :, 10:] -= 0.5
    return replace(solution, state=replace(solution.state, temperature=temperature))


def colder_behind_the_panel(solution: AirSolution) -> AirSolution:
    """0.3 K in 0.2 m3/s are 72 W of the 1000 W that pass."""
    temperature = solution.state.temperature.copy()
    temperature[:, :, 14:] -= 0.3
    return replace(solution, state=replace(solution.state, temperature=temperature))


FALSIFIED: dict[str, Callable[[AirSolution], AirSolution]] = {
    "mass of each region": lambda s: with_u(s, leak),
    "sealed envelope": lambda s: with_u(s, through_solid),
    "energy closure": lambda s: replace(s, air_energy=2e-3),
    "monitors settled": lambda s: replace(s, status=AirStatus.NOT_CONVERGED),
    "plausible velocities": lambda s: with_u(s, race),
    "second law": warmer_where_drawn,
    "no backflow through exhausts": lambda s: with_u(s, reverse),
    "no backflow through fans": lambda s: with_u(s, backwards),
    "heat found behind racks and in units": lambda s: replace(s, rack_outlet=s.rack_outlet + 0.5),
    "heat agrees from place to place": colder_behind_the_panel,
    "inlets no colder than what is blown": lambda s: replace(s, rack_inlet_mean=s.rack_inlet_mean - 0.1),
    "inlets no hotter than what is blown": lambda s: replace(s, rack_inlet_max=s.rack_inlet_max + 10.0),
    "resistances deliver their pressure drop": lambda s: replace(
        s, state=replace(s.state, pressure=0.8 * s.state.pressure)
    ),
}


@pytest.mark.parametrize("name", FALSIFIED)
def test_each_check_fails_when_it_should(name: str) -> None:
    _, solution = solved()
    assert not verdicts(FALSIFIED[name](solution))[name]


def test_heat_goes_from_body_to_body_of_air() -> None:
    """1000 W: none before the rack, all through the air between rack and panel, and behind the panel."""
    problem, solution = solved()
    found = heat_by_body(problem, freeze(problem, solution))
    assert found is not None
    assert found.into == pytest.approx([0.0, 1000.0, 1000.0], abs=1.0)
    assert found.out == pytest.approx([0.0, 1000.0, 1000.0], abs=1.0)


def test_one_room_has_no_places_to_compare() -> None:
    problem, solution = solved()
    raster = replace(problem.raster, loss_x=np.minimum(problem.raster.loss_x, 50.0))
    open_hall = replace(problem, raster=raster)
    assert heat_by_body(open_hall, freeze(open_hall, solution)) is None


def test_nan_does_not_pass() -> None:
    _, solution = solved()
    assert not verdicts(replace(solution, air_energy=float("nan")))["energy closure"]


def test_inlets_that_wander_are_judged_by_the_drift_of_their_means() -> None:
    _, solution = solved()
    step = np.linspace(0.0, 1.0, 200)[:, None] * np.ones((1, len(solution.rack_inlet_mean)))
    wander = np.sin(np.arange(200.0))[:, None] * np.ones_like(step)  # K, at rest in the mean

    def status(inlets: np.ndarray, status: AirStatus) -> bool:
        history = {**solution.history, "inlets": 291.15 + inlets}
        changed = replace(solution, history=history, status=status, window=100)
        return verdicts(changed)["monitors settled"]

    assert status(wander, AirStatus.UNSTEADY)
    assert not status(wander + step, AirStatus.UNSTEADY)
    assert not status(step, AirStatus.CONVERGED)


def test_openings_carry_the_heat_of_the_rack() -> None:
    """1,000 W in 0.2 m3/s: 4.176 K; both exhausts together take the flow and the heat."""
    problem, solution = solved()
    supply, low, high = read_openings(problem, solution)
    assert (supply.port, supply.flow, supply.temperature) == ("in", 0.2, 293.15)
    assert low.flow + high.flow == pytest.approx(0.2, rel=1e-9)
    assert low.heat + high.heat == pytest.approx(1000.0, rel=1e-6)
    assert low.temperature == pytest.approx(293.15 + 1000.0 / (RHO_CP * 0.2), abs=1e-5)
    assert (low.backflow, high.backflow) == (0.0, 0.0)
    # upstream of the panel, 4000 * 1.19 * 0.25^2 / 2 = 149 Pa above the exhausts
    falsified = with_u(solution, reverse)
    assert read_openings(problem, falsified)[2].backflow > 0.1


def test_aisles_balance() -> None:
    problem, solution = solved()

    def box(x0: float, x1: float) -> Box:
        return Box(x0=x0, x1=x1, y0=0.0, y1=0.8, z0=0.0, z1=1.0)

    hall = Hall(
        name="duct",
        room=box(0.0, 3.2),
        racks=(),
        aisles=(
            Aisle(name="cold", kind=AisleKind.COLD, box=box(0.0, 1.0)),
            Aisle(name="hot", kind=AisleKind.HOT, box=box(1.4, 2.4)),
        ),
    )
    cold, hot = aisle_balances(hall, problem, solution)
    assert (cold.supplied, cold.drawn, cold.blown, cold.leaving) == pytest.approx((0.2, 0.2, 0.0, 0.0))
    assert cold.ratio == pytest.approx(1.0)
    assert (hot.blown, hot.surplus) == pytest.approx((0.2, 0.2))
    assert np.isnan(hot.ratio)
    # 149 Pa of the panel stand in the hot part; the cold one floats about its own mean
    assert hot.pressure == pytest.approx(148.75, rel=0.05)
    assert abs(cold.pressure) < 1.0
