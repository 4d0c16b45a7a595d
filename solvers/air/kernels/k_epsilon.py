"""The loops of the k-epsilon models: shear, sources, eddy viscosity.

README.md gives the equations, solvers.air.closures the constants. Convection and diffusion of k and epsilon
are those of kernels.transport. Loops over a row stay free of branches where they can, so that they vectorise;
what only a few cells need follows in a loop of its own.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange
from solvers.air.closures import (
    BETA,
    BLEND,
    DAMPING_VISCOSITY,
    ETA_0,
    ISOTROPIC,
    KAPPA,
    LARGEST_RATIO,
    LAYER,
    LOW_REYNOLDS,
    RNG,
    SMALLEST_K,
)

ONE = np.uint64(1)


@kernel
def layer_epsilon(k, distance, viscosity, c_length):
    """Dissipation at a distance from the wall in the two-layer model [m2/s3].

    Far from the wall k^3/2 / (c_l y), the wall function's; in the sublayer 2 nu k / y^2.
    """
    reynolds = distance * np.sqrt(k) / viscosity
    damping = 1.0 - np.exp(-0.5 * max(reynolds, 1e-9) / c_length)
    return k * np.sqrt(k) / (c_length * distance * damping)


@kernel
def low_reynolds_damping(k, epsilon, distance, viscosity):
    """f_mu and f_2 of Abe, Kondoh and Nagano (1994), eq. 12 and 13: by the distance in Kolmogorov's units."""
    y = np.sqrt(np.sqrt(epsilon / (viscosity * viscosity * viscosity))) * distance
    turbulence = k * k / (viscosity * epsilon)
    if y > 120.0 and turbulence > 900.0:
        return 1.0, 1.0
    near = 1.0 - np.exp(-y / 14.0)
    rise = 5.0 / max(turbulence, 1e-6) ** 0.75 * np.exp(-((turbulence / 200.0) ** 2))
    decay = 1.0 - np.exp(-y / 3.1)
    return near * near * (1.0 + rise), decay * decay * (1.0 - 0.3 * np.exp(-((turbulence / 6.5) ** 2)))


OPEN = 1
PLATE = 2


@kernel
def difference(kind_low, kind_high, below, here, above, low, high):
    """Of a velocity between the faces of a cell, from that in three cells; low, high: the faces' shares.

    A velocity is 0 on a device's face and as in the cell on any other closed one.
    """
    zero = here - here
    at_high = here + high * (above - here) if kind_high == OPEN else (zero if kind_high == PLATE else here)
    at_low = below + low * (here - below) if kind_low == OPEN else (zero if kind_low == PLATE else here)
    return at_high - at_low


@kernel(inlined=True)
def cell_strain(
    n, sy, sz, u, v, w, kind_x, kind_y, kind_z, low_x, high_x, low_y, high_y, low_z, high_z, px, py, pz, half
):
    """2 S_ij S_ij of a cell [1/s2], its arguments as in `shear_production`.

    low, high   place of each face between the two centres; px, py, pz: 1 / width of the cell [1/m]
    half        0.5 in the precision of the others
    """
    # twice the velocities at the centres
    uc = u[n] + u[n + ONE]
    vc = v[n] + v[n + sy]
    wc = w[n] + w[n + sz]
    below, above = u[n - sy] + u[n - sy + ONE], u[n + sy] + u[n + sy + ONE]
    u_y = difference(kind_y[n], kind_y[n + sy], below, uc, above, low_y, high_y)
    below, above = u[n - sz] + u[n - sz + ONE], u[n + sz] + u[n + sz + ONE]
    u_z = difference(kind_z[n], kind_z[n + sz], below, uc, above, low_z, high_z)
    below, above = v[n - ONE] + v[n + sy - ONE], v[n + ONE] + v[n + sy + ONE]
    v_x = difference(kind_x[n], kind_x[n + ONE], below, vc, above, low_x, high_x)
    below, above = v[n - sz] + v[n + sy - sz], v[n + sz] + v[n + sy + sz]
    v_z = difference(kind_z[n], kind_z[n + sz], below, vc, above, low_z, high_z)
    below, above = w[n - ONE] + w[n + sz - ONE], w[n + ONE] + w[n + sz + ONE]
    w_x = difference(kind_x[n], kind_x[n + ONE], below, wc, above, low_x, high_x)
    below, above = w[n - sy] + w[n + sz - sy], w[n + sy] + w[n + sz + sy]
    w_y = difference(kind_y[n], kind_y[n + sy], below, wc, above, low_y, high_y)
    along_x, along_y, along_z = (u[n + ONE] - u[n]) * px, (v[n + sy] - v[n]) * py, (w[n + sz] - w[n]) * pz
    along = along_x * along_x + along_y * along_y + along_z * along_z
    xy, xz, yz = half * (u_y * py + v_x * px), half * (u_z * pz + w_x * px), half * (v_z * pz + w_y * py)
    return along + along + xy * xy + xz * xz + yz * yz


