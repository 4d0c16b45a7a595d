"""What a year tells its economics of the network: renewable share, pumps of trunk and network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_year import HOURS, NETWORK, RECOVERY, site, steady_weather

from solvers.district.buried import Soil
from solvers.district.sources import HeatSource
from solvers.district.trunk import Trunk, TrunkRule
from solvers.heat.station import Station
from twin.config import compose, typed
from twin.district.catalogue import insulated_pipes
from twin.economics import aid_granted
from twin.year import Year, YearSpec, simulate_year
from twin.year.summary import summarise_year

pytestmark = pytest.mark.kernel

GAS = HeatSource(name="gas", capacity=20e6, cost=60.0 / 3.6e9)
ECONOMICS = typed(compose(["recovery=heat_pump"])).economics
TRUNK = Trunk(
    pipe=insulated_pipes(2)[8],
    length=2000.0,
    lines=1,
    soil=Soil(conductivity=1.6, cover=0.8),
    rule=TrunkRule(),
)


def year_of(spec: YearSpec) -> Year:
    return simulate_year(spec, steady_weather(), np.ones(HOURS))


def spec_of(station: Station, *sources: HeatSource) -> YearSpec:
    return replace(site(), recovery=station, network=replace(NETWORK, sources=sources))


def test_the_aid_asks_for_the_networks_renewable_share() -> None:
    """A small station beside gas is refused; beside wood it is not; without known sources nobody asks."""
    pump = RECOVERY.heat_pump
    assert pump is not None
    small = replace(RECOVERY, capacity=1e6, heat_pump=replace(pump, capacity=1e6))
    year = year_of(spec_of(small, GAS))
    work = year.heat_pump_power.sum() / year.heat_produced.sum()
    share = year.heat_delivered.sum() * (1.0 - work) / year.demand.sum()
    ledger = summarise_year(year, spec_of(small, GAS), ECONOMICS).ledger
    assert ledger.renewable_share == pytest.approx(share, rel=1e-9)
    assert share < 0.5
    refusals = aid_granted(ledger, ECONOMICS).refusals
    assert any(f"share of the network {100 * share:.0f} %, below the 50 %" in reason for reason in refusals)
    wood = replace(GAS, name="wood", renewable=1.0)
    green = summarise_year(year, spec_of(small, wood), ECONOMICS).ledger
    assert green.renewable_share is not None
    assert 0.9 < green.renewable_share < 1.0
    assert summarise_year(year, spec_of(small), ECONOMICS).ledger.renewable_share is None


def test_carbon_is_that_of_the_producers_the_heat_replaces() -> None:
    """With the same heat: beside wood at 40 g/kWh six times less than beside gas at 240, and not the mean
    network's; where producers are not known the mean network's."""
    wood, gas = (replace(GAS, name=n, carbon=c / 3.6e6) for n, c in (("wood", 0.04), ("gas", 0.24)))
    year = year_of(spec_of(RECOVERY, wood))
    delivered = year.heat_delivered.sum() / 1e6
    found = [summarise_year(year, spec_of(RECOVERY, each), ECONOMICS) for each in (wood, gas)]
    for summary, factor in zip(found, (0.04, 0.24), strict=True):
        assert summary.ledger.displaced_t == pytest.approx(factor * delivered, rel=1e-9)
    difference = found[1].economics.co2_avoided_t - found[0].economics.co2_avoided_t
    assert difference == pytest.approx(0.2 * delivered, rel=1e-9)
    unknown = summarise_year(year, spec_of(RECOVERY), ECONOMICS)
    assert unknown.ledger.displaced_t is None
    mean = ECONOMICS.displaced_heat_kgCO2_kWh
    difference = unknown.economics.co2_avoided_t - found[0].economics.co2_avoided_t
    assert difference == pytest.approx((mean - 0.04) * delivered, rel=1e-9)


def test_pumps_of_trunk_and_network_hand_the_heat_over() -> None:
    """Trunk: its own pressure drop at the flow of the heat sent. Network: 30 kW of hydraulic power, pumps of
    0.75, in the share the site has of the heat."""
    network = replace(NETWORK, pumps=np.full(HOURS, 30e3))
    spec = replace(site(), recovery=RECOVERY, network=network, trunk=TRUNK)
    year = year_of(spec)
    share = year.heat_delivered / year.demand
    np.testing.assert_allclose(year.network_pumps, share * 40e3, rtol=1e-12)
    hour = int(np.argmax(year.heat_delivered))
    sent = year.heat_delivered[hour] + year.dispatch.trunk_loss[hour]
    flow = sent / (4190.0 * (year.network_supply[hour] - year.network_return[hour]))
    drop = TRUNK.drop(np.array([flow]))[0]
    assert year.trunk_pumps[hour] == pytest.approx(drop * flow / 972.0 / 0.75, rel=1e-9)
    ledger = summarise_year(year, spec, ECONOMICS).ledger
    assert ledger.pump_MWh == pytest.approx((year.trunk_pumps + year.network_pumps).sum() / 1e6)
    assert year_of(replace(spec, trunk=None)).trunk_pumps.sum() == 0.0
