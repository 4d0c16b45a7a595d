"""The points of a sweep: what each is called, which are finished, and running the others.

A point is named by the hash of its resolved configuration and of the code, so a second call finds what the
first one finished, whatever stopped it: a failing point, a killed worker, Ctrl-C. Each unfinished point runs
in a process of its own, with an equal share of the cores.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twin.store import SUMMARY_FILE

if TYPE_CHECKING:
    from omegaconf import DictConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a sweep: the overrides that make it and the folder that holds its run."""

    index: int
    overrides: tuple[str, ...]
    swept: tuple[str, ...]  # of these, the ones that differ between points
    folder: Path

    @property
    def finished(self) -> bool:
        return (self.folder / SUMMARY_FILE).is_file()

    @property
    def label(self) -> str:
        return ", ".join(self.swept) or "(no override)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    point: Point
    status: int  # exit status of the point's process; 0 also when it was finished before
    message: str = ""
    reused: bool = False


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
