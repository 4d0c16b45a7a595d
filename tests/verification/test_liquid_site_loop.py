"""A site in one network: the halls get what they get alone, and the mains add up."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from geometry.campus import PLANT, Campus, site_pipes
from geometry.layout import HallLayout, generate_hall
from geometry.piping import pipe_runs
from solvers.liquid.hall.bill import bill_of_pipes, hall_states
from solvers.liquid.hall.flow_policy import published
from solvers.liquid.hall.plan import plan_loop
from solvers.liquid.hall.solve import solve_hall_loop
from twin.results.loop import loop_dataset
from twin.verification.liquid_halls import GB300_FLOW, GB300_HEAT, loop_design, racks

pytestmark = pytest.mark.kernel
SUPPLY = 313.15
HALLS = 5


@pytest.fixture(scope="module")
def solved():
    hall = generate_hall(HallLayout(rows=2, racks_per_row=3, fan_walls=2), cdus_per_row=1)
    runs = pipe_runs(hall)
    flow = float(published(GB300_FLOW, SUPPLY, GB300_HEAT))
    load = racks([rack.name for rack in hall.populated], flow=flow)
    alone = solve_hall_loop(plan_loop(runs, load, loop_design(), supply=SUPPLY), load, set_point=SUPPLY)
    pipes = site_pipes([(hall, runs)] * HALLS, Campus(halls_per_spine=4, lead=50.0, street=10.0, gap=8.0))
    every = [replace(rack, name=f"{one.name}.{rack.name}") for one in pipes.halls for rack in load]
    plan = plan_loop(pipes.runs, every, loop_design(), supply=SUPPLY, source=PLANT)
    return alone, plan, solve_hall_loop(plan, every, set_point=SUPPLY)


def test_halls_get_what_they_get_alone(solved):
    alone, _, site = solved
    for name in ("flow", "inlet", "outlet", "drop", "junction"):
        expected = np.tile(getattr(alone.racks, name), HALLS)
        np.testing.assert_allclose(getattr(site.racks, name), expected, rtol=1e-9)
    np.testing.assert_allclose(site.cdus.fws_flow, np.tile(alone.cdus.fws_flow, HALLS), rtol=1e-9)
    assert site.fws_supply == pytest.approx(alone.fws_supply, abs=1e-9)
    assert site.fws_return == pytest.approx(alone.fws_return, abs=1e-9)
    assert max(site.loop_mass, site.loop_energy) < 1e-10


def test_drops_add_up_from_the_plant_to_each_hall(solved):
    alone, plan, site = solved
    halls = hall_states(plan, site)
    assert halls.name == ("H1", "H2", "H3", "H4", "H5")
    np.testing.assert_allclose(halls.flow, alone.fws_flow, rtol=1e-9)
    np.testing.assert_allclose(halls.fws_supply, site.fws_supply, atol=1e-9)
    np.testing.assert_allclose(halls.fws_return, alone.fws_return, atol=1e-9)
    np.testing.assert_allclose(halls.hall_drop, alone.fws_mains_drop, rtol=1e-6)
    whole = halls.mains_drop + halls.hall_drop + halls.spare
    np.testing.assert_allclose(whole, site.fws_mains_drop, rtol=1e-9)
    assert halls.spare[halls.worst] == 0.0
    drop = dict(zip(site.pipes.name, site.pipes.drop, strict=True))
    by_hand = sum(
        drop[name]
        for name in (
            "plant.fws_supply to spine1.s1", "spine1.s1 to spine1.s2", "spine1.s2 to H3.fws_supply",
            "H3.fws_return to spine1.r2", "spine1.r2 to spine1.r1", "spine1.r1 to plant.fws_return",
        )
    )  # fmt: skip
    assert halls.mains_drop[2] == pytest.approx(by_hand, rel=1e-12)


def test_the_bill_counts_every_pipe_once(solved):
    alone, _, site = solved
    bill = bill_of_pipes([(site.pipes, 1)])
    assert sum(item.length for item in bill) == pytest.approx(float(site.pipes.parallel @ site.pipes.length))
    assert sum(item.number for item in bill) == int(site.pipes.parallel.sum())
    five = bill_of_pipes([(alone.pipes, HALLS)])
    inside = [item for item in bill if item.part not in ("mains", "services")]
    assert [(i.circuit, i.part, i.nominal, i.number) for i in five] == [
        (i.circuit, i.part, i.nominal, i.number) for i in inside
    ]
    hoses = next(item for item in five if item.part == "hoses")
    assert hoses.number == 6 * HALLS


def test_every_hall_reaches_the_file(solved):
    alone, plan, site = solved
    halls = hall_states(plan, site)
    results = SimpleNamespace(
        halls=(
            SimpleNamespace(loop=alone, trays=None, model=SimpleNamespace(n_plates=len(plan.racks) // HALLS)),
        ),
        site_loop=SimpleNamespace(halls=halls),
        site=SimpleNamespace(title="five"),
    )
    data = loop_dataset(results)
    assert list(data.site_hall.values) == list(halls.name) == [f"H{n}" for n in range(1, HALLS + 1)]
    np.testing.assert_allclose(data.site_hall_heat, alone.racks.heat.sum(), rtol=1e-12)
    assert int(np.argmin(data.site_hall_spare_head.values)) == halls.worst
    assert data.site_hall_mains_drop.attrs["units"] == "Pa"
    only = loop_dataset(SimpleNamespace(halls=results.halls, site_loop=None, site=results.site))
    assert not [name for name in only if name.startswith("site_hall")]
    np.testing.assert_allclose(only.pipe_temperature, alone.pipes.temperature)
