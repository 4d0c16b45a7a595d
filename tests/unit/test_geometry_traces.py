"""Lines on a map become a graph: ends that meet, T-junctions, islands, doubled lines."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.errors import InputError
from geometry.traces import trace_graph


def line(*places: tuple[float, float]) -> np.ndarray:
    return np.array(places, dtype=np.float64)


def test_ends_that_nearly_meet_are_one_node() -> None:
    graph = trace_graph([line((0, 0), (100, 0)), line((101, 0.5), (200, 0))], snap=2.0)
    assert len(graph.node) == 3
    assert graph.n_islands == 1
    assert graph.length == pytest.approx([100.0, np.hypot(99.0, 0.5)])
    assert graph.node[graph.nearest(np.array([99.0, 0.0]))] == pytest.approx([100.5, 0.25])


def test_an_end_on_the_side_of_a_line_cuts_it() -> None:
    main, branch = line((0, 0), (60, 0), (100, 0)), line((40, 0.5), (40, 30))
    graph = trace_graph([main, branch], snap=2.0)
    assert len(graph.node) == 4
    assert sorted(graph.length) == pytest.approx([29.5, 40.0, 60.0])
    assert np.bincount(np.concatenate((graph.start, graph.end))).max() == 3
    assert graph.length[graph.line == 0].sum() == pytest.approx(100.0)


def test_lines_that_cross_pass_over_each_other() -> None:
    graph = trace_graph([line((0, 0), (100, 0)), line((50, -50), (50, 50))], snap=2.0)
    assert graph.n_islands == 2
    assert len(graph.length) == 2


def test_lines_that_share_a_vertex_are_joined_there() -> None:
    graph = trace_graph([line((0, 0), (50, 0), (100, 0)), line((50, -50), (50, 0.01), (50, 50))], snap=2.0)
    assert graph.n_islands == 1
    assert graph.length == pytest.approx([50.0] * 4, abs=0.02)


def test_islands_are_numbered_by_length() -> None:
    graph = trace_graph([line((0, 0), (10, 0)), line((500, 0), (900, 0)), line((900, 1), (950, 0))], snap=2.0)
    assert graph.n_islands == 2
    assert graph.island_length(0) == pytest.approx(450.0, abs=0.1)
    assert graph.island_length(1) == 10.0


def test_a_line_drawn_twice_counts_once_but_a_loop_stays() -> None:
    one = line((0, 0), (50, 1), (100, 0))
    graph = trace_graph([one, one[::-1] + 0.5], snap=2.0)
    assert len(graph.length) == 1
    assert graph.doubled == (1,)
    loop = trace_graph([line((0, 0), (50, 40), (100, 0)), line((0, 0), (50, -40), (100, 0))], snap=2.0)
    assert len(loop.length) == 2
    assert loop.doubled == ()


def test_nothing_to_make_a_network_of() -> None:
    with pytest.raises(InputError, match="no lines"):
        trace_graph([], snap=2.0)
    with pytest.raises(InputError, match="shorter than the distance"):
        trace_graph([line((0, 0), (1, 0))], snap=2.0)
