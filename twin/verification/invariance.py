"""What must not change an answer: directions of the axes, the order of devices; flow that stays even."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geometry.grid import Grid
from geometry.hall import Side
from solvers.air.problem import (
    AirControls,
    AirProblem,
    Convection,
    Exhaust,
    Supply,
    ThroughFlow,
    Turbulence,
    Wall,
)
from solvers.air.solve import solve_air
from twin.verification.air_boxes import ALL, raster_of, stretched, turned
from twin.verification.case import Rows, Tier, absolute

COLD = 291.15  # [K]


def lopsided_room() -> AirProblem:
    """Two racks of different heat, three openings, a panel and a porous screen: no symmetry, graded cells."""
    grid = Grid(
        x_face=stretched(12, 3.0, 0.4),
        y_face=stretched(10, 2.4, 0.3),
        z_face=stretched(8, 2.4, 0.4),
    )
    raster = raster_of(
        grid,
        solids=[(slice(0, 5), slice(3, 5), slice(2, 5)), (slice(0, 4), slice(6, 8), slice(6, 10))],
        panels=[(2, (slice(5, 6), slice(0, 4), slice(2, 6)))],
        losses=[(0, (slice(0, 6), slice(2, 9), slice(9, 10)), 12.0)],
        ports=[
            ("tile", 2, +1, (slice(0, 1), slice(0, 2), slice(1, 5))),
            ("grille", 2, -1, (slice(8, 9), slice(5, 8), slice(1, 4))),
            ("door", 0, -1, (slice(0, 4), slice(1, 4), slice(12, 13))),
            ("a.front", 1, -1, (slice(0, 5), slice(3, 4), slice(2, 5))),
            ("a.rear", 1, +1, (slice(0, 5), slice(5, 6), slice(2, 5))),
            ("b.front", 1, -1, (slice(0, 4), slice(6, 7), slice(6, 10))),
            ("b.rear", 1, +1, (slice(0, 4), slice(8, 9), slice(6, 10))),
        ],
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="tile", flow=0.3, temperature=COLD),),
        exhausts=(
            Exhaust(port="grille", backflow_temperature=COLD + 5.0),
            Exhaust(port="door", backflow_temperature=COLD + 5.0),
        ),
        racks=(
            ThroughFlow(name="a", intake="a.front", exhaust="a.rear", flow=0.2, heat=1200.0),
            ThroughFlow(name="b", intake="b.front", exhaust="b.rear", flow=0.15, heat=700.0),
        ),
        convection=Convection.UPWIND,
    )


def symmetries(_: Tier) -> Rows:
    """Differences of the racks' inlets and of the flow through the openings, over what a turn may change."""
    controls = AirControls(temperature_tolerance=1e-5, flow_tolerance=1e-6, max_iterations=3000)
    room = lopsided_room()
    weightless = replace(room, properties=replace(room.properties, expansion=0.0))
    reordered = replace(room, exhausts=room.exhausts[::-1], racks=room.racks[::-1])
    plain, floating = solve_air(room, controls), solve_air(weightless, controls)
    rows = []
    for name, changed, before in (
        ("mirrored along x", turned(room, (0, 1, 2), (True, False, False)), plain),
        ("mirrored along y", turned(room, (0, 1, 2), (False, True, False)), plain),
        ("x and y exchanged", turned(room, (1, 0, 2), (False, False, False)), plain),
        ("without gravity, upside down", turned(weightless, (0, 1, 2), (False, False, True)), floating),
        ("without gravity, z, x, y for x, y, z", turned(weightless, (2, 0, 1), (False,) * 3), floating),
        ("devices in another order", reordered, plain),
    ):
        after = solve_air(changed, controls)
        inlet = after.rack_inlet_mean[::-1] if changed is reordered else after.rack_inlet_mean
        leaving = max(abs(after.exhaust_flow[p] - before.exhaust_flow[p]) for p in before.exhaust_flow)
        rows += [
            absolute(
                f"{name}: rack inlets differ by [K]",
                0.0,
                float(np.abs(inlet - before.rack_inlet_mean).max()),
                1e-3,
            ),
            absolute(f"{name}: flow through openings differs by [m3/s]", 0.0, float(leaving), 1e-5),
        ]
    return rows


def even_flow(_: Tier) -> Rows:
    """Air of 0.5 m/s through screens, tiles and porous blocks that fill a duct with frictionless sides."""
    speed = 0.5
    grid = Grid(x_face=stretched(6, 1.2, 0.3), y_face=stretched(5, 0.8, 0.3), z_face=stretched(14, 3.0, 0.4))
    k = {3: 40.0, 6: 2.0, 7: 2.0, 8: 2.0, 11: 800.0}
    raster = raster_of(
        grid,
        losses=[(2, (slice(at, at + 1), ALL, ALL), value) for at, value in k.items()],
        ports=[
            ("floor", 2, +1, (slice(0, 1), ALL, ALL)),
            ("ceiling", 2, -1, (slice(14, 15), ALL, ALL)),
        ],
    )
    problem = AirProblem(
        raster=raster,
        supplies=(Supply(port="floor", flow=speed * 1.2 * 0.8, temperature=COLD),),
        exhausts=(Exhaust(port="ceiling", backflow_temperature=COLD),),
        racks=(),
        turbulence=Turbulence.LAMINAR,
        walls=tuple(Wall(side=side, slip=True) for side in (Side.X_LO, Side.X_HI, Side.Y_LO, Side.Y_HI)),
    )
    state = solve_air(problem, AirControls(max_iterations=400, flow_tolerance=1e-12)).state
    across = max(float(np.abs(state.u).max()), float(np.abs(state.v).max()))
    density = problem.properties.density
    drop = float(state.pressure[2].mean() - state.pressure[11].mean())
    expected = sum(k.values()) * density * speed**2 / 2.0
    return [
        absolute("largest departure of w [m/s]", 0.0, float(np.abs(state.w - speed).max()), 1e-10),
        absolute("largest u or v [m/s]", 0.0, across, 1e-10),
        absolute("pressure drop [Pa]", expected, drop, 1e-6),
    ]
