"""Plug flow: parcels that keep their enthalpy on the way, but for what they lose.

A step pushes one parcel in and pops as much mass out, so delays are exact at any step, and fronts stay
sharp. What a parcel has above its surroundings falls exponentially with the time it spends in the pipe (van
der Heijde et al. 2017, Energy Convers. Manage. 151, 158-169). The wall counts as coolant: it is of one
temperature with the parcel beside it, and delays it accordingly.
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
from solvers.liquid.heat.state import Parcels

Array = NDArray[np.float64]


@kernel(uses=(fluids, films))
def decay_kernel(
    stores: Stores,
    curves: FluidCurves,
    parcels: Parcels,
    s: int,
    flow: float,
    around: float,
    heat: float,
    out: Array,
) -> None:
    """Write (rate of decay [1/s], what decays to [J/kg], heat [J/(kg s)], content [kg]) of a store."""
    room = parcels.mass.shape[1]
    mass = content = 0.0
    for k in range(parcels.number[s]):
        p = (parcels.first[s] + k) % room
        mass += parcels.mass[s, p]
        content += parcels.mass[s, p] * parcels.enthalpy[s, p]
    t = inverse_kernel(curves, content / mass, around)
    cp = horner_kernel(curves.heat_capacity, (t - curves.t_mid) / curves.t_half)
    film = film_kernel(stores, curves, s, abs(flow), t)
    u = stores.loss[s] if film == np.inf else film * stores.loss[s] / (film + stores.loss[s])
    out[0] = u / (mass * cp)
    # T(h) about the mean of the content
    out[1] = content / mass + cp * (around - t)
    out[2] = heat / mass
    out[3] = mass


@kernel
def pop_kernel(
    parcels: Parcels, s: int, flow: float, dt: float, decay: Array, sums: Array
) -> tuple[float, float]:
    """(gain, lift) of a store over a step; takes out what leaves and ages what stays.

    Adds to sums: loss [J], gain in storage [J], of what was in the store.
    """
    room = parcels.mass.shape[1]
    m = abs(flow)
    to_leave = m * dt
    left = heat = 0.0
    while left < to_leave and parcels.number[s] > 0:
        k = parcels.number[s] - 1 if flow >= 0.0 else 0
        p = (parcels.first[s] + k) % room
        size = min(parcels.mass[s, p], to_leave - left)
        h = parcels.enthalpy[s, p]
        # it leaves while the pipe hands out its own mass
        after = _aged(h, decay, left / m, (left + size) / m)
        sums[0] += size * (h - after + decay[2] * (left + 0.5 * size) / m)
        sums[1] -= size * h
        heat += size * after
        left += size
        parcels.mass[s, p] -= size
        if parcels.mass[s, p] <= 0.0:
            parcels.number[s] -= 1
            if flow < 0.0:
                parcels.first[s] = (parcels.first[s] + 1) % room
    for k in range(parcels.number[s]):
        p = (parcels.first[s] + k) % room
        h = parcels.enthalpy[s, p]
        after = _aged(h, decay, dt, dt)
        parcels.enthalpy[s, p] = after
        sums[0] += parcels.mass[s, p] * (h - after + decay[2] * dt)
        sums[1] += parcels.mass[s, p] * (after - h)
    if to_leave <= 0.0:
        return 0.0, 0.0
    through = max(to_leave - left, 0.0) if parcels.number[s] == 0 else 0.0
    if through == 0.0:
        return 0.0, heat / to_leave
    # the rest ran through within the step
    stay = decay[3] / m
    zero, kept = _aged(0.0, decay, stay, stay), np.exp(-decay[0] * stay)
    return through / to_leave * kept, (heat + through * zero) / to_leave


@kernel
def push_kernel(
    parcels: Parcels, s: int, flow: float, dt: float, inlet: float, decay: Array, sums: Array
) -> None:
    """Put what enters into a store [J/kg], after `pop_kernel`; adds to sums as that does."""
    m = abs(flow)
    entered = m * dt
    if entered <= 0.0:
        return
    room = parcels.mass.shape[1]
    size = entered if parcels.number[s] > 0 else min(entered, decay[3])
    stay = size / m
    after = _aged(inlet, decay, 0.0, stay)
    sums[0] += size * (inlet - after + 0.5 * decay[2] * stay)
    sums[1] += size * after
    if entered > size:
        through = entered - size
        aged = _aged(inlet, decay, stay, stay)
        sums[0] += through * (inlet - aged + decay[2] * stay)
    if parcels.number[s] == room:
        _merge(parcels, s)
    if flow >= 0.0:
        parcels.first[s] = (parcels.first[s] - 1) % room
        p = parcels.first[s]
    else:
        p = (parcels.first[s] + parcels.number[s]) % room
    parcels.number[s] += 1
    parcels.mass[s, p], parcels.enthalpy[s, p] = size, after


@kernel
def _aged(h: float, decay: Array, since: float, until: float) -> float:
    """Mean enthalpy after times from `since` to `until` in the pipe [s]."""
    k, width = decay[0], until - since
    mean = np.exp(-k * since)
    if k * width > 0.0:
        mean *= -np.expm1(-k * width) / (k * width)
    # (1 - mean) / k loses its digits where hardly anything decays
    warmed = (1.0 - mean) / k if k * until > 1e-9 else 0.5 * (since + until)
    return decay[1] + mean * (h - decay[1]) + warmed * decay[2]


@kernel
def _merge(parcels: Parcels, s: int) -> None:
    """Make one parcel of the two neighbours whose mixing changes least."""
    room, n = parcels.mass.shape[1], parcels.number[s]
    best, least = 0, np.inf
    for k in range(n - 1):
        a, b = (parcels.first[s] + k) % room, (parcels.first[s] + k + 1) % room
        one, two = parcels.mass[s, a], parcels.mass[s, b]
        cost = one * two / (one + two) * (parcels.enthalpy[s, a] - parcels.enthalpy[s, b]) ** 2
        if cost < least:
            best, least = k, cost
    a, b = (parcels.first[s] + best) % room, (parcels.first[s] + best + 1) % room
    one, two = parcels.mass[s, a], parcels.mass[s, b]
    parcels.enthalpy[s, a] = (one * parcels.enthalpy[s, a] + two * parcels.enthalpy[s, b]) / (one + two)
    parcels.mass[s, a] = one + two
    for k in range(best + 1, n - 1):
        a, b = (parcels.first[s] + k) % room, (parcels.first[s] + k + 1) % room
        parcels.mass[s, a], parcels.enthalpy[s, a] = parcels.mass[s, b], parcels.enthalpy[s, b]
    parcels.number[s] = n - 1
