"""What a solve returns, and what it says when it cannot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geometry.errors import InputError
from solvers.errors import SolverError
from solvers.friction import G
from solvers.liquid.hydraulics.network import Network
from solvers.liquid.hydraulics.newton import POWERLESS, RESTLESS, UNBALANCED, Unknowns
from solvers.liquid.hydraulics.states import HOLDING, LIMITING, OPEN, SHUT, State

Array = NDArray[np.float64]
Index = NDArray[np.intp]

_IDLE = 1e-6  # of its rated flow: below, a running pump delivers nothing
_PUSHED = 1e-6  # of its rise at rest: what a pump takes from the pressure, that is more than round-off


@dataclass(frozen=True, slots=True, kw_only=True)
class Hydraulics:
    """Flow and pressure of a network.

    flow      (nb,) mass flow of every branch, imposed ones included [kg/s]
    drop      (nb,) pressure drop along it, start - end [Pa]; nan across an imposed flow between two parts
    pressure  (nn,) [Pa], relative to the fixed nodes; nan in parts that shut branches cut off
    mass      worst node imbalance / largest flow [-]
    state     (nb,) of states: open, closed by itself, holding a pressure, limiting its flow, shut by hand
    speed     (n_pumps,) share of full speed
    mode      (n_controls,) of border: whether the worst consumer is kept, or the speed stands at a limit
    worst     (n_controls,) place of the worst consumer in network.controls.consumer
    """

    flow: Array
    drop: Array
    pressure: Array
    mass: float
    iterations: int
    state: State
    speed: Array
    mode: Index
    worst: Index


def pump_rise(network: Network, drop: Array, density: ArrayLike) -> Array:
    """(..., n_pumps) pressure that pumps add [Pa]: what drop (..., nb) shows and the column within them.

    density: of the devices [kg/m3], (...); not read where no pump's ends differ in height.
    """
    pumps = network.pumps.branch
    height = network.rise[pumps]
    column = G * np.asarray(density)[..., None] * height if np.any(height) else 0.0
    return np.asarray(column - drop[..., pumps])


def undelivered(
    network: Network, unknowns: Unknowns, density: ArrayLike
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(..., n_pumps) running pumps that deliver nothing, and such that are pushed beyond their curve.

    unknowns of one solve, or of members one a row; density as in `pump_rise`.
    """
    pumps = network.pumps
    runs = unknowns.state[..., pumps.branch] != SHUT
    still = unknowns.flow[..., pumps.branch] <= _IDLE * pumps.flow
    pushed = pump_rise(network, unknowns.drop, density) < -_PUSHED * unknowns.speed**2 * pumps.shutoff
    return runs & still, runs & pushed


def require_delivery(network: Network, unknowns: Unknowns, density: float) -> None:
    """Raise InputError for a running pump that delivers nothing, or that is pushed beyond its curve.

    The first: a closed way, or too little rise; the second: a rise below zero. density: as in `pump_rise`.
    """
    pumps = network.pumps
    flow, rise = unknowns.flow[pumps.branch], pump_rise(network, unknowns.drop, density)
    still, pushed = undelivered(network, unknowns, density)
    names = [network.branches[j] for j in pumps.branch]
    for i in np.flatnonzero(still)[:1]:
        raise InputError(
            f"pump '{names[i]}' runs but delivers nothing: its way is closed, or its "
            f"rise at rest does not overcome the {rise[i]:.4g} Pa it meets\n"
            "  try: open a valve on its line, or stop it (speed=0)"
        )
    for i in np.flatnonzero(pushed)[:1]:
        raise InputError(
            f"pump '{names[i]}' is pushed beyond its curve: at {flow[i]:.4g} kg/s it "
            f"takes {-rise[i]:.4g} Pa from the flow instead of adding any\n"
            "  try: a larger pump, more of them (running), a higher speed, or less flow from elsewhere"
        )


def failure(
    network: Network, unknowns: Unknowns, ended: int, limit: int, mass: float, miss: float, blame: int
) -> Exception:
    """The error for a solve that did not settle, with the element to look at."""
    if ended == UNBALANCED:
        return _cut_off(network, unknowns, blame)
    if ended == RESTLESS:
        return SolverError(
            f"no state of the valves fits the loads of the liquid network: '{network.branches[blame]}' would "
            "have to be open and shut at once\n  try: another way for the flow imposed on its side"
        )
    if ended == POWERLESS:
        return SolverError(
            "the pumps of a worst-point control do not change the drop at its worst consumer\n"
            "  try: an open way between them"
        )
    where = f"pressure residual {miss:.2g}, mass {mass:.2g} (relative), worst at '{network.branches[blame]}'"
    return SolverError(f"flow in the liquid network did not settle in {limit} iterations: {where}")


def _cut_off(network: Network, unknowns: Unknowns, node: int) -> InputError:
    """Name the part around a node that shut branches leave without a way in or out."""
    flow, state = unknowns.flow, unknowns.state
    joined = network.graph.is_free & ((state == OPEN) | (state == HOLDING))
    n = len(network.nodes)
    links = coo_matrix((np.ones(joined.sum()), (network.start[joined], network.end[joined])), shape=(n, n))
    part = connected_components(links, directed=False)[1]
    supply = network.inflow.copy()
    carries = ~network.graph.is_free | (state == LIMITING)
    np.add.at(supply, network.start[carries], -flow[carries])
    np.add.at(supply, network.end[carries], flow[carries])
    inside = part == part[node]
    surplus = float(supply[inside].sum())
    around = network.graph.is_free & ~joined & (inside[network.start] != inside[network.end])
    nodes = ", ".join(f"'{network.nodes[i]}'" for i in np.flatnonzero(inside)[:4])
    shut = ", ".join(f"'{network.branches[j]}'" for j in np.flatnonzero(around)[:6])
    verb, way = ("receives", "out") if surplus > 0.0 else ("loses", "in")
    return InputError(
        f"disconnected: the part of the network with {nodes}{' ...' if inside.sum() > 4 else ''} {verb} "
        f"{abs(surplus):.4g} kg/s without a way {way}: {shut or 'nothing'} around it does not let it pass\n"
        "  try: open one of them, or take the load away"
    )
