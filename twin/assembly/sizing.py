"""From announced figures to racks, halls, flows and CDUs: the rules that one density value drives.

GPUs of the site  <- the announced GPUs, or the announced power over the power of a GPU (site.limit)
racks             <- GPUs over GPUs a rack, rounded up
halls             <- racks over the positions of a hall; the last hall holds the rest
rack power        <- GPUs a rack times the rack power per GPU
coolant flow      <- flow policy at the supply temperature, in proportion to the rack's liquid heat
CDUs a row        <- the row's liquid heat and flow, with the doors on the loop, over what one CDU carries
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from geometry.errors import InputError, require
from solvers.liquid.hall import flow_policy
from solvers.psychrometrics import standard_pressure
from twin.assembly.doors import door_on_loop
from twin.assembly.load_map import read_load_map
from twin.schema import FlowPolicy, Limit, TwinConf
from twin.units import KPA, KW, L_MIN, celsius

AIR_GAS_CONSTANT = 287.05  # of dry air [J/(kg K)]
LOAD_MAP_DEVIATION = 0.01  # of the mean rack power, above which the reader is told [-]
AIR_HEAT_CAPACITY = 1006.0  # of dry air at room temperature [J/(kg K)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """What a site consists of, in SI units; one rack is like another."""

    gpus: int
    racks: int
    positions: int  # rack positions of one hall
    halls: int
    it_power: float  # [W]
    rack_power: float  # [W]
    rack_heat_liquid: float  # [W]
    rack_heat_air: float  # [W]
    rack_airflow: float  # [m3/s]
    air_density: float  # of the supply air at the site's altitude [kg/m3]
    rack_flow: float  # coolant at the supply temperature [m3/s]
    rack_pressure_drop: float  # at that flow [Pa]
    door_heat: float  # of a rear door that the CDUs feed, at design [W]; 0 without
    door_flow: float  # its coolant [m3/s]
    cdus_per_row: int
    notes: tuple[str, ...]  # what the reader must know: the figure that does not bind, shortfalls

    @property
    def full_halls(self) -> int:
        return self.racks // self.positions

    @property
    def rest(self) -> int:
        """Racks in the last, partly filled hall; 0 if all are full."""
        return self.racks % self.positions


def size(conf: TwinConf, positions: int, positions_per_row: int) -> Sizing:
    """Derive the site from its configuration and the rack positions of one hall and of its fullest row.

    Raises InputError when the hall has no position, or the given CDUs cannot carry a row.
    """
    require(positions > 0, f"hall {conf.hall.name} has no rack position", hint="hall.rows=8")
    compute = conf.compute
    notes: list[str] = []
    gpus = _gpus(conf, notes)
    require(
        gpus >= compute.gpus_per_rack,
        f"{gpus:,} GPUs of the site do not fill one rack of compute.gpus_per_rack = {compute.gpus_per_rack}",
        hint=f"site.gpus={compute.gpus_per_rack} or more, or fewer compute.gpus_per_rack",
    )
    racks = math.ceil(gpus / compute.gpus_per_rack)
    rack_power = compute.gpus_per_rack * compute.power_per_gpu_W
    liquid = rack_power * compute.liquid_fraction
    air = rack_power - liquid
    density = air_density(conf)
    flow, drop = _coolant(conf, liquid, notes)
    airflow = rack_airflow(conf)
    door_heat, door_flow = door_on_loop(conf, airflow, density * AIR_HEAT_CAPACITY * airflow)
    if conf.hall.load_map is not None:
        _note_load_map(conf.hall.load_map, rack_power, notes)
    return Sizing(
        gpus=gpus,
        racks=racks,
        positions=positions,
        halls=math.ceil(racks / positions),
        it_power=gpus * compute.power_per_gpu_W,
        rack_power=rack_power,
        rack_heat_liquid=liquid,
        rack_heat_air=air,
        rack_airflow=airflow,
        air_density=density,
        rack_flow=flow,
        rack_pressure_drop=drop,
        door_heat=door_heat,
        door_flow=door_flow,
        cdus_per_row=_cdus_per_row(
            conf, min(positions_per_row, racks), liquid + door_heat, flow + door_flow, notes
        ),
        notes=tuple(notes),
    )


def air_density(conf: TwinConf) -> float:
    """Density of the supply air at the site's altitude [kg/m3], that of all volume flows."""
    pressure = float(standard_pressure(conf.site.altitude_m))
    return pressure / (AIR_GAS_CONSTANT * celsius(conf.hall.supply_air_C))


def rack_airflow(conf: TwinConf) -> float:
    """Rated air flow of a rack [m3/s]: what its heat to the air warms by compute.air_rise_K."""
    compute = conf.compute
    heat = compute.gpus_per_rack * compute.power_per_gpu_W * (1.0 - compute.liquid_fraction)
    return heat / (air_density(conf) * AIR_HEAT_CAPACITY * compute.air_rise_K)


