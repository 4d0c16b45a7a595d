"""Rear doors on the coolant of the CDUs: branches of the technology loop beside the racks' cold plates.

    <row>.s<n> --+--> <rack>.in       -> cold plates, balancing valve -> <rack>.out      --+--> <row>.r<n>
                 +--> <rack>.door.in  -> coil, balancing valve        -> <rack>.door.out --+

A door is open at all times; what it gets follows from the loop's pressures. Balancing valves, set once at
the design flows, give every branch of a hall the drop of the one that needs most. The units carry the doors'
heat; `DoorSide` is what the air's coils see of it (`solvers.coupling.WaterSide`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers.fluids import density
from solvers.liquid.hall.cool_circuit import ConsumerStates
from solvers.liquid.hall.loop import LoopSolution, RackLiquid
from solvers.liquid.hall.plan import LoopPlan
from solvers.liquid.hall.solve import solve_hall_loop

Array = NDArray[np.float64]

SQUARE = 2.0  # coils and valves: their drop over the flow's power; assumption, turbulent
STARVED = 0.95  # of the rated flow: direct-return manifolds stay above; assumption


def door_branch(name: str, *, heat: float, flow: float, coil_drop: float, valve_drop: float) -> RackLiquid:
    """A rear door as the loop sees it.

    heat  from the air [W], negative where it warms the air
    flow  rated [m3/s]; coil_drop, valve_drop  of coil and open valve at it [Pa]
    """
    for what, value in (("coil", coil_drop), ("open valve", valve_drop)):
        require(value > 0.0, f"rated pressure drop of the {what} of {name} = {value:g} Pa: must be positive")
    return RackLiquid(
        name=name,
        heat=heat,
        flow=flow,
        reference_flow=flow,
        reference_drop=coil_drop + valve_drop,
        exponent=SQUARE,
    )


def balanced(branches: Sequence[RackLiquid]) -> tuple[RackLiquid, ...]:
    """The branches with balancing valves: at the flow it asks for each drops what the neediest does."""
    target = max((_drop(branch) for branch in branches), default=0.0)
    return tuple(replace(b, reference_flow=b.flow, reference_drop=target) for b in branches)


def _drop(branch: RackLiquid) -> float:
    return branch.reference_drop * (branch.flow / branch.reference_flow) ** branch.exponent


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSide:
    """A technology loop and its facility water, as the rear doors' air sees them.

    branches    of the plan, the doors last, with heat and flow of the design
    names       of the doors
    set_point   technology supply [K]; fws_supply as of `solve_hall_loop`
    design      the loop solved so
    """

    plan: LoopPlan
    branches: tuple[RackLiquid, ...]
    names: tuple[str, ...]
    set_point: float
    fws_supply: float | None
    design: LoopSolution

    @property
    def limit(self) -> Array:
        return self._doors(self.design.racks.flow)

    @property
    def supply(self) -> Array:
        return self._doors(self.design.racks.inlet)

    def serve(self, asked: Array, heat: Array) -> tuple[Array, Array]:
        """(flow [kg/s], temperature entering [K]) of each door; doors have no valves that could ask."""
        found = self.solve(heat)
        return self._doors(found.racks.flow), self._doors(found.racks.inlet)

    def loaded(self, heat: Array) -> tuple[RackLiquid, ...]:
        """All branches, the doors with other heats [W]."""
        racks = self.branches[: -len(self.names)]
        doors = self.branches[len(racks) :]
        return racks + tuple(replace(door, heat=q) for door, q in zip(doors, heat.tolist(), strict=True))

    def solve(self, heat: Array) -> LoopSolution:
        """The loop with the doors' heats [W]; raises as `solve_hall_loop`."""
        return solve_hall_loop(
            self.plan,
            self.loaded(heat),
            set_point=self.set_point,
            fws_supply=self.fws_supply,
            guess=self.design,
        )

    def states(self, found: LoopSolution) -> ConsumerStates:
        """The doors of a solved loop. What they ask for is their rated flow."""
        racks, n = found.racks, len(self.names)
        rho = float(density(self.plan.design.coolant, self.set_point))
        rated = rho * np.array([door.flow for door in self.branches[-n:]])
        flow = self._doors(racks.flow)
        return ConsumerStates(
            name=self.names,
            rated=rated,
            asked=rated,
            flow=flow,
            inlet=self._doors(racks.inlet),
            outlet=self._doors(racks.outlet),
            heat=self._doors(racks.heat),
            drop=self._doors(racks.drop),
            stroke=np.full(n, np.nan),
            starved=flow < STARVED * rated,
        )

    def _doors(self, values: Array) -> Array:
        return values[-len(self.names) :]


def door_side(
    plan: LoopPlan,
    branches: Sequence[RackLiquid],
    names: Sequence[str],
    *,
    set_point: float,
    fws_supply: float | None = None,
) -> DoorSide:
    """The doors `names`, last among the branches of a plan, on a loop that holds `set_point` [K].

    Raises InputError where the last branches have other names, and as `solve_hall_loop`.
    """
    branches, names = tuple(branches), tuple(names)
    last = tuple(branch.name for branch in branches[-len(names) :]) if names else ()
    require(
        bool(names) and last == names,
        f"the last branches of the loop are {', '.join(last[:3]) or 'none'}, not the doors "
        f"{', '.join(names[:3]) or '(none)'}",
    )
    design = solve_hall_loop(plan, branches, set_point=set_point, fws_supply=fws_supply)
    return DoorSide(
        plan=plan,
        branches=branches,
        names=names,
        set_point=set_point,
        fws_supply=fws_supply,
        design=design,
    )
