"""How the time to a steady hall grows with its cells: hall of 96 racks (air_hall.py), finer and finer.

    python tests/benchmarks/growth.py [cell sizes in m ...] [picture.png]

Prints cells, iterations on the finest raster, processor time of the whole solve (coarse rasters and last
balances included) and the exponent between neighbours and over all; draws them where a picture is named.
0.065 m gives 4.5 million cells, 0.059 m 6.0 million: some minutes and 2.1 GiB.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from air_hall import hall_problem

from solvers.air.problem import AirControls, Precision
from solvers.air.solve import solve_air

CONTROLS = AirControls(precision=Precision.SINGLE)
SIZES = (0.35, 0.25, 0.19)  # m


def measure(sizes: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Cells, and processor seconds to a steady state, of each size [m]."""
    cells, seconds = [], []
    for size in sizes:
        problem = hall_problem(size)
        begin = time.process_time()
        solution = solve_air(problem, CONTROLS)
        cells.append(problem.raster.grid.n_cells)
        seconds.append(time.process_time() - begin)
        print(
            f"{size:6.3f} m {cells[-1]:10,d} cells  {solution.iterations:4d} iterations  {seconds[-1]:8.2f} s"
            f"  {1e6 * seconds[-1] / cells[-1]:6.1f} us a cell  {solution.status.value}",
            flush=True,
        )
    return np.array(cells), np.array(seconds)


def draw(path: Path, cells: np.ndarray, seconds: np.ndarray, exponent: float) -> None:
    """Time against cells on logarithmic axes, with the slopes 1 and 1.2 for comparison."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5.0, 4.0), layout="constrained")
    axes.loglog(cells, seconds, "o-", label=f"measured, n^{exponent:.2f}")
    for slope, style in ((1.0, ":"), (1.2, "--")):
        axes.loglog(cells, seconds[0] * (cells / cells[0]) ** slope, style, color="0.5", label=f"n^{slope:g}")
    axes.set_xlabel("cells")
    axes.set_ylabel("processor time to steady state [s]")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)


def main() -> None:
    pictures = [Path(a) for a in sys.argv[1:] if a.endswith(".png")]
    sizes = [float(a) for a in sys.argv[1:] if not a.endswith(".png")] or list(SIZES)
    solve_air(hall_problem(0.5), AirControls(max_iterations=2, precision=Precision.SINGLE))  # compiles
    cells, seconds = measure(sizes)
    steps = np.diff(np.log(seconds)) / np.diff(np.log(cells))
    print("exponents between neighbours: " + ", ".join(f"{e:.2f}" for e in steps))
    exponent = float(np.polyfit(np.log(cells), np.log(seconds), 1)[0])
    print(f"over all: n^{exponent:.2f}")
    for path in pictures:
        draw(path, cells, seconds, exponent)


if __name__ == "__main__":
    main()
