"""Friction and compression as heat along pipes; thermal expansion of water."""

import numpy as np
import pytest

from solvers.fluids import expansion, load_fluid
from solvers.liquid.heat.pressure import pressure_heat
from solvers.liquid.hydraulics.network import Pipe, build_network
from twin.resources import data_dir

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def water():
    return load_fluid(data_dir() / "coolants" / "water.csv")


@pytest.mark.parametrize(("kelvin", "per_kelvin"), [(300.0, 276.1e-6), (340.0, 566.0e-6)])
def test_water_expands_as_the_table_says(water, kelvin, per_kelvin):
    """Incropera et al. 2011, table A.6."""
    assert expansion(water, kelvin) == pytest.approx(per_kelvin, rel=0.01)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_friction_and_depth_by_hand(water, sign):
    """2 kg/s of water of 340 K, 979.43 kg/m3, either way through a shaft of 100 m, 10 kPa lost on the way.

    Friction 2 x 10e3 / 979.43 = 20.42 W. Down 100 m the pressure rises by 979.43 x 9.80665 x 100 less that:
    950.49 kPa, and 2 x 340 x 566.0e-6 x 950.49e3 / 979.43 = 373.5 W; up it falls by 970.49 kPa, -381.4 W.
    """
    shaft = Pipe(name="shaft", start="top", end="foot", length=100.0, diameter=0.1, roughness=1e-5)
    network = build_network(
        [shaft], inflow={"top": 2.0 * sign}, pressure={"foot": 0.0}, height={"top": 100.0, "foot": 0.0}
    )
    drop = np.array([sign * 10e3 - 979.43 * 9.80665 * 100.0])
    got = pressure_heat(
        network,
        water,
        np.array([2.0 * sign]),
        drop,
        temperature=np.array([340.0]),
        density=np.array([979.43]),
    )
    assert got == pytest.approx([20.42 + (373.5 if sign > 0 else -381.4)], rel=0.01)
