"""An explicit hall from plain records, as they come from a YAML or JSON file. Lengths in metres.

    name: pilot
    room: {x: [0, 6], y: [0, 4.8], z: [0, 3]}
    racks:
      - {name: A01, row: A, x: [1.8, 2.4], y: [1.2, 2.4], z: [0, 2.2], front: y_lo}
    openings:
      - {name: tile-1, kind: tile, x: [1.8, 2.4], y: [0.6, 1.2], z: 0, open_fraction: 0.25}
      - {name: grille-1, kind: grille, x: [1.8, 2.4], y: [2.4, 3.6], z: 3}

Further lists: aisles, panels, passages (holes in panels: kind door, grille or tile; loss, or open_fraction),
units (cooling units: intake and outlet are sides; a flat one is a fan wall in a panel), pdus, cdus,
obstructions. One number for an extent means a flat object.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any, TypeVar

from geometry.errors import InputError, require
from geometry.hall import (
    Aisle,
    AisleKind,
    Box,
    Cdu,
    CoolingUnit,
    Hall,
    Obstruction,
    Opening,
    OpeningKind,
    Panel,
    Passage,
    PassageKind,
    Pdu,
    Rack,
    Side,
)
from geometry.losses import perforated_loss

Record = Mapping[str, Any]
T = TypeVar("T")
E = TypeVar("E", bound=Enum)

_BOX = ("x", "y", "z")
_SIDES = {side.name.lower(): side for side in Side}
_SPELLED = {"cdus": "CDU", "pdus": "PDU", "units": "cooling unit"}
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # list: (required, optional) keys of a record
    "racks": (("name", "row", "front"), ("position", "populated", "rear_door", "loss_per_m")),
    "aisles": (("name", "kind"), ("contained",)),
    "panels": (("name",), ("loss",)),
    "openings": (("name", "kind"), ("open_fraction",)),
    "passages": (("name", "kind"), ("loss", "open_fraction")),
    "units": (("name", "intake", "outlet"), ()),
    "pdus": (("name",), ("loss_per_m",)),
    "cdus": (("name", "row"), ()),
    "obstructions": (("name",), ("loss_per_m",)),
}


def hall_from_records(records: Record) -> Hall:
    """The hall that `records` describe (see the head of this module).

    Raises InputError naming the element for an unknown key, a missing or wrongly typed value, an extent
    whose ends are swapped. What the records mean together is for geometry.checks.
    """
    require(
        isinstance(records, Mapping), "hall records: must be a mapping with the keys name, room, racks, ..."
    )
    _keys(records, "the hall", ("name", "room"), tuple(_KEYS))
    name = _text(records, "name", "the hall")
    room = records["room"]
    require(isinstance(room, Mapping), f"room of hall {name} = {room!r}: must be a mapping with x, y and z")
    _keys(room, "the room", _BOX, ())
    count: dict[str, int] = {}  # racks so far of each row: their default positions

    def rack(record: Record, element: str) -> Rack:
        row = _text(record, "row", element)
        place = count.get(row, 0)
        count[row] = place + 1
        return Rack(
            name=record["name"],
            row=row,
            position=_whole(record, "position", element, place),
            box=_box(record, element),
            front=_choice(record, "front", element, _SIDES),
            populated=_flag(record, "populated", element, True),
            rear_door=_flag(record, "rear_door", element, False),
            loss_per_m=_optional_number(record, "loss_per_m", element, "1/m"),
        )

    def aisle(record: Record, element: str) -> Aisle:
        kind = _choice(record, "kind", element, {kind.value: kind for kind in AisleKind})
        contained = _flag(record, "contained", element, False)
        return Aisle(name=record["name"], kind=kind, box=_box(record, element), contained=contained)

    def panel(record: Record, element: str) -> Panel:
        loss = _optional_number(record, "loss", element, "-")
        return Panel(name=record["name"], box=_box(record, element), loss=loss)

    def opening(record: Record, element: str) -> Opening:
        kind = _choice(record, "kind", element, {kind.value: kind for kind in OpeningKind})
        share = _open_fraction(record, element)
        return Opening(name=record["name"], kind=kind, box=_box(record, element), open_fraction=share)

    def passage(record: Record, element: str) -> Passage:
        kind = _choice(record, "kind", element, {kind.value: kind for kind in PassageKind})
        share = _open_fraction(record, element)
        loss = _optional_number(record, "loss", element, "-")
        return Passage(
            name=record["name"],
            kind=kind,
            box=_box(record, element),
            loss=perforated_loss(share) if loss is None else loss,
            open_fraction=share,
        )

    def unit(record: Record, element: str) -> CoolingUnit:
        intake = _choice(record, "intake", element, _SIDES)
        outlet = _choice(record, "outlet", element, _SIDES)
        return CoolingUnit(name=record["name"], box=_box(record, element), intake=intake, outlet=outlet)

    def pdu(record: Record, element: str) -> Pdu:
        loss = _optional_number(record, "loss_per_m", element, "1/m")
        place = Pdu(name=record["name"], box=_box(record, element))
        return place if loss is None else replace(place, loss_per_m=loss)

    def cdu(record: Record, element: str) -> Cdu:
        return Cdu(name=record["name"], row=_text(record, "row", element), box=_box(record, element))

    def obstruction(record: Record, element: str) -> Obstruction:
        loss = _optional_number(record, "loss_per_m", element, "1/m")
        return Obstruction(name=record["name"], box=_box(record, element), loss_per_m=loss)

    return Hall(
        name=name,
        room=_box(room, "the room"),
        racks=_all(records, "racks", rack),
        aisles=_all(records, "aisles", aisle),
        panels=_all(records, "panels", panel),
        openings=_all(records, "openings", opening),
        passages=_all(records, "passages", passage),
        units=_all(records, "units", unit),
        pdus=_all(records, "pdus", pdu),
        cdus=_all(records, "cdus", cdu),
        obstructions=_all(records, "obstructions", obstruction),
    )


def _all(records: Record, key: str, build: Callable[[Record, str], T]) -> tuple[T, ...]:
    listed = records.get(key, ())
    require(
        isinstance(listed, Sequence) and not isinstance(listed, str),
        f"{key} of the hall = {listed!r}: must be a list of records",
    )
    required, optional = _KEYS[key]
    kind = _SPELLED.get(key, key[:-1])
    built = []
    for number, record in enumerate(listed, start=1):
        element = f"{kind} number {number}"
        require(isinstance(record, Mapping), f"{element} = {record!r}: must be a mapping")
        if isinstance(record.get("name"), str):
            element = f"{kind} {record['name']}"
        _keys(record, element, required + _BOX, optional)
        _text(record, "name", element)
        built.append(build(record, element))
    return tuple(built)


def _keys(record: Record, element: str, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    missing = [key for key in required if record.get(key) is None]
    require(not missing, f"{', '.join(missing)} of {element}: missing", hint=f"give {', '.join(required)}")
    unknown = [str(key) for key in record if key not in required + optional]
    require(
        not unknown,
        f"unknown key of {element}: {', '.join(unknown)}",
        hint=f"one of {', '.join(required + optional)}",
    )


def _box(record: Record, element: str) -> Box:
    (x0, x1), (y0, y1), (z0, z1) = (_extent(record[axis], axis, element) for axis in _BOX)
    return Box(x0=x0, x1=x1, y0=y0, y1=y1, z0=z0, z1=z1)


def _extent(value: Any, axis: str, element: str) -> tuple[float, float]:
    ends = value if isinstance(value, Sequence) and not isinstance(value, str) else (value, value)
    require(
        len(ends) == 2 and all(_is_number(end) for end in ends),
        f"{axis} of {element} = {value!r}: must be [low, high] or one number, in m",
    )
    low, high = float(ends[0]), float(ends[1])
    require(
        low <= high, f"{axis} of {element} = {value!r} m: its ends are swapped", hint=f"[{high:g}, {low:g}]"
    )
    return low, high


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _text(record: Record, key: str, element: str) -> str:
    value = record[key]
    if not (isinstance(value, str) and value):
        raise InputError(f"{key} of {element} = {value!r}: must be text\n  try: put it in quotes")
    return value


def _whole(record: Record, key: str, element: str, default: int) -> int:
    value = record.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InputError(f"{key} of {element} = {value!r}: must be a whole number, 0 or above")
    return value


def _flag(record: Record, key: str, element: str, default: bool) -> bool:
    value = record.get(key, default)
    if not isinstance(value, bool):
        raise InputError(f"{key} of {element} = {value!r}: must be true or false")
    return value


def _optional_number(record: Record, key: str, element: str, unit: str) -> float | None:
    value = record.get(key)
    if value is None:
        return None
    require(_is_number(value) and value >= 0.0, f"{key} of {element} = {value!r} {unit}: must be 0 or above")
    return float(value)


def _open_fraction(record: Record, element: str) -> float:
    share = _optional_number(record, "open_fraction", element, "-")
    require(
        share is None or 0.0 < share <= 1.0,
        f"open_fraction of {element} = {share} -: outside 0..1 -",
        hint="the free area over the face area",
    )
    return 1.0 if share is None else share


def _choice(record: Record, key: str, element: str, choices: Mapping[str, E]) -> E:
    value = record[key]
    if not isinstance(value, str) or value.lower() not in choices:
        raise InputError(f"{key} of {element} = {value!r}: unknown\n  try: one of {', '.join(choices)}")
    return choices[value.lower()]
