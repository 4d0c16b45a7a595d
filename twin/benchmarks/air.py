"""Benchmarks of hall air: to the stated criteria, beside OpenFOAM where it is installed."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

import twin
from solvers.air.march import march_air
from solvers.air.problem import AirControls, AirProblem, AirSolution, Convection, Precision
from solvers.air.solve import solve_air
from solvers.air.transient import TransientControls
from twin.benchmarks import peer_air
from twin.benchmarks.case import Benchmark, Setting, Timing, clock
from twin.benchmarks.hall_small import EXACT_RETURN, hall_small
from twin.benchmarks.heated_cube import CONTROLS, TOLERANCE, heated_cube, nusselt
from twin.benchmarks.poisson import poisson_in_a_box
from twin.units import to_celsius

# hall-small is done when no rack's mean inlet changes by more than 0.02 K over the last fifth of the work and
# heat balances to 0.5 %; ours stops by its own windows, which ask for at least that
HALL = AirControls(temperature_tolerance=0.02, energy_tolerance=1e-3, precision=Precision.SINGLE)
STEP, STEPS = 0.055, 24  # s: 0.96 of a cell a step on the grid of 0.1 m
TEN_MW = (
    "hall=hall_10mw", "compute=air_13kw", "solver=rack_cells", "site.altitude_m=1880", "site.gpus=6144",
    "recovery=none",
)  # fmt: skip
TEN_MW_PEER = "an OpenFOAM-based tool publishes 11 min on 4 cores for 329,280 cells"


def small_hall(setting: Setting) -> Sequence[Timing]:
    """hall-small, cold: upwind beside the peer, and second order."""
    _compile()
    setting.tell("ours")
    problem = _small_hall(setting)
    with clock() as cold:
        solution = solve_air(problem, HALL)
    note = (
        f"{_ending(solution)}; return {to_celsius(solution.return_temperature):.3f}, exact {EXACT_RETURN:.3f}"
    )
    peer = peer_air.hall(setting, problem)
    if peer is not None and peer.inlets is not None:
        apart = float(np.abs(solution.rack_inlet_mean - peer.inlets).max())
        hottest = to_celsius(float(solution.rack_inlet_max.max()))
        note += (
            f"; the peer {peer.note}; rack means differ by up to {apart:.3f} K, hottest faces "
            f"{hottest:.2f} and {to_celsius(peer.hottest):.2f} degC"
        )
    found = [_timing(f"hall-small, k-epsilon, upwind, {_cells(problem)}", cold.seconds, peer, note)]
    setting.tell("second order")
    with clock() as timed:
        limited = solve_air(replace(problem, convection=Convection.TVD), HALL)
    name = f"hall-small, k-epsilon, second order, {_cells(problem)}"
    return [*found, Timing(name=name, ours_s=timed.seconds, note=_ending(limited))]


def fine_hall(setting: Setting) -> Sequence[Timing]:
    """hall-small on cells of half the size, cold, both schemes."""
    _compile()
    found = []
    for convection in (Convection.UPWIND, Convection.TVD):
        problem = hall_small(0.1 if setting.quick else 0.05, convection)
        setting.tell(convection.value)
        with clock() as timed:
            solution = solve_air(problem, HALL)
        name = f"hall-small, k-epsilon, {convection.value}, {_cells(problem)}"
        found.append(Timing(name=name, ours_s=timed.seconds, note=_ending(solution)))
    return found


def warm_start(setting: Setting) -> Sequence[Timing]:
    """hall-small again, after a change of one rack's power and of the supply temperature."""
    _compile()
    coarse, briefly = hall_small(0.2), replace(HALL, max_iterations=2)
    solve_air(coarse, briefly, initial=solve_air(coarse, briefly).state)  # what only a warm start uses
    problem = _small_hall(setting)
    with clock() as cold:
        solution = solve_air(problem, HALL)
    racks = (replace(problem.racks[0], heat=1.5 * problem.racks[0].heat), *problem.racks[1:])
    supplies = tuple(replace(s, temperature=s.temperature + 2.0) for s in problem.supplies)
    found = []
    for what, changed in (
        ("half as much power again in one rack", replace(problem, racks=racks)),
        ("supply 2 K warmer", replace(problem, supplies=supplies)),
    ):
        setting.tell(what)
        with clock() as warm:
            again = solve_air(changed, HALL, initial=solution.state)
        found.append(
            Timing(
                name=f"hall-small, warm start: {what}",
                ours_s=warm.seconds,
                peer="ours, cold",
                peer_s=cold.seconds,
                note=f"{_ending(again)}, cold {solution.iterations}",
            )
        )
    return found


def memory(setting: Setting) -> Sequence[Timing]:
    """What a solve of hall-small allocates at its peak, answer included, program and problem not."""
    problem = _small_hall(setting)
    found = []
    for precision in (Precision.SINGLE, Precision.DOUBLE):
        controls = AirControls(max_iterations=2, precision=precision)
        solve_air(hall_small(0.2), controls)  # compiles: compilers allocate as well
        setting.tell(precision.value)
        held: list[int] = []
        tracemalloc.start()
        try:
            solve_air(problem, controls, progress=lambda *_, to=held: to.append(_allocated()))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        cells = problem.raster.grid.n_cells
        name = f"hall-small, memory in {precision.value} precision, {_cells(problem)}"
        found.append(
            Timing(
                name=name,
                ours_s=None,
                note=f"{held[-1] / cells:.0f} bytes a cell while it iterates, "
                f"{peak / cells:.0f} at the peak, with the answer",
            )
        )
    return found


