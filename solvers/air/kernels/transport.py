"""Implicit convection and diffusion of one quantity on a lattice of nodes: links, system, sweeps.

A lattice is a flat array over a padded box (see solvers.air.lattice). Node n has low neighbours n - 1,
n - sy, n - sz. For each axis two arrays hold the links across the LOW face of n,

    low[n]   weight of node n - s in the equation of n       D + max(F, 0)
    high[n]  weight of node n in the equation of n - s       D + max(-F, 0)

with F the volume flux [m3/s] and D the diffusion conductance [m3/s]; so F = low - high, D = min(low, high).
The steady equation of a node, with the discrete continuity equation subtracted, is

    sum(weights) phi_n + sink phi_n = sum(weights phi_neighbour) + source + (high-order minus upwind fluxes)

(Patankar, Numerical Heat Transfer and Fluid Flow, 1980, ch. 5). Components of velocity and temperature
share these kernels: only the links differ.

The kernels follow the precision of their arrays: constants are cast to it, or float32 would be promoted.
Loops over a row write one or two arrays, so that they vectorise.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange

ONE = np.uint64(1)
TWO = np.uint64(2)

UPWIND = 0
TVD = 1
CENTRAL = 2
ROWS = 4  # of scratch, beside two planes, in `assemble_plane`


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


@kernel
def _limited(f, open_, linked_low, linked_high, gradient, far_low, far_high, before, after, zero, two):
    """van Leer's deferred flux: the upwind node's slope is the harmonic mean of its one-sided gradients."""
    forward = f > zero
    far = far_low if forward else far_high
    linked = linked_low if forward else linked_high
    reach = before if forward else after
    product = far * gradient
    # the sum is not zero where the product is positive
    slope = two * product / (far + gradient)
    return f * slope * reach if (open_ and linked and product > zero) else zero


@kernel
def _deferred_along_x(scheme, origin, n_x, spacing, low, high, phi, to, out):
    """out[to + i] = high-order minus upwind flux through the low x-faces i = 1..n_x + 2 of a row."""
    real = phi.dtype.type
    zero, two = real(0.0), real(2.0)
    out[to + ONE] = zero
    out[to + np.uint64(n_x + 2)] = zero
    for i in range(TWO, np.uint64(n_x + 2)):
        n = origin + i
        f = low[n] - high[n]
        open_ = min(low[n], high[n]) > zero
        before = spacing[0, i]
        gradient = (phi[n] - phi[n - ONE]) * spacing[2, i]
        if scheme == TVD:
            # both sides are computed, so that the loop has no branches
            out[to + i] = _limited(
                f,
                open_,
                min(low[n - ONE], high[n - ONE]) > zero,
                min(low[n + ONE], high[n + ONE]) > zero,
                gradient,
                (phi[n - ONE] - phi[n - TWO]) * spacing[2, i - ONE],
                (phi[n + ONE] - phi[n]) * spacing[2, i + ONE],
                before,
                spacing[1, i],
                zero,
                two,
            )
        else:
            upwind = phi[n - ONE] if f > zero else phi[n]
            out[to + i] = f * (phi[n - ONE] + gradient * before - upwind) if open_ else zero


@kernel
def _deferred_across(scheme, origin, n_x, s, place, last, spacing, low, high, phi, to, out):
    """The same through the low y- or z-faces of a row; place: the row's index along that axis, up to last."""
    real = phi.dtype.type
    zero, two = real(0.0), real(2.0)
    if place < 2 or place > last:
        for i in range(ONE, np.uint64(n_x + 2)):
            out[to + i] = zero
        return
    before, after = spacing[0, place], spacing[1, place]
    inverse_low, inverse, inverse_high = spacing[2, place - 1], spacing[2, place], spacing[2, place + 1]
    for i in range(ONE, np.uint64(n_x + 2)):
        n = origin + i
        f = low[n] - high[n]
        open_ = min(low[n], high[n]) > zero
        gradient = (phi[n] - phi[n - s]) * inverse
        if scheme == TVD:
            out[to + i] = _limited(
                f,
                open_,
                min(low[n - s], high[n - s]) > zero,
                min(low[n + s], high[n + s]) > zero,
                gradient,
                (phi[n - s] - phi[n - s - s]) * inverse_low,
                (phi[n + s] - phi[n]) * inverse_high,
                before,
                after,
                zero,
                two,
            )
        else:
            upwind = phi[n - s] if f > zero else phi[n]
            out[to + i] = f * (phi[n - s] + gradient * before - upwind) if open_ else zero


