"""A year of heat: what the site offers, what the network takes, what goes to the sky."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from viz import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from xarray import Dataset

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_VENTED = "#c7cfd7"
_TAKEN = style.GREEN
_DEMAND = style.VERMILION


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heat:
    """Hourly heat flows [MW] and their place in the calendar; `demand` and `delivered` are None without
    a network."""

    available: style.Array
    taken: style.Array
    demand: style.Array | None
    delivered: style.Array | None
    day: NDArray[np.int64]  # of each hour, from 0
    month: NDArray[np.int64]  # of each hour, 0 = January

    @property
    def vented(self) -> style.Array:
        return self.available - self.taken


def year_chart(year: Dataset, path: str | Path, *, district: Dataset | None = None, title: str = "") -> Path:
    """Heat offered, taken and vented by day, month and duration, with the network's demand; writes a PNG.

    year      the group `year` of a run: heat_available (time) [W]; `time` holds dates, or the hours of a
              common year
    district  its group `district`: heat_taken, heat_demand, heat_delivered (time) [W]; None: no network

    Raises InputError where the year holds no heat_available.
    """
    heat = _read(year, district)
    with style.look():
        figure = style.new_figure(11.0, 7.6)
        style.heading(figure, title or "A year of heat", _sums(heat), left=0.75)
        upper = style.place(figure, 0.75, 3.85, 9.9, 2.75)
        lower_left = style.place(figure, 0.75, 0.6, 4.6, 2.2)
        lower_right = style.place(figure, 6.25, 0.6, 4.4, 2.2)
        _days(upper, heat)
        _month_bars(lower_left, heat)
        _durations(lower_right, heat)
        return style.save(figure, path)


def _read(year: Dataset, district: Dataset | None) -> _Heat:
    require(
        "heat_available" in year,
        "the run holds no 'heat_available'",
        hint="a run with the year switched on",
    )
    available = _megawatts(year, "heat_available")
    hours = available.size
    time = year["time"].values if "time" in year.coords else np.arange(hours)
    if not np.issubdtype(time.dtype, np.datetime64):  # hours of a common year; 2001 stands for any
        time = np.datetime64("2001-01-01T00", "h") + np.arange(hours) * np.timedelta64(1, "h")
    dates = time.astype("datetime64[D]")
    taken = demand = delivered = None
    if district is not None and district.sizes.get("time", 0) == hours:
        taken = _megawatts(district, "heat_taken") if "heat_taken" in district else None
        demand = _megawatts(district, "heat_demand") if "heat_demand" in district else None
        delivered = _megawatts(district, "heat_delivered") if "heat_delivered" in district else None
    return _Heat(
        available=available,
        taken=np.zeros(hours) if taken is None else taken,
        demand=demand,
        delivered=delivered,
        day=(dates - dates[0]).astype(np.int64),
        month=time.astype("datetime64[M]").astype(np.int64) % 12,
    )


def _megawatts(data: Dataset, name: str) -> style.Array:
    """Hourly values [MW]; a value that does not exist counts as no heat."""
    return np.nan_to_num(np.asarray(data[name].values, dtype=np.float64)) * 1e-6


def _energy(megawatts: style.Array) -> str:
    """Sum of hourly values for people."""
    gigawatt_hours = float(megawatts.sum()) * 1e-3
    return f"{gigawatt_hours:,.0f} GWh" if gigawatt_hours >= 20.0 else f"{gigawatt_hours:.1f} GWh"


def _sums(heat: _Heat) -> str:
    parts = [f"offered {_energy(heat.available)}"]
    if heat.demand is not None:
        parts += [f"taken from the site {_energy(heat.taken)}", f"vented {_energy(heat.vented)}"]
        parts.append(f"network's demand {_energy(heat.demand)}")
    else:
        parts.append("no network: all of it vented")
    return " · ".join(parts)


def _daily(heat: _Heat, values: style.Array) -> style.Array:
    """Mean of each day; a day cut short by the record counts the hours it has."""
    hours = np.maximum(np.bincount(heat.day), 1)
    return np.asarray(np.bincount(heat.day, weights=values) / hours, dtype=np.float64)


def _days(axes: Axes, heat: _Heat) -> None:
    available, taken = _daily(heat, heat.available), _daily(heat, heat.taken)
    day = np.arange(available.size) + 0.5
    axes.fill_between(day, taken, available, color=_VENTED, lw=0.0, label="vented", zorder=2.0)
    if heat.demand is not None:
        axes.fill_between(day, 0.0, taken, color=_TAKEN, lw=0.0, label="taken from the site", zorder=2.1)
        demand = _daily(heat, heat.demand)
        axes.plot(day, demand, color=_DEMAND, lw=1.4, label="network's demand", zorder=3.0)
    axes.plot(day, available, color=style.INK, lw=1.2, label="offered", zorder=3.0)
    axes.set_xlim(0.0, day.size)
    axes.set_ylim(0.0, None)
    axes.set_ylabel("Daily mean [MW]")
    axes.set_title("By day")
    first = np.flatnonzero(np.diff(heat.month, prepend=-1))
    starts = heat.day[first]
    axes.set_xticks(starts, [])
    ends = np.append(starts[1:], day.size)
    for start, end, month in zip(starts, ends, heat.month[first], strict=True):
        if end - start > 10:  # room for a name
            axes.annotate(
                _MONTHS[month],
                (0.5 * (start + end), 0.0),
                xycoords=axes.get_xaxis_transform(),
                xytext=(0, -10),
                textcoords="offset points",
                ha="center",
                va="center",
                fontsize=8.0,
            )
    style.quiet_axes(axes, grid="both")
    axes.set_axisbelow(False)
    axes.grid(alpha=0.6)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, borderaxespad=0.3)


def _month_bars(axes: Axes, heat: _Heat) -> None:
    def sums(values: style.Array) -> style.Array:
        return np.asarray(np.bincount(heat.month, weights=values, minlength=12) * 1e-3, dtype=np.float64)

    taken, vented = sums(heat.taken), sums(heat.vented)
    place = np.arange(12)
    axes.bar(place, vented, 0.72, bottom=taken, color=_VENTED)
    if heat.demand is not None:
        axes.bar(place, taken, 0.72, color=_TAKEN)
        demand = sums(heat.demand)
        axes.hlines(demand, place - 0.4, place + 0.4, color=_DEMAND, lw=2.0)
        for n in range(12):
            if taken[n] > 0.0:
                axes.annotate(
                    f"{taken[n]:.0f}" if taken[n] >= 9.95 else f"{taken[n]:.1f}",
                    (n, max(taken[n], demand[n])),
                    xytext=(0, 3),
                    textcoords="offset points",
                    ha="center",
                    fontsize=6.5,
                )
    axes.set_xticks(place, [month[0] for month in _MONTHS])
    axes.set_xlim(-0.6, 11.6)
    axes.set_ylabel("Heat [GWh]")
    axes.set_title("By month" + (" (numbers: taken)" if heat.demand is not None else ""))
    style.quiet_axes(axes)


def _durations(axes: Axes, heat: _Heat) -> None:
    """Each curve sorted by itself; the scale is the network's, for it is the smaller one as a rule."""
    hours = np.arange(heat.available.size) + 0.5

    def falling(values: style.Array) -> style.Array:
        return np.sort(values)[::-1]

    offered = falling(heat.available)
    top = 1.1 * float(offered.max(initial=1e-9))
    if heat.demand is not None:
        demand = falling(heat.demand)
        axes.plot(hours, demand, color=_DEMAND, label="demand")
        if heat.delivered is not None:
            delivered = falling(heat.delivered)
            axes.plot(hours, delivered, color=style.BLUE, label="delivered (with heat pump)")
        axes.fill_between(hours, 0.0, falling(heat.taken), color=_TAKEN, alpha=0.85, lw=0.0, label="taken")
        top = min(top, 1.35 * float(demand.max(initial=0.0)) or top)
    if offered[-1] > top:
        axes.text(
            0.98,
            0.97,
            f"offered: {offered[-1]:.0f} to {offered[0]:.0f} MW, above this scale",
            transform=axes.transAxes,
            ha="right",
            va="top",
            fontsize=8.0,
            color=style.MUTED,
        )
    else:
        axes.plot(hours, offered, color=style.INK, lw=1.2, label="offered")
    axes.set_xlim(0.0, hours.size)
    axes.set_ylim(0.0, top)
    axes.set_xlabel("Hours of the year")
    axes.set_ylabel("Heat flow [MW]")
    axes.set_title("By duration")
    axes.legend(
        loc="upper right" if heat.demand is not None else "lower left", bbox_to_anchor=(0.0, 0.0, 1.0, 0.9)
    )
    style.quiet_axes(axes)
