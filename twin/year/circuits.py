"""The two water circuits that leave the halls, hour by hour: how warm they are and what they carry.

The warm one is the facility water of the CDUs, the cool one that of air handlers and electrical rooms.
Recovery draws on the warm circuit, or on the cool one in a hall without liquid cooling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers.heat.plant import Ambient, coldest_supply
from solvers.liquid.hall.lumped import LumpedLoop, loop_temperatures
from twin.year.records import Circuit, YearSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmWater:
    """The loops and their facility water by hour: heat and power [W], temperatures [K].

    `heat` is what the facility water carries out of the site's halls, the work of all pumps included.
    """

    liquid: Array
    cdu_pumps: Array
    fws_pumps: Array
    heat: Array
    tcs_supply: Array
    tcs_return: Array
    fws_supply: Array
    fws_return: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolWater:
    """Water of air handlers and electrical rooms by hour: heat, pumps included, and pumps [W], supply [K]."""

    heat: Array
    pumps: Array
    supply: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Water on offer to heat recovery: capacity rate [W/K]; heat [W], warm and cold end [K]."""

    rate: float
    heat: Array
    offered: Array
    coldest: Array


def warm_water(spec: YearSpec, it_power: Array, ambient: Ambient) -> WarmWater | None:
    """The warm circuit under the racks' load; None without loops."""
    if spec.loop is None or spec.warm is None:
        return None
    return _around(spec, spec.loop, spec.warm, spec.liquid_fraction * it_power, ambient)


def _around(spec: YearSpec, loop: LumpedLoop, warm: Circuit, liquid: Array, ambient: Ambient) -> WarmWater:
    nothing = np.zeros_like(liquid)
    heat = liquid + loop.pump_power + warm.pump_power
    available = nothing - np.inf
    if warm.chiller is None:
        available = coldest_supply(warm.cooler, heat, loop.c_fws, ambient)
    around = loop_temperatures(loop, liquid, tcs_set_point=spec.tcs_set_point, fws_available=available)
    return WarmWater(
        liquid=liquid,
        cdu_pumps=nothing + loop.pump_power,
        fws_pumps=nothing + warm.pump_power,
        heat=heat,
        tcs_supply=around.tcs_supply,
        tcs_return=around.tcs_return,
        fws_supply=around.fws_supply,
        # the facility pumps stand behind the CDUs: their heat warms the water on its way out
        fws_return=around.fws_return + warm.pump_power / loop.c_fws,
    )


def cool_water(spec: YearSpec, air_heat: Array, ambient: Ambient) -> CoolWater:
    """The cool circuit under the heat of the halls' air [W]."""
    cool = spec.cool
    pumps = cool.pump_power + cool.pump_power_ratio * air_heat
    heat = air_heat + pumps
    supply = np.zeros_like(heat) + cool.supply
    if cool.chiller is None:
        supply = np.maximum(supply, coldest_supply(cool.cooler, heat, cool.capacity_rate, ambient))
    return CoolWater(heat=heat, pumps=pumps, supply=supply)


def source_of(spec: YearSpec, warm: WarmWater | None, cool: CoolWater) -> Source:
    """The warmer circuit there is."""
    if warm is not None and spec.loop is not None:
        rate, coldest, heat = spec.loop.c_fws, warm.fws_supply, warm.heat
    else:
        rate, coldest, heat = spec.cool.capacity_rate, cool.supply, cool.heat
    return Source(rate=rate, heat=heat, offered=coldest + heat / rate, coldest=coldest)
