"""What the document says: the first page, the hours, the months, the cascade."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from twin.export.document.closing import carbon, risks, sources
from twin.export.document.money import economy
from twin.export.document.paper import WIDTH, paragraph_styles, picture, register_fonts, table
from twin.export.record import HeatRun
from twin.export.words import Words
from twin.units import KW, to_celsius


def story(run: HeatRun, words: Words, charts: dict[str, Path]) -> list[Any]:
    """The flow of the document, part by part."""
    register_fonts()
    styles = paragraph_styles()
    flow = first_page(run, words, charts, styles)
    for part in (hours, months, cascade, economy, carbon, risks, sources):
        flow += part(run, words, charts, styles)
    return flow


def first_page(run: HeatRun, words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> list[Any]:
    """Heat, homes, CO2 and cost, one map, one chart, in plain words."""
    from reportlab.platypus import PageBreak, Paragraph, Spacer

    heat, number = run.summary["heat"], words.number
    flow: list[Any] = [
        Paragraph(words("title"), styles["title"]),
        Paragraph(f"{run.conf.site.title} · {words('subtitle')}", styles["subtitle"]),
    ]
    facts = {
        "site": run.conf.site.title,
        "network": run.conf.district.title,
        "available": number(heat["available_GWh"], 0),
        "temperature": number(heat["offered_temperature_C"], 0),
    }
    if not run.recovers:
        flow.append(Paragraph(words("first.lead_none", **facts), styles["lead"]))
        if "off" not in run.hours.limit_shares():  # there is a plant: say why it gives nothing
            flow.append(Paragraph(_limits_text(run, words), styles["body"]))
    else:
        coverage = _coverage(run)
        facts |= {"delivered": number(heat["delivered_GWh"], 1), "share": words.percent(coverage)}
        flow += [
            Paragraph(words("first.lead", **facts), styles["lead"]),
            _tiles(run, words, styles),
            Spacer(1, 12),
        ]
    flow.append(_side_by_side(words, charts, styles))
    if "map" in charts and not run.plan.segments:
        flow.append(Paragraph(words("first.map_none"), styles["note"]))
    if run.recovers:
        flow += [Spacer(1, 6), Paragraph(words("first.meaning"), styles["caption"])]
        flow += [Paragraph(f"• {text}", styles["body"]) for text in _meaning(run, words)]
    flow.append(Spacer(1, 4))
    if run.summary["hall_status"] == "not_converged":
        flow.append(Paragraph(words("unsettled"), styles["body"]))
    flow += [Paragraph(words("caution"), styles["note"]), PageBreak()]
    return flow


def _tiles(run: HeatRun, words: Words, styles: dict[str, Any]) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Paragraph, Table

    heat, number = run.summary["heat"], words.number
    values = (
        ("heat", number(heat["delivered_GWh"], 1)),
        ("homes", number(heat["homes"], 0)),
        ("co2", number(heat["co2_avoided_t"], 0)),
        ("cost", number(heat["lcoh_EUR_per_MWh"], 0)),
    )
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
    return Table([cells], colWidths=[WIDTH / 4] * 4, style=look)


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
    summary, number = run.summary, words.number
    heat, economics = summary["heat"], summary["economics"]
    vented = heat["vented_GWh"] / heat["available_GWh"]
    found = [
        words("first.homes_text", share=words.percent(_coverage(run)), vented=number(100.0 * vented, 0)),
        _limits_text(run, words),
    ]
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
            "first.co2_text",
            mix=number(heat["co2_avoided_t"], 0),
            gas=number(economics["co2_avoided_gas_t"], 0),
        )
    )
    return found


def _limits_text(run: HeatRun, words: Words) -> str:
    """The three most frequent causes that keep more heat from the network."""
    first = list(run.hours.limit_shares().items())[:3]
    named = ", ".join(f"{_limit_name(words, name)} {words.percent(share)}" for name, share in first)
    return words("first.limit_text", limits=named)


def hours(run: HeatRun, words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> list[Any]:
    """Load-duration curve, what limits the delivery, key figures."""
    from reportlab.platypus import Paragraph, Spacer

    flow: list[Any] = [Paragraph(words("curve.title"), styles["heading"])]
    if "duration" in charts:
        flow += [
            Paragraph(words("curve.text"), styles["body"]),
            Paragraph(words("curve.chart"), styles["caption"]),
            picture(charts["duration"], WIDTH),
        ]
    rows = [[words("curve.limit"), words("curve.share"), words("curve.hours_a")]]
    for name, share in run.hours.limit_shares().items():
        count = words.number(share * run.hours.limit.size, 0)
        rows.append([_limit_name(words, name), words.percent(share, 1), count])
    flow += [
        Paragraph(words("curve.limits"), styles["caption"]),
        table(rows, [0.6 * WIDTH, 0.2 * WIDTH, 0.2 * WIDTH]),
        Spacer(1, 6),
        Paragraph(words("curve.figures"), styles["caption"]),
        table(_figures(run, words), [0.6 * WIDTH, 0.25 * WIDTH, 0.15 * WIDTH]),
    ]
    return flow + _margins(run, words, styles)


def _margins(run: HeatRun, words: Words, styles: dict[str, Any]) -> list[Any]:
    """What a little more of the plant would bring, where the run says so."""
    from reportlab.platypus import KeepTogether, Paragraph

    margins = (run.summary.get("reuse") or {}).get("marginal") or {}
    rows = [[words("margins.more"), words("margins.delivered"), words("margins.electricity")]]
    for name, label in words.table("margins.names").items():
        if name in margins:
            cells = [words.number(margins[name][key], 0) for key in ("delivered_MWh", "electricity_MWh")]
            rows.append([label, *cells])
    if len(rows) == 1:
        return []
    body = table(rows, [0.5 * WIDTH, 0.25 * WIDTH, 0.25 * WIDTH])
    return [KeepTogether([Paragraph(words("margins.title"), styles["caption"]), body])]


def _figures(run: HeatRun, words: Words) -> list[list[str]]:
    heat, h, number = run.summary["heat"], run.hours, words.number
    trench = run.summary["economics"]["sizes"]["trunk_m"]
    delivered = heat["delivered_GWh"] or 0.0
    rows = [
        ("available", number(heat["available_GWh"], 1), "GWh"),
        ("temperature", number(heat["offered_temperature_C"], 1), "°C"),
        ("demand", number(float(h.demand.sum()) / 1e9, 1), "GWh"),
        ("peak", number(float(h.demand.max()) / 1e6, 1), "MW"),
        ("taken", number(float(h.taken.sum()) / 1e9, 1), "GWh"),
        ("electricity", number(heat["heat_pump_GWh_el"], 1), "GWh"),
        ("delivered", number(heat["delivered_GWh"], 1), "GWh"),
        ("coverage", words.percent(_coverage(run), 1), ""),
        ("vented", number(heat["vented_GWh"], 1), "GWh"),
        ("cop", number(heat["heat_pump_cop"], 1), ""),
        ("density", number(delivered * 1e3 / trench, 1) if trench else "–", "MWh/m"),
    ]
    head = [words("carbon.item"), words("carbon.value"), words("carbon.unit")]
    return [head, *([words(f"figures.{name}"), value, unit] for name, value, unit in rows)]


def months(run: HeatRun, words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> list[Any]:
    """The balance by month: chart and table."""
    from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph

    h, number = run.hours, words.number
    heads = [
        "month",
        "outdoor",
        "demand",
        "delivered",
        "others",
        "taken",
        "electricity",
        "vented",
        "coverage",
    ]
    rows: list[list[Any]] = [[Paragraph(words(f"monthly.{head}"), styles["head"]) for head in heads]]
    sums = {
        name: h.by_month(values) / 1e6
        for name, values in (
            ("demand", h.demand), ("delivered", h.delivered), ("others", h.demand - h.delivered),
            ("taken", h.taken), ("electricity", h.pump_power), ("vented", h.vented),
        )
    }  # fmt: skip
    outdoor = h.by_month(h.dry_bulb - 273.15) / np.maximum(h.by_month(np.ones(h.time.size)), 1)
    for m, month in enumerate(words.months()):
        share = sums["delivered"][m] / sums["demand"][m] if sums["demand"][m] > 0.0 else None
        cells = [number(float(values[m]), 0) for values in sums.values()]
        rows.append([month, number(float(outdoor[m]), 1), *cells, words.percent(share)])
    totals = [number(float(values.sum()), 0) for values in sums.values()]
    mean = number(float(h.dry_bulb.mean()) - 273.15, 1)
    rows.append([words("monthly.total"), mean, *totals, words.percent(_coverage(run))])
    widths = [0.13, 0.08, 0.1, 0.1, 0.11, 0.11, 0.13, 0.12, 0.12]
    flow: list[Any] = [CondPageBreak(320), Paragraph(words("monthly.title"), styles["heading"])]
    if "monthly" in charts:
        flow += [
            Paragraph(words("monthly.text"), styles["body"]),
            KeepTogether(
                [Paragraph(words("monthly.chart"), styles["caption"]), picture(charts["monthly"], WIDTH)]
            ),
        ]
    body = table(rows, [w * WIDTH for w in widths], total=True)
    flow += [KeepTogether([body, Paragraph(words("monthly.unit"), styles["note"])])]
    return flow


def cascade(run: HeatRun, words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> list[Any]:
    """Temperatures from the processors to the network, and the pipes between."""
    from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph

    flow: list[Any] = [CondPageBreak(300), Paragraph(words("cascade.title"), styles["heading"])]
    flow.append(Paragraph(words("cascade.text"), styles["body"]))
    if "cascade" in charts:
        chart = picture(charts["cascade"], WIDTH)
        flow.append(KeepTogether([Paragraph(words("cascade.chart"), styles["caption"]), chart]))
    trunk, number = run.plan.trunk, words.number
    if not trunk:
        length = number(run.summary["economics"]["sizes"]["trunk_m"] / 1e3, 1)
        return [*flow, Paragraph(words("cascade.no_pipes", length=length), styles["note"])]
    rows = [[words(f"cascade.{name}") for name in ("pipe", "dn", "length", "regime", "loss")]]
    for segment in trunk:
        regime = f"{number(to_celsius(segment.supply), 0)} / {number(to_celsius(segment.back), 0)}"
        pairs = f"{segment.lines} × {segment.nominal}" if segment.lines > 1 else str(segment.nominal)
        name = words("cascade.trunk") if segment.name == "trunk" else segment.name
        rows.append([name, pairs, number(segment.length, 0), regime, number(segment.loss / KW, 0)])
    body = table(rows, [w * WIDTH for w in (0.32, 0.14, 0.18, 0.2, 0.16)])
    return [*flow, KeepTogether([Paragraph(words("cascade.pipes"), styles["caption"]), body])]


def _limit_name(words: Words, name: str) -> str:
    return words.table("limits").get(name, name.replace("_", " "))


def _coverage(run: HeatRun) -> float:
    demand = float(run.hours.demand.sum())
    return float(run.hours.delivered.sum()) / demand if demand > 0.0 else 0.0
