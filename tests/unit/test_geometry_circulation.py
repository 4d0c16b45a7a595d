"""Halls whose air goes round inside: raised floor, cooling units, passages, porous racks, PDUs."""

from dataclasses import replace

import numpy as np
import pytest

from geometry.checks import ProblemKind, problems, raster_problems
from geometry.gridding import make_grid
from geometry.hall import PassageKind, Side
from geometry.losses import perforated_loss
from geometry.rasterise import rasterise
from geometry.records import hall_from_records

# a raised floor at z = 0 over a plenum, a CRAH on it, a partition with a door and a fan wall
ROOM = {
    "name": "room",
    "room": {"x": [0, 6], "y": [0, 4.8], "z": [-0.6, 3]},
    "racks": [
        {
            "name": "A01",
            "row": "A",
            "x": [1.2, 1.8],
            "y": [1.2, 2.4],
            "z": [0, 2.4],
            "front": "y_lo",
            "loss_per_m": 80,
        },
        {"name": "A02", "row": "A", "x": [1.8, 2.4], "y": [1.2, 2.4], "z": [0, 2.4], "front": "y_lo"},
    ],
    "panels": [
        {"name": "floor", "x": [0, 6], "y": [0, 4.8], "z": 0},
        {"name": "partition", "x": 4.8, "y": [0, 4.8], "z": [0, 3]},
    ],
    "passages": [
        {"name": "tile", "kind": "tile", "x": [1.2, 2.4], "y": [0.6, 1.2], "z": 0, "open_fraction": 0.25},
        {"name": "door", "kind": "door", "x": 4.8, "y": [3.6, 4.8], "z": [0, 2.4], "loss": 2.0},
    ],
    "units": [
        {"name": "crah", "x": [3, 4.2], "y": [3, 4.2], "z": [0, 1.8], "intake": "z_hi", "outlet": "z_lo"},
        {"name": "fan", "x": 4.8, "y": [0.6, 3], "z": [0.6, 2.4], "intake": "x_hi", "outlet": "x_lo"},
    ],
    "pdus": [{"name": "pdu", "x": [0, 0.6], "y": [3.6, 4.8], "z": [0, 1.8], "loss_per_m": 10}],
}


@pytest.fixture(scope="module")
def hall():
    return hall_from_records(ROOM)


@pytest.fixture(scope="module")
def raster(hall):
    return rasterise(hall, make_grid(hall, target=0.6, growth=2.0))


def test_the_records_are_read_and_in_order(hall):
    assert [hole.kind for hole in hall.passages] == [PassageKind.TILE, PassageKind.DOOR]
    # Idelchik 8-1 at f = 0.25: (0.707 sqrt(0.75) + 0.75)^2 / 0.0625
    assert hall.passages[0].loss == pytest.approx(29.695, rel=1e-4)
    assert hall.passages[1].loss == 2.0
    assert [unit.flat for unit in hall.units] == [False, True]
    assert hall.racks[0].loss_per_m == 80.0
    assert hall.pdus[0].loss_per_m == 10.0
    assert problems(hall) == ()


def test_a_whole_opening_loses_nothing():
    assert perforated_loss(1.0) == 0.0


def test_a_passage_opens_its_panel_and_only_there(raster):
    tile = raster.passages["tile"]
    assert (tile.axis, tile.inward) == (2, 1)
    assert tile.total_area == pytest.approx(1.2 * 0.6)
    floor = int(tile.k[0])
    assert raster.grid.z_face[floor] == pytest.approx(0.0)
    open_floor = ~raster.closed_z[floor]
    areas = raster.grid.dy[:, None] * raster.grid.dx
    assert areas[open_floor].sum() == pytest.approx(
        1.2 * 0.6
    )  # the panel is closed elsewhere, under the CRAH too
    assert raster.loss_z[tile.k, tile.j, tile.i] == pytest.approx(29.695, rel=1e-4)
    door = raster.passages["door"]
    assert not raster.closed_x[door.k, door.j, door.i].any()
    assert raster.loss_x[door.k, door.j, door.i] == pytest.approx(2.0)


