"""Halls on a campus: where they stand, who is joined to whom, how long the mains are."""

import pytest

from geometry.campus import Campus, site_pipes
from geometry.errors import InputError
from geometry.layout import HallLayout, generate_hall
from geometry.piping import pipe_runs

CAMPUS = Campus(halls_per_spine=4, lead=50.0, street=10.0, gap=8.0)
HALL = generate_hall(HallLayout(rows=2, racks_per_row=2, fan_walls=1), cdus_per_row=1)
RUNS = pipe_runs(HALL)


def of(halls: int, campus: Campus = CAMPUS):
    pipes = site_pipes([(HALL, RUNS)] * halls, campus)
    return pipes, {(run.start, run.end): run.length for run in pipes.runs}


def test_one_spine_by_hand():
    _, length = of(4)
    width = HALL.room.y1 - HALL.room.y0
    # mains lie 0.3 m off the middle of the street; the plant stands at its end
    assert length["plant.fws_supply", "spine1.s1"] == pytest.approx(50.0)
    assert length["spine1.s1", "spine1.s2"] == pytest.approx(width + 8.0)
    assert length["spine1.s1", "H1.fws_supply"] == pytest.approx(5.0 - 0.3)
    assert length["spine1.s1", "H2.fws_supply"] == pytest.approx(5.0 + 0.3)
    assert length["H1.fws_return", "spine1.r1"] == pytest.approx(5.0 + 0.3)
    assert length["spine1.r1", "plant.fws_return"] == pytest.approx(50.0)
    assert len(length) == 4 * len(RUNS) + 2 * (2 + 4)


def test_spines_share_the_halls_evenly_and_stand_apart():
    pipes, length = of(5)  # 3 and 2 on two spines
    depth = HALL.room.x1 - HALL.room.x0
    assert [hall.spine for hall in pipes.halls] == pytest.approx([-(depth + 9.0)] * 3 + [depth + 9.0] * 2)
    assert length["plant.fws_supply", "spine2.s1"] == pytest.approx(50.0 + depth + 9.0)
    assert ("spine2.s1", "H4.fws_supply") in length


def test_mirrored_halls_keep_the_lengths_of_their_pipes_and_do_not_overlap():
    pipes, length = of(2)
    for run in RUNS:
        for hall in pipes.halls:
            assert length[hall.node(run.start), hall.node(run.end)] == pytest.approx(run.length)
    low, high = (hall.point((HALL.room.x1, HALL.room.y0, 0.0))[1] for hall in pipes.halls)
    assert (low, high) == pytest.approx((-5.0, 5.0))


def test_bad_campuses_are_refused():
    with pytest.raises(InputError, match="street = 1 m"):
        Campus(halls_per_spine=4, lead=50.0, street=1.0, gap=8.0)
    with pytest.raises(InputError, match="no halls"):
        site_pipes([], CAMPUS)
