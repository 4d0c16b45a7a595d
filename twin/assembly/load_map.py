"""Load map of a hall: the IT power of each rack position, from a CSV file (row, position, kW).

Positions count from 1 at the low-x end of a row, as in the racks' names. A position without a line, or
without a power, is empty and stays blanked. Columns part by comma, or by semicolon with decimal commas.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from geometry.errors import InputError, require
from geometry.hall import Hall
from twin.units import KW

COLUMNS = ("row", "position", "kW")
MOST_POWER = 1000.0  # [kW]; the largest rack announced has 600 (conf/compute/kyber_nvl576.yaml)
Place = tuple[str, int]  # row, position from 1


def read_load_map(path: str | Path) -> dict[Place, float]:
    """Power [W] of each occupied position, in the order of the file; lines that start with '#' pass.

    Raises InputError naming the file and the first offending line.
    """
    file = Path(path)
    require(
        file.is_file(),
        f"load map {file} does not exist",
        hint="paths are relative to the folder the command runs in",
    )
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"load map {file} cannot be read: {error}") from error
    semicolons = any(";" in line for line in lines if not line.lstrip().startswith("#"))
    rows = [
        (number, [cell.strip() for cell in cells])
        for number, cells in enumerate(csv.reader(lines, delimiter=";" if semicolons else ","), start=1)
        if cells and not cells[0].lstrip().startswith("#")
    ]
    require(
        bool(rows) and rows[0][1] == list(COLUMNS),
        f"load map {file}: the first line must be {','.join(COLUMNS)}",
        hint="a header line, then one line for each occupied position, such as A,1,120",
    )
    found: dict[Place, float] = {}
    seen: set[Place] = set()
    for number, cells in rows[1:]:
        where = f"load map {file}, line {number}"
        require(len(cells) == 3, f"{where}: {len(cells)} cells; row, position and kW are needed")
        row, position, power = cells
        require(
            position.isdecimal() and int(position) > 0,
            f"{where}: position {position!r}: must be a whole number, from 1",
        )
        place = (row, int(position))
        require(place not in seen, f"{where}: position {position} of row {row} stands there twice")
        seen.add(place)
        text = power.replace(",", ".") if semicolons else power
        value = _power(text, f"{where}: power of position {position} of row {row}")
        if value > 0.0:
            found[place] = value * KW
    require(bool(found), f"load map {file}: no position has any power")
    return found


def _power(text: str, where: str) -> float:
    if not text:
        return 0.0
    try:
        value = float(text)
    except ValueError:
        raise InputError(f"{where} = {text!r}: not a number") from None
    require(math.isfinite(value) and value >= 0.0, f"{where} = {value:g} kW: must not be negative")
    require(
        value <= MOST_POWER,
        f"{where} = {value:g} kW: outside 0..{MOST_POWER:g} kW of a rack",
        hint="powers are in kilowatts",
    )
    return value


def occupy(hall: Hall, load: Mapping[Place, float]) -> Hall:
    """The hall with equipment at the positions of `load` only.

    Raises InputError for a position that the hall does not have.
    """
    places = {(rack.row, rack.position + 1) for rack in hall.racks}
    for row, position in load:
        number = sum(place[0] == row for place in places)
        require(
            (row, position) in places,
            f"load map: hall {hall.name} has no position {position} in row {row!r}",
            hint=f"row {row} has {number} positions" if number else f"its rows are {', '.join(hall.rows)}",
        )
    return replace(
        hall,
        racks=tuple(
            replace(rack, populated=rack.populated and (rack.row, rack.position + 1) in load)
            for rack in hall.racks
        ),
    )


def load_ratios(hall: Hall, load: Mapping[Place, float] | None, rack_power: float) -> dict[str, float]:
    """Power of each populated rack over `rack_power` [W], that of its class; 1 without a map."""
    if load is None:
        return {rack.name: 1.0 for rack in hall.populated}
    return {rack.name: load[rack.row, rack.position + 1] / rack_power for rack in hall.populated}
