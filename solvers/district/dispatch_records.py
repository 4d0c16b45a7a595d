"""The nouns of an hourly dispatch: the site's offer, what happened in every hour, and its sums. SI units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The site's water by hour: temperature offered and wanted back [K]; its capacity rate [W/K] (a number:
    of every hour); the air outdoors [K]; whether the station can work."""

    temperature: Array
    coldest: Array
    rate: Array | float
    air: Array
    available: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Heat flows by hour (n,) [W], temperatures [K]. In every hour

        site_heat + electricity = direct + pumped
        direct + pumped + discharge + boiler = charge + trunk_loss + delivered + boiler_delivered
        demand = delivered + boiler_delivered + others
        charge - discharge - storage_loss = change of content

    demand            asked for by the network, at its head
    offered           what the site could give: its warm water cooled to what it wants back
    direct, pumped    through the exchanger, from the heat pump
    electricity       of the heat pump
    site_heat         taken from the site
    charge, discharge, storage_loss   of the storage; loss to air and ground
    boiler            heat of the station's back-up boiler
    trunk_loss        between station and network
    delivered         recovered heat behind the trunk, through the storage or not
    boiler_delivered  the boiler's heat behind the trunk
    others            left to the network's other sources
    content           heat held by the storage above the network's mean return, end of the hour [J]
    cop               of the heat pump (nan at rest) [-]
    network_out       network water behind the station
    source_out        the site's water behind the station
    storage_top, storage_bottom   nan without storage
    limit             what keeps the hour from more (solvers.heat.heat_pump.Limit), int8
    running           heat-pump units at work [-]
    closure           worst relative balance of any hour [-]
    """

    demand: Array
    offered: Array
    direct: Array
    pumped: Array
    electricity: Array
    site_heat: Array
    charge: Array
    discharge: Array
    storage_loss: Array
    boiler: Array
    trunk_loss: Array
    delivered: Array
    boiler_delivered: Array
    others: Array
    content: Array
    cop: Array
    network_out: Array
    source_out: Array
    storage_top: Array
    storage_bottom: Array
    limit: np.ndarray
    running: Array
    closure: float = 0.0

    @property
    def produced(self) -> Array:
        """Heat of exchanger and heat pump [W]."""
        return self.direct + self.pumped


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A dispatched year in sums [J]; largest flows [W]."""

    demand: float
    offered: float
    direct: float
    pumped: float
    electricity: float
    site_heat: float
    charge: float
    discharge: float
    storage_loss: float
    boiler: float
    trunk_loss: float
    delivered: float
    boiler_delivered: float
    others: float
    peak_others: float
    peak_delivered: float

    @property
    def vented(self) -> float:
        """Offered heat nobody took [J]."""
        return self.offered - self.site_heat