def _allocated() -> int:
    return tracemalloc.get_traced_memory()[0]


def cube(setting: Setting) -> Sequence[Timing]:
    """The heated cube to within 0.1 % of the Nusselt number that ten times the iterations give."""
    n = 24 if setting.quick else 64
    problem = heated_cube(n)
    solve_air(heated_cube(8), replace(CONTROLS, max_iterations=2))  # compiles
    setting.tell("ours")
    with clock() as timed:
        solution = solve_air(problem, CONTROLS)
    own = nusselt(problem, solution)[0]
    setting.tell("ours, ten times as long")
    endless = replace(
        CONTROLS,
        max_iterations=10 * solution.iterations,
        temperature_tolerance=1e-12,
        flow_tolerance=1e-15,
    )
    error = abs(own / nusselt(problem, solve_air(problem, endless))[0] - 1.0)
    verdict = "within" if error <= TOLERANCE else "NOT within"
    note = f"{_ending(solution)}; Nu {own:.4f}, {error:.1e} off ten times the iterations: {verdict} 0.1 %"
    peer = peer_air.cube(setting, problem)
    if peer is not None:
        note += f"; the peer {peer.note}"
    return [_timing(f"heated cube, Ra 1e6, {n}^3, central", timed.seconds, peer, note)]


def in_time(setting: Setting) -> Sequence[Timing]:
    """hall-small in time from its steady flow, second order: seconds a step."""
    _compile()
    problem = _small_hall(setting)
    limited = replace(problem, convection=Convection.TVD)
    setting.tell("steady flow")
    steady = solve_air(limited, HALL)
    march_air(limited, TransientControls(duration=STEP, time_step=STEP), initial=steady)  # compiles
    setting.tell("in time")
    ends = [time.perf_counter()]
    history = march_air(
        limited,
        TransientControls(duration=(STEPS + 1) * STEP, time_step=STEP),
        initial=steady,
        progress=lambda *_: ends.append(time.perf_counter()),
    )
    seconds = float(np.median(np.diff(ends)[1:]))  # the first one holds the start
    closure = f"mass {history.air_mass.max():.0e}, energy {history.air_energy.max():.0e} a step"
    peer = peer_air.hall_in_time(setting, problem, step=STEP, steps=STEPS)
    note = f"{STEP / seconds:.2f} simulated s a second; closes {closure}"
    if peer is not None:
        note += f"; the peer {peer.note}"
    return [_timing(f"hall-small in time, {_cells(problem)}, a step of {STEP} s", seconds, peer, note)]


def ten_megawatts(setting: Setting) -> Sequence[Timing]:
    """hall-10mw: 768 racks as resistances, 35 fan walls, k-epsilon."""
    coarse = ("solver.cell_x_m=1.2", "solver.cell_y_m=0.6", "solver.cell_z_m=0.5") if setting.quick else ()
    site = twin.assemble(twin.compose(*TEN_MW, *coarse))
    problem = site.halls[0].air
    setting.tell("compiling")
    solve_air(problem, replace(site.controls, max_iterations=1))
    setting.tell("ours")
    with clock() as timed:
        solution = solve_air(problem, site.controls)
    hottest = int(solution.rack_inlet_mean.argmax())
    return [
        Timing(
            name=f"hall-10mw, {len(problem.racks)} racks, {len(problem.units)} units, {_cells(problem)}",
            ours_s=timed.seconds,
            note=f"{_ending(solution)}; warmest rack {problem.racks[hottest].name} "
            f"{to_celsius(float(solution.rack_inlet_mean[hottest])):.2f} degC, return "
            f"{to_celsius(solution.return_temperature):.2f} degC; {TEN_MW_PEER}",
        )
    ]


def _small_hall(setting: Setting) -> AirProblem:
    return hall_small(0.2 if setting.quick else 0.1)


def _compile() -> None:
    """Compiles, or loads, what hall-small uses, in both schemes."""
    problem = hall_small(0.2)
    solve_air(problem, replace(HALL, max_iterations=2))
    solve_air(replace(problem, convection=Convection.TVD), replace(HALL, max_iterations=2))


def _timing(name: str, seconds: float, peer: peer_air.Peer | None, note: str) -> Timing:
    if peer is None:
        return Timing(name=name, ours_s=seconds, note=note)
    return Timing(name=name, ours_s=seconds, peer=peer.name, peer_s=peer.seconds, note=note)


def _ending(solution: AirSolution) -> str:
    return f"{solution.status.value.replace('_', ' ')} in {solution.iterations} iterations"


def _cells(problem: AirProblem) -> str:
    return f"{problem.raster.grid.n_cells / 1000.0:,.0f} k cells"


BENCHMARKS = (
    Benchmark(name="hall-small", about="a small hall, cold, to its criterion", run=small_hall),
    Benchmark(name="hall-small-fine", about="the same on cells of 0.05 m, to its window", run=fine_hall),
    Benchmark(name="warm-start", about="the same after a small change", run=warm_start),
    Benchmark(name="memory", about="bytes a cell", run=memory),
    Benchmark(name="transient", about="the same in time, seconds a step", run=in_time),
    Benchmark(name="heated-cube", about="laminar natural convection to 0.1 % of Nu", run=cube),
    Benchmark(name="poisson", about="the pressure equation alone", run=poisson_in_a_box),
    Benchmark(name="hall-10mw", about="768 racks, 35 cooling units", run=ten_megawatts),
)
