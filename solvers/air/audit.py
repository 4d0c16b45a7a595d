"""What is read from the fields: rack inlets, exhaust temperatures, and the balance of heat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers.air.devices import exhaust_outflow
from solvers.air.kernels import scatter
from solvers.air.system import Fields, FlowSystem
from solvers.air.walls import wall_conductance

LEVELS = (1.0 / 6.0, 0.5, 5.0 / 6.0)  # of a rack's height: bottom, middle, top


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatBalance:
    """Heat of one state of the fields [W]."""

    racks: float  # released by racks net of their doors, and by heat sources
    walls: float  # given by walls at fixed temperature, and by a forcing
    out: float  # carried off by the exhausts above the supplies, and by units net of their fans
    scale: float  # what an error is measured against

    @property
    def error(self) -> float:
        """Heat in minus heat out [W]: storage, or an error of a steady state."""
        return self.racks + self.walls - self.out

    @property
    def closure(self) -> float:
        """|in - out| / in of a steady state [-]."""
        return abs(self.error) / self.scale


def heat_balance(system: FlowSystem, fields: Fields, inlet: Array | None = None) -> HeatBalance:
    """Heat given to the air by racks, sources and walls, and carried off by exhausts and cooling units.

    inlet  what racks and units draw, above the reference [K], where it is known
    """
    devices, theta = system.devices, fields.theta
    if inlet is None:
        inlet = devices.inlet_theta(theta, fields.flux)
    outlet, _ = devices.outlet_theta(inlet)
    gained = devices.capacity * devices.flow * (outlet - inlet)
    released = float(devices.zones.heat.sum())
    racks = (
        float(gained[: devices.racks][~devices.porous[: devices.racks]].sum()) + devices.capacity * released
    )
    outflow = exhaust_outflow(devices, fields.flux)
    carried = np.where(outflow > 0.0, theta[devices.exhaust.cell], devices.exhaust_theta)
    brought = float((devices.supply_flow * devices.supply_theta).sum())
    out = devices.capacity * (float((outflow * carried).sum()) - brought)
    out -= float(gained[devices.racks :].sum())
    walls = 0.0
    gross = 0.0
    for wall in system.walls:
        if wall.theta is not None:
            conductance = wall_conductance(fields.viscosity, fields.k, wall, system.problem.properties)
            given = conductance * (wall.theta - theta[wall.cell])
            passing = wall.inflow * np.where(wall.inflow > 0.0, wall.theta, theta[wall.cell])
            each = devices.capacity * (given + passing)
            walls += float(each.sum())
            gross += float(np.maximum(each, 0.0).sum())
    if system.given is not None:
        each = devices.capacity * system.given.warming
        walls += float(each.sum())
        gross += float(np.maximum(each, 0.0).sum())
    flow = float(devices.supply_flow.sum()) + float(devices.flow.sum())
    flow += sum(float(np.maximum(wall.inflow, 0.0).sum()) for wall in system.walls)
    design = devices.capacity * float(devices.heat.sum())
    mixing = devices.capacity * float((devices.supply_flow * np.abs(devices.supply_theta)).sum())
    # a design rise of 10 K stands in where nothing is heated
    design = max(design, 10.0 * devices.capacity * flow)
    scale = max(abs(racks), gross, mixing if racks == 0.0 else 0.0, 1e-12 * design, 1e-300)
    return HeatBalance(racks=racks, walls=walls, out=out, scale=scale)


def return_theta(system: FlowSystem, fields: Fields) -> float:
    """Flow-weighted temperature of the air leaving through all exhausts; without any, of what units draw."""
    devices = system.devices
    outflow = np.maximum(exhaust_outflow(devices, fields.flux), 0.0)
    leaving = fields.theta[devices.exhaust.cell]
    if not outflow.any():
        outflow = devices.flow[devices.racks :]
        leaving = devices.inlet_theta(fields.theta, fields.flux)[devices.racks :]
    total = float(outflow.sum())
    return float((outflow * leaving).sum()) / total if total > 0.0 else float("nan")


def levelled_pressure(system: FlowSystem, fields: Fields) -> Array:
    """Kinematic pressure, flat; of bodies of air without exhaust above their own mean."""
    lattice = system.lattice
    pressure = fields.pressure.copy()
    anchored = set(np.unique(lattice.region[system.devices.exhaust.cell]).tolist())
    for label in set(range(lattice.n_regions)) - anchored:
        cells = np.flatnonzero(lattice.region == label)
        pressure[cells] -= np.average(pressure[cells], weights=lattice.volume[cells])
    return pressure


def exhaust_flows(system: FlowSystem, fields: Fields) -> dict[str, float]:
    """Net flow leaving through each exhaust port [m3/s]."""
    outflow = exhaust_outflow(system.devices, fields.flux)
    owner = system.devices.exhaust.owner
    total = np.bincount(owner, weights=outflow, minlength=len(system.problem.exhausts))
    return {e.port: float(f) for e, f in zip(system.problem.exhausts, total, strict=True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class InletReading:
    """Temperatures at the intakes of racks, then units, above the reference [K]."""

    mean: Array
    highest: Array
    bottom: Array
    middle: Array
    top: Array


def read_inlets(system: FlowSystem, fields: Fields, face_theta: Array) -> InletReading:
    """Inlet temperatures from those at the faces of `Devices.read`."""
    devices, lattice = system.devices, system.lattice
    faces, n = devices.read, devices.flow.size
    plane = lattice.stride[2]
    z = lattice.centre[2][faces.cell // plane]
    mean = devices.mean_inlet(face_theta, devices.weights(fields.flux))
    highest = np.full(n, -np.inf)
    scatter.raise_at(faces.owner, face_theta, highest)
    levels = np.zeros((3, n))
    order = np.argsort(faces.owner, kind="stable")
    ends = np.searchsorted(faces.owner[order], np.arange(n + 1))
    for rack in range(n):
        own = order[ends[rack] : ends[rack + 1]]
        heights, row = np.unique(z[own], return_inverse=True)
        area = np.bincount(row, weights=faces.area[own])
        profile = np.bincount(row, weights=faces.area[own] * face_theta[own]) / area
        k = faces.cell[own] // plane
        low, high = lattice.face[2][k.min()], lattice.face[2][k.max() + 1]
        levels[:, rack] = np.interp([low + f * (high - low) for f in LEVELS], heights, profile)
    return InletReading(mean=mean, highest=highest, bottom=levels[0], middle=levels[1], top=levels[2])
