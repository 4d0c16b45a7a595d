"""Distance to the nearest of many points on a rectilinear lattice, axis by axis."""

import numpy as np

from solvers._jit import parallel_kernel, prange


@parallel_kernel
def nearest_along(squared, source, target, out):
    """out[a, t, b] = min over s of squared[a, s, b] + (target[t] - source[s])^2.

    squared  (A, S, B) squared distances [m2] to points of the same plane, inf where there is none
    source, target  increasing coordinates [m] of the S given and the T wanted places

    The lower envelope of parabolas of Felzenszwalb and Huttenlocher, Theory of Computing 8 (2012) 415, by
    search outwards: it ends where the way along the axis alone is further than what was found.
    """
    outer, many, inner = out.shape
    n = source.size
    for a in prange(outer):
        for t in range(many):
            here = target[t]
            middle = np.searchsorted(source, here)
            for b in range(inner):
                best = np.inf
                for s in range(middle, n):
                    way = source[s] - here
                    if way * way >= best:
                        break
                    best = min(best, squared[a, s, b] + way * way)
                for back in range(1, middle + 1):
                    s = middle - back
                    way = here - source[s]
                    if way * way >= best:
                        break
                    best = min(best, squared[a, s, b] + way * way)
                out[a, t, b] = best
