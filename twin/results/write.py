"""Results -> run.nc and summary.json, the files other tools rely on."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin import __version__
from twin.assumptions import assumptions
from twin.identity import code_id, config_id
from twin.results.hall import hall_dataset
from twin.results.loop import loop_dataset
from twin.results.reading import check_attributes
from twin.results.summary import summarise
from twin.results.uncertainty import sample_dataset
from twin.results.year import district_dataset, year_dataset
from twin.store import RUN_FILE, SUMMARY_FILE, write_json, write_tree

if TYPE_CHECKING:
    import xarray as xr

    from twin.results.records import Results


def write_results(
    folder: Path,
    results: Results,
    *,
    config_yaml: str,
    import_seconds: float,
    start: float,
    figures: Callable[[xr.DataTree], object] | None,
) -> dict[str, Any]:
    """Draw the figures, write run.nc and, last, summary.json: its presence says that the run is complete."""
    from twin.progress import stage

    begun = time.perf_counter()
    summary = summarise(results, folder.name)
    tree = to_tree(results)
    if figures is not None:
        with stage("figures", str(folder / "figures")):
            figures(tree)
    seconds = results.seconds
    timing = {
        "import": import_seconds,
        "compile": seconds["compile"],
        "hall": seconds["hall"],
        "loop": seconds["loop"],
        "year": seconds["year"],
    }
    with stage("write", str(folder / RUN_FILE)):
        tree.attrs.update(manifest(results, summary, config_yaml, timing))
        write_tree(folder / RUN_FILE, tree)
    now = time.perf_counter()
    summary["timing_s"] = timing | {"write": now - begun, "total": now - start}
    write_json(folder / SUMMARY_FILE, summary)
    return summary


def to_tree(results: Results) -> xr.DataTree:
    """The groups of run.nc."""
    import xarray as xr

    title, conf = results.site.title, results.conf
    groups = {
        "hall": hall_dataset(results),
        "year": year_dataset(results.year, title, results.electricity, results.summary.loop_error),
        "district": district_dataset(results.year, conf.district.title, results.plan),
    }
    if any(hall.loop is not None for hall in results.halls):
        groups["loop"] = loop_dataset(results)
    if results.uncertainty is not None:
        groups["uncertainty"] = sample_dataset(
            results.uncertainty, f"Uncertain inputs and results of {results.site.title}"
        )
    return xr.DataTree.from_dict(groups)


def manifest(
    results: Results, summary: Mapping[str, Any], config_yaml: str, timing: Mapping[str, float]
) -> dict[str, Any]:
    """Attributes of run.nc: what made it, how long it took, how well it closes."""
    packages = ("numpy", "numba", "scipy", "xarray", "h5netcdf", "hydra-core", "CoolProp")
    listed = [f"{a.key} = {a.value}: {a.text}" for a in assumptions(results.conf)]
    return {
        "Conventions": "CF-1.11",
        "title": f"{results.site.title}, {results.conf.compute.title}",
        "source": f"caloporteur {__version__}, code {code_id()}",
        "history": f"{summary['created']} twin run",
        "status": summary["status"],
        "hall_status": summary["hall_status"],
        "config": config_yaml,
        "config_id": config_id(config_yaml),
        "versions": ", ".join([f"python {platform.python_version()}", *map(_version, packages)]),
        "assumptions": "\n".join(listed),
        "warnings": "\n".join(results.warnings),
        **check_attributes(results),
        **{f"closure_{key}": np.nan if v is None else v for key, v in summary["closure"].items()},
        **{f"timing_{key}_s": value for key, value in timing.items()},
    }


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} ?"
