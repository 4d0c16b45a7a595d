"""Where compiled kernels are kept between runs.

Numba recompiles a kernel when the kernel's own file changes, and sees no other change: not the constants,
records and compilation policy that the file imports (numba issue 1833). So the folder carries a key over
just those modules. It has to be set before Numba is imported, by whoever starts the process: the command
line, a sweep's worker, the test suite. No library module calls this.
"""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("geometry", "solvers")  # where kernels and what they import may live
_POLICY = "solvers._jit"
SPINS = "20000"  # looks at a lock before a thread sleeps: 0.2 to 0.5 ms, by processor
_UNUSED_DAYS = 14  # choice: older folders belong to code that is gone


def prepare_numba() -> None:
    """Settings that Numba reads when it is imported or first runs: its cache, and how threads wait.

    OpenMP's threads spin while they wait for each other; with another program on the same cores that made
    solves ten times slower. Asleep at once, they take some 30 us to wake, twice a kernel: a quarter of a step
    in time (tests/benchmarks/README.md). So they spin for a while, then sleep. What the user has set is kept.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    prepare_numba_cache()


def prepare_numba_cache() -> Path:
    """Point NUMBA_CACHE_DIR at a folder that fits this version of the kernels, and return it.

    A value the user has set is kept. The folder lies in $XDG_CACHE_HOME/caloporteur or, without it,
    ~/.cache/caloporteur; where that cannot be written, in the system's temporary folder.
    """
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        return Path(chosen)
    name = f"numba-{kernel_key()}"
    for parent in _parents():
        folder = parent / name
        if _writable(folder):
            os.environ["NUMBA_CACHE_DIR"] = str(folder)
            _drop_unused(parent, keep=folder)
            return folder
    folder = Path(tempfile.mkdtemp(prefix="caloporteur-numba-"))
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    return folder


def kernel_key(root: Path = _ROOT) -> str:
    """16 hexadecimal digits over every module that files with kernels import, directly or not.

    A kernel file counts only where another one imports it: its own edits are Numba's to see.
    """
    pending = [path for path in _sources(root) if _POLICY in path.read_text(encoding="utf-8")]
    imported: set[Path] = set()
    while pending:
        for path in _imported_files(pending.pop(), root):
            if path not in imported:
                imported.add(path)
                pending.append(path)
    digest = hashlib.sha256()
    for path in sorted(imported):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _sources(root: Path) -> list[Path]:
    return sorted(path for package in _PACKAGES for path in (root / package).rglob("*.py"))


def _imported_files(path: Path, root: Path) -> set[Path]:
    """Files of our own packages that `path` imports; `from a.b import c` may mean the module a.b.c."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    files: set[Path] = set()
    for name in names:
        if name.split(".")[0] not in _PACKAGES:
            continue
        stem = root.joinpath(*name.split("."))
        files.update(file for file in (stem.with_suffix(".py"), stem / "__init__.py") if file.is_file())
    return files


def _parents() -> list[Path]:
    base = os.environ.get("XDG_CACHE_HOME")
    parents = [Path(base) / "caloporteur"] if base and Path(base).is_absolute() else []
    with suppress(RuntimeError):  # no home folder at all
        parents.append(Path.home() / ".cache" / "caloporteur")
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    parents.append(Path(tempfile.gettempdir()) / f"caloporteur-{user}")
    return parents


def _writable(folder: Path) -> bool:
    """Whether `folder` exists (made here if need be), is ours and takes a file; marks it as used today."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
            return False  # a compiled kernel is loaded as code: never from a stranger's folder
        with tempfile.TemporaryFile(dir=folder):
            pass
        os.utime(folder)
    except OSError:
        return False
    return True


def _drop_unused(parent: Path, *, keep: Path) -> None:
    oldest = time.time() - _UNUSED_DAYS * 86400.0
    for folder in parent.glob("numba-*"):
        with suppress(OSError):
            if folder != keep and folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)
