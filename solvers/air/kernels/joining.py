"""Values of a fine grid, summed over the cells of a coarser one."""

from solvers._jit import parallel_kernel, prange


@parallel_kernel
def sums(values, z, y, x, out):
    """out = values (nz, ny, nx) added up between the lines z, y and x, in float64."""
    for kk in prange(z.size - 1):
        for j in range(y.size - 1):
            for i in range(x.size - 1):
                total = 0.0
                for c in range(z[kk], z[kk + 1]):
                    for b in range(y[j], y[j + 1]):
                        for a in range(x[i], x[i + 1]):
                            total += values[c, b, a]
                out[kk, j, i] = total
