"""The loops of all halls of a site and the mains between them, planned as one network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from geometry.campus import PLANT, Campus, SitePipes, site_pipes
from geometry.errors import InputError
from solvers.liquid.hall.bill import HallStates, hall_states
from solvers.liquid.hall.loop import LoopSolution, RackLiquid
from solvers.liquid.hall.plan import LoopPlan, plan_loop
from solvers.liquid.hall.solve import solve_hall_loop
from twin.assembly.doors import on_loop
from twin.assembly.halls import HallKind
from twin.assembly.loop import hall_runs, loop_design, rack_loads
from twin.assembly.sizing import Sizing
from twin.schema import TwinConf
from twin.units import celsius


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteModel:
    """The loop of a whole site, ready to be solved."""

    pipes: SitePipes
    plan: LoopPlan
    racks: tuple[RackLiquid, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLoop:
    """The loop of a whole site, solved: every rack, unit and pipe, and what reaches each hall."""

    model: SiteModel
    solution: LoopSolution
    halls: HallStates


def site_model(
    conf: TwinConf,
    sizing: Sizing,
    kinds: tuple[HallKind, ...],
    branches: Sequence[tuple[RackLiquid, ...]] | None = None,
) -> SiteModel:
    """Every hall of the site on its campus, with racks, units and pipes of its own.

    branches  what hangs on the loop of each kind of hall; None: its racks
    Raises InputError for halls without liquid cooling, and as `plan_loop`.
    """
    if sizing.rack_heat_liquid == 0.0 and not on_loop(conf):
        raise InputError(
            f"loop.resolve = site, but {conf.compute.title} has no liquid cooling\n  try: loop.resolve=halls"
        )
    if branches is None:
        branches = [rack_loads(conf, sizing, kind.hall) for kind in kinds]
    racks = site_branches([(kind.count, loads) for kind, loads in zip(kinds, branches, strict=True)])
    drawn = [(kind.hall, hall_runs(conf, kind.hall), kind.count) for kind in kinds]
    halls = [(hall, runs) for hall, runs, count in drawn for _ in range(count)]
    campus = conf.site.campus
    pipes = site_pipes(
        halls,
        Campus(
            halls_per_spine=campus.halls_per_spine,
            lead=campus.lead_m,
            street=campus.street_m,
            gap=campus.gap_m,
        ),
    )
    plan = plan_loop(
        pipes.runs,
        racks,
        loop_design(conf),
        supply=celsius(conf.loop.supply_temperature_C),
        spares=conf.loop.spare_cdus_per_row,
        source=PLANT,
    )
    return SiteModel(pipes=pipes, plan=plan, racks=racks)


def site_branches(halls: Sequence[tuple[int, tuple[RackLiquid, ...]]]) -> tuple[RackLiquid, ...]:
    """What hangs on the loops of so many halls of each kind, by the names of the campus."""
    each = [loads for count, loads in halls for _ in range(count)]
    return tuple(replace(load, name=f"H{n}.{load.name}") for n, loads in enumerate(each, 1) for load in loads)


def solve_site_loop(conf: TwinConf, model: SiteModel) -> SiteLoop:
    """Steady state of the whole site at full load; raises as `solve_hall_loop`."""
    solution = solve_hall_loop(model.plan, model.racks, set_point=celsius(conf.loop.supply_temperature_C))
    return SiteLoop(model=model, solution=solution, halls=hall_states(model.plan, solution))
