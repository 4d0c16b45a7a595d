"""How the air solve settled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers.air.problem import AirControls
from viz import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from xarray import Dataset

_NAMES = ("iteration", "inlet_drift", "air_energy_closure", "air_mass_closure")
_FEW = 3  # points that a line alone would not show

Parts = list[NDArray[np.intp]]


def air_history(
    data: Dataset, path: str | Path, *, controls: AirControls | None = None, title: str = ""
) -> Path:
    """Rack inlets, their drift and the closure of both balances over the iterations; writes a PNG.

    data      the group `hall` of a run: iteration, inlet_drift, both closures (step) and, where racks blow,
              inlet_history (step, rack). Halls follow each other: the iteration starts again
    controls  draws the tolerances of the solve

    Raises InputError where the history is missing.
    """
    for name in _NAMES:
        require(name in data, f"the run holds no {name!r}", hint="a run with the air solver switched on")
    iteration = np.asarray(data["iteration"].values, dtype=np.float64)
    parts = np.split(np.arange(iteration.size), np.flatnonzero(np.diff(iteration) < 0.0) + 1)
    drift, energy = (controls.temperature_tolerance, controls.energy_tolerance) if controls else (None, None)
    with style.look():
        figure = style.new_figure(11.0, 6.3)
        style.heading(figure, title or "How the air solve settled", left=0.75)
        corners = [(left, bottom) for bottom in (3.45, 0.6) for left in (0.75, 6.2)]
        panels = [style.place(figure, *corner, 4.5, 1.95) for corner in corners]
        _inlets(panels[0], data, iteration, parts)
        _falling(panels[1], data, "inlet_drift", "Drift of the rack inlets [K]", iteration, parts, drift)
        _falling(panels[2], data, "air_energy_closure", "Energy closure [–]", iteration, parts, energy)
        # of the iterations; the last projection then closes it to the answer's tolerance
        _falling(
            panels[3], data, "air_mass_closure", "Mass closure of iterations [–]", iteration, parts, None
        )
        for axes in panels:
            axes.set_xlim(0.0, 1.02 * float(iteration.max(initial=1.0)))
            style.quiet_axes(axes)
        for axes in panels[2:]:
            axes.set_xlabel("Iteration")
        return style.save(figure, path)


def _inlets(axes: Axes, data: Dataset, iteration: NDArray[np.float64], parts: Parts) -> None:
    """Every rack's mean inlet, one line each; where there are none, the kinetic energy."""
    name, title = "inlet_history", "Mean inlet of each rack [°C]"
    if name not in data:
        name, title = "kinetic_energy", "Kinetic energy of the air [J]"
    axes.set_title(title)
    if name not in data:
        return
    for part, colour in zip(parts, _cycle(len(parts)), strict=True):
        lines = np.asarray(data[name].values[part], dtype=np.float64).reshape(part.size, -1)
        lines = style.celsius(lines) if name == "inlet_history" else lines
        lines = lines[:, np.isfinite(lines).any(axis=0)]  # other halls' racks have no entries here
        alpha = 0.9 if lines.shape[1] <= 12 else 0.35
        axes.plot(iteration[part], lines, color=colour, lw=0.8, alpha=alpha)


def _falling(
    axes: Axes,
    data: Dataset,
    name: str,
    title: str,
    iteration: NDArray[np.float64],
    parts: Parts,
    tolerance: float | None,
) -> None:
    """One history a hall on a logarithmic scale, with its tolerance."""
    values = np.asarray(data[name].values, dtype=np.float64)
    values = np.where(values > 0.0, values, np.nan)  # zero has no place on this scale
    if np.isfinite(values).any():
        axes.set_yscale("log")
    for hall, (part, colour) in enumerate(zip(parts, _cycle(len(parts)), strict=True), start=1):
        mark = "o" if np.isfinite(values[part]).sum() <= _FEW else None
        axes.plot(
            iteration[part], values[part], color=colour, lw=1.5, marker=mark, ms=3.5, label=f"hall {hall}"
        )
    if name == "inlet_drift" and len(parts) > 1:
        axes.legend(frameon=False, fontsize=7.5)
    if tolerance is not None:
        axes.axhline(tolerance, color=style.INK, lw=1.0, ls=(0, (4, 3)))
        axes.annotate(
            f"tolerance {tolerance:g}",
            (1.0, tolerance),
            xycoords=axes.get_yaxis_transform(),
            xytext=(0, 3),
            textcoords="offset points",
            ha="right",
            fontsize=7.5,
        )
    axes.set_title(title)


def _cycle(count: int) -> list[str]:
    return [style.LINES[n % len(style.LINES)] for n in range(count)]
