"""`twin export`: documents of a finished run, in both languages, whole, and true to summary.json."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from exported_run import store_run

from geometry.errors import InputError
from twin import config, resources
from twin.assumptions import provenance
from twin.cli import dispatch
from twin.config import read_config
from twin.export.geography import features
from twin.export.record import read_run
from twin.export.verb import export, wanted
from twin.export.words import Language, unit_of, words_of

pytestmark = pytest.mark.kernel
NO_NETWORK_BREAK = "\u202f"


SCHEME = (
    "recovery.capacity_MW=1", "recovery.storage_m3=200", "recovery.boiler_MW=0.5",
    "district.annual_heat_GWh=6",
    "district.dwellings=800", "district.pipes.length_km=2", "district.trunk_km=0.5",
)  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    """A scheme with a storage and a back-up boiler."""
    return store_run(tmp_path_factory.mktemp("runs") / "small", *SCHEME)


@pytest.fixture(scope="module")
def written(run, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    export(run, ("pdf", "xlsx", "geojson", "gpkg", "csv"), lang="fr", folder=folder)
    export(run, ("pdf",), lang="en", folder=folder)
    return folder


@pytest.fixture(scope="module")
def summary(run) -> dict[str, Any]:
    return json.loads((run / "summary.json").read_text())


# ---- words -----------------------------------------------------------------------------------------------


def leaves(node: Any, way: str = "") -> dict[str, str]:
    if isinstance(node, dict):
        return {k: v for key, item in node.items() for k, v in leaves(item, f"{way}.{key}").items()}
    return {way: str(node)}


def test_both_languages_say_the_same_things() -> None:
    french, english = (leaves(words_of(language).texts | {"notes": {}}) for language in Language)
    assert set(french) == set(english)
    for key, text in french.items():  # and fill in the same values
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", english[key])), key


def test_the_french_reader_finds_the_reasons_in_french() -> None:
    """All that the reports of the sites show, and nearly all that their workbooks list."""
    known = words_of(Language.FR).texts["notes"]
    shown, listed = [], []
    for site in sorted(path.stem for path in resources.conf_dir().glob("site/*.yaml")):
        for each in provenance(config.typed(config.compose([f"site={site}"]))):
            (shown if each.key.split(".")[0] in REPORTED else listed).append(each.text)
    assert len(set(shown)) > 50
    assert [text for text in dict.fromkeys(shown) if text not in known] == [], "data/words/notes_fr.yaml"
    missing = [text for text in dict.fromkeys(listed) if text not in known]
    assert len(missing) <= 0.1 * len(set(listed)), missing


def test_every_explained_number_has_a_name_in_both_languages() -> None:
    keys = {each.key for each in provenance(config.typed(config.compose([])))}
    for language in Language:
        words = words_of(language)
        missing = [key for key in sorted(keys) if words.label(key) == key]
        assert len(missing) <= 0.1 * len(keys), missing
        assert [key for key in missing if key.split(".")[0] in REPORTED] == []
    assert words_of(Language.FR).label("economics.ranges.trunk_EUR_m") == "Prix de la liaison, bornes"
    assert words_of(Language.EN).label("uncertainty.cdu_ua.low").endswith(", low end")


def test_titles_and_announcements_are_french_too() -> None:
    known = words_of(Language.FR).texts["notes"]
    files = [path for group in ("site", "climate") for path in resources.conf_dir().glob(f"{group}/*.yaml")]
    for path in files:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        section = content.get("site", content)
        assert section.get("quotation", section.get("source")) in known, path.name
    assert words_of(Language.FR).note("South of France") == "Sud de la France"


REPORTED = ("site", "climate", "recovery", "district", "economics")


def test_numbers_as_each_language_writes_them() -> None:
    french, english = words_of(Language.FR), words_of(Language.EN)
    assert french.number(12345.67, 1) == f"12{NO_NETWORK_BREAK}345,7"
    assert english.number(12345.67, 1) == "12,345.7"
    assert french("curve.off_scale", power="1") == "le gisement (1\u00a0MW) dépasse l\u2019échelle"
    assert french.unit("k EUR") == "k€"
    assert french.unit("EUR/MWh") == "€/MWh"
    assert english.unit("k EUR") == "k\u00a0EUR"
    assert (french.figure(8820.6), french.figure(55.54)) == (f"8{NO_NETWORK_BREAK}821", "55,5")
    assert french.note("instead of 0.05") == "au lieu de 0.05"
    assert french.number(-0.04, 1) == "0,0"
    assert french.number(None) == french.number(float("nan")) == "–"
    assert french.percent(0.125, 1) == "12,5\u00a0%"
    created = read_date("2026-03-01")
    assert french.day(created) == "1er mars 2026"
    assert english.day(created) == "1 March 2026"


def read_date(text: str):
    from datetime import date

    return date.fromisoformat(text)


def test_units_come_from_the_names() -> None:
    assert unit_of("economics.heat_pump_EUR_kW") == "EUR/kW"
    assert unit_of("district.trunk_loss_W_m") == "W/m"
    assert unit_of("recovery.source_drop_K") == "K"
    assert unit_of("recovery.minimum_load") == "-"


def test_every_explained_number_keeps_its_status(run) -> None:
    found = {p.key: p for p in provenance(read_config(run / "config.yaml"))}
    assert found["economics.discount_rate"].status == "assumption"
    assert found["economics.trunk_EUR_m"].status == "derived"
    assert found["site.gpus"].status == "user"


# ---- PDF -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_pdf_has_four_to_eight_pages_and_its_own_fonts(written, lang) -> None:
    content = (written / f"heat_reuse_{lang}.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", content))
    assert 4 <= pages <= 8
    fonts = set(re.findall(rb"/BaseFont\s*/(\S+)", content))
    assert any(b"DejaVuSans" in font for font in fonts)
    assert b"/FontFile2" in content


def test_a_run_without_recovery_says_so(tmp_path) -> None:
    bare = store_run(tmp_path / "bare", "recovery=none", plan=None)
    paths = export(bare, ("pdf", "geojson", "csv"), lang="fr")
    assert all(path.stat().st_size > 0 for path in paths)
    assert [f.layer for f in features(read_run(bare))] == ["source"]


# ---- workbook --------------------------------------------------------------------------------------------


def test_the_workbook_has_its_sheets_and_live_totals(written) -> None:
    import openpyxl

    book = openpyxl.load_workbook(written / "heat_reuse_fr.xlsx", read_only=False)
    assert book.sheetnames == [
        "Hypotheses", "Gisement_8760", "Besoins", "Bilan_mensuel", "CAPEX_OPEX", "CO2", "Sources",
    ]  # fmt: skip
    names = set(book.defined_names)
    assert names >= {"lcoh", "capex_total", "heat_delivered", "discount_rate", "co2_avoided", "pue", "homes"}
    for name in names:
        ((sheet, cell),) = book.defined_names[name].destinations
        assert book[sheet][cell.replace("$", "")].value is not None, name
    totals = [book["Bilan_mensuel"].cell(17, column).value for column in range(3, 10)]
    assert all(str(value).startswith("=") for value in totals)
    hourly = book["Gisement_8760"]
    assert hourly.max_row == 5 + 8760
    assert "Stockage, contenu [MWh]" in [cell.value for cell in hourly[3]]


def recalculated(source: Path, folder: Path) -> Any:
    """The workbook computed by LibreOffice from formulas alone: the values stored with them are removed."""
    import openpyxl

    bare = folder / "bare.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            new.writestr(name, content)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx",
         "--outdir", str(folder / "out"), str(bare)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return openpyxl.load_workbook(folder / "out" / "bare.xlsx", data_only=True)


def stored(source: Path) -> Any:
    """The workbook with the values the program stored beside its formulas."""
    import openpyxl

    return openpyxl.load_workbook(source, data_only=True)


def check_figures(book: Any, summary: dict[str, Any]) -> None:
    values = {}
    for name, defined in book.defined_names.items():
        ((sheet, cell),) = defined.destinations
        values[name] = book[sheet][cell.replace("$", "")].value
    heat, economics, year = summary["heat"], summary["economics"], summary["year"]
    expected = {
        "heat_delivered": heat["delivered_GWh"] * 1e3,
        "heat_vented": heat["vented_GWh"] * 1e3,
        "lcoh": heat["lcoh_EUR_per_MWh"],
        "lcoh_without_aid": economics["lcoh_without_aid_EUR_per_MWh"],
        "capex_total": economics["capex_EUR"]["total"],
        "aid_total": economics["aid_EUR"],
        "net_present_value": economics["npv_EUR"],
        "homes": heat["homes"],
        "co2_avoided": heat["co2_avoided_t"],
        "co2_avoided_gas": economics["co2_avoided_gas_t"],
        "pue": year["pue"],
        "erf": year["erf"],
        "ere": year["ere"],
        "wue": year["wue_L_per_kWh"],
        "year_delivered": heat["delivered_GWh"] * 1e3,
    }
    for name, value in expected.items():
        assert values[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name


def test_the_recalculated_values_are_those_of_the_run(written, summary, tmp_path) -> None:
    """Computed by LibreOffice where it is installed; otherwise the values stored beside the formulas."""
    source = written / "heat_reuse_fr.xlsx"
    book = stored(source) if shutil.which("soffice") is None else recalculated(source, tmp_path)
    check_figures(book, summary)
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            assert not any(isinstance(value, str) and value.startswith("#") for value in row), sheet.title


# ---- maps ------------------------------------------------------------------------------------------------


def test_the_geojson_keeps_rfc_7946(written) -> None:
    content = json.loads((written / "heat_reuse.geojson").read_text())
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


def test_the_geopackage_opens_in_lambert_93(written) -> None:
    """IGN's constants of EPSG:2154: Valence (4.89 E, 44.93 N) lies near 849 km east, 6,428 km north."""
    import geopandas as gpd

    path = written / "heat_reuse.gpkg"
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