@kernel
def _step(origin, end, sy, sz, low_x, high_x, low_y, high_y, low_z, high_z, inverse, b, phi, out):
    """out = Jacobi's step from phi in a row; phi where the node is not free."""
    zero = phi.dtype.type(0.0)
    for i in range(ONE, end):
        n = origin + i
        value = inverse[n] * (
            b[n]
            + low_x[n] * phi[n - ONE]
            + high_x[n + ONE] * phi[n + ONE]
            + low_y[n] * phi[n - sy]
            + high_y[n + sy] * phi[n + sy]
            + low_z[n] * phi[n - sz]
            + high_z[n + sz] * phi[n + sz]
        )
        out[n] = value if inverse[n] > zero else phi[n]


@kernel
def assemble_plane(
    shape,
    k,
    first,
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
    rows,
    inverse,
    b,
    response,
    first_step,
):
    """Diagonal and right side of the implicit equation of every free node of plane k; see `scalar_system`.

    Needs the links of planes k to k + 2. Fluxes of the plane's high faces are left in `rows` for the next
    plane; `first`: there is no last one.
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    end = np.uint64(n_x + 2)
    real = phi.dtype.type
    zero, one = real(0.0), real(1.0)
    rate, share, ahead = real(inverse_step), real(relaxation), real(lead)
    inertia = np.uint64(0)
    x_low = inertia + sy
    y_low = x_low + sy
    y_high = y_low + sy
    below = y_high + sy + (sz if k % 2 == 1 else np.uint64(0))
    above = y_high + sy + (sz if k % 2 == 0 else np.uint64(0))
    if scheme != UPWIND:
        origin = np.uint64((k * (n_y + 3) + 1) * row)
        _deferred_across(scheme, origin, n_x, sy, 1, n_y, spacing_y, low_y, high_y, phi, y_high, rows)
    for j in range(1, n_y + 2):
        origin = np.uint64((k * (n_y + 3) + j) * row)
        for i in range(ONE, end):
            n = origin + i
            weights = low_x[n] + high_x[n + ONE] + low_y[n] + high_y[n + sy] + low_z[n] + high_z[n + sz]
            held = volume[n] * rate + share * weights
            diagonal = weights + sink[n] + held
            is_free = free[n] and diagonal > zero
            rows[inertia + i] = held
            inverse[n] = one / diagonal if is_free else zero
        if response.size > 0:
            for i in range(ONE, end):
                n = origin + i
                answer = one / (sink[n] + rows[inertia + i])
                response[n] = answer if inverse[n] > zero else zero
        if scheme == UPWIND:
            for i in range(ONE, end):
                n = origin + i
                b[n] = source[n] + rows[inertia + i] * (before[n] + ahead * (phi[n] - before[n]))
            if first_step.size > 0:
                _step(
                    origin,
                    end,
                    sy,
                    sz,
                    low_x,
                    high_x,
                    low_y,
                    high_y,
                    low_z,
                    high_z,
                    inverse,
                    b,
                    phi,
                    first_step,
                )
            continue
        y_low, y_high = y_high, y_low
        z_low = below + np.uint64(j * row)
        z_high = above + np.uint64(j * row)
        if first:
            _deferred_across(scheme, origin, n_x, sz, k, n_z + 1, spacing_z, low_z, high_z, phi, z_low, rows)
        _deferred_along_x(scheme, origin, n_x, spacing_x, low_x, high_x, phi, x_low, rows)
        _deferred_across(
            scheme, origin + sy, n_x, sy, j + 1, n_y + 1, spacing_y, low_y, high_y, phi, y_high, rows
        )
        _deferred_across(
            scheme, origin + sz, n_x, sz, k + 1, n_z + 1, spacing_z, low_z, high_z, phi, z_high, rows
        )
        for i in range(ONE, end):
            n = origin + i
            b[n] = (
                source[n]
                + rows[inertia + i] * (before[n] + ahead * (phi[n] - before[n]))
                + (rows[x_low + i] - rows[x_low + i + ONE])
                + (rows[y_low + i] - rows[y_high + i])
                + (rows[z_low + i] - rows[z_high + i])
            )
        if first_step.size > 0:
            _step(
                origin, end, sy, sz, low_x, high_x, low_y, high_y, low_z, high_z, inverse, b, phi, first_step
            )


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


@parallel_kernel
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
            assemble_plane(
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
