"""Benchmarks of hall air: to the stated criteria, beside OpenFOAM where it is installed."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from solvers.air.problem import AirControls, AirProblem, AirSolution, Convection
from solvers.air.solve import solve_air
from twin.benchmarks.case import Benchmark, Setting, Timing, clock
from twin.benchmarks.hall_small import EXACT_RETURN, hall_small
from twin.benchmarks.heated_cube import heated_cube, nusselt
from twin.benchmarks.openfoam import monitors, runner
from twin.benchmarks.openfoam.case import write_case
from twin.benchmarks.poisson import poisson_in_a_box
from twin.units import to_celsius

ITERATIONS = 3000  # of the peer, at most
LOOK = 20  # iterations of the peer between two looks at its monitors
# hall-small is done when no rack's mean inlet changes by more than 0.02 K over the last fifth of the work and
# heat balances to 0.5 %; ours stops by its own windows, which ask for at least that
HALL = AirControls(temperature_tolerance=0.02, energy_tolerance=1e-3)
CUBE_TOLERANCE = 1e-3  # of the Nusselt number, against a run ten times as long
CUBE = AirControls(
    temperature_tolerance=0.02, energy_tolerance=1e-3, flow_tolerance=1e-3, max_iterations=4000
)


def hall(setting: Setting) -> Sequence[Timing]:
    """hall-small, cold, and again after a change of one rack's power and of the supply temperature."""
    cell = 0.2 if setting.quick else 0.1
    solve_air(hall_small(0.2), AirControls(max_iterations=2))  # compiles
    setting.tell("ours")
    problem = hall_small(cell)
    name = f"hall-small, k-epsilon, upwind, {_cells(problem)}"
    with clock() as cold:
        solution = solve_air(problem, HALL)
    found = [_beside_openfoam(setting, name, problem, solution, cold.seconds)]
    setting.tell("second order, warm starts, memory")
    second = replace(problem, convection=Convection.TVD)
    with clock() as timed:
        limited = solve_air(second, HALL)
    found.append(
        Timing(
            name=f"hall-small, k-epsilon, second order, {_cells(problem)}",
            ours_s=timed.seconds,
            note=_ending(limited),
        )
    )
    racks = (replace(problem.racks[0], heat=1.5 * problem.racks[0].heat), *problem.racks[1:])
    supplies = tuple(replace(s, temperature=s.temperature + 2.0) for s in problem.supplies)
    for what, changed in (
        ("half as much power again in one rack", replace(problem, racks=racks)),
        ("supply 2 K warmer", replace(problem, supplies=supplies)),
    ):
        with clock() as warm:
            again = solve_air(changed, HALL, initial=solution.state)
        found.append(
            Timing(
                name=f"hall-small, warm start: {what}",
                ours_s=warm.seconds,
                peer="ours, cold",
                peer_s=cold.seconds,
                note=_ending(again),
            )
        )
    found.append(Timing(name="hall-small, memory", ours_s=None, note=f"{memory(problem):.0f} bytes a cell"))
    return found


def cube(setting: Setting) -> Sequence[Timing]:
    """The heated cube to within 0.1 % of the Nusselt number that ten times the iterations give."""
    n = 24 if setting.quick else 64
    problem = heated_cube(n)
    solve_air(heated_cube(8), AirControls(max_iterations=2))  # compiles
    setting.tell("ours")
    with clock() as timed:
        solution = solve_air(problem, CUBE)
    own = nusselt(problem, solution)[0]
    setting.tell("ours, ten times as long")
    endless = replace(CUBE, max_iterations=10 * solution.iterations, temperature_tolerance=1e-12)
    final = nusselt(problem, solve_air(problem, replace(endless, flow_tolerance=1e-15)))[0]
    error = abs(own / final - 1.0)
    verdict = "within" if error <= CUBE_TOLERANCE else "NOT within"
    peer, peer_s, words = None, None, ""
    if setting.peers and (peer := runner.installed()):
        setting.tell(peer)
        peer_s, words = _openfoam_cube(setting, problem, n)
    return [
        Timing(
            name=f"heated cube, Ra 1e6, {n}^3, central",
            ours_s=timed.seconds,
            peer=peer,
            peer_s=peer_s,
            note=f"{_ending(solution)}; Nu {own:.4f}, {error:.1e} off that of ten times the iterations: "
            f"{verdict} 0.1 %{words}",
        )
    ]


