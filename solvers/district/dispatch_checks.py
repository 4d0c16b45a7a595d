"""What an hourly dispatch is held to: its inputs before, its balances and the machine's envelope after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers.district.dispatch_kernels import HOUR
from solvers.district.dispatch_records import Dispatch, Offer
from solvers.errors import BalanceError
from solvers.heat.heat_pump import Limit

if TYPE_CHECKING:
    from solvers.district.dispatch import Variant

TOLERANCE = 1e-9  # of every balance of every hour, relative


def audit(result: Dispatch, *, before: float, heat_per_kelvin: float) -> float:
    """Largest relative closure of any hour. before: content at the start [J]; heat_per_kelvin: of the
    storage [J/K], whose rounding is measured against a thousandth of a kelvin.

    Raises BalanceError above 1e-9, naming balance and hour.
    """
    r = result
    content = np.diff(np.concatenate(([before], r.content)))
    thousandth = 1e-3 * heat_per_kelvin / HOUR
    balances = {
        "station": (r.site_heat + r.electricity, r.direct + r.pumped, 0.0),
        "network": (
            r.direct + r.pumped + r.discharge + r.boiler,
            r.charge + r.trunk_loss + r.delivered + r.boiler_delivered,
            0.0,
        ),
        "demand": (r.demand, r.delivered + r.boiler_delivered + r.others, 0.0),
        "storage": (r.charge, r.discharge + r.storage_loss + content / HOUR, thousandth),
    }
    floor = max(1e-12 * float(r.demand.max(initial=0.0)), 1e-6)
    worst = 0.0
    for name, (left, right, least) in balances.items():
        hourly = np.abs(left - right) / np.maximum(np.maximum(np.abs(left), np.abs(right)), floor + least)
        if not np.all(np.isfinite(hourly)) or float(hourly.max()) > TOLERANCE:
            hour = int(np.argmax(np.where(np.isfinite(hourly), hourly, np.inf)))
            raise BalanceError(
                f"dispatch, balance of the {name} in hour {hour}: {left[hour]:.9g} W in, {right[hour]:.9g} W "
                f"out (allowed {TOLERANCE:g})"
            )
        worst = max(worst, float(hourly.max()))
    return worst


def check(variant: Variant, offer: Offer) -> None:
    """Raise InputError for series of unequal length, gaps, a return hotter than the supply, an odd trunk."""
    demand, n = variant.demand, variant.demand.heat.size
    named = {
        "heat of the demand": demand.heat,
        "supply temperature of the network": demand.supply,
        "return temperature of the network": demand.back,
        "temperature offered by the site": offer.temperature,
        "temperature wanted back by the site": offer.coldest,
        "outdoor temperature": offer.air,
    }
    for name, series in named.items():
        require(series.size == n, f"the {name} has {series.size} hours, the demand {n}")
        require(bool(np.all(np.isfinite(series))), f"the {name} has gaps (nan) in its hours")
    require(
        offer.available.size == n, f"availability of the station has {offer.available.size} hours, not {n}"
    )
    hot = demand.back >= demand.supply
    if np.any(hot):
        hour = int(np.argmax(hot))
        require(
            False,
            f"return of the network = {demand.back[hour] - 273.15:.4g} degC in hour {hour}: not below its "
            f"supply, {demand.supply[hour] - 273.15:.4g} degC",
        )
    rate = np.broadcast_to(offer.rate, n)
    require(
        bool(np.all(rate >= 0.0) and np.all(np.isfinite(rate))),
        f"capacity rate of the site's water = {float(rate.min(initial=0.0)):g} W/K: must not be negative",
    )
    for name, trunk, least in (
        ("loss", np.asarray(variant.trunk_loss), 0.0),
        ("capacity", np.asarray(variant.trunk_capacity), np.nextafter(0.0, 1.0)),
    ):
        require(trunk.shape in ((), (n,)), f"{name} of the trunk: one value, or one an hour ({n})")
        require(
            bool(np.all(trunk >= least)),
            f"{name} of the trunk = {float(np.min(trunk)):g} W: must be "
            + ("positive" if least else "0 or more"),
        )


def refuse_outside_envelope(variant: Variant, result: Dispatch) -> None:
    """A machine that never runs because it cannot is an error; single hours are recorded as limits."""
    if variant.station.heat_pump is None:
        return
    outside = result.limit == Limit.ENVELOPE
    tried = outside | (result.pumped > 0.0)
    require(
        not (np.any(outside) and np.all(outside == tried)),
        f"the heat pump is outside its envelope in all {int(outside.sum())} hours it is asked to run: source "
        f"{_span(result.source_out[outside])}, network {_span(variant.demand.back[outside])} to "
        f"{_span(variant.demand.supply[outside])} degC",
        hint="another machine or map, a warmer source, or a lower supply temperature",
    )


def _span(kelvin: Array) -> str:
    if kelvin.size == 0:
        return "none"
    return f"{float(kelvin.min()) - 273.15:.0f}..{float(kelvin.max()) - 273.15:.0f}"
