"""`twin compare RUN RUN`: two summaries side by side, with the difference."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from twin.store import read_summary

_SKIP = ("timing_s", "created", "schema")


def main(argv: Sequence[str]) -> int:
    """Print the comparison; the exit status."""
    parser = argparse.ArgumentParser(
        prog="twin compare", description="Set the results of two runs side by side."
    )
    parser.add_argument("first", type=Path, help="run folder")
    parser.add_argument("second", type=Path, help="run folder")
    parser.add_argument("--all", action="store_true", help="also the values that agree")
    arguments = parser.parse_args(argv)
    first, second = (dict(flat(read_summary(f))) for f in (arguments.first, arguments.second))
    _print_table(arguments.first, arguments.second, first, second, everything=arguments.all)
    return 0


def flat(summary: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted key, value) of a summary's leaves, without timings."""
    for key, value in summary.items():
        if key in _SKIP:
            continue
        if isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
            value = {each.get("name", n): _nameless(each) for n, each in enumerate(value)}
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _nameless(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "name"}


def _print_table(
    one: Path, other: Path, first: Mapping[str, Any], second: Mapping[str, Any], *, everything: bool
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("quantity", overflow="fold")
    for heading, width in (("first", 11), ("second", 11), ("difference", 11), ("%", 7)):
        # a narrow window breaks the names, never the numbers
        table.add_column(heading, justify="right", overflow="fold", width=width)
    for key in dict.fromkeys([*first, *second]):
        a, b = first.get(key), second.get(key)
        if _agree(a, b) and not everything:
            continue
        difference = percent = ""
        if isinstance(a, int | float) and isinstance(b, int | float):
            difference = f"{b - a:+,.0f}" if abs(b - a) >= 1e4 else f"{b - a:+.4g}"
            # of degrees Celsius a percentage means nothing
            percent = f"{100 * (b - a) / abs(a):+.1f}" if a and not key.endswith("_C") else ""
        table.add_row(key, _text(a), _text(b), difference, percent)
    if table.row_count:
        print(f"first   {one}\nsecond  {other}\n")
        Console(highlight=False).print(table)
    else:
        print("the two runs agree in every value")


def _agree(a: Any, b: Any) -> bool:
    """Whether two values are the same, rounding aside."""
    if isinstance(a, int | float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    return bool(a == b)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if 1e5 <= abs(value) < 1e12 else f"{value:.6g}"
    if isinstance(value, list):  # a place
        return ", ".join(map(_text, value))
    return "–" if value is None else str(value)
