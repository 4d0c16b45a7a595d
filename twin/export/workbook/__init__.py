"""The workbook: named sheets, live formulas, named ranges: the PDF's figures down to their cells."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from twin.export.record import HeatRun
from twin.export.words import Words
from twin.export.workbook.book import Book, open_book
from twin.export.workbook.hours import write_demand, write_hours, write_months
from twin.export.workbook.inputs import write_assumptions, write_sources
from twin.export.workbook.money import write_carbon, write_money
from twin.store import whole_file

__all__ = ["Book", "write_workbook"]

_HEADS = {"assumptions": 3, "hourly": 2, "demand": 0, "monthly": 3, "money": 0, "carbon": 2, "sources": 0}
_LONG = {"assumptions", "hourly", "demand", "sources"}  # sheets of several pages


def write_workbook(run: HeatRun, words: Words, path: Path) -> None:
    """Write the workbook of a run, whole.

    Formulas carry the value they have, so that readers that do not calculate show it too.
    """
    content = BytesIO()  # written at once: a full disk is then an error of the disk, not of the workbook
    book = open_book(content, words)
    for sheet, head in _HEADS.items():
        book.add(sheet, head=head, one_page=sheet not in _LONG)
    for write in (
        write_assumptions, write_hours, write_demand, write_months, write_money, write_carbon, write_sources,
    ):  # fmt: skip
        write(book, run)
    book.workbook.close()
    with whole_file(path) as temporary:
        temporary.write_bytes(content.getvalue())
