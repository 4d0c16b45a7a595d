"""The loop of a hall over many hours: every rack, unit and pipe of each, in blocks of hours.

The physics is that of `solve_hall_loop`; only what a year asks is kept. Hours of like load stand side by
side, so that each block starts from the flows of the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers.errors import BalanceError, SolverError
from solvers.fluids import density, enthalpy, temperature_of, viscosity
from solvers.liquid.components import cdu as units
from solvers.liquid.components.cold_plate import junction_temperature
from solvers.liquid.hall.exchange import Exchange, settle, throttle
from solvers.liquid.hall.loop import RackLiquid
from solvers.liquid.hall.losses import lost, passage
from solvers.liquid.hall.lumped import LumpedLoop, reduced
from solvers.liquid.hall.outcome import facility_flow, pipe_temperature
from solvers.liquid.hall.plan import LoopPlan, share_flow
from solvers.liquid.heat.nodes import RowMixer
from solvers.liquid.hydraulics.ensemble import solve_ensemble

Array = NDArray[np.float64]

CLOSURE = 1e-10  # what mass and energy of every hour must meet, relative
_BLOCK = 128  # hours side by side: their arrays stay in the cache
_ROUNDS = 8  # of properties; two are usual
_SETTLED = 1e-6  # change of any pipe's temperature between rounds [K]


@dataclass(frozen=True, slots=True, kw_only=True)
class HourLoads:
    """What each of n hours asks of a hall's loop; all (n,).

    heat       of every rack over that of the design [-], >= 0
    flow       of every rack over the policy's at design [-], > 0
    drop       across rack and its valve, over the rack's own at that flow [-], >= 1
    set_point  technology supply [K]
    water      facility water on offer [K]; nan: the warmest with which every unit holds the set point
    """

    heat: Array
    flow: Array
    drop: Array
    set_point: Array
    water: Array

    @property
    def hours(self) -> int:
        return self.heat.size

    def at(self, rows: NDArray[np.intp]) -> HourLoads:
        """Some of the hours, in the order of `rows`."""
        return HourLoads(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class HourStates:
    """A hall's loop in n hours; all (n,). Heat and power [W], temperatures [K].

    heat           of the racks; heat_fws: carried out of the hall by the facility water
    tcs_supply, tcs_return   mixed over the units
    fws_drop       worst way from the hall's connection to a unit and back [Pa]
    junction       of the hottest GPU; nan without GPUs
    mass, energy   closures, relative
    """

    heat: Array
    heat_fws: Array
    pump_power: Array
    pipe_loss: Array
    tcs_supply: Array
    tcs_return: Array
    fws_supply: Array
    fws_return: Array
    fws_flow: Array  # [kg/s]
    fws_drop: Array
    junction: Array
    mass: Array
    energy: Array

    def lumped(self) -> LumpedLoop:
        """The same as capacity rates and an effectiveness, hour by hour."""
        return reduced(
            heat=self.heat,
            pump_power=self.pump_power,
            loss=self.pipe_loss,
            tcs_supply=self.tcs_supply,
            tcs_return=self.tcs_return,
            fws_supply=self.fws_supply,
            fws_return=self.fws_return,
        )


def solve_hours(plan: LoopPlan, racks: Sequence[RackLiquid], loads: HourLoads) -> HourStates:
    """Solve a planned loop in every hour; the answer does not depend on threads or the order of hours.

    Raises InputError for loads that cannot be, as `solve_hall_loop` otherwise; BalanceError where mass or
    energy of an hour is open by more than 1e-10.
    """
    _check(plan, racks, loads)
    answer = {field.name: np.empty(loads.hours) for field in fields(HourStates)}
    water = np.where(np.isnan(loads.water), -np.inf, loads.water)
    keys = np.column_stack((loads.flow, water, loads.heat, loads.drop, loads.set_point))
    # hours that ask the same are solved once; sorted, neighbours are alike
    _, rows, same = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    hall = _Hall(plan, tuple(racks))
    for begin in range(0, rows.size, _BLOCK):
        for name, values in hall.solve(loads.at(rows[begin : begin + _BLOCK])).items():
            answer[name][begin : begin + values.size] = values
    states = HourStates(**{name: values[same.ravel()] for name, values in answer.items()})
    _require_closure(states)
    return states


def _check(plan: LoopPlan, racks: Sequence[RackLiquid], loads: HourLoads) -> None:
    require(tuple(rack.name for rack in racks) == plan.racks, "racks differ from those of the loop's plan")
    require(loads.hours > 0, "a loop is asked for no hours")
    shapes = {getattr(loads, field.name).shape for field in fields(loads)}
    require(shapes == {(loads.hours,)}, f"loads of the hours differ in shape: {shapes}")
    for name, low in (("heat", 0.0), ("flow", 1e-3), ("drop", 1.0 - 1e-12)):
        values = getattr(loads, name)
        require(
            bool(np.all((values >= low) & np.isfinite(values))),
            f"{name} of the hours = {float(np.min(values)):g} of the design: must be finite and >= {low:g}",
        )
    heat = float(loads.heat.max()) * np.bincount(plan.rack_part, [rack.heat for rack in racks])
    capacity = plan.design.cdu.capacity * np.bincount(plan.cdu_part, minlength=heat.size)
    for part in np.flatnonzero(heat > capacity * (1.0 + 1e-9)):
        rack = plan.racks[int(np.argmax(plan.rack_part == part))]
        require(
            False,
            f"more heat than the CDUs carry: the row of rack {rack} hands over {heat[part] / 1e3:,.0f} kW, "
            f"its units carry {capacity[part] / 1e3:,.0f} kW",
            hint="loop.cdus_per_row larger, or fewer GPUs per rack",
        )


def _require_closure(states: HourStates) -> None:
    for name in ("mass", "energy"):
        values = getattr(states, name)
        worst = int(np.argmax(np.where(np.isfinite(values), values, np.inf)))
        if not values[worst] <= CLOSURE:  # a nan is a broken balance
            raise BalanceError(
                f"loop {name} balance is open: {values[worst]:.3g} relative in hour {worst}, allowed "
                f"{CLOSURE:g}; the year of this loop must not be used"
            )


class _Hall:
    """One plan solved block after block; remembers the flows and temperatures of the last."""

    def __init__(self, plan: LoopPlan, racks: tuple[RackLiquid, ...]) -> None:
        self.plan, self.racks = plan, racks
        design = plan.design
        self.rated = units.rated_exchanger(design.cdu, design.coolant)
        self.heat = np.array([rack.heat for rack in racks])
        everyone = np.ones(len(plan.cdus), dtype=bool)
        volume = np.array([rack.flow for rack in racks])
        self.unit_volume = share_flow(volume, plan.rack_part, plan.cdu_part, everyone)
        self.rho = float(density(design.coolant, design.cdu.rated_supply))
        self.tcs = replace(
            plan.tcs,
            law_flow=self.rho * np.array([rack.reference_flow for rack in racks]),
            law_drop=np.array([rack.reference_drop for rack in racks]),
            law_exponent=np.array([rack.exponent for rack in racks]),
        )
        self.mixer = RowMixer(plan.tcs, np.zeros(len(plan.tcs.nodes), dtype=bool))
        self.fws_mixer = RowMixer(plan.fws, np.arange(len(plan.fws.nodes)) == plan.fws_supply)
        node = {name: i for i, name in enumerate(plan.fws.nodes)}
        self.fws_in = np.array([node[f"{name}.fws_in"] for name in plan.cdus])
        self.fws_out = np.array([node[f"{name}.fws_out"] for name in plan.cdus])
        self.last: tuple[Array, Array] | None = None  # flow (nb,), its imposed sum; pipes' temperature

    def solve(self, loads: HourLoads) -> dict[str, Array]:
        """One block."""
        plan, tcs, design = self.plan, self.tcs, self.plan.design
        coolant, insulation = design.coolant, design.insulation
        rho_set = density(coolant, loads.set_point)[:, None]
        volume = loads.flow[:, None] * self.unit_volume
        unit_flow = rho_set * volume
        # the racks' law stands at one density: at another, the same volume has the same drop
        law_drop = loads.drop[:, None] * tcs.law_drop * (self.rho / rho_set) ** tcs.law_exponent
        heat = loads.heat[:, None] * self.heat
        temperature, guess = self._start(loads, unit_flow)
        exchange: Exchange | None = None
        for _ in range(_ROUNDS):
            rho, mu = density(coolant, temperature), viscosity(coolant, temperature)
            hydraulics = solve_ensemble(
                tcs, rho, mu, imposed_flow=unit_flow, law_drop=law_drop, own_guess=guess
            )
            guess = hydraulics.flow
            external = -hydraulics.drop[:, tcs.imposed]
            power = units.pump_power(design.cdu, volume, external)
            through = passage(tcs, coolant, insulation, guess, temperature)
            exchange = settle(
                plan,
                self.rated,
                guess,
                heat,
                power,
                loads.set_point,
                loads.water,
                through,
                mixer=self.mixer,
                guess=exchange,
            )
            new = pipe_temperature(tcs, coolant, guess, exchange.node_enthalpy)
            moved = float(np.max(np.abs(new - temperature)))
            temperature = new
            if moved <= _SETTLED:
                break
        else:
            raise SolverError(
                f"properties of the coolant loop did not settle: pipes still move by {moved:.2g} K"
            )
        assert guess is not None
        assert exchange is not None
        self.last = guess[-1], temperature[-1]
        exchange = throttle(self.rated, exchange)
        warm = lost(tcs, through, guess, exchange.node_enthalpy).sum(axis=1)
        found = self._facility(exchange, warm, heat.sum(axis=1) + power.sum(axis=1))
        found["mass"] = np.maximum(found["mass"], hydraulics.mass)
        h = exchange.node_enthalpy
        taken = np.sum(guess[:, tcs.power_law] * (h[:, plan.rack_out] - h[:, plan.rack_in]), axis=1)
        off = np.abs(taken - heat.sum(axis=1))
        found["energy"] = np.maximum(found["energy"], off / (heat.sum(axis=1) + power.sum(axis=1)))
        return found | {
            "heat": heat.sum(axis=1),
            "pump_power": power.sum(axis=1),
            "tcs_supply": self._mixed(unit_flow, enthalpy(coolant, exchange.supply)),
            "tcs_return": self._mixed(unit_flow, h[:, plan.cdu_return]),
            "junction": self._junction(loads.heat, guess[:, tcs.power_law], h[:, plan.rack_in]),
        }

    def _start(self, loads: HourLoads, unit_flow: Array) -> tuple[Array, Array | None]:
        n = len(self.plan.tcs_runs)
        if self.last is None:
            return np.repeat(loads.set_point[:, None], n, axis=1), None
        flow, temperature = self.last
        share = unit_flow.sum(axis=1) / flow[self.tcs.imposed].sum()
        return np.repeat(temperature[None, :], loads.hours, axis=0), share[:, None] * flow

    def _mixed(self, flow: Array, h: Array) -> Array:
        mean = np.sum(flow * h, axis=1) / flow.sum(axis=1)
        return np.asarray(temperature_of(self.plan.design.coolant, mean))

    def _junction(self, share: Array, flow: Array, h_in: Array) -> Array:
        """Of the hottest GPU [K]."""
        plate, coolant = self.plan.design.plate, self.plan.design.coolant
        gpus = np.array([rack.gpus for rack in self.racks], dtype=np.float64)
        has = gpus > 0.0
        if not has.any():
            return np.full(share.size, np.nan)
        inlet = temperature_of(coolant, h_in[:, has])
        per_gpu = np.array([rack.gpu_heat_share for rack in self.racks])[has] / gpus[has]
        power = share[:, None] * np.array([rack.gpu_power for rack in self.racks])[has]
        hot = junction_temperature(plate, inlet, power, flow[:, has] / density(coolant, inlet) * per_gpu)
        return np.asarray(hot.max(axis=1))

    def _facility(self, exchange: Exchange, warm: Array, given: Array) -> dict[str, Array]:
        """The hall's facility water. warm: what the coolant's pipes lose; given: racks and pumps [W]."""
        plan, facility = self.plan, self.plan.design.facility
        fws, n = plan.fws, given.size
        flow, _ = facility_flow(facility, exchange, np.ones(exchange.heat.shape, dtype=bool))
        total = flow.sum(axis=1)
        imposed = np.column_stack((flow, total))
        at = np.repeat(exchange.fws_supply[:, None], len(plan.fws_runs), axis=1)
        h_in = enthalpy(facility, exchange.fws_supply)
        state = solve_ensemble(fws, density(facility, at), viscosity(facility, at), imposed_flow=imposed)
        through = passage(fws, facility, plan.design.insulation, state.flow, at)
        gain, lift = np.ones_like(state.flow), np.zeros_like(state.flow)
        gain[:, fws.pipe], lift[:, fws.pipe] = through
        lift[:, fws.imposed[:-1]] = np.where(flow > 0.0, exchange.heat / np.where(flow > 0.0, flow, 1.0), 0.0)
        h = self.fws_mixer(state.flow, gain, lift, h_in)
        at = pipe_temperature(fws, facility, state.flow, h)
        state = solve_ensemble(
            fws,
            density(facility, at),
            viscosity(facility, at),
            imposed_flow=imposed,
            own_guess=state.flow,
        )
        p = state.pressure
        ways = p[:, [plan.fws_supply]] - p[:, self.fws_in] + p[:, self.fws_out] - p[:, [plan.fws_return]]
        loss = warm + lost(fws, through, state.flow, h).sum(axis=1)
        carried = total * (h[:, plan.fws_return] - h_in)
        off = np.maximum(np.abs(exchange.heat.sum(axis=1) + warm - given), np.abs(carried + loss - given))
        return {
            "heat_fws": carried,
            "pipe_loss": loss,
            "fws_supply": exchange.fws_supply,
            "fws_return": np.asarray(temperature_of(facility, h[:, plan.fws_return])),
            "fws_flow": total,
            "fws_drop": ways.max(axis=1),
            "mass": state.mass,
            "energy": off / np.maximum(given, 1e-12 * n),
        }
