"""Other data centres of the network: configuration and finished runs to station, trunk and water."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers.district.demand import Network, hourly_demand, trunk_heat_loss
from solvers.district.dispatch import Offer, Variant
from solvers.district.feeds import Rank, Supplier
from solvers.heat.heat_pump import planned_outage
from twin.assembly.heat import station_of
from twin.assembly.trunk import laid_trunk, trunk_heat, trunk_length, trunk_route
from twin.district.offers import offered_water
from twin.schema.district import FeedOrder
from twin.units import MW
from twin.year.reuse import SITE

if TYPE_CHECKING:
    from twin.schema import DistrictConf
    from twin.schema.district import FeedConf
    from twin.schema.recovery import RecoveryConf
    from twin.weather import Weather

_RANK = {
    FeedOrder.before_site: Rank.BEFORE_SITE,
    FeedOrder.with_site: Rank.WITH_SITE,
    FeedOrder.after_site: Rank.AFTER_SITE,
}


def feeds_of(
    district: DistrictConf, recovery: RecoveryConf, network: Network, weather: Weather
) -> tuple[Supplier, ...]:
    """The other data centres, each with its station and its trunk. Raises InputError, naming the feed."""
    check_names(district.feeds)
    return tuple(_supplier(feed, district, recovery, network, weather) for feed in district.feeds)


def check_names(feeds: Sequence[FeedConf]) -> None:
    """Raise InputError for feeds of one name, or called as the site is."""
    names = [feed.name for feed in feeds]
    for name in names:
        require(
            names.count(name) == 1 and name != SITE,
            f"district.feeds: the name '{name}' stands there twice, or is that of the site",
            hint="another name",
        )


def feed_view(district: DistrictConf, feed: FeedConf) -> DistrictConf:
    """The district as a feed sees it: the same network behind a trunk of its own."""
    trunk = replace(district.trunk, route_deg=feed.route_deg, route_file=None, dn=feed.dn)
    return replace(
        district,
        name=f"feed '{feed.name}' of {district.name}",
        trunk_km=feed.trunk_km,
        trunk_loss_W_m=None,
        trunk=trunk,
        feeds=[],
    )


def feed_places(district: DistrictConf) -> dict[str, tuple[Array, float]]:
    """Where each feed with a drawn route meets the network [deg] (2,), and its station's capacity [W]."""
    return {
        feed.name: (
            trunk_route(feed_view(district, feed))[-1],
            feed_capacity(feed, offered_water(feed).heat),
        )
        for feed in district.feeds
        if feed.route_deg
    }


def feed_capacity(feed: FeedConf, heat: Array) -> float:
    """Of a feed's station [W]: as given, or the largest heat of its water."""
    return feed.capacity_MW * MW if feed.capacity_MW is not None else float(heat.max())


def feed_network(feed: FeedConf, district: DistrictConf, network: Network) -> Network:
    """The network behind the feed's trunk. Raises InputError for a trunk whose length nobody says."""
    require(
        feed.trunk_km is not None or len(feed.route_deg) > 1,
        f"district.feeds '{feed.name}': neither trunk_km nor a route_deg of at least two places",
        hint="trunk_km=2",
    )
    require(
        feed.trunk_km is None or 0.0 < feed.trunk_km <= 200.0,
        f"district.feeds '{feed.name}': trunk_km = {feed.trunk_km} km: outside 0..200 km, 0 left out",
    )
    return replace(network, trunk_length=trunk_length(feed_view(district, feed)), trunk_loss=0.0)


def _supplier(
    feed: FeedConf, district: DistrictConf, recovery: RecoveryConf, network: Network, weather: Weather
) -> Supplier:
    water = offered_water(feed)
    capacity = feed_capacity(feed, water.heat)
    require(
        capacity > 0.0,
        f"district.feeds '{feed.name}': capacity of its station = {capacity / MW:g} MW: must be positive",
    )
    station = station_of(replace(recovery, capacity_MW=capacity / MW, boiler_MW=0.0), network, weather)
    view = feed_view(district, feed)
    trunk, behind = laid_trunk(view, feed_network(feed, district, network), weather, capacity)
    demand = hourly_demand(network, weather.dry_bulb)
    return Supplier(
        name=feed.name,
        rank=_RANK[feed.order],
        offer=Offer(
            temperature=water.temperature,
            coldest=np.minimum(water.coldest, water.temperature),
            rate=water.rate,
            air=weather.dry_bulb,
            available=planned_outage(demand.heat, recovery.availability),
        ),
        variant=Variant(
            station=station,
            demand=demand,
            trunk_loss=trunk_heat_loss(behind),
            trunk_capacity=trunk_heat(trunk, behind, weather),
        ),
    )
