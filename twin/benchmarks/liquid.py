"""Benchmarks of the part `liquid`: networks beside pandapipes, the coolant loop of a hall."""

from __future__ import annotations

import resource
from collections.abc import Sequence

import numpy as np

from solvers import fluids
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


def properties(setting: Setting) -> Sequence[Timing]:
    """Density, heat capacity, viscosity and conductivity at a million temperatures: time of one value."""
    fluid = loop_design().coolant
    at = np.linspace(celsius(20.0), celsius(60.0), 10_000 if setting.quick else 1_000_000)
    seconds = []
    for _ in range(REPEATS):
        with clock() as timed:
            fluids.properties(fluid, at)
        seconds.append(timed.seconds)
    return [
        Timing(
            name="a property of PG25, one of four, checked against its range",
            ours_s=min(seconds) / (4 * at.size),
            note=f"{at.size:,} temperatures, best of {REPEATS}",
        )
    ]


def site_loop(setting: Setting) -> Sequence[Timing]:
    """Every rack, CDU and pipe of every hall of the largest site, mains included, in one steady solve."""
    import twin
    from twin.assembly.halls import hall_kinds, hall_positions
    from twin.assembly.site_loop import site_model, solve_site_loop
    from twin.assembly.sizing import size

    few = ("site.gpus=20000",) if setting.quick else ()
    conf = twin.compose("site=grand_est_2030", "site.limit=gpus", *few)
    sizing = size(conf, *hall_positions(conf))
    kinds = hall_kinds(conf, sizing)
    with clock() as planning:
        model = site_model(conf, sizing, kinds)
    with clock() as first:
        found = solve_site_loop(conf, model)
    with clock() as again:
        found = solve_site_loop(conf, model)
    branches = len(model.plan.tcs.branches) + len(model.plan.fws.branches)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return [
        Timing(
            name=f"site of {sizing.gpus:,} GPUs: {sizing.halls} halls, {len(model.plan.cdus):,} CDUs, "
            f"{branches:,} branches",
            ours_s=again.seconds,
            note=f"laid out and sized in {planning.seconds:.1f} s, first solve {first.seconds:.1f} s; "
            f"the process at its peak {peak:.2f} GiB; "
            f"closes mass to {found.solution.loop_mass:.0e}, energy to {found.solution.loop_energy:.0e}",
        )
    ]


BENCHMARKS = (
    Benchmark(name="properties", about="properties of a coolant, one value", run=properties),
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
        name="site-loop",
        about="every CDU and rack of 1,000,000 GPUs and the mains between the halls, at once",
        run=site_loop,
    ),
    Benchmark(
        name="cdu-ensemble",
        about="257 CDU loops through a minute, 10,000 random members each",
        run=liquid_ensemble.cdu_ensemble,
    ),
)
