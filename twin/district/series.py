"""A year of heat demand from a CSV file."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from geometry.errors import InputError, require
from geometry.grid import Array
from twin.units import KW

HOURS = 8760
_WAY = "one number [kW] in the last column of each of 8,760 rows"


def read_demand(path: str | Path) -> Array:
    """(8760,) heat sold [W] from a CSV file of kW: the last column of each row; a header and '#' lines pass.

    Columns part by comma, or by semicolon with decimal commas. Raises InputError naming file and line for
    gaps, text, negative numbers, a wrong number of hours, and a year without any heat.
    """
    file = Path(path)
    try:
        rows = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"demand file {file}: {getattr(error, 'strerror', None) or error}") from error
    while rows and not rows[-1].strip():
        rows.pop()
    values: list[float] = []
    header = False
    for number, row in enumerate(rows, start=1):
        where = f"demand file {file}, line {number}"
        if row.lstrip().startswith("#"):
            continue
        text = row.split("#", 1)[0].strip()
        cell = text.split(";")[-1].strip().replace(",", ".") if ";" in text else text.split(",")[-1].strip()
        require(bool(cell), f"{where}: a gap", hint=_WAY)
        try:
            value = float(cell)
        except ValueError:
            if not values and not header:
                header = True
                continue
            raise InputError(f"{where}: {cell!r} is not a number\n  try: {_WAY}") from None
        require(math.isfinite(value), f"{where}: {cell!r} is not a finite number", hint=_WAY)
        require(value >= 0.0, f"{where}: demand = {value:g} kW: must not be negative")
        values.append(KW * value)
    require(
        len(values) == HOURS,
        f"demand file {file} holds {len(values)} hours; {HOURS} are needed",
        hint="fill gaps, drop 29 February, resample to hourly means",
    )
    require(sum(values) > 0.0, f"demand file {file}: no heat in any hour")
    return np.array(values)
