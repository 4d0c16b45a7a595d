"""System of one quantity for a step in time, plane by plane, in a few planes of the work arrays.

The equations are those of kernels.momentum and kernels.scalars, to the last bit. Here links and what follows
from them do not stay: plane k of the lattice is worked on in another plane of the work arrays, as
kernels.one_pass says. What a limiter asks about closed faces is a gradient of 0 across them.
"""

import numpy as np

from solvers._jit import disjoint_kernel, kernel

ONE = np.uint64(1)
TWO = np.uint64(2)
NONE = np.uint64(0)
CELLS = -1  # own axis of what lives in cells
UPWIND = 0
TVD = 1
ROWS, PLANES = 7, 5  # of scratch: deferred fluxes, gradients


@disjoint_kernel
def _links(own, axis, origin, end, a, s, flux, g, nu, molecular, half_turbulent, to, low, high):
    """Links of a row across the faces of an axis, of stride s; a: stride of the own axis (0 for cells)."""
    real = nu.dtype.type
    zero, half, quarter = real(0.0), real(0.5), real(0.25)
    if own == CELLS:
        for i in range(ONE, end):
            n = origin + i
            f = flux[n] if g[n] > zero else zero
            d = g[n] * (molecular + half_turbulent * (nu[n - s] + nu[n]))
            low[to + i] = d + max(f, zero)
            high[to + i] = d + max(-f, zero)
    elif own == axis:
        for i in range(ONE, end):
            n = origin + i
            m = n - a
            f = half * (flux[m] + flux[n])
            d = nu[m] * g[m]
            low[to + i] = d + max(f, zero)
            high[to + i] = d + max(-f, zero)
    else:
        for i in range(ONE, end):
            n = origin + i
            m = n - a
            f = half * (flux[m] + flux[n])
            d = quarter * (g[m] * (nu[m - s] + nu[m]) + g[n] * (nu[n - s] + nu[n]))
            low[to + i] = d + max(f, zero)
            high[to + i] = d + max(-f, zero)


@disjoint_kernel
def z_links(shape, own, k, place, a, flux, g, nu, molecular, half_turbulent, low, high):
    """Links across the low z-faces of plane k, in plane `place` of the work arrays."""
    n_y, n_x = shape[1], shape[2]
    row = n_x + 3
    sz = np.uint64(row * (n_y + 3))
    end = np.uint64(n_x + 2)
    for j in range(1, n_y + 2):
        r = np.uint64(j * row)
        at, to = np.uint64(k) * sz + r, np.uint64(place) * sz + r
        _links(own, 2, at, end, a, sz, flux, g, nu, molecular, half_turbulent, to, low, high)


@disjoint_kernel
def plane_links(shape, own, k, place, a, fluxes, g, nu, molecular, half_turbulent, lows, highs):
    """Links across the x- and y-faces of plane k."""
    n_y, n_x = shape[1], shape[2]
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    end = np.uint64(n_x + 3)
    for j in range(1, n_y + 3):
        r = np.uint64(j * row)
        at, to = np.uint64(k) * sz + r, np.uint64(place) * sz + r
        _links(own, 0, at, end, a, ONE, fluxes[0], g[0], nu, molecular, half_turbulent, to, lows[0], highs[0])
        _links(own, 1, at, end, a, sy, fluxes[1], g[1], nu, molecular, half_turbulent, to, lows[1], highs[1])


@disjoint_kernel
def _gradient_along_x(own, origin, n_x, a, spacing, g, phi, to, out):
    """Gradients across the x-faces of a row; 0 where nothing passes them."""
    zero = phi.dtype.type(0.0)
    out[to + ONE] = zero
    out[to + np.uint64(n_x + 2)] = zero
    shift = ONE if own == 0 else NONE
    for i in range(TWO, np.uint64(n_x + 2)):
        n = origin + i
        value = (phi[n] - phi[n - ONE]) * spacing[2, i]
        out[to + i] = value if g[n - a] + g[n - shift] > zero else zero


