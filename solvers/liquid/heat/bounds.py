"""Inputs that are no numbers and temperatures outside the fluid's range are refused, with their element."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers.errors import DivergenceError
from solvers.fluids import Fluid, enthalpy, heat_capacity

Array = NDArray[np.float64]

_EDGE = 1e-9  # of the range: round-off may carry its ends a hair outside


def require_finite(quantity: str, unit: str, values: Array, elements: Sequence[str]) -> None:
    """Raise InputError unless all of `values`, (..., n) for n elements, are finite."""
    finite = np.isfinite(values)
    if not finite.all():
        at = tuple(int(i) for i in np.argwhere(~finite)[0])
        row = f" (row {at[0]})" if values.ndim > 1 and len(values) > 1 else ""
        require(
            False,
            f"{quantity} of the branch '{elements[at[-1]]}'{row} = {values[at]:g} {unit}: must be finite",
            hint="look for a missing value",
        )


def span(fluid: Fluid) -> tuple[float, float]:
    """Enthalpy at the ends of a fluid's range [J/kg], a hair wider."""
    low, high = float(enthalpy(fluid, fluid.t_min)), float(enthalpy(fluid, fluid.t_max))
    hair = _EDGE * (high - low)
    return low - hair, high + hair


def refuse(fluid: Fluid, specific_enthalpy: float, element: str) -> DivergenceError:
    """The error for an element ("pipe 'A12'") at an enthalpy outside the range, or at nan."""
    if not np.isfinite(specific_enthalpy):
        return DivergenceError(f"the temperature in {element} is not a number: look for a missing value")
    edge = fluid.t_min if specific_enthalpy < enthalpy(fluid, fluid.t_min) else fluid.t_max
    beyond = (specific_enthalpy - enthalpy(fluid, edge)) / heat_capacity(fluid, edge)
    return refuse_temperature(fluid, edge + beyond, element)


def refuse_temperature(fluid: Fluid, temperature: float, element: str) -> DivergenceError:
    """The error for an element at a temperature outside the range [K]."""
    return DivergenceError(
        f"{fluid.name} in {element} would come to about {temperature - 273.15:.1f} degC: outside "
        f"{fluid.t_min - 273.15:.1f}..{fluid.t_max - 273.15:.1f} degC\n"
        "  try: more flow, less heat, another set point or another coolant"
    )


def outside(values: Array, bounds: tuple[float, float]) -> int:
    """Position of the first value outside, nan included, or -1."""
    inside = (values >= bounds[0]) & (values <= bounds[1])
    return -1 if inside.all() else int(np.argmin(inside))
