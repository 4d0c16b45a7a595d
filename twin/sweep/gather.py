"""A finished sweep: its folder, its points gathered into one dataset, one CSV, one picture, one table."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from geometry.errors import require
from twin.compare import flat
from twin.store import prepare_folder, read_summary, whole_file, write_dataset

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from omegaconf import DictConfig

    from twin.sweep.points import Outcome

CURVES = (
    "it.racks",
    "it.halls",
    "hall.rack_inlet_max_C",
    "loop.gpu_junction_max_C",
    "loop.tcs_return_C",
    "loop.pump_power_kW",
    "year.pue",
    "heat.available_GWh",
    "heat.delivered_GWh",
)

# (heading, summary value, decimals) of the table
_COLUMNS = (
    ("racks", "it.racks", 0),
    ("IT MW", "it.power_MW", 1),
    ("inlet max °C", "hall.rack_inlet_max_C", 1),
    ("GPU max °C", "loop.gpu_junction_max_C", 1),
    ("return °C", "loop.tcs_return_C", 1),
    ("PUE", "year.pue", 3),
    ("offered GWh", "heat.available_GWh", 1),
    ("delivered GWh", "heat.delivered_GWh", 1),
)

# unit of a summary value by the end of its name, as UDUNITS; the longest match wins
_UNITS = {
    "_C": "degC",
    "_K": "K",
    "_m": "m",
    "_MW": "MW",
    "_kW": "kW",
    "_kPa": "kPa",
    "_kg_s": "kg s-1",
    "_pct": "percent",
    "_GWh": "GWh",
    "_GWh_el": "GWh",
    "_t": "t",
    "_L_per_kWh": "L kWh-1",
    "_kg_per_kWh": "kg kWh-1",
    "_EUR_per_MWh": "EUR MWh-1",
}


def sweep_folder(config: DictConfig, configs: Sequence[DictConfig]) -> Path:
    """A stable folder for these points: <run.folder>/sweeps/<site>/<study>."""
    from omegaconf import OmegaConf

    sites = {str(c.site.name) for c in configs}
    study = OmegaConf.select(config, "hydra.runtime.choices.study")
    named = study not in (None, "null", "none")
    words = [
        word
        for word in config.hydra.overrides.task
        if not word.startswith(("study=", "site=", "run.")) or not named
    ]
    label = str(study) if named else "multirun"
    if words or not named:
        label += "-" + hashlib.sha256("\n".join(sorted(words)).encode()).hexdigest()[:8]
    folder = Path(config.run.folder) / "sweeps" / (sites.pop() if len(sites) == 1 else "sites") / label
    return prepare_folder(folder.absolute())


def finish_sweep(folder: Path, outcomes: Sequence[Outcome]) -> None:
    """Gather what finished, draw it, print it; the folder is the last line on stdout.

    Raises SolverError naming the points that failed.
    """
    from solvers.errors import SolverError

    table = gather(outcomes)
    write_sweep(folder, table)
    _print_table(table, outcomes)
    sys.stdout.flush()
    failed = [o for o in outcomes if o.status != 0]
    if failed:
        print(folder, flush=True)
        listed = "\n".join(f"  {o.point.label}: {o.message}" for o in failed)
        raise SolverError(
            f"{len(failed)} of {len(outcomes)} points failed, the others are in sweep.nc:\n{listed}\n"
            f"  try: the point's output.txt below {folder / 'points'}; calling again repeats only these"
        )
    print(folder, flush=True)


def gather(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row a point: the swept values, the exit status and every number of its summary."""
    import pandas as pd

    rows = []
    for outcome in outcomes:
        row: dict[str, Any] = dict(swept_values(outcome.point.swept))
        row["status"] = outcome.status
        if outcome.point.finished:
            row |= {k: v for k, v in flat(read_summary(outcome.point.folder)) if isinstance(v, int | float)}
        rows.append(row)
    return pd.DataFrame(rows)


def swept_values(overrides: Sequence[str]) -> list[tuple[str, Any]]:
    """(key, value) of `key=value` overrides, values as YAML reads them."""
    pairs = (override.lstrip("+").partition("=") for override in overrides)
    return [(key, yaml.safe_load(value)) for key, _, value in pairs]


def parameters(table: pd.DataFrame) -> list[str]:
    """Names of the swept parameters: the columns before `status`."""
    columns = list(table.columns)
    return columns[: columns.index("status")]


def write_sweep(folder: Path, table: pd.DataFrame) -> None:
    """Write sweep.csv, sweep.nc and sweep.png, each whole."""
    from viz.charts import sweep_curve

    with whole_file(folder / "sweep.csv") as temporary:
        table.to_csv(temporary, index=False)
    dataset = to_dataset(table)
    write_dataset(folder / "sweep.nc", dataset)
    swept = parameters(table)
    if swept and (table["status"] == 0).any():
        present = [name for name in CURVES if name in dataset and bool(dataset[name].notnull().any())]
        sweep_curve(dataset, swept[0], present, folder / "sweep.png")


def to_dataset(table: pd.DataFrame) -> xr.Dataset:
    """Dataset with the swept parameters as dimensions; a point that failed or was not asked for is NaN."""
    swept = parameters(table)
    require(bool(swept), "a sweep needs a value to vary", hint="compute.gpus_per_rack=36,72")
    dataset = table.set_index(swept).to_xarray()
    for name in dataset.data_vars:
        dataset[name].attrs["units"] = unit_of(str(name))
    dataset["status"].attrs["long_name"] = "Exit status of the point: 0 done, 1 failed, 2 bad input"
    dataset.attrs["Conventions"] = "CF-1.11"
    return dataset


def unit_of(name: str) -> str:
    """UDUNITS string of a summary value, from the unit at the end of its name; '1' without."""
    endings = [ending for ending in _UNITS if name.endswith(ending)]
    return _UNITS[max(endings, key=len)] if endings else "1"


def _print_table(table: pd.DataFrame, outcomes: Sequence[Outcome]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    swept = parameters(table)
    for heading in (*(name.rpartition(".")[2] for name in swept), "point"):
        shown.add_column(heading, no_wrap=True)
    for heading, _, _ in _COLUMNS:
        shown.add_column(heading, justify="right")
    for (_, row), outcome in zip(table.iterrows(), outcomes, strict=True):
        state = "done" if outcome.status == 0 else f"failed ({outcome.status})"
        values = [row.get(key) for _, key, _ in _COLUMNS]
        cells = [
            "–" if value is None or value != value else f"{value:,.{places}f}"
            for value, (_, _, places) in zip(values, _COLUMNS, strict=True)
        ]
        settings = (value for _, value in swept_values(outcome.point.swept))
        shown.add_row(*map(str, settings), "kept" if outcome.reused else state, *cells)
    console = Console()
    console.width = max(console.width, 104)  # a table that wraps cannot be read
    console.print(shown)
