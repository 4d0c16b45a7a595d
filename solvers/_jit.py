"""Compilation policy of every kernel in the project: the only file that names Numba's decorator."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from numba import config, njit, prange

__all__ = ["disjoint_kernel", "kernel", "parallel_kernel", "prange"]


def _kernel(
    function: Callable[..., Any] | None = None,
    *,
    parallel: bool = False,
    disjoint: bool = False,
    inlined: bool = False,
    uses: tuple[ModuleType, ...] = (),
) -> Any:
    """Compile a function on its first call and keep the result on disk.

    uses      modules whose kernels it calls. Numba's cache looks at the function's own file alone; an edit in
              any of these, too, makes it compile anew.
    disjoint  what it writes through one array it never reads or writes through another
    inlined   into the loop that calls it, however long it is: loops with calls in them do not vectorise
    """
    if function is None:
        return partial(_kernel, parallel=parallel, disjoint=disjoint, inlined=inlined, uses=uses)
    # numpy error model: a zero division yields inf, which the residual check catches, instead of an exception
    # half-way through an update (and vector code is possible). fastmath stays off: it deletes NaN checks.
    compiled: Any = njit(cache=True, error_model="numpy", nogil=True, parallel=parallel, forceinline=inlined)(
        function
    )
    if disjoint and hasattr(compiled, "_compiler"):
        compiled._compiler._customize_flags = _without_aliases
    if uses and hasattr(compiled, "_cache"):  # a plain function where compilation is switched off
        index = compiled._cache._cache_file
        index._source_stamp = (index._source_stamp, *(_stamp(module) for module in uses))
    return compiled


def _without_aliases(flags: Any) -> Any:
    flags.noalias = True
    return flags


def _stamp(module: ModuleType) -> tuple[float, int]:
    state = Path(str(module.__file__)).stat()
    return state.st_mtime, state.st_size


kernel: Any = partial(_kernel, parallel=False)
# For loops over a row of many arrays: to look each time whether they overlap costs a tenth of the loop.
disjoint_kernel: Any = partial(_kernel, disjoint=True)
# An index out of bounds raises in one thread, where in several the error is lost or crashes the interpreter.
parallel_kernel: Any = partial(_kernel, parallel=not config.BOUNDSCHECK)  # type: ignore[attr-defined]
