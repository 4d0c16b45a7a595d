"""Tracers on a frozen flow: shares close, temperatures follow from them, age obeys the room's balance."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from air_cases import ALL, raster_of, uniform_grid

from geometry.errors import InputError
from geometry.hall import Side
from solvers.air import heat, runs
from solvers.air.age import air_age
from solvers.air.devices import impose_velocities
from solvers.air.flow import update_flux
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirSolution,
    Convection,
    Exhaust,
    Supply,
    ThroughFlow,
    Wall,
)
from solvers.air.recirculation import recirculation, thermal_response
from solvers.air.solve import solve_air
from solvers.air.system import new_fields
from solvers.air.tracers import freeze

pytestmark = pytest.mark.kernel


@cache
def room(convection: Convection = Convection.TVD, *, doors: bool = False, wall: bool = False) -> AirProblem:
    """Two racks that face each other over a cold aisle with one tile, unequal, and a grille to one side."""
    grid = uniform_grid((8, 14, 8), (2.4, 4.2, 2.4))
    racks = (slice(0, 5), slice(3, 5), slice(2, 4)), (slice(0, 5), slice(9, 11), slice(4, 6))
    raster = raster_of(
        grid,
        solids=racks,
        ports=[
            ("tile-1", 2, +1, (slice(0, 1), slice(5, 7), slice(2, 6))),
            ("tile-2", 2, +1, (slice(0, 1), slice(7, 9), slice(2, 6))),
            ("a.front", 1, +1, (slice(0, 5), slice(5, 6), slice(2, 4))),
            ("a.rear", 1, -1, (slice(0, 5), slice(3, 4), slice(2, 4))),
            ("b.front", 1, -1, (slice(0, 5), slice(9, 10), slice(4, 6))),
            ("b.rear", 1, +1, (slice(0, 5), slice(11, 12), slice(4, 6))),
            ("grille", 2, -1, (slice(8, 9), slice(11, 13), slice(1, 7))),
        ],
    )
    door = 0.4 if doors else 0.0
    return AirProblem(
        raster=raster,
        supplies=(
            Supply(port="tile-1", flow=0.15, temperature=291.15),
            Supply(port="tile-2", flow=0.15, temperature=293.15),
        ),
        exhausts=(Exhaust(port="grille", backflow_temperature=291.15),),
        racks=tuple(
            ThroughFlow(
                name=name,
                intake=f"{name}.front",
                exhaust=f"{name}.rear",
                flow=flow,
                heat=warmth,
                door_effectiveness=door,
                door_temperature=292.15,
            )
            for name, flow, warmth in (("a", 0.25, 3000.0), ("b", 0.2, 2000.0))
        ),
        convection=convection,
        walls=(Wall(side=Side.X_LO, temperature=296.15),) if wall else (),
    )


@cache
def solved(problem_key: tuple[Convection, bool, bool]) -> tuple[AirProblem, AirSolution]:
    convection, doors, wall = problem_key
    problem = room(convection, doors=doors, wall=wall)
    return problem, frozen_solution(problem, solve_air(problem, AirControls(max_iterations=60)))


def frozen_solution(problem: AirProblem, solution: AirSolution) -> AirSolution:
    """The temperature of `problem` converged tightly on the flow of `solution`."""
    system, reference = runs.build_system(problem)
    fields = new_fields(system.lattice, problem.properties.viscosity)
    runs.load_state(system, None, fields, solution.state, reference)
    impose_velocities(system.devices, fields.velocity)
    system.lattice.cells(fields.viscosity)[...] = solution.viscosity
    update_flux(system, fields)
    heat.solve_temperature(system, fields, tolerance=1e-11, max_passes=2000)
    inlet = system.devices.inlet_theta(fields.theta, fields.flux)
    fluid = ~problem.raster.solid
    temperature = np.where(
        fluid, system.lattice.cells(fields.theta) + reference, problem.properties.temperature
    )
    return replace(
        solution,
        state=replace(solution.state, temperature=temperature),
        rack_inlet_mean=inlet + reference,
        rack_outlet=system.devices.outlet_theta(inlet)[0] + reference,
    )


ALL_KINDS = [(c, d, w) for c in Convection for d, w in ((False, False), (True, True))]


@pytest.mark.parametrize("key", ALL_KINDS, ids=str)
def test_shares_of_every_rack_sum_to_one(key: tuple[Convection, bool, bool]) -> None:
    problem, solution = solved(key)
    traced = recirculation(freeze(problem, solution), tolerance=1e-13)
    assert traced.closure < 1e-11
    assert np.abs(np.nansum(traced.leaving, axis=1) - 1.0).max() < 1e-11
    assert traced.names[:4] == ("tile-1", "tile-2", "a", "b")
    assert 0.2 < traced.capture_cold.min() < traced.capture_cold.max() < 1.0


@pytest.mark.parametrize("key", ALL_KINDS, ids=str)
def test_inlets_are_the_mix_of_the_sources(key: tuple[Convection, bool, bool]) -> None:
    """T_in = sum of shares times the temperatures the sources blow: the run's own inlets, limiter and all."""
    problem, solution = solved(key)
    traced = recirculation(freeze(problem, solution), tolerance=1e-13)
    blown = [problem.supplies[s.supplies[0]].temperature for s in traced.sources if s.supplies]
    blown += list(solution.rack_outlet)
    for source in traced.sources:
        if source.exhausts:
            blown.append(291.15)
        if source.walls:
            blown.append(296.15)
    assert np.abs(traced.inlet @ np.array(blown) - solution.rack_inlet_mean).max() < 1e-6


