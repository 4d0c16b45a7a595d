"""Every problem of a hall is found and named."""

from dataclasses import replace

import pytest

from geometry.checks import ProblemKind, check, problems, raster_problems, refuse
from geometry.errors import InputError
from geometry.gridding import make_grid
from geometry.hall import (
    Aisle,
    AisleKind,
    Box,
    Cdu,
    Hall,
    Obstruction,
    Opening,
    OpeningKind,
    Panel,
    Rack,
    Side,
)
from geometry.layout import Containment, HallLayout, SupplyKind, generate_hall
from geometry.rasterise import rasterise


def box(x, y, z):
    return Box(x0=x[0], x1=x[1], y0=y[0], y1=y[1], z0=z[0], z1=z[1])


def pilot(**changes):
    """Two racks side by side, a tile before each and a grille behind them."""
    values = {
        "name": "pilot",
        "room": box((0, 6), (0, 4.8), (0, 3)),
        "racks": (
            Rack(name="A01", row="A", position=0, box=box((1.8, 2.4), (1.2, 2.4), (0, 2.2)), front=Side.Y_LO),
            Rack(name="A02", row="A", position=1, box=box((2.4, 3.0), (1.2, 2.4), (0, 2.2)), front=Side.Y_LO),
        ),
        "aisles": (
            Aisle(name="cold-aisle-1", kind=AisleKind.COLD, box=box((1.8, 3.0), (0, 1.2), (0, 3))),
            Aisle(name="hot-aisle-1", kind=AisleKind.HOT, box=box((1.8, 3.0), (2.4, 4.8), (0, 3))),
        ),
        "openings": (
            Opening(name="tile-1", kind=OpeningKind.TILE, box=box((1.8, 2.4), (0.6, 1.2), (0, 0))),
            Opening(name="tile-2", kind=OpeningKind.TILE, box=box((2.4, 3.0), (0.6, 1.2), (0, 0))),
            Opening(name="grille-1", kind=OpeningKind.GRILLE, box=box((1.8, 3.0), (2.4, 3.6), (3, 3))),
        ),
    }
    return Hall(**(values | changes))


def move(rack, *, dx=0.0, dy=0.0, dz=0.0, **changes):
    b = rack.box
    at = Box(x0=b.x0 + dx, x1=b.x1 + dx, y0=b.y0 + dy, y1=b.y1 + dy, z0=b.z0 + dz, z1=b.z1 + dz)
    return replace(rack, box=at, **changes)


def only(hall):
    """The one problem of `hall`."""
    found = problems(hall)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def test_a_sound_hall_has_no_problem():
    assert problems(pilot()) == ()
    check(pilot())


def test_overlapping_racks_are_named_with_the_overlap():
    first, second = pilot().racks
    problem = only(pilot(racks=(first, move(second, dx=-0.25))))
    assert problem.kind is ProblemKind.OVERLAP
    assert problem.message == "rack A01 and rack A02 overlap by 0.25 x 1.2 x 2.2 m"


def test_racks_that_touch_do_not_overlap():
    first, second = pilot().racks
    assert problems(pilot(racks=(first, move(second, dx=-1e-9)))) == ()


def test_an_object_out_of_the_room_is_named_with_the_end():
    first, second = pilot().racks
    problem = only(pilot(racks=(first, move(second, dz=1.0))))
    assert problem.kind is ProblemKind.OUT_OF_ROOM
    assert problem.message == "rack A02 sticks out of the room by 0.2 m at the high-z end"


def test_names_must_be_unique_across_kinds():
    panel = Panel(name="tile-1", box=box((1.8, 1.8), (2.4, 4.8), (0, 3)))
    problem = only(pilot(panels=(panel,)))
    assert problem.kind is ProblemKind.DUPLICATE_NAME
    assert "'tile-1'" in problem.message


def test_two_racks_cannot_take_one_place_of_a_row():
    first, second = pilot().racks
    problem = only(pilot(racks=(first, replace(second, position=0))))
    assert problem.kind is ProblemKind.ROW
    assert problem.message == "2 racks stand at position 0 of row A: number them from 0"


def test_a_cdu_must_serve_a_row():
    cdu = Cdu(name="CDU1", row="Q", box=box((3.0, 3.6), (1.2, 2.4), (0, 2.2)))
    problem = only(pilot(cdus=(cdu,)))
    assert problem.kind is ProblemKind.ROW
    assert problem.message == "CDU CDU1 serves row 'Q', which has no rack"


@pytest.mark.parametrize(
    ("kind", "width", "narrow"),
    [("cold", 0.89, True), ("cold", 0.9, False), ("hot", 0.59, True), ("hot", 0.6, False)],
)
def test_aisles_have_a_least_width(kind, width, narrow):
    aisle = Aisle(name="way", kind=AisleKind(kind), box=box((3.6, 6.0), (0, width), (0, 3)))
    found = problems(pilot(aisles=(aisle,)))
    assert [problem.kind for problem in found] == [ProblemKind.AISLE_TOO_NARROW] * narrow


