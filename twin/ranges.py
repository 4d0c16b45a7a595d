"""Allowed ranges of the configuration, one line each, and the checks across fields.

The message names the key as it is typed on the command line, the value, the unit and the range.
"""

from __future__ import annotations

from functools import reduce
from typing import Any, NamedTuple

from geometry.errors import InputError, require, require_range
from twin.economics.sensitivity import ranges_of
from twin.electricity import contracted_shares
from twin.sampling import check_spreads
from twin.schema import (
    Containment,
    FanTable,
    FlowPolicy,
    Limit,
    RackAir,
    SupplyKind,
    TwinConf,
    UnitControl,
    WorkloadKind,
)
from twin.schema_heat import RECOVERY_RANGES, RecoveryKind
from twin.schema_loop import CONTROL_RANGES

COIL_APPROACH_K = 2.0  # assumption: least air temperature above the entering water of a large coil


class Range(NamedTuple):
    key: str
    low: float
    high: float
    unit: str


RANGES = (
    Range("site.gpus", 1, 1e8, "GPUs"),
    Range("site.power_MW", 0.01, 1e5, "MW"),
    Range("site.latitude_deg", -90, 90, "deg"),
    Range("site.longitude_deg", -180, 180, "deg"),
    Range("site.altitude_m", -400, 5000, "m"),
    Range("hall.rows", 0, 200, "rows"),
    Range("hall.racks_per_row", 0, 200, "racks"),
    Range("hall.cold_aisle_m", 0, 20, "m"),
    Range("hall.hot_aisle_m", 0, 20, "m"),
    Range("hall.end_clearance_m", 0, 50, "m"),
    Range("hall.ceiling_height_m", 1.5, 30, "m"),
    Range("hall.fan_walls", 0, 500, "units"),
    Range("hall.fan_wall_width_m", 0.2, 20, "m"),
    Range("hall.fan_wall_height_m", 0.2, 20, "m"),
    Range("hall.fan_wall_sill_m", 0, 20, "m"),
    Range("hall.containment_leakage", 0, 0.9, "-"),
    Range("hall.tile_m", 0.2, 2, "m"),
    Range("hall.tile_open_fraction", 0.05, 1, "-"),
    Range("hall.floor_plenum_m", 0.15, 5, "m"),
    Range("hall.ceiling_plenum_m", 0, 20, "m"),
    Range("hall.gallery_m", 0.6, 20, "m"),
    Range("hall.grille_loss", 0, 1000, "-"),
    Range("hall.module_m", 0, 2, "m"),
    Range("hall.units.count", 1, 500, "units"),
    Range("hall.units.width_m", 0.3, 20, "m"),
    Range("hall.units.depth_m", 0.3, 5, "m"),
    Range("hall.units.height_m", 0.5, 10, "m"),
    Range("hall.units.flow_m3_h", 100, 1e6, "m3/h"),
    Range("hall.units.capacity_kW", 0.1, 1e5, "kW"),
    Range("hall.units.capacity_margin", 0.1, 5, "-"),
    Range("hall.units.design_air_C", 10, 70, "degC"),
    Range("hall.units.design_water_C", 2, 50, "degC"),
    Range("hall.units.design_water_range_K", 1, 40, "K"),
    Range("hall.units.water_C", 2, 50, "degC"),
    Range("hall.units.return_air_C", 10, 70, "degC"),
    Range("hall.rack_drop_Pa", 0.1, 1000, "Pa"),
    Range("hall.blanking_leakage", 0, 0.9, "-"),
    Range("hall.wall_W_m2K", 0, 20, "W/(m2 K)"),
    Range("hall.outside_C", -60, 60, "degC"),
    Range("hall.rear_door_effectiveness", 0, 1, "-"),
    Range("hall.rear_door_water_C", 5, 40, "degC"),
    Range("hall.water.coil_drop_kPa", 0.1, 500, "kPa"),
    Range("hall.water.door_drop_kPa", 0.1, 500, "kPa"),
    Range("hall.water.door_range_K", 1, 30, "K"),
    Range("hall.water.valve_drop_kPa", 0.1, 500, "kPa"),
    Range("hall.water.valve_limit", 0.1, 10, "-"),
    Range("hall.water.source_drop_kPa", 0.1, 1000, "kPa"),
    Range("hall.water.pumps", 1, 20, "pumps"),
    Range("hall.water.spare_pumps", 0, 19, "pumps"),
    Range("hall.water.lost_pumps", 0, 19, "pumps"),
    Range("hall.water.head_margin", 1, 5, "-"),
    Range("hall.water.pump_efficiency", 0.05, 0.95, "-"),
    Range("hall.water.station_approach_K", 0.5, 20, "K"),
    Range("hall.water.plant_water_C", 2, 50, "degC"),
    Range("hall.supply_air_C", 5, 45, "degC"),
    Range("hall.airflow_margin", 0.2, 5, "-"),
    Range("hall.fan_power_W_per_m3_s", 0, 5000, "W/(m3/s)"),
    Range("compute.gpus_per_rack", 1, 2000, "GPUs"),
    Range("compute.reference_gpus_per_rack", 1, 2000, "GPUs"),
    Range("compute.gpu_power_W", 1, 20000, "W"),
    Range("compute.power_per_gpu_W", 1, 30000, "W"),
    Range("compute.liquid_fraction", 0, 1, "-"),
    Range("compute.air_rise_K", 1, 60, "K"),
    Range("compute.reference_flow_L_min", 0.1, 1e4, "L/min"),
    Range("compute.reference_dp_kPa", 0.1, 1000, "kPa"),
    Range("compute.dp_exponent", 1, 2.2, "-"),
    Range("compute.cold_plate_factor", 0.01, 10, "-"),
    Range("compute.junction_to_case_K_per_W", 0, 1, "K/W"),
    Range("compute.gpu_limit_C", 40, 130, "degC"),
    Range("compute.supply_min_C", -20, 60, "degC"),
    Range("compute.supply_max_C", 0, 80, "degC"),
    Range("compute.return_max_C", 0, 95, "degC"),
    Range("compute.rack_width_m", 0.2, 5, "m"),
    Range("compute.rack_depth_m", 0.2, 5, "m"),
    Range("compute.rack_height_m", 0.2, 5, "m"),
    Range("loop.supply_temperature_C", 5, 60, "degC"),
    Range("loop.flow_per_kW_L_min", 0.1, 10, "L/min/kW"),
    Range("loop.fixed_flow_L_min", 0.1, 1e4, "L/min"),
    Range("loop.cdu_capacity_kW", 1, 1e5, "kW"),
    Range("loop.cdu_approach_K", 0.5, 30, "K"),
    Range("loop.cdu_flow_L_min", 1, 1e5, "L/min"),
    Range("loop.cdu_external_dp_kPa", 1, 2000, "kPa"),
    Range("loop.cdu_internal_dp_kPa", 0, 1000, "kPa"),
    Range("loop.cdu_width_m", 0.2, 5, "m"),
    Range("loop.fws_flow_ratio", 0.2, 5, "-"),
    Range("loop.fws_dp_kPa", 0, 2000, "kPa"),
    Range("loop.pump_efficiency", 0.05, 0.95, "-"),
    Range("loop.cdus_per_row", 1, 100, "CDUs"),
    Range("loop.spare_cdus_per_row", 0, 10, "CDUs"),
    Range("site.campus.halls_per_spine", 1, 1000, "halls"),
    Range("site.campus.lead_m", 0, 1e4, "m"),
    Range("site.campus.street_m", 1.2, 500, "m"),
    Range("site.campus.gap_m", 0, 500, "m"),
    Range("loop.max_velocity_m_s", 0.1, 10, "m/s"),
    Range("loop.max_gradient_Pa_m", 10, 5000, "Pa/m"),
    Range("plant.approach_K", 0.5, 40, "K"),
    Range("plant.design_range_K", 1, 60, "K"),
    Range("plant.capacity_MW", 0, 1e5, "MW"),
    Range("plant.capacity_margin", 0.1, 5, "-"),
    Range("plant.fan_power_ratio", 0, 0.2, "-"),
    Range("plant.fan_minimum_flow", 0, 1, "-"),
    Range("plant.adiabatic_effectiveness", 0, 1, "-"),
    Range("plant.adiabatic_from_C", -50, 100, "degC"),
    Range("plant.cycles_of_concentration", 1.1, 20, "-"),
    Range("plant.chiller_carnot_efficiency", 0.05, 0.9, "-"),
    Range("plant.chiller_evaporator_approach_K", 0, 40, "K"),
    Range("plant.chiller_minimum_lift_K", 0, 60, "K"),
    Range("plant.chiller_condenser_approach_K", 0, 40, "K"),
    Range("plant.cool_water_C", 4, 35, "degC"),
    Range("plant.cool_water_range_K", 1, 30, "K"),
    Range("plant.pump_power_ratio", 0, 0.2, "-"),
    Range("power.transformer_efficiency", 0.5, 1, "-"),
    Range("power.ups_efficiency", 0.5, 1, "-"),
    Range("power.distribution_efficiency", 0.5, 1, "-"),
    Range("power.lighting_W_m2", 0, 100, "W/m2"),
    Range("power.auxiliary_ratio", 0, 0.5, "-"),
    *(Range(f"loop.control.{key}", low, high, unit) for key, low, high, unit in CONTROL_RANGES),
    *(Range(f"recovery.{key}", low, high, unit) for key, low, high, unit in RECOVERY_RANGES),
    Range("district.annual_heat_GWh", 0.001, 1e5, "GWh"),
    Range("district.dwellings", 1, 1e7, "dwellings"),
    Range("district.dhw_share", 0, 1, "-"),
    Range("district.network_efficiency", 0.3, 1, "-"),
    Range("district.heating_limit_C", 5, 30, "degC"),
    Range("district.supply_cold_C", 20, 180, "degC"),
    Range("district.supply_warm_C", 20, 180, "degC"),
    Range("district.outdoor_cold_C", -40, 15, "degC"),
    Range("district.return_C", 10, 120, "degC"),
    Range("district.trunk_km", 0.01, 200, "km"),
    Range("district.trunk_loss_W_m", 0, 500, "W/m"),
    Range("district.hdd18_Kd", 1, 10000, "K d"),
    Range("district.regime.return_warm_C", 10, 120, "degC"),
    Range("district.regime.radiator_exponent", 1, 2, "-"),
    Range("district.regime.approach_K", 0, 20, "K"),
    Range("district.regime.hot_water_return_C", 10, 60, "degC"),
    Range("district.pipes.length_km", 0.05, 5000, "km"),
    Range("district.pipes.snap_m", 0.01, 100, "m"),
    Range("district.pipes.series", 1, 3, "-"),
    Range("district.pipes.cover_m", 0.2, 10, "m"),
    Range("district.pipes.soil_W_mK", 0.2, 5, "W/(m K)"),
    Range("district.trunk.series", 1, 3, "-"),
    Range("district.trunk.cover_m", 0.2, 10, "m"),
    Range("district.trunk.soil_W_mK", 0.2, 5, "W/(m K)"),
    Range("district.trunk.max_velocity_m_s", 0.1, 5, "m/s"),
    Range("district.trunk.max_gradient_Pa_m", 10, 1000, "Pa/m"),
    Range("district.trunk.pump_efficiency", 0.05, 0.95, "-"),
    Range("district.trunk.base_EUR_m", 0, 1e5, "EUR/m"),
    Range("district.trunk.per_diameter_EUR_m2", 0, 1e6, "EUR/m2"),
    Range("district.trunk.recovery_1_a", 0, 1, "1/a"),
    Range("district.trunk.heat_EUR_MWh", 0, 1000, "EUR/MWh"),
    Range("district.trunk.electricity_EUR_MWh", 0, 5000, "EUR/MWh"),
    Range("climate.altitude_m", -400, 5000, "m"),
    Range("climate.hdd18_Kd", 0, 10000, "K d"),
    Range("workload.utilisation", 0, 1, "-"),
    Range("workload.idle_share", 0, 1, "-"),
    Range("workload.dip_share", 0, 1, "-"),
    Range("workload.dip_hours_per_day", 0, 24, "h"),
    Range("workload.night_share", 0, 1, "-"),
    Range("workload.weekend_share", 0, 1, "-"),
    Range("solver.cell_m", 0.01, 5, "m"),
    Range("solver.cell_x_m", 0.01, 5, "m"),
    Range("solver.cell_y_m", 0.01, 5, "m"),
    Range("solver.cell_z_m", 0.01, 5, "m"),
    Range("solver.growth", 1.05, 10, "-"),
    Range("solver.max_iterations", 1, 1e6, "iterations"),
    Range("solver.temperature_tolerance_K", 1e-9, 10, "K"),
    Range("solver.energy_tolerance", 1e-12, 0.1, "-"),
    Range("solver.mass_tolerance", 1e-14, 1e-3, "-"),
    Range("economics.discount_rate", 0, 0.5, "1/yr"),
    Range("economics.lifetime_years", 1, 100, "yr"),
    Range("economics.heat_pump_EUR_kW", 0, 1e5, "EUR/kW"),
    Range("economics.exchanger_EUR_kW", 0, 1e5, "EUR/kW"),
    Range("economics.trunk_EUR_m", 0, 1e6, "EUR/m"),
    Range("economics.extension_EUR_m", 0, 1e6, "EUR/m"),
    Range("economics.storage_EUR_m3", 0, 1e5, "EUR/m3"),
    Range("economics.boiler_EUR_kW", 0, 1e5, "EUR/kW"),
    Range("economics.engineering_share", 0, 1, "-"),
    Range("economics.contingency_share", 0, 1, "-"),
    Range("economics.fixed_opex_share", 0, 1, "1/yr"),
    Range("economics.gas_EUR_MWh", 0, 5000, "EUR/MWh"),
    Range("economics.heat_value_EUR_MWh", -500, 5000, "EUR/MWh"),
    Range("economics.gas_heat_kgCO2_kWh", 0, 2, "kg/kWh"),
    Range("economics.gas_kgCO2_kWh", 0, 2, "kg/kWh"),
    Range("economics.boiler_efficiency", 0.3, 1.1, "-"),
    Range("electricity.solar_share", 0, 1, "-"),
    Range("electricity.wind_share", 0, 1, "-"),
    Range("electricity.hydro_share", 0, 1, "-"),
    Range("electricity.solar_kgCO2_kWh", 0, 2, "kg/kWh"),
    Range("electricity.wind_kgCO2_kWh", 0, 2, "kg/kWh"),
    Range("electricity.hydro_kgCO2_kWh", 0, 2, "kg/kWh"),
    Range("economics.members", 0, 1_000_000, "members"),
    Range("economics.aid.density_min_MWh_m", 0, 100, "MWh/m"),
    Range("economics.aid.network_cap", 0, 1, "-"),
    Range("economics.aid.recovery_cap", 0, 1, "-"),
    Range("economics.aid.renewable_share_min", 0, 1, "-"),
    Range("economics.source_heat_EUR_MWh", -500, 5000, "EUR/MWh"),
    Range("economics.subsidy_share", 0, 1, "-"),
    Range("economics.electricity_EUR_MWh", -500, 5000, "EUR/MWh"),
    Range("economics.electricity_kgCO2_kWh", 0, 2, "kg/kWh"),
    Range("economics.displaced_heat_kgCO2_kWh", 0, 2, "kg/kWh"),
    Range("uncertainty.members", 0, 1e5, "members"),
    Range("uncertainty.seed", 0, 2**31, "-"),
    Range("run.threads", 0, 1024, "threads"),
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
    require(
        not hall.rear_doors or hall.rear_door_water_C >= water,
        f"hall.rear_door_water_C = {hall.rear_door_water_C:g} degC: colder than the plant's cool water, "
        f"plant.cool_water_C = {water:g} degC",
        hint=f"hall.rear_door_water_C={water:g}",
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
