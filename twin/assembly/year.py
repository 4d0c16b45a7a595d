"""From configuration to the year's SI records: sizes the plant, the recovery and the network.

Sizes: the coolers shed `capacity_margin` times the design heat at the climate's 99.6 % dry or wet bulb; the
recovery covers `peak_share` of the network's peak, or what the site's heat feeds where that is less.
Too small a plant is not refused: temperatures float.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.errors import require, require_range
from geometry.grid import Array
from solvers.district.demand import Network
from solvers.district.feeds import Supplier
from solvers.district.trunk import Trunk
from solvers.heat.plant import Chiller, Cooler, CoolerKind, size_cooler
from solvers.heat.station import Station
from solvers.heat.storage import Storage
from solvers.liquid.hall.lumped import LumpedLoop
from twin.assembly.district import network_of
from twin.assembly.feeds import feeds_of
from twin.assembly.heat import station_of, storage_of
from twin.assembly.trunk import laid_trunk, trunk_heat
from twin.schema import DistrictConf, PlantConf, PlantKind, PowerConf, RecoveryConf, RecoveryKind
from twin.units import MWH, celsius
from twin.weather import Weather
from twin.year import Circuit, PowerTrain, Priority, YearSpec

_COOLER_OF = {
    PlantKind.dry_cooler: CoolerKind.DRY,
    PlantKind.adiabatic: CoolerKind.ADIABATIC,
    PlantKind.wet_tower: CoolerKind.WET,
    PlantKind.chiller: CoolerKind.DRY,  # free-cooling coils of the chillers
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatReuse:
    """Station, storage or none, and network with its trunk; what the trunk carries by hour [W];
    other data centres."""

    network: Network
    station: Station
    storage: Storage | None
    trunk_capacity: Array
    feeds: tuple[Supplier, ...]
    trunk: Trunk


@dataclass(frozen=True, slots=True, kw_only=True)
class CoilWater:
    """Cool water of all the site's coils at design: heat [W], capacity rate [W/K], of the plant's [K]."""

    heat: float
    rate: float
    supply: float


def year_spec(
    *,
    it_design_power: float,
    liquid_fraction: float,
    loop: LumpedLoop | None,
    tcs_set_point: float,
    fws_pump_power: float,
    fws_head_held: float = 1.0,
    dew_margin: float | None = None,
    air_handler_power: float,
    hall_area: float,
    plant: PlantConf,
    power: PowerConf,
    recovery: RecoveryConf,
    district: DistrictConf,
    weather: Weather,
    coils: CoilWater | None = None,
) -> YearSpec:
    """The record `simulate_year` takes. Powers of the whole site [W], set point [K], floor area [m2].

    `coils` are those whose water was solved with the air: their part of the cool circuit has its flow and its
    supply, the rest warms by the plant's range.
    Without a loop all the IT heat goes to the air and `liquid_fraction`, `tcs_set_point` and
    `fws_pump_power` are not used. Raises InputError for sizes that cannot be.
    """
    require(it_design_power > 0.0, f"IT design power = {it_design_power:g} W: must be positive")
    require_range("compute.liquid_fraction", liquid_fraction, 0.0, 1.0, "-")
    liquid_fraction = liquid_fraction if loop is not None else 0.0
    train = PowerTrain(
        transformer_efficiency=power.transformer_efficiency,
        ups_efficiency=power.ups_efficiency,
        distribution_efficiency=power.distribution_efficiency,
        lighting=power.lighting_W_m2 * hall_area,
        auxiliary=power.auxiliary_ratio * it_design_power,
    )
    cdu_pumps = loop.pump_power if loop is not None else 0.0
    indoor_losses = float(train.indoor_losses(it_design_power, cdu_pumps))
    cool_heat = (1.0 - liquid_fraction) * it_design_power + air_handler_power + train.lighting + indoor_losses
    cool_heat *= 1.0 + plant.pump_power_ratio
    warm_heat = liquid_fraction * it_design_power + cdu_pumps + fws_pump_power if loop is not None else 0.0
    scale = plant.capacity_margin
    if plant.capacity_MW is not None:
        scale = plant.capacity_MW * 1e6 / (cool_heat + warm_heat)
    require(scale > 0.0, f"size of the plant: {scale:g} of the design heat: must be positive")

    chiller = chiller_of(plant)
    cool_rate, cool_supply = cool_heat / plant.cool_water_range_K, celsius(plant.cool_water_C)
    if coils is not None and coils.rate > 0.0:
        cool_rate = coils.rate + max(cool_heat - coils.heat, 0.0) / plant.cool_water_range_K
        cool_supply = coils.supply
    cool = Circuit(
        cooler=cooler_of(plant, cool_heat * scale, cool_heat / cool_rate, weather),
        chiller=chiller if plant.chiller_backup or plant.kind is PlantKind.chiller else None,
        capacity_rate=cool_rate,
        supply=cool_supply,
        pump_power=0.0,
        pump_power_ratio=plant.pump_power_ratio,
    )
    warm = None
    if loop is not None:
        warm_range = plant.design_range_K or warm_heat / loop.c_fws
        warm = Circuit(
            cooler=cooler_of(plant, warm_heat * scale, warm_range, weather),
            chiller=chiller if plant.kind is PlantKind.chiller else None,
            capacity_rate=loop.c_fws,
            supply=np.nan,
            pump_power=fws_pump_power,
            pump_power_ratio=0.0,
            head_held=fws_head_held,
        )
    # the recovery draws on the warm circuit, without one on the cool circuit
    reuse = heat_reuse(recovery, district, weather, offered=cool_heat if loop is None else warm_heat)
    return YearSpec(
        it_design_power=it_design_power,
        liquid_fraction=liquid_fraction,
        loop=loop,
        tcs_set_point=tcs_set_point,
        air_handler_power=air_handler_power,
        warm=warm,
        cool=cool,
        power=train,
        recovery=reuse.station if reuse else None,
        network=reuse.network if reuse else None,
        trunk_capacity=reuse.trunk_capacity if reuse else np.inf,
        dew_margin=dew_margin,
        priority=Priority(plant.priority.value),
        feeds=reuse.feeds if reuse else (),
        trunk=reuse.trunk if reuse else None,
        availability=recovery.availability,
        extension_density=recovery.extension_MWh_m * MWH,
        storage=reuse.storage if reuse else None,
        foresight=recovery.storage.foresight,
        charge_temperature=None if recovery.storage.charge_C is None else celsius(recovery.storage.charge_C),
    )


def heat_reuse(
    recovery: RecoveryConf, district: DistrictConf, weather: Weather, *, offered: float = np.inf
) -> HeatReuse | None:
    """The recovery and the network it feeds; None without recovery: the network need not fit the climate.

    offered  heat of the site's water at design [W]: the station is no larger than this can feed
    Raises InputError for whatever of the two cannot be: halls need not be solved to know.
    """
    if recovery.kind is RecoveryKind.none:
        return None
    network = network_of(district, weather)
    station = station_of(recovery, network, weather, offered=offered)
    feeds = feeds_of(district, recovery, network, weather)
    trunk, network = laid_trunk(district, network, weather, station.capacity)
    return HeatReuse(
        network=network,
        station=station,
        storage=storage_of(recovery),
        trunk_capacity=trunk_heat(trunk, network, weather),
        feeds=feeds,
        trunk=trunk,
    )


def cooler_of(plant: PlantConf, heat: float, fluid_range: float, weather: Weather) -> Cooler:
    """The cooler of one circuit, sized for `heat` [W] at the climate's 0.4 % hours."""
    kind = _COOLER_OF[plant.kind]
    dry, wet = weather.design_dry_bulb, weather.design_wet_bulb
    design_air = dry
    if kind is CoolerKind.WET:
        design_air = wet
    elif kind is CoolerKind.ADIABATIC:
        design_air = dry - plant.adiabatic_effectiveness * (dry - wet)
    return size_cooler(
        kind,
        heat=heat,
        design_air=design_air,
        approach=plant.approach_K,
        fluid_range=fluid_range,
        fan_power_ratio=plant.fan_power_ratio,
        fan_minimum=plant.fan_minimum_flow,
        design_pressure=float(weather.pressure.mean()),
        pad_effectiveness=plant.adiabatic_effectiveness,
        wet_above=celsius(plant.adiabatic_from_C),
        cycles=plant.cycles_of_concentration,
    )


def chiller_of(plant: PlantConf) -> Chiller:
    """The chiller of a plant configuration."""
    return Chiller(
        carnot_efficiency=plant.chiller_carnot_efficiency,
        evaporator_approach=plant.chiller_evaporator_approach_K,
        condenser_approach=plant.chiller_condenser_approach_K,
        minimum_lift=plant.chiller_minimum_lift_K,
        fan_power_ratio=plant.fan_power_ratio,
    )
