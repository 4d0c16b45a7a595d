"""Physics checks that every solved hall undergoes: name, value, limit, verdict.

They judge the answer from outside, with nothing but the problem and the fields. A failed check does not stop
a run; it marks it.
"""

from __future__ import annotations

import numpy as np

from geometry.grid import Array
from solvers.air.device_physics import device_physics
from solvers.air.jets import face_losses
from solvers.air.monitors import settling
from solvers.air.problem import AirProblem, AirSolution, AirStatus
from solvers.air.readings import outflow
from solvers.air.reference import neutral_theta, reference_temperature
from solvers.air.tracers import FrozenFlow
from solvers.air.verdict import PhysicsCheck

__all__ = ["PhysicsCheck", "physics_checks"]

MASS = 1e-6  # imbalance of a region over the flow through it [-]: what every run promises
ENERGY = 1e-3  # |heat in - heat out| over heat in [-]: the same
BACKFLOW = 0.01  # of an exhaust's flow [-]; assumption
BAND = 0.01  # inlets beyond the coldest and the hottest air blown [K]; assumption
SPEED = 15.0  # in a hall [m/s]; assumption: three times the jets of a perforated tile
ENTROPY = 1e-7  # negative production over the heat capacity flow [-]; assumption: the tolerance of the fields
STRONG = 100.0  # loss coefficient beyond which a face's pressure drop is its own, not the flow's around it,
OWN = 0.5  # unless a jet hits it: the least drop of the face over the dynamic pressure beside it [-]
RESISTANCE = 0.1  # error of the drop that strong resistances deliver [-]; assumption


def physics_checks(
    problem: AirProblem, solution: AirSolution, frozen: FrozenFlow, *, drift_tolerance: float
) -> tuple[PhysicsCheck, ...]:
    """All checks that the problem has something to say about.

    drift_tolerance  [K] that the run's windows were judged with
    """
    found = [
        _mass(problem, solution, frozen),
        _envelope(problem, solution),
        PhysicsCheck(
            name="energy closure",
            value=solution.air_energy,
            limit=ENERGY,
            unit="-",
            meaning="|heat in - heat out| / heat in",
        ),
        _monitors(solution, drift_tolerance),
        PhysicsCheck(
            name="plausible velocities",
            value=max(float(np.abs(v).max()) for v in (solution.state.u, solution.state.v, solution.state.w)),
            limit=SPEED,
            unit="m/s",
            meaning="fastest velocity component anywhere",
        ),
        _second_law(problem, frozen),
    ]
    if problem.exhausts:
        found.append(_backflow(problem, solution))
    if problem.racks:
        found += _inlet_band(problem, solution)
    found += device_physics(problem, solution, frozen)
    found += _resistances(problem, solution)
    return tuple(found)


def _mass(problem: AirProblem, solution: AirSolution, frozen: FrozenFlow) -> PhysicsCheck:
    """Net flow through the surface of each connected body of air, from the velocities themselves."""
    grid, state = problem.raster.grid, solution.state
    dx, dy, dz = grid.dx, grid.dy[None, :, None], grid.dz[:, None, None]
    net = np.diff(state.u, axis=2) * dy * dz + np.diff(state.v, axis=1) * dx * dz
    net += np.diff(state.w, axis=0) * dx * dy
    lattice = frozen.lattice
    region = lattice.cells(lattice.region)
    fluid = region >= 0
    error = np.bincount(region[fluid], weights=net[fluid], minlength=lattice.n_regions)
    inside = lattice.region[lattice.fluid]
    through = np.bincount(inside, weights=frozen.inflow[lattice.fluid], minlength=lattice.n_regions)
    least = 1e-12 * max(float(through.max(initial=0.0)), 1e-12)
    return PhysicsCheck(
        name="mass of each region",
        value=float((np.abs(error) / np.maximum(through, least)).max()) if through.any() else 0.0,
        limit=MASS,
        unit="-",
        meaning=f"net flow over the flow through it, worst of {lattice.n_regions} bodies of air",
    )


