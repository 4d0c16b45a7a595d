"""`twin run`: compose, assemble, simulate, store, report. `--multirun` makes it a sweep."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from twin.store import CONFIG_FILE, forget_results, prepare_folder, write_text

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from twin.schema import TwinConf

log = logging.getLogger("twin")


def main(argv: Sequence[str]) -> int:
    """Run one configuration; the exit status."""
    from twin.hydra_app import run_application

    if "--multirun" in argv or "-m" in argv:
        from twin.sweep.verb import main as sweep

        return sweep([word for word in argv if word not in ("--multirun", "-m")])
    status: list[int] = []
    run_application(lambda cfg: status.append(run(cfg)), argv, program="twin run")
    return status[0] if status else 0  # none: Hydra only printed what was asked (--cfg, --info, --help)


def run(cfg: DictConfig) -> int:
    """Model the site of a composed configuration and write its run folder; the exit status.

    The last line on stdout is the run folder.
    """
    start = time.perf_counter()
    from twin.config import to_yaml, typed

    conf = typed(cfg)
    folder = prepare_folder(run_folder(conf))
    with log_to(folder / "run.log"):
        forget_results(folder)
        config_yaml = to_yaml(cfg)
        write_text(folder / CONFIG_FILE, config_yaml)
        from twin.report.figures import draw_figures
        from twin.report.pipes import write_pipes
        from twin.report.table import print_results
        from twin.report.trays import write_trays
        from twin.results.reading import checks_of
        from twin.results.write import write_results
        from twin.simulation import simulate_site

        imported = time.perf_counter() - start
        results = simulate_site(conf)
        draw = (lambda tree: draw_figures(folder / "figures", results, tree)) if conf.run.figures else None
        summary = write_results(
            folder, results, config_yaml=config_yaml, import_seconds=imported, start=start, figures=draw
        )
        write_pipes(folder, results)
        write_trays(folder, results)
        print_results(summary, results)
        for note in results.warnings:
            log.warning(note)
        for kind, check in checks_of(results):
            if not check.passed:
                log.warning("physics check failed, hall %d, %s; %s", kind, check, check.meaning)
    print(folder, flush=True)
    if summary["hall_status"] == "not_converged":
        print(
            f"\nerror: the air did not converge in {conf.solver.max_iterations} iterations; the results are "
            f"kept in {folder} and marked\n  try: a larger solver.max_iterations",
            file=sys.stderr,
        )
        return 1
    return 0


def run_folder(conf: TwinConf) -> Path:
    """<folder>/<site>/<name>, the name by default date and time."""
    site = Path(conf.run.folder) / conf.site.name
    if conf.run.name:
        return site / conf.run.name
    folder = site / datetime.now().strftime("%Y-%m-%d_%H%M%S")
    twins = (folder.with_name(f"{folder.name}_{n}") for n in range(2, 1000))
    return folder if not folder.exists() else next(other for other in twins if not other.exists())


class log_to:
    """Context: the program's log also goes to a file, errors included."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._handler = logging.FileHandler(self._path, mode="w", encoding="utf-8")
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(self._handler)
        log.setLevel(logging.INFO)

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, KeyboardInterrupt):
            log.error("interrupted: the run was not finished and left no results")
        elif error is not None:
            log.error("%s: %s", type(error).__name__, error)
        log.removeHandler(self._handler)
        self._handler.close()
