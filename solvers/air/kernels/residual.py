"""What an assembled system lacks at the present values."""

import numpy as np

from solvers._jit import parallel_kernel, prange


@parallel_kernel
def residual(shape, low_x, high_x, low_y, high_y, low_z, high_z, inverse, b, phi, out):
    """out = b + sum(weights phi_neighbour) - diagonal phi of every node; 0 where it is not free.

    Arguments as in kernels.transport: `inverse` is 1 / diagonal, 0 where the node is not free.
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    one = np.uint64(1)
    zero = phi.dtype.type(0.0)
    for kk in prange(n_z + 1):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 2):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x + 1)):
                lacking = (
                    b[n]
                    + low_x[n] * phi[n - one]
                    + high_x[n + one] * phi[n + one]
                    + low_y[n] * phi[n - sy]
                    + high_y[n + sy] * phi[n + sy]
                    + low_z[n] * phi[n - sz]
                    + high_z[n + sz] * phi[n + sz]
                )
                out[n] = lacking - phi[n] / inverse[n] if inverse[n] > zero else zero
