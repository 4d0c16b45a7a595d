"""Many sizes of heat pump and storage, dispatched over a year and priced: processor and wall time."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np

from solvers.district.demand import hourly_demand
from solvers.district.dispatch import Variant, dispatch_variants
from solvers.district.dispatch_records import Offer
from solvers.heat.heat_pump import planned_outage
from solvers.heat.storage import Insulation, Tank
from twin.assembly.district import network_of
from twin.assembly.heat import station_of
from twin.config import compose, typed
from twin.economics import HeatLedger, heat_economics
from twin.units import MWH, celsius
from twin.weather import typical_year


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--foresight", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    conf = typed(compose([]))
    weather = typical_year(conf.climate)
    network = network_of(conf.district, weather)
    demand = hourly_demand(network, weather.dry_bulb)
    hours = demand.heat.size
    offer = Offer(
        temperature=np.full(hours, celsius(53.0)),
        coldest=np.full(hours, celsius(38.0)),
        rate=4e6,
        air=weather.dry_bulb,
        available=planned_outage(demand.heat, conf.recovery.availability),
    )
    walls = Insulation(lid=0.2, wall=0.2, bottom=0.2)
    rng = np.random.default_rng(1)
    variants = []
    for _ in range(options.variants):
        sized = replace(conf.recovery, capacity_MW=float(rng.uniform(2.0, 20.0)))
        station = station_of(sized, network, weather)
        tank = Tank(volume=float(rng.uniform(200.0, 20000.0)), height=15.0, insulation=walls)
        variants.append(
            Variant(
                station=station, demand=demand, storage=tank, trunk_loss=90e3, foresight=options.foresight
            )
        )
    dispatch_variants(variants[:1], offer)  # compiled
    processor, wall = time.process_time(), time.perf_counter()
    found = dispatch_variants(variants, offer, workers=options.workers)
    for variant, year in zip(variants, found, strict=True):
        assert variant.storage is not None
        ledger = HeatLedger(
            delivered_MWh=year.delivered / MWH,
            site_heat_MWh=year.site_heat / MWH,
            electricity_MWh=year.electricity / MWH,
            heat_pump_kW=variant.station.capacity / 1e3,
            exchanger_kW=0.0,
            trunk_m=network.trunk_length,
            per_dwelling_MWh=network.heat_per_dwelling / MWH,
            network_efficiency=network.efficiency,
            storage_m3=variant.storage.volume,
        )
        heat_economics(ledger, conf.economics)
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    print(f"{len(found)} variants: {processor:.1f} s of processor, {wall:.1f} s on {options.workers} threads")


if __name__ == "__main__":
    main()
