"""The year, hour by hour: weather and workload in; powers, temperatures, water and heat for the city out.

For each hour, all at once: weather -> coldest water of the plant -> temperatures of the loop -> heat and
temperature on offer -> what the network and its storage take -> what the plant rejects -> powers. Only the
storage remembers: every hour is steady.

Boundary: the data centre's electricity is all it draws; the heat pump stands outside (ISO/IEC 30134-6).
`heat_delivered` is handed to the network behind the trunk and holds the heat pump's work; `site_heat` is
what left the data centre, the only heat ERF counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers.heat.plant import Ambient
from twin.weather import Weather
from twin.year.audit import audit
from twin.year.circuits import (
    CoolWater,
    WarmWater,
    ambient_of,
    cool_water,
    source_of,
    supply_wanted,
    warm_water,
)
from twin.year.doors import with_doors
from twin.year.plant import rejected
from twin.year.records import Year, YearSpec
from twin.year.reuse import left_over, reuse


def simulate_year(spec: YearSpec, weather: Weather, it_load: Array) -> Year:
    """The hourly year of a site for `it_load` (8760,), IT power over design power [-].

    Raises InputError for a load outside 0..1 or of another length than the weather, and BalanceError when
    the energy audit does not close.
    """
    _check(spec, weather, it_load)
    ambient = ambient_of(weather)
    nothing, missing = np.zeros_like(it_load), np.full_like(it_load, np.nan)
    train = spec.power

    waters = _waters(spec, it_load, ambient)
    warm, cool, indoor_losses = waters.warm, waters.cool, waters.indoor_losses
    it_power = spec.it_design_power * (warm.it_load if warm else it_load)
    cdu_pumps = warm.cdu_pumps if warm else nothing
    fws_pumps = warm.fws_pumps if warm else nothing
    pipe_loss = warm.pipe_loss if warm else nothing
    source = source_of(spec, warm, cool, ambient)
    reused = reuse(spec, weather, source)
    recovered = reused.dispatch
    plant = rejected(spec, warm, cool, recovered.site_heat, ambient)

    mechanical = spec.air_handler_power + fws_pumps + cool.pumps + plant.fan_power + plant.chiller_power
    low_voltage = it_power + cdu_pumps + indoor_losses + mechanical + train.lighting + train.auxiliary
    facility = low_voltage / train.transformer_efficiency
    tcs_supply = warm.tcs_supply if warm else missing
    year = Year(
        dry_bulb=weather.dry_bulb,
        wet_bulb=weather.wet_bulb,
        it_power=it_power,
        facility_power=facility,
        pump_power=cdu_pumps + fws_pumps + cool.pumps,
        air_handler_power=nothing + spec.air_handler_power,
        fan_power=plant.fan_power,
        chiller_power=plant.chiller_power,
        electrical_losses=indoor_losses + facility - low_voltage,
        other_power=nothing + train.lighting + train.auxiliary,
        liquid_heat=warm.heat if warm else nothing,
        cool_heat=cool.heat,
        tcs_supply=tcs_supply,
        tcs_return=warm.tcs_return if warm else missing,
        fws_supply=warm.fws_supply if warm else missing,
        fws_return=warm.fws_return if warm else missing,
        cool_supply=cool.supply,
        floating=_floating(spec, warm, cool),
        water=plant.water,
        heat_available=source.heat,
        site_heat=recovered.site_heat,
        heat_direct=recovered.direct,
        heat_produced=recovered.produced,
        heat_delivered=recovered.delivered,
        heat_vented=left_over(source.heat, recovered.site_heat),
        heat_pump_power=recovered.electricity,
        cop=recovered.cop,
        demand=reused.demand.heat,
        network_supply=reused.demand.supply,
        network_return=reused.demand.back,
        network_out=recovered.network_out,
        limit=recovered.limit,
        to_ambient=plant.to_ambient + train.auxiliary + facility - low_voltage,
        source_in=source.offered,
        source_out=recovered.source_out,
        source_rate=source.rate,
        throttled=spec.it_design_power * it_load - it_power,
        junction=warm.junction if warm else missing,
        pipe_loss=pipe_loss,
        dispatch=recovered,
        offer=reused.offer,
        trunk_pumps=reused.trunk_pumps,
        network_pumps=reused.network_pumps,
        feeds=reused.feeds,
    )
    return replace(year, year_energy=audit(year))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waters:
    """Both circuits by hour, and the losses of UPS and distribution that one of them carries [W]."""

    warm: WarmWater | None
    cool: CoolWater
    indoor_losses: Array
    air_above: Array  # by which the cool water misses what the coils ask for [K]

    @property
    def tcs_supply(self) -> Array:
        assert self.warm is not None
        return self.warm.tcs_supply


def _waters(spec: YearSpec, it_load: Array, ambient: Ambient) -> _Waters:
    """The two circuits under the year's load, and rear doors on the loops between them."""
    nothing = np.zeros_like(it_load)

    def answer(door_heat: Array | None = None) -> _Waters:
        warm = warm_water(spec, it_load, ambient, door_heat)
        it_power = spec.it_design_power * (warm.it_load if warm else it_load)
        losses = spec.power.indoor_losses(it_power, warm.cdu_pumps if warm else nothing)
        kept = it_power - (warm.liquid if warm else nothing) + (warm.pipe_loss if warm else nothing)
        cool = cool_water(spec, kept + spec.air_handler_power + spec.power.lighting + losses, ambient)
        above = np.maximum(cool.supply - spec.cool.supply, 0.0)
        return _Waters(warm=warm, cool=cool, indoor_losses=losses, air_above=above)

    if spec.doors is None or spec.loop is None:
        return answer()
    return with_doors(spec.doors, it_load, supply_wanted(spec, ambient), answer)


def _check(spec: YearSpec, weather: Weather, it_load: Array) -> None:
    require(
        it_load.shape == weather.dry_bulb.shape,
        f"the workload has {it_load.size} hours, the weather {weather.dry_bulb.size}",
    )
    require(
        bool(np.all((it_load >= 0.0) & (it_load <= 1.0 + 1e-12))),
        f"IT load {float(np.min(it_load)):g}..{float(np.max(it_load)):g}: outside 0..1 of design power",
    )
    require(
        (spec.loop is None) == (spec.warm is None), "a loop and a warm circuit come together or not at all"
    )


def _floating(spec: YearSpec, warm: WarmWater | None, cool: CoolWater) -> Array:
    """Kelvin by which the water to the halls misses what they ask for, the worse of both circuits, >= 0."""
    above = np.maximum(cool.supply - spec.cool.supply, 0.0)
    if warm is None:
        return above
    return np.maximum(np.maximum(warm.tcs_supply - warm.set_point, 0.0), above)
