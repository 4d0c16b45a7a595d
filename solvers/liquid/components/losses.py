"""Pressure drops of devices from one data-sheet point, with their slope."""

from __future__ import annotations

from solvers import friction
from solvers._jit import kernel
from solvers.friction import power_slopes


@kernel(uses=(friction,))
def power_drop_slopes(flow, rated_flow, rated_drop, exponent):
    """(drop, d drop/d flow) of drop = rated_drop |r|^n sign(r), r = flow / rated_flow; either sign of flow.

    Mass or volume flow, as the rated one; drop [Pa]. Odd in the flow and smooth at rest, as the resistances
    of networks are (`friction.power_slopes`).
    """
    share, slope = power_slopes(flow / rated_flow, exponent)
    return rated_drop * share, rated_drop / rated_flow * slope


@kernel(uses=(friction,))
def quadratic_drop_slopes(flow, rated_flow, rated_drop):
    """`power_drop_slopes` with exponent 2."""
    return power_drop_slopes(flow, rated_flow, rated_drop, 2.0)
