"""Small halls of one or two devices whose flows and temperatures follow by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geometry.hall import Side
from geometry.raster import Port, Raster, Zone
from solvers.air.coils import Coil
from solvers.air.fans import FanCurve
from solvers.air.problem import (
    AirProblem,
    AirSolution,
    CoolingUnit,
    Exhaust,
    Jets,
    PorousRack,
    Supply,
    ThroughFlow,
    Turbulence,
    Wall,
)
from twin.verification.air_boxes import ALL, Box, raster_of, uniform_grid

RHO = 1.19  # [kg/m3]
RHO_CP = RHO * 1006.0  # [J/(m3 K)]
OUTSIDE = 293.15  # [K]
WATER = 288.15  # [K]
FAN = FanCurve(flow=(0.0, 1.0, 2.0), pressure=(100.0, 80.0, 0.0))
COIL = Coil(air_flow=1.0, air_temperature=308.15, water_flow=0.6, water_temperature=WATER, capacity=15e3)
UNIT = CoolingUnit(name="u", intake="u.intake", outlet="u.outlet", flow=1.2, coil=COIL, set_point=293.15)


def passage(raster: Raster, name: str, axis: int, inward: int, where: Box) -> Port:
    """Faces named as a passage."""
    closed = (raster.closed_x, raster.closed_y, raster.closed_z)[axis]
    mask = np.zeros(closed.shape, dtype=bool)
    mask[where] = True
    k, j, i = np.nonzero(mask)
    grid = raster.grid
    sides = [grid.dx[np.minimum(i, grid.dx.size - 1)], grid.dy[np.minimum(j, grid.dy.size - 1)]]
    sides.append(grid.dz[np.minimum(k, grid.dz.size - 1)])
    area = np.prod([side for n, side in enumerate(sides) if n != axis], axis=0)
    return Port(name=name, axis=axis, inward=inward, k=k, j=j, i=i, area=area)


def zone(raster: Raster, name: str, where: Box) -> Zone:
    mask = np.zeros(raster.solid.shape, dtype=bool)
    mask[where] = True
    k, j, i = np.nonzero(mask)
    return Zone(name=name, k=k, j=j, i=i, volume=raster.grid.volume[mask])


def flow_of(port: Port, solution: AirSolution) -> float:
    velocity = (solution.state.u, solution.state.v, solution.state.w)[port.axis]
    return float((port.inward * velocity[port.k, port.j, port.i] * port.area).sum())


def fan_in_a_duct(fan: FanCurve, *, start: float = 0.5, loss: float = 200.0) -> AirProblem:
    """Open duct of 1 m2, without friction: a fan in its middle, a face of resistance K behind it."""
    raster = raster_of(
        uniform_grid((1, 1, 20), (4.0, 1.0, 1.0)),
        solids=[(ALL, ALL, slice(8, 10))],
        losses=[(0, (ALL, ALL, slice(15, 16)), loss)],
        ports=[
            ("a", 0, +1, (ALL, ALL, slice(0, 1))),
            ("r.front", 0, -1, (ALL, ALL, slice(8, 9))),
            ("r.rear", 0, +1, (ALL, ALL, slice(10, 11))),
            ("b", 0, -1, (ALL, ALL, slice(20, 21))),
        ],
    )
    return AirProblem(
        raster=raster,
        supplies=(),
        exhausts=tuple(Exhaust(port=name, backflow_temperature=OUTSIDE) for name in "ab"),
        racks=(ThroughFlow(name="r", intake="r.front", exhaust="r.rear", flow=start, heat=1000.0, fan=fan),),
    )


def two_ways() -> AirProblem:
    """Two ways of one area with K 4000 and 16000 from one plenum to the outside, 0.3 m3/s."""
    raster = raster_of(
        uniform_grid((4, 1, 10), (2.0, 1.0, 1.0)),
        panels=[(2, (slice(2, 3), ALL, slice(5, 10)))],
        losses=[
            (0, (slice(0, 2), ALL, slice(7, 8)), 4000.0),
            (0, (slice(2, 4), ALL, slice(7, 8)), 16000.0),
        ],
        ports=[
            ("in", 0, +1, (ALL, ALL, slice(0, 1))),
            ("low", 0, -1, (slice(0, 2), ALL, slice(10, 11))),
            ("high", 0, -1, (slice(2, 4), ALL, slice(10, 11))),
        ],
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=0.3, temperature=OUTSIDE),),
        exhausts=tuple(Exhaust(port=name, backflow_temperature=OUTSIDE) for name in ("low", "high")),
        racks=(),
    )


def past_a_rack() -> AirProblem:
    """1.2 m3/s supplied, 1.0 drawn by a rack of 10 kW: the rest passes a gap of 0.2 m2, K = 250."""
    raster = raster_of(
        uniform_grid((5, 1, 16), (3.2, 1.0, 1.0)),
        solids=[(slice(0, 4), ALL, slice(7, 9))],
        losses=[(0, (slice(4, 5), ALL, slice(8, 9)), 250.0)],
        ports=[
            ("in", 0, +1, (ALL, ALL, slice(0, 1))),
            ("r.front", 0, -1, (slice(0, 4), ALL, slice(7, 8))),
            ("r.rear", 0, +1, (slice(0, 4), ALL, slice(9, 10))),
            ("out", 0, -1, (ALL, ALL, slice(16, 17))),
        ],
    )
    raster = replace(raster, passages={"gap": passage(raster, "gap", 0, +1, (slice(4, 5), ALL, slice(8, 9)))})
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=1.2, temperature=OUTSIDE),),
        exhausts=(Exhaust(port="out", backflow_temperature=OUTSIDE),),
        racks=(ThroughFlow(name="r", intake="r.front", exhaust="r.rear", flow=1.0, heat=10e3),),
    )


def porous_duct(*, heat: float = 2000.0, flow: float = 0.4) -> AirProblem:
    """A duct of 1 m2 filled by a porous rack of three cells: K = 60 in all, heat in its cells."""
    raster = raster_of(
        uniform_grid((4, 3, 12), (2.4, 1.0, 1.0)),
        losses=[(0, (ALL, ALL, slice(5, 9)), 15.0)],
        ports=[("in", 0, +1, (ALL, ALL, slice(0, 1))), ("out", 0, -1, (ALL, ALL, slice(12, 13)))],
    )
    raster = replace(
        raster,
        zones={"p": zone(raster, "p", (ALL, ALL, slice(5, 8)))},
        passages={
            "p.front": passage(raster, "p.front", 0, -1, (ALL, ALL, slice(5, 6))),
            "p.rear": passage(raster, "p.rear", 0, +1, (ALL, ALL, slice(8, 9))),
        },
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=flow, temperature=OUTSIDE),),
        exhausts=(Exhaust(port="out", backflow_temperature=OUTSIDE),),
        racks=(PorousRack(name="p", zone="p", front="p.front", rear="p.rear", flow=0.5, heat=heat),),
    )


def sealed_room(unit: CoolingUnit = UNIT, *, heat: float = 5000.0) -> AirProblem:
    """A room of 6 x 3 x 3 m without any opening: two racks, one unit that draws at its top."""
    raster = raster_of(
        uniform_grid((10, 10, 20), (6.0, 3.0, 3.0)),
        solids=[
            (slice(0, 7), slice(2, 4), slice(8, 12)),
            (slice(0, 7), slice(6, 8), slice(8, 12)),
            (slice(0, 8), slice(2, 8), slice(0, 2)),
        ],
        ports=[
            ("u.intake", 2, +1, (slice(8, 9), slice(2, 8), slice(0, 2))),
            ("u.outlet", 0, +1, (slice(0, 3), slice(2, 8), slice(2, 3))),
            ("a.front", 1, +1, (slice(0, 7), slice(4, 5), slice(8, 12))),
            ("a.rear", 1, -1, (slice(0, 7), slice(2, 3), slice(8, 12))),
            ("b.front", 1, -1, (slice(0, 7), slice(6, 7), slice(8, 12))),
            ("b.rear", 1, +1, (slice(0, 7), slice(8, 9), slice(8, 12))),
        ],
    )
    return AirProblem(
        raster=raster,
        supplies=(),
        exhausts=(),
        racks=tuple(
            ThroughFlow(name=n, intake=f"{n}.front", exhaust=f"{n}.rear", flow=0.5, heat=heat) for n in "ab"
        ),
        units=(unit,),
    )


def partition_of_three() -> AirProblem:
    """A partition with two flat units over each other and a slot of K = 100 above them, all of one area."""
    ports, losses = [], [(0, (slice(4, 6), ALL, slice(5, 6)), 100.0)]
    for name, rows in (("u", slice(0, 2)), ("v", slice(2, 4))):
        for end, inward in (("intake", -1), ("outlet", +1)):
            ports.append((f"{name}.{end}", 0, inward, (rows, ALL, slice(5, 6))))
    raster = raster_of(uniform_grid((6, 1, 10), (4.0, 1.0, 3.0)), losses=losses, ports=ports)
    units = tuple(
        replace(UNIT, name=name, intake=f"{name}.intake", outlet=f"{name}.outlet", flow=0.3) for name in "uv"
    )
    return AirProblem(raster=raster, supplies=(), exhausts=(), racks=(), units=units)


def walls_with_a_u_value() -> AirProblem:
    """Still air between 30 and 10 degC outside, in one dimension."""
    problem = AirProblem(
        raster=raster_of(uniform_grid((1, 1, 10))),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=(
            Wall(side=Side.X_LO, temperature=303.15, conductance=2.0),
            Wall(side=Side.X_HI, temperature=283.15, conductance=4.0),
        ),
        turbulence=Turbulence.LAMINAR,
    )
    return replace(problem, properties=replace(problem.properties, viscosity=0.01, prandtl=1.0))


def tile_in_a_shaft(*, jets: bool = True) -> AirProblem:
    """0.5 m3/s up a shaft of 1 m2, without friction, through a tile of a quarter holes and K 30 half-way."""
    where = (slice(8, 9), ALL, ALL)
    raster = raster_of(
        uniform_grid((16, 1, 1), (1.0, 1.0, 1.6)),
        losses=[(2, where, 30.0)],
        ports=[("in", 2, +1, (slice(0, 1), ALL, ALL)), ("out", 2, -1, (slice(16, 17), ALL, ALL))],
    )
    raster = replace(raster, passages={"tile": passage(raster, "tile", 2, +1, where)})
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=0.5, temperature=OUTSIDE),),
        exhausts=(Exhaust(port="out", backflow_temperature=OUTSIDE),),
        racks=(),
        jets=(Jets(port="tile", open_fraction=0.25),) if jets else (),
    )
