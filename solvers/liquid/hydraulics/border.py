"""Unknowns besides pressures: flows of reducers that hold, speeds of controlled pumps.

Each adds one column to the linear system and one equation: the pressure that the reducer holds, or the drop
that the worst consumer keeps. The columns are solved with the same factors as the right-hand side, and a
small dense system gives the unknowns (block elimination).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers._jit import kernel
from solvers.liquid.hydraulics import ldl
from solvers.liquid.hydraulics.graph import Graph
from solvers.liquid.hydraulics.laws import PumpTable
from solvers.liquid.hydraulics.ldl import Pattern, substitute
from solvers.liquid.hydraulics.states import HOLDING, OPEN, Automatic, State

Array = NDArray[np.float64]
Index = NDArray[np.intp]

AT_REST, KEEPING, SLOWEST, FASTEST = 0, 1, 2, 3  # AT_REST: not yet begun, the speed is as given


class Controls(NamedTuple):
    """Worst-point controls; the consumers of control c are first[c]..first[c+1] of the next two."""

    first: Index  # (nc+1,)
    consumer: Index  # branch
    least: Array  # drop to keep [Pa]
    slowest: Array  # (nc,) share of full speed
    fastest: Array


@kernel
def steer(
    graph: Graph,
    controls: Controls,
    pumps: PumpTable,
    pressure: Array,
    tolerance: float,
    speed: Array,
    mode: Index,
    worst: Index,
) -> int:
    """Choose the worst consumer of every control, and whether its pumps keep it; return the changes."""
    changes = 0
    for c in range(controls.slowest.size):
        low, at = np.inf, worst[c]
        for k in range(controls.first[c], controls.first[c + 1]):
            margin = _margin(graph, controls, pressure, k)
            if margin < low:
                low, at = margin, k
        now = 1.0
        for i in range(pumps.control.size):
            if pumps.control[i] == c:
                now = speed[i]
        new, target = mode[c], now
        if mode[c] == AT_REST:
            new = KEEPING
        elif mode[c] == KEEPING and now > controls.fastest[c]:
            new, target = FASTEST, controls.fastest[c]
        elif mode[c] == KEEPING and now < controls.slowest[c]:
            new, target = SLOWEST, controls.slowest[c]
        elif (mode[c] == FASTEST and low > tolerance) or (mode[c] == SLOWEST and low < -tolerance):
            new = KEEPING
        other = at != worst[c] and (
            worst[c] < 0 or low < _margin(graph, controls, pressure, worst[c]) - tolerance
        )
        if new == mode[c] and not (other and new == KEEPING):
            continue
        if other:
            worst[c] = at
        changes += 1
        mode[c] = new
        for i in range(pumps.control.size):
            if pumps.control[i] == c:
                speed[i] = target
    return changes


@kernel
def _margin(graph: Graph, controls: Controls, pressure: Array, k: int) -> float:
    """Drop of a consumer beyond the least one [Pa]."""
    j = controls.consumer[k]
    return pressure[graph.start[j]] - pressure[graph.end[j]] - controls.least[k]


@kernel
def open_margin(graph: Graph, controls: Controls, pressure: Array, mode: Index, worst: Index) -> float:
    """Largest difference between drop and least drop of the worst consumers that are kept [Pa]."""
    largest = 0.0
    for c in range(mode.size):
        if mode[c] == KEEPING:
            largest = max(largest, abs(_margin(graph, controls, pressure, worst[c])))
    return largest


@kernel
def _add(graph: Graph, j: int, weight: float, column: Array) -> None:
    """Add a branch whose flow grows by `weight` per unit of the unknown."""
    a, b = graph.row[graph.start[j]], graph.row[graph.end[j]]
    if a >= 0:
        column[a] -= weight
    if b >= 0:
        column[b] += weight


@kernel(uses=(ldl,))
def correct(
    graph: Graph,
    pattern: Pattern,
    devices: Automatic,
    controls: Controls,
    pumps: PumpTable,
    value: Array,
    inverse: Array,
    slope: Array,
    by_speed: Array,
    pressure: Array,
    mode: Index,
    worst: Index,
    column: Array,
    x: Array,
    state: State,
    share: float,
    flow: Array,
    speed: Array,
) -> int:
    """Find the further unknowns; add them to the corrections x, and a share of them to flows and speeds.

    column (at least as many as unknowns, n): work. Returns -1, or what to give up: place of
    the reducer among the devices that cannot change the pressure it should hold; their number for a control.
    """
    plus, minus = np.empty(column.shape[0], np.intp), np.empty(column.shape[0], np.intp)
    missing, holds = np.empty(column.shape[0]), np.empty(column.shape[0], np.intp)
    n = 0
    for i in range(devices.branch.size):
        j = devices.branch[i]
        if state[j] == HOLDING:
            column[n] = 0.0
            _add(graph, j, 1.0, column[n])
            plus[n], minus[n] = graph.row[graph.end[j]], -1
            holds[n] = i
            missing[n] = devices.limit[i] - pressure[graph.end[j]]
            n += 1
    reducers = n
    for c in range(mode.size):
        if mode[c] == KEEPING:
            column[n] = 0.0
            for i in range(pumps.control.size):
                j = pumps.branch[i]
                if pumps.control[i] == c and state[j] == OPEN:
                    _add(graph, j, -by_speed[i] / slope[j], column[n])
            j = controls.consumer[worst[c]]
            plus[n], minus[n] = graph.row[graph.start[j]], graph.row[graph.end[j]]
            missing[n] = -_margin(graph, controls, pressure, worst[c])
            n += 1
    matrix = np.empty((n, n))
    for k in range(n):
        substitute(pattern, value, inverse, column[k])
    for k in range(n):
        missing[k] -= _difference(x, plus[k], minus[k])
        for l in range(n):
            matrix[k, l] = _difference(column[l], plus[k], minus[k])
    fails = _eliminate(matrix, missing[:n], _reach(column, n))
    if fails >= reducers:
        return devices.branch.size
    if fails >= 0:
        return holds[fails]
    for k in range(n):
        for i in range(x.size):
            x[i] += missing[k] * column[k, i]
    n = 0
    for i in range(devices.branch.size):
        j = devices.branch[i]
        if state[j] == HOLDING:
            flow[j] += share * missing[n]
            n += 1
    n = reducers
    for c in range(mode.size):
        if mode[c] == KEEPING:
            for i in range(pumps.control.size):
                j = pumps.branch[i]
                if pumps.control[i] == c:
                    if state[j] == OPEN:
                        flow[j] -= share * by_speed[i] / slope[j] * missing[n]
                    # Newton may overshoot from far: the speed stays positive and of its magnitude
                    new = speed[i] + share * missing[n]
                    speed[i] = min(max(new, 0.2 * speed[i]), 5.0 * speed[i])
            n += 1
    return -1


@kernel
def _difference(x: Array, plus: int, minus: int) -> float:
    return (x[plus] if plus >= 0 else 0.0) - (x[minus] if minus >= 0 else 0.0)


@kernel
def _reach(column: Array, n: int) -> Array:
    """Largest pressure that each unknown moves anywhere, (n,)."""
    reach = np.zeros(n)
    for k in range(n):
        for i in range(column.shape[1]):
            reach[k] = max(reach[k], abs(column[k, i]))
    return reach


@kernel
def _eliminate(a: Array, b: Array, reach: Array) -> int:
    """Solve a x = b in place of b by Gaussian elimination with partial pivoting.

    Returns -1, or the column whose pivot vanishes beside the reach of its unknown.
    """
    n = b.size
    for k in range(n):
        pivot = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[pivot, k]):
                pivot = i
        if not abs(a[pivot, k]) > 1e-9 * reach[k]:
            return k
        for l in range(n):
            a[k, l], a[pivot, l] = a[pivot, l], a[k, l]
        b[k], b[pivot] = b[pivot], b[k]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            for l in range(k, n):
                a[i, l] -= factor * a[k, l]
            b[i] -= factor * b[k]
    for k in range(n - 1, -1, -1):
        for l in range(k + 1, n):
            b[k] -= a[k, l] * b[l]
        b[k] /= a[k, k]
    return -1
