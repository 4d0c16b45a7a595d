"""A site's year with its loops at constant rates, from a table, and solved in every hour; no air is solved.

NUMBA_NUM_THREADS=1 python tests/benchmarks/year_loops.py workload=inference_daily
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np

import twin
from solvers.liquid.hall.lumped import LumpedLoop
from solvers.liquid.hall.solve import lump, solve_hall_loop
from twin.assembly.halls import hall_kinds, hall_positions
from twin.assembly.loop import loop_plan, rack_loads
from twin.assembly.site_year import hourly_inputs
from twin.assembly.sizing import size
from twin.assembly.year import year_spec
from twin.assembly.year_loops import site_loops
from twin.schema import LoopYear
from twin.units import celsius
from twin.year import simulate_year

AIR_HANDLERS = 1e5  # [W]; what air would have told
FLOOR = 5e3  # [m2]
SHOWN = ("tcs_supply", "tcs_return", "fws_supply", "fws_return")


def main(overrides: list[str]) -> None:
    conf = twin.compose(*overrides)
    sizing = size(conf, *hall_positions(conf))
    at = celsius(conf.loop.supply_temperature_C)
    halls = []
    for kind in hall_kinds(conf, sizing):
        plan = loop_plan(conf, sizing, kind.hall)
        assert plan is not None
        halls.append((plan, rack_loads(conf, sizing, kind.hall), kind.count))
    solved = [(solve_hall_loop(plan, racks, set_point=at), count) for plan, racks, count in halls]
    parts = [(lump(loop), count) for loop, count in solved]
    rate = sum(part.c_fws * count for part, count in parts)
    loop = LumpedLoop(
        c_tcs=sum(part.c_tcs * count for part, count in parts),
        c_fws=rate,
        effectiveness=sum(part.effectiveness * min(part.c_tcs, part.c_fws) * n for part, n in parts)
        / min(sum(part.c_tcs * n for part, n in parts), rate),
        pump_power=sum(part.pump_power * count for part, count in parts),
        loss=sum(part.loss * count for part, count in parts),
    )
    weather, load = hourly_inputs(conf)
    spec = year_spec(
        it_design_power=sizing.it_power,
        liquid_fraction=conf.compute.liquid_fraction,
        loop=loop,
        tcs_set_point=at,
        fws_pump_power=sum(each.fws_pump_power * count for each, count in solved),
        air_handler_power=AIR_HANDLERS,
        hall_area=FLOOR,
        plant=conf.plant,
        power=conf.power,
        recovery=conf.recovery,
        district=conf.district,
        weather=weather,
    )
    odd = np.random.default_rng(1).uniform(float(load.min()), 1.0, load.size)
    for name, share in (("the workload's loads", load), ("every hour its own load", odd)):
        print(f"{name}: {np.unique(share).size} of {share.size} differ")
        best, years = dict.fromkeys(("constant", *(kind.value for kind in LoopYear)), np.inf), {}
        for _ in range(3):
            for kind in best:
                begin = time.process_time()
                loops = None
                if kind != "constant":
                    loops = site_loops(replace(conf.loop, year=LoopYear(kind)), halls, spec, weather, share)
                years[kind] = simulate_year(replace(spec, loops=loops), weather, share)
                best[kind] = min(best[kind], time.process_time() - begin)
        right = years["resolved"]
        for kind, seconds in best.items():
            apart = max(float(np.abs(getattr(years[kind], n) - getattr(right, n)).max()) for n in SHOWN)
            pumps = float(np.abs(years[kind].pump_power / right.pump_power - 1.0).max())
            print(f"  {kind:9} {seconds:6.2f} s, {apart:.4f} K, {100 * pumps:.3f} % of pump power")


if __name__ == "__main__":
    main(sys.argv[1:])
