"""Sheets of money and carbon: totals are formulas on named inputs, checked against the run's."""

from __future__ import annotations

from typing import Any

from twin.economics import CAPEX_ITEMS, OPEX_ITEMS, AidClass, capital_recovery_factor
from twin.export.record import HeatRun
from twin.export.workbook.book import Book

_CAPS = {
    AidClass.NETWORK: "aid_network_cap",
    AidClass.RECOVERY: "aid_recovery_cap",
    AidClass.NONE: "0",
}


def write_money(book: Book, run: HeatRun) -> None:
    """Investment, aid, yearly costs, cost of heat, value, and the check against summary.json."""
    key, words, economics = "money", book.words, run.summary["economics"]
    book.columns(key, 50, *[17.0] * 7)
    book.put(key, 0, 0, words("economy.title"), "title")
    aided_row = _aid_conditions(book, run)
    row = _investment(book, run, aided_row + 2)
    row = _yearly(book, run, row + 1)
    row = _results(book, run, row + 1)
    row = _checks(book, run, row + 1)
    if economics["tornado"]:
        row += 1
        book.put(key, row, 0, words("book.money.tornado"), "caption")
        book.heads(
            key, row + 1,
            [words("economy.item"),
             *(words(f"book.money.{n}") for n in ("low", "high", "at_low", "at_high"))],
        )  # fmt: skip
        labels = words.table("ranges")
        for i, bar in enumerate(economics["tornado"], start=row + 2):
            book.put(key, i, 0, labels.get(bar["name"], bar["name"]))
            for j, name in enumerate(("low", "high", "cost_low", "cost_high"), start=1):
                book.put(key, i, j, bar[name], "two")


def _aid_conditions(book: Book, run: HeatRun) -> int:
    """Density and whether the aid is granted; the row below."""
    key, words, economics = "money", book.words, run.summary["economics"]
    delivered = float(run.summary["heat"]["delivered_GWh"] or 0.0) * 1e3
    trench = economics["sizes"]["trunk_m"] + economics["sizes"]["extension_m"]
    book.put(key, 2, 0, words("book.money.density"))
    formula = "IF(trunk_m+extension_m>0,heat_delivered/(trunk_m+extension_m),0)"
    book.formula(key, 2, 1, formula, delivered / trench if trench else 0.0, "two", "heat_density")
    book.put(key, 3, 0, words("book.money.aided"))
    share = economics["renewable_share"]
    met = "1" if share is None else f"{share!r}>=aid_renewable_share_min"
    formula = (
        "IF(AND(heat_delivered>0,OR(trunk_m+extension_m=0,heat_density>=aid_density_min_MWh_m),"
        f"{met if share is not None else 'TRUE'}),1,0)"
    )
    granted = 0.0 if economics["aid_refusals"] else 1.0
    book.formula(key, 3, 1, formula, granted, "whole", "aid_granted")
    return 3


def _investment(book: Book, run: HeatRun, row: int) -> int:
    key, words, economics = "money", book.words, run.summary["economics"]
    conf, capex = run.conf.economics, economics["capex_EUR"]
    sheet = book.sheets[key]
    heads = [
        words("economy.capex"), words("economy.quantity"), words("book.unit"), words("economy.price"),
        words.unit("EUR"), words("book.money.cap"), words("book.money.share"),
        words("economy.aid", unit="EUR"),
    ]  # fmt: skip
    book.heads(key, row, heads)
    book.put(key, row, 2, words("book.unit"), "head")
    first, granted = row + 1, not economics["aid_refusals"]
    caps = {
        AidClass.NETWORK: conf.aid.network_cap,
        AidClass.RECOVERY: conf.aid.recovery_cap,
        AidClass.NONE: 0.0,
    }
    soft, aid_sum = 1.0 + conf.engineering_share + conf.contingency_share, 0.0
    for i, item in enumerate(CAPEX_ITEMS, start=first):
        line = i + 1
        share = min(conf.subsidy_share, caps[item.aid]) if granted else 0.0
        aid = capex[item.name] * soft * share
        aid_sum += aid
        book.put(key, i, 0, words(f"capex.{item.name}"))
        book.formula(key, i, 1, item.quantity, economics["sizes"][item.quantity], "whole")
        book.put(key, i, 2, "m³" if item.unit == "m3" else item.unit, "unit")
        book.formula(key, i, 3, item.price, getattr(conf, item.price), "whole")
        book.formula(key, i, 4, f"B{line}*D{line}", capex[item.name], "whole")
        book.formula(key, i, 5, _CAPS[item.aid], caps[item.aid], "percent")
        book.formula(key, i, 6, f"IF(aid_granted=1,MIN(subsidy_share,F{line}),0)", share, "percent")
        formula = f"E{line}*(1+engineering_share+contingency_share)*G{line}"
        book.formula(key, i, 7, formula, aid, "whole")
    last = first + len(CAPEX_ITEMS)  # row number, from 1, of the last item
    works = f"SUM(E{first + 1}:E{last})"
    for i, name in enumerate(("engineering", "contingency"), start=last):
        book.put(key, i, 0, words(f"capex.{name}"))
        book.formula(key, i, 4, f"{works}*{name}_share", capex[name], "whole")
    total = last + 2
    book.put(key, total, 0, words("economy.total"), "bold")
    book.formula(key, total, 4, f"SUM(E{first + 1}:E{total})", capex["total"], "sum", "capex_total")
    book.formula(key, total, 7, f"SUM(H{first + 1}:H{last})", aid_sum, "sum", "aid_total")
    sheet.set_row(total, 18)
    return total + 1


