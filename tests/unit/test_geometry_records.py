"""Explicit halls from plain records."""

import copy

import pytest

from geometry.checks import problems
from geometry.errors import InputError
from geometry.hall import AisleKind, OpeningKind, Side
from geometry.records import hall_from_records

PILOT = {
    "name": "pilot",
    "room": {"x": [0, 6], "y": [0, 4.8], "z": [0, 3]},
    "racks": [
        {"name": "A01", "row": "A", "x": [1.8, 2.4], "y": [1.2, 2.4], "z": [0, 2.2], "front": "y_lo"},
        {
            "name": "A02",
            "row": "A",
            "x": [2.4, 3.0],
            "y": [1.2, 2.4],
            "z": [0, 2.2],
            "front": "Y_LO",
            "populated": False,
            "rear_door": True,
        },
    ],
    "aisles": [{"name": "front", "kind": "cold", "x": [1.8, 3.0], "y": [0, 1.2], "z": [0, 3]}],
    "panels": [{"name": "curtain", "x": 1.8, "y": [2.4, 4.8], "z": [0, 3], "loss": 40}],
    "openings": [
        {"name": "tile-1", "kind": "tile", "x": [1.8, 2.4], "y": [0.6, 1.2], "z": 0, "open_fraction": 0.25},
        {"name": "grille-1", "kind": "grille", "x": [1.8, 2.4], "y": [2.4, 3.6], "z": 3},
    ],
    "cdus": [{"name": "A-CDU1", "row": "A", "x": [3.0, 3.6], "y": [1.2, 2.4], "z": [0, 2.2]}],
    "obstructions": [{"name": "basket", "x": [0, 6], "y": [2, 2.6], "z": [2.6, 2.8], "loss_per_m": 5.0}],
}


def test_every_record_becomes_its_noun():
    hall = hall_from_records(PILOT)
    assert hall.name == "pilot"
    assert hall.room.size == (6.0, 4.8, 3.0)
    first, second = hall.racks
    assert (first.position, first.front, first.populated, first.rear_door) == (0, Side.Y_LO, True, False)
    assert (second.position, second.front, second.populated, second.rear_door) == (1, Side.Y_LO, False, True)
    assert hall.aisles[0].kind is AisleKind.COLD
    assert hall.panels[0].loss == 40.0
    assert hall.panels[0].box.size == (0.0, 2.4, 3.0)
    assert [opening.kind for opening in hall.openings] == [OpeningKind.TILE, OpeningKind.GRILLE]
    assert [opening.open_fraction for opening in hall.openings] == [0.25, 1.0]
    assert hall.cdus[0].row == "A"
    assert hall.obstructions[0].loss_per_m == 5.0
    assert problems(hall) == ()


def _with(path, value):
    records = copy.deepcopy(PILOT)
    *way, last = path
    at = records
    for step in way:
        at = at[step]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return records


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("name",), None, "name of the hall: missing"),
        (("raks",), [], "unknown key of the hall: raks"),
        (("room",), 6, "room of hall pilot = 6"),
        (("room", "w"), 1, "unknown key of the room: w"),
        (("racks",), "A01", "must be a list"),
        (("racks", 0), "A01", "rack number 1"),
        (("racks", 0, "name"), None, "name of rack number 1: missing"),
        (("racks", 1, "front"), None, "front of rack A02: missing"),
        (("racks", 1, "front"), "north", "one of x_lo, x_hi, y_lo, y_hi, z_lo, z_hi"),
        (("racks", 1, "row"), 7, "row of rack A02 = 7: must be text"),
        (("racks", 1, "position"), -1, "position of rack A02 = -1"),
        (("racks", 1, "populated"), "yes", "populated of rack A02 = 'yes': must be true or false"),
        (("racks", 1, "widht"), 0.6, "unknown key of rack A02: widht"),
        (("racks", 1, "x"), [3.0, 2.4], "its ends are swapped"),
        (("racks", 1, "x"), [3.0, "wide"], "must be [low, high] or one number, in m"),
        (("racks", 1, "x"), [3.0, float("nan")], "must be [low, high] or one number, in m"),
        (("panels", 0, "loss"), -1.0, "loss of panel curtain = -1.0 -: must be 0 or above"),
        (("openings", 0, "kind"), "window", "kind of opening tile-1 = 'window'"),
        (("openings", 0, "open_fraction"), 1.2, "open_fraction of opening tile-1"),
        (("cdus", 0, "row"), None, "row of CDU A-CDU1: missing"),
        (("obstructions", 0, "loss_per_m"), "dense", "loss_per_m of obstruction basket"),
    ],
)
def test_bad_records_are_refused_by_name(path, value, words):
    with pytest.raises(InputError) as caught:
        hall_from_records(_with(path, value))
    assert words in str(caught.value)


def test_records_must_be_a_mapping():
    with pytest.raises(InputError, match="must be a mapping"):
        hall_from_records([1, 2])
