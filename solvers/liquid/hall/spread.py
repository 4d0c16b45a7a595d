"""How evenly a hall's loops feed their racks: a direct-return manifold gives its far racks less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.fluids import density
from solvers.liquid.hall.loop import LoopSolution, RackLiquid
from solvers.liquid.hall.plan import LoopPlan

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopSpread:
    """The racks of one loop, such as a row: what they get over what they ask for [-].

    junction  hottest GPU package of the least-fed rack [K]; nan without GPUs
    """

    racks: tuple[str, ...]
    share: Array
    least: str
    most: str
    junction: float

    @property
    def spread(self) -> float:
        """Largest less smallest share over their mean [-]."""
        return float((self.share.max() - self.share.min()) / self.share.mean())


def rack_spread(
    plan: LoopPlan, racks: Sequence[RackLiquid], solution: LoopSolution
) -> tuple[LoopSpread, ...]:
    """By separate loop, in the order of its first rack; `racks` as they were solved."""
    asked = np.array([rack.flow for rack in racks]) * density(plan.design.coolant, solution.tcs_supply)
    share = solution.racks.flow / asked
    found = []
    for part in dict.fromkeys(plan.rack_part.tolist()):
        members = np.flatnonzero(plan.rack_part == part)
        own = share[members]
        least, most = members[int(own.argmin())], members[int(own.argmax())]
        found.append(
            LoopSpread(
                racks=tuple(plan.racks[i] for i in members),
                share=own,
                least=plan.racks[least],
                most=plan.racks[most],
                junction=float(solution.racks.junction[least]),
            )
        )
    return tuple(found)
