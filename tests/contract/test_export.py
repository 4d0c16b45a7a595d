"""`twin export`: documents of a finished run, in both languages, whole, and true to summary.json."""

from __future__ import annotations

import csv
import errno
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from geometry.errors import InputError
from twin.cli import dispatch, guarded
from twin.export.geography import features
from twin.export.record import read_run
from twin.export.verb import export, wanted
from viz.charts.planner import MapLine, _loose_ends

pytestmark = pytest.mark.kernel


# ---- PDF -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_pdf_has_four_to_eight_pages_and_its_own_fonts(documents, lang) -> None:
    content = (documents / f"heat_reuse_{lang}.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", content))
    assert 4 <= pages <= 8
    fonts = set(re.findall(rb"/BaseFont\s*/(\S+)", content))
    assert any(b"DejaVuSans" in font for font in fonts)
    assert b"/FontFile2" in content


def test_a_run_without_recovery_says_so(bare_run, tmp_path) -> None:
    paths = export(bare_run, ("pdf", "geojson", "csv"), lang="fr", folder=tmp_path)
    assert all(path.stat().st_size > 0 for path in paths)
    assert [f.layer for f in features(read_run(bare_run))] == ["source"]


# ---- maps ------------------------------------------------------------------------------------------------


def test_the_geojson_keeps_rfc_7946(documents) -> None:
    content = json.loads((documents / "heat_reuse.geojson").read_text())
    assert content["type"] == "FeatureCollection"
    assert "crs" not in content
    layers = [feature["properties"]["couche"] for feature in content["features"]]
    assert layers == ["source", "trace", "trace", "sous_stations", "perimetre"]
    for feature in content["features"]:
        numbers = np.ravel(np.array(feature["geometry"]["coordinates"], dtype=float)).reshape(-1, 2)
        assert np.all((numbers[:, 0] > 4.8) & (numbers[:, 0] < 5.0))  # longitude first
        assert np.all((numbers[:, 1] > 44.9) & (numbers[:, 1] < 45.0))
        assert np.all(np.round(numbers, 7) == numbers)
    (ring,) = content["features"][-1]["geometry"]["coordinates"]
    assert ring[0] == ring[-1]
    x, y = np.array(ring).T
    assert 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) > 0.0  # counter-clockwise outside
    trunk = content["features"][1]["properties"]
    assert trunk["type"] == "liaison"
    assert trunk["dn_mm"] == 300
    assert trunk["longueur_m"] == 2870.0
    assert trunk["pertes_kw"] == 96.0
    assert (trunk["t_depart_c"], trunk["t_retour_c"]) == (90.0, 55.0)


def test_the_geopackage_opens_in_lambert_93(documents) -> None:
    """IGN's constants of EPSG:2154: Valence (4.89 E, 44.93 N) lies near 849 km east, 6,428 km north."""
    import geopandas as gpd

    path = documents / "heat_reuse.gpkg"
    layers = set(gpd.list_layers(path)["name"])
    assert layers == {"source", "trace", "sous_stations", "perimetre", "reseau"}
    source = gpd.read_file(path, layer="source")
    assert source.crs.to_epsg() == 2154
    assert source.geometry[0].x == pytest.approx(849e3, abs=2e3)
    assert source.geometry[0].y == pytest.approx(6_428e3, abs=3e3)
    trace = gpd.read_file(path, layer="trace")
    assert list(trace["dn_mm"]) == [300, 100]
    assert trace.geometry[0].length == pytest.approx(2_940.0, rel=0.03)  # by hand: 1,365 m + 1,578 m
    network = gpd.read_file(path, layer="reseau")
    assert network["nb_pdl"][0] == 1


def test_a_place_outside_france_is_refused_in_words(heat_run, tmp_path) -> None:
    swapped = tmp_path / "swapped"
    shutil.copytree(heat_run, swapped)
    text = (swapped / "config.yaml").read_text()
    text = text.replace("latitude_deg: 44.93", "latitude_deg: 4.89", 1).replace(
        "longitude_deg: 4.89", "longitude_deg: 44.93", 1
    )
    (swapped / "config.yaml").write_text(text)
    with pytest.raises(InputError, match=r"(?s)longitude 44.93, latitude 4.89: outside.*swapped"):
        export(swapped, ("geojson",), lang="fr")


def test_a_validator_of_others_accepts_the_geojson(documents) -> None:
    """geojson-pydantic holds RFC 7946: types, rings, positions, bounding boxes."""
    checker = pytest.importorskip("geojson_pydantic", reason="in the test extra")
    found = checker.FeatureCollection.model_validate_json((documents / "heat_reuse.geojson").read_text())
    assert [f.geometry.type for f in found.features] == [
        "Point",
        "LineString",
        "LineString",
        "Point",
        "Polygon",
    ]


