"""The site's electricity by hour: contracted sun, wind and water, and the grid for the rest.

Profiles are simple and published: what France's plants made in each month of a year (data/electricity),
spread over the hours of the month, sun by its height above the horizon, wind and water evenly. A contract
yields its share of the year's electricity; what it yields beyond the hour's need is sold and not counted.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from twin import resources
from twin.weather import MONTH_DAYS

if TYPE_CHECKING:
    from twin.schema import ElectricityConf

SOURCES = ("solar", "wind", "hydro")
HOURS = 8760
_MONTH = np.repeat(np.arange(12), MONTH_DAYS * 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectricityMix:
    """By hour (8760,): power used from each contracted source and from the grid [W], carbon [kg/kWh]."""

    solar: Array
    wind: Array
    hydro: Array
    grid: Array
    carbon: Array

    @property
    def renewable(self) -> Array:
        return self.solar + self.wind + self.hydro

    def mean_carbon(self) -> float:
        """Of the year's electricity [kg/kWh]."""
        used = self.renewable + self.grid
        return float((used * self.carbon).sum() / used.sum())


def electricity_mix(
    conf: ElectricityConf, facility: Array, *, latitude: float, grid_carbon: float
) -> ElectricityMix:
    """What the site draws from where.

    facility     electric power of the site (8760,) [W];  latitude [deg]
    grid_carbon  of the grid [kg/kWh]; the contracted plants are counted apart from it

    Raises InputError from `contracted_shares`.
    """
    shares = contracted_shares(conf)
    made = {name: share * float(facility.sum()) * profile(name, latitude) for name, share in shares.items()}
    total = sum(made.values())
    # where more is made than needed, each source gives its part
    used = np.minimum(total, facility) / np.maximum(total, 1e-300)
    taken = {name: each * used for name, each in made.items()}
    renewable = sum(taken.values())
    grid = np.maximum(facility - renewable, 0.0)
    carbon = grid * grid_carbon
    for name, power in taken.items():
        carbon = carbon + power * float(getattr(conf, f"{name}_kgCO2_kWh"))
    return ElectricityMix(
        **taken,
        grid=grid,
        carbon=np.where(facility > 0.0, carbon / np.maximum(facility, 1e-300), grid_carbon),
    )


def contracted_shares(conf: ElectricityConf) -> dict[str, float]:
    """Share of the year's electricity contracted from each source [-].

    Raises InputError for shares outside 0..1, or above the year's electricity together.
    """
    shares = {name: float(getattr(conf, f"{name}_share")) for name in SOURCES}
    require(
        all(0.0 <= share <= 1.0 for share in shares.values()) and sum(shares.values()) <= 1.0 + 1e-12,
        f"electricity.solar_share, wind_share, hydro_share = {shares['solar']:g}, {shares['wind']:g}, "
        f"{shares['hydro']:g}: each in 0..1, together at most 1",
        hint="electricity=grid, or smaller shares",
    )
    return shares


def profile(source: str, latitude: float) -> Array:
    """(8760,) share of the year's yield made in each hour; sums to 1."""
    within = sun_height(latitude) if source == "solar" else np.ones(HOURS)
    monthly = np.bincount(_MONTH, weights=within, minlength=12)
    yields = _monthly_yield(source)
    return np.asarray(within / monthly[_MONTH] * (yields / yields.sum())[_MONTH])


def sun_height(latitude: float) -> Array:
    """(8760,) sine of the sun's height in the middle of each hour of solar time, 0 at night [-].

    Declination after P. I. Cooper (1969, Solar Energy 12, 333-346): 23.45 deg sin(360 (284 + n) / 365).
    """
    day = np.repeat(np.arange(1, 366), 24)
    hour = np.tile(np.arange(24) + 0.5, 365)
    declination = np.radians(23.45) * np.sin(2.0 * np.pi * (284 + day) / 365.0)
    angle, phi = np.radians(15.0 * (hour - 12.0)), np.radians(latitude)
    height = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(angle)
    return np.maximum(height, 0.0)


@cache
def _monthly_yield(source: str) -> Array:
    """(12,) made in each month [GWh]."""
    path = resources.data_dir() / "electricity" / "france_monthly.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return np.array([float(row[f"{source}_GWh"]) for row in csv.DictReader(lines)])
