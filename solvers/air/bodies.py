"""Heat followed from place to place: what enters and leaves each body of air between panels and passages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array
from solvers.air.lattice import connected_bodies
from solvers.air.problem import AirProblem
from solvers.air.tracers import FrozenFlow
from solvers.air.verdict import PhysicsCheck

TIGHT = 100.0  # loss coefficient from which a face is a panel between two places [-]; assumption
FOUND = (
    0.01  # of the heat given that may be missing in a place [-]; assumption: ten times what a run closes to
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyHeat:
    """Warmth above what is blown cold, by body of air [W]: brought into it, and carried out of it."""

    into: Array
    out: Array


def heat_by_body(problem: AirProblem, frozen: FrozenFlow) -> BodyHeat | None:
    """The heat of hot aisles, plenums, cold aisles, wherever panels (K > 100) and passages part the air.

    None where they part it no further than walls do.
    """
    lattice, devices, raster = frozen.lattice, frozen.devices, problem.raster
    closed = (raster.closed_x, raster.closed_y, raster.closed_z)
    losses = (raster.loss_x, raster.loss_y, raster.loss_z)
    cut = [(loss > TIGHT) & ~shut for loss, shut in zip(losses, closed, strict=True)]
    for port in raster.passages.values():
        cut[port.axis][port.k, port.j, port.i] = True
    open_ = [np.zeros(lattice.size, dtype=lattice.volume.dtype) for _ in range(3)]
    for axis in range(3):
        lattice.faces(open_[axis], axis)[...] = ~(closed[axis] | cut[axis])
    body, n = connected_bodies(lattice.shape, lattice.fluid, (open_[0], open_[1], open_[2]))
    if n == lattice.n_regions:
        return None
    into, out = np.zeros(n), np.zeros(n)

    def bring(cell: NDArray[np.intp], warmth: Array) -> None:
        np.add.at(into, body[cell], np.maximum(warmth, 0.0))
        np.add.at(out, body[cell], np.maximum(-warmth, 0.0))

    drawn = devices.mean_inlet(frozen.theta[devices.read.cell], frozen.weights)
    blown, _ = devices.outlet_theta(drawn)
    racks = devices.racks
    cold = np.append(blown[racks:], devices.supply_theta)
    weight = np.append(devices.flow[racks:], devices.supply_flow)
    level = float(np.average(cold, weights=weight)) if weight.any() else 0.0
    theta = frozen.theta - level
    bring(devices.supply.cell, devices.supply_flow * (devices.supply_theta - level))
    bring(devices.outlet.cell, devices.outlet_flow * (blown[devices.outlet.owner] - level))
    bring(devices.intake.cell, -devices.intake_flow * theta[devices.intake.cell])
    leaving = np.maximum(frozen.outflow, 0.0) * theta[devices.exhaust.cell]
    bring(devices.exhaust.cell, frozen.back * (devices.exhaust_theta - level) - leaving)
    bring(devices.zones.cell, frozen.heat)
    for wall, conductance in zip(frozen.wall_cells, frozen.wall_conductance, strict=True):
        assert wall.theta is not None
        bring(wall.cell, conductance * (wall.theta - level - theta[wall.cell]))
    for axis in range(3):
        flags = np.zeros(lattice.size, dtype=np.bool_)
        lattice.faces(flags, axis)[...] = cut[axis]
        face = np.flatnonzero(flags)
        behind = face - lattice.stride[axis]
        apart = (body[face] != body[behind]) & (frozen.low[axis][face] > 0.0)
        face, behind = face[apart], behind[apart]
        passing = frozen.low[axis][face] * theta[behind] - frozen.high[axis][face] * theta[face]
        bring(face, passing)
        bring(behind, -passing)
    capacity = problem.properties.density * problem.properties.heat_capacity
    return BodyHeat(into=capacity * into, out=capacity * out)


def heat_of_places(problem: AirProblem, frozen: FrozenFlow) -> PhysicsCheck | None:
    """What enters each body of air leaves it: heat agrees from the hot aisle to the plenum and the units."""
    found = heat_by_body(problem, frozen)
    given = sum(r.heat for r in problem.racks) + sum(s.heat for s in problem.sources)
    if found is None or given <= 0.0:
        return None
    missing = np.abs(found.into - found.out)
    worst = int(np.argmax(missing))
    busy = ", ".join(f"{heat / 1e3:.5g}" for heat in np.sort(found.into)[:-4:-1])
    return PhysicsCheck(
        name="heat agrees from place to place",
        value=float(missing[worst]) / given,
        limit=FOUND,
        unit="-",
        meaning=f"{given / 1e3:.5g} kW given; {busy} kW pass the busiest of {missing.size} bodies of air "
        f"between panels; the worst takes in {found.into[worst] / 1e3:.5g} kW and gives out "
        f"{found.out[worst] / 1e3:.5g} kW",
    )
