"""Halls with a cooling unit inside, for the tests of units, their readings and air paths."""

from __future__ import annotations

from air_cases import raster_of, uniform_grid

from solvers.air.coils import Coil
from solvers.air.problem import AirProblem, CoolingUnit, ThroughFlow

RHO_CP = 1.19 * 1006.0  # J/m3/K
WATER = 288.15
COIL = Coil(air_flow=1.0, air_temperature=308.15, water_flow=0.6, water_temperature=WATER, capacity=15e3)
UNIT = CoolingUnit(name="u", intake="u.intake", outlet="u.outlet", flow=1.2, coil=COIL, set_point=293.15)


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
