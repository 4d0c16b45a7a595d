"""The dispatch of a run's heat in a few lines: sources, storage, what limits it, what more would bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SOURCES = (
    ("direct_GWh", "exchanger"),
    ("pumped_GWh", "heat pump"),
    ("boiler_GWh", "boiler"),
    ("others_GWh", "network's other sources"),
)
_MORE = (
    ("heat_pump_MW", "1 MW more of station"),
    ("storage_1000_m3", "1,000 m3 of storage"),
    ("network_km", "1 km of network"),
)
_SHOWN = 0.01  # least share of the hours worth a word


def reuse_words(reuse: Mapping[str, Any]) -> list[str]:
    """Lines for the terminal from the section `reuse` of a summary; none without recovery."""
    if not reuse["marginal"]:
        return []
    sources = [f"{name} {reuse[key]:,.1f} GWh" for key, name in _SOURCES if reuse[key] > 0.0]
    lines = ["Heat by source: " + ", ".join(sources)]
    for feed in reuse["feeds"]:
        cop = "" if feed["cop"] is None else f", COP {feed['cop']:.2f}"
        lines.append(
            f"Feed '{feed['name']}': {feed['delivered_GWh']:,.1f} of {feed['offered_GWh']:,.1f} GWh{cop}"
        )
    if reuse["charge_GWh"] > 0.0:
        lines.append(
            f"Storage: {reuse['charge_GWh']:,.2f} GWh in, {reuse['discharge_GWh']:,.2f} out, "
            f"{reuse['storage_loss_GWh']:,.2f} lost"
        )
    shares = sorted(reuse["limit_hours_share"].items(), key=lambda item: -item[1])
    limits = [f"{name.replace('_', ' ')} {100.0 * share:.0f} %" for name, share in shares if share > _SHOWN]
    lines.append("Hours limited by: " + ", ".join(limits))
    brought = [f"{name} {reuse['marginal'][key]['delivered_MWh']:+,.0f} MWh" for key, name in _MORE]
    lines.append("More a year from: " + ", ".join(brought))
    return lines
