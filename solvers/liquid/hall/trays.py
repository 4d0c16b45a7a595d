"""How a rack's manifold shares its coolant among the trays, and what that does to their GPUs.

The loop knows a rack by one pressure drop. Inside it, trays hang in parallel between two headers; the ports'
drop is set so that headers and ports together have the rack's own drop at its data-sheet point. Trays are
alike; port 1 is where the supply enters. Junctions are those at the power asked for: above their limit GPUs
slow down to what `gpu_power` says (`components.gpu`, settled).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geometry.errors import InputError, require
from solvers.fluids import density, viscosity
from solvers.liquid.components.cold_plate import plate_resistance
from solvers.liquid.components.manifold import Manifold, Outlet, distribute
from solvers.liquid.hall.loop import LoopSolution, RackLiquid
from solvers.liquid.hall.plan import LoopPlan

Array = NDArray[np.float64]
Index = NDArray[np.intp]

_ROUNDS = 20  # of the ports' drop; headers take a few per cent, so four are usual
_MET = 1e-10  # of the rack's drop


@dataclass(frozen=True, slots=True, kw_only=True)
class RackManifold:
    """Supply and return header of a rack, and how many trays hang between them.

    flow, drop, exponent  the rack's own, of its data sheet [m3/s], [Pa]; no balancing valve
    spacing    from tray to tray [m]; what stands between them included
    bore       of both headers [m]
    roughness  [m]; 1.5 um is drawn tube (Moody 1944)
    """

    trays: int
    flow: float
    drop: float
    exponent: float
    spacing: float
    bore: float
    outlet: Outlet
    roughness: float = 1.5e-6

    def __post_init__(self) -> None:
        require(self.trays >= 1, f"trays of a rack = {self.trays}: must be 1 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayStates:
    """By rack and tray (racks, trays), the tray where the supply enters first; racks with GPUs only.

    flow       [kg/s]
    share      of the flow over the rack's mean tray [-]
    junction   hottest GPU package at the power asked for [K]
    gpu_power  most that one package draws with its junction at or below the limit [W], at most what is asked
    asked      power of one package as asked for, (racks,) [W]
    """

    rack: tuple[str, ...]
    flow: Array
    share: Array
    junction: Array
    gpu_power: Array
    asked: Array

    @property
    def least(self) -> Index:
        """The least-fed tray of each rack, (racks,)."""
        return np.argmin(self.share, axis=1)

    @property
    def most(self) -> Index:
        """The best-fed tray of each rack, (racks,)."""
        return np.argmax(self.share, axis=1)

    @property
    def spread(self) -> Array:
        """Largest less smallest share of each rack, (racks,) [-]."""
        return np.asarray(self.share.max(axis=1) - self.share.min(axis=1))

    @property
    def throttled(self) -> NDArray[np.bool_]:
        """Whether the junction's limit keeps the tray's GPUs below what is asked, (racks, trays)."""
        return self.gpu_power < self.asked[:, None]


def tray_states(
    plan: LoopPlan, racks: Sequence[RackLiquid], solution: LoopSolution, manifold: RackManifold
) -> TrayStates:
    """The trays of every rack with GPUs of a solved loop; `racks` as they were solved.

    Properties are those of the coolant at the rack's inlet, in the return header too. Raises InputError where
    headers alone take the drop of the rack's data sheet, or starve a tray.
    """
    design, at = plan.design, [i for i, rack in enumerate(racks) if rack.gpus > 0]
    require(bool(at), "the loop has no rack with GPUs: no trays")
    names = tuple(plan.racks[i] for i in at)
    inlet = solution.racks.inlet[at]
    rho, mu = density(design.coolant, inlet), viscosity(design.coolant, inlet)
    headers = _headers(manifold, float(rho[0]), float(mu[0]))
    flow = np.array(
        [
            distribute(headers, float(m), density=float(r), viscosity=float(v)).flow
            for m, r, v in zip(solution.racks.flow[at], rho, mu, strict=True)
        ]
    )
    for name, own in zip(names, flow, strict=True):
        require(
            bool(own.min() > 0.0),
            f"manifold of rack {name}: headers of {1e3 * manifold.bore:.3g} mm leave tray {own.argmin() + 1} "
            f"of {manifold.trays} without coolant",
            hint="a larger bore (compute.manifold.bore_mm)",
        )
    asked = np.array([racks[i].gpu_power for i in at])
    # share of a tray's coolant that one package takes
    package = np.array([manifold.trays * racks[i].gpu_heat_share / racks[i].gpus for i in at])
    found = plate_resistance(design.plate, flow * (package / rho)[:, None]).resistance
    resistance = found + design.plate.junction_to_case
    room = np.maximum(design.limits.junction - inlet, 0.0)
    return TrayStates(
        rack=names,
        flow=flow,
        share=flow / flow.mean(axis=1, keepdims=True),
        junction=inlet[:, None] + asked[:, None] * resistance,
        gpu_power=np.minimum(asked[:, None], room[:, None] / resistance),
        asked=asked,
    )


def _headers(manifold: RackManifold, rho: float, mu: float) -> Manifold:
    """Headers and ports with the rack's drop at its data-sheet point; density [kg/m3], viscosity [Pa s]."""
    n, total = manifold.trays, rho * manifold.flow
    found = Manifold(
        name="of the racks",
        outlet=manifold.outlet,
        spacing=manifold.spacing,
        bore=manifold.bore,
        roughness=manifold.roughness,
        port_flow=np.full(n, total / n),
        port_drop=np.full(n, manifold.drop),
        exponent=manifold.exponent,
    )
    for _ in range(_ROUNDS):
        beyond = distribute(found, total, density=rho, viscosity=mu).drop - manifold.drop
        if abs(beyond) <= _MET * manifold.drop:
            return found
        left = found.port_drop - beyond
        if not np.all(left > 0.0):
            break
        found = replace(found, port_drop=left)
    raise InputError(
        f"manifold of the racks: headers of {1e3 * manifold.bore:.3g} mm take more than the rack's "
        f"{manifold.drop / 1e3:.3g} kPa at {manifold.flow * 6e4:.3g} l/min\n"
        "  try: a larger bore (compute.manifold.bore_mm)"
    )
