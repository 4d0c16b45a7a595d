"""OpenFOAM on the benchmark halls: run where it is installed, its seconds and what to note about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geometry.grid import Array
from solvers.air.problem import AirProblem
from twin.benchmarks.case import Setting
from twin.benchmarks.heated_cube import TOLERANCE
from twin.benchmarks.openfoam import monitors, runner
from twin.benchmarks.openfoam.case import write_case, write_transient_case

ITERATIONS = 3000  # at most
LOOK = 20  # iterations between two looks at the monitors: reading them takes time from the peer
FLAT = 1e-5  # change of the cube's Nusselt number over 50 iterations at which the peer is at its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """What the peer did: `seconds` None where it did not settle."""

    name: str
    seconds: float | None
    note: str
    inlets: Array | None = None  # mean of each rack, and `hottest` face [K]
    hottest: float = 0.0


def hall(setting: Setting, problem: AirProblem) -> Peer | None:
    """hall-small to its criterion; None where the peer is not wanted or not there."""
    name = runner.installed() if setting.peers else None
    if name is None:
        return None
    setting.tell(name)
    folder = _hall_folder(setting, problem)
    _prepare(setting, folder, problem)

    def done(case: Path, iteration: int) -> bool:
        return iteration % LOOK == 0 and monitors.hall_settled(monitors.read_hall(case, problem)) is not None

    timing = runner.run(folder, runner.STEADY, ranks=setting.threads, stop=done)
    seen = monitors.read_hall(folder, problem)
    settled = monitors.hall_settled(seen)
    return Peer(
        name=name,
        seconds=None if settled is None else timing.until(settled),
        note=_pace(timing, settled),
        inlets=seen.mean[-1],
        hottest=float(seen.hottest[-1].max()),
    )


def hall_in_time(setting: Setting, problem: AirProblem, *, step: float, steps: int) -> Peer | None:
    """Seconds a step of PISO, from the steady fields of `hall`, which is run if it has not been."""
    name = runner.installed() if setting.peers else None
    if name is None:
        return None
    steady = _hall_folder(setting, problem)
    if not (steady / f"log.{runner.STEADY}").is_file():
        hall(setting, problem)
    setting.tell(f"{name} in time")
    folder = setting.folder / f"{steady.name}_in_time"
    write_transient_case(folder, problem, ranks=setting.threads, step=step, steps=steps)
    runner.take_fields(steady, folder, ranks=setting.threads)
    timing = runner.run(folder, runner.TRANSIENT, ranks=setting.threads)
    return Peer(name=name, seconds=timing.each, note=f"{step / timing.each:.3f} simulated s a second")


def cube(setting: Setting, problem: AirProblem) -> Peer | None:
    """The heated cube to within 0.1 % of where the peer ends."""
    name = runner.installed() if setting.peers else None
    if name is None:
        return None
    setting.tell(name)
    folder = setting.folder / f"cube_{problem.raster.grid.n_cells}"
    _prepare(setting, folder, problem)

    def done(case: Path, iteration: int) -> bool:
        if iteration % LOOK:
            return False
        return monitors.cavity_settled(*monitors.read_cavity(case, problem), change=FLAT) is not None

    timing = runner.run(folder, runner.STEADY, ranks=setting.threads, stop=done)
    iterations, hot, cold = monitors.read_cavity(folder, problem)
    near = monitors.within(iterations, hot, TOLERANCE)
    note = f"{_pace(timing, near)} to within 0.1 % of its end, Nu {-hot[-1]:.4f}"
    sustained = monitors.cavity_settled(iterations, hot, cold)
    if sustained is not None:
        note += f", {timing.until(sustained):.0f} s to a change below 1e-4 over 50 iterations"
    return Peer(name=name, seconds=timing.until(near), note=note)


def _hall_folder(setting: Setting, problem: AirProblem) -> Path:
    return setting.folder / f"hall_small_{problem.raster.grid.n_cells}"


def _prepare(setting: Setting, folder: Path, problem: AirProblem) -> None:
    write_case(folder, problem, ranks=setting.threads, iterations=ITERATIONS)
    if setting.threads > 1:
        runner.decompose(folder)


def _pace(timing: runner.Timing, settled: int | None) -> str:
    did = f"{settled} iterations" if settled is not None else f"not settled in {timing.iterations} iterations"
    return f"{did} of {timing.each:.3f} s"
