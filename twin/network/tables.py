"""A solved network as tables: on the terminal and as CSV, in engineers' units."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twin.store import write_text
from twin.units import KPA, KW, to_celsius

if TYPE_CHECKING:
    from twin.network.verb import NetworkState

BRANCHES = (
    "branch", "kind", "state", "from", "to",
    "flow_kg_s", "velocity_m_s", "drop_kPa", "heat_kW", "in_C", "out_C",
)  # fmt: skip
NODES = ("node", "pressure_kPa", "temperature_C")
STATES = ("", "closed", "holding", "limiting", "shut")  # open is not worth a word
SHOWN = 60  # rows on the terminal; files hold all

Cell = str | float


def branch_rows(state: NetworkState) -> list[tuple[Cell, ...]]:
    network, flows = state.network, state.hydraulics
    return [
        (
            name,
            state.given.kinds[j],
            STATES[int(flows.state[j])],
            network.nodes[network.start[j]],
            network.nodes[network.end[j]],
            float(flows.flow[j]),
            float(state.velocity[j]),
            float(flows.drop[j]) / KPA,
            float(state.heat.gained[j]) / KW,
            to_celsius(float(state.heat.inlet[j])),
            to_celsius(float(state.heat.outlet[j])),
        )
        for j, name in enumerate(network.branches)
    ]


def node_rows(state: NetworkState) -> list[tuple[Cell, ...]]:
    return [
        (name, float(state.hydraulics.pressure[i]) / KPA, to_celsius(float(state.heat.node[i])))
        for i, name in enumerate(state.network.nodes)
    ]


def print_tables(state: NetworkState) -> None:
    """Branches, nodes and closures on the terminal."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160)
    console.print(f"[bold]{escape(state.given.title)}[/bold] · {state.given.coolant}")
    _print(console, BRANCHES, branch_rows(state), texts=5)
    _print(console, NODES, node_rows(state), texts=1)
    console.print(
        f"{_pumps(state)}{len(state.network.branches)} branches, {len(state.network.nodes)} nodes; mass "
        f"closes to {state.hydraulics.mass:.0e}, energy to {state.heat.energy:.0e}"
    )


def _pumps(state: NetworkState) -> str:
    """Their electric power and, where it is not full, their speed."""
    names = [record.name for record in state.network.pump_records]
    speeds = state.hydraulics.speed.tolist()
    told = [
        f"{name} {power / KW:.3g} kW{f' at {100.0 * speed:.0f} % speed' if speed != 1.0 else ''}"
        for name, power, speed in zip(names, state.pumps.electric.tolist(), speeds, strict=True)
    ]
    return f"electric power: {', '.join(told[:8])}{' ...' if len(told) > 8 else ''}\n" if told else ""


def write_csv(state: NetworkState, folder: Path) -> None:
    """branches.csv and nodes.csv, whole, in a folder that is there."""
    for name, columns, rows in (
        ("branches", BRANCHES, branch_rows(state)),
        ("nodes", NODES, node_rows(state)),
    ):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([[_plain(cell) for cell in row] for row in rows])
        write_text(folder / f"{name}.csv", text.getvalue())


def _print(console: object, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]], *, texts: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    assert isinstance(console, Console)
    table = Table(box=box.SIMPLE_HEAD)
    for at, column in enumerate(columns):
        table.add_column(column, justify="left" if at < texts else "right", no_wrap=at >= texts)
    for row in rows[:SHOWN]:
        table.add_row(*(escape(cell) if isinstance(cell, str) else _short(cell) for cell in row))
    console.print(table)
    if len(rows) > SHOWN:
        console.print(f"... {len(rows) - SHOWN} more: --csv FOLDER writes them all")


def _short(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"


def _plain(cell: Cell) -> Cell:
    """Seven digits in files; a value that does not exist is an empty cell."""
    if isinstance(cell, str):
        return cell
    return "" if math.isnan(cell) else f"{cell:.7g}"
