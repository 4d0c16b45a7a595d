"""Large heat pumps between water that cools and water that warms.

Coefficient of performance: Lorenz (1895) with an efficiency, as in Jensen et al. 2018 (Heat pumps in district
heating networks, 2nd Symposium on High-Temperature Heat Pumps, Copenhagen):

    COP = eta T_sink / (T_sink - T_source),  T the entropic (logarithmic) mean (T2 - T1) / ln(T2 / T1),

taken between the refrigerant's sides: the water's means pushed apart by the exchangers' terminal difference.
Without it a Lorenz efficiency measured at 40 to 70 K of lift promises too much at 20 K. A map fitted to
computed or measured points takes the formula's place where there is one.

Part load: COP x load / (Cc load + 1 - Cc), EN 14825:2018 for water (Cc = 0.9 where it is not measured).
Everything is SI.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import require, require_range
from geometry.grid import Array
from solvers.heat.heat_pump_map import HeatPumpMap
from solvers.heat.station_kernels import MAXIMUM_LIFT, entropic_mean_array, lorenz_array

Mask = NDArray[np.bool_]


class Limit(IntEnum):
    """What keeps an hour from delivering more heat."""

    OFF = 0  # there is no recovery
    DEMAND = 1  # the network takes no more
    CAPACITY = 2  # exchanger or heat pump at full load
    TEMPERATURE = 3  # the source is too cold for the exchanger, or the network too hot for the machine
    SOURCE = 4  # all the heat of the site is taken
    MINIMUM_LOAD = 5  # too little to start the heat pump
    AVAILABILITY = 6  # planned outage
    STORAGE_FULL = 7  # the network takes no more, and the storage has no room or no faster diffusers
    TRUNK = 8  # the pipe to the network carries no more
    ENVELOPE = 9  # the heat pump cannot run between these temperatures


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPump:
    """capacity: heat of all units to the sink [W]; lorenz_efficiency [-]; terminal_difference: of evaporator
    and condenser at full load [K]; source_drop: cooling of the source at full load [K]; maximum_supply:
    hottest water it makes [K]; minimum_load: least share of its capacity one unit runs at [-]; units, side
    by side or in_series (counterflow); degradation: 1 - Cc of EN 14825 [-]; map: in the formula's place."""

    capacity: float
    lorenz_efficiency: float
    terminal_difference: float
    source_drop: float
    maximum_supply: float
    minimum_load: float
    units: int = 1
    in_series: bool = False
    degradation: float = 0.0
    map: HeatPumpMap | None = None


def check_heat_pump(pump: HeatPump) -> None:
    """Raise InputError for a heat pump that cannot be."""
    require(pump.capacity > 0.0, f"capacity of the heat pump = {pump.capacity:g} W: must be positive")
    require(
        0.0 < pump.lorenz_efficiency <= 1.0, f"Lorenz efficiency = {pump.lorenz_efficiency:g}: outside 0..1"
    )
    require_range("terminal difference of the heat pump", pump.terminal_difference, 0.0, 30.0, "K")
    require_range("drop of the heat pump's source", pump.source_drop, 0.1, 60.0, "K")
    require_range("least load of a heat-pump unit", pump.minimum_load, 0.0, 1.0, "-")
    require_range("heat-pump units", pump.units, 1, 1000, "-")
    require_range("part-load degradation of the heat pump", pump.degradation, 0.0, 1.0, "-")


def entropic_mean(inlet: ArrayLike, outlet: ArrayLike) -> Array:
    """Logarithmic mean of two absolute temperatures [K]; their common value when they agree."""
    a, b = np.broadcast_arrays(np.asarray(inlet, dtype=np.float64), np.asarray(outlet, dtype=np.float64))
    out = np.empty(a.size)
    entropic_mean_array(np.ascontiguousarray(a).reshape(-1), np.ascontiguousarray(b).reshape(-1), out)
    return out.reshape(a.shape)


def lorenz_cop(
    *,
    sink_in: ArrayLike,
    sink_out: ArrayLike,
    source_in: ArrayLike,
    source_out: ArrayLike,
    efficiency: float,
    terminal_difference: float = 0.0,
) -> Array:
    """Heating COP [-] of a heat pump between two streams that change temperature [K].

    terminal_difference [K] separates each stream's mean from the refrigerant's; 0 gives the textbook form.
    The lift counts as at least `MINIMUM_LIFT`. Raises InputError when the sink cools, the source warms, the
    efficiency is outside 0..1, or the lift exceeds `MAXIMUM_LIFT`. Source: module docstring. Measured
    plants: efficiency 0.4..0.6 without terminal difference (Jensen et al. 2018).
    """
    require(0.0 < efficiency <= 1.0, f"Lorenz efficiency = {efficiency:g}: outside 0..1")
    streams = np.broadcast_arrays(
        *(np.asarray(t, dtype=np.float64) for t in (sink_in, sink_out, source_in, source_out))
    )
    cold, hot, warm, cooled = streams
    require(bool(np.all(hot >= cold)), "the sink of a heat pump must not cool down")
    require(bool(np.all(cooled <= warm)), "the source of a heat pump must not warm up")
    require(bool(np.all(cooled > 200.0) and np.all(hot < 500.0)), "temperatures must be in kelvin")
    out = np.empty(cold.size)
    flat = [np.ascontiguousarray(t).reshape(-1) for t in streams]
    lorenz_array(float(efficiency), float(terminal_difference), *flat, out)
    require(
        bool(np.all(out > 0.0)),
        f"temperature lift of the heat pump: above {MAXIMUM_LIFT:g} K between the means of its streams, sink "
        f"up to {float(hot.max()) - 273.15:.0f}, source down to {float(cooled.min()) - 273.15:.0f} degC",
        hint="a warmer source, or a lower maximum supply temperature",
    )
    return out.reshape(cold.shape)


def planned_outage(demand: Array, availability: float) -> Mask:
    """(n,) bool, False in the contiguous (1 - availability) n hours whose demand is least.

    One planned overhaul a year, put where it costs least (assumption: forced outages are not modelled).
    Raises InputError for an availability outside 0..1.
    """
    require(0.0 <= availability <= 1.0, f"availability = {availability:g}: outside 0..1")
    n = demand.size
    length = round((1.0 - availability) * n)
    running = np.ones(n, dtype=np.bool_)
    if length:
        total = np.concatenate(([0.0], np.cumsum(demand)))
        start = int(np.argmin(total[length:] - total[:-length]))
        running[start : start + length] = False
    return running
