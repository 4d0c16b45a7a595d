"""Time the pressure solver on a box, beside smoothed aggregation where pyamg is installed.

    python tests/benchmarks/poisson.py [cells along x, y, z: 120 80 40] [tolerance: 1e-6]

Uniform cells, one side held at zero, the others closed, white noise on the right. Every figure is the best
of several repeats in this process. `bytes` are what a cycle has to move at least: each array of a pass once.
The triad a = b + s c (12 bytes an element, float32) of the same size as a field, in arrays that take turns so
that they are as cold as the solver's, says what the memory can do.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from numba import get_num_threads, set_num_threads
from numpy.typing import NDArray

from geometry.grid import Array
from solvers._jit import parallel_kernel, prange
from solvers.linear import krylov
from solvers.linear.hierarchy import padded
from solvers.linear.multigrid import v_cycle

# float32 fields read or written by the passes of one iteration on the finest level
CYCLE_FIELDS = {
    "smooth from zero, defect": 8,  # g x 3, sink, inverse, b; x, other
    "restrict": 1.25 + 0.125,  # other, flags; coarse b
    "prolong": 2.25 + 0.125,  # x, flags, coarse x; x
    "both steps": 8,  # g x 3, inverse, b, x; other, x
}
COARSE = 8.0 / 7.0  # all levels over the finest
KRYLOV_FIELDS = 10 + 3  # direction with product (z, g x 3, sink, p, x; p, x, q), advance (r, q; r)
BYTES = 4


@parallel_kernel
def triad(a, b, c):  # type: ignore[no-untyped-def]
    """a = b + c / 2."""
    for i in prange(a.size):
        a[i] = b[i] + np.float32(0.5) * c[i]


def best(function: Callable[[], object], repeats: int = 7) -> float:
    """Shortest time [s]."""
    function()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return min(times)


def box(shape: tuple[int, int, int]) -> tuple[tuple[Array, Array, Array], Array, Array]:
    """Conductances, connections to zero (side z = 0) and right side of the benchmark."""
    nz, ny, nx = shape
    fields = [np.zeros(padded(shape)) for _ in range(5)]
    fields[0][1 : nz + 1, 1 : ny + 1, 2 : nx + 1] = 1.0
    fields[1][1 : nz + 1, 2 : ny + 1, 1 : nx + 1] = 1.0
    fields[2][2 : nz + 1, 1 : ny + 1, 1 : nx + 1] = 1.0
    fields[3][1, 1 : ny + 1, 1 : nx + 1] = 2.0
    fields[4][1 : nz + 1, 1 : ny + 1, 1 : nx + 1] = np.random.default_rng(0).normal(size=shape)
    flat = [f.ravel() for f in fields]
    return (flat[0], flat[1], flat[2]), flat[3], flat[4]


def measure_triad(size: int) -> float:
    """Triad [bytes/s] over several sets of arrays of `size` float32."""
    sets = [[np.ones(size, dtype=np.float32) for _ in range(3)] for _ in range(6)]

    def run() -> None:
        for a, b, c in sets:
            triad(a, b, c)

    return 6 * 3 * BYTES * size / best(run)


def measure_ours(shape: tuple[int, int, int], tolerance: float) -> float:
    """Print the figures of our solver with the present number of threads; returns the solve [s]."""
    g, extra, b = box(shape)
    faces = tuple(np.arange(n + 1) * 0.1 for n in reversed(shape))
    system = krylov.poisson(shape, (faces[0], faces[1], faces[2]), g, extra)
    x = np.zeros_like(b)
    report = krylov.solve(system, b, x, tolerance=tolerance, from_zero=True)
    seconds = best(lambda: krylov.solve(system, b, x, tolerance=tolerance, from_zero=True))
    refresh = best(lambda: krylov.refresh(system), repeats=3)
    cycle = best(lambda: v_cycle(system.hierarchy), repeats=15)
    moved = BYTES * b.size * sum(CYCLE_FIELDS.values()) * COARSE
    stream = measure_triad(b.size)
    n = int(np.prod(shape))
    held = _bytes(system)
    print(
        f"ours, {get_num_threads()} threads: {1e3 * seconds:.1f} ms, {report.iterations} iterations, "
        f"residual {report.residual:.1e}; renewing the hierarchy {1e3 * refresh:.1f} ms; "
        f"{held / n:.0f} bytes a cell\n"
        f"  a cycle {1e3 * cycle:.2f} ms, {1e-6 * moved:.0f} MB: {1e-9 * moved / cycle:.1f} GB/s, triad "
        f"{1e-9 * stream:.1f} GB/s, {100 * moved / cycle / stream:.0f} %; with the Krylov part "
        f"{1e-6 * (moved + BYTES * b.size * KRYLOV_FIELDS):.0f} MB an iteration"
    )
    return seconds


def _bytes(system: krylov.Poisson) -> int:
    """Memory of the solver with the caller's conductances."""
    arrays: list[NDArray[np.generic]] = [*system.g, system.extra, system.r, system.p, system.q]
    arrays.append(system.correction)
    for level in system.hierarchy.levels:
        arrays += [level.g, level.sink, level.inverse, level.b, level.x, level.other]
        if level.transfer is not None:
            arrays += [level.transfer.flags, level.transfer.scratch, level.transfer.moved]
            arrays += [level.transfer.source, level.transfer.target, level.transfer.source_ratio]
    return sum(a.nbytes for a in arrays)


