"""Grid studies of the halls -> variables of run.nc."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twin.halls.grid_study import RACK_READINGS, UNIT_READINGS

if TYPE_CHECKING:
    from twin.results.records import Results


def study_values(results: Results) -> tuple[dict[str, Any], dict[str, Any]]:
    """Registered values and coordinates of the grid studies; nothing where none was asked for."""
    studies = [hall.grids for hall in results.halls if hall.grids is not None]
    if len(studies) < len(results.halls):
        return {}, {}
    values: dict[str, Any] = {
        "grid_cells": np.array([study.cells for study in studies]),
        "grid_cell_size": np.array([study.sizes for study in studies]),
    }
    for name, bands in (
        ("inlet_mean", [study.mean for study in studies]),
        ("inlet_max", [study.hottest for study in studies]),
        ("return", [study.returned for study in studies]),
    ):
        values[f"grid_{name}"] = np.array([band.values if band else (np.nan,) * 3 for band in bands])
        values[f"{name}_error"] = np.array([band.error if band else np.nan for band in bands])
    racks = [len(hall.model.hall.populated) for hall in results.halls]
    for reading in RACK_READINGS:
        values[f"{reading}_error"] = np.concatenate(
            [
                # halls whose racks heat no air have no readings
                study.errors(reading) if study.racks[reading] else np.full(populated, np.nan)
                for study, populated in zip(studies, racks, strict=True)
            ]
        )
    if any(hall.model.air.units for hall in results.halls):
        for reading in UNIT_READINGS:
            values[f"{reading}_error"] = np.concatenate([study.errors(reading) for study in studies])
    return values, {"grid": ("grid", ["coarse", "middle", "fine"], {"long_name": "Grid of the study"})}
