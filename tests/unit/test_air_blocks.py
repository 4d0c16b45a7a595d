"""Blocks of air: cut at panels; after a correction each of them is balanced."""

import numpy as np
import pytest

from geometry.grid import Grid
from geometry.raster import Raster
from solvers.air.blocks import build_blocks, correct
from solvers.air.lattice import Lattice, build_lattice

pytestmark = pytest.mark.kernel

N = 12


def lattice_with_panel(*, through: bool) -> Lattice:
    """A cube of 12^3 cells with a panel at x = 7 of 12, from wall to wall or up to half the height."""
    line = np.linspace(0.0, 1.0, N + 1)
    closed = [np.zeros((N, N, N + 1), bool), np.zeros((N, N + 1, N), bool), np.zeros((N + 1, N, N), bool)]
    for axis, mask in enumerate(closed):
        edge = [slice(None)] * 3
        for at in (0, -1):
            edge[2 - axis] = at
            mask[tuple(edge)] = True
    closed[0][: None if through else N // 2, :, 7] = True
    raster = Raster(
        grid=Grid(x_face=line, y_face=line, z_face=line),
        solid=np.zeros((N, N, N), bool),
        closed_x=closed[0],
        closed_y=closed[1],
        closed_z=closed[2],
        loss_x=np.zeros((N, N, N + 1)),
        loss_y=np.zeros((N, N + 1, N)),
        loss_z=np.zeros((N + 1, N, N)),
        ports={},
    )
    return build_lattice(raster, ())


@pytest.mark.parametrize("through", [True, False])
def test_a_box_is_parted_by_the_panel_in_it(through):
    lattice = lattice_with_panel(through=through)
    blocks = build_blocks(lattice)
    label = lattice.cells(blocks.block)
    assert label.min() == 0
    assert label.max() == blocks.count - 1
    # (1728 / (1.6 sqrt(1728)))^(1/3) = 2.96: boxes of 3 cells, 64 of them; 16 or 8 have the panel in them
    assert blocks.height == 3
    assert blocks.count == 64 + (16 if through else 8)
    assert label[0, 0, 6] != label[0, 0, 7]
    assert (label[-1, 0, 6] == label[-1, 0, 7]) is np.bool_(not through)
    assert np.unique(blocks.body).size == (2 if through else 1)


def diffusion(
    lattice: Lattice, sinks: dict[int, float], relaxation: float, phi: np.ndarray, source: np.ndarray
):
    """Links, sinks, inverse diagonal and right side of pure conduction, with inertia that carries phi."""
    links = [c.copy() for c in lattice.conductance]
    sink = np.zeros(lattice.size)
    for cell, value in sinks.items():
        sink[cell] = value
    weights = sum(links[a] + np.roll(links[a], -lattice.stride[a]) for a in range(3))
    diagonal = np.where(lattice.fluid, weights * (1.0 + relaxation) + sink, np.inf)
    return links, sink, 1.0 / diagonal, source + relaxation * weights * phi, weights


@pytest.mark.parametrize("relaxation", [0.0, 0.5])
def test_every_block_is_balanced_after_a_correction(relaxation):
    lattice = lattice_with_panel(through=False)
    blocks = build_blocks(lattice)
    rng = np.random.default_rng(3)
    phi = np.where(lattice.fluid, rng.normal(size=lattice.size), 0.0)
    source = np.where(lattice.fluid, rng.normal(size=lattice.size), 0.0)
    place = int(lattice.index(np.array(2), np.array(3), np.array(4)))
    links, sink, inverse, b, weights = diffusion(lattice, {place: 0.3}, relaxation, phi, source)
    correct(lattice, blocks, tuple(links), tuple(links), sink, inverse, b, phi, relaxation=relaxation)
    brought = sum(
        links[a] * np.roll(phi, lattice.stride[a])
        + np.roll(links[a], -lattice.stride[a]) * np.roll(phi, -lattice.stride[a])
        for a in range(3)
    )
    lack = np.where(lattice.fluid, source + brought - (weights + sink) * phi, 0.0)
    inside = blocks.block >= 0
    per_block = np.bincount(blocks.block[inside], weights=lack[inside], minlength=blocks.count)
    assert np.abs(per_block).max() < 1e-10
    assert np.abs(lack).max() > 0.1  # cell by cell it is left to the sweeps
    # inertia carries what the correction has made of phi
    expected = np.where(lattice.fluid, source + relaxation * weights * phi, 0.0)
    assert b[lattice.fluid] == pytest.approx(expected[lattice.fluid], abs=1e-12)


def test_air_whose_level_is_free_is_left_alone():
    lattice = lattice_with_panel(through=True)
    blocks = build_blocks(lattice)
    phi = np.where(lattice.fluid, 1.0, 0.0)
    source = np.where(lattice.fluid, 1e-3, 0.0)
    place = int(lattice.index(np.array(2), np.array(3), np.array(4)))  # on the low side of the panel
    links, sink, inverse, b, _ = diffusion(lattice, {place: 0.3}, 0.0, phi, source)
    correct(lattice, blocks, tuple(links), tuple(links), sink, inverse, b, phi, relaxation=0.0)
    cells = lattice.cells(phi)
    assert np.all(cells[:, :, 7:] == 1.0)
    assert cells[:, :, :7].min() > 2.0  # 1008 cells give 1e-3 each to a sink of 0.3
