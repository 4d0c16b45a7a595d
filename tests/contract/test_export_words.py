"""Texts and numbers of the documents: both languages alike, French throughout in French."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from twin import config, resources
from twin.assumptions import provenance
from twin.config import read_config
from twin.export.balance import energy_scale, money_scale
from twin.export.document.pages import story
from twin.export.record import read_run
from twin.export.words import Language, unit_of, words_of

pytestmark = pytest.mark.kernel
NO_NETWORK_BREAK = "\u202f"


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
    assert french.note("instead of 0.05") == "au lieu de 0,05"
    assert french.note("instead of None") == "fixé pour cette étude"
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


def test_every_explained_number_keeps_its_status(heat_run) -> None:
    found = {p.key: p for p in provenance(read_config(heat_run / "config.yaml"))}
    assert found["economics.discount_rate"].status == "assumption"
    assert found["economics.trunk_EUR_m"].status == "derived"
    assert found["site.gpus"].status == "user"


def spoken(flow: list[Any]) -> str:
    """All the text of a story: paragraphs, and the cells of tables."""
    found = []
    for each in flow:
        if hasattr(each, "text"):
            found.append(each.text)
        for cells in getattr(each, "_cellvalues", []):
            found += [cell if isinstance(cell, str) else spoken([cell]) for cell in cells]
        found.append(spoken(list(getattr(each, "_content", []))))
    return "\n".join(found)


def test_the_french_report_speaks_french(heat_run, bare_run) -> None:
    for folder in (heat_run, bare_run):
        text = spoken(story(read_run(folder), words_of(Language.FR), {}))
        assert len(text) > 3000
        for foreign in (" the ", " of ", "EUR", "degC", "'", "None", "nan\n"):
            assert foreign not in text, f"{foreign!r}: {text[max(text.find(foreign) - 40, 0) :][:90]}"


def test_a_run_without_recovery_speaks_of_its_offer_alone(bare_run) -> None:
    text = spoken(story(read_run(bare_run), words_of(Language.EN), {}))
    assert "no heat reaches a network" in text.replace("\u00a0", " ")
    assert "1. Monthly balance" in text
    assert "Heat on offer" in text
    for part in ("Economics", "Risks", "Homes heated", "Heat pump"):
        assert part not in text


def test_large_amounts_change_their_unit() -> None:
    """418.4 GWh, 86.35 million euros; 6,100 MWh, 940 thousand euros."""
    words = words_of(Language.EN)
    energy, small = energy_scale(4.184e11), energy_scale(6.1e9)
    assert (energy.text(words, 4.184e11), energy.unit) == ("418.4", "GWh")
    assert (small.text(words, 6.1e9), small.unit) == ("6,100", "MWh")
    money, few = money_scale(8.635e7), money_scale(9.4e5)
    assert (money.text(words, 8.635e7), money.unit) == ("86.35", "M EUR")
    assert (few.text(words, 9.4e5), few.unit) == ("940", "k EUR")
