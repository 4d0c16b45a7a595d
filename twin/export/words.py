"""Texts and numbers in the reader's language: catalogues in data/words, decimal commas, dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

import yaml

from twin import resources

_UNIT = re.compile(r"(\d) (?=(?:°C|K|GWh|MWh|kWh|MW|kW|EUR|M€|k€|€|km|m|m³|t|M EUR|k EUR)(?![\w³]))")
_EURO = re.compile(r"(?:\b([kM]) )?\bEUR\b")
_INSTEAD = "instead of "  # how the provenance of a value the user changed begins
THIN = "\u202f"  # narrow no-break space: between thousands, before units' percent sign in French


class Language(Enum):
    FR = "fr"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The catalogue of one language; `words("key", name=value)` is the text filled in."""

    language: Language
    texts: dict[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        node: Any = self.texts
        for part in key.split("."):
            node = node[part]
        text = str(node).strip().format(**values) if values else str(node).strip()
        return self._typeset(text)

    def table(self, key: str) -> dict[str, str]:
        """A group of texts by name."""
        node: Any = self.texts
        for part in key.split("."):
            node = node[part]
        return {str(name): self._typeset(str(text).strip()) for name, text in node.items()}

    def known(self, group: str, name: str) -> str:
        """A name of the program (a use of buildings, a kind of plant) in words; a user's own as it is."""
        return self.table(group).get(name, name)

    def pipe(self, name: str) -> str:
        """A section of pipe: the trunk, that of another data centre, or a name of the user's."""
        head, _, rest = name.partition(" ")
        if head != "trunk":
            return name
        return f"{self('cascade.trunk')}, {rest}" if rest else self("cascade.trunk")

    def rows(self, key: str) -> list[list[str]]:
        """A table of texts."""
        node: Any = self.texts
        for part in key.split("."):
            node = node[part]
        return [[self._typeset(str(text)) for text in row] for row in node]

    def _typeset(self, text: str) -> str:
        """Printers' apostrophes; no line begins with a unit, nor in French with a sign of two parts."""
        text = text.replace("'", "\u2019").replace(" degC", " °C")
        if self.language is Language.FR:
            text = _EURO.sub(lambda found: f"{found[1] or ''}€", text)
            text = re.sub(r" (?=[;:?!»%])", "\u00a0", text).replace("« ", "«\u00a0")
        return _UNIT.sub("\\1\u00a0", text)

    def months(self) -> list[str]:
        return list(self.texts["months"])

    def number(self, value: float | None, digits: int = 0) -> str:
        """'12 345,6' or '12,345.6'; a dash for what does not exist; never a negative zero."""
        if value is None or value != value:
            return "–"
        text = f"{round(value, digits) + 0.0:,.{digits}f}"
        if self.language is Language.EN:
            return text.replace("-", "−")
        return text.replace(",", THIN).replace(".", ",").replace("-", "−")

    def exact(self, value: float) -> str:
        """A number with the decimals it was given, four at most."""
        digits = next((d for d in range(4) if round(value, d) == value), 4)
        return self.number(value, digits)

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share [-] as '12 %' (with a space in both languages, as ISO 80000-1 has it)."""
        return "–" if share is None else f"{self.number(100.0 * share, digits)}\u00a0%"

    def day(self, when: date) -> str:
        month = self.months()[when.month - 1]
        if self.language is Language.FR:
            first = "1er" if when.day == 1 else str(when.day)
            return f"{first} {month} {when.year}"
        return f"{when.day} {month} {when.year}"

    def figure(self, value: float | None) -> str:
        """A number to three figures or so: 8,821 and 418 but 55.5 and 7.3."""
        return self.number(value, 0 if value is not None and abs(value) >= 99.95 else 1)

    def label(self, key: str) -> str:
        """What a key of the configuration means, in words; the key itself where nobody wrote them."""
        known, ends = self.texts["keys"], self.texts["ends"]
        parent, _, last = key.rpartition(".")
        plain = key.replace(".ranges.", ".")
        if key in known:
            text = known[key]
        elif parent in known and last in ends:
            text = f"{known[parent]}, {ends[last]}"
        elif plain in known:
            text = f"{known[plain]}, {ends['range']}"
        else:
            text = key
        return self._typeset(text)

    def note(self, text: str) -> str:
        """A title or source note of conf/ in this language; as it stands there where nobody translated it."""
        if text.startswith(_INSTEAD):
            return self._instead(text.removeprefix(_INSTEAD))
        return self._typeset(self.texts.get("notes", {}).get(text, text))

    def _instead(self, given: str) -> str:
        """What a value of the user's replaces; one the program would have worked out itself has no number."""
        if given == "None":
            return self("instead_of_none")
        try:
            return self("instead", given=self.exact(float(given)))
        except ValueError:
            return self("instead", given=given)

    def unit(self, text: str) -> str:
        """A unit as the language writes it; no line breaks in it."""
        return self._typeset(self.texts["units"].get(text, text)).replace(" ", "\u00a0")


@cache
def words_of(language: Language) -> Words:
    """The catalogue of a language."""
    folder = resources.data_dir() / "words"
    texts = yaml.safe_load((folder / f"{language.value}.yaml").read_text(encoding="utf-8"))
    notes = folder / f"notes_{language.value}.yaml"
    if notes.is_file():
        texts["notes"] = yaml.safe_load(notes.read_text(encoding="utf-8"))
    return Words(language=language, texts=texts)


# endings of the configuration's names, longest first, and the unit they stand for
_UNITS = {
    "_EUR_kW": "EUR/kW", "_EUR_MWh": "EUR/MWh", "_EUR_m3": "EUR/m³", "_EUR_m": "EUR/m",
    "_kgCO2_kWh": "kg CO₂/kWh", "_kg_kWh": "kg/kWh", "_MWh_m": "MWh/m", "_W_m2K": "W/(m²·K)",
    "_W_m2": "W/m²", "_W_mK": "W/(m·K)", "_W_m": "W/m", "_MJ_m3K": "MJ/(m³·K)", "_K_per_W": "K/W",
    "_W_per_m3_s": "W/(m³/s)", "_per_kW_L_min": "L/(min·kW)", "_L_min": "L/min", "_m3_h": "m³/h",
    "_GWh": "GWh", "_MWh": "MWh", "_MW": "MW", "_kW": "kW", "_km": "km", "_m3": "m³", "_mm": "mm",
    "_kPa": "kPa", "_Pa_m": "Pa/m", "_Pa": "Pa", "_m_s": "m/s", "_hours_per_day": "h/d", "_Kd": "K·d",
    "_years": "a", "_share": "-", "_deg": "°", "_C": "°C", "_K": "K", "_m": "m", "_W": "W", "_pct": "%",
}  # fmt: skip


def unit_of(key: str) -> str:
    """Unit of a key of the configuration, from its ending; '-' for shares, counts and factors."""
    name = key.rsplit(".", 1)[-1]
    for ending in sorted(_UNITS, key=len, reverse=True):
        if name.endswith(ending):
            return _UNITS[ending]
    return "-"
