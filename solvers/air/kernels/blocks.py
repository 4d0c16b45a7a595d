"""Blocks of cells: which one a cell belongs to, and the transport equation summed over each.

Links, system and weights are those of solvers.air.kernels.transport.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange


@kernel
def label(shape, edge, fluid, conductance_x, conductance_y, conductance_z, block, waiting):
    """Number the pieces of air, joined by open faces, in boxes of `edge` cells a side; returns their number.

    edge     (3,) cells along x, y, z
    block    (cells,) number of each cell's piece, -1 in solids; boxes in rising order of z, y, x
    waiting  scratch, as many as a box has cells
    """
    n_z, n_y, n_x = shape
    sy = n_x + 3
    sz = sy * (n_y + 3)
    block[:] = -1
    count = 0
    for k0 in range(1, n_z + 1, edge[2]):
        k1 = min(k0 + edge[2], n_z + 1)
        for j0 in range(1, n_y + 1, edge[1]):
            j1 = min(j0 + edge[1], n_y + 1)
            for i0 in range(1, n_x + 1, edge[0]):
                i1 = min(i0 + edge[0], n_x + 1)
                for k in range(k0, k1):
                    for j in range(j0, j1):
                        for i in range(i0, i1):
                            first = k * sz + j * sy + i
                            if block[first] >= 0 or not fluid[first]:
                                continue
                            block[first] = count
                            waiting[0] = first
                            left = 1
                            while left > 0:
                                left -= 1
                                n = waiting[left]
                                at_k = n // sz
                                at_j = (n - at_k * sz) // sy
                                at_i = n - at_k * sz - at_j * sy
                                for side in range(6):
                                    if side == 0:
                                        other, open_ = n - 1, at_i > i0 and conductance_x[n] > 0.0
                                    elif side == 1:
                                        other, open_ = n + 1, at_i + 1 < i1 and conductance_x[n + 1] > 0.0
                                    elif side == 2:
                                        other, open_ = n - sy, at_j > j0 and conductance_y[n] > 0.0
                                    elif side == 3:
                                        other, open_ = n + sy, at_j + 1 < j1 and conductance_y[n + sy] > 0.0
                                    elif side == 4:
                                        other, open_ = n - sz, at_k > k0 and conductance_z[n] > 0.0
                                    else:
                                        other, open_ = n + sz, at_k + 1 < k1 and conductance_z[n + sz] > 0.0
                                    if open_ and fluid[other] and block[other] < 0:
                                        block[other] = count
                                        waiting[left] = other
                                        left += 1
                            count += 1
    return count


@parallel_kernel
def residual(
    shape, edge, block, low_x, high_x, low_y, high_y, low_z, high_z, sink, inverse, b, phi, lack, sinks
):
    """Sums over each block: lack of its equations, b + sum(weights phi_neighbour) - phi / inverse; sinks.

    Layers of boxes go side by side: no block reaches from one into another.
    """
    n_z, n_y, n_x = shape
    sy = np.uint64(n_x + 3)
    sz = np.uint64((n_x + 3) * (n_y + 3))
    one = np.uint64(1)
    lack[:] = 0.0
    sinks[:] = 0.0
    for layer in prange((n_z + edge - 1) // edge):
        k0 = np.int64(layer) * edge + 1
        for k in range(k0, min(k0 + edge, n_z + 1)):
            for j in range(1, n_y + 1):
                start = np.uint64((k * (n_y + 3) + j) * (n_x + 3) + 1)
                for n in range(start, start + np.uint64(n_x)):
                    if block[n] >= 0 and inverse[n] > 0.0:
                        brought = (
                            b[n]
                            + low_x[n] * phi[n - one]
                            + high_x[n + one] * phi[n + one]
                            + low_y[n] * phi[n - sy]
                            + high_y[n + sy] * phi[n + sy]
                            + low_z[n] * phi[n - sz]
                            + high_z[n + sz] * phi[n + sz]
                        )
                        lack[block[n]] += brought - phi[n] / inverse[n]
                        sinks[block[n]] += sink[n]


@kernel
def add_links(node, below, above, into_above, into_below, low, high, values, diagonal):
    """Sum the links of the faces between blocks into the entries of their matrix, and its `diagonal`."""
    for e in range(node.size):
        n = node[e]
        up, down = np.float64(low[n]), np.float64(high[n])
        values[into_above[e]] -= up
        values[into_below[e]] -= down
        diagonal[above[e]] += up
        diagonal[below[e]] += down


@parallel_kernel
def shift(shape, block, correction, share, sink, inverse, b, phi):
    """phi += its block's correction; the inertia in b, `share` of the weights in 1 / inverse, follows."""
    n_z, n_y, n_x = shape
    share = phi.dtype.type(share)
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * (n_x + 3) + 1)
            for n in range(start, start + np.uint64(n_x)):
                if block[n] >= 0 and inverse[n] > 0.0:
                    change = correction[block[n]]
                    phi[n] += change
                    if share > 0.0:
                        b[n] += share * (phi.dtype.type(1.0) / inverse[n] - sink[n]) * change
