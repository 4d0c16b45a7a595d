"""Is an air problem well posed? Every fault is an InputError that names the device and the way out."""

from __future__ import annotations

import math

import numpy as np

from geometry.errors import InputError, require
from geometry.raster import Port
from solvers.air.boundaries import build_walls
from solvers.air.lattice import Lattice
from solvers.air.problem import AirControls, AirProblem, AirState, Forcing, Turbulence, Wall

TEMPERATURE_RANGE = (230.0, 390.0)  # K: what air of a hall can be given


def check_problem(problem: AirProblem) -> None:
    """Values of each device, and that its ports exist and are used once."""
    ports = problem.raster.ports
    used: dict[str, str] = {}

    def use(port: str, by: str) -> None:
        known = ", ".join(sorted(ports)[:8]) or "none"
        require(port in ports, f"port {port!r} of {by}: the hall has no such port (it has {known}, ...)")
        require(
            port not in used, f"port {port!r}: used by {used.get(port)} and by {by}", hint="one device a port"
        )
        require(
            ports[port].k.size > 0,
            f"port {port!r} of {by}: it has no faces on this grid",
            hint="refine the grid",
        )
        used[port] = by

    for supply in problem.supplies:
        by = f"supply {supply.port}"
        use(supply.port, by)
        _positive("air flow", supply.flow, "m3/s", by)
        _temperature("supply temperature", supply.temperature, by)
    for exhaust in problem.exhausts:
        by = f"exhaust {exhaust.port}"
        use(exhaust.port, by)
        _temperature("backflow temperature", exhaust.backflow_temperature, by)
    for rack in problem.racks:
        by = f"rack {rack.name}"
        use(rack.intake, by)
        use(rack.exhaust, by)
        _positive("air flow", rack.flow, "m3/s", by)
        _at_least_zero("air heat", rack.heat, "W", by)
        require(
            0.0 <= rack.door_effectiveness <= 1.0,
            f"door effectiveness of {by} = {rack.door_effectiveness:g}: outside 0..1",
        )
        _temperature("door temperature", rack.door_temperature, by)
    for name in used:
        _check_port(problem, ports[name])
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
    _positive("turbulence intensity", problem.inflow.intensity, "-", "inflow")
    _positive("turbulence length", problem.inflow.length, "m", "inflow")
    require(
        problem.turbulence is not Turbulence.K_EPSILON
        or not any(np.any(wall.velocity) for wall in problem.walls),
        "moving walls: the wall law of k-epsilon is for walls at rest",
        hint="use another turbulence model",
    )
    for wall in problem.walls:
        _check_wall(problem, wall)
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
        _positive(quantity, value, unit, "air")


def _check_wall(problem: AirProblem, wall: Wall) -> None:
    """A wall is one side or one surface; air passes through surfaces only, and has a temperature."""
    surfaces = problem.raster.surfaces
    require(
        (wall.side is None) != (not wall.surface),
        f"wall {wall.name or 'without a place'}: give it either a side of the room or a surface",
    )
    if wall.temperature is not None:
        _temperature("temperature", wall.temperature, f"wall {wall.name}")
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
        ("viscosity", forcing.viscosity, (nz, ny, nx)),
    ):
        require(
            values.shape == shape and bool(np.isfinite(values).all()),
            f"forcing, {name}: shape {values.shape}, finite values of shape {shape} are needed",
        )
    require(bool(np.all(forcing.viscosity > 0.0)), "forcing, viscosity: must be positive everywhere")


def check_controls(controls: AirControls) -> None:
    require(controls.max_iterations >= 1, f"max_iterations = {controls.max_iterations}: must be at least 1")
    for name in ("temperature_tolerance", "energy_tolerance", "mass_tolerance", "flow_tolerance"):
        _positive(name, getattr(controls, name), "", "air controls")


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


