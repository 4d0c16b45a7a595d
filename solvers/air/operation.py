"""What answers the air while it is being solved: fans on their curves, valves, the level of sealed halls.

Each is a small update of arrays in `Devices`, once an iteration. None of them moves once its balance holds,
so the converged answer does not depend on how they step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array
from solvers.air.boundaries import WallCells
from solvers.air.devices import Devices, impose_velocities
from solvers.air.fans import operating_flow, pressure_rise, whole_curve
from solvers.air.lattice import Flags, Triple
from solvers.air.system import Fields, FlowSystem
from solvers.air.walls import wall_conductance

FAN_STEP = 0.5  # of a Newton step towards the operating point
FORGETTING = 0.8  # of the room's answer to an earlier change, an iteration
SMALLEST_CHANGE = 1e-4  # of the fan's range, to judge that answer by
LARGEST_FAN_STEP = 0.1  # of the fan's range of flow in an iteration
SETTLED = 2e-3  # distance of a fan from its curve over its range of flow [-], before a run may end
LEVEL_STEP = 0.7  # of the shift that would close the heat balance of a sealed hall
LARGEST_LEVEL_STEP = 5.0  # K


def static_rise(devices: Devices, pressure: Array, density: float) -> Array:
    """(n,) static pressure at outlets less that at intakes [Pa], of racks with fans and units.

    pressure  kinematic, flat [m2/s2]
    """
    n = devices.flow.size
    rise = np.zeros(n)
    for faces, sign in ((devices.outlet, density), (devices.intake, -density)):
        rise += sign * np.bincount(faces.owner, faces.share(n) * pressure[faces.cell], minlength=n)
    return rise


def update_flows(system: FlowSystem, fields: Fields) -> None:
    """Move fans with a curve towards the flow at which curve and room agree; impose the velocities.

    Newton's step on f(Q) - dp(Q) with the slope of the curve and that of the room: 2 dp / Q where its losses
    grow with the square of the flow, or what the last change of all fans together has cost, if that is more.
    That is mostly the inertia of the air, which passes; damping waits for it.
    """
    devices = system.devices
    read_flows(system, fields)
    if devices.fans:
        flow = devices.flow.copy()
        rise = static_rise(devices, fields.pressure, system.problem.properties.density)
        last_flow, last_rise, stiffness = devices.answer
        for number, curve in devices.fans:
            flows, _ = whole_curve(curve)
            q = float(flow[number])
            offered, slope = pressure_rise(curve, q)
            change = q - last_flow[number]
            stiffness[number] *= FORGETTING
            if abs(change) > SMALLEST_CHANGE * flows[-1]:
                stiffness[number] = max(stiffness[number], (rise[number] - last_rise[number]) / change)
            room = max(2.0 * abs(float(rise[number])) / max(q, 0.05 * flows[-1]), stiffness[number])
            reach = LARGEST_FAN_STEP * flows[-1]
            step = FAN_STEP * (offered - float(rise[number])) / (room - slope)
            flow[number] = np.clip(q + np.clip(step, -reach, reach), flows[0], flows[-1])
        last_flow[:], last_rise[:] = devices.flow, rise
        devices.set_flow(flow)
        impose_velocities(devices, fields.velocity)


def adopt_flows(devices: Devices, velocity: Triple) -> None:
    """Start fans with a curve from the velocities of an earlier answer."""
    if not devices.fans:
        return
    flow = devices.flow.copy()
    blown = np.bincount(
        devices.outlet.owner, devices.outlet.inflow(velocity) * devices.outlet.area, minlength=flow.size
    )
    for number, curve in devices.fans:
        flow[number] = np.clip(blown[number], *whole_curve(curve)[0][[0, -1]])
    devices.set_flow(flow)


def read_flows(system: FlowSystem, fields: Fields) -> None:
    """Take the flows of porous racks from the present fluxes."""
    devices = system.devices
    if devices.porous.any():
        devices.flow[devices.porous] = porous_flow(devices, fields.flux)[devices.porous]


def porous_flow(devices: Devices, flux: Triple) -> Array:
    """(n,) net flow through porous racks from front to rear [m3/s], mean of both faces; 0 for the others."""
    n = devices.flow.size
    entering = -np.bincount(devices.front.owner, weights=devices.front.inflow(flux), minlength=n)
    leaving = np.bincount(devices.rear.owner, weights=devices.rear.inflow(flux), minlength=n)
    return np.asarray(0.5 * (entering + leaving), dtype=np.float64)


def off_curve(devices: Devices, pressure: Array, density: float) -> float:
    """Worst distance of a fan's flow from its curve at the static pressure it meets, over its range [-]."""
    worst = 0.0
    if devices.fans:
        rise = static_rise(devices, pressure, density)
        for number, curve in devices.fans:
            expected, _ = operating_flow(curve, float(rise[number]))
            worst = max(worst, abs(float(devices.flow[number]) - expected) / whole_curve(curve)[0][-1])
    return worst


