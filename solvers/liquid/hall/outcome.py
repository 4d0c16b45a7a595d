"""From a solved loop to what engineers read: states of racks, units and pipes, totals and warnings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solvers.fluids import Fluid, density, enthalpy, heat_capacity, temperature_of, viscosity
from solvers.liquid.components import cdu as units
from solvers.liquid.components.cold_plate import junction_temperature, plate_resistance
from solvers.liquid.hall.exchange import Exchange
from solvers.liquid.hall.loop import CduStates, LoopSolution, PipeStates, RackLiquid, RackStates
from solvers.liquid.hall.losses import Passage, lost, passage
from solvers.liquid.hall.plan import LoopPlan
from solvers.liquid.heat.nodes import node_enthalpy
from solvers.liquid.hydraulics.network import Network
from solvers.liquid.hydraulics.solve import Hydraulics, solve_hydraulics

Array = NDArray[np.float64]


def flows(network: Network, fluid: Fluid, temperature: Array, last: Array | None) -> Hydraulics:
    """Hydraulics at the pipes' temperatures [K], started from the last flows [kg/s]."""
    rho, mu = density(fluid, temperature), viscosity(fluid, temperature)
    return solve_hydraulics(network, rho, mu, guess=last)


def pipe_temperature(network: Network, fluid: Fluid, flow: Array, h: Array) -> Array:
    """Temperature [K] of what enters each pipe (..., pipes), from flows and the nodes' enthalpy [J/kg]."""
    m = flow[..., network.pipe]
    upstream = np.where(m >= 0.0, network.start[network.pipe], network.end[network.pipe])
    return np.asarray(temperature_of(fluid, np.take_along_axis(h, upstream, axis=-1)))


def state_of(
    plan: LoopPlan,
    tcs: Network,
    racks: tuple[RackLiquid, ...],
    hydraulics: Hydraulics,
    exchange: Exchange,
    tcs_temperature: Array,
    external: Array,
    power: Array,
    running: NDArray[np.bool_],
    through: Passage,
) -> LoopSolution:
    """Everything a solution reports, from the solved flows and the settled exchange; closures still open."""
    design = plan.design
    coolant, facility = design.coolant, design.facility
    flow, h = hydraulics.flow, exchange.node_enthalpy
    unit_flow = flow[tcs.imposed]
    fws_flow, fws_out = facility_flow(facility, exchange, running)
    fws = replace(plan.fws, imposed_flow=np.append(fws_flow, fws_flow.sum()))
    at_supply = np.full(len(plan.fws_runs), exchange.fws_supply)
    fws_state = flows(fws, facility, at_supply, None)
    fws_through = passage(fws, facility, design.insulation, fws_state.flow[None, :], at_supply[None, :])
    fws_h, fws_temperature = _facility_heat(plan, fws, fws_state.flow, exchange, fws_flow, fws_through)
    fws_state = flows(fws, facility, fws_temperature, fws_state.flow)
    loss = np.concatenate(
        (
            _pipe_loss(tcs, through, flow, h),
            _pipe_loss(fws, fws_through, fws_state.flow, fws_h),
        )
    )
    node = {name: i for i, name in enumerate(fws.nodes)}
    fws_return = float(temperature_of(facility, fws_h[plan.fws_return]))

    rack_states = _racks(plan, racks, flow[tcs.power_law], hydraulics.drop[tcs.power_law], h)
    absent = np.where(running, 0.0, np.nan)
    tcs_return = temperature_of(coolant, h[plan.cdu_return])
    rho = density(coolant, exchange.supply)
    cdus = CduStates(
        name=plan.cdus,
        flow=unit_flow,
        heat=exchange.heat,
        tcs_supply=exchange.supply + absent,
        tcs_return=tcs_return + absent,
        fws_flow=fws_flow,
        fws_in=exchange.fws_supply + absent,
        fws_out=fws_out + absent,
        approach=exchange.supply - exchange.fws_supply + absent,
        effectiveness=_effectiveness(exchange, running),
        valve_open=np.where(running, exchange.c_fws / np.where(running, exchange.c_open, 1.0), 0.0),
        external_drop=external,
        available_head=units.available_head(design.cdu, unit_flow / rho),
        pump_power=power,
    )
    pipes = _pipe_states(plan, tcs, fws, hydraulics, fws_state, tcs_temperature, fws_temperature, loss)
    heat = float(rack_states.heat.sum())
    ways = [
        fws_state.pressure[plan.fws_supply]
        - fws_state.pressure[node[f"{name}.fws_in"]]
        + fws_state.pressure[node[f"{name}.fws_out"]]
        - fws_state.pressure[plan.fws_return]
        for name in plan.cdus
    ]
    internal = design.cdu.internal_dp * (unit_flow / rho / design.cdu.flow) ** 2
    total_fws = float(fws_flow.sum())
    has_gpus = bool(np.any(np.isfinite(rack_states.junction)))
    junction = float(np.nanmax(rack_states.junction)) if has_gpus else float("nan")
    solution = LoopSolution(
        racks=rack_states,
        cdus=cdus,
        pipes=pipes,
        heat=heat,
        heat_fws=float(exchange.heat.sum()),
        pipe_loss=float(loss.sum()),
        flow=float(unit_flow.sum()),
        fws_flow=total_fws,
        tcs_supply=_mixed(coolant, unit_flow, exchange.supply),
        tcs_return=_mixed(coolant, unit_flow, tcs_return),
        fws_supply=float(exchange.fws_supply),
        fws_return=fws_return,
        pressure_drop=float(np.max(external + internal)),
        fws_mains_drop=float(max(ways)),
        pump_power=float(power.sum()),
        fws_pump_power=total_fws
        / float(density(facility, exchange.fws_supply))
        * design.cdu.fws_dp
        / design.cdu.pump_efficiency,
        junction_max=junction,
        margin=design.limits.junction - junction,
        loop_mass=float("nan"),
        loop_energy=float("nan"),
        warnings=(),
    )
    return replace(solution, warnings=_warnings(plan, solution))


