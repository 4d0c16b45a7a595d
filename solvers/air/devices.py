"""Devices on the lattice: which faces blow or draw, with which velocity and at which temperature.

Temperatures here are `theta`, kelvin above a reference chosen by the solver: differences of small numbers
keep the energy balance exact to round-off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array
from geometry.raster import Port
from solvers.air.lattice import Lattice, Triple
from solvers.air.problem import AirProblem

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """Faces of many ports, one entry a face.

    owner   which device of its list the face belongs to
    axis    the axis it is normal to; node: its flat index in the face arrays of that axis
    cell    flat index of the air cell before it; inward: +1 if air blown in has positive velocity
    """

    owner: Ints
    axis: Ints
    node: Ints
    cell: Ints
    inward: Array
    area: Array

    def on_axis(self, axis: int) -> NDArray[np.intp]:
        return np.flatnonzero(self.axis == axis)

    def total_area(self, owners: int) -> Array:
        return np.bincount(self.owner, weights=self.area, minlength=owners).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """All devices of a problem as arrays."""

    supply: Faces
    supply_flow: Array  # of each face [m3/s]
    supply_theta: Array  # of each face [K]
    exhaust: Faces
    exhaust_theta: Array  # of air drawn back in, of each face [K]
    intake: Faces
    outlet: Faces
    intake_flow: Array  # of each face [m3/s]
    outlet_flow: Array  # of each face [m3/s]
    rack_flow: Array  # of each rack [m3/s]
    rack_rise: Array  # heat / (rho cp flow) of each rack [K]
    rack_gain: Array  # how much of its inlet's change a rack's outlet follows; 1 unless servers store heat
    door_effectiveness: Array
    door_theta: Array
    capacity: float  # rho cp [J/m3/K]

    def inlet_theta(self, theta: Array) -> Array:
        """Flow-weighted mean temperature of the air each rack draws [K]."""
        n = self.rack_flow.size
        total = np.bincount(
            self.intake.owner, weights=self.intake.area * theta[self.intake.cell], minlength=n
        )
        return total / self.intake.total_area(n)

    def outlet_theta(self, inlet: Array) -> tuple[Array, Array]:
        """Temperature each rack blows out [K], and heat its rear door takes [W]."""
        hot = self.rack_gain * inlet + self.rack_rise
        out = hot - self.door_effectiveness * (hot - self.door_theta)
        return out, self.capacity * self.rack_flow * (hot - out)


def gather_faces(lattice: Lattice, ports: list[Port]) -> Faces:
    """One record of all faces of `ports`; owner is the position in the list."""
    if not ports:
        none = np.zeros(0, dtype=np.int64)
        return Faces(owner=none, axis=none, node=none, cell=none, inward=np.zeros(0), area=np.zeros(0))
    return Faces(
        owner=np.concatenate([np.full(p.k.size, number, dtype=np.int64) for number, p in enumerate(ports)]),
        axis=np.concatenate([np.full(p.k.size, p.axis, dtype=np.int64) for p in ports]),
        node=np.concatenate([lattice.index(p.k, p.j, p.i) for p in ports]),
        cell=np.concatenate([lattice.index(*p.cells) for p in ports]),
        inward=np.concatenate([np.full(p.k.size, float(p.inward)) for p in ports]),
        area=np.concatenate([p.area for p in ports]),
    )


def build_devices(problem: AirProblem, lattice: Lattice, reference: float) -> Devices:
    """Arrays of the problem's devices; `reference` [K] is where theta is zero."""
    ports = problem.raster.ports
    supply = gather_faces(lattice, [ports[s.port] for s in problem.supplies])
    exhaust = gather_faces(lattice, [ports[e.port] for e in problem.exhausts])
    intake = gather_faces(lattice, [ports[r.intake] for r in problem.racks])
    outlet = gather_faces(lattice, [ports[r.exhaust] for r in problem.racks])
    capacity = problem.properties.density * problem.properties.heat_capacity

    def column(values: list[float]) -> Array:
        return np.array(values, dtype=np.float64)

    def per_face(faces: Faces, values: Array) -> Array:
        share = faces.area / faces.total_area(values.size)[faces.owner]
        return values[faces.owner] * share

    flow = column([r.flow for r in problem.racks])
    heat = column([r.heat for r in problem.racks])
    return Devices(
        supply=supply,
        supply_flow=per_face(supply, column([s.flow for s in problem.supplies])),
        supply_theta=column([s.temperature - reference for s in problem.supplies])[supply.owner],
        exhaust=exhaust,
        exhaust_theta=column([e.backflow_temperature - reference for e in problem.exhausts])[exhaust.owner],
        intake=intake,
        outlet=outlet,
        intake_flow=per_face(intake, flow),
        outlet_flow=per_face(outlet, flow),
        rack_flow=flow,
        rack_rise=np.divide(heat, capacity * flow, out=np.zeros_like(heat), where=flow > 0),
        rack_gain=np.ones_like(heat),
        door_effectiveness=column([r.door_effectiveness for r in problem.racks]),
        door_theta=column([r.door_temperature - reference for r in problem.racks]),
        capacity=capacity,
    )


def impose_velocities(devices: Devices, velocity: Triple) -> None:
    """Write the fixed face velocities of supplies and racks into (u, v, w)."""
    for faces, flow, sign in (
        (devices.supply, devices.supply_flow, +1.0),
        (devices.outlet, devices.outlet_flow, +1.0),
        (devices.intake, devices.intake_flow, -1.0),
    ):
        for axis in range(3):
            on = faces.on_axis(axis)
            velocity[axis][faces.node[on]] = sign * faces.inward[on] * flow[on] / faces.area[on]


def exhaust_outflow(devices: Devices, flux: Triple) -> Array:
    """Volume flow leaving through each exhaust face [m3/s]; negative where air comes back."""
    faces = devices.exhaust
    out = np.zeros(faces.node.size)
    for axis in range(3):
        on = faces.on_axis(axis)
        out[on] = -faces.inward[on] * flux[axis][faces.node[on]]
    return out
