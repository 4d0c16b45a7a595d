"""The halls' loops as the year asks them: solved in every hour, or tabulated over what the year brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geometry.grid import Array
from solvers.fluids import density
from solvers.liquid.hall.loop import LoopSolution, RackLiquid
from solvers.liquid.hall.plan import LoopPlan
from solvers.liquid.hall.response import FlowControl, SolvedLoop, TableError, tabulate_loop
from twin.assembly.site_loop import SiteLoop
from twin.schema import LoopConf, LoopYear, PumpControl
from twin.units import KPA
from twin.weather import Weather
from twin.year.circuits import ambient_of, reach_of, supply_wanted
from twin.year.loops import SiteLoops, water_above_required
from twin.year.records import YearSpec

MARGIN = 0.25  # by which tables reach beyond what the year asked at first [K]
LOWER = 0.8  # of the least load: throttled hours ask for less


def flow_control(conf: LoopConf) -> FlowControl:
    """How flow and pressure follow the racks' heat."""
    control = conf.control
    at_rest = 1.0 if control.pumps is PumpControl.constant_pressure else control.pressure_at_rest
    return FlowControl(
        follows_heat=control.pumps is not PumpControl.constant_flow, least=control.least_flow, at_rest=at_rest
    )


def facility_pumps(
    conf: LoopConf, halls: Sequence[tuple[LoopSolution, int]], whole: SiteLoop | None
) -> tuple[float, float]:
    """Power of the facility pumps at design flow [W], and the share of their head that any flow keeps [-].

    With the mains laid out, the head is their computed drop, kept up with the plant's by the flow, and that
    of the units, which their valves keep; otherwise `loop.fws_dp_kPa`, kept at any flow.
    """
    if whole is None:
        return sum(loop.fws_pump_power * count for loop, count in halls), 1.0
    solution, control = whole.solution, conf.control
    unit = control.fws_unit_dp_kPa * KPA
    head = solution.fws_mains_drop + unit + control.fws_plant_dp_kPa * KPA
    rho = density(whole.model.plan.design.facility, solution.fws_supply)
    return float(solution.fws_flow / rho * head / conf.pump_efficiency), unit / head


def site_loops(
    conf: LoopConf,
    halls: Sequence[tuple[LoopPlan, tuple[RackLiquid, ...], int]],
    spec: YearSpec,
    weather: Weather,
    load: Array,
) -> SiteLoops | None:
    """The loops of a site's year; None without any.

    halls  plan, racks and number of each distinct hall
    load   IT power over design power by hour [-]
    Tables span the loads, set points and facility water of this year.
    """
    if not halls or spec.warm is None:
        return None
    control = flow_control(conf)
    solved = [(SolvedLoop(plan=plan, racks=racks, control=control), count) for plan, racks, count in halls]
    limit = halls[0][0].design.limits.junction if conf.control.throttle else np.nan
    loops = SiteLoops(halls=tuple(solved), junction_limit=limit)
    if conf.year is LoopYear.resolved:
        return loops
    ambient = ambient_of(weather)
    heat = spec.liquid_fraction * spec.it_design_power * load
    set_point = supply_wanted(spec, ambient)
    share = LOWER * float(heat.min()) / loops.design_heat, float(heat.max()) / loops.design_heat
    supply = float(set_point.min()), float(set_point.max())

    def tables(reaches: Sequence[tuple[float, float]]) -> SiteLoops:
        made = [
            (tabulate_loop(loop, share=share, excess=reach, set_point=supply), count)
            for (loop, count), reach in zip(solved, reaches, strict=True)
        ]
        error = TableError(*np.max([table.error for table, _ in made], axis=0).tolist())
        return replace(loops, halls=tuple(made), error=error)

    at_set_point = tables([(0.0, 0.0)] * len(solved))
    found = water_above_required(at_set_point, heat, set_point, reach_of(spec.warm, ambient))
    return tables(
        [(low - MARGIN if low < -1e-6 else 0.0, high + MARGIN if high > 1e-6 else 0.0) for low, high in found]
    )
