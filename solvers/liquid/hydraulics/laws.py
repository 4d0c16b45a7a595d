"""Pressure drop and its true derivative of every kind of branch, as kernels over flat tables.

Each law writes drop [Pa] and slope [Pa s/kg] of its own branches among all (nb,).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers import friction
from solvers._jit import kernel
from solvers.friction import pipe_drop, power_slopes

Array = NDArray[np.float64]
Index = NDArray[np.intp]

_LEAST_SLOPE = 1e-6  # [Pa s/kg]: a pipe of no length has no slope; this keeps its conductance finite


class PipeTable(NamedTuple):
    """(n_pipes,) each: branch, geometry of one line, number of lines, law, fluid."""

    branch: Index
    length: Array  # [m]
    diameter: Array
    roughness: Array
    minor: Array
    parallel: Array
    law: Index  # records.Friction
    coefficient: Array
    density: Array  # [kg/m3]
    viscosity: Array  # [Pa s]


class PowerTable(NamedTuple):
    """drop (m/flow)|m/flow|^(exponent-1), (n,) each."""

    branch: Index
    flow: Array  # [kg/s]
    drop: Array  # [Pa]
    exponent: Array


class ValveTable(NamedTuple):
    """(n,) each."""

    branch: Index
    kv: Array  # fully open [m3/h]
    opening: Array  # share of it; 0 shuts


class PumpTable(NamedTuple):
    """(n,) each; the curve's points of pump i are first[i]..first[i+1] of the last two, none: a power law."""

    branch: Index
    flow: Array  # rated, of one unit [kg/s]
    shutoff: Array  # rise at rest and full speed [Pa]
    fall: Array  # of the rise from rest to the rated flow [Pa]
    exponent: Array
    running: Array  # units
    speed: Array  # share of full speed
    control: Index  # the control that sets its speed, or -1
    first: Index  # (n+1,)
    curve_flow: Array
    curve_rise: Array


class Laws(NamedTuple):
    pipes: PipeTable
    powers: PowerTable  # resistances
    valves: ValveTable
    pumps: PumpTable


@kernel(uses=(friction,))
def pipe_laws(table: PipeTable, root: Array, flow: Array, drop: Array, slope: Array) -> None:
    """Darcy-Weisbach with the friction law of each pipe, or Hazen-Williams, in every parallel line.

    root (n_pipes,): zero at first, then what Colebrook's law remembers from evaluation to evaluation.
    """
    for i in range(table.branch.size):
        j = table.branch[i]
        drop[j], derivative, root[i] = pipe_drop(
            table.law[i],
            table.coefficient[i],
            flow[j] / table.parallel[i],
            table.length[i],
            table.diameter[i],
            table.roughness[i],
            table.minor[i],
            table.density[i],
            table.viscosity[i],
            root[i],
        )
        slope[j] = max(derivative / table.parallel[i], _LEAST_SLOPE)


@kernel(uses=(friction,))
def power_laws(table: PowerTable, flow: Array, drop: Array, slope: Array) -> None:
    """Resistances."""
    for i in range(table.branch.size):
        j = table.branch[i]
        share, slant = power_slopes(flow[j] / table.flow[i], table.exponent[i])
        drop[j] = table.drop[i] * share
        slope[j] = table.drop[i] / table.flow[i] * slant


@kernel
def valve_flow(kv: float, density: float) -> float:
    """Mass flow at 1 kPa [kg/s]: V = Kv sqrt(0.01 bar 1000/rho) m3/h."""
    return 0.1 * kv * np.sqrt(1000.0 * density) / 3600.0


@kernel(uses=(friction,))
def valve_laws(table: ValveTable, density: float, flow: Array, drop: Array, slope: Array) -> None:
    """Valves, squares of their flow; one that is shut keeps the law of the open one, unread."""
    for i in range(table.branch.size):
        j = table.branch[i]
        opening = table.opening[i] if table.opening[i] > 0.0 else 1.0
        reference = valve_flow(table.kv[i] * opening, density)
        share, slant = power_slopes(flow[j] / reference, 2.0)
        drop[j], slope[j] = 1e3 * share, 1e3 / reference * slant


@kernel(uses=(friction,))
def pump_laws(
    table: PumpTable, speed: Array, flow: Array, drop: Array, slope: Array, by_speed: Array
) -> None:
    """Minus the rise at the speeds (n,), by the affinity laws; by_speed (n,): d drop / d speed [Pa]."""
    for i in range(table.branch.size):
        j = table.branch[i]
        units, s = table.running[i], max(speed[i], 1e-6)
        q = flow[j] / (units * s)  # flow of one unit at full speed
        begin, end = table.first[i], table.first[i + 1]
        if end > begin:
            p = begin
            while p < end - 2 and q > table.curve_flow[p + 1]:
                p += 1
            fall = (table.curve_rise[p] - table.curve_rise[p + 1]) / (
                table.curve_flow[p + 1] - table.curve_flow[p]
            )
            rise = table.curve_rise[p] - fall * (q - table.curve_flow[p])
        else:
            share, slant = power_slopes(q / table.flow[i], table.exponent[i])
            rise = table.shutoff[i] - table.fall[i] * share
            fall = table.fall[i] / table.flow[i] * slant
        drop[j] = -s * s * rise
        slope[j] = max(s * fall / units, _LEAST_SLOPE)
        by_speed[i] = -2.0 * s * rise - s * fall * q


@kernel(uses=(friction,))
def all_laws(
    laws: Laws,
    density: float,
    speed: Array,
    root: Array,
    flow: Array,
    drop: Array,
    slope: Array,
    by_speed: Array,
) -> None:
    """Write drop and slope of every branch with a law; (nb,) each, other branches untouched.

    density: of the fluid in valves [kg/m3].
    """
    pipe_laws(laws.pipes, root, flow, drop, slope)
    power_laws(laws.powers, flow, drop, slope)
    valve_laws(laws.valves, density, flow, drop, slope)
    pump_laws(laws.pumps, speed, flow, drop, slope, by_speed)
