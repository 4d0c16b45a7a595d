"""Configuration of the coils' water -> a circuit to solve with the air."""

from __future__ import annotations

from geometry.cool_piping import cool_consumers, cool_runs
from geometry.errors import require
from geometry.hall import Hall
from solvers.air.problem import AirProblem
from solvers.coupling import coils_of
from solvers.fluids import WATER_HEAT_CAPACITY, load_fluid
from solvers.heat.two_stream import rated_exchanger
from solvers.liquid.hall.cool_circuit import CoolSide, CoolSource
from solvers.liquid.hall.cool_plan import Consumer, CoolDesign, plan_cool_circuit
from solvers.liquid.hall.pipes import SizingRule, read_pipe_sizes
from twin import resources
from twin.assembly.doors import on_loop
from twin.assembly.units import water_C
from twin.schema import TwinConf
from twin.units import KPA, celsius

STATION_RATIO = 1.0  # capacity rate of the station's plant side over the circuit's; assumption, balanced


def cool_side(conf: TwinConf, hall: Hall, problem: AirProblem) -> CoolSide | None:
    """The circuit that feeds the coils of `problem`; None without coils, or where their water is given.

    Doors that the CDUs feed are none of its business.
    Raises InputError where units and doors on one circuit ask for different water, and as the circuit does.
    """
    units = {unit.name for unit in hall.units}
    coils = {name: coil for name, coil in coils_of(problem).items() if name in units or not on_loop(conf)}
    water = conf.hall.water
    if not (water.coupled and coils):
        return None
    doors = any(name not in units for name in coils)
    supply = celsius(water_C(conf)) if units else celsius(conf.hall.rear_door_water_C)
    require(
        not (units and doors) or supply == celsius(conf.hall.rear_door_water_C),
        f"hall.rear_door_water_C = {conf.hall.rear_door_water_C:g} degC, but doors and units share one "
        f"circuit of {supply - 273.15:g} degC",
        hint=f"hall.rear_door_water_C={supply - 273.15:g}, or hall.water.coupled=false",
    )
    failed = {unit.name for unit in problem.units if unit.failed}
    consumers = [
        Consumer(
            name=name,
            flow=coils[name].water_flow,
            coil_drop=(water.coil_drop_kPa if name in units else water.door_drop_kPa) * KPA,
            valve_drop=water.valve_drop_kPa * KPA,
        )
        for name in cool_consumers(hall, doors=doors)
        if name in coils
    ]
    data = resources.data_dir()
    plan = plan_cool_circuit(
        cool_runs(hall, doors=doors),
        consumers,
        CoolDesign(
            fluid=load_fluid(data / "coolants" / "water.csv"),
            sizes=read_pipe_sizes(data / "pipes" / "steel_en10220.csv"),
            rule=SizingRule(
                max_gradient=conf.loop.max_gradient_Pa_m, max_velocity=conf.loop.max_velocity_m_s
            ),
            limit=water.valve_limit,
            source_drop=water.source_drop_kPa * KPA,
            pumps=water.pumps,
            spares=water.spare_pumps,
            head_margin=water.head_margin,
            pump_efficiency=water.pump_efficiency,
        ),
        supply=supply,
        lost_pumps=water.lost_pumps,
    )
    heat = sum(coil.capacity for name, coil in coils.items() if name not in failed)
    return CoolSide(plan=plan, source=_source(conf, supply, heat, plan.rated.sum() * WATER_HEAT_CAPACITY))


def _source(conf: TwinConf, supply: float, heat: float, rate: float) -> CoolSource:
    """The plant itself, or a station sized to hold `supply` [K] at the coils' capacity [W]."""
    approach, given = conf.hall.water.station_approach_K, conf.hall.water.plant_water_C
    if approach is None:
        require(
            given is None,
            "hall.water.plant_water_C: only a station has plant water of its own",
            hint="hall.water.station_approach_K=3, or hall.units.water_C for the circuit itself",
        )
        return CoolSource(supply=supply)
    primary_rate = STATION_RATIO * rate
    return CoolSource(
        supply=supply,
        exchanger=rated_exchanger(
            heat=heat,
            c_hot=rate,
            c_cold=primary_rate,
            inlet_difference=approach + heat / rate,
            element="the station of the cool circuit",
        ),
        primary=supply - approach if given is None else celsius(given),
        primary_rate=primary_rate,
    )
