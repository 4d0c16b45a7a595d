"""Lines that a program computed against points that somebody else measured or published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geometry.errors import require
from viz import style
from viz.style import Array

_COLUMNS = 4
_WIDTH, _HEIGHT = 2.7, 2.2  # of a panel [in]
_LEFT, _BELOW, _ABOVE, _HEAD = 0.75, 0.62, 0.45, 0.75  # [in]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One profile.

    published, ours  (place, value); as many points as each has
    upright          the place runs up the picture, as a height does
    """

    title: str
    place: str  # label with unit
    value: str
    published: tuple[Array, Array]
    ours: tuple[Array, Array]
    upright: bool = False


def profiles(curves: Sequence[Curve], path: str | Path, *, title: str, subtitle: str = "") -> Path:
    """A panel for each curve: published points, our line; writes a PNG. Raises InputError without curves."""
    require(len(curves) > 0, "profiles to draw: none")
    columns = min(_COLUMNS, len(curves))
    rows = -(-len(curves) // columns)
    width = max(columns * (_WIDTH + _LEFT) + 0.3, 6.0)
    height = rows * (_HEIGHT + _BELOW + _ABOVE) + _HEAD
    with style.look():
        figure = style.new_figure(width, height)
        style.heading(figure, title, subtitle, left=_LEFT - 0.25)
        for number, curve in enumerate(curves):
            row, column = divmod(number, columns)
            left = _LEFT + column * (_WIDTH + _LEFT)
            bottom = height - _HEAD - _ABOVE - _HEIGHT - row * (_HEIGHT + _BELOW + _ABOVE)
            axes = style.place(figure, left, bottom, _WIDTH, _HEIGHT)
            axes.set_title(curve.title)
            order = np.argsort(curve.published[0])
            points = (curve.published[0][order], curve.published[1][order])
            flip = slice(None, None, -1 if curve.upright else 1)
            axes.plot(*curve.ours[flip], color=style.BLUE, label="computed")
            axes.plot(*points[flip], "o", ms=3.5, mfc="none", color=style.VERMILION, label="published")
            labels = (curve.place, curve.value)[flip]
            axes.set_xlabel(labels[0])
            axes.set_ylabel(labels[1])
            style.quiet_axes(axes, grid="both")
            if number == 0:
                axes.legend(loc="best")
        return style.save(figure, path)
