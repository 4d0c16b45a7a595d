"""Faces between a wall's cell and the next: where they are, and what the law of the wall makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from solvers.air.inner_faces import build_inner_faces
from solvers.air.kernels import second_cells, wall_law
from solvers.air.lattice import Lattice, build_lattice
from solvers.air.wall_layer import wall_tables
from solvers.air.walls import beside_wall, build_near_walls
from twin.verification.air_boxes import ALL, raster_of, uniform_grid

NU = 1.5e-5
TABLES = wall_tables()


def _between(y_star: float, ratio: float) -> tuple[float, float]:
    share, part = wall_law.between(y_star, wall_law.place_of(y_star, TABLES), ratio, TABLES)
    return float(share), float(part)


@pytest.mark.kernel
def test_an_inner_face_follows_the_logarithm_far_out() -> None:
    """Centres at y+ 500 and 1500, in the log layer: ln 2 / ln 3, and the secant of ln y beside a mean."""
    share, part = _between(500.0, 3.0)
    assert share == pytest.approx(0.63093, abs=0.002)
    # (1000 x 0.41 / ln 3 - 1) / (0.41 (500 + 1500) / 2 - 1) = 372.2 / 409
    assert part == pytest.approx(0.910, abs=0.005)


@pytest.mark.kernel
def test_an_inner_face_is_linear_in_the_sublayer() -> None:
    assert _between(0.2, 3.5) == (0.4, 1.0)
    share, part = _between(0.9, 3.0)
    assert share == pytest.approx(0.5, abs=0.01)
    assert part == 1.0


@pytest.mark.kernel
@pytest.mark.parametrize(("y_star", "ratio"), [(5.0, 3.0), (12.0, 3.0), (20.0, 4.0)])
def test_an_inner_face_follows_the_law_in_the_buffer_layer(y_star: float, ratio: float) -> None:
    law, slope = wall_law.law_of_the_wall.py_func, wall_law.slope_of_the_wall_law.py_func
    share, part = _between(y_star, ratio)
    climb = law(ratio * y_star) - law(y_star)
    assert share == pytest.approx((law(2.0 * y_star) - law(y_star)) / climb, rel=2e-3)
    mean = 0.5 / slope(y_star) + 0.5 / slope(ratio * y_star) - 1.0
    assert part == pytest.approx(((ratio - 1.0) * y_star / climb - 1.0) / mean, rel=0.02)
    assert 1.0 / (ratio - 1.0) < share < 1.0
    assert part < 1.0


def _room() -> Lattice:
    """6 x 5 x 5 cells of 0.2 m with a panel across x: 2 cells on one side of it, 4 on the other."""
    raster = raster_of(uniform_grid((5, 5, 6), (1.2, 1.0, 1.0)), panels=[(0, (ALL, ALL, slice(2, 3)))])
    return build_lattice(raster, ())


def test_inner_faces_are_opposite_to_walls_and_panels() -> None:
    lattice = _room()
    walls, beside = build_near_walls(lattice), beside_wall(lattice)
    inner, second = build_inner_faces(lattice, walls, beside)
    # along x at the centre: cells 0 and 1 lie between two walls and have none; behind 2 is 3, behind 5 is 4
    at = {int(cell): number for number, cell in enumerate(walls[0].cell)}
    cells = [int(lattice.index(2, 2, i)) for i in range(6)]
    assert [int(inner[0].face[at[c]]) for c in (cells[0], cells[1])] == [-1, -1]
    assert int(inner[0].face[at[cells[2]]]) == cells[3]  # the low face of 3
    assert int(inner[0].face[at[cells[5]]]) == cells[5]
    assert inner[0].ratio[at[cells[5]]] == pytest.approx(3.0)
    # behind them, and beside no wall: 3 and 4; across y and z 3 of 5 cells, of which the outer two are behind
    assert set(second.cell) == {
        int(lattice.index(k, j, i)) for k in (1, 2, 3) for j in (1, 2, 3) for i in (3, 4)
    }
    edge = second.faces[list(second.cell).index(int(lattice.index(1, 3, 3)))]
    assert [number >= 0 for number in edge] == [True, False, False, True, True, False]
    assert tuple(second.place[list(second.cell).index(cells[4])]) == (3, 3)  # with a ghost on the low side


@pytest.mark.kernel
def test_strain_behind_a_wall_by_hand() -> None:
    """u = 5 and 8 m/s in the first cells over a floor, 9 above: (8.5 - u_face) / 0.2 m."""
    lattice = _room()
    inner, second = build_inner_faces(lattice, build_near_walls(lattice), beside_wall(lattice))
    second.share[:] = 0.75
    velocity = [np.zeros(lattice.size, dtype=np.float32) for _ in range(3)]
    u = lattice.faces(velocity[0], 0)
    u[0], u[1], u[2] = 5.0, 8.0, 9.0
    kind = [(g > 0.0).astype(np.int8) for g in lattice.conductance]
    even = [np.full(n + 3, 0.5, dtype=np.float32) for n in (6, 5, 5)]
    per = [np.full(n + 3, 5.0, dtype=np.float32) for n in (6, 5, 5)]
    strain, production = np.zeros((2, lattice.size), dtype=np.float32)
    second_cells.renew_strain(
        lattice.shape,
        second.cell,
        second.place,
        second.faces,
        second.share.astype(np.float32),
        *velocity,
        *kind,
        *even,
        *per,
        np.full(lattice.size, 3.0 * NU, dtype=np.float32),
        NU,
        strain,
        production,
    )
    cell = int(lattice.index(1, 2, 3))
    # the face below: 5 + 0.75 (8 - 5) = 7.25; the side towards the panel is even in u
    assert strain[cell] == pytest.approx((1.25 / 0.2) ** 2)
    assert production[cell] == pytest.approx(2.0 * NU * (1.25 / 0.2) ** 2)
    assert inner[2].share.base is second.share.base


@pytest.mark.kernel
def test_epsilon_gets_less_across_an_inner_face_by_hand() -> None:
    """Surplus 0.3 m3/s, Prandtl number 1.5, epsilon 4 beside the wall and 1 behind it: 0.2 (4 - 1) less."""
    lattice = _room()
    _, second = build_inner_faces(lattice, build_near_walls(lattice), beside_wall(lattice))
    cell = int(lattice.index(1, 2, 3))
    faces = second.faces[list(second.cell).index(cell)]
    surplus = np.zeros(second.surplus.size, dtype=np.float32)
    epsilon = np.ones(lattice.size, dtype=np.float32)
    epsilon[int(lattice.index(0, 2, 3))] = 4.0
    free = np.ones(lattice.size, dtype=np.bool_)
    for value in (0.3, -0.3):
        surplus[faces[4]] = value
        source, sink = np.zeros((2, lattice.size), dtype=np.float32)
        second_cells.lessen_diffusion(
            lattice.shape, second.cell, second.faces, surplus, 1.5, free, epsilon, source, sink
        )
        assert source[cell] - sink[cell] * epsilon[cell] == pytest.approx(-2.0 * value, rel=1e-5)
        assert source[cell] >= 0.0
        assert sink[cell] >= 0.0
    free[cell] = False
    source, sink = np.zeros((2, lattice.size), dtype=np.float32)
    second_cells.lessen_diffusion(
        lattice.shape, second.cell, second.faces, surplus, 1.5, free, epsilon, source, sink
    )
    assert source[cell] == 0.0
