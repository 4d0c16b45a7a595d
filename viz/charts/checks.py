"""The physics checks of a run: how far each value is from its limit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from viz import style

if TYPE_CHECKING:
    from xarray import Dataset

_NAMES = ("check_value", "check_limit")
_LEAST, _MOST = 1e-4, 30.0  # of value over limit, as drawn
_ROW = 0.27  # in


def physics_checks_picture(data: Dataset, path: str | Path, *, title: str = "") -> Path:
    """Value over limit of every check, a row a check and a mark a hall; writes a PNG.

    data  the group `hall` of a run: check_value, check_limit (check) with the coordinates check ("hall:name")
          and check_unit

    Raises InputError where the run holds no checks.
    """
    for name in _NAMES:
        require(name in data, f"the run holds no {name!r}", hint="a run with the air solver switched on")
    halls, names = zip(*(str(name).split(":", 1) for name in data["check"].values), strict=True)
    rows = list(dict.fromkeys(names))
    kinds = sorted(set(halls), key=int)
    value, limit = (np.asarray(data[name].values, dtype=np.float64) for name in _NAMES)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(value <= 0.0, 0.0, value / limit)  # a limit of zero: anything above is too much
    passed = value <= limit
    body = max(_ROW * len(rows), 1.6)
    with style.look():
        figure = style.new_figure(9.5, body + 1.4)
        failed = int((~passed).sum())
        verdict = "all pass" if not failed else f"{failed} FAILED"
        said = f"{passed.size} physics checks: {verdict}"
        style.heading(figure, title or "Physics checks", said, left=0.35)
        axes = style.place(figure, 3.6, 0.55, 3.6, body)
        axes.axvspan(1.0, _MOST, color=style.HOT_AISLE, lw=0)
        axes.axvline(1.0, color=style.INK, lw=1.0)
        axes.set_xscale("log")
        axes.set_xlim(0.7 * _LEAST, _MOST)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(range(len(rows)), rows)
        for n, (hall, name) in enumerate(zip(halls, names, strict=True)):
            spread = 0.3 * (kinds.index(hall) - 0.5 * (len(kinds) - 1)) / max(1, len(kinds) - 1)
            shown = np.nan_to_num(np.clip(share[n], _LEAST, 0.8 * _MOST), nan=0.8 * _MOST)
            colour = style.GREEN if passed[n] else style.VERMILION
            axes.plot(shown, rows.index(name) + spread, "o", ms=5.0, color=colour)
        for row, name in enumerate(rows):
            mine = [n for n, each in enumerate(names) if each == name]
            worst = max(mine, key=lambda n: (not passed[n], np.nan_to_num(share[n], nan=np.inf)))
            unit = str(data["check_unit"].values[worst]).strip("-")
            text = f"{value[worst]:.2g} of {limit[worst]:g} {unit}".strip()
            axes.annotate(
                text, (1.0, row), (8, 0), xycoords=axes.get_yaxis_transform(), textcoords="offset points",
                va="center", fontsize=7.5, color=style.INK if passed[worst] else style.VERMILION,
            )  # fmt: skip
        axes.set_xlabel("Value over limit" + (", a mark for each hall" if len(kinds) > 1 else ""))
        style.quiet_axes(axes, grid="x")
        return style.save(figure, path)
