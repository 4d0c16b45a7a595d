"""Jets of perforated faces: the momentum they add, and the pressure they take, by hand."""

from __future__ import annotations

from dataclasses import replace

import numba
import numpy as np
import pytest
from air_cases import ALL, raster_of, stretched, uniform_grid

from geometry.errors import InputError
from geometry.grid import Grid
from solvers.air import runs
from solvers.air.jets import add_jets, build_jets, face_losses
from solvers.air.lattice import build_lattice
from solvers.air.problem import AirControls, AirProblem, AirStatus, Exhaust, Jets, Supply, Turbulence
from solvers.air.solve import solve_air
from twin.verification.device_boxes import OUTSIDE, RHO, passage, tile_in_a_shaft

pytestmark = pytest.mark.kernel


def test_a_tile_in_a_shaft_takes_what_its_loss_says_and_its_jets_give_back() -> None:
    """0.5 m/s through a tile of a quarter holes, K 30: 30 * 1.19 * 0.25 / 2 = 4.4625 Pa to behind the mixing.

    The jets of 2 m/s have 1.19 * 0.25 * (4 - 1) = 0.8925 Pa more momentum a face than the mean stream: so
    much less is the pressure right above the tile.
    """
    with_jets, plain = (solve_air(tile_in_a_shaft(jets=jets)) for jets in (True, False))
    for solution in (with_jets, plain):
        assert solution.status is AirStatus.CONVERGED
        p = solution.state.pressure[:, 0, 0]
        assert p[3] - p[15] == pytest.approx(4.4625, rel=5e-4)
    below, above = (s.state.pressure[7, 0, 0] - s.state.pressure[8, 0, 0] for s in (with_jets, plain))
    assert above == pytest.approx(4.4625, rel=5e-4)
    assert below == pytest.approx(4.4625 + 0.8925, rel=5e-4)


@pytest.mark.parametrize("down", [False, True])
def test_the_push_is_the_momentum_that_the_face_lacks(down: bool) -> None:
    """Air either way through a passage: (1/f - 1) V^2 A over the nodes within 0.1 m behind it, none else."""
    grid = Grid(x_face=stretched(4), y_face=stretched(3), z_face=np.linspace(0.0, 1.0, 26))
    raster = raster_of(grid, panels=[(2, (slice(10, 11), ALL, ALL))])
    where = (slice(10, 11), slice(1, 2), slice(1, 3))
    raster.closed_z[where] = False
    raster = replace(raster, passages={"tile": passage(raster, "tile", 2, +1, where)})
    problem = AirProblem(
        raster=raster, supplies=(), exhausts=(), racks=(), jets=(Jets(port="tile", open_fraction=0.25),)
    )
    lattice = build_lattice(raster, ())
    jets = build_jets(problem, lattice)
    velocity, source = np.zeros(lattice.size), np.zeros(lattice.size)
    lattice.faces(velocity, 2)[where] = -0.5 if down else 0.5
    add_jets(jets[2], velocity, source)
    area = float(raster.passages["tile"].area.sum())
    assert source.sum() == pytest.approx((-3.0 if down else 3.0) * 0.25 * area, rel=1e-12)
    planes = np.flatnonzero(lattice.faces(source, 2).any(axis=(1, 2)))
    # cells of 0.04 m: faces at 0.04 and 0.08 m, none at 0.12 m
    assert planes.tolist() == ([8, 9] if down else [11, 12])
    assert jets[0].face.size == jets[1].face.size == 0
    added = face_losses(problem)[2] - raster.loss_z
    assert added[where] == pytest.approx(6.0)
    assert added.sum() == pytest.approx(12.0)


def floor_tile(*, jets: bool) -> AirProblem:
    """A tall room over a tile of 0.4 m with a quarter of holes, 0.5 m/s; the air leaves at the top."""
    raster = raster_of(
        uniform_grid((24, 10, 10), (2.0, 2.0, 2.4)),
        ports=[
            ("tile", 2, +1, (slice(0, 1), slice(4, 6), slice(4, 6))),
            ("out", 2, -1, (slice(24, 25), ALL, ALL)),
        ],
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="tile", flow=0.08, temperature=OUTSIDE),),
        exhausts=(Exhaust(port="out", backflow_temperature=OUTSIDE),),
        racks=(),
        turbulence=Turbulence.K_EPSILON,
        jets=(Jets(port="tile", open_fraction=0.25),) if jets else (),
    )


def test_a_supplys_jets_carry_their_momentum_up_the_room() -> None:
    """Integral of rho w^2 + p over the plane 0.4 m above the floor, less the pressure on the floor: what
    the tile blows, rho V^2 A / f = 1.19 * 0.25 * 0.16 * 4 = 0.1904 N, less the shear of the walls.
    """
    problem = floor_tile(jets=True)
    state = solve_air(problem).state
    cell = 0.2 * 0.2
    w = state.w[4]
    up = RHO * float((w * np.abs(w)).sum()) * cell
    across = 0.5 * (state.pressure[3] + state.pressure[4]) - state.pressure[0]
    momentum = up + float(across.sum()) * cell
    assert momentum == pytest.approx(0.1904, rel=0.1)
    plain = solve_air(floor_tile(jets=False)).state
    assert state.w[4].max() > 1.5 * plain.w[4].max()  # sqrt(1/f) = 2 for a jet without the room


def test_jets_and_jones_launder_do_not_depend_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "CELLS_PER_THREAD", 1)
    problem = replace(floor_tile(jets=True), turbulence=Turbulence.JONES_LAUNDER_K_EPSILON)
    states = []
    before = numba.get_num_threads()
    try:
        for threads in (1, 2):
            numba.set_num_threads(threads)
            states.append(solve_air(problem, AirControls(max_iterations=15)).state)
    finally:
        numba.set_num_threads(before)
    for name in ("u", "v", "w", "temperature", "k", "epsilon"):
        assert np.array_equal(getattr(states[0], name), getattr(states[1], name))


def test_jets_of_what_nobody_blows_are_refused() -> None:
    problem = floor_tile(jets=True)
    with pytest.raises(InputError, match=r"jets of 'floor': no port that is blown through, no passage"):
        solve_air(replace(problem, jets=(Jets(port="floor", open_fraction=0.25),)))
    with pytest.raises(InputError, match=r"open fraction of jets of tile = 0 -"):
        solve_air(replace(problem, jets=(Jets(port="tile", open_fraction=0.0),)))
