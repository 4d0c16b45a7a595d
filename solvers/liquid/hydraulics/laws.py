"""Pressure drop and its true derivative of every kind of branch, as kernels over flat tables.

Each law writes drop [Pa] and slope [Pa s/kg] of its own branches among all (nb,).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers import friction
from solvers._jit import kernel
from solvers.friction import explicit_friction, friction_kernel, nikuradse_kernel, swamee_jain_friction

Array = NDArray[np.float64]
Index = NDArray[np.intp]

G = 9.80665  # standard gravity [m/s2]
REST = 1e-4  # below this share of its reference flow (pipes: of 1 m/s) a power law is made linear
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
    valves: PowerTable
    pumps: PumpTable


@kernel(uses=(friction,))
def pipe_laws(table: PipeTable, flow: Array, drop: Array, slope: Array) -> None:
    """Darcy-Weisbach with the friction law of each pipe; Hazen-Williams.

    Laminar flow makes the law linear at rest, so zero flow is a regular point.
    """
    for i in range(table.branch.size):
        j = table.branch[i]
        d = table.diameter[i]
        area = 0.25 * np.pi * d * d
        through = flow[j] / table.parallel[i]
        m = abs(through)
        kinetic = 0.5 / (table.density[i] * area * area)  # dynamic pressure per flow squared
        law = table.law[i]
        if law >= 4:
            magnitude, derivative = _without_reynolds(
                law,
                m / (table.density[i] * area),
                table.coefficient[i],
                table.length[i],
                d,
                table.minor[i],
                table.density[i],
            )
            derivative /= table.density[i] * area
        else:
            re = m * d / (area * table.viscosity[i])
            e = table.roughness[i] / d
            linear, line, exponent = 0.0, 0.0, 0.0
            if re <= 2000.0 or law == 3:
                # 64/Re m^2 = 64 mu A / d * m: no division by the Reynolds number
                linear = 64.0 * table.viscosity[i] * area / d * table.length[i] / d * kinetic
                if law == 3:
                    line = nikuradse_kernel(e)
            elif law == 0:
                line, exponent = friction_kernel(re, e)
            elif law == 1:
                line, exponent = explicit_friction(re, e)
            else:
                line, exponent = swamee_jain_friction(re, e)
            line *= table.length[i] / d
            magnitude = (linear + (line + table.minor[i]) * kinetic * m) * m
            derivative = linear + (line * (2.0 + exponent) + 2.0 * table.minor[i]) * kinetic * m
        drop[j] = magnitude if through >= 0.0 else -magnitude
        slope[j] = max(derivative / table.parallel[i], _LEAST_SLOPE)


@kernel
def _without_reynolds(
    law: int, v: float, coefficient: float, length: float, d: float, minor: float, density: float
) -> tuple[float, float]:
    """Drop [Pa] at a velocity v >= 0 [m/s] and its derivative by v; linear below REST.

    Hazen-Williams (1905): h = 4.727 L q^1.852 / (C^1.852 d^4.871) in feet and cubic feet a second, as
    EPANET 2 has it; 10.6668 in metres. Darcy-Weisbach with a constant factor f.
    """
    size = v * v + REST * REST
    root = np.sqrt(size)
    factor = 0.5 * density * minor
    drop, slope = factor * v * root, factor * (root + v * v / root)
    if law == 4:
        scale = density * G * 10.666829488930054 * length / (coefficient**1.852 * d**4.871)
        scale *= (0.25 * np.pi * d * d) ** 1.852
        power = size**0.426
        return drop + scale * v * power, slope + scale * power * (1.0 + 0.852 * v * v / size)
    scale = 0.5 * density * coefficient * length / d
    return drop + scale * v * root, slope + scale * (root + v * v / root)


@kernel
def power_laws(table: PowerTable, flow: Array, drop: Array, slope: Array) -> None:
    """Resistances and valves; smooth, and linear at rest."""
    for i in range(table.branch.size):
        j = table.branch[i]
        r, n = flow[j] / table.flow[i], table.exponent[i]
        size = r * r + REST * REST
        # size^((n-1)/2); the usual squares need a root only
        power = np.sqrt(size) if n == 2.0 else size ** (0.5 * (n - 1.0))
        drop[j] = table.drop[i] * r * power
        slope[j] = table.drop[i] / table.flow[i] * power / size * (size + (n - 1.0) * r * r)


@kernel
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
            r, n = q / table.flow[i], table.exponent[i]
            size = r * r + REST * REST
            power = np.sqrt(size) if n == 2.0 else size ** (0.5 * (n - 1.0))
            rise = table.shutoff[i] - table.fall[i] * r * power
            fall = table.fall[i] / table.flow[i] * power / size * (size + (n - 1.0) * r * r)
        drop[j] = -s * s * rise
        slope[j] = max(s * fall / units, _LEAST_SLOPE)
        by_speed[i] = -2.0 * s * rise - s * fall * q


@kernel(uses=(friction,))
def all_laws(laws: Laws, speed: Array, flow: Array, drop: Array, slope: Array, by_speed: Array) -> None:
    """Write drop and slope of every branch with a law; (nb,) each, other branches untouched."""
    pipe_laws(laws.pipes, flow, drop, slope)
    power_laws(laws.powers, flow, drop, slope)
    power_laws(laws.valves, flow, drop, slope)
    pump_laws(laws.pumps, speed, flow, drop, slope, by_speed)
