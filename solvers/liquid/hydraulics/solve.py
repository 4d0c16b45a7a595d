"""Steady incompressible flow in a network: the global gradient method.

Unknown are the flow m of every branch and the pressure p of every node:

    f_j(m_j) = p_start - p_end        for every branch j, f its pressure drop
    sum of flows out - sum in = inflow  for every node

Newton on both at once; eliminating the flows leaves a symmetric positive definite system for the
corrections of pressure, A' S^-1 A dp = r_node - A' S^-1 r_branch, with S = diag(df/dm).

Source: Todini and Pilati 1988, A gradient algorithm for the analysis of pipe networks; here in correction
form, which brings the mass balance of every node down to round-off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu

from geometry.errors import require
from solvers.errors import SolverError
from solvers.friction import pipe_drop_kernel
from solvers.liquid.hydraulics.network import Network

Array = NDArray[np.float64]

MASS_TOLERANCE = 1e-10  # worst node imbalance / largest flow
DROP_TOLERANCE = 1e-9  # worst branch residual / largest pressure drop
_REST = 1e-4  # below this share of its reference flow a power law is made linear


@dataclass(frozen=True, slots=True, kw_only=True)
class Hydraulics:
    """Flow and pressure of a network.

    flow      (nb,) mass flow of every branch, imposed ones included [kg/s]
    drop      (nb,) pressure drop along it, start - end [Pa]; nan across an imposed flow between two parts
    pressure  (nn,) [Pa], relative to the fixed nodes
    mass      worst node imbalance / largest flow [-]
    """

    flow: Array
    drop: Array
    pressure: Array
    mass: float
    iterations: int


def solve_hydraulics(
    network: Network,
    density: Array,
    viscosity: Array,
    *,
    guess: Array | None = None,
    max_iterations: int = 60,
) -> Hydraulics:
    """Solve a network for given properties of the coolant in each pipe.

    density [kg/m3] and viscosity [Pa s]: (n_pipes,), in the order of network.pipe.
    guess: (nb,) flows to start from, such as those of a neighbouring solution [kg/s].
    Raises SolverError if the iteration does not settle.
    """
    n_pipes = network.pipe.size
    require(density.shape == viscosity.shape == (n_pipes,), f"properties must have the shape ({n_pipes},)")
    free_branch = np.setdiff1d(np.arange(len(network.branches)), network.imposed)
    free_node = np.setdiff1d(np.arange(len(network.nodes)), network.fixed)

    flow = _first_flow(network, density) if guess is None else guess.copy()
    flow[network.imposed] = network.imposed_flow
    pressure = np.zeros(len(network.nodes))
    pressure[network.fixed] = network.fixed_pressure
    drop, slope = np.zeros_like(flow), np.ones_like(flow)
    row, column, sign, place = _pattern(network, free_branch, free_node)

    polished = False
    for iteration in range(max_iterations):
        _laws(network, flow, density, viscosity, drop, slope)
        miss = (pressure[network.start] - pressure[network.end] - drop)[free_branch]
        balance = _balance(network, flow)
        mass = mass_residual(network, flow)
        scale = max(float(np.max(np.abs(drop[free_branch]), initial=0.0)), 1.0)
        residual = float(np.max(np.abs(miss), initial=0.0)) / scale
        converged = mass <= MASS_TOLERANCE and residual <= DROP_TOLERANCE
        if converged and polished:
            across = pressure[network.start] - pressure[network.end]
            across[network.part[network.start] != network.part[network.end]] = np.nan
            return Hydraulics(flow=flow, drop=across, pressure=pressure, mass=mass, iterations=iteration)
        polished = converged  # one correction more than needed: Newton then stands at round-off

        conductance = 1.0 / slope[free_branch]
        push = conductance * miss
        np.add.at(balance, network.start[free_branch], -push)
        np.add.at(balance, network.end[free_branch], push)
        correction = np.zeros_like(pressure)
        if free_node.size:
            matrix = csc_matrix((sign * conductance[place], (row, column)), shape=(free_node.size,) * 2)
            correction[free_node] = splu(matrix).solve(balance[free_node])
        pressure += correction
        along = (correction[network.start] - correction[network.end])[free_branch]
        flow[free_branch] += push + conductance * along
    worst = network.branches[free_branch[int(np.argmax(np.abs(miss)))]] if free_branch.size else "none"
    raise SolverError(
        f"flow in the liquid network did not settle in {max_iterations} iterations: pressure residual "
        f"{residual:.2g}, mass {mass:.2g} (relative), worst at '{worst}'"
    )


def mass_residual(network: Network, flow: Array) -> float:
    """Worst node imbalance / largest flow [-]; defined at zero flow by 1e-12 of the design flow."""
    design = max(
        float(np.max(np.abs(values), initial=0.0))
        for values in (network.law_flow, network.pump_flow, network.imposed_flow, network.inflow)
    )
    largest = max(float(np.max(np.abs(flow), initial=0.0)), 1e-12 * design, np.finfo(float).tiny)
    balance = _balance(network, flow)
    for_free = np.ones(balance.size, dtype=bool)
    for_free[network.fixed] = False
    # a node of given pressure may feed the network; in a closed part all flow returns to it too
    closed = np.isin(network.part, network.part[network.fixed[network.open_nodes]], invert=True)
    return float(np.max(np.abs(balance[for_free | closed]), initial=0.0)) / largest


def _balance(network: Network, flow: Array) -> Array:
    """Inflow from outside and from branches, less outflow, of every node [kg/s]."""
    n = len(network.nodes)
    return np.asarray(
        network.inflow
        + np.bincount(network.end, weights=flow, minlength=n)
        - np.bincount(network.start, weights=flow, minlength=n)
    )


def _laws(network: Network, flow: Array, density: Array, viscosity: Array, drop: Array, slope: Array) -> None:
    """Write pressure drop [Pa] and slope [Pa s/kg] of every branch that is not imposed."""
    pipe_drop, pipe_slope = np.empty(network.pipe.size), np.empty(network.pipe.size)
    pipe_drop_kernel(
        flow[network.pipe] / network.parallel,
        network.length,
        network.diameter,
        network.roughness,
        network.minor,
        density,
        viscosity,
        pipe_drop,
        pipe_slope,
    )
    drop[network.pipe] = pipe_drop
    # a pipe of no length has no slope: the floor keeps its conductance finite
    slope[network.pipe] = np.maximum(pipe_slope / network.parallel, 1e-6)

    r, n = flow[network.power_law] / network.law_flow, network.law_exponent
    size = r**2 + _REST**2
    drop[network.power_law] = network.law_drop * r * size ** ((n - 1.0) / 2.0)
    slope[network.power_law] = (
        network.law_drop / network.law_flow * size ** ((n - 3.0) / 2.0) * (size + (n - 1.0) * r**2)
    )

    r = flow[network.pump] / network.pump_flow
    size = np.sqrt(r**2 + _REST**2)
    fall = network.pump_shutoff - network.pump_rated
    drop[network.pump] = fall * r * size - network.pump_shutoff
    slope[network.pump] = fall / network.pump_flow * (size + r**2 / size)


def _first_flow(network: Network, density: Array) -> Array:
    """One metre per second in pipes, reference flow in devices [kg/s]."""
    flow = np.zeros(len(network.branches))
    flow[network.pipe] = 0.25 * np.pi * network.diameter**2 * density * network.parallel
    flow[network.power_law] = network.law_flow
    flow[network.pump] = network.pump_flow
    return flow


def _pattern(
    network: Network, free_branch: NDArray[np.intp], free_node: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], Array, NDArray[np.intp]]:
    """Rows, columns, signs and branches of the entries of A' S^-1 A among the free nodes."""
    unknown = np.full(len(network.nodes), -1, dtype=np.intp)
    unknown[free_node] = np.arange(free_node.size)
    a, b = unknown[network.start[free_branch]], unknown[network.end[free_branch]]
    row, column = np.concatenate((a, b, a, b)), np.concatenate((a, b, b, a))
    sign = np.repeat([1.0, 1.0, -1.0, -1.0], a.size)
    place = np.tile(np.arange(a.size), 4)
    inside = (row >= 0) & (column >= 0)
    return row[inside], column[inside], sign[inside], place[inside]
