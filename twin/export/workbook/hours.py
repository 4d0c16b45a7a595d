"""Sheets of the year: 8,760 hours, the demand behind them, and the balance by month."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.export.balance import HEADS, monthly_balance
from twin.export.record import Array, HeatRun
from twin.export.workbook.book import Book
from twin.units import KW, MWH, ZERO_CELSIUS

FIRST = 5  # row of the first hour, from 0
_FOOT = 3  # row of the totals, above the hours


class Column(NamedTuple):
    key: str
    values: Array
    total: str  # sum (kW -> MWh), mean, or nothing
    form: str
    name: str  # of the total


def write_hours(book: Book, run: HeatRun) -> None:
    """Hour by hour; month and heat without use are formulas, totals are named."""
    key, words, hours = "hourly", book.words, run.hours
    sheet = book.sheets[key]
    columns = _columns(run)
    n, heads = hours.time.size, ["hour", "time", "month", *(c.key for c in columns), "vented", "limit"]
    book.columns(key, *[11.0] * (len(heads) - 1), 42.0)
    sheet.freeze_panes(FIRST, 3)
    book.put(key, 0, 0, f"{book.title(key)} · {words.note(run.conf.site.title)}", "title")
    texts = [words(f"book.hourly.{head}") for head in heads]
    book.heads(key, 2, texts[:-1], left=0)
    book.put(key, 2, len(heads) - 1, texts[-1], "head")
    book.put(key, _FOOT, 0, words("book.hourly.total"), "bold")
    letter = column_letters(run)
    limits = words.table("limits")
    at = {head: i for i, head in enumerate(heads)}
    start = np.datetime64("1899-12-30")  # the workbook's day zero
    days = (hours.time - start) / np.timedelta64(1, "D")
    for i in range(n):
        row = FIRST + i
        sheet.write_number(row, 0, i + 1)
        sheet.write_number(row, 1, float(days[i]), book.formats["time"])
        sheet.write_formula(row, 2, f"=MONTH(B{row + 1})", None, int(hours.month[i]) + 1)
        for j, column in enumerate(columns, start=3):
            value = float(column.values[i])
            if np.isfinite(value):
                sheet.write_number(row, j, value, book.formats[column.form])
        formula = f"={letter['available']}{row + 1}-{letter['taken']}{row + 1}"
        sheet.write_formula(row, at["vented"], formula, book.formats["one"], float(hours.vented[i]) / KW)
        sheet.write_string(row, at["limit"], limits.get(hours.limits[hours.limit[i]], ""))
    for head, total, values, name in [
        *((c.key, c.total, c.values, c.name) for c in columns),
        ("vented", "sum", hours.vented / KW, "heat_vented"),
    ]:
        cells = f"{letter[head]}{FIRST + 1}:{letter[head]}{FIRST + n}"
        if total == "sum":
            book.formula(key, _FOOT, at[head], f"SUM({cells})/1000", float(values.sum()) / 1e3, "sum", name)
        elif total == "mean" and np.isfinite(values).any():
            book.formula(
                key, _FOOT, at[head], f"AVERAGE({cells})", float(np.nanmean(values)), "sum_one", name
            )


def _columns(run: HeatRun) -> tuple[Column, ...]:
    h = run.hours
    kw, degrees = 1.0 / KW, ZERO_CELSIUS
    stored: tuple[Column, ...] = ()
    if h.charge is not None and h.discharge is not None and h.content is not None:
        stored = (
            Column("charge", h.charge * kw, "sum", "one", "storage_charge"),
            Column("discharge", h.discharge * kw, "sum", "one", "storage_discharge"),
            Column("content", h.content / MWH, "mean", "one", "storage_content_mean"),
        )
    return (
        Column("outdoor", h.dry_bulb - degrees, "mean", "one", "outdoor_mean"),
        Column("it", h.it_power * kw, "sum", "one", "it_energy"),
        Column("facility", h.facility_power * kw, "sum", "one", "facility_energy"),
        Column("water", h.water, "mean", "three", "water_mean"),
        Column("available", h.available * kw, "sum", "one", "heat_available"),
        Column("source", h.source - degrees, "mean", "one", "source_mean"),
        Column("demand", h.demand * kw, "sum", "one", "heat_demand"),
        Column("supply", h.supply - degrees, "mean", "one", "supply_mean"),
        Column("taken", h.taken * kw, "sum", "one", "heat_taken"),
        Column("delivered", h.delivered * kw, "sum", "one", "heat_delivered"),
        Column("electricity", h.pump_power * kw, "sum", "one", "heat_pump_electricity"),
        *stored,
    )


def column_letters(run: HeatRun) -> dict[str, str]:
    """Letter of each column of the hourly sheet."""
    from xlsxwriter.utility import xl_col_to_name

    heads = ["hour", "time", "month", *(c.key for c in _columns(run)), "vented", "limit"]
    return {head: xl_col_to_name(i) for i, head in enumerate(heads)}


def write_months(book: Book, run: HeatRun) -> None:
    """Sums of the hourly sheet by month [MWh], the share of the demand covered, and a chart."""
    key, words, hours = "monthly", book.words, run.hours
    sheet = book.sheets[key]
    book.columns(key, *[14.0] * len(HEADS))
    sheet.freeze_panes(4, 1)
    letter, n = column_letters(run), hours.time.size

    def cells(column: str) -> str:
        return book.ref("hourly", f"${letter[column]}${FIRST + 1}:${letter[column]}${FIRST + n}")

    book.put(key, 0, 0, words("monthly.chart"), "title")
    book.put(key, 1, 0, words("monthly.unit", unit="MWh"), "muted")
    book.heads(key, 3, [words(f"monthly.{head}") for head in HEADS])
    balance = monthly_balance(hours)
    coverage = np.nan_to_num(balance.coverage)
    months = words.months()
    for m in range(12):
        row, line = 4 + m, 5 + m
        book.put(key, row, 0, months[m])
        mean = f"AVERAGEIFS({cells('outdoor')},{cells('month')},{m + 1})"
        book.formula(key, row, 1, mean, float(balance.outdoor[m]), "one")
        for column, (name, energy) in enumerate(balance.energies.items(), start=2):
            formula = f"C{line}-D{line}" if name == "others" else (
                f"SUMIFS({cells(name)},{cells('month')},{m + 1})/1000"
            )  # fmt: skip
            book.formula(key, row, column, formula, float(energy[m]) / 1e6, "whole")
        book.formula(key, row, 8, f"IF(C{line}>0,D{line}/C{line},0)", float(coverage[m]), "percent")
    book.put(key, 16, 0, words("monthly.total"), "bold")
    book.formula(key, 16, 1, "outdoor_mean", float((hours.dry_bulb - ZERO_CELSIUS).mean()), "sum_one")
    for name in balance.energies:
        column = HEADS.index(name)
        letter_of = "ABCDEFGHI"[column]
        total = balance.total(name) / 1e6
        book.formula(key, 16, column, f"SUM({letter_of}5:{letter_of}16)", total, "sum", f"year_{name}")
    book.formula(key, 16, 8, "IF(C17>0,D17/C17,0)", run.coverage, "sum_percent", "coverage")
    _month_chart(book)


def _month_chart(book: Book) -> None:
    from viz import style

    key, words = "monthly", book.words
    chart = book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    title = book.title(key)
    for column, colour in ((3, style.GREEN), (4, style.RULE)):
        chart.add_series(
            {
                "name": [title, 3, column],
                "categories": [title, 4, 0, 15, 0],
                "values": [title, 4, column, 15, column],
                "fill": {"color": colour},
            }
        )
    chart.set_title({"name": words("first.chart"), "name_font": {"size": 11}})
    chart.set_y_axis(
        {
            "name": "MWh",
            "num_format": "#,##0",
            "major_gridlines": {"visible": True, "line": {"color": style.RULE}},
        }
    )
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 820, "height": 340})
    book.sheets[key].insert_chart(18, 0, chart)


def write_demand(book: Book, run: HeatRun) -> None:
    """The network, its classes of buildings, substations and plants, as far as the run knows them."""
    key, words, plan, conf = "demand", book.words, run.plan, run.conf.district
    book.columns(key, 42, 20, 20, 20, 20, 20)
    book.put(key, 0, 0, f"{words('book.demand.network')} · {words.note(conf.title)}", "title")
    known = run.summary["economics"]
    injected = float(run.hours.demand.sum()) * 3600.0 / MWH
    lines: list[tuple[str, str, float, str, str]] = [
        ("injected", "heat_demand", injected, "MWh", "whole"),
        ("sold", "heat_demand*network_efficiency", injected * known["network_efficiency"], "MWh", "whole"),
        ("per_dwelling", "per_dwelling_MWh", known["per_dwelling_MWh"], "MWh", "two"),
        ("efficiency", "network_efficiency", known["network_efficiency"], "-", "three"),
    ]
    for row, (name, formula, value, unit, form) in enumerate(lines, start=2):
        book.put(key, row, 0, words(f"book.demand.{name}"))
        book.formula(key, row, 1, formula, value, form)
        book.put(key, row, 2, words.unit(unit), "unit")
    book.put(key, 6, 0, words("book.demand.dwellings"))
    book.put(key, 6, 1, conf.dwellings, "whole")
    letter, n = column_letters(run)["demand"], run.hours.time.size
    book.put(key, 7, 0, words("book.demand.peak"))
    cells = book.ref("hourly", f"{letter}{FIRST + 1}:{letter}{FIRST + n}")
    book.formula(key, 7, 1, f"MAX({cells})", float(run.hours.demand.max()) / KW, "whole", "demand_peak")
    book.put(key, 7, 2, "kW", "unit")
    row = 9
    if not plan.classes and not plan.substations:
        book.put(key, row, 0, words("book.demand.none"), "muted")
        row += 2

    def named(name: str) -> str:
        return words.known("uses", name)

    tables: list[tuple[str, list[str], list[list[object]]]] = [
        ("classes", ["class", "use", "annual", "peak_kW"],
         [[named(c.name), named(c.use), c.annual / MWH, float(c.heat.max()) / KW] for c in plan.classes]),
        ("substations", ["substations", "use", "annual", "peak_kW"],
         [[s.name, named(s.use), s.annual_heat / MWH, s.peak / KW] for s in plan.substations]),
        ("sources", ["sources", "use", "capacity", "cost", "carbon", "rank"],
         [[named(s.name), named(s.kind), s.capacity / KW, s.cost, s.carbon * 3.6e6, s.rank + 1]
          for s in plan.sources]),
    ]  # fmt: skip
    for name, heads, rows in tables:
        if not rows:
            continue
        book.put(key, row, 0, words(f"book.demand.{name}"), "caption")
        book.heads(key, row + 1, [words(f"book.demand.{head}") for head in heads], left=2)
        for i, line in enumerate(rows, start=row + 2):
            for j, cell in enumerate(line):
                form = "plain" if isinstance(cell, str) else ("one", "three", "whole")[max(j - 3, 0)]
                book.put(key, i, j, cell, form)
        row += len(rows) + 3
