"""What the computers draw, hour by hour, as a share of their design power."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geometry.errors import InputError, require, require_range
from geometry.grid import Array
from twin.schema import WorkloadConf, WorkloadKind

HOURS = 8760
_MONDAY = 0  # the year starts on a Monday, so that weekends fall alike in every run
_NIGHT_HOUR = 4.0  # quietest hour of an interactive service [h]; the busiest is twelve hours later


def it_load(workload: WorkloadConf) -> Array:
    """(8760,) IT power over IT design power [-], in 0..1: idle share plus the dynamic power in use.

    constant     the mean utilisation, all year.
    checkpoint   dips of `dip_share` of the dynamic power during `dip_hours_per_day`. Checkpoints last
                 seconds to minutes: the hourly power holds their mean effect, not their depth.
    inference    a daily cosine between `night_share` and 1 of the peak, weaker on weekends, scaled so that
                 the year's mean utilisation is `utilisation` (refused where the peak would exceed 1).
    trace        a CSV file of 8,760 utilisations in 0..1, one a row.

    Raises InputError for values out of range and for files with gaps.
    """
    where = f"workload {workload.name}"
    require_range("workload.utilisation", workload.utilisation, 0.0, 1.0, "-", element=where)
    require_range("workload.idle_share", workload.idle_share, 0.0, 1.0, "-", element=where)
    load = workload.idle_share + (1.0 - workload.idle_share) * _utilisation(workload, where)
    require(
        float(load.max()) > 0.0,
        f"{where}: the computers draw nothing in any hour",
        hint="workload.utilisation=0.9, or workload.idle_share above 0",
    )
    return load


def _utilisation(workload: WorkloadConf, where: str) -> Array:
    if workload.kind is WorkloadKind.constant:
        return np.full(HOURS, workload.utilisation)
    if workload.kind is WorkloadKind.checkpoint:
        dip = require_range("workload.dip_share", workload.dip_share, 0.0, 1.0, "-", element=where)
        hours = require_range(
            "workload.dip_hours_per_day", workload.dip_hours_per_day, 0.0, 24.0, "h", element=where
        )
        return np.full(HOURS, workload.utilisation * (1.0 - dip * hours / 24.0))
    if workload.kind is WorkloadKind.inference:
        return _daily_curve(workload, where)
    require(
        workload.file is not None,
        f"{where} is a trace without a file",
        hint="workload.file=PATH of a CSV with 8,760 rows of utilisation in 0..1",
    )
    return read_trace(str(workload.file))


def _daily_curve(workload: WorkloadConf, where: str) -> Array:
    night = require_range("workload.night_share", workload.night_share, 0.0, 1.0, "-", element=where)
    weekend = require_range("workload.weekend_share", workload.weekend_share, 0.0, 1.0, "-", element=where)
    hour = np.arange(HOURS)
    daily = 0.5 * (1.0 + night) - 0.5 * (1.0 - night) * np.cos(
        2.0 * np.pi * (hour % 24 + 0.5 - _NIGHT_HOUR) / 24.0
    )
    is_weekend = (hour // 24 + _MONDAY) % 7 >= 5
    shape = daily * np.where(is_weekend, weekend, 1.0)
    scaled = shape * (workload.utilisation / shape.mean())
    require(
        float(scaled.max()) <= 1.0 + 1e-9,
        f"{where}: a mean utilisation of {workload.utilisation:g} with these nights and weekends needs a "
        f"peak of {scaled.max():.2f}, above 1",
        hint=f"workload.utilisation={shape.mean() / shape.max():.2f} or less",
    )
    return np.minimum(scaled, 1.0)


def read_trace(path: str | Path) -> Array:
    """(8760,) utilisation in 0..1 from a CSV file: the last column of each row; header and '#' lines pass.

    Columns part by comma, or by semicolon with decimal commas. Raises InputError naming the file and the
    first offending row.
    """
    file = Path(path)
    require(file.is_file(), f"workload trace {file} does not exist")
    values: list[float] = []
    header_seen = False
    with open(file, encoding="utf-8-sig") as rows:
        for number, row in enumerate(rows, start=1):
            text = row.split("#", 1)[0].strip()
            if not text:
                continue
            cell = text.split(";")[-1].replace(",", ".") if ";" in text else text.split(",")[-1]
            cell = cell.strip()
            try:
                value = float(cell)
            except ValueError:
                if not values and not header_seen:
                    header_seen = True
                    continue
                raise InputError(
                    f"workload trace {file}, line {number}: {cell!r} is not a number\n"
                    "  try: one utilisation in 0..1 in the last column of every row"
                ) from None
            require(
                0.0 <= value <= 1.0,
                f"workload trace {file}, line {number}: utilisation = {value:g}: outside 0..1",
                hint="divide percentages by 100",
            )
            values.append(value)
    require(
        len(values) == HOURS,
        f"workload trace {file} holds {len(values)} hours; {HOURS} are needed",
        hint="fill gaps, drop 29 February, resample to hourly means",
    )
    return np.asarray(values)