@parallel_kernel
def shear_production(
    shape,
    u,
    v,
    w,
    kind_x,
    kind_y,
    kind_z,
    share_x,
    share_y,
    share_z,
    per_x,
    per_y,
    per_z,
    viscosity,
    laminar,
    beside,
    strain,
    production,
):
    """2 S_ij S_ij of the cells [1/s2], and nu_t times it [m2/s3], or 0 where `beside` a wall.

    kind   of the low faces: OPEN, PLATE (a device's face: air does not slide along it), else closed, where
           the velocity is taken as even
    share  by axis, of the low face: its place between the two centres; per: 1 / width of the cells [1/m]
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    real = strain.dtype.type
    zero, half, nu = real(0.0), real(0.5), real(laminar)
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        low_z, high_z, pz = share_z[k], share_z[k + 1], per_z[k]
        for j in range(1, n_y + 1):
            low_y, high_y, py = share_y[j], share_y[j + 1], per_y[j]
            origin = np.uint64((k * (n_y + 3) + j) * row)
            for n in range(origin + ONE, origin + np.uint64(n_x + 1)):
                i = n - origin
                low_x, high_x, px = share_x[i], share_x[i + ONE], per_x[i]
                rate = cell_strain(
                    n,
                    sy,
                    sz,
                    u,
                    v,
                    w,
                    kind_x,
                    kind_y,
                    kind_z,
                    low_x,
                    high_x,
                    low_y,
                    high_y,
                    low_z,
                    high_z,
                    px,
                    py,
                    pz,
                    half,
                )
                strain[n] = rate
                production[n] = zero if beside[n] else (viscosity[n] - nu) * rate


@parallel_kernel
def buoyancy_production(
    shape, fluid, g_z, share_z, per_z, theta, viscosity, laminar, lift, prandtl_turbulent, out
):
    """G_b = -g beta (nu_t / Pr_t) d theta / dz of the cells [m2/s3]; lift = g beta [m/s2/K]."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    sz = np.uint64(row * (n_y + 3))
    real = out.dtype.type
    zero, nu, factor = real(0.0), real(laminar), real(-lift / prandtl_turbulent)
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        low, high, per = real(1.0) - share_z[k], share_z[k + 1], per_z[k]
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                above = high * (theta[n + sz] - theta[n]) if g_z[n + sz] > zero else zero
                below = low * (theta[n - sz] - theta[n]) if g_z[n] > zero else zero
                rate = factor * (viscosity[n] - nu) * (above - below) * per
                out[n] = rate if fluid[n] else zero