def _yearly(book: Book, run: HeatRun, row: int) -> int:
    key, words, opex = "money", book.words, run.summary["economics"]["opex_EUR_a"]
    formulas = {
        "fixed": "capex_total*fixed_opex_share",
        "electricity": "heat_pump_electricity*electricity_EUR_MWh",
        "pumps": "pump_MWh*electricity_EUR_MWh",
        "source_heat": "heat_taken*source_heat_EUR_MWh",
        "gas": "gas_MWh*gas_EUR_MWh",
    }
    book.heads(key, row, [words("economy.opex"), words.unit("EUR/a")])
    for i, name in enumerate(OPEX_ITEMS, start=row + 1):
        book.put(key, i, 0, words(f"opex.{name}"))
        book.formula(key, i, 1, formulas[name], opex[name], "whole")
    end = row + 1 + len(OPEX_ITEMS)
    book.put(key, end, 0, words("economy.total"), "bold")
    book.formula(key, end, 1, f"SUM(B{row + 2}:B{end})", opex["total"], "sum", "opex_total")
    return end + 1


def _results(book: Book, run: HeatRun, row: int) -> int:
    key, words, conf = "money", book.words, run.conf.economics
    economics, heat = run.summary["economics"], run.summary["heat"]
    delivered = float(heat["delivered_GWh"] or 0.0) * 1e3
    factor = float(capital_recovery_factor(conf.discount_rate, conf.lifetime_years))
    income = (delivered + economics["boiler_MWh"]) * conf.heat_value_EUR_MWh - economics["opex_EUR_a"][
        "total"
    ]
    lcoh = economics["lcoh_with_aid_EUR_per_MWh"]
    rows: list[tuple[str, str, Any, str, str]] = [
        (
            words("book.money.crf"),
            "IF(discount_rate>0,discount_rate/(1-(1+discount_rate)^-lifetime_years),1/lifetime_years)",
            factor, "three", "annuity_factor",
        ),
        (
            f"{words('economy.lcoh')} [{words.unit('EUR/MWh')}]",
            "IF(heat_delivered>0,((capex_total-aid_total)*annuity_factor+opex_total)"
            '/(heat_delivered+boiler_MWh),"")',
            lcoh, "two", "lcoh",
        ),
        (
            f"{words('economy.lcoh_bare')} [{words.unit('EUR/MWh')}]",
            'IF(heat_delivered>0,(capex_total*annuity_factor+opex_total)/(heat_delivered+boiler_MWh),"")',
            economics["lcoh_without_aid_EUR_per_MWh"], "two", "lcoh_without_aid",
        ),
        (
            words("book.money.income"), "(heat_delivered+boiler_MWh)*heat_value_EUR_MWh-opex_total", income,
            "whole", "net_income",
        ),
        (f"{words('economy.npv')} [{words.unit('EUR')}]", "net_income/annuity_factor-(capex_total-aid_total)",
         economics["npv_EUR"], "whole", "net_present_value"),
        (
            f"{words('economy.payback')} [{words('economy.years')}]",
            'IF(net_income>0,(capex_total-aid_total)/net_income,"")',
            economics["payback_years"], "one", "payback",
        ),
    ]  # fmt: skip
    book.heads(key, row, [words("economy.results"), ""])
    for i, (label, formula, value, form, name) in enumerate(rows, start=row + 1):
        book.put(key, i, 0, label)
        book.formula(key, i, 1, formula, value, form, name)
    return row + 1 + len(rows)


