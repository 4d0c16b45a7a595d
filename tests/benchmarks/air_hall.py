"""Time the air solver on a hall: 8 rows of 12 racks, contained hot aisles, fan walls.

    python tests/benchmarks/air_hall.py [target cell size in m] [tvd|upwind]

13.5 kW of heat in the air and 0.93 m3/s a rack, supply at 25 degC with 5 % more air than the racks draw.
The second of two solves is timed, so that compilation is not counted.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from geometry.gridding import make_grid
from geometry.layout import HallLayout, generate_hall
from geometry.rasterise import rasterise
from solvers.air.problem import AirControls, AirProblem, AirSolution, Convection, Exhaust, Supply, ThroughFlow
from solvers.air.solve import solve_air

RACK_FLOW = 0.93  # m3/s
RACK_HEAT = 13_500.0  # W
SUPPLY = 298.15  # K
EXCESS = 1.05


def hall_problem(
    target: float, *, rows: int = 8, racks_per_row: int = 12, convection: Convection = Convection.TVD
) -> AirProblem:
    """The benchmark hall on a grid of cells no larger than `target` [m]."""
    layout = HallLayout(rows=rows, racks_per_row=racks_per_row, end_clearance=2.4)
    hall = generate_hall(layout)
    raster = rasterise(hall, make_grid(hall, target=target))
    blowing = [o for o in hall.openings if o.kind.supplies]
    drawing = [o for o in hall.openings if not o.kind.supplies]
    total = EXCESS * RACK_FLOW * len(hall.populated)
    return AirProblem(
        raster=raster,
        supplies=tuple(Supply(port=o.name, flow=total / len(blowing), temperature=SUPPLY) for o in blowing),
        exhausts=tuple(Exhaust(port=o.name, backflow_temperature=SUPPLY) for o in drawing),
        racks=tuple(
            ThroughFlow(
                name=r.name,
                intake=f"{r.name}.front",
                exhaust=f"{r.name}.rear",
                flow=RACK_FLOW,
                heat=RACK_HEAT,
            )
            for r in hall.populated
        ),
        convection=convection,
    )


def report(problem: AirProblem, solution: AirSolution, seconds: float) -> str:
    """The figures of one run as text."""
    cells = problem.raster.grid.n_cells
    return "\n".join(
        [
            f"{problem.raster.grid}; {len(problem.racks)} racks, {problem.convection.value}",
            f"{solution.status.value} after {solution.iterations} iterations in {seconds:.2f} s, "
            f"{1e-6 * cells * solution.iterations / seconds:.2f} Mcell-iterations/s",
            f"inlet mean {solution.rack_inlet_mean.mean() - 273.15:.3f}, hottest rack "
            f"{solution.rack_inlet_mean.max() - 273.15:.3f}, hottest face "
            f"{solution.rack_inlet_max.max() - 273.15:.3f}, "
            f"return {solution.return_temperature - 273.15:.3f} degC",
            f"closure: mass {solution.air_mass:.1e}, energy {solution.air_energy:.1e}",
        ]
    )


def main() -> None:
    target = float(sys.argv[1]) if len(sys.argv) > 1 else 0.2
    convection = Convection(sys.argv[2]) if len(sys.argv) > 2 else Convection.TVD
    problem = hall_problem(target, convection=convection)

    def progress(iteration: int, drift: float, energy: float) -> None:
        if iteration % 25 == 0:
            print(f"  {iteration:5d}  drift {drift:.4f} K  energy {energy:.2e}", flush=True)

    begin = time.perf_counter()
    solve_air(problem, AirControls(max_iterations=2))
    print(f"first two iterations with compilation: {time.perf_counter() - begin:.1f} s")
    begin = time.perf_counter()
    solution = solve_air(problem, progress=progress)
    print(report(problem, solution, time.perf_counter() - begin))
    begin = time.perf_counter()
    warmer = solve_air(problem, initial=solution.state)
    print("warm start, nothing changed:")
    print(report(problem, warmer, time.perf_counter() - begin))
    change = np.abs(warmer.rack_inlet_mean - solution.rack_inlet_mean).max()
    print(f"largest change of a rack inlet {change:.4f} K")


if __name__ == "__main__":
    main()