def fans_settled(system: FlowSystem, fields: Fields) -> bool:
    """Whether all fans stand on their curves."""
    density = system.problem.properties.density
    return off_curve(system.devices, fields.pressure, density) < SETTLED


def step_controls(system: FlowSystem, fields: Fields) -> None:
    """Move the valves of units that hold the temperature of their return."""
    devices = system.devices
    if devices.units.holds_return.any():
        inlet = devices.inlet_theta(fields.theta, fields.flux)[devices.racks :]
        devices.units.step_control(devices.flow[devices.racks :], inlet)


def correct_level(system: FlowSystem, fields: Fields) -> float:
    """Shift the temperature of bodies of air without exhaust so that their heat balances close; the largest
    shift [K].

    Their level is found by the heat exchangers alone, pass by pass of the whole air: slow by sweeps. Where
    a valve holds a set point it fixes the level, and nothing is done.
    """
    devices = system.devices
    largest = 0.0
    for sealed in devices.sealed:
        excess, answer = _level_balance(system, fields, sealed)
        if answer <= 0.0:
            continue
        shift = float(np.clip(LEVEL_STEP * excess / answer, -LARGEST_LEVEL_STEP, LARGEST_LEVEL_STEP))
        fields.theta[sealed] += shift
        largest = max(largest, abs(shift))
    return largest


def _level_balance(system: FlowSystem, fields: Fields, sealed: Flags) -> tuple[float, float]:
    """Heat given to the air of the cells `sealed` over rho cp [K m3/s], and what a kelvin more would carry
    off [m3/s]; 0 for the latter where a valve holds a set point."""
    devices = system.devices
    inlet = devices.inlet_theta(fields.theta, fields.flux)
    outlet, _ = devices.outlet_theta(inlet)
    inside = np.zeros(devices.flow.size, dtype=bool)
    inside[devices.intake.owner] = sealed[devices.intake.cell]
    units = devices.units
    ours = inside[devices.racks :]
    flow = devices.flow[devices.racks :]
    drawn = inlet[devices.racks :]
    if (units.holding(flow, drawn) & ours & (flow > 0.0)).any():
        return 0.0, 0.0
    excess = float((devices.flow * (outlet - inlet))[inside].sum())
    taking = devices.door_effectiveness.copy()
    taking[devices.racks :] = np.where(units.cooling(flow, drawn) > 0.0, units.effectiveness, 0.0)
    answer = float((devices.flow * taking)[inside].sum())
    zones = devices.zones
    excess += float(zones.given(fields.flux)[sealed[zones.cell]].sum())
    if system.given is not None:
        excess += float(system.given.warming[sealed].sum())
    for wall in system.walls:
        if wall.theta is not None:
            conductance, at = _wall(system, fields, wall, sealed)
            excess += float((conductance * (wall.theta - fields.theta[at])).sum())
            answer += float(conductance.sum())
    return excess, answer


def _wall(
    system: FlowSystem, fields: Fields, wall: WallCells, sealed: Flags
) -> tuple[Array, NDArray[np.int64]]:
    conductance = wall_conductance(fields.viscosity, fields.k, wall, system.problem.properties)
    inside = sealed[wall.cell]
    return conductance[inside], wall.cell[inside]
