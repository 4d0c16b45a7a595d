"""From configuration to the plan of a run, with a drawn network: no air, no loop, no plant."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.district.demand import hourly_demand
from twin.assembly.district import network_of, sources_of
from twin.assembly.district_plan import plan_of
from twin.assembly.trunk import laid_trunk, trunk_heat, trunk_of
from twin.config import compose, typed
from twin.district.plan import SegmentKind, plan_dataset, producers_heat, read_plan
from twin.report.district_figure import draw_district
from twin.schema import TwinConf
from twin.weather import Weather, typical_year

pytestmark = pytest.mark.kernel

# three streets at Metz: a main, a branch from its side, and a stray line
A, B, C, D = [6.1700, 49.1200], [6.1800, 49.1200], [6.1900, 49.1200], [6.1800, 49.1250]
STRAY = [[6.2000, 49.1300], [6.2010, 49.1300]]


def street(name: str, *places: list[float]) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"nom": name},
        "geometry": {"type": "LineString", "coordinates": places},
    }


def school(name: str, place: list[float], **more: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"nom": name, **more},
        "geometry": {"type": "Point", "coordinates": place},
    }


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("trace") / "metz.geojson"
    features = [
        street("main", A, B, C),
        street("branch", B, D),
        street("stray", *STRAY),
        school("school", D, mwh_an=3000, usage="secondary_school"),
        school("flats", C, mwh_an=6000, usage="housing"),
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return file


def conf_of(*overrides: str) -> TwinConf:
    return typed(compose(["site=grand_est_2028", "district.annual_heat_GWh=9", *overrides]))


@pytest.fixture(scope="module")
def weather() -> Weather:
    return typical_year(conf_of().climate)


def drawn(trace: Path, *more: str) -> TwinConf:
    route = "district.trunk.route_deg=[[6.15,49.11],[6.17,49.12]]"
    return conf_of(f"district.pipes.file={trace}", "district.pipes.islands=drop", route, *more)


def test_a_drawn_network_is_solved_and_stored(trace: Path, weather: Weather) -> None:
    conf = drawn(trace)
    network = network_of(conf.district, weather)
    assert network.losses is not None
    # 4.5 MWh a metre of trench, some 28 W/m lost: 5 %
    assert 0.94 < network.efficiency < 0.96
    _, found = laid_trunk(conf.district, network, weather, 3e6)
    plan = read_plan(plan_dataset(plan_of(conf.district, found, weather, 3e6)))
    streets = [s for s in plan.segments if s.kind is SegmentKind.NETWORK]
    assert sum(s.length for s in streets) == pytest.approx(2020.0, abs=30.0)
    assert streets[0].nominal > min(s.nominal for s in streets)
    assert [(s.name, s.use) for s in plan.substations] == [
        ("school", "secondary_school"),
        ("flats", "housing"),
    ]
    assert plan.substations[1].annual_heat / 3.6e9 == pytest.approx(6000.0, rel=1e-6)
    assert sum(s.loss for s in streets) == pytest.approx(float(network.losses.mean()), rel=1e-9)
    (trunk,) = plan.trunk
    assert trunk.length == pytest.approx(1840.0, abs=30.0)
    assert plan.trunk_arrival is not None
    assert plan.trunk_arrival.min() > 340.0


def test_islands_are_named(trace: Path, weather: Weather) -> None:
    with pytest.raises(InputError, match=r"(?s)1 parts of the trace.*'stray' \(73 m\).*islands=drop"):
        network_of(drawn(trace, "district.pipes.islands=refuse").district, weather)


def test_a_trunk_that_is_given_limits_what_it_carries(weather: Weather) -> None:
    conf = conf_of("district.pipes.length_km=3", "district.trunk.dn=100")
    network = network_of(conf.district, weather)
    trunk, behind = laid_trunk(conf.district, network, weather, 20e6)
    assert (trunk.pipe.nominal, trunk.lines) == (100, 1)
    most = trunk_heat(trunk, network, weather)
    assert 1e6 < float(np.max(most)) < 5e6
    assert np.shape(behind.trunk_loss) == (8760,)
    with pytest.raises(InputError, match=r"(?s)dn = 110: no pipe of this size.*one of 20, 25"):
        trunk_of(conf_of("district.trunk.dn=110").district, network, weather, 20e6)


def test_a_plant_smaller_than_the_town_warms_no_more_water_than_its_trunk_carries(weather: Weather) -> None:
    conf = conf_of("district.pipes.length_km=20", "district.annual_heat_GWh=90")
    network = network_of(conf.district, weather)
    capacity = 1e6
    trunk = trunk_of(conf.district, network, weather, capacity)
    demand = hourly_demand(network, weather.dry_bulb)
    most = trunk_heat(trunk, network, weather)
    # what the plant was sized for passes in every hour, and no more than the pipe's own limits let
    assert (most >= np.minimum(demand.heat, capacity)).all()
    flow = most / (4190.0 * (demand.supply - demand.back))
    limit = trunk.rule
    steep, fast = trunk.gradient(flow[:1])[0], trunk.velocity(flow[:1])[0]
    assert max(steep / limit.max_gradient, fast / limit.max_velocity) == pytest.approx(1.0, rel=1e-6)
    assert float(np.max(demand.heat / most)) > 5.0  # the town's flow is many times the pipe's


def test_pipes_that_are_not_known_are_asked_for(weather: Weather) -> None:
    with pytest.raises(InputError, match=r"(?s)its pipes are not known.*length_km"):
        network_of(conf_of("district.pipes.length_km=null").district, weather)


def test_producers_fill_what_the_site_leaves(weather: Weather) -> None:
    waste = "{name: waste, kind: waste, capacity_MW: 2, cost_EUR_MWh: 15, must_run: true, before_site: true}"
    gas = "{name: gas, kind: gas, capacity_MW: 50, cost_EUR_MWh: 60, carbon_kg_kWh: 0.243}"
    conf = conf_of("district.pipes.length_km=3", f"district.sources=[{gas},{waste}]")
    network = network_of(conf.district, weather)
    sources = plan_of(conf.district, network, weather, 3e6).sources
    demand, delivered = np.array([1e6, 5e6, 9e6]), np.array([0.0, 3e6, 3e6])
    heat = producers_heat(sources, demand, delivered)
    np.testing.assert_array_equal(heat, [[0.0, 0.0, 4e6], [1e6, 2e6, 2e6]])
    assert [s.rank for s in sources] == [1, 0]
    assert sources_of(conf.district)[0].carbon == pytest.approx(0.243 / 3.6e6)


def test_the_plan_is_drawn(trace: Path, weather: Weather, tmp_path: Path) -> None:
    conf = drawn(trace)
    _, network = laid_trunk(conf.district, network_of(conf.district, weather), weather, 3e6)
    plan = plan_of(conf.district, network, weather, 3e6)
    picture = draw_district(plan, tmp_path / "district.png", title="Metz")
    assert picture is not None
    assert picture.stat().st_size > 10_000
    bare = replace(plan, segments=tuple(replace(s, longitude=s.longitude[:0]) for s in plan.segments))
    assert draw_district(bare, tmp_path / "none.png", title="Metz") is None
