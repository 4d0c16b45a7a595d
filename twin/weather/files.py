"""Weather from a file: EPW, TMY3 or PVGIS TMY, read by pvlib and checked hour by hour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from geometry.errors import InputError, require
from geometry.grid import Array
from solvers import psychrometrics as air
from twin.weather import HOURS, MONTH_DAYS, MONTH_OF_DAY, Weather, weather_from

_EXPORT_AGAIN = "export the whole year again, or use a generated climate (climate.file=null)"
# physical range in the file's own unit; the missing-value codes of EPW (99.9, 999, 999999) lie outside
_LIMITS = {
    "temp_air": (-70.0, 60.0, "dry bulb", "degC"),
    "relative_humidity": (0.0, 110.0, "relative humidity", "%"),
    "pressure": (50000.0, 110000.0, "pressure", "Pa"),
    "wind_speed": (0.0, 60.0, "wind speed", "m/s"),
}


def read_weather(path: str | Path, *, altitude: float | None = None) -> Weather:
    """The 8,760 hours of an EPW file, a TMY3 CSV or a PVGIS TMY CSV.

    29 February is dropped. `altitude` [m] stands in for a missing pressure column (standard atmosphere).
    PVGIS hours are in UTC and stay so.

    Raises InputError naming the file when it cannot be read, hours are missing or double, or values are
    missing or impossible: the count and the first such hour are given.
    """
    file = Path(path)
    require(
        file.is_file(),
        f"weather file {file} does not exist",
        hint="paths are relative to the folder the command runs in",
    )
    try:
        month, day, hour, columns = _parse(file)
    except InputError:
        raise
    except Exception as reason:  # pvlib and pandas raise whatever a malformed row provokes
        raise InputError(
            f"weather file {file} is not an EPW, TMY3 or PVGIS TMY file pvlib can read: {reason}\n"
            f"  try: {_EXPORT_AGAIN}"
        ) from reason
    order = _hours_in_order(file, month, day, hour)
    values = {name: column[order] for name, column in columns.items()}
    if "pressure" not in values:
        values["pressure"] = np.full(HOURS, float(air.standard_pressure(altitude or 0.0)))
    for name, (low, high, title, unit) in _LIMITS.items():
        _check_column(file, title, unit, values[name], low, high)
    return weather_from(
        source=f"file {file.name}",
        dry_bulb=values["temp_air"] + 273.15,
        relative_humidity=np.clip(values["relative_humidity"] / 100.0, 0.0, 1.0),
        pressure=values["pressure"],
        wind=values["wind_speed"],
    )


def _parse(file: Path) -> tuple[Any, Any, Any, dict[str, Array]]:
    """Month, day and hour (0..23, start of the hour) of each row, and the columns in pvlib's names."""
    from pvlib import iotools

    with open(file, encoding="utf-8", errors="replace") as lines:
        first, second = lines.readline(), lines.readline()
    if first.upper().startswith("LOCATION"):
        frame, _ = iotools.read_epw(str(file))
        index = frame.index
    elif "Date (MM/DD/YYYY)" in second:
        frame, _ = iotools.read_tmy3(str(file))
        starts_at_midnight = frame.index[0].hour == 0  # SolarAnywhere labels the start of the hour
        index = frame.index if starts_at_midnight else frame.index - np.timedelta64(1, "h")
    elif first.lower().startswith("latitude"):
        frame, _ = iotools.read_pvgis_tmy(str(file))
        index = frame.index
    else:
        raise InputError(
            f"weather file {file}: its first line is neither that of an EPW (LOCATION,...), a TMY3 nor a "
            f"PVGIS TMY file\n  try: {_EXPORT_AGAIN}"
        )
    frame = frame.rename(columns={"atmospheric_pressure": "pressure"})
    columns = {name: np.asarray(frame[name], dtype=np.float64) for name in _LIMITS if name in frame.columns}
    for name in ("temp_air", "relative_humidity", "wind_speed"):
        require(name in columns, f"weather file {file} has no column for {_LIMITS[name][2]}")
    is_tmy3 = "Date (MM/DD/YYYY)" in second
    if is_tmy3 and "pressure" in columns:
        columns["pressure"] = columns["pressure"] * 100.0  # TMY3 gives millibar
    return np.asarray(index.month), np.asarray(index.day), np.asarray(index.hour), columns


def _hours_in_order(file: Path, month: Any, day: Any, hour: Any) -> np.ndarray:
    """(8760,) row of each hour of a common year."""
    first_day = np.concatenate(([0], np.cumsum(MONTH_DAYS)[:-1]))
    rows = np.flatnonzero(~((month == 2) & (day == 29)))
    position = (first_day[month[rows] - 1] + day[rows] - 1) * 24 + hour[rows]
    count = np.bincount(position, minlength=HOURS)
    missing = np.flatnonzero(count == 0)
    require(
        missing.size == 0,
        f"weather file {file}: {missing.size} of {HOURS} hours are missing, the first is "
        f"{_name_hour(int(missing[0])) if missing.size else ''}",
        hint=_EXPORT_AGAIN,
    )
    double = np.flatnonzero(count > 1)
    require(
        double.size == 0,
        f"weather file {file}: {double.size} hours appear more than once, the first is "
        f"{_name_hour(int(double[0])) if double.size else ''}",
        hint=_EXPORT_AGAIN,
    )
    order = np.empty(HOURS, dtype=np.intp)
    order[position] = rows
    return order


def _check_column(file: Path, title: str, unit: str, values: Array, low: float, high: float) -> None:
    bad = np.flatnonzero(~((values >= low) & (values <= high)))
    if bad.size:
        raise InputError(
            f"weather file {file}: {title} is missing or outside {low:g}..{high:g} {unit} in {bad.size} "
            f"hours, the first is {_name_hour(int(bad[0]))} ({values[bad[0]]:g} {unit})\n"
            f"  try: {_EXPORT_AGAIN}"
        )


def _name_hour(hour: int) -> str:
    """'03-02 17:00' for an hour of a common year (month-day, start of the hour)."""
    day, of_day = divmod(hour, 24)
    month = int(MONTH_OF_DAY[day])
    return f"{month + 1:02d}-{day - int(MONTH_DAYS[:month].sum()) + 1:02d} {of_day:02d}:00"
