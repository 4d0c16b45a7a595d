"""Benchmark of ensembles: 257 CDU loops of ten racks through a minute, thousands of random members."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numba
import numpy as np

from solvers.fluids import density, heat_capacity, load_fluid
from solvers.liquid.cdu_loop.ensemble import Ensemble, Spread, march_ensemble
from solvers.liquid.cdu_loop.loop import CduLoop, RackBranch, cells
from solvers.liquid.cdu_loop.march import LoopState, steady
from solvers.liquid.components.cdu import CduExchanger
from solvers.liquid.components.cold_plate import read_cold_plate
from solvers.liquid.control.pid import Pid
from twin.benchmarks.case import Setting, Timing, clock
from twin.resources import data_dir
from twin.units import celsius

LOOPS, RACKS, STEPS, STEP = 257, 10, 60, 1.0
MEMBERS, QUICK_MEMBERS = 10_000, 20
SUPPLY_C, WATER_C, DROP = 40.0, 34.0, 55e3
SPREAD = Spread(load=0.2, flow=0.2, water=3.0)


def cdu_ensemble(setting: Setting) -> Sequence[Timing]:
    """All members of all loops in one call; both controllers sample every second."""
    loops = unit_loops()
    starts = [
        steady(loop, water=celsius(WATER_C), drop=DROP, set_point=celsius(SUPPLY_C), load=0.8)
        for loop in loops
    ]
    small = march_members(loops, starts, QUICK_MEMBERS)  # compiles
    numba.set_num_threads(1)
    alone = march_members(loops, starts, QUICK_MEMBERS)
    numba.set_num_threads(setting.threads)
    same = np.array_equal(small.percentiles, alone.percentiles)
    members = QUICK_MEMBERS if setting.quick else MEMBERS
    setting.tell(f"{members:,} members")
    begun = time.process_time()
    with clock() as timed:
        got = march_members(loops, starts, members)
    busy = time.process_time() - begun
    steps = LOOPS * members * STEPS
    return [
        Timing(
            name=f"{members:,} members of {LOOPS} CDU loops of {RACKS} racks, {STEPS} steps of {STEP:g} s",
            ours_s=timed.seconds,
            note=f"{busy:.1f} s of CPU time, {1e9 * busy / steps:.0f} ns a loop-step; closes energy to "
            f"{got.closure:.0e}; {'the same bits' if same else 'NOT the same'} on one thread",
        )
    ]


def march_members(loops: Sequence[CduLoop], starts: Sequence[LoopState], members: int) -> Ensemble:
    return march_ensemble(
        loops,
        starts,
        members=members,
        spread=SPREAD,
        seed=2026,
        step=STEP,
        steps=STEPS,
        water=celsius(WATER_C),
        set_point=celsius(SUPPLY_C),
        drop=DROP,
    )


def unit_loops() -> list[CduLoop]:
    """GB300 racks (Lenovo LP2357: 119 l/min, 58.6 kPa) on CDUs of 241 kPa; racks differ by a few per cent.

    Thermal masses, masses of coolant and tunings are assumptions of the benchmark.
    """
    coolant = load_fluid(data_dir() / "coolants" / "pg25.csv")
    plate = read_cold_plate(
        data_dir() / "cold_plates" / "ocp_oam_2023.csv", "pg25", factor=0.65, junction_to_case=0.004
    )
    middle = celsius(SUPPLY_C)
    flow = 119.0 / 60e3 * float(density(coolant, middle))
    rate = RACKS * flow * float(heat_capacity(coolant, middle))
    return [
        CduLoop(
            name=f"cdu-{n + 1}",
            racks=tuple(
                RackBranch(
                    name=f"{n + 1}.{i + 1}",
                    heat=121.5e3,
                    flow=flow * (1.0 + 0.005 * ((7 * n + 3 * i) % 10)),
                    drop=58.6e3,
                    modules=72,
                    heat_share=72 * 1400.0 / 121.5e3,
                    capacity=72 * 750.0,
                    coolant=15.0,
                )
                for i in range(RACKS)
            ),
            plate=plate,
            coolant=coolant,
            temperature=middle,
            supply=cells(120.0, 3),
            back=cells(150.0, 3),
            main_flow=RACKS * flow,
            main_drop=120e3,
            pump_flow=RACKS * flow,
            pump_rated=241e3,
            pump_shutoff=330e3,
            pump_efficiency=0.65,
            exchanger=CduExchanger(ua=2.5e5, c_tcs=rate, c_fws=rate),
            open_rate=rate,
            valve=Pid(name="valve", gain=-0.02, integral_time=20.0, stroke=60.0),
            pump=Pid(name="pump", gain=2e-6, integral_time=5.0, low=0.2, stroke=10.0),
        )
        for n in range(LOOPS)
    ]
