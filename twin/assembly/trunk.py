"""The trunk from a site to its network: route, length, diameter, what it loses and carries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers.district.buried import Soil
from solvers.district.demand import Network, hourly_demand
from solvers.district.profiles import ground_temperature
from solvers.district.trunk import (
    WATER_HEAT,
    PipePrices,
    Trunk,
    TrunkDuty,
    TrunkRule,
    choose_trunk,
    trunk_cost,
)
from twin.district.catalogue import SERIES, insulated_pipes
from twin.district.geojson import read_trace
from twin.district.places import area_of, check_places, line_length
from twin.units import MWH

if TYPE_CHECKING:
    from twin.schema import DistrictConf
    from twin.weather import Weather

_FAR = 100e3  # [m] of trunk: further apart, site and network are not of one region


def trunk_route(district: DistrictConf) -> Array:
    """(n, 2) longitude, latitude [deg] of the trunk from site to network; empty where it is not drawn.

    Raises InputError for places outside the declared area, exchanged coordinates, and a route of no length.
    """
    given = district.trunk.route_deg
    if not given and district.trunk.route_file is None:
        return np.empty((0, 2))
    area = area_of(district.area_deg)
    if district.trunk.route_file is not None:
        lines = read_trace(district.trunk.route_file, area).lines
        require(
            len(lines) == 1,
            f"trunk route {district.trunk.route_file}: {len(lines)} lines: must be one",
        )
        return lines[0].places
    require(
        len(given) > 1 and all(len(place) == 2 for place in given),
        f"district.trunk.route_deg of {district.name}: at least two places, each longitude and latitude",
        hint="district.trunk.route_deg=[[4.89,44.93],[4.92,44.94]]",
    )
    route = np.array(given, dtype=np.float64)
    check_places(route, area, f"trunk route of {district.name}")
    return route


def trunk_length(district: DistrictConf) -> float:
    """[m]: as given, or along the route in Lambert-93. InputError where neither says it."""
    if district.trunk_km is not None:
        return 1e3 * district.trunk_km
    route = trunk_route(district)
    require(
        len(route) > 1,
        f"district.trunk_km of {district.name} is null, and no route is drawn",
        hint="district.trunk_km=3, or district.trunk.route_deg",
    )
    length = line_length(route)
    require(
        length > 1.0,
        f"trunk route of {district.name}: {length:.3g} m long: its places are one",
        hint="a route from the site to the network",
    )
    require(
        length < _FAR,
        f"trunk route of {district.name}: {length / 1e3:.0f} km long: above {_FAR / 1e3:g} km",
        hint="check the coordinates of its ends",
    )
    return length


def trunk_duty(network: Network, weather: Weather, capacity: float, cover: float) -> TrunkDuty:
    """Hours of the trunk when a plant of this capacity [W] serves the network as far as it can."""
    demand = hourly_demand(network, weather.dry_bulb)
    return TrunkDuty(
        heat=np.minimum(demand.heat, capacity),
        supply=demand.supply,
        back=demand.back,
        ground=ground_temperature(weather.dry_bulb, cover),
    )


def trunk_of(district: DistrictConf, network: Network, weather: Weather, capacity: float) -> Trunk:
    """The trunk for a plant of this capacity [W]: one line of the size given, else the cheapest."""
    conf = district.trunk
    series = SERIES if conf.series is None else (conf.series,)
    pipes = [pipe for each in series for pipe in insulated_pipes(each) if conf.dn in (None, pipe.nominal)]
    sizes = ", ".join(str(pipe.nominal) for pipe in insulated_pipes(2))
    require(bool(pipes), f"district.trunk.dn = {conf.dn}: no pipe of this size", hint=f"one of {sizes}")
    duty = trunk_duty(network, weather, capacity, conf.cover_m)
    soil = Soil(conductivity=conf.soil_W_mK, cover=conf.cover_m)
    length = network.trunk_length
    rule = TrunkRule(
        max_velocity=conf.max_velocity_m_s,
        max_gradient=conf.max_gradient_Pa_m,
        pump_efficiency=conf.pump_efficiency,
    )
    prices = PipePrices(
        base=conf.base_EUR_m,
        per_diameter=conf.per_diameter_EUR_m2,
        recovery=conf.recovery_1_a,
        heat=conf.heat_EUR_MWh / MWH,
        electricity=conf.electricity_EUR_MWh / MWH,
    )
    if conf.dn is None:
        return choose_trunk(pipes, duty, prices, length=length, soil=soil, rule=rule)
    given = [Trunk(pipe=pipe, length=length, lines=1, soil=soil, rule=rule) for pipe in pipes]
    return min(given, key=lambda trunk: trunk_cost(trunk, duty, prices).total)


def trunk_heat(trunk: Trunk, network: Network, weather: Weather) -> Array:
    """(n,) heat that the trunk carries at the velocity and gradient its rule allows [W].

    So much of the network's flow the plant warms: one smaller than the town's need has no more of it.
    """
    demand = hourly_demand(network, weather.dry_bulb)
    return np.asarray(trunk.most_flow() * WATER_HEAT * (demand.supply - demand.back))


def laid_trunk(
    district: DistrictConf, network: Network, weather: Weather, capacity: float
) -> tuple[Trunk, Network]:
    """`trunk_of`, and the network with what it loses by hour, unless the configuration gives that."""
    trunk = trunk_of(district, network, weather, capacity)
    if district.trunk_loss_W_m is not None:
        return trunk, network
    duty = trunk_duty(network, weather, capacity, district.trunk.cover_m)
    return trunk, replace(network, trunk_loss=trunk.loss_per_metre(duty))
