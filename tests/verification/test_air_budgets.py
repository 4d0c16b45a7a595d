"""Budgets and limits of the air solver on small halls."""

from __future__ import annotations

from dataclasses import replace

import numba
import numpy as np
import pytest
from air_cases import ALL, raster_of, uniform_grid

from geometry.gridding import make_grid
from geometry.hall import Side
from geometry.layout import Containment, HallLayout, generate_hall
from geometry.rasterise import rasterise
from solvers.air import runs
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    AirStatus,
    Convection,
    Exhaust,
    Precision,
    Supply,
    ThroughFlow,
    Turbulence,
    Wall,
)
from solvers.air.solve import solve_air

pytestmark = pytest.mark.kernel

RHO_CP = 1.19 * 1006.0  # J/m3/K


def duct(
    *, heat: float = 1000.0, flow: float = 0.2, effectiveness: float = 0.0, door: float = 293.15
) -> AirProblem:
    """A duct along x closed by one rack: supply -> rack -> exhaust, 0.2 m3/s at 20 degC."""
    grid = uniform_grid((5, 4, 16), (3.2, 0.8, 1.0))
    block = (ALL, ALL, slice(7, 9))
    raster = raster_of(
        grid,
        solids=[block],
        ports=[
            ("in", 0, +1, (ALL, ALL, slice(0, 1))),
            ("r.front", 0, -1, (ALL, ALL, slice(7, 8))),
            ("r.rear", 0, +1, (ALL, ALL, slice(9, 10))),
            ("out", 0, -1, (ALL, ALL, slice(16, 17))),
        ],
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=flow, temperature=293.15),),
        exhausts=(Exhaust(port="out", backflow_temperature=293.15),),
        racks=(
            ThroughFlow(
                name="r",
                intake="r.front",
                exhaust="r.rear",
                flow=flow,
                heat=heat,
                door_effectiveness=effectiveness,
                door_temperature=door,
            ),
        ),
    )


def room(*, convection: Convection = Convection.TVD, heat: float = 4000.0) -> AirProblem:
    """Two racks back to back across a hot aisle, mirror-symmetric in y; tile supplies, ceiling grille."""
    grid = uniform_grid((10, 18, 10), (2.0, 3.6, 2.5))
    racks = (slice(0, 6), slice(4, 7), slice(3, 7)), (slice(0, 6), slice(11, 14), slice(3, 7))
    raster = raster_of(
        grid,
        solids=racks,
        ports=[
            ("tile1", 2, +1, (slice(0, 1), slice(1, 3), slice(3, 7))),
            ("tile2", 2, +1, (slice(0, 1), slice(15, 17), slice(3, 7))),
            ("a.front", 1, -1, (slice(0, 6), slice(4, 5), slice(3, 7))),
            ("a.rear", 1, +1, (slice(0, 6), slice(7, 8), slice(3, 7))),
            ("b.front", 1, +1, (slice(0, 6), slice(14, 15), slice(3, 7))),
            ("b.rear", 1, -1, (slice(0, 6), slice(11, 12), slice(3, 7))),
            ("grille", 2, -1, (slice(10, 11), slice(8, 10), slice(2, 8))),
        ],
    )
    return AirProblem(
        raster=raster,
        supplies=(
            Supply(port="tile1", flow=0.3, temperature=291.15),
            Supply(port="tile2", flow=0.3, temperature=291.15),
        ),
        exhausts=(Exhaust(port="grille", backflow_temperature=291.15),),
        racks=(
            ThroughFlow(name="a", intake="a.front", exhaust="a.rear", flow=0.25, heat=heat),
            ThroughFlow(name="b", intake="b.front", exhaust="b.rear", flow=0.25, heat=heat),
        ),
        convection=convection,
    )


