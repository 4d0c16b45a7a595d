"""Charts of a document for planners: every word comes from the caller, so that the language is its own.

Sizes are those on the page [in]; each function writes a PNG at 200 dpi and returns its path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from viz import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Numbers = Callable[[float, int], str]  # a number and its digits, as the language writes it
PRINT_DPI = 200
NEAR = 1.0  # closer points are one place on a map [m]
_DELIVERED, _OTHERS = style.GREEN, "#c7cfd7"


def duration_chart(
    path: Path,
    demand: style.Array,
    delivered: style.Array,
    *,
    labels: dict[str, str],
    number: Numbers,
    note: str,
    size: tuple[float, float] = (6.7, 2.9),
) -> Path:
    """Load-duration curve of the demand [MW] with the heat delivered in the same hours below it.

    labels  hours, power, demand, delivered
    """
    with style.look():
        figure = style.new_figure(*size)
        axes = style.place(figure, 0.55, 0.5, size[0] - 0.65, size[1] - 0.62)
        order = np.argsort(-demand, kind="stable")
        hours = np.arange(demand.size) + 0.5
        # the heat delivered jumps from hour to hour: its mean over a week's worth of neighbours is drawn
        below = _smooth(delivered[order], 168)
        axes.fill_between(hours, 0.0, demand[order], color=_OTHERS, lw=0.0, alpha=0.6)
        axes.fill_between(hours, 0.0, np.minimum(below, demand[order]), color=_DELIVERED, lw=0.0)
        axes.plot(hours, demand[order], color=style.INK, lw=1.4, label=labels["demand"])
        axes.plot([], [], color=_DELIVERED, lw=6.0, label=labels["delivered"])
        axes.set_xlim(0.0, demand.size)
        axes.set_ylim(0.0, 1.08 * float(demand.max(initial=1e-9)))
        axes.set_xlabel(labels["hours"])
        axes.set_ylabel(labels["power"])
        _ticks(axes, number)
        axes.legend(loc="upper right")
        if note:
            axes.text(0.99, 0.68, note, transform=axes.transAxes, ha="right", fontsize=7.5, color=style.MUTED)
        style.quiet_axes(axes)
        return _save(figure, path)


def monthly_chart(
    path: Path,
    demand: style.Array,
    delivered: style.Array,
    *,
    months: Sequence[str],
    labels: dict[str, str],
    number: Numbers,
    size: tuple[float, float] = (6.7, 2.6),
) -> Path:
    """Demand (12,) [GWh] by month, the part delivered by the scheme filled.

    labels  energy, delivered, others
    """
    with style.look():
        figure = style.new_figure(*size)
        axes = style.place(figure, 0.55, 0.62, size[0] - 0.65, size[1] - 0.72)
        place = np.arange(12)
        rest = np.maximum(demand - delivered, 0.0)
        axes.bar(place, delivered, 0.72, color=_DELIVERED, label=labels["delivered"])
        axes.bar(place, rest, 0.72, bottom=delivered, color=_OTHERS, label=labels["others"])
        for n, value in enumerate(delivered):
            if value > 0.0:
                axes.text(n, value, number(float(value), 1), ha="center", va="bottom", fontsize=6.5)
        axes.set_xticks(place, list(months), fontsize=7.5)
        axes.set_xlim(-0.6, 11.6)
        axes.set_ylabel(labels["energy"])
        _ticks(axes, number, x=False)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
        style.quiet_axes(axes)
        return _save(figure, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A circuit of the cascade, between two temperatures [degC]."""

    name: str
    hot: float
    cold: float


