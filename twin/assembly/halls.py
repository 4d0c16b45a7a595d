"""Configuration of a hall -> its records, its grid, and the question put to the air solver."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from geometry import layout
from geometry.checks import check, refuse
from geometry.gridding import make_grid
from geometry.hall import Aisle, AisleKind, Hall, Opening, OpeningKind, Rack
from geometry.rasterise import rasterise
from geometry.reach import raster_problems
from geometry.records import hall_from_records
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    Convection,
    Exhaust,
    Supply,
    ThroughFlow,
    Turbulence,
)
from twin.assembly.sizing import AIR_HEAT_CAPACITY, Sizing
from twin.load_map import load_ratios, occupy, read_load_map
from twin.schema import HallConf, TwinConf
from twin.units import celsius

DYNAMIC_VISCOSITY = 1.85e-5  # of air at 25 degC [Pa s] (Incropera et al. 2011, table A.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class HallKind:
    """Halls of a site that are alike: solved once, counted `count` times."""

    hall: Hall
    count: int


def hall_positions(conf: TwinConf) -> tuple[int, int]:
    """Rack positions of one hall, and of its fullest row (in racks of the class's power, rounded up)."""
    hall = build_hall(conf, populated=None, cdus_per_row=0)
    per_row: dict[str, float] = defaultdict(float)
    ratios = rack_ratios(conf, hall)
    for rack in hall.racks:
        per_row[rack.row] += max(1.0, ratios.get(rack.name, 1.0))
    return len(hall.populated), math.ceil(max(per_row.values(), default=0.0) - 1e-9)


def rack_ratios(conf: TwinConf, hall: Hall) -> dict[str, float]:
    """Power of each populated rack over that of its class: 1, or by the load map."""
    load = None if conf.hall.load_map is None else read_load_map(conf.hall.load_map)
    return load_ratios(hall, load, conf.compute.gpus_per_rack * conf.compute.power_per_gpu_W)


def hall_kinds(conf: TwinConf, sizing: Sizing) -> tuple[HallKind, ...]:
    """The distinct halls of the site: the full one and, where racks are left over, the last one."""
    kinds = []
    for populated, count in ((sizing.positions, sizing.full_halls), (sizing.rest, 1)):
        if populated and count:
            hall = build_hall(conf, populated=populated, cdus_per_row=sizing.cdus_per_row)
            check(hall)
            kinds.append(HallKind(hall=hall, count=count))
    return tuple(kinds)


def build_hall(conf: TwinConf, *, populated: int | None, cdus_per_row: int) -> Hall:
    """The hall as records: parametric, explicit, or parametric with further objects.

    Raises InputError for an object that cannot be read or a layout that does not fit.
    """
    if conf.hall.load_map is not None:
        whole = _hall_of_racks(conf, populated=None, cdus_per_row=cdus_per_row)
        return _limit_racks(occupy(whole, read_load_map(conf.hall.load_map)), populated)
    return _hall_of_racks(conf, populated=populated, cdus_per_row=cdus_per_row)


def _hall_of_racks(conf: TwinConf, *, populated: int | None, cdus_per_row: int) -> Hall:
    if conf.hall.rows == 0:
        return _limit_racks(hall_from_records({"name": conf.hall.name} | conf.hall.objects), populated)
    base = layout.generate_hall(
        _layout(conf), populated=populated, cdus_per_row=cdus_per_row, name=conf.hall.name
    )
    return _with_objects(base, conf.hall.objects) if conf.hall.objects else base


def _with_objects(base: Hall, objects: dict[str, Any]) -> Hall:
    room = {axis: [low, high] for axis, low, high in zip("xyz", base.room.low, base.room.high, strict=True)}
    more = hall_from_records({"name": base.name, "room": room} | objects)
    return replace(
        base,
        racks=base.racks + more.racks,
        aisles=base.aisles + more.aisles,
        panels=base.panels + more.panels,
        openings=base.openings + more.openings,
        cdus=base.cdus + more.cdus,
        obstructions=base.obstructions + more.obstructions,
    )


def _limit_racks(hall: Hall, populated: int | None) -> Hall:
    """An explicit hall with only its first `populated` racks holding equipment."""
    if populated is None:
        return hall
    held = {rack.name for rack in hall.populated[:populated]}
    return replace(hall, racks=tuple(replace(rack, populated=rack.name in held) for rack in hall.racks))


def _layout(conf: TwinConf) -> layout.HallLayout:
    hall, compute = conf.hall, conf.compute
    return layout.HallLayout(
        rows=hall.rows,
        racks_per_row=hall.racks_per_row,
        rack_width=compute.rack_width_m,
        rack_depth=compute.rack_depth_m,
        rack_height=compute.rack_height_m,
        cold_aisle=hall.cold_aisle_m,
        hot_aisle=hall.hot_aisle_m,
        end_clearance=hall.end_clearance_m,
        ceiling=hall.ceiling_height_m,
        containment=layout.Containment(hall.containment.value),
        supply=layout.SupplyKind(hall.supply.value),
        fan_walls=hall.rows if hall.fan_walls is None else hall.fan_walls,
        fan_wall_width=hall.fan_wall_width_m,
        fan_wall_height=hall.fan_wall_height_m,
        tile_size=hall.tile_m,
        rear_doors=hall.rear_doors,
        cdu_width=conf.loop.cdu_width_m,
    )


def air_problem(conf: TwinConf, sizing: Sizing, hall: Hall) -> AirProblem:
    """Grid the hall and state its air problem.

    Raises InputError for a rack that no supply air reaches, or a region that cannot breathe.
    """
    grid = make_grid(hall, target=conf.solver.cell_m, growth=conf.solver.growth)
    raster = rasterise(hall, grid)
    refuse(hall, raster_problems(hall, raster))
    supply_temperature = celsius(conf.hall.supply_air_C)
    flow = sizing.rack_airflow
    ratios = rack_ratios(conf, hall)
    return AirProblem(
        raster=raster,
        supplies=tuple(
            Supply(port=name, flow=volume, temperature=supply_temperature)
            for name, volume in supply_flows(hall, flow * conf.hall.airflow_margin, ratios).items()
            if volume > 0.0
        ),
        exhausts=tuple(
            Exhaust(port=opening.name, backflow_temperature=supply_temperature)
            for opening in hall.openings
            if opening.kind is OpeningKind.GRILLE
        ),
        racks=tuple(
            _through_flow(conf.hall, sizing, rack, ratios[rack.name]) for rack in hall.populated if flow > 0.0
        ),
        properties=AirProperties(
            density=sizing.air_density,
            heat_capacity=AIR_HEAT_CAPACITY,
            viscosity=DYNAMIC_VISCOSITY / sizing.air_density,
            expansion=1.0 / supply_temperature,
            temperature=supply_temperature,
        ),
        turbulence=Turbulence(conf.solver.turbulence.value),
        convection=Convection(conf.solver.convection.value),
    )


def air_controls(conf: TwinConf) -> AirControls:
    solver = conf.solver
    return AirControls(
        max_iterations=solver.max_iterations,
        temperature_tolerance=solver.temperature_tolerance_K,
        energy_tolerance=solver.energy_tolerance,
        mass_tolerance=solver.mass_tolerance,
    )


def _through_flow(hall: HallConf, sizing: Sizing, rack: Rack, ratio: float) -> ThroughFlow:
    return ThroughFlow(
        name=rack.name,
        intake=f"{rack.name}.front",
        exhaust=f"{rack.name}.rear",
        flow=sizing.rack_airflow * ratio,
        heat=sizing.rack_heat_air * ratio,
        door_effectiveness=hall.rear_door_effectiveness if rack.rear_door else 0.0,
        door_temperature=celsius(hall.rear_door_water_C),
    )


def supply_flows(
    hall: Hall, flow_per_rack: float, ratios: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Volume flow of each supply opening [m3/s] for `flow_per_rack` [m3/s] on offer at every populated rack,
    times the rack's own of `ratios`.

    Tiles serve the racks that face their aisle; whatever has no tiles before it is served by all other
    supplies in proportion to their area.
    """
    flows = {opening.name: 0.0 for opening in hall.openings if opening.kind.supplies}
    tiles: dict[str, list[Opening]] = defaultdict(list)
    for opening in hall.openings:
        if opening.kind is OpeningKind.TILE:
            for aisle in hall.aisles:
                if aisle.kind is AisleKind.COLD and _holds(aisle, opening):
                    tiles[aisle.name].append(opening)
                    break
    common = 0.0
    for rack in hall.populated:
        asked = flow_per_rack * (ratios[rack.name] if ratios is not None else 1.0)
        own = next((a.name for a in hall.aisles if a.name in tiles and _faces(rack, a)), None)
        if own is None:
            common += asked
        else:
            _share(flows, tiles[own], asked)
    in_aisles = {opening.name for group in tiles.values() for opening in group}
    others = [o for o in hall.openings if o.kind.supplies and o.name not in in_aisles]
    _share(flows, others or [o for o in hall.openings if o.kind.supplies], common)
    return flows


def _share(flows: dict[str, float], openings: list[Opening], flow: float) -> None:
    total = sum(_area(opening) for opening in openings)
    for opening in openings:
        flows[opening.name] += flow * _area(opening) / total


def _area(opening: Opening) -> float:
    _, short, long = sorted(opening.box.size)
    return short * long


def _holds(aisle: Aisle, opening: Opening) -> bool:
    x, y, _ = opening.box.centre
    return aisle.box.x0 <= x <= aisle.box.x1 and aisle.box.y0 <= y <= aisle.box.y1


def _faces(rack: Rack, aisle: Aisle, slack: float = 0.05) -> bool:
    x, y, _ = rack.box.face(rack.front).centre
    box = aisle.box
    return box.x0 - slack <= x <= box.x1 + slack and box.y0 - slack <= y <= box.y1 + slack
