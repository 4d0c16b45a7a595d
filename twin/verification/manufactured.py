"""Order of accuracy of the whole solver: Kovasznay's flow, and a manufactured flow with temperature."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from geometry.grid import Array, Grid
from geometry.hall import Side
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    AirSolution,
    AirState,
    Convection,
    Forcing,
    Turbulence,
    Wall,
)
from twin.verification.air_boxes import ALL, Box, raster_of, stretched
from twin.verification.case import Row, Rows, Tier, orders
from twin.verification.cavities import settled_all

Function = Callable[[Array, Array, Array], Array]  # of x, y, z

CONTROLS = AirControls(flow_tolerance=1e-8, energy_tolerance=1e-4, max_iterations=8000)
SCHEMES = ((Convection.CENTRAL, "central", 0.1), (Convection.TVD, "TVD", 0.3))  # allowed below order 2
GRIDS = (("equal cells", 0.0), ("graded cells", 0.4))

# -- Kovasznay -------------------------------------------------------------------------------------------

REYNOLDS = 40.0
DECAY = float(0.5 * REYNOLDS - np.sqrt(0.25 * REYNOLDS**2 + 4.0 * np.pi**2))  # [1/m]


def kovasznay(n: int, convection: Convection, strength: float = 0.0) -> AirProblem:
    """Flow behind a row of cylinders at Re 40 in x -0.5..1, z -0.5..0.5 m: 3 n / 2 times n cells.

    u = 1 - e^(a x) cos(2 pi z), w = a / (2 pi) e^(a x) sin(2 pi z), a = Re / 2 - (Re^2 / 4 + 4 pi^2)^1/2
    (Kovasznay, Proc. Camb. Phil. Soc. 44 (1948) 58-62). Given on all four sides: a profile enters in the
    west and leaves in the east, floor and ceiling slide. What passes a face is the difference of the stream
    function over it, so that as much leaves as enters.
    """
    grid = Grid(
        x_face=stretched(3 * n // 2, 1.5, strength) - 0.5,
        y_face=np.array([0.0, 0.1]),
        z_face=stretched(n, 1.0, strength) - 0.5,
    )
    nz, _, nx = grid.shape
    sides: list[tuple[str, int, int, Box]] = [
        ("west", 0, +1, (ALL, ALL, slice(0, 1))),
        ("east", 0, -1, (ALL, ALL, slice(nx, nx + 1))),
        ("floor", 2, +1, (slice(0, 1), ALL, ALL)),
        ("ceiling", 2, -1, (slice(nz, nz + 1), ALL, ALL)),
    ]
    walls = []
    for name, axis, inward, _ in sides:
        line = grid.x_face if axis == 0 else grid.z_face
        at = line[0] if inward > 0 else line[-1]
        u, w = kovasznay_velocity(*((at, grid.z) if axis == 0 else (grid.x, at)))
        velocity = np.zeros((grid.z.size if axis == 0 else grid.x.size, 3))
        velocity[:, 0] = np.diff(_stream(at, grid.z_face)) / grid.dz if axis == 0 else u
        velocity[:, 2] = w if axis == 0 else 0.0
        walls.append(Wall(surface=name, velocity=velocity, temperature=293.15))
    return AirProblem(
        raster=raster_of(grid, surfaces=sides),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=tuple(walls),
        properties=AirProperties(viscosity=1.0 / REYNOLDS),
        turbulence=Turbulence.LAMINAR,
        convection=convection,
    )


def kovasznay_velocity(x: Array | float, z: Array | float) -> tuple[Array, Array]:
    """(u, w) [m/s] at (x, z) [m]."""
    decayed = np.exp(DECAY * x)
    u = 1.0 - decayed * np.cos(2.0 * np.pi * z)
    w = DECAY / (2.0 * np.pi) * decayed * np.sin(2.0 * np.pi * z)
    return np.asarray(u), np.asarray(w)


def _stream(x: Array | float, z: Array) -> Array:
    """u = d psi / dz, w = -d psi / dx [m2/s]."""
    return np.asarray(z - np.exp(DECAY * x) * np.sin(2.0 * np.pi * z) / (2.0 * np.pi))


def kovasznay_order(tier: Tier) -> Rows:
    """Mean error of the velocity on three grids."""
    grids = (16, 32, 64) if tier is Tier.FULL else (12, 24, 48)
    rows: list[Row] = []
    for scheme, name, shortfall in SCHEMES:
        for kind, strength in GRIDS if tier is Tier.FULL else GRIDS[:1]:
            problems = [kovasznay(n, scheme, strength) for n in grids]
            errors = []
            for problem, solution in zip(problems, settled_all(problems, CONTROLS), strict=True):
                grid, state = problem.raster.grid, solution.state
                u, _ = kovasznay_velocity(grid.x_face, grid.z[:, None])
                _, w = kovasznay_velocity(grid.x, grid.z_face[:, None])
                errors.append(_mean_error(grid, state, (u[:, None], None, w[:, None])))
            title = f"{name}, {kind}, {_names(grids)} cells high: mean error of the velocity"
            rows.append(orders(title, 2.0, errors, 2.0, shortfall))
    return rows


# -- manufactured ----------------------------------------------------------------------------------------

AIR = AirProperties(viscosity=0.05)
SPEED = 0.3  # [m/s]
WARMTH = 5.0  # [K]
STEP = 1e-3  # of the differences below: their error is 1e-8 of the largest term


def _derivative(f: Function, axis: int) -> Function:
    """Central difference of fourth order."""

    def shifted(at: tuple[Array, ...], steps: int) -> Array:
        x, y, z = (place + steps * STEP if a == axis else place for a, place in enumerate(at))
        return f(x, y, z)

    def derivative(*at: Array) -> Array:
        near = shifted(at, 1) - shifted(at, -1)
        far = shifted(at, 2) - shifted(at, -2)
        return np.asarray((8.0 * near - far) / (12.0 * STEP))

    return derivative


def _bump(s: Array) -> Array:
    return np.asarray(np.sin(np.pi * s) ** 2)


def _slope(s: Array) -> Array:
    return np.asarray(np.pi * np.sin(2.0 * np.pi * s))


def _u(x: Array, y: Array, z: Array) -> Array:
    """With v and w: free of divergence in three dimensions, at rest on the walls of the unit cube [m/s]."""
    return SPEED * _bump(x) * _slope(y) * _bump(z)


def _v(x: Array, y: Array, z: Array) -> Array:
    return SPEED * _bump(y) * (_bump(x) * _slope(z) - _slope(x) * _bump(z))


def _w(x: Array, y: Array, z: Array) -> Array:
    return -SPEED * _bump(x) * _slope(y) * _bump(z)


def _pressure(x: Array, y: Array, z: Array) -> Array:
    """Kinematic [m2/s2], its mean 0."""
    return np.asarray(0.5 * np.cos(np.pi * x) * np.cos(np.pi * y) * np.cos(np.pi * z))


def _theta(x: Array, y: Array, z: Array) -> Array:
    """Above the air's temperature [K]: walls x = 0 and 1 hold +-WARMTH, no heat passes the others."""
    wave = np.sin(np.pi * x) * np.cos(np.pi * y) * np.cos(np.pi * z)
    return np.asarray(WARMTH * (1.0 - 2.0 * x + wave))


