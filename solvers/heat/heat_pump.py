"""Heat recovery: from the facility water to a district network, by exchanger and heat pump.

The network's return water is first warmed in a counterflow exchanger as far as temperatures allow; a heat
pump, where there is one, lifts the rest. Both sit in the network's return line, ahead of its own boilers,
which top up to the supply temperature: the usual place of a base-load producer, and the one in which it
works against the lowest sink temperature.

Coefficient of performance: Lorenz (1895) with an efficiency, as in Jensen et al. 2018 (Heat pumps in district
heating networks, 2nd Symposium on High-Temperature Heat Pumps, Copenhagen):

    COP = eta T_sink / (T_sink - T_source),  T the entropic (logarithmic) mean (T2 - T1) / ln(T2 / T1),

taken between the refrigerant's sides: the water's means pushed apart by the exchangers' terminal difference.
Without it a Lorenz efficiency measured at 40 to 70 K of lift promises too much at 20 K.

Arrays are hours; everything is SI.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import require
from geometry.grid import Array
from solvers.heat.exchangers import exchange

Mask = NDArray[np.bool_]

MINIMUM_LIFT = 10.0  # between the mean temperatures of sink and source [K]; assumption: a compressor's least
# pressure ratio. Below it the Lorenz formula promises COPs no machine has been measured at.
MAXIMUM_LIFT = 90.0  # [K]; beyond, a single machine does not exist for water at these temperatures


class Limit(IntEnum):
    """What keeps an hour from delivering more heat."""

    OFF = 0  # there is no recovery
    DEMAND = 1  # the network takes no more
    CAPACITY = 2  # exchanger or heat pump at full load
    TEMPERATURE = 3  # the source is too cold for the exchanger, or the network too hot for the machine
    SOURCE = 4  # all the heat of the site is taken
    MINIMUM_LOAD = 5  # too little to start the heat pump
    AVAILABILITY = 6  # planned outage


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPump:
    """capacity: heat to the sink [W]; lorenz_efficiency [-]; terminal_difference: of evaporator and condenser
    [K]; source_drop: design cooling of the source [K]; maximum_supply: hottest water it makes [K];
    minimum_load: least share of capacity it runs at [-]."""

    capacity: float
    lorenz_efficiency: float
    terminal_difference: float
    source_drop: float
    maximum_supply: float
    minimum_load: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Heat recovery plant: largest heat to the network by any way [W], conductance of the direct exchanger
    [W/K], and a heat pump behind it or none."""

    capacity: float
    exchanger_ua: float
    heat_pump: HeatPump | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """By hour: heat through the exchanger and from the heat pump to the network [W], electricity [W], heat
    taken from the site [W], COP of the heat pump (nan at rest) [-], temperature of the network water behind
    the recovery and of the source water returned [K], and what limits (Limit as int8)."""

    direct: Array
    heat_pump: Array
    electricity: Array
    site_heat: Array
    cop: Array
    network_out: Array
    source_out: Array
    limit: np.ndarray

    @property
    def produced(self) -> Array:
        """Heat into the network side [W]."""
        return self.direct + self.heat_pump


def entropic_mean(inlet: ArrayLike, outlet: ArrayLike) -> Array:
    """Logarithmic mean of two absolute temperatures [K]; their common value when they agree."""
    a, b = np.asarray(inlet, dtype=np.float64), np.asarray(outlet, dtype=np.float64)
    x = (b - a) / a
    # (b - a)/ln(b/a) = a x / log1p(x); near zero the series 1 + x/2 - x^2/12 is exact to round-off
    small = np.abs(x) < 1e-5
    return a * np.where(small, 1.0 + 0.5 * x - x**2 / 12.0, x / np.log1p(np.where(small, 1.0, x)))


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
    sink_in_, sink_out_ = np.asarray(sink_in, dtype=np.float64), np.asarray(sink_out, dtype=np.float64)
    source_in_, source_out_ = (
        np.asarray(source_in, dtype=np.float64),
        np.asarray(source_out, dtype=np.float64),
    )
    require(bool(np.all(sink_out_ >= sink_in_)), "the sink of a heat pump must not cool down")
    require(bool(np.all(source_out_ <= source_in_)), "the source of a heat pump must not warm up")
    require(bool(np.all(source_out_ > 200.0) and np.all(sink_out_ < 500.0)), "temperatures must be in kelvin")
    sink = entropic_mean(sink_in_, sink_out_) + terminal_difference
    lift = sink - entropic_mean(source_in_, source_out_) + terminal_difference
    require(
        bool(np.all(lift <= MAXIMUM_LIFT)),
        f"temperature lift {float(np.max(lift)):.1f} K of the heat pump: above {MAXIMUM_LIFT:g} K",
        hint="a warmer source, or a lower maximum supply temperature",
    )
    return efficiency * sink / np.maximum(lift, MINIMUM_LIFT)