@disjoint_kernel
def _gradient_across(own, axis, origin, n_x, a, s, place, last, spacing, g, phi, to, out):
    """The same across y- or z-faces; place: the row's index along that axis, up to last."""
    zero = phi.dtype.type(0.0)
    if place < 2 or place > last:
        for i in range(ONE, np.uint64(n_x + 2)):
            out[to + i] = zero
        return
    inverse = spacing[2, place]
    shift = s if own == axis else NONE
    for i in range(ONE, np.uint64(n_x + 2)):
        n = origin + i
        value = (phi[n] - phi[n - s]) * inverse
        out[to + i] = value if g[n - a] + g[n - shift] > zero else zero


@kernel
def _slope(scheme, f, at, below, above, zero, two):
    """Slope in the upwind node: van Leer's harmonic mean of its one-sided gradients, or that of the face."""
    if scheme != TVD:
        return at
    far = below if f > zero else above
    product = far * at
    # the sum is not zero where the product is positive
    slope = two * product / (far + at)
    return slope if product > zero else zero


@disjoint_kernel
def _deferred_along_x(scheme, n_x, spacing, at, low, high, gradient, to, rows):
    """rows[to + i] = high-order minus upwind flux through the low x-faces of a row."""
    real = rows.dtype.type
    zero, two = real(0.0), real(2.0)
    rows[to + ONE] = zero
    rows[to + np.uint64(n_x + 2)] = zero
    for i in range(TWO, np.uint64(n_x + 2)):
        f = low[at + i] - high[at + i]
        g = gradient + i
        slope = _slope(scheme, f, rows[g], rows[g - ONE], rows[g + ONE], zero, two)
        # both are read, or their choice becomes a gather
        before, after = spacing[0, i], spacing[1, i]
        rows[to + i] = f * slope * (before if f > zero else after)


@disjoint_kernel
def _deferred_across(scheme, n_x, place, last, spacing, at, low, high, below, here, above, to, rows):
    """The same across y- or z-faces; below, here, above: gradients of three rows of faces, in `rows`."""
    real = rows.dtype.type
    zero, two = real(0.0), real(2.0)
    if place < 2 or place > last:
        for i in range(ONE, np.uint64(n_x + 2)):
            rows[to + i] = zero
        return
    before, after = spacing[0, place], spacing[1, place]
    for i in range(ONE, np.uint64(n_x + 2)):
        f = low[at + i] - high[at + i]
        slope = _slope(scheme, f, rows[here + i], rows[below + i], rows[above + i], zero, two)
        rows[to + i] = f * slope * (before if f > zero else after)


@disjoint_kernel
def _finish(
    limited,
    origin,
    at,
    up,
    end,
    sy,
    sz,
    lows,
    highs,
    free,
    volume,
    before,
    source,
    sink,
    rate,
    ahead,
    x_flux,
    y_low,
    y_high,
    z_low,
    z_high,
    rows,
    phi,
    inverse,
    b,
    stepped,
):
    """Diagonal, right side and Jacobi's step from phi in a row; phi where the node is not free.

    x_flux, y_low, ...  places in `rows` of the deferred fluxes through its faces, where they are limited
    """
    low_x, low_y, low_z = lows
    high_x, high_y, high_z = highs
    real = phi.dtype.type
    zero, one = real(0.0), real(1.0)
    for i in range(ONE, end):
        n = origin + i
        m = at + i
        to_low_x, to_high_x = low_x[m], high_x[m + ONE]
        to_low_y, to_high_y = low_y[m], high_y[m + sy]
        to_low_z, to_high_z = low_z[m], high_z[up + i]
        held = volume[n] * rate
        diagonal = to_low_x + to_high_x + to_low_y + to_high_y + to_low_z + to_high_z + sink[n] + held
        inv = one / diagonal if free[n] and diagonal > zero else zero
        right = source[n] + held * (before[n] + ahead * (phi[n] - before[n]))
        if limited:
            right = (
                right
                + (rows[x_flux + i] - rows[x_flux + i + ONE])
                + (rows[y_low + i] - rows[y_high + i])
                + (rows[z_low + i] - rows[z_high + i])
            )
        value = inv * (
            right
            + to_low_x * phi[n - ONE]
            + to_high_x * phi[n + ONE]
            + to_low_y * phi[n - sy]
            + to_high_y * phi[n + sy]
            + to_low_z * phi[n - sz]
            + to_high_z * phi[n + sz]
        )
        inverse[m] = inv
        b[m] = right
        stepped[m] = value if inv > zero else phi[n]


