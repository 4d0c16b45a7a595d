"""The steady closed loop of a hall: flows, temperatures, pump power, and the audit of both balances.

Order of a solve: pressures and flows -> pump heat -> temperatures (linear in enthalpy at frozen flow)
-> facility water -> properties at the new temperatures, once more round until they rest.
Not modelled: the coolant's own compressibility.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.errors import InputError, require
from solvers.errors import BalanceError, SolverError
from solvers.fluids import density, enthalpy
from solvers.liquid.components import cdu as units
from solvers.liquid.hall.exchange import Exchange, hour_of, settle, throttle
from solvers.liquid.hall.loop import LoopSolution, RackLiquid
from solvers.liquid.hall.losses import passage
from solvers.liquid.hall.lumped import LumpedLoop, reduced
from solvers.liquid.hall.outcome import flows, pipe_temperature, state_of
from solvers.liquid.hall.plan import LoopPlan, share_flow
from solvers.liquid.heat.nodes import RowMixer
from solvers.liquid.hydraulics.solve import mass_residual

Array = NDArray[np.float64]

CLOSURE = 1e-10  # what both balances must meet, relative
_ROUNDS = 8  # of properties; three are usual
_SETTLED = 1e-6  # change of any pipe's temperature between rounds [K]


class Closure(NamedTuple):
    """Relative closure of a loop's mass and energy balance."""

    mass: float
    energy: float


def solve_hall_loop(
    plan: LoopPlan,
    racks: Sequence[RackLiquid],
    *,
    set_point: float,
    fws_supply: float | None = None,
    idle: Collection[str] = (),
    guess: LoopSolution | None = None,
) -> LoopSolution:
    """Solve a planned loop for a load.

    racks       in the plan's order, with the heat and flow of this load
    set_point   technology supply temperature [K]
    fws_supply  facility water on offer [K]; None: the warmest that holds the set point everywhere is found.
                With it given, units that cannot hold the set point float above it.
    idle        names of units that stand by
    guess       solution of this plan for another load, to start from; the answer does not depend on it

    Raises InputError (more heat than the CDUs carry, unknown unit, temperatures out of range), SolverError
    (no solution) and BalanceError (a balance is open by more than 1e-10).
    """
    solution = _solve(plan, tuple(racks), set_point, fws_supply, frozenset(idle), guess)
    closure = audit(plan, solution)
    require_closure(closure)
    return replace(solution, loop_mass=closure.mass, loop_energy=closure.energy)


def audit(plan: LoopPlan, solution: LoopSolution) -> Closure:
    """Close both balances from the reported states alone, so that a wrong report cannot hide.

    mass    worst node imbalance / largest flow, of both networks
    energy  in = racks + pumps; what the coolant takes up, what it gives to the units and the facility water
            carries out of the hall, with what the pipes on the way lose, must each equal it: the worst
            difference / in
    """
    coolant, facility = plan.design.coolant, plan.design.facility
    pipes, racks, cdus = solution.pipes, solution.racks, solution.cdus
    n = len(plan.tcs_runs)
    tcs_flow = np.concatenate((pipes.flow[:n], racks.flow, cdus.flow))
    fws_flow = np.concatenate((pipes.flow[n:], cdus.fws_flow, [solution.fws_flow]))
    mass = max(
        mass_residual(replace(plan.tcs, imposed_flow=cdus.flow), tcs_flow),
        mass_residual(replace(plan.fws, imposed_flow=fws_flow[-cdus.flow.size - 1 :]), fws_flow),
    )
    given = float(racks.heat.sum() + cdus.pump_power.sum())
    taken = float(racks.flow @ (enthalpy(coolant, racks.outlet) - enthalpy(coolant, racks.inlet)))
    run = cdus.flow > 0.0
    cooled = enthalpy(coolant, cdus.tcs_return[run]) - enthalpy(coolant, cdus.tcs_supply[run])
    rejected = float(cdus.flow[run] @ cooled)
    warmed = enthalpy(facility, cdus.fws_out[run]) - enthalpy(facility, cdus.fws_in[run])
    handed = float(cdus.fws_flow[run] @ warmed)
    carried = solution.fws_flow * float(
        enthalpy(facility, solution.fws_return) - enthalpy(facility, solution.fws_supply)
    )
    design = float(run.sum()) * plan.design.cdu.capacity
    pumps = float(cdus.pump_power.sum())
    warm, all_pipes = float(pipes.loss[:n].sum()), float(pipes.loss.sum())
    worst = max(
        abs(taken + pumps - given),
        abs(rejected + pumps + warm - given),
        abs(handed + warm - given),
        abs(carried + all_pipes - given),
    )
    return Closure(mass=mass, energy=worst / max(given, 1e-12 * design))


