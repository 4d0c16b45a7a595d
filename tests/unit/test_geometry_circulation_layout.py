"""Parametric halls whose air goes round inside."""

import pytest

from geometry.checks import check, raster_problems
from geometry.errors import InputError
from geometry.gridding import make_grid
from geometry.hall import Side
from geometry.layout import Containment, HallLayout, SupplyKind, generate_hall
from geometry.rasterise import rasterise
from geometry.reach import regions

SMALL = {"rows": 2, "racks_per_row": 4, "fan_walls": 2}
KINDS = {
    "cold aisle over a raised floor": {
        "supply": SupplyKind.CRAH,
        "containment": Containment.COLD_AISLE,
    },
    "ducted from the plenum": {
        "supply": SupplyKind.CRAH,
        "containment": Containment.HOT_AISLE,
        "ceiling_plenum": 0.8,
    },
    "gallery, free": {"supply": SupplyKind.GALLERY, "containment": Containment.NONE},
    "gallery, plenum": {
        "supply": SupplyKind.GALLERY,
        "containment": Containment.HOT_AISLE,
        "ceiling_plenum": 1.0,
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_air_goes_round_without_any_opening(kind):
    hall = generate_hall(HallLayout(**SMALL, **KINDS[kind]))
    check(hall)
    assert hall.openings == ()
    raster = rasterise(hall, make_grid(hall, target=0.6, growth=2.0))
    assert raster_problems(hall, raster) == ()
    found = regions(raster)  # leaky panels join the cold and the hot side: one body of air
    for unit in hall.units:
        intake, outlet = raster.ports[f"{unit.name}.intake"], raster.ports[f"{unit.name}.outlet"]
        assert intake.total_area == pytest.approx(outlet.total_area)
        assert found.of(intake) == found.of(outlet)


def test_a_raised_floor_lies_at_zero_over_its_plenum():
    hall = generate_hall(HallLayout(**SMALL, **KINDS["ducted from the plenum"], crahs=3))
    assert (hall.room.z0, hall.room.z1) == (-0.6, 5.3)
    assert [panel.name for panel in hall.panels if panel.box.size[2] == 0.0] == ["ceiling", "raised-floor"]
    assert all(unit.box.z1 == 4.5 and unit.outlet is Side.Z_LO for unit in hall.units)  # ducts to the plenum
    assert [unit.box.x0 for unit in hall.units] == [0.0, 0.0, pytest.approx(6.0 - 0.9)]
    tiles = [hole for hole in hall.passages if hole.kind.value == "tile"]
    assert len(tiles) == 8  # four places along, before each of the two rows
    # Idelchik 8-1 at 56 % open: ((0.707 x 0.66332 + 0.44) / 0.56)^2
    assert tiles[0].loss == pytest.approx(2.6347, rel=1e-4)


def test_a_gallery_stands_before_the_hall():
    hall = generate_hall(HallLayout(**SMALL, **KINDS["gallery, free"]))
    assert hall.racks[0].box.x0 == pytest.approx(3.0 + 1.8)
    assert all(unit.flat and unit.box.x0 == 3.0 for unit in hall.units)
    back = hall.passages[0].box
    assert (back.z0, back.z1, back.x0) == (2.7, 4.5, 3.0)


def test_a_module_places_fan_walls_on_the_grid():
    layout = HallLayout(
        rows=32,
        racks_per_row=24,
        cold_aisle=1.8,
        ceiling=6.5,
        ceiling_plenum=1.5,
        supply=SupplyKind.GALLERY,
        fan_walls=35,
        fan_wall_width=2.23,
        fan_wall_height=3.67,
        module=0.3,
    )
    hall = generate_hall(layout)
    check(hall)
    assert hall.room.size == (21.0, pytest.approx(88.2), 8.0)
    widths = [unit.box.size[1] for unit in hall.units]
    assert {round(width, 6) for width in widths} <= {2.1, 2.4}
    assert sum(widths) == pytest.approx(35 * 2.23, rel=0.03)
    ends = [end / 0.3 for unit in hall.units for end in (unit.box.y0, unit.box.y1)]
    assert all(abs(end - round(end)) < 1e-6 for end in ends)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"supply": SupplyKind.GALLERY}, "no way back to the cooling units"),
        ({"supply": SupplyKind.CRAH}, "no way back to the cooling units"),
        ({"supply": SupplyKind.GALLERY, "containment": Containment.COLD_AISLE}, "keep the supply air out"),
        ({"ceiling_plenum": 1.0}, "its air leaves through grilles in the envelope"),
        (
            {"supply": SupplyKind.GALLERY, "containment": Containment.NONE, "fan_wall_height": 4.1},
            "0.1 m above the fan walls",
        ),
        ({"supply": SupplyKind.GALLERY, "containment": Containment.NONE, "fan_walls": 3}, "only 2 of 2.4 m"),
        ({"supply": SupplyKind.CRAH, "containment": Containment.NONE, "crahs": 9}, "only 2 of 2.4 m"),
        ({"supply": SupplyKind.CRAH, "containment": Containment.NONE, "end_clearance": 1.2}, "1.5 m needed"),
    ],
)
def test_what_does_not_fit_is_refused(values, message):
    with pytest.raises(InputError, match=message):
        generate_hall(HallLayout(**(SMALL | values)))
