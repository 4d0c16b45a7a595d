"""Kernels between the boxes of two levels: restriction, prolongation, coarse conductances.

Layout and index types as in kernels.py. What lies outside the boxes: patches.py.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange

ONE = np.uint64(1)
TWO = np.uint64(2)
QUARTER = np.float32(0.25)
# bits of a cell's flags: 0 to 2, the face below it is summed by coarsen_faces; then interpolation by axis;
# then whether the cell belongs to the part of its coarse cell that stands in the coarse box
X_LINE = np.uint8(1 << 3)
Y_LINE = np.uint8(1 << 4)
Z_LINE = np.uint8(1 << 5)
OWN = np.uint8(1 << 6)


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
