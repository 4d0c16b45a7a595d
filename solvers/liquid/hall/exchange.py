"""Where coolant and facility water come to rest at frozen flow, for any number of hours at once.

Every running unit either holds the set point (its valve throttles the facility water) or floats above it
(valve open, water too warm). Held units give the transport of enthalpy a fixed outlet; floating units give
it the effectiveness relation, linearised in enthalpy about the last hot inlet (Newton: two or three rounds).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers.errors import SolverError
from solvers.fluids import Fluid, enthalpy, heat_capacity, temperature_of
from solvers.liquid.components.cdu import CduExchanger, effectiveness_at, inlet_difference, throttled
from solvers.liquid.hall.losses import Passage
from solvers.liquid.hall.plan import LoopPlan
from solvers.liquid.heat.nodes import RowMixer, moving

Array = NDArray[np.float64]

_NEWTON = 20
_SETTLED = 1e-10  # of the hot inlet between rounds [K]
_NEAR = 1e-4  # of the same, from which on a unit is believed to overcool [K]
_OVERCOOLED = 1e-7  # below the set point [K], from which on a unit that floated in the guess holds again


class Exchange(NamedTuple):
    """By hour, and by unit, standing ones included (heat 0).

    Heat to facility water [W], temperatures [K], rates [W/K]; `exchange[i]` of every field is one hour.
    """

    node_enthalpy: Array  # (n, tcs nodes) [J/kg]
    heat: Array  # (n, units), as all that follow but the water
    supply: Array
    hot_in: Array  # after the pumps
    c_tcs: Array
    c_open: Array  # facility side with the valve open
    c_fws: Array  # facility side: as `c_open` until `throttle` has been called
    fws_supply: Array  # (n,) [K]
    held: NDArray[np.bool_]  # whether the unit holds the set point


def settle(
    plan: LoopPlan,
    rated: CduExchanger,
    flow: Array,
    rack_heat: Array,
    pump_power: Array,
    set_point: Array,
    fws_supply: Array,
    passage: Passage,
    *,
    mixer: RowMixer,
    guess: Exchange | None = None,
) -> Exchange:
    """Temperatures of a plan at frozen flow, n hours of it.

    flow        (n, nb) of the tcs network [kg/s]: pipes, racks, units
    rack_heat   (n, racks) [W]; pump_power (n, units) [W], given to the coolant ahead of the exchangers
    set_point   (n,) technology supply [K]
    fws_supply  (n,) facility water [K]; nan: the warmest with which every unit holds the set point
    passage     what the pipes do to the enthalpy that passes them
    mixer       of the tcs network, kept by the caller who asks again
    guess       of the same hours at nearby flows; the answer does not depend on it
    """
    coolant, ratio = plan.design.coolant, plan.design.cdu.fws_ratio
    n_units, n_racks = pump_power.shape[1], rack_heat.shape[1]
    m = flow[:, -n_units:]
    run = m > 0.0
    safe = np.where(run, m, 1.0)
    set_unit = np.broadcast_to(set_point[:, None], m.shape)
    h_set = np.broadcast_to(enthalpy(coolant, set_point)[:, None], m.shape)
    per_kg = np.where(run, pump_power / safe, 0.0)
    rack = slice(flow.shape[1] - n_units - n_racks, flow.shape[1] - n_units)
    gain, lift = np.ones_like(flow), np.zeros_like(flow)
    gain[:, : rack.start], lift[:, : rack.start] = passage
    lift[:, rack] = rack_heat / flow[:, rack]
    floating = np.zeros(m.shape, dtype=bool) if guess is None else run & ~guess.held
    hot_in = set_unit.copy() if guess is None else guess.hot_in
    seek = np.isnan(fws_supply)
    water = np.where(seek, set_point, fws_supply)
    carried = moving(flow)
    # effectiveness times smaller capacity rate, per coolant flow [J/(kg K)]
    k = np.zeros(m.shape) if guess is None else _reach(rated, guess.c_tcs, guess.c_open, run) / safe

    for _ in range(_NEWTON + n_units):
        slope = 1.0 - k / heat_capacity(coolant, hot_in)
        reach = k * (hot_in - water[:, None]) - (1.0 - slope) * enthalpy(coolant, hot_in)
        gain[:, -n_units:] = np.where(floating, slope, 0.0)
        lift[:, -n_units:] = np.where(floating, slope * per_kg - reach, h_set)
        h = mixer(carried, gain, lift, h_set[:, 0])
        h_back = h[:, plan.cdu_return]
        h_hot = h_back + per_kg
        new_hot = np.where(run, temperature_of(coolant, h_hot), set_unit)
        h_supply = np.where(run, gain[:, -n_units:] * h_back + lift[:, -n_units:], h_set)
        supply = temperature_of(coolant, h_supply)
        heat = m * np.where(run, h_hot - h_supply, 0.0)
        c_tcs = m * _chord(coolant, new_hot, supply, h_hot, h_supply)
        c_open = ratio * c_tcs
        difference = inlet_difference(rated, heat, c_tcs, c_open)
        moved = float(np.max(np.abs(new_hot - hot_in)[floating], initial=0.0))
        hot_in = new_hot
        warmest = np.min(np.where(run, hot_in - difference, np.inf), axis=1)
        water = np.where(seek, warmest, water)
        too_warm = run & ~floating & (hot_in - difference < water[:, None] - 1e-9)
        too_cold = floating & (supply < set_unit - _OVERCOOLED) if moved < _NEAR else np.zeros_like(floating)
        if np.any(too_warm) or np.any(too_cold):
            floating = (floating | too_warm) & ~too_cold
        elif moved <= _SETTLED:
            break
        k = _reach(rated, c_tcs, c_open, run) / safe
    else:
        raise SolverError(
            f"temperatures of the coolant loop did not settle: hot inlets still move by {moved:.2g} K"
        )
    return Exchange(
        node_enthalpy=h,
        heat=heat,
        supply=supply,
        hot_in=hot_in,
        c_tcs=c_tcs,
        c_open=c_open,
        c_fws=c_open,
        fws_supply=water,
        held=run & ~floating,
    )


def hour_of(exchange: Exchange, hour: int) -> Exchange:
    """The same without the axis of hours."""
    return Exchange(*(values[hour] for values in exchange))


def throttle(rated: CduExchanger, exchange: Exchange) -> Exchange:
    """Close the valves of the units that hold the set point as far as their heat asks."""
    hold = exchange.held
    c_fws = exchange.c_open.copy()
    if np.any(hold):
        difference = (exchange.hot_in - exchange.fws_supply[:, None])[hold]
        c_fws[hold] = throttled(
            rated, exchange.heat[hold], exchange.c_tcs[hold], exchange.c_open[hold], difference
        )
    return exchange._replace(c_fws=c_fws)


def _reach(rated: CduExchanger, c_tcs: Array, c_open: Array, run: NDArray[np.bool_]) -> Array:
    """Effectiveness times the smaller capacity rate [W/K], valves open; 0 for units that stand."""
    rates = np.where(run, c_tcs, 1.0), np.where(run, c_open, 1.0)
    return np.where(run, effectiveness_at(rated, *rates) * np.minimum(*rates), 0.0)


def _chord(fluid: Fluid, t_high: Array, t_low: Array, h_high: Array, h_low: Array) -> Array:
    """Mean heat capacity between two states [J/(kg K)]; the local one where they coincide."""
    span = t_high - t_low
    apart = np.abs(span) > 1e-3
    local = heat_capacity(fluid, 0.5 * (t_high + t_low))
    return np.asarray(np.where(apart, (h_high - h_low) / np.where(apart, span, 1.0), local))
