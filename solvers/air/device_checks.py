"""Checks of the devices of an air problem: their numbers, and where they stand."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np

from geometry.errors import require
from geometry.raster import Port
from solvers.air.coils import check_coil
from solvers.air.fans import check_fan_curve
from solvers.air.problem import AirProblem, AirRack, Control, CoolingUnit, PorousRack

TEMPERATURE_RANGE = (230.0, 390.0)  # K: what air of a hall can be given


def check_devices(problem: AirProblem) -> None:
    """Numbers of each device; its ports, passages and zones exist, are used once and do not overlap."""
    for supply in problem.supplies:
        by = f"supply {supply.port}"
        positive("air flow", supply.flow, "m3/s", by)
        temperature("supply temperature", supply.temperature, by)
    for exhaust in problem.exhausts:
        temperature("backflow temperature", exhaust.backflow_temperature, f"exhaust {exhaust.port}")
    for rack in problem.racks:
        _check_rack(problem, rack)
    for unit in problem.units:
        _check_unit(problem, unit)
    for source in problem.sources:
        by = f"heat source {source.name}"
        at_least_zero("heat", source.heat, "W", by)
        _check_zone(problem, source.zone, by)
    names = [r.name for r in problem.racks] + [u.name for u in problem.units]
    for name, count in Counter(names).items():
        require(count == 1, f"{count} racks or units are called {name!r}: names must be unique")
    _check_ports(problem)


def _check_rack(problem: AirProblem, rack: AirRack) -> None:
    by = f"rack {rack.name}"
    positive("air flow", rack.flow, "m3/s", by)
    at_least_zero("air heat", rack.heat, "W", by)
    if isinstance(rack, PorousRack):
        _check_zone(problem, rack.zone, by)
        _check_way_through(problem, rack)
        return
    require(
        0.0 <= rack.door_effectiveness <= 1.0,
        f"door effectiveness of {by} = {rack.door_effectiveness:g}: outside 0..1",
    )
    temperature("door temperature", rack.door_temperature, by)
    if rack.door_water_flow is not None:
        at_least_zero("water flow of the rear door", rack.door_water_flow, "kg/s", by)
    if rack.fan is not None:
        check_fan_curve(rack.fan, by)
    if rack.door_coil is not None:
        air = problem.properties
        check_coil(rack.door_coil, air.density * air.heat_capacity, f"the rear door of {by}")
        require(
            rack.door_effectiveness == 0.0,
            f"rear door of {by}: both an effectiveness and a coil",
            hint="leave one of them out",
        )


def _check_unit(problem: AirProblem, unit: CoolingUnit) -> None:
    by = f"cooling unit {unit.name}"
    positive("air flow", unit.flow, "m3/s", by)
    at_least_zero("fan power", unit.fan_power, "W", by)
    if unit.fan is not None:
        check_fan_curve(unit.fan, by)
    if unit.water_temperature is not None:
        temperature("water temperature", unit.water_temperature, by)
    if unit.water_flow is not None:
        at_least_zero("water flow", unit.water_flow, "kg/s", by)
    if unit.set_point is not None:
        temperature("set point", unit.set_point, by)
    if unit.coil is None:
        return
    air = problem.properties
    check_coil(unit.coil, air.density * air.heat_capacity, by)
    require(
        unit.set_point is not None or unit.control is Control.UNCONTROLLED,
        f"{by} holds its {unit.control.value}: it needs a set point",
    )


def _check_zone(problem: AirProblem, name: str, by: str) -> None:
    zones = problem.raster.zones
    known = ", ".join(sorted(zones)[:8]) or "none"
    require(name in zones, f"zone {name!r} of {by}: the hall has no such zone (it has {known})")
    zone = zones[name]
    require(
        zone.k.size > 0 and not problem.raster.solid[zone.k, zone.j, zone.i].any(),
        f"zone {name!r} of {by}: it must hold cells, all of them air",
        hint="refine the grid, or take the solid out of it",
    )


def _check_way_through(problem: AirProblem, rack: PorousRack) -> None:
    """Front and rear are open, along one axis, and back to back."""
    raster = problem.raster
    for end in (rack.front, rack.rear):
        known = ", ".join(sorted(raster.passages)[:8]) or "none"
        require(
            end in raster.passages,
            f"passage {end!r} of rack {rack.name}: the hall has no such passage (it has {known})",
        )
        port = raster.passages[end]
        closed = (raster.closed_x, raster.closed_y, raster.closed_z)[port.axis]
        require(
            port.k.size > 0 and not closed[port.k, port.j, port.i].any(),
            f"{end} of rack {rack.name}: no airflow path, its faces are closed",
            hint="leave an aisle there, or model the rack as a device with fans",
        )
    front, rear = raster.passages[rack.front], raster.passages[rack.rear]
    require(
        front.axis == rear.axis and front.inward == -rear.inward,
        f"rack {rack.name}: front and rear must lie on opposite sides",
    )


def _uses(problem: AirProblem) -> Iterator[tuple[str, str, bool]]:
    """(port, who uses it, whether the device is flat) of all devices."""
    ports = problem.raster.ports
    for supply in problem.supplies:
        yield supply.port, f"supply {supply.port}", False
    for exhaust in problem.exhausts:
        yield exhaust.port, f"exhaust {exhaust.port}", False
    for rack in problem.racks:
        if not isinstance(rack, PorousRack):
            yield rack.intake, f"rack {rack.name}", False
            yield rack.exhaust, f"rack {rack.name}", False
    for unit in problem.units:
        flat = {unit.intake, unit.outlet} <= set(ports) and _same_faces(
            ports[unit.intake], ports[unit.outlet]
        )
        yield unit.intake, f"cooling unit {unit.name}", flat
        yield unit.outlet, f"cooling unit {unit.name}", flat


def _same_faces(a: Port, b: Port) -> bool:
    return a.axis == b.axis and all(np.array_equal(getattr(a, n), getattr(b, n)) for n in "kji")


def _check_ports(problem: AirProblem) -> None:
    ports = problem.raster.ports
    used: dict[str, str] = {}
    taken: dict[tuple[int, int, int, int], tuple[str, str]] = {}
    for name, by, flat in _uses(problem):
        known = ", ".join(sorted(ports)[:8]) or "none"
        require(name in ports, f"port {name!r} of {by}: the hall has no such port (it has {known}, ...)")
        require(
            name not in used, f"port {name!r}: used by {used.get(name)} and by {by}", hint="one device a port"
        )
        used[name] = by
        port = ports[name]
        require(
            port.k.size > 0, f"port {name!r} of {by}: it has no faces on this grid", hint="refine the grid"
        )
        _check_port(problem, port, flat=flat)
        for face in zip(
            [port.axis] * port.k.size, port.k.tolist(), port.j.tolist(), port.i.tolist(), strict=True
        ):
            other, whose = taken.setdefault(face, (name, by))
            require(
                other == name or (flat and whose == by),
                f"{name} of {by} and {other} of {whose} overlap",
                hint="move one of them, or make them one",
            )


def _check_port(problem: AirProblem, port: Port, *, flat: bool) -> None:
    """Air before every face, and none behind it unless the device is `flat`."""
    solid = problem.raster.solid
    n = solid.shape[2 - port.axis]
    cells = port.cells
    require(not solid[cells].any(), f"port {port.name}: no air before some of its faces")
    if flat:
        return
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


def positive(quantity: str, value: float, unit: str, element: str) -> None:
    require(
        math.isfinite(value) and value > 0.0,
        f"{quantity} of {element} = {value:g} {unit}: must be positive",
        hint="leave a device out instead of giving it no flow" if unit == "m3/s" else "",
    )


def at_least_zero(quantity: str, value: float, unit: str, element: str) -> None:
    require(
        math.isfinite(value) and value >= 0.0,
        f"{quantity} of {element} = {value:g} {unit}: must not be negative",
    )


def temperature(quantity: str, value: float, element: str) -> None:
    low, high = TEMPERATURE_RANGE
    hint = (
        f"temperatures here are in kelvin: {value:g} degC is {value + 273.15:g} K"
        if -43 <= value <= 117
        else ""
    )
    require(
        low <= value <= high, f"{quantity} of {element} = {value:g} K: outside {low:g}..{high:g} K", hint=hint
    )
