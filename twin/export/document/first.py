"""The first page: what the scheme brings, in plain words, for readers who know no data centre."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twin.export.document.paper import WIDTH, picture
from twin.export.record import HeatRun
from twin.export.words import Words
from twin.units import MW


def first_page(run: HeatRun, words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> list[Any]:
    """Heat, homes, CO2 and cost, one map, one chart; of a run that delivers nothing, what is on offer."""
    from reportlab.platypus import PageBreak, Paragraph, Spacer

    heat = run.summary["heat"]
    site = words.note(run.conf.site.title)
    facts = {
        "site": site,
        "network": words.note(run.conf.district.title),
        "available": words.figure(heat["available_GWh"]),
        "temperature": words.number(heat["offered_temperature_C"], 0),
    }
    if run.recovers:
        facts |= {"delivered": words.figure(heat["delivered_GWh"]), "share": words.percent(run.coverage)}
    lead = words("first.lead" if run.recovers else "first.lead_none", **facts)
    flow: list[Any] = [
        Paragraph(words("title"), styles["title"]),
        Paragraph(f"{site} · {words('subtitle')}", styles["subtitle"]),
        Paragraph(lead, styles["lead"]),
        _tiles(words, _figures(run, words), styles),
        Spacer(1, 12),
    ]
    if charts.keys() & {"map", "months"}:
        flow.append(_side_by_side(words, charts, styles))
    if "map" in charts and not run.plan.segments:
        flow.append(Paragraph(words("first.map_none"), styles["note"]))
    meaning = _meaning(run, words)
    if meaning:
        flow += [Spacer(1, 6), Paragraph(words("first.meaning"), styles["caption"])]
        flow += [Paragraph(f"• {text}", styles["body"]) for text in meaning]
    flow.append(Spacer(1, 4))
    if run.summary["hall_status"] == "not_converged":
        flow.append(Paragraph(words("unsettled"), styles["body"]))
    flow.append(Paragraph(words("caution"), styles["note"]))
    return [*flow, PageBreak()] if run.recovers else flow


def _figures(run: HeatRun, words: Words) -> tuple[tuple[str, str], ...]:
    heat = run.summary["heat"]
    if not run.recovers:
        return (
            ("offer", words.figure(heat["available_GWh"])),
            ("power", words.figure(float(run.hours.available.mean()) / MW)),
            ("warmth", words.number(heat["offered_temperature_C"], 0)),
        )
    return (
        ("heat", words.figure(heat["delivered_GWh"])),
        ("homes", words.number(heat["homes"], 0)),
        ("co2", words.number(heat["co2_avoided_t"], 0)),
        ("cost", words.number(heat["lcoh_EUR_per_MWh"], 0)),
    )


def _tiles(words: Words, values: tuple[tuple[str, str], ...], styles: dict[str, Any]) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Paragraph, Table

    cells = [
        [
            Paragraph(words(f"first.{name}"), styles["figure_name"]),
            Paragraph(value, styles["figure"]),
            Paragraph(words(f"first.{name}_unit"), styles["figure_unit"]),
        ]
        for name, value in values
    ]
    look: list[Any] = [
        ("BACKGROUND", (0, 0), (-1, -1), HexColor("#f1f6f4")),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LINEBEFORE", (1, 0), (-1, -1), 3, HexColor("#ffffff")),
        ("TOPPADDING", (0, 0), (-1, -1), 8),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
    ]
    return Table([cells], colWidths=[WIDTH / len(cells)] * len(cells), style=look)


def _side_by_side(words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> Any:
    """The map and the monthly chart, each under its name."""
    from reportlab.platypus import Paragraph, Table

    half = 0.5 * WIDTH
    pairs = (("map", "first.map"), ("months", "first.chart"))
    shown = [(words(text), charts[name]) for name, text in pairs if name in charts]
    heads = [Paragraph(text, styles["caption"]) for text, _ in shown]
    bodies = [picture(path, half - 6) for _, path in shown]
    look: list[Any] = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")]
    return Table([heads, bodies], colWidths=[half] * len(shown), style=look, hAlign="LEFT")


def _meaning(run: HeatRun, words: Words) -> list[str]:
    """What to remember; nothing of a run without a recovery plant."""
    if not run.recovers:
        return [] if "off" in run.hours.limit_shares() else [_limits_text(run, words)]
    heat, economics, number = run.summary["heat"], run.summary["economics"], words.number
    vented = heat["vented_GWh"] / heat["available_GWh"]
    found = [
        words("first.homes_text", share=words.percent(run.coverage), vented=number(100.0 * vented, 0)),
        _limits_text(run, words),
    ]
    feeds = (run.summary.get("reuse") or {}).get("feeds") or []
    if feeds:
        found.insert(1, words("feeds.text", delivered=words.figure(sum(f["delivered_GWh"] for f in feeds))))
    spread = economics["percentiles"]
    if spread is not None and heat["lcoh_EUR_per_MWh"] is not None:
        low, _, high = spread["lcoh_EUR_per_MWh"]
        found.append(
            words(
                "first.cost_text",
                cost=number(heat["lcoh_EUR_per_MWh"], 0),
                aid=number(economics["aid_EUR"] / 1e6, 1),
                bare=number(economics["lcoh_without_aid_EUR_per_MWh"], 0),
                low=number(low, 0),
                high=number(high, 0),
            )
        )
    found.append(
        words(
            "first.co2_text" if economics["displaced_t"] is None else "first.co2_own_text",
            mix=number(heat["co2_avoided_t"], 0),
            gas=number(economics["co2_avoided_gas_t"], 0),
        )
    )
    return found


def _limits_text(run: HeatRun, words: Words) -> str:
    """The three most frequent causes that keep more heat from the network."""
    first = list(run.hours.limit_shares().items())[:3]
    named = ", ".join(f"{limit_name(words, name)} ({words.percent(share)})" for name, share in first)
    return words("first.limit_text", limits=named)


def limit_name(words: Words, name: str) -> str:
    """What limits an hour, in words; the name itself where nobody wrote them."""
    return words.table("limits").get(name, name.replace("_", " "))
