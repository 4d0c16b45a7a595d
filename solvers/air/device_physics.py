"""Physics checks of what stands in the hall: fans, coils, and the heat that is found on its way."""

from __future__ import annotations

import numpy as np

from geometry.raster import Port
from solvers.air.bodies import heat_of_places
from solvers.air.problem import AirProblem, AirSolution, PorousRack
from solvers.air.readings import outflow, read_openings
from solvers.air.tracers import FrozenFlow
from solvers.air.unit_readings import fan_distance, read_units, units_as_solved
from solvers.air.verdict import PhysicsCheck

ON_CURVE = 0.01  # distance of a fan's flow from its curve over the curve's range [-]; assumption
REVERSED = 1e-9  # of a fan's flow that passes against it [-]: none but round-off
CAPACITY = 1e-3  # by which a coil may take more than it can [-]; tolerance of the fields
FOUND = 0.05  # of the heat given that may be missing at a place [-]; assumption: temperatures of whole cells


def device_physics(problem: AirProblem, solution: AirSolution, frozen: FrozenFlow) -> list[PhysicsCheck]:
    """The checks that the devices of `problem` call for."""
    found = []
    if problem.fan_racks or problem.units:
        found.append(_no_backflow(problem, solution))
    if problem.units:
        found.append(_capacity(problem, solution))
    distance = fan_distance(problem, solution)
    if distance is not None:
        found.append(
            PhysicsCheck(
                name="fans on their curves",
                value=distance,
                limit=ON_CURVE,
                unit="-",
                meaning="distance of a fan's flow from its curve at the pressure it meets, over its range",
            )
        )
    if sum(r.heat for r in problem.racks) + sum(s.heat for s in problem.sources) > 0.0:
        found.append(_heat_on_its_way(problem, solution, frozen))
    places = heat_of_places(problem, frozen)
    if places is not None:
        found.append(places)
    return found


def _no_backflow(problem: AirProblem, solution: AirSolution) -> PhysicsCheck:
    ports = problem.raster.ports
    ends = [(ports[r.intake], ports[r.exhaust]) for r in problem.fan_racks]
    ends += [(ports[u.intake], ports[u.outlet]) for u in problem.units]
    worst = 0.0
    for intake, outlet in ends:
        for port, sign in ((intake, +1.0), (outlet, -1.0)):
            leaving = sign * outflow(port, solution)
            moved = float(np.abs(leaving).sum())
            back = float(np.maximum(-leaving, 0.0).sum())
            worst = max(worst, back / moved if moved > 0.0 else 0.0)
    return PhysicsCheck(
        name="no backflow through fans",
        value=worst,
        limit=REVERSED,
        unit="-",
        meaning="air that passes a rack or unit with fans the wrong way, over what passes; the worst of them",
    )


def _capacity(problem: AirProblem, solution: AirSolution) -> PhysicsCheck:
    """No coil takes more than its effectiveness allows, or less than nothing."""
    units = units_as_solved(problem, solution)
    scale = units.capacity * np.maximum(solution.unit_flow, 1e-12)
    worst = 0.0
    for reading, kelvin in zip(read_units(problem, solution), scale.tolist(), strict=True):
        full = max(
            reading.capacity, kelvin
        )  # measured against a kelvin where the coil can do next to nothing
        worst = max(worst, (reading.heat - reading.capacity) / full, -reading.heat / full)
    return PhysicsCheck(
        name="coils within their capacity",
        value=worst,
        limit=CAPACITY,
        unit="-",
        meaning="heat beyond what a coil can take at its flow, return and water, over that; the worst unit",
    )


def _heat_on_its_way(problem: AirProblem, solution: AirSolution, frozen: FrozenFlow) -> PhysicsCheck:
    """The heat given, found again in the air behind the racks, and in what units and exhausts take."""
    capacity = problem.properties.density * problem.properties.heat_capacity
    sources = sum(s.heat for s in problem.sources)
    given = sum(r.heat for r in problem.racks) + sources
    behind = sources
    for number, rack in enumerate(problem.racks):
        if isinstance(rack, PorousRack):
            ends = (problem.raster.passages[rack.rear], problem.raster.passages[rack.front])
            behind += capacity * sum(_carried(port, solution) for port in ends)
        else:
            rise = solution.rack_outlet[number] - solution.rack_inlet_mean[number]
            behind += capacity * float(solution.rack_flow[number] * rise) + float(solution.door_heat[number])
    taken = float(solution.door_heat.sum())
    taken += capacity * float((solution.unit_flow * (solution.unit_return - solution.unit_supply)).sum())
    if problem.exhausts:
        taken += sum(opening.heat for opening in read_openings(problem, solution))
    for wall, conductance in zip(frozen.wall_cells, frozen.wall_conductance, strict=True):
        assert wall.theta is not None
        taken -= capacity * float((conductance * (wall.theta - frozen.theta[wall.cell])).sum())
    return PhysicsCheck(
        name="heat found behind racks and in units",
        value=max(abs(behind - given), abs(taken - given)) / given,
        limit=FOUND,
        unit="-",
        meaning=f"{given / 1e3:.5g} kW given, {behind / 1e3:.5g} kW found behind the racks, "
        f"{taken / 1e3:.5g} kW in what cools",
    )


def _carried(port: Port, solution: AirSolution) -> float:
    """Warmth that passes an open port along its direction, over rho cp, above freezing [K m3/s]."""
    through = -outflow(port, solution)
    behind = list(port.cells)
    behind[2 - port.axis] = behind[2 - port.axis] - port.inward
    temperature = solution.state.temperature - 273.15
    upstream = np.where(through > 0.0, temperature[behind[0], behind[1], behind[2]], temperature[port.cells])
    return float((through * upstream).sum())
