"""The one place that starts Hydra's application: its flags work, its exits and tracebacks do not leak."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from twin import resources
from twin.config import input_errors, register_schema
from twin.sweep.launcher import register_launcher

if TYPE_CHECKING:
    from omegaconf import DictConfig


def run_application(task: Callable[[DictConfig], None], argv: Sequence[str], *, program: str) -> None:
    """Compose the configuration from `argv` and call `task` with it (Hydra's flags included).

    Raises
    ------
    InputError   the configuration cannot be composed.
    """
    import hydra

    register_schema()
    register_launcher()
    before = (sys.argv, os.environ.get("HYDRA_FULL_ERROR"))
    sys.argv = [program, *overrides_last(argv)]
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises instead of printing and exiting
    application = hydra.main(version_base="1.3", config_path=str(resources.conf_dir()), config_name="config")
    failed: list[Exception] = []

    def keep_failure(cfg: DictConfig) -> None:  # Hydra would print about an exception that passes through it
        try:
            task(cfg)
        except Exception as error:
            failed.append(error)

    try:
        with input_errors():
            application(keep_failure)()
        if failed:
            raise failed[0]
    except SystemExit as stop:  # argparse: unknown flag
        if stop.code not in (0, None):
            raise SystemExit(2) from None
    finally:
        sys.argv = before[0]
        if before[1] is None:
            os.environ.pop("HYDRA_FULL_ERROR", None)
        else:
            os.environ["HYDRA_FULL_ERROR"] = before[1]


def overrides_last(argv: Sequence[str]) -> list[str]:
    """The words with all overrides behind the flags: argparse takes overrides from one place only."""

    def is_override(word: str) -> bool:
        return not word.startswith("-") and ("=" in word or word.startswith("~"))

    return [word for word in argv if not is_override(word)] + [word for word in argv if is_override(word)]
