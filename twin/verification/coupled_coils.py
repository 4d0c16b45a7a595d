"""Coils between the air of a sealed room and a water circuit, whose balance follows by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from geometry.piping import Circuit, PipeRun, lay_run
from solvers.air.coils import Coil
from solvers.air.problem import AirProblem, AirSolution, AirState, Control, CoolingUnit
from solvers.air.solve import solve_air
from solvers.coupling import Coupled, coils_of, couple
from solvers.fluids import WATER_HEAT_CAPACITY, Fluid, constant_fluid
from solvers.heat.two_stream import rated_exchanger
from solvers.liquid.hall.cool_circuit import CoolSide, CoolSolution, CoolSource, solve_cool_circuit
from solvers.liquid.hall.cool_plan import Consumer, CoolDesign, plan_cool_circuit
from solvers.liquid.hall.pipes import SizingRule, read_pipe_sizes
from twin.resources import data_dir
from twin.verification.case import Rows, Tier, absolute, relative
from twin.verification.device_boxes import RHO_CP, UNIT, WATER, sealed_room

FANS = 500.0  # [W]
DOOR = Coil(air_flow=0.5, air_temperature=303.15, water_flow=0.2, water_temperature=WATER, capacity=3e3)
# eps 0.5 at 2,500 W/K on both sides; its primary water is 4 K colder than the circuit should be
STATION = CoolSource(
    supply=WATER,
    exchanger=rated_exchanger(heat=10e3, c_hot=2500.0, c_cold=2500.0, inlet_difference=8.0),
    primary=WATER - 4.0,
    primary_rate=2000.0,
)
PLANT = CoolSource(supply=WATER)


def water() -> Fluid:
    """Of a heat capacity that does not change, so that hands can follow."""
    return constant_fluid("water", density=999.0, heat_capacity=WATER_HEAT_CAPACITY, viscosity=1.1e-3)


def lines(names: Sequence[str], length: float = 20.0) -> tuple[PipeRun, ...]:
    """A circuit that feeds one after the other, each so many metres further on."""
    runs = []
    for circuit, port in ((Circuit.COOL_SUPPLY, "cool_in"), (Circuit.COOL_RETURN, "cool_out")):
        before = f"hall.{circuit.value}"
        for n, name in enumerate(names):
            tap, x = f"{circuit.value}.{n}", n * length
            runs.append(lay_run(circuit, before, tap, ((x, 0, 0), (x + length, 0, 0)), "main"))
            runs.append(
                lay_run(circuit, tap, f"{name}.{port}", ((x + length, 0, 0), (x + length, 1, 0)), "branches")
            )
            before = tap
    return tuple(runs)


def side_of(
    problem: AirProblem, source: CoolSource = PLANT, *, lost: int = 0, flow: float = 1.0, order: int = 1
) -> CoolSide:
    """A circuit to the coils of a problem: `flow` times their design flow, far ones first with order -1."""
    sizes = read_pipe_sizes(data_dir() / "pipes" / "steel_en10220.csv")
    design = CoolDesign(fluid=water(), sizes=sizes, rule=SizingRule(), pumps=2, spares=0)
    coils = coils_of(problem)
    consumers = [
        Consumer(name=name, flow=flow * coil.water_flow, coil_drop=30e3, valve_drop=30e3)
        for name, coil in coils.items()
    ]
    plan = plan_cool_circuit(
        lines(list(coils)[::order]), consumers, design, supply=source.supply, lost_pumps=lost
    )
    return CoolSide(plan=plan, source=source)


def solve(problem: AirProblem, state: AirState | None) -> AirSolution:
    return solve_air(problem, initial=state)


def with_doors(unit: CoolingUnit = UNIT) -> AirProblem:
    """The sealed room with a water-cooled rear door on each rack."""
    problem = sealed_room(unit)
    return replace(problem, racks=tuple(replace(rack, door_coil=DOOR) for rack in problem.fan_racks))


def settled(problem: AirProblem, side: CoolSide) -> tuple[Coupled, CoolSolution]:
    """Air and water of a room that agree."""
    coupled = couple(problem, side, solve)
    meeting = coupled.interface
    return coupled, solve_cool_circuit(side.plan, side.source, meeting.asked, meeting.water_heat)


def coils(_: Tier) -> Rows:
    """Racks of 10 kW, fans of 500 W, 1.2 m3/s; by hand the coil's eps is 0.58203 at its rated water.

    Held at 23 degC: (300.111 + 3 - 288.15) K of spread ask for 0.38410 kg/s, which return at 294.6805 K.
    Station: UA 2281.3 W/K, eps C_min 1124.36 W/K; supply = primary + Q (1/1124.36 - 1/2511.6) = 289.3080 K.
    """
    held, held_water = settled(*_room(replace(UNIT, set_point=296.15, fan_power=FANS), PLANT))
    floating, water_ = settled(
        *_room(replace(UNIT, control=Control.UNCONTROLLED, set_point=None, fan_power=FANS), STATION)
    )
    problem = with_doors(replace(UNIT, set_point=292.15, fan_power=FANS))
    doors, doors_water = settled(problem, side_of(problem))
    gained = float(doors_water.consumers.heat.sum())
    return [
        absolute("air that a held coil blows [K]", 296.15, float(held.air.unit_supply[0]), 1e-6),
        relative("water a held coil asks for [kg/s]", 0.3840966685, held_water.flow, 1e-5),
        absolute("temperature of its return [K]", 294.6805466, held_water.back, 1e-3),
        absolute("supply behind a station too small to hold it [K]", 289.3080485, water_.supply, 1e-3),
        absolute("return of that water [K]", 293.4886506, water_.back, 1e-3),
        absolute("air that the coil then draws [K]", 301.8659179, float(floating.air.unit_return[0]), 2e-3),
        relative("heat of a unit and two doors in the water [W]", 10e3 + FANS, gained, 1e-5),
        absolute("heat between air and water, of all", 0.0, doors.interface.closure, 1e-4),
        absolute(
            "a door's heat in its air [K]",
            float(doors.interface.water_heat[1]) / (RHO_CP * 0.5),
            float(doors.interface.air_inlet[1] - doors.air.rack_outlet[0]),
            1e-3,
        ),
    ]


def _room(unit: CoolingUnit, source: CoolSource) -> tuple[AirProblem, CoolSide]:
    problem = sealed_room(unit)
    return problem, side_of(problem, source)
