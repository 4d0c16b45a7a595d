"""The estimate of a hall's memory against what a run allocates."""

from __future__ import annotations

import tracemalloc

import pytest

from solvers.air.memory import air_memory
from solvers.air.physics import physics_checks
from solvers.air.problem import AirControls, Precision
from solvers.air.recirculation import recirculation
from solvers.air.solve import solve_air
from solvers.air.tracers import freeze
from twin.benchmarks.hall_small import hall_small


def run(size: float, precision: Precision) -> int:
    """A hall's air as `twin run` computes it, but for its length; the number of cells."""
    problem = hall_small(size)
    solution = solve_air(problem, AirControls(max_iterations=2, precision=precision))
    frozen = freeze(problem, solution)
    physics_checks(problem, solution, frozen, drift_tolerance=0.1)
    recirculation(frozen, tolerance=1e-2)
    return problem.raster.grid.n_cells


@pytest.mark.parametrize("precision", Precision)
def test_the_estimate_is_what_a_run_takes_at_its_peak(precision: Precision) -> None:
    run(0.4, precision)  # compilers allocate as well
    tracemalloc.start()
    try:
        cells = run(0.4, precision)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 0.85 * air_memory(cells, precision) < peak < air_memory(cells, precision)


def test_large_halls_take_little_more_than_their_cells() -> None:
    # 440 bytes times (100 + 3)^3 nodes
    assert air_memory(1_000_000, Precision.SINGLE) == pytest.approx(480.8e6, rel=1e-4)
