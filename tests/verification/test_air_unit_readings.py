"""Readings of units, racks and passages, the checks of devices, and air paths of a sealed hall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from air_cases import ALL, raster_of, uniform_grid
from unit_cases import COIL, RHO_CP, UNIT, sealed_room

from geometry.raster import Port
from solvers.air import heat, runs
from solvers.air.coils import air_effectiveness
from solvers.air.devices import impose_velocities
from solvers.air.fans import FanCurve
from solvers.air.flow import update_flux
from solvers.air.physics import physics_checks
from solvers.air.problem import AirProblem, AirSolution, Control, Exhaust, Precision, Supply
from solvers.air.recirculation import recirculation, thermal_response
from solvers.air.solve import solve_air
from solvers.air.tracers import freeze
from solvers.air.unit_readings import read_passages, read_racks, read_units

pytestmark = pytest.mark.kernel

FAN = FanCurve(flow=(0.0, 2.0), pressure=(4.0, 0.0))


@cache
def solved(control: Control = Control.SUPPLY, *, set_point: float = 295.15) -> tuple[AirProblem, AirSolution]:
    problem = sealed_room(replace(UNIT, control=control, set_point=set_point, fan=FAN, fan_power=200.0))
    return problem, solve_air(problem)


def test_unit_reading_at_its_operating_point() -> None:
    """The coil takes 10.2 kW; it could take its effectiveness times rho cp Q times return less water."""
    problem, solution = solved()
    (unit,) = read_units(problem, solution)
    assert unit.heat == pytest.approx(10_200.0, rel=1e-6)
    full = air_effectiveness(COIL, RHO_CP, unit.flow, 0.6) * RHO_CP * unit.flow
    assert unit.capacity == pytest.approx(full * (unit.return_temperature - 288.15), rel=1e-9)
    assert unit.utilisation == pytest.approx(10_200.0 / unit.capacity, rel=1e-6)
    assert not unit.saturated
    assert unit.flow == pytest.approx(2.0 - 0.5 * unit.pressure, rel=2e-3)


def test_a_saturated_unit_says_so() -> None:
    (unit,) = read_units(*solved(set_point=286.15))
    assert unit.saturated
    assert unit.utilisation == pytest.approx(1.0, abs=1e-9)
    (free,) = read_units(*solved(Control.UNCONTROLLED))
    assert not free.saturated
    assert free.utilisation == pytest.approx(1.0, abs=1e-9)


def test_racks_read_their_flow_and_pressure() -> None:
    racks = read_racks(*solved())
    assert [(r.name, r.flow, r.rated, r.backflow) for r in racks] == [
        ("a", 0.5, 0.5, 0.0),
        ("b", 0.5, 0.5, 0.0),
    ]
    assert racks[0].pressure == pytest.approx(racks[1].pressure, abs=0.02)


def test_passage_reads_flow_temperature_and_drop() -> None:
    """0.3 m3/s at 295.15 K through a grille of K = 40 in 0.5 m2: 40 * 1.19 * 0.36 / 2 = 8.568 Pa."""
    raster = raster_of(
        uniform_grid((1, 1, 8), (2.0, 1.0, 0.5)),
        losses=[(0, (ALL, ALL, slice(4, 5)), 40.0)],
        ports=[("in", 0, +1, (ALL, ALL, slice(0, 1))), ("out", 0, -1, (ALL, ALL, slice(8, 9)))],
    )
    at = np.array([0])
    door = Port(name="door", axis=0, inward=-1, k=at, j=at, i=np.array([4]), area=np.array([0.5]))
    problem = AirProblem(
        raster=replace(raster, passages={"door": door}),
        supplies=(Supply(port="in", flow=0.3, temperature=295.15),),
        exhausts=(Exhaust(port="out", backflow_temperature=295.15),),
        racks=(),
    )
    (reading,) = read_passages(problem, solve_air(problem))
    assert reading.flow == pytest.approx(-0.3, rel=1e-9)  # against the passage's direction
    assert reading.against == pytest.approx(0.0, abs=1e-12)
    assert reading.temperature == pytest.approx(295.15, abs=1e-6)
    assert reading.pressure == pytest.approx(8.568, rel=1e-3)


# -- physics checks --------------------------------------------------------------------------------------


def verdicts(solution: AirSolution) -> dict[str, bool]:
    problem, _ = solved()
    checks = physics_checks(problem, solution, freeze(problem, solution), drift_tolerance=0.05)
    return {check.name: check.passed for check in checks}


def test_an_honest_sealed_hall_passes() -> None:
    found = verdicts(solved()[1])
    assert {"fans on their curves", "coils within their capacity", "no backflow through fans"} <= set(found)
    assert all(found.values()), found


def reversed_outlet(solution: AirSolution) -> AirSolution:
    u = solution.state.u.copy()
    u[0, 2, 2] = -0.1
    return replace(solution, state=replace(solution.state, u=u))


FALSIFIED: dict[str, Callable[[AirSolution], AirSolution]] = {
    "no backflow through fans": reversed_outlet,
    "fans on their curves": lambda s: replace(s, unit_flow=1.05 * s.unit_flow),
    "coils within their capacity": lambda s: replace(s, unit_supply=s.unit_supply - 5.0),
    "heat found behind racks and in units": lambda s: replace(s, unit_return=s.unit_return + 0.5),
}


@pytest.mark.parametrize("name", FALSIFIED)
def test_each_check_of_devices_fails_when_it_should(name: str) -> None:
    assert not verdicts(FALSIFIED[name](solved()[1]))[name]


# -- air paths -------------------------------------------------------------------------------------------


def frozen_inlets(problem: AirProblem, solution: AirSolution) -> np.ndarray:
    """Rack inlets of the temperature converged tightly on the flow of `solution`."""
    state = solution.state
    run = runs.start_run(problem, state, Precision.DOUBLE)
    system, fields = run.system, run.fields
    system.lattice.cells(fields.viscosity)[...] = solution.viscosity
    system.devices.operate(solution, run.reference)
    impose_velocities(system.devices, fields.velocity)
    update_flux(system, fields)
    heat.solve_temperature(system, fields, tolerance=1e-11, max_passes=3000)
    inlet = system.devices.inlet_theta(fields.theta, fields.flux)
    return inlet[: system.devices.racks] + run.reference


def test_shares_of_a_sealed_hall_sum_to_one() -> None:
    problem, solution = solved()
    traced = recirculation(freeze(problem, solution), tolerance=1e-13)
    assert traced.names == ("a", "b", "u")
    assert traced.closure < 1e-10
    assert np.abs(traced.drawn.sum(axis=1) - 1.0).max() < 1e-10
    # what a rack blows is drawn by the unit or a rack: captured or breathed
    breathed = (solution.rack_flow[:, None] * traced.inlet[:, :2]).sum(axis=0) / solution.rack_flow
    assert traced.captured + breathed == pytest.approx([1.0, 1.0], abs=1e-9)


@pytest.mark.parametrize(
    ("control", "set_point"),
    [(Control.SUPPLY, 295.15), (Control.UNCONTROLLED, 293.15), (Control.RETURN, 301.15)],
)
def test_what_if_of_a_sealed_hall(control: Control, set_point: float) -> None:
    """Other heats on the frozen flow: the unit answers as its valve does."""
    problem, solution = solved(control, set_point=set_point)
    base = frozen_inlets(problem, solution)
    traced = recirculation(freeze(problem, solution), tolerance=1e-13)
    response = thermal_response(problem, solution, traced)
    racks = tuple(replace(rack, heat=1.02 * rack.heat) for rack in problem.racks)
    found = response.what_if(1.02 * response.heat) - response.what_if()
    again = frozen_inlets(replace(problem, racks=racks), solution) - base
    assert np.abs(again).min() > 0.01
    assert found == pytest.approx(again, rel=0.02)
