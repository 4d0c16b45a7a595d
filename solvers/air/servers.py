"""Heat stored in the servers of racks, as one temperature a rack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers.air.problem import AirProblem, ThroughFlow


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerMass:
    """Heat stored in a rack's servers: one temperature, heated by their power and cooled by their air.

    capacity       mass times specific heat of all its servers [J/K]
    effectiveness  epsilon: share of the distance between the mass and the entering air that the air takes up

        M c dT/dt = heat - epsilon m cp_air (T - T_in)        T_out = T_in + epsilon (T - T_in)

    after the compact server model of VanGilder, Pardey, Healey and Zhang (ASHRAE Trans. 119(2) (2013)). The
    time constant M c / (epsilon m cp_air) is 5 to 10 min for the three servers of their table 1. Their heat
    location parameter (0.01 to 0.06 there) is taken as zero.
    """

    capacity: float
    effectiveness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Of all racks, then cooling units, in order; capacity 0, effectiveness 1 where none is stored."""

    capacity: Array  # [J/K]
    effectiveness: Array


def build_servers(problem: AirProblem, masses: Mapping[str, ServerMass]) -> Servers:
    """Servers of the problem's racks; InputError for unknown racks and impossible values."""
    names = [rack.name for rack in problem.racks if isinstance(rack, ThroughFlow)]
    for name, server in masses.items():
        require(name in names, f"servers of rack {name!r}: the hall has no such rack with a flow of its own")
        require(
            server.capacity > 0.0,
            f"heat capacity of the servers of rack {name} = {server.capacity:g} J/K: must be above 0",
            hint="leave the rack out if its servers store nothing",
        )
        require(
            0.0 < server.effectiveness <= 1.0,
            f"effectiveness of the servers of rack {name} = {server.effectiveness:g}: outside 0..1",
        )
    none = ServerMass(capacity=0.0, effectiveness=1.0)
    each = [masses.get(rack.name, none) for rack in problem.racks] + [none] * len(problem.units)
    return Servers(
        capacity=np.array([s.capacity for s in each]), effectiveness=np.array([s.effectiveness for s in each])
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStep:
    """One step of all racks' servers, in terms of the inlet at its end.

    Their temperature is known + share * inlet; the rack blows rise + gain * inlet (before a rear door).
    """

    known: Array
    share: Array
    rise: Array
    gain: Array


def server_step(
    servers: Servers, *, air: Array, rise: tuple[Array, Array], inlet: Array, mass: Array, step: float
) -> ServerStep:
    """Exact solution of the servers' equation over `step` [s], inlet and heat linear in time.

    air          heat capacity rate of each rack's air, rho cp flow [W/K]; constant in the step
    rise         heat over `air` at the start and at the end [K]
    inlet, mass  temperatures of the air and of the servers at the start, above any reference [K]
    """
    stores = servers.capacity > 0.0
    x = np.divide(servers.effectiveness * air * step, servers.capacity, out=np.ones_like(air), where=stores)
    decay = np.exp(-x)
    mean = -np.expm1(-x) / x  # of the decay over the step
    first = np.where(stores, mean - decay, 0.0)  # weights of the equilibria at the start and at the end
    last = np.where(stores, 1.0 - mean, 1.0)
    decay = np.where(stores, decay, 0.0)
    excess = [r / servers.effectiveness for r in rise]
    known = decay * mass + first * (inlet + excess[0]) + last * excess[1]
    return ServerStep(
        known=known,
        share=last,
        rise=servers.effectiveness * known,
        gain=1.0 - servers.effectiveness * (1.0 - last),
    )
