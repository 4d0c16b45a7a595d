"""What a run stores of its district: pipes on the map, substations, demand by class, producers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geometry.grid import Array
from solvers.district.demand import Network, sold_classes, sold_heat
from solvers.district.sources import merit_order
from solvers.district.trunk import Trunk, TrunkDuty
from twin.assembly.district import HOUR, LaidNet, laid_net, sources_of
from twin.assembly.feeds import feed_network, feed_view
from twin.assembly.trunk import laid_trunk, trunk_duty, trunk_of, trunk_route
from twin.district.places import area_of
from twin.district.plan import (
    ClassDemand,
    DistrictPlan,
    PlannedSource,
    Segment,
    SegmentKind,
    Substation,
)
from twin.units import KWH, MW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solvers.district.feeds import Supplier
    from twin.schema import DistrictConf
    from twin.schema.district import FeedConf
    from twin.weather import Weather


def plan_of(
    district: DistrictConf,
    network: Network,
    weather: Weather,
    capacity: float,
    feeds: Sequence[Supplier] = (),
) -> DistrictPlan:
    """The plan for a recovery plant of this capacity [W]; feeds: other data centres, as configured."""
    duty = trunk_duty(network, weather, capacity, district.trunk.cover_m)
    trunk = trunk_of(district, network, weather, capacity)
    sold = sold_heat(network, weather.dry_bulb)
    segments = [_trunk_segment("trunk", district, network, trunk, duty)]
    for conf, feed in zip(district.feeds, feeds, strict=True):
        segments.append(_feed_segment(conf, feed, district, network, weather))
    substations: tuple[Substation, ...] = ()
    if district.network_efficiency is None and district.pipes.file is not None:
        laid = laid_net(district, network, weather)
        segments += _segments(network, laid)
        substations = _substations(laid, sold.sum(axis=0))
    by_class = network.series is None and bool(network.classes)
    uses = [each.use.value for each in district.classes] if by_class else ["housing"]
    return DistrictPlan(
        segments=tuple(segments),
        substations=substations,
        classes=tuple(
            ClassDemand(name=each.name, use=use, heat=heat)
            for each, use, heat in zip(sold_classes(network), uses, sold, strict=True)
        ),
        sources=_sources(district),
        perimeter=_perimeter(district),
        trunk_arrival=trunk.arrival(duty),
        trunk_pump_power=trunk.pump_power(duty.flow),
    )


def _feed_segment(
    conf: FeedConf, feed: Supplier, district: DistrictConf, network: Network, weather: Weather
) -> Segment:
    """The trunk of another data centre."""
    view, capacity = feed_view(district, conf), feed.variant.station.capacity
    trunk, behind = laid_trunk(view, feed_network(conf, district, network), weather, capacity)
    duty = trunk_duty(behind, weather, capacity, district.trunk.cover_m)
    return _trunk_segment(f"trunk {feed.name}", view, behind, trunk, duty)


def _trunk_segment(
    name: str, district: DistrictConf, network: Network, trunk: Trunk, duty: TrunkDuty
) -> Segment:
    route = trunk_route(district)
    hourly = np.broadcast_to(np.asarray(network.trunk_loss), duty.heat.shape)
    return Segment(
        name=name,
        kind=SegmentKind.TRUNK,
        longitude=route[:, 0],
        latitude=route[:, 1],
        length=trunk.length,
        nominal=trunk.pipe.nominal,
        lines=trunk.lines,
        supply=network.supply_cold,
        back=network.return_temperature,
        loss=trunk.length * float(hourly[duty.heat > 0.0].mean()),
    )


def _segments(network: Network, laid: LaidNet) -> list[Segment]:
    part = laid.net.conductance / laid.net.conductance.sum() * float(laid.year.loss.mean())
    return [
        Segment(
            name=main.name,
            kind=SegmentKind.NETWORK,
            longitude=line[:, 0],
            latitude=line[:, 1],
            length=main.length,
            nominal=pipe.nominal,
            lines=int(lines),
            supply=network.supply_cold,
            back=network.return_temperature,
            loss=float(loss),
        )
        for main, line, pipe, lines, loss in zip(
            laid.net.mains, laid.drawn.lines, laid.net.pipe, laid.net.lines, part, strict=True
        )
    ]


def _substations(laid: LaidNet, sold: Array) -> tuple[Substation, ...]:
    annual, peak = float(sold.sum()) * HOUR, float(sold.max())
    return tuple(
        Substation(
            name=each.name,
            longitude=longitude,
            latitude=latitude,
            annual_heat=annual * each.share,
            peak=peak * each.share,
            use=use,
        )
        for each, (longitude, latitude, use) in zip(laid.net.consumers, laid.drawn.sites, strict=True)
    )


def _sources(district: DistrictConf) -> tuple[PlannedSource, ...]:
    rank = {number: place for place, number in enumerate(merit_order(sources_of(district)))}
    return tuple(
        PlannedSource(
            name=each.name,
            kind=each.kind.value,
            capacity=each.capacity_MW * MW,
            cost=each.cost_EUR_MWh,
            carbon=each.carbon_kg_kWh / KWH,
            rank=rank[number],
            before_site=each.before_site,
        )
        for number, each in enumerate(district.sources)
    )


def _perimeter(district: DistrictConf) -> Array:
    if not district.area_deg:
        return np.empty((0, 2))
    west, south, east, north = area_of(district.area_deg)
    return np.array([(west, south), (east, south), (east, north), (west, north)])
