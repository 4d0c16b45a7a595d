"""Can every connected body of air keep its mass, and does every heat have a way out?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from geometry.errors import InputError, require
from geometry.raster import Port
from solvers.air.boundaries import build_walls
from solvers.air.fans import FanCurve
from solvers.air.lattice import Lattice
from solvers.air.problem import AirProblem, PorousRack


def check_regions(problem: AirProblem, lattice: Lattice) -> None:
    """Raise InputError for a body of air whose flows cannot balance, or whose heat has no way out."""
    _check_heat_has_way_out(problem, lattice, check_flows(problem, lattice))


def check_flows(problem: AirProblem, lattice: Lattice) -> NDArray[np.bool_]:
    """Raise InputError for a body of air whose flows cannot balance; which regions have an exhaust."""
    ports = problem.raster.ports
    n = lattice.n_regions
    entering, leaving = np.zeros(n), np.zeros(n)
    names: list[list[str]] = [[] for _ in range(n)]
    anchored = np.zeros(n, dtype=bool)
    for exhaust in problem.exhausts:
        anchored[_labels(lattice, ports[exhaust.port])] = True

    def add(total: NDArray[np.float64], port: Port, flow: float, name: str) -> None:
        labels = lattice.region[lattice.index(*port.cells)]
        np.add.at(total, labels, flow * port.area / port.total_area)
        for label in np.unique(labels):
            names[label].append(name)

    for supply in problem.supplies:
        add(entering, ports[supply.port], supply.flow, f"supply {supply.port}")
    for name, intake, outlet, flow, fan in _through(problem):
        _check_fan(lattice, anchored, name, intake, outlet, fan)
        add(leaving, intake, flow, f"intake of {name}")
        add(entering, outlet, flow, f"exhaust of {name}")
    for wall, cells in zip(problem.walls, build_walls(problem, lattice, 0.0), strict=True):
        if cells.inflow.any():
            region = lattice.region[cells.cell]
            np.add.at(entering, region, np.maximum(cells.inflow, 0.0))
            np.add.at(leaving, region, np.maximum(-cells.inflow, 0.0))
            for number in np.unique(region):
                names[number].append(f"wall {wall.name}")
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
    return anchored


def _labels(lattice: Lattice, port: Port) -> NDArray[np.int64]:
    return np.unique(lattice.region[lattice.index(*port.cells)])


def _through(problem: AirProblem) -> Iterator[tuple[str, Port, Port, float, FanCurve | None]]:
    """(name, intake, outlet, rated flow, curve) of what draws and blows."""
    ports = problem.raster.ports
    for rack in problem.racks:
        if not isinstance(rack, PorousRack):
            yield f"rack {rack.name}", ports[rack.intake], ports[rack.exhaust], rack.flow, rack.fan
    for unit in problem.units:
        if not unit.failed:
            name = f"cooling unit {unit.name}"
            yield name, ports[unit.intake], ports[unit.outlet], unit.flow, unit.fan


def _check_fan(
    lattice: Lattice,
    anchored: NDArray[np.bool_],
    name: str,
    intake: Port,
    outlet: Port,
    fan: FanCurve | None,
) -> None:
    """A fan that finds its own flow must not join bodies of air that nothing else joins: their flows would
    balance at one pressure only, which no face carries."""
    joined = np.union1d(_labels(lattice, intake), _labels(lattice, outlet))
    require(
        fan is None or joined.size == 1 or bool(anchored[joined].all()),
        f"{name} has a fan curve and moves air between bodies of air that are sealed from each other",
        hint="give the containment its leakage (no containment is airtight), or the device a fixed flow",
    )


def _check_heat_has_way_out(problem: AirProblem, lattice: Lattice, anchored: NDArray[np.bool_]) -> None:
    """Regions joined by devices exchange heat; a group without any cooling only warms."""
    group = list(range(lattice.n_regions))

    def root(label: int) -> int:
        while group[label] != label:
            label = group[label]
        return label

    if any(wall.temperature is not None for wall in problem.walls):
        return
    ports, zones = problem.raster.ports, problem.raster.zones
    for _, intake, outlet, _, _ in _through(problem):
        labels = np.union1d(_labels(lattice, intake), _labels(lattice, outlet)).tolist()
        for label in labels[1:]:
            group[root(label)] = root(labels[0])
    cooled = {root(int(label)) for label in np.flatnonzero(anchored)}
    heated: list[tuple[str, float, int]] = []
    for rack in problem.racks:
        if isinstance(rack, PorousRack):
            zone = zones[rack.zone]
            label = int(lattice.region[lattice.index(zone.k[0], zone.j[0], zone.i[0])])
        else:
            label = int(_labels(lattice, ports[rack.intake])[0])
            if rack.has_door:
                cooled.add(root(label))
        heated.append((f"rack {rack.name}", rack.heat, label))
    for source in problem.sources:
        zone = zones[source.zone]
        label = int(lattice.region[lattice.index(zone.k[0], zone.j[0], zone.i[0])])
        heated.append((f"heat source {source.name}", source.heat, label))
    for unit in problem.units:
        if unit.coil is not None and not unit.failed:
            cooled.add(root(int(_labels(lattice, ports[unit.intake])[0])))
    for name, heat, label in heated:
        require(
            heat == 0.0 or root(label) in cooled,
            f"heat of {name} = {heat:g} W: its air has neither exhaust nor rear door nor cooling unit, "
            "so it would warm without limit",
            hint="add an exhaust, rear doors or cooling units",
        )
