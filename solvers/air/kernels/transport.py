"""Implicit convection and diffusion of one quantity on a lattice of nodes: high-order fluxes and system.

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

from solvers._jit import kernel

ONE = np.uint64(1)
TWO = np.uint64(2)

UPWIND = 0
TVD = 1
CENTRAL = 2
ROWS = 4  # of scratch, beside two planes, in `assemble_plane`


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
    """Diagonal and right side of the equation of every free node of plane k; see scalars.scalar_system.

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
