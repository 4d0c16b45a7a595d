"""Coolant among the trays of the racks: what each is fed, and the junctions that follow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from viz import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from xarray import Dataset

_NAMES = ("tray_flow", "tray_gpu_junction", "tray_gpu_power")
_LABELLED = 40  # racks whose names still fit


def trays_picture(loop: Dataset, path: str | Path, *, limit: float, title: str = "") -> Path:
    """Flow of the trays over their rack's mean, and the GPU junction of every tray; writes a PNG.

    loop   the group of a run: tray_flow [kg/s], tray_gpu_junction [K], tray_gpu_power [W] (rack, tray)
    limit  of the junction [K]

    Raises InputError where the run does not tell trays apart.
    """
    for name in _NAMES:
        require(name in loop, f"the run holds no {name!r}", hint="compute.manifold.gpus_per_tray=4")
    flow, junction = (np.asarray(loop[name].values, dtype=np.float64) for name in _NAMES[:2])
    slowed = int((junction > limit).sum())
    said = "none at the limit" if not slowed else f"{slowed} of {junction.size} trays slow down"
    with style.look():
        figure = style.new_figure(11.0, 4.4)
        style.heading(
            figure,
            title or "Coolant among trays",
            f"hottest GPU junction {style.degrees(float(junction.max()))}, limit {style.degrees(limit)}: "
            f"{said}; tray 1 is where the supply enters the rack",
            left=0.75,
        )
        _shares(style.place(figure, 0.75, 0.65, 2.6, 2.8), flow)
        _junctions(figure, style.place(figure, 4.3, 0.65, 5.5, 2.8), loop, junction)
        return style.save(figure, path)


def _shares(axes: Axes, flow: style.Array) -> None:
    """From the least to the most that any rack gives its n-th tray, and their mean [%]."""
    share = 100.0 * flow / flow.mean(axis=1, keepdims=True)
    tray = np.arange(1, flow.shape[1] + 1)
    axes.fill_betweenx(tray, share.min(axis=0), share.max(axis=0), color=style.SKY, alpha=0.4, lw=0)
    axes.plot(share.mean(axis=0), tray, "o-", ms=3.5, color=style.BLUE)
    axes.axvline(100.0, color=style.MUTED, lw=0.8)
    axes.set_yticks(tray[:: -(-tray.size // 10)])
    axes.set_xlabel("Flow over the rack's mean tray [%]")
    axes.set_ylabel("Tray")
    axes.set_title("Flow, mean and range of racks")
    style.quiet_axes(axes, grid="both")


def _junctions(figure: Figure, axes: Axes, loop: Dataset, junction: style.Array) -> None:
    racks, trays = junction.shape
    # differences between trays are tenths of a kelvin: the scale is that of the data, not whole degrees
    shown = style.celsius(junction)
    low, high = float(shown.min()), float(shown.max())
    if high - low < 0.02:
        low, high = low - 0.01, high + 0.01
    axes.imshow(
        shown.T,
        origin="lower",
        aspect="auto",
        cmap=style.TEMPERATURE_MAP,
        vmin=low,
        vmax=high,
        extent=(-0.5, racks - 0.5, 0.5, trays + 0.5),
        interpolation="nearest",
    )
    names = [str(name) for name in loop["rack"].values]
    if len({name.split(":", 1)[0] for name in names}) == 1:
        names = [name.split(":", 1)[-1] for name in names]
    if racks <= _LABELLED:
        axes.set_xticks(np.arange(racks), names, rotation=90 if racks > 12 else 0, fontsize=7.0)
    else:
        axes.set_xlabel("Rack, in the order of the run")
    axes.set_ylabel("Tray")
    axes.set_title("GPU junction at the power asked for")
    style.quiet_axes(axes, grid="")
    style.temperature_bar(figure, (low, high), "°C", (10.0, 0.65, 0.14, 2.8))
