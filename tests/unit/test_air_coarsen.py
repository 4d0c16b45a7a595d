"""Coarser rasters of a hall and guesses carried between grids."""

import numpy as np
import pytest

from geometry.grid import Grid
from geometry.gridding import make_grid
from geometry.layout import HallLayout, generate_hall
from geometry.raster import Raster
from geometry.rasterise import rasterise
from solvers.air.coarsen import coarse_raster, coarser_problems
from solvers.air.interpolate import state_on
from solvers.air.problem import AirProblem, AirState
from twin.verification.air_boxes import raster_of, uniform_grid


def hall_raster() -> Raster:
    hall = generate_hall(HallLayout(rows=2, racks_per_row=3))
    return rasterise(hall, make_grid(hall, target=0.15))


def test_a_coarse_hall_keeps_ports_solids_and_panels():
    fine = hall_raster()
    coarse = coarse_raster(fine)
    assert coarse.grid.n_cells < 0.5 * fine.grid.n_cells
    assert np.all(np.isin(coarse.grid.x_face, fine.grid.x_face))
    for name, port in fine.ports.items():
        same = coarse.ports[name]
        assert (same.axis, same.inward) == (port.axis, port.inward)
        assert same.total_area == pytest.approx(port.total_area, rel=1e-12)
    assert (coarse.grid.volume * coarse.solid).sum() == pytest.approx(
        (fine.grid.volume * fine.solid).sum(), rel=1e-12
    )
    for axis in range(3):
        closed = [(r.closed_x, r.closed_y, r.closed_z)[axis] for r in (fine, coarse)]
        loss = [(r.loss_x, r.loss_y, r.loss_z)[axis] for r in (fine, coarse)]
        assert panel_area(fine, closed[0], axis) == pytest.approx(panel_area(coarse, closed[1], axis))
        assert loss[1].max() == loss[0].max()


def panel_area(raster: Raster, closed: np.ndarray, axis: int) -> float:
    """Area of closed faces between two cells of air [m2]."""
    along = 2 - axis
    n = raster.solid.shape[along]
    air = ~np.take(raster.solid, range(n - 1), axis=along) & ~np.take(raster.solid, range(1, n), axis=along)
    area = np.take(raster.grid.volume, range(n - 1), axis=along)
    width = (raster.grid.dx[None, None, :], raster.grid.dy[None, :, None], raster.grid.dz[:, None, None])
    area = area / np.take(width[axis], range(n - 1), axis=along)
    return float((area * (air & np.take(closed, range(1, n), axis=along))).sum())


def test_a_panel_in_the_way_stays_a_line():
    grid = uniform_grid((1, 4, 6), (6.0, 4.0, 1.0))
    raster = raster_of(grid)
    raster.closed_x[:, 1:3, 3] = True
    coarse = coarse_raster(raster)
    np.testing.assert_array_equal(coarse.grid.x_face, [0.0, 2.0, 3.0, 5.0, 6.0])
    # the panel begins and ends between rows, so only no row is joined with another kind
    np.testing.assert_array_equal(coarse.grid.y_face, [0.0, 1.0, 3.0, 4.0])
    assert coarse.closed_x[0, 1, 2]
    assert not coarse.closed_x[0, 0, 2]


def test_small_halls_are_not_coarsened():
    raster = raster_of(uniform_grid((4, 4, 4), (1.0, 1.0, 1.0)))
    assert coarser_problems(AirProblem(raster=raster, supplies=(), exhausts=(), racks=())) == []


def test_velocities_on_a_refinement_conserve_mass():
    rng = np.random.default_rng(5)
    lines = np.array([0.0, 0.5, 1.2, 2.0])
    grid = Grid(x_face=lines, y_face=lines, z_face=lines)
    between = np.sort(np.concatenate([lines, 0.3 * lines[1:] + 0.7 * lines[:-1]]))
    target = Grid(x_face=between, y_face=between, z_face=between)
    state = AirState(
        u=rng.normal(size=(3, 3, 4)),
        v=rng.normal(size=(3, 4, 3)),
        w=rng.normal(size=(4, 3, 3)),
        pressure=rng.normal(size=(3, 3, 3)),
        temperature=rng.normal(size=(3, 3, 3)),
    )
    fine = state_on(grid, state, target)

    def divergence(s: AirState, g: Grid) -> np.ndarray:
        return (
            np.diff(s.u, axis=2) / g.dx
            + np.diff(s.v, axis=1) / g.dy[:, None]
            + np.diff(s.w, axis=0) / g.dz[:, None, None]
        )

    expected = divergence(state, grid).repeat(2, 0).repeat(2, 1).repeat(2, 2)
    np.testing.assert_allclose(divergence(fine, target), expected, atol=1e-12)
    assert fine.temperature[0, 0, 0] == state.temperature[0, 0, 0]
    assert fine.temperature[-1, -1, -1] == state.temperature[-1, -1, -1]
    assert fine.k is None


def test_losses_of_joined_porous_layers_are_kept_in_series():
    raster = raster_of(uniform_grid((2, 2, 8), (8.0, 2.0, 2.0)))
    through = [0.0, 0.0, 2.0, 4.0, 4.0, 4.0, 2.0, 0.0, 0.0]  # a porous part of four cells
    raster.loss_x[:] = through
    coarse = coarse_raster(raster)
    np.testing.assert_array_equal(coarse.grid.x_face, [0.0, 2.0, 4.0, 6.0, 8.0])
    np.testing.assert_array_equal(coarse.loss_x[0, 0], [0.0, 4.0, 8.0, 4.0, 0.0])
    raster.loss_x[:] = [0.0, 0.0, 0.0, 50.0, 0.0, 0.0, 0.0, 0.0, 0.0]  # a perforated plate
    coarse = coarse_raster(raster)
    np.testing.assert_array_equal(coarse.grid.x_face, [0.0, 2.0, 3.0, 5.0, 7.0, 8.0])
    np.testing.assert_array_equal(coarse.loss_x[0, 0], [0.0, 0.0, 50.0, 0.0, 0.0, 0.0])
