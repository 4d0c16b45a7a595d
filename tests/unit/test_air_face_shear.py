"""The sideways velocity at the faces of devices: a layer with suction or blowing, or a fixed vector."""

from __future__ import annotations

import numpy as np
import pytest

from solvers.air.devices import Devices, build_devices
from solvers.air.lattice import Lattice, build_lattice
from solvers.air.problem import FaceShear
from solvers.air.walls import keep_momentum, plate_shear
from twin.verification.ducts import rack_in_a_duct

NU = 0.01


@pytest.fixture(scope="module")
def duct() -> tuple[Lattice, Devices]:
    """Cells of 0.2 m; a rack draws 0.2 m3/s through 0.8 x 1 m: 0.25 m/s."""
    problem = rack_in_a_duct()
    ports = tuple(problem.raster.ports[e.port] for e in problem.exhausts)
    lattice = build_lattice(problem.raster, ports, devices_are_surfaces=False)
    return lattice, build_devices(problem, lattice, 293.15)


def _shear(duct: tuple[Lattice, Devices], form: FaceShear) -> float:
    """Of the first cell before the rack, over half its face [m/s]."""
    lattice, devices = duct
    shear = np.zeros(lattice.size)
    plate_shear(lattice, devices, form, 0, np.full(lattice.size, NU), shear)
    return float(shear[devices.intake.cell[0]] / (0.5 * devices.intake.area[0]))


def test_suction_and_its_layer_take_the_momentum_of_the_asymptotic_profile(
    duct: tuple[Lattice, Devices],
) -> None:
    # u = U (1 - exp(-V y / nu)): the wall takes V U. At y = 0.1 m, V y / nu = 2.5: u = 0.917915 U, so that
    # V u by convection and the shear make V U when the shear is 0.25 (1 / 0.917915 - 1) = 0.022356 m/s
    assert _shear(duct, FaceShear.LAYER) == pytest.approx(0.0223563, rel=1e-5)


def test_a_fixed_vector_rubs_by_diffusion_alone(duct: tuple[Lattice, Devices]) -> None:
    assert _shear(duct, FaceShear.FIXED_VECTOR) == pytest.approx(NU / 0.1, rel=1e-12)


def test_what_a_fixed_vector_gives_back_is_what_convection_takes(duct: tuple[Lattice, Devices]) -> None:
    lattice, devices = duct
    w = np.full(lattice.size, 0.6)
    source = np.zeros(lattice.size)
    keep_momentum(devices, 0, lattice.stride[2], w, source)
    assert source.sum() == pytest.approx(0.2 * 0.6, rel=1e-12)
    nothing = np.zeros(lattice.size)
    keep_momentum(devices, 1, lattice.stride[2], w, nothing)
    assert not nothing.any()
