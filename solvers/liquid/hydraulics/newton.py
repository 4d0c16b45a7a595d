"""The whole global-gradient iteration as one kernel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers import friction
from solvers._jit import kernel
from solvers.liquid.hydraulics import laws as law_kernels
from solvers.liquid.hydraulics import ldl
from solvers.liquid.hydraulics.graph import Graph
from solvers.liquid.hydraulics.laws import Laws, all_laws
from solvers.liquid.hydraulics.ldl import factorise, substitute

Array = NDArray[np.float64]

MASS_TOLERANCE = 1e-10  # worst node imbalance / largest flow
DROP_TOLERANCE = 1e-9  # worst branch residual / largest pressure drop
STEP_TOLERANCE = 1e-5  # last change of a flow / largest flow: Newton squares it


@kernel(uses=(ldl, law_kernels, friction))
def newton(
    graph: Graph,
    laws: Laws,
    inflow: Array,
    rest: float,
    max_iterations: int,
    flow: Array,
    pressure: Array,
    drop: Array,
) -> tuple[int, float, float, int]:
    """Solve in place; return iterations (-1: not settled), mass and drop residual, and the worst branch.

    flow (nb,) starts as the guess and holds imposed flows, pressure (nn,) holds the given ones; drop (nb,).
    inflow (nn,) from outside; rest: the flow that counts as none in the mass residual [kg/s].
    """
    n, nf = graph.pattern.place.size, graph.free.size
    slope, push = np.empty(flow.size), np.empty(nf)
    value, diagonal = np.empty(graph.pattern.row.size), np.empty(n)
    work, x, balance = np.empty(n), np.empty(n), np.empty(inflow.size)
    mass, miss, worst, step = np.inf, np.inf, 0, np.inf
    for iteration in range(max_iterations + 1):
        all_laws(laws, flow, drop, slope)
        largest = rest
        balance[:] = inflow
        for j in range(flow.size):
            m = flow[j]
            balance[graph.start[j]] -= m
            balance[graph.end[j]] += m
            largest = max(largest, abs(m))
        mass = 0.0
        for i in range(balance.size):
            if graph.must_balance[i]:
                mass = max(mass, abs(balance[i]))
        mass /= largest
        highest, miss = 1.0, 0.0
        for k in range(nf):
            j = graph.free[k]
            gap = pressure[graph.start[j]] - pressure[graph.end[j]] - drop[j]
            push[k] = gap / slope[j]
            highest = max(highest, abs(drop[j]))
            if not abs(gap) <= miss:
                miss, worst = abs(gap), j
        miss /= highest
        if mass <= MASS_TOLERANCE and miss <= DROP_TOLERANCE and step <= STEP_TOLERANCE:
            return iteration, mass, miss, worst
        if iteration == max_iterations:
            break

        value[:] = 0.0
        diagonal[:] = 0.0
        for i in range(balance.size):
            if graph.row[i] >= 0:
                x[graph.row[i]] = balance[i]
        for k in range(nf):
            conductance = 1.0 / slope[graph.free[k]]
            a, b = graph.start_row[k], graph.end_row[k]
            if a >= 0:
                diagonal[a] += conductance
                x[a] -= push[k]
            if b >= 0:
                diagonal[b] += conductance
                x[b] += push[k]
            if graph.slot[k] >= 0:
                value[graph.slot[k]] -= conductance
        factorise(graph.pattern, value, diagonal, work)
        substitute(graph.pattern, value, diagonal, x)
        step = 0.0
        for k in range(nf):
            j = graph.free[k]
            a, b = graph.start_row[k], graph.end_row[k]
            along = (x[a] if a >= 0 else 0.0) - (x[b] if b >= 0 else 0.0)
            change = push[k] + along / slope[j]
            flow[j] += change
            if not abs(change) <= step:
                step = abs(change)
        step /= largest
        for i in range(pressure.size):
            if graph.row[i] >= 0:
                pressure[i] += x[graph.row[i]]
    return -1, mass, miss, worst
