"""Compilation policy of every kernel in the project: the only file that names Numba's decorator."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from numba import config, njit, prange

__all__ = ["kernel", "parallel_kernel", "prange"]


def _kernel(
    function: Callable[..., Any] | None = None, *, parallel: bool = False, uses: tuple[ModuleType, ...] = ()
) -> Any:
    """Compile a function on its first call and keep the result on disk.

    uses    modules whose kernels it calls. Numba's cache looks at the function's own file alone; an edit in
            any of these, too, makes it compile anew.
    """
    if function is None:
        return partial(_kernel, parallel=parallel, uses=uses)
    # numpy error model: a zero division yields inf, which the residual check catches, instead of an exception
    # half-way through an update (and vector code is possible). fastmath stays off: it deletes NaN checks.
    compiled = njit(cache=True, error_model="numpy", nogil=True, parallel=parallel)(function)
    if uses and hasattr(compiled, "_cache"):  # a plain function where compilation is switched off
        index = compiled._cache._cache_file
        index._source_stamp = (index._source_stamp, *(_stamp(module) for module in uses))
    return compiled


def _stamp(module: ModuleType) -> tuple[float, int]:
    state = Path(str(module.__file__)).stat()
    return state.st_mtime, state.st_size


kernel: Any = partial(_kernel, parallel=False)
# An index out of bounds raises in one thread, where in several the error is lost or crashes the interpreter.
parallel_kernel: Any = partial(_kernel, parallel=not config.BOUNDSCHECK)  # type: ignore[attr-defined]
