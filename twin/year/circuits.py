"""The two water circuits that leave the halls, hour by hour: how warm they are and what they carry.

The warm one is the facility water of the CDUs, the cool one that of air handlers and electrical rooms.
Recovery draws on the warm circuit, or on the cool one in a hall without liquid cooling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers import psychrometrics
from solvers.heat.plant import Ambient, coldest_supply, free_cooling
from solvers.liquid.control.set_points import dry_supply, in_order
from twin.weather import Weather
from twin.year.loops import Reach, Rows, lumped_year, throttled_year
from twin.year.records import Circuit, Priority, YearSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmWater:
    """The loops and their facility water by hour: heat and power [W], temperatures [K].

    `heat` is what the facility water carries out of the site's halls, the work of all pumps included and the
    heat lost by pipes not; `rate` its capacity rate [W/K]; `it_load` IT power over design power, throttled.
    """

    it_load: Array
    liquid: Array
    cdu_pumps: Array
    fws_pumps: Array
    pipe_loss: Array
    heat: Array
    rate: Array
    set_point: Array
    tcs_supply: Array
    tcs_return: Array
    fws_supply: Array
    fws_return: Array
    junction: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolWater:
    """Water of air handlers and electrical rooms by hour: heat, pumps included, and pumps [W], its capacity
    rate [W/K], supply [K]."""

    heat: Array
    rate: Array
    pumps: Array
    supply: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Water on offer to heat recovery: capacity rate [W/K]; heat [W], warm and cold end [K]."""

    rate: Array
    heat: Array
    offered: Array
    coldest: Array


def warm_water(
    spec: YearSpec, it_load: Array, ambient: Ambient, door_heat: Array | None = None
) -> WarmWater | None:
    """The warm circuit under the racks' load, IT power over design power [-]; None without loops.

    door_heat  of the rear doors on the loops [W]; None: their share of the load
    """
    if spec.loop is None or spec.warm is None:
        return None
    warm, asked = spec.warm, spec.liquid_fraction * spec.it_design_power * it_load
    usual = asked
    if spec.doors is not None and door_heat is not None:
        asked = asked - spec.doors.share * spec.it_design_power * it_load + door_heat
    set_point = supply_wanted(spec, ambient)
    reach = reach_of(warm, ambient)
    if spec.loops is None:
        year, left = lumped_year(spec.loop, asked, set_point, reach), np.ones_like(asked)
    else:
        year, left = throttled_year(spec.loops, asked, set_point, reach)
    pumps = warm.pumps_at(year.rate)
    return WarmWater(
        it_load=it_load * left,
        liquid=asked * left,
        cdu_pumps=year.pump_power,
        fws_pumps=pumps,
        pipe_loss=year.pipe_loss,
        heat=year.heat_fws + pumps,
        rate=year.rate,
        set_point=set_point,
        tcs_supply=year.tcs_supply,
        tcs_return=year.tcs_return,
        fws_supply=year.fws_supply,
        # the facility pumps stand behind the CDUs: their heat warms the water on its way out
        fws_return=year.fws_return + pumps / year.rate,
        # cold plates keep their heat where doors take another share than at design
        junction=year.tcs_supply
        + (year.junction - year.tcs_supply) * (usual / np.where(asked > 0.0, asked, 1.0)),
    )


def supply_wanted(spec: YearSpec, ambient: Ambient) -> Array:
    """Technology supply that the CDUs hold [K]: the set point, or what keeps pipes from sweating.

    The halls' air is as humid as outdoors, and no more than saturated at the cool water's temperature, where
    the coils dry it (assumption: no humidification, air changed often enough).
    """
    set_point = np.full_like(ambient.dry_bulb, spec.tcs_set_point)
    if spec.dew_margin is None:
        return set_point
    driest = psychrometrics.saturation_humidity(spec.cool.supply, ambient.pressure)
    vapour = psychrometrics.vapour_pressure(np.minimum(ambient.humidity, driest), ambient.pressure)
    relative = np.minimum(vapour / psychrometrics.saturation_pressure(spec.cool.supply), 1.0)
    return dry_supply(set_point, spec.cool.supply, relative, margin=spec.dew_margin)


def ambient_of(weather: Weather) -> Ambient:
    """Outdoor air as the plant sees it."""
    return Ambient(
        dry_bulb=weather.dry_bulb,
        wet_bulb=weather.wet_bulb,
        humidity=weather.humidity,
        pressure=weather.pressure,
    )


def reach_of(warm: Circuit, ambient: Ambient) -> Reach | None:
    """Coldest facility water of the coolers; None where chillers make any."""
    if warm.chiller is not None:
        return None

    def reach(heat: Array, rate: Array, rows: Rows) -> Array:
        outside = Ambient(
            dry_bulb=ambient.dry_bulb[rows],
            wet_bulb=ambient.wet_bulb[rows],
            humidity=ambient.humidity[rows],
            pressure=ambient.pressure[rows],
        )
        return coldest_supply(warm.cooler, heat + warm.pumps_at(rate), rate, outside)

    return reach


def cool_water(spec: YearSpec, air_heat: Array, ambient: Ambient) -> CoolWater:
    """The cool circuit under the heat of the halls' air [W]."""
    cool = spec.cool
    pumps = cool.pump_power + cool.pump_power_ratio * air_heat
    heat = air_heat + pumps
    supply = np.zeros_like(heat) + cool.supply
    if cool.chiller is None:
        supply = np.maximum(supply, coldest_supply(cool.cooler, heat, cool.capacity_rate, ambient))
    rate = np.zeros_like(heat) + cool.capacity_rate
    return CoolWater(heat=heat, rate=rate, pumps=pumps, supply=supply)


def source_of(spec: YearSpec, warm: WarmWater | None, cool: CoolWater, ambient: Ambient) -> Source:
    """The warmer circuit there is; where free cooling comes first, only what it leaves."""
    if warm is not None and spec.warm is not None:
        circuit, rate, coldest, heat = spec.warm, warm.rate, warm.fws_supply, warm.heat
    else:
        circuit, rate, coldest, heat = spec.cool, cool.rate, cool.supply, cool.heat
    offered = coldest + heat / rate
    if spec.priority is Priority.FREE_COOLING:
        free = free_cooling(circuit.cooler, heat, rate, coldest, ambient)
        _, left = in_order(heat, [free])
        coldest = offered - left / rate
    return Source(rate=rate, heat=heat, offered=offered, coldest=coldest)
