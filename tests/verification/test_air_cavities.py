"""Closed cavities against published solutions.

Ghia, Ghia and Shin, J. Comput. Phys. 48 (1982) 387-411, table I: u on the vertical centre line of the
lid-driven cavity. De Vahl Davis, Int. J. Numer. Methods Fluids 3 (1983) 249-264: heated square cavity, Nu
2.243 at Ra 1e4; a Chebyshev solution of the same problem gives 2.2448 (two definitions of Nu agree to 3e-5).
"""

from __future__ import annotations

import numpy as np
import pytest
from air_cases import raster_of, stretched, uniform_grid

from geometry.grid import Grid
from geometry.hall import Side
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    AirSolution,
    Convection,
    Turbulence,
    Wall,
)
from solvers.air.solve import solve_air

pytestmark = pytest.mark.kernel

NU_RA_1E4 = 2.24482
GHIA_RE_100 = (
    (0.0547, -0.03717), (0.0625, -0.04192), (0.0703, -0.04775), (0.1016, -0.06434), (0.1719, -0.10150),
    (0.2813, -0.15662), (0.4531, -0.21090), (0.5000, -0.20581), (0.6172, -0.13641), (0.7344, 0.00332),
    (0.8516, 0.23151), (0.9531, 0.68717), (0.9609, 0.73722), (0.9688, 0.78871), (0.9766, 0.84123),
)  # fmt: skip


def heated_cavity(n: int, convection: Convection, strength: float = 0.0) -> tuple[AirSolution, float]:
    """Square cavity at Ra 1e4, Pr 0.71, 10 K across; returns the solution and the mean Nu of the hot wall."""
    viscosity, prandtl, difference = 0.01, 0.71, 10.0
    gravity = AirProperties().gravity
    expansion = 1e4 * viscosity**2 / prandtl / (gravity * difference)
    line = stretched(n, strength=strength)
    grid = Grid(x_face=line, y_face=np.array([0.0, 0.1]), z_face=line)
    problem = AirProblem(
        raster=raster_of(grid),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=(Wall(side=Side.X_LO, temperature=298.15), Wall(side=Side.X_HI, temperature=288.15)),
        properties=AirProperties(
            viscosity=viscosity, prandtl=prandtl, expansion=expansion, temperature=293.15
        ),
        turbulence=Turbulence.LAMINAR,
        convection=convection,
    )
    solution = solve_air(problem, AirControls(flow_tolerance=1e-5, energy_tolerance=1e-4))
    assert solution.status.value == "converged"
    gradient = 2.0 * (298.15 - solution.state.temperature[:, 0, 0]) / grid.dx[0]
    return solution, float((gradient * grid.dz).sum()) / difference


def test_heated_cavity_is_second_order() -> None:
    errors = [abs(heated_cavity(n, Convection.CENTRAL)[1] - NU_RA_1E4) for n in (12, 24)]
    assert np.log2(errors[0] / errors[1]) >= 1.9


def test_heated_cavity_nusselt_number() -> None:
    solution, nusselt = heated_cavity(28, Convection.TVD, strength=0.6)
    assert nusselt == pytest.approx(NU_RA_1E4, rel=0.005)
    assert solution.air_energy < 1e-6
    assert solution.air_mass < 1e-10
    # centre symmetry: T(x, z) + T(1 - x, 1 - z) = 2 T_mean
    temperature = solution.state.temperature[:, 0, :]
    assert np.abs(temperature + temperature[::-1, ::-1] - 586.30).max() < 1e-3


@pytest.mark.parametrize(("convection", "tolerance"), [(Convection.TVD, 0.01), (Convection.CENTRAL, 0.01)])
def test_lid_driven_cavity(convection: Convection, tolerance: float) -> None:
    grid = uniform_grid((32, 1, 32), (1.0, 0.1, 1.0))
    problem = AirProblem(
        raster=raster_of(grid),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=(Wall(side=Side.Z_HI, velocity=(1.0, 0.0, 0.0)),),
        properties=AirProperties(viscosity=0.01),
        turbulence=Turbulence.LAMINAR,
        convection=convection,
    )
    solution = solve_air(problem, AirControls(flow_tolerance=1e-5))
    z, reference = np.array(GHIA_RE_100).T
    u = np.concatenate([[0.0], solution.state.u[:, 0, 16], [1.0]])
    ours = np.interp(z, np.concatenate([[0.0], grid.z, [1.0]]), u)
    assert np.sqrt(np.mean((ours - reference) ** 2)) < tolerance
