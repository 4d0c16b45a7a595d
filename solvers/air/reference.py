"""What temperatures count from: the solver's zero, and the level of neutral buoyancy."""

from __future__ import annotations

from solvers.air.problem import AirProblem, PorousRack, ThroughFlow
from solvers.air.units import water_temperature


def reference_temperature(problem: AirProblem) -> float:
    """Temperature [K] that the solver counts from: the coldest of supplies, doors, units and walls."""
    cold = [s.temperature for s in problem.supplies]
    doors = [r for r in problem.racks if isinstance(r, ThroughFlow) and r.has_door]
    cold += [rack.door_temperature for rack in doors]
    cold += [water_temperature(u) if u.set_point is None else u.set_point for u in problem.units]
    cold += [w.temperature for w in problem.walls if w.temperature is not None]
    return min(cold, default=problem.properties.temperature)


def neutral_theta(problem: AirProblem, reference: float) -> float:
    """Temperature of neutral buoyancy above the reference [K].

    An even pressure over an exhaust means: even against a column of the air that leaves through it. So the
    column is at the return temperature that the heat balance gives, not at an arbitrary one.
    """
    if not problem.exhausts or not problem.supplies:
        return problem.properties.temperature - reference
    air = problem.properties
    total = sum(s.flow for s in problem.supplies)
    mean = sum(s.flow * s.temperature for s in problem.supplies) / total
    net = sum(r.heat for r in problem.racks if isinstance(r, PorousRack) or not r.has_door)
    net += sum(s.heat for s in problem.sources)
    return mean + net / (air.density * air.heat_capacity * total) - reference
