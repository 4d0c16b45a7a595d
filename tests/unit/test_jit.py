"""Compiled code is made anew when a file it draws on changes."""

import importlib
import os
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
