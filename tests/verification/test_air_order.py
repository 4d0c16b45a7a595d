"""Order of accuracy of convection and diffusion, on the solution of a manufactured problem.

A swirl of stream function sin^2(pi x) sin^2(pi y) carries theta = sin(pi x) cos(pi y) cos(pi z) in
the unit cube; the source makes it steady. Walls x = 0 and 1 hold theta = 0, the others are adiabatic, as the
solution is there.
"""

from __future__ import annotations

import numpy as np
import pytest
from air_cases import raster_of, stretched

from geometry.grid import Grid
from geometry.hall import Side
from solvers.air import heat, runs
from solvers.air.problem import AirProblem, AirProperties, Convection, Turbulence, Wall
from solvers.air.system import new_fields

pytestmark = pytest.mark.kernel

DIFFUSIVITY = 0.05


def manufactured_error(n: int, convection: Convection, strength: float) -> float:
    """Mean absolute error of theta on n^3 cells."""
    line = stretched(n, strength=strength)
    grid = Grid(x_face=line, y_face=line, z_face=line)
    problem = AirProblem(
        raster=raster_of(grid),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=(Wall(side=Side.X_LO, temperature=293.15), Wall(side=Side.X_HI, temperature=293.15)),
        properties=AirProperties(viscosity=DIFFUSIVITY, prandtl=1.0),
        turbulence=Turbulence.LAMINAR,
        convection=convection,
    )
    system, _ = runs.build_system(problem)
    lattice = system.lattice
    fields = new_fields(lattice, DIFFUSIVITY)

    # differences of the stream function: each cell's fluxes cancel exactly
    psi = np.sin(np.pi * line)[:, None] ** 2 * np.sin(np.pi * line)[None, :] ** 2  # (y, x)
    lattice.faces(fields.flux[0], 0)[...] = np.diff(psi, axis=0) * grid.dz[:, None, None]
    lattice.faces(fields.flux[1], 1)[...] = -np.diff(psi, axis=1) * grid.dz[:, None, None]

    x, y, z = np.pi * grid.x, np.pi * grid.y[:, None], np.pi * grid.z[:, None, None]
    exact = np.sin(x) * np.cos(y) * np.cos(z)
    u = 2.0 * np.pi * np.sin(x) ** 2 * np.sin(y) * np.cos(y)
    v = -2.0 * np.pi * np.sin(x) * np.cos(x) * np.sin(y) ** 2
    convected = np.pi * (u * np.cos(x) * np.cos(y) - v * np.sin(x) * np.sin(y)) * np.cos(z)
    warming = np.zeros(lattice.size)
    lattice.cells(warming)[...] = (convected + 3.0 * np.pi**2 * DIFFUSIVITY * exact) * grid.volume
    change = heat.solve_temperature(system, fields, tolerance=1e-8, warming=warming)
    assert change <= 1e-5
    return float((np.abs(lattice.cells(fields.theta) - exact) * grid.volume).sum())


@pytest.mark.parametrize("strength", [0.0, 0.4])
@pytest.mark.parametrize(
    ("convection", "order"), [(Convection.CENTRAL, 1.9), (Convection.TVD, 1.7), (Convection.UPWIND, 0.7)]
)
def test_order_of_convection_and_diffusion(convection: Convection, order: float, strength: float) -> None:
    coarse, fine = (manufactured_error(n, convection, strength) for n in (16, 32))
    assert np.log2(coarse / fine) >= order
    if convection is Convection.UPWIND:  # and it is first order, no better
        assert np.log2(coarse / fine) < 1.3
