"""What a march in time is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.errors import require, require_range
from geometry.grid import Array
from solvers.air.problem import AirState, Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class TransientControls:
    """How far and how finely.

    duration, time_step  [s]; with `courant` the step is the largest one
    courant           air that passes a cell in a step over the cell's volume, at most; None: equal steps
    sweeps            over each transport equation; None: as many as the step needs
    pressure_tolerance  residual of the pressure correction, relative to its right side
    mass_tolerance    closure of each step, relative to the flow through a region; solved for until it holds,
                      in single precision as far as the rounding of the fluxes allows
    energy_tolerance  closure of each step, |heat in - heat out - storage| / heat in; likewise
    """

    duration: float
    time_step: float
    courant: float | None = None
    sweeps: int | None = None
    pressure_tolerance: float = 0.05
    mass_tolerance: float = 1e-4
    energy_tolerance: float = 1e-4
    precision: Precision = Precision.SINGLE


@dataclass(frozen=True, slots=True, kw_only=True)
class MarchState:
    """Where a march stands; with two levels of time it goes on as if it had not been interrupted."""

    state: AirState
    before: AirState | None = None  # one step earlier
    time: float = 0.0  # s
    last_step: float = 0.0  # s between the two levels
    servers: Array | None = None  # temperature of the servers of each rack, then unit [K]
    valves: Array | None = None  # temperature that each unit's control asks for [K]
    pressure_step: float = 0.0  # length of the last step of the pressure's iteration, which the next may take


@dataclass(frozen=True, slots=True, kw_only=True)
class AirHistory:
    """What was read at the end of every step; rows are steps, columns racks in the problem's order."""

    time: Array  # (n_steps,) [s]
    rack_inlet_mean: Array  # (n_steps, n_racks) [K]
    rack_inlet_max: Array
    rack_outlet: Array  # what the rack blows, after its door
    servers: Array  # temperature of their mass; of racks without any, their outlet
    unit_flow: Array  # (n_steps, n_units) [m3/s]
    unit_return: Array  # [K]
    unit_supply: Array  # [K]
    return_temperature: Array  # (n_steps,) [K], over all exhausts; without any, of what units draw
    heat_in: Array  # given to the air by racks, sources and walls [W]
    heat_out: Array  # carried off by exhausts above supplies, and by units [W]
    storage: Array  # rate at which the air's heat grows [W]
    air_mass: Array  # closure of each step, relative (contract norm)
    air_energy: Array
    pressure_iterations: Array
    final: MarchState

    def reaches(self, temperature: float) -> Array:
        """(n_racks,) first time at which each rack's mean inlet reaches `temperature` [K], in s; inf: never.

        Linear between the steps; the time of the first step where it is above from the start.
        """
        times = np.full(self.rack_inlet_mean.shape[1], np.inf)
        for rack, inlet in enumerate(self.rack_inlet_mean.T):
            above = np.flatnonzero(inlet >= temperature)
            if above.size:
                n = int(above[0])
                ends = slice(max(n - 1, 0), n + 1)
                times[rack] = np.interp(temperature, inlet[ends], self.time[ends])
        return times


def check_transient(controls: TransientControls) -> None:
    """Positive numbers; InputError otherwise."""
    names = ("duration", "time_step", "pressure_tolerance", "mass_tolerance", "energy_tolerance")
    for name in (*names, "courant"):
        value = getattr(controls, name)
        if value is not None:
            require(bool(np.isfinite(value)) and value > 0.0, f"{name} = {value:g}: must be above 0")
    if controls.sweeps is not None:
        require_range("sweeps", controls.sweeps, 1, 100, "-", element="transient controls")
