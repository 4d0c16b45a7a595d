"""Whether all values of a field are where they can be."""

import numpy as np

from solvers._jit import parallel_kernel, prange


@parallel_kernel
def count_outside(shape, fluid, u, v, w, fastest, theta, low, high, partial):
    """partial[k] = nodes of plane k where a speed [m/s] or, in air, theta [K] is outside or no number."""
    n_z, n_y, n_x = shape
    plane = (n_x + 3) * (n_y + 3)
    real = u.dtype.type
    most, coldest, hottest = real(fastest), real(low), real(high)
    for k in prange(n_z + 3):
        start = np.uint64(k * plane)
        bad = 0
        for n in range(start, start + np.uint64(plane)):
            slow = abs(u[n]) <= most and abs(v[n]) <= most and abs(w[n]) <= most
            mild = (theta[n] >= coldest and theta[n] <= hottest) or not fluid[n]
            bad += 0 if slow and mild else 1
        partial[k] = bad
