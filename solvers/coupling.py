"""Air and water of a hall, brought together: coils of cooling units and of rear doors.

Both sides know the same law of the coil (`solvers.heat.coil`). The air is solved for water of a temperature
and a flow at each coil; the water, for the heats the air gives, says which they are: valves throttle to what
is asked, far coils may be starved, the supply may float. Then what each coil would take from that air with
that water is compared with what it took. The two are one when no coil differs by more than 1e-4 of all heat.

The temperatures are under-relaxed by Aitken's rule in the form of Irons and Tuck (Int. J. Numer. Meth. Eng.
1 (1969) 275): halls answer mostly as a whole, so one factor is enough. Where the plant holds the supply and
no coil is starved, the first answer is the last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from geometry.piping import door_name
from solvers.air.coils import Coil, coil_law
from solvers.air.problem import AirProblem, AirSolution, AirState, Control, ThroughFlow
from solvers.air.unit_readings import SATURATED, units_as_solved
from solvers.errors import BalanceError, SolverError
from solvers.heat.coil import water_rate
from solvers.heat.two_stream import TwoStream, transmission_slopes

Array = NDArray[np.float64]

CLOSURE = 1e-4  # of the hall's heat, of what the air gives and the water takes at any coil, and of all
_ROUNDS = 12  # of both sides
_INNER = 30  # of valves and supply temperature
_SETTLED = 1e-9  # K
_LONGEST, _SHORTEST = 3.0, 0.1  # Aitken's factor

SolveAir = Callable[[AirProblem, AirState | None], AirSolution]


class WaterSide(Protocol):
    """What feeds the coils; consumers in the order of `coils_of`."""

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def limit(self) -> Array:
        """(n,) flow of an open valve [kg/s] while the pumps suffice."""
        ...

    @property
    def supply(self) -> Array:
        """(n,) temperature wanted at each coil [K]."""
        ...

    def serve(self, asked: Array, heat: Array) -> tuple[Array, Array]:
        """(flow [kg/s], temperature entering [K]) of each coil that asks for a flow and gives a heat [W]."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Several circuits of one hall, their coils one after the other."""

    parts: tuple[WaterSide, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for part in self.parts for name in part.names)

    @property
    def limit(self) -> Array:
        return np.concatenate([part.limit for part in self.parts])

    @property
    def supply(self) -> Array:
        return np.concatenate([part.supply for part in self.parts])

    def serve(self, asked: Array, heat: Array) -> tuple[Array, Array]:
        """(flow [kg/s], temperature entering [K]) of each coil, by the circuit that feeds it."""
        ends = np.cumsum([len(part.names) for part in self.parts])[:-1]
        split = zip(self.parts, np.split(asked, ends), np.split(heat, ends), strict=True)
        flow, inlet = zip(*(part.serve(*given) for part, *given in split), strict=True)
        return np.concatenate(flow), np.concatenate(inlet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """Where air and water meet; by coil.

    air_heat    that left the air [W]; water_heat that the water took up
    air_inlet   of the air [K]; asked and flow of the water [kg/s]
    capacity    what the coil could take with what water there is for it [W]
    hall_heat   what the two are compared with: all heat of the hall [W]
    rounds      how often the air was solved
    """

    names: tuple[str, ...]
    air_heat: Array
    water_heat: Array
    air_inlet: Array
    asked: Array
    flow: Array
    water_inlet: Array
    capacity: Array
    hall_heat: float
    rounds: int

    @property
    def closure(self) -> float:
        """Largest difference of the heats at a coil, or of their sums, over the hall's heat [-]."""
        missing = self.water_heat - self.air_heat
        return max(float(np.max(np.abs(missing), initial=0.0)), abs(float(missing.sum()))) / self.hall_heat

    @property
    def utilisation(self) -> Array:
        """Heat over capacity [-]; nan where a coil cannot cool."""
        can = self.capacity > 0.0
        return np.where(can, self.water_heat / np.where(can, self.capacity, 1.0), np.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupled:
    """A hall whose air and water agree; `problem` has the water that was found."""

    problem: AirProblem
    air: AirSolution
    interface: Interface


def coils_of(problem: AirProblem) -> dict[str, Coil]:
    """Coils by the name of what has them: cooling units, then rear doors of racks, in the problem's order."""
    found = {unit.name: unit.coil for unit in problem.units if unit.coil is not None}
    found |= {
        door_name(rack.name): rack.door_coil
        for rack in problem.racks
        if isinstance(rack, ThroughFlow) and rack.door_coil is not None
    }
    return found


def with_water(problem: AirProblem, temperature: Array, flow: Array) -> AirProblem:
    """The problem with other water at its coils: temperatures [K] and flows of open valves [kg/s], (n,)."""
    given = dict(zip(coils_of(problem), zip(temperature.tolist(), flow.tolist(), strict=True), strict=True))
    units = tuple(
        replace(unit, water_temperature=given[unit.name][0], water_flow=given[unit.name][1])
        if unit.name in given
        else unit
        for unit in problem.units
    )
    racks = tuple(
        replace(
            rack,
            door_temperature=given[door_name(rack.name)][0],
            door_water_flow=given[door_name(rack.name)][1],
        )
        if isinstance(rack, ThroughFlow) and door_name(rack.name) in given
        else rack
        for rack in problem.racks
    )
    return replace(problem, units=units, racks=racks)


def couple(
    problem: AirProblem, side: WaterSide, solve: SolveAir, *, initial: AirState | None = None
) -> Coupled:
    """Solve air and water of a hall until they agree.

    solve    the air of a problem from a guess or none; it is called with other water at the coils
    initial  a guess of the air

    Raises InputError where `side` feeds other coils than the problem has, SolverError when the two do not
    settle, BalanceError when the heat that leaves the air is not that which the water takes up.
    """
    names = tuple(coils_of(problem))
    require(
        names == side.names,
        f"the water circuit feeds {', '.join(side.names[:4]) or 'nothing'}, the air has coils of "
        f"{', '.join(names[:4]) or 'nothing'}",
    )
    temperature, flow = side.supply.copy(), side.limit.copy()
    state, factor, before = initial, 1.0, None
    for number in range(1, _ROUNDS + 1):
        given = with_water(problem, temperature, flow)
        air = solve(given, state)
        state = air.state
        meeting, offered = _meet(given, air, side, rounds=number)
        if meeting.closure <= CLOSURE:
            require_closure(meeting)
            return Coupled(problem=given, air=air, interface=meeting)
        change = meeting.water_inlet - temperature
        if before is not None:
            factor = _aitken(factor, before, change)
        before = change
        temperature, flow = temperature + factor * change, offered
    worst = int(np.argmax(np.abs(meeting.water_heat - meeting.air_heat)))
    raise SolverError(
        f"air and water of the hall did not agree in {_ROUNDS} rounds: at the coil of {names[worst]} the air "
        f"gives {meeting.air_heat[worst] / 1e3:.4g} kW, the water would take "
        f"{meeting.water_heat[worst] / 1e3:.4g} kW\n"
        "  try: a finer solver.temperature_tolerance_K, or more water"
    )


def _aitken(factor: float, before: Array, now: Array) -> float:
    bend = now - before
    size = float(bend @ bend)
    if size <= 1e-30:
        return 1.0
    found = -factor * float(before @ bend) / size
    return float(np.clip(found, _SHORTEST, _LONGEST)) if found > 0.0 else 1.0


def require_closure(interface: Interface) -> None:
    """Raise BalanceError unless the heat that leaves the air is that which the water takes up."""
    if interface.closure <= CLOSURE:  # a nan is a broken balance
        return
    worst = int(np.argmax(np.abs(interface.water_heat - interface.air_heat)))
    raise BalanceError(
        f"heat between air and water is open: {interface.closure:.3g} of the hall's "
        f"{interface.hall_heat / 1e3:.4g} kW, allowed {CLOSURE:g}; worst at the coil of "
        f"{interface.names[worst]}: {interface.air_heat[worst] / 1e3:.6g} kW leave the air, "
        f"{interface.water_heat[worst] / 1e3:.6g} kW reach the water"
    )


# -- one meeting of an answer of the air with its water ---------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coils:
    """What the air says of each coil.

    laws, rate      of the coil; capacity rate of its air [W/K]
    liquid          heat capacity of the water [J/(kg K)]
    inlet           of the air [K]
    heat            that left the air [W]; wanted by the valve, inf where it is to be open
    never_heats     units' coils; a rear door may warm the air
    """

    laws: list[TwoStream]
    rate: Array
    liquid: Array
    inlet: Array
    heat: Array
    wanted: Array
    never_heats: NDArray[np.bool_]


def _meet(problem: AirProblem, air: AirSolution, side: WaterSide, *, rounds: int) -> tuple[Interface, Array]:
    """The water for an answer of the air, and the flows that open valves would have."""
    coils = _read_coils(problem, air)
    limit = side.limit
    inlet = side.supply.copy()
    flow, asked = limit.copy(), limit.copy()
    for _ in range(_INNER):
        asked = _asked(coils, inlet, limit)
        flow, new = side.serve(asked, coils.heat)
        moved = float(np.max(np.abs(new - inlet), initial=0.0))
        inlet = new
        if moved <= _SETTLED:
            break
    # what flows through an open valve is what there is: less where the pumps do not suffice, and where no
    # valve limits it, as the loop's pressures give
    open_flow = np.where((flow < (1.0 - 1e-9) * asked) | np.isinf(coils.wanted), flow, limit)
    most = _most(coils, inlet, open_flow)
    taken = np.where(np.isfinite(coils.wanted), np.minimum(coils.wanted, most), most)
    return (
        Interface(
            names=side.names,
            air_heat=coils.heat,
            water_heat=taken,
            air_inlet=coils.inlet,
            asked=asked,
            flow=flow,
            water_inlet=inlet,
            capacity=most,
            hall_heat=_hall_heat(problem),
            rounds=rounds,
        ),
        open_flow,
    )


def _asked(coils: _Coils, water: Array, limit: Array) -> Array:
    """(n,) flow that the valves ask for [kg/s]: what the wanted heat needs, or all."""
    asked = np.zeros(limit.size)
    for n, law in enumerate(coils.laws):
        spread = coils.inlet[n] - water[n]
        if not np.isfinite(coils.wanted[n]):
            asked[n] = limit[n]
        elif coils.wanted[n] > 0.0:
            # water as warm as the air does not cool: the valve opens, and it does not help
            k = coils.wanted[n] / spread if spread > 0.0 else np.inf
            most = limit[n] * coils.liquid[n]
            asked[n] = water_rate(law, coils.rate[n], k, most) / coils.liquid[n]
    return np.minimum(asked, limit)


def _most(coils: _Coils, water: Array, flow: Array) -> Array:
    """(n,) heat that the coils take with their valves open [W]."""
    k = np.array(
        [
            float(transmission_slopes(law, coils.rate[n], coils.liquid[n] * flow[n])[0])
            for n, law in enumerate(coils.laws)
        ]
    )
    spread = coils.inlet - water
    return np.asarray(k * np.where(coils.never_heats, np.maximum(spread, 0.0), spread), dtype=np.float64)


def _read_coils(problem: AirProblem, air: AirSolution) -> _Coils:
    properties = problem.properties
    rho_cp = properties.density * properties.heat_capacity
    units = units_as_solved(problem, air)
    drawn, flow = air.unit_return, air.unit_flow
    taken = rho_cp * flow * (drawn + units.fan_rise(flow) - air.unit_supply)
    most = rho_cp * flow * units.most(drawn)
    found = []
    for n, unit in enumerate(problem.units):
        if unit.coil is None:
            continue
        wanted = np.inf
        if flow[n] <= 0.0:
            wanted = 0.0
        elif unit.control is Control.SUPPLY:
            wanted = max(rho_cp * flow[n] * (drawn[n] + units.fan_rise(flow)[n] - units.supply[n]), 0.0)
        elif unit.control is Control.RETURN and taken[n] < SATURATED * most[n]:
            wanted = taken[n]
        found.append((unit.coil, rho_cp * flow[n], drawn[n], taken[n], wanted, True))
    for n, rack in enumerate(problem.racks):
        if isinstance(rack, ThroughFlow) and rack.door_coil is not None:
            rate = rho_cp * air.rack_flow[n]
            inlet = air.rack_outlet[n] + air.door_heat[n] / rate
            found.append((rack.door_coil, rate, inlet, air.door_heat[n], np.inf, False))
    coils = [entry[0] for entry in found]
    table = np.array([entry[1:5] for entry in found], dtype=np.float64).reshape(-1, 4)
    return _Coils(
        laws=[coil_law(coil, rho_cp) for coil in coils],
        rate=table[:, 0],
        liquid=np.array([coil.heat_capacity for coil in coils]),
        inlet=table[:, 1],
        heat=table[:, 2],
        wanted=table[:, 3],
        never_heats=np.array([entry[5] for entry in found], dtype=bool),
    )


def _hall_heat(problem: AirProblem) -> float:
    """All heat that is given to the air of a hall [W]; 1 W where none is."""
    racks = sum(rack.heat for rack in problem.racks)
    sources = sum(source.heat for source in problem.sources)
    fans = sum(unit.fan_power for unit in problem.units if not unit.failed)
    return max(racks + sources + fans, 1.0)
