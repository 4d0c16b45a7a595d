"""Benchmarks of the part `liquid`: networks beside pandapipes, the coolant loop of a hall."""

from __future__ import annotations

from collections.abc import Sequence

from solvers.liquid.hall.flow_policy import published
from solvers.liquid.hall.plan import plan_loop
from solvers.liquid.hall.solve import solve_hall_loop
from twin.benchmarks import liquid_ensemble, liquid_networks, liquid_year
from twin.benchmarks.case import Benchmark, Setting, Timing, clock
from twin.units import celsius
from twin.verification.liquid_halls import GB300_FLOW, GB300_HEAT, hall_runs, loop_design, racks

SUPPLY_C = 40.0
REPEATS = 10


def hall_loop(setting: Setting) -> Sequence[Timing]:
    """Rows of twelve GB300 racks: best of ten warm solves."""
    found = []
    for rows in (2,) if setting.quick else (8, 32):
        names, runs = hall_runs(rows, 12)
        supply = celsius(SUPPLY_C)
        load = racks(names, flow=float(published(GB300_FLOW, supply, GB300_HEAT)))
        with clock() as planning:
            plan = plan_loop(runs, load, loop_design(), supply=supply)
        solution = solve_hall_loop(plan, load, set_point=supply)
        seconds = []
        for _ in range(REPEATS):
            with clock() as timed:
                solution = solve_hall_loop(plan, load, set_point=supply)
            seconds.append(timed.seconds)
        found.append(
            Timing(
                name=f"coolant loop, {len(names)} racks, {len(runs)} pipe runs",
                ours_s=min(seconds),
                note=f"planned in {1e3 * planning.seconds:.0f} ms; closes mass to {solution.loop_mass:.0e}, "
                f"energy to {solution.loop_energy:.0e}",
            )
        )
    return found


BENCHMARKS = (
    Benchmark(
        name="networks",
        about="random two-pipe networks of 100 to 10,000 pipes, warm, beside pandapipes",
        run=liquid_networks.networks,
    ),
    Benchmark(
        name="cold-network", about="1,155 links from no flows at all", run=liquid_networks.cold_network
    ),
    Benchmark(name="year", about="8,760 hours of 100 pipes, beside pandapipes", run=liquid_year.year),
    Benchmark(name="hall-loop", about="network, cold plates, CDUs of a hall", run=hall_loop),
    Benchmark(
        name="cdu-ensemble",
        about="257 CDU loops through a minute, 10,000 random members each",
        run=liquid_ensemble.cdu_ensemble,
    ),
)
