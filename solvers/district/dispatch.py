"""Hourly dispatch of recovered heat: station, storage, boiler and the network's other sources, over a year.

            site's water              network's return
                 |                          |
            [ station ] ----------------> (supply) --> trunk --> network <-- other sources
                 |   \\--> charge            ^
            [ coolers ]   [ storage ] --discharge

Rule by hour: the station serves the network first; with what it could still give it charges the storage;
where the network asks for more than the station gives, the storage discharges; the back-up boiler and then
the network's other sources make the rest. A storage is run through the year twice, so that it ends the year
near where it began. Everything is SI; arrays are hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers.district import dispatch_kernels as rows
from solvers.district.demand import Demand
from solvers.district.dispatch_kernels import HOUR, ROWS, Series, SiteLaw, dispatch_kernel
from solvers.district.dispatch_records import Dispatch, Offer, Totals
from solvers.errors import BalanceError
from solvers.heat import station as stations
from solvers.heat import storage as storages
from solvers.heat.heat_pump import Limit
from solvers.heat.station import Station
from solvers.heat.storage import GROUND_SHELLS, Storage
from solvers.heat.storage_kernels import StoreLaw

TOLERANCE = 1e-9  # of every balance of every hour, relative
FIRST_YEARS = 1  # run before the one that counts, where there is a storage

_NO_STORE = StoreLaw(
    layer_capacity=0.0,
    to_air=np.zeros(0),
    to_ground=np.zeros(0),
    between=np.zeros(0),
    shell_capacity=np.zeros(0),
    shell_conductance=np.zeros(0),
    ground=0.0,
    flow_limit=0.0,
    low_port=0,
    high_port=0,
    sharp=0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What a dispatch needs beside the offer: station, network demand, storage or none, and the trunk: heat
    it loses while in use and heat it carries at most, constant or by hour [W]. charge_temperature: the
    storage is charged with water at least this hot [K]; None: at the network's supply temperature."""

    station: Station
    demand: Demand
    storage: Storage | None = None
    trunk_loss: float | Array = 0.0
    trunk_capacity: float | Array = np.inf
    charge_temperature: float | None = None


def dispatch(variant: Variant, offer: Offer) -> Dispatch:
    """The year of one variant.

    Raises InputError for series of unequal length, a return hotter than the supply, nan, or a heat pump
    that leaves its envelope in every hour it is wanted; BalanceError where an hour does not close.
    """
    table, before, law = _run(variant, offer)
    result = Dispatch(
        demand=np.maximum(variant.demand.heat, 0.0),
        offered=table[rows._OFFERED],
        direct=table[rows._DIRECT],
        pumped=table[rows._PUMPED],
        electricity=table[rows._ELECTRICITY],
        site_heat=table[rows._SITE],
        charge=table[rows._CHARGE],
        discharge=table[rows._DISCHARGE],
        storage_loss=table[rows._LOSS],
        boiler=table[rows._BOILER],
        trunk_loss=table[rows._TRUNK_LOSS],
        delivered=table[rows._DELIVERED],
        boiler_delivered=table[rows._BOILER_DELIVERED],
        others=table[rows._OTHERS],
        content=table[rows._CONTENT],
        cop=table[rows._COP],
        network_out=table[rows._NETWORK_OUT],
        source_out=table[rows._SOURCE_OUT],
        storage_top=table[rows._TOP],
        storage_bottom=table[rows._BOTTOM],
        limit=table[rows._LIMIT].astype(np.int8),
        running=table[rows._RUNNING],
    )
    _refuse_outside_envelope(variant, result)
    scale = law.layer_capacity * variant.storage.layers if variant.storage else 0.0
    return replace(result, closure=audit(result, before=before, heat_per_kelvin=scale))