@disjoint_kernel
def assemble_plane(
    shape,
    k,
    first,
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
    rows,
    here,
    above,
    lows,
    highs,
    inverse,
    b,
    stepped,
):
    """Diagonal, right side and Jacobi's step of plane k, in plane `here` of the work arrays.

    The links of the plane are there, those of its high z-faces in plane `above`. Fluxes through these, and
    gradients across them and the next ones, are left in `rows` for the next plane; `first`: there was none.
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    end = np.uint64(n_x + 2)
    zero = phi.dtype.type(0.0)
    low_x, low_y, low_z = lows
    high_x, high_y, high_z = highs
    x_flux, x_slope = NONE, sy
    y_low, y_high, y_slope = sy * np.uint64(2), sy * np.uint64(3), sy * np.uint64(4)
    planes = sy * np.uint64(ROWS)
    z_flux = planes + (sz if k % 2 == 1 else NONE)
    z_next = planes + (NONE if k % 2 == 1 else sz)
    z_slope = planes + sz + sz
    plane = np.uint64(k) * sz
    if scheme != UPWIND:
        if first:
            for j in range(1, n_y + 2):
                r = np.uint64(j * row)
                for face in range(k - 1, k + 2):
                    at = np.uint64(face) * sz + r
                    to = z_slope + np.uint64(face % 3) * sz + r
                    _gradient_across(own, 2, at, n_x, a, sz, face, n_z + 1, spacings[2], g[2], phi, to, rows)
                _deferred_across(
                    scheme,
                    n_x,
                    k,
                    n_z + 1,
                    spacings[2],
                    np.uint64(here) * sz + r,
                    low_z,
                    high_z,
                    z_slope + np.uint64((k - 1) % 3) * sz + r,
                    z_slope + np.uint64(k % 3) * sz + r,
                    z_slope + np.uint64((k + 1) % 3) * sz + r,
                    z_flux + r,
                    rows,
                )
        for i in range(ONE, end):
            rows[y_high + i] = zero
        for face in range(1, 3):
            to = y_slope + np.uint64(face % 3) * sy
            at = plane + np.uint64(face) * sy
            _gradient_across(own, 1, at, n_x, a, sy, face, n_y + 1, spacings[1], g[1], phi, to, rows)
    for j in range(1, n_y + 2):
        r = np.uint64(j * row)
        origin = plane + r
        at = np.uint64(here) * sz + r
        up = np.uint64(above) * sz + r
        if scheme != UPWIND:
            y_low, y_high = y_high, y_low
            _gradient_along_x(own, origin, n_x, a, spacings[0], g[0], phi, x_slope, rows)
            _deferred_along_x(scheme, n_x, spacings[0], at, low_x, high_x, x_slope, x_flux, rows)
            ahead_y = y_slope + np.uint64((j + 2) % 3) * sy
            at_y = origin + sy + sy
            _gradient_across(own, 1, at_y, n_x, a, sy, j + 2, n_y + 1, spacings[1], g[1], phi, ahead_y, rows)
            _deferred_across(
                scheme,
                n_x,
                j + 1,
                n_y + 1,
                spacings[1],
                at + sy,
                low_y,
                high_y,
                y_slope + np.uint64(j % 3) * sy,
                y_slope + np.uint64((j + 1) % 3) * sy,
                ahead_y,
                y_high,
                rows,
            )
            ahead_z = z_slope + np.uint64((k + 2) % 3) * sz + r
            at_z = origin + sz + sz
            _gradient_across(own, 2, at_z, n_x, a, sz, k + 2, n_z + 1, spacings[2], g[2], phi, ahead_z, rows)
            _deferred_across(
                scheme,
                n_x,
                k + 1,
                n_z + 1,
                spacings[2],
                up,
                low_z,
                high_z,
                z_slope + np.uint64(k % 3) * sz + r,
                z_slope + np.uint64((k + 1) % 3) * sz + r,
                ahead_z,
                z_next + r,
                rows,
            )
        _finish(
            scheme != UPWIND,
            origin,
            at,
            up,
            end,
            sy,
            sz,
            lows,
            highs,
            free,
            volume,
            before,
            source,
            sink,
            rate,
            ahead,
            x_flux,
            y_low,
            y_high,
            z_flux + r,
            z_next + r,
            rows,
            phi,
            inverse,
            b,
            stepped,
        )
