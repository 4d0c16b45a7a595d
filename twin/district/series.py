"""A year of hours from a CSV file: heat demand, temperatures of a network, water of another data centre."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from geometry.errors import InputError, require
from geometry.grid import Array
from twin.units import KW, ZERO_CELSIUS

HOURS = 8760


class Column(NamedTuple):
    """What a column of a file holds, its unit, and the least value that makes sense."""

    name: str
    unit: str
    least: float


_DEMAND = (Column("demand", "kW", 0.0),)
_REGIME = (Column("supply", "degC", 0.0), Column("return", "degC", 0.0))
_WATER = (Column("heat", "kW", 0.0), Column("temperature", "degC", 0.0))


def read_demand(path: str | Path) -> Array:
    """(8760,) heat sold [W] from a CSV file of kW: the last column of each row; a header and '#' lines pass.

    Columns part by comma, or by semicolon with decimal commas. Raises InputError naming file and line for
    gaps, text, negative numbers, a wrong number of hours, and a year without any heat.
    """
    heat = KW * read_hours(path, "demand file", _DEMAND)[0]
    require(float(heat.sum()) > 0.0, f"demand file {path}: no heat in any hour")
    return heat


def read_regime(path: str | Path) -> tuple[Array, Array]:
    """(8760,) supply and return of a network [K], from the last two columns [degC].

    Raises as `read_demand`.
    """
    supply, back = read_hours(path, "network temperatures", _REGIME)
    return ZERO_CELSIUS + supply, ZERO_CELSIUS + back


def read_water(path: str | Path) -> tuple[Array, Array]:
    """(8760,) heat [W] and temperature [K] of water on offer, from the last two columns [kW, degC]."""
    heat, temperature = read_hours(path, "offer of a feed", _WATER)
    require(float(heat.sum()) > 0.0, f"offer of a feed {path}: no heat in any hour")
    return KW * heat, ZERO_CELSIUS + temperature


def read_hours(path: str | Path, what: str, columns: tuple[Column, ...]) -> Array:
    """(columns, 8760) the last columns of a CSV file, as written. Raises InputError as `read_demand`."""
    file = Path(path)
    named = ", ".join(f"{column.name} [{column.unit}]" for column in columns)
    way = f"{named} in the last {len(columns)} columns of each of 8,760 rows"
    if len(columns) == 1:
        way = f"one number [{columns[0].unit}] in the last column of each of 8,760 rows"
    try:
        rows = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{what} {file}: {getattr(error, 'strerror', None) or error}") from error
    while rows and not rows[-1].strip():
        rows.pop()
    values: list[list[float]] = []
    header = False
    for number, row in enumerate(rows, start=1):
        where = f"{what} {file}, line {number}"
        if row.lstrip().startswith("#"):
            continue
        cells = _cells(row)[-len(columns) :]
        require(len(cells) == len(columns) and all(cells), f"{where}: a gap", hint=way)
        try:
            found = [float(cell) for cell in cells]
        except ValueError:
            if not values and not header:
                header = True
                continue
            raise InputError(f"{where}: {', '.join(cells)!r} is not a number\n  try: {way}") from None
        for column, cell, value in zip(columns, cells, found, strict=True):
            require(math.isfinite(value), f"{where}: {cell!r} is not a finite number", hint=way)
            require(
                value >= column.least,
                f"{where}: {column.name} = {value:g} {column.unit}: must not be negative",
            )
        values.append(found)
    require(
        len(values) == HOURS,
        f"{what} {file} holds {len(values)} hours; {HOURS} are needed",
        hint="fill gaps, drop 29 February, resample to hourly means",
    )
    return np.array(values).T.copy()


def _cells(row: str) -> list[str]:
    """Parted by comma, or by semicolon with decimal commas; a comment behind '#' is left out."""
    text = row.split("#", 1)[0].strip()
    parts = text.replace(",", ".").split(";") if ";" in text else text.split(",")
    return [part.strip() for part in parts]
