"""Implicit upwind cells in the order of the flow: any step, first order, never beyond its neighbours.

    M dh/dt + m (h - h_up) + film (T - T_wall) = q
    C dT_wall/dt = film (T - T_wall) - loss (T_wall - T_around)

Backward in time, with T linear in h about the last state. The wall is eliminated, so each cell hands on an
affine function of what it receives, and so does a whole pipe.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers import fluids
from solvers._jit import kernel
from solvers.fluids import FluidCurves, horner_kernel, inverse_kernel
from solvers.liquid.heat import films
from solvers.liquid.heat.films import film_kernel
from solvers.liquid.heat.pipes import Stores
from solvers.liquid.heat.state import Cells

Array = NDArray[np.float64]


@kernel(uses=(fluids, films))
def wall_kernel(
    stores: Stores, curves: FluidCurves, cells: Cells, s: int, flow: float, dt: float, out: Array
) -> None:
    """Write the wall of a cell, eliminated: share, k, C/dt, loss, sum of rates [W/K].

    Heat to the wall is k T - share (C/dt T_wall + loss T_around), the new wall share T + (...) / sum.
    """
    n = stores.first[s + 1] - stores.first[s]
    middle = (stores.first[s] + stores.first[s + 1]) // 2
    film = film_kernel(stores, curves, s, flow, cells.temperature[middle]) / n
    rate, b = stores.wall[s] / n / dt, stores.loss[s] / n
    d = film + rate + b
    out[0] = 1.0 if film == np.inf else film / d
    out[1], out[2], out[3], out[4] = out[0] * (rate + b), rate, b, d


@kernel(uses=(fluids,))
def implicit_gain_kernel(
    stores: Stores,
    curves: FluidCurves,
    cells: Cells,
    s: int,
    flow: float,
    dt: float,
    around: float,
    heat: float,
    wall: Array,
    answer: Array,
) -> tuple[float, float]:
    """(gain, lift) of a store over a step, from its wall; writes what cells hand on into (n_cells, 2)."""
    first, end = stores.first[s], stores.first[s + 1]
    n = end - first
    m = abs(flow)
    mass = stores.mass[s] / n / dt
    share, k, w_rate, b = wall[0], wall[1], wall[2], wall[3]
    gain, lift = 1.0, 0.0
    for p in range(n):
        i = first + p if flow >= 0.0 else end - 1 - p
        h, t = cells.enthalpy[i], cells.temperature[i]
        cp = horner_kernel(curves.heat_capacity, (t - curves.t_mid) / curves.t_half)
        given = share * (w_rate * cells.wall[i] + b * around)
        below = mass + m + k / cp
        answer[i, 0] = m / below
        answer[i, 1] = (mass * h - k * (t - h / cp) + given + heat / n) / below
        gain *= answer[i, 0]
        lift = answer[i, 0] * lift + answer[i, 1]
    return gain, lift


@kernel(uses=(fluids,))
def implicit_advance_kernel(
    stores: Stores,
    curves: FluidCurves,
    cells: Cells,
    s: int,
    flow: float,
    dt: float,
    around: float,
    inlet: float,
    eliminated: Array,
    answer: Array,
) -> tuple[float, float]:
    """Take a store over a step, given what enters [J/kg]; return (loss, gain in storage) [J]."""
    first, end = stores.first[s], stores.first[s + 1]
    n = end - first
    mass, wall = stores.mass[s] / n, stores.wall[s] / n
    share, w_rate, b, d = eliminated[0], eliminated[2], eliminated[3], eliminated[4]
    loss = stored = 0.0
    h_up = inlet
    for p in range(n):
        i = first + p if flow >= 0.0 else end - 1 - p
        h, t = cells.enthalpy[i], cells.temperature[i]
        cp = horner_kernel(curves.heat_capacity, (t - curves.t_mid) / curves.t_half)
        h_up = answer[i, 0] * h_up + answer[i, 1]
        moved = h_up - h
        t_wall = share * (t + moved / cp) + (w_rate * cells.wall[i] + b * around) / d
        loss += b * (t_wall - around)
        stored += mass * moved + wall * (t_wall - cells.wall[i])
        cells.enthalpy[i] = h_up
        cells.temperature[i] = inverse_kernel(curves, h_up, t + moved / cp)
        cells.wall[i] = t_wall
    return loss * dt, stored
