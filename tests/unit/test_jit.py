"""Compiled code is made anew when a file it draws on changes."""

import importlib
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.kernel

INNER = "from solvers._jit import kernel\n\n@kernel\ndef inner(x):\n    return {factor} * x\n"
OUTER = (
    "import inner_module\nfrom inner_module import inner\nfrom solvers._jit import kernel\n\n"
    "@kernel(uses=(inner_module,))\ndef outer(x):\n    return inner(x) + 1.0\n"
)


def test_edit_in_a_used_file_reaches_the_caller(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "outer_module.py").write_text(OUTER)

    def answer(factor, age):
        inner = tmp_path / "inner_module.py"
        inner.write_text(INNER.format(factor=factor))
        os.utime(inner, (age, age))
        for name in ("inner_module", "outer_module"):
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return importlib.import_module("outer_module").outer(3.0)

    try:
        assert answer(2.0, 1e9) == 7.0
        assert answer(5.0, 2e9) == 16.0
    finally:
        for name in ("inner_module", "outer_module"):
            sys.modules.pop(name, None)


PARALLEL = (
    "import numpy as np\nfrom solvers._jit import parallel_kernel, prange\n\n"
    "@parallel_kernel\ndef fill(x, n):\n    for i in prange(n):\n        x[i + 1] = 1.0\n\n"
    "try:\n    fill(np.zeros(3), 3)\nexcept IndexError as error:\n    print(error)\n"
)


def test_bounds_are_checked_in_parallel_kernels_too(tmp_path):
    (tmp_path / "parallel_module.py").write_text(PARALLEL)
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, str(tmp_path / "parallel_module.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "out of bounds" in done.stdout
