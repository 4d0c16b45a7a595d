"""Is an air problem well posed? Every fault is an InputError that names the device and the way out."""

from __future__ import annotations

import numpy as np

from geometry.errors import require, require_range
from solvers.air.device_checks import at_least_zero, check_devices, positive, temperature
from solvers.air.problem import AirControls, AirProblem, AirState, Forcing, Jets, Wall


def check_problem(problem: AirProblem) -> None:
    """Devices, walls, losses and the air itself."""
    check_devices(problem)
    for loss, axis in (
        (problem.raster.loss_x, "x"),
        (problem.raster.loss_y, "y"),
        (problem.raster.loss_z, "z"),
    ):
        require(
            bool(np.all(loss >= 0.0) and np.all(np.isfinite(loss))),
            f"loss coefficient on {axis}-faces: negative or not finite",
            hint="quadratic losses K are >= 0",
        )
    positive("turbulence intensity", problem.inflow.intensity, "-", "inflow")
    positive("turbulence length", problem.inflow.length, "m", "inflow")
    require(
        not problem.turbulence.transported or not any(np.any(wall.velocity) for wall in problem.walls),
        "moving walls: the wall law of k-epsilon is for walls at rest",
        hint="use another turbulence model",
    )
    for wall in problem.walls:
        _check_wall(problem, wall)
    for jets in problem.jets:
        _check_jets(problem, jets)
    if problem.forcing is not None:
        _check_forcing(problem, problem.forcing)
    air = problem.properties
    for quantity, value, unit in (
        ("density", air.density, "kg/m3"),
        ("heat capacity", air.heat_capacity, "J/(kg K)"),
        ("viscosity", air.viscosity, "m2/s"),
        ("Prandtl number", air.prandtl, "-"),
        ("turbulent Prandtl number", air.prandtl_turbulent, "-"),
    ):
        positive(quantity, value, unit, "air")


def _check_jets(problem: AirProblem, jets: Jets) -> None:
    blown = {s.port for s in problem.supplies} | {u.outlet for u in problem.units}
    known = sorted(blown | set(problem.raster.passages))
    require(
        jets.port in known,
        f"jets of {jets.port!r}: no port that is blown through, no passage (there is "
        f"{', '.join(known[:8]) or 'none'})",
    )
    require_range("open fraction", jets.open_fraction, 0.01, 1.0, "-", element=f"jets of {jets.port}")


def _check_wall(problem: AirProblem, wall: Wall) -> None:
    """A wall is one side or one surface; air passes through surfaces only, and has a temperature."""
    surfaces = problem.raster.surfaces
    require(
        (wall.side is None) != (not wall.surface),
        f"wall {wall.name or 'without a place'}: give it either a side of the room or a surface",
    )
    if wall.temperature is not None:
        temperature("temperature", wall.temperature, f"wall {wall.name}")
    if wall.conductance is not None:
        at_least_zero("U value", wall.conductance, "W/(m2 K)", f"wall {wall.name}")
        require(
            wall.temperature is not None,
            f"wall {wall.name}: it has a U value, so it needs the temperature outside",
        )
    if wall.side is not None:
        shape: tuple[int, ...] = (3,)
        axis = wall.side.axis
    else:
        known = ", ".join(sorted(surfaces)[:8]) or "none"
        require(
            wall.surface in surfaces, f"wall {wall.surface!r}: no such surface of the raster (it has {known})"
        )
        surface = surfaces[wall.surface]
        axis = surface.axis
        shape = (surface.k.size, 3) if np.ndim(wall.velocity) == 2 else (3,)
        closed = (problem.raster.closed_x, problem.raster.closed_y, problem.raster.closed_z)[axis]
        require(
            bool(closed[surface.k, surface.j, surface.i].all())
            and not problem.raster.solid[surface.cells].any(),
            f"wall {wall.surface}: its faces must be closed and have air before them",
        )
    velocity = np.asarray(wall.velocity, dtype=np.float64)
    require(
        velocity.shape == shape and bool(np.isfinite(velocity).all()),
        f"velocity of wall {wall.name}: shape {velocity.shape}, finite values of shape {shape} are needed",
    )
    require(
        not wall.slip or (wall.side is not None and not velocity.any()),
        f"wall {wall.name}: only a side of the room at rest can be without friction",
    )
    through = velocity[..., axis]
    require(
        wall.side is None or not through.any(),
        f"velocity of wall {wall.name}: a part normal to it, which only a surface may have",
        hint="blow air by a supply",
    )
    require(
        not through.any() or wall.temperature is not None,
        f"wall {wall.name}: air passes through it, so it needs a temperature",
    )


def _check_forcing(problem: AirProblem, forcing: Forcing) -> None:
    nz, ny, nx = problem.raster.grid.shape
    u, v, w = forcing.acceleration
    for name, values, shape in (
        ("acceleration along x", u, (nz, ny, nx + 1)),
        ("acceleration along y", v, (nz, ny + 1, nx)),
        ("acceleration along z", w, (nz + 1, ny, nx)),
        ("warming", forcing.warming, (nz, ny, nx)),
        *([] if forcing.viscosity is None else [("viscosity", forcing.viscosity, (nz, ny, nx))]),
    ):
        require(
            values.shape == shape and bool(np.isfinite(values).all()),
            f"forcing, {name}: shape {values.shape}, finite values of shape {shape} are needed",
        )
    require(
        forcing.viscosity is None or bool(np.all(forcing.viscosity > 0.0)),
        "forcing, viscosity: must be positive everywhere",
    )


def check_controls(controls: AirControls) -> None:
    require(controls.max_iterations >= 1, f"max_iterations = {controls.max_iterations}: must be at least 1")
    for name in ("temperature_tolerance", "energy_tolerance", "mass_tolerance", "flow_tolerance"):
        positive(name, getattr(controls, name), "", "air controls")


def check_initial(problem: AirProblem, initial: AirState) -> None:
    """Shapes of a warm start agree with the grid and its values are finite."""
    nz, ny, nx = problem.raster.grid.shape
    expected = {
        "u": (nz, ny, nx + 1),
        "v": (nz, ny + 1, nx),
        "w": (nz + 1, ny, nx),
        "pressure": (nz, ny, nx),
        "temperature": (nz, ny, nx),
        "k": (nz, ny, nx),
        "epsilon": (nz, ny, nx),
    }
    for name, shape in expected.items():
        values = getattr(initial, name)
        if values is None:
            continue
        require(
            values.shape == shape,
            f"initial {name}: shape {values.shape}, the grid needs {shape}",
            hint="start from a result on the same grid, or without one",
        )
        require(bool(np.isfinite(values).all()), f"initial {name}: not finite everywhere")
