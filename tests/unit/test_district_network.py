"""A district network in full: sizes, losses, delay, pressure by hand; several feeds; reduced, resolved."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.district.buried import Soil
from solvers.district.network import Consumer, DistrictNet, Feed, Main, lay_network
from solvers.district.states import SUBSTATION_DROP, Hour, reduce_net, reduced_year, resolve, solve_hour
from twin.district.catalogue import insulated_pipes

pytestmark = pytest.mark.kernel

K = 273.15
SOIL = Soil()
HOUR = Hour(heat=2e6, supply=85.0 + K, back=55.0 + K, ground=10.0 + K)
DESIGN = 2e6 / (4190.0 * 30.0)


@pytest.fixture(scope="module")
def line() -> DistrictNet:
    """One main of 1 km to one substation."""
    return lay_network(
        [Main(name="a", start="plant", end="town", length=1000.0)],
        [Consumer(name="town", place="town", share=3.0)],
        [Feed(name="plant", place="plant")],
        design_flow=DESIGN,
        pipes=insulated_pipes(2),
        soil=SOIL,
    )


TREE = [
    Main(name="1", start="plant", end="p1", length=400.0),
    Main(name="2", start="p1", end="p2", length=300.0),
    Main(name="3", start="p1", end="p3", length=250.0),
    Main(name="4", start="p2", end="p4", length=500.0),
    Main(name="loop", start="p3", end="p4", length=600.0),
]
CONSUMERS = [Consumer(name=f"c{k}", place=f"p{k}", share=float(k)) for k in (2, 3, 4)]


@pytest.fixture(scope="module")
def loop() -> DistrictNet:
    return lay_network(
        TREE,
        CONSUMERS,
        [Feed(name="plant", place="plant"), Feed(name="data centre", place="p4")],
        design_flow=DESIGN,
        pipes=insulated_pipes(2),
        soil=SOIL,
    )


def test_a_single_main_by_hand(line: DistrictNet) -> None:
    state = solve_hour(line, HOUR)
    pipe, pair = line.pipe[0], line.pair[0]
    m = state.flow[line.consumer[0]]
    # water cools towards the ground that the return warms
    rest = HOUR.ground + pair.mutual / pair.own * (HOUR.back - HOUR.ground)
    arrival = rest + (HOUR.supply - rest) * math.exp(-1000.0 * pair.own / (m * 4190.0))
    assert state.arrival[0] == pytest.approx(arrival, abs=1e-6)
    assert m * 4190.0 * (arrival - HOUR.back) == pytest.approx(2e6, rel=1e-5)
    assert state.fed[0] == pytest.approx(2e6 + state.loss.sum(), rel=1e-5)
    assert state.loss.sum() == pytest.approx(1000.0 * pair.both * 120.0, rel=0.03)
    assert state.delay == pytest.approx(972.0 * math.pi / 4 * pipe.inner**2 * 1000.0 / m, rel=1e-9)
    assert SUBSTATION_DROP < state.head < SUBSTATION_DROP + 2 * 1.1 * 250.0 * 1000.0
    assert state.pump == pytest.approx(state.head * m / 972.0, rel=1e-12)


def test_mains_are_sized_for_what_passes_them(loop: DistrictNet) -> None:
    """Shares 2, 3 and 4 of 9: the first main carries all, p1-p3-p4 (850 m) is the long way to p4 (800 m)."""
    assert loop.flow[:4] / DESIGN == pytest.approx([1.0, 6 / 9, 3 / 9, 4 / 9])
    assert loop.flow[4] / DESIGN == pytest.approx(0.5 * 3 / 9)
    inner = [pipe.inner for pipe in loop.pipe]
    assert inner[0] == max(inner)
    assert loop.length == 2050.0


def test_two_feeds_share_the_heat(loop: DistrictNet) -> None:
    alone = solve_hour(loop, replace(HOUR, others=(0.0,)))
    both = solve_hour(loop, replace(HOUR, others=(0.8e6,)))
    assert alone.fed[1] == 0.0
    assert both.fed[1] == pytest.approx(0.8e6, rel=1e-4)
    assert both.fed.sum() == pytest.approx(2e6 + both.loss.sum(), rel=1e-5)
    assert both.head < alone.head  # the far end feeds itself
    with pytest.raises(InputError, match="more than the"):
        solve_hour(loop, replace(HOUR, others=(5e6,)))
    with pytest.raises(InputError, match="1 further feeds"):
        solve_hour(loop, HOUR)


def test_the_reduced_year_is_the_full_one_in_odd_hours(loop: DistrictNet) -> None:
    reduced = reduce_net(loop, supply=80.0 + K, back=55.0 + K, ground=12.0 + K)
    odd = [(1.7e6, 88.0, 56.0, 5.0), (0.9e6, 79.0, 54.0, 11.0), (0.27e6, 72.0, 55.0, 17.0)]
    heat, *temperatures = (np.array(column) for column in zip(*odd, strict=True))
    supply, back, ground = (t + K for t in temperatures)
    year = reduced_year(reduced, heat=heat, supply=supply, back=back, ground=ground)
    for k in range(3):
        full = solve_hour(
            loop,
            Hour(heat=heat[k], supply=supply[k], back=back[k], ground=ground[k], others=(0.0,)),
        )
        assert year.loss[k] == pytest.approx(full.loss.sum(), rel=0.01)
        assert year.pump[k] == pytest.approx(full.pump, rel=0.05)
        assert year.delay[k] == pytest.approx(full.delay, rel=0.05)


def test_a_step_of_the_supply_arrives_after_the_delay(line: DistrictNet) -> None:
    """At a twentieth of the load 1 km takes hours: the plant's step is at the substation that much later."""
    warm = replace(HOUR, heat=0.1e6)
    cold = replace(warm, supply=75.0 + K)
    before, after = solve_hour(line, warm), solve_hour(line, cold)
    got = resolve(line, [warm] * 8 + [cold] * 12)
    late = after.delay / 3600.0  # [h]
    assert late > 2.0
    arrival = got.arrival[:, 0]
    assert arrival[7] == pytest.approx(before.arrival[0], abs=0.3)
    assert arrival[8 : 8 + int(late)] == pytest.approx(np.full(int(late), arrival[7]), abs=2.0)
    assert arrival[8 + int(late) + 2 :] == pytest.approx(after.arrival[0], abs=0.5)
    assert float(got.run.residual.max()) < 1e-10