@pytest.mark.parametrize("convection", [Convection.UPWIND, Convection.CENTRAL])
@pytest.mark.parametrize("doors", [False, True])
def test_what_if_equals_a_solve_on_the_frozen_flow(convection: Convection, doors: bool) -> None:
    problem, solution = solved((convection, doors, False))
    traced = recirculation(freeze(problem, solution), tolerance=1e-13)
    response = thermal_response(problem, solution, traced)
    assert np.array_equal(response.what_if(), solution.rack_inlet_mean)
    changed = replace(
        problem,
        racks=(replace(problem.racks[0], heat=4500.0), replace(problem.racks[1], heat=500.0)),
        supplies=(problem.supplies[0], replace(problem.supplies[1], temperature=295.15)),
    )
    again = frozen_solution(changed, solution)
    found = response.what_if({"a": 4500.0, "b": 500.0}, supply_temperature={"tile-2": 295.15})
    assert np.abs(again.rack_inlet_mean - solution.rack_inlet_mean).max() > 0.1
    assert np.abs(found - again.rack_inlet_mean).max() < 1e-6


def test_what_if_with_the_limiter_is_exact_for_a_common_factor() -> None:
    """A limiter does not see the scale of a field: all heats and supply differences times 1.5."""
    problem, solution = solved((Convection.TVD, False, False))
    response = thermal_response(problem, solution, recirculation(freeze(problem, solution), tolerance=1e-13))
    heats = 1.5 * response.heat
    changed = replace(
        problem,
        racks=tuple(replace(r, heat=float(q)) for r, q in zip(problem.racks, heats, strict=True)),
        supplies=(problem.supplies[0], replace(problem.supplies[1], temperature=291.15 + 1.5 * 2.0)),
    )
    again = frozen_solution(changed, solution).rack_inlet_mean
    found = response.what_if(heats, supply_temperature={"tile-2": 294.15})
    assert np.abs(found - again).max() < 1e-6
    # another pattern of heats moves the limiter a little
    one = replace(problem, racks=(replace(problem.racks[0], heat=4500.0), problem.racks[1]))
    moved = frozen_solution(one, solution).rack_inlet_mean
    change = np.abs(moved - solution.rack_inlet_mean).max()
    assert np.abs(response.what_if({"a": 4500.0}) - moved).max() < 0.05 * change


