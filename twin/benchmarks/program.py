"""Benchmarks of the program itself: what a first run compiles, and what the next one waits for."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from solvers.errors import SolverError
from twin.benchmarks.case import Benchmark, Setting, Timing, clock

LOAD = (
    "from solvers.air.problem import Precision; from twin.warmup import compile_air; "
    "compile_air(Precision.SINGLE)"
)
EMPTY = "import numpy, numba"
RUN = "import sys; from twin.cli import main; sys.argv = ['twin', 'run', 'solver=draft']; main()"


def compile_times(setting: Setting) -> Sequence[Timing]:
    """What a first run waits for its kernels, on an empty cache, and what a later one waits to load them."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        # quick: the cache that is there already
        environment = dict(os.environ) if setting.quick else os.environ | {"NUMBA_CACHE_DIR": folder}
        if not setting.quick:
            setting.tell("cold")
            first, again = (_process(RUN, environment, folder) for _ in range(2))
            note = f"a whole first run, {first:.1f} s, less the same again, {again:.1f} s"
            found.append(Timing(name="kernels of a run, cold", ours_s=first - again, note=note))
        setting.tell("from the cache")
        start_up, seconds = (_process(code, environment, folder) for code in (EMPTY, LOAD))
        note = f"a process of its own, without the {start_up:.1f} s of Python, NumPy and Numba"
        found.append(Timing(name="kernels of hall air, from the cache", ours_s=seconds - start_up, note=note))
    return found


def _process(code: str, environment: dict[str, str], folder: str) -> float:
    command = [sys.executable, "-c", code]
    with clock() as timed:
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SolverError(f"a process of the benchmark failed:\n{done.stderr[-500:]}")
    return timed.seconds


BENCHMARKS = (Benchmark(name="compile", about="compilation, cold and cached", run=compile_times),)
