"""Strain, production and diffusion of epsilon in the cells behind those beside walls (kernels.wall_law)."""

import numpy as np

from solvers._jit import parallel_kernel, prange
from solvers.air.kernels import k_epsilon

ONE = np.uint64(1)


@parallel_kernel(uses=(k_epsilon,))
def renew_strain(
    shape,
    cell,
    place,
    faces,
    share,
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
    strain,
    production,
):
    """Strain and production, as of `k_epsilon.shear_production`, in cells behind those beside walls.

    cell   flat indices; place: (cells, 2) their indices along y and z
    faces  (cells, 6) number of the inner face on the low and high side of x, y, z; -1 where it is none
    share  of the inner faces: `wall_law.between`
    """
    _, n_y, n_x = shape
    sy = np.uint64(n_x + 3)
    sz = sy * np.uint64(n_y + 3)
    real = strain.dtype.type
    one, half, two, nu = real(1.0), real(0.5), real(2.0), real(laminar)
    for e in prange(cell.size):
        n = np.uint64(cell[e])
        j, k = np.uint64(place[e, 0]), np.uint64(place[e, 1])
        i = n - j * sy - k * sz
        a, b, c, d, f, g = faces[e, 0], faces[e, 1], faces[e, 2], faces[e, 3], faces[e, 4], faces[e, 5]
        low_x = share[a] if a >= 0 else share_x[i]
        high_x = one - share[b] if b >= 0 else share_x[i + ONE]
        low_y = share[c] if c >= 0 else share_y[j]
        high_y = one - share[d] if d >= 0 else share_y[j + ONE]
        low_z = share[f] if f >= 0 else share_z[k]
        high_z = one - share[g] if g >= 0 else share_z[k + ONE]
        px, py, pz = per_x[i], per_y[j], per_z[k]
        # twice the velocities at the centres
        uc = u[n] + u[n + ONE]
        vc = v[n] + v[n + sy]
        wc = w[n] + w[n + sz]
        below, above = u[n - sy] + u[n - sy + ONE], u[n + sy] + u[n + sy + ONE]
        u_y = k_epsilon.difference(kind_y[n], kind_y[n + sy], below, uc, above, low_y, high_y)
        below, above = u[n - sz] + u[n - sz + ONE], u[n + sz] + u[n + sz + ONE]
        u_z = k_epsilon.difference(kind_z[n], kind_z[n + sz], below, uc, above, low_z, high_z)
        below, above = v[n - ONE] + v[n + sy - ONE], v[n + ONE] + v[n + sy + ONE]
        v_x = k_epsilon.difference(kind_x[n], kind_x[n + ONE], below, vc, above, low_x, high_x)
        below, above = v[n - sz] + v[n + sy - sz], v[n + sz] + v[n + sy + sz]
        v_z = k_epsilon.difference(kind_z[n], kind_z[n + sz], below, vc, above, low_z, high_z)
        below, above = w[n - ONE] + w[n + sz - ONE], w[n + ONE] + w[n + sz + ONE]
        w_x = k_epsilon.difference(kind_x[n], kind_x[n + ONE], below, wc, above, low_x, high_x)
        below, above = w[n - sy] + w[n + sz - sy], w[n + sy] + w[n + sz + sy]
        w_y = k_epsilon.difference(kind_y[n], kind_y[n + sy], below, wc, above, low_y, high_y)
        rate = k_epsilon.strain_of(
            (u[n + ONE] - u[n]) * px,
            (v[n + sy] - v[n]) * py,
            (w[n + sz] - w[n]) * pz,
            half * (u_y * py + v_x * px),
            half * (u_z * pz + w_x * px),
            half * (v_z * pz + w_y * py),
            two,
        )
        strain[n] = rate
        production[n] = (viscosity[n] - nu) * rate


@parallel_kernel
def lessen_diffusion(shape, cell, faces, surplus, sigma, free, epsilon, source, sink):
    """Take the surplus of its inner faces from the diffusion of epsilon into the cells of `renew_strain`."""
    _, n_y, n_x = shape
    sy = np.uint64(n_x + 3)
    sz = sy * np.uint64(n_y + 3)
    for e in prange(cell.size):
        n = np.uint64(cell[e])
        if not free[n]:
            continue
        for side in range(6):
            number = faces[e, side]
            if number < 0:
                continue
            s = ONE if side < 2 else (sy if side < 4 else sz)
            near = epsilon[n - s if side % 2 == 0 else n + s]
            much = max(surplus[number], 0.0) / sigma
            little = max(-surplus[number], 0.0) / sigma
            sink[n] += much * near / epsilon[n] + little
            source[n] += much * epsilon[n] + little * near