def test_exhaust_is_captured_or_breathed() -> None:
    """What a rack blows out leaves by the grille or enters a rack."""
    problem, solution = solved((Convection.TVD, False, False))
    traced = recirculation(freeze(problem, solution), tolerance=1e-13)
    flow = np.array([rack.flow for rack in problem.racks])
    breathed = (flow[:, None] * traced.inlet[:, 2:4]).sum(axis=0) / flow
    assert traced.captured + breathed == pytest.approx([1.0, 1.0], abs=1e-10)


def test_groups_add_up() -> None:
    problem, solution = solved((Convection.TVD, False, False))
    frozen = freeze(problem, solution)
    each = recirculation(frozen, tolerance=1e-13)
    row = recirculation(frozen, groups={"a": "row", "b": "row"}, tolerance=1e-13)
    assert row.names[:3] == ("tile at 291.15 K", "tile at 293.15 K", "row")
    assert row.inlet[:, 2] == pytest.approx(each.inlet[:, 2:4].sum(axis=1), abs=1e-11)
    with pytest.raises(InputError, match="every rack as a source"):
        thermal_response(problem, solution, row)
    with pytest.raises(InputError, match="rack b"):
        recirculation(frozen, groups={"a": "row"})


def test_bad_what_ifs_are_refused() -> None:
    problem, solution = solved((Convection.UPWIND, False, False))
    response = thermal_response(problem, solution, recirculation(freeze(problem, solution)))
    with pytest.raises(InputError, match="rack 'z'"):
        response.what_if({"z": 1.0})
    with pytest.raises(InputError, match="air heat of rack a = -1 W"):
        response.what_if({"a": -1.0})
    with pytest.raises(InputError, match="shape"):
        response.what_if(np.zeros(3))
    with pytest.raises(InputError, match="supply temperature of supply tile-1 = 20 K"):
        response.what_if(supply_temperature=20.0)
    other = replace(problem, raster=replace(problem.raster, grid=uniform_grid((4, 4, 4))))
    with pytest.raises(InputError, match="grid"):
        freeze(other, solution)


def test_age_of_the_air_that_leaves_is_volume_over_flow() -> None:
    """Sandberg 1981: whatever the flow, the mean age of all leaving air is V / Q."""
    problem, solution = solved((Convection.TVD, False, True))
    age = air_age(freeze(problem, solution), tolerance=1e-12)
    assert age is not None
    grid = problem.raster.grid
    volume = float(grid.volume[~problem.raster.solid].sum())
    frozen = freeze(problem, solution)
    leaving = float(np.maximum(frozen.outflow, 0.0).sum())
    assert age.leaving[0] == pytest.approx(volume / leaving, rel=1e-7)
    assert np.all(age.rack_inlet > 0.0)
    assert age.field[~problem.raster.solid].min() > 0.0


def test_age_in_a_duct_of_plug_flow() -> None:
    """Without diffusion, upwind: at the end of cell n the air is n cell volumes over the flow old."""
    raster = raster_of(
        uniform_grid((1, 1, 10), (2.0, 1.0, 1.0)),
        ports=[("in", 0, +1, (ALL, ALL, slice(0, 1))), ("out", 0, -1, (ALL, ALL, slice(10, 11)))],
    )
    problem = AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=0.5, temperature=293.15),),
        exhausts=(Exhaust(port="out", backflow_temperature=293.15),),
        racks=(),
        convection=Convection.UPWIND,
    )
    problem = replace(problem, properties=replace(problem.properties, prandtl=1e12, prandtl_turbulent=1e12))
    age = air_age(freeze(problem, solve_air(problem)), tolerance=1e-12)
    assert age is not None
    assert age.field[0, 0] == pytest.approx(0.4 * np.arange(1, 11), rel=1e-6)  # 0.2 m3 over 0.5 m3/s


def test_a_sealed_hall_has_no_age() -> None:
    problem, solution = solved((Convection.UPWIND, False, False))
    assert air_age(freeze(replace(problem, exhausts=()), solution)) is None
