"""The temperatures that heat falls through on its way from the GPU to the city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from viz import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from xarray import Dataset


class StageKind(Enum):
    RANGE = "range"  # hottest and coolest of many, such as the GPUs
    CIRCUIT = "circuit"  # a fluid: return and supply
    LIFT = "lift"  # a heat pump: from its source to its sink


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One column of the cascade, between two temperatures [K], `hot` >= `cold`."""

    name: str
    kind: StageKind
    hot: float
    cold: float
    hot_label: str
    cold_label: str
    note: str = ""


def cascade_stages(
    loop: Dataset, district: Dataset | None = None, year: Dataset | None = None
) -> tuple[Stage, ...]:
    """The stages that a run's groups hold, hottest first; what a run left out, or holds as NaN, is skipped.

    Temperatures of circuits are means weighted by their flow at the design point; those of the network by the
    heat delivered in the year, and the heat pump's source by the same, from the year's facility return.
    """
    stages: list[Stage] = []
    junction = _finite(loop, "gpu_junction")
    if junction.size:
        stages.append(
            Stage(
                name="GPU junction",
                kind=StageKind.RANGE,
                hot=float(junction.max()),
                cold=float(junction.min()),
                hot_label="hottest",
                cold_label="coolest",
            )
        )
    for name, hot, cold, weight in (
        ("Coolant loop (TCS)", "rack_return", "rack_supply", "rack_flow"),
        ("Facility water (FWS)", "cdu_fws_return", "cdu_fws_supply", "cdu_fws_flow"),
    ):
        high, low = _mean(loop, hot, loop, weight), _mean(loop, cold, loop, weight)
        if np.isfinite(high) and np.isfinite(low):
            stages.append(_circuit(name, high, low))
    if district is None:
        return tuple(stages)
    supply = _mean(district, "network_supply", district, "heat_delivered")
    back = _mean(district, "network_return", district, "heat_delivered")
    source = np.nan if year is None else _mean(year, "fws_return", district, "heat_delivered")
    if not np.isfinite(source) and stages and stages[-1].kind is StageKind.CIRCUIT:
        source = stages[-1].hot
    pump = _finite(district, "heat_pump_power").sum()
    if pump > 0.0 and np.isfinite(source) and np.isfinite(supply) and supply > source:
        cop = _finite(district, "heat_delivered").sum() / pump
        stages.append(
            Stage(
                name="Heat pump",
                kind=StageKind.LIFT,
                hot=supply,
                cold=source,
                hot_label="sink",
                cold_label="source",
                note=f"heat per electricity {cop:.1f}",
            )
        )
    if np.isfinite(supply) and np.isfinite(back):
        stages.append(_circuit("District network", supply, back, supplies=True))
    return tuple(stages)


def temperature_cascade(stages: Sequence[Stage], path: str | Path, *, title: str = "") -> Path:
    """Columns between the temperatures of each stage, in the order of the heat's way; writes a PNG.

    Raises InputError without a stage.
    """
    require(
        len(stages) > 0, "the run holds no temperature of a coolant", hint="a run with the loop switched on"
    )
    limits = style.temperature_limits(np.array([[stage.hot, stage.cold] for stage in stages]))
    span = limits[1] - limits[0]
    with style.look():
        figure = style.new_figure(max(7.2, 1.4 + 1.9 * len(stages)), 5.4)
        style.heading(
            figure,
            title or "From the GPU to the city",
            "Means along the way of the heat: weighted by flow, those of the network by heat delivered",
            left=0.7,
        )
        width, height = figure.get_size_inches()
        axes = style.place(figure, 0.7, 0.7, width - 1.0, height - 1.75)
        axes.set_xlim(-0.55, len(stages) - 0.45)
        axes.set_ylim(limits[0] - 0.16 * span, limits[1] + 0.14 * span)
        for n in range(len(stages) - 1):
            _link(axes, n, stages[n], stages[n + 1])
        for n, stage in enumerate(stages):
            _column(axes, n, stage, limits)
        axes.set_xticks(range(len(stages)), [stage.name for stage in stages], fontsize=9.5, fontweight="bold")
        axes.set_ylabel("Temperature [°C]")
        style.quiet_axes(axes)
        return style.save(figure, path)


_HALF = 0.2  # half the width of a column


