"""Whose air each rack breathes, which exhausts catch each rack's air, and what follows for temperatures.

The last device that air went through is its source. At frozen flow the shares do not depend on temperatures,
so rack inlets are linear in what the sources blow:

    inlet = S t_supply + R outlet + rest,        outlet = (1 - e) (inlet + heat / (rho cp flow)) + e t_door

with S and R the shares of supplies and racks, e the effectiveness of rear doors; `rest` are walls and air
that comes back through exhausts. `what_if` solves it: exact for the flow and the temperature limiter that
were solved. Buoyancy does not answer, so keep to changes that leave the flow alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geometry.errors import require, require_range
from geometry.grid import Array
from solvers.air.problem import AirProblem, AirSolution
from solvers.air.tracers import FrozenFlow, Source, solve_tracers, tracer_of

TOLERANCE = 1e-6  # change of a share in a sweep; shares of a row then miss 1 by some 1e-4 at 300,000 cells
MOST_SUPPLIES = 16  # beyond that, or where racks are grouped, supplies of one kind and temperature are one


@dataclass(frozen=True, slots=True, kw_only=True)
class Recirculation:
    """Shares of air by source, at a frozen flow.

    racks      names of the racks, in the order of the problem
    sources    in the order of the columns: supplies, racks or groups of them, air that comes back, walls
    inlet      (racks, sources) share of the air a rack breathes [-]; rows sum to 1
    exhausts   names of the exhaust ports
    leaving    (exhausts, sources) shares of the air that leaves [-]; NaN where none leaves
    captured   (racks or groups,) hot-aisle capture index [-]: share of what they blow out that exhausts take
               up directly, the rest is breathed again (VanGilder and Shrivastava 2007)
    closure    worst |sum of a row of `inlet` - 1|
    """

    racks: tuple[str, ...]
    sources: tuple[Source, ...]
    inlet: Array
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
        """(racks,) cold-aisle capture index [-]: share of a rack's air that comes from the supplies directly
        (VanGilder and Shrivastava, ASHRAE Trans. 113(1), 2007; all supplies of the room count as local)."""
        columns = [number for number, source in enumerate(self.sources) if source.supplies]
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
    flow = frozen.devices.rack_flow
    owner = frozen.devices.exhaust.owner
    carried = np.bincount(owner, weights=np.maximum(frozen.outflow, 0.0), minlength=len(problem.exhausts))
    captured = [
        float(np.nansum(carried * leaving[:, number]) / flow[list(source.racks)].sum())
        for number, source in enumerate(sources)
        if source.racks
    ]
    return Recirculation(
        racks=tuple(rack.name for rack in problem.racks),
        sources=sources,
        inlet=inlet,
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
            kind = re.sub(r"[-_ ]?\d+$", "", supply.port) or supply.port
            same = {s.temperature for s in problem.supplies if s.port.startswith(kind)}
            name = kind if len(same) == 1 else f"{kind} at {supply.temperature:g} K"
        found.setdefault(name, []).append(number)
    sources = [Source(name=name, supplies=tuple(numbers)) for name, numbers in found.items()]
    found = {}
    for number, rack in enumerate(problem.racks):
        require(groups is None or rack.name in groups, f"rack {rack.name}: it belongs to no group of racks")
        found.setdefault(rack.name if groups is None else groups[rack.name], []).append(number)
    sources += [Source(name=name, racks=tuple(numbers)) for name, numbers in found.items()]
    returning = np.bincount(
        frozen.devices.exhaust.owner, weights=frozen.back, minlength=len(problem.exhausts)
    )
    for number in np.flatnonzero(returning > 0.0).tolist():
        name = f"back through {problem.exhausts[number].port}"
        sources.append(Source(name=name, exhausts=(number,)))
    warm = [wall for wall in problem.walls if wall.temperature is not None]
    sources += [Source(name=f"wall {wall.name}", walls=(number,)) for number, wall in enumerate(warm)]
    return tuple(sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThermalResponse:
    """A hall's rack inlets as a linear function of rack heats and supply temperatures, at frozen flow.

    racks, supplies  names; a supply is a source of `Recirculation`
    matrix           (racks, racks) shares R; supply (racks, supplies) shares S
    heat             (racks,) as solved [W]; capacity rho cp flow [W/K]
    door             (racks,) effectiveness of rear doors [-]
    temperature      (supplies,) as solved [K]
    inlet            (racks,) flow-weighted means that the run reported [K]
    """

    racks: tuple[str, ...]
    supplies: tuple[str, ...]
    matrix: Array
    supply: Array
    heat: Array
    capacity: Array
    door: Array
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
        # what racks and supplies blow more than before, then through all passes of the air
        rise: Array = (1.0 - self.door) * (heats - self.heat) / self.capacity
        first = self.supply @ (supplies - self.temperature) + self.matrix @ rise
        passes = np.eye(len(self.racks)) - self.matrix * (1.0 - self.door)
        inlet: Array = self.inlet + np.linalg.solve(passes, first)
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

    Raises InputError when `traced` groups its racks.
    """
    require(
        traced.per_rack,
        "recirculation by groups of racks: a what-if needs every rack as a source",
        hint="trace with groups=None",
    )
    from_racks = [number for number, source in enumerate(traced.sources) if source.racks]
    from_supplies = [number for number, source in enumerate(traced.sources) if source.supplies]
    air = problem.properties
    return ThermalResponse(
        racks=traced.racks,
        supplies=tuple(traced.names[number] for number in from_supplies),
        matrix=traced.inlet[:, from_racks],
        supply=traced.inlet[:, from_supplies],
        heat=np.array([rack.heat for rack in problem.racks]),
        capacity=air.density * air.heat_capacity * np.array([rack.flow for rack in problem.racks]),
        door=np.array([rack.door_effectiveness for rack in problem.racks]),
        temperature=np.array(
            [problem.supplies[traced.sources[number].supplies[0]].temperature for number in from_supplies]
        ),
        inlet=solution.rack_inlet_mean.copy(),
    )
