"""How much memory a hall's air takes."""

from __future__ import annotations

from solvers.air.problem import Precision

# Bytes a node of the padded lattice at the peak of a run, from set-up to air paths, raster included. Measured
# with k-epsilon: 373 and 567 at 384,000 cells, 421 and 620 at 6,000 (tests/unit/test_air_memory.py).
BYTES_PER_NODE = {Precision.SINGLE: 440.0, Precision.DOUBLE: 640.0}
GHOSTS = 3  # layers of the lattice beside the cells of an axis


def air_memory(cells: int, precision: Precision) -> float:
    """Bytes that a hall of so many cells takes at its peak, on a grid about as long as wide as high."""
    return BYTES_PER_NODE[precision] * (cells ** (1.0 / 3.0) + GHOSTS) ** 3
