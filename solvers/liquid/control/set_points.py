"""What controllers aim at, and who serves the heat first. Used as they are where control is ideal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import require, require_range
from solvers.psychrometrics import dew_point, saturation_pressure

Array = NDArray[np.float64]


def dry_supply(
    set_point: ArrayLike, air_temperature: ArrayLike, humidity: ArrayLike, *, margin: float = 2.0
) -> Array:
    """Technology supply [K] that keeps pipes dry: the set point, or the room's dew point plus `margin` [K].

    air_temperature [K] and relative humidity [-] of the room; 2 K of margin covers the sensors and pipes a
    little colder than the supply (assumption). Raises InputError for humidity outside 0..1.
    """
    share = np.asarray(humidity, dtype=np.float64)
    require(
        bool(np.all((share >= 0.0) & (share <= 1.0))), f"relative humidity {share.min():g}..{share.max():g} -"
    )
    require_range("margin above the dew point", margin, 0.0, 20.0, "K")
    # bone-dry air has no dew point: the floor keeps its logarithm finite
    vapour = np.maximum(share, 1e-4) * saturation_pressure(air_temperature)
    return np.maximum(np.asarray(set_point, dtype=np.float64), dew_point(vapour) + margin)


def pump_differential(
    flow_share: ArrayLike, *, design: float, at_rest: float | None = None, exponent: float = 2.0
) -> Array:
    """Differential pressure the pumps hold across the racks [Pa] at a share of design flow [-].

    design    at design flow [Pa]; at_rest: at no flow, None: the same (constant pressure)
    exponent  of the system's own curve between the two

    Raises InputError for pressures that are not positive, or higher at rest than at design flow.
    """
    rest = design if at_rest is None else at_rest
    require(design > 0.0, f"differential pressure at design flow = {design:g} Pa: must be positive")
    require_range("differential pressure at rest", rest, 0.0, design, "Pa")
    share = np.clip(np.asarray(flow_share, dtype=np.float64), 0.0, 1.0)
    return rest + (design - rest) * share**exponent


def floating_water(ambient: ArrayLike, *, approach: float, coldest: float, warmest: float) -> Array:
    """Water [K] that dry-cooler fans aim at: ambient plus `approach` [K], between two limits [K].

    Below `coldest` fans would work for nothing, above `warmest` the racks would not be served. Raises
    InputError when the limits cross.
    """
    require(approach >= 0.0, f"approach of the dry cooler = {approach:g} K: must not be negative")
    require(coldest <= warmest, f"limits of the water cross: {coldest:g} K above {warmest:g} K")
    return np.clip(np.asarray(ambient, dtype=np.float64) + approach, coldest, warmest)


def in_order(heat: ArrayLike, capacities: Sequence[ArrayLike]) -> Array:
    """Heat [W] that each server takes, the first one first: recovery, free cooling, chiller, say.

    heat        (...,) [W], not negative; capacities: of each server, [W], broadcast with it
    Returns (n + 1, ...): the servers in order, then what nobody takes. Their sum is `heat`.
    """
    left = np.asarray(heat, dtype=np.float64)
    require(bool(np.all(left >= 0.0)), f"heat to serve = {left.min():g} W: must not be negative")
    taken = []
    for number, capacity in enumerate(capacities, start=1):
        most = np.asarray(capacity, dtype=np.float64)
        require(bool(np.all(most >= 0.0)), f"capacity of server {number} = {most.min():g} W: negative")
        share = np.minimum(left, most)
        taken.append(share)
        left = left - share
    return np.stack(np.broadcast_arrays(*taken, left))
