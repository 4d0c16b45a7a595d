"""Heat reuse in a run's results: hourly variables of group `district`, section `reuse` of summary.json."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.units import GWH, MWH

if TYPE_CHECKING:
    from geometry.grid import Array
    from twin.year import Year
    from twin.year.marginal import MarginalValues

HOUR = 3600.0  # [s]


def dispatch_variables(year: Year) -> dict[str, Array]:
    """Hourly variables beside those every run has; storage ones only where there is a storage."""
    dispatch, offer = year.dispatch, year.offer
    values = {
        "heat_direct": dispatch.direct,
        "heat_pumped": dispatch.pumped,
        "heat_others": year.others,
        "trunk_loss": dispatch.trunk_loss,
        "heat_pump_cop": dispatch.cop,
        "heat_pump_units": dispatch.running,
        "station_out": dispatch.network_out,
        "source_in": offer.temperature,
        "source_wanted": offer.coldest,
        "source_rate": np.broadcast_to(np.asarray(offer.rate, dtype=np.float64), offer.temperature.shape),
        "source_out": dispatch.source_out,
    }
    if dispatch.boiler.any():
        values["heat_boiler"] = dispatch.boiler
    if dispatch.content.any() or dispatch.charge.any():
        values |= {
            "storage_charge": dispatch.charge,
            "storage_discharge": dispatch.discharge,
            "storage_loss": dispatch.storage_loss,
            "storage_content": dispatch.content,
            "storage_top": dispatch.storage_top,
            "storage_bottom": dispatch.storage_bottom,
        }
    return values


def feed_variables(year: Year) -> tuple[dict[str, Array], dict[str, Any]]:
    """Hourly variables of the other data centres (feed, time), and their coordinate; none without."""
    if not year.feeds:
        return {}, {}
    each = {
        "feed_offered": [feed.dispatch.offered for feed in year.feeds],
        "feed_taken": [feed.dispatch.site_heat for feed in year.feeds],
        "feed_delivered": [feed.dispatch.delivered for feed in year.feeds],
        "feed_power": [feed.dispatch.electricity for feed in year.feeds],
        "feed_trunk_loss": [feed.dispatch.trunk_loss for feed in year.feeds],
        "feed_limit": [feed.dispatch.limit for feed in year.feeds],
    }
    names = [feed.name for feed in year.feeds]
    return {name: np.stack(rows) for name, rows in each.items()}, {"feed": ("feed", names)}


def feeds_section(year: Year) -> list[dict[str, Any]]:
    """The year of each other data centre."""
    from solvers.district.dispatch import totals

    found = []
    for feed in year.feeds:
        sums = totals(feed.dispatch)
        found.append(
            {
                "name": feed.name,
                "offered_GWh": sums.offered / GWH,
                "taken_GWh": sums.site_heat / GWH,
                "delivered_GWh": sums.delivered / GWH,
                "electricity_GWh": sums.electricity / GWH,
                "trunk_loss_GWh": sums.trunk_loss / GWH,
                "cop": sums.pumped / sums.electricity if sums.electricity > 0.0 else None,
                "peak_delivered_MW": sums.peak_delivered / 1e6,
            }
        )
    return found


def reuse_section(year: Year, limits: dict[str, float], margins: MarginalValues | None) -> dict[str, Any]:
    """What a document needs of the dispatch: heat by source, storage, limits, what more would bring."""
    from solvers.district.dispatch import totals

    dispatch = year.dispatch
    sums = totals(dispatch)
    named = ("direct", "pumped", "charge", "discharge", "storage_loss", "boiler", "trunk_loss")
    marginal = {}
    if margins is not None:
        for key, margin in (
            ("heat_pump_MW", margins.heat_pump),
            ("storage_1000_m3", margins.storage),
            ("network_km", margins.network),
        ):
            marginal[key] = {f"{name}_MWh": value / MWH for name, value in asdict(margin).items()}
    return {
        **{f"{name}_GWh": getattr(sums, name) / GWH for name in named},
        "others_GWh": float(year.others.sum()) * HOUR / GWH,
        "peak_others_MW": float(year.others.max()) / 1e6,
        "peak_delivered_MW": sums.peak_delivered / 1e6,
        "feeds": feeds_section(year),
        "limit_hours_share": limits,
        "marginal": marginal,
        "closure": dispatch.closure,
    }
