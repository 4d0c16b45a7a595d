"""A workbook being written: its sheets, formats and defined names."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from textwrap import wrap
from typing import Any

from twin.export.words import Words
from viz import style

_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "font_color": style.INK},
    "head": {"bold": True, "bg_color": style.RULE, "text_wrap": True, "valign": "vcenter", "bottom": 1},
    "head_right": {
        "bold": True, "bg_color": style.RULE, "text_wrap": True, "valign": "vcenter", "bottom": 1,
        "align": "right",
    },
    "caption": {"bold": True},
    "unit": {"indent": 1, "valign": "top"},
    "list": {"font_color": style.BLUE, "valign": "top", "align": "right", "text_wrap": True},
    "result": {"font_color": style.BLUE, "valign": "top", "num_format": "#,##0.0"},
    "result_small": {"font_color": style.BLUE, "valign": "top", "num_format": "0.000"},
    "text": {"text_wrap": True, "valign": "top"},
    "plain": {"valign": "top"},
    "muted": {"font_color": style.MUTED, "italic": True},
    "bold": {"bold": True, "top": 1},
    "input": {"font_color": style.BLUE, "valign": "top"},
    "whole": {"num_format": "#,##0"},
    "one": {"num_format": "#,##0.0"},
    "two": {"num_format": "#,##0.00"},
    "three": {"num_format": "#,##0.000"},
    "percent": {"num_format": "0.0 %"},
    "time": {"num_format": "dd/mm hh:mm"},
    "sum": {"num_format": "#,##0", "bold": True, "top": 1},
    "sum_one": {"num_format": "#,##0.0", "bold": True, "top": 1},
    "sum_two": {"num_format": "#,##0.00", "bold": True, "top": 1},
    "sum_percent": {"num_format": "0.0 %", "bold": True, "top": 1},
}  # fmt: skip
_WRAPPED = {"text", "list", "head", "head_right"}
_LINE = 13.5  # height of a line of text [pt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """`sheets`, `widths` of their columns and `heights` of their rows fill up; formats by name."""

    workbook: Any
    words: Words
    formats: dict[str, Any]
    sheets: dict[str, Any]
    widths: dict[str, tuple[float, ...]]
    heights: dict[tuple[str, int], int]

    def add(self, key: str, *, head: int, one_page: bool) -> None:
        """A new sheet by its key in the catalogue, printed on A4 across; rows to `head` on every page."""
        sheet = self.workbook.add_worksheet(self.title(key))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, int(one_page))
        sheet.repeat_rows(head)
        sheet.set_footer("&L&8&F · &A&R&8&P / &N")
        self.sheets[key] = sheet

    def columns(self, key: str, *widths: float) -> None:
        """Widths of the columns from the first on, in characters."""
        self.widths[key] = widths
        for column, width in enumerate(widths):
            self.sheets[key].set_column(column, column, width)

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
            if form in _WRAPPED:
                self._make_room(key, row, column, str(value))

    def _make_room(self, key: str, row: int, column: int, text: str) -> None:
        """Height of a row for a text that wraps: not every reader works it out."""
        widths = self.widths.get(key, ())
        if column >= len(widths):
            return
        lines = len(wrap(text, max(int(0.95 * widths[column]), 1)))
        if lines > self.heights.get((key, row), 1):
            self.heights[(key, row)] = lines
            self.sheets[key].set_row(row, _LINE * lines)

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

    def heads(self, key: str, row: int, texts: list[str], *, left: int = 1) -> None:
        """Heads of columns; the first `left` stand above words, the others above numbers."""
        for column, text in enumerate(texts):
            self.put(key, row, column, text, "head" if column < left else "head_right")


def open_book(content: BytesIO, words: Words) -> Book:
    """An empty workbook that will be written into `content`, without files of its own."""
    import xlsxwriter

    workbook = xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    workbook.set_calc_mode("auto")
    workbook.set_properties({"title": words("title"), "subject": words("subtitle"), "author": "Caloporteur"})
    formats = {name: workbook.add_format(look) for name, look in _FORMATS.items()}
    return Book(workbook=workbook, words=words, formats=formats, sheets={}, widths={}, heights={})
