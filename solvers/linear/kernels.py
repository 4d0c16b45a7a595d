"""Kernels of the Poisson solver on a padded box: Laplacian, Chebyshev smoother, grid transfer, CG updates.

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
TWO = np.uint64(2)
LANES = np.uint64(32)
QUARTER = np.float32(0.25)
# bits of a cell's flags: 0 to 2, the face below it is summed by coarsen_faces; then interpolation by axis;
# then whether the cell belongs to the part of its coarse cell that stands in the coarse box
X_LINE = np.uint8(1 << 3)
Y_LINE = np.uint8(1 << 4)
Z_LINE = np.uint8(1 << 5)
OWN = np.uint8(1 << 6)


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
def narrow(shape, factor, source, target):
    """target = factor source, float64 to float32."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z + 1):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        for n in range(start, start + np.uint64((n_y + 1) * row)):
            target[n] = np.float32(factor * source[n])


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
def _where(flags, n, bit, value):
    return value if flags[n] & bit else np.float32(0.0)


@parallel_kernel
def restrict(shape, coarse_shape, step_x, step_y, step_z, flags, fine, scratch, coarse):
    """The transpose of `prolong`, written into the coarse box. scratch (coarse nz, 2, nx + 3)."""
    n_y, n_x = shape[1], shape[2]
    m_z, m_y, m_x = coarse_shape
    row = np.uint64(n_x + 3)
    for kk in prange(m_z):
        k = np.int64(kk) * step_z + 1
        total = scratch[kk, 0]  # a row of fine cells, summed over the rows of the coarse cell
        aside = scratch[kk, 1]  # what the neighbours along x receive
        for jj in range(m_y):
            j = jj * step_y + 1
            total[:] = np.float32(0.0)
            aside[:] = np.float32(0.0)
            for dk in range(-1 if step_z == 2 else 0, 3 if step_z == 2 else 1):
                out_z = dk < 0 or dk == step_z
                for dj in range(-1 if step_y == 2 else 0, 3 if step_y == 2 else 1):
                    out_y = dj < 0 or dj == step_y
                    if out_y and out_z:
                        continue
                    base = np.uint64((k + dk) * (n_y + 3) + j + dj) * row
                    if out_y or out_z:
                        bit = Y_LINE if out_y else Z_LINE
                        for i in range(row):
                            total[i] += QUARTER * _where(flags, base + i, bit, fine[base + i])
                    else:
                        for i in range(row):
                            n = base + i
                            value = fine[n]
                            total[i] += _where(flags, n, OWN, value) - QUARTER * (
                                _where(flags, n, Y_LINE, value) + _where(flags, n, Z_LINE, value)
                            )
                            aside[i] += QUARTER * _where(flags, n, X_LINE, value)
            out = np.uint64(((np.int64(kk) + 1) * (m_y + 3) + jj + 1) * (m_x + 3) + 1)
            if step_x == 2:
                for i in range(np.uint64(m_x)):
                    a = TWO * i + ONE
                    coarse[out + i] = (
                        total[a]
                        + total[a + ONE]
                        - aside[a]
                        - aside[a + ONE]
                        + aside[a - ONE]
                        + aside[a + TWO]
                    )
            else:
                for i in range(np.uint64(m_x)):
                    coarse[out + i] = total[i + ONE]


