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

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers.liquid.hydraulics.inputs import given_of, guess_of, laws_of, require_between
from solvers.liquid.hydraulics.network import Network
from solvers.liquid.hydraulics.newton import SETTLED, newton
from solvers.liquid.hydraulics.outcome import Hydraulics, failure, require_delivery

__all__ = ["Hydraulics", "mass_residual", "solve_hydraulics"]

Array = NDArray[np.float64]


def solve_hydraulics(
    network: Network,
    density: Array,
    viscosity: Array,
    *,
    guess: Array | Hydraulics | None = None,
    device_density: float | None = None,
    idle_pumps: bool = False,
    max_iterations: int = 60,
) -> Hydraulics:
    """Solve a network for given properties of the coolant in each pipe.

    density [kg/m3] and viscosity [Pa s]: (n_pipes,), in the order of network.pipe.
    guess: (nb,) flows to start from [kg/s], or a neighbouring solution, whose states are then kept as well.
    device_density: of the fluid in valves and other devices [kg/m3]; None: the mean of the pipes.
    idle_pumps: whether a running pump may deliver nothing, against a closed way or a stronger pump, and may
    be pushed beyond its curve.
    Raises InputError for properties that are not positive and finite, a guess of another network, a load that
    closed branches cut off, and for a pump that delivers nothing or is pushed; SolverError if the iteration
    does not settle.
    """
    n_pipes = network.pipe.size
    require(density.shape == viscosity.shape == (n_pipes,), f"properties must have the shape ({n_pipes},)")
    require_between("density", density, 0.0, np.inf, "kg/m3")
    require_between("viscosity", viscosity, 0.0, np.inf, "Pa s")
    given = given_of(network, device_density)
    unknowns = guess_of(network, guess)
    ended, iterations, mass, miss, blame = newton(
        network.graph,
        network.pattern,
        laws_of(network, density, viscosity),
        network.automatic,
        network.controls,
        given,
        unknowns,
        max_iterations,
    )
    if ended != SETTLED:
        raise failure(network, unknowns, ended, max_iterations, mass, miss, blame)
    if network.pump_records and not idle_pumps:
        mean = float(density.mean()) if density.size else np.nan
        require_delivery(network, unknowns, mean if device_density is None else device_density)
    return Hydraulics(
        flow=unknowns.flow,
        drop=unknowns.drop,
        pressure=unknowns.pressure,
        mass=mass,
        iterations=iterations,
        state=unknowns.state,
        speed=unknowns.speed,
        mode=unknowns.mode,
        worst=unknowns.worst,
    )


def mass_residual(network: Network, flow: Array) -> float:
    """Worst node imbalance / largest flow [-]; defined at zero flow by 1e-12 of the design flow."""
    given = (network.law_flow, network.pumps.flow, network.imposed_flow, network.inflow)
    design = max(float(np.max(np.abs(values), initial=0.0)) for values in given)
    largest = max(float(np.max(np.abs(flow), initial=0.0)), 1e-12 * design, float(np.finfo(float).tiny))
    n = len(network.nodes)
    balance = (
        network.inflow
        + np.bincount(network.end, weights=flow, minlength=n)
        - np.bincount(network.start, weights=flow, minlength=n)
    )
    return float(np.max(np.abs(balance[network.graph.must_balance]), initial=0.0)) / largest
