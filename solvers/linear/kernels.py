"""Kernels of the Poisson solver on a padded box: Laplacian, Chebyshev smoother, grid transfer, CG updates.

A cell field is a flat array over a padded box of (nz + 3, ny + 3, nx + 3) cells: one ghost layer on the
low side, two on the high side, x contiguous. Cell n's low neighbours are n - 1, n - sy, n - sz. g_x[n] is
the conductance of the face between n - 1 and n (0: no connection), so the operator of a cell is

    (A x)_n = sum over six faces of g (x_n - x_neighbour) + sink_n x_n

Conductances of ghost faces are 0 and so are fields in ghost cells; so the rows of a plane are run through as
one long vector loop, ghosts between them included. On coarse levels arrays go on behind the box with the
nodes of split cells (kernels of patches.py). Inner indices are unsigned: with signed ones Numba's
wrap-around test turns vector loads into gathers. Sums go into eight accumulators, because without fastmath
a single one cannot be vectorised; they are made per plane and added in order by the caller, so no result
depends on the thread count.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange

ONE = np.uint64(1)
TWO = np.uint64(2)
THREE = np.uint64(3)
FOUR = np.uint64(4)
FIVE = np.uint64(5)
SIX = np.uint64(6)
SEVEN = np.uint64(7)


@kernel
def _sum_of_products(a, b, start, stop):
    """Sum of a b over a range, in float64 and eight accumulators."""
    t0 = t1 = t2 = t3 = t4 = t5 = t6 = t7 = 0.0
    whole = start + (stop - start) // np.uint64(8) * np.uint64(8)
    for n in range(start, whole, np.uint64(8)):
        t0 += np.float64(a[n]) * b[n]
        t1 += np.float64(a[n + ONE]) * b[n + ONE]
        t2 += np.float64(a[n + TWO]) * b[n + TWO]
        t3 += np.float64(a[n + THREE]) * b[n + THREE]
        t4 += np.float64(a[n + FOUR]) * b[n + FOUR]
        t5 += np.float64(a[n + FIVE]) * b[n + FIVE]
        t6 += np.float64(a[n + SIX]) * b[n + SIX]
        t7 += np.float64(a[n + SEVEN]) * b[n + SEVEN]
    for n in range(whole, stop):
        t0 += np.float64(a[n]) * b[n]
    return ((t0 + t1) + (t2 + t3)) + ((t4 + t5) + (t6 + t7))


@parallel_kernel
def apply_laplacian(shape, g_x, g_y, g_z, sink, x, out, partial):
    """out = A x; partial[k] = sum over plane k of x out."""
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
                g_x[n] * (c - x[n - ONE])
                + g_x[n + ONE] * (c - x[n + ONE])
                + g_y[n] * (c - x[n - sy])
                + g_y[n + sy] * (c - x[n + sy])
                + g_z[n] * (c - x[n - sz])
                + g_z[n + sz] * (c - x[n + sz])
                + sink[n] * c
            )
        partial[kk] = _sum_of_products(x, out, start, stop)


@parallel_kernel
def residual(shape, g_x, g_y, g_z, sink, b, x, out, partial):
    """out = b - A x; partial[k] = sum over plane k of out^2."""
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
        partial[kk] = _sum_of_products(out, out, start, stop)


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


@parallel_kernel
def smooth_zero(shape, g_x, g_y, g_z, inverse, b, first, along, weight, x):
    """Both steps from a zero guess: y = first b / diagonal, x = along y + weight (b - A y) / diagonal."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy = np.uint64(row)
    sz = np.uint64(plane)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        for n in range(start, start + np.uint64(n_y * row)):
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


