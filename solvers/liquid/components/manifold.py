"""Rack and row manifolds: how a supply and a return header share a flow among equal or unequal ports.

        supply ->--+-------+-------+-------+        SAME_END: the return leaves where the supply enters
                   |port 0 |port 1 |  ...  |        OPPOSITE_ENDS: it leaves at the far end
        return <---+-------+-------+-------+

Along a header the static pressure falls by friction, rises where flow leaves it and falls where flow joins:

    p(k+1) - p(k) = -/+ f (L/D) rho v^2/2 + g rho/4 (v(k-1)^2 - v(k+1)^2)        v(k) between ports k and k+1

(Bajura and Jones 1976, J. Fluids Eng. 98, 654-666, in discrete form; pressures at the middle of the ports).
The regain g is 1 where the flow that leaves takes its kinetic energy along, and 2 where it leaves its
momentum behind; real dividing headers lie near 1, combining headers, whose inflow brings no axial momentum,
near 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require, require_range
from solvers.errors import SolverError
from solvers.friction import pipe_drop_kernel
from solvers.liquid.components.losses import power_drop_slopes

Array = NDArray[np.float64]


class Outlet(Enum):
    SAME_END = "same end"  # direct return, U
    OPPOSITE_ENDS = "opposite ends"  # reverse return (Tichelmann), Z


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifold:
    """Two headers of one bore and the ports between them.

    spacing      from port to port [m]
    bore         of supply and return header [m]
    port_flow    (n,) rated flow of each port [kg/s]: a tray with its couplings, a rack with its hoses
    port_drop    (n,) there [Pa]
    exponent     of the ports' drop
    """

    name: str
    outlet: Outlet
    spacing: float
    bore: float
    roughness: float
    port_flow: Array
    port_drop: Array
    exponent: float = 2.0
    dividing_regain: float = 1.0
    combining_regain: float = 2.0

    def __post_init__(self) -> None:
        require(
            self.port_flow.size == self.port_drop.size >= 1,
            f"manifold {self.name}: as many rated flows as drops, one or more",
        )
        require(
            bool(np.all(self.port_flow > 0.0) and np.all(self.port_drop > 0.0)),
            f"manifold {self.name}: rated flows and drops of ports must be positive",
        )
        require(self.spacing >= 0.0, f"spacing of manifold {self.name} = {self.spacing:g} m: negative")
        require(self.bore > 0.0, f"bore of manifold {self.name} = {self.bore:g} m: must be positive")
        require_range("exponent of the ports", self.exponent, 1.0, 2.0, "-", element=self.name)
        for regain in (self.dividing_regain, self.combining_regain):
            require_range("regain", regain, 0.0, 2.0, "-", element=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """What a manifold does with a total flow.

    flow           (n,) of the ports [kg/s]
    by_total       (n,) derivative of each by the total [-]
    drop           static pressure entering the supply less leaving the return [Pa]
    drop_by_total  its derivative [Pa s/kg]
    """

    flow: Array
    by_total: Array
    drop: float
    drop_by_total: float

    @property
    def maldistribution(self) -> float:
        """Largest less smallest port flow over their mean [-]."""
        return float((self.flow.max() - self.flow.min()) / self.flow.mean())


def distribute(manifold: Manifold, total: float, *, density: float, viscosity: float) -> Distribution:
    """Share a total mass flow [kg/s] among the ports; density [kg/m3], viscosity [Pa s].

    Newton on the port flows with the full Jacobian: manifolds are short. Raises InputError for
    values that are not positive and finite, SolverError when the ports are so easy against their header that
    no steady distribution is found.
    """
    for what, value, unit in (
        ("flow", total, "kg/s"),
        ("density", density, "kg/m3"),
        ("viscosity", viscosity, "Pa s"),
    ):
        require(
            0.0 < value < np.inf,
            f"{what} of manifold {manifold.name} = {value:g} {unit}: must be positive and finite",
        )
    n = manifold.port_flow.size
    flow = total * manifold.port_flow / manifold.port_flow.sum()
    for _ in range(60):
        miss, jacobian, _, _ = _equations(manifold, flow, total, density, viscosity)
        change = np.linalg.solve(jacobian, miss)
        # half of all the flow is the most that one step moves
        largest = float(np.max(np.abs(change)))
        flow = flow - change * min(1.0, 0.5 * total / max(largest, 1e-300))
        if largest <= 1e-13 * total:
            break
    else:
        raise SolverError(f"flow in manifold {manifold.name} did not settle")
    _, jacobian, drop, gradient = _equations(manifold, flow, total, density, viscosity)
    # the equations depend on the total by the last row and by the headers' first speeds: total = sum of flows
    by_total = np.linalg.solve(jacobian, np.append(np.zeros(n - 1), 1.0))
    return Distribution(flow=flow, by_total=by_total, drop=drop, drop_by_total=float(gradient @ by_total))


def _equations(
    manifold: Manifold, flow: Array, total: float, density: float, viscosity: float
) -> tuple[Array, Array, float, Array]:
    """Misses (n,), Jacobian (n, n), drop of the manifold [Pa] and its gradient (n,) by the port flows."""
    n = flow.size
    area = 0.25 * np.pi * manifold.bore**2
    # header flows before port 0, between ports, behind port n - 1: (n + 1,), and their derivatives (n + 1, n)
    supply = np.append(np.cumsum(flow[::-1])[::-1], 0.0)
    supply_by = np.vstack((np.triu(np.ones((n, n))), np.zeros(n)))
    same = manifold.outlet is Outlet.SAME_END
    back = supply if same else np.append(0.0, np.cumsum(flow))
    back_by = supply_by if same else np.vstack((np.zeros(n), np.tril(np.ones((n, n)))))

    kinetic = 0.5 / (density * area * area)

    def regain(header: Array, header_by: Array, factor: float) -> tuple[Array, Array]:
        """Rise of static pressure from each header flow to the next: (n,), (n, n)."""
        squares, by = header * np.abs(header), 2.0 * np.abs(header)[:, None] * header_by
        return factor * kinetic * -np.diff(squares), factor * kinetic * -np.diff(by, axis=0)

    def friction(header: Array, header_by: Array) -> tuple[Array, Array]:
        """Drop along each piece between ports, in the direction of its flow: (n - 1,), (n - 1, n)."""
        inner = np.ascontiguousarray(header[1:-1])
        drop, slope = np.empty(n - 1), np.empty(n - 1)
        column = np.ones(n - 1)
        pipe_drop_kernel(
            inner,
            column * manifold.spacing,
            column * manifold.bore,
            column * manifold.roughness,
            column * 0.0,
            column * density,
            column * viscosity,
            drop,
            slope,
        )
        return drop, slope[:, None] * header_by[1:-1]

    rise, rise_by = regain(supply, supply_by, manifold.dividing_regain)
    # in the return, pressure falls in the direction of flow where ports join
    fall, fall_by = regain(back, back_by, manifold.combining_regain)
    loss, loss_by = friction(supply, supply_by)
    back_loss, back_loss_by = friction(back, back_by)

    port, port_slope = np.empty(n), np.empty(n)
    for i in range(n):
        port[i], port_slope[i] = power_drop_slopes(
            flow[i], manifold.port_flow[i], manifold.port_drop[i], manifold.exponent
        )
    port_by = np.diag(port_slope)

    # supply pressure of port k + 1 less that of port k, at their middles; the same of the return
    up = 0.5 * (rise[:-1] + rise[1:]) - loss
    up_by = 0.5 * (rise_by[:-1] + rise_by[1:]) - loss_by
    # SAME_END: flow runs from port k + 1 to k, so port k + 1 stands higher by friction and joining flow
    down = 0.5 * (fall[:-1] + fall[1:]) + (back_loss if same else -back_loss)
    down_by = 0.5 * (fall_by[:-1] + fall_by[1:]) + (back_loss_by if same else -back_loss_by)
    miss = np.append(np.diff(port) - (up - down), flow.sum() - total)
    jacobian = np.vstack((np.diff(port_by, axis=0) - (up_by - down_by), np.ones(n)))

    # from the inlet by port 0 to the outlet; there, half a port's rise or fall remains at either end
    drop = -0.5 * rise[0] + port[0]
    gradient = -0.5 * rise_by[0] + port_by[0]
    if same:
        drop += 0.5 * fall[0]
        gradient = gradient + 0.5 * fall_by[0]
    else:
        drop += -down.sum() - 0.5 * fall[-1]
        gradient = gradient - down_by.sum(axis=0) - 0.5 * fall_by[-1]
    return miss, jacobian, float(drop), gradient