def idle(demand: Demand, offer: Offer) -> Dispatch:
    """The year without a station: nothing is taken, other sources make all the heat."""
    nothing, missing = np.zeros_like(demand.heat), np.full_like(demand.heat, np.nan)
    return Dispatch(
        demand=demand.heat,
        offered=np.maximum(_hours(offer.rate, offer) * (offer.temperature - offer.coldest), 0.0),
        direct=nothing,
        pumped=nothing,
        electricity=nothing,
        site_heat=nothing,
        charge=nothing,
        discharge=nothing,
        storage_loss=nothing,
        boiler=nothing,
        trunk_loss=nothing,
        delivered=nothing,
        boiler_delivered=nothing,
        others=demand.heat,
        content=nothing,
        cop=missing,
        network_out=demand.back,
        source_out=offer.temperature,
        storage_top=missing,
        storage_bottom=missing,
        limit=np.full(demand.heat.size, Limit.OFF, dtype=np.int8),
        running=nothing,
    )


def totals(result: Dispatch) -> Totals:
    """Sums over the year [J] and largest hours [W] of a dispatch."""

    def energy(power: Array) -> float:
        return float(power.sum()) * HOUR

    return Totals(
        demand=energy(result.demand),
        offered=energy(result.offered),
        direct=energy(result.direct),
        pumped=energy(result.pumped),
        electricity=energy(result.electricity),
        site_heat=energy(result.site_heat),
        charge=energy(result.charge),
        discharge=energy(result.discharge),
        storage_loss=energy(result.storage_loss),
        boiler=energy(result.boiler),
        trunk_loss=energy(result.trunk_loss),
        delivered=energy(result.delivered),
        boiler_delivered=energy(result.boiler_delivered),
        others=energy(result.others),
        peak_others=float(result.others.max()),
        peak_delivered=float(result.delivered.max()),
    )


def dispatch_variants(variants: Sequence[Variant], offer: Offer, *, workers: int = 1) -> tuple[Totals, ...]:
    """The year of each variant in sums, in their order; every hour of each is audited as in `dispatch`.

    workers: threads; the kernels let go of the interpreter's lock. The result does not depend on them.
    """
    require(workers > 0, f"workers = {workers}: at least one")

    def one(variant: Variant) -> Totals:
        return totals(dispatch(variant, offer))

    if workers == 1:
        return tuple(one(variant) for variant in variants)
    with ThreadPoolExecutor(workers) as pool:
        return tuple(pool.map(one, variants))


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


def _run(variant: Variant, offer: Offer) -> tuple[Array, float, StoreLaw]:
    """The hourly table, the storage's content before the year that counts [J], and its law."""
    demand = variant.demand
    _check(variant, offer)
    reference = float(demand.back.mean()) if demand.back.size else 0.0
    site = SiteLaw(
        boiler_capacity=float(variant.station.boiler_capacity),
        charge_temperature=float(variant.charge_temperature or 0.0),
        reference=reference,
    )
    series = Series(
        source_in=offer.temperature,
        coldest=offer.coldest,
        source_rate=_hours(offer.rate, offer),
        demand=demand.heat,
        supply=demand.supply,
        back=demand.back,
        air=offer.air,
        available=offer.available,
        trunk_loss=_hours(variant.trunk_loss, offer),
        trunk_capacity=_hours(variant.trunk_capacity, offer),
    )
    station = stations.compiled(variant.station)
    out = np.empty((ROWS, demand.heat.size))
    if variant.storage is None:
        nothing = np.zeros(0)
        before = dispatch_kernel(
            station, _NO_STORE, site, series, nothing, nothing.copy(), np.zeros((2, 1)), out
        )
        return out, float(before), _NO_STORE
    law = storages.compiled(variant.storage)
    state = storages.filled(variant.storage, reference)
    work = np.empty((2, max(variant.storage.layers, GROUND_SHELLS)))
    before = 0.0
    for _ in range(1 + FIRST_YEARS):
        before = dispatch_kernel(station, law, site, series, state.layers, state.shells, work, out)
    return out, float(before), law


def _hours(value: float | Array, offer: Offer) -> Array:
    """(n,) a constant in every hour, or the hours themselves."""
    return np.array(np.broadcast_to(value, offer.temperature.shape), dtype=np.float64)


def _check(variant: Variant, offer: Offer) -> None:
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


def _refuse_outside_envelope(variant: Variant, result: Dispatch) -> None:
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
