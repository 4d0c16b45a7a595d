"""Hydra launcher `spawn`: every point of a sweep in a process of its own, finished points skipped.

A point is named by the hash of its resolved configuration and of the code, so a second call finds what
the first one finished, whatever stopped it: a failing point, a killed worker, Ctrl-C. Each process gets an
equal share of the cores.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from hydra.plugins.launcher import Launcher

if TYPE_CHECKING:
    from hydra.core.utils import JobReturn
    from hydra.types import HydraContext, TaskFunction
    from omegaconf import DictConfig

_PLUGIN = "hydra_plugins.caloporteur"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a sweep: the overrides that make it and the folder that holds its run."""

    index: int
    overrides: tuple[str, ...]
    swept: tuple[str, ...]  # of these, the ones that differ between points
    folder: Path

    @property
    def finished(self) -> bool:
        return (self.folder / "summary.json").is_file()

    @property
    def label(self) -> str:
        return ", ".join(self.swept) or "(no override)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    point: Point
    status: int  # exit status of the point's process; 0 also when it was finished before
    message: str = ""
    reused: bool = False


class SpawnLauncher(Launcher):
    """See the module. Hydra builds it, hands it the points and expects one JobReturn each."""

    def __init__(self, workers: int = 0, **_: Any) -> None:  # Hydra passes its node's keys
        self._workers = workers
        self._config: DictConfig | None = None
        self._context: HydraContext | None = None

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        self._context = hydra_context
        self._config = config

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        from hydra.core.utils import JobReturn, JobStatus

        from twin.sweep import finish_sweep, sweep_folder

        assert self._config is not None
        assert self._context is not None
        configs = [
            self._context.config_loader.load_sweep_config(self._config, list(overrides))
            for overrides in job_overrides
        ]
        folder = sweep_folder(self._config, configs)
        points = plan_points(folder, configs, job_overrides, initial_job_idx)
        outcomes = run_points(points, workers=self._workers or (os.cpu_count() or 1))
        finish_sweep(folder, outcomes)
        returns = []
        for config, overrides in zip(configs, job_overrides, strict=True):
            done = JobReturn(overrides=list(overrides), cfg=config, status=JobStatus.COMPLETED)
            done.return_value = None
            returns.append(done)
        return returns


def register_launcher() -> None:
    """Make the launcher known to Hydra; called by the entry points, never at import."""
    from hydra.core.config_store import ConfigStore
    from hydra.core.plugins import Plugins

    # Hydra takes a launcher only from the namespace package `hydra_plugins`, which need not exist on disk
    try:
        import_module("hydra_plugins")
    except ImportError:
        namespace = ModuleType("hydra_plugins")
        namespace.__path__ = []
        sys.modules["hydra_plugins"] = namespace
    module = sys.modules.setdefault(_PLUGIN, ModuleType(_PLUGIN))
    SpawnLauncher.__module__ = _PLUGIN
    module.SpawnLauncher = SpawnLauncher  # type: ignore[attr-defined]
    Plugins.instance().register(SpawnLauncher)
    ConfigStore.instance().store(
        group="hydra/launcher",
        name="spawn",
        node={"_target_": f"{_PLUGIN}.SpawnLauncher", "workers": 0},
        provider="caloporteur",
    )


def plan_points(
    folder: Path,
    configs: Sequence[DictConfig],
    job_overrides: Sequence[Sequence[str]],
    first_index: int,
) -> list[Point]:
    """The points of a sweep, each with the folder its identity gives it."""
    from twin.config import to_yaml
    from twin.identity import point_id

    common: set[str] = set()
    if len(job_overrides) > 1:
        common = set.intersection(*(set(overrides) for overrides in job_overrides))
    points = []
    for k, (config, overrides) in enumerate(zip(configs, job_overrides, strict=True)):
        name = point_id(to_yaml(config))
        points.append(
            Point(
                index=first_index + k,
                overrides=tuple(
                    [o for o in overrides if not o.startswith(("run.folder=", "run.name=", "hydra"))]
                    + [f"run.folder={folder / 'points'}", f"run.name={name}"]
                ),
                swept=tuple(o for o in overrides if o not in common and not o.startswith("run.")),
                folder=folder / "points" / str(config.site.name) / name,
            )
        )
    return points


def run_points(points: Sequence[Point], *, workers: int) -> list[Outcome]:
    """Run the unfinished points in processes of their own, `workers` at a time, with a progress bar."""
    from twin.progress import bar

    outcomes = [_kept(point) for point in points if point.finished]
    waiting = [point for point in points if not point.finished]
    threads = max(1, (os.cpu_count() or 1) // max(1, min(workers, len(waiting) or 1)))
    running: list[tuple[Point, subprocess.Popen[str]]] = []
    with bar("sweep", total=len(points), done=len(outcomes)) as advance:
        try:
            while waiting or running:
                while waiting and len(running) < workers:
                    point = waiting.pop(0)
                    running.append((point, _start(point, threads)))
                time.sleep(0.05)
                for entry in [entry for entry in running if entry[1].poll() is not None]:
                    running.remove(entry)
                    outcomes.append(_outcome(*entry))
                    advance(f"point {entry[0].index}: {entry[0].label}")
        finally:
            for _, process in running:
                process.terminate()
            for _, process in running:
                process.wait()
    return sorted(outcomes, key=lambda outcome: outcome.point.index)


def _kept(point: Point) -> Outcome:
    """A point that an earlier call finished; one that did not converge still counts as failed."""
    from twin.store import read_summary

    failed = read_summary(point.folder)["hall_status"] == "not_converged"
    return Outcome(
        point=point,
        status=1 if failed else 0,
        message="the hall did not converge (results are kept)" if failed else "",
        reused=True,
    )


def _start(point: Point, threads: int) -> subprocess.Popen[str]:
    point.folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "NUMBA_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": str(threads),
    }
    with (point.folder / "output.txt").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "twin", "run", *point.overrides],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )


def _outcome(point: Point, process: subprocess.Popen[str]) -> Outcome:
    if process.returncode == 0:
        return Outcome(point=point, status=0)
    lines = (point.folder / "output.txt").read_text(errors="replace").splitlines()
    first = next((k for k, line in enumerate(lines) if line.startswith("error:")), max(0, len(lines) - 3))
    message = (
        " ".join(line.strip() for line in lines[first : first + 3]) or f"exit status {process.returncode}"
    )
    if process.returncode < 0:
        message = f"killed by signal {-process.returncode}"
    return Outcome(point=point, status=process.returncode, message=message)
