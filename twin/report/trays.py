"""How the racks' manifolds feed their trays: a file of the run folder and a line of its table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.report.pipes import csv_text
from twin.store import write_text
from twin.units import to_celsius

if TYPE_CHECKING:
    from solvers.liquid.hall.trays import TrayStates
    from twin.simulation import Results

TRAYS_FILE = "trays.csv"
_COLUMNS = (
    "hall", "rack", "fed", "tray", "flow_kg_s", "share_of_mean_pct", "gpu_junction_C", "gpu_power_W",
    "throttled",
)  # fmt: skip


def write_trays(folder: Path, results: Results) -> None:
    """Write trays.csv: the least-fed and the best-fed tray of each rack; remove what an earlier run left."""
    (folder / TRAYS_FILE).unlink(missing_ok=True)
    found = [(k, hall.trays) for k, hall in enumerate(results.halls) if hall.trays is not None]
    if found:
        rows = (row for kind, trays in found for row in _rows(kind, trays))
        write_text(folder / TRAYS_FILE, csv_text(_COLUMNS, rows))


def _rows(kind: int, trays: TrayStates) -> Iterable[tuple[Any, ...]]:
    for i, rack in enumerate(trays.rack):
        for fed, at in (("least", int(trays.least[i])), ("best", int(trays.most[i]))):
            yield (
                kind, rack, fed, at + 1, f"{trays.flow[i, at]:.5f}", f"{100.0 * trays.share[i, at]:.2f}",
                f"{to_celsius(float(trays.junction[i, at])):.2f}", f"{trays.gpu_power[i, at]:.1f}",
                "yes" if trays.throttled[i, at] else "no",
            )  # fmt: skip


def trays_in_words(trays: TrayStates, limit: float) -> str:
    """How evenly the racks' manifolds feed their trays, and what it costs, in a line; limit [K]."""
    words = [f"spread up to {100 * float(trays.spread.max()):.1f} % within a rack"]
    rack, tray = divmod(int(trays.junction.argmax()), trays.junction.shape[1])
    hot, cold = (to_celsius(float(trays.junction[rack, at])) for at in (tray, trays.most[rack]))
    slowed = int(trays.throttled.sum())
    words += [
        f"hottest GPU {hot:.2f} °C on tray {tray + 1} of {trays.rack[rack]} with "
        f"{100 * trays.share[rack, tray]:.1f} % of its rack's mean flow, {cold:.2f} °C on the best-fed one",
        f"GPUs of {slowed} of {trays.throttled.size} trays slow down at {to_celsius(limit):g} °C, to "
        f"{trays.gpu_power.min():.0f} W at the hottest"
        if slowed
        else "no tray at the GPU limit",
    ]
    return ", ".join(words)