def _checks(book: Book, run: HeatRun, row: int) -> int:
    """Recomputed figures beside those of the run."""
    key, words, summary = "money", book.words, run.summary
    economics, heat, year = summary["economics"], summary["heat"], summary["year"]
    pairs: list[tuple[str, str, Any]] = [
        ("delivered_GWh", "heat_delivered/1000", heat["delivered_GWh"]),
        ("capex_EUR", "capex_total", economics["capex_EUR"]["total"]),
        ("aid_EUR", "aid_total", economics["aid_EUR"]),
        ("lcoh_EUR_per_MWh", "lcoh", economics["lcoh_with_aid_EUR_per_MWh"]),
        ("npv_EUR", "net_present_value", economics["npv_EUR"]),
        ("homes", "homes", heat["homes"]),
        ("co2_avoided_t", "co2_avoided", heat["co2_avoided_t"]),
        ("pue", "pue", year["pue"]),
        ("erf", "erf", year["erf"]),
        ("ere", "ere", year["ere"]),
        ("wue_L_per_kWh", "wue", year["wue_L_per_kWh"]),
    ]
    heads = ("check", "summary", "agrees")
    book.heads(
        key,
        row,
        [words(f"book.money.{heads[0]}"), book.title(key), *(words(f"book.money.{h}") for h in heads[1:])],
    )
    for i, (label, formula, value) in enumerate(
        ((a, b, c) for a, b, c in pairs if c is not None), start=row + 1
    ):
        book.put(key, i, 0, words(f"book.checks.{label}"))
        book.formula(key, i, 1, formula, value, "three")
        book.put(key, i, 2, float(value), "three")
        book.formula(
            key, i, 3, f"IF(ABS(B{i + 1}-C{i + 1})<=0.000000001*MAX(1,ABS(C{i + 1})),1,0)", 1.0, "whole"
        )
    return row + 1 + sum(value is not None for _, _, value in pairs)


def write_carbon(book: Book, run: HeatRun) -> None:
    """CO2 avoided and the indicators of ISO/IEC 30134, from the hourly totals."""
    key, words, summary = "carbon", book.words, run.summary
    conf, heat, year, economics = run.conf.economics, summary["heat"], summary["year"], summary["economics"]
    book.columns(key, 64, 20, 16)
    book.sheets[key].freeze_panes(3, 0)
    book.put(key, 0, 0, words("carbon.title"), "title")
    book.heads(key, 2, [words("carbon.item"), words("carbon.value")])
    book.put(key, 2, 2, words("carbon.unit"), "head")
    delivered = float(heat["delivered_GWh"] or 0.0) * 1e3
    work = float(heat["heat_pump_GWh_el"] or 0.0) * 1e3 + economics["pump_MWh"]
    used = work * conf.electricity_kgCO2_kWh
    used += economics["gas_MWh"] * conf.gas_kgCO2_kWh
    displaced, replaced = economics["displaced_t"], "displaced_t"
    if displaced is None:
        displaced = (delivered + economics["boiler_MWh"]) * conf.displaced_heat_kgCO2_kWh
        replaced = "(heat_delivered+boiler_MWh)*displaced_heat_kgCO2_kWh"
    water = float(run.hours.water.sum()) * 3.6
    rows: list[tuple[str, str, Any, str, str, str]] = [
        (words("book.carbon.displaced"), replaced, displaced, "t", "one", "co2_displaced"),
        (words("book.carbon.electricity"),
         "(heat_pump_electricity+pump_MWh)*electricity_kgCO2_kWh+gas_MWh*gas_kgCO2_kWh", used, "t", "one",
         "co2_used"),
        (words("book.carbon.avoided"), "co2_displaced-co2_used", displaced - used, "t", "one", "co2_avoided"),
        (words("book.carbon.avoided_gas"),
         "(heat_delivered+boiler_MWh)*network_efficiency*gas_heat_kgCO2_kWh-co2_used",
         economics["co2_avoided_gas_t"], "t", "one", "co2_avoided_gas"),
        (words("book.carbon.homes"),
         "IF(per_dwelling_MWh>0,heat_delivered*network_efficiency/per_dwelling_MWh,0)", heat["homes"] or 0.0,
         "-", "whole", "homes"),
        (words("carbon.water"), f"water_mean*{run.hours.time.size}*3.6", water, "m³", "one", "water"),
        (words("carbon.pue"), "facility_energy/it_energy", year["pue"], "-", "three", "pue"),
        (words("carbon.wue"), "water/it_energy", year["wue_L_per_kWh"], "L/kWh", "three", "wue"),
        (words("carbon.erf"), "heat_taken/facility_energy", year["erf"], "-", "three", "erf"),
        (words("carbon.ere"), "(facility_energy-heat_taken)/it_energy", year["ere"], "-", "three", "ere"),
    ]  # fmt: skip
    for i, (label, formula, value, unit, form, name) in enumerate(rows, start=3):
        book.put(key, i, 0, label, "text")
        book.formula(key, i, 1, formula, value, form, name)
        book.put(key, i, 2, words.unit(unit), "unit")
    end = 3 + len(rows)
    book.put(key, end, 0, words("carbon.cue"), "text")
    book.put(key, end, 1, year["cue_kg_per_kWh"], "three")
    book.put(key, end, 2, "kg/kWh", "unit")
    book.put(key, end + 1, 0, words("book.carbon.note"), "muted")
