"""Compilation policy of every kernel in the project: the only file that names Numba's decorator."""

from functools import partial
from typing import Any

from numba import njit, prange

# numpy error model: a zero division yields inf, which the residual check catches, instead of an exception
# half-way through an update (and vector code is possible). fastmath stays off: it deletes NaN checks.
kernel: Any = partial(njit, cache=True, error_model="numpy", nogil=True)
parallel_kernel: Any = partial(njit, cache=True, error_model="numpy", nogil=True, parallel=True)

__all__ = ["kernel", "parallel_kernel", "prange"]
