"""Temperatures of a network at rest in time: losses along pipes, mixing at nodes.

Along a pipe  m dh/dx = q' - u (T(h) - T_around),  with u the film and the wall's loss in series. About the
middle of the pipe T is linear in h, so a pipe is a gain and a lift like any other branch; the middle, the
film and the heat capacity are renewed in rounds (Newton's, as far as properties bend). In sections, as many
stirred cells as the pipe has stand for it: what the implicit scheme in time comes to rest at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.errors import InputError, require
from solvers import fluids
from solvers._jit import kernel
from solvers.errors import SolverError
from solvers.fluids import FluidCurves, enthalpy, horner_kernel, temperature_kernel
from solvers.liquid.heat import films
from solvers.liquid.heat.audit import HeatAudit, require_balance
from solvers.liquid.heat.bounds import outside, refuse, refuse_temperature, require_finite, span
from solvers.liquid.heat.films import film_kernel
from solvers.liquid.heat.mixing import Mix
from solvers.liquid.heat.nodes import Mixer, feeds, moving, surplus
from solvers.liquid.heat.pipes import Stores, ThermalNetwork

Array = NDArray[np.float64]

UNITS = {"flow": "kg/s", "gain": "-", "lift": "J/kg", "heat": "W"}

_ROUNDS = 40
_SETTLED = 1e-9  # largest change of a temperature between rounds [K]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatSolution:
    """Temperatures at rest.

    temperature, enthalpy  (nn,) of the nodes [K], [J/kg]; nodes that no flow reaches keep the reference
    outlet                 (nb,) of what each branch hands on [K]; nan where nothing flows
    mean                   (ns,) between inlet and outlet [K]; at zero flow, that of rest (nan without loss)
    loss                   (ns,) of each store to its surroundings [W], in the order of `stores.branch`
    """

    temperature: Array
    enthalpy: Array
    outlet: Array
    mean: Array
    loss: Array
    rounds: int
    audit: HeatAudit


def solve_heat(
    thermal: ThermalNetwork,
    flow: Array,
    *,
    feed: Mapping[str, float] | None = None,
    gain: Array | None = None,
    lift: Array | None = None,
    heat: Array | None = None,
    surroundings: Array | None = None,
    sections: bool = False,
) -> HeatSolution:
    """Temperatures of a network at given flows.

    flow          (nb,) of the branches, as `solve_hydraulics` gives it [kg/s]; of either sign, or zero
    feed          temperature of what enters from outside, by node [K]
    gain, lift    (nb,) of branches that hold no heat: h_out = gain h_in + lift [-], [J/kg]; default 1, 0
    heat          (nb,) given to the coolant in each branch, evenly along pipes [W]; default none
    surroundings  (ns,) of the stores [K]; default those of the records
    sections      stirred cells instead of the exact profile

    Raises InputError for a node fed from outside without a temperature and for heat given to a branch in
    which nothing flows and that loses none; SolverError for a circuit that rejects no heat; DivergenceError,
    with the element, for temperatures outside the fluid's range.
    """
    network, fluid, stores = thermal.network, thermal.fluid, thermal.stores
    held = stores.branch
    gain, lift, heat = branch_terms(thermal, gain, lift, heat)
    around = thermal.surroundings if surroundings is None else np.asarray(surroundings, dtype=np.float64)
    require(flow.shape == gain.shape, f"flow must have one value a branch ({gain.size})")
    require(around.shape == held.shape, f"surroundings must have one temperature a store ({held.size})")
    require_finite("flow", UNITS["flow"], flow, network.branches)
    require_finite("surroundings", "K", around, [network.branches[j] for j in held])
    m = moving(flow)
    size, flows = np.abs(m), m != 0.0
    _refuse_trapped_heat(thermal, flows, heat)
    bare = np.ones(m.size, dtype=bool)
    bare[held] = False
    lift[bare] += np.divide(heat, size, out=np.zeros(m.size), where=flows)[bare]

    fed, fed_h = feeds(network, fluid, m, feed or {})
    reference = float(enthalpy(fluid, thermal.reference))
    mix = Mix(m, gain, lift, fed, np.where(fed > 0.0, fed_h, reference), np.zeros(fed.size, dtype=bool))
    mixer = Mixer(network, thermal.graph)
    upstream = np.where(m >= 0.0, network.start, network.end)
    bounds = span(fluid)
    middle, t_middle = np.full(held.size, reference), np.full(held.size, thermal.reference)
    for rounds in range(1, _ROUNDS + 1):  # noqa: B007
        profile_kernel(stores, fluid.curves, m, heat, around, middle, t_middle, sections, gain, lift)
        h = mixer(mix)
        out = gain * h[upstream] + lift
        middle = np.clip(0.5 * (h[upstream] + out)[held], *bounds)
        before, t_middle = t_middle, np.empty(held.size)
        temperature_kernel(fluid.curves, middle, t_middle)
        if float(np.max(np.abs(t_middle - before)[flows[held]], initial=0.0)) <= _SETTLED:
            break
    else:
        raise SolverError(f"temperatures of the liquid network did not settle in {_ROUNDS} rounds")
    out = np.where(flows, out, reference)
    if (i := outside(h, bounds)) >= 0:
        raise refuse(fluid, float(h[i]), f"the node '{network.nodes[i]}'")
    if (j := outside(out, bounds)) >= 0:
        raise refuse(fluid, float(out[j]), f"the branch '{network.branches[j]}'")

    given = size * (out - h[upstream])
    loss = heat[held] - given[held]
    devices = np.where(bare, given, heat)
    through = surplus(network, m)
    drained = (fed - through) * h
    terms = (fed * fed_h, drained, devices, loss)
    audit = HeatAudit(
        fed=float(terms[0].sum()),
        drained=float(drained.sum()),
        devices=float(devices.sum()),
        loss=float(loss.sum()),
        stored=0.0,
        turnover=0.5 * float(sum(np.abs(term).sum() for term in terms)),
    )
    temperature, outlet = np.empty(h.size), np.empty(out.size)
    temperature_kernel(fluid.curves, h, temperature)
    temperature_kernel(fluid.curves, out, outlet)
    rest = np.empty(held.size)
    rest_kernel(stores, fluid.curves, heat, around, rest)
    cold_or_hot = ~flows[held] & ((rest < fluid.t_min) | (rest > fluid.t_max))
    if cold_or_hot.any():
        s = int(np.argmax(cold_or_hot))
        at = f"the branch '{network.branches[held[s]]}', at rest,"
        raise refuse_temperature(fluid, float(rest[s]), at)
    return HeatSolution(
        temperature=temperature,
        enthalpy=h,
        outlet=np.where(flows, outlet, np.nan),
        mean=np.where(flows[held], t_middle, rest),
        loss=loss,
        rounds=rounds,
        audit=require_balance(audit, "at rest"),
    )


def branch_terms(
    thermal: ThermalNetwork, gain: Array | None, lift: Array | None, heat: Array | None
) -> tuple[Array, Array, Array]:
    """Own copies of gain, lift and heat (nb,), with their defaults. InputError for wrong shapes."""
    nb = len(thermal.network.branches)
    given = (
        np.ones(nb) if gain is None else np.array(gain, dtype=np.float64),
        np.zeros(nb) if lift is None else np.array(lift, dtype=np.float64),
        np.zeros(nb) if heat is None else np.array(heat, dtype=np.float64),
    )
    for label, values in zip(("gain", "lift", "heat"), given, strict=True):
        require(values.shape == (nb,), f"{label} must have one value a branch ({nb})")
        require_finite(label, UNITS[label], values, thermal.network.branches)
    refuse_gain_of_stores(thermal, *given[:2])
    return given


def refuse_gain_of_stores(thermal: ThermalNetwork, gain: Array, lift: Array) -> None:
    """Raise InputError where a branch that holds heat is given a gain or a lift; arrays (..., nb)."""
    held = thermal.stores.branch
    moved = np.any(np.atleast_2d(gain)[:, held] != 1.0, axis=0)
    wrong = held[moved | np.any(np.atleast_2d(lift)[:, held] != 0.0, axis=0)]
    if wrong.size:
        raise InputError(
            f"the branch '{thermal.network.branches[wrong[0]]}' holds heat: gain and lift are for others"
            "\n  try: heat, or a branch of its own for the device"
        )


def _refuse_trapped_heat(thermal: ThermalNetwork, flows: NDArray[np.bool_], heat: Array) -> None:
    loses = np.zeros(heat.size, dtype=bool)
    loses[thermal.stores.branch] = thermal.stores.loss > 0.0
    trapped = np.flatnonzero((heat != 0.0) & ~flows & ~loses)
    if trapped.size:
        j = trapped[0]
        raise InputError(
            f"{heat[j]:.4g} W are given to the branch '{thermal.network.branches[j]}', in which nothing flows"
            "\n  try: no heat where a valve is closed"
        )


@kernel(uses=(fluids, films))
def profile_kernel(
    stores: Stores,
    curves: FluidCurves,
    flow: Array,
    heat: Array,
    around: Array,
    middle: Array,
    t_middle: Array,
    sections: bool,
    gain: Array,
    lift: Array,
) -> None:
    """Write gain and lift of the branches that hold heat; middle [J/kg] and t_middle [K] of each, (ns,)."""
    for s in range(stores.branch.size):
        j = stores.branch[s]
        m = abs(flow[j])
        if m == 0.0:
            continue
        cp = horner_kernel(curves.heat_capacity, (t_middle[s] - curves.t_mid) / curves.t_half)
        film = film_kernel(stores, curves, s, m, t_middle[s])
        u = stores.loss[s] if film == np.inf else film * stores.loss[s] / (film + stores.loss[s])
        units = u / (m * cp)
        if sections:
            n = stores.first[s + 1] - stores.first[s]
            cooled = -np.expm1(-n * np.log1p(units / n))
        else:
            cooled = -np.expm1(-units)
        gain[j] = 1.0 - cooled
        # heat along the way, less what it has lost by the end
        kept = cooled / units if units > 0.0 else 1.0
        lift[j] = cooled * (middle[s] + cp * (around[s] - t_middle[s])) + kept * heat[j] / m


@kernel(uses=(fluids, films))
def rest_kernel(stores: Stores, curves: FluidCurves, heat: Array, around: Array, rest: Array) -> None:
    """Write what stores come to in which nothing flows [K], (ns,); nan without loss.

    The film and the loss in series carry the heat; a film from the flow is that of coolant at rest, its
    conductivity that of the coolant: in rounds, within the fluid's range.
    """
    for s in range(stores.branch.size):
        rest[s] = np.nan
        if stores.loss[s] <= 0.0:
            continue
        given, t = heat[stores.branch[s]], around[s]
        for _ in range(100):
            within = min(max(t, curves.t_mid - curves.t_half), curves.t_mid + curves.t_half)
            before = t
            t = around[s] + given * (1.0 / film_kernel(stores, curves, s, 0.0, within) + 1.0 / stores.loss[s])
            if abs(t - before) <= 1e-9:
                break
        rest[s] = t