def test_rack_in_a_duct_warms_the_air_by_its_heat() -> None:
    solution = solve_air(duct())
    rise = 1000.0 / (RHO_CP * 0.2)  # 4.176 K
    assert solution.status is AirStatus.CONVERGED
    assert solution.rack_inlet_mean[0] == pytest.approx(293.15, abs=1e-6)
    assert solution.rack_outlet[0] == pytest.approx(293.15 + rise, abs=1e-6)
    assert solution.return_temperature == pytest.approx(293.15 + rise, abs=1e-6)
    assert solution.exhaust_flow["out"] == pytest.approx(0.2, rel=1e-10)
    assert solution.heat_in == pytest.approx(1000.0, rel=1e-9)
    assert solution.heat_out == pytest.approx(1000.0, rel=1e-7)


def test_rear_door_takes_its_share() -> None:
    solution = solve_air(duct(effectiveness=0.6, door=291.15))
    hot = 293.15 + 1000.0 / (RHO_CP * 0.2)
    cooled = hot - 0.6 * (hot - 291.15)
    assert solution.rack_outlet[0] == pytest.approx(cooled, abs=1e-6)
    assert solution.door_heat[0] == pytest.approx(RHO_CP * 0.2 * (hot - cooled), rel=1e-7)
    assert solution.return_temperature == pytest.approx(cooled, abs=1e-6)


def test_budgets_close() -> None:
    solution = solve_air(room())
    assert (
        solution.status is not AirStatus.NOT_CONVERGED
    )  # a small closed room with fans need not come to rest
    assert solution.air_mass < 1e-10
    assert solution.air_energy < 1e-8
    assert solution.return_temperature == pytest.approx(291.15 + 8000.0 / (RHO_CP * 0.6), abs=1e-5)


@pytest.mark.parametrize("convection", [Convection.UPWIND, Convection.TVD])
def test_temperature_stays_within_its_bounds(convection: Convection) -> None:
    """Nothing is colder than the supply or hotter than the air the racks blow out at this instant."""
    problem = room(convection=convection)
    temperature = solve_air(problem, AirControls(max_iterations=60)).state.temperature
    intakes = [temperature[problem.raster.ports[r.intake].cells].mean() for r in problem.racks]
    hottest = max(intakes) + 4000.0 / (RHO_CP * 0.25)
    fluid = ~problem.raster.solid
    assert temperature[fluid].min() >= 291.15 - 1e-7
    assert temperature[fluid].max() <= hottest + 1e-7


def test_symmetric_room_gives_symmetric_field() -> None:
    problem = room(convection=Convection.UPWIND)
    problem = replace(problem, properties=replace(problem.properties, expansion=0.0))
    solution = solve_air(problem, AirControls(temperature_tolerance=1e-6, flow_tolerance=1e-7))
    temperature = solution.state.temperature
    # the sweeps themselves have a direction, so the fields agree within the convergence of the flow
    assert np.abs(temperature - temperature[:, ::-1, :]).max() < 0.01
    assert np.abs(solution.state.v + solution.state.v[:, ::-1, :]).max() < 1e-4
    assert solution.rack_inlet_mean[0] == pytest.approx(solution.rack_inlet_mean[1], abs=1e-4)


def test_buoyant_symmetric_room_stays_nearly_symmetric() -> None:
    solution = solve_air(room(convection=Convection.UPWIND))
    assert solution.rack_inlet_mean[0] == pytest.approx(solution.rack_inlet_mean[1], abs=0.05)


def test_no_heat_gives_uniform_temperature_exactly() -> None:
    solution = solve_air(room(heat=0.0), AirControls(max_iterations=40))
    assert np.all(solution.state.temperature[~room().raster.solid] == 291.15)
    assert np.all(solution.rack_inlet_max == 291.15)
    assert solution.air_energy == 0.0


@pytest.mark.parametrize("precision", list(Precision))
def test_result_does_not_depend_on_threads(precision: Precision, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "CELLS_PER_THREAD", 1)
    results = []
    before = numba.get_num_threads()
    try:
        for threads in (1, 2):
            numba.set_num_threads(threads)
            results.append(solve_air(room(), AirControls(max_iterations=12, precision=precision)))
    finally:
        numba.set_num_threads(before)
    assert np.array_equal(results[0].state.temperature, results[1].state.temperature)
    assert np.array_equal(results[0].state.u, results[1].state.u)
    assert np.array_equal(results[0].state.pressure, results[1].state.pressure)


