"""What an engineer reads of cooling units, racks and the passages between them.

A hall that is even in the mean can hide one starved unit or rack: so one reading each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.raster import Port
from solvers.air.fans import FanCurve, operating_flow
from solvers.air.problem import AirProblem, AirSolution, PorousRack
from solvers.air.readings import outflow
from solvers.air.units import Units, build_units

SATURATED = 0.999  # of what the coil can do; a valve further open than that is open


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReading:
    """One cooling unit at its operating point.

    flow                [m3/s]
    return_temperature  of the air it draws, flow-weighted [K]; supply_temperature of what it blows
    heat                taken by its coil [W]; the air of the hall gives that less the heat of its fans
    capacity            what its coil could take here: this flow, return and water [W]
    pressure            static, at its outlet less that at its intake [Pa]
    saturated           its valve is fully open although it should hold a set point
    """

    name: str
    flow: float
    return_temperature: float
    supply_temperature: float
    heat: float
    capacity: float
    pressure: float
    saturated: bool

    @property
    def utilisation(self) -> float:
        """Heat over capacity [-]; NaN for a unit that cannot cool."""
        return self.heat / self.capacity if self.capacity > 0.0 else np.nan


def read_units(problem: AirProblem, solution: AirSolution) -> tuple[UnitReading, ...]:
    """The units in the order of the problem."""
    units = units_as_solved(problem, solution)
    flow, back, supply = solution.unit_flow, solution.unit_return, solution.unit_supply
    heat = units.capacity * flow * (back + units.fan_rise(flow) - supply)
    most = units.capacity * flow * units.most(back)
    ports = problem.raster.ports
    return tuple(
        UnitReading(
            name=unit.name,
            flow=float(flow[n]),
            return_temperature=float(back[n]),
            supply_temperature=float(supply[n]),
            heat=float(heat[n]),
            capacity=float(most[n]),
            pressure=mean_pressure(ports[unit.outlet], solution)
            - mean_pressure(ports[unit.intake], solution),
            saturated=bool(not units.full[n] and flow[n] > 0.0 and heat[n] > SATURATED * most[n]),
        )
        for n, unit in enumerate(problem.units)
    )


def units_as_solved(problem: AirProblem, solution: AirSolution) -> Units:
    """The units at the flows of `solution`; temperatures in kelvin."""
    units = build_units(problem, 0.0)
    units.follow_flow(solution.unit_flow)
    units.supply[units.holds_return] = solution.unit_supply[units.holds_return]
    return units


def mean_pressure(port: Port, solution: AirSolution) -> float:
    """Static pressure [Pa] in the cells before a port, by area."""
    return float(np.average(solution.state.pressure[port.cells], weights=port.area))


@dataclass(frozen=True, slots=True, kw_only=True)
class RackReading:
    """Air through one rack.

    flow      net [m3/s]; rated: what it was given as
    pressure  static, behind it less before it [Pa]: what fans have to give, or a resistance takes (below 0)
    backflow  share of the air through its front that comes out of it there [-]; of porous racks
    """

    name: str
    flow: float
    rated: float
    pressure: float
    backflow: float


def read_racks(problem: AirProblem, solution: AirSolution) -> tuple[RackReading, ...]:
    """The racks in the order of the problem."""
    raster = problem.raster
    found = []
    for rack, flow in zip(problem.racks, solution.rack_flow.tolist(), strict=True):
        backflow = 0.0
        if isinstance(rack, PorousRack):
            front, rear = raster.passages[rack.front], raster.passages[rack.rear]
            through = outflow(front, solution)
            moved = float(np.abs(through).sum())
            backflow = float(np.maximum(-through, 0.0).sum()) / moved if moved > 0.0 else 0.0
        else:
            front, rear = raster.ports[rack.intake], raster.ports[rack.exhaust]
        found.append(
            RackReading(
                name=rack.name,
                flow=flow,
                rated=rack.flow,
                pressure=mean_pressure(rear, solution) - mean_pressure(front, solution),
                backflow=backflow,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageReading:
    """Air through a door, a grille or a tile inside the room.

    flow         net [m3/s], positive along the passage's direction
    against      what passes against the net flow [m3/s]: warm air out above, cold air in below
    temperature  of the air that goes with the net flow, flow-weighted [K]; NaN without any
    pressure     static, upstream less downstream of the net flow [Pa]
    """

    name: str
    flow: float
    against: float
    temperature: float
    pressure: float


def read_passages(problem: AirProblem, solution: AirSolution) -> tuple[PassageReading, ...]:
    """Passages that belong to no rack, in the order of the raster."""
    of_racks = {end for r in problem.racks if isinstance(r, PorousRack) for end in (r.front, r.rear)}
    return tuple(
        _read_passage(port, solution)
        for name, port in problem.raster.passages.items()
        if name not in of_racks
    )


def _read_passage(port: Port, solution: AirSolution) -> PassageReading:
    through = -outflow(port, solution)
    net = float(through.sum())
    sides = [list(port.cells), list(port.cells)]  # downstream of `inward`, upstream
    sides[1][2 - port.axis] = sides[1][2 - port.axis] - port.inward
    first, last = (sides[1], sides[0]) if net >= 0.0 else (sides[0], sides[1])
    upstream, downstream = (first[0], first[1], first[2]), (last[0], last[1], last[2])
    along = np.maximum(through * (1.0 if net >= 0.0 else -1.0), 0.0)
    warmth = float((along * solution.state.temperature[upstream]).sum())
    pressure = solution.state.pressure
    return PassageReading(
        name=port.name,
        flow=net,
        against=float(along.sum()) - abs(net),
        temperature=warmth / float(along.sum()) if along.any() else np.nan,
        pressure=float(np.average(pressure[upstream] - pressure[downstream], weights=port.area)),
    )


def fans_of(problem: AirProblem) -> list[tuple[Port, Port, FanCurve, int]]:
    """(intake, outlet, curve, number counting racks, then units) of all fans that find their own flow."""
    ports = problem.raster.ports
    found = []
    for number, rack in enumerate(problem.racks):
        if not isinstance(rack, PorousRack) and rack.fan is not None:
            found.append((ports[rack.intake], ports[rack.exhaust], rack.fan, number))
    for number, unit in enumerate(problem.units, start=len(problem.racks)):
        if unit.fan is not None and not unit.failed:
            found.append((ports[unit.intake], ports[unit.outlet], unit.fan, number))
    return found


def fan_distance(problem: AirProblem, solution: AirSolution) -> float | None:
    """Worst distance of a fan's flow from its curve at the pressure it meets, over the curve's range [-].

    None without fans that find their own flow.
    """
    flow = np.concatenate([solution.rack_flow, solution.unit_flow])
    worst = None
    for intake, outlet, curve, number in fans_of(problem):
        rise = mean_pressure(outlet, solution) - mean_pressure(intake, solution)
        expected, _ = operating_flow(curve, rise)
        reach = curve.flow[-1] * curve.count * curve.speed
        worst = max(worst or 0.0, abs(float(flow[number]) - expected) / reach)
    return worst
