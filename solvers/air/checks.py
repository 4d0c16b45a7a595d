"""Is an air problem well posed? Every fault is an InputError that names the device and the way out."""

from __future__ import annotations

import math

import numpy as np

from geometry.errors import InputError, require
from geometry.raster import Port
from solvers.air.lattice import Lattice
from solvers.air.problem import AirControls, AirProblem, AirState, Turbulence

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
        or not any(wall.velocity != (0.0, 0.0, 0.0) for wall in problem.walls),
        "moving walls: the wall law of k-epsilon is for walls at rest",
        hint="use another turbulence model",
    )
    air = problem.properties
    for quantity, value, unit in (
        ("density", air.density, "kg/m3"),
        ("heat capacity", air.heat_capacity, "J/(kg K)"),
        ("viscosity", air.viscosity, "m2/s"),
        ("Prandtl number", air.prandtl, "-"),
        ("turbulent Prandtl number", air.prandtl_turbulent, "-"),
    ):
        _positive(quantity, value, unit, "air")


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
