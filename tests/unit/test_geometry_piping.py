"""Pipe runs follow the hall: nodes, connections and lengths by hand."""

from collections import defaultdict
from dataclasses import replace

import pytest

from geometry.hall import Box, Side
from geometry.layout import HallLayout, generate_hall
from geometry.piping import Circuit, PipeRun, pipe_runs

LAYOUT = HallLayout(rows=2, racks_per_row=3, end_clearance=1.2, fan_walls=1)


def runs_of(cdus=1, populated=None, layout=LAYOUT):
    hall = generate_hall(layout, cdus_per_row=cdus, populated=populated)
    return {(run.start, run.end): run for run in pipe_runs(hall)}


def test_length_is_measured_along_the_path():
    path = ((0.0, 0.0, 0.0), (3.0, 0.0, 0.0), (3.0, 4.0, 0.0), (3.0, 4.0, 0.5))
    run = PipeRun(name="a", circuit=Circuit.TCS_SUPPLY, start="a", end="b", path=path, group="g")
    assert run.length == 7.5


def test_a_hall_without_cdus_has_no_pipes():
    assert pipe_runs(generate_hall(LAYOUT)) == ()


def test_the_manifold_leads_from_the_cdu_down_the_row_and_back():
    runs = runs_of()
    assert ("A-CDU1.tcs_supply", "A.s3") in runs
    assert runs["A.s3", "A.s2"].length == pytest.approx(0.6)
    assert runs["A.s2", "A.s1"].group == "A.manifold"
    assert ("A.r1", "A.r2") in runs
    assert ("A.r3", "A-CDU1.tcs_return") in runs
    assert runs["A.s2", "A02.in"].circuit is Circuit.TCS_SUPPLY
    assert runs["A02.out", "A.r2"].circuit is Circuit.TCS_RETURN
    # hose: 0.1 m aside, 0.15 m to the rear edge, 0.3 m down to the rack's top; the return 0.35 m
    assert runs["A.s2", "A02.in"].length == pytest.approx(0.55)
    assert runs["A02.out", "A.r2"].length == pytest.approx(0.75)
    # CDU: 0.3 m up, from its middle 0.45 m to the manifold, 0.6 - 0.15 m to the tap of the third rack
    assert runs["A-CDU1.tcs_supply", "A.s3"].length == pytest.approx(1.2)


def test_paths_lead_from_start_to_end_in_the_direction_of_flow():
    runs = runs_of(cdus=2)
    ends = defaultdict(set)
    for (start, end), run in runs.items():
        ends[start].add(run.path[0])
        ends[end].add(run.path[-1])
    assert all(len(points) == 1 for points in ends.values())
    supply = runs["A.s2", "A02.in"].path
    assert supply[0][2] == pytest.approx(2.5)
    assert supply[-1][2] == pytest.approx(2.2)


@pytest.mark.parametrize("cdus", [1, 2])
def test_every_loop_is_connected_and_every_length_positive(cdus):
    hall = generate_hall(LAYOUT, cdus_per_row=cdus)
    runs = pipe_runs(hall)
    assert all(run.length > 0.0 for run in runs)
    assert len({run.name for run in runs}) == len(runs)
    fed = defaultdict(set)
    for run in runs:
        fed[run.start].add(run.end)
    reached, front = set(), {f"{cdu.name}.tcs_supply" for cdu in hall.cdus if cdu.row == "B"}
    while front:
        reached |= front
        front = {end for node in front for end in fed[node]} - reached
    assert {f"B0{n}.in" for n in (1, 2, 3)} <= reached
    assert "A01.in" not in reached
    reached, front = set(), {"hall.fws_supply"}
    while front:
        reached |= front
        front = {end for node in front for end in fed[node]} - reached
    assert {f"{cdu.name}.fws_in" for cdu in hall.cdus} <= reached


def test_units_of_a_row_share_the_manifold_and_have_their_own_facility_taps():
    runs = runs_of(cdus=2)
    assert ("A-CDU1.tcs_supply", "A.s3") in runs
    assert ("A-CDU2.tcs_supply", "A.s3") in runs
    assert runs["A-CDU2.tcs_supply", "A.s3"].length == pytest.approx(1.8)
    assert [key for key in runs if key[0] == "hall.fws_supply"] == [("hall.fws_supply", "fws.s1")]
    # the units of a row stand side by side: their taps lie a third of the depth apart
    assert runs["fws.s1", "fws.s2"].length == pytest.approx(0.4)
    assert runs["fws.r2", "fws.r1"].circuit is Circuit.FWS_RETURN


def test_only_populated_racks_are_connected():
    runs = runs_of(populated=2)
    assert ("A-CDU1.tcs_supply", "A.s2") in runs
    assert not [key for key in runs if "A03" in str(key) or "B" in str(key)]
    assert len([key for key in runs if "fws_in" in key[1]]) == 1


def test_moving_a_rack_moves_its_pipes():
    hall = generate_hall(LAYOUT, cdus_per_row=1)
    lengths = {run.name: run.length for run in pipe_runs(hall)}
    first = hall.racks[0]
    away = replace(first, box=replace(first.box, x0=first.box.x0 - 0.5, x1=first.box.x1 - 0.5))
    moved = {run.name: run.length for run in pipe_runs(replace(hall, racks=(away, *hall.racks[1:])))}
    assert moved["A.s2 to A.s1"] == pytest.approx(lengths["A.s2 to A.s1"] + 0.5)
    assert moved["A.s3 to A.s2"] == pytest.approx(lengths["A.s3 to A.s2"])


def test_a_unit_in_the_middle_feeds_both_ways():
    hall = generate_hall(LAYOUT, cdus_per_row=1)
    middle = hall.racks[1].box
    cdu = replace(hall.cdus[0], box=replace(middle, y0=middle.y0 - 3.0, y1=middle.y1 - 3.0))
    starts = {(run.start, run.end) for run in pipe_runs(replace(hall, cdus=(cdu,)))}
    assert {("A.s2", "A.s1"), ("A.s2", "A.s3"), ("A.r1", "A.r2"), ("A.r3", "A.r2")} <= starts


def test_racks_that_look_along_x_are_served_at_their_rear():
    hall = generate_hall(LAYOUT, cdus_per_row=1)
    turned = replace(hall.racks[0], front=Side.X_HI)
    runs = {run.end: run for run in pipe_runs(replace(hall, racks=(turned, *hall.racks[1:])))}
    assert runs["A01.in"].path[-1][0] == pytest.approx(turned.box.x0 - 0.1)


def test_pipes_stay_below_a_low_ceiling():
    layout = replace(LAYOUT, ceiling=2.4, fan_wall_height=1.8)
    assert max(point[2] for run in runs_of(layout=layout).values() for point in run.path) < 2.4


def test_rows_end_to_end_do_not_share_a_facility_tap():
    hall = generate_hall(LAYOUT, cdus_per_row=1)
    other = replace(hall.cdus[1], box=hall.cdus[0].box)  # as if row B went on where row A ends
    runs = pipe_runs(replace(hall, cdus=(hall.cdus[0], other)))
    assert min(run.length for run in runs) > 0.0


def test_box_sides_for_the_reader():
    box = Box(x0=0.0, x1=1.0, y0=0.0, y1=2.0, z0=0.0, z1=3.0)
    assert box.face(Side.Y_HI).low == (0.0, 2.0, 0.0)
    assert box.face_area(Side.Y_HI) == 3.0
    assert Side.Y_HI.opposite is Side.Y_LO