def test_a_cabinet_has_two_faces_and_a_fan_wall_one(raster):
    intake, outlet = raster.ports["crah.intake"], raster.ports["crah.outlet"]
    assert (intake.axis, intake.inward, outlet.axis, outlet.inward) == (2, 1, 2, -1)
    assert intake.total_area == outlet.total_area == pytest.approx(1.44)
    assert not raster.solid[outlet.cells].any()
    assert (raster.grid.z_face[outlet.k] == 0.0).all()  # it blows under the floor
    intake, outlet = raster.ports["fan.intake"], raster.ports["fan.outlet"]
    assert (intake.inward, outlet.inward) == (1, -1)
    for index in ("k", "j", "i", "area"):
        assert np.array_equal(getattr(intake, index), getattr(outlet, index))
    assert outlet.total_area == pytest.approx(2.4 * 1.8)
    assert raster.closed_x[intake.k, intake.j, intake.i].all()
    assert (outlet.cells[2] == intake.cells[2] - 1).all()  # the room on one side, the gallery on the other


def test_a_porous_rack_is_a_bundle_of_ducts(raster):
    front, rear = raster.passages["A01.front"], raster.passages["A01.rear"]
    assert (front.axis, front.inward, rear.inward) == (1, -1, 1)
    assert front.total_area == pytest.approx(0.6 * 2.4)
    assert not raster.closed_y[front.k, front.j, front.i].any()
    # 80 1/m over 1.2 m of depth, whatever the cells: summed over the faces on the way
    way = raster.loss_y[front.k[0], front.j[0] : rear.j[0] + 1, front.i[0]]
    assert way.sum() == pytest.approx(80.0 * 1.2)
    zone = raster.zones["A01"]
    assert zone.volume.sum() == pytest.approx(0.6 * 1.2 * 2.4)
    assert not raster.solid[zone.cells].any()
    assert raster.closed_x[zone.cells].all()
    assert raster.closed_z[zone.cells].all()
    assert "A02" not in raster.zones
    assert raster.solid.any()


def test_an_empty_porous_position_has_passages_and_no_zone(hall):
    empty = replace(hall, racks=(replace(hall.racks[0], populated=False), hall.racks[1]))
    raster = rasterise(empty, make_grid(empty, target=0.6, growth=2.0))
    assert "A01.front" in raster.passages
    assert set(raster.zones) == {"pdu"}


def test_a_pdu_is_a_porous_zone(raster):
    zone = raster.zones["pdu"]
    assert zone.volume.sum() == pytest.approx(0.6 * 1.2 * 1.8)
    assert not raster.solid[zone.cells].any()


def test_racks_reach_the_air_of_units(hall, raster):
    assert raster_problems(hall, raster) == ()
    closed = replace(hall, passages=hall.passages[1:], units=hall.units[:1])  # without tile and fan wall
    found = raster_problems(closed, rasterise(closed, make_grid(closed, target=0.6, growth=2.0)))
    assert {problem.kind for problem in found} == {ProblemKind.RACK_WITHOUT_SUPPLY, ProblemKind.SEALED}
    assert any("cooling unit crah" in problem.message for problem in found)


def _changed(key, number, **values):
    records = {**ROOM, key: [dict(record) for record in ROOM[key]]}
    records[key][number] |= values
    return problems(hall_from_records(records))


@pytest.mark.parametrize(
    ("key", "number", "values", "kind", "message"),
    [
        ("passages", 0, {"z": 1.5}, ProblemKind.PASSAGE_OFF_PANEL, "only 0 of its 0.72 m2 lie in a panel"),
        ("passages", 1, {"y": [2.4, 3.6]}, ProblemKind.OPENING_OVERLAP, "overlap by 1.08 m2"),
        ("passages", 1, {"name": "fan"}, ProblemKind.DUPLICATE_NAME, "2 objects are called 'fan'"),
        ("units", 0, {"outlet": "z_hi"}, ProblemKind.UNIT, "draws and blows on one side, z_hi"),
        ("units", 1, {"intake": "y_hi"}, ProblemKind.UNIT, "is flat along x"),
        ("units", 0, {"z": [0, 2.95]}, ProblemKind.UNIT, "is 0.05 m from the wall"),
        ("units", 0, {"x": [2, 3.2], "y": [1.8, 3]}, ProblemKind.OVERLAP, "rack A02 and cooling unit crah"),
        ("pdus", 0, {"x": [-1, 0.6]}, ProblemKind.OUT_OF_ROOM, "PDU pdu sticks out of the room"),
    ],
)
def test_each_fault_is_named(key, number, values, kind, message):
    found = _changed(key, number, **values)
    assert any(problem.kind is kind and message in problem.message for problem in found), found


def test_sides_face_each_other_across_a_flat_unit(hall):
    fan = hall.units[1]
    assert fan.face(Side.X_HI) is fan.box
    assert hall.units[0].face(Side.Z_LO).z1 == 0.0
