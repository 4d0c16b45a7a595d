"""The terms of the model of Jones and Launder, and of Yap's length scale, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.grid import Array
from solvers.air.closures import JONES_LAUNDER
from solvers.air.kernels import jones_launder, k_epsilon
from solvers.air.lattice import Lattice, build_lattice
from twin.verification.air_boxes import raster_of, uniform_grid

pytestmark = pytest.mark.kernel
NU = 1.5e-5
C_LENGTH = 0.41 * 0.09**-0.75


def box() -> Lattice:
    return build_lattice(raster_of(uniform_grid((6, 5, 4), (0.8, 1.0, 0.6))), ())


def places(lattice: Lattice) -> tuple[list[Array], list[Array], list[Array]]:
    """kind, share and per of `k_epsilon.shear_production`."""
    kind, share, per = [], [], []
    for axis in range(3):
        face, centre = lattice.face[axis], lattice.centre[axis]
        kind.append((lattice.conductance[axis] > 0.0).astype(np.int8))
        share.append(np.append(1.0, (face[1:] - centre[:-1]) / np.diff(centre)))
        per.append(np.append(1.0 / np.diff(face), 1.0))
    return kind, share, per


@pytest.mark.parametrize(("k", "y"), [(1e-8, 1e-4), (1e-4, 1e-3), (0.01, 0.05)])
def test_the_isotropic_part_beside_a_wall_is_the_layers_less_that_of_the_sublayer(k: float, y: float) -> None:
    whole = k_epsilon.layer_epsilon(k, y, NU, C_LENGTH)
    rest = jones_launder.isotropic_layer_epsilon(k, y, NU, C_LENGTH)
    assert rest == pytest.approx(whole - 2.0 * NU * k / y**2, rel=1e-6)


def test_the_isotropic_part_has_no_step_where_its_series_begins() -> None:
    # y k^1/2 / nu = 0.02 c_l at y = 1 mm
    k = (0.02 * C_LENGTH * NU / 1e-3) ** 2
    below, above = (
        jones_launder.isotropic_layer_epsilon(k * f, 1e-3, NU, C_LENGTH) for f in (0.9999, 1.0001)
    )
    assert above / below == pytest.approx(1.0002**1.5, rel=1e-4)


def test_decay_at_low_turbulence() -> None:
    assert jones_launder.low_turbulence_decay(0.0) == pytest.approx(0.7)
    assert jones_launder.low_turbulence_decay(1.0) == pytest.approx(1.0 - 0.3 * 0.36787944)
    assert jones_launder.low_turbulence_decay(100.0) == 1.0


def test_yaps_source_by_hand() -> None:
    """k 0.04, y 0.1: k^3/2 / (2.55 y) = 0.008 / 0.255 = 0.0313725, so r = 2 at epsilon 0.0156863."""
    epsilon = 0.0313725490 / 2.0
    source, sink = jones_launder.yap_source(0.04, epsilon, 0.1)
    assert source - sink * epsilon == pytest.approx(0.83 * (2.0 - 1.0) * 4.0 * epsilon**2 / 0.04, rel=1e-6)
    # as Newton's method: the sink is minus the slope of the published term
    term = [
        0.83 * (0.0313725490 / e - 1.0) * 0.0313725490**2 / 0.04 for e in (epsilon - 1e-7, epsilon + 1e-7)
    ]
    assert sink == pytest.approx((term[0] - term[1]) / 2e-7, rel=1e-5)
    assert jones_launder.yap_source(0.04, 0.04, 0.1) == (0.0, 0.0)  # eddies no longer than a wall allows


def test_a_bent_profile_feeds_epsilon() -> None:
    """u = 5 z^2, w = 3 x^2: 2 nu nu_t (10^2 + 6^2), with f_2 1 and eddies too short for Yap's source."""
    lattice = box()
    kind, _, per = places(lattice)
    velocity = [np.zeros(lattice.size) for _ in range(3)]
    shape = lattice.padded
    velocity[0][:] = np.broadcast_to(5.0 * lattice.centre[2][:, None, None] ** 2, shape).ravel()
    velocity[2][:] = np.broadcast_to(3.0 * lattice.centre[0] ** 2, shape).ravel()
    source, sink = np.zeros(lattice.size), np.zeros(lattice.size)
    nothing = np.zeros(lattice.size, dtype=np.bool_)
    jones_launder.isotropic_sources(
        lattice.shape,
        JONES_LAUNDER,
        lattice.fluid,
        nothing,
        np.full(lattice.size, 10.0),
        np.ones(lattice.size),
        *velocity,
        *kind,
        *lattice.centre,
        *per,
        np.full(lattice.size, 4.0 * NU),
        NU,
        np.full(lattice.size, 0.01),
        np.full(lattice.size, 0.01),
        source,
        sink,
    )
    inside = lattice.cells(source)[1:-1, 1:-1, 1:-1]
    assert inside == pytest.approx(np.full(inside.shape, 2.0 * NU * 3.0 * NU * 136.0))
    # towards a wall a slope is even: what the air does there is the wall law's
    assert lattice.cells(source)[0, 2, 1] == pytest.approx(2.0 * NU * 3.0 * NU * 36.0)
    assert (lattice.cells(sink) == 0.0).all()


def test_what_k_loses_beside_the_isotropic_part() -> None:
    """k = (0.3 z)^2: 2 nu 0.3^2 inside; 2 nu k / y^2 beside a wall."""
    lattice = box()
    kind, share, per = places(lattice)
    k = np.broadcast_to((0.3 * lattice.centre[2][:, None, None]) ** 2, lattice.padded).ravel().copy()
    beside = np.zeros(lattice.size, dtype=np.bool_)
    corner = int(lattice.index(0, 0, 0))
    beside[corner] = True
    out = np.zeros(lattice.size)
    jones_launder.whole_dissipation(
        lattice.shape,
        lattice.fluid,
        beside,
        np.full(lattice.size, 0.05),
        *kind,
        *share,
        *per,
        NU,
        k,
        np.full(lattice.size, 1e-3),
        out,
    )
    inside = lattice.cells(out)[1:-1]
    assert inside == pytest.approx(np.full(inside.shape, 1e-3 + 2.0 * NU * 0.09))
    assert out[corner] == pytest.approx(1e-3 + 2.0 * NU * k[corner] / 0.05**2)
