"""A network of pipes and devices as an engineer writes it: YAML in, records in SI out.

    title: Two racks on one CDU
    coolant: pg25                  # a table of data/coolants
    temperature_C: 40              # of the coolant, where nothing else says
    nodes:                         # only those with something to say, and dead ends
      vessel: {pressure_kPa: 200}
    branches:                      # positive flow runs from `from` to `to`
      main: {kind: pipe, from: vessel, to: rack in, length_m: 12, diameter_mm: 54.5}
      rack: {kind: resistance, from: rack in, to: vessel, flow_kg_s: 2, drop_kPa: 60, heat_kW: 120}

Every key carries its unit. Whatever cannot be meant is refused by name: an unknown key, kind or node, a key
given twice, a number out of range.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from geometry.errors import InputError, require
from solvers.liquid.heat.pipes import PipeHeat
from solvers.liquid.hydraulics.network import Branch, ImposedFlow, Pipe, Pump, Resistance
from twin.resources import data_dir
from twin.units import KPA, KW, celsius

STEEL_MM = 0.045  # clean commercial steel (Moody 1944)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInput:
    """What a file says, in SI.

    coolant      name of a table of data/coolants
    temperature  of the coolant where nothing else says [K]
    pressure     of nodes that hold one [Pa]
    inflow       into nodes from outside, negative: drawn [kg/s]
    fed          temperature of what enters at a node [K]
    heat         taken up in a branch [W]
    held         temperature at which an exchanger lets the coolant out of a branch [K]
    pipes        those that lose heat
    """

    title: str
    coolant: str
    temperature: float
    branches: tuple[Branch, ...]
    kinds: tuple[str, ...]  # of the branches, as the file names them
    pressure: Mapping[str, float]
    inflow: Mapping[str, float]
    fed: Mapping[str, float]
    heat: Mapping[str, float]
    held: Mapping[str, float]
    pipes: tuple[PipeHeat, ...]


class Key(NamedTuple):
    """A key of the file: the record's field, the factor to SI, the value where the file says nothing."""

    field: str
    factor: float = 1.0
    default: float | None = None  # None: the file must say


class Kind(NamedTuple):
    record: type[Any]
    keys: Mapping[str, Key]


KINDS: Mapping[str, Kind] = {
    "pipe": Kind(
        Pipe,
        {
            "length_m": Key("length"),
            "diameter_mm": Key("diameter", 1e-3),
            "roughness_mm": Key("roughness", 1e-3, STEEL_MM),
            "loss": Key("minor", 1.0, 0.0),
            "parallel": Key("parallel", 1.0, 1.0),
        },
    ),
    "resistance": Kind(
        Resistance,
        {
            "flow_kg_s": Key("flow"),
            "drop_kPa": Key("drop", KPA),
            "exponent": Key("exponent", 1.0, 2.0),
        },
    ),
    "pump": Kind(
        Pump,
        {
            "flow_kg_s": Key("flow"),
            "head_kPa": Key("rated", KPA),
            "shutoff_kPa": Key("shutoff", KPA),
        },
    ),
    "flow": Kind(ImposedFlow, {"flow_kg_s": Key("flow")}),
}

_TOP = ("title", "coolant", "temperature_C", "nodes", "branches")
_NODE = ("pressure_kPa", "inflow_kg_s", "temperature_C")
_ANY_BRANCH = ("kind", "from", "to", "heat_kW", "outlet_C")
_LOSING = ("loss_W_mK", "outside_C")  # of pipes


def read_network(path: str | Path) -> NetworkInput:
    """The network of a YAML file. Raises InputError naming the file and the element."""
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise InputError(f"network file {file}: {reason}") from error
    try:
        return _network(_mapping(yaml.load(text, _Loader), "the file", _TOP))
    except yaml.YAMLError as error:
        raise InputError(f"network file {file} is not YAML: {error}") from error
    except InputError as error:
        raise InputError(f"network file {file}: {error}") from error


def _network(top: Mapping[str, Any]) -> NetworkInput:
    require("branches" in top, "no branches", hint="branches: {main: {kind: pipe, from: a, to: b, ...}}")
    specs = {
        str(name): _mapping(spec, f"branch '{name}'")
        for name, spec in _mapping(top["branches"], "branches").items()
    }
    branches = tuple(_branch(name, spec) for name, spec in specs.items())
    nodes = {
        str(name): _mapping(spec, f"node '{name}'", _NODE)
        for name, spec in _mapping(top.get("nodes"), "nodes").items()
    }
    _check_nodes(branches, nodes)
    return NetworkInput(
        title=str(top.get("title", "network")),
        coolant=_coolant(str(top.get("coolant", "water"))),
        temperature=celsius(_number(top.get("temperature_C", 20.0), "temperature_C")),
        branches=branches,
        kinds=tuple(str(spec["kind"]) for spec in specs.values()),
        pressure=_values(nodes, "node", "pressure_kPa", KPA),
        inflow=_values(nodes, "node", "inflow_kg_s"),
        fed=_values(nodes, "node", "temperature_C", offset=celsius(0.0)),
        heat=_values(specs, "branch", "heat_kW", KW),
        held=_values(specs, "branch", "outlet_C", offset=celsius(0.0)),
        pipes=tuple(_losing(name, spec) for name, spec in specs.items() if set(_LOSING) & set(spec)),
    )


