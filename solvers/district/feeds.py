"""Several data centres on one network: who warms how much of its water in every hour.

    network's return --+--> station of the site  --> trunk --+--> supply, other sources lift what is left
                       +--> station of another   --> trunk --+
                       +--> ...

Every station takes a share of the network's flow, warms it as far as it can and hands it over behind its
trunk, as a single one does with the whole flow: so one site cut into two equal halves gives what it gave.
A station's wish is the share it fills alone: the heat it can give over what is asked, or all of the flow
where its temperature is what holds it back. Wishes are granted in the order agreed, those of one rank alike;
flow that nobody wants is shared alike too, and the other sources lift it. Where a share is too little for a
station to start, the others get it. Everything is SI; arrays are hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers.district.demand import Demand
from solvers.district.dispatch import Variant, dispatch
from solvers.district.dispatch_checks import TOLERANCE
from solvers.district.dispatch_records import Dispatch, Offer
from solvers.errors import BalanceError
from solvers.heat.heat_pump import Limit


class Rank(IntEnum):
    """When a data centre is asked for its heat."""

    BEFORE_SITE = 0
    WITH_SITE = 1
    AFTER_SITE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """A data centre on the network: its water by hour, and station, storage and trunk; the demand of
    `variant` is not read."""

    name: str
    offer: Offer
    variant: Variant
    rank: Rank = Rank.WITH_SITE


def dispatch_together(demand: Demand, suppliers: Sequence[Supplier]) -> tuple[Dispatch, ...]:
    """The year of each supplier on its share of the network's flow, in their order.

    Raises InputError as `dispatch`, for two suppliers of one name and for none; BalanceError where an hour of
    one of them, or of all together, does not close.
    """
    names = [each.name for each in suppliers]
    require(bool(names), "no data centre feeds the network")
    twice = sorted({name for name in names if names.count(name) > 1})
    require(not twice, f"feeds of the network: the name '{', '.join(twice)}' stands there twice")
    if len(suppliers) == 1:
        return (dispatch(replace(suppliers[0].variant, demand=demand), suppliers[0].offer),)
    wish = _wishes(demand, suppliers)
    share = flow_shares(wish, suppliers)
    found = _on_shares(demand, suppliers, share)
    small = np.array([each.limit == Limit.MINIMUM_LOAD for each in found]) & (wish > 0.0)
    if np.any(small):
        able = np.where(small, 0.0, wish)
        # none starts on its part: the first of them gets all
        first = np.argmax(wish > 0.0, axis=0)
        lost = np.flatnonzero((able.sum(axis=0) <= 0.0) & np.any(small, axis=0))
        able[first[lost], lost] = wish[first[lost], lost]
        share = np.where(np.any(small, axis=0), flow_shares(able, suppliers), share)
        found = _on_shares(demand, suppliers, share)
    _require_closed(demand, found)
    return found


def _on_shares(demand: Demand, suppliers: Sequence[Supplier], share: Array) -> tuple[Dispatch, ...]:
    return tuple(
        dispatch(replace(each.variant, demand=replace(demand, heat=part * demand.heat)), each.offer)
        for each, part in zip(suppliers, share, strict=True)
    )


def _wishes(demand: Demand, suppliers: Sequence[Supplier]) -> Array:
    """(suppliers, n) share of the network's flow that each fills alone [-]."""
    wish = np.zeros((len(suppliers), demand.heat.size))
    asked = np.maximum(demand.heat, 1e-300)
    for row, each in zip(wish, suppliers, strict=True):
        alone = dispatch(replace(each.variant, demand=demand), each.offer)
        row[:] = np.where(alone.limit == Limit.TEMPERATURE, 1.0, alone.delivered / asked)
        row[(alone.delivered <= 0.0) | (demand.heat <= 0.0)] = 0.0
    return wish


def flow_shares(wish: Array, suppliers: Sequence[Supplier]) -> Array:
    """(suppliers, n) share of the network's flow that each warms [-], 1 together in every hour, of the shares
    they wish: by rank, alike within one. Where nobody wishes any, it is the first supplier's."""
    share, left = np.zeros_like(wish), np.ones(wish.shape[1])
    for rank in Rank:
        rows = [k for k, each in enumerate(suppliers) if each.rank is rank]
        together = wish[rows].sum(axis=0)
        granted = np.minimum(together, left)
        share[rows] = wish[rows] * np.divide(granted, together, out=np.zeros_like(left), where=together > 0.0)
        left = left - granted
    total = share.sum(axis=0)
    share[0, total <= 0.0] = 1.0
    return np.asarray(share / share.sum(axis=0))


def _require_closed(demand: Demand, found: Sequence[Dispatch]) -> None:
    """What all hand over and what is left to other sources is what the network asks for, in every hour."""
    asked = np.maximum(demand.heat, 0.0)
    given = np.sum([each.delivered + each.boiler_delivered + each.others for each in found], axis=0)
    open_ = np.abs(given - asked) / np.maximum(asked, max(1e-12 * float(asked.max(initial=0.0)), 1e-6))
    if not float(open_.max(initial=0.0)) <= TOLERANCE:
        hour = int(np.argmax(np.where(np.isfinite(open_), open_, np.inf)))
        raise BalanceError(
            f"feeds of the network, hour {hour}: {given[hour]:.9g} W given, {asked[hour]:.9g} W asked "
            f"(allowed {TOLERANCE:g})"
        )
