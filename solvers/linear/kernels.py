"""Kernels of the Poisson solver on a padded box: Laplacian, Chebyshev smoother, CG updates.

A cell field is a flat array over a padded box of (nz + 3, ny + 3, nx + 3) cells: one ghost layer on the
low side, two on the high side, x contiguous. Cell n's low neighbours are n - 1, n - sy, n - sz. g_x[n] is
the conductance of the face between n - 1 and n (0: no connection), so the operator of a cell is

    (A x)_n = sum over six faces of g (x_n - x_neighbour) + sink_n x_n

Conductances of ghost faces are 0 and so are fields in ghost cells; so the rows of a plane are run through as
one long vector loop, ghosts between them included. On coarse levels arrays go on behind the box with the
nodes of split cells (kernels of patches.py). Inner indices are unsigned: with signed ones Numba's
wrap-around test turns vector loads into gathers. Sums are kept in 32 lanes a plane, `partial` (nz, 32): with
one accumulator they would not be vectorised, and so no result depends on the thread count.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange

ONE = np.uint64(1)
LANES = np.uint64(32)


@kernel
def _sum_products(a, b, start, stop, lane):
    """lane[i] = sum of a b over a range, every 32nd element, in float64."""
    lane[:] = 0.0
    whole = start + (stop - start) // LANES * LANES
    for n in range(start, whole, LANES):
        for i in range(LANES):
            lane[i] += np.float64(a[n + i]) * np.float64(b[n + i])
    for n in range(whole, stop):
        lane[n - whole] += np.float64(a[n]) * np.float64(b[n])


@kernel
def _apply(start, stop, sy, sz, g_x, g_y, g_z, sink, x, out):
    for n in range(start, stop):
        c = x[n]
        out[n] = (
            g_x[n] * (c - x[n - ONE])
            + g_x[n + ONE] * (c - x[n + ONE])
            + g_y[n] * (c - x[n - sy])
            + g_y[n + sy] * (c - x[n + sy])
            + g_z[n] * (c - x[n - sz])
            + g_z[n + sz] * (c - x[n + sz])
            + sink[n] * c
        )


@parallel_kernel
def apply_laplacian(shape, g_x, g_y, g_z, sink, x, out, partial):
    """out = A x; partial[k] adds up to the sum over plane k of x out."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        stop = start + np.uint64(n_y * row)
        _apply(start, stop, np.uint64(row), np.uint64(plane), g_x, g_y, g_z, sink, x, out)
        _sum_products(x, out, start, stop, partial[kk])


@parallel_kernel
def residual(shape, g_x, g_y, g_z, sink, b, x, out, partial):
    """out = b - A x; partial[k] adds up to the sum over plane k of out^2."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy = np.uint64(row)
    sz = np.uint64(plane)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        stop = start + np.uint64(n_y * row)
        for n in range(start, stop):
            c = x[n]
            out[n] = (
                b[n]
                - g_x[n] * (c - x[n - ONE])
                - g_x[n + ONE] * (c - x[n + ONE])
                - g_y[n] * (c - x[n - sy])
                - g_y[n + sy] * (c - x[n + sy])
                - g_z[n] * (c - x[n - sz])
                - g_z[n + sz] * (c - x[n + sz])
                - sink[n] * c
            )
        _sum_products(out, out, start, stop, partial[kk])


@parallel_kernel
def invert_diagonal(shape, g_x, g_y, g_z, sink, inverse):
    """inverse = 1 / diagonal of A; 0 in cells without any connection."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy = np.uint64(row)
    sz = np.uint64(plane)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        for n in range(start, start + np.uint64(n_y * row)):
            d = g_x[n] + g_x[n + ONE] + g_y[n] + g_y[n + sy] + g_z[n] + g_z[n + sz] + sink[n]
            inverse[n] = np.float32(1.0) / d if d > np.float32(0.0) else np.float32(0.0)


@kernel
def _zero(start, stop, sy, sz, g_x, g_y, g_z, inverse, b, first, along, weight, x):
    for n in range(start, stop):
        inflow = (
            g_x[n] * (inverse[n - ONE] * b[n - ONE])
            + g_x[n + ONE] * (inverse[n + ONE] * b[n + ONE])
            + g_y[n] * (inverse[n - sy] * b[n - sy])
            + g_y[n + sy] * (inverse[n + sy] * b[n + sy])
            + g_z[n] * (inverse[n - sz] * b[n - sz])
            + g_z[n + sz] * (inverse[n + sz] * b[n + sz])
        )
        c = first * inverse[n] * b[n]
        x[n] = along * c + weight * (inverse[n] * (b[n] + first * inflow) - c)


