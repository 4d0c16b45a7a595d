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

from geometry.errors import require
from solvers.errors import SolverError
from solvers.liquid.hydraulics.laws import Laws, PipeTable, PowerTable
from solvers.liquid.hydraulics.network import Network
from solvers.liquid.hydraulics.newton import newton

Array = NDArray[np.float64]


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
    flow = _first_flow(network, density) if guess is None else np.array(guess, dtype=np.float64)
    flow[network.imposed] = network.imposed_flow
    pressure = np.zeros(len(network.nodes))
    pressure[network.fixed] = network.fixed_pressure
    across = np.empty_like(flow)
    iterations, mass, miss, worst = newton(
        network.graph,
        _laws(network, density, viscosity),
        network.inflow,
        _rest(network),
        max_iterations,
        flow,
        pressure,
        across,
    )
    if iterations < 0:
        raise SolverError(
            f"flow in the liquid network did not settle in {max_iterations} iterations: pressure residual "
            f"{miss:.2g}, mass {mass:.2g} (relative), worst at '{network.branches[worst]}'"
        )
    across = pressure[network.start] - pressure[network.end]
    across[network.part[network.start] != network.part[network.end]] = np.nan
    return Hydraulics(flow=flow, drop=across, pressure=pressure, mass=mass, iterations=iterations)


def mass_residual(network: Network, flow: Array) -> float:
    """Worst node imbalance / largest flow [-]; defined at zero flow by 1e-12 of the design flow."""
    largest = max(float(np.max(np.abs(flow), initial=0.0)), _rest(network))
    n = len(network.nodes)
    balance = (
        network.inflow
        + np.bincount(network.end, weights=flow, minlength=n)
        - np.bincount(network.start, weights=flow, minlength=n)
    )
    return float(np.max(np.abs(balance[network.graph.must_balance]), initial=0.0)) / largest


def _rest(network: Network) -> float:
    """1e-12 of the design flow [kg/s]: what counts as no flow."""
    given = (network.law_flow, network.pump_flow, network.imposed_flow, network.inflow)
    design = max(float(np.max(np.abs(values), initial=0.0)) for values in given)
    return max(1e-12 * design, np.finfo(float).tiny)


def _laws(network: Network, density: Array, viscosity: Array) -> Laws:
    pipes = PipeTable(
        branch=network.pipe,
        length=network.length,
        diameter=network.diameter,
        roughness=network.roughness,
        minor=network.minor,
        parallel=network.parallel,
        density=np.ascontiguousarray(density, dtype=np.float64),
        viscosity=np.ascontiguousarray(viscosity, dtype=np.float64),
    )
    powers = PowerTable(
        branch=network.power_law,
        flow=network.law_flow,
        drop=network.law_drop,
        exponent=network.law_exponent,
        offset=np.zeros(network.power_law.size),
    )
    pumps = PowerTable(
        branch=network.pump,
        flow=network.pump_flow,
        drop=network.pump_shutoff - network.pump_rated,
        exponent=np.full(network.pump.size, 2.0),
        offset=-network.pump_shutoff,
    )
    return Laws(pipes=pipes, powers=powers, pumps=pumps)


def _first_flow(network: Network, density: Array) -> Array:
    """One metre per second in pipes, reference flow in devices [kg/s]."""
    flow = np.zeros(len(network.branches))
    flow[network.pipe] = 0.25 * np.pi * network.diameter**2 * density * network.parallel
    flow[network.power_law] = network.law_flow
    flow[network.pump] = network.pump_flow
    return flow
