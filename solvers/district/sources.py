"""Who feeds a network: producers in merit order, and what they leave to a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geometry.errors import require, require_range
from geometry.grid import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatSource:
    """A producer of a network.

    capacity     [W]; `offer`, where given, bounds it by hour as well (n,) [W]: another data centre
    cost         of one more joule of heat [EUR/J]
    carbon       [kg/J]
    must_run     runs before all that may choose, whatever its cost: waste incineration
    before_site  runs before the heat of the site
    renewable    share of its heat that counts as renewable or recovered [-]
    """

    name: str
    capacity: float
    cost: float
    carbon: float = 0.0
    must_run: bool = False
    before_site: bool = False
    renewable: float = 0.0
    offer: Array | None = None

    def __post_init__(self) -> None:
        require(
            0.0 <= self.capacity < np.inf,
            f"capacity of the heat source '{self.name}' = {self.capacity:g} W: must be 0 or more",
        )
        require(self.carbon >= 0.0, f"carbon of the heat source '{self.name}' is negative")
        require_range(f"renewable share of the heat source '{self.name}'", self.renewable, 0.0, 1.0, "-")
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


def stack_around(demand: Array, sources: Sequence[HeatSource], given: Array) -> SourceStack:
    """What each source gives of a demand of which data centres give `given`, by hour (n,) [W].

    First those that run before the data centres, then the others, each in merit order.
    """
    heat = np.zeros((len(sources), demand.size))
    left = np.maximum(demand, 0.0)
    for before in (True, False):
        rows = [i for i, source in enumerate(sources) if source.before_site is before]
        found = stack(left, [sources[i] for i in rows])
        heat[rows], left = found.heat, found.unmet
        if before:
            left = np.maximum(left - given, 0.0)
    return SourceStack(heat=heat, unmet=left)


def renewable_share(demand: Array, sources: Sequence[HeatSource], *, given: Array, renewable: Array) -> float:
    """Renewable and recovered heat over all heat of a network in a year [-].

    demand, given, renewable   by hour (n,) [W]: asked for, from data centres, and of that what counts. What
    no source gives counts as not renewable.
    """
    require(bool(sources), "no sources of the network are known: nor is its renewable share")
    own = stack_around(demand, sources, given).heat.sum(axis=1)
    counted = sum(float(heat) * source.renewable for heat, source in zip(own, sources, strict=True))
    return (counted + float(renewable.sum())) / max(float(np.maximum(demand, 0.0).sum()), 1e-300)


def displaced_carbon(demand: Array, sources: Sequence[HeatSource], *, without: Array, given: Array) -> float:
    """Carbon that sources emit less in a year because data centres give `given` instead of `without` [kg].

    demand, without, given   by hour (n,) [W]. In merit order the dearest rests first, whatever its carbon;
    heat that nobody gave before replaces none.
    """
    less = stack_around(demand, sources, without).heat - stack_around(demand, sources, given).heat
    saved = (float(row.sum()) * source.carbon for row, source in zip(less, sources, strict=True))
    return 3600.0 * sum(saved)


def left_for_site(demand: Array, sources: Sequence[HeatSource]) -> Array:
    """(n,) what a network still takes from the site behind the sources that run before it [W]."""
    return stack(demand, [source for source in sources if source.before_site]).unmet
