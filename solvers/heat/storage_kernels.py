"""Stratified water storage in time, compiled: layers of equal volume, displaced, mixed by buoyancy, cooled.

Layer 0 lies at the bottom. Temperatures [K] are updated in place; every function keeps the sum of heat to
round-off and leaves no temperature outside those that enter: displacement averages exactly what moves, mixing
takes means, conduction is implicit, losses decay towards what surrounds the tank.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geometry.grid import Array
from solvers._jit import kernel


class StoreLaw(NamedTuple):
    """The compiled part of a storage; made by `storage.compiled`. n layers, m shells of ground (0: none)."""

    layer_capacity: float  # heat capacity of one layer [J/K]
    to_air: Array  # (n,) conductance of each layer to the surrounding air [W/K]
    to_ground: Array  # (n,) to the first shell of ground [W/K]
    between: Array  # (n - 1,) between neighbours [W/K]
    shell_capacity: Array  # (m,) of the ground [J/K]
    shell_conductance: Array  # (m,) from each shell outwards; the last to the undisturbed ground [W/K]
    ground: float  # undisturbed ground [K]
    flow_limit: float  # largest capacity rate of charge and discharge [W/K]
    low_port: int  # layers where pipes end
    high_port: int
    sharp: int  # 1: limited slopes within layers; 0: layers of one temperature (first-order upwind)


@kernel
def limited_slopes(t, low, high, slope):
    """Slopes [K per layer] between ports, by van Leer's harmonic mean; no new extremes. 0 at both ends."""
    for i in range(low, high + 1):
        slope[i] = 0.0
        if low < i < high:
            a, b = t[i] - t[i - 1], t[i + 1] - t[i]
            if a * b > 0.0:
                slope[i] = 2.0 * a * b / (a + b)


@kernel
def leaving_temperature(law, t, shift, down, slope):
    """Mean temperature [K] of `shift` layers that leave at the low port (down) or at the high one.

    `slope` is work, and ready for `displace` afterwards. 0 < shift <= layers between the ports.
    """
    low, high = law.low_port, law.high_port
    limited_slopes(t, low, high, slope)
    if law.sharp == 0:
        slope[low : high + 1] = 0.0
    whole = int(shift)
    part = shift - whole
    heat = 0.0
    for j in range(whole):
        heat += t[low + j] if down else t[high - j]
    if part > 0.0:
        i = low + whole if down else high - whole
        # the end that leaves first: below the middle of the layer (down) or above it
        away = -0.5 * (1.0 - part) if down else 0.5 * (1.0 - part)
        heat += part * (t[i] + away * slope[i])
    return heat / shift


@kernel
def displace(law, t, shift, down, inlet, slope):
    """Push `shift` layers of water at `inlet` [K] in at one port and as much out at the other, exactly.

    Layers between the ports hold a linear profile with `slope` (from `leaving_temperature`) that moves as a
    whole and is averaged again: a finite-volume scheme without a limit to the step (Godunov 1959, van Leer
    1977), second order where the profile is smooth.
    """
    low, high = law.low_port, law.high_port
    n = high - low + 1
    whole = int(shift)
    part = shift - whole
    for step in range(n):
        # from the outlet to the inlet: what is read has not yet been written
        j = n - 1 - step  # place along the flow
        i = high - j if down else low + j
        sign = -1.0 if down else 1.0  # of the slope along the flow
        near, far = inlet, inlet  # what fills the outlet's end and the inlet's end of this layer
        c = j - whole
        if c >= 0:
            k = high - c if down else low + c
            near = t[k] - sign * 0.5 * part * slope[k]
        if c >= 1:
            k = high - (c - 1) if down else low + (c - 1)
            far = t[k] + sign * 0.5 * (1.0 - part) * slope[k]
        t[i] = (1.0 - part) * near + part * far


@kernel
def merge_unstable(t, mean, count):
    """Mix what is lighter below than above: the nearest stable profile with the same heat.

    Pools of neighbours take their mean until temperature rises with height (pool-adjacent-violators, Ayer et
    al. 1955); one pass, O(n). `mean`, `count` are work. Above 4 degC warmer water is lighter.
    """
    pools = 0
    for i in range(t.size):
        mean[pools], count[pools] = t[i], 1.0
        pools += 1
        while pools > 1 and mean[pools - 2] > mean[pools - 1]:
            both = count[pools - 2] + count[pools - 1]
            mean[pools - 2] = (mean[pools - 2] * count[pools - 2] + mean[pools - 1] * count[pools - 1]) / both
            count[pools - 2] = both
            pools -= 1
    i = 0
    for p in range(pools):
        if count[p] == 1.0:
            i += 1
            continue
        for _ in range(int(count[p])):
            t[i] = mean[p]
            i += 1


