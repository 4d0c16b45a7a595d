"""Buried pairs, the trunk, networks of known length: limits by hand, order, refusals."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.district.buried import InsulatedPipe, Soil, pair_conductance
from solvers.district.lengths import mean_diameter, network_losses
from solvers.district.profiles import ground_temperature, mains_water_temperature
from solvers.district.trunk import PipePrices, TrunkDuty, TrunkRule, choose_trunk, trunk_cost
from twin.district.catalogue import french_ratios, insulated_pipes

K = 273.15
SOIL = Soil()
RULE = TrunkRule()
PRICES = PipePrices(base=318.0, per_diameter=3590.0, recovery=0.0583, heat=30 / 3.6e9, electricity=75 / 3.6e9)
HOURS = 48


def pipe(dn: int, series: int = 2) -> InsulatedPipe:
    return next(p for p in insulated_pipes(series) if p.nominal == dn)


def duty(heat: float = 10e6, supply: float = 90.0, back: float = 55.0, hours: int = HOURS) -> TrunkDuty:
    return TrunkDuty(
        heat=np.full(hours, heat),
        supply=np.full(hours, supply + K),
        back=np.full(hours, back + K),
        ground=np.full(hours, 12.0 + K),
    )


def wave() -> np.ndarray:
    """Mean 12, amplitude 8 K, coldest on 16 January."""
    return K + 12.0 - 8.0 * np.cos(2 * np.pi * (np.arange(8760) - 360) / 8760)


def test_a_pair_by_hand() -> None:
    """DN 100, series 2, worked with a pocket calculator from EN 13941's formula."""
    r_i = math.log(225 / 114.3) / (2 * math.pi * 0.027)  # 3.992 m K/W
    depth = 0.8 + 0.1125 + 0.0685 * 1.6
    r_g = math.log(4 * depth / 0.225) / (2 * math.pi * 1.6)  # 0.288
    r_m = math.log(1 + (2 * depth / 0.375) ** 2) / (4 * math.pi * 1.6)  # 0.170
    pair = pair_conductance(pipe(100), SOIL)
    assert pair.both == pytest.approx(1.0 / (r_i + r_g + r_m), rel=1e-12)
    assert pair.both == pytest.approx(0.2248, abs=5e-4)
    assert pair.own + pair.mutual == pytest.approx(1.0 / (r_i + r_g - r_m), rel=1e-12)


def test_far_apart_the_two_do_not_know_each_other() -> None:
    assert pair_conductance(pipe(100), SOIL, gap=1e6).mutual == pytest.approx(0.0, abs=1e-9)


def test_the_two_pipes_lose_what_the_pair_loses() -> None:
    pair = pair_conductance(pipe(200), SOIL)
    hot, cold, ground = (np.array([t + K]) for t in (85.0, 55.0, 10.0))
    parts = pair.supply_loss(hot, cold, ground) + pair.supply_loss(cold, hot, ground)
    assert parts == pytest.approx(pair.total_loss(hot, cold, ground), rel=1e-12)


def test_thicker_insulation_and_dry_soil_lose_less() -> None:
    losses = [pair_conductance(pipe(100, series), SOIL).both for series in (1, 2, 3)]
    assert losses[0] > losses[1] > losses[2]
    assert pair_conductance(pipe(100), Soil(conductivity=1.0)).both < losses[1]


def test_the_catalogue() -> None:
    """DN 300: EN 10220 323.9 x 5.6 mm, casing 450 (series 1) and 500 mm."""
    assert pipe(300, 1).inner == pytest.approx(0.3127)
    assert [pipe(300, s).casing for s in (1, 2)] == pytest.approx([0.45, 0.5])
    assert max(p.nominal for p in insulated_pipes(3)) == 200
    assert french_ratios()["heating_C"] == 115.0
    with pytest.raises(InputError, match="series = 4"):
        insulated_pipes(4)


def test_ground_and_mains_follow_the_air_damped_and_late() -> None:
    air = wave()
    ground = ground_temperature(air, 1.0)
    omega = 2 * math.pi / (8760 * 3600.0)
    share = 1.0 / math.sqrt(2 * 7e-7 / omega)
    assert np.ptp(ground) / 2 == pytest.approx(8.0 * math.exp(-share), rel=1e-4)
    assert int(np.argmin(ground)) == pytest.approx(360 + share / omega / 3600.0, abs=2)
    mains = mains_water_temperature(air)
    # 12 degC is 53.6 degF: ratio 0.496, lag 25.4 days; the mean 6 degF above the air's
    assert mains.mean() - K == pytest.approx(12.0 + 6.0 / 1.8, abs=1e-6)
    assert np.ptp(mains) / 2 == pytest.approx(0.496 * 8.0, rel=1e-4)
    assert int(np.argmin(mains)) == pytest.approx(360 + 25.4 * 24, abs=2)