@kernel
def _defect(start, stop, sy, sz, g_x, g_y, g_z, sink, b, x, out):
    for n in range(start, stop):
        c = x[n]
        out[n] = (
            b[n]
            - g_x[n] * (c - x[n - ONE])
            - g_x[n + ONE] * (c - x[n + ONE])
            - g_y[n] * (c - x[n - sy])
            - g_y[n + sy] * (c - x[n + sy])
            - g_z[n] * (c - x[n - sz])
            - g_z[n + sz] * (c - x[n + sz])
            - sink[n] * c
        )


@kernel
def _first(start, stop, sy, sz, g_x, g_y, g_z, inverse, b, weight, x, out):
    for n in range(start, stop):
        total = (
            b[n]
            + g_x[n] * x[n - ONE]
            + g_x[n + ONE] * x[n + ONE]
            + g_y[n] * x[n - sy]
            + g_y[n + sy] * x[n + sy]
            + g_z[n] * x[n - sz]
            + g_z[n + sz] * x[n + sz]
        )
        out[n] = x[n] + weight * (inverse[n] * total - x[n])


@kernel
def _second(start, stop, sy, sz, g_x, g_y, g_z, inverse, b, along, weight, x, before):
    for n in range(start, stop):
        total = (
            b[n]
            + g_x[n] * x[n - ONE]
            + g_x[n + ONE] * x[n + ONE]
            + g_y[n] * x[n - sy]
            + g_y[n + sy] * x[n + sy]
            + g_z[n] * x[n - sz]
            + g_z[n + sz] * x[n + sz]
        )
        before[n] += along * (x[n] - before[n]) + weight * (inverse[n] * total - x[n])


@parallel_kernel
def smooth_zero(shape, g_x, g_y, g_z, inverse, b, first, along, weight, x):
    """Both steps from a zero guess: y = first b / diagonal, x = along y + weight (b - A y) / diagonal."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy, sz = np.uint64(row), np.uint64(plane)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        stop = start + np.uint64(n_y * row)
        _zero(start, stop, sy, sz, g_x, g_y, g_z, inverse, b, first, along, weight, x)


@parallel_kernel
def defect(shape, g_x, g_y, g_z, sink, b, x, out):
    """out = b - A x."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy, sz = np.uint64(row), np.uint64(plane)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        _defect(start, start + np.uint64(n_y * row), sy, sz, g_x, g_y, g_z, sink, b, x, out)


@parallel_kernel
def smooth_first(shape, g_x, g_y, g_z, inverse, b, weight, x, out):
    """out = x + weight (b - A x) / diagonal."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy, sz = np.uint64(row), np.uint64(plane)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        _first(start, start + np.uint64(n_y * row), sy, sz, g_x, g_y, g_z, inverse, b, weight, x, out)


@parallel_kernel
def smooth_second(shape, g_x, g_y, g_z, inverse, b, along, weight, x, before):
    """before += along (x - before) + weight (b - A x) / diagonal."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy, sz = np.uint64(row), np.uint64(plane)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        stop = start + np.uint64(n_y * row)
        _second(start, stop, sy, sz, g_x, g_y, g_z, inverse, b, along, weight, x, before)


# Two passes in one: the second follows a plane behind the first, while the plane is still in the cache. The
# first and last planes of each chunk wait until all chunks have made their first pass; so the values are
# those of two passes, whatever the number of chunks.


