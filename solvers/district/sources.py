"""Who feeds a network: producers in merit order, and what they leave to a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geometry.errors import require
from geometry.grid import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatSource:
    """A producer of a network.

    capacity     [W]; `offer`, where given, bounds it by hour as well (n,) [W]: another data centre
    cost         of one more joule of heat [EUR/J]
    carbon       [kg/J]
    must_run     runs before all that may choose, whatever its cost: waste incineration
    before_site  runs before the heat of the site
    """

    name: str
    capacity: float
    cost: float
    carbon: float = 0.0
    must_run: bool = False
    before_site: bool = False
    offer: Array | None = None

    def __post_init__(self) -> None:
        require(
            0.0 <= self.capacity < np.inf,
            f"capacity of the heat source '{self.name}' = {self.capacity:g} W: must be 0 or more",
        )
        require(self.carbon >= 0.0, f"carbon of the heat source '{self.name}' is negative")
        require(
            self.offer is None or bool(np.all(self.offer >= 0.0)),
            f"offer of the heat source '{self.name}': negative in some hour",
        )

    def able(self, hours: int) -> Array:
        """(hours,) most it gives [W]. InputError for an offer of another length."""
        if self.offer is None:
            return np.full(hours, self.capacity)
        require(
            self.offer.shape == (hours,),
            f"offer of the heat source '{self.name}' has {self.offer.size} hours, the demand {hours}",
        )
        return np.minimum(self.offer, self.capacity)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStack:
    """By hour: heat of each source, in the order they were given (ns, n), and what nobody gives (n,) [W]."""

    heat: Array
    unmet: Array


def merit_order(sources: Sequence[HeatSource]) -> list[int]:
    """Numbers of the sources as they are called: those that must run, then by cost; ties as given."""
    return sorted(range(len(sources)), key=lambda i: (not sources[i].must_run, sources[i].cost))


def stack(demand: Array, sources: Sequence[HeatSource]) -> SourceStack:
    """What each source gives of a demand (n,) [W], called in merit order."""
    heat = np.zeros((len(sources), demand.size))
    left = np.maximum(demand, 0.0)
    for i in merit_order(sources):
        heat[i] = np.minimum(left, sources[i].able(demand.size))
        left = left - heat[i]
    return SourceStack(heat=heat, unmet=left)


def left_for_site(demand: Array, sources: Sequence[HeatSource]) -> Array:
    """(n,) what a network still takes from the site behind the sources that run before it [W]."""
    return stack(demand, [source for source in sources if source.before_site]).unmet
