"""A district on the map: trunk and network with their diameters, substations by their heat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from viz import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE = (7.2, 5.6)  # [in]
_BELOW = 0.75  # for the legend [in]
_PLAN = (_SIZE[0] - 0.9, _SIZE[1] - 0.75 - _BELOW)
_WIDEST = 5.0  # line of DN 1000 [pt]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPipe:
    """A pair of pipes along (n, 2) easting, northing [m]: DN, length [m], mean loss [W], whether it is the
    trunk."""

    places: style.Array
    nominal: int
    length: float
    loss: float
    trunk: bool


def district_map(
    path: Path,
    pipes: Sequence[MapPipe],
    *,
    site: style.Array,
    substations: style.Array,
    heat: style.Array,
    title: str,
    feeds: style.Array | None = None,
) -> Path:
    """Plan of a district in Lambert-93: line width by diameter, circles by heat taken in a year.

    site (2,), substations (n, 2), other data centres `feeds` (k, 2) [m]; heat (n,) [J].
    """
    feeds = np.empty((0, 2)) if feeds is None else feeds
    with style.look():
        figure = style.new_figure(*_SIZE)
        length = sum(pipe.length for pipe in pipes)
        lost = sum(pipe.loss for pipe in pipes)
        what = "Trunk" if all(pipe.trunk for pipe in pipes) else "Trunk and network"
        style.heading(
            figure,
            title,
            f"{what}: {length / 1e3:.1f} km of pairs of pipes, {lost / 1e3:.0f} kW lost while in use",
        )
        axes = style.place(figure, 0.45, _BELOW, *_PLAN)
        places = np.concatenate([pipe.places for pipe in pipes] + [site[None, :], substations])
        _frame(axes, places)
        for pipe in sorted(pipes, key=lambda pipe: pipe.nominal):
            axes.plot(
                *pipe.places.T,
                color=style.VERMILION if pipe.trunk else style.BLUE,
                lw=_width(pipe.nominal),
                solid_capstyle="round",
            )
        if len(substations):
            area = 8.0 + 90.0 * heat / max(float(heat.max()), 1e-300)
            east, north = substations.T
            axes.scatter(east, north, s=area, fc="white", ec=style.INK, lw=0.8, zorder=3)
        axes.plot(*feeds.T, "s", ms=8.0, mfc="white", mec=style.INK, mew=1.6, zorder=4)
        axes.plot(*site, "s", ms=9.0, color=style.INK, zorder=4)
        for pipe in pipes:
            if pipe.trunk and len(pipe.places) > 1:
                _named(axes, pipe)
        _legend(axes, pipes, bool(len(substations)), others=bool(len(feeds)))
        return style.save(figure, path)


def _width(nominal: int) -> float:
    """Of the line [pt]: as the root of the diameter, so that house connections still show."""
    return _WIDEST * float(np.sqrt(nominal / 1000.0))


def _frame(axes: Axes, places: style.Array) -> None:
    """Equal scales with a margin, a scale bar and the north."""
    low, high = places.min(axis=0), places.max(axis=0)
    middle, reach = 0.5 * (low + high), 0.5 * float(max((high - low).max(), 200.0)) * 1.15
    axes.set_xlim(middle[0] - reach * _PLAN[0] / min(_PLAN), middle[0] + reach * _PLAN[0] / min(_PLAN))
    axes.set_ylim(middle[1] - reach * _PLAN[1] / min(_PLAN), middle[1] + reach * _PLAN[1] / min(_PLAN))
    axes.set_aspect("equal")
    axes.set_facecolor("#f6f7f8")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(style.RULE)
    across = 2.0 * reach * _PLAN[0] / min(_PLAN)
    power = 10.0 ** np.floor(np.log10(0.3 * across))
    bar = max(step for step in (1.0, 2.0, 5.0) if step * power <= 0.3 * across) * power
    x, y = 0.03, 0.04
    axes.plot([x, x + bar / across], [y, y], color=style.INK, lw=2.0, transform=axes.transAxes)
    text = f"{bar / 1e3:g} km" if bar >= 1e3 else f"{bar:g} m"
    axes.text(x, y + 0.015, text, transform=axes.transAxes, fontsize=8.0, va="bottom")
    axes.annotate(
        "N", (0.965, 0.97), xytext=(0.965, 0.88), xycoords="axes fraction", ha="center", va="center",
        fontsize=9.0, arrowprops={"arrowstyle": "-|>", "color": style.INK, "lw": 1.2},
    )  # fmt: skip


def _named(axes: Axes, pipe: MapPipe) -> None:
    """DN and length beside the middle of a pipe."""
    along = np.concatenate(([0.0], np.cumsum(np.linalg.norm(np.diff(pipe.places, axis=0), axis=1))))
    x, y = (float(np.interp(0.5 * along[-1], along, pipe.places[:, c])) for c in (0, 1))
    axes.annotate(
        f"DN {pipe.nominal}, {pipe.length / 1e3:.1f} km",
        (x, y),
        xytext=(8.0, 8.0),
        textcoords="offset points",
        fontsize=8.5,
        bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1.5},
    )


def _legend(axes: Axes, pipes: Sequence[MapPipe], stations: bool, *, others: bool) -> None:
    axes.plot([], [], "s", ms=7.0, color=style.INK, label="data centre")
    if others:
        axes.plot([], [], "s", ms=6.5, mfc="white", mec=style.INK, mew=1.5, label="other data centre")
    for trunk, name, colour in ((True, "trunk", style.VERMILION), (False, "network", style.BLUE)):
        sizes = sorted({pipe.nominal for pipe in pipes if pipe.trunk is trunk})
        shown = sizes if len(sizes) <= 3 else [sizes[0], sizes[len(sizes) // 2], sizes[-1]]
        for nominal in shown:
            axes.plot([], [], color=colour, lw=_width(nominal), label=f"{name} DN {nominal}")
    if stations:
        axes.plot([], [], "o", ms=6.0, mfc="white", mec=style.INK, label="substation, by heat")
    axes.legend(
        loc="upper left", bbox_to_anchor=(-0.01, -0.01), ncols=4, fontsize=8.0, columnspacing=1.4,
        handlelength=1.6, borderaxespad=0.2,
    )  # fmt: skip
