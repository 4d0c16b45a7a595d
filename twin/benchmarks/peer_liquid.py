"""pandapipes on the benchmark networks: run in an environment of its own, its seconds and its answers.

python -m venv PEER && PEER/bin/pip install pandapipes numba
TWIN_PANDAPIPES=PEER/bin/python twin bench liquid
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers.errors import SolverError
from twin.benchmarks import two_pipe
from twin.benchmarks.case import Setting
from twin.benchmarks.two_pipe import TwoPipe

VARIABLE = "TWIN_PANDAPIPES"  # the interpreter that has it
SIDE = Path(__file__).with_name("pandapipes_side.py")
TOLERANCE = 1e-5  # the peer's default, of its pressures and flows
LIMIT = 1800.0  # [s]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """What the peer did, load by load.

    seconds      (solves,) of the processor
    flow         (solves, pipes) supply, then return [kg/s]
    pressure     (solves, 2 nodes) supply, then return [Pa]
    temperature  (solves, 2 nodes) [K]; of rest where no heat was asked for
    """

    name: str
    seconds: Array
    flow: Array
    pressure: Array
    temperature: Array


def interpreter(setting: Setting) -> str | None:
    """The interpreter that has pandapipes; None where it is not wanted or not there."""
    if not setting.peers:
        return None
    named = os.environ.get(VARIABLE)
    if named:
        require(
            shutil.which(named) is not None,
            f"{VARIABLE} = {named}: not an executable file",
            hint="the python of the environment that has pandapipes",
        )
        return named
    return sys.executable if find_spec("pandapipes") else None


def solve(
    setting: Setting,
    case: TwoPipe,
    load: Array,
    *,
    heat: Array | None = None,
    u: float = 0.0,
    outside: float = 283.15,
    supply: float = 343.15,
    sections: int = 1,
) -> Peer | None:
    """The peer's answers for each row of loads; None where it is not wanted or not there.

    load (solves, consumers) [kg/s]; heat (consumers,) drawn by each [W], None for hydraulics alone;
    u [W/(m2 K)] of the pipes to `outside` [K]. Raises SolverError where the peer fails.
    """
    python = interpreter(setting)
    if python is None:
        return None
    setting.tell(f"pandapipes, {case.pipes} pipes")
    setting.folder.mkdir(parents=True, exist_ok=True)
    source = setting.folder / f"pandapipes_{case.pipes}{'_heat' if heat is not None else ''}.npz"
    target = source.with_name(f"{source.stem}_answer.npz")
    np.savez(
        source,
        nodes=case.consumers + 1,
        start=case.start,
        end=case.end,
        length=case.length,
        diameter=case.diameter,
        roughness=two_pipe.ROUGHNESS,
        load=load,
        heat=np.zeros(0) if heat is None else heat,
        density=two_pipe.DENSITY,
        viscosity=two_pipe.VISCOSITY,
        heat_capacity=two_pipe.HEAT_CAPACITY,
        supply_pressure=two_pipe.SUPPLY_PRESSURE,
        return_pressure=two_pipe.RETURN_PRESSURE,
        supply_temperature=supply,
        sections=sections,
        u=u,
        outside=outside,
        friction="colebrook",
        tolerance=TOLERANCE,
    )
    threads = str(setting.threads)
    done = subprocess.run(
        [python, str(SIDE), str(source), str(target)],
        env={**os.environ, "OMP_NUM_THREADS": threads, "NUMBA_NUM_THREADS": threads},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    if done.returncode:
        raise SolverError(f"pandapipes failed on {case.pipes} pipes:\n{done.stderr[-800:]}")
    with np.load(target) as answer:
        return Peer(
            name=f"pandapipes {answer['version']}",
            seconds=answer["seconds"],
            flow=answer["flow"],
            pressure=answer["pressure"],
            temperature=answer["temperature"],
        )
