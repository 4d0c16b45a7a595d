"""Parametric halls: what stands where, in numbers worked out by hand."""

import pytest

from geometry.checks import check, problems, raster_problems
from geometry.errors import InputError
from geometry.gridding import make_grid
from geometry.hall import AisleKind, OpeningKind, Side
from geometry.layout import Containment, HallLayout, SupplyKind, generate_hall
from geometry.losses import leak_loss
from geometry.rasterise import rasterise
from geometry.rows import row_name

SMALL = HallLayout(
    rows=2, racks_per_row=3, end_clearance=1.2, fan_walls=2, fan_wall_width=1.2, fan_wall_height=1.8
)


def test_rooms_add_up_from_aisles_rows_and_clearances():
    hall = generate_hall(SMALL, cdus_per_row=2)
    # x: 1.2 + 3 x 0.6 + 2 x 0.6 + 1.2; y: cold 1.2, row 1.2, hot 1.2, row 1.2, cold 1.2
    assert hall.room.size == pytest.approx((5.4, 6.0, 4.5))
    assert hall.rows == ("A", "B")
    assert [rack.name for rack in hall.racks] == ["A01", "A02", "A03", "B01", "B02", "B03"]
    a02 = hall.racks[1].box
    assert (a02.low, a02.high) == ((1.8, 1.2, 0.0), (2.4, 2.4, 2.2))
    assert [cdu.name for cdu in hall.cdus] == ["A-CDU1", "A-CDU2", "B-CDU1", "B-CDU2"]
    assert hall.cdus[1].box.x0 == pytest.approx(3.6)


def test_rows_stand_back_to_back_around_a_hot_aisle():
    hall = generate_hall(HallLayout(rows=3, racks_per_row=2))
    assert [rack.front for rack in hall.racks[::2]] == [Side.Y_LO, Side.Y_HI, Side.Y_LO]
    kinds = [(aisle.kind, aisle.box.y0, aisle.box.y1) for aisle in hall.aisles]
    assert kinds == [
        (AisleKind.COLD, 0.0, 1.2),
        (AisleKind.HOT, 2.4, 3.6),
        (AisleKind.COLD, 4.8, 6.0),
        (AisleKind.HOT, 7.2, 8.4),
    ]
    assert hall.room.y1 == pytest.approx(8.4)


def test_side_clearance_replaces_the_outermost_aisles_only():
    hall = generate_hall(HallLayout(rows=4, racks_per_row=2, side_clearance=2.0))
    assert [aisle.box.size[1] for aisle in hall.aisles] == pytest.approx([2.0, 1.2, 1.2, 1.2, 2.0])


def test_a_partly_filled_hall_blanks_its_last_positions_and_keeps_its_grid():
    full, part = generate_hall(SMALL), generate_hall(SMALL, populated=4)
    assert [rack.name for rack in part.populated] == ["A01", "A02", "A03", "B01"]
    assert [rack.box for rack in part.racks] == [rack.box for rack in full.racks]
    grids = [make_grid(hall, target=0.3) for hall in (full, part)]
    assert (grids[0].y_face == grids[1].y_face).all()
    ports = rasterise(part, grids[1]).ports
    assert "B01.front" in ports
    assert "B02.front" not in ports


def test_hot_aisle_containment_closes_the_aisle_up_to_the_ceiling():
    hall = generate_hall(SMALL, cdus_per_row=1)
    boxes = {panel.name: panel.box for panel in hall.panels}
    assert set(boxes) == {"hot-aisle-1-door-low", "hot-aisle-1-door-high", "chimney-A", "chimney-B"}
    chimney = boxes["chimney-A"]
    # above the racks and the CDU, at the rear of row A (y = 2.4), from the rack tops to the ceiling
    assert (chimney.low, chimney.high) == ((1.2, 2.4, 2.2), (3.6, 2.4, 4.5))
    door = boxes["hot-aisle-1-door-high"]
    assert (door.low, door.high) == ((3.6, 2.4, 0.0), (3.6, 3.6, 4.5))
    assert [aisle.contained for aisle in hall.aisles] == [False, True, False]


def test_a_lower_cdu_gets_its_own_panel():
    hall = generate_hall(HallLayout(rows=2, racks_per_row=3, cdu_height=1.8, fan_walls=1), cdus_per_row=1)
    boxes = {panel.name: panel.box for panel in hall.panels}
    assert boxes["chimney-A"].z0 == 2.2
    assert boxes["chimney-A-cdu"].z0 == 1.8
    assert boxes["chimney-A-cdu"].x0 == boxes["chimney-A"].x1


