"""Walls without friction."""

from __future__ import annotations

import numpy as np

from geometry.grid import Array
from geometry.hall import Side
from solvers.air.lattice import Lattice, build_lattice
from twin.verification.air_boxes import ALL, raster_of, uniform_grid


def drag_of(lattice: Lattice, axis: int) -> Array:
    flat = np.zeros(lattice.size)
    flat[lattice.drag[axis].cell] = lattice.drag[axis].value
    return lattice.cells(flat)


def test_slip_takes_the_friction_off_one_side() -> None:
    raster = raster_of(uniform_grid((4, 4, 4)), solids=[(ALL, ALL, slice(0, 1))])
    rough = build_lattice(raster, ())
    smooth = build_lattice(raster, (), slip=(Side.Z_LO, Side.X_LO))
    drag = drag_of(smooth, 2)
    assert drag[0].max() == 0.0
    assert np.array_equal(drag[1:], drag_of(rough, 2)[1:])
    assert drag[3].max() > 0.0
    # the solid stands before the smooth side x = 0 and keeps its own friction
    assert np.array_equal(drag_of(smooth, 0), drag_of(rough, 0))
    # the floor is no surface any more: cells above it are farther from the next one
    assert smooth.cells(smooth.length)[0, 2, 2] > rough.cells(rough.length)[0, 2, 2]
