"""Results against a swept parameter: small multiples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from viz import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame
    from xarray import Dataset

# how units are written in names (summary.json) and in attributes (UDUNITS), and how people read them
_UNITS = {
    "L_per_kWh": "L/kWh",
    "kg_per_kWh": "kg/kWh",
    "EUR_per_MWh": "€/MWh",
    "GWh_el": "GWh",
    "kg_s": "kg/s",
    "pct": "%",
    "GWh": "GWh",
    "MWh": "MWh",
    "MW": "MW",
    "kW": "kW",
    "kPa": "kPa",
    "C": "°C",
    "K": "K",
    "m": "m",
    "t": "t",
    "degC": "°C",
    "percent": "%",
    "kg s-1": "kg/s",
    "L kWh-1": "L/kWh",
    "kg kWh-1": "kg/kWh",
    "EUR MWh-1": "€/MWh",
}
_ACRONYMS = {
    "gpu": "GPU",
    "gpus": "GPUs",
    "tcs": "TCS",
    "fws": "FWS",
    "pue": "PUE",
    "wue": "WUE",
    "cue": "CUE",
}
_ACRONYMS |= {"erf": "ERF", "ere": "ERE", "rci": "RCI", "rti": "RTI", "shi": "SHI", "it": "IT", "co2": "CO₂"}
_ACRONYMS |= {"cop": "COP", "lcoh": "LCOH", "hi": "HI"}
_MARKS = ("o", "s", "^", "D", "v", "P")
_COLUMNS = 4


def sweep_curve(
    points: Dataset, x: str, quantities: Sequence[str], path: str | Path, *, title: str = ""
) -> Path:
    """One small chart per quantity against the parameter `x`, one line per combination of the others; a PNG.

    points      dimensions are the swept parameters, or one dimension with the parameters as variables on it.
                A variable `status` (0 done, above 0 failed, NaN not asked for) marks the points that failed;
                without it those where every quantity is NaN count as failed
    x           name of the parameter: its values may be numbers or names
    quantities  names of variables. Units come from the attribute `units`, else from the end of the name
                (`_C`, `_kW`); kelvin are drawn as °C

    Raises InputError for a name that the sweep does not hold, or without quantities.
    """
    require(len(quantities) > 0, "no quantity of the sweep has a value", hint="look at the log of a point")
    for name in (x, *quantities):
        require(
            name in points.variables,
            f"the sweep holds no {name!r}",
            hint=f"one of {', '.join(sorted(map(str, points.variables)))}",
        )
    table, others = _table(points, x, quantities)
    failed = _failed(table, quantities)
    columns = min(len(quantities), _COLUMNS)
    rows = -(-len(quantities) // columns)
    named = not np.issubdtype(table[x].to_numpy().dtype, np.number)
    places = list(dict.fromkeys(table[x])) if named else []
    groups = _groups(table, others)
    with style.look():
        wide = max(3.0 * columns + 0.5, 5.0)
        figure = style.new_figure(wide, 2.45 * rows + 0.95 + (0.3 if len(groups) > 1 else 0.0))
        below = (
            f"{int(failed.sum())} of {len(table)} points failed (×)"
            if failed.any()
            else f"{len(table)} points"
        )
        label, unit = describe(x, points[x].attrs)
        heading = f"Sweep of {label[0].lower() + label[1:] if label[1:2].islower() else label}"
        style.heading(figure, title or heading, below, left=0.6)
        height = float(figure.get_size_inches()[1])
        for n, name in enumerate(quantities):
            row, column = divmod(n, columns)
            left = 0.65 + 3.0 * column
            bottom = height - 0.95 - 2.45 * (row + 1) + 0.6
            axes = style.place(figure, left, bottom, 2.25, 1.6)
            kelvin = points[name].attrs.get("units") == "K"
            for g, (group, chosen) in enumerate(groups.items()):
                colour = style.LINES[g % len(style.LINES)]
                part = table[chosen & ~failed]
                u = [places.index(v) for v in part[x]] if named else part[x].to_numpy(dtype=np.float64)
                v = part[name].to_numpy(dtype=np.float64)
                values = style.celsius(v) if kelvin else v
                good = np.isfinite(values)
                line = "none" if named else "-"
                axes.plot(
                    np.asarray(u)[good], values[good], _MARKS[g % len(_MARKS)], ls=line, color=colour, ms=4.5,
                    lw=1.6, label=group,
                )  # fmt: skip
            _mark_failed(axes, table[failed], x, places)
            axes.set_title(_title(*describe(name, points[name].attrs)), fontsize=9.0)
            axes.margins(x=0.08, y=0.15)
            if named:
                axes.set_xticks(range(len(places)), [str(place) for place in places])
                axes.set_xlim(-0.5, len(places) - 0.5)
            elif table[x].nunique() <= 5:
                axes.set_xticks(sorted(set(table[x])))
            _plain_numbers(axes)
            axes.set_xlabel(_title(label, unit), fontsize=8.0, fontweight="normal")
            style.quiet_axes(axes)
        if len(groups) > 1:
            handles, names = figure.axes[0].get_legend_handles_labels()
            figure.legend(handles, names, loc="lower left", bbox_to_anchor=(0.55 / wide, 0.0), ncols=6)
        return style.save(figure, path)


def describe(name: str, attributes: dict[Any, Any]) -> tuple[str, str]:
    """(what, unit) of a result for people.

    >>> describe("loop.gpu_junction_max_C", {})
    ('GPU junction max', '°C')
    """
    leaf = name.rsplit(".", 1)[-1]
    unit = ""
    for ending in sorted(_UNITS, key=len, reverse=True):
        if leaf.endswith(f"_{ending}"):
            leaf, unit = leaf[: -len(ending) - 1], _UNITS[ending]
            break
    stated = str(attributes.get("units", ""))
    if stated and stated != "1":
        unit = "°C" if stated == "K" else _UNITS.get(stated, stated)
    if attributes.get("long_name"):
        return str(attributes["long_name"]), unit
    words = [_ACRONYMS.get(word, word) for word in leaf.split("_") if word]
    text = " ".join(words) or name
    return text[0].upper() + text[1:], unit


def _title(label: str, unit: str) -> str:
    return f"{label} [{unit}]" if unit else label


def _table(points: Dataset, x: str, quantities: Sequence[str]) -> tuple[DataFrame, list[str]]:
    """One row per point that was asked for, and the names of the other parameters that vary."""
    wanted = [name for name in (x, "status", *quantities) if name in points.variables]
    along = [str(d) for d in points.dims]
    others = [d for d in along if d != x and d in points.coords]
    if x not in points.dims:  # parameters are variables along one dimension
        others += [
            str(name)
            for name, values in points.variables.items()
            if str(name) not in wanted and str(name) not in points.dims and values.dtype.kind in "OUST"
        ]
    table = points[[*dict.fromkeys([*wanted, *others])]].to_dataframe().reset_index()
    if "status" in table:
        table = table[table["status"].notna()].reset_index(drop=True)
    order = [x] if np.issubdtype(table[x].to_numpy().dtype, np.number) else []
    table = table.sort_values(order, kind="stable").reset_index(drop=True) if order else table
    return table, [name for name in others if table[name].nunique() > 1]


def _failed(table: DataFrame, quantities: Sequence[str]) -> NDArray[np.bool_]:
    if "status" in table:
        return table["status"].to_numpy(dtype=np.float64) > 0
    return table[list(quantities)].isna().all(axis=1).to_numpy(dtype=bool)


def _groups(table: DataFrame, others: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    """Label of each line -> its rows."""
    if not others:
        return {"": np.ones(len(table), dtype=bool)}
    values = table[list(others)].copy()
    for name in others:  # a bare number does not say what it is
        numeric = np.issubdtype(values[name].to_numpy().dtype, np.number)
        prefix = f"{describe(name, {})[0]} " if numeric else ""
        values[name] = [f"{prefix}{value:g}" if numeric else str(value) for value in values[name]]
    labels = values.agg(", ".join, axis=1)
    return {label: (labels == label).to_numpy() for label in dict.fromkeys(labels)}


def _mark_failed(axes: Axes, failed: DataFrame, x: str, places: Sequence[Any]) -> None:
    """Crosses on the lower edge: there is a point here, but no value."""
    if failed.empty:
        return
    at = [places.index(v) for v in failed[x]] if places else failed[x].to_numpy(dtype=np.float64)
    axes.plot(
        at, np.full(len(failed), 0.03), "x", color=style.INK, ms=6.0, mew=1.8, clip_on=False,
        transform=axes.get_xaxis_transform(),
    )  # fmt: skip


def _plain_numbers(axes: Axes) -> None:
    """Thousands with a separator, no offsets such as +1.1e0."""
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    formatter = ScalarFormatter(useOffset=False)
    formatter.set_scientific(False)
    axes.yaxis.set_major_formatter(formatter)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