@kernel
def conduct(capacity, between, t, seconds, gain, work):
    """Implicit conduction between layers of equal `capacity` [J/K]; `gain`, `work` are work. Thomas 1949."""
    n = t.size
    if n < 2:
        return
    for i in range(n):
        below = seconds * between[i - 1] / capacity if i > 0 else 0.0
        above = seconds * between[i] / capacity if i < n - 1 else 0.0
        pivot = 1.0 + below + above - (below * gain[i - 1] if i > 0 else 0.0)
        gain[i] = above / pivot
        work[i] = (t[i] + (below * work[i - 1] if i > 0 else 0.0)) / pivot
    t[n - 1] = work[n - 1]
    for i in range(n - 2, -1, -1):
        t[i] = work[i] + gain[i] * t[i + 1]


@kernel
def warm_ground(law, shells, heat, seconds, gain, work):
    """Shells of ground after taking up `heat` [J]: implicit conduction outwards. Returns the new heat in
    them less the old one [J]; the rest went on into the undisturbed ground."""
    m = shells.size
    before = 0.0
    for i in range(m):
        before += law.shell_capacity[i] * shells[i]
    shells[0] += heat / law.shell_capacity[0]
    for i in range(m):
        c = law.shell_capacity[i]
        inner = seconds * law.shell_conductance[i - 1] / c if i > 0 else 0.0
        outer = seconds * law.shell_conductance[i] / c
        pivot = 1.0 + inner + outer - (inner * gain[i - 1] if i > 0 else 0.0)
        gain[i] = outer / pivot
        work[i] = (shells[i] + (inner * work[i - 1] if i > 0 else 0.0)) / pivot
    warmer = law.ground
    for i in range(m - 1, -1, -1):
        warmer = work[i] + gain[i] * warmer
        shells[i] = warmer
    after = 0.0
    for i in range(m):
        after += law.shell_capacity[i] * shells[i]
    return after - before


@kernel
def stand(law, t, shells, air, seconds, work):
    """Conduction, losses to air at `air` [K] and to the ground, buoyant mixing. Returns the losses [J].

    work is (2, n or more). Each layer decays exponentially towards what surrounds it: exact for a tank alone.
    """
    c = law.layer_capacity
    conduct(c, law.between, t, seconds, work[0], work[1])
    loss, buried = 0.0, 0.0
    for i in range(t.size):
        if law.to_air[i] > 0.0:
            fall = (t[i] - air) * -np.expm1(-law.to_air[i] * seconds / c)
            t[i] -= fall
            loss += c * fall
        if shells.size > 0 and law.to_ground[i] > 0.0:
            fall = (t[i] - shells[0]) * -np.expm1(-law.to_ground[i] * seconds / c)
            t[i] -= fall
            buried += c * fall
    if shells.size > 0:
        warm_ground(law, shells, buried, seconds, work[0], work[1])
    merge_unstable(t, work[0], work[1])
    return loss + buried


@kernel
def room_for(law, t, target, margin, heat, most, down):
    """Layers to displace so that water at `target` [K] brings (down: charge) or a return at `target` fetches
    (up: discharge) `heat` [J], at most `most` layers and none that differs less than `margin` [K]."""
    c = law.layer_capacity
    moved, brought = 0.0, 0.0
    for j in range(law.high_port - law.low_port + 1):
        difference = target - t[law.low_port + j] if down else t[law.high_port - j] - target
        if difference < margin or moved >= most:
            break
        share = min(1.0, most - moved)
        share = min(share, (heat - brought) / (c * difference))
        moved += share
        brought += share * c * difference
        if share < 1.0:
            break
    return moved


@kernel
def march_kernel(law, t, shells, shift, inlet_low, inlet_high, air, seconds, leaving, loss, work):
    """`shift.size` steps of `seconds`: shift > 0 charges with water at inlet_high, < 0 discharges with
    inlet_low. Writes the temperature of the water that left [K] (nan: none) and the losses [J] of each."""
    for k in range(shift.size):
        leaving[k] = np.nan
        if shift[k] != 0.0:
            down = shift[k] > 0.0
            x = abs(shift[k])
            leaving[k] = leaving_temperature(law, t, x, down, work[0])
            displace(law, t, x, down, inlet_high[k] if down else inlet_low[k], work[0])
            merge_unstable(t, work[0], work[1])
        loss[k] = stand(law, t, shells, air[k], seconds, work)
