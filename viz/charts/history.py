"""How the air solve settled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from solvers.air.problem import AirControls
from viz import style

if TYPE_CHECKING:
    from xarray import Dataset

_NAMES = ("iteration", "inlet_drift", "air_energy_closure", "air_mass_closure")


def air_history(
    data: Dataset, path: str | Path, *, controls: AirControls | None = None, title: str = ""
) -> Path:
    """Drift of the rack inlets and closure of both balances over the iterations; writes a PNG.

    data      the group `hall` of a run: iteration, inlet_drift, air_energy_closure, air_mass_closure (step).
              Several halls follow each other: the iteration starts again
    controls  draws the tolerances of the solve

    Raises InputError where the history is missing.
    """
    for name in _NAMES:
        require(name in data, f"the run holds no {name!r}", hint="a run with the air solver switched on")
    iteration = np.asarray(data["iteration"].values, dtype=np.float64)
    parts = np.split(np.arange(iteration.size), np.flatnonzero(np.diff(iteration) < 0.0) + 1)
    panels = (
        (
            "inlet_drift",
            "Drift of the rack inlets [K]",
            None if controls is None else controls.temperature_tolerance,
        ),
        ("air_energy_closure", "Energy closure [–]", None if controls is None else controls.energy_tolerance),
        # of the iterations; the last projection then closes it to the answer's tolerance
        ("air_mass_closure", "Mass closure of iterations [–]", None),
    )
    with style.look():
        figure = style.new_figure(11.0, 3.9)
        style.heading(figure, title or "How the air solve settled", left=0.75)
        for n, (name, label, tolerance) in enumerate(panels):
            axes = style.place(figure, 0.75 + 3.5 * n, 0.65, 2.8, 2.35)
            values = np.asarray(data[name].values, dtype=np.float64)
            values = np.where(values > 0.0, values, np.nan)  # zero has no place on this scale
            if np.isfinite(values).any():
                axes.set_yscale("log")
            for hall, (part, colour) in enumerate(zip(parts, _cycle(len(parts)), strict=True), start=1):
                axes.plot(iteration[part], values[part], color=colour, lw=1.5, label=f"hall {hall}")
            if n == 0 and len(parts) > 1:
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
            axes.set_title(label)
            axes.set_xlabel("Iteration")
            style.quiet_axes(axes)
        return style.save(figure, path)


def _cycle(count: int) -> list[str]:
    return [style.LINES[n % len(style.LINES)] for n in range(count)]
