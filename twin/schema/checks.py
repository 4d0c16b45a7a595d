"""Is a configuration allowed? Every number within its range, then the checks across fields.

The message names the key as it is typed on the command line, the value, the unit and the range.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from geometry.errors import InputError, require, require_range
from twin.economics.sensitivity import ranges_of
from twin.electricity import contracted_shares
from twin.schema import (
    Containment,
    DoorCircuit,
    FanTable,
    FlowPolicy,
    Limit,
    RackAir,
    RecoveryKind,
    SupplyKind,
    TwinConf,
    UnitControl,
    WorkloadKind,
    climate,
    compute,
    district,
    economics,
    electricity,
    hall,
    loop,
    plant,
    power,
    recovery,
    run,
    site,
    solver,
    uncertainty,
    water,
    workload,
)
from twin.schema.ranges import Range
from twin.uncertainty.sampling import check_spreads

COIL_APPROACH_K = 2.0  # assumption: least air temperature above the entering water of a large coil

RANGES: tuple[Range, ...] = (
    *site.RANGES,
    *compute.RANGES,
    *hall.RANGES,
    *water.RANGES,
    *loop.RANGES,
    *plant.RANGES,
    *power.RANGES,
    *recovery.RANGES,
    *district.RANGES,
    *climate.RANGES,
    *workload.RANGES,
    *solver.RANGES,
    *economics.RANGES,
    *electricity.RANGES,
    *uncertainty.RANGES,
    *run.RANGES,
)


def check_ranges(conf: TwinConf) -> None:
    """Raise InputError naming the first value outside its range, or the first contradiction of two fields."""
    value: Any
    for rule in RANGES:
        value = reduce(getattr, rule.key.split("."), conf)
        if value is not None:
            require_range(rule.key, float(value), rule.low, rule.high, rule.unit)
    _check_site(conf)
    _check_hall(conf)
    _check_cool_water(conf)
    _check_liquid(conf)
    _check_district(conf)
    _check_lists(conf)
    ranges_of(conf.economics)
    contracted_shares(conf.electricity)
    check_spreads(
        conf.uncertainty,
        loops=conf.compute.liquid_fraction > 0.0,
        efficiencies={
            "pump_efficiency": conf.loop.pump_efficiency,
            "heat_pump_efficiency": conf.recovery.lorenz_efficiency,
        },
    )


def _check_site(conf: TwinConf) -> None:
    binding = {Limit.gpus: ("gpus", conf.site.gpus), Limit.power: ("power_MW", conf.site.power_MW)}
    key, value = binding[conf.site.limit]
    require(
        value is not None,
        f"site.limit = {conf.site.limit.value}, but site.{key} of {conf.site.name} was never announced",
        hint=f"site.{key}=VALUE, or site.limit=" + ("gpus" if key == "power_MW" else "power"),
    )


def _check_hall(conf: TwinConf) -> None:
    hall = conf.hall
    if hall.rows == 0 or hall.racks_per_row == 0:
        require(
            bool(hall.objects),
            f"hall {hall.name} has {hall.rows} rows of {hall.racks_per_row} racks and no explicit objects",
            hint="hall.rows=8 hall.racks_per_row=12, or list the racks under hall.objects",
        )
    if hall.supply in (SupplyKind.fan_walls, SupplyKind.gallery) and hall.rows > 0:
        require(
            hall.fan_walls is None or hall.fan_walls > 0,
            f"hall {hall.name} is supplied by fan walls, but hall.fan_walls = {hall.fan_walls}",
            hint="hall.fan_walls=8, or hall.supply=tiles",
        )
    require(
        hall.containment is not Containment.cold_aisle or hall.supply in (SupplyKind.tiles, SupplyKind.crah),
        f"hall.containment = cold_aisle needs air from the floor, but hall.supply = {hall.supply.value}",
        hint="hall.supply=tiles or crah",
    )
    _check_fans("hall.rack_fans", hall.rack_fans, needed=hall.rack_air is RackAir.fan_curve)
    _check_fans("hall.units.fan_curve", hall.units.fan_curve, needed=False)
    require(
        hall.rack_air is not RackAir.resistance or not hall.rear_doors,
        "hall.rear_doors with hall.rack_air = resistance: a door's exchanger needs the flow of rack fans",
        hint="hall.rack_air=fans",
    )
    require(
        hall.units.control is not UnitControl.return_air or hall.units.return_air_C is not None,
        "hall.units.control = return_air, but hall.units.return_air_C is not given",
        hint="hall.units.return_air_C=36",
    )


def _check_fans(key: str, table: FanTable, *, needed: bool) -> None:
    require(
        len(table.flow_pct) == len(table.pressure_Pa),
        f"{key}: {len(table.flow_pct)} flows, {len(table.pressure_Pa)} pressures: they must pair up",
    )
    require(
        not needed or len(table.flow_pct) > 1,
        f"hall.rack_air = fan_curve, but {key} has {len(table.flow_pct)} points",
        hint=f"{key}.flow_pct=[0,100,130] {key}.pressure_Pa=[80,0.5,0]",
    )


def _check_cool_water(conf: TwinConf) -> None:
    """Air leaves a coil warmer than the water enters it."""
    hall, water = conf.hall, conf.plant.cool_water_C
    own = hall.units.water_C
    key, entering = ("plant.cool_water_C", water) if own is None else ("hall.units.water_C", own)
    coldest = entering + COIL_APPROACH_K
    require(
        hall.supply_air_C >= coldest,
        f"hall.supply_air_C = {hall.supply_air_C:g} degC of {hall.name}: below {coldest:g} degC, what "
        f"coils on water of {key} = {entering:g} degC can make",
        hint=f"hall.supply_air_C={coldest:g}, or a colder {key}",
    )
    if hall.rear_doors and hall.rear_door_circuit is DoorCircuit.tcs:
        _check_loop_doors(conf)
        return
    require(
        not hall.rear_doors or hall.rear_door_water_C >= water,
        f"hall.rear_door_water_C = {hall.rear_door_water_C:g} degC: colder than the plant's cool water, "
        f"plant.cool_water_C = {water:g} degC",
        hint=f"hall.rear_door_water_C={water:g}",
    )


def _check_loop_doors(conf: TwinConf) -> None:
    """The halls' air is as humid as coils at the cool water leave it: a colder door would sweat."""
    hall, supply, water = conf.hall, conf.loop.supply_temperature_C, conf.plant.cool_water_C
    require(
        hall.water.coupled,
        "hall.rear_door_circuit = tcs, but hall.water.coupled = false: the CDUs must know the doors' heat",
        hint="hall.water.coupled=true, or hall.rear_door_circuit=cool",
    )
    require(
        supply >= water,
        f"loop.supply_temperature_C = {supply:g} degC feeds the rear doors of {hall.name}: colder than the "
        f"plant's cool water, plant.cool_water_C = {water:g} degC, and perhaps than the hall's dew point",
        hint=f"loop.supply_temperature_C={water + 2:g}",
    )


