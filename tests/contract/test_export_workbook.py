"""The workbook of `twin export`: its sheets, and formulas that follow their inputs as the program does."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from twin.config import read_config
from twin.economics import HeatLedger, heat_economics

pytestmark = pytest.mark.kernel


def test_the_workbook_has_its_sheets_and_live_totals(documents) -> None:
    import openpyxl

    book = openpyxl.load_workbook(documents / "heat_reuse_fr.xlsx", read_only=False)
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


def test_sheets_print_on_their_pages(documents) -> None:
    """A4 across, as wide as the page, heads on every page; only the long sheets take several."""
    with zipfile.ZipFile(documents / "heat_reuse_en.xlsx") as book:
        sheets = [book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(1, 8)]
        names = book.read("xl/workbook.xml").decode()
    assert names.count("_xlnm.Print_Titles") == 7
    pages = []
    for sheet in sheets:
        assert re.search(r'<pageSetup paperSize="9"[^>]* orientation="landscape"', sheet)
        pages.append('fitToHeight="0"' in sheet)
    assert pages == [True, True, True, False, False, False, True]
    wrapped = re.findall(r'<row r="\d+"[^>]*ht="(27|40.5)" customHeight="1"', sheets[0])
    assert len(wrapped) > 5  # long reasons have the room they need


def prepared(source: Path, target: Path, changes: dict[str, float] | None = None) -> Path:
    """A copy without the values stored beside the formulas, and with other values in named cells."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.read("xl/workbook.xml").decode()
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            if name == "xl/worksheets/sheet1.xml":
                for key, value in (changes or {}).items():
                    found = re.search(rf'name="{key}">[^<]*\$([A-Z]+)\$(\d+)<', names)
                    assert found, key
                    cell = f'(<c r="{found[1]}{found[2]}"[^>]*><v>)[^<]*(</v>)'.encode()
                    content, count = re.subn(cell, rb"\g<1>%r\2" % value, content)
                    assert count == 1, key
            new.writestr(name, content)
    return target


def recalculated(folder: Path, *books: Path) -> list[Any]:
    """Workbooks computed by LibreOffice from formulas alone."""
    import openpyxl

    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx",
         "--outdir", str(folder / "out"), *map(str, books)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return [openpyxl.load_workbook(folder / "out" / book.name, data_only=True) for book in books]


def stored(source: Path) -> Any:
    """The workbook with the values the program stored beside its formulas."""
    import openpyxl

    return openpyxl.load_workbook(source, data_only=True)


def named_values(book: Any) -> dict[str, Any]:
    """What stands in the named cells; no cell of the book holds an error."""
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            assert not any(isinstance(value, str) and value.startswith("#") for value in row), sheet.title
    values = {}
    for name, defined in book.defined_names.items():
        ((sheet, cell),) = defined.destinations
        values[name] = book[sheet][cell.replace("$", "")].value
    return values


def check_figures(book: Any, summary: dict[str, Any]) -> None:
    values = named_values(book)
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


CHANGES = {
    "discount_rate": 0.08, "electricity_EUR_MWh": 95.0, "trunk_EUR_m": 3000.0, "subsidy_share": 0.1,
    "electricity_kgCO2_kWh": 0.1,
}  # fmt: skip


def test_formulas_follow_their_inputs_to_the_results_of_the_program(
    documents, heat_run, heat_summary, tmp_path
) -> None:
    """French as made, English with other assumptions; without LibreOffice the stored values."""
    french = documents / "heat_reuse_fr.xlsx"
    if shutil.which("soffice") is None:
        check_figures(stored(french), heat_summary)
        return
    made, changed = recalculated(
        tmp_path,
        prepared(french, tmp_path / "made.xlsx"),
        prepared(documents / "heat_reuse_en.xlsx", tmp_path / "changed.xlsx", CHANGES),
    )
    check_figures(made, heat_summary)
    sums, sizes = heat_summary["economics"], heat_summary["economics"]["sizes"]
    heat, values = heat_summary["heat"], named_values(changed)
    ledger = HeatLedger(
        delivered_MWh=heat["delivered_GWh"] * 1e3,
        site_heat_MWh=(heat["available_GWh"] - heat["vented_GWh"]) * 1e3,
        electricity_MWh=heat["heat_pump_GWh_el"] * 1e3,
        boiler_MWh=sums["boiler_MWh"],
        gas_MWh=sums["gas_MWh"],
        pump_MWh=sums["pump_MWh"],
        per_dwelling_MWh=sums["per_dwelling_MWh"],
        network_efficiency=sums["network_efficiency"],
        renewable_share=sums["renewable_share"],
        displaced_t=sums["displaced_t"],
        **sizes,
    )
    found = heat_economics(ledger, replace(read_config(heat_run / "config.yaml").economics, **CHANGES))
    expected = {
        "lcoh": found.lcoh_EUR_per_MWh,
        "lcoh_without_aid": found.lcoh_without_aid,
        "capex_total": found.capex_EUR,
        "opex_total": found.opex_EUR,
        "aid_total": found.aid_EUR,
        "net_present_value": found.npv_EUR,
        "co2_avoided": found.co2_avoided_t,
    }
    for name, value in expected.items():
        assert values[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name
    assert values["lcoh"] > 1.1 * sums["lcoh_with_aid_EUR_per_MWh"]
