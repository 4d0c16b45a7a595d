"""What the document says of money: investment, yearly costs, results, sensitivity, aid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twin.economics import CAPEX_ITEMS, OPEX_ITEMS, AidClass
from twin.export.balance import money_scale
from twin.export.document.paper import WIDTH, picture, table
from twin.export.record import HeatRun
from twin.export.words import Words


def economy(run: HeatRun, words: Words, charts: dict[str, Path], styles: dict[str, Any]) -> list[Any]:
    """Nothing without a network; a line that says so where nothing is delivered to it."""
    from reportlab.platypus import KeepTogether, Paragraph, Spacer

    if not run.hours.demand.any():
        return []
    if not run.recovers:
        return [Paragraph(words("economy.no_recovery"), styles["body"])]
    conf = run.conf.economics
    text = words("economy.text", years=conf.lifetime_years, rate=words.percent(conf.discount_rate, 1))
    flow: list[Any] = [
        Paragraph(text, styles["body"]),
        Paragraph(words("economy.capex"), styles["caption"]),
        _capex(run, words),
        Spacer(1, 4),
        Paragraph(words("economy.opex"), styles["caption"]),
        _opex(run, words),
        Spacer(1, 4),
        KeepTogether([Paragraph(words("economy.results"), styles["caption"]), _results(run, words)]),
    ]
    if "tornado" in charts:
        flow += [
            KeepTogether(
                [
                    Paragraph(words("economy.tornado"), styles["caption"]),
                    Paragraph(words("economy.tornado_text"), styles["body"]),
                    picture(charts["tornado"], WIDTH),
                ]
            )
        ]
    flow += _percentiles(run, words, styles)
    flow.append(
        KeepTogether(
            [
                Paragraph(words("economy.aid_title"), styles["caption"]),
                Paragraph(_aid(run, words), styles["body"]),
            ]
        )
    )
    return flow


def _capex(run: HeatRun, words: Words) -> Any:
    economics, conf, number = run.summary["economics"], run.conf.economics, words.number
    capex, sizes = economics["capex_EUR"], economics["sizes"]
    caps = {
        AidClass.NETWORK: conf.aid.network_cap,
        AidClass.RECOVERY: conf.aid.recovery_cap,
        AidClass.NONE: 0.0,
    }
    granted = 0.0 if economics["aid_refusals"] else 1.0
    soft = 1.0 + conf.engineering_share + conf.contingency_share
    scale = money_scale(capex["total"])
    heads = [words(f"economy.{n}") for n in ("item", "quantity", "price")]
    rows = [[*heads, *(words(f"economy.{n}", unit=scale.unit) for n in ("amount", "aid"))]]
    for item in CAPEX_ITEMS:
        amount = capex[item.name]
        if amount <= 0.0:
            continue
        aid = granted * amount * soft * min(conf.subsidy_share, caps[item.aid])
        unit = "m³" if item.unit == "m3" else item.unit
        rows.append(
            [
                words(f"capex.{item.name}"),
                f"{number(sizes[item.quantity], 0)} {unit}",
                number(getattr(conf, item.price), 0),
                scale.text(words, amount),
                scale.text(words, aid),
            ]
        )
    for name, share in (("engineering", conf.engineering_share), ("contingency", conf.contingency_share)):
        if capex[name] > 0.0:
            rows.append(
                [words(f"capex.{name}"), words.percent(share), "", scale.text(words, capex[name]), ""]
            )
    totals = [scale.text(words, amount) for amount in (capex["total"], economics["aid_EUR"])]
    rows.append([words("economy.total"), "", "", *totals])
    return table(rows, [w * WIDTH for w in (0.34, 0.17, 0.18, 0.17, 0.14)], total=True)


def _opex(run: HeatRun, words: Words) -> Any:
    opex = run.summary["economics"]["opex_EUR_a"]
    scale = money_scale(run.summary["economics"]["capex_EUR"]["total"])
    rows = [[words("economy.item"), words("economy.yearly", unit=scale.unit)]]
    rows += [[words(f"opex.{n}"), scale.text(words, opex[n])] for n in OPEX_ITEMS if opex[n] != 0.0]
    rows.append([words("economy.total"), scale.text(words, opex["total"])])
    return table(rows, [0.69 * WIDTH, 0.31 * WIDTH], total=True)


def _results(run: HeatRun, words: Words) -> Any:
    economics, number = run.summary["economics"], words.number
    scale = money_scale(economics["capex_EUR"]["total"])
    per_MWh, money = words.unit("EUR/MWh"), words.unit(scale.unit)
    rows = [
        [words("carbon.item"), words("carbon.value"), words("carbon.unit")],
        [words("economy.lcoh"), number(economics["lcoh_with_aid_EUR_per_MWh"], 1), per_MWh],
        [words("economy.lcoh_bare"), number(economics["lcoh_without_aid_EUR_per_MWh"], 1), per_MWh],
        [words("economy.npv"), scale.text(words, economics["npv_EUR"]), money],
        [words("economy.payback"), number(economics["payback_years"], 1), words("economy.years")],
    ]
    return table(rows, [0.6 * WIDTH, 0.25 * WIDTH, 0.15 * WIDTH])


def _percentiles(run: HeatRun, words: Words, styles: dict[str, Any]) -> list[Any]:
    from reportlab.platypus import KeepTogether, Paragraph

    spread, number = run.summary["economics"]["percentiles"], words.number
    if spread is None:
        return []
    low, middle, high = spread["lcoh_EUR_per_MWh"]
    text = words(
        "economy.percentiles_text",
        members=number(spread["members"], 0), low=number(low, 0), middle=number(middle, 0),
        high=number(high, 0), profitable=words.percent(spread["profitable_share"]),
        value=number(run.conf.economics.heat_value_EUR_MWh, 0),
    )  # fmt: skip
    if middle > 1.05 * run.summary["economics"]["lcoh_with_aid_EUR_per_MWh"]:
        text += " " + words("economy.skew")
    return [
        KeepTogether(
            [Paragraph(words("economy.percentiles"), styles["caption"]), Paragraph(text, styles["body"])]
        )
    ]


def _aid(run: HeatRun, words: Words) -> str:
    economics, rules, number = run.summary["economics"], run.conf.economics.aid, words.number
    sizes, delivered = economics["sizes"], run.summary["heat"]["delivered_GWh"] * 1e3
    trench = sizes["trunk_m"] + sizes["extension_m"]
    density = delivered / trench if trench else None
    facts = {
        "density": number(density, 1),
        "minimum": f"{number(rules.density_min_MWh_m, 1)} MWh",
    }
    if not economics["aid_refusals"]:
        scale = money_scale(economics["capex_EUR"]["total"])
        return words(
            "economy.aid_granted",
            aid=f"{scale.text(words, economics['aid_EUR'])} {scale.unit}",
            share=words.percent(economics["aid_EUR"] / economics["capex_EUR"]["total"]),
            network=words.percent(rules.network_cap),
            recovery=words.percent(rules.recovery_cap),
            **facts,
        )
    reasons = []
    if density is not None and density < rules.density_min_MWh_m:
        reasons.append(words("refusals.density", **facts))
    share = economics["renewable_share"]
    if share is not None and share < rules.renewable_share_min:
        reasons.append(words("refusals.share"))
    return words("economy.aid_refused", reasons=" ; ".join(reasons))
