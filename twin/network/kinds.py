"""The kinds of branches a network file may hold: their keys, units and records."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from geometry.errors import InputError, require
from solvers.friction import Friction
from solvers.liquid.hydraulics.records import (
    CheckValve,
    FlowControl,
    ImposedFlow,
    Pipe,
    PressureReducer,
    Pump,
    Resistance,
    Valve,
)
from twin.units import KPA

Read = Callable[[Any, str], Any]  # (what the file says, where it says it) -> SI


class Key(NamedTuple):
    """A key of the file and the record's field it fills; without it the record's own default stands."""

    field: str
    read: Read
    needed: bool = False


class Kind(NamedTuple):
    record: type[Any]
    keys: Mapping[str, Key]


def number(factor: float = 1.0, offset: float = 0.0) -> Read:
    """A finite number; text too, for YAML 1.1 reads 1e-3 as one."""

    def read(value: Any, where: str) -> float:
        try:
            found = math.nan if isinstance(value, bool) else float(value)
        except (TypeError, ValueError):
            found = math.nan
        require(math.isfinite(found), f"{where} = {value!r}: must be a number")
        return factor * found + offset

    return read


def whole(value: Any, where: str) -> int:
    found = number()(value, where)
    require(found == round(found), f"{where} = {value!r}: must be a whole number")
    return int(found)


def flag(value: Any, where: str) -> bool:
    require(isinstance(value, bool), f"{where} = {value!r}: must be true or false")
    return bool(value)


def points(factor: float) -> Read:
    """Pairs [flow, value]: a curve."""

    def read(value: Any, where: str) -> tuple[tuple[float, float], ...]:
        fits = isinstance(value, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in value)
        require(fits and bool(value), f"{where} = {value!r}: must be pairs, as [[0, 210], [4, 150]]")
        return tuple((number()(a, where), number(factor)(b, where)) for a, b in value)

    return read


def number_or_points(value: Any, where: str) -> float | tuple[tuple[float, float], ...]:
    found: float | tuple[tuple[float, float], ...]
    found = (points(1.0) if isinstance(value, list) else number())(value, where)
    return found


def friction_law(value: Any, where: str) -> Friction:
    names = [law.name.lower() for law in Friction]
    require(str(value) in names, f"{where}: unknown law '{value}'{meant(str(value), names)}")
    return Friction[str(value).upper()]


KINDS: Mapping[str, Kind] = {
    "pipe": Kind(
        Pipe,
        {
            "length_m": Key("length", number(), needed=True),
            "diameter_mm": Key("diameter", number(1e-3), needed=True),
            "roughness_mm": Key("roughness", number(1e-3)),
            "loss": Key("minor", number()),
            "parallel": Key("parallel", whole),
            "law": Key("law", friction_law),
            "coefficient": Key("coefficient", number()),
            "one_way": Key("one_way", flag),
            "closed": Key("closed", flag),
        },
    ),
    "resistance": Kind(
        Resistance,
        {
            "flow_kg_s": Key("flow", number(), needed=True),
            "drop_kPa": Key("drop", number(KPA), needed=True),
            "exponent": Key("exponent", number()),
            "closed": Key("closed", flag),
        },
    ),
    "valve": Kind(Valve, {"kv_m3_h": Key("kv", number(), needed=True), "opening": Key("opening", number())}),
    "check_valve": Kind(CheckValve, {"kv_m3_h": Key("kv", number(), needed=True)}),
    "pressure_reducer": Kind(
        PressureReducer,
        {
            "kv_m3_h": Key("kv", number(), needed=True),
            "outlet_kPa": Key("pressure", number(KPA), needed=True),
        },
    ),
    "flow_control": Kind(
        FlowControl,
        {"kv_m3_h": Key("kv", number(), needed=True), "flow_kg_s": Key("flow", number(), needed=True)},
    ),
    "pump": Kind(
        Pump,
        {
            "flow_kg_s": Key("flow", number()),
            "head_kPa": Key("rated", number(KPA)),
            "shutoff_kPa": Key("shutoff", number(KPA)),
            "exponent": Key("exponent", number()),
            "curve": Key("points", points(KPA)),
            "speed": Key("speed", number()),
            "running": Key("running", whole),
            "efficiency": Key("efficiency", number_or_points),
            "heat_share": Key("heat_share", number()),
        },
    ),
    "flow": Kind(ImposedFlow, {"flow_kg_s": Key("flow", number(), needed=True)}),
}


def meant(name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    """The way out: the name that was meant, or all there are."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return "\n  try: " + (f"did you mean '{close[0]}'?" if close else f"one of {', '.join(list(known)[:12])}")


def mapping(value: Any, where: str, known: Sequence[str] | None = None) -> Mapping[str, Any]:
    """Keys and values; an empty one where the file says nothing. InputError for other things and keys."""
    content = {} if value is None else value
    if not isinstance(content, dict):
        raise InputError(f"{where} must be a list of 'key: value', not {value!r}")
    found = {str(key): item for key, item in content.items()}
    if known is not None:
        refuse_unknown(found, where, known)
    return found


def refuse_unknown(spec: Mapping[str, Any], where: str, known: Sequence[str]) -> None:
    for key in spec:
        require(key in known, f"{where}: unknown key '{key}'{meant(key, known)}")