def test_steady_hours_resolve_to_rest(line: DistrictNet) -> None:
    state = solve_hour(line, HOUR)
    got = resolve(line, [HOUR] * 6)
    assert got.arrival[-1, 0] == pytest.approx(state.arrival[0], abs=0.05)
    assert got.loss[-1] == pytest.approx(state.loss.sum(), rel=0.02)
    assert got.fed[-1] == pytest.approx(state.fed[0], rel=1e-3)


def test_networks_that_cannot_be_are_refused() -> None:
    def lay(consumer: str, feed: str = "plant") -> DistrictNet:
        return lay_network(
            [*TREE, Main(name="far", start="x", end="y", length=10.0)],
            [Consumer(name="school", place=consumer, share=1.0)],
            [Feed(name="plant", place=feed)],
            design_flow=DESIGN,
            pipes=insulated_pipes(2),
            soil=SOIL,
        )

    with pytest.raises(InputError, match=r"1 substations are not joined to the first feed: school"):
        lay("y")
    with pytest.raises(InputError, match="substation 'school': no main reaches 'moon'"):
        lay("moon")
    with pytest.raises(InputError, match="feed 'plant': no main reaches 'moon'"):
        lay("p2", "moon")
    with pytest.raises(InputError, match="not below its supply"):
        solve_hour(lay("p2"), replace(HOUR, back=90.0 + K))
