"""A network marched through time: hours of a year, seconds of a transient, parcels in long mains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import InputError, require
from solvers.errors import SolverError
from solvers.fluids import enthalpy, temperature_kernel
from solvers.liquid.heat import stepping
from solvers.liquid.heat.audit import HeatAudit, require_balance
from solvers.liquid.heat.bounds import refuse, require_finite, span
from solvers.liquid.heat.nodes import FED, REST
from solvers.liquid.heat.pipes import ThermalNetwork
from solvers.liquid.heat.state import Cells, HeatState, Parcels
from solvers.liquid.heat.steady import UNITS, refuse_gain_of_stores
from solvers.liquid.heat.stepping import Inputs, Outputs, Settings

Array = NDArray[np.float64]

# the audit's denominator is at least what changes all stores by this [K]: at rest there is only round-off
_FLOOR = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRun:
    """A march of nt steps.

    temperature  (nt, nn) of the nodes [K]: at the end of a step (implicit), its mean (TVD, parcels)
    loss         (nt, ns) of each store to its surroundings, mean of the step [W]
    residual     (nt,) energy audit of each step: in - out - storage over the turnover [-]
    audit        of the whole march [J]
    state        at its end, to go on from
    """

    temperature: Array
    loss: Array
    residual: Array
    audit: HeatAudit
    state: HeatState


def march(
    thermal: ThermalNetwork,
    state: HeatState,
    flow: Array,
    *,
    dt: float,
    feed: Mapping[str, ArrayLike] | None = None,
    gain: Array | None = None,
    lift: Array | None = None,
    heat: Array | None = None,
    surroundings: Array | None = None,
    steps: int | None = None,
) -> HeatRun:
    """Take a network from a state through steps of `dt` seconds, with the state's scheme.

    flow                  (nt, nb), or (nb,) for all steps [kg/s]; of either sign, or zero
    feed                  temperature of what enters from outside, by node: a number or (nt,) [K]
    gain, lift, heat      (nt, nb) or (nb,) [-], [J/kg], [W], as in `solve_heat`
    surroundings          (nt, ns) or (ns,) [K]
    steps                 number of steps; default the rows of `flow`

    Raises InputError for shapes, for feeds without a temperature, and for heat given where nothing flows and
    nothing is held; SolverError for a circuit that rejects no heat; DivergenceError, with the element and the
    step, for temperatures outside the fluid's range; BalanceError above 1e-10 of a step's or the march's
    turnover.
    """
    network, fluid = thermal.network, thermal.fluid
    nb, nn, ns = len(network.branches), len(network.nodes), thermal.stores.branch.size
    n = steps if steps is not None else (1 if np.ndim(flow) == 1 else len(flow))
    require(n >= 1, f"steps of a march = {n}: at least 1")
    require(0.0 < dt < np.inf, f"time step = {dt:g} s: must be positive")
    inputs = Inputs(
        flow=_rows("flow", flow, n, nb),
        gain=_rows("gain", np.ones(nb) if gain is None else gain, n, nb),
        lift=_rows("lift", np.zeros(nb) if lift is None else lift, n, nb),
        heat=_rows("heat", np.zeros(nb) if heat is None else heat, n, nb),
        feed=_feed(thermal, feed or {}, n),
        around=_rows("surroundings", thermal.surroundings if surroundings is None else surroundings, n, ns),
    )
    for label, unit in UNITS.items():
        require_finite(label, unit, getattr(inputs, label), network.branches)
    require_finite("surroundings", "K", inputs.around, [network.branches[j] for j in thermal.stores.branch])
    refuse_gain_of_stores(thermal, inputs.gain, inputs.lift)
    out = Outputs(np.empty((n, nn)), np.empty((n, ns)), np.empty((n, 6)))
    low, high = span(fluid)
    node = state.node.copy()
    cells = Cells(*(values.copy() for values in state.cells))
    own = state.parcels
    parcels = Parcels(own.mass.copy(), own.enthalpy.copy(), own.first.copy(), own.number.copy())
    ending = stepping.march_kernel(
        thermal.graph,
        thermal.stores,
        fluid.curves,
        cells,
        parcels,
        node,
        inputs,
        n,
        dt,
        Settings(state.scheme.value, low, high, REST, FED),
        out,
    )
    if ending[0] != stepping.DONE:
        raise _failure(thermal, inputs, cells, parcels, node, *ending)

    floor = 0.5 * _FLOOR * float(np.sum(thermal.stores.mass * 4e3 + thermal.stores.wall))
    fed, drained, devices, loss, stored, turnover = out.audit.T
    residual = np.abs(fed - drained + devices - loss - stored) / np.maximum(turnover, max(floor, 1e-300))
    worst = int(np.argmax(residual))
    require_balance(_audit(out.audit[worst], floor), f"of step {worst}")
    audit = _audit(out.audit.sum(axis=0), floor)
    temperature = np.empty(out.node.size)
    temperature_kernel(fluid.curves, out.node.reshape(-1), temperature)
    return HeatRun(
        temperature=temperature.reshape(n, nn),
        loss=out.loss / dt,
        residual=residual,
        audit=require_balance(audit, "of the march"),
        state=HeatState(
            scheme=state.scheme, time=state.time + n * dt, node=node, cells=cells, parcels=parcels
        ),
    )


def _audit(row: Array, floor: float) -> HeatAudit:
    fed, drained, devices, loss, stored, turnover = map(float, row)
    return HeatAudit(
        fed=fed, drained=drained, devices=devices, loss=loss, stored=stored, turnover=max(turnover, floor)
    )


def _rows(label: str, values: ArrayLike, n: int, width: int) -> Array:
    """(n, width), or (1, width) for values that hold for all steps."""
    rows = np.atleast_2d(np.ascontiguousarray(values, dtype=np.float64))
    require(
        rows.shape in ((1, width), (n, width)),
        f"{label} of a march has the shape {np.shape(values)}: must be ({width},) or ({n}, {width})",
    )
    return rows


def _feed(thermal: ThermalNetwork, feed: Mapping[str, ArrayLike], n: int) -> Array:
    nodes = thermal.network.nodes
    number = {name: i for i, name in enumerate(nodes)}
    varies = any(np.ndim(value) > 0 for value in feed.values())
    known = np.full((n if varies else 1, len(nodes)), np.nan)
    for name, value in feed.items():
        require(name in number, f"no branch ends at the node '{name}', which is given a temperature")
        require(
            np.shape(value) in ((), (n,)), f"temperature fed to '{name}': one, or one for each of {n} steps"
        )
        known[:, number[name]] = enthalpy(thermal.fluid, value)
    return known


def _failure(
    thermal: ThermalNetwork,
    inputs: Inputs,
    cells: Cells,
    parcels: Parcels,
    node: Array,
    code: int,
    step: int,
    element: int,
) -> Exception:
    """The error for how a march ended."""
    network, when = thermal.network, f" (step {step})"
    if code == stepping.NO_TEMPERATURE:
        at = network.nodes[element]
        return SolverError(f"a coolant circuit takes up heat and rejects none, at the node '{at}'{when}")
    if code == stepping.UNKNOWN_FEED:
        at = network.nodes[element]
        return InputError(
            f"what enters at the node '{at}' has no temperature{when}\n  try: feed={{'{at}': ...}}"
        )
    if code == stepping.TRAPPED:
        at = network.branches[element]
        watts = inputs.heat[step % inputs.heat.shape[0], element]
        return InputError(
            f"{watts:.4g} W are given to the branch '{at}', in which nothing flows and nothing is held{when}"
            "\n  try: a Holdup, or no heat where a valve is closed"
        )
    if code == stepping.NODE_OUTSIDE:
        return refuse(thermal.fluid, float(node[element]), f"the node '{network.nodes[element]}'{when}")
    if code == stepping.BRANCH_OUTSIDE:
        name = network.branches[element]
        m, gain, lift, heat = (row[step % len(row), element] for row in inputs[:4])
        entering = node[network.start[element] if m > 0.0 else network.end[element]]
        return refuse(
            thermal.fluid, float(gain * entering + lift + heat / abs(m)), f"the branch '{name}'{when}"
        )
    s = element
    name = network.branches[thermal.stores.branch[s]]
    first, end = thermal.stores.first[s], thermal.stores.first[s + 1]
    held = cells.enthalpy[first:end]
    if parcels.mass.shape[1]:
        room, count = parcels.mass.shape[1], int(parcels.number[s])
        held = parcels.enthalpy[s, (parcels.first[s] + np.arange(count)) % room]
    low, high = span(thermal.fluid)
    worst = held[np.argmax(np.where(np.isfinite(held), np.maximum(held - high, low - held), np.inf))]
    return refuse(thermal.fluid, float(worst), f"the branch '{name}'{when}")
