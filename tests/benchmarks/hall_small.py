"""A small hall against OpenFOAM 1912: k-epsilon with the peer's physics on the peer's grid.

    python tests/benchmarks/hall_small.py [cell size in m] [upwind|tvd]

The case is twin/benchmarks/hall_small.py, with rack fronts as the peer has them (solvers/air/README.md). The
peer: SIMPLE, first-order upwind, standard k-epsilon with wall functions, no buoyancy production: 126 s to
its criterion on 2 idle cores.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from solvers.air.problem import AirControls, AirSolution, Convection
from solvers.air.solve import solve_air
from twin.benchmarks.hall_small import EXACT_RETURN, hall_small

# rack-mean inlets of the peer at 0.1 m, 300 iterations; both rows and both ends alike [degC]
PEER_INLETS = (18.85, 18.47, 18.51, 18.60, 18.60, 18.51, 18.47, 18.85)
PEER_HOTTEST_FACE = 24.35  # degC
PEER_SECONDS = 126.0


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
