"""Heat carried by a network at frozen flow: enthalpy, upwind, mixed at the nodes.

Every branch hands to its downstream node  h_out = gain h_upstream + lift  [J/kg]:
a pipe without loss (1, 0), a rack that takes up Q (1, Q/m), an exchanger held at a set point (0, h_set).
A node mixes what flows into it. The system is linear, hence solved at once, and it conserves m h exactly
because heat content, not temperature, is mixed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu

from geometry.errors import require
from solvers.errors import SolverError
from solvers.liquid.hydraulics.network import Network

Array = NDArray[np.float64]


def node_enthalpy(
    network: Network, flow: Array, gain: Array, lift: Array, *, given: dict[int, float], rest: float
) -> Array:
    """Mixed enthalpy [J/kg] of every node, (nn,).

    flow        (nb,) mass flow of each branch [kg/s]; a reversed flow takes its heat the other way
    gain, lift  (nb,) of each branch [-], [J/kg]
    given       enthalpy of nodes fed from outside (by number) [J/kg]
    rest        enthalpy of nodes that no flow reaches [J/kg]

    Raises SolverError if a closed circuit neither holds a temperature nor rejects heat.
    """
    n = len(network.nodes)
    require(flow.shape == gain.shape == lift.shape, "flow, gain and lift must have one value per branch")
    forward = flow >= 0.0
    upstream = np.where(forward, network.start, network.end)
    downstream = np.where(forward, network.end, network.start)
    m = np.abs(flow)
    # flows below round-off carry nothing; they would only spoil the system's condition
    m[m <= 1e-13 * m.max(initial=0.0)] = 0.0

    diagonal = np.bincount(downstream, weights=m, minlength=n)
    right = np.bincount(downstream, weights=m * lift, minlength=n)
    weight = m * gain
    still = diagonal <= 0.0
    diagonal[still], right[still] = 1.0, rest
    for node, value in given.items():
        diagonal[node], right[node] = 1.0, value
        weight = np.where(downstream == node, 0.0, weight)
    nodes = np.arange(n)
    matrix = csc_matrix(
        (np.concatenate((diagonal, -weight)), (np.append(nodes, downstream), np.append(nodes, upstream))),
        shape=(n, n),
    )
    try:
        h = splu(matrix).solve(right)
    except RuntimeError as error:  # exactly singular
        raise SolverError("a closed coolant circuit takes up heat and rejects none") from error
    if not np.all(np.isfinite(h)):
        raise SolverError("a closed coolant circuit takes up heat and rejects none")
    return np.asarray(h)
