"""Heat reuse in the year: what the network asks for, what the station takes, stores and hands over."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geometry.grid import Array
from solvers.district.demand import Demand, hourly_demand, trunk_heat_loss
from solvers.district.dispatch import Offer, Variant, idle
from solvers.district.dispatch_records import Dispatch
from solvers.district.feeds import Supplier, dispatch_together
from solvers.district.sources import left_for_site
from solvers.district.trunk import WATER_HEAT
from solvers.heat.heat_pump import planned_outage
from twin.weather import Weather
from twin.year.circuits import Source
from twin.year.records import FeedYear, YearSpec

SITE = "site"  # name of the site among those that feed the network


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """The network's demand, the water offered to it, and what happened hour by hour; electricity of the pumps
    of trunk and network that hand the site's heat over [W]."""

    demand: Demand
    offer: Offer
    dispatch: Dispatch
    trunk_pumps: Array
    network_pumps: Array
    feeds: tuple[FeedYear, ...] = ()


def reuse(spec: YearSpec, weather: Weather, source: Source) -> Reuse:
    """What the network takes from the water on offer."""
    demand = demand_of(spec, weather)
    offer = offer_of(spec, weather, source, demand)
    variant = variant_of(spec, left_demand(spec, demand))
    if variant is None:
        none = np.zeros_like(demand.heat)
        result = idle(demand, offer)
        return Reuse(demand=demand, offer=offer, dispatch=result, trunk_pumps=none, network_pumps=none)
    site = Supplier(name=SITE, offer=offer, variant=variant)
    own, *others = dispatch_together(variant.demand, (site, *spec.feeds))
    return Reuse(
        demand=demand,
        offer=offer,
        dispatch=own,
        trunk_pumps=trunk_pumps(spec, demand, own),
        network_pumps=network_pumps(spec, demand, own),
        feeds=tuple(
            FeedYear(name=feed.name, offer=feed.offer, dispatch=each)
            for feed, each in zip(spec.feeds, others, strict=True)
        ),
    )


def trunk_pumps(spec: YearSpec, demand: Demand, result: Dispatch) -> Array:
    """(n,) electricity of the trunk's pumps for the heat that passed it [W]; 0 without a trunk."""
    if spec.trunk is None:
        return np.zeros_like(demand.heat)
    spread = demand.supply - demand.back
    warmed = (
        result.network_out - demand.back
    )  # less than the spread where the plant warms more than it can fill
    station = result.direct + result.pumped - result.charge + result.discharge
    flow = np.divide(station, warmed, out=np.zeros_like(station), where=warmed > 1e-6)
    sent = result.delivered + result.boiler_delivered + result.trunk_loss
    return spec.trunk.pump_power(np.maximum(flow, sent / spread) / WATER_HEAT)


def network_pumps(spec: YearSpec, demand: Demand, result: Dispatch) -> Array:
    """(n,) electricity of a drawn network's pumps for the site's share of its heat [W].

    A feed pushes its water through the network itself; pumps are as good as the trunk's.
    """
    if spec.network is None or spec.network.pumps is None or spec.trunk is None:
        return np.zeros_like(demand.heat)
    given = result.delivered + result.boiler_delivered
    share = np.divide(given, demand.heat, out=np.zeros_like(given), where=demand.heat > 0.0)
    return share * spec.network.pumps / spec.trunk.rule.pump_efficiency


def demand_of(spec: YearSpec, weather: Weather) -> Demand:
    """The network's demand by hour; none at no temperature where there is no network."""
    if spec.network is None:
        nothing = np.zeros_like(weather.dry_bulb)
        return Demand(heat=nothing, supply=nothing + np.nan, back=nothing + np.nan)
    return hourly_demand(spec.network, weather.dry_bulb)


def left_demand(spec: YearSpec, demand: Demand) -> Demand:
    """What the sources that run before all data centres leave of it."""
    if spec.network is None:
        return demand
    return replace(demand, heat=left_for_site(demand.heat, spec.network.sources))


def offer_of(spec: YearSpec, weather: Weather, source: Source, demand: Demand) -> Offer:
    """The site's water as the dispatch takes it; overhaul in the hours of least demand."""
    return Offer(
        temperature=source.offered,
        coldest=source.coldest,
        rate=source.rate,
        air=weather.dry_bulb,
        available=planned_outage(demand.heat, spec.availability),
    )


def variant_of(spec: YearSpec, demand: Demand) -> Variant | None:
    """The site's station, storage and trunk before this demand; None without recovery."""
    if spec.recovery is None or spec.network is None:
        return None
    return Variant(
        station=spec.recovery,
        demand=demand,
        storage=spec.storage,
        trunk_loss=trunk_heat_loss(spec.network),
        trunk_capacity=spec.trunk_capacity,
        charge_temperature=spec.charge_temperature,
        foresight=spec.foresight,
        sources=spec.network.sources,
    )


def left_over(heat: Array, taken: Array) -> Array:
    """What is not taken; where all of it is, the rounding of the two is not heat."""
    rest = heat - taken
    return np.where(np.abs(rest) <= 1e-12 * heat, 0.0, rest)
