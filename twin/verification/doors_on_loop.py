"""Rear doors on the coolant of a CDU that also cools cold plates, in a sealed room: every balance by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace

from geometry.layout import HallLayout, generate_hall
from geometry.piping import pipe_runs
from solvers.air.coils import Coil
from solvers.air.problem import AirProblem
from solvers.coupling import Coupled, Sides, coils_of, couple
from solvers.liquid.components.cdu import CduSpec
from solvers.liquid.hall.doors import DoorSide, balanced, door_branch, door_side
from solvers.liquid.hall.loop import LoopSolution, RackLiquid
from solvers.liquid.hall.plan import plan_loop
from twin.verification import liquid_halls as halls
from twin.verification.case import Rows, Tier, absolute, relative
from twin.verification.coupled_coils import solve, water
from twin.verification.device_boxes import RHO_CP, sealed_room

PLATES, AIR = 15e3, 5e3  # heat of a rack to its cold plates and to the air [W]
GUESSED = 2e3  # of a door before air and coolant have met [W]
SET_POINT = 285.15  # of the technology supply [K], colder than the facility water allows
FACILITY = 290.15  # [K]
DOOR = Coil(
    air_flow=0.5, air_temperature=308.15, water_flow=0.2, water_temperature=293.15, capacity=3000.0
)  # 200 W/K
# 100 kW with 2.0 l/s on both sides and 5 K of approach: 20,000 W/K
CDU = CduSpec(
    capacity=100e3,
    approach=5.0,
    flow=2e-3,
    fws_ratio=1.0,
    rated_supply=293.15,
    external_dp=150e3,
    internal_dp=20e3,
    fws_dp=100e3,
    pump_efficiency=0.7,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A sealed room and its loop, brought together."""

    coupled: Coupled
    loop: LoopSolution
    side: DoorSide


def room_of_doors() -> AirProblem:
    """Two racks whose rear doors alone cool the room: all the heat of its air ends in their coolant."""
    room = sealed_room(heat=AIR)
    racks = zip(room.fan_racks, ("A01", "A02"), strict=True)
    return replace(
        room, units=(), racks=tuple(replace(rack, name=name, door_coil=DOOR) for rack, name in racks)
    )


def loop_of(problem: AirProblem, *, facility: float | None = FACILITY) -> DoorSide:
    """The loop: cold plates of 0.4 l/s, 40 kPa, and the doors of 0.2 kg/s, 20 kPa, on one CDU."""
    hall = generate_hall(
        HallLayout(rows=1, racks_per_row=2, end_clearance=1.2, fan_walls=1, rear_doors=True), cdus_per_row=1
    )
    design = replace(halls.loop_design(cdu=CDU), coolant=water(), facility=water())
    racks = [
        RackLiquid(name=rack.name, heat=PLATES, flow=4e-4, reference_flow=4e-4, reference_drop=40e3)
        for rack in hall.populated
    ]
    coils = coils_of(problem)
    doors = [
        door_branch(name, heat=GUESSED, flow=coil.water_flow / 999.0, coil_drop=15e3, valve_drop=5e3)
        for name, coil in coils.items()
    ]
    branches = balanced([*racks, *doors])
    plan = plan_loop(pipe_runs(hall, doors=True), branches, design, supply=SET_POINT)
    return door_side(plan, branches, tuple(coils), set_point=SET_POINT, fws_supply=facility)


def settled(facility: float | None = FACILITY) -> Room:
    """Air and coolant of the room that agree."""
    problem = room_of_doors()
    side = loop_of(problem, facility=facility)
    found = couple(problem, Sides(parts=(side,)), solve)
    return Room(coupled=found, loop=side.solve(found.interface.water_heat), side=side)


def doors(_: Tier) -> Rows:
    """The CDU floats: 1.1992 kg/s of the rated 1.998, UA 20,000 x 0.60020^0.8 = 13,295 W/K, C 5019.85 W/K.

    NTU 2.6485, eps 0.72592 in balance, K 3644.0 W/K. Of 30 kW from plates, 10 kW from doors and P from pumps
    the supply is 290.15 + (40,000 + P) (1/K - 1/C); a door of 200 W/K draws air 25 K warmer.
    """
    room = settled()
    meeting, loop = room.coupled.interface, room.loop
    k, c = 3644.0, 5019.85
    total = 2.0 * (PLATES + AIR) + loop.pump_power
    supply = FACILITY + total * (1.0 / k - 1.0 / c)
    door = loop.racks.flow[2:]
    return [
        relative("heat that the CDU hands over: plates, doors, pumps [W]", total, loop.heat_fws, 1e-6),
        relative("coolant of the doors, balanced [kg/s]", 0.4, float(door.sum()), 5e-3),
        absolute("supply that floats above cold facility water [K]", supply, loop.tcs_supply, 2e-3),
        absolute("its return, ahead of the pumps [K]", supply + 40e3 / c, loop.tcs_return, 2e-3),
        absolute("air that doors of 200 W/K draw [K]", supply + 25.0, float(meeting.air_inlet.mean()), 0.02),
        absolute(
            "a door's heat in its air [K]",
            AIR / (RHO_CP * 0.5),
            float((meeting.air_inlet - room.coupled.air.rack_outlet).mean()),
            1e-4,
        ),
        absolute("heat between air and coolant, of all", 0.0, meeting.closure, 1e-4),
        absolute("energy of the loop", 0.0, loop.loop_energy, 1e-10),
    ]
