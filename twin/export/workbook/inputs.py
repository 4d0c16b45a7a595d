"""Sheets of what goes in: every assumption with unit, status and origin, and the sources."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import Any

from twin.export.record import HeatRun
from twin.export.words import Words, unit_of
from twin.export.workbook.book import Book

SIZES = ("heat_pump_kW", "exchanger_kW", "trunk_m", "extension_m", "storage_m3", "boiler_kW")


def write_assumptions(book: Book, run: HeatRun) -> None:
    """Sizes and prices first, each a defined name of the formulas; then all other explained numbers."""
    key, words = "assumptions", book.words
    sheet = book.sheets[key]
    book.columns(key, 34, 42, 22, 13, 12, 80)
    book.put(key, 0, 0, f"{words('title')} · {words.note(run.conf.site.title)}", "title")
    book.put(key, 1, 0, words("caution"), "muted")
    book.heads(
        key, 3, [words(f"book.{n}") for n in ("key", "label", "value", "unit", "status", "origin")], left=6
    )
    sheet.freeze_panes(4, 0)
    why = {p.key: p for p in run.hypotheses}
    economics = run.summary["economics"]
    sizes = {name: economics["sizes"][name] for name in SIZES} | {
        name: economics[name] for name in ("boiler_MWh", "gas_MWh", "pump_MWh")
    }
    if economics["displaced_t"] is not None:
        sizes["displaced_t"] = economics["displaced_t"]
    row = _heading(book, 4, "sizes")
    for name, value in sizes.items():
        _line(book, row, f"sizes.{name}", value, "computed", "", name)
        row += 1
    for name in ("network_efficiency", "per_dwelling_MWh"):
        found = why.get(f"district.{name}")  # given, or computed from the pipes
        reason = ("computed", "") if found is None else _reason(book, found)
        _line(book, row, f"district.{name}", economics[name], *reason, name)
        row += 1
    row = _heading(book, row, "prices")
    for name, value in _prices(run.conf.economics).items():
        reason = _reason(book, why.get(f"economics.{name}"))
        _line(book, row, f"economics.{name}", value, *reason, name.replace(".", "_"))
        row += 1
    row = _heading(book, row, "others")
    for each in run.hypotheses:
        plain = each.key.split(".", 1)[1] if each.key.startswith("economics.") else ""
        if each.key == "district.network_efficiency" or plain in _prices(run.conf.economics):
            continue
        _line(book, row, each.key, each.value, *_reason(book, each), "")
        row += 1
    sheet.autofilter(3, 0, row - 1, 5)


def _prices(economics: Any, prefix: str = "") -> dict[str, float]:
    """Numbers of the economics by key, those of the aid as `aid.NAME`; ranges are no single number."""
    found: dict[str, float] = {}
    for field in fields(economics):
        value = getattr(economics, field.name)
        if isinstance(value, bool | int | float):
            found[prefix + field.name] = float(value)
        elif field.name == "aid":
            found |= _prices(value, "aid.")
    return found


def _reason(book: Book, found: Any) -> tuple[str, str]:
    """(status, origin) of a value; one of the user's own files has no comment we know of."""
    return ("user", "") if found is None else (found.status, book.words.note(found.text))


def _heading(book: Book, row: int, which: str) -> int:
    book.put("assumptions", row, 0, book.words(f"book.{which}"), "caption")
    return row + 1


def _line(book: Book, row: int, key: str, value: Any, status: str, origin: str, name: str) -> None:
    sheet = "assumptions"
    book.put(sheet, row, 0, key)
    book.put(sheet, row, 1, book.words.label(key), "text")
    if not isinstance(value, bool | int | float):
        book.put(sheet, row, 2, _several(book.words, value), "list")
    elif status == "computed":
        book.put(sheet, row, 2, value, "result" if value == 0.0 or abs(value) >= 100.0 else "result_small")
    else:
        book.put(sheet, row, 2, value, "input")
    book.put(sheet, row, 3, book.words.unit(unit_of(key)), "unit")
    book.put(sheet, row, 4, book.words(f"status.{status}"))
    book.put(sheet, row, 5, origin, "text")
    if name:
        book.name(name, sheet, row, 2)


def _several(words: Words, value: Any) -> str:
    """A value that is no single number, as text: the two ends of a range, or a list."""
    if not isinstance(value, list | tuple):
        plain = value.value if isinstance(value, Enum) else value
        return words.exact(plain) if isinstance(plain, int | float) else str(plain)
    items = [_several(words, item) for item in value]
    return " … ".join(items) if len(items) == 2 else " ; ".join(items)


def write_sources(book: Book, run: HeatRun) -> None:
    """What made the figures, the legal texts, and every source cited."""
    key, words = "sources", book.words
    book.columns(key, 28, 120)
    book.sheets[key].freeze_panes(1, 0)
    book.heads(key, 0, [words("book.sources.what"), words("book.sources.text")], left=2)
    rows = [
        (words("book.sources.program"), run.program),
        (words("book.sources.run"), run.folder.name),
        (words("book.sources.created"), words.day(run.created)),
        (words("book.sources.climate"), words.note(run.conf.climate.source)),
        (words("book.sources.quotation"), words.note(run.conf.site.quotation)),
        (words("book.sources.legal"), words("book.sources.legal_text")),
        (words("book.sources.metrics"), words("book.sources.metrics_text")),
    ]
    cited = dict.fromkeys(p.text for p in run.hypotheses if p.status in ("source", "derived"))
    rows += [(words("book.sources.cited"), words.note(text)) for text in cited]
    for row, (what, text) in enumerate(rows, start=1):
        book.put(key, row, 0, what, "text")
        book.put(key, row, 1, text, "text")
