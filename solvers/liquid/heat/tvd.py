"""Second-order cells with sub-steps of Courant number up to 1: fronts and fast courses.

Transport by the limited Lax-Wendroff scheme (Sweby 1984, SIAM J. Numer. Anal. 21, 995-1011) with van Leer's
limiter (1974, J. Comput. Phys. 14, 361-370), exact at Courant 1; between two halves of the exchange of
coolant, wall and surroundings, which is solved exactly (Strang 1968, SIAM J. Numer. Anal. 5, 506-517).
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


@kernel
def substeps_kernel(stores: Stores, flow: Array, dt: float) -> int:
    """Number of sub-steps that keeps every store of more than one cell at a Courant number of at most 1."""
    worst = 1.0
    for s in range(stores.branch.size):
        n = stores.first[s + 1] - stores.first[s]
        if n > 1:
            worst = max(worst, abs(flow[stores.branch[s]]) * dt * n / stores.mass[s])
    return int(np.ceil(worst * (1.0 - 1e-12)))


@kernel(uses=(fluids, films))
def exchange_kernel(
    stores: Stores, curves: FluidCurves, cells: Cells, s: int, flow: float, dt: float, out: Array
) -> None:
    """Write what dt does to differences from the surroundings: (coolant, wall) -> (coolant, wall), and cp.

    out (6,): the four entries of the matrix, J/K of the coolant of a cell, J/K of its wall.
        M cp x' = -film (x - y)        C y' = film (x - y) - loss y
    """
    n = stores.first[s + 1] - stores.first[s]
    t = cells.temperature[(stores.first[s] + stores.first[s + 1]) // 2]
    c = stores.mass[s] / n * horner_kernel(curves.heat_capacity, (t - curves.t_mid) / curves.t_half)
    film = film_kernel(stores, curves, s, abs(flow), t) / n
    # stiffer than this, coolant and wall are of one temperature within the step
    film = min(film, 1e6 * c / dt)
    wall, loss = stores.wall[s] / n, stores.loss[s] / n
    out[4], out[5] = c, wall
    if wall == 0.0:
        kept = np.exp(-film * loss / (film + loss) / c * dt)
        out[0], out[1] = kept, 0.0
        out[2], out[3] = kept * film / (film + loss), 0.0
        return
    a, b, g = film / c, film / wall, loss / wall
    half = -0.5 * (a + b + g)
    root = 0.5 * np.sqrt((a - g) ** 2 + b * b + 2.0 * b * (a + g))
    fast = half - root
    slow = a * g / fast
    e_fast, e_slow = np.exp(fast * dt), np.exp(slow * dt)
    width = 2.0 * root
    out[0] = ((-a - fast) * e_slow - (-a - slow) * e_fast) / width
    out[1] = a * (e_slow - e_fast) / width
    out[2] = b * (e_slow - e_fast) / width
    out[3] = ((-b - g - fast) * e_slow - (-b - g - slow) * e_fast) / width


@kernel(uses=(fluids,))
def relax_kernel(
    stores: Stores,
    curves: FluidCurves,
    cells: Cells,
    s: int,
    around: float,
    heat: float,
    exchange: Array,
) -> tuple[float, float]:
    """Exchange of every cell of a store, and `heat` [J] to its coolant; (loss, gain in storage) [J]."""
    first, end = stores.first[s], stores.first[s + 1]
    mass = stores.mass[s] / (end - first)
    given = heat / (end - first)
    cp = exchange[4] / mass
    loss = stored = 0.0
    for i in range(first, end):
        x, y = cells.temperature[i] - around, cells.wall[i] - around
        moved = cp * (exchange[0] * x + exchange[1] * y - x)
        wall = exchange[2] * x + exchange[3] * y
        cells.enthalpy[i] += moved + given / mass
        cells.wall[i] = around + wall
        cells.temperature[i] = inverse_kernel(curves, cells.enthalpy[i], cells.temperature[i])
        gain = mass * moved + exchange[5] * (wall - y)
        loss -= gain
        stored += gain + given
    return loss, stored


@kernel
def outflow_kernel(
    stores: Stores, cells: Cells, s: int, flow: float, dt: float, limited: bool
) -> tuple[float, float]:
    """(gain, lift) of a store over a sub-step. With many cells, what leaves does not wait for what enters."""
    first, end = stores.first[s], stores.first[s + 1]
    n = end - first
    courant = abs(flow) * dt * n / stores.mass[s]
    if n == 1:  # stirred: implicit
        return courant / (1.0 + courant), cells.enthalpy[first] / (1.0 + courant)
    if flow >= 0.0:
        last, step, beyond = end - 1, 1, cells.beyond[s, 1]
    else:
        last, step, beyond = first, -1, cells.beyond[s, 0]
    h = cells.enthalpy[last]
    return 0.0, h + 0.5 * (1.0 - courant) * _rise(h - cells.enthalpy[last - step], beyond - h, limited)


@kernel(uses=(fluids,))
def transport_kernel(
    stores: Stores,
    curves: FluidCurves,
    cells: Cells,
    s: int,
    flow: float,
    dt: float,
    inlet: float,
    outlet: float,
    limited: bool,
) -> float:
    """Move what a store holds by a sub-step, given what enters and leaves [J/kg]; return the storage [J]."""
    first, end = stores.first[s], stores.first[s + 1]
    n = end - first
    mass = stores.mass[s] / n
    courant = abs(flow) * dt / mass
    if courant == 0.0:
        return 0.0
    i, step, side = (first, 1, 1) if flow >= 0.0 else (end - 1, -1, 0)
    entering = inlet
    # the inlet's mean of the sub-step stands half of what enters ahead of the face
    up = 2.0 * (cells.enthalpy[i] - inlet) / (1.0 + courant)
    stored = 0.0
    for p in range(n):
        h = cells.enthalpy[i]
        if p == n - 1:
            leaving = outlet
        else:
            down = cells.enthalpy[i + step] - h
            leaving = h + 0.5 * (1.0 - courant) * _rise(up, down, limited)
            up = down
        moved = courant * (entering - leaving)
        cells.enthalpy[i] = h + moved
        cells.temperature[i] = inverse_kernel(curves, h + moved, cells.temperature[i])
        stored += mass * moved
        entering = leaving
        i += step
    cells.beyond[s, side] += min(courant, 1.0) * (outlet - cells.beyond[s, side])
    cells.beyond[s, 1 - side] = inlet
    return stored


@kernel
def _rise(up: float, down: float, limited: bool) -> float:
    """Rise over a cell from the differences to its neighbours."""
    if not limited:
        return down
    return 2.0 * up * down / (up + down) if up * down > 0.0 else 0.0
