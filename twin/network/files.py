"""A network of pipes and devices as an engineer writes it: YAML in, records in SI out.

    title: Two racks on one CDU
    coolant: pg25                  # a table of data/coolants
    temperature_C: 40              # of the coolant, where nothing else says
    nodes:                         # only those with something to say, and dead ends
      tank: {vessel_kPa: 200}
    branches:                      # positive flow runs from `from` to `to`
      main: {kind: pipe, from: tank, to: rack in, length_m: 12, diameter_mm: 54.5}
      rack: {kind: resistance, from: rack in, to: tank, flow_kg_s: 2, drop_kPa: 60, heat_kW: 120}

Every key carries its unit. Whatever cannot be meant is refused by name: an unknown key, kind or node, a key
given twice, a number out of range.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from geometry.errors import InputError, require
from solvers.friction import STEEL_ROUGHNESS, Friction
from solvers.liquid.heat.pipes import PipeHeat
from solvers.liquid.hydraulics.records import Branch, WorstPoint
from twin.network.kinds import KINDS, mapping, meant, number, refuse_unknown
from twin.resources import data_dir
from twin.units import KPA, KW, ZERO_CELSIUS, celsius


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInput:
    """What a file says, in SI.

    coolant      name of a table of data/coolants
    temperature  of the coolant where nothing else says [K]
    kinds        of the branches, as the file names them
    pressure     of nodes that hold one and may feed or drain; vessel: of closed circuits [Pa]
    inflow       into nodes from outside, negative: drawn [kg/s]
    height       of nodes [m]
    fed          temperature of what enters at a node [K]
    heat         taken up in a branch [W]
    held         temperature at which an exchanger lets the coolant out of a branch [K]
    pipes        those that lose heat
    """

    title: str
    coolant: str
    temperature: float
    branches: tuple[Branch, ...]
    kinds: tuple[str, ...]
    controls: tuple[WorstPoint, ...]
    pressure: Mapping[str, float]
    vessel: Mapping[str, float]
    inflow: Mapping[str, float]
    height: Mapping[str, float]
    fed: Mapping[str, float]
    heat: Mapping[str, float]
    held: Mapping[str, float]
    pipes: tuple[PipeHeat, ...]


_TOP = ("title", "coolant", "temperature_C", "nodes", "branches", "controls")
_NODE = ("pressure_kPa", "vessel_kPa", "inflow_kg_s", "temperature_C", "height_m")
_ANY_BRANCH = ("kind", "from", "to", "heat_kW", "outlet_C")
_LOSING = ("loss_W_mK", "outside_C")  # of pipes
_CONTROL = ("pumps", "consumers", "drop_kPa", "slowest", "fastest")
_CELSIUS = number(offset=ZERO_CELSIUS)


def read_network(path: str | Path) -> NetworkInput:
    """The network of a YAML file. Raises InputError naming the file and the element."""
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise InputError(f"network file {file}: {reason}") from error
    try:
        return _network(mapping(yaml.load(text, _Loader), "the file", _TOP))
    except yaml.YAMLError as error:
        raise InputError(f"network file {file} is not YAML: {error}") from error
    except InputError as error:
        raise InputError(f"network file {file}: {error}") from error


def described_keys() -> str:
    """What a file may say, in lines; needed keys carry a star."""
    width = max(map(len, KINDS))
    kinds = [
        f"  {name:<{width}}  "
        + ", ".join(f"{key}{'*' if about.needed else ''}" for key, about in keys.items())
        for name, (_, keys) in KINDS.items()
    ]
    return "\n".join(
        (
            f"the file: {', '.join(_TOP)}",
            f"a node: {', '.join(_NODE)}",
            f"every branch: {', '.join(_ANY_BRANCH)}; a pipe also {', '.join(_LOSING)}",
            "kinds of branches (*: needed; a pump: flow, head and shutoff, or a curve [[kg/s, kPa], ...]):",
            *kinds,
            f"laws of a pipe: {', '.join(law.name.lower() for law in Friction)}",
            f"a control of pumps by their worst consumer: {', '.join(_CONTROL)}",
        )
    )


def _network(top: Mapping[str, Any]) -> NetworkInput:
    require(bool(top.get("branches")), "no branches", hint="branches: {main: {kind: pipe, from: a, ...}}")
    specs = {
        name: mapping(spec, f"branch '{name}'") for name, spec in mapping(top["branches"], "branches").items()
    }
    branches = tuple(_branch(name, spec) for name, spec in specs.items())
    nodes = {
        name: mapping(spec, f"node '{name}'", _NODE)
        for name, spec in mapping(top.get("nodes"), "nodes").items()
    }
    _check_nodes(branches, nodes)
    return NetworkInput(
        title=str(top.get("title", "network")),
        coolant=_coolant(str(top.get("coolant", "water"))),
        temperature=_CELSIUS(top.get("temperature_C", 20.0), "temperature_C"),
        branches=branches,
        kinds=tuple(str(spec["kind"]) for spec in specs.values()),
        controls=tuple(
            _control(name, mapping(spec, f"control '{name}'", _CONTROL), specs)
            for name, spec in mapping(top.get("controls"), "controls").items()
        ),
        pressure=_values(nodes, "node", "pressure_kPa", KPA),
        vessel=_values(nodes, "node", "vessel_kPa", KPA),
        inflow=_values(nodes, "node", "inflow_kg_s"),
        height=_values(nodes, "node", "height_m"),
        fed=_values(nodes, "node", "temperature_C", offset=ZERO_CELSIUS),
        heat=_values(specs, "branch", "heat_kW", KW),
        held=_values(specs, "branch", "outlet_C", offset=ZERO_CELSIUS),
        pipes=tuple(_losing(name, spec) for name, spec in specs.items() if set(_LOSING) & set(spec)),
    )


def _branch(name: str, spec: Mapping[str, Any]) -> Branch:
    where = f"branch '{name}'"
    require("kind" in spec, f"{where} has no kind", hint=f"one of {', '.join(KINDS)}")
    kind = str(spec["kind"])
    require(kind in KINDS, f"{where}: unknown kind '{kind}'{meant(kind, KINDS)}")
    record, keys = KINDS[kind]
    refuse_unknown(spec, f"{where} ({kind})", (*_ANY_BRANCH, *keys, *(_LOSING if kind == "pipe" else ())))
    needed = [key for key, about in keys.items() if about.needed]
    missing = [key for key in ("from", "to", *needed) if key not in spec]
    require(not missing, f"{where} ({kind}) lacks {', '.join(missing)}")
    require(
        not {"heat_kW", "outlet_C"} <= set(spec),
        f"{where} takes up heat_kW and is held at outlet_C: one of the two follows from the other",
    )
    values = {
        about.field: about.read(spec[key], f"{where}: {key}") for key, about in keys.items() if key in spec
    }
    if kind == "pipe" and not {"law", "roughness_mm"} & set(spec):
        values["roughness"] = STEEL_ROUGHNESS
    made: Branch = record(name=name, start=str(spec["from"]), end=str(spec["to"]), **values)
    return made


def _control(name: str, spec: Mapping[str, Any], branches: Mapping[str, Any]) -> WorstPoint:
    where = f"control '{name}'"
    missing = [key for key in _CONTROL[:3] if key not in spec]
    require(not missing, f"{where} lacks {', '.join(missing)}")
    pumps, consumers = (_branches(spec[key], where, branches) for key in ("pumps", "consumers"))
    made = WorstPoint(
        name=name, pumps=pumps, consumers=consumers, drop=number(KPA)(spec["drop_kPa"], f"{where}: drop_kPa")
    )
    speeds = {key: number()(spec[key], f"{where}: {key}") for key in ("slowest", "fastest") if key in spec}
    return replace(made, **speeds)


def _branches(value: Any, where: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    names = tuple(map(str, value if isinstance(value, list) else [value]))
    for name in names:
        require(name in known, f"{where}: no branch '{name}'{meant(name, known)}")
    return names


def _losing(name: str, spec: Mapping[str, Any]) -> PipeHeat:
    missing = [key for key in _LOSING if key not in spec]
    require(not missing, f"branch '{name}' loses heat but lacks {', '.join(missing)}")
    return PipeHeat(
        name=name,
        loss=number()(spec["loss_W_mK"], f"branch '{name}': loss_W_mK"),
        surroundings=celsius(number()(spec["outside_C"], f"branch '{name}': outside_C")),
    )


def _check_nodes(branches: Sequence[Branch], nodes: Mapping[str, Any]) -> None:
    """Nodes that no branch knows, and nodes that look like a slip of the pen."""
    times = Counter(end for branch in branches for end in (branch.start, branch.end))
    for name in nodes:
        require(name in times, f"no branch ends at the node '{name}'{meant(name, times)}")
    for branch in branches:
        for end in (branch.start, branch.end):
            require(
                times[end] > 1 or end in nodes,
                f"node '{end}' is named by branch '{branch.name}' alone; a dead end is listed under nodes, "
                f"as {end}: {{}}{meant(end, [name for name in times if name != end])}",
            )


def _coolant(name: str) -> str:
    known = sorted(path.stem for path in (data_dir() / "coolants").glob("*.csv"))
    require(name in known, f"unknown coolant '{name}'", hint=f"one of {', '.join(known)}")
    return name


def _values(
    specs: Mapping[str, Mapping[str, Any]], what: str, key: str, factor: float = 1.0, offset: float = 0.0
) -> dict[str, float]:
    read = number(factor, offset)
    return {name: read(spec[key], f"{what} '{name}': {key}") for name, spec in specs.items() if key in spec}


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
