"""Arrays -> labelled datasets, by the registry of variables: the only way a value enters a result file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from solvers.errors import SolverError
from solvers.variables import LABELS, VARIABLES, Variable

if TYPE_CHECKING:
    import xarray as xr


def to_dataset(
    group: str, values: Mapping[str, Any], coords: Mapping[str, Any], attrs: Mapping[str, str] | None = None
) -> xr.Dataset:
    """Dataset of `group` from registered `values` (SI) and the coordinates of its dimensions.

    Raises
    ------
    KeyError      a variable is not registered for the group.
    SolverError   a value lies outside the variable's physical bounds.
    """
    import xarray as xr

    arrays = {}
    for name, value in values.items():
        variable = VARIABLES[group, name]
        data = np.asarray(value)
        check_bounds(variable, data)
        arrays[name] = (variable.dims, data, {"units": variable.units, "long_name": variable.long_name})
    dataset = xr.Dataset(arrays, coords=dict(coords), attrs=dict(attrs or {}))
    for name in LABELS.keys() & dataset.coords.keys():
        dataset[name].attrs.setdefault("long_name", LABELS[str(name)])
    return dataset


def check_bounds(variable: Variable, data: np.ndarray[Any, Any]) -> None:
    """Raise SolverError when `data` leaves the variable's bounds; NaN says that a value does not exist."""
    low, high = variable.valid
    finite = data[~np.isnan(data)] if data.dtype.kind == "f" else data
    if finite.size and (finite.min() < low or finite.max() > high):
        raise SolverError(
            f"{variable.long_name} ({variable.group}/{variable.name}): {finite.min():g}..{finite.max():g} "
            f"{variable.units} leaves its physical bounds {low:g}..{high:g}"
        )
