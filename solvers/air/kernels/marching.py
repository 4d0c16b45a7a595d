"""Levels of time: what a field is guessed to become, what its inertia carries, what it has stored."""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange

LANES = np.uint64(32)


@kernel
def _shift(start, stop, r, least, present, before):
    for n in range(start, stop):
        now = present[n]
        guess = now + r * (now - before[n])
        present[n] = max(guess, least * now)
        before[n] = now


@parallel_kernel
def shift_eddies(shape, ratio, share, k, k_0, epsilon, epsilon_0, viscosity, viscosity_0):
    """Make room for the next level of time of k, epsilon and the viscosity.

    ratio    step ahead over the last step; 0 for a step of first order
    share    a guess is at least this share of the present value
    k, ...   in: phi_n; out: the guess (1 + r) phi_n - r phi_n-1
    k_0, ... in: phi_n-1; out: phi_n
    """
    n_z, n_y, n_x = shape
    plane = (n_x + 3) * (n_y + 3)
    r = k.dtype.type(ratio)
    least = k.dtype.type(share)
    for z in prange(n_z + 3):
        start = np.uint64(z * plane)
        stop = start + np.uint64(plane)
        _shift(start, stop, r, least, k, k_0)
        _shift(start, stop, r, least, epsilon, epsilon_0)
        _shift(start, stop, r, least, viscosity, viscosity_0)


@kernel
def _shift_flow(start, stop, r, area, present, before, flux):
    for n in range(start, stop):
        now = present[n]
        guess = now + r * (now - before[n])
        present[n] = guess
        before[n] = now
        flux[n] = area[n] * guess


@parallel_kernel
def shift_flow(shape, ratio, area_x, area_y, area_z, u, v, w, u_0, v_0, w_0, flux_x, flux_y, flux_z):
    """`shift_eddies` for velocities, without a least share, and the fluxes of the guesses."""
    n_z, n_y, n_x = shape
    plane = (n_x + 3) * (n_y + 3)
    r = u.dtype.type(ratio)
    for k in prange(n_z + 3):
        start = np.uint64(k * plane)
        stop = start + np.uint64(plane)
        _shift_flow(start, stop, r, area_x, u, u_0, flux_x)
        _shift_flow(start, stop, r, area_y, v, v_0, flux_y)
        _shift_flow(start, stop, r, area_z, w, w_0, flux_z)


@parallel_kernel
def shift_heat(shape, ratio, lead, present, before, old):
    """The same for theta; old = phi_n + lead (guess - phi_n), what inertia carries."""
    n_z, n_y, n_x = shape
    plane = (n_x + 3) * (n_y + 3)
    r, ahead = present.dtype.type(ratio), present.dtype.type(lead)
    for k in prange(n_z + 3):
        start = np.uint64(k * plane)
        for n in range(start, start + np.uint64(plane)):
            now = present[n]
            change = r * (now - before[n])
            present[n] = now + change
            before[n] = now
            old[n] = now + ahead * change


@parallel_kernel
def largest_exchange(shape, fluid, volume, flux_x, flux_y, flux_z, g_x, g_y, g_z, nu, passing, mixing):
    """Largest rates of exchange of a cell with its neighbours by plane [1/s], in float64.

    passing  half the sum of |flux| over the volume; mixing: that, and what diffuses
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    one = np.uint64(1)
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z + 3):
        k = np.int64(kk)
        most_passing = 0.0
        most_mixing = 0.0
        if k >= 1 and k <= n_z:
            for j in range(1, n_y + 1):
                start = np.uint64((k * (n_y + 3) + j) * row + 1)
                for n in range(start, start + np.uint64(n_x)):
                    if not fluid[n]:
                        continue
                    through = abs(flux_x[n]) + abs(flux_x[n + one])
                    through += abs(flux_y[n]) + abs(flux_y[n + sy])
                    through += abs(flux_z[n]) + abs(flux_z[n + sz])
                    spread = g_x[n] * (nu[n - one] + nu[n]) + g_x[n + one] * (nu[n] + nu[n + one])
                    spread += g_y[n] * (nu[n - sy] + nu[n]) + g_y[n + sy] * (nu[n] + nu[n + sy])
                    spread += g_z[n] * (nu[n - sz] + nu[n]) + g_z[n + sz] * (nu[n] + nu[n + sz])
                    most_passing = max(most_passing, through / volume[n])
                    most_mixing = max(most_mixing, (through + spread) / volume[n])
        passing[k] = 0.5 * most_passing
        mixing[k] = 0.5 * most_mixing


@parallel_kernel
def guess_potential(shape, factor, pressure, before, potential):
    """potential = factor (pressure - before), what the last step found; before = pressure."""
    n_z, n_y, n_x = shape
    plane = (n_x + 3) * (n_y + 3)
    share = pressure.dtype.type(factor)
    for k in prange(n_z + 3):
        start = np.uint64(k * plane)
        for n in range(start, start + np.uint64(plane)):
            potential[n] = share * (pressure[n] - before[n])
            before[n] = pressure[n]


@parallel_kernel
def volume_sum(shape, volume, a, b, partial):
    """partial[k] adds up to the sum over plane k of volume (a - b), in float64; (nz, 32)."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    for kk in prange(n_z):
        start = np.uint64(((np.int64(kk) + 1) * (n_y + 3) + 1) * row)
        stop = start + np.uint64(n_y * row)
        whole = start + (stop - start) // LANES * LANES
        lane = partial[kk]
        lane[:] = 0.0
        for n in range(start, whole, LANES):
            for i in range(LANES):
                lane[i] += np.float64(volume[n + i]) * np.float64(a[n + i] - b[n + i])
        for n in range(whole, stop):
            lane[n - whole] += np.float64(volume[n]) * np.float64(a[n] - b[n])
