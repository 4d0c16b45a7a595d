"""Hourly heat demand and temperatures of a district heating network, from the outdoor temperature.

Space heating follows the degree hours below a heating limit of the last day's mean temperature (assumption:
buildings and networks store about a day); hot water follows a daily profile and the mains' cold water; an
industry is constant or works on weekdays. A given hourly series replaces all of that. Temperatures follow the
network's `Regime`. Everything is SI.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from geometry.errors import InputError, require, require_range
from geometry.grid import Array
from solvers.district.profiles import (
    HOT_WATER_PROFILE,
    hot_water_course,
    trailing_day_mean,
    working_days,
)
from solvers.district.regime import Regime, radiator_return
from solvers.district.sources import HeatSource

__all__ = ["HOT_WATER_PROFILE", "Demand", "DemandClass", "Network", "Use", "hourly_demand"]

HOUR = 3600.0  # [s]


class Use(Enum):
    """When a class of buildings takes its heat."""

    ALWAYS = "always"  # housing, hotels, hospitals; industry round the clock
    WORKING_DAYS = "working_days"  # offices, schools, shops: set back at night and at weekends


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandClass:
    """Buildings of one kind: heat of a mean year for space heating, hot water and processes [J]."""

    name: str
    use: Use = Use.ALWAYS
    space_heating: float = 0.0
    hot_water: float = 0.0
    process: float = 0.0

    def __post_init__(self) -> None:
        parts = (self.space_heating, self.hot_water, self.process)
        require(
            all(0.0 <= part < np.inf for part in parts) and sum(parts) > 0.0,
            f"heat of the class '{self.name}' = {', '.join(f'{part:g}' for part in parts)} J (heating, hot "
            "water, process): none may be negative, and not all zero",
        )

    @property
    def annual(self) -> float:
        """[J]"""
        return self.space_heating + self.hot_water + self.process


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A district heating network.

    annual_heat            sold in a year [J]
    dwellings              equivalent dwellings served
    hot_water_share        of the heat sold [-]; where no classes are given
    efficiency             sold over injected [-]; where `losses` are not given
    heating_limit          daily mean outdoor temperature above which nobody heats [K]
    supply_cold            supply temperature at and below `outdoor_cold` [K]
    supply_warm            supply temperature at and above the heating limit [K]
    return_temperature     [K]; of the coldest day, where the regime lets it vary
    trunk_length           from the site to the network [m]
    trunk_loss             heat lost by the pair of pipes while in use, constant or by hour [W/m]
    classes                what is sold, by class of buildings; scaled to `annual_heat` together
    series                 what is sold, by hour [W]: replaces classes and shares
    losses                 of the network's own pipes by hour [W]
    pumps                  hydraulic power of the network's pumps by hour [W]; None: not known
    sources                its producers; those that run before the site leave it the rest
    regime                 a supply curve, a return that varies
    """

    annual_heat: float
    dwellings: float
    hot_water_share: float
    efficiency: float
    heating_limit: float
    supply_cold: float
    supply_warm: float
    outdoor_cold: float
    return_temperature: float
    trunk_length: float
    trunk_loss: float | Array
    classes: tuple[DemandClass, ...] = ()
    series: Array | None = None
    losses: Array | None = None
    pumps: Array | None = None
    sources: tuple[HeatSource, ...] = ()
    regime: Regime = field(default_factory=Regime)

    @property
    def heat_per_dwelling(self) -> float:
        """Heat sold per equivalent dwelling and year [J]."""
        return self.annual_heat / self.dwellings


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """By hour: heat injected into the network [W] and its supply and return temperatures [K]."""

    heat: Array
    supply: Array
    back: Array


def check_network(network: Network) -> None:
    """Raise InputError for a network that cannot be: negative sizes, shares outside 0..1, cold supply."""
    require(network.annual_heat > 0.0, "the annual heat of a network must be positive")
    require(network.dwellings > 0.0, "the dwellings of a network must be positive")
    require_range("hot-water share of the network", network.hot_water_share, 0.0, 1.0, "-")
    require_range("efficiency of the network", network.efficiency, 0.3, 1.0, "-")
    require(
        network.trunk_length >= 0.0 and bool(np.all(np.asarray(network.trunk_loss) >= 0.0)),
        "trunk length and loss: not negative",
    )
    require(
        network.outdoor_cold < network.heating_limit,
        "the coldest day of the heating curve must be colder than the heating limit",
    )
    require(
        network.return_temperature < network.supply_warm <= network.supply_cold,
        f"network temperatures: return {network.return_temperature - 273.15:g}, summer supply "
        f"{network.supply_warm - 273.15:g}, coldest-day supply {network.supply_cold - 273.15:g} degC are not "
        "in rising order",
    )


def hourly_demand(network: Network, dry_bulb: Array) -> Demand:
    """(8760,) demand of a network in the year of outdoor temperatures `dry_bulb` [K].

    The sum over the year is the annual heat and the losses. Raises InputError from `check_network`, and
    where heating is sold in a year that never falls below the heating limit.
    """
    check_network(network)
    sold = sold_heat(network, dry_bulb)
    supply, back = temperatures(network, dry_bulb)
    losses = network.losses
    if losses is None:
        losses = np.full(
            dry_bulb.size, network.annual_heat * (1.0 / network.efficiency - 1.0) / (dry_bulb.size * HOUR)
        )
    return Demand(
        heat=sold.sum(axis=0) + losses,
        supply=supply,
        back=back,
    )


