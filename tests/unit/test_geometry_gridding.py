"""Grids snapped to the faces of a hall's objects."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geometry.errors import InputError
from geometry.grid import Grid
from geometry.gridding import estimate_cells, grid_report, make_grid, nearest
from geometry.hall import Box, Hall, Obstruction, Panel, Rack, Side
from geometry.layout import HallLayout, generate_hall


def hall_of(*boxes, room=(3.0, 3.0, 3.0), rack=None, panel=None):
    parts = tuple(Obstruction(name=f"part-{n}", box=box) for n, box in enumerate(boxes))
    racks = () if rack is None else (Rack(name="A01", row="A", position=0, box=rack, front=Side.Y_LO),)
    panels = () if panel is None else (Panel(name="panel", box=panel),)
    size = Box(x0=0.0, x1=room[0], y0=0.0, y1=room[1], z0=0.0, z1=room[2])
    return Hall(name="test", room=size, racks=racks, obstructions=parts, panels=panels)


def along_x(x0, x1):
    return Box(x0=x0, x1=x1, y0=0.0, y1=3.0, z0=0.0, z1=3.0)


def ratios(faces):
    size = np.diff(faces)
    return np.maximum(size[1:] / size[:-1], size[:-1] / size[1:])


def test_a_rack_of_600_mm_gets_four_cells_of_150_mm_at_a_target_of_180():
    grid = make_grid(hall_of(along_x(1.2, 1.8)), target=0.18)
    inside = (grid.x > 1.2) & (grid.x < 1.8)
    np.testing.assert_allclose(grid.dx[inside], [0.15] * 4, rtol=1e-12)


def test_a_narrow_gap_is_approached_in_steps():
    grid = make_grid(hall_of(along_x(1.0, 1.05)), target=0.2, growth=1.3)
    assert ratios(grid.x_face).max() <= 1.3 * (1 + 1e-9)
    sizes = grid.dx
    assert sizes.min() == pytest.approx(0.05, rel=0.2)
    # far from the gap the cells are as large as they may be: 0.05 x 1.3^n reaches 0.2 after six cells
    assert sizes[:4].min() > 0.15


def test_an_undisturbed_axis_is_even():
    grid = make_grid(hall_of(), target=0.28)
    np.testing.assert_allclose(grid.dx, 3.0 / 11.0, rtol=1e-12)


def test_lines_closer_than_the_minimum_merge_into_the_more_telling_object():
    rack = along_x(1.2, 1.8)
    column = along_x(1.81, 2.4)
    hall = hall_of(column, rack=rack)
    grid = make_grid(hall, target=0.2, minimum=0.02)
    assert 1.8 in grid.x_face
    assert 1.81 not in grid.x_face
    report = grid_report(hall, grid)
    assert [(moved.element, moved.axis, moved.at) for moved in report.moved] == [("part-0", "x", 1.81)]
    assert report.moved[0].grid == 1.8
    assert "1 faces moved" in str(report)


def test_nothing_moves_when_the_minimum_is_fine_enough():
    hall = hall_of(along_x(1.81, 2.4), rack=along_x(1.2, 1.8))
    report = grid_report(hall, make_grid(hall, target=0.2, minimum=0.005))
    assert report.moved == ()
    assert report.smallest == pytest.approx(0.01, rel=0.3)


def test_the_room_never_moves():
    grid = make_grid(hall_of(along_x(0.01, 2.99)), target=0.5)
    assert (grid.x_face[0], grid.x_face[-1]) == (0.0, 3.0)


def test_an_even_hall_keeps_the_estimate():
    hall = generate_hall(HallLayout(rows=2, racks_per_row=4, fan_walls=1))
    assert estimate_cells(hall, 0.3) <= make_grid(hall, target=0.3).n_cells


def test_a_grid_that_costs_too_much_is_refused_before_it_is_made():
    with pytest.raises(InputError) as caught:
        make_grid(hall_of(), target=0.01, minimum=0.005)
    # 300 cells a side
    assert "cells of the grid of test = 27,000,000 at a target size of 0.01 m" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"target": 0.0}, "grid target = 0 m"),
        ({"target": 0.2, "growth": 1.0}, "grid growth = 1 -"),
        ({"target": 0.2, "minimum": 0.3}, "grid minimum = 0.3 m: outside 0..0.2 m"),
    ],
)
def test_bad_sizes_are_refused(change, words):
    with pytest.raises(InputError) as caught:
        make_grid(hall_of(), **change)
    assert words in str(caught.value)


def test_a_room_without_extent_is_refused():
    with pytest.raises(InputError, match="extent of the room of test along y = 0 m"):
        make_grid(hall_of(room=(3.0, 0.0, 3.0)), target=0.5)


def test_nearest_line():
    lines = np.array([0.0, 1.0, 3.0])
    assert [nearest(lines, at) for at in (-1.0, 0.4, 0.6, 1.9, 2.1, 9.0)] == [0, 0, 1, 1, 2, 2]


def test_a_mirrored_hall_gets_a_mirrored_grid():
    boxes = [(0.31, 0.94), (1.0, 1.03), (1.9, 2.0)]
    grid = make_grid(hall_of(*(along_x(a, b) for a, b in boxes)), target=0.25)
    mirror = make_grid(hall_of(*(along_x(3.0 - b, 3.0 - a) for a, b in boxes)), target=0.25)
    np.testing.assert_allclose(mirror.x_face, 3.0 - grid.x_face[::-1], atol=1e-12)


coordinate = st.integers(min_value=0, max_value=300).map(lambda n: n / 100.0)
intervals = st.lists(
    st.tuples(coordinate, coordinate).filter(lambda pair: pair[0] < pair[1]), min_size=0, max_size=5
)


@settings(max_examples=100, deadline=None)
@given(
    pairs=intervals,
    target=st.sampled_from([0.08, 0.15, 0.3, 0.7]),
    growth=st.sampled_from([1.1, 1.3, 2.0]),
)
def test_any_hall_gives_a_grid_that_keeps_its_promises(pairs, target, growth):
    minimum = 0.02
    hall = hall_of(*(along_x(a, b) for a, b in pairs))
    grid = make_grid(hall, target=target, growth=growth, minimum=minimum)
    faces = grid.x_face
    assert faces[0] == 0.0
    assert faces[-1] == 3.0
    assert (np.diff(faces) > 0.0).all()
    assert grid.dx.max() <= target * (1 + 1e-9)
    assert grid.dx.min() >= 0.499 * minimum
    report = grid_report(hall, grid)
    moved = {face.at for face in report.moved}
    for at in {end for pair in pairs for end in pair}:
        distance = abs(faces - at).min()
        # each face is a grid line, or is reported and moved by less than the merging distance
        assert distance == 0.0 or (at in moved and distance < minimum)
    # coarser neighbours than `growth` are left only beside a gap too narrow to be split
    jumps = ratios(faces)
    for n in np.flatnonzero(jumps > growth * (1 + 1e-6)):
        assert max(grid.dx[n], grid.dx[n + 1]) < 2.0 * minimum * growth
    assert report.worst_ratio == pytest.approx(jumps.max(initial=1.0))


def test_a_grid_prints_itself():
    grid = Grid(x_face=np.array([0.0, 1.0, 3.0]), y_face=np.array([0.0, 1.0]), z_face=np.array([0.0, 0.5]))
    assert str(grid) == "Grid(2 x 1 x 1 = 2 cells, 0.500..2.000 m)"
