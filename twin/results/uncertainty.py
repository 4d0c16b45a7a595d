"""The sample of a run in its files: the group `uncertainty` of run.nc, a section of the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.results.dataset import to_dataset

if TYPE_CHECKING:
    import xarray as xr

    from twin.uncertainty.study import Uncertainty


def sample_dataset(found: Uncertainty, title: str) -> xr.Dataset:
    """All members, percentiles and rank correlations; units stand in the names of inputs and outputs."""
    values = {
        "input_value": found.values,
        "output_value": found.results,
        "output_nominal": found.nominal,
        "output_percentile": found.percentiles,
        "rank_correlation": found.correlation,
    }
    coords = {
        "input": ("input", list(found.inputs), {"long_name": "Uncertain input: a factor, or kelvin (_K)"}),
        "output": ("output", list(found.outputs), {"long_name": "Result, its unit in the name"}),
        "member": ("member", np.arange(found.values.shape[1]), {"long_name": "Member of the sample"}),
        "percentile": (
            "percentile",
            np.array(found.probability),
            {"units": "percent", "long_name": "Share of members at or below"},
        ),
    }
    return to_dataset("uncertainty", values, coords, {"title": title})


def sample_summary(found: Uncertainty) -> dict[str, dict[str, float | None]]:
    """{p5: {output: value}, ...}; None for figures that do not exist in every member."""
    return {
        f"p{probability:g}": {
            name: float(value) if np.isfinite(value) else None
            for name, value in zip(found.outputs, row, strict=True)
        }
        for probability, row in zip(found.probability, found.percentiles, strict=True)
    }