def _envelope(problem: AirProblem, solution: AirSolution) -> PhysicsCheck:
    """No air through walls, solids and tight panels."""
    raster, state = problem.raster, solution.state
    worst = 0.0
    for axis, (closed, velocity) in enumerate(
        zip((raster.closed_x, raster.closed_y, raster.closed_z), (state.u, state.v, state.w), strict=True)
    ):
        tight = closed.copy()
        for port in raster.ports.values():
            if port.axis == axis:
                tight[port.k, port.j, port.i] = False
        worst = max(worst, float(np.abs(velocity[tight]).max(initial=0.0)))
    return PhysicsCheck(
        name="sealed envelope",
        value=worst,
        limit=0.0,
        unit="m/s",
        meaning="fastest air through a wall, a solid or a tight panel",
    )


def _monitors(solution: AirSolution, tolerance: float) -> PhysicsCheck:
    """Drift between the halves of the last window: of the worst rack, or of all if the flow moves on."""
    drift = settling(solution.history["inlets"], solution.window).drift
    value = float(np.abs(drift).max(initial=0.0))
    what = "worst drift of a rack's inlet over the last window"
    if solution.status is AirStatus.UNSTEADY:
        # half-window means of inlets that wander differ a little by chance: all racks together are judged
        value = float(np.sqrt(np.square(drift).mean())) if drift.size else 0.0
        what = "drift of the rack inlets over the last window, root mean square"
    if solution.status is AirStatus.NOT_CONVERGED:
        value = np.inf if value <= tolerance else value
    return PhysicsCheck(
        name="monitors settled",
        value=value,
        limit=tolerance,
        unit="K",
        meaning=f"{what}; {solution.status.value.replace('_', ' ')}",
    )


def _second_law(problem: AirProblem, frozen: FrozenFlow) -> PhysicsCheck:
    """Mixing makes entropy: what exhausts and racks take away is no less than what was blown in."""
    devices = frozen.devices
    temperature = frozen.theta + frozen.reference
    # of the fields themselves: the inlets of an unsteady run are means over its window
    drawn = devices.mean_inlet(frozen.theta[devices.read.cell], frozen.weights)
    outlet, _ = devices.outlet_theta(drawn)
    out = np.log(outlet + frozen.reference)
    back = np.array([e.backflow_temperature for e in problem.exhausts])[devices.exhaust.owner]
    made = (
        float((devices.intake_flow * np.log(temperature[devices.intake.cell])).sum())
        + float((np.maximum(frozen.outflow, 0.0) * np.log(temperature[devices.exhaust.cell])).sum())
        - float((devices.outlet_flow * out[devices.outlet.owner]).sum())
        - float((devices.supply_flow * np.log(devices.supply_theta + frozen.reference)).sum())
        - float((frozen.back * np.log(back)).sum())
    )
    for wall, conductance in zip(frozen.wall_cells, frozen.wall_conductance, strict=True):
        assert wall.theta is not None
        at = wall.theta + frozen.reference
        made -= float((conductance * (at - temperature[wall.cell])).sum()) / at
    made -= float((frozen.heat / temperature[devices.zones.cell]).sum())
    flow = float(frozen.inflow.sum()) + float(frozen.walls.sum())
    return PhysicsCheck(
        name="second law",
        value=-made / flow if flow > 0.0 else 0.0,
        limit=ENTROPY,
        unit="-",
        meaning="entropy destroyed by mixing, over the heat capacity flow of all devices",
    )


def _backflow(problem: AirProblem, solution: AirSolution) -> PhysicsCheck:
    flows = [outflow(problem.raster.ports[e.port], solution) for e in problem.exhausts]
    back = sum(float(np.maximum(-f, 0.0).sum()) for f in flows)
    out = sum(float(np.maximum(f, 0.0).sum()) for f in flows)
    return PhysicsCheck(
        name="no backflow through exhausts",
        value=back / out if out > 0.0 else float(back > 0.0),
        limit=BACKFLOW,
        unit="-",
        meaning="air that comes back through exhausts over the air that leaves",
    )


