"""Kernels on single fields: copies between precisions, means of regions. Layout as in kernels.py."""

import numpy as np

from solvers._jit import parallel_kernel, prange


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
def set_zero(shape, x):
    """x = 0."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    for kk in prange(n_z):
        start = np.uint64((np.int64(kk) + 1) * plane + row)
        for n in range(start, start + np.uint64(n_y * row)):
            x[n] = np.float32(0.0)


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
