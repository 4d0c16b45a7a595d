"""`twin bench`: what it prints and writes, its exit status, and what it calls by name."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from geometry.errors import InputError
from solvers.errors import SolverError
from twin.benchmarks import verb as bench
from twin.benchmarks.case import Benchmark, Setting, Timing

KEYS = ["name", "ours_s", "peer", "peer_s", "ratio", "note"]


def timed(setting: Setting) -> Sequence[Timing]:
    return [
        Timing(name="a room", ours_s=0.5, peer="another", peer_s=6.0, note=f"{setting.threads} thread"),
        Timing(name="alone", ours_s=2.0),
        Timing(name="memory", ours_s=None, note="300 bytes a cell"),
    ]


def failing(setting: Setting) -> Sequence[Timing]:
    raise SolverError("the peer stopped")


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Benchmark]]:
    """Replaces the benchmarks of every part by what the test puts in."""
    chosen = [("air", Benchmark(name="room", about="a room", run=timed))]
    monkeypatch.setattr(bench, "collect", lambda parts, only: chosen)
    monkeypatch.setattr("solvers.bandwidth.triad_bandwidth", lambda: 2e10)
    return chosen


def test_json_has_exactly_the_agreed_keys(
    sample: list[tuple[str, Benchmark]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.main(["--quick", "--threads", "1", "--json", str(tmp_path / "b.json")]) == 0
    records = json.loads((tmp_path / "b.json").read_text())
    assert [list(record) for record in records] == [KEYS] * 3
    room, alone, memory = records
    assert (room["ours_s"], room["peer_s"], room["ratio"]) == (0.5, 6.0, 12.0)
    assert (alone["peer"], alone["peer_s"], alone["ratio"]) == (None, None, None)
    assert (memory["ours_s"], memory["ratio"]) == (None, None)
    out = capsys.readouterr().out
    assert "500.0 ms" in out
    assert "12.0" in out
    assert "say nothing about speed" in out


def test_a_failure_is_named_and_the_others_are_kept(
    sample: list[tuple[str, Benchmark]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample.append(("air", Benchmark(name="peer", about="fails", run=failing)))
    assert bench.main(["--threads", "1", "--json", str(tmp_path / "b.json")]) == 1
    assert len(json.loads((tmp_path / "b.json").read_text())) == 3
    assert "peer failed: the peer stopped" in capsys.readouterr().out


def test_no_ratio_of_what_is_not_a_number() -> None:
    timing = Timing(name="x", ours_s=math.nan, peer="another", peer_s=1.0)
    assert timing.as_json() == dict(zip(KEYS, ("x", None, "another", 1.0, None, ""), strict=True))


def test_unknown_names_are_bad_input() -> None:
    with pytest.raises(InputError, match=r"unknown part 'aire'.*air, liquid, program"):
        bench.main(["aire"])
    with pytest.raises(InputError, match=r"unknown benchmark 'cube'.*heated-cube"):
        bench.main(["air", "--only", "cube"])
    with pytest.raises(InputError, match="its folder does not exist"):
        bench.main(["--json", "none/b.json"])


def test_the_list_names_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in lines} == set(bench.PARTS)
    assert any(line.split()[1] == "hall-small" for line in lines)


@pytest.mark.kernel
def test_the_pressure_equation_is_timed(tmp_path: Path) -> None:
    chosen = bench.collect(["air"], ["poisson"])
    (timing,), failures = bench.run_benchmarks(chosen, quick=True, peers=False, threads=1, folder=tmp_path)
    assert not failures
    assert timing.ours_s is not None
    assert "24,576 cells" in timing.name
    assert timing.peer is None