def _note_load_map(path: str, rack_power: float, notes: list[str]) -> None:
    powers = read_load_map(path).values()
    mean = sum(powers) / len(powers)
    if abs(mean / rack_power - 1.0) > LOAD_MAP_DEVIATION:
        notes.append(
            f"load map: its {len(powers)} racks draw {mean / KW:,.1f} kW on average, those of the site "
            f"{rack_power / KW:,.1f} kW: halls and loops follow the map, the year follows the site"
        )


def _gpus(conf: TwinConf, notes: list[str]) -> int:
    site, per_gpu = conf.site, conf.compute.power_per_gpu_W
    if site.limit is Limit.power:
        assert site.power_MW is not None  # checked by twin.schema.checks
        gpus = int(site.power_MW * 1e6 // per_gpu)
        require(gpus > 0, f"site.power_MW = {site.power_MW:g} MW feeds not one GPU of {per_gpu:g} W")
        if site.gpus is not None:
            notes.append(
                f"power binds: {site.power_MW:,.0f} MW of IT feed {gpus:,} of the announced {site.gpus:,} "
                f"GPUs, which would need {site.gpus * per_gpu / 1e6:,.0f} MW as {conf.compute.title}"
            )
        return gpus
    assert site.gpus is not None  # checked by twin.schema.checks
    if site.power_MW is not None:
        notes.append(
            f"GPUs bind: {site.gpus:,} need {site.gpus * per_gpu / 1e6:,.0f} MW of IT as "
            f"{conf.compute.title}; {site.power_MW:,.0f} MW were announced"
        )
    return site.gpus


def _coolant(conf: TwinConf, liquid: float, notes: list[str]) -> tuple[float, float]:
    """Volume flow of one rack [m3/s] and its pressure drop [Pa]."""
    compute, loop = conf.compute, conf.loop
    if liquid == 0.0:
        return 0.0, 0.0
    table = published_table(conf)
    policy, at = loop.flow_policy, celsius(loop.supply_temperature_C)
    if policy is FlowPolicy.published and table is None:
        notes.append(
            f"no published flow for {compute.title}: {loop.flow_per_kW_L_min:g} L/min a kW of liquid heat"
        )
        policy = FlowPolicy.per_kW
    if policy is FlowPolicy.published and table is not None:
        if not table.covers(at):
            notes.append(
                f"published flow of {compute.title} does not cover the supply: its end value is used"
            )
        flow = float(flow_policy.published(table, at, liquid))
    elif policy is FlowPolicy.per_kW:
        flow = float(flow_policy.per_heat(loop.flow_per_kW_L_min * L_MIN / KW, liquid))
    else:
        assert loop.fixed_flow_L_min is not None  # checked by twin.schema.checks
        flow = float(flow_policy.fixed(loop.fixed_flow_L_min * L_MIN, liquid))
    reference_flow, reference_drop = reference_point(conf)
    return flow, reference_drop * (flow / reference_flow) ** compute.dp_exponent


def published_table(conf: TwinConf) -> flow_policy.PublishedFlow | None:
    """The maker's table for this rack, or None without one."""
    compute = conf.compute
    table = compute.published_flow
    if not table.supply_C:
        return None
    return flow_policy.PublishedFlow(
        supply=tuple(celsius(t) for t in table.supply_C),
        flow=tuple(v * L_MIN for v in table.flow_L_min),
        heat=table.heat_kW * KW,
    )


def reference_point(conf: TwinConf) -> tuple[float, float]:
    """Flow [m3/s] and pressure drop [Pa] that fix the rack's hydraulic resistance.

    The trays of a rack are in parallel, so the flow of one point of the data sheet follows their number.
    """
    compute = conf.compute
    assert compute.reference_flow_L_min is not None  # checked by twin.schema.checks
    assert compute.reference_dp_kPa is not None
    trays = compute.gpus_per_rack / compute.reference_gpus_per_rack
    return compute.reference_flow_L_min * L_MIN * trays, compute.reference_dp_kPa * KPA


def _cdus_per_row(conf: TwinConf, racks: int, liquid: float, flow: float, notes: list[str]) -> int:
    if liquid == 0.0:
        return 0
    loop = conf.loop
    row_kW, row_L_min = racks * liquid / KW, racks * flow / L_MIN
    by_heat = math.ceil(row_kW / loop.cdu_capacity_kW - 1e-9)
    by_flow = math.ceil(row_L_min / loop.cdu_flow_L_min - 1e-9)
    needed = max(by_heat, by_flow, 1)
    if loop.cdus_per_row is None:
        return needed + loop.spare_cdus_per_row
    given = loop.cdus_per_row
    if given < by_heat:
        raise InputError(
            f"more heat than the CDUs carry: a row of {racks} racks hands over {row_kW:,.0f} kW, "
            f"loop.cdus_per_row = {given} carry {given * loop.cdu_capacity_kW:,.0f} kW\n"
            f"  try: loop.cdus_per_row={by_heat}, or null to have it derived"
        )
    if given < by_flow:
        notes.append(
            f"coolant flow: a row needs {row_L_min:,.0f} L/min, {given} CDUs are rated for "
            f"{given * loop.cdu_flow_L_min:,.0f} L/min"
        )
    return given
