"""Levels of time, and how long and how well solved a step may be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers.air.kernels import marching
from solvers.air.lattice import Triple
from solvers.air.runs import Run
from solvers.air.system import Fields

MOST_SWEEPS = 30
LEFT = 0.3  # of the guess's error


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Fields at the last level of time, flat and padded; `inert`: what inertia carries of theta."""

    velocity: Triple
    theta: Array
    inert: Array
    k: Array
    epsilon: Array
    viscosity: Array
    pressure: Array


def levels_of(fields: Fields) -> Levels:
    """The present fields as the last level."""
    u, v, w = fields.velocity
    return Levels(
        velocity=(u.copy(), v.copy(), w.copy()),
        theta=fields.theta.copy(),
        inert=fields.theta.copy(),
        k=fields.k.copy(),
        epsilon=fields.epsilon.copy(),
        viscosity=fields.viscosity.copy(),
        pressure=fields.pressure.copy(),
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
    """Sweeps that leave less than a third of the guess's error in the worst cell.

    With g = exchange / (exchange + inertia), the first step leaves g of it and each sweep by rows g^3/2. What
    is left must stay below a third, for the next guess, 2 phi_n - phi_n-1, is off by three times as much.
    """
    g = exchange / (exchange + inverse_step)
    enough = math.ceil((math.log(LEFT) / math.log(g) - 1.0) / 1.5) if g > 0.0 else 1
    return min(max(enough, 1), MOST_SWEEPS)
