"""Transport of what lives in cells, temperature and turbulence: links, and the whole system in one pass.

See kernels.transport for what links, diagonal and right side are.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange
from solvers.air.kernels import transport

ONE = np.uint64(1)


@kernel
def _scalar_links(start, end, s, flux, conductance, nu, molecular, half_turbulent, low, high):
    """Links of a row of cells across their low faces of one axis, of stride s; none where closed."""
    zero = low.dtype.type(0.0)
    for n in range(start, end):
        g = conductance[n]
        f = flux[n] if g > zero else zero
        d = g * (molecular + half_turbulent * (nu[n - s] + nu[n]))
        low[n] = d + max(f, zero)
        high[n] = d + max(-f, zero)


@parallel_kernel
def scalar_links(shape, flux, conductance, viscosity, laminar, prandtl, prandtl_turbulent, stride, low, high):
    """Links of a cell quantity across the faces of one axis, closed faces excluded.

    flux        volume flux through the low face [m3/s]
    conductance open area over centre distance of the low face [m]; 0 where closed
    viscosity   effective kinematic viscosity of the cells [m2/s]; laminar: its molecular part
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sa = np.uint64(stride)
    real = low.dtype.type
    molecular = real(laminar / prandtl - laminar / prandtl_turbulent)
    half_turbulent = real(0.5 / prandtl_turbulent)
    for kk in prange(n_z + 1):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 2):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            end = start + np.uint64(n_x + 1)
            _scalar_links(start, end, sa, flux, conductance, viscosity, molecular, half_turbulent, low, high)


@parallel_kernel
def clear_sources(shape, source, sink):
    """source = sink = 0."""
    n_z, n_y, n_x = shape
    plane = (n_x + 3) * (n_y + 3)
    zero = source.dtype.type(0.0)
    for k in prange(n_z + 3):
        start = np.uint64(k * plane)
        for n in range(start, start + np.uint64(plane)):
            source[n] = zero
            sink[n] = zero


@parallel_kernel
def add_given(shape, given, source):
    """source += given, in float64."""
    n_z, n_y, n_x = shape
    plane = (n_x + 3) * (n_y + 3)
    for k in prange(n_z + 3):
        start = np.uint64(k * plane)
        for n in range(start, start + np.uint64(plane)):
            source[n] += given[n]


@parallel_kernel
def add_given_above_zero(shape, given, phi, source, sink):
    """The same for a phi that stays above 0: what is taken is a sink of that size at the present phi."""
    n_z, n_y, n_x = shape
    plane = (n_x + 3) * (n_y + 3)
    for k in prange(n_z + 3):
        start = np.uint64(k * plane)
        for n in range(start, start + np.uint64(plane)):
            source[n] += max(given[n], 0.0)
            sink[n] += max(-given[n], 0.0) / phi[n] if phi[n] > 0.0 else 0.0


@kernel
def _scalar_plane(shape, k, fluxes, conductances, nu, molecular, half_turbulent, lows, highs):
    """Links of the cells of plane k across all their low faces."""
    _, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for j in range(1, n_y + 2):
        a = np.uint64((k * (n_y + 3) + j) * row + 1)
        e = a + np.uint64(n_x + 1)
        _scalar_links(a, e, ONE, fluxes[0], conductances[0], nu, molecular, half_turbulent, lows[0], highs[0])
        _scalar_links(a, e, sy, fluxes[1], conductances[1], nu, molecular, half_turbulent, lows[1], highs[1])
        _scalar_links(a, e, sz, fluxes[2], conductances[2], nu, molecular, half_turbulent, lows[2], highs[2])


@parallel_kernel(uses=(transport,))
def scalar_system(
    shape,
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
    viscosity,
    laminar,
    prandtl,
    prandtl_turbulent,
    free,
    volume,
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
    """Links, diagonal and right side of the implicit equation of a cell quantity, plane after plane.

    Inertia  I = volume * inverse_step + relaxation * sum(weights)  carries the value
    before + lead (phi - before): that of the last iteration, or in time (4 phi_n - phi_n-1) / 3, with
    inverse_step 3 / (2 dt), which is BDF2; there phi is the guess 2 phi_n - phi_n-1 and lead 1/3.
        (sum(weights) + sink + I) phi = sum(weights phi_neighbour) + b

    scheme    UPWIND, TVD (van Leer's harmonic slope, J. Comput. Phys. 14 (1974) 361, zero at a wall or an
              extremum) or CENTRAL; beyond upwind by deferred correction with the present phi
    spacing   (3, nodes) by axis: from the node below a face to the face, from its own node to the face
              (negative), inverse distance of the two [m, m, 1/m]
    viscosity and what else makes the links as in `scalar_links`
    rows      scratch: one row a thread, of four rows and two planes; their number does not move the result
    inverse   1 / (sum(weights) + sink + I); 0 where the node is not free, so that it keeps its value
    b         source + high-order fluxes + I old
    response  1 / (sink + I): SIMPLEC's answer to a force (Van Doormaal and Raithby 1984); 0 if not free
    first_step  phi after a step of Jacobi's iteration. Either may be empty: then it is not made
    """
    n_z = shape[0]
    real = low_x.dtype.type
    molecular = real(laminar / prandtl - laminar / prandtl_turbulent)
    half_turbulent = real(0.5 / prandtl_turbulent)
    fluxes, conductances = (flux_x, flux_y, flux_z), (g_x, g_y, g_z)
    lows, highs = (low_x, low_y, low_z), (high_x, high_y, high_z)
    planes = n_z + 1
    chunks = min(rows.shape[0], planes)
    # every chunk needs the links of two planes beyond its own: the first two of all chunks come first
    for c in prange(chunks):
        begin = 1 + planes * np.int64(c) // chunks
        for k in range(begin, min(begin + 2, 1 + planes * (np.int64(c) + 1) // chunks)):
            _scalar_plane(shape, k, fluxes, conductances, viscosity, molecular, half_turbulent, lows, highs)
    for c in prange(chunks):
        begin = 1 + planes * np.int64(c) // chunks
        stop = 1 + planes * (np.int64(c) + 1) // chunks
        for k in range(begin, stop):
            if k + 2 < stop:
                _scalar_plane(
                    shape, k + 2, fluxes, conductances, viscosity, molecular, half_turbulent, lows, highs
                )
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
                volume,
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
