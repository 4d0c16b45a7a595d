"""From configuration to the records of heat reuse: station with its heat pump, storage."""

from __future__ import annotations

import numpy as np

from geometry.errors import require, require_range
from solvers.district.demand import Network, hourly_demand
from solvers.heat.heat_pump import HeatPump
from solvers.heat.heat_pump_map import read_map
from solvers.heat.station import Station
from solvers.heat.storage import Diffuser, Ground, Insulation, Pit, Storage, Tank, check_storage
from twin.schema import RecoveryConf, RecoveryKind, StorageKind
from twin.units import celsius
from twin.weather import Weather

DIFFUSER_DIFFERENCE = 10.0  # least temperature step an inlet is laid out for [K]; assumption
SINK_OVER_SOURCE = 4.0 / 3.0  # heat of a heat pump over that of its source at a COP of 4, the least of the
# sites' water at 27 degC and more. Assumption: a larger machine would find nothing to lift
PIT_WALL = 50.0  # [W/(m2 K)] between water and soil: convection alone behind a thin liner; assumption


def station_of(conf: RecoveryConf, network: Network, weather: Weather, *, offered: float = np.inf) -> Station:
    """The station, sized on the network's peak, or on the heat `offered` [W] where that is less; as given
    where its capacity is given.

    The direct exchanger carries the capacity at its design approach with balanced flows: UA = Q / approach;
    its rated flows are the largest that carry it over the network's spread of temperatures.
    """
    demand = hourly_demand(network, weather.dry_bulb)
    peak = float(demand.heat.max())
    most = offered * (SINK_OVER_SOURCE if conf.kind is RecoveryKind.heat_pump else 1.0)
    capacity = min(conf.peak_share * peak, most) if conf.capacity_MW is None else conf.capacity_MW * 1e6
    require(capacity > 0.0, f"recovery capacity of {conf.name} = {capacity / 1e6:g} MW: must be positive")
    flow = float((np.minimum(demand.heat, capacity) / (demand.supply - demand.back)).max())
    require_range("recovery.exchanger_approach_K", conf.exchanger_approach_K, 0.5, 50.0, "K")
    pump = None
    if conf.kind is RecoveryKind.heat_pump:
        pump = HeatPump(
            capacity=capacity,
            lorenz_efficiency=conf.lorenz_efficiency,
            terminal_difference=conf.terminal_difference_K,
            source_drop=conf.source_drop_K,
            maximum_supply=celsius(conf.maximum_supply_C),
            minimum_load=conf.minimum_load,
            units=conf.units,
            in_series=conf.in_series,
            degradation=conf.part_load_degradation,
            map=read_map(conf.map) if conf.map else None,
        )
    return Station(
        capacity=capacity,
        exchanger_ua=capacity / conf.exchanger_approach_K,
        exchanger_rate=flow,
        heat_pump=pump,
        boiler_capacity=conf.boiler_MW * 1e6,
        rejection_share=conf.rejection_share,
    )


def storage_of(conf: RecoveryConf) -> Storage | None:
    """The storage of `conf.storage_m3`, or None. The slots of its diffusers run round half its width."""
    if conf.storage_m3 == 0.0 or conf.kind is RecoveryKind.none:
        return None
    s = conf.storage
    diffuser = None
    if s.diffuser_height_m > 0.0:
        width = np.sqrt(4.0 / np.pi * conf.storage_m3 / s.height_m)
        diffuser = Diffuser(
            length=float(0.5 * np.pi * width), height=s.diffuser_height_m, difference=DIFFUSER_DIFFERENCE
        )
    storage: Storage
    if s.kind is StorageKind.tank:
        storage = Tank(
            volume=conf.storage_m3,
            height=s.height_m,
            layers=s.layers,
            insulation=Insulation(lid=s.lid_W_m2K, wall=s.wall_W_m2K, bottom=s.wall_W_m2K),
            diffuser=diffuser,
        )
    else:
        storage = Pit(
            volume=conf.storage_m3,
            height=s.height_m,
            layers=s.layers,
            insulation=Insulation(lid=s.lid_W_m2K, wall=PIT_WALL, bottom=PIT_WALL),
            ground=Ground(
                conductivity=s.soil_W_mK, volumetric=s.soil_MJ_m3K * 1e6, temperature=celsius(s.soil_C)
            ),
            slope=s.pit_slope,
            diffuser=diffuser,
        )
    check_storage(storage)
    return storage
