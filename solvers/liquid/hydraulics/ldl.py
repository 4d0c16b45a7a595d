"""Factorisation L D L' of a symmetric positive definite matrix whose pattern stays while its numbers change.

The ordering and the pattern of L are found once; `factorise` and `substitute` are then kernels without a
search or an allocation. Networks of pipes are nearly trees: minimum degree keeps L almost as sparse as A.

Sources: Liu 1985, Modification of the minimum-degree algorithm by multiple elimination (the ordering, as
SuperLU does it); Liu 1990, The role of elimination trees in sparse factorization (pattern of the rows of L).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import splu

from solvers._jit import kernel

Array = NDArray[np.float64]
Index = NDArray[np.intp]


class Pattern(NamedTuple):
    """L of a matrix with n rows, below its diagonal, by column; and the same entries again by row."""

    place: Index  # (n,) row of the ordered matrix that holds unknown i
    first: Index  # (n+1,) where each column begins
    row: Index  # (nnz,) rising in every column
    by_row: Index  # (n+1,) where each row begins in the next two
    column: Index  # (nnz,)
    at: Index  # (nnz,) position of that entry among the columns


def analyse(n: int, a: Index, b: Index) -> Pattern:
    """Pattern for the matrix with entries at (a, b), (b, a) and on the diagonal; a != b, (m,) of 0..n-1."""
    place = _minimum_degree(n, a, b)
    low, high = np.minimum(place[a], place[b]), np.maximum(place[a], place[b])
    turn = np.argsort(high, kind="stable")
    begin = np.searchsorted(high[turn], np.arange(n + 1)).astype(np.intp)
    first, by_row, nnz = _count(n, begin, low[turn])
    row, column, at = (np.empty(nnz, dtype=np.intp) for _ in range(3))
    _fill(n, begin, low[turn], first, by_row, row, column, at)
    return Pattern(place=place, first=first, row=row, by_row=by_row, column=column, at=at)


def slots(pattern: Pattern, a: Index, b: Index) -> Index:
    """Position in L of the entries (a, b); -1 where a or b is negative: outside the matrix."""
    inside = (a >= 0) & (b >= 0)
    if not inside.any():
        return np.full(a.size, -1, dtype=np.intp)
    p, q = pattern.place[np.where(inside, a, 0)], pattern.place[np.where(inside, b, 0)]
    out = np.full(a.size, -1, dtype=np.intp)
    _find(pattern, np.minimum(p, q), np.maximum(p, q), inside, out)
    return out


def _minimum_degree(n: int, a: Index, b: Index) -> Index:
    if n < 2 or a.size == 0:
        return np.arange(n, dtype=np.intp)
    ones = np.ones(a.size)
    # SuperLU orders and factorises at once; a dominant diagonal keeps its pivots where they are
    matrix = coo_matrix((ones, (a, b)), shape=(n, n))
    matrix = (matrix + matrix.T).tocsc()
    matrix.setdiag(1.0 + np.asarray(abs(matrix).sum(axis=0)).ravel())
    options = {"SymmetricMode": True, "DiagPivotThresh": 0.0}
    found = splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", options=options)
    return np.asarray(found.perm_c, dtype=np.intp)


@kernel
def _count(n: int, begin: Index, low: Index) -> tuple[Index, Index, int]:
    """Where columns and rows of L begin, by walking the elimination tree from every entry of A."""
    parent = np.full(n, -1, np.intp)
    seen = np.full(n, -1, np.intp)
    first, by_row = np.zeros(n + 1, np.intp), np.zeros(n + 1, np.intp)
    nnz = 0
    for k in range(n):
        seen[k] = k
        for p in range(begin[k], begin[k + 1]):
            i = low[p]
            while seen[i] != k:
                if parent[i] < 0:
                    parent[i] = k
                first[i + 1] += 1
                nnz += 1
                seen[i] = k
                i = parent[i]
        by_row[k + 1] = nnz
    for i in range(n):
        first[i + 1] += first[i]
    return first, by_row, nnz


@kernel
def _fill(
    n: int, begin: Index, low: Index, first: Index, by_row: Index, row: Index, column: Index, at: Index
) -> None:
    parent = np.full(n, -1, np.intp)
    seen = np.full(n, -1, np.intp)
    used = first[:-1].copy()
    q = 0
    for k in range(n):
        seen[k] = k
        for p in range(begin[k], begin[k + 1]):
            i = low[p]
            while seen[i] != k:
                if parent[i] < 0:
                    parent[i] = k
                row[used[i]] = k
                column[q] = i
                at[q] = used[i]
                used[i] += 1
                q += 1
                seen[i] = k
                i = parent[i]


@kernel
def _find(pattern: Pattern, low: Index, high: Index, inside: NDArray[np.bool_], out: Index) -> None:
    for j in range(low.size):
        if inside[j]:
            begin, end = pattern.first[low[j]], pattern.first[low[j] + 1]
            out[j] = begin + np.searchsorted(pattern.row[begin:end], high[j])


@kernel
def factorise(pattern: Pattern, value: Array, diagonal: Array, work: Array) -> None:
    """Overwrite the lower triangle of A by L D and its diagonal by 1/D (left-looking, column by column).

    value (nnz,) in the pattern of L, zero where A has no entry; diagonal, work (n,). No pivoting: A is
    positive definite if every part of the network has a node of given pressure.
    """
    for j in range(diagonal.size):
        begin, end = pattern.first[j], pattern.first[j + 1]
        for p in range(begin, end):
            work[pattern.row[p]] = value[p]
        pivot = diagonal[j]
        for q in range(pattern.by_row[j], pattern.by_row[j + 1]):
            k, p = pattern.column[q], pattern.at[q]
            part = value[p] * diagonal[k]
            pivot -= value[p] * part
            for s in range(p + 1, pattern.first[k + 1]):
                work[pattern.row[s]] -= value[s] * part
        diagonal[j] = 1.0 / pivot
        for p in range(begin, end):
            value[p] = work[pattern.row[p]]


@kernel
def substitute(pattern: Pattern, value: Array, inverse: Array, x: Array) -> None:
    """Solve L D L' x = x in place, in the ordered numbering, with the output of `factorise`; x (n,)."""
    n = x.size
    for j in range(n):
        known = x[j] * inverse[j]
        for p in range(pattern.first[j], pattern.first[j + 1]):
            x[pattern.row[p]] -= value[p] * known
    for j in range(n - 1, -1, -1):
        total = x[j]
        for p in range(pattern.first[j], pattern.first[j + 1]):
            total -= value[p] * x[pattern.row[p]]
        x[j] = total * inverse[j]