def _racks(plan: LoopPlan, racks: tuple[RackLiquid, ...], flow: Array, drop: Array, h: Array) -> RackStates:
    coolant, plate = plan.design.coolant, plan.design.plate
    inlet = np.asarray(temperature_of(coolant, h[plan.rack_in]))
    outlet = np.asarray(temperature_of(coolant, h[plan.rack_out]))
    gpus = np.array([rack.gpus for rack in racks], dtype=np.float64)
    share = np.array([rack.gpu_heat_share for rack in racks])
    power = np.array([rack.gpu_power for rack in racks])
    has = gpus > 0.0
    junction = np.full(flow.size, np.nan)
    in_range = np.ones(flow.size, dtype=bool)
    if has.any():
        own = (flow / density(coolant, inlet) * share / np.maximum(gpus, 1.0))[has]
        junction[has] = junction_temperature(plate, inlet[has], power[has], own)
        in_range[has] = plate_resistance(plate, own).in_range
    return RackStates(
        name=plan.racks,
        heat=np.array([rack.heat for rack in racks]),
        flow=flow,
        inlet=inlet,
        outlet=outlet,
        drop=drop,
        junction=junction,
        plate_in_range=in_range,
    )


def _pipe_loss(network: Network, through: Passage, flow: Array, h: Array) -> Array:
    return lost(network, through, flow[None, :], h[None, :])[0]


