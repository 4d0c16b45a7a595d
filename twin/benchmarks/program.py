"""Benchmarks of the program itself: what a first run compiles, and what the next one waits for."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from solvers.errors import SolverError
from twin.benchmarks.case import Benchmark, Setting, Timing, clock

WARM_UP = (
    "from solvers.air.problem import Precision; from twin.simulation import compile_kernels; "
    "compile_kernels(Precision.SINGLE)"
)
EMPTY = "import numpy, numba"


def compile_times(setting: Setting) -> Sequence[Timing]:
    """A fresh process compiles what one standard run uses, then another loads it from the cache."""
    names = ("from the cache",) if setting.quick else ("cold", "from the cache")
    found = []
    with tempfile.TemporaryDirectory() as folder:
        # quick: the cache that is there already
        environment = dict(os.environ) if setting.quick else os.environ | {"NUMBA_CACHE_DIR": folder}
        start_up = _process(EMPTY, environment)
        for name in names:
            setting.tell(name)
            seconds = _process(WARM_UP, environment)
            found.append(
                Timing(
                    name=f"kernels of a standard run, {name}",
                    ours_s=seconds - start_up,
                    note=f"a process of its own, without the {start_up:.1f} s of Python, NumPy and Numba",
                )
            )
    return found


def _process(code: str, environment: dict[str, str]) -> float:
    with clock() as timed:
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SolverError(f"a process of the benchmark failed:\n{done.stderr[-500:]}")
    return timed.seconds


BENCHMARKS = (Benchmark(name="compile", about="compilation, cold and cached", run=compile_times),)
