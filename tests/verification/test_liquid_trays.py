"""Trays of a rack: what its manifold gives each, by hand; GPUs that slow down; headers too narrow."""

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.fluids import density
from solvers.liquid.components.manifold import Outlet
from solvers.liquid.hall.plan import plan_loop
from solvers.liquid.hall.solve import solve_hall_loop
from solvers.liquid.hall.trays import RackManifold, tray_states
from twin.verification.liquid_halls import L_MIN, ZERO, hall_runs, loop_design, racks

pytestmark = pytest.mark.kernel

NVL72 = RackManifold(
    trays=18,
    flow=119.0 * L_MIN,
    drop=58.6e3,
    exponent=1.89,
    spacing=0.0667,
    bore=0.032,
    outlet=Outlet.SAME_END,
)


@pytest.fixture(scope="module")
def solved():
    names, runs = hall_runs(1, 4)
    load = racks(names, flow=119.0 * L_MIN)
    plan = plan_loop(runs, load, loop_design(), supply=ZERO + 40.0)
    return plan, load, solve_hall_loop(plan, load, set_point=ZERO + 40.0)


def test_wide_headers_feed_all_trays_alike(solved):
    got = tray_states(*solved, replace(NVL72, bore=0.2))
    assert got.share == pytest.approx(np.ones((4, 18)), abs=1e-4)
    # the loop's own junction takes the mean flow of a package
    assert got.junction == pytest.approx(np.repeat(solved[2].racks.junction[:, None], 18, axis=1), abs=1e-3)
    assert not got.throttled.any()


@pytest.mark.parametrize("outlet", Outlet)
def test_trays_add_up_to_their_rack_and_the_least_fed_is_hottest(solved, outlet):
    got = tray_states(*solved, replace(NVL72, outlet=outlet))
    assert got.flow.sum(axis=1) == pytest.approx(solved[2].racks.flow, rel=1e-12)
    # regain beats friction here: with a direct return the far end gets least, with a reverse one the near end
    assert (got.least == (17 if outlet is Outlet.SAME_END else 0)).all()
    assert (got.junction.argmax(axis=1) == got.least).all()
    assert got.spread == pytest.approx(got.share[np.arange(4), got.most] - got.share[np.arange(4), got.least])
    assert 0.03 < got.spread.min() < got.spread.max() < 0.1


def test_two_trays_by_hand(solved):
    """No length, so no friction: kinetic pressure alone, regain 1 in the supply and 2 in the return.

    At the sheet's flow 2 m the ports' drops differ by k/2 (2 m)^2 / m^2 = 2 k with k = m^2 / (2 rho A^2):
    D (1 + e)^2 - D (1 - e)^2 = 2 k gives e = k / (2 D). Inlet and outlet stand half a port away, so that the
    rack's drop is D (1 + e)^2 + k/2 (4 - (1 - e)^2). With k a tenth of it: D = 0.740094.., e = 0.067559.. .
    """
    plan, load, solution = solved
    m = 0.5 * 119.0 * L_MIN * float(density(plan.design.coolant, solution.racks.inlet[0]))
    area = m / np.sqrt(2.0 * float(density(plan.design.coolant, solution.racks.inlet[0])) * 5860.0)
    bore = float(np.sqrt(4.0 * area / np.pi))
    two = replace(NVL72, trays=2, exponent=2.0, spacing=0.0, bore=bore)
    got = tray_states(plan, load, solution, two)
    assert got.share[0] == pytest.approx([1.067559, 0.932441], abs=1e-5)


def test_gpus_of_starved_trays_slow_down_to_their_limit(solved):
    plan, load, solution = solved
    before = tray_states(plan, load, solution, NVL72)
    limit = float(np.median(before.junction))
    design = replace(plan.design, limits=replace(plan.design.limits, junction=limit))
    got = tray_states(replace(plan, design=design), load, solution, NVL72)
    assert (got.throttled == (before.junction > limit)).all()
    assert 0 < got.throttled.sum() < got.throttled.size
    inlet = solution.racks.inlet[:, None]
    resistance = (before.junction - inlet) / 1400.0
    held = inlet + got.gpu_power * resistance
    assert held[got.throttled] == pytest.approx(limit, abs=1e-9)
    assert (got.gpu_power[~got.throttled] == 1400.0).all()


@pytest.mark.parametrize(("bore", "text"), [(0.012, "take more than the rack's 58.6 kPa"), (0.0, "bore")])
def test_narrow_headers_are_refused(solved, bore, text):
    with pytest.raises(InputError, match=text):
        tray_states(*solved, replace(NVL72, bore=bore))


def test_branches_without_gpus_have_no_trays(solved):
    """Rear doors stand beside the racks on the same loop."""
    plan, load, solution = solved
    door = [*load[:3], replace(load[3], gpus=0, gpu_power=0.0)]
    assert tray_states(plan, door, solution, NVL72).rack == plan.racks[:3]
    with pytest.raises(InputError, match="no rack with GPUs"):
        tray_states(plan, [replace(rack, gpus=0) for rack in load], solution, NVL72)
