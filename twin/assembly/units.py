"""The cooling units of a hall whose air goes round inside, from their configuration."""

from __future__ import annotations

from collections.abc import Sequence

from geometry.errors import require
from geometry.hall import Hall
from solvers.air.coils import Coil
from solvers.air.fans import FanCurve
from solvers.air.problem import AirRack, Control, CoolingUnit
from solvers.fluids import WATER_HEAT_CAPACITY
from twin.assembly.sizing import AIR_HEAT_CAPACITY, Sizing
from twin.schema import LostAirflow, TwinConf
from twin.units import KW, M3_H, celsius

LARGEST_EFFECTIVENESS = (
    0.92  # of a coil sized by the program: beyond it coils grow out of proportion; assumption
)


def cooling_units(
    conf: TwinConf, sizing: Sizing, hall: Hall, racks: Sequence[AirRack]
) -> tuple[CoolingUnit, ...]:
    """The hall's units in the order of its records, those of `units.lost` failed.

    Raises InputError for a lost unit that the hall does not have, or when all are lost.
    """
    if not hall.units:
        require(
            not conf.hall.units.lost,
            f"hall.units.lost = {conf.hall.units.lost}: hall {hall.name} has no cooling units",
            hint="hall.supply=crah or gallery",
        )
        return ()
    units = conf.hall.units
    names = [unit.name for unit in hall.units]
    for name in units.lost:
        require(
            name in names,
            f"hall.units.lost: hall {hall.name} has no cooling unit {name!r}",
            hint=f"one of {', '.join(names[:6])}{', ...' if len(names) > 6 else ''}",
        )
    working = len(names) - len(set(units.lost))
    require(working > 0, f"hall.units.lost: all {len(names)} cooling units of hall {hall.name} are lost")
    flow = rated_flow(conf, racks, len(names))
    shared = units.lost_airflow is LostAirflow.shared
    each = flow * len(names) / working if shared else flow
    speed = each / flow
    power = conf.hall.fan_power_W_per_m3_s
    control = Control(units.control.value.removesuffix("_air"))
    return_air = None if units.return_air_C is None else celsius(units.return_air_C)
    holds = {Control.SUPPLY: celsius(conf.hall.supply_air_C), Control.RETURN: return_air}
    curve = None
    if units.fan_curve.flow_pct:
        curve = FanCurve(
            flow=tuple(0.01 * share * flow for share in units.fan_curve.flow_pct),
            pressure=tuple(units.fan_curve.pressure_Pa),
            speed=speed,
        )
    return tuple(
        CoolingUnit(
            name=name,
            intake=f"{name}.intake",
            outlet=f"{name}.outlet",
            flow=each,
            coil=_coil(conf, sizing, racks, flow, len(names)),
            control=control,
            set_point=holds.get(control),
            fan=curve,
            water_temperature=celsius(water_C(conf)),
            fan_power=power * each,
            failed=name in units.lost,
        )
        for name in names
    )


def rated_flow(conf: TwinConf, racks: Sequence[AirRack], count: int) -> float:
    """Volume flow of one unit [m3/s]: as given, or the racks' rated flow with its margin, shared."""
    given = conf.hall.units.flow_m3_h
    if given is not None:
        return given * M3_H
    return sum(rack.flow for rack in racks) * conf.hall.airflow_margin / count


def water_C(conf: TwinConf) -> float:
    """Temperature of the water that enters the coils [degC]."""
    given = conf.hall.units.water_C
    return conf.plant.cool_water_C if given is None else given


def _coil(conf: TwinConf, sizing: Sizing, racks: Sequence[AirRack], flow: float, count: int) -> Coil:
    """The coil by its design point. What is not given follows from the hall: the heat and the return
    temperature of its racks, with a margin as far as LARGEST_EFFECTIVENESS allows."""
    units = conf.hall.units
    share = sum(rack.heat for rack in racks) / count
    capacity_rate = sizing.air_density * AIR_HEAT_CAPACITY * flow
    air, water, spread = units.design_air_C, units.design_water_C, units.design_water_range_K
    air = conf.hall.supply_air_C + share / capacity_rate if air is None else air
    water = water_C(conf) if water is None else water
    spread = conf.plant.cool_water_range_K if spread is None else spread
    fans = conf.hall.fan_power_W_per_m3_s * flow
    if units.capacity_kW is None:
        most = LARGEST_EFFECTIVENESS * capacity_rate * max(air - water, 0.0)
        gross = min(share * units.capacity_margin + fans, most)
    else:
        gross = units.capacity_kW * KW + fans
    return Coil(
        air_flow=flow,
        air_temperature=celsius(air),
        water_flow=gross / (WATER_HEAT_CAPACITY * spread),
        water_temperature=celsius(water),
        capacity=gross,
    )
