"""Several data centres on one network: who warms which share of its flow, and what all give together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from dispatch_specimens import MW, PUMP, K

from geometry.errors import InputError
from solvers.district.demand import Demand
from solvers.district.dispatch import Offer, Variant, dispatch
from solvers.district.feeds import Rank, Supplier, dispatch_together, flow_shares
from solvers.heat.heat_pump import Limit
from solvers.heat.station import Station

LOADS = np.array([0.0, 0.4, 1.0, 4.0, 7.0, 10.0, 20.0]) * MW  # [W]
DEMAND = Demand(heat=LOADS, supply=np.full(7, 75.0 + K), back=np.full(7, 50.0 + K))


def site(name: str, *, scale: float = 1.0, rank: Rank = Rank.WITH_SITE, source: float = 45.0) -> Supplier:
    """6 MW of heat pump on 2e6 W/K of water over 15 K, or another size of it."""
    one = np.ones(LOADS.size)
    machine = replace(PUMP, capacity=scale * PUMP.capacity)
    station = Station(capacity=scale * 6.0 * MW, exchanger_ua=scale * 2e6, heat_pump=machine)
    return Supplier(
        name=name,
        rank=rank,
        offer=Offer(
            temperature=(source + K) * one,
            coldest=(source - 15.0 + K) * one,
            rate=scale * 2e6,
            air=(10.0 + K) * one,
            available=np.ones(LOADS.size, dtype=np.bool_),
        ),
        variant=Variant(station=station, demand=DEMAND),
    )


@pytest.mark.kernel
def test_one_site_is_dispatched_as_ever() -> None:
    one = site("a")
    (found,) = dispatch_together(DEMAND, [one])
    np.testing.assert_array_equal(found.delivered, dispatch(one.variant, one.offer).delivered)


@pytest.mark.kernel
def test_a_site_cut_in_halves_gives_what_it_gave() -> None:
    """Where both halves run: heat, electricity and water of the whole."""
    whole = dispatch_together(DEMAND, [site("a")])[0]
    halves = dispatch_together(DEMAND, [site("a", scale=0.5), site("b", scale=0.5)])
    run = slice(2, None)
    for field in ("delivered", "electricity", "site_heat", "others"):
        both = getattr(halves[0], field) + getattr(halves[1], field)
        np.testing.assert_allclose(both[run], getattr(whole, field)[run], rtol=1e-12, atol=1.0)
    np.testing.assert_allclose(halves[0].delivered[run], halves[1].delivered[run], rtol=1e-12)


@pytest.mark.kernel
def test_a_load_too_small_for_two_is_one_ones() -> None:
    """0.4 MW are below the least load of the whole (0.6 MW), and of its halves if they share it (0.3 MW)."""
    whole = dispatch_together(DEMAND, [site("a")])[0]
    assert whole.limit[1] == Limit.MINIMUM_LOAD
    halves = dispatch_together(DEMAND, [site("a", scale=0.5), site("b", scale=0.5)])
    assert [each.delivered[1] for each in halves] == [0.4 * MW, 0.0]


@pytest.mark.kernel
def test_ranks_are_served_in_their_order() -> None:
    """6 MW each; of 4, 7, 10 and 20 MW the first takes 4, 6, 6, 6, the second what is left up to its 6."""
    found = dispatch_together(DEMAND, [site("own"), site("first", rank=Rank.BEFORE_SITE)])
    np.testing.assert_allclose(found[1].delivered[3:], np.array([4.0, 6.0, 6.0, 6.0]) * MW, rtol=1e-9)
    np.testing.assert_allclose(found[0].delivered[5:], np.array([4.0, 6.0]) * MW, rtol=1e-9)
    # 1 MW left: above the least load of a unit of 2 MW
    assert found[0].delivered[4] == pytest.approx(1.0 * MW)
    after = dispatch_together(DEMAND, [site("own"), site("last", rank=Rank.AFTER_SITE)])
    np.testing.assert_array_equal(after[0].delivered, found[1].delivered)


@pytest.mark.kernel
def test_no_station_lifts_water_that_another_had() -> None:
    """Supply 95 degC, machines to 85: together they warm the flow to 85 and no further, 35/45 of the heat."""
    hot = replace(DEMAND, supply=np.full(7, 95.0 + K))
    found = dispatch_together(hot, [site("a"), site("b", rank=Rank.AFTER_SITE)])
    given = sum(each.delivered for each in found)
    assert given[3] == pytest.approx(4.0 * MW * 35.0 / 45.0, rel=1e-9)
    assert np.all(given <= LOADS * 35.0 / 45.0 * (1.0 + 1e-9))


@pytest.mark.kernel
def test_each_lifts_its_own_water() -> None:
    """A warmer source beside: the same heat for less electricity; the first one's year stays as it was."""
    a, b = dispatch_together(DEMAND, [site("a"), site("b", source=49.0)])
    np.testing.assert_allclose(a.delivered[3:], b.delivered[3:], rtol=1e-9)
    assert np.all(b.electricity[3:] < a.electricity[3:])


def test_shares_of_flow_by_hand() -> None:
    """Wishes 0.6 and 0.8 of one rank: 3/7 and 4/7. Ranked: 0.6 and 0.4. 0.2 and 0.2: a half each, so that the
    others lift both alike; none: the first one's."""
    beside = [site("a"), site("b")]
    ranked = [site("a"), site("b", rank=Rank.AFTER_SITE)]
    wish = np.array([[0.6, 0.2, 0.0], [0.8, 0.2, 0.0]])
    np.testing.assert_allclose(flow_shares(wish, beside), [[3 / 7, 0.5, 1.0], [4 / 7, 0.5, 0.0]])
    np.testing.assert_allclose(flow_shares(wish, ranked), [[0.6, 0.5, 1.0], [0.4, 0.5, 0.0]])


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="the name 'a' stands there twice"):
        dispatch_together(DEMAND, [site("a"), site("a")])
