"""Pressure drop and its true derivative of every kind of branch, as kernels over flat tables."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers import friction
from solvers._jit import kernel
from solvers.friction import friction_kernel

Array = NDArray[np.float64]
Index = NDArray[np.intp]

REST = 1e-4  # below this share of its reference flow a power law is made linear
_LEAST_SLOPE = 1e-6  # [Pa s/kg]: a pipe of no length has no slope; this keeps its conductance finite


class PipeTable(NamedTuple):
    """(n_pipes,) each: branch, geometry of one line, number of lines, fluid."""

    branch: Index
    length: Array  # [m]
    diameter: Array
    roughness: Array
    minor: Array
    parallel: Array
    density: Array  # [kg/m3]
    viscosity: Array  # [Pa s]


class PowerTable(NamedTuple):
    """offset + drop (m/flow)|m/flow|^(exponent-1), (n,) each."""

    branch: Index
    flow: Array  # [kg/s]
    drop: Array  # [Pa]
    exponent: Array
    offset: Array  # [Pa], negative: a lift


class Laws(NamedTuple):
    pipes: PipeTable
    powers: PowerTable  # resistances
    pumps: PowerTable


@kernel(uses=(friction,))
def pipe_laws(table: PipeTable, flow: Array, drop: Array, slope: Array) -> None:
    """Write drop [Pa] and slope [Pa s/kg] of the pipes among the branches.

    Laminar flow makes the law linear at rest, so zero flow is a regular point.
    """
    for i in range(table.branch.size):
        j = table.branch[i]
        d = table.diameter[i]
        area = 0.25 * np.pi * d * d
        through = flow[j] / table.parallel[i]
        m = abs(through)
        kinetic = 0.5 / (table.density[i] * area * area)  # dynamic pressure per flow squared
        re = m * d / (area * table.viscosity[i])
        if re <= 2000.0:
            # f m^2 = 64 mu A / d * m: no division by the Reynolds number
            linear = 64.0 * table.viscosity[i] * area / d * table.length[i] / d * kinetic
            magnitude = linear * m + table.minor[i] * kinetic * m * m
            derivative = linear + 2.0 * table.minor[i] * kinetic * m
        else:
            f, exponent = friction_kernel(re, table.roughness[i] / d)
            line = f * table.length[i] / d
            magnitude = (line + table.minor[i]) * kinetic * m * m
            derivative = (line * (2.0 + exponent) + 2.0 * table.minor[i]) * kinetic * m
        drop[j] = magnitude if through >= 0.0 else -magnitude
        slope[j] = max(derivative / table.parallel[i], _LEAST_SLOPE)


@kernel
def power_laws(table: PowerTable, flow: Array, drop: Array, slope: Array) -> None:
    """Write drop [Pa] and slope [Pa s/kg] of the branches with a power law; smooth and linear at rest."""
    for i in range(table.branch.size):
        j = table.branch[i]
        r, n = flow[j] / table.flow[i], table.exponent[i]
        size = r * r + REST * REST
        # size^((n-1)/2); the usual squares need a root only
        power = np.sqrt(size) if n == 2.0 else size ** (0.5 * (n - 1.0))
        drop[j] = table.offset[i] + table.drop[i] * r * power
        slope[j] = table.drop[i] / table.flow[i] * power / size * (size + (n - 1.0) * r * r)


@kernel
def all_laws(laws: Laws, flow: Array, drop: Array, slope: Array) -> None:
    """Write drop and slope of every branch with a law; (nb,) each, other branches untouched."""
    pipe_laws(laws.pipes, flow, drop, slope)
    power_laws(laws.powers, flow, drop, slope)
    power_laws(laws.pumps, flow, drop, slope)
