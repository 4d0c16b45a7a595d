"""The air of a hall, solved with the water of its coils where it has a circuit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twin.halls.grid_study import telling

if TYPE_CHECKING:
    from collections.abc import Callable

    from solvers.air.problem import AirControls, AirProblem, AirSolution, AirState
    from solvers.coupling import Interface
    from solvers.liquid.hall.cool_circuit import ConsumerStates, CoolSolution
    from twin.assembly import HallModel


@dataclass(frozen=True, slots=True, kw_only=True)
class HallWater:
    """The water of a hall's coils, and where it meets the air.

    circuit    the cool circuit; None where the CDUs feed every coil
    consumers  all coils in the order of `interface`: those of the circuit, then doors that the CDUs feed
    """

    circuit: CoolSolution | None
    consumers: ConsumerStates
    interface: Interface

    @property
    def door_heat(self) -> float:
        """Heat of the doors that the CDUs feed [W]."""
        mine = 0 if self.circuit is None else len(self.circuit.consumers.name)
        return float(self.consumers.heat[mine:].sum())


def solve_hall_air(
    model: HallModel, controls: AirControls, guess: AirState | None, tell: Callable[[str], None]
) -> tuple[HallModel, AirSolution, HallWater | None]:
    """The hall with the water that was found, its air, and that water; None where water is given.

    Raises what the solvers raise; BalanceError where air and water do not have the same heat.
    """
    from solvers.air.solve import solve_air
    from solvers.coupling import Sides, couple

    def solve(problem: AirProblem, initial: AirState | None) -> AirSolution:
        return solve_air(problem, controls, initial=initial, progress=telling(tell))

    sides = tuple(side for side in (model.cool, model.doors) if side is not None)
    if not sides:
        return model, solve(model.air, guess), None
    found = couple(model.air, Sides(parts=sides), solve, initial=guess)
    model = replace(model, air=found.problem)
    if model.doors is not None:
        heat = found.interface.water_heat[-len(model.doors.names) :]
        model = replace(model, racks=model.doors.loaded(heat))
    return model, found.air, _reported(model, found.interface)


def _reported(model: HallModel, meeting: Interface) -> HallWater:
    """The water from the states that are reported, so that a wrong report cannot hide."""
    from solvers.coupling import require_closure
    from solvers.liquid.hall.cool_circuit import joined, solve_cool_circuit, taken_up

    circuit, states, taken = None, [], []
    if model.cool is not None:
        n = len(model.cool.names)
        circuit = solve_cool_circuit(
            model.cool.plan, model.cool.source, meeting.asked[:n], meeting.water_heat[:n]
        )
        states.append(circuit.consumers)
        taken.append(taken_up(model.cool.plan.design.fluid, circuit.consumers))
    if model.doors is not None:
        found = model.doors.solve(meeting.water_heat[-len(model.doors.names) :])
        states.append(model.doors.states(found))
        taken.append(taken_up(model.doors.plan.design.coolant, states[-1]))
    meeting = replace(meeting, water_heat=np.concatenate(taken))
    require_closure(meeting)
    return HallWater(circuit=circuit, consumers=joined(states), interface=meeting)
