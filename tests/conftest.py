"""What every test runs under: settings that must be in place before Numba, Matplotlib or VTK is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# The code under test is this checkout, from any working folder, and in child processes too.
sys.path.insert(0, str(ROOT))
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))

from twin.caching import prepare_numba  # noqa: E402

prepare_numba()

# One thread for BLAS: small matrices, and reproducible sums. Kernels get at least two threads, so that
# tests of thread independence mean something on one core, and few enough not to swamp tiny grids.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
os.environ.setdefault("NUMBA_NUM_THREADS", str(min(max(os.cpu_count() or 1, 2), 4)))

# Pictures are drawn off screen.
os.environ["MPLBACKEND"] = "Agg"
os.environ.setdefault("PYVISTA_OFF_SCREEN", "true")
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")


def pytest_configure(config: pytest.Config) -> None:
    from hypothesis import settings

    # The first example of a test may compile a kernel; the same examples are drawn on every machine.
    settings.register_profile("caloporteur", deadline=None, derandomize=True, database=None)
    settings.load_profile("caloporteur")


@pytest.fixture(scope="session", autouse=True)
def _elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run outside the checkout: nothing may depend on the working folder, nor write into the tree."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("cwd"))
    yield
    os.chdir(before)