@parallel_kernel
def epsilon_sources(
    shape,
    closure,
    fluid,
    beside_wall,
    distance,
    volume,
    u,
    v,
    w,
    laminar,
    strain,
    production,
    buoyancy,
    buoyant,
    k,
    epsilon,
    free,
    source,
    sink,
):
    """Sources of the equation of epsilon; near walls its value itself.

    buoyant   whether `buoyancy` counts
    free      out: cells where the equation holds. Beside a wall, and but for the low-Reynolds models where
              distance sqrt(k) / nu is below 200, epsilon is that of the two-layer model
    source, sink  [m3 m2/s4] and [m3/s]

    Buoyancy counts by tanh |w / u_horizontal| (Henkes, van der Vlugt and Hoogendoorn, Int. J. Heat Mass
    Transfer 34 (1991) 377-388).
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    real = k.dtype.type
    zero, one, nu = real(0.0), real(1.0), real(laminar)
    gain, loss = real(closure.c_1 * closure.c_mu), real(closure.c_2)
    everywhere = closure.kind == LOW_REYNOLDS or closure.kind == ISOTROPIC
    layer = real(0.0 if everywhere else LAYER * laminar)
    beta, eta_0, c_mu, c_1 = real(BETA), real(ETA_0), real(closure.c_mu), real(closure.c_1)
    c_length = KAPPA * closure.c_mu**-0.75
    for kk in prange(n_z):
        plane = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((plane * (n_y + 3) + j) * row + 1)
            end = start + np.uint64(n_x)
            held = 0
            for n in range(start, end):
                # outside the layer sqrt(k) distance is above 200 nu
                is_free = fluid[n] and not beside_wall[n] and distance[n] * np.sqrt(k[n]) >= layer
                held += 1 if fluid[n] and not is_free else 0
                rate = epsilon[n] / k[n]
                source[n] = volume[n] * gain * k[n] * strain[n] if is_free else zero
                sink[n] = volume[n] * loss * rate if is_free else zero
                free[n] = is_free
            if held > 0:
                for n in range(start, end):
                    if fluid[n] and not free[n]:
                        epsilon[n] = layer_epsilon(k[n], distance[n], nu, c_length)
            if closure.kind == RNG:
                for n in range(start, end):
                    eta = np.sqrt(strain[n]) * k[n] / epsilon[n]
                    cube = eta * eta * eta
                    rate = volume[n] * c_mu * cube * (one - eta / eta_0) / (one + beta * cube)
                    rate *= epsilon[n] / k[n]
                    sink[n] += max(rate, zero) if free[n] else zero
                    source[n] += max(-rate, zero) * epsilon[n] if free[n] else zero
            if closure.kind == LOW_REYNOLDS:
                for n in range(start, end):
                    if free[n]:
                        _, f_2 = low_reynolds_damping(k[n], epsilon[n], distance[n], nu)
                        sink[n] *= f_2
            if everywhere:
                for n in range(start, end):
                    if free[n]:
                        source[n] = volume[n] * c_1 * production[n] * epsilon[n] / k[n]
            if buoyant:
                for n in range(start, end):
                    if free[n] and buoyancy[n] != zero:
                        uc = u[n] + u[n + ONE]
                        vc = v[n] + v[n + sy]
                        wc = w[n] + w[n + sz]
                        share = c_1 * np.tanh(abs(wc) / max(np.sqrt(uc * uc + vc * vc), real(1e-9)))
                        source[n] += volume[n] * share * max(buoyancy[n], zero) * epsilon[n] / k[n]
                        sink[n] += volume[n] * share * max(-buoyancy[n], zero) / k[n]


@parallel_kernel
def k_sources(shape, fluid, volume, production, buoyancy, buoyant, k, epsilon, source, sink):
    """Sources of the equation of k: what is gained [m3 m2/s3], what is lost over k [m3/s].

    buoyant  whether `buoyancy` counts
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    zero = k.dtype.type(0.0)
    for kk in prange(n_z):
        plane = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((plane * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                lift = buoyancy[n] if buoyant else zero
                gain = volume[n] * (production[n] + max(lift, zero))
                loss = volume[n] * (epsilon[n] + max(-lift, zero)) / k[n]
                source[n] = gain if fluid[n] else zero
                sink[n] = loss if fluid[n] else zero


@parallel_kernel
def eddy_viscosity(shape, closure, fluid, distance, laminar, k, epsilon, viscosity):
    """Effective viscosity of the cells [m2/s]; k and epsilon are kept in their bounds.

    Near walls the two-layer model's C_mu l_mu sqrt(k), blended into C_mu k^2 / epsilon, or the damping of the
    low-Reynolds model.
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    real = k.dtype.type
    c_mu, nu, smallest = real(closure.c_mu), real(laminar), real(SMALLEST_K)
    floor = real(closure.c_mu / (LARGEST_RATIO * laminar))
    # tanh is 1 to round-off beyond nine widths of the blending
    layer = real((LAYER + 9.0 * BLEND) * laminar)
    one, edge, half_width, damping = real(1.0), real(LAYER), real(0.5 * BLEND), real(DAMPING_VISCOSITY)
    c_wall = real(closure.c_mu * KAPPA * closure.c_mu**-0.75)
    for kk in prange(n_z):
        plane = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((plane * (n_y + 3) + j) * row + 1)
            end = start + np.uint64(n_x)
            near = 0
            for n in range(start, end):
                kn = max(k[n], smallest)
                en = max(epsilon[n], floor * kn * kn)
                k[n] = kn if fluid[n] else k[n]
                epsilon[n] = en if fluid[n] else epsilon[n]
                viscosity[n] = nu + c_mu * kn * kn / en if fluid[n] else viscosity[n]
                near += 1 if fluid[n] and distance[n] * np.sqrt(kn) < layer else 0
            if closure.kind == LOW_REYNOLDS:
                for n in range(start, end):
                    if fluid[n]:
                        f_mu, _ = low_reynolds_damping(k[n], epsilon[n], distance[n], nu)
                        viscosity[n] = nu + f_mu * (viscosity[n] - nu)
            elif closure.kind == ISOTROPIC:
                for n in range(start, end):
                    if fluid[n]:
                        f_mu = np.exp(-2.5 / (1.0 + k[n] * k[n] / (50.0 * nu * epsilon[n])))
                        viscosity[n] = nu + f_mu * (viscosity[n] - nu)
            elif near > 0:
                for n in range(start, end):
                    if distance[n] * np.sqrt(k[n]) < layer and fluid[n]:
                        reynolds = distance[n] * np.sqrt(k[n]) / nu
                        # (1 + tanh((reynolds - edge) / BLEND)) / 2
                        share = one / (one + np.exp((edge - reynolds) / half_width))
                        wall = c_wall * distance[n] * (one - np.exp(-reynolds / damping)) * np.sqrt(k[n])
                        viscosity[n] = nu + share * (viscosity[n] - nu) + (one - share) * wall
