"""Loops in time of a solved hall: every row of racks with the units that feed it, as one CDU loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from geometry.piping import Circuit
from solvers.fluids import density
from solvers.liquid.cdu_loop.loop import CduLoop, RackBranch, cells
from solvers.liquid.components.cdu import CduExchanger, rated_exchanger
from solvers.liquid.control.pid import Pid
from solvers.liquid.hall.loop import LoopSolution, RackLiquid
from solvers.liquid.hall.plan import LoopPlan

Array = NDArray[np.float64]

VALVE = Pid(name="valve", gain=-0.02, integral_time=20.0, stroke=60.0)
PUMP = Pid(name="pump", gain=2e-6, integral_time=5.0, low=0.2, stroke=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inertia:
    """What a steady hall does not tell. The defaults are assumptions.

    package_capacity  of a GPU, its cold plate and what is bolted to it [J/K]; 0.5 to 1 kJ/K is plausible
    rack_coolant      in plates, hoses and manifolds of a rack [kg]
    pipe_cells        cells of the supply and of the return pipe
    shutoff           head of the pumps at rest over the rated [-]
    coast_down        of tripped pumps from full speed [s]
    valve, pump       controllers, stroke times of their actuators
    """

    package_capacity: float = 750.0
    rack_coolant: float = 15.0
    pipe_cells: int = 3
    shutoff: float = 1.3
    coast_down: float = 10.0
    valve: Pid = VALVE
    pump: Pid = PUMP


def row_loops(
    plan: LoopPlan, racks: Sequence[RackLiquid], solution: LoopSolution, inertia: Inertia | None = None
) -> tuple[CduLoop, ...]:
    """One loop for every part of the hall's technology side that is joined by pipes: a row, usually.

    racks  as they were solved. Each rack keeps its solved share of the flow: manifolds count as ideal, their
    mean drop stands in the mains. Units of a row count as one. Raises InputError for racks without GPUs.
    """
    inertia = inertia or Inertia()
    parts = np.unique(plan.rack_part)
    return tuple(_row(plan, racks, solution, inertia, int(part)) for part in parts)


def _row(
    plan: LoopPlan, racks: Sequence[RackLiquid], solution: LoopSolution, inertia: Inertia, part: int
) -> CduLoop:
    design, spec, states = plan.design, plan.design.cdu, solution.racks
    here = np.flatnonzero(plan.rack_part == part).tolist()
    units = np.flatnonzero((plan.cdu_part == part) & (solution.cdus.flow > 0.0))
    name = plan.cdus[units[0]]
    bare = [racks[i].name for i in here if racks[i].gpus == 0]
    require(not bare, f"loop of {name}: racks {', '.join(bare)} have no GPUs whose plates could store heat")
    rho = float(density(design.coolant, solution.tcs_supply))
    flow = solution.cdus.flow[units]
    total = float(flow.sum())
    drop = float(np.average(states.drop[here], weights=states.flow[here]))
    own = spec.internal_dp * (flow / (rho * spec.flow)) ** 2
    mains = float(np.average(solution.cdus.external_drop[units] + own, weights=flow)) - drop
    one = rated_exchanger(spec, design.coolant)
    count = units.size
    c_tcs = solution.cdus.heat[units].sum() / float(
        np.average(_hot_in(solution, units) - solution.cdus.tcs_supply[units], weights=flow)
    )
    head = spec.external_dp + spec.internal_dp
    return CduLoop(
        name=name,
        racks=tuple(_branch(racks[i], float(states.flow[i]), drop, inertia) for i in here),
        drop_exponent=racks[here[0]].exponent,
        plate=design.plate,
        coolant=design.coolant,
        temperature=0.5 * (solution.tcs_supply + solution.tcs_return),
        supply=cells(_held(plan, part, Circuit.TCS_SUPPLY, rho), inertia.pipe_cells),
        back=cells(_held(plan, part, Circuit.TCS_RETURN, rho), inertia.pipe_cells),
        main_flow=total,
        main_drop=mains,
        pump_flow=count * spec.flow * rho,
        pump_rated=head,
        pump_shutoff=inertia.shutoff * head,
        pump_efficiency=spec.pump_efficiency,
        coast_down=inertia.coast_down,
        exchanger=CduExchanger(ua=count * one.ua, c_tcs=count * one.c_tcs, c_fws=count * one.c_fws),
        open_rate=float(spec.fws_ratio * c_tcs),
        valve=inertia.valve,
        pump=inertia.pump,
    )


def _hot_in(solution: LoopSolution, units: NDArray[np.intp]) -> Array:
    """Coolant into the exchangers, behind the pumps [K]."""
    cdus = solution.cdus
    taken = cdus.heat[units] - cdus.pump_power[units]
    rise = (cdus.tcs_return[units] - cdus.tcs_supply[units]) * cdus.pump_power[units] / taken
    return np.asarray(cdus.tcs_return[units] + rise)


def _branch(rack: RackLiquid, flow: float, drop: float, inertia: Inertia) -> RackBranch:
    return RackBranch(
        name=rack.name,
        heat=rack.heat,
        flow=flow,
        drop=drop,
        modules=rack.gpus,
        heat_share=rack.gpu_heat_share,
        capacity=rack.gpus * inertia.package_capacity / rack.gpu_heat_share,
        coolant=inertia.rack_coolant,
    )


def _held(plan: LoopPlan, part: int, circuit: Circuit, rho: float) -> float:
    """Coolant in the pipes of a circuit of a part [kg]."""
    tcs = plan.tcs
    n = len(plan.tcs_runs)
    mine = np.array([run.circuit is circuit for run in plan.tcs_runs])
    mine &= tcs.part[tcs.start[:n]] == part
    volume = 0.25 * np.pi * tcs.diameter[:n] ** 2 * tcs.length[:n] * tcs.parallel[:n]
    return float(rho * volume[mine].sum())
