"""The second process that compiles on a first run: started only then, and never in the way."""

from __future__ import annotations

import subprocess
import sys

import pytest

from twin import warmup


def test_a_cache_is_cold_until_it_holds_a_kernel(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert warmup.is_cold()
    (tmp_path / "kernels_1").mkdir()
    (tmp_path / "kernels_1" / "kernels.sweep-1.py311.nbi").touch()
    assert not warmup.is_cold()
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    assert not warmup.is_cold()  # nothing is kept: nothing to share


@pytest.fixture
def started(monkeypatch):
    """Processes that the context starts: a quick one in place of the real work."""
    seen = []
    real = subprocess.Popen

    def start(command, **kwargs):
        assert command[-1] == warmup._SIDE
        seen.append(real([sys.executable, "-c", "import time; time.sleep(60)"], **kwargs))
        return seen[-1]

    monkeypatch.setattr(warmup.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(warmup.subprocess, "Popen", start)
    return seen


def test_nothing_starts_where_the_cache_is_warm(started):
    with warmup.compiling_beside(wanted=False):
        pass
    assert started == []


def test_an_error_of_the_run_ends_the_other_process_at_once(started):
    with pytest.raises(ValueError, match="of the run"), warmup.compiling_beside(wanted=True):
        raise ValueError("of the run")
    assert started[0].returncode == -9


def test_a_failure_beside_is_not_one_of_the_run(monkeypatch):
    monkeypatch.setattr(warmup.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(warmup, "_SIDE", "raise SystemExit(3)")
    with warmup.compiling_beside(wanted=True):
        reached = True
    assert reached


@pytest.mark.kernel
def test_what_is_compiled_beside_runs():
    warmup.compile_side()