def _inlet_band(problem: AirProblem, solution: AirSolution) -> list[PhysicsCheck]:
    blown = [s.temperature for s in problem.supplies] + [*solution.rack_outlet, *solution.unit_supply]
    for source in problem.sources:
        zone = problem.raster.zones[source.zone]
        blown += solution.state.temperature[zone.k, zone.j, zone.i].tolist()
    blown += [w.temperature for w in problem.walls if w.temperature is not None]
    ports = problem.raster.ports
    for exhaust in problem.exhausts:
        if (outflow(ports[exhaust.port], solution) < 0.0).any():
            blown.append(exhaust.backflow_temperature)
    return [
        PhysicsCheck(
            name="inlets no colder than what is blown",
            value=min(blown) - float(solution.rack_inlet_mean.min()),
            limit=BAND,
            unit="K",
            meaning="coldest air blown less the coldest mean inlet",
        ),
        PhysicsCheck(
            name="inlets no hotter than what is blown",
            value=float(solution.rack_inlet_max.max()) - max(blown),
            limit=BAND,
            unit="K",
            meaning="hottest inlet face less the hottest air blown",
        ),
    ]


def _resistances(problem: AirProblem, solution: AirSolution) -> list[PhysicsCheck]:
    """Pressure drop across faces of strong resistance against K rho u|u| / 2, weighted with their flow."""
    raster, state, air = problem.raster, solution.state, problem.properties
    grid = raster.grid
    spread = ((1, 1, -1), (1, -1, 1), (-1, 1, 1))
    widths = (grid.dx, grid.dy, grid.dz)
    losses = face_losses(problem)
    closed = (raster.closed_x, raster.closed_y, raster.closed_z)
    speed = _mean_squares(state.u, 2) + _mean_squares(state.v, 1) + _mean_squares(state.w, 0)
    neutral = neutral_theta(problem, reference_temperature(problem)) + reference_temperature(problem)
    work, expected = 0.0, 0.0
    for axis, velocity in enumerate((state.u, state.v, state.w)):
        along = 2 - axis
        n = grid.shape[along]
        inner: Array = np.take(velocity, range(1, n), axis=along)
        loss = np.take(losses[axis], range(1, n), axis=along)
        strong = (loss > STRONG) & ~np.take(closed[axis], range(1, n), axis=along)
        beside = np.maximum(*(np.take(speed, range(m, m + n - 1), axis=along) for m in (0, 1)))
        strong &= loss * inner**2 > OWN * beside
        if not strong.any():
            continue
        drop = -np.diff(state.pressure, axis=along)
        if axis == 2:  # the column of air between the two cells, beyond that of neutral buoyancy
            lift = air.density * air.gravity * air.expansion * (state.temperature - neutral)
            half = 0.5 * lift * grid.dz[:, None, None]
            drop = drop + half[:-1] + half[1:]
        others = [a for a in range(3) if a != axis]
        area = widths[others[0]].reshape(spread[others[0]]) * widths[others[1]].reshape(spread[others[1]])
        flow = (inner * np.broadcast_to(area, inner.shape))[strong]
        work += float((flow * drop[strong]).sum())
        expected += float((flow * loss[strong] * inner[strong] * np.abs(inner[strong])).sum())
    expected *= 0.5 * air.density
    if expected == 0.0:
        return []
    return [
        PhysicsCheck(
            name="resistances deliver their pressure drop",
            value=abs(work / expected - 1.0),
            limit=RESISTANCE,
            unit="-",
            meaning=f"pressure work over that of K rho u^2 / 2, where K > {STRONG:g}",
        )
    ]


def _mean_squares(velocity: Array, along: int) -> Array:
    """In the cells, from the faces on both sides."""
    n = velocity.shape[along] - 1
    square: Array = velocity**2
    mean: Array = 0.5 * (np.take(square, range(n), axis=along) + np.take(square, range(1, n + 1), axis=along))
    return mean