def _viscosity(x: Array, y: Array, z: Array) -> Array:
    """From one to two times the air's own [m2/s]."""
    wave = np.cos(np.pi * x) * np.cos(2.0 * np.pi * y) * np.sin(np.pi * z + 0.3)
    return np.asarray(AIR.viscosity * (1.5 + 0.5 * wave))


def _diffusivity(*at: Array) -> Array:
    turbulent = (_viscosity(*at) - AIR.viscosity) / AIR.prandtl_turbulent
    return AIR.viscosity / AIR.prandtl + turbulent


def _residual(f: Function, diffusivity: Function) -> Function:
    """u . grad f - div(diffusivity grad f)."""

    def flux(axis: int) -> Function:
        gradient = _derivative(f, axis)
        return lambda *at: diffusivity(*at) * gradient(*at)

    def residual(*at: Array) -> Array:
        convected = sum(c(*at) * _derivative(f, axis)(*at) for axis, c in enumerate((_u, _v, _w)))
        return np.asarray(convected - sum(_derivative(flux(axis), axis)(*at) for axis in range(3)))

    return residual


def _places(grid: Grid) -> tuple[tuple[Array, Array, Array], ...]:
    """(x, y, z) of the faces normal to x, y and z, and of the cells, ready to broadcast."""
    centre, face = (grid.x, grid.y, grid.z), (grid.x_face, grid.y_face, grid.z_face)
    places = []
    for axis in range(4):
        x, y, z = (face[a] if a == axis else centre[a] for a in range(3))
        places.append((x, y[:, None], z[:, None, None]))
    return tuple(places)


