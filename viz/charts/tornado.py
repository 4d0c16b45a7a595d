"""Uncertain inputs against results: rank correlations as bars, one small chart a result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from viz import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from xarray import Dataset

_COLUMNS = 3
_BARS = 6  # strongest inputs of a result that are drawn
_ROW, _BODY, _WIDTH = 2.05, 1.3, 2.15  # in


_UNITS = {
    "EUR_per_MWh": "EUR/MWh", "L_per_kWh": "L/kWh", "kg_per_kWh": "kg/kWh", "GWh_el": "GWh of electricity",
    "GWh": "GWh", "MW": "MW", "kW": "kW", "C": "°C", "K": "K", "t": "t", "EUR": "EUR",
}  # fmt: skip
_ABBREVIATIONS = {
    "cdu": "CDU", "tcs": "TCS", "fws": "FWS", "gpu": "GPU", "pue": "PUE", "wue": "WUE", "cue": "CUE",
    "erf": "ERF", "ere": "ERE", "co2": "CO2", "cop": "COP", "lcoh": "LCOH", "capex": "CAPEX",
}  # fmt: skip


def tornado(data: Dataset, path: str | Path, *, title: str = "") -> Path:
    """One chart a result: Spearman's rank correlation of the strongest inputs, P5, P50 and P95 above; a PNG.

    data  the group `uncertainty` of a run. Results that do not vary are left out, and bars that chance could
          make; InputError where no result varies.
    """
    correlation = np.asarray(data["rank_correlation"].values, dtype=np.float64)
    shown = [i for i in range(correlation.shape[0]) if np.isfinite(correlation[i]).any()]
    require(bool(shown), "no result varies with any input", hint="a wider spread, or more members")
    rows = -(-len(shown) // _COLUMNS)
    with style.look():
        figure = style.new_figure(11.0, rows * _ROW + 0.75)
        members = data.sizes["member"]
        said = (
            f"{members} members; bars: rank correlation with the input; figures: P5, P50, P95 of the result"
        )
        style.heading(figure, title or "Uncertain inputs", said)
        for at, i in enumerate(shown):
            row, column = divmod(at, _COLUMNS)
            left = 1.45 + column * (_WIDTH + 1.35)
            axes = style.place(figure, left, (rows - 1 - row) * _ROW + 0.3, _WIDTH, _BODY)
            _bars(axes, data, correlation[i], i)
        return style.save(figure, path)


def in_words(name: str) -> str:
    """'tcs_supply_max_C' as 'TCS supply max [°C]': the unit at its end in brackets, abbreviations as such."""
    for suffix, unit in _UNITS.items():
        if name.endswith(f"_{suffix}"):
            words = name.removesuffix(f"_{suffix}").split("_")
            return f"{' '.join(_ABBREVIATIONS.get(word, word) for word in words)} [{unit}]"
    return " ".join(_ABBREVIATIONS.get(word, word) for word in name.split("_"))


def four_figures(value: float) -> str:
    """Four significant figures without an exponent: 12346 as '12,346', 0.06214 as '0.06214'."""
    return f"{value:,.0f}" if abs(value) >= 1e3 else f"{value:.4g}"


def _bars(axes: Axes, data: Dataset, correlation: np.ndarray, output: int) -> None:
    strength = np.nan_to_num(np.abs(correlation), nan=-1.0)
    chance = 2.0 / np.sqrt(data.sizes["member"])  # what independent samples reach one time in twenty
    strongest = [k for k in np.argsort(-strength, kind="stable")[:_BARS] if strength[k] >= chance]
    names = [str(data["input"].values[k]).removesuffix("_K").replace("_", " ") for k in strongest]
    colours = [style.VERMILION if correlation[k] > 0.0 else style.BLUE for k in strongest]
    axes.barh(range(len(strongest)), correlation[strongest], color=colours, height=0.7)
    axes.set_yticks(range(len(strongest)), names, fontsize=7.5)
    axes.set_xlim(-1.0, 1.0)
    axes.set_ylim(_BARS - 0.5, -0.5)
    axes.axvline(0.0, color=style.INK, lw=0.8)
    low, middle, high = (four_figures(v) for v in data["output_percentile"].values[[0, 1, -1], output])
    name = in_words(str(data["output"].values[output]))
    axes.set_title(f"{name}\n{low}   {middle}   {high}", fontsize=8.5, loc="left")
    style.quiet_axes(axes, grid="x")