def temperatures(network: Network, dry_bulb: Array) -> tuple[Array, Array]:
    """(n,) supply and return [K] of a network in the year of outdoor temperatures `dry_bulb` [K].

    Raises InputError for given hours of another length, radiators beside a given demand series, and a return
    that is not below the supply.
    """
    regime, outdoor = network.regime, trailing_day_mean(dry_bulb)
    for name, given in (("supply", regime.supply), ("return", regime.back)):
        require(
            given is None or given.shape == dry_bulb.shape,
            f"{name} temperature of the network has {0 if given is None else given.size} hours, the weather "
            f"{dry_bulb.size}",
        )
    supply = regime.supply if regime.supply is not None else heating_curve(network, outdoor)
    back = np.full(dry_bulb.size, network.return_temperature)
    if regime.back is not None:
        back = regime.back
    elif regime.return_warm is not None:
        ends = [network.return_temperature, regime.return_warm]
        back = np.interp(outdoor, [network.outdoor_cold, network.heating_limit], ends)
    elif regime.radiators is not None:
        require(
            network.series is None,
            "return by radiators: a demand series does not say what is heating and what hot water",
            hint="district.regime.return_warm_C, or district.regime.csv",
        )
        heating, hot_water, _ = sold_parts(network, dry_bulb).sum(axis=0)
        degrees = np.maximum(network.heating_limit - outdoor, 0.0)
        back = radiator_return(
            regime.radiators,
            supply=supply,
            load=degrees / (network.heating_limit - network.outdoor_cold),
            heating=heating,
            hot_water=hot_water,
            rest=network.return_temperature,
        )
    hot = back >= supply
    if np.any(hot):
        hour = int(np.argmax(hot))
        raise InputError(
            f"return of the network = {back[hour] - 273.15:.4g} degC in hour {hour}: not below its supply, "
            f"{supply[hour] - 273.15:.4g} degC\n  try: a lower return, or a hotter supply"
        )
    return supply, back


def sold_classes(network: Network) -> tuple[DemandClass, ...]:
    """The classes of a network, scaled to what it sells; without classes, its dwellings as one."""
    if network.series is not None or not network.classes:
        water = network.annual_heat * network.hot_water_share
        return (DemandClass(name="network", space_heating=network.annual_heat - water, hot_water=water),)
    scale = network.annual_heat / sum(each.annual for each in network.classes)
    return tuple(
        DemandClass(
            name=each.name,
            use=each.use,
            space_heating=scale * each.space_heating,
            hot_water=scale * each.hot_water,
            process=scale * each.process,
        )
        for each in network.classes
    )


def sold_heat(network: Network, dry_bulb: Array) -> Array:
    """(classes, n) heat taken at the substations by hour [W], in the order of `sold_classes`."""
    if network.series is not None:
        require(
            network.series.shape == dry_bulb.shape,
            f"the demand series has {network.series.size} hours, the weather {dry_bulb.size}",
        )
        return np.asarray(network.series * (network.annual_heat / HOUR / network.series.sum()))[None, :]
    return np.asarray(sold_parts(network, dry_bulb).sum(axis=1))


def sold_parts(network: Network, dry_bulb: Array) -> Array:
    """(classes, 3, n) of it: space heating, hot water, processes [W]; without a given series."""
    degrees = np.maximum(network.heating_limit - trailing_day_mean(dry_bulb), 0.0)
    water = hot_water_course(dry_bulb)
    return np.stack([_class_heat(each, degrees, water) for each in sold_classes(network)])


def _class_heat(each: DemandClass, degrees: Array, water: Array) -> Array:
    """(3, n) [W]: degree hours, the course of hot water and working hours, each to its heat of the year."""
    hours = degrees.size
    busy = working_days(hours) if each.use is Use.WORKING_DAYS else np.ones(hours)
    heating = degrees * busy
    if each.space_heating > 0.0 and not heating.sum() > 0.0:
        raise InputError(
            "the network sells space heating, but no day of the climate is below its heating limit\n"
            "  try: district.heating_limit_C higher, or another climate"
        )
    process = working_days(hours, rest=0.0) if each.use is Use.WORKING_DAYS else np.ones(hours)
    parts = ((each.space_heating, heating), (each.hot_water, water), (each.process, process))
    return np.stack([heat * course / max(float(course.sum()), 1e-12) / HOUR for heat, course in parts])


def heating_curve(network: Network, outdoor: Array) -> Array:
    """Supply temperature [K] for the outdoor temperature [K]: linear between the points of the regime's
    curve, or between coldest day and heating limit; level beyond."""
    points = network.regime.curve or (
        (network.outdoor_cold, network.supply_cold),
        (network.heating_limit, network.supply_warm),
    )
    return np.interp(outdoor, *np.transpose(points))


def trunk_heat_loss(network: Network) -> float | Array:
    """Heat lost between site and network while heat flows, constant or by hour [W]."""
    return network.trunk_length * network.trunk_loss