def test_without_aisle_records_the_clearance_of_the_racks_counts():
    racks = tuple(move(rack, dy=-0.5) for rack in pilot().racks)
    tiles = tuple(
        replace(o, box=replace(o.box, y0=0.1, y1=0.7)) if o.kind.supplies else o for o in pilot().openings
    )
    found = problems(pilot(racks=racks, aisles=(), openings=tiles))
    assert [problem.kind for problem in found] == [ProblemKind.AISLE_TOO_NARROW] * 2
    assert found[0].message == "front of rack A01 is 0.7 m from the wall: at least 0.9 m needed"


def test_an_aisle_blocked_across_its_width_names_the_blocker():
    column = Obstruction(name="column", box=box((2.0, 2.2), (0.0, 1.15), (0, 3)))
    found = problems(pilot(obstructions=(column,)))
    blocked = [problem for problem in found if problem.kind is ProblemKind.AISLE_BLOCKED]
    assert len(blocked) == 1
    assert blocked[0].element == "aisle cold-aisle-1"
    assert blocked[0].message == (
        "obstruction column fills the cold aisle cold-aisle-1 across its width of 1.2 m at x = 2.1 m"
    )


def test_two_obstructions_block_an_aisle_together():
    parts = (
        Obstruction(name="left", box=box((2.0, 2.2), (0.0, 0.6), (0, 2))),
        Obstruction(name="right", box=box((2.1, 2.4), (0.6, 1.2), (0, 2))),
    )
    blocked = [p for p in problems(pilot(obstructions=parts)) if p.kind is ProblemKind.AISLE_BLOCKED]
    assert len(blocked) == 1
    assert "obstruction left and obstruction right fill the cold aisle" in blocked[0].message


def test_a_tray_overhead_or_a_narrow_column_blocks_nothing():
    parts = (
        Obstruction(name="tray", box=box((1.8, 3.0), (0.0, 1.2), (2.6, 2.9))),
        Obstruction(name="column", box=box((4.0, 4.3), (0.0, 0.3), (0, 3))),
    )
    assert problems(pilot(obstructions=parts)) == ()


def test_a_rack_against_the_wall_is_without_supply():
    turned = tuple(move(rack, dy=-1.2) for rack in pilot().racks)
    found = problems(pilot(racks=turned, aisles=(), openings=pilot().openings[2:]))
    assert [p.kind for p in found if "front" in p.message] == [ProblemKind.RACK_WITHOUT_SUPPLY] * 2
    assert found[0].message == "front of rack A01 is 0 m from the wall: its air needs 0.1 m"


def test_a_front_hidden_by_a_cabinet_is_without_supply_and_a_half_hidden_one_is_not():
    def with_cabinet(height):
        cabinet = Obstruction(name="cabinet", box=box((1.8, 2.4), (0.85, 1.15), (0, height)))
        return problems(pilot(obstructions=(cabinet,), openings=pilot().openings[1:]))

    assert [p.kind for p in with_cabinet(2.0)] == [ProblemKind.RACK_WITHOUT_SUPPLY]
    assert "0.05 m from obstruction cabinet" in with_cabinet(2.0)[0].message
    assert with_cabinet(1.0) == ()


def test_a_hidden_rear_is_without_return():
    cabinet = Obstruction(name="cabinet", box=box((1.8, 2.4), (2.4, 2.7), (0, 2.2)))
    problem = only(pilot(obstructions=(cabinet,)))
    assert problem.kind is ProblemKind.RACK_WITHOUT_RETURN


def test_a_blanked_rack_needs_no_air():
    cabinet = Obstruction(name="cabinet", box=box((1.8, 2.4), (2.4, 2.7), (0, 2.2)))
    first, second = pilot().racks
    assert problems(pilot(racks=(replace(first, populated=False), second), obstructions=(cabinet,))) == ()


def test_a_front_must_look_sideways_and_into_a_cold_aisle():
    first, second = pilot().racks
    problem = only(pilot(racks=(first, replace(second, front=Side.Z_HI))))
    assert problem.kind is ProblemKind.FRONT
    problem = only(pilot(racks=(first, replace(second, front=Side.Y_HI))))
    assert (
        problem.message
        == "front of rack A02 opens into the hot aisle hot-aisle-1: turn the rack or the aisle"
    )


def test_openings_belong_on_the_envelope_or_on_a_solid():
    off = Opening(name="fan", kind=OpeningKind.FAN_WALL, box=box((0.5, 0.5), (0, 1), (0, 1)))
    problem = only(pilot(openings=(*pilot().openings, off)))
    assert problem.kind is ProblemKind.OPENING_OFF_ENVELOPE
    assert problem.message == "opening fan at x = 0.5 m is neither on the room's envelope nor on a solid"
    unit = Obstruction(name="unit", box=box((0.1, 0.5), (0, 1), (0, 2)))
    assert problems(pilot(openings=(*pilot().openings, off), obstructions=(unit,))) == ()


