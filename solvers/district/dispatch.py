"""Hourly dispatch of recovered heat: station, storage, boiler and the network's other sources, over a year.

            site's water              network's return
                 |                          |
            [ station ] ----------------> (supply) --> trunk --> network <-- other sources
                 |   \\--> charge            ^
            [ coolers ]   [ storage ] --discharge

Rule by hour: the station serves the network first; with what it could still give it charges the storage;
where the network asks for more than the station gives, the storage discharges; the back-up boiler and then
the network's other sources make the rest. With foresight the storage holds what `foresight.py` plans. A
storage is run through the year twice, so that it ends near where it began. SI; arrays are hours.
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
from solvers.district.dispatch_checks import audit, check, refuse_outside_envelope
from solvers.district.dispatch_kernels import HOUR, ROWS, Series, SiteLaw, dispatch_kernel
from solvers.district.dispatch_records import Dispatch, Offer, Totals
from solvers.district.foresight import Plan, boundless, no_plan, plan_storage, storage_size
from solvers.district.sources import HeatSource
from solvers.heat import station as stations
from solvers.heat import storage as storages
from solvers.heat.heat_pump import Limit
from solvers.heat.station import Station
from solvers.heat.station_kernels import StationLaw
from solvers.heat.storage import GROUND_SHELLS, Storage
from solvers.heat.storage_kernels import StoreLaw

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
    storage is charged with water at least this hot [K]; None: at the network's supply temperature.
    foresight: the storage knows the year, `sources` the network's own producers whose heat it spares."""

    station: Station
    demand: Demand
    storage: Storage | None = None
    trunk_loss: float | Array = 0.0
    trunk_capacity: float | Array = np.inf
    charge_temperature: float | None = None
    foresight: bool = False
    sources: tuple[HeatSource, ...] = ()


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
    refuse_outside_envelope(variant, result)
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


def _run(variant: Variant, offer: Offer) -> tuple[Array, float, StoreLaw]:
    """The hourly table, the storage's content before the year that counts [J], and its law."""
    demand = variant.demand
    check(variant, offer)
    reference = float(demand.back.mean()) if demand.back.size else 0.0
    site = SiteLaw(
        boiler_capacity=float(variant.station.boiler_capacity),
        charge_temperature=float(variant.charge_temperature or 0.0),
        reference=reference,
    )
    plan = no_plan(demand.heat.size)
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
        want=plan.want,
        part=plan.part,
        reserve=plan.reserve,
    )
    station = stations.compiled(variant.station)
    out = np.empty((ROWS, demand.heat.size))
    nothing = np.zeros(0)
    if variant.storage is None or variant.foresight:
        before = dispatch_kernel(
            station, _NO_STORE, site, series, nothing, nothing.copy(), np.zeros((2, 1)), out
        )
        if variant.storage is None:
            return out, float(before), _NO_STORE
    law = storages.compiled(variant.storage)
    state = storages.filled(variant.storage, reference)
    work = np.empty((2, max(variant.storage.layers, GROUND_SHELLS)))
    if variant.foresight:
        plan = _plan(variant, offer, (station, site, series), law, out)
        series = series._replace(want=plan.want, part=plan.part, reserve=plan.reserve)
    before = 0.0
    for _ in range(1 + FIRST_YEARS):
        before = dispatch_kernel(station, law, site, series, state.layers, state.shells, work, out)
    return out, float(before), law


def _plan(
    variant: Variant, offer: Offer, given: tuple[StationLaw, SiteLaw, Series], law: StoreLaw, out: Array
) -> Plan:
    """What the storage should hold; `out`: the year without it, then that of a storage without limits."""
    station, site, series = given
    need = np.minimum(series.demand + series.trunk_loss, series.trunk_capacity)
    need[series.demand <= 0.0] = 0.0
    short = np.maximum(need - out[rows._DIRECT] - out[rows._PUMPED], 0.0)
    others = np.minimum(out[rows._OTHERS], short)
    idle = out[rows._LIMIT] == Limit.MINIMUM_LOAD
    hot = max(float(series.supply.mean()), site.charge_temperature)
    n = law.to_air.size
    layers = np.full(n, site.reference)
    layers[n // 2 :] = max(float(series.supply.max()), site.charge_temperature)
    large = boundless(law, station.capacity, short.size, max(hot - site.reference, 1.0))
    work = np.empty((2, max(n, GROUND_SHELLS)))
    dispatch_kernel(station, large, site, series, layers, np.zeros(0), work, out)
    # for hours of too little load the machine starts once a day, as long as it must, and fills the storage
    starts = np.where(np.arange(idle.size) % 24 == 0, np.inf, 0.0)
    surplus = np.where(idle, starts, out[rows._CHARGE])
    capacity, kept = storage_size(law, hot, site.reference, float(offer.air.mean()))
    return plan_storage(
        short=short,
        surplus=surplus,
        others=others,
        sources=variant.sources,
        capacity=capacity,
        kept=kept,
    )


def _hours(value: float | Array, offer: Offer) -> Array:
    """(n,) a constant in every hour, or the hours themselves."""
    return np.array(np.broadcast_to(value, offer.temperature.shape), dtype=np.float64)
