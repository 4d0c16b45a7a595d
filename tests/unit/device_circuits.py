"""Circuits of a device or two, small enough to be worked by hand; 1000 kg/m3."""

import numpy as np

from solvers.liquid.hydraulics.records import (
    ImposedFlow,
    Pump,
    Resistance,
)
from solvers.liquid.hydraulics.solve import solve_hydraulics

HAND = 1e-7  # power laws are linear below 1e-4 of their reference flow, which costs 5e-9 of it


def solve(network, **more):
    n = network.pipe.size
    return solve_hydraulics(
        network, np.full(n, 1000.0), np.full(n, 1e-3), **({"device_density": 1000.0} | more)
    )


def load(name, start, end, *, drop=1e5, **more):
    """1 bar at 1 kg/s, unless said otherwise."""
    return Resistance(name=name, start=start, end=end, flow=1.0, drop=drop, **more)


def feed(flow, start="y", end="x"):
    return ImposedFlow(name="feed", start=start, end=end, flow=flow)


def pump(name="pump", start="y", end="x", **more):
    """200 kPa at rest, 100 kPa at 1 kg/s."""
    return Pump(name=name, start=start, end=end, **({"flow": 1.0, "rated": 1e5, "shutoff": 2e5} | more))