@parallel_kernel
def smooth_first(shape, g_x, g_y, g_z, inverse, b, weight, x, out):
    """out = x + weight (b - A x) / diagonal."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy = np.uint64(row)
    sz = np.uint64(plane)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        for n in range(start, start + np.uint64(n_y * row)):
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


@parallel_kernel
def smooth_second(shape, g_x, g_y, g_z, inverse, b, along, weight, x, before):
    """before = before + along (x - before) + weight (b - A x) / diagonal."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy = np.uint64(row)
    sz = np.uint64(plane)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        for n in range(start, start + np.uint64(n_y * row)):
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
def defect(shape, g_x, g_y, g_z, sink, b, x, out):
    """out = b - A x."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy = np.uint64(row)
    sz = np.uint64(plane)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        for n in range(start, start + np.uint64(n_y * row)):
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


@parallel_kernel
def restrict(shape, coarse_shape, step_x, step_y, step_z, fine, coarse):
    """coarse = sum of the step_x step_y step_z fine cells inside (ghosts beyond an odd end hold 0)."""
    n_y, n_x = shape[1], shape[2]
    m_z, m_y, m_x = coarse_shape
    row = n_x + 3
    coarse_row = m_x + 3
    for kk in prange(m_z):
        k = np.int64(kk) * step_z + 1
        for jj in range(m_y):
            j = jj * step_y + 1
            out = np.uint64(((np.int64(kk) + 1) * (m_y + 3) + jj + 1) * coarse_row + 1)
            for dk in range(step_z):
                for dj in range(step_y):
                    base = np.uint64(((k + dk) * (n_y + 3) + j + dj) * row + 1)
                    first = dk + dj == 0
                    if step_x == 2:
                        for i in range(np.uint64(m_x)):
                            pair = fine[base + TWO * i] + fine[base + TWO * i + ONE]
                            coarse[out + i] = pair if first else coarse[out + i] + pair
                    else:
                        for i in range(np.uint64(m_x)):
                            one = fine[base + i]
                            coarse[out + i] = one if first else coarse[out + i] + one


@parallel_kernel
def prolong(shape, coarse_shape, step_x, step_y, step_z, inverse, coarse, fine):
    """fine += the value of the coarse cell around it, in cells that take part (inverse > 0)."""
    n_z, n_y, n_x = shape
    m_y, m_x = coarse_shape[1], coarse_shape[2]
    row = n_x + 3
    zero = np.float32(0.0)
    for kk in prange(n_z):
        k = np.int64(kk) // step_z + 1
        for jj in range(n_y):
            n = np.uint64(((np.int64(kk) + 1) * (n_y + 3) + jj + 1) * row + 1)
            m = np.uint64((k * (m_y + 3) + jj // step_y + 1) * (m_x + 3) + 1)
            if step_x == 2:
                for i in range(np.uint64(m_x)):
                    value = coarse[m + i]
                    a = n + TWO * i
                    fine[a] += value if inverse[a] > zero else zero
                    fine[a + ONE] += value if inverse[a + ONE] > zero else zero
            else:
                for i in range(np.uint64(m_x)):
                    fine[n + i] += coarse[m + i] if inverse[n + i] > zero else zero


@parallel_kernel
def coarsen_faces(shape, coarse_shape, axis, step_x, step_y, step_z, ratio, regular, fine, coarse):
    """Conductance of the coarse faces normal to `axis`.

    The fine faces lying in a coarse face add up, but for those whose bit in `regular` is not set; `ratio`
    (fine over coarse distance of the cell centres across the face, by coarse index) accounts for the longer
    path.
    """
    n_z, n_y, n_x = shape
    m_z, m_y, m_x = coarse_shape
    row = n_x + 3
    bit = np.uint8(1 << axis)
    for kk in prange(m_z):
        k = np.int64(kk) * step_z + 1
        k_end = k + 1 if axis == 2 else min(k + step_z, n_z + 1)
        for jj in range(m_y):
            j = jj * step_y + 1
            j_end = j + 1 if axis == 1 else min(j + step_y, n_y + 1)
            out = ((np.int64(kk) + 1) * (m_y + 3) + jj + 1) * (m_x + 3) + 1
            for ii in range(m_x):
                i = ii * step_x + 1
                i_end = i + 1 if axis == 0 else min(i + step_x, n_x + 1)
                total = np.float32(0.0)
                for k_fine in range(k, k_end):
                    for j_fine in range(j, j_end):
                        base = (k_fine * (n_y + 3) + j_fine) * row
                        for n in range(base + i, base + i_end):
                            if regular[n] & bit:
                                total += fine[n]
                if axis == 0:
                    total *= ratio[ii + 1]
                elif axis == 1:
                    total *= ratio[jj + 1]
                else:
                    total *= ratio[np.int64(kk) + 1]
                coarse[out + ii] = total


@parallel_kernel
def cg_start(shape, x, p):
    """x = p = 0."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        for n in range(start, start + np.uint64(n_y * row)):
            x[n] = np.float32(0.0)
            p[n] = np.float32(0.0)


@parallel_kernel
def cg_advance(shape, alpha, p, q, x, r, partial):
    """x += alpha p; r -= alpha q; partial[k] = sum over plane k of r^2."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        stop = start + np.uint64(n_y * row)
        for n in range(start, stop):
            x[n] += alpha * p[n]
            r[n] -= alpha * q[n]
        partial[kk] = _sum_of_products(r, r, start, stop)


@parallel_kernel
def dot(shape, a, b, partial):
    """partial[k] = sum over plane k of a b."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        stop = start + np.uint64(n_y * row)
        partial[kk] = _sum_of_products(a, b, start, stop)


@parallel_kernel
def cg_direction(shape, beta, z, p):
    """p = z + beta p."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        for n in range(start, start + np.uint64(n_y * row)):
            p[n] = z[n] + beta * p[n]


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
