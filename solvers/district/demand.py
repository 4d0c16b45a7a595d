"""Hourly heat demand and temperatures of a district heating network, from the outdoor temperature.

Space heating follows the degree hours below a heating limit of the last day's mean temperature (assumption:
buildings and networks store about a day); hot water follows a daily profile; the network's own losses are
constant. All are scaled to what the network sells in a year. The supply temperature follows the heating
curve. Everything is SI.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.errors import require, require_range
from geometry.grid import Array

_HOURS_OF_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A district heating network.

    annual_heat            sold in a year [J]
    dwellings              equivalent dwellings served
    hot_water_share        of the heat sold [-]
    efficiency             sold over injected [-]
    heating_limit          daily mean outdoor temperature above which nobody heats [K]
    supply_cold            supply temperature at and below `outdoor_cold` [K]
    supply_warm            supply temperature at and above the heating limit [K]
    return_temperature     [K]
    trunk_length           from the site to the network [m]
    trunk_loss             heat lost by the pair of pipes while in use [W/m]
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
    trunk_loss: float

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


# Draw-off of hot water in collective housing through the day, share of the daily use by hour. Assumption:
# a morning and an evening peak over a steady base fed by recirculation, as storage vessels smooth them.
HOT_WATER_PROFILE = np.array(
    [
        2.0,
        1.5,
        1.2,
        1.2,
        1.8,
        3.5,
        6.0,
        7.5,
        6.5,
        5.0,
        4.3,
        4.0,
        4.3,
        4.0,
        3.5,
        3.4,
        3.7,
        4.6,
        6.2,
        7.0,
        6.5,
        5.3,
        4.0,
        3.0,
    ]
)
HOT_WATER_PROFILE = HOT_WATER_PROFILE / HOT_WATER_PROFILE.mean()


def check_network(network: Network) -> None:
    """Raise InputError for a network that cannot be: negative sizes, shares outside 0..1, cold supply."""
    require(network.annual_heat > 0.0, "the annual heat of a network must be positive")
    require(network.dwellings > 0.0, "the dwellings of a network must be positive")
    require_range("hot-water share of the network", network.hot_water_share, 0.0, 1.0, "-")
    require_range("efficiency of the network", network.efficiency, 0.3, 1.0, "-")
    require(network.trunk_length >= 0.0 and network.trunk_loss >= 0.0, "trunk length and loss: not negative")
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

    The sum over the year is annual heat / efficiency. Raises InputError from `check_network`, and where
    heating is sold in a year that never falls below the heating limit.
    """
    check_network(network)
    hours = dry_bulb.size
    outdoor = trailing_day_mean(dry_bulb)
    degree_hours = np.maximum(network.heating_limit - outdoor, 0.0)
    heating_energy = network.annual_heat * (1.0 - network.hot_water_share)
    require(
        heating_energy == 0.0 or float(degree_hours.sum()) > 0.0,
        "the network sells space heating, but no day of the climate is below its heating limit",
        hint="district.heating_limit_C higher, or another climate",
    )
    heating = heating_energy * degree_hours / max(float(degree_hours.sum()), 1e-12) / 3600.0
    days = np.tile(HOT_WATER_PROFILE, -(-hours // _HOURS_OF_A_DAY))[:hours]
    hot_water = network.annual_heat * network.hot_water_share * days / float(days.sum()) / 3600.0
    losses = network.annual_heat * (1.0 / network.efficiency - 1.0) / (hours * 3600.0)
    return Demand(
        heat=heating + hot_water + losses,
        supply=heating_curve(network, outdoor),
        back=np.full(hours, network.return_temperature),
    )


def heating_curve(network: Network, outdoor: Array) -> Array:
    """Supply temperature [K] for the outdoor temperature [K]: linear between the two ends, level beyond."""
    return np.interp(
        outdoor,
        [network.outdoor_cold, network.heating_limit],
        [network.supply_cold, network.supply_warm],
    )


def trailing_day_mean(hourly: Array) -> Array:
    """(n,) mean of each hour and the 23 before it; the year follows itself."""
    padded = np.concatenate((hourly[-(_HOURS_OF_A_DAY - 1) :], hourly))
    total = np.concatenate(([0.0], np.cumsum(padded)))
    return (total[_HOURS_OF_A_DAY:] - total[:-_HOURS_OF_A_DAY]) / _HOURS_OF_A_DAY


def trunk_heat_loss(network: Network) -> float:
    """Heat lost between site and network while heat flows [W]."""
    return network.trunk_length * network.trunk_loss
