"""Plan and sections as rectangles."""

import pytest

from geometry.errors import InputError
from geometry.layout import HallLayout, generate_hall
from geometry.sections import Part, plan, section

HALL = generate_hall(HallLayout(rows=2, racks_per_row=3, fan_walls=1), populated=5, cdus_per_row=1)


def parts(view):
    return [rectangle.part for rectangle in view.rectangles]


def test_the_plan_shows_everything_from_above():
    view = plan(HALL)
    assert (view.across, view.up) == ("x", "y")
    assert parts(view).count(Part.RACK) == 5
    assert parts(view).count(Part.BLANK) == 1
    assert parts(view).count(Part.CDU) == 2
    assert parts(view).count(Part.PANEL) == 4
    assert parts(view)[0] is Part.ROOM
    rack = next(rectangle for rectangle in view.rectangles if rectangle.label == "A02")
    assert (rack.a0, rack.a1, rack.b0, rack.b1) == (2.4, 3.0, 1.2, 2.4)


def test_a_plan_above_the_racks_shows_panels_but_no_racks():
    view = plan(HALL, 3.0)
    assert Part.RACK not in parts(view)
    assert parts(view).count(Part.PANEL) == 4
    assert Part.GRILLE in parts(view)


def test_a_section_cuts_one_rack_of_each_row():
    view = section(HALL, 2.0)
    assert (view.axis, view.at, view.across, view.up) == ("x", 2.0, "y", "z")
    assert [r.label for r in view.rectangles if r.part is Part.RACK] == ["A01", "B01"]
    chimney = next(rectangle for rectangle in view.rectangles if rectangle.label == "chimney-A")
    assert (chimney.a0, chimney.a1, chimney.b0, chimney.b1) == (2.4, 2.4, 2.2, 4.5)
    assert section(HALL).at == pytest.approx(2.1)


def test_a_cut_outside_the_room_is_refused():
    with pytest.raises(InputError, match="place of the section of hall hall = 99 m"):
        section(HALL, 99.0)
    with pytest.raises(InputError, match="height of the plan"):
        plan(HALL, -1.0)
