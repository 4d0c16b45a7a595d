"""Many steps of a network in one compiled call: what stores answer, what nodes mix, what stores take up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers import fluids
from solvers._jit import kernel
from solvers.fluids import FluidCurves
from solvers.liquid.heat import films, implicit, mixing, order, parcels, tvd
from solvers.liquid.heat.implicit import implicit_advance_kernel, implicit_gain_kernel, wall_kernel
from solvers.liquid.heat.mixing import Mix, mix_kernel, work_kernel
from solvers.liquid.heat.order import FlowGraph, order_kernel, pattern_kernel
from solvers.liquid.heat.parcels import decay_kernel, pop_kernel, push_kernel
from solvers.liquid.heat.pipes import Stores
from solvers.liquid.heat.state import Cells, Parcels
from solvers.liquid.heat.tvd import (
    exchange_kernel,
    outflow_kernel,
    relax_kernel,
    substeps_kernel,
    transport_kernel,
)

Array = NDArray[np.float64]

# how a march ends
DONE, NO_TEMPERATURE, NODE_OUTSIDE, STORE_OUTSIDE, BRANCH_OUTSIDE, UNKNOWN_FEED, TRAPPED = range(7)
# columns of the audit
FED, DRAINED, DEVICES, LOSS, STORED, TURNOVER = range(6)


class Inputs(NamedTuple):
    """What a march is given; arrays of one row hold for all steps.

    flow, gain, lift, heat  (nt or 1, nb) [kg/s], [-], [J/kg], [W]
    feed                    (nt or 1, nn) enthalpy of what enters from outside [J/kg]; nan where none may
    around                  (nt or 1, ns) [K]
    """

    flow: Array
    gain: Array
    lift: Array
    heat: Array
    feed: Array
    around: Array


class Outputs(NamedTuple):
    """Written by a march: enthalpy of nodes (nt, nn) [J/kg], loss of stores (nt, ns), audit (nt, 6) [J]."""

    node: Array
    loss: Array
    audit: Array


class Settings(NamedTuple):
    """Scheme by number, bounds of the enthalpy [J/kg], shares of the largest flow: of rest, of a feed."""

    scheme: int
    low: float
    high: float
    rest: float
    fed: float


@kernel(uses=(fluids, films, implicit, mixing, order, parcels, tvd))
def march_kernel(
    graph: FlowGraph,
    stores: Stores,
    curves: FluidCurves,
    cells: Cells,
    plugs: Parcels,
    node: Array,
    inputs: Inputs,
    n_steps: int,
    dt: float,
    settings: Settings,
    out: Outputs,
) -> tuple[int, int, int]:
    """March; return (how it ended, step, element). Cells, parcels and node are written in place."""
    nn, nb, ns = node.size, graph.start.size, stores.branch.size
    bare = np.ones(nb, dtype=np.bool_)
    for s in range(ns):
        bare[stores.branch[s]] = False
    pattern = np.full(nb, 2, dtype=np.int8)
    held = np.zeros(nn, dtype=np.bool_)
    flow, gain, lift = np.empty(nb), np.empty(nb), np.empty(nb)
    feed, surplus, known = np.empty(nn), np.empty(nn), np.empty(nn)
    answer = np.empty((cells.enthalpy.size, 2))
    rates = np.empty((ns, 6))
    sums, terms = np.zeros(2), np.zeros(6)
    sequence = order_kernel(graph, np.zeros(nb, dtype=np.int8), np.zeros(nb), held)
    work = work_kernel(sequence)
    plug, implicit_ = settings.scheme == 3, settings.scheme == 0
    limited = settings.scheme == 1

    for t in range(n_steps):
        row_flow, row_heat = inputs.flow[t % inputs.flow.shape[0]], inputs.heat[t % inputs.heat.shape[0]]
        row_gain, row_lift = inputs.gain[t % inputs.gain.shape[0]], inputs.lift[t % inputs.lift.shape[0]]
        around = inputs.around[t % inputs.around.shape[0]]
        given = inputs.feed[t % inputs.feed.shape[0]]
        largest = 0.0
        for j in range(nb):
            largest = max(largest, abs(row_flow[j]))
        surplus[:] = 0.0
        for j in range(nb):
            flow[j] = row_flow[j] if abs(row_flow[j]) > settings.rest * largest else 0.0
            surplus[graph.start[j]] += flow[j]
            surplus[graph.end[j]] -= flow[j]
            gain[j], lift[j] = row_gain[j], row_lift[j]
            if bare[j]:
                if flow[j] != 0.0:
                    lift[j] += row_heat[j] / abs(flow[j])
                elif row_heat[j] != 0.0:
                    return TRAPPED, t, j
        for i in range(nn):
            feed[i] = surplus[i] if surplus[i] > settings.fed * largest else 0.0
            if feed[i] > 0.0 and not np.isfinite(given[i]):
                return UNKNOWN_FEED, t, i
            # where no flow arrives, a node keeps what it had
            known[i] = given[i] if feed[i] > 0.0 else node[i]
        terms[:] = 0.0
        pieces = 1
        if not (implicit_ or plug):
            pieces = substeps_kernel(stores, flow, dt)
            for s in range(ns):
                exchange_kernel(stores, curves, cells, s, flow[stores.branch[s]], 0.5 * dt / pieces, rates[s])
        step = dt / pieces
        mix = Mix(flow, gain, lift, feed, known, held)
        out.node[t, :] = 0.0
        out.loss[t, :] = 0.0
        for _ in range(pieces):
            for s in range(ns):
                j = stores.branch[s]
                if implicit_:
                    wall_kernel(stores, curves, cells, s, abs(flow[j]), dt, rates[s])
                    gain[j], lift[j] = implicit_gain_kernel(
                        stores,
                        curves,
                        cells,
                        s,
                        flow[j],
                        dt,
                        around[s],
                        row_heat[j],
                        rates[s],
                        answer,
                    )
                elif plug:
                    sums[:] = 0.0
                    decay_kernel(stores, curves, plugs, s, flow[j], around[s], row_heat[j], rates[s])
                    gain[j], lift[j] = pop_kernel(plugs, s, flow[j], dt, rates[s], sums)
                    _count(sums[0], sums[1], t, s, out.loss, terms)
                else:
                    heat = 0.5 * step * row_heat[j]
                    loss, stored = relax_kernel(stores, curves, cells, s, around[s], heat, rates[s])
                    _count(loss, stored, t, s, out.loss, terms)
                    gain[j], lift[j] = outflow_kernel(stores, cells, s, flow[j], step, limited)
            if pattern_kernel(flow, gain, pattern):
                sequence = order_kernel(graph, pattern, flow, held)
                work = work_kernel(sequence)
            lost = mix_kernel(graph, sequence, mix, work, node)
            if lost >= 0:
                return NO_TEMPERATURE, t, lost
            for s in range(ns):
                j = stores.branch[s]
                inlet = node[graph.start[j]] if flow[j] >= 0.0 else node[graph.end[j]]
                if implicit_:
                    loss, stored = implicit_advance_kernel(
                        stores,
                        curves,
                        cells,
                        s,
                        flow[j],
                        dt,
                        around[s],
                        inlet,
                        rates[s],
                        answer,
                    )
                elif plug:
                    sums[:] = 0.0
                    push_kernel(plugs, s, flow[j], dt, inlet, rates[s], sums)
                    loss, stored = sums[0], sums[1]
                else:
                    outlet = gain[j] * inlet + lift[j]
                    moved = transport_kernel(stores, curves, cells, s, flow[j], step, inlet, outlet, limited)
                    heat = 0.5 * step * row_heat[j]
                    loss, stored = relax_kernel(stores, curves, cells, s, around[s], heat, rates[s])
                    stored += moved
                _count(loss, stored, t, s, out.loss, terms)
            for i in range(nn):
                if not settings.low <= node[i] <= settings.high:
                    return NODE_OUTSIDE, t, i
                out.node[t, i] += node[i] / pieces
                drained = (feed[i] - surplus[i]) * node[i] * step
                terms[DRAINED] += drained
                terms[TURNOVER] += abs(drained)
            for j in range(nb):
                if bare[j] and flow[j] != 0.0:
                    h = node[graph.start[j]] if flow[j] > 0.0 else node[graph.end[j]]
                    h_out = gain[j] * h + lift[j]
                    if not settings.low <= h_out <= settings.high:
                        return BRANCH_OUTSIDE, t, j
                    added = abs(flow[j]) * step * (h_out - h)
                    terms[DEVICES] += added
                    terms[TURNOVER] += abs(added)
        for i in range(nn):
            if feed[i] > 0.0:
                terms[FED] += feed[i] * given[i] * dt
                terms[TURNOVER] += abs(feed[i] * given[i] * dt)
        for s in range(ns):
            added = row_heat[stores.branch[s]] * dt
            terms[DEVICES] += added
            terms[TURNOVER] += abs(added)
            if not _inside(stores, cells, plugs, s, plug, settings):
                return STORE_OUTSIDE, t, s
        terms[TURNOVER] *= 0.5
        out.audit[t, :] = terms
    return DONE, n_steps, -1


@kernel
def _count(loss: float, stored: float, t: int, s: int, losses: Array, terms: Array) -> None:
    losses[t, s] += loss
    terms[LOSS] += loss
    terms[STORED] += stored
    terms[TURNOVER] += abs(loss) + abs(stored)


@kernel
def _inside(stores: Stores, cells: Cells, plugs: Parcels, s: int, plug: bool, settings: Settings) -> bool:
    """Whether all that a store holds is within the fluid's range."""
    if plug:
        for k in range(plugs.number[s]):
            h = plugs.enthalpy[s, (plugs.first[s] + k) % plugs.mass.shape[1]]
            if not settings.low <= h <= settings.high:
                return False
        return True
    for i in range(stores.first[s], stores.first[s + 1]):
        if not settings.low <= cells.enthalpy[i] <= settings.high:
            return False
    return True
