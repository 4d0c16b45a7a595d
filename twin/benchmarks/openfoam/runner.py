"""Running the peer: iterations stamped as they end, stopped when its monitors meet a criterion."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geometry.grid import Array
from solvers.errors import SolverError
from twin.benchmarks.openfoam.case import STOP_FILE

STEADY, TRANSIENT = "buoyantBoussinesqSimpleFoam", "buoyantBoussinesqPimpleFoam"
# Debian's package keeps its configuration here; its programs look for it through this variable
DEBIAN = Path("/usr/share/openfoam")

Stop = Callable[[Path, int], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Wall time from the start of the iterations to the end of each [s]; reading comes before."""

    ends: Array

    @property
    def iterations(self) -> int:
        return int(self.ends.size)

    @property
    def each(self) -> float:
        """Median seconds of an iteration."""
        return float(np.median(np.diff(self.ends, prepend=0.0)))

    def until(self, iteration: int) -> float:
        """Seconds of the first `iteration` iterations."""
        return float(self.ends[iteration - 1])


def installed() -> str | None:
    """The peer's name and version, None where it or its MPI is missing."""
    if not all(shutil.which(name) for name in (STEADY, TRANSIENT, "decomposePar", "mpirun")):
        return None
    shown = subprocess.run([STEADY, "-help"], env=_environment(), capture_output=True, text=True, check=False)
    version = re.search(r"OpenFOAM-?\s*\(?v?([\w.]+)", shown.stdout)
    return f"OpenFOAM {version.group(1)}" if version else "OpenFOAM"


def decompose(folder: Path) -> None:
    """Split a case for its processes. Raises SolverError where that fails."""
    done = subprocess.run(
        ["decomposePar", "-force"],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SolverError(
            f"OpenFOAM's decomposePar failed in {folder}:\n{done.stdout[-500:]}{done.stderr[-500:]}"
        )


def run(folder: Path, program: str, *, ranks: int, stop: Stop | None = None) -> Timing:
    """Run `program` on a case until its end time, or until `stop(folder, iteration)` says so.

    The log is kept in the folder. Raises SolverError where the program fails.
    """
    command = [program] if ranks == 1 else ["mpirun", "-np", str(ranks), program, "-parallel"]
    (folder / STOP_FILE).unlink(missing_ok=True)
    start, ends = 0.0, []
    with (folder / f"log.{program}").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            for line in _lines(process):
                log.write(line)
                if line.startswith("Starting time loop"):
                    start = time.perf_counter()
                elif line.startswith("ExecutionTime"):
                    ends.append(time.perf_counter() - start)
                    if stop is not None and stop(folder, len(ends)):
                        (folder / STOP_FILE).touch()
                        stop = None
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait()
    if process.returncode or not ends:
        raise SolverError(f"OpenFOAM failed in {folder}: see log.{program}")
    return Timing(ends=np.array(ends))


def take_fields(source: Path, target: Path, *, ranks: int) -> None:
    """Give `target` the mesh of the case `source` and, at time 0, the fields it ended with."""
    pieces = [Path(f"processor{n}") for n in range(ranks)] if ranks > 1 else [Path()]
    for piece in pieces:
        times = [d for d in (source / piece).iterdir() if d.is_dir() and d.name.isdigit() and d.name != "0"]
        last = max(times, key=lambda d: int(d.name))
        for name in ("constant/polyMesh", "0"):
            shutil.rmtree(target / piece / name, ignore_errors=True)
        shutil.copytree(source / piece / "constant" / "polyMesh", target / piece / "constant" / "polyMesh")
        # fluxes and the count of steps belong to the steady run
        shutil.copytree(last, target / piece / "0", ignore=shutil.ignore_patterns("uniform", "phi*"))


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    yield from process.stdout


def _environment() -> dict[str, str]:
    """What Debian's build and Open MPI want; what the user has set is kept."""
    ours = {"OMP_NUM_THREADS": "1"}
    if DEBIAN.is_dir():
        ours["WM_PROJECT_DIR"] = str(DEBIAN)
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # containers: Open MPI asks root twice
        ours |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    return ours | dict(os.environ)