def memory(problem: AirProblem) -> float:
    """Bytes a cell that a solve allocates at its peak, answer included, program and problem not."""
    tracemalloc.start()
    try:
        solve_air(problem, AirControls(max_iterations=3))
        return tracemalloc.get_traced_memory()[1] / problem.raster.grid.n_cells
    finally:
        tracemalloc.stop()


# -- beside OpenFOAM -------------------------------------------------------------------------------------


def _beside_openfoam(
    setting: Setting, name: str, problem: AirProblem, solution: AirSolution, seconds: float
) -> Timing:
    ours = (
        f"{_ending(solution)}; return {to_celsius(solution.return_temperature):.3f}, exact {EXACT_RETURN:.3f}"
    )
    if not setting.peers or not (peer := runner.installed()):
        return Timing(name=name, ours_s=seconds, note=ours)
    setting.tell(peer)
    folder = setting.folder / "hall_small"
    _prepare(setting, folder, problem)

    def done(case: Path, iteration: int) -> bool:
        return iteration % LOOK == 0 and monitors.hall_settled(monitors.read_hall(case, problem)) is not None

    timing = runner.run(folder, runner.STEADY, ranks=setting.threads, stop=done)
    seen = monitors.read_hall(folder, problem)
    settled = monitors.hall_settled(seen)
    apart = float(np.abs(solution.rack_inlet_mean - seen.mean[-1]).max())
    hottest = [to_celsius(float(faces.max())) for faces in (solution.rack_inlet_max, seen.hottest[-1])]
    return Timing(
        name=name,
        ours_s=seconds,
        peer=peer,
        peer_s=None if settled is None else timing.until(settled),
        note=f"{ours}; the peer {_pace(timing, settled)}; rack means differ by up to {apart:.3f} K, hottest "
        f"faces {hottest[0]:.2f} and {hottest[1]:.2f} degC",
    )


def _openfoam_cube(setting: Setting, problem: AirProblem, n: int) -> tuple[float | None, str]:
    """Seconds to within 0.1 % of where the peer ends, and what to note."""
    folder = setting.folder / f"cube_{n}"
    _prepare(setting, folder, problem)

    def done(case: Path, iteration: int) -> bool:
        return (
            iteration % LOOK == 0
            and monitors.cavity_settled(*monitors.read_cavity(case, problem), change=1e-5) is not None
        )

    timing = runner.run(folder, runner.STEADY, ranks=setting.threads, stop=done)
    iterations, hot, cold = monitors.read_cavity(folder, problem)
    near = monitors.within(iterations, hot, CUBE_TOLERANCE)
    sustained = monitors.cavity_settled(iterations, hot, cold)
    note = f"; the peer {_pace(timing, near)} to within 0.1 % of its end, Nu {-hot[-1]:.4f}"
    if sustained is not None:
        note += f", {timing.until(sustained):.0f} s to a change below 1e-4 over 50 iterations"
    return timing.until(near), note


def _prepare(setting: Setting, folder: Path, problem: AirProblem) -> None:
    write_case(folder, problem, ranks=setting.threads, iterations=ITERATIONS)
    if setting.threads > 1:
        runner.decompose(folder)


def _pace(timing: runner.Timing, settled: int | None) -> str:
    to = (
        f"{settled} iterations"
        if settled is not None
        else f"did not settle in {timing.iterations} iterations"
    )
    return f"{to} of {timing.each:.3f} s"


def _ending(solution: AirSolution) -> str:
    return f"{solution.status.value.replace('_', ' ')} in {solution.iterations} iterations"


def _cells(problem: AirProblem) -> str:
    return f"{problem.raster.grid.n_cells / 1000.0:,.0f} k cells"


BENCHMARKS = (
    Benchmark(name="hall-small", about="a small hall to its criterion, cold and warm; memory", run=hall),
    Benchmark(name="heated-cube", about="laminar natural convection to 0.1 % of Nu", run=cube),
    Benchmark(name="poisson", about="the pressure equation alone", run=poisson_in_a_box),
)