def require_closure(closure: Closure) -> None:
    """Raise BalanceError unless both balances close to 1e-10."""
    for name, value in zip(("mass", "energy"), closure, strict=True):
        if not value <= CLOSURE:
            raise BalanceError(
                f"loop {name} balance is open: {value:.3g} relative, allowed {CLOSURE:g}; the results "
                "of this loop must not be used"
            )


def lump(solution: LoopSolution) -> LumpedLoop:
    """The loop reduced to capacity rates, effectiveness, pump power and loss, for the hours of a year.

    Exact at the solved point; at other loads it keeps the flows and the mean heat capacities.
    """
    require(solution.heat > 0.0, "a loop without heat cannot be reduced to capacity rates")
    return reduced(
        heat=solution.heat,
        pump_power=solution.pump_power,
        loss=solution.pipe_loss,
        tcs_supply=solution.tcs_supply,
        tcs_return=solution.tcs_return,
        fws_supply=solution.fws_supply,
        fws_return=solution.fws_return,
    )


# -- the solve, in steps ---------------------------------------------------------------------------------


def _solve(
    plan: LoopPlan,
    racks: tuple[RackLiquid, ...],
    set_point: float,
    fws_supply: float | None,
    idle: frozenset[str],
    guess: LoopSolution | None,
) -> LoopSolution:
    design = plan.design
    require(tuple(rack.name for rack in racks) == plan.racks, "racks differ from those of the loop's plan")
    unknown = sorted(idle - set(plan.cdus))
    require(not unknown, f"no CDU named {', '.join(unknown)}", hint=f"{', '.join(plan.cdus)}")
    running = np.array([name not in idle for name in plan.cdus])
    heat = np.array([rack.heat for rack in racks])
    _require_capacity(plan, heat, running)
    rho_set = float(density(design.coolant, set_point))
    asked = rho_set * np.array([rack.flow for rack in racks])
    unit_flow = share_flow(asked, plan.rack_part, plan.cdu_part, running)
    tcs = replace(
        plan.tcs,
        imposed_flow=unit_flow,
        law_flow=rho_set * np.array([rack.reference_flow for rack in racks]),
        law_drop=np.array([rack.reference_drop for rack in racks]),
        law_exponent=np.array([rack.exponent for rack in racks]),
    )
    rated = units.rated_exchanger(design.cdu, design.coolant)
    volume = unit_flow / rho_set

    if guess is None:
        temperature, last = np.full(len(plan.tcs_runs), set_point), None
    else:
        temperature = guess.pipes.temperature[: len(plan.tcs_runs)]
        last = np.concatenate((guess.pipes.flow[: temperature.size], guess.racks.flow, guess.cdus.flow))
    mixer = RowMixer(tcs, np.zeros(len(tcs.nodes), dtype=bool))
    hours: Exchange | None = None
    at, water = np.array([set_point]), np.array([np.nan if fws_supply is None else fws_supply])
    for _ in range(_ROUNDS):
        hydraulics = flows(tcs, design.coolant, temperature, last)
        last = hydraulics.flow
        external = np.where(running, -hydraulics.drop[tcs.imposed], 0.0)
        power = np.where(running, units.pump_power(design.cdu, volume, external), 0.0)
        through = passage(
            tcs, design.coolant, design.insulation, hydraulics.flow[None, :], temperature[None, :]
        )
        hours = settle(
            plan,
            rated,
            hydraulics.flow[None, :],
            heat[None, :],
            power[None, :],
            at,
            water,
            through,
            mixer=mixer,
            guess=hours,
        )
        exchange = hour_of(hours, 0)
        new = pipe_temperature(tcs, design.coolant, hydraulics.flow, exchange.node_enthalpy)
        moved = float(np.max(np.abs(new - temperature)))
        temperature = new
        if moved <= _SETTLED:
            break
    else:
        raise SolverError(f"properties of the coolant loop did not settle: pipes still move by {moved:.2g} K")
    exchange = hour_of(throttle(rated, hours), 0)
    return state_of(plan, tcs, racks, hydraulics, exchange, temperature, external, power, running, through)


def _require_capacity(plan: LoopPlan, heat: Array, running: NDArray[np.bool_]) -> None:
    for part in np.unique(plan.rack_part):
        members = np.flatnonzero(plan.rack_part == part)
        load = float(heat[members].sum())
        here = np.flatnonzero(plan.cdu_part == part)
        names = ", ".join(plan.cdus[i] for i in here if running[i])
        capacity = plan.design.cdu.capacity * int(running[here].sum())
        if load > capacity * (1.0 + 1e-9):
            raise InputError(
                f"more heat than the CDUs carry: racks {plan.racks[members[0]]}..{plan.racks[members[-1]]} "
                f"hand over {load / 1e3:,.0f} kW, {names or 'no running unit'} carry "
                f"{capacity / 1e3:,.0f} kW\n"
                f"  try: {np.ceil(load / plan.design.cdu.capacity - 1e-9):.0f} or more units in this row "
                "(loop.cdus_per_row), or fewer GPUs per rack"
            )
