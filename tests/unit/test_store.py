"""Run folders are written whole or not at all."""

import errno
import json
import os
from pathlib import Path

import pytest

from geometry.errors import InputError
from twin import store


def half_write(target: Path, failure: BaseException) -> None:
    with store.whole_file(target) as temporary:
        temporary.write_text("half of the new")
        raise failure


def test_a_file_appears_whole(tmp_path):
    store.write_json(tmp_path / "summary.json", {"pue": 1.1, "missing": None})
    assert json.loads((tmp_path / "summary.json").read_text()) == {"pue": 1.1, "missing": None}
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]


def test_a_full_disk_keeps_the_old_file_and_leaves_no_part(tmp_path):
    target = tmp_path / "run.nc"
    target.write_text("old")
    with pytest.raises(OSError, match="No space"):
        half_write(target, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target)))
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["run.nc"]


def test_an_interrupt_leaves_no_part(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        half_write(tmp_path / "run.nc", KeyboardInterrupt())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_below_a_file_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot be written.*\n.*run.folder"):
        store.prepare_folder(tmp_path / "file" / "run")


def test_a_number_that_is_not_finite_becomes_null(tmp_path):
    store.write_json(tmp_path / "summary.json", {"pue": float("nan"), "xyz": [1.0, float("inf")]})
    assert json.loads((tmp_path / "summary.json").read_text()) == {"pue": None, "xyz": [1.0, None]}


def test_results_of_an_earlier_run_are_forgotten(tmp_path):
    for name in ("summary.json", "run.nc", "config.yaml"):
        (tmp_path / name).write_text("old")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "year.png").write_text("old")
    store.forget_results(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"config.yaml", "figures"}
    assert list((tmp_path / "figures").iterdir()) == []


def test_reading_what_is_not_there_says_so(tmp_path):
    with pytest.raises(InputError, match="no results"):
        store.read_tree(tmp_path / "run.nc")
    (tmp_path / "run.nc").write_text("this is no HDF5 file")
    with pytest.raises(InputError, match="not a result file"):
        store.read_tree(tmp_path / "run.nc")
    with pytest.raises(InputError, match="no finished run"):
        store.read_summary(tmp_path)
