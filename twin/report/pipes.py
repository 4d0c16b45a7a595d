"""Bill of pipes and halls of a resolved site: files of the run folder and their tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.store import write_text
from twin.units import KPA, KW, to_celsius

if TYPE_CHECKING:
    from rich.console import Console

    from solvers.liquid.hall.bill import BillItem, HallStates
    from twin.results.records import Results

PIPES_FILE = "pipes.csv"
HALLS_FILE = "halls.csv"
_PIPES = (
    "circuit", "part", "dn", "number", "length_m", "velocity_max_m_s", "drop_max_kPa", "gradient_max_Pa_m",
)  # fmt: skip
_HALLS = (
    "hall", "heat_kW", "fws_flow_kg_s", "fws_supply_C", "fws_return_C", "tcs_supply_C", "gpu_junction_C",
    "mains_drop_kPa", "hall_drop_kPa", "spare_head_kPa",
)  # fmt: skip


def bill_of(results: Results) -> tuple[BillItem, ...]:
    """Pipes of the whole site: as resolved, mains included, or of the distinct halls times their number."""
    from solvers.liquid.hall.bill import bill_of_pipes

    halls = results.halls
    cool = [(h.water.circuit.pipes, h.model.count) for h in halls if h.water and h.water.circuit]
    if results.site_loop is not None:
        return bill_of_pipes([(results.site_loop.solution.pipes, 1), *cool])
    loops = [(hall.loop.pipes, hall.model.count) for hall in halls if hall.loop is not None]
    return bill_of_pipes(loops + cool)


def write_pipes(folder: Path, results: Results) -> None:
    """Write pipes.csv and, for a site resolved hall by hall, halls.csv; remove what an earlier run left."""
    for name in (PIPES_FILE, HALLS_FILE):
        (folder / name).unlink(missing_ok=True)
    bill = bill_of(results)
    if bill:
        write_text(folder / PIPES_FILE, csv_text(_PIPES, map(_pipe_row, bill)))
    if results.site_loop is not None:
        write_text(folder / HALLS_FILE, csv_text(_HALLS, _hall_rows(results.site_loop.halls)))


def _pipe_row(item: BillItem) -> tuple[Any, ...]:
    return (
        item.circuit, item.part, item.nominal, item.number, f"{item.length:.1f}", f"{item.velocity:.2f}",
        f"{item.drop / KPA:.2f}", f"{item.gradient:.0f}",
    )  # fmt: skip


def _hall_rows(halls: HallStates) -> Iterable[tuple[Any, ...]]:
    for i, name in enumerate(halls.name):
        yield (
            name, f"{halls.heat[i] / KW:.1f}", f"{halls.flow[i]:.3f}",
            *(f"{to_celsius(float(t[i])):.3f}" for t in (
                halls.fws_supply, halls.fws_return, halls.tcs_supply, halls.junction,
            )),
            *(f"{p[i] / KPA:.3f}" for p in (halls.mains_drop, halls.hall_drop, halls.spare)),
        )  # fmt: skip


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def print_pipes(console: Console, results: Results) -> None:
    """The bill by circuit and part, all sizes together, and the hall that is hardest to reach."""
    from rich.table import Table

    bill = bill_of(results)
    if not bill:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), title="Pipes of the site", title_justify="left")
    for name in ("circuit", "part", "DN", "number", "m", "m/s", "kPa", "Pa/m"):
        table.add_column(name, justify="left" if name in ("circuit", "part") else "right")
    groups: dict[tuple[str, str], list[BillItem]] = {}
    for item in bill:
        groups.setdefault((item.circuit, item.part), []).append(item)
    for (circuit, part), items in groups.items():
        low, high = min(i.nominal for i in items), max(i.nominal for i in items)
        table.add_row(
            circuit,
            part,
            f"{low}" if low == high else f"{low}..{high}",
            f"{sum(i.number for i in items):,}",
            f"{sum(i.length for i in items):,.0f}",
            f"{max(i.velocity for i in items):.2f}",
            f"{max(i.drop for i in items) / KPA:.1f}",
            f"{max(i.gradient for i in items):.0f}",
        )
    table.add_row("all", "", "", f"{sum(i.number for i in bill):,}", f"{sum(i.length for i in bill):,.0f}")
    console.print(table)
    console.print(f"m/s, kPa and Pa/m: largest of one pipe, fittings included; every size in {PIPES_FILE}")
    if results.site_loop is not None:
        halls = results.site_loop.halls
        at = halls.worst
        console.print(
            f"Worst hall: {halls.name[at]} of {len(halls.name)}, {halls.flow[at]:.0f} kg/s; "
            f"{halls.mains_drop[at] / KPA:.0f} kPa in the mains, "
            f"{halls.hall_drop[at] / KPA:.0f} kPa in the hall; "
            f"the nearest throttles {halls.spare.max() / KPA:.0f} kPa ({HALLS_FILE})"
        )