@parallel_kernel
def prolong(shape, coarse_shape, step_x, step_y, step_z, flags, coarse, fine):
    """fine += values interpolated from the coarse box.

    A fine cell takes the value of its coarse cell, and along each axis on which its flag says so a quarter
    of the way to the coarse cell on its other side: linear on a uniform grid, constant beside walls, panels
    and split cells.
    """
    n_z, n_y, n_x = shape
    m_y, m_x = coarse_shape[1], coarse_shape[2]
    row = n_x + 3
    coarse_row = m_x + 3
    coarse_plane = coarse_row * (m_y + 3)
    for kk in prange(n_z):
        k = np.int64(kk) // step_z + 1
        k_next = k if step_z == 1 else (k + 1 if np.int64(kk) % 2 else k - 1)
        for jj in range(n_y):
            j = jj // step_y + 1
            j_next = j if step_y == 1 else (j + 1 if jj % 2 else j - 1)
            n = np.uint64(((np.int64(kk) + 1) * (n_y + 3) + jj + 1) * row + 1)
            m = np.uint64(k * coarse_plane + j * coarse_row + 1)
            m_y_next = np.uint64(k * coarse_plane + j_next * coarse_row + 1)
            m_z_next = np.uint64(k_next * coarse_plane + j * coarse_row + 1)
            if step_x == 2:
                for i in range(np.uint64(m_x)):
                    own = coarse[m + i]
                    to_y = QUARTER * (coarse[m_y_next + i] - own)
                    to_z = QUARTER * (coarse[m_z_next + i] - own)
                    low = QUARTER * (coarse[m + i - ONE] - own)
                    high = QUARTER * (coarse[m + i + ONE] - own)
                    a = n + TWO * i
                    c = a + ONE
                    fine[a] += (
                        _where(flags, a, OWN, own)
                        + _where(flags, a, X_LINE, low)
                        + _where(flags, a, Y_LINE, to_y)
                        + _where(flags, a, Z_LINE, to_z)
                    )
                    fine[c] += (
                        _where(flags, c, OWN, own)
                        + _where(flags, c, X_LINE, high)
                        + _where(flags, c, Y_LINE, to_y)
                        + _where(flags, c, Z_LINE, to_z)
                    )
            else:
                for i in range(np.uint64(n_x)):
                    own = coarse[m + i]
                    fine[n + i] += (
                        _where(flags, n + i, OWN, own)
                        + _where(flags, n + i, Y_LINE, QUARTER * (coarse[m_y_next + i] - own))
                        + _where(flags, n + i, Z_LINE, QUARTER * (coarse[m_z_next + i] - own))
                    )


@parallel_kernel
def coarsen_faces(shape, coarse_shape, axis, step_x, step_y, step_z, ratio, flags, fine, coarse):
    """Conductance of the coarse faces normal to `axis`.

    The fine faces lying in a coarse face add up, but for those whose bit in `flags` is not set; `ratio`
    (fine over coarse distance of the cell centres across the face, by coarse index) accounts for the longer
    path.
    """
    n_y, n_x = shape[1], shape[2]
    m_z, m_y, m_x = coarse_shape
    bit = np.uint8(1 << axis)
    zero = np.float32(0.0)
    # of two cells joined along the axis itself, only the face below the first one counts
    rows_z = 1 if axis == 2 else step_z
    rows_y = 1 if axis == 1 else step_y
    pairs = axis != 0 and step_x == 2
    step = np.uint64(step_x)
    for kk in prange(m_z):
        K = np.int64(kk) + 1
        for jj in range(m_y):
            out = np.uint64((K * (m_y + 3) + jj + 1) * (m_x + 3) + 1)
            for dk in range(rows_z):
                for dj in range(rows_y):
                    k = np.int64(kk) * step_z + 1 + dk
                    base = np.uint64((k * (n_y + 3) + jj * step_y + 1 + dj) * (n_x + 3) + 1)
                    first = dk + dj == 0
                    if pairs:
                        for i in range(np.uint64(m_x)):
                            n = base + TWO * i
                            low = fine[n] if flags[n] & bit else zero
                            high = fine[n + ONE] if flags[n + ONE] & bit else zero
                            coarse[out + i] = low + high if first else coarse[out + i] + (low + high)
                    else:
                        for i in range(np.uint64(m_x)):
                            n = base + step * i
                            one = fine[n] if flags[n] & bit else zero
                            coarse[out + i] = one if first else coarse[out + i] + one
            if axis == 0:
                for i in range(np.uint64(m_x)):
                    coarse[out + i] *= ratio[i + ONE]
            else:
                factor = ratio[jj + 1] if axis == 1 else ratio[K]
                for i in range(np.uint64(m_x)):
                    coarse[out + i] *= factor


@parallel_kernel
def set_zero(shape, x):
    """x = 0."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        for n in range(start, start + np.uint64(n_y * row)):
            x[n] = np.float32(0.0)


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


@parallel_kernel
def add_scaled(shape, factor, source, target):
    """target += factor source, float32 to float64."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        for n in range(start, start + np.uint64(n_y * row)):
            target[n] += factor * source[n]


@parallel_kernel
def region_sums(shape, region, x, partial):
    """partial[k, m] = sum of x over the cells of plane k with region[n] = m (negative: none)."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z):
        start = (np.int64(kk) + 1) * plane
        partial[kk, :] = 0.0
        for n in range(start, start + plane):
            if region[n] >= 0:
                partial[kk, region[n]] += x[n]


@parallel_kernel
def region_shift(shape, region, mean, x):
    """x -= mean of the cell's region."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z):
        start = (np.int64(kk) + 1) * plane
        for n in range(start, start + plane):
            if region[n] >= 0:
                x[n] -= mean[region[n]]
