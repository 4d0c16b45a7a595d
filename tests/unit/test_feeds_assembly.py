"""Other data centres on a network as people configure them: a run, a file, a constant offer; refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from geometry.errors import InputError
from solvers.district.feeds import Rank, dispatch_together
from twin.assembly.district import laid_net, network_of
from twin.assembly.district_plan import plan_of
from twin.assembly.feeds import feeds_of
from twin.config import compose, typed
from twin.district.offers import offered_water
from twin.results.dataset import to_dataset
from twin.results.reuse import feed_variables, feeds_section
from twin.schema import FeedConf, TwinConf
from twin.store import write_tree
from twin.weather import Weather, typical_year
from twin.year import Year

K, MW = 273.15, 1e6
NORTH = FeedConf(name="north", heat_MW=4.0, temperature_C=28.0, back_C=18.0, trunk_km=2.0)


@pytest.fixture(scope="module")
def valence() -> tuple[TwinConf, Weather]:
    conf = typed(compose(["district=valence_two_sites", "recovery=heat_pump"]))
    return conf, typical_year(conf.climate)


def finished_run(folder: Path, *, status: str = "complete", leave: str = "") -> Path:
    """A run that offers 10 K of 5e5 W/K, 5 MW, at 45 degC."""
    hourly = {"source_in": 45.0 + K, "source_wanted": 35.0 + K, "source_rate": 5e5}
    values = {name: np.full(8760, value) for name, value in hourly.items() if name != leave}
    tree = xr.DataTree.from_dict({"district": to_dataset("district", values, {}, {"title": "east"})})
    tree.attrs["status"] = status
    folder.mkdir()
    write_tree(folder / "run.nc", tree)
    return folder


def test_a_constant_offer() -> None:
    """4 MW between 28 and 18 degC: 0.4 MW/K."""
    water = offered_water(NORTH)
    assert set(water.rate) == {4e5}
    np.testing.assert_allclose(water.heat, 4.0 * MW)
    assert set(water.temperature) == {28.0 + K}


def test_an_offer_by_the_hour(tmp_path: Path) -> None:
    file = tmp_path / "offer.csv"
    rows = ["heat;temperature", *(f"{3000 if h % 2 else 0};{30 + h % 2}" for h in range(8760))]
    file.write_text("\n".join(rows), encoding="utf-8")
    water = offered_water(FeedConf(name="east", csv=str(file), back_C=21.0))
    np.testing.assert_allclose(water.heat[:4], [0.0, 3.0 * MW, 0.0, 3.0 * MW])
    assert water.rate[1] == pytest.approx(3e5)


def test_the_offer_of_a_finished_run(tmp_path: Path) -> None:
    water = offered_water(FeedConf(name="east", run=str(finished_run(tmp_path / "east"))))
    np.testing.assert_allclose(water.heat, 5.0 * MW)
    assert set(water.coldest) == {35.0 + K}


@pytest.mark.parametrize(
    ("feed", "words"),
    [
        (FeedConf(name="x"), r"(?s)district.feeds 'x': its heat is given by nothing.*heat_MW=10"),
        (replace(NORTH, csv="x.csv"), "'north': its heat is given by csv and heat_MW"),
        (replace(NORTH, back_C=None), "'north': back_C"),
        (replace(NORTH, temperature_C=None), "temperature_C of its 4 MW is needed"),
        (replace(NORTH, heat_MW=0.0), "heat_MW = 0: must be positive"),
        (replace(NORTH, back_C=30.0), r"offers water of 28 degC in hour 0 and wants it back at 30 degC"),
        (FeedConf(name="x", run="nowhere"), r"(?s)no finished run at nowhere.*twin runs"),
        (FeedConf(name="x", csv="nowhere.csv", back_C=20.0), "offer of a feed nowhere.csv: No such file"),
    ],
)
def test_offers_that_cannot_be_are_refused(feed: FeedConf, words: str) -> None:
    with pytest.raises(InputError, match=words):
        offered_water(feed)


def test_runs_that_tell_too_little_are_refused(tmp_path: Path) -> None:
    failed = finished_run(tmp_path / "failed", status="not_converged")
    with pytest.raises(InputError, match=r"is not complete \(not_converged\)"):
        offered_water(FeedConf(name="x", run=str(failed)))
    old = finished_run(tmp_path / "old", leave="source_rate")
    with pytest.raises(InputError, match=r"(?s)source_rate missing.*with this version"):
        offered_water(FeedConf(name="x", run=str(old)))


@pytest.mark.kernel
def test_the_second_site_of_valence(valence: tuple[TwinConf, Weather]) -> None:
    """Its station takes what 4 MW of water carry, its trunk has a route and a size of its own."""
    conf, weather = valence
    network = network_of(conf.district, weather)
    (north,) = feeds_of(conf.district, conf.recovery, network, weather)
    assert north.rank is Rank.WITH_SITE
    assert north.variant.station.capacity == pytest.approx(4.0 * MW)
    assert north.variant.station.boiler_capacity == 0.0
    assert np.all(np.asarray(north.variant.trunk_loss) > 0.0)
    plan = plan_of(conf.district, network, weather, 13e6, [north])
    assert [segment.name for segment in plan.trunk] == ["trunk", "trunk north"]
    # 0.010 and 0.008 deg of latitude at 111.1 km, 0.004 deg of longitude at 78.9 km: 1,155 + 943 m
    assert plan.trunk[1].length == pytest.approx(2098.0, abs=5.0)
    assert plan.trunk[1].nominal < plan.trunk[0].nominal
    (found,) = dispatch_together(north.variant.demand, [north])
    given = found.delivered.sum() / found.demand.sum()
    assert 0.3 < given < 0.6
    # no more than its water and its electricity bring, less the trunk's loss
    assert np.all(found.delivered <= found.offered + found.electricity + 1.0)


class _Reused:
    """What the results read of a year."""

    def __init__(self, feeds: object) -> None:
        self.feeds = feeds


@pytest.mark.kernel
def test_results_name_each_feed(valence: tuple[TwinConf, Weather]) -> None:
    from twin.year.records import FeedYear

    conf, weather = valence
    (north,) = feeds_of(conf.district, conf.recovery, network_of(conf.district, weather), weather)
    (found,) = dispatch_together(north.variant.demand, [north])
    year: Year = _Reused((FeedYear(name="north", offer=north.offer, dispatch=found),))  # type: ignore[assignment]
    values, coords = feed_variables(year)
    assert coords == {"feed": ("feed", ["north"])}
    assert values["feed_delivered"].shape == (1, 8760)
    dataset = to_dataset("district", values, coords, {})
    assert dataset["feed_delivered"].attrs["units"] == "W"
    (section,) = feeds_section(year)
    balance = section["taken_GWh"] + section["electricity_GWh"] - section["trunk_loss_GWh"]
    assert section["delivered_GWh"] == pytest.approx(balance, rel=1e-9)
    assert section["offered_GWh"] == pytest.approx(4.0 * 8.76)


@pytest.mark.parametrize(
    ("feed", "words"),
    [
        (replace(NORTH, name="site"), "the name 'site' stands there twice, or is that of the site"),
        (replace(NORTH, trunk_km=None), "'north': neither trunk_km nor a route_deg"),
        (replace(NORTH, trunk_km=0.0), r"'north': trunk_km = 0.0 km: outside"),
        (
            replace(NORTH, trunk_km=None, route_deg=[[4.9, 44.95], [4.9, 44.95]]),
            r"trunk route of feed 'north' of valence.*its places are one",
        ),
        (
            replace(NORTH, trunk_km=None, route_deg=[[44.95, 4.9], [44.94, 4.9]]),
            r"(?s)feed 'north'.*wrong order",
        ),
        (
            replace(NORTH, trunk_km=None, route_deg=[[4.9, 44.95], [5.4, 44.95]]),
            r"place 2 of 2 .* outside the declared",
        ),
        (replace(NORTH, capacity_MW=0.0), "'north': capacity of its station = 0 MW"),
    ],
)
def test_feeds_that_cannot_be_are_refused(
    valence: tuple[TwinConf, Weather], feed: FeedConf, words: str
) -> None:
    conf, weather = valence
    district = replace(conf.district, feeds=[feed])
    with pytest.raises(InputError, match=words):
        feeds_of(district, conf.recovery, network_of(replace(district, feeds=[]), weather), weather)


@pytest.mark.kernel
def test_a_feed_meets_a_drawn_network_where_its_route_ends(tmp_path: Path) -> None:
    """A street of 1.5 km, fed at its west end; heat of a second site at the east end passes less pipe: fewer
    metres of head for the first feed. Too far from any main, it is refused."""
    west, middle, east = [6.17, 49.12], [6.18, 49.12], [6.19, 49.12]
    trace = tmp_path / "street.geojson"
    lines = [{"type": "LineString", "coordinates": pair} for pair in ([west, middle], [middle, east])]
    features = [
        {"type": "Feature", "properties": {"nom": f"street {k}"}, "geometry": line}
        for k, line in enumerate(lines)
    ]
    trace.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    conf = typed(
        compose(
            [
                "site=grand_est_2028",
                "recovery=heat_pump",
                "district.annual_heat_GWh=9",
                f"district.pipes.file={trace}",
                "district.trunk.route_deg=[[6.16,49.12],[6.17,49.12]]",
            ]
        )
    )
    weather = typical_year(conf.climate)
    network = network_of(conf.district, weather)
    route = [[6.2, 49.12], east]
    two = replace(conf.district, feeds=[replace(NORTH, trunk_km=None, route_deg=route)])
    alone, both = laid_net(conf.district, network, weather), laid_net(two, network, weather)
    assert [feed.name for feed in both.net.feeds] == ["feed", "north"]
    assert both.net.feeds[1].place != both.net.feeds[0].place
    assert both.year.pump.sum() < alone.year.pump.sum()
    far = replace(two, feeds=[replace(NORTH, trunk_km=None, route_deg=[[6.2, 49.12], [6.2, 49.13]])])
    with pytest.raises(InputError, match=r"feed 'north' lies \d+ m from the nearest main: above 200 m"):
        laid_net(far, network, weather)