def manufactured(n: int, convection: Convection, strength: float = 0.0) -> AirProblem:
    """Buoyant flow of given viscosity in the unit cube, n cells a side, with sources of a known answer."""
    line = stretched(n, strength=strength)
    grid = Grid(x_face=line, y_face=line, z_face=line)
    *faces, cells = _places(grid)
    accelerations = []
    for axis, component in enumerate((_u, _v, _w)):
        at = faces[axis]
        value = _residual(component, _viscosity)(*at) + _derivative(_pressure, axis)(*at)
        if axis == 2:
            value = value - AIR.gravity * AIR.expansion * _theta(*at)
        accelerations.append(value)
    reference = AIR.temperature
    return AirProblem(
        raster=raster_of(grid),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=(
            Wall(side=Side.X_LO, temperature=reference + WARMTH),
            Wall(side=Side.X_HI, temperature=reference - WARMTH),
        ),
        properties=AIR,
        turbulence=Turbulence.LAMINAR,
        convection=convection,
        forcing=Forcing(
            acceleration=(accelerations[0], accelerations[1], accelerations[2]),
            warming=_residual(_theta, _diffusivity)(*cells),
            viscosity=_viscosity(*cells),
        ),
    )


def manufactured_errors(problem: AirProblem, solution: AirSolution) -> tuple[float, float, float]:
    """Mean errors of velocity [m/s], temperature [K] and kinematic pressure [m2/s2]."""
    grid, state = problem.raster.grid, solution.state
    *faces, cells = _places(grid)
    exact = (_u(*faces[0]), _v(*faces[1]), _w(*faces[2]))
    warmth = np.abs(state.temperature - AIR.temperature - _theta(*cells))
    pressure = state.pressure / AIR.density - _pressure(*cells)
    pressure -= (pressure * grid.volume).sum()  # the constant is free
    return (
        _mean_error(grid, state, exact),
        float((warmth * grid.volume).sum()),
        float((np.abs(pressure) * grid.volume).sum()),
    )


def manufactured_order(tier: Tier) -> Rows:
    """Momentum with variable viscosity and buoyancy, pressure and energy at once, on three grids."""
    grids = (10, 20, 40) if tier is Tier.FULL else (6, 12, 24)
    rows: list[Row] = []
    for scheme, name, shortfall in SCHEMES:
        for kind, strength in GRIDS if tier is Tier.FULL else GRIDS[:1]:
            problems = [manufactured(n, scheme, strength) for n in grids]
            solutions = settled_all(problems, CONTROLS)
            errors = [manufactured_errors(*pair) for pair in zip(problems, solutions, strict=True)]
            for quantity, each in zip(("velocity", "temperature"), zip(*errors, strict=True), strict=False):
                title = f"{name}, {kind}, {_names(grids)} cells a side: mean error of the {quantity}"
                rows.append(orders(title, 2.0, each, 2.0, shortfall))
    return rows


# -- helpers ---------------------------------------------------------------------------------------------


def _mean_error(grid: Grid, state: AirState, exact: tuple[Array | None, Array | None, Array | None]) -> float:
    """L1 norm of the error of the components that are given, over the faces between cells [m/s]."""
    total, volume = 0.0, float(grid.volume.sum())
    widths = (grid.dx, grid.dy[:, None], grid.dz[:, None, None])
    for axis, (ours, expected) in enumerate(zip((state.u, state.v, state.w), exact, strict=True)):
        if expected is None:
            continue
        inner = [slice(None)] * 3
        inner[2 - axis] = slice(1, -1)
        error = np.abs(ours - expected)[tuple(inner)]
        for a in range(3):
            width = widths[a]
            error = error * (0.5 * (width[:-1] + width[1:]) if a == axis else width)
        total += float(error.sum())
    return total / volume


def _names(grids: Sequence[int]) -> str:
    return ", ".join(str(n) for n in grids[:-1]) + f" and {grids[-1]}"
