"""A small hall against OpenFOAM 1912: k-epsilon with the peer's physics on the peer's grid.

    python tests/benchmarks/hall_small.py [cell size in m] [upwind|tvd]

Room 12 x 8 x 4 m, two rows of 8 racks as solid blocks with through-flow, cold aisle between them over
perforated tiles of 1 m/s, two return strips in the ceiling at p = 0. The peer: SIMPLE, first-order upwind,
standard k-epsilon with wall functions, no buoyancy production, 0.1 m: 126 s to its criterion on 2 idle cores.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    AirSolution,
    Convection,
    Exhaust,
    InflowTurbulence,
    Supply,
    ThroughFlow,
    Turbulence,
)
from solvers.air.solve import solve_air
from twin.verification.air_boxes import raster_of, uniform_grid

SUPPLY = 291.15  # K
RACK_FLOW = 0.35  # m3/s
RACK_HEAT = 5000.0  # W
CAPACITY = 1206.0  # rho cp [J/m3/K]
RACKS = tuple(f"{row}{number}" for row in "AB" for number in range(8))
# rack-mean inlets of the peer at 0.1 m, 300 iterations; both rows and both ends alike [degC]
PEER_INLETS = (18.85, 18.47, 18.51, 18.60, 18.60, 18.51, 18.47, 18.85)
PEER_HOTTEST_FACE = 24.35  # degC
PEER_SECONDS = 126.0
EXACT_RETURN = SUPPLY - 273.15 + 16 * RACK_HEAT / (CAPACITY * 4.8 * 1.2)  # degC


def hall_small(cell: float = 0.1, convection: Convection = Convection.UPWIND) -> AirProblem:
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
        convection=convection,
    )


def report(solution: AirSolution, seconds: float) -> str:
    """The figures beside the peer's."""
    inlets = solution.rack_inlet_mean.reshape(2, 8) - 273.15
    peer = np.array(PEER_INLETS)
    lines = [f"{solution.status.value} after {solution.iterations} iterations"]
    for name, values in zip("AB", inlets, strict=True):
        lines.append(f"inlets {name} [degC]: " + " ".join(f"{v:6.3f}" for v in values))
    lines += [
        "OpenFOAM       : " + " ".join(f"{v:6.2f}" for v in peer),
        f"largest difference of a rack mean {np.abs(inlets - peer).max():.3f} K (accepted 0.10)",
        f"hottest face {solution.rack_inlet_max.max() - 273.15:.2f} degC, OpenFOAM {PEER_HOTTEST_FACE}",
        f"return {solution.return_temperature - 273.15:.4f} degC, exact {EXACT_RETURN:.4f}",
        f"{seconds:.1f} s, OpenFOAM {PEER_SECONDS:.0f} s: {PEER_SECONDS / seconds:.1f} times faster",
    ]
    return "\n".join(lines)


def main() -> None:
    cell = float(sys.argv[1]) if len(sys.argv) > 1 else 0.1
    convection = Convection(sys.argv[2]) if len(sys.argv) > 2 else Convection.UPWIND
    problem = hall_small(cell, convection)
    solve_air(problem, AirControls(max_iterations=2))  # compiles

    def progress(iteration: int, drift: float, energy: float) -> None:
        if iteration % 20 == 0:
            print(f"  {iteration:5d}  drift {drift:.4f} K  energy {energy:.2e}", flush=True)

    begin = time.perf_counter()
    solution = solve_air(problem, AirControls(temperature_tolerance=0.02), progress=progress)
    print(report(solution, time.perf_counter() - begin))


if __name__ == "__main__":
    main()
