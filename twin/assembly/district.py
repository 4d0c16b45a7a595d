"""From the district's configuration to SI: who is served, what its pipes lose, its producers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers.district.buried import Soil
from solvers.district.demand import (
    DemandClass,
    Network,
    Use,
    check_network,
    sold_heat,
    temperatures,
)
from solvers.district.lengths import network_losses
from solvers.district.network import DistrictNet, Feed, lay_network
from solvers.district.profiles import ground_temperature
from solvers.district.sources import HeatSource
from solvers.district.states import NetYear, reduce_net, reduced_year
from solvers.district.trunk import WATER_HEAT
from twin.assembly.feeds import feed_places
from twin.assembly.regime import regime_of
from twin.assembly.trunk import trunk_length, trunk_route
from twin.district.catalogue import french_ratios, insulated_pipes
from twin.district.drawn import DrawnNet, drawn_net
from twin.district.geojson import read_trace
from twin.district.places import area_of
from twin.district.series import read_demand
from twin.schema import BuildingClassConf, BuildingUse, Islands, SourceKind
from twin.units import GWH, KWH, MW, MWH, celsius
from twin.weather import heating_degree_days

if TYPE_CHECKING:
    from twin.schema import DistrictConf
    from twin.weather import Weather

HOUR = 3600.0  # [s]
_AT_WORK = (BuildingUse.offices, BuildingUse.secondary_school, BuildingUse.primary_school, BuildingUse.shops)


# renewable and recovered heat as French tax and aid count it (BOI-TVA-LIQ-30-20-20: biomass, geothermal heat,
# waste, recovered heat); of a heat pump all but its electricity, at a COP of 3 (assumption)
_RENEWABLE = {
    SourceKind.biomass: 1.0,
    SourceKind.waste: 1.0,
    SourceKind.geothermal: 1.0,
    SourceKind.gas: 0.0,
    SourceKind.heat_pump: 2.0 / 3.0,
    SourceKind.data_centre: 1.0,
    SourceKind.industry: 1.0,
    SourceKind.other: 0.0,
}


def network_of(district: DistrictConf, weather: Weather) -> Network:
    """The network, its losses by hour where its pipes are known. Raises InputError for one that cannot be."""
    series = read_demand(district.demand_csv) if district.demand_csv is not None else None
    classes = tuple(demand_class(each, _degree_days(district, weather)) for each in district.classes)
    if district.annual_heat_GWh is not None:
        annual = district.annual_heat_GWh * GWH
    elif series is not None:
        annual = float(series.sum()) * HOUR
    else:
        require(
            bool(classes),
            f"district.annual_heat_GWh of {district.name} is null, and neither district.classes nor "
            "district.demand_csv says what is sold",
            hint="district.annual_heat_GWh=58",
        )
        annual = sum(each.annual for each in classes)
    network = Network(
        annual_heat=annual,
        dwellings=district.dwellings,
        hot_water_share=district.dhw_share,
        efficiency=district.network_efficiency if district.network_efficiency is not None else 1.0,
        heating_limit=celsius(district.heating_limit_C),
        supply_cold=celsius(district.supply_cold_C),
        supply_warm=celsius(district.supply_warm_C),
        outdoor_cold=celsius(district.outdoor_cold_C),
        return_temperature=celsius(district.return_C),
        trunk_length=trunk_length(district),
        trunk_loss=district.trunk_loss_W_m or 0.0,
        classes=classes,
        series=series,
        sources=sources_of(district),
        regime=regime_of(district.regime),
    )
    check_network(network)
    if district.network_efficiency is not None:
        return network
    if district.pipes.file is not None:
        year = laid_net(district, network, weather).year
        return with_losses(replace(network, pumps=year.pump), year.loss)
    return with_losses(network, _losses(district, network, weather))


def with_losses(network: Network, losses: Array) -> Network:
    """The network with what its pipes lose by hour [W], and the efficiency that follows."""
    lost = float(losses.sum()) * HOUR
    return replace(network, losses=losses, efficiency=network.annual_heat / (network.annual_heat + lost))


def _losses(district: DistrictConf, network: Network, weather: Weather) -> Array:
    """(n,) of the network's own pipes [W], of which the length is known."""
    pipes = district.pipes
    require(
        pipes.length_km is not None,
        f"district.network_efficiency of {district.name} is null, and its pipes are not known",
        hint="district.pipes.length_km=13, or district.network_efficiency=0.9",
    )
    assert pipes.length_km is not None
    supply, back = temperatures(network, weather.dry_bulb)
    return network_losses(
        insulated_pipes(pipes.series),
        length=1e3 * pipes.length_km,
        annual_heat=network.annual_heat,
        soil=Soil(conductivity=pipes.soil_W_mK, cover=pipes.cover_m),
        supply=supply,
        back=back,
        ground=ground_temperature(weather.dry_bulb, pipes.cover_m),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidNet:
    """A network as it was drawn, sized, and what a year makes of it."""

    drawn: DrawnNet
    net: DistrictNet
    year: NetYear


def laid_net(district: DistrictConf, network: Network, weather: Weather) -> LaidNet:
    """The network of district.pipes.file, fed where the trunk ends; sized for its peak, reduced.

    Other data centres whose route is drawn feed in where it ends, each with its capacity's part of the
    network's peak and all capacities (assumption: the first feed and the other sources give the rest).
    """
    pipes = district.pipes
    assert pipes.file is not None
    route, feeds = trunk_route(district), feed_places(district)
    drawn = drawn_net(
        read_trace(pipes.file, area_of(district.area_deg)),
        snap=pipes.snap_m,
        drop_islands=pipes.islands is Islands.drop,
        source=route[-1] if len(route) else None,
        others={name: place for name, (place, _) in feeds.items()},
    )
    sold = sold_heat(network, weather.dry_bulb).sum(axis=0)
    supply, back = temperatures(network, weather.dry_bulb)
    everything = float(sold.max()) + sum(capacity for _, capacity in feeds.values())
    ground = ground_temperature(weather.dry_bulb, pipes.cover_m)
    net = lay_network(
        drawn.mains,
        drawn.consumers,
        [Feed(name=n, place=p) for n, p in zip(("feed", *feeds), (drawn.feed, *drawn.others), strict=True)],
        design_flow=float(np.max(sold / (WATER_HEAT * (supply - back)))),
        pipes=insulated_pipes(pipes.series),
        soil=Soil(conductivity=pipes.soil_W_mK, cover=pipes.cover_m),
    )
    reduced = reduce_net(
        net,
        supply=float(np.average(supply, weights=sold)),
        back=float(np.average(back, weights=sold)),
        ground=float(ground.mean()),
        others=[capacity / everything for _, capacity in feeds.values()],
    )
    year = reduced_year(reduced, heat=sold, supply=supply, back=back, ground=ground)
    return LaidNet(drawn=drawn, net=net, year=year)


def _degree_days(district: DistrictConf, weather: Weather) -> float:
    given = district.hdd18_Kd
    return given if given is not None else heating_degree_days(weather.dry_bulb)


def demand_class(conf: BuildingClassConf, degree_days: float) -> DemandClass:
    """A class of buildings by the French ratios, in a year of these heating degree days (18 degC) [K d].

    Raises InputError for a class that does not say how large it is.
    """
    where = f"district class '{conf.name}' ({conf.use.value})"
    ratios = french_ratios()
    if conf.use is BuildingUse.industry:
        require(conf.annual_MWh is not None, f"{where}: its annual_MWh is needed")
        assert conf.annual_MWh is not None
        use = Use.ALWAYS if conf.constant else Use.WORKING_DAYS
        return DemandClass(name=conf.name, use=use, process=conf.annual_MWh * MWH)
    share = degree_days / ratios["reference_degree_days"]
    if conf.use is BuildingUse.housing:
        require(conf.dwellings is not None, f"{where}: its dwellings are needed")
        assert conf.dwellings is not None
        area = conf.dwelling_area_m2 if conf.dwelling_area_m2 is not None else ratios["dwelling_area"]
        heating = conf.dwellings * area * ratios[f"heating_{conf.energy_class.value}"] * share * KWH
        water = conf.dwellings * ratios["hot_water_per_person"] * ratios["persons_per_dwelling"] * KWH
    else:
        require(conf.area_m2 is not None, f"{where}: its heated area_m2 is needed")
        assert conf.area_m2 is not None
        heating, water = conf.area_m2 * ratios[conf.use.value] * share * KWH, 0.0
    scale = 1.0 if conf.annual_MWh is None else conf.annual_MWh * MWH / (heating + water)
    return DemandClass(
        name=conf.name,
        use=Use.WORKING_DAYS if conf.use in _AT_WORK else Use.ALWAYS,
        space_heating=scale * heating,
        hot_water=scale * water,
    )


def sources_of(district: DistrictConf) -> tuple[HeatSource, ...]:
    """The producers of the network as it stands."""
    return tuple(
        HeatSource(
            name=each.name,
            capacity=each.capacity_MW * MW,
            cost=each.cost_EUR_MWh / MWH,
            carbon=each.carbon_kg_kWh / KWH,
            must_run=each.must_run,
            before_site=each.before_site,
            renewable=_RENEWABLE[each.kind] if each.renewable_share is None else each.renewable_share,
        )
        for each in district.sources
    )
