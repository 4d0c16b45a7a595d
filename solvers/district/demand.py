"""Hourly heat demand and temperatures of a district heating network, from the outdoor temperature.

Space heating follows the degree hours below a heating limit of the last day's mean temperature (assumption:
buildings and networks store about a day); hot water follows a daily profile and the mains' cold water; an
industry is constant or works on weekdays. A given hourly series replaces all of that. The supply temperature
follows the heating curve. Everything is SI.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    return_temperature     [K]
    trunk_length           from the site to the network [m]
    trunk_loss             heat lost by the pair of pipes while in use, constant or by hour [W/m]
    classes                what is sold, by class of buildings; scaled to `annual_heat` together
    series                 what is sold, by hour [W]: replaces classes and shares
    losses                 of the network's own pipes by hour [W]
    sources                its producers; those that run before the site leave it the rest
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
    sources: tuple[HeatSource, ...] = ()

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
    losses = network.losses
    if losses is None:
        losses = np.full(
            dry_bulb.size, network.annual_heat * (1.0 / network.efficiency - 1.0) / (dry_bulb.size * HOUR)
        )
    return Demand(
        heat=sold.sum(axis=0) + losses,
        supply=heating_curve(network, trailing_day_mean(dry_bulb)),
        back=np.full(dry_bulb.size, network.return_temperature),
    )


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
    degrees = np.maximum(network.heating_limit - trailing_day_mean(dry_bulb), 0.0)
    water = hot_water_course(dry_bulb)
    return np.stack([_class_heat(each, degrees, water) for each in sold_classes(network)])


def _class_heat(each: DemandClass, degrees: Array, water: Array) -> Array:
    """(n,) [W]: degree hours, the course of hot water and working hours, each to its heat of the year."""
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
    return np.asarray(sum(heat * course / max(float(course.sum()), 1e-12) / HOUR for heat, course in parts))


def heating_curve(network: Network, outdoor: Array) -> Array:
    """Supply temperature [K] for the outdoor temperature [K]: linear between the two ends, level beyond."""
    return np.interp(
        outdoor,
        [network.outdoor_cold, network.heating_limit],
        [network.supply_cold, network.supply_warm],
    )


def trunk_heat_loss(network: Network) -> float | Array:
    """Heat lost between site and network while heat flows, constant or by hour [W]."""
    return network.trunk_length * network.trunk_loss
