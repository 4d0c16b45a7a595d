"""Levels of time, and how long and how well solved a step may be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers.air.kernels import marching
from solvers.air.runs import Run
from solvers.air.system import Fields

MOST_SWEEPS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The last level of a field, and what inertia carries of it; flat and padded."""

    before: Array
    old: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Of all fields that inertia carries, and of those that are only extrapolated."""

    velocity: tuple[Level, Level, Level]
    theta: Level
    k: Level
    epsilon: Level
    viscosity: Level
    pressure: Level


def levels_of(fields: Fields) -> Levels:
    """The present fields as the last level."""

    def level(values: Array) -> Level:
        return Level(before=values.copy(), old=np.zeros_like(values))

    u, v, w = fields.velocity
    return Levels(
        velocity=(level(u), level(v), level(w)),
        theta=level(fields.theta),
        k=level(fields.k),
        epsilon=level(fields.epsilon),
        viscosity=level(fields.viscosity),
        pressure=level(fields.pressure),
    )


def exchange_rates(run: Run) -> tuple[float, float]:
    """Largest rate at which a cell's air is exchanged, and that with what diffuses [1/s]."""
    lattice, fields = run.system.lattice, run.fields
    passing, mixing = np.zeros(lattice.padded[0]), np.zeros(lattice.padded[0])
    marching.largest_exchange(
        lattice.shape,
        lattice.fluid,
        lattice.volume,
        *fields.flux,
        *lattice.conductance,
        fields.viscosity,
        passing,
        mixing,
    )
    return float(passing.max()), float(mixing.max())


def enough_sweeps(exchange: float, inverse_step: float) -> int:
    """Sweeps by rows that leave a quarter of the guess's error in the worst cell; at least one each way.

    A sweep leaves about g^3/2 of it, g = exchange / (exchange + inertia). A third would do for stability, for
    the next guess, 2 phi_n - phi_n-1, is off by three times what is left at most.
    """
    g = exchange / (exchange + inverse_step)
    enough = math.ceil(math.log(4.0) / (-1.5 * math.log(g))) if g > 0.0 else 2
    return min(max(enough, 2), MOST_SWEEPS)