def check_regions(problem: AirProblem, lattice: Lattice) -> None:
    """Every connected body of air can keep its mass, and every heat has a way out."""
    ports = problem.raster.ports
    n = lattice.n_regions
    entering, leaving = np.zeros(n), np.zeros(n)
    names: list[list[str]] = [[] for _ in range(n)]
    anchored = np.zeros(n, dtype=bool)

    def shares(port: Port) -> tuple[np.ndarray, np.ndarray]:
        labels = lattice.region[lattice.index(*port.cells)]
        return labels, port.area / port.total_area

    def add(total: np.ndarray, port: str, flow: float, name: str) -> None:
        labels, share = shares(ports[port])
        np.add.at(total, labels, flow * share)
        for label in np.unique(labels):
            names[label].append(name)

    for supply in problem.supplies:
        add(entering, supply.port, supply.flow, f"supply {supply.port}")
    for rack in problem.racks:
        add(leaving, rack.intake, rack.flow, f"intake of rack {rack.name}")
        add(entering, rack.exhaust, rack.flow, f"exhaust of rack {rack.name}")
    for wall, cells in zip(problem.walls, build_walls(problem, lattice, 0.0), strict=True):
        if cells.inflow.any():
            region = lattice.region[cells.cell]
            np.add.at(entering, region, np.maximum(cells.inflow, 0.0))
            np.add.at(leaving, region, np.maximum(-cells.inflow, 0.0))
            for number in np.unique(region):
                names[number].append(f"wall {wall.name}")
    for exhaust in problem.exhausts:
        anchored[np.unique(lattice.region[lattice.index(*ports[exhaust.port].cells)])] = True

    for label in range(n):
        imbalance = entering[label] - leaving[label]
        if anchored[label] or abs(imbalance) <= 1e-9 * max(entering[label], leaving[label]):
            continue
        shown = ", ".join(names[label][:6]) + (", ..." if len(names[label]) > 6 else "")
        x, y, z = lattice.position(int(np.flatnonzero(lattice.region == label)[0]))
        raise InputError(
            f"air region at ({x:.2f}, {y:.2f}, {z:.2f}) m without exhaust ({shown}): "
            f"{entering[label]:.6g} m3/s enter, {leaving[label]:.6g} m3/s leave, "
            f"imbalance {imbalance:+.6g} m3/s\n"
            "  try: give it an exhaust, open its containment, or balance supply and rack flows"
        )
    _check_heat_has_way_out(problem, lattice, anchored)


def _check_heat_has_way_out(problem: AirProblem, lattice: Lattice, anchored: np.ndarray) -> None:
    """Regions joined by racks exchange heat; a group without exhaust, cold wall or rear door only warms."""
    group = list(range(lattice.n_regions))

    def root(label: int) -> int:
        while group[label] != label:
            label = group[label]
        return label

    ports = problem.raster.ports
    ends = [
        [
            int(v)
            for p in (r.intake, r.exhaust)
            for v in np.unique(lattice.region[lattice.index(*ports[p].cells)])
        ]
        for r in problem.racks
    ]
    for labels in ends:
        for label in labels[1:]:
            group[root(label)] = root(labels[0])
    cooled = {root(int(label)) for label in np.flatnonzero(anchored)}
    if any(wall.temperature is not None for wall in problem.walls):
        return
    for rack, labels in zip(problem.racks, ends, strict=True):
        if rack.door_effectiveness > 0.0:
            cooled.add(root(labels[0]))
    for rack, labels in zip(problem.racks, ends, strict=True):
        require(
            rack.heat == 0.0 or root(labels[0]) in cooled,
            f"heat of rack {rack.name} = {rack.heat:g} W: its air has neither exhaust nor rear door, "
            "so it would warm without limit",
            hint="add an exhaust or rear doors",
        )


def _check_port(problem: AirProblem, port: Port) -> None:
    """Air before every face, none behind it."""
    solid = problem.raster.solid
    n = solid.shape[2 - port.axis]
    cells = port.cells
    require(not solid[cells].any(), f"port {port.name}: no air before some of its faces")
    behind = [port.k, port.j, port.i]
    if port.inward > 0:
        behind[2 - port.axis] = behind[2 - port.axis] - 1
    at = behind[2 - port.axis]
    inside = (at >= 0) & (at < n)
    require(
        bool(solid[behind[0][inside], behind[1][inside], behind[2][inside]].all()),
        f"port {port.name}: air on both sides of some of its faces",
        hint="a port lies on the envelope or on the face of a solid",
    )


def _positive(quantity: str, value: float, unit: str, element: str) -> None:
    require(
        math.isfinite(value) and value > 0.0,
        f"{quantity} of {element} = {value:g} {unit}: must be positive",
        hint="leave a device out instead of giving it no flow" if unit == "m3/s" else "",
    )


def _at_least_zero(quantity: str, value: float, unit: str, element: str) -> None:
    require(
        math.isfinite(value) and value >= 0.0,
        f"{quantity} of {element} = {value:g} {unit}: must not be negative",
    )


def _temperature(quantity: str, value: float, element: str) -> None:
    low, high = TEMPERATURE_RANGE
    hint = (
        f"temperatures here are in kelvin: {value:g} degC is {value + 273.15:g} K"
        if -43 <= value <= 117
        else ""
    )
    require(
        low <= value <= high, f"{quantity} of {element} = {value:g} K: outside {low:g}..{high:g} K", hint=hint
    )