def test_warm_start_saves_work() -> None:
    problem = room(convection=Convection.UPWIND)
    cold = solve_air(problem)
    racks = (replace(problem.racks[0], heat=4200.0), problem.racks[1])
    warm = solve_air(replace(problem, racks=racks), initial=cold.state)
    fresh = solve_air(replace(problem, racks=racks))
    assert warm.status is AirStatus.CONVERGED
    assert warm.iterations <= 0.6 * fresh.iterations
    assert np.abs(warm.rack_inlet_mean - fresh.rack_inlet_mean).max() < 0.05


def test_stratified_box_stays_at_rest() -> None:
    """Hot lid, cold floor: conduction only. The pressure balances buoyancy face by face."""
    problem = AirProblem(
        raster=raster_of(uniform_grid((12, 4, 5))),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=(Wall(side=Side.Z_LO, temperature=288.15), Wall(side=Side.Z_HI, temperature=298.15)),
        properties=AirProperties(viscosity=0.01),
        turbulence=Turbulence.LAMINAR,
    )
    solution = solve_air(problem, AirControls(max_iterations=200))
    for velocity in (solution.state.u, solution.state.v, solution.state.w):
        assert np.abs(velocity).max() < 1e-10
    exact = 288.15 + 10.0 * problem.raster.grid.z
    assert np.abs(solution.state.temperature - exact[:, None, None]).max() < 1e-5


def test_contained_hot_aisle_of_a_generated_hall() -> None:
    """An airtight hot aisle joins the room only through the racks: all their heat leaves by its grille."""
    layout = HallLayout(
        rows=2, racks_per_row=2, containment=Containment.HOT_AISLE, containment_leakage=0.0, fan_walls=2
    )
    hall = generate_hall(layout)
    raster = rasterise(hall, make_grid(hall, target=0.4))
    blowing = [o.name for o in hall.openings if o.kind.supplies]
    drawing = [o.name for o in hall.openings if not o.kind.supplies]
    flow = 0.9
    problem = AirProblem(
        raster=raster,
        supplies=tuple(
            Supply(port=name, flow=flow * len(hall.populated) / len(blowing), temperature=296.15)
            for name in blowing
        ),
        exhausts=tuple(Exhaust(port=name, backflow_temperature=296.15) for name in drawing),
        racks=tuple(
            ThroughFlow(name=r.name, intake=f"{r.name}.front", exhaust=f"{r.name}.rear", flow=flow, heat=12e3)
            for r in hall.populated
        ),
    )
    solution = solve_air(problem)
    assert solution.status is not AirStatus.NOT_CONVERGED
    assert np.abs(solution.rack_inlet_mean - 296.15).max() < 1e-6
    assert solution.return_temperature == pytest.approx(296.15 + 12e3 / (RHO_CP * flow), abs=1e-3)
    assert solution.air_mass < 1e-10


def test_perforated_panel_takes_its_pressure_drop() -> None:
    """A panel of K = 40 across the duct: dp = 40 * 1.19 * u^2 / 2 with u = 0.2 / 0.8 m/s."""
    problem = duct(heat=0.0)
    loss = problem.raster.loss_x.copy()
    loss[:, :, 4] = 40.0
    resisted = solve_air(replace(problem, raster=replace(problem.raster, loss_x=loss)))
    plain = solve_air(problem)

    def drop(pressure: np.ndarray) -> float:
        return float(pressure[:, :, 3].mean() - pressure[:, :, 4].mean())

    expected = 40.0 * 1.19 * 0.25**2 / 2.0  # 1.4875 Pa
    assert drop(resisted.state.pressure) - drop(plain.state.pressure) == pytest.approx(expected, rel=0.02)
    # and the profile is flatter behind it
    assert np.ptp(resisted.state.u[:, :, 4]) < np.ptp(plain.state.u[:, :, 4])
