"""The figures the law asks of a data centre, by the symbols of its texts, as CSV and JSON.

European: delegated regulation (EU) 2024/1364, annexes II (symbols) and III (four indicators). French: code de
l'energie D. 236-1 to D. 236-7 and R. 236-8 (decree 2025-1382). A simulated year stands for the calendar year;
what only an operator knows is left empty and says so.
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from twin import metrics
from twin.export.balance import ENERGIES, monthly_balance
from twin.export.record import HeatRun
from twin.export.words import Language, Words, words_of
from twin.store import write_json, write_text

REPORTING_KW = 500.0  # installed IT power from which figures are due (directive (EU) 2023/1791, art. 12)
WASTE_HEAT_KW = 1000.0  # from which waste heat must be used (art. 26 (6); code de l'energie L. 236-2)
KWH = 3.6e6  # [J]
# symbols met in published accounts of the regulation; the others are to be checked in its annexes
_PUBLISHED = {"EDC", "EIT", "WIN", "EREUSE", "ERES-TOT", "PUE", "WUE", "ERF", "REF"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of a report. status: modelled, configured, or operator (to be filled in).

    to_verify: symbol or duty whose wording in the text itself is still to be checked.
    """

    symbol: str
    name: str
    value: float | str | bool | None
    unit: str
    status: str
    note: str = ""
    to_verify: bool = False


_FRENCH_COLUMNS = {
    "symbol": "symbole", "name": "nom", "value": "valeur", "unit": "unite", "status": "statut",
    "to_verify": "a_verifier",
}  # fmt: skip


def european_figures(run: HeatRun) -> tuple[Figure, ...]:
    """Annex II symbols and annex III indicators of (EU) 2024/1364."""
    hours, year, conf = run.hours, run.summary["year"], run.conf
    facility, it = (float(v.sum()) * 3600.0 for v in (hours.facility_power, hours.it_power))
    reused, water = float(hours.taken.sum()) * 3600.0, float(hours.water.sum()) * 3.6
    renewable = renewable_energy(run)
    modelled, operator = "modelled", "operator"
    figures = (
        Figure(symbol="PDIT", name="Installed information technology power demand",
               value=run.summary["it"]["power_MW"] * 1e3, unit="kW", status="configured"),
        Figure(symbol="SDC", name="Data centre total floor area", value=None, unit="m2", status=operator),
        Figure(symbol="EDC", name="Total energy consumption", value=facility / KWH, unit="kWh",
               status=modelled, note="heat-pump electricity of the network stands outside the boundary"),
        Figure(symbol="EDC-BG", name="Energy consumption from backup generators", value=None, unit="kWh",
               status=operator),
        Figure(symbol="EIT", name="Energy consumption of information technology equipment", value=it / KWH,
               unit="kWh", status=modelled),
        Figure(symbol="WIN", name="Total water input", value=water, unit="m3", status=modelled),
        Figure(symbol="WIN-POT", name="Total potable water input", value=None, unit="m3", status=operator),
        Figure(symbol="EREUSE", name="Waste heat reused", value=reused / KWH, unit="kWh", status=modelled,
               note="measured where it leaves the data centre"),
        Figure(symbol="TWH", name="Average waste heat temperature",
               value=run.summary["heat"]["offered_temperature_C"], unit="degC", status=modelled),
        Figure(symbol="TIN", name="Average set-point of the intake air of IT equipment",
               value=conf.hall.supply_air_C, unit="degC", status="configured"),
        Figure(symbol="REFRIGERANTS", name="Types of refrigerants used", value=None, unit="-",
               status=operator),
        Figure(symbol="CDD", name="Cooling degree days", value=cooling_degree_days(run), unit="degC d",
               status=modelled, note="Eurostat: daily mean of 24 degC or more, above 21 degC; to verify"),
        Figure(symbol="ERES-TOT", name="Total renewable energy consumption", value=renewable, unit="kWh",
               status=modelled if renewable is not None else operator),
        Figure(symbol="ERES-GOO", name="Renewable energy from guarantees of origin", value=None, unit="kWh",
               status=operator),
        Figure(symbol="ERES-PPA", name="Renewable energy from power purchase agreements", value=renewable,
               unit="kWh", status=modelled if renewable is not None else operator),
        Figure(symbol="ERES-OS", name="Renewable energy from sources on site", value=None, unit="kWh",
               status=operator),
        Figure(symbol="PUE", name="Power usage effectiveness", value=year["pue"], unit="-", status=modelled),
        Figure(symbol="WUE", name="Water usage effectiveness", value=year["wue_L_per_kWh"], unit="L/kWh",
               status=modelled),
        Figure(symbol="ERF", name="Energy reuse factor", value=year["erf"], unit="-", status=modelled),
        Figure(symbol="REF", name="Renewable energy factor",
               value=None if renewable is None else metrics.ref(renewable, facility / KWH), unit="-",
               status=modelled if renewable is not None else operator),
    )  # fmt: skip
    return tuple(replace(figure, to_verify=figure.symbol not in _PUBLISHED) for figure in figures)


