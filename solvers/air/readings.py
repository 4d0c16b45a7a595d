"""What an air-side engineer reads beside the racks: openings and aisles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from geometry.hall import Aisle, Hall
from geometry.raster import Port
from solvers.air.problem import AirProblem, AirSolution, PorousRack


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningReading:
    """Air through one opening of the room.

    flow         [m3/s], positive into the room through a supply, out of it through an exhaust
    backflow     share of an exhaust's flow that comes back through some of its faces [-]
    temperature  [K] of the air blown in, or flow-weighted of the air that leaves; NaN where none leaves
    heat         carried off above the mean supply [W]; 0 for a supply
    pressure     static, mean over its faces' cells [Pa]
    """

    port: str
    supplies: bool
    flow: float
    backflow: float
    temperature: float
    heat: float
    pressure: float


def read_openings(problem: AirProblem, solution: AirSolution) -> tuple[OpeningReading, ...]:
    """Supplies, then exhausts, in the order of the problem."""
    ports, state, air = problem.raster.ports, solution.state, problem.properties
    total = sum(s.flow for s in problem.supplies)
    supply = sum(s.flow * s.temperature for s in problem.supplies) / total if total else np.nan
    found = []
    for s in problem.supplies:
        pressure = float(np.average(state.pressure[ports[s.port].cells], weights=ports[s.port].area))
        found.append(
            OpeningReading(
                port=s.port,
                supplies=True,
                flow=s.flow,
                backflow=0.0,
                temperature=s.temperature,
                heat=0.0,
                pressure=pressure,
            )
        )
    for exhaust in problem.exhausts:
        port = ports[exhaust.port]
        out = outflow(port, solution)
        leaving, back = np.maximum(out, 0.0), np.maximum(-out, 0.0)
        warmth = float((leaving * state.temperature[port.cells]).sum())
        gone = float(leaving.sum())
        net = warmth - float(back.sum()) * exhaust.backflow_temperature - float(out.sum()) * supply
        found.append(
            OpeningReading(
                port=exhaust.port,
                supplies=False,
                flow=float(out.sum()),
                backflow=float(back.sum()) / gone if gone > 0.0 else float(back.sum() > 0.0),
                temperature=warmth / gone if gone > 0.0 else np.nan,
                heat=air.density * air.heat_capacity * net,
                pressure=float(np.average(state.pressure[port.cells], weights=port.area)),
            )
        )
    return tuple(found)


def outflow(port: Port, solution: AirSolution) -> Array:
    """Volume flow leaving the room through each face of `port` [m3/s]; negative where it enters."""
    velocity = (solution.state.u, solution.state.v, solution.state.w)[port.axis]
    flow: Array = -port.inward * velocity[port.k, port.j, port.i] * port.area
    return flow


@dataclass(frozen=True, slots=True, kw_only=True)
class AisleBalance:
    """Air flows of one aisle [m3/s]: what devices bring and take within its plan, over the full height.

    supplied, blown  by supplies and units, by the rears of racks
    drawn, leaving   by the fronts of racks, through exhausts and into units
    pressure         static, mean of the air in the aisle's box [Pa]; NaN without any
    """

    name: str
    supplied: float
    blown: float
    drawn: float
    leaving: float
    pressure: float

    @property
    def surplus(self) -> float:
        """What has to leave through the aisle's ends, gaps and top; below 0 it is drawn in there."""
        return self.supplied + self.blown - self.drawn - self.leaving

    @property
    def ratio(self) -> float:
        """Air brought over air taken by devices [-]; NaN where nothing is taken."""
        taken = self.drawn + self.leaving
        return (self.supplied + self.blown) / taken if taken > 0.0 else np.nan


def aisle_balances(hall: Hall, problem: AirProblem, solution: AirSolution) -> tuple[AisleBalance, ...]:
    """The balance of each aisle of the hall, in its order."""
    ports, passages = problem.raster.ports, problem.raster.passages
    supplied: list[tuple[Port, float | Array]] = [(ports[s.port], s.flow) for s in problem.supplies]
    supplied += [(ports[u.outlet], float(q)) for u, q in zip(problem.units, solution.unit_flow, strict=True)]
    taken: list[tuple[Port, float | Array]] = [
        (ports[u.intake], float(q)) for u, q in zip(problem.units, solution.unit_flow, strict=True)
    ]
    fronts: list[tuple[Port, float | Array]] = []
    rears: list[tuple[Port, float | Array]] = []
    for rack, flow in zip(problem.racks, solution.rack_flow.tolist(), strict=True):
        if isinstance(rack, PorousRack):
            fronts.append((passages[rack.front], outflow(passages[rack.front], solution)))
            rears.append((passages[rack.rear], -outflow(passages[rack.rear], solution)))
        else:
            fronts.append((ports[rack.intake], flow))
            rears.append((ports[rack.exhaust], flow))
    taken += [(ports[e.port], outflow(ports[e.port], solution)) for e in problem.exhausts]

    def within(aisle: Aisle, port: Port, flow: float | Array) -> float:
        grid = problem.raster.grid
        _, j, i = port.cells
        box = aisle.box
        x, y = grid.x[i], grid.y[j]
        inside = (box.x0 <= x) & (x <= box.x1) & (box.y0 <= y) & (y <= box.y1)
        share = flow * port.area / port.total_area if isinstance(flow, float) else flow
        return float(share[inside].sum())

    return tuple(
        AisleBalance(
            name=aisle.name,
            supplied=sum(within(aisle, *end) for end in supplied),
            blown=sum(within(aisle, *end) for end in rears),
            drawn=sum(within(aisle, *end) for end in fronts),
            leaving=sum(within(aisle, *end) for end in taken),
            pressure=_mean_pressure(aisle, problem, solution),
        )
        for aisle in hall.aisles
    )


def _mean_pressure(aisle: Aisle, problem: AirProblem, solution: AirSolution) -> float:
    grid, box = problem.raster.grid, aisle.box
    inside = [
        (low <= centres) & (centres <= high)
        for low, centres, high in zip(box.low, (grid.x, grid.y, grid.z), box.high, strict=True)
    ]
    air = np.einsum("k,j,i->kji", inside[2], inside[1], inside[0]) & ~problem.raster.solid
    if not air.any():
        return float("nan")
    return float(np.average(solution.state.pressure[air], weights=grid.volume[air]))