def test_cold_aisle_containment_has_a_roof_at_rack_height():
    layout = HallLayout(
        rows=2, racks_per_row=3, containment=Containment.COLD_AISLE, supply=SupplyKind.TILES, cdu_height=1.8
    )
    hall = generate_hall(layout, cdus_per_row=1)
    roofs = [panel for panel in hall.panels if panel.name.endswith("roof")]
    assert [roof.box.z0 for roof in roofs] == [2.2, 2.2]
    assert {panel.name for panel in hall.panels if "skirt" in panel.name} == {"skirt-A-cdu", "skirt-B-cdu"}
    assert [aisle.box.z1 for aisle in hall.aisles] == [2.2, 4.5, 2.2]


def test_tiles_fill_the_cold_aisles_and_grilles_the_ceiling_of_the_hot_ones():
    layout = HallLayout(rows=3, racks_per_row=4, supply=SupplyKind.TILES, cold_aisle=1.8, fan_walls=1)
    hall = generate_hall(layout, cdus_per_row=1)
    tiles = [opening for opening in hall.openings if opening.kind is OpeningKind.TILE]
    assert len(tiles) == 8  # four strips before row A, four between B and C
    assert tiles[2].name == "tile-A-03"
    assert tiles[4].name == "tile-B-01"
    assert tiles[0].box.size == pytest.approx((0.6, 1.8, 0.0))
    assert tiles[0].open_fraction == 0.56
    grilles = [opening for opening in hall.openings if opening.kind is OpeningKind.GRILLE]
    assert [grille.name for grille in grilles] == ["grille-1", "grille-2"]
    assert grilles[0].box.size == pytest.approx((2.4, 1.2, 0.0))


def test_fan_walls_spread_evenly_and_spill_over_to_the_other_end():
    layout = HallLayout(rows=2, racks_per_row=3, fan_walls=3, fan_wall_width=2.4)
    walls = [o.box for o in generate_hall(layout).openings if o.kind is OpeningKind.FAN_WALL]
    # two of 2.4 m fit on 6 m: gaps of 0.4 m; the third stands in the middle of the high-x wall
    assert [(wall.x0, wall.y0) for wall in walls] == [(0.0, 0.4), (0.0, 3.2), (5.4, 1.8)]


@pytest.mark.parametrize(
    ("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_rows_are_lettered_like_columns_of_a_sheet(index, name):
    assert row_name(index) == name


def test_leak_loss_follows_idelchik():
    # f = 0.5: (0.707 x 0.70711 + 0.5)^2 / 0.25 = (0.99993)^2 / 0.25
    assert leak_loss(0.5) == pytest.approx(3.99940, rel=1e-5)
    # f -> 0: (1.707 / f)^2, that is a discharge coefficient of 1 / 1.707 = 0.586
    assert leak_loss(1e-4) == pytest.approx((1.707 / 1e-4) ** 2, rel=1e-3)
    assert leak_loss(0.0) is None


@pytest.mark.parametrize("leakage", [0.0, 0.02])
@pytest.mark.parametrize("rows", [1, 2, 3])
@pytest.mark.parametrize(
    ("containment", "supply"),
    [
        (Containment.NONE, SupplyKind.TILES),
        (Containment.NONE, SupplyKind.FAN_WALLS),
        (Containment.HOT_AISLE, SupplyKind.TILES),
        (Containment.HOT_AISLE, SupplyKind.FAN_WALLS),
        (Containment.COLD_AISLE, SupplyKind.TILES),
    ],
)
def test_every_kind_of_hall_passes_its_own_checks(containment, supply, rows, leakage):
    layout = HallLayout(
        rows=rows,
        racks_per_row=3,
        containment=containment,
        containment_leakage=leakage,
        supply=supply,
        fan_walls=1,
        cdu_height=1.9,
        rear_doors=True,
    )
    hall = generate_hall(layout, populated=3 * rows - 1, cdus_per_row=1)
    assert problems(hall) == ()
    check(hall)
    assert raster_problems(hall, rasterise(hall, make_grid(hall, target=0.6))) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows": 0}, "rows of the hall layout = 0"),
        ({"rack_width": -0.6}, "rack_width of the hall layout = -0.6 m: outside 0.3..2 m"),
        ({"ceiling": 2.1}, "not above the racks"),
        ({"containment": Containment.COLD_AISLE}, "containment=hot_aisle"),
        ({"fan_walls": 9}, "only 2 of 2.4 m fit on each end wall"),
        ({"fan_wall_height": 4.4}, "fan_wall_height"),
        ({"supply": SupplyKind.TILES, "cold_aisle": 0.5}, "no tile fits the cold aisle before row A"),
        ({"containment_leakage": 1.5}, "containment_leakage"),
    ],
)
def test_bad_layouts_are_refused_in_words(change, words):
    values = {"rows": 2, "racks_per_row": 3} | change
    with pytest.raises(InputError) as caught:
        generate_hall(HallLayout(**values))
    assert words in str(caught.value)


def test_more_equipment_than_places_is_refused():
    with pytest.raises(InputError, match=r"populated racks of the hall layout = 7 -: outside 0\.\.6"):
        generate_hall(SMALL, populated=7)