def french_figures(run: HeatRun) -> tuple[Figure, ...]:
    """What the decree asks for, with its thresholds and dates; figures as in the European report."""
    power = run.summary["it"]["power_MW"] * 1e3
    available = float(run.hours.available.sum()) * 3600.0 / KWH
    operator, modelled = "exploitant", "modelise"
    by_symbol = {figure.symbol: figure for figure in european_figures(run)}
    rows = [
        Figure(symbol="SIRET", name="Numéro SIRET de l'établissement", value=None, unit="-", status=operator,
               note="le seuil s'apprécie à l'échelle du SIRET (D. 236-1)"),
        Figure(symbol="CONTACT", name="Personne responsable : nom et courriel", value=None, unit="-",
               status=operator, note="D. 236-2"),
        Figure(symbol="P_INST", name="Puissance installée des salles informatiques", value=power, unit="kW",
               status="configure"),
        Figure(symbol="DECLARATION", name="Déclaration annuelle due", value=power >= REPORTING_KW, unit="-",
               status=modelled,
               note="au moins 500 kW : données de l'année civile au plus tard le 15 mai (D. 236-3) ; "
               "déclaration dans les deux mois de la mise en service (D. 236-2)"),
        Figure(symbol="CHALEUR_FATALE", name="Valorisation de la chaleur fatale obligatoire",
               value=power >= WASTE_HEAT_KW, unit="-", status=modelled, to_verify=True,
               note="au moins 1 MW (L. 236-2), sauf dérogation motivée par une analyse coûts-avantages ; "
               "les critères chiffrés de R. 236-8 et suivants restent à vérifier dans le texte consolidé"),
        Figure(symbol="Q_DISPONIBLE", name="Quantité de chaleur disponible", value=available, unit="kWh",
               status=modelled, note="à la température TWH"),
        Figure(symbol="Q_VALORISEE", name="Chaleur valorisée hors du site", value=by_symbol["EREUSE"].value,
               unit="kWh", status=modelled, to_verify=True),
    ]  # fmt: skip
    french = {
        "EDC": "Consommation totale d'énergie", "EIT": "Consommation des équipements informatiques",
        "WIN": "Apport total d'eau", "TWH": "Température moyenne de la chaleur fatale",
        "TIN": "Consigne de température d'air à l'entrée des équipements",
        "ERES-TOT": "Consommation totale d'énergie renouvelable",
        "PUE": "Efficacité de l'usage de l'énergie (PUE)", "WUE": "Efficacité de l'usage de l'eau (WUE)",
        "ERF": "Facteur de réutilisation de l'énergie (ERF)",
        "REF": "Facteur d'énergie renouvelable (REF)",
    }  # fmt: skip
    statuses = {"modelled": modelled, "operator": operator, "configured": "configure"}
    rows += [
        Figure(
            symbol=symbol,
            name=name,
            value=by_symbol[symbol].value,
            unit=by_symbol[symbol].unit.replace("deg", "°"),
            status=statuses[by_symbol[symbol].status],
            to_verify=True,  # the list of D. 236-3 II is not published in the accounts of the decree
        )
        for symbol, name in french.items()
    ]
    return tuple(rows)


def renewable_energy(run: HeatRun) -> float | None:
    """Renewable electricity of the year [kWh], None where the run holds no mix."""
    mix = run.summary.get("electricity")
    return float(mix["renewable_GWh"]) * 1e6 if mix and mix["renewable_GWh"] > 0.0 else None


def cooling_degree_days(run: HeatRun) -> float:
    """Eurostat's cooling degree days [K d]: sum of (T - 21) over the days of mean T >= 24 degC."""
    days = run.hours.dry_bulb.reshape(-1, 24).mean(axis=1) - 273.15
    return float((days - 21.0)[days >= 24.0].sum())


def write_reports(run: HeatRun, folder: Path) -> list[Path]:
    """Both reports as CSV and JSON, the French one with French column names; the paths."""
    french = words_of(Language.FR)
    european_head = {
        "text": "Delegated regulation (EU) 2024/1364", "site": run.conf.site.title,
        "year": "simulated typical year", "source": run.program,
    }  # fmt: skip
    french_head = {
        "texte": "Code de l'énergie D. 236-1 à D. 236-7, décret 2025-1382",
        "site": french.note(run.conf.site.title), "annee": "année type simulée", "source": run.program,
    }  # fmt: skip
    reports: tuple[tuple[str, dict[str, Any], str, tuple[Figure, ...], dict[str, str]], ...] = (
        ("reporting_eu_2024_1364", european_head, "figures", european_figures(run), {}),
        ("reporting_fr_2025_1382", french_head, "donnees", french_figures(run), _FRENCH_COLUMNS),
    )
    written = []
    for name, head, group, figures, columns in reports:
        rows = [{columns.get(key, key): value for key, value in asdict(f).items()} for f in figures]
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows([{key: _plain(value) for key, value in row.items()} for row in rows])
        write_text(folder / f"{name}.csv", buffer.getvalue())
        write_json(folder / f"{name}.json", head | {group: rows})
        written += [folder / f"{name}.csv", folder / f"{name}.json"]
    return written


def write_months(run: HeatRun, words: Words, folder: Path) -> Path:
    """The balance by month as CSV, MWh; in French with semicolons and decimal commas."""
    balance = monthly_balance(run.hours)
    french = words.language.value == "fr"
    lines = [[words("monthly.month"), *(f"{words(f'monthly.{name}')} [MWh]" for name in ENERGIES)]]
    for m, month in enumerate(words.months()):
        cells = [f"{float(energy[m]) / 1e6:.3f}" for energy in balance.energies.values()]
        lines.append([month, *(cell.replace(".", ",") if french else cell for cell in cells)])
    path = folder / f"heat_reuse_months_{words.language.value}.csv"
    separator = ";" if french else ","
    write_text(path, "\n".join(separator.join(line) for line in lines) + "\n")
    return path


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"
    return "" if value is None else value
