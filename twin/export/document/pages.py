"""What the document says, part by part: hours, months and cascade; the rest in files of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from twin.export.balance import ENERGIES, energy_scale, monthly_balance
from twin.export.document.closing import carbon, risks, sources
from twin.export.document.first import first_page, limit_name
from twin.export.document.money import economy
from twin.export.document.paper import WIDTH, paragraph_styles, picture, register_fonts, table
from twin.export.record import HeatRun
from twin.export.words import Words
from twin.units import KW, MW, to_celsius

Part = Callable[[HeatRun, Words, dict[str, Path], dict[str, Any]], list[Any]]


def story(run: HeatRun, words: Words, charts: dict[str, Path]) -> list[Any]:
    """The flow of the document. Each part has a numbered heading and begins a page it would not fit on."""
    from reportlab.platypus import CondPageBreak, Paragraph

    register_fonts()
    styles = paragraph_styles()
    flow = first_page(run, words, charts, styles)
    parts: tuple[tuple[str, Part, float], ...] = (
        ("curve", hours, 200.0), ("monthly", months, 320.0), ("cascade", cascade, 300.0),
        ("economy", economy, 230.0), ("carbon", carbon, 300.0), ("risks", risks, 260.0),
        ("sources", sources, 260.0),
    )  # fmt: skip
    written = [(key, room, part(run, words, charts, styles)) for key, part, room in parts]
    for number, (key, room, body) in enumerate((each for each in written if each[2]), start=1):
        title = Paragraph(f"{number}. {words(f'{key}.title')}", styles["heading"])
        flow += [CondPageBreak(room), title, *body]
    return flow


def hours(run: HeatRun, words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> list[Any]:
    """Load-duration curve, what limits the delivery, key figures; nothing without a network."""
    from reportlab.platypus import Paragraph, Spacer

    if not run.hours.demand.any():
        return []
    flow: list[Any] = []
    if "duration" in charts:
        flow += [
            Paragraph(words("curve.text"), styles["body"]),
            Paragraph(words("curve.chart"), styles["caption"]),
            picture(charts["duration"], WIDTH),
        ]
    limits = run.hours.limit_shares()
    if "off" not in limits:
        rows = [[words("curve.limit"), words("curve.share"), words("curve.hours_a")]]
        for name, share in limits.items():
            count = words.number(share * run.hours.limit.size, 0)
            rows.append([limit_name(words, name), words.percent(share, 1), count])
        flow += [
            Paragraph(words("curve.limits"), styles["caption"]),
            table(rows, [0.6 * WIDTH, 0.2 * WIDTH, 0.2 * WIDTH]),
            Spacer(1, 6),
        ]
    flow += [
        Paragraph(words("curve.figures"), styles["caption"]),
        table(_figures(run, words), [0.6 * WIDTH, 0.25 * WIDTH, 0.15 * WIDTH]),
    ]
    return flow + _feeds(run, words, styles) + _margins(run, words, styles)


def _feeds(run: HeatRun, words: Words, styles: dict[str, Any]) -> list[Any]:
    """The other data centres of the network, where the run has some."""
    from reportlab.platypus import KeepTogether, Paragraph, Spacer

    feeds = (run.summary.get("reuse") or {}).get("feeds") or []
    if not feeds:
        return []
    rows = [[words(f"feeds.{name}") for name in ("name", "offered", "delivered", "electricity", "cop")]]
    for feed in feeds:
        cells = [words.figure(feed[f"{name}_GWh"]) for name in ("offered", "delivered", "electricity")]
        rows.append([words.note(feed["name"]), *cells, words.number(feed["cop"], 1)])
    body = table(rows, [w * WIDTH for w in (0.36, 0.17, 0.17, 0.2, 0.1)])
    return [Spacer(1, 6), KeepTogether([Paragraph(words("feeds.title"), styles["caption"]), body])]


def _margins(run: HeatRun, words: Words, styles: dict[str, Any]) -> list[Any]:
    """What a little more of the plant would bring, where the run says so."""
    from reportlab.platypus import KeepTogether, Paragraph, Spacer

    margins = (run.summary.get("reuse") or {}).get("marginal") or {}
    rows = [[words("margins.more"), words("margins.delivered"), words("margins.electricity")]]
    for name, label in words.table("margins.names").items():
        if name in margins:
            cells = [words.number(margins[name][key], 0) for key in ("delivered_MWh", "electricity_MWh")]
            rows.append([label, *cells])
    if len(rows) == 1:
        return []
    body = table(rows, [0.5 * WIDTH, 0.25 * WIDTH, 0.25 * WIDTH])
    return [Spacer(1, 6), KeepTogether([Paragraph(words("margins.title"), styles["caption"]), body])]


def _figures(run: HeatRun, words: Words) -> list[list[str]]:
    heat, h, number = run.summary["heat"], run.hours, words.number
    trench = run.summary["economics"]["sizes"]["trunk_m"]
    delivered = heat["delivered_GWh"] or 0.0
    rows = [
        ("available", words.figure(heat["available_GWh"]), "GWh"),
        ("offered_power", words.figure(float(h.available.mean()) / MW), "MW"),
        ("temperature", number(heat["offered_temperature_C"], 1), "°C"),
        ("demand", words.figure(float(h.demand.sum()) / 1e9), "GWh"),
        ("peak", words.figure(float(h.demand.max()) / MW), "MW"),
        ("taken", words.figure(float(h.taken.sum()) / 1e9), "GWh"),
        ("electricity", words.figure(heat["heat_pump_GWh_el"]), "GWh"),
        ("losses", words.figure(float((h.taken + h.pump_power - h.delivered).sum()) / 1e9), "GWh"),
        ("delivered", words.figure(heat["delivered_GWh"]), "GWh"),
        ("coverage", words.percent(run.coverage, 1), ""),
        ("vented", words.figure(heat["vented_GWh"]), "GWh"),
        ("cop", number(heat["heat_pump_cop"], 1), ""),
        ("density", number(delivered * 1e3 / trench, 1) if trench else "–", "MWh/m"),
    ]
    head = [words("carbon.item"), words("carbon.value"), words("carbon.unit")]
    return [head, *([words(f"figures.{name}"), value, unit] for name, value, unit in rows)]


def months(run: HeatRun, words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> list[Any]:
    """The balance by month: chart and table; without a network, the offer alone."""
    from reportlab.platypus import KeepTogether, Paragraph

    balance, h = monthly_balance(run.hours), run.hours
    shown = ENERGIES if h.demand.any() else ("vented",)
    scale = energy_scale(max(balance.total(name) for name in shown))
    heads = ["month", "outdoor", *shown, "coverage"] if h.demand.any() else ["month", "outdoor", "available"]
    styled = ["head_left"] + ["head"] * (len(heads) - 1)
    rows: list[list[Any]] = [
        [
            Paragraph(words(f"monthly.{head}"), styles[style])
            for head, style in zip(heads, styled, strict=True)
        ]
    ]
    for m, month in enumerate(words.months()):
        row = [month, words.number(float(balance.outdoor[m]), 1)]
        row += [scale.text(words, float(balance.energies[name][m])) for name in shown]
        share = float(balance.coverage[m])
        rows.append(row + [words.percent(share if share == share else None)] * (len(shown) > 1))
    mean = words.number(to_celsius(float(h.dry_bulb.mean())), 1)
    totals = [scale.text(words, balance.total(name)) for name in shown]
    rows.append([words("monthly.total"), mean, *totals, *[words.percent(run.coverage)] * (len(shown) > 1)])
    widths = (
        np.array([0.13, 0.08, 0.1, 0.1, 0.11, 0.11, 0.13, 0.12, 0.12]) if len(shown) > 1 else np.full(3, 0.2)
    )
    flow: list[Any] = []
    if "monthly" in charts:
        flow += [
            Paragraph(words("monthly.text"), styles["body"]),
            KeepTogether(
                [Paragraph(words("monthly.chart"), styles["caption"]), picture(charts["monthly"], WIDTH)]
            ),
        ]
    body = table(rows, [float(w) * WIDTH for w in widths], total=True)
    unit = words("monthly.unit", unit=scale.unit)
    return [*flow, KeepTogether([body, Paragraph(unit, styles["note"])])]


def cascade(run: HeatRun, words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> list[Any]:
    """Temperatures from the processors to the network, and the pipes between."""
    from reportlab.platypus import KeepTogether, Paragraph

    text = words("cascade.text" if run.recovers else "cascade.text_none")
    flow: list[Any] = [Paragraph(text, styles["body"])]
    if "cascade" in charts:
        chart = picture(charts["cascade"], WIDTH)
        flow.append(KeepTogether([Paragraph(words("cascade.chart"), styles["caption"]), chart]))
    trunk, number = run.plan.trunk, words.number
    if not trunk:
        length = run.summary["economics"]["sizes"]["trunk_m"]
        note = [Paragraph(words("cascade.no_pipes", length=number(length / 1e3, 1)), styles["note"])]
        return flow + note * bool(length)
    rows = [[words(f"cascade.{name}") for name in ("pipe", "dn", "length", "regime", "loss")]]
    for segment in trunk:
        regime = f"{number(to_celsius(segment.supply), 0)} / {number(to_celsius(segment.back), 0)}"
        pairs = f"{segment.lines} × {segment.nominal}" if segment.lines > 1 else str(segment.nominal)
        rows.append(
            [words.pipe(segment.name), pairs, number(segment.length, 0), regime, number(segment.loss / KW, 0)]
        )
    body = table(rows, [w * WIDTH for w in (0.32, 0.14, 0.18, 0.2, 0.16)])
    return [*flow, KeepTogether([Paragraph(words("cascade.pipes"), styles["caption"]), body])]
