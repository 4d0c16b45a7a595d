"""Kernels of the Poisson solver: conductance Laplacian, Chebyshev smoother, grid transfer, CG updates.

A cell field is a flat array over a padded box of (nz + 3, ny + 3, nx + 3) cells: one ghost layer on the
low side, two on the high side, x contiguous. Cell n's low neighbours are n - 1, n - sy, n - sz. g_x[n] is
the conductance of the face between n - 1 and n (0: no connection), so the operator of a cell is

    (A x)_n = sum over six faces of g (x_n - x_neighbour) + extra_n x_n

Inner indices are unsigned: with signed ones Numba's wrap-around test turns vector loads into gathers.
Reductions are made per plane k and summed in order by the caller, so no result depends on thread count.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange

ONE = np.uint64(1)


@parallel_kernel
def apply_laplacian(shape, g_x, g_y, g_z, extra, x, out, partial):
    """out = A x; partial[k] = sum over plane k of x out."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        total = 0.0
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                c = x[n]
                value = (
                    g_x[n] * (c - x[n - ONE])
                    + g_x[n + ONE] * (c - x[n + ONE])
                    + g_y[n] * (c - x[n - sy])
                    + g_y[n + sy] * (c - x[n + sy])
                    + g_z[n] * (c - x[n - sz])
                    + g_z[n + sz] * (c - x[n + sz])
                    + extra[n] * c
                )
                out[n] = value
            for n in range(start, start + np.uint64(n_x)):
                total += x[n] * out[n]
        partial[k] = total


@parallel_kernel
def invert_diagonal(shape, g_x, g_y, g_z, extra, inverse):
    """inverse = 1 / diagonal of A; 0 in cells without any connection."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                d = g_x[n] + g_x[n + ONE] + g_y[n] + g_y[n + sy] + g_z[n] + g_z[n + sz] + extra[n]
                inverse[n] = np.float32(1.0) / d if d > np.float32(0.0) else np.float32(0.0)


@parallel_kernel
def narrow(shape, source, target):
    """Copy a float64 field into a float32 field, interior cells and one high layer."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    for kk in prange(n_z + 1):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 2):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x + 1)):
                target[n] = np.float32(source[n])


@parallel_kernel
def chebyshev_first(shape, inverse, b, weight, x, z):
    """First smoothing step from a zero guess: x = z = weight b / diagonal."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                value = weight * inverse[n] * b[n]
                x[n] = value
                z[n] = value


@parallel_kernel
def chebyshev_next(shape, g_x, g_y, g_z, extra, inverse, b, momentum, weight, x, z, x_new):
    """One step: z = momentum z + weight (b - A x) / diagonal; x_new = x + z."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                c = x[n]
                residual = (
                    b[n]
                    - g_x[n] * (c - x[n - ONE])
                    - g_x[n + ONE] * (c - x[n + ONE])
                    - g_y[n] * (c - x[n - sy])
                    - g_y[n + sy] * (c - x[n + sy])
                    - g_z[n] * (c - x[n - sz])
                    - g_z[n + sz] * (c - x[n + sz])
                    - extra[n] * c
                )
                step = momentum * z[n] + weight * inverse[n] * residual
                z[n] = step
                x_new[n] = c + step


