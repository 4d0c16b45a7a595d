"""`twin sweep`: many configurations through Hydra's multirun."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omegaconf import DictConfig

USAGE = """usage: twin sweep [study=NAME] [OVERRIDE=VALUE,VALUE,... ...]

Runs every combination of the comma-separated values (Hydra's --multirun), each in a process of its own, and
gathers the results into sweep.nc, sweep.csv and a picture of curves in runs/sweeps/<site>/<study>.
Called again it skips what is finished; a failing point does not stop the others.

  twin sweep study=gpu_density site=valence
  twin sweep study=supply_temperature compute=gb200_nvl72 solver=draft
  twin sweep compute.gpus_per_rack=36,72 loop=s30,s45 recovery=none
  twin sweep study=gpu_density hydra.launcher.workers=1
"""


def main(argv: Sequence[str]) -> int:
    """Run a sweep; the exit status: 1 if a point failed."""
    if "-h" in argv or "--help" in argv:
        print(USAGE, end="")
        return 0
    from twin.hydra_app import run_application

    run_application(_never, ["--multirun", *argv], program="twin sweep")
    return 0


def _never(cfg: DictConfig) -> None:
    raise AssertionError("the spawn launcher starts processes, it calls no task")
