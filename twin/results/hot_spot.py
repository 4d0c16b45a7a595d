"""The hottest air that racks breathe, and the hall that has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twin.results.records import HallResult, Results


def worst_hall(results: Results) -> HallResult:
    """The hall with the hottest rack inlet: the one the summary describes."""
    return max(results.halls, key=lambda hall: float(np.max(hall.air.rack_inlet_max, initial=0.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpot:
    """The hottest air that a rack breathes: temperature [K], place [m], the rack behind it."""

    temperature: float
    x: float
    y: float
    z: float
    rack: str


def hot_spot(hall: HallResult) -> HotSpot:
    """The hottest cell of air before the racks of a hall, in the field as it is stored."""
    from solvers.air.problem import PorousRack

    raster, temperature = hall.model.air.raster, hall.air.state.temperature
    found = []
    for rack in hall.model.air.racks:
        front = raster.passages[rack.front] if isinstance(rack, PorousRack) else raster.ports[rack.intake]
        k, j, i = front.cells
        at = int(np.argmax(temperature[k, j, i]))
        found.append(
            HotSpot(
                temperature=float(temperature[k[at], j[at], i[at]]),
                x=float(raster.grid.x[i[at]]),
                y=float(raster.grid.y[j[at]]),
                z=float(raster.grid.z[k[at]]),
                rack=rack.name,
            )
        )
    return max(found, key=lambda spot: spot.temperature)
