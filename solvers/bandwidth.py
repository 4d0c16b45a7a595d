"""Memory bandwidth of the machine: the measure against which kernels that stream arrays are held."""

from __future__ import annotations

import time

import numpy as np

from solvers._jit import parallel_kernel, prange

ELEMENTS = 12_000_000  # three arrays of 96 MB: beyond the caches
BYTES = 24  # an element: two read, one written


@parallel_kernel
def _triad(b, c, factor, a):  # type: ignore[no-untyped-def]
    for n in prange(a.size):
        a[n] = b[n] + factor * c[n]


def triad_bandwidth(elements: int = ELEMENTS) -> float:
    """Bytes a second of a = b + s c (McCalpin's STREAM, 1995), best of eight, by all threads."""
    a, b, c = np.zeros(elements), np.ones(elements), np.full(elements, 2.0)
    _triad(b, c, 3.0, a)
    times = []
    for _ in range(8):
        start = time.perf_counter()
        _triad(b, c, 3.0, a)
        times.append(time.perf_counter() - start)
    assert a[-1] == 7.0
    return BYTES * elements / min(times)
