"""A cube of air heated at x = 0 and cooled at x = 1, Ra 1e6, Pr 0.71, laminar, on N^3 equal cells.

Nusselt number without discretisation error 8.64 (Tric, Labrosse and Betrouni, Int. J. Heat Mass Transfer 43
(2000) 4043, Chebyshev); on 64 equal cells a second-order scheme is 2 to 3 % above.
"""

from __future__ import annotations

import math

from geometry.hall import Side
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    AirSolution,
    Convection,
    Precision,
    Turbulence,
    Wall,
)
from twin.verification.air_boxes import raster_of, uniform_grid

RAYLEIGH = 1e6
PRANDTL = 0.71
TOLERANCE = 1e-3  # of the Nusselt number, against a run ten times as long
CONTROLS = AirControls(
    temperature_tolerance=0.02,
    energy_tolerance=1e-3,
    flow_tolerance=1e-3,
    max_iterations=4000,
    precision=Precision.SINGLE,
)
COLD = 292.65  # K; the hot wall is 1 K warmer, gravity and expansion are 1


def heated_cube(n: int, convection: Convection = Convection.CENTRAL) -> AirProblem:
    """The unit cube on n^3 cells, in units in which g = beta = dT = L = 1."""
    return AirProblem(
        raster=raster_of(uniform_grid((n, n, n))),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=(Wall(side=Side.X_LO, temperature=COLD + 1.0), Wall(side=Side.X_HI, temperature=COLD)),
        properties=AirProperties(
            viscosity=math.sqrt(PRANDTL / RAYLEIGH),
            prandtl=PRANDTL,
            expansion=1.0,
            temperature=COLD + 0.5,
            gravity=1.0,
        ),
        turbulence=Turbulence.LAMINAR,
        convection=convection,
        buoyancy_production=False,
    )


def nusselt(problem: AirProblem, solution: AirSolution) -> tuple[float, float]:
    """Mean Nusselt numbers of the hot and of the cold wall [-]."""
    grid, temperature = problem.raster.grid, solution.state.temperature
    area = grid.dz[:, None] * grid.dy
    hot = 2.0 * (COLD + 1.0 - temperature[:, :, 0]) / grid.dx[0]
    cold = 2.0 * (temperature[:, :, -1] - COLD) / grid.dx[-1]
    return float((hot * area).sum()), float((cold * area).sum())