def _link(axes: Axes, n: int, left: Stage, right: Stage) -> None:
    """A pale band from column to column; it narrows and sinks as the heat loses temperature."""
    x = (n + _HALF, n + 1 - _HALF)
    high = style.celsius(np.array([left.hot, right.hot]))
    low = style.celsius(np.array([left.cold, right.cold]))
    axes.fill_between(x, low, high, color=style.RULE, alpha=0.5, lw=0.0, zorder=1.5)


def _column(axes: Axes, n: int, stage: Stage, limits: tuple[float, float]) -> None:
    hot, cold = stage.hot - style.ZERO_CELSIUS, stage.cold - style.ZERO_CELSIUS
    span = limits[1] - limits[0]
    middle = 0.5 * (hot + cold)
    if stage.kind is StageKind.LIFT:
        axes.fill_between((n - _HALF, n + _HALF), cold, hot, color=style.RULE, alpha=0.5, lw=0.0, zorder=1.5)
        axes.annotate(
            "",
            (n, hot),
            xytext=(n, cold),
            arrowprops={"arrowstyle": "-|>,head_length=0.7,head_width=0.35", "lw": 3.0, "color": style.GREEN},
            zorder=3.0,
        )
        for level in (hot, cold):
            axes.hlines(level, n - _HALF, n + _HALF, color=style.GREEN, lw=1.5, zorder=3.0)
    else:
        # a thin range still shows as a bar
        half = max(0.5 * (hot - cold), 0.006 * span)
        levels = np.linspace(middle - half, middle + half, 65)
        axes.pcolormesh(
            np.array([n - _HALF, n + _HALF]),
            levels,
            0.5 * (levels[1:] + levels[:-1])[:, None],
            cmap=style.TEMPERATURE_MAP,
            vmin=limits[0],
            vmax=limits[1],
            zorder=3.0,
            rasterized=True,
        )
        axes.fill_between(
            (n - _HALF, n + _HALF), middle - half, middle + half, fc="none", ec=style.INK, lw=0.9, zorder=3.2
        )
    single = stage.kind is StageKind.RANGE and f"{hot:.1f}" == f"{cold:.1f}"
    top_label = "" if single else f"  {stage.hot_label}"
    axes.annotate(
        f"{hot:.1f} °C{top_label}",
        (n, hot),
        xytext=(0, 7),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontweight="bold",
        zorder=4.0,
    )
    if not single:
        below = f"{cold:.1f} °C  {stage.cold_label}" + (f"\n{stage.note}" if stage.note else "")
        axes.annotate(
            below,
            (n, cold),
            xytext=(0, -7),
            textcoords="offset points",
            ha="center",
            va="top",
            zorder=4.0,
        )
    if hot - cold > 0.09 * span:
        lift = stage.kind is StageKind.LIFT
        note = f"{hot - cold:.1f} K" + (" lift" if lift else "")
        axes.text(
            n + (0.06 if lift else 0.0),
            middle,
            note,
            ha="left" if lift else "center",
            va="center",
            fontsize=8.0,
            zorder=4.0,
            bbox=None
            if lift
            else {"boxstyle": "round,pad=0.2", "fc": style.PAPER, "ec": "none", "alpha": 0.85},
        )


def _circuit(name: str, hot: float, cold: float, *, supplies: bool = False) -> Stage:
    """A circuit's two temperatures. A network supplies hot, a cooling loop returns hot."""
    labels = ("supply", "return") if supplies else ("return", "supply")
    if hot < cold:  # never in a sound run, but the picture must not hide it
        hot, cold, labels = cold, hot, (labels[1], labels[0])
    return Stage(
        name=name, kind=StageKind.CIRCUIT, hot=hot, cold=cold, hot_label=labels[0], cold_label=labels[1]
    )


def _finite(data: Dataset, name: str) -> style.Array:
    if name not in data:
        return np.empty(0)
    values = np.ravel(np.asarray(data[name].values, dtype=np.float64))
    return values[np.isfinite(values)]


def _mean(data: Dataset, name: str, weights: Dataset, weight: str) -> float:
    """Mean of a variable weighted by another where both exist; NaN where there is nothing to weigh."""
    if name not in data or weight not in weights:
        return float("nan")
    values = np.ravel(np.asarray(data[name].values, dtype=np.float64))
    by = np.ravel(np.asarray(weights[weight].values, dtype=np.float64))
    good = np.isfinite(values) & np.isfinite(by) & (by > 0.0)
    return float(np.average(values[good], weights=by[good])) if good.any() else float("nan")
