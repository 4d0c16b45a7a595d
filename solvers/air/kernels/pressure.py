"""Coupling of pressure and velocity: face response, divergence, correction."""

import numpy as np

from solvers._jit import parallel_kernel, prange

ONE = np.uint64(1)


@parallel_kernel
def face_conductance(shape, area, conductance, response, out):
    """out = area^2 response on open faces: flux [m3/s] that a unit of kinematic pressure drives."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    zero = area.dtype.type(0.0)
    for kk in prange(n_z + 1):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 2):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x + 1)):
                out[n] = area[n] * area[n] * response[n] if conductance[n] > zero else zero


@parallel_kernel
def volume_flux(shape, area, velocity, flux):
    """flux = area velocity on the low faces of one axis."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    for kk in prange(n_z + 1):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 2):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x + 1)):
                flux[n] = area[n] * velocity[n]


@parallel_kernel
def net_inflow(shape, fluid, flux_x, flux_y, flux_z, out):
    """Volume flux into each fluid cell minus that out of it [m3/s]; 0 in solids."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    zero = flux_x.dtype.type(0.0)
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                total = (
                    (flux_x[n] - flux_x[n + ONE])
                    + (flux_y[n] - flux_y[n + sy])
                    + (flux_z[n] - flux_z[n + sz])
                )
                out[n] = total if fluid[n] else zero


@parallel_kernel
def total_imbalance(shape, fluid, flux_x, flux_y, flux_z, partial):
    """partial[k] = sum over the fluid cells of plane k of |net inflow| [m3/s], in float64; ends are 0."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for k in prange(n_z + 3):
        total = 0.0
        if k >= 1 and k <= n_z:
            for j in range(1, n_y + 1):
                start = np.uint64((k * (n_y + 3) + j) * row + 1)
                for n in range(start, start + np.uint64(n_x)):
                    net = (
                        (flux_x[n] - flux_x[n + ONE])
                        + (flux_y[n] - flux_y[n + sy])
                        + (flux_z[n] - flux_z[n + sz])
                    )
                    total += abs(net) if fluid[n] else 0.0
        partial[k] = total


@parallel_kernel
def kinetic_energy(shape, control, velocity, partial):
    """partial[k] = sum over plane k of control velocity^2 / 2 [m5/s2], in float64."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    for kk in prange(n_z + 1):
        k = np.int64(kk) + 1
        total = 0.0
        for j in range(1, n_y + 2):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x + 1)):
                total += control[n] * velocity[n] * velocity[n]
        partial[k] = 0.5 * total
