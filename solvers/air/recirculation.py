"""Whose air each rack breathes, which exhausts catch each rack's air, and what follows for temperatures.

The last device that air went through is its source. At frozen flow the shares do not depend on temperatures,
so rack inlets are linear in what the sources blow:

    inlet = S t_supply + R outlet + rest,        outlet = (1 - e) (inlet + heat / (rho cp flow)) + e t_door

with S the shares of supplies, R those of racks and cooling units, e the effectiveness of rear doors; `rest`
are walls, heat sources and air that comes back through exhausts. A unit without control, or whose valve is
full open, has the effectiveness of its coil as e; one that holds its supply blows what it is set to, one that
holds its return blows what that takes. `what_if` solves it: exact for the flow, the temperature limiter and
the states of the valves that were solved, except that the air which leaves a porous rack is taken as mixed.
Buoyancy does not answer, so keep to changes that leave the flow alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require, require_range
from geometry.grid import Array
from solvers.air.devices import door_share
from solvers.air.problem import AirProblem, AirSolution
from solvers.air.tracers import FrozenFlow, Source, solve_tracers, tracer_of
from solvers.air.units import build_units

TOLERANCE = 1e-6  # change of a share in a sweep; shares of a row then miss 1 by some 1e-4 at 300,000 cells
MOST_SUPPLIES = 16  # beyond that, or where racks are grouped, supplies of one kind and temperature are one


@dataclass(frozen=True, slots=True, kw_only=True)
class Recirculation:
    """Shares of air by source, at a frozen flow.

    racks      names of the racks, in the order of the problem
    sources    in the order of the columns: supplies, racks or groups of them, cooling units, air that comes
               back, walls
    inlet      (racks, sources) share of the air a rack breathes [-]; rows sum to 1
    units      names of the cooling units; drawn: (units, sources) shares of what each draws
    exhausts   names of the exhaust ports
    leaving    (exhausts, sources) shares of the air that leaves [-]; NaN where none leaves
    captured   (racks or groups,) hot-aisle capture index [-]: share of what they blow out that exhausts and
               units take up directly, the rest is breathed again (VanGilder and Shrivastava 2007)
    closure    worst |sum of a row of `inlet` - 1|
    """

    racks: tuple[str, ...]
    sources: tuple[Source, ...]
    inlet: Array
    units: tuple[str, ...]
    drawn: Array
    exhausts: tuple[str, ...]
    leaving: Array
    captured: Array

    @property
    def closure(self) -> float:
        return float(np.abs(self.inlet.sum(axis=1) - 1.0).max(initial=0.0))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(source.name for source in self.sources)

    @property
    def per_rack(self) -> bool:
        """Whether every rack is a source of its own, as `what_if` needs."""
        return sum(bool(s.racks) for s in self.sources) == len(self.racks)

    @property
    def capture_cold(self) -> Array:
        """(racks,) cold-aisle capture index [-]: share of a rack's air directly from supplies or units
        (VanGilder and Shrivastava, ASHRAE Trans. 113(1), 2007; all those of the room count as local)."""
        columns = [number for number, source in enumerate(self.sources) if source.supplies or source.units]
        total: Array = self.inlet[:, columns].sum(axis=1)
        return total


def recirculation(
    frozen: FrozenFlow,
    *,
    groups: Mapping[str, str] | None = None,
    tolerance: float = TOLERANCE,
) -> Recirculation:
    """Trace every source of `frozen`.

    groups     name of the group that each rack belongs to, by rack name; None: every rack is a source
    tolerance  change of a share in a sweep at which to stop [-]

    Raises InputError when a rack has no group, SolverError when the tracers do not settle.
    """
    problem = frozen.problem
    require_range("tolerance of the tracers", tolerance, 1e-15, 1e-2, "-")
    sources = _sources(frozen, groups)
    tracers = [tracer_of(frozen, source) for source in sources]
    inlet, leaving, _ = solve_tracers(frozen, tracers, tolerance=tolerance)
    flow, racks = frozen.devices.flow, len(problem.racks)
    owner = frozen.devices.exhaust.owner
    carried = np.bincount(owner, weights=np.maximum(frozen.outflow, 0.0), minlength=len(problem.exhausts))
    captured = [
        float(
            (np.nansum(carried * leaving[:, number]) + (flow[racks:] * inlet[racks:, number]).sum())
            / flow[list(source.racks)].sum()
        )
        for number, source in enumerate(sources)
        if source.racks
    ]
    return Recirculation(
        racks=tuple(rack.name for rack in problem.racks),
        sources=sources,
        inlet=inlet[:racks],
        units=tuple(unit.name for unit in problem.units),
        drawn=inlet[racks:],
        exhausts=tuple(exhaust.port for exhaust in problem.exhausts),
        leaving=leaving,
        captured=np.array(captured),
    )


def _sources(frozen: FrozenFlow, groups: Mapping[str, str] | None) -> tuple[Source, ...]:
    problem = frozen.problem
    found: dict[str, list[int]] = {}
    for number, supply in enumerate(problem.supplies):
        name = supply.port
        if groups is not None or len(problem.supplies) > MOST_SUPPLIES:
            kind = _kind(supply.port)
            same = {s.temperature for s in problem.supplies if s.port.startswith(kind)}
            name = kind if len(same) == 1 else f"{kind} at {supply.temperature:g} K"
        found.setdefault(name, []).append(number)
    sources = [Source(name=name, supplies=tuple(numbers)) for name, numbers in found.items()]
    found = {}
    for number, rack in enumerate(problem.racks):
        require(groups is None or rack.name in groups, f"rack {rack.name}: it belongs to no group of racks")
        found.setdefault(rack.name if groups is None else groups[rack.name], []).append(number)
    sources += [Source(name=name, racks=tuple(numbers)) for name, numbers in found.items()]
    found = {}
    for number, unit in enumerate(problem.units):
        name = unit.name if groups is None else _kind(unit.name)
        found.setdefault(name, []).append(number)
    sources += [Source(name=name, units=tuple(numbers)) for name, numbers in found.items()]
    returning = np.bincount(
        frozen.devices.exhaust.owner, weights=frozen.back, minlength=len(problem.exhausts)
    )
    for number in np.flatnonzero(returning > 0.0).tolist():
        name = f"back through {problem.exhausts[number].port}"
        sources.append(Source(name=name, exhausts=(number,)))
    warm = [wall for wall in problem.walls if wall.temperature is not None]
    sources += [Source(name=f"wall {wall.name}", walls=(number,)) for number, wall in enumerate(warm)]
    return tuple(sources)


def _kind(name: str) -> str:
    """A name without its number: 'fan-wall-12' -> 'fan-wall'."""
    return re.sub(r"[-_ ]?\d+$", "", name) or name


@dataclass(frozen=True, slots=True, kw_only=True)
class ThermalResponse:
    """A hall's rack inlets as a linear function of rack heats and supply temperatures, at frozen flow.

    racks, supplies  names; a supply is a source of `Recirculation`
    matrix           (n, n) shares R, n counting racks, then cooling units; supply (n, supplies) shares S
    heat             (racks,) as solved [W]; capacity rho cp flow [W/K]
    passed           (n,) what each blows more for a kelvin more that it draws [-]
    held             (n,) whether a valve holds the temperature of what is drawn
    temperature      (supplies,) as solved [K]
    inlet            (racks,) flow-weighted means that the run reported [K]
    """

    racks: tuple[str, ...]
    supplies: tuple[str, ...]
    matrix: Array
    supply: Array
    heat: Array
    capacity: Array
    passed: Array
    held: NDArray[np.bool_]
    temperature: Array
    inlet: Array

    def what_if(
        self,
        heat: Mapping[str, float] | Array | None = None,
        *,
        supply_temperature: Mapping[str, float] | float | None = None,
    ) -> Array:
        """(racks,) mean inlet temperatures [K] for other rack heats [W] or supply temperatures [K].

        heat                by rack name (the others keep theirs), or (racks,)
        supply_temperature  by supply name (the others keep theirs), or one for all

        Air flows stay as they were solved, buoyancy included. Raises InputError for an unknown name, a
        negative heat or a temperature out of range.
        """
        heats = self._heats(heat)
        supplies = self._supplies(supply_temperature)
        # what supplies and heats change at first, then through all passes of the air: what is blown more
        racks = len(self.racks)
        first = self.supply @ (supplies - self.temperature)
        rise = self.passed * first
        flowing = self.capacity > 0.0
        warmer = np.divide(heats - self.heat, self.capacity, out=np.zeros(racks), where=flowing)
        rise[:racks] += self.passed[:racks] * warmer
        held = self.held[:, None]
        passes = np.where(held, self.matrix, np.eye(rise.size) - self.passed[:, None] * self.matrix)
        blown = np.linalg.solve(passes, np.where(self.held, -first, rise))
        inlet: Array = self.inlet + (first + self.matrix @ blown)[:racks]
        return inlet

    def _heats(self, heat: Mapping[str, float] | Array | None) -> Array:
        values = self.heat.copy()
        if isinstance(heat, Mapping):
            for name, value in heat.items():
                values[_place(name, self.racks, "rack")] = value
        elif heat is not None:
            values = np.asarray(heat, dtype=np.float64)
            require(
                values.shape == self.heat.shape,
                f"rack heats: shape {values.shape}, the hall has {len(self.racks)} racks",
            )
        for name, value in zip(self.racks, values, strict=True):
            require_range("air heat", float(value), 0.0, 1e7, "W", element=f"rack {name}")
        return values

    def _supplies(self, given: Mapping[str, float] | float | None) -> Array:
        values = self.temperature.copy()
        if isinstance(given, Mapping):
            for name, value in given.items():
                values[_place(name, self.supplies, "supply")] = value
        elif given is not None:
            values[:] = given
        for name, value in zip(self.supplies, values, strict=True):
            require_range("supply temperature", float(value), 230.0, 390.0, "K", element=f"supply {name}")
        return values


def _place(name: str, names: tuple[str, ...], kind: str) -> int:
    known = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    require(name in names, f"{kind} {name!r}: not in this hall", hint=f"one of {known}")
    return names.index(name)


def thermal_response(problem: AirProblem, solution: AirSolution, traced: Recirculation) -> ThermalResponse:
    """The linear answer of `solution` to other heats and supply temperatures.

    Raises InputError when `traced` groups its racks and units.
    """
    require(
        traced.per_rack,
        "recirculation by groups of racks: a what-if needs every rack as a source",
        hint="trace with groups=None",
    )
    through = [number for number, source in enumerate(traced.sources) if source.racks or source.units]
    from_supplies = [number for number, source in enumerate(traced.sources) if source.supplies]
    air = problem.properties
    units = build_units(problem, 0.0)
    units.follow_flow(solution.unit_flow)
    hold = units.holds_return
    units.supply[hold] = solution.unit_supply[hold]
    holding = units.holding(solution.unit_flow, solution.unit_return)
    open_ = units.cooling(solution.unit_flow, solution.unit_return) > 0.0
    passed = np.where(open_, 1.0 - units.effectiveness, 1.0)
    capacity = air.density * air.heat_capacity
    doors = [
        door_share(rack, flow, capacity) for rack, flow in zip(problem.racks, solution.rack_flow, strict=True)
    ]
    shares = np.concatenate([traced.inlet, traced.drawn])
    return ThermalResponse(
        racks=traced.racks,
        supplies=tuple(traced.names[number] for number in from_supplies),
        matrix=shares[:, through],
        supply=shares[:, from_supplies],
        heat=np.array([rack.heat for rack in problem.racks]),
        capacity=capacity * solution.rack_flow,
        passed=np.concatenate([1.0 - np.array(doors), np.where(holding, 0.0, passed)]),
        held=np.concatenate([np.zeros(len(doors), dtype=bool), holding & hold]),
        temperature=np.array(
            [problem.supplies[traced.sources[number].supplies[0]].temperature for number in from_supplies]
        ),
        inlet=solution.rack_inlet_mean.copy(),
    )
