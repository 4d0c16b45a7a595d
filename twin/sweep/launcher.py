"""Hydra launcher `spawn`: every point of a sweep in a process of its own, finished points skipped."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from hydra.plugins.launcher import Launcher

from twin.config import LAUNCHER_PLUGIN
from twin.sweep.gather import finish_sweep, sweep_folder
from twin.sweep.points import plan_points, run_points

if TYPE_CHECKING:
    from hydra.core.utils import JobReturn
    from hydra.types import HydraContext, TaskFunction
    from omegaconf import DictConfig


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

        assert self._config is not None
        assert self._context is not None
        configs = [
            self._context.config_loader.load_sweep_config(self._config, list(overrides))
            for overrides in job_overrides
        ]
        folder = sweep_folder(self._config, configs)
        written = Path(self._config.hydra.sweep.dir) / "multirun.yaml"
        if written.is_file():  # by Hydra, where the next sweep would write over it
            shutil.move(written, folder / written.name)
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
    from hydra.core.plugins import Plugins

    # Hydra takes a launcher only from the namespace package `hydra_plugins`, which need not exist on disk
    try:
        import_module("hydra_plugins")
    except ImportError:
        namespace = ModuleType("hydra_plugins")
        namespace.__path__ = []
        sys.modules["hydra_plugins"] = namespace
    module = sys.modules.setdefault(LAUNCHER_PLUGIN, ModuleType(LAUNCHER_PLUGIN))
    SpawnLauncher.__module__ = LAUNCHER_PLUGIN
    module.SpawnLauncher = SpawnLauncher  # type: ignore[attr-defined]
    Plugins.instance().register(SpawnLauncher)