def facility_flow(facility: Fluid, exchange: Exchange, running: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Mass flow [kg/s] and outlet [K] of each unit's facility side, exact in enthalpy; (..., units)."""
    water = np.asarray(exchange.fws_supply)[..., None]
    moves = running & (exchange.heat > 0.0) & (exchange.c_fws > 0.0)
    rise = np.where(moves, exchange.heat / np.where(moves, exchange.c_fws, 1.0), 0.0)
    out = water + rise
    gained = enthalpy(facility, out) - enthalpy(facility, water)
    at_rest = exchange.c_fws / heat_capacity(facility, water)
    flow = np.where(moves, exchange.heat / np.where(moves, gained, 1.0), np.where(running, at_rest, 0.0))
    return flow, out


def _facility_heat(
    plan: LoopPlan,
    network: Network,
    flow: Array,
    exchange: Exchange,
    unit_flow: Array,
    through: Passage,
) -> tuple[Array, Array]:
    """Enthalpy of the facility nodes [J/kg] and temperature of its pipes [K]."""
    facility = plan.design.facility
    gain, lift = np.ones_like(flow), np.zeros_like(flow)
    gain[network.pipe], lift[network.pipe] = through
    carries = unit_flow > 0.0
    lift[network.imposed[:-1]] = np.where(carries, exchange.heat / np.where(carries, unit_flow, 1.0), 0.0)
    h_in = float(enthalpy(facility, exchange.fws_supply))
    h = node_enthalpy(network, flow, gain, lift, given={plan.fws_supply: h_in}, rest=h_in)
    return h, pipe_temperature(network, facility, flow, h)


def _effectiveness(exchange: Exchange, running: NDArray[np.bool_]) -> Array:
    reach = np.minimum(exchange.c_tcs, exchange.c_fws) * (exchange.hot_in - exchange.fws_supply)
    works = running & (reach > 0.0)
    return np.where(works, exchange.heat / np.where(works, reach, 1.0), np.nan)


def _mixed(fluid: Fluid, flow: Array, temperature: Array) -> float:
    return float(temperature_of(fluid, float(flow @ enthalpy(fluid, temperature)) / float(flow.sum())))


def _pipe_states(
    plan: LoopPlan,
    tcs: Network,
    fws: Network,
    tcs_state: Hydraulics,
    fws_state: Hydraulics,
    tcs_temperature: Array,
    fws_temperature: Array,
    loss: Array,
) -> PipeStates:
    flow = np.concatenate((tcs_state.flow[tcs.pipe], fws_state.flow[fws.pipe]))
    diameter = np.concatenate((tcs.diameter, fws.diameter))
    parallel = np.concatenate((tcs.parallel, fws.parallel))
    rho = np.concatenate(
        (density(plan.design.coolant, tcs_temperature), density(plan.design.facility, fws_temperature))
    )
    runs = plan.tcs_runs + plan.fws_runs
    return PipeStates(
        name=tuple(run.name for run in runs),
        circuit=tuple(run.circuit.value for run in runs),
        group=tuple(run.group for run in runs),
        nominal=np.concatenate((plan.tcs_nominal, plan.fws_nominal)),
        parallel=parallel.astype(np.intp),
        length=np.concatenate((tcs.length, fws.length)),
        flow=flow,
        velocity=flow / (rho * parallel * 0.25 * np.pi * diameter**2),
        drop=np.concatenate((tcs_state.drop[tcs.pipe], fws_state.drop[fws.pipe])),
        temperature=np.concatenate((tcs_temperature, fws_temperature)),
        loss=loss,
    )


def _warnings(plan: LoopPlan, solution: LoopSolution) -> tuple[str, ...]:
    """What a reader must know: limits passed, shortfalls, figures outside their published range."""
    limits, spec = plan.design.limits, plan.design.cdu
    racks, cdus = solution.racks, solution.cdus
    found: list[str] = []

    def worst(excess: ArrayLike, names: tuple[str, ...], text: str) -> None:
        e = np.nan_to_num(np.asarray(excess, dtype=np.float64), nan=-np.inf)
        if np.any(e > 0.0):
            i = int(np.argmax(e))
            found.append(f"{text} ({names[i]} worst of {int(np.sum(e > 0.0))})")

    def degrees(values: Array) -> list[str]:
        return [f"{value - 273.15:.1f}" for value in values]

    hot, back, into = degrees(racks.junction), degrees(racks.outlet), degrees(racks.inlet)
    worst(
        racks.junction - limits.junction,
        racks.name,
        f"GPU junction above its limit of {limits.junction - 273.15:.1f} degC: "
        + (hot[int(np.nanargmax(racks.junction))] if np.isfinite(solution.junction_max) else "")
        + " degC",
    )
    worst(
        racks.outlet - limits.rack_return,
        racks.name,
        f"coolant leaves a rack above {limits.rack_return - 273.15:.1f} degC: "
        f"{back[int(np.argmax(racks.outlet))]} degC",
    )
    tolerance = 1e-6
    worst(
        np.maximum(racks.inlet - limits.supply_max, limits.supply_min - racks.inlet) - tolerance,
        racks.name,
        f"coolant supply outside {limits.supply_min - 273.15:.1f}..{limits.supply_max - 273.15:.1f} degC: "
        f"{into[int(np.argmin(racks.inlet))]}..{into[int(np.argmax(racks.inlet))]} degC",
    )
    worst(
        (~racks.plate_in_range).astype(np.float64),
        racks.name,
        f"flow per GPU outside the published range of cold plate {plan.design.plate.name}",
    )
    with np.errstate(invalid="ignore"):
        volume = cdus.flow / density(plan.design.coolant, solution.tcs_supply)
    worst(
        volume / spec.largest_flow - (1.0 + tolerance),
        cdus.name,
        f"coolant flow beyond what a CDU delivers: {volume.max() * 6e4:,.0f} l/min of "
        f"{spec.largest_flow * 6e4:,.0f} l/min",
    )
    lack = cdus.external_drop - cdus.available_head
    short = int(np.argmax(lack))
    worst(
        lack,
        cdus.name,
        f"head of the CDU pumps too small: {cdus.external_drop[short] / 1e3:.0f} kPa needed, "
        f"{cdus.available_head[short] / 1e3:.0f} kPa left outside the unit",
    )
    return tuple(found)
