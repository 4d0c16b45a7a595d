"""What a planner hands in: a year of demand, a route, a trace. Mistakes are refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geometry.errors import InputError
from twin.assembly.district import demand_class
from twin.assembly.trunk import trunk_length, trunk_route
from twin.district.geojson import read_trace
from twin.district.places import FRANCE, area_of, check_places, line_length, to_metres
from twin.district.series import read_demand
from twin.schema import BuildingClassConf, BuildingUse, DistrictConf, EnergyClass, TrunkConf

METZ = (6.176, 49.120)


def csv(folder: Path, rows: list[str]) -> Path:
    file = folder / "demand.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


ROWS = ["hour,kW", *(f"{h},{1000 + h % 24}" for h in range(8760))]


def test_a_year_of_demand(tmp_path: Path) -> None:
    heat = read_demand(csv(tmp_path, ROWS))
    assert heat.shape == (8760,)
    assert heat[25] == 1001e3
    french = read_demand(csv(tmp_path, ["heure;kW", *(f"{h};12,5" for h in range(8760))]))
    assert set(french) == {12500.0}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([*ROWS[:100], "", *ROWS[101:]], "line 101: a gap"),
        ([*ROWS[:100], "99,", *ROWS[101:]], "line 101: a gap"),
        ([*ROWS[:100], "99,n/a", *ROWS[101:]], "line 101: 'n/a' is not a number"),
        ([*ROWS[:100], "99,nan", *ROWS[101:]], "line 101: 'nan' is not a finite number"),
        ([*ROWS[:100], "99,-3", *ROWS[101:]], "line 101: demand = -3 kW"),
        (ROWS[:-24], r"holds 8736 hours; 8760 are needed"),
        ([*ROWS, *ROWS[1:25]], r"(?s)holds 8784 hours.*29 February"),
        (["0"] * 8760, "no heat in any hour"),
    ],
)
def test_demand_files_that_cannot_be_are_refused(tmp_path: Path, rows: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_demand(csv(tmp_path, rows))


def test_a_demand_file_that_is_not_there() -> None:
    with pytest.raises(InputError, match=r"demand file nowhere.csv: No such file"):
        read_demand("nowhere.csv")


def test_lengths_in_lambert_93() -> None:
    """Origin of the projection: 3 deg E, 46.5 deg N is 700,000 m, 6,600,000 m (IGN)."""
    assert to_metres(np.array([[3.0, 46.5]]))[0] == pytest.approx([700e3, 6600e3], abs=1e-3)
    north = np.array([METZ, (METZ[0], METZ[1] + 1000.0 / 111_214.0)])
    assert line_length(north) == pytest.approx(1000.0, rel=1e-3)


def test_places_outside_and_exchanged() -> None:
    area = area_of([6.0, 49.0, 6.4, 49.2])
    check_places(np.array([METZ]), area, "route")
    with pytest.raises(InputError, match=r"(?s)wrong order.*longitude comes first.*\[6.176, 49.12\]"):
        check_places(np.array([METZ[::-1]]), area, "route")
    with pytest.raises(
        InputError, match=r"route: place 2 of 2 \(4.89, 44.93\) lies outside the declared area"
    ):
        check_places(np.array([METZ, (4.89, 44.93)]), area, "route")
    with pytest.raises(InputError, match="west < east"):
        area_of([6.4, 49.0, 6.0, 49.2])
    with pytest.raises(InputError, match="outside longitude"):
        area_of([-80.0, 40.0, -70.0, 45.0])


def district(**fields: Any) -> DistrictConf:
    trunk = TrunkConf(route_deg=fields.pop("route", []))
    return DistrictConf(name="metz", trunk_km=fields.pop("trunk_km", None), trunk=trunk, **fields)


def test_the_trunk_runs_along_its_route_unless_its_length_is_given() -> None:
    route = [[6.262, 49.052], [6.205, 49.092], [6.180, 49.120]]
    assert trunk_length(district(route=route)) == pytest.approx(9705.0, abs=60.0)
    assert trunk_length(district(route=route, trunk_km=4.0)) == 4000.0
    assert trunk_route(district(route=route)).shape == (3, 2)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "no route is drawn"),
        ({"route": [list(METZ)]}, "at least two places"),
        ({"route": [list(METZ), list(METZ)]}, "its places are one"),
        ({"route": [[49.05, 6.26], [49.12, 6.18]]}, "wrong order"),
        ({"route": [[6.18, 49.12], [4.89, 44.93]]}, "above 100 km"),
        (
            {"route": [[6.18, 49.12], [7.0, 49.12]], "area_deg": [6.0, 49.0, 6.4, 49.2]},
            "outside the declared area",
        ),
    ],
)
def test_routes_that_cannot_be_are_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        trunk_length(district(**fields))


# -- classes ---------------------------------------------------------------------------------------------


def test_a_dwelling_of_moselle() -> None:
    """Class C, 70 m2, 2,219 K d (COSTIC): 115 x 70 x 2219/2200 + 955 x 2.17 = 10,192 kWh."""
    flats = demand_class(BuildingClassConf(name="flats", dwellings=1.0), 2219.0)
    assert flats.annual / 3.6e6 == pytest.approx(10192.0, abs=1.0)
    assert flats.hot_water / flats.annual == pytest.approx(0.203, abs=1e-3)
    better = demand_class(
        BuildingClassConf(name="flats", dwellings=1.0, energy_class=EnergyClass.B, dwelling_area_m2=60.0),
        2219.0,
    )
    assert better.space_heating / 3.6e6 == pytest.approx(70 * 60 * 2219 / 2200)


def test_tertiary_and_industry() -> None:
    offices = demand_class(BuildingClassConf(name="o", use=BuildingUse.offices, area_m2=1e4), 2200.0)
    assert offices.annual / 3.6e9 == pytest.approx(950.0)
    dairy = demand_class(BuildingClassConf(name="d", use=BuildingUse.industry, annual_MWh=500.0), 2200.0)
    assert dairy.process == 500.0 * 3.6e9
    for conf, words in (
        (BuildingClassConf(name="x"), "its dwellings are needed"),
        (BuildingClassConf(name="x", use=BuildingUse.hotel), "area_m2 is needed"),
        (BuildingClassConf(name="x", use=BuildingUse.industry), "annual_MWh is needed"),
    ):
        with pytest.raises(InputError, match=rf"class 'x'.*{words}"):
            demand_class(conf, 2200.0)


# -- GeoJSON ---------------------------------------------------------------------------------------------


def trace(folder: Path, content: Any) -> Path:
    file = folder / "trace.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def collection(*features: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **more}


A, B, C = [6.176, 49.120, 172.0], [6.178, 49.121, 172.0], [6.180, 49.121, 172.0]


def test_lines_and_points_of_a_trace(tmp_path: Path) -> None:
    content = collection(
        feature("MultiLineString", [[A, B], [B, C]], nom_reseau="Metz"),
        feature("Point", C, name="school"),
        {"type": "Feature", "geometry": None, "properties": {}},  # a network without trace
    )
    got = read_trace(trace(tmp_path, content), FRANCE)
    assert [line.name for line in got.lines] == ["Metz", "Metz, part 2"]
    assert got.lines[0].places.tolist() == [A[:2], B[:2]]
    assert [(p.name, p.longitude) for p in got.points] == [("school", 6.180)]


def test_a_trace_in_lambert_93_is_turned_into_degrees(tmp_path: Path) -> None:
    metres = to_metres(np.array([A[:2], B[:2]])).tolist()
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    got = read_trace(trace(tmp_path, collection(feature("LineString", metres), crs=crs)), FRANCE)
    assert got.lines[0].places == pytest.approx(np.array([A[:2], B[:2]]), abs=1e-8)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", r"trace.json: not JSON, line 1"),
        ([1, 2], "no GeoJSON object"),
        (collection(), "no features"),
        (collection(feature("Polygon", [[A, B, C, A]])), "feature 1: geometry 'Polygon'"),
        (collection(feature("LineString", [A, ["x", 49.0]])), "feature 1: coordinates that are no numbers"),
        (collection(feature("LineString", [A])), "feature 1: a line of one place"),
        (collection(feature("LineString", [A, A])), "feature 1: a line of no length"),
        (collection(feature("LineString", [A[1::-1], B[1::-1]])), "feature 1: .*wrong order"),
        (collection(feature("LineString", [A, [13.4, 52.5]])), "outside the declared area"),
        (
            collection(feature("LineString", [A, B]), crs={"properties": {"name": "EPSG:27572"}}),
            r"(?s)unknown coordinate system 'EPSG:27572'.*ogr2ogr",
        ),
    ],
)
def test_traces_that_cannot_be_are_refused(tmp_path: Path, content: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_trace(trace(tmp_path, content), FRANCE)
