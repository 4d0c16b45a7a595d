"""The peer's cases alone: write them, and run them where OpenFOAM 1912 is installed.

    python tests/benchmarks/openfoam.py FOLDER [cavity|hall|transient] [N or cell size in m] [ranks]

cavity     the heated cube, Ra 1e6, on N^3 cells (64)
hall       hall-small, k-epsilon, upwind (0.1 m)
transient  the same in time, 12 steps of 0.055 s, from the fields the hall's case in FOLDER has ended with

The generator is twin/benchmarks/openfoam; `twin bench air` runs the same beside ours. Debian packages
openfoam and openmpi-bin. A folder keeps case, log and monitors (postProcessing).
"""

from __future__ import annotations

import sys
from pathlib import Path

from twin.benchmarks.air import STEP, STEPS
from twin.benchmarks.hall_small import hall_small
from twin.benchmarks.heated_cube import heated_cube
from twin.benchmarks.openfoam import monitors, runner
from twin.benchmarks.openfoam.case import write_case, write_transient_case


def main(folder: Path, case: str, size: float, ranks: int) -> None:
    problem = heated_cube(int(size)) if case == "cavity" else hall_small(size)
    here = folder / case
    if case == "transient":
        write_transient_case(here, problem, ranks=ranks, step=STEP, steps=STEPS)
        runner.take_fields(folder / "hall", here, ranks=ranks)
    else:
        write_case(here, problem, ranks=ranks, iterations=1500)
        if ranks > 1 and runner.installed():
            runner.decompose(here)
    if not runner.installed():
        print(f"{here} is written; OpenFOAM is not installed here")
        return
    if case == "transient":
        timing = runner.run(here, runner.TRANSIENT, ranks=ranks)
        print(f"{timing.iterations} steps of {timing.each:.3f} s: {STEP / timing.each:.3f} simulated s per s")
        return

    def settled() -> int | None:
        if case == "cavity":
            return monitors.cavity_settled(*monitors.read_cavity(here, problem))
        return monitors.hall_settled(monitors.read_hall(here, problem))

    timing = runner.run(
        here, runner.STEADY, ranks=ranks, stop=lambda _, n: n % 20 == 0 and settled() is not None
    )
    end = settled()
    print(f"{timing.iterations} iterations of {timing.each:.3f} s; criterion met at {end}")
    if end is not None:
        print(f"{timing.until(end):.1f} s to the criterion")
    if case == "cavity":
        _, hot, cold = monitors.read_cavity(here, problem)
        print(f"Nu of the hot wall {-hot[-1]:.4f}, of the cold one {-cold[-1]:.4f}")
    else:
        seen = monitors.read_hall(here, problem)
        print("rack means [degC]: " + " ".join(f"{v - 273.15:.2f}" for v in seen.mean[-1]))
        print(
            f"hottest face {seen.hottest[-1].max() - 273.15:.2f} degC, heat off by {seen.heat_error[-1]:+.1e}"
        )


if __name__ == "__main__":
    words = sys.argv[1:]
    chosen = words[1] if len(words) > 1 else "hall"
    default = 64.0 if chosen == "cavity" else 0.1
    main(
        Path(words[0]),
        chosen,
        float(words[2]) if len(words) > 2 else default,
        int(words[3]) if len(words) > 3 else 2,
    )
