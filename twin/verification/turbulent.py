"""Cases of the k-epsilon models: turbulent channels with walls from y+ 0.4 to 300, a wall jet in a room."""

from __future__ import annotations

import numpy as np

from geometry.grid import Grid
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    AirSolution,
    Exhaust,
    InflowTurbulence,
    Supply,
    Turbulence,
)
from solvers.air.solve import solve_air
from twin.verification.air_boxes import ALL, raster_of, stretched
from twin.verification.case import Row, Rows, Tier, absolute, on_grids, profile, relative
from twin.verification.cavities import settled, settled_all
from twin.verification.reference import read_reference
from viz.charts.profiles import Curve

INLET = 293.15  # [K]
HEIGHT, LENGTH = 3.0, 9.0  # of the room [m]
SLOT, OUTLET, JET = 0.168, 0.48, 0.455  # [m], [m], [m/s]
K_EPSILON_MODELS = (
    Turbulence.K_EPSILON,
    Turbulence.RNG_K_EPSILON,
    Turbulence.LOW_REYNOLDS_K_EPSILON,
    Turbulence.JONES_LAUNDER_K_EPSILON,
)
ANNEX_GRIDS = ((46, 4, 15, 4), (64, 6, 21, 5), (90, 8, 30, 7))
RE_TAU = 178.12  # of the direct numerical simulation
PROFILE = -12  # face of the channel where the profile is read, 49 m downstream
FLOW_TOLERANCE = 1e-7  # slow diffusion across thin cells hides behind a looser one


def channel(
    viscosity: float, cells: int, strength: float, model: Turbulence = Turbulence.K_EPSILON
) -> AirProblem:
    """A slice of a channel 1 m high and 60 m long entered evenly at 1 m/s."""
    grid = Grid(
        x_face=np.concatenate((np.linspace(0.0, 8.0, 21), np.linspace(8.0, 60.0, 53)[1:])),
        y_face=np.array([0.0, 0.1]),
        z_face=stretched(cells, strength=strength),
    )
    n = grid.shape[2]
    raster = raster_of(
        grid,
        ports=[("in", 0, +1, (ALL, ALL, slice(0, 1))), ("out", 0, -1, (ALL, ALL, slice(n, n + 1)))],
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=0.1, temperature=INLET),),
        exhausts=(Exhaust(port="out", backflow_temperature=INLET),),
        racks=(),
        properties=AirProperties(viscosity=viscosity),
        turbulence=model,
        inflow=InflowTurbulence(intensity=0.06, length=0.05),
    )


def friction_velocity(problem: AirProblem, solution: AirSolution) -> float:
    """From the pressure gradient where the flow is developed [m/s]."""
    x = problem.raster.grid.x
    chosen = (x > 40.0) & (x < 54.0)
    slope = np.polyfit(x[chosen], solution.state.pressure.mean(axis=(0, 1))[chosen], 1)[0]
    return float(np.sqrt(-0.5 * slope / problem.properties.density))


def channel_walls(tier: Tier) -> Rows:
    """Reynolds number 1e5 on the height and the bulk velocity: the wall's cell in log layer or sublayer."""
    viscosity = 1e-5
    expected = float(np.sqrt(2.0 / (0.073 * 1e5**-0.25)))
    grids = ((8, 0.0), (20, 0.0), (32, 0.75), (64, 0.97)) if tier is Tier.FULL else ((8, 0.0),)
    models = K_EPSILON_MODELS if tier is Tier.FULL else K_EPSILON_MODELS[:1]
    rows = []
    for model in models:
        for cells, strength in grids:
            problem = channel(viscosity, cells, strength, model)
            speed = friction_velocity(problem, _developed(problem))
            rows.append(_bulk(model, problem, speed, expected))
    return rows


def channel_low_reynolds(tier: Tier) -> Rows:
    """Friction Reynolds number 178.12: the wall's cell in log layer, buffer layer or sublayer."""
    table = read_reference("channel_dns")
    y, u = table.numbers("y_plus_1"), table.numbers("u_plus_1")
    expected = float(np.trapezoid(u, table.numbers("y_over_half_height_1")))
    viscosity = 0.5 / (RE_TAU * expected)
    low = Turbulence.LOW_REYNOLDS_K_EPSILON
    runs = [(low, 6, 0.0), (Turbulence.K_EPSILON, 10, 0.0)]
    if tier is Tier.FULL:
        grids = ((6, 0.0), (10, 0.0), (16, 0.0), (48, 0.9))
        runs = [(model, *grid) for model in K_EPSILON_MODELS for grid in grids]
    rows = []
    for model, cells, strength in runs:
        problem = channel(viscosity, cells, strength, model)
        solution = _developed(problem)
        speed = friction_velocity(problem, solution)
        rows.append(_bulk(model, problem, speed, expected))
        if strength > 0.0 and model is low:
            half = cells // 2
            place = np.append(0.0, problem.raster.grid.z[:half] * speed / viscosity)
            ours = np.append(0.0, solution.state.u[:half, 0, PROFILE] / speed)
            error = np.interp(y, place, ours) - u
            share = float(np.sqrt(np.sum(error**2) / np.sum(u**2)))
            rows.append(absolute(f"{cells} cells: L2 of u+ over that of the reference", 0.0, share, 0.03))
    return rows