def _check_liquid(conf: TwinConf) -> None:
    compute, loop = conf.compute, conf.loop
    if compute.liquid_fraction == 0.0:
        return
    require_range(
        "loop.supply_temperature_C",
        loop.supply_temperature_C,
        compute.supply_min_C,
        compute.supply_max_C,
        "degC",
        element=f"racks {compute.name}",
        hint="a supply temperature the maker allows, or another compute class",
    )
    require(
        compute.reference_flow_L_min is not None and compute.reference_dp_kPa is not None,
        f"compute {compute.name} has cold plates but no hydraulic reference point",
        hint="compute.reference_flow_L_min=... compute.reference_dp_kPa=...",
    )
    table = compute.published_flow
    lengths = {len(table.supply_C), len(table.flow_L_min), len(table.dp_kPa)}
    require(
        len(lengths) == 1,
        f"compute.published_flow of {compute.name}: columns of {sorted(lengths)} values must agree in length",
    )
    require(
        loop.flow_policy is not FlowPolicy.fixed or loop.fixed_flow_L_min is not None,
        "loop.flow_policy = fixed, but loop.fixed_flow_L_min is not given",
        hint="loop.fixed_flow_L_min=100",
    )
    rack_gpu_heat = compute.gpu_power_W * compute.gpus_per_rack
    rack_liquid_heat = compute.power_per_gpu_W * compute.gpus_per_rack * compute.liquid_fraction
    require(
        rack_gpu_heat <= rack_liquid_heat * (1.0 + 1e-9),
        f"compute {compute.name}: the GPUs' {rack_gpu_heat / 1e3:.1f} kW exceed the rack's liquid heat "
        f"{rack_liquid_heat / 1e3:.1f} kW (power_per_gpu_W x gpus_per_rack x liquid_fraction)",
        hint="a larger compute.power_per_gpu_W or compute.liquid_fraction, or a smaller compute.gpu_power_W",
    )


def _check_district(conf: TwinConf) -> None:
    district = conf.district
    if conf.recovery.kind is RecoveryKind.none:
        return
    coldest = min(district.supply_cold_C, district.supply_warm_C)
    require(
        district.return_C < coldest,
        f"district.return_C = {district.return_C:g} degC of {district.name} is not below its supply "
        f"({coldest:g} degC at the least)",
        hint="a return temperature below the supply temperature",
    )


def _check_lists(conf: TwinConf) -> None:
    climate = conf.climate
    if climate.file is None:
        for key in ("dry_bulb_mean_C", "dry_bulb_min_C", "dry_bulb_max_C", "humidity_pct", "wind_m_s"):
            values = getattr(climate, key)
            require(
                len(values) == 12,
                f"climate.{key} of {climate.name} has {len(values)} values, one a month (12) are needed",
            )
    require(
        conf.workload.file is None or conf.workload.kind is WorkloadKind.trace,
        f"workload.file is given, but workload.kind = {conf.workload.kind.value} does not read it",
        hint="workload=trace workload.file=PATH",
    )
    if conf.run.name is not None:
        require(
            conf.run.name not in ("", ".", "..") and "/" not in conf.run.name and "\\" not in conf.run.name,
            f"run.name = {conf.run.name!r}: must be a plain name, it becomes a folder",
            hint="run.name=NAME run.folder=PATH",
        )
    if conf.workload.kind is WorkloadKind.trace and conf.workload.file is None:
        raise InputError(
            "workload.kind = trace, but workload.file is not given\n"
            "  try: workload.file=PATH of a CSV with 8,760 rows of utilisation (0..1)"
        )
