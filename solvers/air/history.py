"""Readings of a march, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from geometry.grid import Array
from solvers.air import audit
from solvers.air.audit import HeatBalance
from solvers.air.kernels import scatter
from solvers.air.runs import Run
from solvers.air.transient import AirHistory, MarchState


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """How a step went, beside its fields."""

    time: float  # at its end [s]
    mass: float  # closure
    balance: HeatBalance
    storage: float  # rate at which the air's heat grows [W]
    inlet: Array  # what racks, then units draw, above the reference [K]
    servers: Array  # temperature of their servers, likewise
    iterations: int  # of the pressure correction

    @property
    def energy(self) -> float:
        """Closure of heat in, out and stored, relative."""
        return abs(self.balance.error - self.storage) / self.balance.scale


@dataclass(slots=True, kw_only=True)
class Log:
    """Readings, one entry a step."""

    time: list[float] = field(default_factory=list)
    inlet_mean: list[Array] = field(default_factory=list)
    inlet_max: list[Array] = field(default_factory=list)
    outlet: list[Array] = field(default_factory=list)
    servers: list[Array] = field(default_factory=list)
    units: list[tuple[Array, Array, Array]] = field(default_factory=list)  # flow, return, supply
    heat: list[tuple[float, float, float, float]] = field(default_factory=list)  # return, in, out, storage
    mass: list[float] = field(default_factory=list)  # closure
    energy: list[float] = field(default_factory=list)
    iterations: list[int] = field(default_factory=list)

    def record(self, run: Run, report: StepReport) -> None:
        """Read the fields at the end of a step."""
        system, fields, reference = run.system, run.fields, run.reference
        devices, theta, balance = system.devices, fields.theta, report.balance
        inlet, racks = report.inlet, devices.racks
        outlet = devices.outlet_theta(inlet)[0]
        highest = np.full(inlet.size, -np.inf)
        scatter.raise_at(devices.read.owner, theta[devices.read.cell], highest)
        self.time.append(report.time)
        self.inlet_mean.append(inlet[:racks] + reference)
        self.inlet_max.append(highest[:racks] + reference)
        self.outlet.append(outlet[:racks] + reference)
        self.servers.append(report.servers[:racks] + reference)
        self.units.append(
            (devices.flow[racks:].copy(), inlet[racks:] + reference, outlet[racks:] + reference)
        )
        back = audit.return_theta(system, fields) + reference
        self.heat.append((back, balance.racks + balance.walls, balance.out, report.storage))
        self.mass.append(report.mass)
        self.energy.append(report.energy)
        self.iterations.append(report.iterations)

    def history(self, final: MarchState) -> AirHistory:
        back, heat_in, heat_out, storage = np.array(self.heat).T
        return AirHistory(
            time=np.array(self.time),
            rack_inlet_mean=np.array(self.inlet_mean),
            rack_inlet_max=np.array(self.inlet_max),
            rack_outlet=np.array(self.outlet),
            servers=np.array(self.servers),
            unit_flow=np.array([flow for flow, _, _ in self.units]),
            unit_return=np.array([drawn for _, drawn, _ in self.units]),
            unit_supply=np.array([blown for _, _, blown in self.units]),
            return_temperature=back,
            heat_in=heat_in,
            heat_out=heat_out,
            storage=storage,
            air_mass=np.array(self.mass),
            air_energy=np.array(self.energy),
            pressure_iterations=np.array(self.iterations),
            final=final,
        )
