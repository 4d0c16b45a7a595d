"""The comparisons as a table: on the terminal, and as Markdown with the sources."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from twin import __version__
from twin.identity import code_id
from twin.verification.case import Case, Tier, Verdict
from viz.charts.profiles import profiles

Pictures = dict[tuple[str, str], Path]

COLUMNS = ("quantity", "reference", "ours", "error", "tolerance", "pass")


def print_table(verdicts: Sequence[Verdict], tier: Tier, seconds: float) -> None:
    """Print every comparison and how many passed, on stdout."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160)
    table = Table(title=f"Verification, {tier.value} tier", title_justify="left", pad_edge=False)
    table.add_column("part")
    table.add_column("case")
    table.add_column(COLUMNS[0], overflow="fold")
    for name in COLUMNS[1:5]:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column(COLUMNS[5])
    before = ("", "")
    for verdict in verdicts:
        here = (verdict.part, verdict.case)
        shown = ["" if a == b and here[0] == before[0] else a for a, b in zip(here, before, strict=True)]
        style = None if verdict.row.passed else "bold red"
        cells = [escape(text) for text in (*shown, *_cells(verdict))]
        table.add_row(*cells, style=style)
        before = here
    console.print(table)
    failed, counted = _count(verdicts)
    console.print(
        f"{counted - failed} of {counted} comparisons pass ({seconds:.0f} s)"
        + (f"; [bold red]{failed} fail[/bold red]" if failed else "")
    )


def draw_profiles(cases: Mapping[str, Sequence[Case]], verdicts: Sequence[Verdict], folder: Path) -> Pictures:
    """A picture of each case that compares profiles, in `folder`; returns their files by part and case."""
    pictures = {}
    for part, members in cases.items():
        for case in members:
            curves = [
                curve for v in verdicts if (v.part, v.case) == (part, case.name) for curve in v.row.curves
            ]
            if curves:
                file = folder / f"{part}_{case.name.replace(' ', '_').replace(',', '')}.png"
                title = f"{case.name[0].upper()}{case.name[1:]}"
                pictures[part, case.name] = profiles(curves, file, title=title, subtitle=case.source)
    return pictures


def markdown(
    cases: Mapping[str, Sequence[Case]],
    verdicts: Sequence[Verdict],
    tier: Tier,
    seconds: float,
    pictures: Mapping[tuple[str, str], str] | None = None,
) -> str:
    """The comparisons by part and case, each case with its source and the reason of its tolerance.

    pictures  links to the pictures of profiles by part and case, relative to the file the text goes to
    """
    failed, counted = _count(verdicts)
    lines = [
        "# Verification results",
        "",
        f"Written by `twin verify --tier {tier.value} --table FILE.md` on {date.today().isoformat()}, "
        f"caloporteur "
        f"{__version__}, code {code_id()}, in {seconds:.0f} s. {counted - failed} of {counted} "
        "comparisons pass.",
        "",
        "Errors are signed, ours against the reference; the quantity says whether they are relative or in "
        "its own "
        "unit. A comparison passes when the size of its error is within the tolerance.",
    ]
    for part, members in cases.items():
        lines += ["", f"## {part.capitalize()}"]
        for case in members:
            mine = [v for v in verdicts if v.part == part and v.case == case.name]
            if not mine:
                continue
            lines += [
                "",
                f"### {case.name}",
                "",
                f"Source: {case.source}.",
                "",
                f"Tolerance: {case.why}.",
                "",
            ]
            lines += [f"| {' | '.join(COLUMNS)} |", "|---|---:|---:|---:|---:|---|"]
            lines += [
                f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in _cells(v))} |" for v in mine
            ]
            link = (pictures or {}).get((part, case.name))
            if link:
                lines += ["", f"![Computed and published profiles: {case.name}]({link})"]
    return "\n".join(lines) + "\n"


def _count(verdicts: Sequence[Verdict]) -> tuple[int, int]:
    """How many comparisons fail, and how many count: a row for information counts only if it is no number."""
    failed = sum(not verdict.row.passed for verdict in verdicts)
    return failed, sum(verdict.row.counted or not verdict.row.passed for verdict in verdicts)


def _cells(verdict: Verdict) -> tuple[str, ...]:
    row = verdict.row
    return (
        row.quantity,
        _number(row.reference),
        _number(row.ours),
        _number(row.error, digits=2, signed=True),
        _number(row.tolerance, digits=3),
        ("yes" if row.counted else "info") if row.passed else "NO",
    )


def _number(value: float, *, digits: int = 6, signed: bool = False) -> str:
    if not math.isfinite(value):
        return "none"
    if value == 0.0:
        return "0"
    return f"{value:{'+' if signed else ''}.{digits}g}"
