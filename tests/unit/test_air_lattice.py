"""Leaky panels: air passes through their gaps, heat and friction through no more than these."""

import numpy as np
import pytest

from geometry.grid import Grid
from geometry.raster import Raster
from solvers.air.lattice import build_lattice, open_share


def test_open_share_of_a_loss_coefficient():
    assert open_share(np.array([0.0, 1.0, 2.89])) == pytest.approx([1.0, 1.0, 1.0])
    assert open_share(np.array([4 * 2.89, 7225.0])) == pytest.approx([0.5, 0.02])


def test_a_leaky_panel_conducts_by_its_gaps_and_drags_by_the_rest():
    line = np.linspace(0.0, 1.0, 5)
    grid = Grid(x_face=line, y_face=line, z_face=line)
    n = 4
    loss_x = np.zeros((n, n, n + 1))
    loss_x[:, :, 2] = 7225.0  # a panel with 2 % gaps in the middle
    closed = [np.zeros((n, n, n + 1), bool), np.zeros((n, n + 1, n), bool), np.zeros((n + 1, n, n), bool)]
    for axis, mask in enumerate(closed):
        edge = [slice(None)] * 3
        for at in (0, -1):
            edge[2 - axis] = at
            mask[tuple(edge)] = True
    raster = Raster(
        grid=grid,
        solid=np.zeros((n, n, n), bool),
        closed_x=closed[0],
        closed_y=closed[1],
        closed_z=closed[2],
        loss_x=loss_x,
        loss_y=np.zeros((n, n + 1, n)),
        loss_z=np.zeros((n + 1, n, n)),
        ports={},
    )
    lattice = build_lattice(raster, ())
    assert lattice.n_regions == 1  # it breathes
    across = lattice.faces(lattice.conductance[0], 0)
    assert across[1, 1, 2] == pytest.approx(0.02 * across[1, 1, 1])
    # the wall drag of a component along y beside the panel: 98 % of that beside a solid wall
    drag = dict(zip(lattice.drag[0].cell.tolist(), lattice.drag[0].value.tolist(), strict=True))
    assert drag[int(lattice.index(1, 1, 1))] == pytest.approx(0.98 * drag[int(lattice.index(1, 1, 0))])
    # turbulence counts its length from the panel: the cell beside it is half a cell away
    assert lattice.cells(lattice.length)[1, 1, 1] == pytest.approx(0.125)