def test_the_trunk_keeps_its_limits_and_costs_least() -> None:
    pipes = [*insulated_pipes(1), *insulated_pipes(2)]
    chosen = choose_trunk(pipes, duty(), PRICES, length=3000.0, soil=SOIL, rule=RULE)
    flow = duty().flow[:1]
    assert flow[0] == pytest.approx(10e6 / (4190.0 * 35.0))
    assert chosen.velocity(flow)[0] <= RULE.max_velocity
    assert chosen.gradient(flow)[0] <= RULE.max_gradient
    cheapest = trunk_cost(chosen, duty(), PRICES).total
    for other in pipes:
        trial = replace(chosen, pipe=other)
        if trial.velocity(flow)[0] <= 3.0 and trial.gradient(flow)[0] <= 200.0:
            assert trunk_cost(trial, duty(), PRICES).total >= cheapest


def test_dear_electricity_widens_the_trunk_and_dear_heat_insulates_it() -> None:
    pipes = [*insulated_pipes(1), *insulated_pipes(2)]
    year = duty(hours=8760)
    plain = choose_trunk(pipes, year, PRICES, length=3000.0, soil=SOIL, rule=RULE)
    power = choose_trunk(
        pipes, year, replace(PRICES, electricity=1000 / 3.6e9), length=3e3, soil=SOIL, rule=RULE
    )
    heat = choose_trunk(pipes, year, replace(PRICES, heat=300 / 3.6e9), length=3e3, soil=SOIL, rule=RULE)
    assert power.pipe.inner > plain.pipe.inner
    assert heat.pipe.casing / heat.pipe.steel >= plain.pipe.casing / plain.pipe.steel


def test_too_much_for_one_line_is_shared() -> None:
    small = [pipe(100)]
    trunk = choose_trunk(small, duty(20e6), PRICES, length=1000.0, soil=SOIL, rule=RULE)
    assert trunk.lines > 5
    assert trunk.gradient(duty(20e6).flow)[0] <= RULE.max_gradient


def test_what_arrives_has_lost_what_the_pipe_lost() -> None:
    trunk = choose_trunk(insulated_pipes(2), duty(), PRICES, length=3000.0, soil=SOIL, rule=RULE)
    d = duty()
    cooled = d.flow * 4190.0 * (d.supply - trunk.arrival(d))
    pair = pair_conductance(trunk.pipe, SOIL)
    linear = pair.supply_loss(d.supply, d.back, d.ground) * 3000.0
    assert cooled == pytest.approx(linear, rel=0.01)
    assert np.all(cooled < linear)  # it cools on the way
    # water that hardly moves arrives as cold as the ground beside the return
    rest = replace(d, heat=np.full(HOURS, 1.0))
    assert trunk.arrival(rest) == pytest.approx(
        d.ground + pair.mutual / pair.own * (d.back - d.ground), abs=1e-6
    )
    held = math.pi / 4 * trunk.pipe.inner**2 * 3000.0 * 972.0
    assert trunk.delay(d)[0] == pytest.approx(held / d.flow[0])


def test_trunks_that_cannot_be_are_refused() -> None:
    pipes = insulated_pipes(2)
    with pytest.raises(InputError, match=r"length of the trunk = 0 m.*\n.*route"):
        choose_trunk(pipes, duty(), PRICES, length=0.0, soil=SOIL, rule=RULE)
    with pytest.raises(InputError, match=r"return of the trunk = 95 degC in hour 0: not below its supply"):
        choose_trunk(pipes, duty(back=95.0), PRICES, length=1e3, soil=SOIL, rule=RULE)
    with pytest.raises(InputError, match="must rise"):
        InsulatedPipe(nominal=100, inner=0.1, steel=0.3, casing=0.2)


def test_a_network_of_known_length() -> None:
    """Metz: 430 GWh over 140 km is 11.06 GJ/m: 0.0486 ln 11.06 + 0.0007 = 0.1175 m."""
    assert mean_diameter(430e9 * 3600.0 / 140e3) == pytest.approx(0.1175, abs=1e-4)
    losses = network_losses(
        insulated_pipes(2),
        length=140e3,
        annual_heat=430e9 * 3600.0,
        soil=SOIL,
        supply=np.array([90.0 + K]),
        back=np.array([60.0 + K]),
        ground=np.array([10.0 + K]),
    )
    # between DN 100 (0.2248) and DN 125 (0.26) W/(m K), over 130 K
    assert 140e3 * 0.2248 * 130.0 < losses[0] < 140e3 * 0.27 * 130.0
    with pytest.raises(InputError, match=r"linear heat density = 0.0001 MWh/m: outside 0.42..13.9"):
        mean_diameter(0.36e6)
