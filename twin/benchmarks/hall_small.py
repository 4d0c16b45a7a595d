"""`hall-small`: a room of sixteen racks that OpenFOAM 1912 solves too, on the same grid, by the same physics.

Room 12 x 8 x 4 m, two rows of 8 racks as solid blocks with through-flow, cold aisle between them over
perforated tiles of 1 m/s, two return strips in the ceiling at p = 0. Standard k-epsilon without buoyancy
production, and the peer's way with the sideways velocity at rack fronts (FaceShear.FIXED_VECTOR).
"""

from __future__ import annotations

from solvers.air.problem import (
    AirProblem,
    AirProperties,
    Convection,
    Exhaust,
    FaceShear,
    InflowTurbulence,
    Supply,
    ThroughFlow,
    Turbulence,
)
from twin.verification.air_boxes import raster_of, uniform_grid

SUPPLY = 291.15  # K
RACK_FLOW = 0.35  # m3/s
RACK_HEAT = 5000.0  # W
CAPACITY = 1206.0  # rho cp [J/m3/K]
RACKS = tuple(f"{row}{number}" for row in "AB" for number in range(8))
EXACT_RETURN = SUPPLY - 273.15 + 16 * RACK_HEAT / (CAPACITY * 4.8 * 1.2)  # degC


def hall_small(
    cell: float = 0.1,
    convection: Convection = Convection.UPWIND,
    face_shear: FaceShear = FaceShear.FIXED_VECTOR,
) -> AirProblem:
    """The benchmark hall on uniform cells of `cell` [m], which must divide 0.2 m."""

    def at(metres: float) -> int:
        return round(metres / cell)

    def span(low: float, high: float) -> slice:
        return slice(at(low), at(high))

    def face(metres: float) -> slice:
        return slice(at(metres), at(metres) + 1)

    height = span(0.0, 2.2)
    row = span(3.6, 8.4)
    ports = [("tiles", 2, +1, (face(0.0), span(3.4, 4.6), row))]
    ports += [
        (f"return.{name}", 2, -1, (face(4.0), span(*y), row))
        for name, y in (("A", (1.4, 2.0)), ("B", (6.0, 6.6)))
    ]
    for name in RACKS:
        x = 3.6 + 0.6 * int(name[1])
        front, rear, inward = (3.4, 2.2, +1) if name[0] == "A" else (4.6, 5.8, -1)
        ports.append((f"{name}.front", 1, inward, (height, face(front), span(x, x + 0.6))))
        ports.append((f"{name}.rear", 1, -inward, (height, face(rear), span(x, x + 0.6))))
    raster = raster_of(
        uniform_grid((at(4.0), at(8.0), at(12.0)), (12.0, 8.0, 4.0)),
        solids=[(height, span(2.2, 3.4), row), (height, span(4.6, 5.8), row)],
        ports=ports,
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="tiles", flow=4.8 * 1.2 * 1.0, temperature=SUPPLY),),
        exhausts=tuple(Exhaust(port=f"return.{n}", backflow_temperature=SUPPLY) for n in "AB"),
        racks=tuple(
            ThroughFlow(name=n, intake=f"{n}.front", exhaust=f"{n}.rear", flow=RACK_FLOW, heat=RACK_HEAT)
            for n in RACKS
        ),
        properties=AirProperties(
            density=1.2,
            heat_capacity=CAPACITY / 1.2,
            viscosity=1.5e-5,
            expansion=3.4e-3,
            temperature=SUPPLY,
            gravity=9.81,
        ),
        turbulence=Turbulence.K_EPSILON,
        inflow=InflowTurbulence(intensity=0.1, length=0.05),
        buoyancy_production=False,
        face_shear=face_shear,
        convection=convection,
    )