def test_loose_ends_of_trunks_are_found_on_the_map() -> None:
    """Two lines in a row from the site, and the trunk of another data centre."""

    def line(*points: tuple[float, float]) -> MapLine:
        x, y = np.array(points).T
        return MapLine(x=x, y=y, trunk=True)

    lines = [line((0.0, 0.0), (1e3, 0.0)), line((1e3, 0.0), (2e3, 500.0)), line((0.0, 3e3), (1e3, 3e3))]
    begins, ends = _loose_ends(lines)
    assert begins == [(0.0, 0.0), (0.0, 3e3)]
    assert ends == [(2e3, 500.0), (1e3, 3e3)]


# ---- reports of the law ----------------------------------------------------------------------------------


def test_the_european_report_has_its_symbols_and_indicators(documents, heat_summary) -> None:
    report = json.loads((documents / "reporting_eu_2024_1364.json").read_text())
    figures = {figure["symbol"]: figure for figure in report["figures"]}
    assert set(figures) >= {
        "PDIT",
        "EDC",
        "EIT",
        "WIN",
        "EREUSE",
        "TWH",
        "TIN",
        "ERES-TOT",
        "PUE",
        "WUE",
        "ERF",
        "REF",
    }
    assert figures["PDIT"]["value"] == pytest.approx(2700.0)
    assert figures["EDC"]["value"] == pytest.approx(heat_summary["year"]["facility_GWh"] * 1e6)
    assert figures["EREUSE"]["value"] / figures["EDC"]["value"] == pytest.approx(figures["ERF"]["value"])
    assert figures["EDC"]["value"] / figures["EIT"]["value"] == pytest.approx(figures["PUE"]["value"])
    assert figures["SDC"]["value"] is None
    assert figures["SDC"]["status"] == "operator"
    checked = {symbol for symbol, figure in figures.items() if not figure["to_verify"]}
    assert checked == {"EDC", "EIT", "WIN", "EREUSE", "ERES-TOT", "PUE", "WUE", "ERF", "REF"}
    with (documents / "reporting_eu_2024_1364.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["symbol"] for row in rows] == [figure["symbol"] for figure in report["figures"]]


def test_the_french_report_knows_its_thresholds(documents) -> None:
    report = json.loads((documents / "reporting_fr_2025_1382.json").read_text())
    figures = {figure["symbole"]: figure["valeur"] for figure in report["donnees"]}
    assert figures["DECLARATION"] is True  # 2.7 MW, from 500 kW
    assert figures["CHALEUR_FATALE"] is True  # from 1 MW
    assert all(f["a_verifier"] for f in report["donnees"] if f["symbole"] in ("CHALEUR_FATALE", "TWH"))
    months = (documents / "heat_reuse_months_fr.csv").read_text().splitlines()
    assert months[0].startswith("Mois;Besoins [MWh];Livré [MWh]")
    assert len(months) == 13
    assert "," in months[1]


# ---- the verb --------------------------------------------------------------------------------------------


def test_the_verb_prints_the_paths(heat_run, tmp_path, capsys) -> None:
    assert (
        dispatch(["export", str(heat_run), "--to", "geojson,csv", "--lang", "en", "--folder", str(tmp_path)])
        == 0
    )
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == str(tmp_path / "heat_reuse.geojson")
    assert all(Path(line).is_file() for line in printed)
    assert not list(tmp_path.glob(".*"))  # nothing half-documents


@pytest.mark.parametrize("name", ["xlsx", "gpkg", "csv"])
def test_a_full_disk_leaves_nothing_half_written(heat_run, tmp_path, monkeypatch, capsys, name) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("twin.store.os.replace", full)
    words = ["export", str(heat_run), "--to", name, "--folder", str(tmp_path)]
    assert guarded(lambda: dispatch(words), debug=False) == 1
    assert "no space left to write" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_bad_requests_are_refused_in_words(heat_run, tmp_path) -> None:
    with pytest.raises(InputError, match=r"(?s)'doc'.*pdf, xlsx.*try"):
        wanted("doc")
    with pytest.raises(InputError, match="no run folder"):
        export(tmp_path / "nowhere", ("pdf",), lang="fr")
    with pytest.raises(InputError, match="no finished run"):
        export(tmp_path, ("pdf",), lang="fr")
    old = tmp_path / "old"
    shutil.copytree(heat_run, old)
    text = json.loads((old / "summary.json").read_text())
    del text["economics"]
    (old / "summary.json").write_text(json.dumps(text))
    with pytest.raises(InputError, match=r"(?s)earlier version.*run it again"):
        export(old, ("pdf",), lang="fr")
