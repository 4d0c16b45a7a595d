"""Heat reuse in a run's results: hourly variables of group `district`, section `reuse` of summary.json."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from twin.units import GWH, MWH

if TYPE_CHECKING:
    from geometry.grid import Array
    from solvers.district.dispatch import Offer
    from solvers.district.dispatch_records import Dispatch
    from twin.year.marginal import MarginalValues


def dispatch_variables(dispatch: Dispatch, offer: Offer) -> dict[str, Array]:
    """Hourly variables beside those every run has; storage ones only where there is a storage."""
    values = {
        "heat_direct": dispatch.direct,
        "heat_pumped": dispatch.pumped,
        "heat_others": dispatch.others,
        "trunk_loss": dispatch.trunk_loss,
        "heat_pump_cop": dispatch.cop,
        "heat_pump_units": dispatch.running,
        "station_out": dispatch.network_out,
        "source_in": offer.temperature,
        "source_wanted": offer.coldest,
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


def reuse_section(
    dispatch: Dispatch, limits: dict[str, float], margins: MarginalValues | None
) -> dict[str, Any]:
    """What a document needs of the dispatch: heat by source, storage, limits, what more would bring."""
    from solvers.district.dispatch import totals

    year = totals(dispatch)
    named = ("direct", "pumped", "charge", "discharge", "storage_loss", "boiler", "trunk_loss", "others")
    marginal = {}
    if margins is not None:
        for key, margin in (
            ("heat_pump_MW", margins.heat_pump),
            ("storage_1000_m3", margins.storage),
            ("network_km", margins.network),
        ):
            marginal[key] = {f"{name}_MWh": value / MWH for name, value in asdict(margin).items()}
    return {
        **{f"{name}_GWh": getattr(year, name) / GWH for name in named},
        "peak_others_MW": year.peak_others / 1e6,
        "peak_delivered_MW": year.peak_delivered / 1e6,
        "limit_hours_share": limits,
        "marginal": marginal,
        "closure": dispatch.closure,
    }
