"""Kernels for the nodes of split cells: what the box kernels leave out on coarse levels.

A coarse cell whose fine cells fall into several parts (a panel passes through it) holds its largest part in
the box; the other parts are nodes behind it. Their connections, `edges`, are few and unstructured; their
conductances stand behind the three face fields of the box in the level's array `g`. Rows in compressed form:
node row_node[r] has the edges row_edge[row_start[r]:row_start[r + 1]] to the nodes row_other[...].
"""

import numpy as np

from solvers._jit import kernel


@kernel
def patch_diagonal(begin, row_start, row_node, row_edge, g, sink, inverse):
    """Complete the inverse diagonal: nodes from `begin` on have no part of it from the box."""
    for n in range(begin, inverse.size):
        inverse[n] = np.float32(1.0) / sink[n] if sink[n] > 0 else np.float32(0.0)
    for r in range(row_node.size):
        n = row_node[r]
        d = np.float32(1.0) / inverse[n] if inverse[n] > 0 else np.float32(0.0)
        for e in range(row_start[r], row_start[r + 1]):
            d += g[row_edge[e]]
        inverse[n] = np.float32(1.0) / d if d > 0 else np.float32(0.0)


@kernel
def patch_zero(begin, row_start, row_node, row_other, row_edge, g, inverse, b, first, along, weight, x):
    """Complete kernels.smooth_zero."""
    for n in range(begin, x.size):
        c = first * inverse[n] * b[n]
        x[n] = along * c + weight * (inverse[n] * b[n] - c)
    for r in range(row_node.size):
        total = np.float32(0.0)
        for e in range(row_start[r], row_start[r + 1]):
            m = row_other[e]
            total += g[row_edge[e]] * (inverse[m] * b[m])
        n = row_node[r]
        x[n] += weight * inverse[n] * first * total


@kernel
def patch_first(begin, row_start, row_node, row_other, row_edge, g, inverse, b, weight, x, out):
    """Complete kernels.smooth_first."""
    for n in range(begin, x.size):
        out[n] = x[n] + weight * (inverse[n] * b[n] - x[n])
    for r in range(row_node.size):
        total = np.float32(0.0)
        for e in range(row_start[r], row_start[r + 1]):
            total += g[row_edge[e]] * x[row_other[e]]
        n = row_node[r]
        out[n] += weight * inverse[n] * total


@kernel
def patch_second(begin, row_start, row_node, row_other, row_edge, g, inverse, b, along, weight, x, before):
    """Complete kernels.smooth_second."""
    for n in range(begin, x.size):
        before[n] += along * (x[n] - before[n]) + weight * (inverse[n] * b[n] - x[n])
    for r in range(row_node.size):
        total = np.float32(0.0)
        for e in range(row_start[r], row_start[r + 1]):
            total += g[row_edge[e]] * x[row_other[e]]
        n = row_node[r]
        before[n] += weight * inverse[n] * total


@kernel
def patch_defect(begin, row_start, row_node, row_other, row_edge, g, sink, b, x, out):
    """Complete out = b - A x with the edges and the nodes behind the box."""
    for n in range(begin, x.size):
        out[n] = b[n] - sink[n] * x[n]
    for r in range(row_node.size):
        n = row_node[r]
        c = x[n]
        total = np.float32(0.0)
        for e in range(row_start[r], row_start[r + 1]):
            total += g[row_edge[e]] * (c - x[row_other[e]])
        out[n] -= total


@kernel
def restrict_moved(begin, moved, to, fine, coarse):
    """Add up the values of the fine nodes whose coarse nodes lie behind the box, and of the nodes behind."""
    for n in range(begin, coarse.size):
        coarse[n] = np.float32(0.0)
    for m in range(moved.size):
        coarse[to[m]] += fine[moved[m]]


@kernel
def prolong_moved(moved, to, coarse, fine):
    """The transpose of `restrict_moved`."""
    for m in range(moved.size):
        fine[moved[m]] += coarse[to[m]]


@kernel
def coarsen_edges(begin, source, target, ratio, fine, coarse):
    """coarse[target] = sum of ratio fine[source] over the faces and edges that coarsen_faces leaves out."""
    for n in range(begin, coarse.size):
        coarse[n] = np.float32(0.0)
    for m in range(source.size):
        coarse[target[m]] += ratio[m] * fine[source[m]]


@kernel
def factorise(row_start, row_node, row_other, row_edge, g, sink, pinned, lower):
    """Cholesky factor of the coarsest level, all of whose nodes are rows; lower is (n, n).

    The first node of each part without a sink is tied to zero, which makes the matrix regular.
    """
    n = row_node.size
    lower[:, :] = 0.0
    for r in range(n):
        # node numbers start at 1: 0 is nobody
        d = np.float64(sink[row_node[r]])
        for e in range(row_start[r], row_start[r + 1]):
            lower[r, row_other[e] - 1] -= g[row_edge[e]]
            d += g[row_edge[e]]
        if pinned[r]:
            d *= 2.0
        lower[r, r] = d if d > 0.0 else 1.0
    for i in range(n):
        for j in range(i + 1):
            total = lower[i, j]
            for m in range(j):
                total -= lower[i, m] * lower[j, m]
            if i > j:
                lower[i, j] = total * lower[j, j]
            else:
                # the diagonal is kept inverted
                lower[i, i] = 1.0 / np.sqrt(total) if total > 0.0 else 0.0


@kernel
def solve_coarsest(lower, b, work, x):
    """x = A^-1 b with the factor of `factorise`."""
    n = lower.shape[0]
    for i in range(n):
        total = np.float64(b[i + 1])
        for m in range(i):
            total -= lower[i, m] * work[m]
        work[i] = total * lower[i, i]
    for i in range(n - 1, -1, -1):
        work[i] *= lower[i, i]
        for m in range(i):
            work[m] -= lower[i, m] * work[i]
        x[i + 1] = np.float32(work[i])
