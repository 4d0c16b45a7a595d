"""A step in time of one quantity in one pass over memory: links, system, Jacobi's step and a sweep.

The answer is that of kernels.sweeps.sweep_rows on the assembled system, bit by bit. But the sweep follows two
planes behind the assembly, so that links and system live in the cache, a few planes of each chunk: its first
four planes have places of their own in the work arrays, the others take turns in the next four. Planes on
either side of where two chunks meet are swept when all have been assembled.
"""

import numpy as np

from solvers._jit import disjoint_kernel, kernel, parallel_kernel, prange
from solvers.air.kernels import march_assembly as made

ONE = np.uint64(1)
NONE = np.uint64(0)
LEAST = 8  # planes of a chunk


@kernel
def _place(begin, k):
    """Plane of the work arrays for plane k of the chunk that starts at `begin`."""
    ahead = k - begin
    return k if ahead < 4 else begin + 4 + (ahead - 4) % 4


@disjoint_kernel
def _sweep_row(n, m, up, end, sy, lows, highs, inverse, b, stepped, to_low, low, to_high, high, phi):
    """New values of a row: phi below in its plane, `stepped` beside and above, `low` and `high` along z."""
    zero = phi.dtype.type(0.0)
    low_x, low_y, low_z = lows
    high_x, high_y, high_z = highs
    for i in range(ONE, end):
        inv = inverse[m + i]
        value = inv * (
            b[m + i]
            + low_x[m + i] * stepped[m + i - ONE]
            + high_x[m + i + ONE] * stepped[m + i + ONE]
            + low_y[m + i] * phi[n + i - sy]
            + high_y[m + i + sy] * stepped[m + i + sy]
            + low_z[m + i] * low[to_low + i]
            + high_z[up + i] * high[to_high + i]
        )
        phi[n + i] = value if inv > zero else stepped[m + i]


@disjoint_kernel
def _sweep(shape, p, here, above, low_at, high_at, lows, highs, inverse, b, stepped, phi):
    """Sweep plane p, the odd ones from Jacobi's values on either side, the even ones from swept values.

    here, above      planes of the work arrays with its links and those of its high z-faces
    low_at, high_at  with Jacobi's values of the planes below and above
    """
    n_y, n_x = shape[1], shape[2]
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    end = np.uint64(n_x + 2)
    for j in range(1, n_y + 2):
        r = np.uint64(j * row)
        n = np.uint64(p) * sz + r
        m = np.uint64(here) * sz + r
        up = np.uint64(above) * sz + r
        if p % 2 == 1:
            low = np.uint64(low_at) * sz + r
            high = np.uint64(high_at) * sz + r
            _sweep_row(n, m, up, end, sy, lows, highs, inverse, b, stepped, low, stepped, high, stepped, phi)
        else:
            _sweep_row(n, m, up, end, sy, lows, highs, inverse, b, stepped, n - sz, phi, n + sz, phi, phi)


@parallel_kernel(uses=(made,))
def step(
    shape,
    own,
    scheme,
    spacing_x,
    spacing_y,
    spacing_z,
    flux_x,
    flux_y,
    flux_z,
    g_x,
    g_y,
    g_z,
    nu,
    molecular,
    turbulent,
    free,
    volume,
    phi,
    before,
    source,
    sink,
    inverse_step,
    lead,
    rows,
    low_x,
    high_x,
    low_y,
    high_y,
    low_z,
    high_z,
    inverse,
    b,
    stepped,
):
    """Take phi from its guess to the end of a step in time; the other arrays are as in kernels.scalars.

    own        CELLS, or the axis of a velocity component: then g along it is that of kernels.momentum's h_a
    molecular, turbulent  of cells: diffusivity is molecular + turbulent nu [m2/s; -]
    rows       scratch, one row a chunk, of made.ROWS rows and PLANES planes; the result does not depend on
               the number of chunks
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    real = phi.dtype.type
    constant, half_turbulent = real(molecular), real(0.5 * turbulent)
    rate, ahead = real(inverse_step), real(lead)
    strides = (ONE, np.uint64(row), np.uint64(row * (n_y + 3)))
    a = strides[own] if own != made.CELLS else NONE
    spacings = (spacing_x, spacing_y, spacing_z)
    fluxes, g = (flux_x, flux_y, flux_z), (g_x, g_y, g_z)
    lows, highs = (low_x, low_y, low_z), (high_x, high_y, high_z)
    planes = n_z + 1
    chunks = max(min(rows.shape[0], planes // LEAST), 1)
    for c in prange(chunks):
        begin = 1 + planes * np.int64(c) // chunks
        stop = 1 + planes * (np.int64(c) + 1) // chunks
        # planes that no other chunk reads while it assembles
        lowest = 1 if begin == 1 else begin + 2
        highest = planes if stop > planes else stop - 3
        last_even = planes if stop > planes else stop - 4
        first_even = 2 if begin == 1 else begin + 3
        made.z_links(shape, own, begin, begin, a, flux_z, g_z, nu, constant, half_turbulent, low_z, high_z)
        for k in range(begin, stop + 1):
            if k < stop:
                here, above = _place(begin, k), _place(begin, k + 1)
                up = k + 1
                made.z_links(
                    shape, own, up, above, a, flux_z, g_z, nu, constant, half_turbulent, low_z, high_z
                )
                made.plane_links(shape, own, k, here, a, fluxes, g, nu, constant, half_turbulent, lows, highs)
                made.assemble_plane(
                    shape,
                    k,
                    k == begin,
                    own,
                    scheme,
                    spacings,
                    g,
                    a,
                    free,
                    volume,
                    phi,
                    before,
                    source,
                    sink,
                    rate,
                    ahead,
                    rows[c],
                    here,
                    above,
                    lows,
                    highs,
                    inverse,
                    b,
                    stepped,
                )
            # an odd plane waits for the first step of the next, an even one for the sweeps beside it
            for p in range(k - 1, k - 3, -1):
                odd = p % 2 == 1
                due = lowest <= p <= highest if odd else first_even <= p <= last_even
                if due and (k % 2 == 0 or (k == stop and p == planes)):
                    _sweep(
                        shape,
                        p,
                        _place(begin, p),
                        _place(begin, p + 1),
                        _place(begin, p - 1) if p > begin else p - 1,
                        _place(begin, p + 1) if p < planes else p + 1,
                        lows,
                        highs,
                        inverse,
                        b,
                        stepped,
                        phi,
                    )
    for meeting in prange(chunks - 1):
        begin = 1 + planes * np.int64(meeting) // chunks
        middle = 1 + planes * (np.int64(meeting) + 1) // chunks
        for even in range(2):
            for p in range(middle - 2 - even, middle + 2 + even):
                if p % 2 == 1 - even:
                    _sweep(
                        shape,
                        p,
                        _place(begin, p) if p < middle else p,
                        _place(begin, p + 1) if p + 1 < middle else p + 1,
                        _place(begin, p - 1) if p - 1 < middle else p - 1,
                        _place(begin, p + 1) if p + 1 < middle else p + 1,
                        lows,
                        highs,
                        inverse,
                        b,
                        stepped,
                        phi,
                    )