def measure_pyamg(shape: tuple[int, int, int], tolerance: float) -> float | None:
    """Conjugate gradients with pyamg's smoothed aggregation on the same system; the solve [s]."""
    try:
        import pyamg
        import scipy.sparse as sparse
    except ImportError:
        print("pyamg is not installed: no comparison")
        return None
    g, extra, b = box(shape)
    inside = np.zeros(padded(shape), dtype=bool)
    inside[1:-2, 1:-2, 1:-2] = True
    cells = np.flatnonzero(inside)
    number = np.zeros(b.size, dtype=np.int64)
    number[cells] = np.arange(cells.size)
    stride = (1, shape[2] + 3, (shape[2] + 3) * (shape[1] + 3))
    matrix = sparse.diags(extra[cells]).tocsr()
    for axis in range(3):
        high = np.flatnonzero(g[axis] > 0)
        i, j = number[high - stride[axis]], number[high]
        size = (cells.size, cells.size)
        link = sparse.coo_matrix((g[axis][high], (i, j)), shape=size).tocsr()
        link = link + link.T
        matrix = matrix + sparse.diags(np.asarray(link.sum(axis=1)).ravel()) - link
    begin = time.perf_counter()
    solver = pyamg.smoothed_aggregation_solver(matrix.tocsr(), max_coarse=300)
    setup = time.perf_counter() - begin
    residuals: list[float] = []
    solver.solve(b[cells], tol=tolerance, accel="cg", residuals=residuals)
    seconds = best(lambda: solver.solve(b[cells], tol=tolerance, accel="cg"), repeats=3)
    print(
        f"pyamg {pyamg.__version__}, smoothed aggregation and conjugate gradients: {1e3 * seconds:.0f} ms, "
        f"{len(residuals) - 1} iterations; setup {1e3 * setup:.0f} ms"
    )
    return seconds


def main() -> None:
    numbers = sys.argv[1:]
    nx, ny, nz = (int(a) for a in numbers[:3]) if len(numbers) >= 3 else (120, 80, 40)
    tolerance = float(numbers[3]) if len(numbers) > 3 else 1e-6
    shape = (nz, ny, nx)
    print(f"{nx} x {ny} x {nz} = {nx * ny * nz:,} cells to {tolerance:g}")
    peer = measure_pyamg(shape, tolerance)
    for threads in range(1, get_num_threads() + 1):
        set_num_threads(threads)
        seconds = measure_ours(shape, tolerance)
        if peer is not None:
            print(f"  {peer / seconds:.0f} times faster than pyamg")


if __name__ == "__main__":
    main()
