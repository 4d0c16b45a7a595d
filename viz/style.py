"""One look for every picture: colours, sizes, units of labels. Matplotlib is imported when drawing starts.

Temperature has one colour map in plans, sections and the 3-D scene: "coolwarm", the diverging map of
K. Moreland (Diverging color maps for scientific visualization, ISVC 2009), which ParaView uses too. People
read blue as cold and red as hot at once; its steps are perceptually even; it keeps its order for
colour-blind readers; and its even lightness survives on shaded surfaces. Its pale middle is the middle of the
scale, not a threshold. "jet" and "turbo" have none of the last three properties; "inferno" and "plasma" are
as even, but paint the cold air that fills most of a hall near black.
Categorical colours are those of M. Okabe and K. Ito (2008), which differ for colour-blind readers too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

TEMPERATURE_MAP = "coolwarm"
PICTURE_SIZE = (1600, 1000)  # of the 3-D scene [px]
DPI = 150

INK = "#1d2733"
MUTED = "#66727f"
RULE = "#d9dee4"
PAPER = "#ffffff"
RACK = "#e4e8ec"
RACK_EMPTY = "#f6f7f8"
CDU = "#8fa9a6"
UNIT = "#a8c6e0"
PDU = "#e8d9a0"
DOOR = "#b07aa1"
PANEL = "#24323d"
GLASS, GLASS_EDGE = "#d3e8f6", "#4f7894"  # panels in 3-D
SOLID = "#b9c0c8"
COLD_AISLE = "#dcebf6"
HOT_AISLE = "#fbe2d4"

BLUE = "#0072b2"
VERMILION = "#d55e00"
GREEN = "#009e73"
ORANGE = "#e69f00"
SKY = "#56b4e9"
PURPLE = "#cc79a7"
SUPPLY, RETURN = BLUE, VERMILION  # coolant
AIR_SUPPLY, AIR_RETURN = GREEN, ORANGE  # openings, legible on the temperature map too
LINES = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY)

ZERO_CELSIUS = 273.15


def celsius(kelvin: Array) -> Array:
    """Temperatures [K] as people read them [°C]; NaN stays NaN."""
    return np.asarray(kelvin, dtype=np.float64) - ZERO_CELSIUS


def degrees(kelvin: float) -> str:
    """'31.4 °C'."""
    return f"{kelvin - ZERO_CELSIUS:.1f} °C"


def temperature_limits(*fields: Array) -> tuple[float, float]:
    """Ends of a colour scale [°C] for temperatures [K]: whole degrees that hold all but 0.5 % at each end.

    A uniform field still gets a scale of 2 K, so that round-off does not show as structure.
    """
    values = np.concatenate([np.ravel(field) for field in fields])
    values = values[np.isfinite(values)]
    if values.size == 0:
        return (20.0, 30.0)
    low, high = (float(q) - ZERO_CELSIUS for q in np.percentile(values, (0.5, 99.5)))
    # a field of exactly 25 °C, stored in single precision, must not fall below its own scale
    low, high = np.floor(low + 1e-4), np.ceil(high - 1e-4)
    if high - low < 2.0:
        centre = round(0.5 * (low + high))
        low, high = centre - 1.0, centre + 1.0
    if (high - low) % 2.0:  # the middle is a whole degree too
        high += 1.0
    return (float(low), float(high))


@contextmanager
def look() -> Iterator[None]:
    """Matplotlib settings of every chart, for the duration of a `with`; nothing global is left changed."""
    import matplotlib as mpl

    settings: dict[Any, Any] = {
        "font.family": "DejaVu Sans",  # comes with matplotlib: the same picture on every machine
        "font.size": 9.0,
        "axes.titlesize": 10.0,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 8.0,
        "axes.labelsize": 9.0,
        "axes.labelcolor": INK,
        "axes.edgecolor": MUTED,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "text.color": INK,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": 8.0,
        "ytick.labelsize": 8.0,
        "grid.color": RULE,
        "grid.linewidth": 0.7,
        "legend.frameon": False,
        "legend.fontsize": 8.0,
        "lines.linewidth": 1.8,
        "lines.solid_capstyle": "round",
        "hatch.linewidth": 0.6,
        "figure.facecolor": PAPER,
        "axes.facecolor": PAPER,
    }
    with mpl.rc_context(settings):
        yield


def new_figure(width: float, height: float) -> Figure:
    """A figure [in] that belongs to no window system and no global state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def save(figure: Figure, path: str | Path) -> Path:
    """Write a PNG and return its path; the folder is made where it is missing."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="png", dpi=DPI)
    return path


def heading(figure: Figure, title: str, subtitle: str = "", *, left: float = 0.45, top: float = 0.28) -> None:
    """Title and one muted line under it, `left` and `top` inches from the corner."""
    width, height = figure.get_size_inches()
    x = left / width

    def fitting(text: str, size: float) -> float:
        """Font size at which a line stays on the page; a letter is about 0.6 of it wide."""
        return min(size, 72.0 * (width - left - 0.2) / (0.6 * len(text)))

    size = fitting(title, 13.5)
    figure.text(x, 1.0 - top / height, title, fontsize=size, fontweight="bold", va="center", ha="left")
    if subtitle:
        y = 1.0 - (top + 0.26) / height
        size = fitting(subtitle, 9.0)
        figure.text(x, y, subtitle, fontsize=size, color=MUTED, va="center", ha="left")


def place(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a position given in inches from the lower left corner."""
    w, h = figure.get_size_inches()
    return figure.add_axes((left / w, bottom / h, width / w, height / h))


def temperature_bar(
    figure: Figure, limits: tuple[float, float], label: str, at: tuple[float, float, float, float]
) -> Colorbar:
    """A colour bar [°C] at (left, bottom, width, height) inches; values beyond its ends are clipped."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    axes = place(figure, *at)
    upright = at[3] > at[2]
    bar = figure.colorbar(
        ScalarMappable(Normalize(*limits), TEMPERATURE_MAP),
        cax=axes,
        orientation="vertical" if upright else "horizontal",
    )
    bar.outline.set_visible(False)
    bar.set_label(label)
    return bar


def quiet_axes(axes: Axes, *, grid: str = "y") -> None:
    """Thin rules along one axis, no tick marks."""
    axes.tick_params(length=0)
    if grid:
        axes.grid(axis=grid)  # type: ignore[arg-type]