def test_a_place_outside_france_is_refused_in_words(run, tmp_path) -> None:
    swapped = tmp_path / "swapped"
    shutil.copytree(run, swapped)
    text = (swapped / "config.yaml").read_text()
    text = text.replace("latitude_deg: 44.93", "latitude_deg: 4.89", 1).replace(
        "longitude_deg: 4.89", "longitude_deg: 44.93", 1
    )
    (swapped / "config.yaml").write_text(text)
    with pytest.raises(InputError, match=r"(?s)longitude 44.93, latitude 4.89: outside.*swapped"):
        export(swapped, ("geojson",), lang="fr")


# ---- reports of the law ----------------------------------------------------------------------------------


def test_the_european_report_has_its_symbols_and_indicators(written, summary) -> None:
    report = json.loads((written / "reporting_eu_2024_1364.json").read_text())
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
    assert figures["EDC"]["value"] == pytest.approx(summary["year"]["facility_GWh"] * 1e6)
    assert figures["EREUSE"]["value"] / figures["EDC"]["value"] == pytest.approx(figures["ERF"]["value"])
    assert figures["EDC"]["value"] / figures["EIT"]["value"] == pytest.approx(figures["PUE"]["value"])
    assert figures["SDC"]["value"] is None
    assert figures["SDC"]["status"] == "operator"
    checked = {symbol for symbol, figure in figures.items() if not figure["to_verify"]}
    assert checked == {"EDC", "EIT", "WIN", "EREUSE", "ERES-TOT", "PUE", "WUE", "ERF", "REF"}
    with (written / "reporting_eu_2024_1364.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["symbol"] for row in rows] == [figure["symbol"] for figure in report["figures"]]


def test_the_french_report_knows_its_thresholds(written) -> None:
    report = json.loads((written / "reporting_fr_2025_1382.json").read_text())
    figures = {figure["symbole"]: figure["valeur"] for figure in report["donnees"]}
    assert figures["DECLARATION"] is True  # 2.7 MW, from 500 kW
    assert figures["CHALEUR_FATALE"] is True  # from 1 MW
    assert all(f["a_verifier"] for f in report["donnees"] if f["symbole"] in ("CHALEUR_FATALE", "TWH"))
    months = (written / "heat_reuse_months_fr.csv").read_text().splitlines()
    assert months[0].startswith("Mois;Besoins [MWh];Livré [MWh]")
    assert len(months) == 13
    assert "," in months[1]


# ---- the verb --------------------------------------------------------------------------------------------


def test_the_verb_prints_the_paths(run, tmp_path, capsys) -> None:
    assert (
        dispatch(["export", str(run), "--to", "geojson,csv", "--lang", "en", "--folder", str(tmp_path)]) == 0
    )
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == str(tmp_path / "heat_reuse.geojson")
    assert all(Path(line).is_file() for line in printed)
    assert not list(tmp_path.glob(".*"))  # nothing half-written


def test_bad_requests_are_refused_in_words(run, tmp_path) -> None:
    with pytest.raises(InputError, match=r"(?s)'doc'.*pdf, xlsx.*try"):
        wanted("doc")
    with pytest.raises(InputError, match="no run folder"):
        export(tmp_path / "nowhere", ("pdf",), lang="fr")
    with pytest.raises(InputError, match="no finished run"):
        export(tmp_path, ("pdf",), lang="fr")
    old = tmp_path / "old"
    shutil.copytree(run, old)
    text = json.loads((old / "summary.json").read_text())
    del text["economics"]
    (old / "summary.json").write_text(json.dumps(text))
    with pytest.raises(InputError, match=r"(?s)earlier version.*run it again"):
        export(old, ("pdf",), lang="fr")
