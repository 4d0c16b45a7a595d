"""Surfaces that are warm, move or blow, and given sources: against balances by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from air_cases import ALL, raster_of, uniform_grid

from geometry.errors import InputError
from geometry.hall import Side
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    Exhaust,
    Forcing,
    Supply,
    Turbulence,
    Wall,
)
from solvers.air.recirculation import recirculation
from solvers.air.solve import solve_air
from solvers.air.tracers import freeze

pytestmark = pytest.mark.kernel

RHO_CP = 1.19 * 1006.0  # J/m3/K


def blown_duct(*, cells: int = 1) -> AirProblem:
    """A duct 4 m long, 1 m2: one end and a part of the floor blow air of 17 and 27 degC."""
    raster = raster_of(
        uniform_grid((cells, 1, 8), (4.0, 1.0, 1.0)),
        ports=[("out", 0, -1, (ALL, ALL, slice(8, 9)))],
        surfaces=[
            ("end", 0, +1, (ALL, ALL, slice(0, 1))),
            ("floor", 2, +1, (slice(0, 1), ALL, slice(2, 4))),
        ],
    )
    along = np.zeros((cells, 3))
    along[:, 0] = 0.3
    return AirProblem(
        raster=raster,
        supplies=(),
        exhausts=(Exhaust(port="out", backflow_temperature=293.15),),
        racks=(),
        walls=(
            Wall(surface="end", velocity=along, temperature=290.15),
            Wall(surface="floor", velocity=(0.0, 0.0, 0.1), temperature=300.15),
        ),
        properties=AirProperties(gravity=1e-9),
        turbulence=Turbulence.LAMINAR,
    )


def test_air_blown_through_surfaces_mixes() -> None:
    """0.3 m3/s at 17 degC and 1 m2 times 0.1 m/s at 27 degC: (0.3 * 17 + 0.1 * 27) / 0.4 = 19.5 degC.

    The surfaces also conduct, a little in this wide duct.
    """
    solution = solve_air(blown_duct(), AirControls(flow_tolerance=1e-8))
    assert solution.exhaust_flow["out"] == pytest.approx(0.4, rel=1e-9)
    assert solution.state.u[0, 0] == pytest.approx([0.3] * 3 + [0.35] + [0.4] * 5, abs=1e-9)
    assert solution.return_temperature - 273.15 == pytest.approx(19.5, abs=2e-3)
    assert solution.air_mass < 1e-10
    assert solution.air_energy < 1e-8


def test_what_is_blown_carries_its_motion() -> None:
    """What enters with w = -0.05 m/s along the end falls in the first cells."""
    problem = blown_duct(cells=4)
    still, moving = problem.walls[0], np.array(problem.walls[0].velocity)
    moving[:, 2] = -0.05
    plain = solve_air(problem, AirControls(flow_tolerance=1e-6))
    moved = solve_air(
        replace(problem, walls=(replace(still, velocity=moving), problem.walls[1])),
        AirControls(flow_tolerance=1e-6),
    )
    assert np.all(moved.state.w[1:-1, 0, 0] < plain.state.w[1:-1, 0, 0] - 0.003)


def heated_block(temperature: float) -> AirProblem:
    """A block on the floor of a duct, its upper side warm."""
    raster = raster_of(
        uniform_grid((6, 1, 18), (3.6, 0.1, 1.2)),
        solids=[(slice(0, 2), ALL, slice(4, 7))],
        ports=[("in", 0, +1, (ALL, ALL, slice(0, 1))), ("out", 0, -1, (ALL, ALL, slice(18, 19)))],
        surfaces=[("top", 2, +1, (slice(2, 3), ALL, slice(4, 7)))],
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=0.06, temperature=293.15),),
        exhausts=(Exhaust(port="out", backflow_temperature=293.15),),
        racks=(),
        walls=(Wall(surface="top", temperature=temperature),),
        properties=AirProperties(viscosity=2e-2, gravity=1e-9),
        turbulence=Turbulence.LAMINAR,
    )


def test_heat_of_a_warm_surface_leaves_with_the_air() -> None:
    """Sum over its cells of rho cp a (T_wall - T) A / half a cell = rho cp flow (T_return - T_supply)."""
    problem = heated_block(313.15)
    solution = solve_air(problem, AirControls(flow_tolerance=1e-6))
    beside = solution.state.temperature[2, 0, 4:7]
    given = float((2e-2 / 0.71 * (313.15 - beside) * 0.2 * 0.1 / 0.1).sum())  # [K m3/s]
    assert given > 0.02
    assert np.all(solution.state.u[:, :, -1] > 0.0)
    assert solution.heat_out == pytest.approx(RHO_CP * given, rel=1e-6)
    assert 0.06 * (solution.return_temperature - 293.15) == pytest.approx(given, rel=1e-6)
    traced = recirculation(freeze(problem, solution))
    assert "wall top" in traced.names


def test_a_uniform_force_is_borne_by_the_pressure() -> None:
    """A closed box pushed along x with 2 m/s2: at rest, dp/dx = rho * 2 = 2.38 Pa/m."""
    grid = uniform_grid((4, 3, 5))
    raster = raster_of(grid)
    nz, ny, nx = grid.shape
    forcing = Forcing(
        acceleration=(
            np.full((nz, ny, nx + 1), 2.0),
            np.zeros((nz, ny + 1, nx)),
            np.zeros((nz + 1, ny, nx)),
        ),
        warming=np.zeros(grid.shape),
        viscosity=np.full(grid.shape, 1e-3),
    )
    problem = AirProblem(
        raster=raster,
        supplies=(),
        exhausts=(),
        racks=(),
        turbulence=Turbulence.LAMINAR,
        forcing=forcing,
    )
    state = solve_air(problem, AirControls(max_iterations=400)).state
    assert np.abs(state.u).max() < 1e-8
    assert np.diff(state.pressure, axis=2) / 0.2 == pytest.approx(np.full((nz, ny, nx - 1), 2.38), rel=1e-6)
    with pytest.raises(InputError, match="viscosity: must be positive"):
        solve_air(replace(problem, forcing=replace(forcing, viscosity=np.zeros(grid.shape))))
    with pytest.raises(InputError, match=r"warming: shape \(1,\)"):
        solve_air(replace(problem, forcing=replace(forcing, warming=np.zeros(1))))


@pytest.mark.parametrize(
    ("wall", "message"),
    [
        (Wall(temperature=300.0), "either a side of the room or a surface"),
        (Wall(side=Side.X_LO, surface="top"), "either a side of the room or a surface"),
        (Wall(surface="bottom"), "no such surface of the raster"),
        (Wall(surface="top", velocity=np.zeros((2, 3))), r"shape \(2, 3\), finite values of shape \(3, 3\)"),
        (Wall(surface="top", velocity=(0.0, 0.0, 0.1)), "needs a temperature"),
        (Wall(side=Side.Z_HI, velocity=(0.0, 0.0, 0.1)), "which only a surface may have"),
        (Wall(surface="top", temperature=26.0), "temperatures here are in kelvin"),
    ],
)
def test_bad_walls_are_refused(wall: Wall, message: str) -> None:
    with pytest.raises(InputError, match=message):
        solve_air(replace(heated_block(300.0), walls=(wall,)))


def test_air_through_surfaces_must_balance_without_exhaust() -> None:
    with pytest.raises(InputError, match=r"wall end, wall floor.*imbalance \+0\.4"):
        solve_air(replace(blown_duct(), exhausts=()))


def test_paths_of_air_through_walls_are_refused() -> None:
    problem = blown_duct()
    with pytest.raises(InputError, match="cannot be traced"):
        freeze(problem, solve_air(problem))