@parallel_kernel
def smooth_zero_defect(shape, chunks, g_x, g_y, g_z, sink, inverse, b, first, along, weight, x, out):
    """`smooth_zero` and `defect`."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy, sz = np.uint64(row), np.uint64(plane)
    length = np.uint64(n_y * row)
    for c in prange(chunks):
        low = n_z * np.int64(c) // chunks
        for k in range(low, n_z * (np.int64(c) + 1) // chunks):
            n = np.uint64((k + 1) * plane + row)
            _zero(n, n + length, sy, sz, g_x, g_y, g_z, inverse, b, first, along, weight, x)
            if k - 1 > low:
                n -= sz
                _defect(n, n + length, sy, sz, g_x, g_y, g_z, sink, b, x, out)
    for c in prange(chunks):
        low = n_z * np.int64(c) // chunks
        last = n_z * (np.int64(c) + 1) // chunks - 1
        n = np.uint64((low + 1) * plane + row)
        _defect(n, n + length, sy, sz, g_x, g_y, g_z, sink, b, x, out)
        if last > low:
            n = np.uint64((last + 1) * plane + row)
            _defect(n, n + length, sy, sz, g_x, g_y, g_z, sink, b, x, out)


@parallel_kernel
def smooth_both(shape, chunks, g_x, g_y, g_z, inverse, b, first, along, weight, x, other, partial):
    """`smooth_first` and `smooth_second`: the answer is in x; partial[k] adds up to the sum of b x."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy, sz = np.uint64(row), np.uint64(plane)
    length = np.uint64(n_y * row)
    for c in prange(chunks):
        low = n_z * np.int64(c) // chunks
        for k in range(low, n_z * (np.int64(c) + 1) // chunks):
            n = np.uint64((k + 1) * plane + row)
            _first(n, n + length, sy, sz, g_x, g_y, g_z, inverse, b, first, x, other)
            if k - 1 > low:
                n -= sz
                _second(n, n + length, sy, sz, g_x, g_y, g_z, inverse, b, along, weight, other, x)
                _sum_products(b, x, n, n + length, partial[k - 1])
    for c in prange(chunks):
        low = n_z * np.int64(c) // chunks
        last = n_z * (np.int64(c) + 1) // chunks - 1
        n = np.uint64((low + 1) * plane + row)
        _second(n, n + length, sy, sz, g_x, g_y, g_z, inverse, b, along, weight, other, x)
        _sum_products(b, x, n, n + length, partial[low])
        if last > low:
            n = np.uint64((last + 1) * plane + row)
            _second(n, n + length, sy, sz, g_x, g_y, g_z, inverse, b, along, weight, other, x)
            _sum_products(b, x, n, n + length, partial[last])


@kernel
def _turn(start, stop, alpha, beta, z, p, x):
    for n in range(start, stop):
        before = p[n]
        x[n] += alpha * before
        p[n] = z[n] + beta * before


@parallel_kernel
def cg_direction(shape, chunks, alpha, beta, z, g_x, g_y, g_z, sink, p, x, out, partial):
    """x += alpha p; p = z + beta p; out = A p; partial[k] adds up to the sum over plane k of p out."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy, sz = np.uint64(row), np.uint64(plane)
    length = np.uint64(n_y * row)
    for c in prange(chunks):
        low = n_z * np.int64(c) // chunks
        for k in range(low, n_z * (np.int64(c) + 1) // chunks):
            n = np.uint64((k + 1) * plane + row)
            _turn(n, n + length, alpha, beta, z, p, x)
            if k - 1 > low:
                n -= sz
                _apply(n, n + length, sy, sz, g_x, g_y, g_z, sink, p, out)
                _sum_products(p, out, n, n + length, partial[k - 1])
    for c in prange(chunks):
        low = n_z * np.int64(c) // chunks
        last = n_z * (np.int64(c) + 1) // chunks - 1
        n = np.uint64((low + 1) * plane + row)
        _apply(n, n + length, sy, sz, g_x, g_y, g_z, sink, p, out)
        _sum_products(p, out, n, n + length, partial[low])
        if last > low:
            n = np.uint64((last + 1) * plane + row)
            _apply(n, n + length, sy, sz, g_x, g_y, g_z, sink, p, out)
            _sum_products(p, out, n, n + length, partial[last])


@parallel_kernel
def cg_advance(shape, alpha, q, r, partial):
    """r -= alpha q; partial[k] adds up to the sum over plane k of r^2."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        stop = start + np.uint64(n_y * row)
        for n in range(start, stop):
            r[n] -= alpha * q[n]
        _sum_products(r, r, start, stop, partial[kk])


@parallel_kernel
def dot(shape, a, b, partial):
    """partial[k] adds up to the sum over plane k of a b."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        stop = start + np.uint64(n_y * row)
        _sum_products(a, b, start, stop, partial[kk])