def steps_chart(
    path: Path,
    steps: Sequence[Step],
    *,
    label: str,
    number: Numbers,
    size: tuple[float, float] = (6.7, 2.7),
) -> Path:
    """Circuits side by side in the order of the heat's way, each between its temperatures."""
    with style.look():
        figure = style.new_figure(*size)
        axes = style.place(figure, 0.55, 0.35, size[0] - 0.65, size[1] - 0.45)
        ends = np.array([[step.hot, step.cold] for step in steps])
        span = max(float(ends.max() - ends.min()), 1.0)
        low, high = float(ends.min()) - 0.18 * span, float(ends.max()) + 0.18 * span
        levels = np.linspace(0.0, 1.0, 65)
        for n, step in enumerate(steps):
            half = max(0.5 * (step.hot - step.cold), 0.008 * span)
            middle = 0.5 * (step.hot + step.cold)
            heights = middle - half + 2.0 * half * levels
            axes.pcolormesh(
                np.array([n - 0.24, n + 0.24]),
                heights,
                0.5 * (heights[1:] + heights[:-1])[:, None],
                cmap=style.TEMPERATURE_MAP,
                vmin=float(ends.min()),
                vmax=float(ends.max()),
                rasterized=True,
            )
            axes.text(n, middle + half + 0.02 * span, f"{number(step.hot, 1)} °C", ha="center", va="bottom")
            if step.hot - step.cold > 0.05:
                axes.text(n, middle - half - 0.02 * span, f"{number(step.cold, 1)} °C", ha="center", va="top")
            if n:
                before = steps[n - 1]
                axes.fill_between(
                    (n - 1 + 0.24, n - 0.24), (before.cold, step.cold), (before.hot, step.hot),
                    color=style.RULE, alpha=0.6, lw=0.0,
                )  # fmt: skip
        axes.set_xlim(-0.5, len(steps) - 0.5)
        axes.set_ylim(low, high)
        axes.set_xticks(range(len(steps)), [step.name for step in steps], fontsize=8.5)
        axes.set_ylabel(label)
        _ticks(axes, number, x=False)
        style.quiet_axes(axes)
        return _save(figure, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """A bar of the tornado: name, ends of the input as text, results at them."""

    name: str
    low: str
    high: str
    at_low: float
    at_high: float


def swings_chart(
    path: Path,
    swings: Sequence[Swing],
    base: float,
    *,
    label: str,
    number: Numbers,
    size: tuple[float, float] = (6.7, 2.9),
) -> Path:
    """Tornado about `base`, the widest bar on top; every bar names the ends of its input."""
    with style.look():
        figure = style.new_figure(*size)
        axes = style.place(figure, 2.55, 0.45, size[0] - 2.75, size[1] - 0.5)
        ends = [value for swing in swings for value in (swing.at_low, swing.at_high)] or [base]
        span = max(max(ends) - min(ends), 1e-9)
        for row, swing in enumerate(reversed(swings)):
            for end, text, colour in (
                (swing.at_low, swing.low, style.SKY),
                (swing.at_high, swing.high, style.VERMILION),
            ):
                if end == base:
                    continue
                axes.barh(row, end - base, left=base, height=0.62, color=colour, alpha=0.9)
                side = 1.0 if end > base else -1.0
                axes.text(
                    end + side * 0.012 * span, row, text, ha="left" if side > 0 else "right", va="center",
                    fontsize=6.5, color=style.MUTED,
                )  # fmt: skip
        axes.axvline(base, color=style.INK, lw=1.0)
        axes.set_xlim(min(*ends, base) - 0.14 * span, max(*ends, base) + 0.14 * span)
        axes.set_yticks(range(len(swings)), [swing.name for swing in reversed(swings)], fontsize=7.5)
        axes.set_xlabel(label)
        _ticks(axes, number, y=False)
        style.quiet_axes(axes, grid="x")
        return _save(figure, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLine:
    """A line on a flat map [m]; trunk lines are drawn thicker."""

    x: style.Array
    y: style.Array
    trunk: bool


def scheme_map(
    path: Path,
    site: tuple[float, float],
    lines: Sequence[MapLine],
    substations: style.Array,
    perimeter: style.Array,
    *,
    labels: dict[str, str],
    number: Numbers,
    size: tuple[float, float] = (3.3, 3.3),
) -> Path:
    """Plan of a scheme in flat coordinates [m], with a scale bar and the north, without a background.

    A trunk that begins away from the site comes from another data centre.
    substations, perimeter  (n, 2), may be empty;  labels: site, others, trunk, join, network, substations,
    perimeter, north, frame
    """
    with style.look():
        figure = style.new_figure(*size)
        trunks = [line for line in lines if line.trunk]
        begins, ends = _loose_ends(trunks)
        others = [point for point in begins if np.hypot(point[0] - site[0], point[1] - site[1]) > NEAR]
        shown = (trunks, ends, others, lines[len(trunks) :], substations.size, perimeter.size)
        entries = 1 + sum(bool(each) for each in shown)
        foot = 0.12 + 0.13 * entries  # of the legend, one line an entry: names are long
        axes = style.place(figure, 0.05, foot, size[0] - 0.1, size[1] - foot - 0.05)
        points = [np.array([site]), substations]  # a perimeter may be far larger: it does not set the scale
        points += [np.stack((line.x, line.y), axis=1) for line in lines]
        cloud = np.concatenate([p.reshape(-1, 2) for p in points])
        centre = 0.5 * (cloud.max(axis=0) + cloud.min(axis=0))
        width, height = axes.get_position().width * size[0], axes.get_position().height * size[1]
        reach = np.maximum(cloud.max(axis=0) - cloud.min(axis=0), 500.0)
        metres = 1.25 * max(reach[0] / width, reach[1] / height)  # of an inch of paper
        axes.set_xlim(centre[0] - 0.5 * metres * width, centre[0] + 0.5 * metres * width)
        axes.set_ylim(centre[1] - 0.5 * metres * height, centre[1] + 0.5 * metres * height)
        axes.set_facecolor("#f6f7f8")
        if perimeter.size and _within(perimeter, axes):
            axes.fill(
                *perimeter.T, fc=style.COLD_AISLE, ec=style.SKY, lw=0.8, ls="--", label=labels["perimeter"]
            )
        for trunk, colour, thick in ((False, style.BLUE, 1.0), (True, style.VERMILION, 2.2)):
            for n, line in enumerate(line for line in lines if line.trunk is trunk):
                name = labels["trunk" if trunk else "network"] if n == 0 else None
                axes.plot(line.x, line.y, color=colour, lw=thick, label=name)
        if substations.size:
            axes.plot(*substations.T, "o", ms=3.0, color=style.BLUE, label=labels["substations"])
        for n, end in enumerate(ends):
            name = labels["join"] if n == 0 else None
            axes.plot(*end, "o", ms=6.0, mfc=style.PAPER, mec=style.VERMILION, mew=1.6, label=name)
        for n, point in enumerate(others):
            name = labels["others"] if n == 0 else None
            axes.plot(*point, "s", ms=6.0, mfc=style.PAPER, mec=style.INK, mew=1.4, label=name)
        axes.plot(*site, "s", ms=7.0, color=style.INK, label=labels["site"])
        _furniture(axes, metres * width, labels, number)
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set_visible(True)
            spine.set_color(style.RULE)
        axes.legend(
            loc="upper left", bbox_to_anchor=(-0.02, -0.01), fontsize=6.5, handlelength=1.4, labelspacing=0.3,
            borderaxespad=0.2,
        )  # fmt: skip
        return _save(figure, path)


def _loose_ends(
    trunks: Sequence[MapLine],
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Where trunks begin and where they end: of a chain of lines, its first and its last point."""
    first = [(float(line.x[0]), float(line.y[0])) for line in trunks]
    last = [(float(line.x[-1]), float(line.y[-1])) for line in trunks]

    def alone(
        points: list[tuple[float, float]], joined: list[tuple[float, float]]
    ) -> list[tuple[float, float]]:
        far = [p for p in points if all(np.hypot(p[0] - q[0], p[1] - q[1]) > NEAR for q in joined)]
        return list(dict.fromkeys(far))

    return alone(first, last), alone(last, first)


def _within(ring: style.Array, axes: Axes) -> bool:
    """Whether some corner of a ring shows: one that surrounds the whole map says nothing on it."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    x, y = ring.T
    return bool(np.any((x > west) & (x < east) & (y > south) & (y < north)))


def _furniture(axes: Axes, metres: float, labels: dict[str, str], number: Numbers) -> None:
    """Scale bar, north arrow, frame of reference."""
    length = _nice(0.28 * metres)
    share = length / metres
    axes.plot([0.04, 0.04 + share], [0.05, 0.05], color=style.INK, lw=2.0, transform=axes.transAxes)
    text = f"{number(length / 1e3, 0 if length % 1e3 == 0 else 1)} km"
    axes.text(
        0.04 + 0.5 * share, 0.065, text, transform=axes.transAxes, ha="center", va="bottom", fontsize=7.0
    )
    axes.annotate(
        labels["north"], (0.95, 0.97), xytext=(0.95, 0.84), xycoords="axes fraction", ha="center",
        va="center", fontsize=7.5, arrowprops={"arrowstyle": "-|>", "color": style.INK, "lw": 1.0},
    )  # fmt: skip
    axes.text(
        0.98, 0.03, labels["frame"], transform=axes.transAxes, ha="right", fontsize=5.5, color=style.MUTED
    )


def _nice(length: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not above `length`."""
    power = 10.0 ** np.floor(np.log10(max(length, 1.0)))
    return float(max(step for step in (1.0, 2.0, 5.0) if step * power <= max(length, 1.0)) * power)


def _smooth(values: style.Array, width: int) -> style.Array:
    """Running mean, the ends padded with themselves."""
    padded = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge")
    total = np.concatenate(([0.0], np.cumsum(padded)))
    return np.asarray((total[width:] - total[:-width]) / width)


def _ticks(axes: Axes, number: Numbers, *, x: bool = True, y: bool = True) -> None:
    from matplotlib.ticker import FuncFormatter

    def text(value: float, _: object) -> str:
        return number(value, 0 if float(value).is_integer() else 1)

    if x:
        axes.xaxis.set_major_formatter(FuncFormatter(text))
    if y:
        axes.yaxis.set_major_formatter(FuncFormatter(text))


def _save(figure: Figure, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="png", dpi=PRINT_DPI)
    return path
