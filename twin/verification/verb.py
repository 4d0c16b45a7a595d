"""`twin verify`: hold the solvers against published and exact figures."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from geometry.errors import InputError, require
from solvers.errors import SolverError
from twin.progress import bar
from twin.store import write_text
from twin.verification.case import Case, Tier, Verdict, did_not_run
from twin.verification.report import draw_profiles, markdown, print_table

PARTS = ("air", "liquid", "heat")

Cases = Mapping[str, Sequence[Case]]


def main(argv: Sequence[str]) -> int:
    """Run the cases of the parts named; 0 when all pass, 1 when one fails."""
    parser = argparse.ArgumentParser(
        prog="twin verify",
        description="Check the solvers against published and exact figures. Quick: coarse grids, under a "
        "minute "
        "once compiled. Full: the grids at which the published tolerances hold, minutes.",
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; default: all")
    parser.add_argument("--tier", choices=[tier.value for tier in Tier], default=Tier.QUICK.value)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the comparisons as a JSON list")
    parser.add_argument(
        "--table",
        type=Path,
        metavar="FILE.md",
        help="write them as Markdown with sources, and plots of profiles",
    )
    options = parser.parse_args(argv)
    tier = Tier(options.tier)
    cases = collect(options.parts)
    for file in (options.json, options.table):
        _check_place(file)
    start = time.perf_counter()
    verdicts = run_cases(cases, tier)
    seconds = time.perf_counter() - start
    if options.json:
        records = [verdict.as_json() for verdict in verdicts]
        write_text(options.json, json.dumps(records, indent=1, allow_nan=False) + "\n")
    if options.table:
        folder = options.table.parent / f"{options.table.stem.lower()}_plots"
        files = draw_profiles(cases, verdicts, folder)
        links = {case: f"{folder.name}/{file.name}" for case, file in files.items()}
        write_text(options.table, markdown(cases, verdicts, tier, seconds, links))
    print_table(verdicts, tier, seconds)
    return 0 if all(verdict.row.passed for verdict in verdicts) else 1


def collect(parts: Sequence[str]) -> dict[str, Sequence[Case]]:
    """The cases of the parts named, of all parts when none is. Raises InputError for an unknown part."""
    unknown = [part for part in parts if part not in PARTS]
    require(
        not unknown,
        f"unknown part {', '.join(map(repr, unknown))} to verify: one of {', '.join(PARTS)}",
        hint="twin verify liquid",
    )
    wanted = [part for part in PARTS if not parts or part in parts]
    return {part: import_module(f"twin.verification.{part}").CASES for part in wanted}


def run_cases(cases: Cases, tier: Tier) -> list[Verdict]:
    """Every row of every case that belongs to the tier; a case whose solver gives up becomes a failed row."""
    chosen = [
        (part, case)
        for part, members in cases.items()
        for case in members
        if tier is Tier.FULL or not case.full_only
    ]
    verdicts: list[Verdict] = []
    with bar("verify", total=len(chosen)) as advance:
        for part, case in chosen:
            try:
                rows = case.run(tier)
            except SolverError as error:
                rows = [did_not_run(str(error))]
            verdicts += [Verdict(part=part, case=case.name, row=row) for row in rows]
            advance(f"{part}: {case.name}")
    return verdicts


def _check_place(file: Path | None) -> None:
    """Refuse a file that cannot be written before minutes are spent on its content."""
    if file is not None and not file.resolve().parent.is_dir():
        raise InputError(f"cannot write {file}: its folder does not exist")
