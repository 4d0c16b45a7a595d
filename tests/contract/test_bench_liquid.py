"""`twin bench liquid`: the networks it draws, and what it does about the peer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geometry.errors import InputError
from twin.benchmarks import peer_liquid
from twin.benchmarks import verb as bench
from twin.benchmarks.case import Setting
from twin.benchmarks.two_pipe import loads, random_two_pipe


def setting(folder: Path, *, peers: bool) -> Setting:
    return Setting(quick=True, peers=peers, threads=1, folder=folder, tell=lambda text: None)


def test_a_two_pipe_network_is_a_tree_and_five_per_cent_of_loops() -> None:
    case = random_two_pipe(475)
    assert case.pipes == 2 * (475 + 24)
    ends = {frozenset(pair) for pair in zip(case.start.tolist(), case.end.tolist(), strict=True)}
    assert len(ends) == 499  # no pipe twice, none from a node to itself
    assert all(len(pair) == 2 for pair in ends)
    reached = {0}
    for a, b in zip(case.start[:475].tolist(), case.end[:475].tolist(), strict=True):
        assert a in reached  # the tree is written outwards from the source
        reached.add(b)
    assert len(reached) == 476
    # the pipes that leave the source carry all loads at 1 m/s
    first = case.start[:475] == 0
    through = 983.2 * np.pi / 4.0 * np.sum(case.diameter[:475][first] ** 2)
    assert through == pytest.approx(case.load.sum(), rel=1e-9)


def test_loads_are_drawn_within_a_fifth_of_their_mean() -> None:
    case = random_two_pipe(48)
    drawn = loads(case, 500) / case.load
    assert drawn.shape == (500, 48)
    assert 0.8 <= drawn.min() < 0.81
    assert 1.19 < drawn.max() <= 1.2
    assert np.all(np.std(drawn, axis=0) > 0.1)


@pytest.mark.kernel
def test_networks_are_timed_without_the_peer(tmp_path: Path) -> None:
    chosen = [
        pair for pair in bench.collect(["liquid"], None) if pair[1].name in ("networks", "cold-network")
    ]
    timings, failures = bench.run_benchmarks(chosen, quick=True, peers=False, threads=1, folder=tmp_path)
    assert not failures
    assert [timing.name.split(",")[0] for timing in timings] == ["100 pipes", "cold network"]
    assert all(timing.ours_s is not None and timing.peer is None for timing in timings)


def test_a_peer_that_is_not_there_is_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_PANDAPIPES", str(tmp_path / "python"))
    with pytest.raises(InputError, match=r"TWIN_PANDAPIPES = .*python: not an executable file"):
        peer_liquid.interpreter(setting(tmp_path, peers=True))
    assert peer_liquid.interpreter(setting(tmp_path, peers=False)) is None
