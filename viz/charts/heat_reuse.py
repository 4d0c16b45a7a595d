"""Where the heat of a network comes from, hour by hour in the order of its load, and what limits recovery."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from viz import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from xarray import Dataset

_BIN = 24  # hours of neighbouring load that are drawn as one
_COLOURS = {
    "exchanger": style.SKY,
    "heat pump": style.GREEN,
    "storage": style.ORANGE,
    "boiler of the station": style.PURPLE,
    "other data centres": style.BLUE,
    "other sources of the network": "#c7cfd7",
}
_IDLE = ("off",)
_WORDS = {"demand": "demand met", "storage_full": "demand met, full store"}


def heat_reuse_chart(district: Dataset, path: str | Path, *, title: str = "") -> Path:
    """Load-duration curve of the network with the sources that cover it, and the hours by limit; a PNG.

    district  the group of a run: heat_demand, heat_direct, heat_pumped, heat_others, trunk_loss (time) [W],
              limit (time) with its flag_meanings; heat_boiler, storage_charge, storage_discharge,
              feed_delivered (feed, time) if any

    Raises InputError where the run holds no dispatch.
    """
    for name in ("heat_demand", "heat_direct", "heat_pumped", "heat_others", "limit"):
        require(name in district, f"the run holds no {name!r}", hint="a run with heat recovery")
    parts = _parts(district)
    order = np.argsort(-sum(parts.values()), kind="stable")
    with style.look():
        figure = style.new_figure(11.0, 4.6)
        sums = [f"{name} {values.sum() * 1e-3:,.1f} GWh" for name, values in parts.items() if values.any()]
        style.heading(figure, title or "Heat of the network", " · ".join(sums), left=0.75)
        _durations(style.place(figure, 0.75, 0.6, 6.3, 2.95), parts, order)
        _limits(style.place(figure, 8.75, 0.6, 1.9, 2.95), district)
        return style.save(figure, path)


def _parts(district: Dataset) -> dict[str, style.Array]:
    """Heat to the network by source (n,) [MW]; what is charged is taken from the heat pump first."""

    def read(name: str) -> style.Array:
        if name not in district:
            return np.zeros(district.sizes["time"])
        return np.nan_to_num(np.asarray(district[name].values, dtype=np.float64)) * 1e-6

    direct, pumped, charge = read("heat_direct"), read("heat_pumped"), read("storage_charge")
    from_pump = np.minimum(pumped, charge)
    feeds = np.zeros(direct.size)
    if "feed_delivered" in district:
        feeds = 1e-6 * np.asarray(district["feed_delivered"].values, dtype=np.float64).sum(axis=0)
    return {
        "exchanger": direct - (charge - from_pump),
        "heat pump": pumped - from_pump,
        "storage": read("storage_discharge"),
        "boiler of the station": read("heat_boiler"),
        "other data centres": feeds,
        "other sources of the network": np.maximum(read("heat_others"), 0.0),
    }


def _durations(axes: Axes, parts: dict[str, style.Array], order: np.ndarray) -> None:
    edges = np.unique(np.append(np.arange(0, order.size, _BIN), order.size))
    below = np.zeros(edges.size - 1)
    for name, values in parts.items():
        if not values.any():
            continue
        mean = np.add.reduceat(values[order], edges[:-1]) / np.diff(edges)
        axes.stairs(below + mean, edges, baseline=below, fill=True, color=_COLOURS[name], label=name)
        below = below + mean
    axes.stairs(below, edges, color=style.INK, lw=1.2)
    axes.set_xlim(0, order.size)
    axes.set_ylim(0.0, 1.05 * max(float(below.max(initial=0.0)), 1e-6))
    axes.set_xlabel("Hours, in the order of the load")
    axes.set_ylabel("Heat, losses of the trunk included [MW]")
    axes.set_title("Load duration and its sources")
    style.quiet_axes(axes)
    axes.legend(loc="upper right")


def _limits(axes: Axes, district: Dataset) -> None:
    names = str(district["limit"].attrs["flag_meanings"]).split()
    counts = np.bincount(np.asarray(district["limit"].values, dtype=np.int64), minlength=len(names))
    shown = [(name, int(count)) for name, count in zip(names, counts, strict=True) if count]
    shown.sort(key=lambda pair: pair[1])
    place = np.arange(len(shown))
    colours = [style.RULE if name in _IDLE else style.BLUE for name, _ in shown]
    axes.barh(place, [count for _, count in shown], 0.65, color=colours)
    for at, (_, count) in zip(place, shown, strict=True):
        axes.annotate(
            f"{count:,}", (count, at), xytext=(3, 0), textcoords="offset points", va="center", fontsize=7.5
        )
    axes.set_yticks(place, [_WORDS.get(name, name.replace("_", " ")) for name, _ in shown])
    axes.set_xlim(0, 1.25 * max(count for _, count in shown))
    axes.set_xlabel("Hours")
    axes.set_title("What limits recovery")
    style.quiet_axes(axes, grid="x")
