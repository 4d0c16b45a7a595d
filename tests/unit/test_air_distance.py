"""Distance of cells to the nearest surface, on graded lattices with solids and panels."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from geometry.grid import Grid
from solvers.air.lattice import build_lattice
from twin.verification.air_boxes import raster_of

pytestmark = pytest.mark.kernel


def test_distance_is_that_to_the_nearest_centre_of_a_closed_face() -> None:
    """Against a search among all of them, on a graded lattice with a solid and a panel."""
    rng = np.random.default_rng(11)
    lines = [np.concatenate([[0.0], np.cumsum(0.2 + rng.random(n))]) for n in (7, 6, 5)]
    grid = Grid(x_face=lines[0], y_face=lines[1], z_face=lines[2])
    raster = raster_of(grid, solids=[(slice(1, 3), slice(2, 4), slice(2, 5))])
    raster.closed_x[3, :4, 3] = True
    length = build_lattice(raster, ()).length.reshape(8, 9, 10)[1:6, 1:7, 1:8]
    points = []
    for axis, closed in enumerate((raster.closed_x, raster.closed_y, raster.closed_z)):
        k, j, i = np.nonzero(closed)
        place = [grid.x, grid.y, grid.z]
        place[axis] = lines[axis]
        for a, b, c in zip(k, j, i, strict=True):
            sides = [[c, b, a], [c, b, a]]
            sides[0][axis] -= 1
            inside = [s for s in sides if 0 <= s[axis] < lines[axis].size - 1]
            if any(not raster.solid[s[2], s[1], s[0]] for s in inside):
                points.append((place[0][c], place[1][b], place[2][a]))
    k, j, i = np.nonzero(~raster.solid)
    expected = cKDTree(points).query(np.column_stack([grid.x[i], grid.y[j], grid.z[k]]))[0]
    np.testing.assert_allclose(length[k, j, i], expected, rtol=1e-13)
    assert np.all(length[raster.solid] == 0.0)
