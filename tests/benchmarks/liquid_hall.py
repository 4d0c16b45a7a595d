"""Time the coolant loop of a hall: rows of twelve GB300 racks at 40 degC supply.

    python tests/benchmarks/liquid_hall.py [rows, default 8]

Prints the time of planning, of the first and of a warm solve (best of ten), and the closures.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from solvers.liquid.hall.flow_policy import published
from solvers.liquid.hall.plan import plan_loop
from solvers.liquid.hall.solve import solve_hall_loop
from twin.verification.liquid_halls import (
    GB300_FLOW,
    GB300_HEAT,
    ZERO,
    hall_runs,
    loop_design,
    racks,
)


def main(rows: int) -> None:
    names, runs = hall_runs(rows, 12)
    design = loop_design()
    supply = ZERO + 40.0
    load = racks(names, flow=float(published(GB300_FLOW, supply, GB300_HEAT)))
    start = time.perf_counter()
    plan = plan_loop(runs, load, design, supply=supply)
    planned = time.perf_counter()
    solution = solve_hall_loop(plan, load, set_point=supply)
    first = time.perf_counter()
    warm = []
    for _ in range(10):
        begin = time.perf_counter()
        solution = solve_hall_loop(plan, load, set_point=supply)
        warm.append(time.perf_counter() - begin)
    print(solution)
    print(
        f"{len(names)} racks, {len(runs)} pipe runs: plan {1e3 * (planned - start):.0f} ms, first solve "
        f"{1e3 * (first - planned):.0f} ms, warm {1e3 * min(warm):.1f} ms; "
        f"loop_mass {solution.loop_mass:.1e}, loop_energy {solution.loop_energy:.1e}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
