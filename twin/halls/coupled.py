"""The air of a hall, solved with the water of its coils where it has a circuit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twin.halls.grid_study import telling

if TYPE_CHECKING:
    from collections.abc import Callable

    from solvers.air.problem import AirControls, AirProblem, AirSolution, AirState
    from solvers.coupling import Interface
    from solvers.liquid.hall.cool_circuit import CoolSolution
    from twin.assembly import HallModel


@dataclass(frozen=True, slots=True, kw_only=True)
class HallWater:
    """The cool circuit of a hall, and where it meets the air."""

    circuit: CoolSolution
    interface: Interface


def solve_hall_air(
    model: HallModel, controls: AirControls, guess: AirState | None, tell: Callable[[str], None]
) -> tuple[HallModel, AirSolution, HallWater | None]:
    """The hall with the water that was found, its air, and that water; None where water is given.

    Raises what the solvers raise; BalanceError where air and water do not have the same heat.
    """
    from solvers.air.solve import solve_air
    from solvers.coupling import couple, require_closure
    from solvers.liquid.hall.cool_circuit import solve_cool_circuit, taken_up

    def solve(problem: AirProblem, initial: AirState | None) -> AirSolution:
        return solve_air(problem, controls, initial=initial, progress=telling(tell))

    if model.cool is None:
        return model, solve(model.air, guess), None
    found = couple(model.air, model.cool, solve, initial=guess)
    meeting = found.interface
    circuit = solve_cool_circuit(model.cool.plan, model.cool.source, meeting.asked, meeting.water_heat)
    # from the states that are reported, so that a wrong report cannot hide
    meeting = replace(meeting, water_heat=taken_up(model.cool.plan.design.fluid, circuit.consumers))
    require_closure(meeting)
    water = HallWater(circuit=circuit, interface=meeting)
    return replace(model, air=found.problem), found.air, water
