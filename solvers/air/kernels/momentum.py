"""Links and forces of a velocity component on the staggered lattice; the same kernel serves all three.

For the component along axis a, node n is the low a-face of cell n; its control volume reaches from the
centre of cell n - sa to that of cell n. Across its a-faces (cell centres) the volume flux is the mean of two
node fluxes; across the faces of another axis b it is half of the two cells' b-face fluxes each, so that the
control volume's continuity is the mean of its two cells' and holds exactly when theirs does. Diffusion takes
the half-face conductances in the same way: a closed half (panel, solid) conducts nothing to the neighbour
and instead drags on the node through the wall shear of `momentum_forces`.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange
from solvers.air.kernels import transport


@kernel
def _links_along(start, end, a, flux, h, nu, low, high):
    """Links of a row along the component's own axis."""
    real = nu.dtype.type
    zero, half = real(0.0), real(0.5)
    for n in range(start, end):
        m = n - a
        f = half * (flux[m] + flux[n])
        d = nu[m] * h[m]
        low[n] = d + max(f, zero)
        high[n] = d + max(-f, zero)


@kernel
def _links_across(start, end, a, s, flux, g, nu, low, high):
    """Links of a row across the faces of another axis than the component's own, of stride s."""
    real = nu.dtype.type
    zero, half, quarter = real(0.0), real(0.5), real(0.25)
    for n in range(start, end):
        m = n - a
        f = half * (flux[m] + flux[n])
        d = quarter * (g[m] * (nu[m - s] + nu[m]) + g[n] * (nu[n - s] + nu[n]))
        low[n] = d + max(f, zero)
        high[n] = d + max(-f, zero)


@kernel
def _plane(shape, k, a, b, c, fluxes, g_b, g_c, h_a, nu, lows, highs):
    """Links of the nodes of plane k, in the order a, b, c of the axes."""
    _, n_y, n_x = shape
    for j in range(1, n_y + 3):
        start = np.uint64((k * (n_y + 3) + j) * (n_x + 3) + 1)
        end = start + np.uint64(n_x + 2)
        _links_along(start, end, a, fluxes[0], h_a, nu, lows[0], highs[0])
        _links_across(start, end, a, b, fluxes[1], g_b, nu, lows[1], highs[1])
        _links_across(start, end, a, c, fluxes[2], g_c, nu, lows[2], highs[2])


@parallel_kernel(uses=(transport,))
def momentum_system(
    shape,
    scheme,
    spacing_x,
    spacing_y,
    spacing_z,
    sa,
    sb,
    sc,
    flux_a,
    flux_b,
    flux_c,
    g_b,
    g_c,
    h_a,
    nu,
    low_a,
    high_a,
    low_b,
    high_b,
    low_c,
    high_c,
    free,
    control,
    phi,
    before,
    source,
    sink,
    inverse_step,
    relaxation,
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
    response,
    first_step,
):
    """Links, diagonal and right side of one component (see scalars.scalar_system for what they mean).

    sa, sb, sc  strides of the component's own axis and of the two others
    flux        volume flux through the low cell faces of each axis [m3/s]
    g_b, g_c    open area over centre distance of the low cell faces [m]
    h_a         face area over width of a cell along a [m]; 0 in solids
    nu          effective kinematic viscosity of the cells [m2/s]
    low, high   the same arrays twice: by a, b, c and by x, y, z
    """
    n_z = shape[0]
    stride_a, stride_b, stride_c = np.uint64(sa), np.uint64(sb), np.uint64(sc)
    fluxes = (flux_a, flux_b, flux_c)
    lows, highs = (low_a, low_b, low_c), (high_a, high_b, high_c)
    planes = n_z + 1
    chunks = min(rows.shape[0], planes)
    for c in prange(chunks):
        begin = 1 + planes * np.int64(c) // chunks
        stop = 1 + planes * (np.int64(c) + 1) // chunks
        for k in range(begin, min(begin + 2, stop)):
            _plane(shape, k, stride_a, stride_b, stride_c, fluxes, g_b, g_c, h_a, nu, lows, highs)
        if stop > planes:
            _plane(shape, stop, stride_a, stride_b, stride_c, fluxes, g_b, g_c, h_a, nu, lows, highs)
    for c in prange(chunks):
        begin = 1 + planes * np.int64(c) // chunks
        stop = 1 + planes * (np.int64(c) + 1) // chunks
        for k in range(begin, stop):
            if k + 2 < stop:
                _plane(shape, k + 2, stride_a, stride_b, stride_c, fluxes, g_b, g_c, h_a, nu, lows, highs)
            transport.assemble_plane(
                shape,
                k,
                k == begin,
                scheme,
                spacing_x,
                spacing_y,
                spacing_z,
                low_x,
                high_x,
                low_y,
                high_y,
                low_z,
                high_z,
                free,
                control,
                phi,
                before,
                source,
                sink,
                inverse_step,
                relaxation,
                lead,
                rows[c],
                inverse,
                b,
                response,
                first_step,
            )


@parallel_kernel
def momentum_forces(
    shape,
    sa,
    area,
    shear_b,
    shear_c,
    pressure,
    volume,
    theta,
    theta_reference,
    lift,
    source,
    sink,
):
    """Pressure force, buoyancy and wall drag on the nodes of one component.

    area      of the low a-face of a cell [m2]
    shear_b, _c  wall area of half a cell normal to the other axes times viscosity over distance [m3/s]
    pressure  kinematic, p / rho [m2/s2]
    volume    of the cells [m3]; theta their temperature above a reference [K]
    lift      gravity times expansion for the vertical component [m/s2/K], else 0
    source    [m4/s2] = [m3/s][m/s]; sink [m3/s]
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    a = np.uint64(sa)
    real = pressure.dtype.type
    neutral, half_lift = real(theta_reference), real(0.5 * lift)
    for kk in prange(n_z + 1):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 2):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            end = start + np.uint64(n_x + 1)
            for n in range(start, end):
                m = n - a
                sink[n] = (shear_b[m] + shear_c[m]) + (shear_b[n] + shear_c[n])
                source[n] = area[n] * (pressure[m] - pressure[n])
            if lift != 0.0:
                for n in range(start, end):
                    m = n - a
                    warm = volume[m] * (theta[m] - neutral) + volume[n] * (theta[n] - neutral)
                    source[n] += half_lift * warm
