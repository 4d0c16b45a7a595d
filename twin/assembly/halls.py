"""Configuration of a hall -> its records."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from geometry import layout
from geometry.checks import check
from geometry.hall import Hall, Rack
from geometry.losses import leak_loss
from geometry.records import hall_from_records
from twin.assembly.load_map import load_ratios, occupy, read_load_map
from twin.assembly.sizing import Sizing, air_density, rack_airflow
from twin.schema import RackAir, TwinConf


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
    if conf.hall.load_map is None:
        return _let_through(conf, _hall_of_racks(conf, populated=populated, cdus_per_row=cdus_per_row))
    whole = _hall_of_racks(conf, populated=None, cdus_per_row=cdus_per_row)
    return _let_through(conf, _limit_racks(occupy(whole, read_load_map(conf.hall.load_map)), populated))


def _let_through(conf: TwinConf, hall: Hall) -> Hall:
    """The hall with the resistance of racks without fans, and of leaky empty positions.

    A resistance given with an explicit rack stays.
    """
    porous = conf.hall.rack_air is RackAir.resistance
    leak = leak_loss(conf.hall.blanking_leakage)
    if not porous and leak is None:
        return hall
    ratios = rack_ratios(conf, hall)

    def loss_per_m(rack: Rack) -> float | None:
        if rack.loss_per_m is not None:
            return rack.loss_per_m
        depth = rack.box.size[rack.front.axis]
        if porous:
            velocity = rack_airflow(conf) * ratios.get(rack.name, 1.0) / rack.box.face_area(rack.front)
            return conf.hall.rack_drop_Pa / (0.5 * air_density(conf) * velocity**2) / depth
        return None if rack.populated or leak is None else leak / depth

    return replace(hall, racks=tuple(replace(rack, loss_per_m=loss_per_m(rack)) for rack in hall.racks))


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
        passages=base.passages + more.passages,
        units=base.units + more.units,
        pdus=base.pdus + more.pdus,
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
        containment_leakage=hall.containment_leakage,
        supply=layout.SupplyKind(hall.supply.value),
        fan_walls=hall.rows if hall.fan_walls is None else hall.fan_walls,
        fan_wall_width=hall.fan_wall_width_m,
        fan_wall_height=hall.fan_wall_height_m,
        fan_wall_sill=hall.fan_wall_sill_m,
        tile_size=hall.tile_m,
        tile_open_fraction=hall.tile_open_fraction,
        gallery=hall.gallery_m,
        floor_plenum=hall.floor_plenum_m,
        ceiling_plenum=hall.ceiling_plenum_m,
        grille_loss=hall.grille_loss,
        crahs=hall.units.count,
        crah_width=hall.units.width_m,
        crah_depth=hall.units.depth_m,
        crah_height=hall.units.height_m,
        module=hall.module_m,
        rear_doors=hall.rear_doors,
        cdu_width=conf.loop.cdu_width_m,
    )
