"""What the document ends with: carbon and duties, risks, assumptions and sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twin.assumptions import Provenance
from twin.export.document.paper import WIDTH, table
from twin.export.record import HeatRun
from twin.export.reporting import REPORTING_KW, WASTE_HEAT_KW, european_figures
from twin.export.words import Words, unit_of

_SHOWN = ("recovery", "district", "economics")  # groups whose numbers the reader has to judge
_OFFER = (
    "site",
    "workload",
    "loop",
    "plant",
    "power",
)  # those behind the offer of a run that delivers nothing


def carbon(run: HeatRun, words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> list[Any]:
    """CO2, water, the indicators of the law, and what the law asks."""
    from reportlab.platypus import Paragraph

    summary, number = run.summary, words.number
    heat, year, economics = summary["heat"], summary["year"], summary["economics"]
    conf = run.conf.economics
    work = (heat["heat_pump_GWh_el"] or 0.0) * 1e3 + economics["pump_MWh"]
    electricity = work * conf.electricity_kgCO2_kWh
    electricity += economics["gas_MWh"] * conf.gas_kgCO2_kWh
    renewable = next(f.value for f in european_figures(run) if f.symbol == "REF")
    rows = [[words("carbon.item"), words("carbon.value"), words("carbon.unit")]]
    if run.recovers:
        against = "carbon.mix" if economics["displaced_t"] is None else "carbon.own"
        rows += [
            [words(against), number(heat["co2_avoided_t"], 0), words("carbon.tonnes")],
            [words("carbon.gas"), number(economics["co2_avoided_gas_t"], 0), words("carbon.tonnes")],
            [words("carbon.electricity"), number(electricity, 0), words("carbon.tonnes")],
        ]
    rows += [
        [words("carbon.water"), number(float(run.hours.water.sum()) * 3.6, 0), words("carbon.volume")],
        [words("carbon.pue"), number(year["pue"], 3), ""],
        [words("carbon.wue"), number(year["wue_L_per_kWh"], 3), "L/kWh"],
        [words("carbon.cue"), number(year["cue_kg_per_kWh"], 3), "kg/kWh"],
        [words("carbon.erf"), number(year["erf"], 3), ""],
        [words("carbon.ere"), number(year["ere"], 3), ""],
    ]
    if isinstance(renewable, float):
        rows.append([words("carbon.ref"), number(renewable, 3), ""])
    power = summary["it"]["power_MW"]
    shown = words.figure(power)
    duties = [words("carbon.law_none", power=shown)]
    if power * 1e3 >= REPORTING_KW:
        duties = [words("carbon.law_report", power=shown)]
        if power * 1e3 >= WASTE_HEAT_KW:
            duties.append(words("carbon.law_heat"))
    duties.append(words("carbon.law_check"))
    return [
        table(rows, [0.68 * WIDTH, 0.17 * WIDTH, 0.15 * WIDTH]),
        Paragraph(words("carbon.boundary"), styles["note"]),
        Paragraph(words("carbon.law"), styles["caption"]),
        *(Paragraph(text, styles["body"]) for text in duties),
    ]


def risks(run: HeatRun, words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> list[Any]:
    """Risks of a scheme with their answers."""
    from reportlab.platypus import Paragraph

    if not run.recovers:
        return []
    heads = [words(f"risks.{name}") for name in ("risk", "effect", "answer")]
    rows = words.rows("risks.rows")
    cells = [[Paragraph(text, styles["cell"]) for text in row] for row in rows]
    return [table([heads, *cells], [0.34 * WIDTH, 0.28 * WIDTH, 0.38 * WIDTH], right=3)]


def sources(run: HeatRun, words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> list[Any]:
    """The numbers that make the result, with status and origin."""
    from reportlab.platypus import Paragraph

    heads = [words(f"sources.{name}") for name in ("key", "value", "status", "note")]
    rows: list[list[Any]] = [heads]
    for each in run.hypotheses:
        if _concerns(run, each):
            cells = (
                words.label(each.key),
                _value(words, each),
                words(f"status.{each.status}"),
                words.note(each.text),
            )
            rows.append([Paragraph(_escaped(text), styles["fine"]) for text in cells])
    return [
        Paragraph(words("sources.text"), styles["body"]),
        table(rows, [0.25 * WIDTH, 0.16 * WIDTH, 0.1 * WIDTH, 0.49 * WIDTH], right=4),
    ]


def _concerns(run: HeatRun, each: Provenance) -> bool:
    """Whether a number belongs to the scheme at hand: no ranges, no choices, no prices of what it has not."""
    group, _, name = each.key.partition(".")
    if (
        group not in (_SHOWN if run.hours.demand.any() else _OFFER)
        or name.startswith("ranges.")
        or each.status == "choice"
    ):
        return False
    if not isinstance(each.value, int | float):  # routes and areas: on the map
        return False
    unused = {
        "economics.exchanger_EUR_kW": "exchanger_kW", "economics.extension_EUR_m": "extension_m",
        "economics.storage_EUR_m3": "storage_m3", "economics.boiler_EUR_kW": "boiler_kW",
    }  # fmt: skip
    sizes = run.summary["economics"]["sizes"]
    if each.key in unused:
        return bool(sizes[unused[each.key]] > 0.0)
    if name.startswith("storage."):
        return bool(sizes["storage_m3"] > 0.0)
    if name in ("gas_EUR_MWh", "gas_kgCO2_kWh", "boiler_efficiency"):
        return bool(sizes["boiler_kW"] > 0.0)
    return name != "extension_MWh_m"


def _value(words: Words, each: Provenance) -> str:
    unit = unit_of(each.key)
    if not isinstance(each.value, int | float):
        return str(getattr(each.value, "value", each.value))
    if unit == "-" and 0.0 < abs(each.value) < 1.0:
        return words.percent(float(each.value), 0 if round(100 * each.value, 6) % 1 == 0 else 1)
    return f"{words.exact(each.value)}\u00a0{'' if unit == '-' else words.unit(unit)}".strip()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