@parallel_kernel
def residual(shape, g_x, g_y, g_z, extra, b, x, out):
    """out = b - A x."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                c = x[n]
                out[n] = (
                    b[n]
                    - g_x[n] * (c - x[n - ONE])
                    - g_x[n + ONE] * (c - x[n + ONE])
                    - g_y[n] * (c - x[n - sy])
                    - g_y[n + sy] * (c - x[n + sy])
                    - g_z[n] * (c - x[n - sz])
                    - g_z[n + sz] * (c - x[n + sz])
                    - extra[n] * c
                )


@parallel_kernel
def restrict_sum(shape, coarse_shape, first_x, first_y, first_z, fine, coarse):
    """coarse = sum of the fine cells inside; first_a[I] is the first fine index of coarse index I."""
    n_y, n_x = shape[1], shape[2]
    m_z, m_y, m_x = coarse_shape
    row = n_x + 3
    coarse_row = m_x + 3
    for kk in prange(m_z):
        K = np.int64(kk) + 1
        for J in range(1, m_y + 1):
            out = (K * (m_y + 3) + J) * coarse_row
            for I in range(1, m_x + 1):
                coarse[out + I] = 0
            for k in range(first_z[K], first_z[K + 1]):
                for j in range(first_y[J], first_y[J + 1]):
                    base = (k * (n_y + 3) + j) * row
                    for I in range(1, m_x + 1):
                        total = coarse[out + I]
                        for i in range(first_x[I], first_x[I + 1]):
                            total += fine[base + i]
                        coarse[out + I] = total


@parallel_kernel
def prolong_add(shape, coarse_shape, parent_x, parent_y, parent_z, inverse, coarse, fine):
    """fine += the value of the coarse cell around it, in cells that take part (inverse > 0)."""
    n_z, n_y, n_x = shape
    m_y, m_x = coarse_shape[1], coarse_shape[2]
    row = n_x + 3
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            base = (k * (n_y + 3) + j) * row
            source = (parent_z[k] * (m_y + 3) + parent_y[j]) * (m_x + 3)
            for i in range(1, n_x + 1):
                if inverse[base + i] > 0:
                    fine[base + i] += coarse[source + parent_x[i]]


@parallel_kernel
def coarsen_faces(shape, coarse_shape, axis, first_x, first_y, first_z, ratio, fine, coarse):
    """Conductance of the coarse faces normal to `axis`.

    The fine faces lying in a coarse face add up; `ratio` (fine over coarse distance of the cell centres
    across the face, by coarse index) accounts for the longer path.
    """
    n_y, n_x = shape[1], shape[2]
    m_z, m_y, m_x = coarse_shape
    row = n_x + 3
    for kk in prange(m_z):
        K = np.int64(kk) + 1
        k_end = first_z[K] + 1 if axis == 2 else first_z[K + 1]
        for J in range(1, m_y + 1):
            j_end = first_y[J] + 1 if axis == 1 else first_y[J + 1]
            out = (K * (m_y + 3) + J) * (m_x + 3)
            for I in range(1, m_x + 1):
                i_end = first_x[I] + 1 if axis == 0 else first_x[I + 1]
                total = fine[0] * 0
                for k in range(first_z[K], k_end):
                    for j in range(first_y[J], j_end):
                        base = (k * (n_y + 3) + j) * row
                        for i in range(first_x[I], i_end):
                            total += fine[base + i]
                if axis == 0:
                    total *= ratio[I]
                elif axis == 1:
                    total *= ratio[J]
                else:
                    total *= ratio[K]
                coarse[out + I] = total


@kernel
def coarsest_solve(shape, g_x, g_y, g_z, extra, inverse, b, sweeps, x):
    """Symmetric Gauss-Seidel from a zero guess on the coarsest level."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = row
    sz = row * (n_y + 3)
    x[:] = 0
    cells = n_z * n_y * n_x
    for sweep in range(2 * sweeps):
        for m in range(cells):
            c = m if sweep % 2 == 0 else cells - 1 - m
            k = c // (n_y * n_x)
            j = (c // n_x) % n_y
            n = ((k + 1) * (n_y + 3) + j + 1) * row + c % n_x + 1
            x[n] = inverse[n] * (
                b[n]
                + g_x[n] * x[n - 1]
                + g_x[n + 1] * x[n + 1]
                + g_y[n] * x[n - sy]
                + g_y[n + sy] * x[n + sy]
                + g_z[n] * x[n - sz]
                + g_z[n + sz] * x[n + sz]
            )


@parallel_kernel
def cg_advance(shape, alpha, p, q, x, r, r_narrow, partial):
    """x += alpha p; r -= alpha q; r_narrow = r; partial[k] = sum over plane k of r^2."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        total = 0.0
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                x[n] += alpha * p[n]
                value = r[n] - alpha * q[n]
                r[n] = value
                r_narrow[n] = np.float32(value)
            for n in range(start, start + np.uint64(n_x)):
                total += r[n] * r[n]
        partial[k] = total


@parallel_kernel
def cg_dot(shape, r, z, partial):
    """partial[k] = sum over plane k of r z (z float32)."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        total = 0.0
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                total += r[n] * z[n]
        partial[k] = total


@parallel_kernel
def cg_direction(shape, beta, z, p):
    """p = z + beta p."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                p[n] = z[n] + beta * p[n]
