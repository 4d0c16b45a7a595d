"""The folder of compiled kernels: its key sees what Numba does not, and it is always one we may write."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from twin.caching import kernel_key, prepare_numba_cache


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small checkout: one kernel file, what it imports, and a file nobody compiles."""
    files = {
        "geometry/__init__.py": "",
        "geometry/grid.py": "HALF = 0.5\n",
        "geometry/hall.py": "X = 1\n",
        "solvers/__init__.py": "",
        "solvers/_jit.py": "from numba import njit as kernel\n",
        "solvers/records.py": "from geometry.grid import HALF\n",
        "solvers/flow.py": "from solvers import records\nfrom solvers._jit import kernel\n",
        "solvers/wrapper.py": "from solvers.flow import step\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["solvers/_jit.py", "solvers/records.py", "geometry/grid.py", "solvers/__init__.py"]
)
def test_key_follows_what_a_kernel_file_imports(tree: Path, name: str) -> None:
    before = kernel_key(tree)
    (tree / name).write_text((tree / name).read_text() + "# edited\n")
    assert kernel_key(tree) != before


@pytest.mark.parametrize("name", ["solvers/flow.py", "solvers/wrapper.py", "geometry/hall.py"])
def test_key_ignores_the_kernel_file_itself_and_the_rest(tree: Path, name: str) -> None:
    before = kernel_key(tree)
    (tree / name).write_text((tree / name).read_text() + "# edited\n")
    assert kernel_key(tree) == before


def test_a_kernel_file_that_another_imports_counts(tree: Path) -> None:
    (tree / "solvers/other.py").write_text("from solvers._jit import kernel\nfrom solvers.flow import GAIN\n")
    before = kernel_key(tree)
    (tree / "solvers/flow.py").write_text("from solvers._jit import kernel\nGAIN = 2.0\n")
    assert kernel_key(tree) != before


def test_key_does_not_depend_on_the_place(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("moved") / "tree"
    before = kernel_key(tree)
    tree.rename(elsewhere)
    assert kernel_key(elsewhere) == before


def test_user_choice_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "mine"))
    assert prepare_numba_cache() == tmp_path / "mine"
    assert not (tmp_path / "mine").exists()


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No folder chosen yet; home, cache and temporary folders below `tmp_path`."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", "x")  # so that what the call sets is undone
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return tmp_path


def test_folder_lies_in_the_users_cache(unset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = prepare_numba_cache()
    assert folder.parent == unset / "home" / ".cache" / "caloporteur"
    assert folder.name == f"numba-{kernel_key()}"
    assert os.environ["NUMBA_CACHE_DIR"] == str(folder)
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(unset / "xdg"))
    assert prepare_numba_cache().parent == unset / "xdg" / "caloporteur"


def test_without_a_writable_home_the_temporary_folder_serves(unset: Path) -> None:
    (unset / "home").write_text("a file where the home folder should be")
    folder = prepare_numba_cache()
    assert folder.is_relative_to(unset / "tmp")
    assert folder.is_dir()


def test_without_any_shared_folder_one_is_made(unset: Path) -> None:
    (unset / "home").write_text("")
    (unset / "tmp" / f"caloporteur-{os.getuid()}").write_text("somebody was here first")
    folder = prepare_numba_cache()
    assert folder.is_relative_to(unset / "tmp")
    assert folder.is_dir()


def test_folders_of_gone_code_are_dropped(unset: Path) -> None:
    parent = unset / "home" / ".cache" / "caloporteur"
    for name, days in (("numba-old", 15.0), ("numba-recent", 13.0), ("other", 100.0)):
        (parent / name).mkdir(parents=True)
        os.utime(parent / name, (time.time() - days * 86400.0,) * 2)
    folder = prepare_numba_cache()
    assert sorted(path.name for path in parent.iterdir()) == sorted(["numba-recent", "other", folder.name])
