"""Cases of air that flows through: laminar ducts, a step, racks and a hall by hand balance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geometry.grid import Array, Grid
from geometry.gridding import make_grid
from geometry.hall import Side
from geometry.layout import Containment, HallLayout, generate_hall
from geometry.rasterise import rasterise
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    AirSolution,
    Exhaust,
    Supply,
    ThroughFlow,
    Turbulence,
    Wall,
)
from solvers.air.solve import solve_air
from twin.verification.air_boxes import ALL, raster_of, uniform_grid
from twin.verification.case import Row, Rows, Tier, absolute, on_grids, relative
from twin.verification.cavities import settled, settled_all
from twin.verification.reference import read_reference

AIR = AirProperties()
RHO_CP = AIR.density * AIR.heat_capacity  # [J/(m3 K)]
INLET = 293.15  # [K]


# -- set-ups ---------------------------------------------------------------------------------------------


def duct(
    shape: tuple[int, int, int],
    size: tuple[float, float, float],
    *,
    properties: AirProperties,
    walls: tuple[Wall, ...] = (),
) -> AirProblem:
    """Laminar duct along x, entered evenly at 1 m/s and 20 degC; shape (nz, ny, nx), size (x, y, z) [m]."""
    nx = shape[2]
    raster = raster_of(
        uniform_grid(shape, size),
        ports=[("in", 0, +1, (ALL, ALL, slice(0, 1))), ("out", 0, -1, (ALL, ALL, slice(nx, nx + 1)))],
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=size[1] * size[2], temperature=INLET),),
        exhausts=(Exhaust(port="out", backflow_temperature=INLET),),
        racks=(),
        walls=walls,
        properties=properties,
        turbulence=Turbulence.LAMINAR,
    )


def rack_in_a_duct(*, door_effectiveness: float = 0.0, door_temperature: float = INLET) -> AirProblem:
    """A duct along x closed by one rack of 1 kW: supply, rack, exhaust, 0.2 m3/s at 20 degC."""
    raster = raster_of(
        uniform_grid((5, 4, 16), (3.2, 0.8, 1.0)),
        solids=[(ALL, ALL, slice(7, 9))],
        ports=[
            ("in", 0, +1, (ALL, ALL, slice(0, 1))),
            ("r.front", 0, -1, (ALL, ALL, slice(7, 8))),
            ("r.rear", 0, +1, (ALL, ALL, slice(9, 10))),
            ("out", 0, -1, (ALL, ALL, slice(16, 17))),
        ],
    )
    rack = ThroughFlow(
        name="r",
        intake="r.front",
        exhaust="r.rear",
        flow=0.2,
        heat=1000.0,
        door_effectiveness=door_effectiveness,
        door_temperature=door_temperature,
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=0.2, temperature=INLET),),
        exhausts=(Exhaust(port="out", backflow_temperature=INLET),),
        racks=(rack,),
    )


def contained_hall(target: float) -> AirProblem:
    """Two rows of racks about an airtight hot aisle: 12 kW and 0.9 m3/s a rack, supplied at 23 degC."""
    layout = HallLayout(
        rows=2, racks_per_row=2, containment=Containment.HOT_AISLE, containment_leakage=0.0, fan_walls=2
    )
    hall = generate_hall(layout)
    blowing = [opening.name for opening in hall.openings if opening.kind.supplies]
    drawing = [opening.name for opening in hall.openings if not opening.kind.supplies]
    supply = 0.9 * len(hall.populated) / len(blowing)
    return AirProblem(
        raster=rasterise(hall, make_grid(hall, target=target)),
        supplies=tuple(Supply(port=name, flow=supply, temperature=296.15) for name in blowing),
        exhausts=tuple(Exhaust(port=name, backflow_temperature=296.15) for name in drawing),
        racks=tuple(
            ThroughFlow(name=r.name, intake=f"{r.name}.front", exhaust=f"{r.name}.rear", flow=0.9, heat=12e3)
            for r in hall.populated
        ),
    )


# -- laminar ducts ---------------------------------------------------------------------------------------


def plane_channel(tier: Tier) -> Rows:
    """Height 1 m, Re 20 on the height: developed well before the place of comparison."""
    n = 32 if tier is Tier.FULL else 16
    viscosity = 0.05
    problem = duct(
        (n, 1, 5 * n), (10.0, 0.1, 1.0), properties=AirProperties(viscosity=viscosity, gravity=1e-9)
    )
    solution = settled([problem], AirControls(flow_tolerance=1e-5))
    slope = _pressure_slope(problem, solution)
    centre = float(solution.state.u[n // 2 - 1 : n // 2 + 1, 0, 4 * n].mean())
    # the mean of the two cells beside the centre line lies below it by (dz/2)^2 of the parabola
    exact = 1.5 * (1.0 - (1.0 / n) ** 2)
    return [
        relative("pressure drop [Pa/m]", 12.0 * viscosity * AIR.density, -slope, 0.01),
        relative("velocity beside the centre line over the mean", exact, centre, 0.01),
    ]


def square_duct(tier: Tier) -> Rows:
    """Side 1 m, Re 20; friction factor after Darcy times Reynolds number."""
    n = 24 if tier is Tier.FULL else 12
    viscosity = 0.05
    problem = duct(
        (n, n, 4 * n), (8.0, 1.0, 1.0), properties=AirProperties(viscosity=viscosity, gravity=1e-9)
    )
    solution = settled([problem], AirControls(flow_tolerance=1e-5))
    f_re = -2.0 * _pressure_slope(problem, solution) / (AIR.density * viscosity)
    tolerance = 0.01 if tier is Tier.FULL else 0.03
    return [relative("Darcy friction factor times Reynolds number", 56.91, f_re, tolerance)]


def heated_channel(tier: Tier) -> Rows:
    """Walls at 30 degC, Re 40 on the height: Nusselt number on twice the height, far downstream."""
    n = 32 if tier is Tier.FULL else 16
    viscosity, wall = 0.025, INLET + 10.0
    problem = duct(
        (n, 1, 6 * n),
        (16.0, 0.1, 1.0),
        properties=AirProperties(viscosity=viscosity, gravity=1e-9),
        walls=(Wall(side=Side.Z_LO, temperature=wall), Wall(side=Side.Z_HI, temperature=wall)),
    )
    solution = settled([problem], AirControls(flow_tolerance=1e-5))
    grid = problem.raster.grid
    i = int(np.searchsorted(grid.x, 13.0))
    t, u = solution.state.temperature[:, 0, i], solution.state.u[:, 0, i : i + 2].mean(axis=1)
    bulk = float((u * t).sum() / u.sum())
    gradient = ((wall - t[0]) / (0.5 * grid.dz[0]) + (wall - t[-1]) / (0.5 * grid.dz[-1])) / 2.0
    return [relative("Nusselt number", 7.541, float(gradient * 2.0 / (wall - bulk)), 0.01)]


def backward_step(tier: Tier) -> Rows:
    rows: list[Row] = []
    full = tier is Tier.FULL
    grids = (10, 14, 20) if full else (10,)
    for row in read_reference("backward_step"):
        if not full and row["reynolds_1"] != "100":
            continue
        every = [
            [
                relative(
                    f"Re {row['reynolds_1']}, {n} cells a step: reattachment over the step height",
                    float(row["reattachment_1"]),
                    place,
                    0.02 if full else 0.05,
                )
            ]
            for n, place in zip(grids, _reattachments(float(row["reynolds_1"]), grids), strict=True)
        ]
        rows += on_grids(every, grids)
    return rows


# -- racks and halls -------------------------------------------------------------------------------------


def rack_balance(_: Tier) -> Rows:
    rise = 1000.0 / (RHO_CP * 0.2)
    plain = solve_air(rack_in_a_duct())
    cooled = solve_air(rack_in_a_duct(door_effectiveness=0.6, door_temperature=291.15))
    behind_door = INLET + rise - 0.6 * (INLET + rise - 291.15)
    return [
        absolute("rack outlet [K]", INLET + rise, float(plain.rack_outlet[0]), 1e-4),
        absolute("return air [K]", INLET + rise, plain.return_temperature, 1e-4),
        absolute("outlet behind a rear door [K]", behind_door, float(cooled.rack_outlet[0]), 1e-4),
        relative(
            "heat taken by the door [W]",
            RHO_CP * 0.2 * (INLET + rise - behind_door),
            float(cooled.door_heat[0]),
            1e-5,
        ),
    ]


def hall_balance(tier: Tier) -> Rows:
    solution = solve_air(contained_hall(0.2 if tier is Tier.FULL else 0.4))
    back = 296.15 + 12e3 / (RHO_CP * 0.9)
    inlet = solution.rack_inlet_mean
    worst = float(inlet[int(np.argmax(np.abs(inlet - 296.15)))])
    return [
        absolute("return air of a contained hall [K]", back, solution.return_temperature, 0.01),
        absolute("rack inlet, worst of 4 [K]", 296.15, worst, 0.01),
        absolute("mass imbalance over the flow [-]", 0.0, solution.air_mass, 1e-6),
        absolute("heat in less heat out over heat in [-]", 0.0, solution.air_energy, 1e-3),
    ]


# -- helpers ---------------------------------------------------------------------------------------------


def _pressure_slope(problem: AirProblem, solution: AirSolution) -> float:
    """Pressure gradient along a duct [Pa/m] where the flow is developed, 60 to 85 % of the way."""
    x: Array = problem.raster.grid.x
    length = float(problem.raster.grid.x_face[-1])
    mean = solution.state.pressure.mean(axis=(0, 1))
    chosen = (x > 0.6 * length) & (x < 0.85 * length)
    return float(np.polyfit(x[chosen], mean[chosen], 1)[0])


def _reattachments(reynolds: float, grids: Sequence[int]) -> list[float]:
    """Places behind a step of 1 m, n cells high, where the velocity along the floor turns forward [m].

    The flow develops in an inlet channel 20 m long from an even profile; the outlet is 40 m downstream.
    """
    problems = [_step(reynolds, n) for n in grids]
    # the slow eddy holds a thousandth of the kinetic energy that the stop is judged by
    solutions = settled_all(problems, AirControls(flow_tolerance=1e-8, max_iterations=8000))
    places = []
    for problem, solution in zip(problems, solutions, strict=True):
        x = problem.raster.grid.x_face
        floor = solution.state.u[0, 0, :]
        i = int(np.flatnonzero((x > 0.5) & (floor < 0.0))[-1])
        places.append(float(x[i] + (x[i + 1] - x[i]) * floor[i] / (floor[i] - floor[i + 1])))
    return places


def _step(reynolds: float, n: int) -> AirProblem:
    before, behind = 3 * n, 4 * n
    x = np.concatenate(
        (
            -np.geomspace(20.0 + 1.0, 1.0, before + 1) + 1.0,
            np.linspace(0.0, 12.0, 6 * n + 1)[1:],
            12.0 + np.geomspace(2.0, 30.0, behind + 1)[1:] - 2.0,
        )
    )
    grid = Grid(x_face=x, y_face=np.array([0.0, 0.1]), z_face=np.linspace(0.0, 2.0, 2 * n + 1))
    nx, nz = x.size - 1, 2 * n
    raster = raster_of(
        grid,
        solids=[(slice(0, n), ALL, slice(0, before))],
        ports=[
            ("in", 0, +1, (slice(n, nz), ALL, slice(0, 1))),
            ("out", 0, -1, (ALL, ALL, slice(nx, nx + 1))),
        ],
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=0.1, temperature=INLET),),
        exhausts=(Exhaust(port="out", backflow_temperature=INLET),),
        racks=(),
        properties=AirProperties(viscosity=2.0 / reynolds, gravity=1e-9),
        turbulence=Turbulence.LAMINAR,
    )
