"""`twin runs`: the finished runs of a folder as a table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from geometry.errors import InputError
from twin.store import SUMMARY_FILE, read_summary


def main(argv: Sequence[str]) -> int:
    """List the runs below a folder; the exit status."""
    parser = argparse.ArgumentParser(
        prog="twin runs",
        description="List the finished runs of a folder, oldest first.",
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("runs"), help="default: runs")
    folder = parser.parse_args(argv).folder
    found = sorted(find_runs(folder), key=lambda pair: str(pair[1].get("created", "")))
    if not found:
        print(f"no finished run below {folder}; `twin run` makes one")
        return 0
    _print_table(found)
    return 0


def find_runs(folder: Path) -> Iterable[tuple[Path, dict[str, Any]]]:
    """(run folder, summary) of every finished run below `folder`."""
    for path in folder.rglob(SUMMARY_FILE):
        try:
            yield path.parent, read_summary(path.parent)
        except InputError as error:
            print(f"left out: {error}", file=sys.stderr)


def _print_table(found: Sequence[tuple[Path, dict[str, Any]]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("run", "created", "hall"):
        table.add_column(heading, no_wrap=True)
    for heading in ("IT MW", "inlet max °C", "TCS return °C", "PUE", "offered GWh", "delivered GWh"):
        table.add_column(heading, justify="right")
    for folder, summary in found:
        values = (
            summary["it"]["power_MW"],
            summary["hall"]["rack_inlet_max_C"],
            summary["loop"]["tcs_return_C"],
            summary["year"]["pue"],
            summary["heat"]["available_GWh"],
            summary["heat"]["delivered_GWh"],
        )
        digits = (1, 1, 1, 3, 1, 1)
        cells = [
            "–" if value is None else f"{value:,.{places}f}"
            for value, places in zip(values, digits, strict=True)
        ]
        table.add_row(str(folder), str(summary["created"]), str(summary["hall_status"]), *cells)
    console = Console()
    longest = max(len(str(folder)) for folder, _ in found)
    console.width = max(console.width, longest + 110)  # a path that wraps cannot be copied
    console.print(table)
