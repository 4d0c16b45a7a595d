"""A workbook being written: its sheets, formats and defined names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.export.words import Words
from viz import style

_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "font_color": style.INK},
    "head": {"bold": True, "bg_color": style.RULE, "text_wrap": True, "valign": "vcenter", "bottom": 1},
    "text": {"text_wrap": True, "valign": "top"},
    "plain": {},
    "muted": {"font_color": style.MUTED, "italic": True},
    "bold": {"bold": True, "top": 1},
    "input": {"font_color": style.BLUE, "valign": "top"},
    "whole": {"num_format": "#,##0"},
    "one": {"num_format": "#,##0.0"},
    "two": {"num_format": "#,##0.00"},
    "three": {"num_format": "0.000"},
    "percent": {"num_format": "0.0 %"},
    "time": {"num_format": "dd/mm hh:mm"},
    "sum": {"num_format": "#,##0", "bold": True, "top": 1},
    "sum_one": {"num_format": "#,##0.0", "bold": True, "top": 1},
    "sum_two": {"num_format": "#,##0.00", "bold": True, "top": 1},
    "sum_percent": {"num_format": "0.0 %", "bold": True, "top": 1},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """`sheets` fills up as `add` is called; formats by name."""

    workbook: Any
    words: Words
    formats: dict[str, Any]
    sheets: dict[str, Any]

    def add(self, key: str) -> None:
        """A new sheet by its key in the catalogue."""
        self.sheets[key] = self.workbook.add_worksheet(self.title(key))

    def title(self, key: str) -> str:
        return self.words(f"book.sheets.{key}")

    def ref(self, key: str, cells: str) -> str:
        """A reference into a sheet; quoted, for CO2 alone reads as a cell."""
        return f"'{self.title(key)}'!{cells}"

    def name(self, name: str, key: str, row: int, column: int) -> None:
        """Define a name for one cell."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        cell = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
        self.workbook.define_name(name, f"={self.ref(key, cell)}")

    def put(self, key: str, row: int, column: int, value: object, form: str = "plain") -> None:
        """A value; None leaves the cell empty."""
        sheet, look = self.sheets[key], self.formats[form]
        if value is None:
            sheet.write_blank(row, column, None, look)
        elif isinstance(value, bool | int | float):
            sheet.write_number(row, column, float(value), look)
        else:
            sheet.write_string(row, column, str(value), look)

    def formula(
        self,
        key: str,
        row: int,
        column: int,
        text: str,
        value: float | str | None,
        form: str = "plain",
        name: str = "",
    ) -> None:
        """A formula with the value it has, and a defined name where `name` is given."""
        shown: float | str = "" if value is None else value
        self.sheets[key].write_formula(row, column, f"={text}", self.formats[form], shown)
        if name:
            self.name(name, key, row, column)

    def heads(self, key: str, row: int, texts: list[str]) -> None:
        for column, text in enumerate(texts):
            self.sheets[key].write_string(row, column, text, self.formats["head"])


def open_book(path: Path, words: Words) -> Book:
    """An empty workbook that will be written to `path`."""
    import xlsxwriter

    workbook = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_calc_mode("auto")
    formats = {name: workbook.add_format(look) for name, look in _FORMATS.items()}
    return Book(workbook=workbook, words=words, formats=formats, sheets={})
