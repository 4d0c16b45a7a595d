"""Eddy viscosity of the cells."""

import numpy as np

from solvers._jit import parallel_kernel, prange

ONE = np.uint64(1)


@parallel_kernel
def zero_equation(shape, coefficient, laminar, length, u, v, w, nu):
    """Effective viscosity nu = laminar + coefficient |U| length [m2/s] (Chen and Xu 1998).

    Q. Chen, W. Xu, A zero-equation turbulence model for indoor airflow simulation, Energy and Buildings 28
    (1998) 137-144: coefficient 0.03874, length the distance to the nearest surface [m].
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                cu = u[n] + u[n + ONE]
                cv = v[n] + v[n + sy]
                cw = w[n] + w[n + sz]
                speed = 0.5 * np.sqrt(cu * cu + cv * cv + cw * cw)
                nu[n] = laminar + coefficient * speed * length[n]
