"""Cases of closed cavities: driven by a lid, heated from the side, stratified; and the Poisson solver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geometry.grid import Array, Grid
from geometry.hall import Side
from solvers.air.lattice import build_lattice
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    AirSolution,
    AirState,
    AirStatus,
    Convection,
    Turbulence,
    Wall,
)
from solvers.air.richardson import grid_convergence
from solvers.air.solve import solve_air
from solvers.errors import SolverError
from solvers.linear.krylov import poisson, solve
from twin.verification.air_boxes import raster_of, refined, stretched, uniform_grid
from twin.verification.case import Row, Rows, Tier, absolute, on_grids, order, profile, relative
from twin.verification.reference import read_reference
from viz.charts.profiles import Curve

HOT, COLD = 298.15, 288.15  # walls of the heated cavity [K]
PRANDTL = 0.71
VISCOSITY = 0.01  # of the cavities' fluid [m2/s]; only Re and Ra matter


# -- set-ups ---------------------------------------------------------------------------------------------


def lid_driven(n: int, reynolds: float, convection: Convection = Convection.TVD) -> AirProblem:
    """Unit square of n x n equal cells under a lid that moves at 1 m/s along x."""
    return AirProblem(
        raster=raster_of(uniform_grid((n, 1, n), (1.0, 0.1, 1.0))),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=(Wall(side=Side.Z_HI, velocity=(1.0, 0.0, 0.0)),),
        properties=AirProperties(viscosity=1.0 / reynolds),
        turbulence=Turbulence.LAMINAR,
        convection=convection,
    )


def side_heated(
    n: int, rayleigh: float, strength: float = 0.0, convection: Convection = Convection.TVD
) -> AirProblem:
    """Unit square of n x n cells, crowded at the walls by `strength`; hot at x = 0, cold at x = 1."""
    gravity = AirProperties().gravity
    expansion = rayleigh * VISCOSITY**2 / PRANDTL / (gravity * (HOT - COLD))
    line = stretched(n, strength=strength)
    return AirProblem(
        raster=raster_of(Grid(x_face=line, y_face=np.array([0.0, 0.1]), z_face=line)),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=(Wall(side=Side.X_LO, temperature=HOT), Wall(side=Side.X_HI, temperature=COLD)),
        properties=AirProperties(
            viscosity=VISCOSITY, prandtl=PRANDTL, expansion=expansion, temperature=0.5 * (HOT + COLD)
        ),
        turbulence=Turbulence.LAMINAR,
        convection=convection,
    )


def heated_cube(n: int, rayleigh: float) -> AirProblem:
    """Unit cube of n^3 equal cells, hot at x = 0, cold at x = 1: the half south of its plane of symmetry."""
    square = side_heated(n, rayleigh, convection=Convection.CENTRAL)
    line = stretched(n)
    grid = Grid(x_face=line, y_face=line[: n // 2 + 1], z_face=line)
    return replace(square, raster=raster_of(grid), walls=(*square.walls, Wall(side=Side.Y_HI, slip=True)))


def settled_all(
    problems: Sequence[AirProblem], controls: AirControls, *, initial: AirState | None = None
) -> list[AirSolution]:
    """The solutions of problems on finer and finer grids, each started from the one before.

    initial  where the first one starts
    Raises SolverError when one does not converge.
    """
    solutions: list[AirSolution] = []
    for problem in problems:
        start = initial
        if solutions:
            coarse = problems[len(solutions) - 1].raster.grid
            start = refined(solutions[-1].state, coarse, problem.raster.grid)
        solutions.append(solve_air(problem, controls, initial=start))
        if solutions[-1].status is not AirStatus.CONVERGED:
            raise SolverError(f"the flow did not converge on {problem.raster.grid}")
    return solutions


def settled(problems: Sequence[AirProblem], controls: AirControls) -> AirSolution:
    """The solution on the finest grid."""
    return settled_all(problems, controls)[-1]


def hot_wall_nusselt(problem: AirProblem, solution: AirSolution) -> float:
    """Mean Nusselt number of the wall x = 0 of a side-heated cavity [-]."""
    grid = problem.raster.grid
    gradient = 2.0 * (HOT - solution.state.temperature[:, :, 0]) / grid.dx[0]
    area = grid.dz[:, None] * grid.dy
    return float((gradient * area).sum() / area.sum()) / (HOT - COLD)


# -- cases -----------------------------------------------------------------------------------------------


def poisson_order(tier: Tier) -> Rows:
    n = 32 if tier is Tier.FULL else 16
    rows = []
    for title, strength in (("equal cells", 0.0), ("cells crowded at walls", 0.5)):
        coarse, fine = (_cosine_error(k, strength) for k in (n, 2 * n))
        rows.append(order(f"{title}, {n} and {2 * n} cells a side", 2.0, coarse, fine, 2.0, 0.1))
    return rows


def lid_cavity(tier: Tier) -> Rows:
    rows: list[Row] = []
    full = tier is Tier.FULL
    for reynolds in (100, 400, 1000) if full else (100, 400):
        grids = (32, 64, 128) if full else (32, 64) if reynolds == 400 else (32,)
        problems = [lid_driven(n, reynolds) for n in grids]
        solutions = settled_all(problems, AirControls(flow_tolerance=1e-4, max_iterations=8000))
        rms = 0.015 if reynolds == 1000 else 0.010
        every = [
            [
                row
                for curve in lid_curves(reynolds, problem, solution)
                for row in profile(
                    f"Re {reynolds}, {n}x{n}: {curve.value} over that of the lid",
                    curve.published[1],
                    np.interp(curve.published[0], *curve.ours),
                    rms=rms,
                    bias=0.5 * rms,
                    curves=(curve,),
                )
            ]
            for n, problem, solution in zip(grids, problems, solutions, strict=True)
        ]
        rows += on_grids(every, grids)
    return rows


def lid_curves(reynolds: int, problem: AirProblem, solution: AirSolution) -> list[Curve]:
    """u and v on the centre lines of the lid-driven cavity, published and ours."""
    grid, state = problem.raster.grid, solution.state
    middle = grid.x.size // 2
    ends = np.concatenate(([0.0], grid.z, [1.0]))
    curves = []
    for name, file, along, upright, line in (
        ("u", "ghia1982_u", "y_1", True, np.concatenate(([0.0], state.u[:, 0, middle], [1.0]))),
        ("v", "ghia1982_v", "x_1", False, np.concatenate(([0.0], state.w[middle, 0, :], [0.0]))),
    ):
        table = read_reference(file)
        at, expected = table.numbers(along), table.numbers(f"{name}_re{reynolds}_1")
        known = np.isfinite(expected)
        curves.append(
            Curve(
                title=f"Re {reynolds}",
                place="y / side" if upright else "x / side",
                value=name,
                published=(at[known], expected[known]),
                ours=(ends, line),
                upright=upright,
            )
        )
    return curves


def heated_cavity(tier: Tier) -> Rows:
    full = tier is Tier.FULL
    rows: list[Row] = []
    for row in read_reference("heated_cavity"):
        rayleigh = float(row["rayleigh_1"])
        high = rayleigh > 5e5
        n, strength = (128 if high else 80) if full else 32, 0.7 if high else 0.6
        tolerance = (0.005 if high else 0.003) if full else 0.01
        grids = (n // 4, n // 2, n) if full else (n,)
        problems = [side_heated(k, rayleigh, strength) for k in grids]
        solutions = settled_all(problems, AirControls(flow_tolerance=1e-4, energy_tolerance=1e-4))
        every = []
        for k, problem, solution in zip(grids, problems, solutions, strict=True):
            grid, state = problem.raster.grid, solution.state
            diffusivity = VISCOSITY / PRANDTL  # over a side of 1 m: the scale of velocity [m/s]
            u = _along(grid.x_face, state.u[:, 0, :]) / diffusivity
            w = _along(grid.z_face, state.w[:, 0, :].T) / diffusivity
            every.append(
                [
                    relative(f"Ra {rayleigh:.0e}, {k}x{k}: {name}", float(row[column]), ours, tolerance)
                    for name, column, ours in (
                        ("mean Nusselt number", "nusselt_1", hot_wall_nusselt(problem, solution)),
                        ("largest u at x = 0.5", "u_max_1", _peak(grid.z, u)),
                        ("largest w at z = 0.5", "w_max_1", _peak(grid.x, w)),
                    )
                ]
            )
        rows += on_grids(every, grids)
    return rows


def heated_cavity_order(_: Tier) -> Rows:
    """The whole chain of momentum, pressure, buoyancy and heat, with central differences."""
    exact = read_reference("heated_cavity").where("rayleigh_1", "1e4").numbers("nusselt_1")[0]
    errors = []
    for n in (12, 24):
        problem = side_heated(n, 1e4, convection=Convection.CENTRAL)
        solution = settled([problem], AirControls(flow_tolerance=1e-5, energy_tolerance=1e-4))
        errors.append(abs(hot_wall_nusselt(problem, solution) - float(exact)))
    return [order("Nusselt number at Ra 1e4, 12 and 24 cells a side", 2.0, errors[0], errors[1], 2.0, 0.1)]


def heated_cube_nusselt(tier: Tier) -> Rows:
    """Equal cells and central differences: the grids are coarse for the layers at the walls."""
    table = read_reference("heated_cube")
    rayleigh, exact = float(table.numbers("rayleigh_1")[0]), float(table.numbers("nusselt_1")[0])
    grids = (48, 68, 96) if tier is Tier.FULL else (32, 42, 56)
    problems = [heated_cube(n, rayleigh) for n in grids]
    solutions = settled_all(problems, AirControls(flow_tolerance=1e-4, energy_tolerance=1e-4))
    found = [hot_wall_nusselt(*pair) for pair in zip(problems, solutions, strict=True)]
    told = grid_convergence((found[0], found[1], found[2]), (1 / grids[0], 1 / grids[1], 1 / grids[2]))
    names = "-".join(str(n) for n in grids)
    tolerance, limit = (0.015, 0.005) if tier is Tier.FULL else (0.05, 0.01)
    return [
        relative(
            f"{grids[-1]}^3: mean Nusselt number (grids {names}: index {told.index:.2g})",
            exact,
            found[-1],
            tolerance,
        ),
        relative(f"{names}: the same, extrapolated to no cell size", exact, told.extrapolated, limit),
    ]


def stratified_box(_: Tier) -> Rows:
    """Warm lid, cold floor: conduction alone."""
    problem = AirProblem(
        raster=raster_of(uniform_grid((12, 4, 5))),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=(Wall(side=Side.Z_LO, temperature=COLD), Wall(side=Side.Z_HI, temperature=HOT)),
        properties=AirProperties(viscosity=VISCOSITY),
        turbulence=Turbulence.LAMINAR,
    )
    state = solve_air(problem, AirControls(max_iterations=200)).state
    speed = max(float(np.abs(v).max()) for v in (state.u, state.v, state.w))
    exact = COLD + (HOT - COLD) * problem.raster.grid.z
    error = state.temperature - exact[:, None, None]
    return [
        absolute("largest velocity [m/s]", 0.0, speed, 1e-10),
        absolute("largest departure from the line [K]", 0.0, float(np.abs(error).max()), 1e-4),
    ]


def _cosine_error(n: int, strength: float) -> float:
    """L2 error of  -div grad p = 14 pi^2 cos(pi x) cos(2 pi y) cos(3 pi z)  between insulating walls."""
    line = stretched(n, strength=strength)
    grid = Grid(x_face=line, y_face=line, z_face=line)
    lattice = build_lattice(raster_of(grid), ())
    everywhere = np.flatnonzero(lattice.region == 0)
    system = poisson(
        lattice.shape, (line, line, line), lattice.conductance, np.zeros(lattice.size), (everywhere,)
    )
    exact = (
        np.cos(np.pi * grid.x)
        * np.cos(2.0 * np.pi * grid.y)[:, None]
        * np.cos(3.0 * np.pi * grid.z)[:, None, None]
    )
    b, p = np.zeros(lattice.size), np.zeros(lattice.size)
    lattice.cells(b)[...] = 14.0 * np.pi**2 * exact * grid.volume
    solve(system, b, p, tolerance=1e-10)
    error = lattice.cells(p) - exact
    error -= (error * grid.volume).sum()  # the constant is free
    return float(np.sqrt((error**2 * grid.volume).sum()))


def _along(face: Array, lines: Array) -> Array:
    """Values at the middle of the unit cavity, from lines of face values."""
    return np.array([np.interp(0.5, face, line) for line in lines])


def _peak(place: Array, values: Array) -> float:
    """Height of the parabola through the largest value and its neighbours."""
    i = int(np.argmax(values))
    a, b, c = np.polyfit(place[i - 1 : i + 2] - place[i], values[i - 1 : i + 2], 2)
    return float(c - b**2 / (4.0 * a))
