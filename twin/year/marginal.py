"""What a little more would bring: the year dispatched again with one more of each, all else as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from solvers.district.demand import Demand
from solvers.district.dispatch import Variant, dispatch_variants, totals
from solvers.district.dispatch_records import Totals
from solvers.heat.station import Station
from solvers.heat.storage import Insulation, Storage, Tank
from twin.year.records import Year, YearSpec
from twin.year.reuse import variant_of

MORE_HEAT_PUMP = 1e6  # [W]
MORE_STORAGE = 1e3  # [m3]
MORE_NETWORK = 1e3  # [m]
_FIRST_TANK = Tank(
    volume=MORE_STORAGE, height=15.0, insulation=Insulation(lid=0.2, wall=0.2, bottom=0.2)
)  # where there is none yet; as the tank of conf/recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """More a year [J]: heat delivered, taken from the site, electricity, heat of other sources (negative:
    less of them)."""

    delivered: float
    site_heat: float
    electricity: float
    others: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginalValues:
    """One more MW of station and heat pump (of exchanger where there is no heat pump), 1,000 m3 of storage,
    1 km of network. Differences of two dispatched years; the trunk keeps its size."""

    heat_pump: Margin
    storage: Margin
    network: Margin


def marginal_values(spec: YearSpec, year: Year) -> MarginalValues | None:
    """None without recovery."""
    # what the site was asked for, behind other sources and beside other data centres
    demand = Demand(heat=year.dispatch.demand, supply=year.network_supply, back=year.network_return)
    base = variant_of(spec, demand)
    if base is None:
        return None
    more = (
        replace(base, station=_larger_station(base.station)),
        replace(base, storage=_larger_storage(base.storage)),
        _longer_network(base, spec),
    )
    before = totals(year.dispatch)
    margins = [_margin(before, after) for after in dispatch_variants(more, year.offer)]
    return MarginalValues(heat_pump=margins[0], storage=margins[1], network=margins[2])


def _larger_station(station: Station) -> Station:
    share = 1.0 + MORE_HEAT_PUMP / station.capacity
    pump = station.heat_pump
    return replace(
        station,
        capacity=station.capacity + MORE_HEAT_PUMP,
        exchanger_ua=station.exchanger_ua * share,
        exchanger_rate=station.exchanger_rate * share,
        heat_pump=None if pump is None else replace(pump, capacity=pump.capacity + MORE_HEAT_PUMP),
    )


def _larger_storage(storage: Storage | None) -> Storage:
    return _FIRST_TANK if storage is None else replace(storage, volume=storage.volume + MORE_STORAGE)


def _longer_network(base: Variant, spec: YearSpec) -> Variant:
    """All hours grow alike by what an extension of the density given sells and loses."""
    assert spec.network is not None
    sold = spec.extension_density * MORE_NETWORK
    demand = base.demand
    return replace(base, demand=replace(demand, heat=demand.heat * (1.0 + sold / spec.network.annual_heat)))


def _margin(before: Totals, after: Totals) -> Margin:
    return Margin(
        delivered=after.delivered - before.delivered,
        site_heat=after.site_heat - before.site_heat,
        electricity=after.electricity - before.electricity,
        others=after.others - before.others,
    )
