"""Run folders: written whole or not at all, read back as trees of datasets.

The only module that writes HDF5. A file is written under a temporary name beside its place and renamed, so
a crash, a full disk or Ctrl-C leaves either the old file or the new one.
"""

from __future__ import annotations

import errno
import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geometry.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

RUN_FILE = "run.nc"
SUMMARY_FILE = "summary.json"
CONFIG_FILE = "config.yaml"


def prepare_folder(folder: Path, *, named: str = "run folder", hint: str = "run.folder=ELSEWHERE") -> Path:
    """Make a folder and prove that it can be written, before anything is computed.

    Raises InputError when it cannot, with what the folder is called and a way out.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(f"{named} {folder} cannot be written: {error.strerror}\n  try: {hint}") from error
    return folder


def check_place(path: Path, *, named: str) -> None:
    """Prove that a file can be written at `path`, in a folder that is there, before anything is computed.

    Raises InputError with the option that named it.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise InputError(
            f"{named} {path} cannot be written: {error.strerror}\n  try: {named} FILE in an existing folder"
        ) from error


def forget_results(folder: Path) -> None:
    """Remove the results of an earlier run of the same name: old figures must not pass for the new run's."""
    for name in (SUMMARY_FILE, RUN_FILE):
        (folder / name).unlink(missing_ok=True)
    for picture in (folder / "figures").glob("*.png"):
        picture.unlink()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its name when the block ends well, and goes otherwise."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text file whole."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file whole; a number that is not finite becomes null."""
    write_text(path, json.dumps(_finite(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_tree(path: Path, tree: xr.DataTree) -> None:
    """Write a tree of datasets as netCDF-4 (CF-1.11), compressed, whole.

    The file is made in memory and written at once: HDF5 crashes the process when a disk fills up under it.
    Raises OSError when it cannot be written.
    """
    encoding = {
        node.path: {
            name: {"zlib": True, "complevel": 1, "shuffle": True}
            for name, array in node.dataset.data_vars.items()
            if array.size > 64 and array.dtype.kind in "fiu"
        }
        for node in tree.subtree
    }
    write_bytes(path, tree.to_netcdf(engine="h5netcdf", encoding=encoding))


def write_dataset(path: Path, dataset: xr.Dataset) -> None:
    """Write one dataset as netCDF-4, whole; as `write_tree`."""
    write_bytes(path, dataset.to_netcdf(engine="h5netcdf"))


def write_bytes(path: Path, content: bytes | memoryview) -> None:
    """Write a binary file whole."""
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def read_tree(path: Path) -> xr.DataTree:
    """Read a file written by `write_tree` into memory.

    Raises InputError when it is not there or not a result file.
    """
    import xarray as xr

    if not path.is_file():
        raise InputError(f"no results at {path}\n  try: `twin runs` lists the finished runs")
    try:
        with xr.open_datatree(path, engine="h5netcdf") as tree:
            return tree.load()
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is not a result file: {error}") from error


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary of a run folder.

    Raises InputError when the folder holds no finished run.
    """
    path = folder / SUMMARY_FILE
    if not path.is_file():
        raise InputError(f"{folder} holds no finished run (no {SUMMARY_FILE})\n  try: `twin runs`")
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is damaged: {error}\n  try: run it again, or remove the folder") from error
    return content
