"""`twin validate`: what would be built and what it would cost to solve, before paying for a solve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omegaconf import DictConfig

# measured on two cores: see tests/benchmarks/README.md
_SECONDS_PER_MILLION_CELLS = 60.0
_BYTES_PER_CELL = 600.0

USAGE = """usage: twin validate [OVERRIDE ...] 

Checks a configuration without running it: sizing of racks, halls, airflow, coolant flow, pipes and CDUs, the
grid and what it would cost, plan and section drawn to <run.folder>/validate-<site>.png.
Problems end with exit status 2; a shortfall of plant is a warning.

  twin validate site=south compute=h100_air hall=air_cooled
  twin validate hall.rows=12 solver=fine
"""


def main(argv: Sequence[str]) -> int:
    """Validate one configuration; the exit status."""
    if "-h" in argv or "--help" in argv:
        print(USAGE, end="")
        return 0
    from twin.hydra_app import run_application

    run_application(validate, argv, program="twin validate")
    return 0


def validate(cfg: DictConfig) -> None:
    """Assemble the site of a composed configuration, print the derived figures and draw plan and section.

    Raises InputError for whatever `twin run` would refuse.
    """
    from geometry.gridding import grid_report
    from twin.assemble import assemble
    from twin.assumptions import count_assumptions
    from twin.config import typed
    from viz.charts import plan_and_sections

    conf = typed(cfg)
    site = assemble(conf)
    kind = site.kinds[0]
    grid = kind.air.raster.grid
    report = grid_report(kind.hall, grid)
    drawing = Path(conf.run.folder) / f"validate-{site.name}.png"
    drawing.parent.mkdir(parents=True, exist_ok=True)
    plan_and_sections(kind.hall, grid, drawing)
    _print(site, str(grid), report.worst_ratio, count_assumptions(cfg))
    print(drawing)


def _print(site: object, grid: str, worst_ratio: float, assumptions: int) -> None:
    raise NotImplementedError
