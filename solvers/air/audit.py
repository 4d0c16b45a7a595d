"""What is read from the fields: rack inlets, exhaust temperatures, and the balance of heat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers.air.devices import exhaust_outflow
from solvers.air.flow import Fields, FlowSystem
from solvers.air.heat import wall_conductance

LEVELS = (1.0 / 6.0, 0.5, 5.0 / 6.0)  # of a rack's height: bottom, middle, top


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatBalance:
    """Heat of one state of the fields [W]."""

    racks: float  # released by the racks net of their doors
    walls: float  # given by walls at fixed temperature, and by a forcing
    out: float  # carried off by the exhausts above the supplies
    scale: float  # what an error is measured against

    @property
    def error(self) -> float:
        """Heat in minus heat out [W]: storage, or an error of a steady state."""
        return self.racks + self.walls - self.out

    @property
    def closure(self) -> float:
        """|in - out| / in of a steady state [-]."""
        return abs(self.error) / self.scale


def heat_balance(system: FlowSystem, fields: Fields) -> HeatBalance:
    """Heat given to the air by racks and walls, and carried off through the exhausts."""
    devices, theta = system.devices, fields.theta
    inlet = devices.inlet_theta(theta)
    outlet, _ = devices.outlet_theta(inlet)
    racks = float((devices.capacity * devices.rack_flow * (outlet - inlet)).sum())
    outflow = exhaust_outflow(devices, fields.flux)
    carried = np.where(outflow > 0.0, theta[devices.exhaust.cell], devices.exhaust_theta)
    brought = float((devices.supply_flow * devices.supply_theta).sum())
    out = devices.capacity * (float((outflow * carried).sum()) - brought)
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
    flow = float(devices.supply_flow.sum()) + float(devices.rack_flow.sum())
    design = float((devices.capacity * devices.rack_flow * devices.rack_rise).sum())
    mixing = devices.capacity * float((devices.supply_flow * np.abs(devices.supply_theta)).sum())
    # a design rise of 10 K stands in where nothing is heated
    design = max(design, 10.0 * devices.capacity * flow)
    scale = max(abs(racks), gross, mixing if racks == 0.0 else 0.0, 1e-12 * design, 1e-300)
    return HeatBalance(racks=racks, walls=walls, out=out, scale=scale)


def return_theta(system: FlowSystem, fields: Fields) -> float:
    """Flow-weighted temperature of the air leaving through all exhausts; NaN without any."""
    devices = system.devices
    outflow = np.maximum(exhaust_outflow(devices, fields.flux), 0.0)
    total = float(outflow.sum())
    return (
        float((outflow * fields.theta[devices.exhaust.cell]).sum()) / total if total > 0.0 else float("nan")
    )


def exhaust_flows(system: FlowSystem, fields: Fields) -> dict[str, float]:
    """Net flow leaving through each exhaust port [m3/s]."""
    outflow = exhaust_outflow(system.devices, fields.flux)
    owner = system.devices.exhaust.owner
    total = np.bincount(owner, weights=outflow, minlength=len(system.problem.exhausts))
    return {e.port: float(f) for e, f in zip(system.problem.exhausts, total, strict=True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class InletReading:
    """Temperatures at the intakes of the racks, in their order, above the reference [K]."""

    mean: Array
    highest: Array
    bottom: Array
    middle: Array
    top: Array


def read_inlets(system: FlowSystem, face_theta: Array) -> InletReading:
    """Inlet temperatures from those of the intake faces' cells (one a face, in the order of the faces)."""
    devices, lattice = system.devices, system.lattice
    faces, n = devices.intake, devices.rack_flow.size
    plane = lattice.stride[2]
    z = lattice.centre[2][faces.cell // plane]
    mean = np.bincount(faces.owner, weights=faces.area * face_theta, minlength=n) / faces.total_area(n)
    highest = np.full(n, -np.inf)
    np.maximum.at(highest, faces.owner, face_theta)
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