def _developed(problem: AirProblem) -> AirSolution:
    return settled([problem], AirControls(flow_tolerance=FLOW_TOLERANCE))


def _bulk(model: Turbulence, problem: AirProblem, speed: float, expected: float) -> Row:
    grid = problem.raster.grid
    y_plus = speed * 0.5 * float(grid.dz[0]) / problem.properties.viscosity
    return relative(
        f"{model.value}, {grid.shape[0]} cells, y+ {y_plus:.1f}: bulk velocity over friction velocity",
        expected,
        1.0 / speed,
        0.05,
    )


def annex_room(
    cells: tuple[int, int, int, int] = (90, 8, 30, 7), model: Turbulence = Turbulence.K_EPSILON
) -> AirProblem:
    """The two-dimensional room of IEA Annex 20; cells: along it, over the slot, between, over the outlet.

    The jet's wall layer must be resolved for its pressure rise in the far corner to turn it down: with three
    cells over the slot, k-epsilon brings it into the corner.
    """
    along, slot, between, outlet = cells
    middle = np.geomspace(8.0, 1.0, between)
    z = np.concatenate(
        (
            np.linspace(0.0, OUTLET, outlet + 1),
            OUTLET + (HEIGHT - SLOT - OUTLET) * np.cumsum(middle)[:-1] / middle.sum(),
            np.linspace(HEIGHT - SLOT, HEIGHT, slot + 1),
        )
    )
    nz = outlet + between + slot
    grid = Grid(x_face=np.linspace(0.0, LENGTH, along + 1), y_face=np.array([0.0, 0.1]), z_face=z)
    raster = raster_of(
        grid,
        ports=[
            ("slot", 0, +1, (slice(nz - slot, nz), ALL, slice(0, 1))),
            ("outlet", 0, -1, (slice(0, outlet), ALL, slice(along, along + 1))),
        ],
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="slot", flow=JET * SLOT * 0.1, temperature=INLET),),
        exhausts=(Exhaust(port="outlet", backflow_temperature=INLET),),
        racks=(),
        turbulence=model,
        # epsilon = k^3/2 / (h / 10)
        inflow=InflowTurbulence(intensity=0.04, length=0.09**0.75 * SLOT / 10.0),
    )


def annex_20(_: Tier) -> Rows:
    problems = [annex_room(cells) for cells in ANNEX_GRIDS]
    solutions = settled_all(problems, AirControls(flow_tolerance=1e-5))
    every = [_annex_rows(p, s) for p, s in zip(problems, solutions, strict=True)]
    other = annex_room(model=Turbulence.RNG_K_EPSILON)
    # from still air its corner eddy takes thousands of iterations
    answer = solve_air(other, AirControls(flow_tolerance=1e-6), initial=solutions[-1].state)
    across = _annex_rows(other, answer)[:2]
    return [*on_grids(every, [cells[0] for cells in ANNEX_GRIDS]), *across]


def _annex_rows(problem: AirProblem, solution: AirSolution) -> list[Row]:
    """Across the room at x = H, then along the jet."""
    grid, name = problem.raster.grid, problem.turbulence.value
    u = 0.5 * (solution.state.u[:, 0, 1:] + solution.state.u[:, 0, :-1]) / JET
    rows: list[Row] = []
    for title, place, table, column, at, line in (
        (
            "x = H",
            "z [m]",
            "annex20_vertical",
            "z_m",
            grid.z,
            np.array([np.interp(HEIGHT, grid.x, each) for each in u]),
        ),
        (
            "along the jet",
            "x [m]",
            "annex20_ceiling",
            "x_m",
            grid.x,
            np.array([np.interp(HEIGHT - 0.5 * SLOT, grid.z, each) for each in u.T]),
        ),
    ):
        reference = read_reference(table)
        measured = (reference.numbers(column), reference.numbers("u_over_inlet_1"))
        curve = Curve(
            title=f"{name}, {title}",
            place=place,
            value="u over that of the inlet",
            published=measured,
            ours=(at, line),
            upright=place.startswith("z"),
        )
        rows += profile(
            f"{name}, {title}: u over that of the inlet",
            measured[1],
            np.interp(measured[0], at, line),
            rms=0.08,
            bias=0.08,
            curves=(curve,),
        )
    return rows
