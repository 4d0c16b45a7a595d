"""Three grids: rack inlets with their error bars, and how the hall's temperatures move with the cell size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from viz import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from xarray import Dataset

_NAMES = (
    "grid_cells", "grid_cell_size", "grid_inlet_mean", "grid_inlet_max", "grid_return", "inlet_mean_error",
    "inlet_max_error", "return_error", "rack_inlet_mean_error", "rack_inlet_max_error",
)  # fmt: skip
_LABELLED = 40  # racks whose names still fit


def grid_study_picture(data: Dataset, path: str | Path, *, kind: int = 0, title: str = "") -> Path:
    """Error bars of a hall's rack inlets, and its temperatures against cell size; writes a PNG.

    data  the group `hall` of a run with solver.grid_study
    kind  which distinct hall

    Raises InputError where the run holds no grid study.
    """
    for name in _NAMES:
        require(name in data, f"the run holds no {name!r}", hint="a run with solver.grid_study=true")
    cells = ", ".join(f"{int(n):,}" for n in data["grid_cells"].values[kind])
    with style.look():
        figure = style.new_figure(11.0, 4.1)
        style.heading(
            figure,
            title or "What the grid is worth",
            f"grids of {cells} cells; bars: grid convergence index, about 95 % (Celik et al. 2008)",
            left=0.75,
        )
        _racks(style.place(figure, 0.75, 0.65, 5.9, 2.35), data, kind)
        _grids(style.place(figure, 7.6, 0.65, 2.9, 2.35), data, kind)
        return style.save(figure, path)


def _racks(axes: Axes, data: Dataset, kind: int) -> None:
    mine = np.flatnonzero(data["rack_kind"].values == kind)
    names = [str(name).split(":", 1)[-1] for name in data["rack"].values[mine]]
    at = np.arange(mine.size)
    for offset, reading, label, colour in (
        (-0.12, "rack_inlet_max", "hottest face", style.VERMILION),
        (0.12, "rack_inlet_mean", "mean", style.BLUE),
    ):
        axes.errorbar(
            at + offset,
            style.celsius(data[reading].values[mine]),
            yerr=data[f"{reading}_error"].values[mine],
            fmt="o",
            ms=max(1.5, 4.0 - 0.02 * mine.size),
            lw=1.1,
            color=colour,
            label=label,
        )
    axes.set_title("Rack inlets [°C]")
    if mine.size <= _LABELLED:
        axes.set_xticks(at, names, rotation=90 if mine.size > 12 else 0, fontsize=7.0)
    else:
        axes.set_xlabel("Rack, in the order of the run")
    axes.legend(loc="upper left", bbox_to_anchor=(0.55, 1.17), ncols=2)
    style.quiet_axes(axes)


def _grids(axes: Axes, data: Dataset, kind: int) -> None:
    size = data["grid_cell_size"].values[kind]
    for n, (name, label, colour) in enumerate(
        (
            ("inlet_max", "hottest inlet", style.VERMILION),
            ("inlet_mean", "mean inlet", style.BLUE),
            ("return", "return", style.ORANGE),
        )
    ):
        values = data[f"grid_{name}"].values[kind]
        change, error = values - values[-1], float(data[f"{name}_error"].values[kind])
        axes.plot(size, change, "o-", color=colour, lw=1.4, ms=4.0)
        axes.errorbar(size[-1] * (0.94 - 0.05 * n), 0.0, yerr=error, color=colour, lw=1.4, capsize=3.0)
        text = f"{label} {style.celsius(values)[-1]:.2f} ± {error:.2f} °C"
        axes.annotate(
            text, (0.0, 1.0), (5, -7 - 11 * n), xycoords="axes fraction", textcoords="offset points",
            bbox={"color": style.PAPER, "pad": 0.5},
            color=colour, fontsize=7.5, va="center",
        )  # fmt: skip
    axes.set_xlim(0.0, 1.08 * float(size.max()))
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.45 * (high - low))  # room for the words
    axes.set_title("Change against the finest grid [K]")
    axes.set_xlabel("Cell size [m]")
    style.quiet_axes(axes)
