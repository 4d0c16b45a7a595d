"""What the wheel holds: the four packages, the configuration and the data, and nothing else."""

from __future__ import annotations

import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from twin import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("geometry", "solvers", "viz", "twin")
INFO = f"caloporteur-{__version__}.dist-info"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built by the project's own back-end, in this process."""
    folder = tmp_path_factory.mktemp("wheel")
    built = list(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    assert len(built) == 1
    return Path(built[0])


@pytest.fixture(scope="module")
def content(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def shipped(folder: str, pattern: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_every_module_is_in_the_wheel(content: set[str]) -> None:
    modules = set().union(*(shipped(package, "*.py") for package in PACKAGES))
    assert {name for name in content if name.endswith(".py")} == modules


@pytest.mark.parametrize("folder", ["conf", "data"])
def test_configuration_and_data_are_inside_twin(content: set[str], folder: str) -> None:
    files = shipped(folder, "*")
    assert files
    expected = {f"twin/_{name}" for name in files}
    assert {name for name in content if name.startswith(f"twin/_{folder}/")} == expected


def test_nothing_else_is_in_the_wheel(content: set[str]) -> None:
    tops = {name.split("/")[0] for name in content}
    assert tops == {*PACKAGES, INFO}
    endings = (".pyc", ".nbi", ".nbc", ".nc", ".h5", ".png", ".log")
    assert [name for name in content if name.endswith(endings) or "tests/" in name] == []


def test_wheel_is_pure_and_names_its_command_and_licence(wheel: Path, content: set[str]) -> None:
    assert wheel.name == f"caloporteur-{__version__}-py3-none-any.whl"
    assert f"{INFO}/licenses/LICENSE" in content
    with zipfile.ZipFile(wheel) as archive:
        assert "twin = twin.cli:main" in archive.read(f"{INFO}/entry_points.txt").decode()
        metadata = HeaderParser().parsestr(archive.read(f"{INFO}/METADATA").decode())
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"


def test_wheel_stays_small(wheel: Path) -> None:
    """Code, configuration and tables: large reference data belong elsewhere."""
    assert wheel.stat().st_size < 5e6
