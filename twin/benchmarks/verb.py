"""`twin bench`: time the solvers, beside other programs where they are installed."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from geometry.errors import InputError, require
from solvers.errors import SolverError
from twin.benchmarks.case import Benchmark, Setting, Timing
from twin.progress import stage
from twin.store import write_text

PARTS = ("air", "liquid", "program")

HELP = """Time the solvers. Where another program for the same work is installed (OpenFOAM 1912 from Debian's
packages openfoam and openmpi-bin, pyamg from PyPI, pandapipes in an environment whose python TWIN_PANDAPIPES
names), it runs beside ours on as many cores, and the ratio is its seconds over ours. Compilation, meshing and
decomposition are left out on both sides. Seconds depend on machine and load; ratios of one call less so.

  twin bench                          everything: up to half an hour beside OpenFOAM
  twin bench air --quick              coarse grids: shows that all works, says nothing about speed
  twin bench air --only hall-small    one benchmark; --list names them all
"""


def main(argv: Sequence[str]) -> int:
    """Run the benchmarks asked for; 0 when all of them ran, 1 when one failed."""
    parser = argparse.ArgumentParser(
        prog="twin bench", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; default: all")
    parser.add_argument("--only", action="append", metavar="NAME", help="one benchmark of the parts")
    parser.add_argument("--quick", action="store_true", help="coarse grids, seconds each")
    parser.add_argument("--no-peer", action="store_true", help="ours alone, even where others are installed")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of ours and of the others")
    parser.add_argument("--folder", type=Path, help="keep the others' cases and logs here")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the timings as a JSON list")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and stop")
    options = parser.parse_args(argv)
    chosen = collect(options.parts, options.only)
    if options.list:
        width = max(len(benchmark.name) for _, benchmark in chosen)
        for part, benchmark in chosen:
            print(f"{part:<8} {benchmark.name:<{width}}  {benchmark.about}")
        return 0
    if options.json is not None and not options.json.resolve().parent.is_dir():
        raise InputError(f"cannot write {options.json}: its folder does not exist")
    threads = _use_threads(options.threads)
    start = time.perf_counter()
    with ExitStack() as stack:
        folder = options.folder or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="twin-bench-"))
        )
        timings, failures = run_benchmarks(
            chosen, quick=options.quick, peers=not options.no_peer, threads=threads, folder=folder
        )
    if options.json is not None:
        records = [timing.as_json() for timing in timings]
        write_text(options.json, json.dumps(records, indent=1, allow_nan=False) + "\n")
    print_table(timings, threads, time.perf_counter() - start, quick=options.quick)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


def collect(parts: Sequence[str], only: Sequence[str] | None) -> list[tuple[str, Benchmark]]:
    """(part, benchmark) of what was asked for. Raises InputError for an unknown part or name."""
    unknown = [part for part in parts if part not in PARTS]
    require(
        not unknown,
        f"unknown part {', '.join(map(repr, unknown))} to time: one of {', '.join(PARTS)}",
        hint="twin bench air",
    )
    wanted = [part for part in PARTS if not parts or part in parts]
    found = [
        (part, benchmark)
        for part in wanted
        for benchmark in import_module(f"twin.benchmarks.{part}").BENCHMARKS
    ]
    names = [benchmark.name for _, benchmark in found]
    for name in only or ():
        require(name in names, f"unknown benchmark {name!r}: one of {', '.join(names)}", hint="--list")
    return [(part, benchmark) for part, benchmark in found if not only or benchmark.name in only]


def run_benchmarks(
    chosen: Sequence[tuple[str, Benchmark]], *, quick: bool, peers: bool, threads: int, folder: Path
) -> tuple[list[Timing], list[str]]:
    """Every timing, and in words the benchmarks that failed."""
    timings: list[Timing] = []
    failures = []
    for part, benchmark in chosen:
        with stage("bench", f"{part}: {benchmark.name}") as shown:
            setting = Setting(quick=quick, peers=peers, threads=threads, folder=folder, tell=shown.tell)
            try:
                timings += benchmark.run(setting)
            except SolverError as error:
                failures.append(f"{benchmark.name} failed: {error}")
    return timings, failures


def print_table(timings: Sequence[Timing], threads: int, seconds: float, *, quick: bool) -> None:
    """Print the timings, the machine's bandwidth and its load, on stdout."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from solvers.bandwidth import triad_bandwidth

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160)
    table = Table(title="Benchmarks", title_justify="left", pad_edge=False)
    table.add_column("what", overflow="fold")
    table.add_column("ours", justify="right", no_wrap=True)
    table.add_column("beside", overflow="fold")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("ratio", justify="right", no_wrap=True)
    table.add_column("note", overflow="fold")
    for timing in timings:
        ratio = "" if timing.ratio is None else f"{timing.ratio:.1f}"
        cells = (
            timing.name,
            _time(timing.ours_s),
            timing.peer or "",
            _time(timing.peer_s),
            ratio,
            timing.note,
        )
        table.add_row(*map(escape, cells))
    console.print(table)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    console.print(
        f"{threads} thread{'s' if threads > 1 else ''}, triad {triad_bandwidth() / 1e9:.1f} GB/s{load}; "
        f"{seconds:.0f} s in all"
        + ("; [bold]quick grids: these figures say nothing about speed[/bold]" if quick else "")
    )


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 1e-3:
        return f"{1e6 * seconds:.0f} us" if seconds >= 1e-6 else f"{1e9 * seconds:.1f} ns"
    return f"{1e3 * seconds:.1f} ms" if seconds < 1.0 else f"{seconds:.1f} s"


def _use_threads(wanted: int) -> int:
    """Numba's threads: as many as asked for and possible."""
    import numba

    require(wanted >= 1, f"--threads = {wanted}: one at least")
    threads = min(wanted, numba.get_num_threads())
    numba.set_num_threads(threads)
    return threads