def test_openings_must_not_overlap_nor_lie_under_a_solid():
    tile = Opening(name="tile-3", kind=OpeningKind.TILE, box=box((2.1, 2.7), (0.6, 1.2), (0, 0)))
    found = problems(pilot(openings=(*pilot().openings, tile)))
    assert [p.message for p in found] == [
        "opening tile-1 and opening tile-3 overlap by 0.18 m2",
        "opening tile-2 and opening tile-3 overlap by 0.18 m2",
    ]
    under = Opening(name="tile-3", kind=OpeningKind.TILE, box=box((1.8, 2.4), (1.3, 1.9), (0, 0)))
    problem = only(pilot(openings=(*pilot().openings, under)))
    assert problem.kind is ProblemKind.OPENING_COVERED
    assert problem.message == "opening tile-3 is covered by rack A01 over 100 % of its area"


def test_panels_are_flat_and_sizes_positive():
    thick = Panel(name="wall", box=box((4, 4.1), (0, 1), (0, 1)))
    assert only(pilot(panels=(thick,))).kind is ProblemKind.NOT_FLAT
    first, second = pilot().racks
    problem = only(pilot(racks=(first, replace(second, box=box((2.4, 2.4), (1.2, 2.4), (0, 2.2))))))
    assert problem.kind is ProblemKind.SIZE
    assert problem.message == "rack A02 is 0 m along x: must be positive"
    assert only(pilot(room=box((0, 0), (0, 4.8), (0, 3)))).kind is ProblemKind.SIZE


def test_supply_and_exhaust_are_needed_as_soon_as_there_is_equipment():
    found = problems(pilot(openings=()))
    assert [p.kind for p in found] == [ProblemKind.NO_SUPPLY, ProblemKind.NO_EXHAUST]
    assert problems(pilot(openings=(), racks=())) == ()


def test_the_error_lists_every_problem():
    first, second = pilot().racks
    with pytest.raises(InputError) as caught:
        check(pilot(racks=(first, move(second, dx=-0.25)), openings=()))
    lines = str(caught.value).splitlines()
    assert lines[0] == "hall pilot: 3 problems"
    assert [line.split(":")[0] for line in lines[1:]] == ["  - overlap", "  - no supply", "  - no exhaust"]


def test_a_front_walled_in_by_panels_is_found_on_the_raster():
    walls = (
        Panel(name="left", box=box((1.8, 1.8), (0.6, 1.2), (0, 2.2))),
        Panel(name="right", box=box((2.4, 2.4), (0.6, 1.2), (0, 2.2))),
        Panel(name="lid", box=box((1.8, 2.4), (0.6, 1.2), (2.2, 2.2))),
        Panel(name="front", box=box((1.8, 2.4), (0.6, 0.6), (0, 2.2))),
    )
    hall = pilot(panels=walls, openings=pilot().openings[1:])
    assert problems(hall) == ()
    found = raster_problems(hall, rasterise(hall, make_grid(hall, target=0.3)))
    assert [str(problem) for problem in found] == [
        "rack without supply: no tile, fan wall or cooling unit reaches the front of rack A01 through open "
        "air"
    ]
    with pytest.raises(InputError, match="rack A01"):
        refuse(hall, found)


def test_a_leaky_wall_is_no_supply_but_lets_the_air_out():
    sides = {"left": (1.8, 1.8), "right": (2.4, 2.4)}
    walls = [Panel(name=n, box=box(x, (0.6, 1.2), (0, 2.2)), loss=7000.0) for n, x in sides.items()]
    walls.append(Panel(name="lid", box=box((1.8, 2.4), (0.6, 1.2), (2.2, 2.2)), loss=7000.0))
    walls.append(Panel(name="front", box=box((1.8, 2.4), (0.6, 0.6), (0, 2.2)), loss=7000.0))
    hall = pilot(panels=tuple(walls), openings=pilot().openings[1:])
    found = raster_problems(hall, rasterise(hall, make_grid(hall, target=0.3)))
    assert [problem.kind for problem in found] == [ProblemKind.RACK_WITHOUT_SUPPLY]


def test_a_sealed_region_is_named_with_its_place():
    """A hot aisle with airtight containment whose grille is gone: racks blow into it, nothing draws."""
    layout = HallLayout(
        rows=2,
        racks_per_row=2,
        containment=Containment.HOT_AISLE,
        containment_leakage=0.0,
        supply=SupplyKind.TILES,
    )
    hall = generate_hall(layout)
    elsewhere = Opening(name="relief", kind=OpeningKind.GRILLE, box=box((0.0, 0.6), (0.0, 0.6), (4.5, 4.5)))
    tiles = tuple(opening for opening in hall.openings if opening.kind.supplies)
    hall = replace(hall, openings=(*tiles, elsewhere))
    assert problems(hall) == ()
    found = raster_problems(hall, rasterise(hall, make_grid(hall, target=0.6)))
    assert [str(problem) for problem in found] == [
        "sealed region: the air of rack A01, rack A02, rack B01, rack B02 cannot leave: nothing draws from "
        "the region x 1.8..3 m, y 2.4..3.6 m, z 0..4.5 m"
    ]