def recover(
    recovery: Recovery,
    *,
    source_in: Array,
    source_coldest: Array,
    source_capacity: float,
    demand: Array,
    network_supply: Array,
    network_return: Array,
    available: Mask,
) -> Recovered:
    """What the recovery plant hands to the network, hour by hour.

    source_in         warm facility water on offer [K]
    source_coldest    temperature below which it must not be cooled: what the site wants back [K]
    source_capacity   its heat-capacity rate [W/K]
    demand            heat the network can take [W]
    network_supply, network_return   [K]; together with demand they give the network's flow
    available         bool, False during outages

    Raises InputError from `lorenz_cop` where the lift is beyond any machine.
    """
    demand = np.where(available, np.maximum(demand, 0.0), 0.0)
    spread = np.maximum(network_supply - network_return, 1.0)
    network_capacity = demand / spread
    offer = np.maximum(source_capacity * (source_in - source_coldest), 0.0)

    # the exchanger: what eps-NTU transfers, held back by its rating, the demand and the site's heat
    free = exchange(source_capacity, source_in, network_capacity, network_return, recovery.exchanger_ua)
    by_temperature = np.maximum(np.asarray(free.heat), 0.0)
    direct = np.minimum.reduce([by_temperature, np.full_like(demand, recovery.capacity), demand, offer])
    direct_bound: NDArray[np.int64] = np.select(
        [direct >= demand, direct >= offer, direct >= recovery.capacity],
        [int(Limit.DEMAND), int(Limit.SOURCE), int(Limit.CAPACITY)],
        int(Limit.TEMPERATURE),
    )
    warmed = network_return + np.where(demand > 0.0, direct / np.maximum(network_capacity, 1e-9), 0.0)
    source_after = source_in - direct / source_capacity

    machine = recovery.heat_pump
    if machine is None:
        zero = np.zeros_like(demand)
        return Recovered(
            direct=direct,
            heat_pump=zero,
            electricity=zero,
            site_heat=direct,
            cop=np.full_like(demand, np.nan),
            network_out=warmed,
            source_out=source_after,
            limit=np.where(available, direct_bound, Limit.AVAILABILITY).astype(np.int8),
        )

    lifted_to = np.minimum(network_supply, machine.maximum_supply)
    by_demand = np.maximum(demand - direct, 0.0)
    by_temperature = np.maximum(network_capacity * (lifted_to - warmed), 0.0)
    by_capacity = np.minimum(machine.capacity, np.maximum(recovery.capacity - direct, 0.0))
    wish = np.minimum.reduce([by_demand, by_temperature, by_capacity])
    remaining = np.maximum(offer - direct, 0.0)
    # COP depends on how far the source is cooled and the sink warmed, these on COP: a contraction of factor
    # below 0.1, settled by six passes; the energy balance below holds whatever is left of it
    heat = wish
    cop = np.full_like(demand, 4.0)
    for _ in range(6):
        drop = np.clip(heat * (1.0 - 1.0 / cop) / source_capacity, machine.source_drop, np.inf)
        out = np.maximum(source_after - drop, np.minimum(source_coldest, source_after))
        sink_out = warmed + heat / np.maximum(network_capacity, 1e-9)
        cop = lorenz_cop(
            sink_in=warmed,
            sink_out=np.where(heat > 0.0, sink_out, warmed),
            source_in=source_after,
            source_out=out,
            efficiency=machine.lorenz_efficiency,
            terminal_difference=machine.terminal_difference,
        )
        heat = np.minimum(wish, remaining / (1.0 - 1.0 / cop))
    starts = heat >= machine.minimum_load * machine.capacity
    by_source = remaining / (1.0 - 1.0 / cop) < wish
    heat = np.where(starts, heat, 0.0)
    electricity = heat / cop
    site_heat = direct + heat - electricity
    limit: NDArray[np.int64] = np.select(
        [
            ~available,
            by_demand <= 0.0,
            ~starts & (wish > 0.0) & ~by_source,
            by_source,
            wish >= by_capacity,
            by_temperature < by_demand * (1.0 - 1e-9),
        ],
        [
            int(Limit.AVAILABILITY),
            int(Limit.DEMAND),
            int(Limit.MINIMUM_LOAD),
            int(Limit.SOURCE),
            int(Limit.CAPACITY),
            int(Limit.TEMPERATURE),
        ],
        int(Limit.DEMAND),
    )
    return Recovered(
        direct=direct,
        heat_pump=heat,
        electricity=electricity,
        site_heat=site_heat,
        cop=np.where(heat > 0.0, cop, np.nan),
        network_out=warmed + np.where(demand > 0.0, heat / np.maximum(network_capacity, 1e-9), 0.0),
        source_out=source_in - site_heat / source_capacity,
        limit=limit.astype(np.int8),
    )


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