def _branch(name: str, spec: Mapping[str, Any]) -> Branch:
    where = f"branch '{name}'"
    require("kind" in spec, f"{where} has no kind", hint=f"one of {', '.join(KINDS)}")
    kind = str(spec["kind"])
    require(kind in KINDS, f"{where}: unknown kind '{kind}'{_meant(kind, KINDS)}")
    record, keys = KINDS[kind]
    _refuse_unknown(spec, f"{where} ({kind})", (*_ANY_BRANCH, *keys, *(_LOSING if kind == "pipe" else ())))
    needed = [key for key, about in keys.items() if about.default is None]
    missing = [key for key in ("from", "to", *needed) if key not in spec]
    require(not missing, f"{where} ({kind}) lacks {', '.join(missing)}")
    require(
        not {"heat_kW", "outlet_C"} <= set(spec),
        f"{where} takes up heat_kW and is held at outlet_C: one of the two follows from the other",
    )
    values = {
        about.field: about.factor * _number(spec.get(key, about.default), f"{where}: {key}")
        for key, about in keys.items()
    }
    if "parallel" in values:
        lines = values["parallel"]
        require(lines == round(lines), f"{where}: parallel = {lines:g}: must be a whole number")
        values["parallel"] = int(lines)
    made: Branch = record(name=name, start=str(spec["from"]), end=str(spec["to"]), **values)
    return made


def _losing(name: str, spec: Mapping[str, Any]) -> PipeHeat:
    missing = [key for key in _LOSING if key not in spec]
    require(not missing, f"branch '{name}' loses heat but lacks {', '.join(missing)}")
    return PipeHeat(
        name=name,
        loss=_number(spec["loss_W_mK"], f"branch '{name}': loss_W_mK"),
        surroundings=celsius(_number(spec["outside_C"], f"branch '{name}': outside_C")),
    )


def _check_nodes(branches: Sequence[Branch], nodes: Mapping[str, Any]) -> None:
    """Nodes that no branch knows, and nodes that look like a slip of the pen."""
    times = Counter(end for branch in branches for end in (branch.start, branch.end))
    for name in nodes:
        require(name in times, f"no branch ends at the node '{name}'{_meant(name, times)}")
    for branch in branches:
        for end in (branch.start, branch.end):
            require(
                times[end] > 1 or end in nodes,
                f"node '{end}' is named by branch '{branch.name}' alone"
                f"{_meant(end, [n for n in times if n != end], last=' or ')}"
                f"list a dead end under nodes, as {end}: {{}}",
            )


def _meant(name: str, known: Sequence[str] | Mapping[str, Any], *, last: str = "") -> str:
    """The way out: the name that was meant, or all there are."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    if close:
        return f"\n  try: did you mean '{close[0]}'?" + (f"{last}" if last else "")
    return "\n  try: " + ("" if last else f"one of {', '.join(list(known)[:12])}")


def _coolant(name: str) -> str:
    known = sorted(path.stem for path in (data_dir() / "coolants").glob("*.csv"))
    require(name in known, f"unknown coolant '{name}'", hint=f"one of {', '.join(known)}")
    return name


def _values(
    specs: Mapping[str, Mapping[str, Any]], what: str, key: str, factor: float = 1.0, offset: float = 0.0
) -> dict[str, float]:
    return {
        name: factor * _number(spec[key], f"{what} '{name}': {key}") + offset
        for name, spec in specs.items()
        if key in spec
    }


def _number(value: Any, where: str) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # text too: YAML 1.1 reads 1e-3 as one
    except (TypeError, ValueError):
        number = math.nan
    require(math.isfinite(number), f"{where} = {value!r}: must be a number")
    return number


def _mapping(value: Any, where: str, known: Sequence[str] | None = None) -> Mapping[str, Any]:
    content = {} if value is None else value
    require(isinstance(content, dict), f"{where} must be a list of 'key: value', not {value!r}")
    if known is not None:
        _refuse_unknown(content, where, known)
    return {str(key): item for key, item in content.items()}


def _refuse_unknown(spec: Mapping[str, Any], where: str, known: Sequence[str]) -> None:
    for key in spec:
        require(key in known, f"{where}: unknown key '{key}'{_meant(str(key), known)}")


class _Loader(yaml.SafeLoader):
    """YAML without silent repeats: of two equal keys the plain loader keeps the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            require(
                key not in seen,
                f"'{key}' is given twice (line {key_node.start_mark.line + 1})",
                hint="another name",
            )
            seen.add(key)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made
