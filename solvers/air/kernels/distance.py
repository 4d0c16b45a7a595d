"""Distance to the nearest of many points on a rectilinear lattice, axis by axis."""

import numpy as np

from solvers._jit import parallel_kernel, prange

LINES = 64  # that share work arrays


@parallel_kernel
def nearest_along(squared, source, target, out):
    """out[a, t] = min over s of squared[a, s] + (target[t] - source[s])^2; inf where all are.

    squared  (A, S) squared distances [m2] to points of the same plane, inf where there is none
    source, target  increasing coordinates [m] of the S given and the T wanted places

    The lower envelope of parabolas of Felzenszwalb and Huttenlocher, Theory of Computing 8 (2012) 415: those
    of the envelope from left to right, each with the place from which it is the lowest.
    """
    lines, n = squared.shape
    for chunk in prange((lines + LINES - 1) // LINES):
        lowest = np.empty(n, dtype=np.int64)
        begins = np.empty(n)
        for a in range(np.int64(chunk) * LINES, min(lines, (np.int64(chunk) + 1) * LINES)):
            count = 0
            for s in range(n):
                if squared[a, s] == np.inf:
                    continue
                begin = -np.inf
                while count > 0:
                    p = lowest[count - 1]
                    apart = source[s] - source[p]
                    middle = 0.5 * (source[s] + source[p])
                    begin = middle + 0.5 * (squared[a, s] - squared[a, p]) / apart
                    if begin > begins[count - 1]:
                        break
                    count -= 1
                    begin = -np.inf
                lowest[count] = s
                begins[count] = begin
                count += 1
            at = 0
            for t in range(target.size):
                if count == 0:
                    out[a, t] = np.inf
                    continue
                while at + 1 < count and begins[at + 1] <= target[t]:
                    at += 1
                way = target[t] - source[lowest[at]]
                out[a, t] = squared[a, lowest[at]] + way * way
