"""`twin validate`: what would be built and what it would cost to solve, before paying for a solve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twin.units import KPA, KW, L_MIN, MW

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from twin.assembly import Site
    from twin.schema import TwinConf

# of a cold solve at standard accuracy on two cores: see tests/benchmarks/README.md
SECONDS_PER_MILLION_CELLS = 60.0

# [m/s] on the whole face; assumption: beyond it tiles and fan walls are too small for their air
SUPPLY_SPEED_LIMIT = 3.5

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
    from twin.assembly import assemble_site
    from twin.assembly.site_year import checked_inputs
    from twin.config import typed
    from twin.store import prepare_folder
    from viz.charts import plan_and_sections

    conf = typed(cfg)
    checked_inputs(conf)  # a missing or broken file, an impossible network: found here too
    site = assemble_site(conf)
    hall = site.halls[0]
    drawing = prepare_folder(Path(conf.run.folder)) / f"validate-{site.name}.png"
    plan_and_sections(hall.hall, hall.air.raster.grid, drawing)
    print_checks(conf, site)
    print(drawing)


def print_checks(conf: TwinConf, site: Site) -> None:
    """Print the derived figures, what they are held against, and the notes."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from twin.assumptions import assumptions

    console = Console(highlight=False)
    console.print(f"[bold]{site.title} · {conf.compute.title} · {conf.hall.title}[/bold]")
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("quantity", "needed", "on offer", ""):
        table.add_column(heading, justify="left" if heading in ("quantity", "") else "right")
    short = []
    for quantity, needed, offered, unit in checks(conf, site):
        lacking = False
        if offered is not None and offered < needed * (1.0 - 1e-9):
            lacking = True
            short.append(f"{quantity}: {_number(needed)} {unit} needed, {_number(offered)} on offer")
        table.add_row(
            quantity,
            _number(needed),
            "" if offered is None else _number(offered),
            f"{unit}  [yellow]short[/yellow]" if lacking else unit,
        )
    console.print(table)
    for line in grid_lines(site):
        console.print(line)
    console.print(f"{len(assumptions(conf))} assumptions stand behind these figures (listed in run.nc)")
    for note in (*site.sizing.notes, *short):
        console.print(f"[yellow]note[/yellow] {escape(note)}")


def checks(conf: TwinConf, site: Site) -> list[tuple[str, float, float | None, str]]:
    """(quantity, needed, on offer or None, unit) of the derived sizing, for the full hall and the site."""
    from twin.assembly.air import fastest_supply, handled_flow

    sizing, hall = site.sizing, site.halls[0]
    supply = handled_flow(hall.air)
    rows: list[tuple[str, float, float | None, str]] = [
        ("GPUs of the site", float(sizing.gpus), None, ""),
        ("Racks of the site", float(sizing.racks), float(sizing.positions * sizing.halls), "positions"),
        ("Halls", float(sizing.halls), None, ""),
        ("IT power of the site", sizing.it_power / MW, None, "MW"),
        ("Rack power", sizing.rack_power / KW, None, "kW"),
        ("Air through the racks of a hall", sum(r.flow for r in hall.air.racks), supply, "m3/s"),
    ]
    if supply > 0.0:
        rows.append(("Air at the fastest supply", fastest_supply(hall.air), SUPPLY_SPEED_LIMIT, "m/s"))
    if hall.plan is not None:
        loop = conf.loop
        cdus = len(hall.plan.cdus)
        pipes = hall.plan.tcs_runs + hall.plan.fws_runs
        flow = sum(rack.flow for rack in hall.racks) / L_MIN
        heat = sum(rack.heat for rack in hall.racks) / KW
        rows += [
            ("Liquid heat of a hall", heat, cdus * loop.cdu_capacity_kW, "kW"),
            ("Coolant flow of a hall", flow, cdus * loop.cdu_flow_L_min, "L/min"),
            ("Pressure drop of a rack", sizing.rack_pressure_drop / KPA, loop.cdu_external_dp_kPa, "kPa"),
            ("CDUs of a hall", float(cdus), None, ""),
            ("Pipes of a hall", sum(run.length for run in pipes), None, f"m in {len(pipes)} runs"),
        ]
    if conf.plant.capacity_MW is not None:
        power = conf.power
        heat_to_reject = sizing.it_power / (power.ups_efficiency * power.distribution_efficiency)
        rows.append(("Heat rejection of the site", heat_to_reject / MW, conf.plant.capacity_MW, "MW"))
    return rows


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000.0 or value == int(value) else f"{value:.4g}"


def grid_lines(site: Site) -> list[str]:
    """What the grids are, and what they would cost to solve."""
    from geometry.gridding import grid_report
    from solvers.air.memory import air_memory

    lines = []
    for number, model in enumerate(site.halls, start=1):
        grid = model.air.raster.grid
        report = grid_report(model.hall, grid)
        lines.append(f"{model.hall} x{model.count}: {report}")
        for moved in report.moved[:5]:
            lines.append(f"  {moved.element}: {moved.axis} = {moved.at:.3f} m stands at {moved.grid:.3f} m")
        if number == len(site.halls):
            cells = sum(m.air.raster.grid.n_cells for m in site.halls)
            lines.append(
                f"estimated cost: about {cells * SECONDS_PER_MILLION_CELLS / 1e6:.0f} s on two cores and "
                f"{air_memory(grid.n_cells, site.controls.precision) / 2**20:.0f} MiB"
            )
    return lines
