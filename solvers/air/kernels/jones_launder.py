"""What the model of Jones and Launder (1972) adds to the equations of k and epsilon.

Its epsilon is the isotropic part of the dissipation, which vanishes at a wall. What k loses beside it, a
source of epsilon from the bend of the velocity profile, and the length scale of Yap (1987) are here.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange
from solvers.air.closures import KAPPA, YAP_GAIN, YAP_LENGTH
from solvers.air.kernels.k_epsilon import OPEN

ONE = np.uint64(1)


@kernel
def isotropic_layer_epsilon(k, distance, viscosity, c_length):
    """Isotropic part of the two-layer model's dissipation beside a wall [m2/s3].

    `k_epsilon.layer_epsilon` less 2 nu k / y^2: k^3/2 / (c_l y) far out, half of it in the sublayer, where
    the difference of the two would be lost in round-off.
    """
    x = 0.5 * distance * np.sqrt(k) / (viscosity * c_length)
    share = 0.5 + x / 12.0 if x < 0.01 else 1.0 / (1.0 - np.exp(-x)) - 1.0 / x
    return share * k * np.sqrt(k) / (c_length * distance)


@kernel
def low_turbulence_decay(turbulence):
    """f_2 of Jones and Launder (1972): eddies die out more slowly where k^2 / (nu epsilon) is small."""
    return 1.0 - 0.3 * np.exp(-min(turbulence * turbulence, 50.0))


@kernel
def yap_source(k, epsilon, distance):
    """Source [m2/s4] and sink [1/s] of epsilon that pull the length of eddies back to that near a wall.

    0.83 (r - 1) r^2 epsilon^2 / k with r = k^3/2 / (2.55 y epsilon), where r > 1 (Yap 1987). It falls with
    epsilon, as Newton's method has it here: their balance is the published term.
    """
    ratio = k * np.sqrt(k) / (YAP_LENGTH * distance * epsilon)
    if ratio <= 1.0:
        return 0.0, 0.0
    rate = YAP_GAIN * ratio * ratio * epsilon / k
    return rate * (2.0 * ratio - 1.0) * epsilon, rate * ratio


@kernel
def _bend(velocity, n, across, s, kind, inverse_low, inverse_high, width):
    """Width times second derivative along a stride `s` of twice a component's velocity at the centre.

    across  stride of the component; a slope is taken as even beyond a face that is not open.
    """
    centre = velocity[n] + velocity[n + across]
    low = (centre - velocity[n - s] - velocity[n - s + across]) * inverse_low
    high = (velocity[n + s] + velocity[n + s + across] - centre) * inverse_high
    low_open, high_open = kind[n] == OPEN, kind[n + s] == OPEN
    if low_open and high_open:
        return (high - low) * width
    return low - low


@parallel_kernel
def isotropic_sources(
    shape,
    closure,
    free,
    beside_wall,
    distance,
    volume,
    u,
    v,
    w,
    kind_x,
    kind_y,
    kind_z,
    centre_x,
    centre_y,
    centre_z,
    per_x,
    per_y,
    per_z,
    viscosity,
    laminar,
    k,
    epsilon,
    source,
    sink,
):
    """Add to the sources of epsilon what the model has beyond the standard one; its value beside walls.

    2 nu nu_t (d2 u_i / dx_j2)^2, of a layer along a wall the published term; the source of Yap; the share
    f_2 of the sink. free, source, sink as `k_epsilon.epsilon_sources` leaves them; kind as shear_production.
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sx = ONE
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    real = k.dtype.type
    one, half, nu = real(1.0), real(0.5), real(laminar)
    c_length = KAPPA * closure.c_mu**-0.75
    for kk in prange(n_z):
        plane = np.int64(kk) + 1
        low_z = one / (centre_z[plane] - centre_z[plane - 1])
        high_z = one / (centre_z[plane + 1] - centre_z[plane])
        pz = per_z[plane]
        for j in range(1, n_y + 1):
            low_y = one / (centre_y[j] - centre_y[j - 1])
            high_y = one / (centre_y[j + 1] - centre_y[j])
            py = per_y[j]
            origin = np.uint64((plane * (n_y + 3) + j) * row)
            for n in range(origin + ONE, origin + np.uint64(n_x + 1)):
                if beside_wall[n]:
                    epsilon[n] = isotropic_layer_epsilon(k[n], distance[n], nu, c_length)
                if not free[n]:
                    continue
                i = n - origin
                low_x = one / (centre_x[i] - centre_x[i - ONE])
                high_x = one / (centre_x[i + ONE] - centre_x[i])
                px = per_x[i]
                bend = real(0.0)
                for component, across in ((u, sx), (v, sy), (w, sz)):
                    along_x = _bend(component, n, across, sx, kind_x, low_x, high_x, px)
                    along_y = _bend(component, n, across, sy, kind_y, low_y, high_y, py)
                    along_z = _bend(component, n, across, sz, kind_z, low_z, high_z, pz)
                    bend += along_x * along_x + along_y * along_y + along_z * along_z
                gain, loss = yap_source(k[n], epsilon[n], distance[n])
                source[n] += volume[n] * (half * nu * (viscosity[n] - nu) * bend + gain)
                damped = low_turbulence_decay(k[n] * k[n] / (nu * epsilon[n])) - one
                sink[n] += volume[n] * (closure.c_2 * damped * epsilon[n] / k[n] + loss)


@kernel
def _root_slope(k, n, s, kind, share_low, share_high, width):
    """Slope along a stride `s` of k^1/2 between the faces of a cell; even towards a face that is not open."""
    centre = np.sqrt(k[n])
    low = centre + (1.0 - share_low) * (np.sqrt(k[n - s]) - centre) if kind[n] == OPEN else centre
    high = centre + share_high * (np.sqrt(k[n + s]) - centre) if kind[n + s] == OPEN else centre
    return (high - low) * width


@parallel_kernel
def whole_dissipation(
    shape,
    fluid,
    beside_wall,
    distance,
    kind_x,
    kind_y,
    kind_z,
    share_x,
    share_y,
    share_z,
    per_x,
    per_y,
    per_z,
    laminar,
    k,
    epsilon,
    out,
):
    """What k loses [m2/s3]: epsilon and 2 nu (grad k^1/2)^2, beside a wall 2 nu k / y^2."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    twice = 2.0 * laminar
    for kk in prange(n_z):
        plane = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            origin = np.uint64((plane * (n_y + 3) + j) * row)
            for n in range(origin + ONE, origin + np.uint64(n_x + 1)):
                out[n] = epsilon[n]
                if not fluid[n]:
                    continue
                if beside_wall[n]:
                    out[n] += twice * k[n] / (distance[n] * distance[n])
                    continue
                i = n - origin
                along_x = _root_slope(k, n, ONE, kind_x, share_x[i], share_x[i + ONE], per_x[i])
                along_y = _root_slope(k, n, sy, kind_y, share_y[j], share_y[j + 1], per_y[j])
                along_z = _root_slope(k, n, sz, kind_z, share_z[plane], share_z[plane + 1], per_z[plane])
                out[n] += twice * (along_x * along_x + along_y * along_y + along_z * along_z)
