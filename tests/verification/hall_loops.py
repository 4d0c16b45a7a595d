"""Two rows of GB300 racks on their coolant loop: planned, and solved at a set point."""

from solvers.liquid.hall.flow_policy import published
from solvers.liquid.hall.plan import plan_loop
from solvers.liquid.hall.solve import solve_hall_loop
from twin.verification.liquid_halls import (
    GB300_FLOW,
    GB300_HEAT,
    ZERO,
    racks,
)


def solve(hall, design, *, supply, flow=None, heat=GB300_HEAT, **more):
    names, runs = hall
    flow = float(published(GB300_FLOW, ZERO + supply, heat)) if flow is None else flow
    load = racks(names, flow=flow, heat=heat)
    plan = plan_loop(runs, load, design, supply=ZERO + supply)
    return solve_hall_loop(plan, load, set_point=ZERO + supply, **more)


def sample(hall, design, *, supply=40.0):
    names, runs = hall
    load = racks(names, flow=float(published(GB300_FLOW, ZERO + supply, GB300_HEAT)))
    return plan_loop(runs, load, design, supply=ZERO + supply), load
