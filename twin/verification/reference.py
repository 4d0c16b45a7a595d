"""Tables of reference figures: data/reference/*.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geometry.errors import InputError, require
from geometry.grid import Array
from twin.resources import data_dir


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a reference file as text; `header` holds its comment lines '# key: value'."""

    name: str
    header: Mapping[str, str]
    rows: Sequence[Mapping[str, str]]

    @property
    def source(self) -> str:
        return self.header["source"]

    def numbers(self, column: str) -> Array:
        """A column as numbers; an empty cell is nan. Raises InputError for a missing column or other text."""
        try:
            return np.array([float(row[column] or "nan") for row in self.rows])
        except (KeyError, ValueError) as error:
            raise InputError(f"reference table {self.name}: column {column}: {error}") from error

    def texts(self, column: str) -> list[str]:
        try:
            return [row[column] for row in self.rows]
        except KeyError as error:
            raise InputError(f"reference table {self.name}: no column {column}") from error

    def where(self, column: str, value: str) -> Table:
        """The rows in which a column has this value."""
        return Table(self.name, self.header, [row for row in self.rows if row[column] == value])

    def __iter__(self) -> Iterator[Mapping[str, str]]:
        return iter(self.rows)


def read_reference(name: str) -> Table:
    """The table data/reference/<name>.csv. Raises InputError when it is not there, or without a source."""
    path = data_dir() / "reference" / f"{name}.csv"
    lines = _lines(path)
    header: dict[str, str] = {}
    for line in lines:
        if line.startswith("#") and ":" in line:
            key, _, value = line[1:].partition(":")
            header[key.strip()] = value.strip()
    require("source" in header, f"reference table {path.name}: no '# source:' line")
    rows = list(csv.DictReader(line for line in lines if line and not line.startswith("#")))
    require(bool(rows), f"reference table {path.name}: no rows")
    return Table(name, header, rows)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"reference table {path.name}: {error.strerror}") from error
