"""Projection of a step in time: net inflow and its norms; velocities, fluxes and pressure corrected."""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange

ONE = np.uint64(1)
LANES = np.uint64(32)


@kernel
def _sums(x, start, stop, squares, sizes):
    """Sums of x^2 and |x| over a range, every 32nd element, in float64."""
    squares[:] = 0.0
    sizes[:] = 0.0
    whole = start + (stop - start) // LANES * LANES
    for n in range(start, whole, LANES):
        for i in range(LANES):
            value = np.float64(x[n + i])
            squares[i] += value * value
            sizes[i] += abs(value)
    for n in range(whole, stop):
        value = np.float64(x[n])
        squares[n - whole] += value * value
        sizes[n - whole] += abs(value)


@kernel
def _squares(x, start, stop, squares):
    """Sums of x^2 over a range, every 32nd element, in float64."""
    squares[:] = 0.0
    whole = start + (stop - start) // LANES * LANES
    for n in range(start, whole, LANES):
        for i in range(LANES):
            value = np.float64(x[n + i])
            squares[i] += value * value
    for n in range(whole, stop):
        value = np.float64(x[n])
        squares[n - whole] += value * value


@parallel_kernel
def imbalance(shape, fluid, area_x, area_y, area_z, u, v, w, out, squares, sizes):
    """out = net inflow of the cells with air by their face velocities [m3/s], else 0; rounded to float32.

    squares, sizes   (nz, 32): each row adds up to the sum over a plane of out^2, of |out|
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z):
        plane = (np.int64(kk) + 1) * (n_y + 3)
        for j in range(1, n_y + 1):
            start = np.uint64((plane + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                net = (
                    (area_x[n] * u[n] - area_x[n + ONE] * u[n + ONE])
                    + (area_y[n] * v[n] - area_y[n + sy] * v[n + sy])
                    + (area_z[n] * w[n] - area_z[n + sz] * w[n + sz])
                )
                out[n] = np.float32(net) if fluid[n] else np.float32(0.0)
        start = np.uint64((plane + 1) * row)
        _sums(out, start, start + np.uint64(n_y * row), squares[kk], sizes[kk])


@parallel_kernel
def imbalance_left(
    shape,
    fluid,
    area_x,
    area_y,
    area_z,
    u,
    v,
    w,
    g_x,
    g_y,
    g_z,
    sink,
    potential,
    out,
    squares,
    sizes,
    left,
):
    """`imbalance`, less what a guess of the potential takes of it; all but `out` in float32.

    squares, sizes  of the imbalance; left: of `out`, squares
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z):
        plane = (np.int64(kk) + 1) * (n_y + 3)
        for j in range(1, n_y + 1):
            start = np.uint64((plane + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                net = (
                    (area_x[n] * u[n] - area_x[n + ONE] * u[n + ONE])
                    + (area_y[n] * v[n] - area_y[n + sy] * v[n + sy])
                    + (area_z[n] * w[n] - area_z[n + sz] * w[n + sz])
                )
                out[n] = np.float32(net) if fluid[n] else np.float32(0.0)
        start = np.uint64((plane + 1) * row)
        stop = start + np.uint64(n_y * row)
        _sums(out, start, stop, squares[kk], sizes[kk])
        for n in range(start, stop):
            c = potential[n]
            out[n] = (
                out[n]
                - g_x[n] * (c - potential[n - ONE])
                - g_x[n + ONE] * (c - potential[n + ONE])
                - g_y[n] * (c - potential[n - sy])
                - g_y[n + sy] * (c - potential[n + sy])
                - g_z[n] * (c - potential[n - sz])
                - g_z[n + sz] * (c - potential[n + sz])
                - sink[n] * c
            )
        _squares(out, start, stop, left[kk])


@parallel_kernel
def correct(
    shape,
    rate,
    area_x,
    area_y,
    area_z,
    mobility_x,
    mobility_y,
    mobility_z,
    potential,
    u,
    v,
    w,
    flux_x,
    flux_y,
    flux_z,
    pressure,
):
    """velocity += area mobility (difference of the potential); fluxes follow; pressure += rate potential."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    real = u.dtype.type
    per_step = real(rate)
    for kk in prange(n_z + 1):
        plane = (np.int64(kk) + 1) * (n_y + 3)
        for j in range(1, n_y + 2):
            start = np.uint64((plane + j) * row + 1)
            stop = start + np.uint64(n_x + 1)
            for n in range(start, stop):
                new = u[n] + area_x[n] * mobility_x[n] * real(potential[n - ONE] - potential[n])
                u[n] = new
                flux_x[n] = area_x[n] * new
            for n in range(start, stop):
                new = v[n] + area_y[n] * mobility_y[n] * real(potential[n - sy] - potential[n])
                v[n] = new
                flux_y[n] = area_y[n] * new
            for n in range(start, stop):
                new = w[n] + area_z[n] * mobility_z[n] * real(potential[n - sz] - potential[n])
                w[n] = new
                flux_z[n] = area_z[n] * new
            for n in range(start, stop):
                pressure[n] += per_step * real(potential[n])
