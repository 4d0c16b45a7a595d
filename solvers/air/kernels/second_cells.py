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
    one, half, nu = real(1.0), real(0.5), real(laminar)
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
        rate = k_epsilon.cell_strain(
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
        production[n] = (viscosity[n] - nu) * rate


@parallel_kernel
def lessen_diffusion(shape, cell, faces, surplus, sigma, free, epsilon, source, sink):
    """Take the surplus of its inner faces from the diffusion of epsilon into the cells of `renew_strain`."""
    _, n_y, n_x = shape
    sy = np.uint64(n_x + 3)
    sz = sy * np.uint64(n_y + 3)
    per_sigma = 1.0 / sigma
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
            much = max(surplus[number], 0.0) * per_sigma
            little = max(-surplus[number], 0.0) * per_sigma
            sink[n] += much * near / epsilon[n] + little
            source[n] += much * epsilon[n] + little * near
