"""What the district model reads from data/: pre-insulated pipes, French ratios of heat demand."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from geometry.errors import InputError, require
from solvers.district.buried import InsulatedPipe
from twin.resources import data_dir

SERIES = (1, 2, 3)  # of insulation, EN 253


def insulated_pipes(series: int) -> tuple[InsulatedPipe, ...]:
    """Pre-insulated steel pipes of an insulation series, rising. InputError for a series that is not one."""
    require(series in SERIES, f"insulation series = {series}: must be one of {', '.join(map(str, SERIES))}")
    steel = {row["dn"]: row for row in _rows(data_dir() / "pipes" / "steel_en10220.csv")}
    pipes = []
    for row in _rows(data_dir() / "pipes" / "preinsulated.csv"):
        casing = row[f"casing_{series}_mm"]
        if casing:
            outside, wall = (float(steel[row["dn"]][key]) for key in ("outside_diameter_mm", "wall_mm"))
            pipes.append(
                InsulatedPipe(
                    nominal=int(row["dn"]),
                    inner=1e-3 * (outside - 2.0 * wall),
                    steel=1e-3 * outside,
                    casing=1e-3 * float(casing),
                )
            )
    return tuple(pipes)


def french_ratios() -> Mapping[str, float]:
    """Heat of French buildings by class and use, as the table names them (units there)."""
    rows = _rows(data_dir() / "demand" / "french_ratios.csv")
    return {row["quantity"]: float(row["value"]) for row in rows}


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"table {path}: {error.strerror}") from error
    return list(csv.DictReader(line for line in lines if line and not line.startswith("#")))
