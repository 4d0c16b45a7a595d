"""A heat pump known by points, computed (EBSILON, TESPy) or measured: a fit, and the box it holds in.

    COP = s T_sink,out / (T_sink,out - T_source,in),   s = c0 + sum_i (c_i x_i + c_ii x_i^2)

The share s of Carnot's COP is a least-squares quadratic of the inputs that vary among the points, each
scaled to -1..1 over its range. Outside the box there is no COP: `map_cop` refuses, a year records the hour.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from geometry.errors import InputError, require
from geometry.grid import Array
from solvers.heat.station_kernels import MINIMUM_LIFT, MapLaw, map_array

NAMES = ("source inlet", "sink inlet", "sink outlet", "source flow", "load")
UNITS = ("K", "K", "K", "of design", "of capacity")
NO_MAP = MapLaw(low=np.zeros(5), high=np.zeros(5), coefficients=np.zeros(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPumpPoints:
    """Operating points (n,): temperatures [K], source flow over design [-], load over capacity [-], COP."""

    source_in: Array
    sink_in: Array
    sink_out: Array
    source_flow: Array
    load: Array
    cop: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPumpMap:
    """A fitted map. `law` is its compiled part; `worst`, `rms` are its relative errors at its own points."""

    law: MapLaw
    worst: float
    rms: float

    def range_of(self, axis: int) -> str:
        """The box along one input, in words."""
        low, high = float(self.law.low[axis]), float(self.law.high[axis])
        shift = 273.15 if UNITS[axis] == "K" else 0.0
        unit = "degC" if UNITS[axis] == "K" else UNITS[axis]
        return (
            f"{low - shift:.4g}..{high - shift:.4g} {unit}"
            if high > low
            else f"{low - shift:.4g} {unit} only"
        )


def fit_map(points: HeatPumpPoints) -> HeatPumpMap:
    """Fit a map. Raises InputError for too few points, COPs of 1 or less, or a sink below its source."""
    inputs = _inputs(points)
    n = points.cop.size
    require(
        bool(np.all(np.isfinite(inputs)) and np.all(np.isfinite(points.cop))), "heat-pump points hold nan"
    )
    require(
        bool(np.all(points.cop > 1.0)), f"COP = {float(points.cop.min()):g} of a heat pump: must exceed 1"
    )
    lift = points.sink_out - points.source_in
    require(
        bool(np.all(lift >= MINIMUM_LIFT)),
        f"a point of the heat-pump map lifts {float(lift.min()):.3g} K: at least "
        f"{MINIMUM_LIFT:g} K are needed",
    )
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    columns, places = [np.ones(n)], [0]
    for i in range(5):
        if high[i] > low[i]:
            x = (2.0 * inputs[:, i] - low[i] - high[i]) / (high[i] - low[i])
            columns.append(x)
            places.append(1 + i)
            if np.unique(x).size > 2:
                columns.append(x * x)
                places.append(6 + i)
    require(
        n >= len(columns),
        f"{n} points do not fix the {len(columns)} coefficients of a heat-pump map",
        hint="more points, or fewer inputs that vary",
    )
    share = points.cop * lift / points.sink_out
    found, *_ = np.linalg.lstsq(np.column_stack(columns), share, rcond=None)
    coefficients = np.zeros(11)
    coefficients[places] = found
    law = MapLaw(low=low, high=high, coefficients=coefficients)
    out = np.empty(n)
    map_array(law, *(np.ascontiguousarray(inputs[:, i]) for i in range(5)), out)
    error = out / points.cop - 1.0
    return HeatPumpMap(law=law, worst=float(np.abs(error).max()), rms=float(np.sqrt((error * error).mean())))


def map_cop(
    fitted: HeatPumpMap,
    *,
    source_in: ArrayLike,
    sink_in: ArrayLike,
    sink_out: ArrayLike,
    source_flow: ArrayLike = 1.0,
    load: ArrayLike = 1.0,
) -> Array:
    """COP [-] of a fitted map; temperatures [K], flow and load [-]. Raises InputError outside its box."""
    given = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in (source_in, sink_in, sink_out, source_flow, load))
    )
    flat = [np.ascontiguousarray(x).reshape(-1) for x in given]
    out = np.empty(flat[0].size)
    map_array(fitted.law, *flat, out)
    if not np.all(out > 0.0):
        at = int(np.argmin(out > 0.0))
        for axis in range(5):
            low, high, value = fitted.law.low[axis], fitted.law.high[axis], flat[axis][at]
            slack = 1e-6 * max(1.0, abs(high))
            shift, unit = (273.15, "degC") if UNITS[axis] == "K" else (0.0, UNITS[axis])
            require(
                low - slack <= value <= high + slack,
                f"{NAMES[axis]} of the heat pump = {value - shift:.4g} {unit}: outside the points of its "
                f"map, {fitted.range_of(axis)}",
                hint="points of the machine in that range, or the Lorenz efficiency (recovery.map=null)",
            )
    return out.reshape(given[0].shape)


def read_map(path: str | Path) -> HeatPumpMap:
    """A map from a CSV file: source_in_C, sink_in_C, sink_out_C, source_flow_1, load_1, cop_1.

    Lines that begin with # are comments. Raises InputError for a missing file, column or number.
    """
    names = ("source_in_C", "sink_in_C", "sink_out_C", "source_flow_1", "load_1", "cop_1")
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as problem:
        raise InputError(f"heat-pump map {path}: {problem.strerror or problem}") from problem
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    require(len(lines) > 1, f"heat-pump map {path} holds no points")
    header = [name.strip() for name in lines[0].split(",")]
    for name in names:
        require(
            name in header, f"heat-pump map {path} has no column {name}", hint=f"columns {', '.join(names)}"
        )
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split(",")
        require(len(cells) == len(header), f"heat-pump map {path}, line {number}: {len(cells)} cells")
        try:
            rows.append([float(cells[header.index(name)]) for name in names])
        except ValueError as problem:
            raise InputError(f"heat-pump map {path}, line {number}: {problem}") from problem
    table = np.array(rows).T
    table[:3] += 273.15
    return fit_map(
        HeatPumpPoints(**{f.name: row for f, row in zip(fields(HeatPumpPoints), table, strict=True)})
    )


def _inputs(points: HeatPumpPoints) -> Array:
    columns = (points.source_in, points.sink_in, points.sink_out, points.source_flow, points.load)
    require(len({column.size for column in (*columns, points.cop)}) == 1, "columns of unequal length")
    return np.column_stack(columns)
