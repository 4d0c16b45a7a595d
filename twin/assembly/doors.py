"""Rear doors from their configuration: coils, and branches of the loop where the CDUs feed them."""

from __future__ import annotations

from collections.abc import Mapping

from geometry.errors import require
from solvers.air.coils import Coil
from solvers.fluids import WATER_HEAT_CAPACITY, Fluid, density, heat_capacity, load_fluid
from solvers.liquid.hall.doors import door_branch
from solvers.liquid.hall.loop import RackLiquid
from twin import resources
from twin.schema import DoorCircuit, TwinConf
from twin.units import KPA, celsius


def on_loop(conf: TwinConf) -> bool:
    """Whether the CDUs feed the hall's rear doors."""
    hall = conf.hall
    return (
        hall.rear_doors and hall.rear_door_circuit is DoorCircuit.tcs and hall.rear_door_effectiveness > 0.0
    )


def door_water_C(conf: TwinConf) -> float:
    """Temperature at which water, or the loop's coolant, is to enter the doors [degC]."""
    return conf.loop.supply_temperature_C if on_loop(conf) else conf.hall.rear_door_water_C


def door_coil(conf: TwinConf, flow: float, rate: float) -> Coil | None:
    """The coil of a rear door that has `rear_door_effectiveness` at the rack's rated air flow.

    flow  of that air [m3/s]; rate  its capacity rate [W/K]
    None where there is no door, or no circuit to follow.
    """
    hall = conf.hall
    if not (hall.rear_doors and hall.water.coupled and hall.rear_door_effectiveness > 0.0 and flow > 0.0):
        return None
    air, water = hall.supply_air_C + conf.compute.air_rise_K, door_water_C(conf)
    key = "loop.supply_temperature_C" if on_loop(conf) else "hall.rear_door_water_C"
    require(
        air > water,
        f"{key} = {water:g} degC: not below the racks' exhaust of {air:g} degC, whose rear doors it feeds",
        hint=f"{key}={air - 10:g}, or " + ("no rear doors" if on_loop(conf) else "hall.water.coupled=false"),
    )
    heat = hall.rear_door_effectiveness * rate * (air - water)
    warming = conf.plant.cool_water_range_K if hall.water.door_range_K is None else hall.water.door_range_K
    cp = WATER_HEAT_CAPACITY
    if on_loop(conf):
        cp = float(heat_capacity(_coolant(conf), celsius(water) + 0.5 * warming))
    return Coil(
        air_flow=flow,
        air_temperature=celsius(air),
        water_flow=heat / (cp * warming),
        water_temperature=celsius(water),
        capacity=heat,
        heat_capacity=cp,
    )


def door_on_loop(conf: TwinConf, flow: float, rate: float) -> tuple[float, float]:
    """Design heat [W] and coolant [m3/s] of a door fed by the CDUs; zeros where there is none."""
    coil = door_coil(conf, flow, rate) if on_loop(conf) else None
    if coil is None:
        return 0.0, 0.0
    return coil.capacity, coil.water_flow / coolant_density(conf)


def door_branches(conf: TwinConf, coils: Mapping[str, Coil]) -> tuple[RackLiquid, ...]:
    """The doors with these coils as branches of the loop, at their design heat."""
    water = conf.hall.water
    rho = coolant_density(conf)
    return tuple(
        door_branch(
            name,
            heat=coil.capacity,
            flow=coil.water_flow / rho,
            coil_drop=water.door_drop_kPa * KPA,
            valve_drop=water.valve_drop_kPa * KPA,
        )
        for name, coil in coils.items()
    )


def coolant_density(conf: TwinConf) -> float:
    """Of the loop's coolant at its supply temperature [kg/m3]."""
    return float(density(_coolant(conf), celsius(conf.loop.supply_temperature_C)))


def _coolant(conf: TwinConf) -> Fluid:
    return load_fluid(resources.data_dir() / "coolants" / f"{conf.loop.coolant.value}.csv")
