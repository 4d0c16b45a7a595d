"""Coolant properties against CoolProp 8.0.0, the source of the tables, and IAPWS."""

from pathlib import Path

import numpy as np
import pytest

from geometry.errors import InputError
from solvers import fluids

COOLANTS = Path(__file__).parents[2] / "data" / "coolants"
FILES = sorted(COOLANTS.glob("*.csv"))

# CoolProp 8.0.0 at 3 bar: T [degC], density, heat capacity, viscosity, conductivity (states off the nodes)
STATES = [
    ("water", 20, 998.29814, 4183.4303, 0.001001535, 0.59812936),
    ("water", 70, 977.85234, 4189.6333, 0.00040359986, 0.65986332),
    ("pg20", 40, 1006.3685, 4019.0284, 0.0011693046, 0.512276),
    ("pg25", 5, 1024.4825, 3884.1883, 0.0043928579, 0.45414022),
    ("pg25", 40, 1009.9094, 3968.6495, 0.0013530124, 0.48583982),
    ("pg25", 60, 998.39727, 4015.7083, 0.00087803548, 0.50320369),
    ("pg30", 30, 1018.8901, 3883.8644, 0.0021041171, 0.45249494),
    ("eg25", 50, 1017.4326, 3880.0756, 0.00092906082, 0.51492283),
    ("eg35", 5, 1051.0639, 3566.4247, 0.0041128184, 0.43188995),
    ("eg35", 70, 1016.7141, 3779.675, 0.00081857022, 0.48509747),
]


@pytest.mark.kernel
@pytest.mark.parametrize(("name", "celsius", "rho", "cp", "mu", "k"), STATES)
def test_properties_meet_coolprop(name, celsius, rho, cp, mu, k):
    got = fluids.properties(fluids.load_fluid(COOLANTS / f"{name}.csv"), celsius + 273.15)
    assert got.density == pytest.approx(rho, rel=1e-4)
    assert got.heat_capacity == pytest.approx(cp, rel=1e-3)
    assert got.viscosity == pytest.approx(mu, rel=5e-3)
    assert got.conductivity == pytest.approx(k, rel=5e-3)


@pytest.mark.kernel
def test_water_meets_iapws_at_one_bar():
    """IAPWS tables, 20 degC, 0.1 MPa: 998.207 kg/m3, 4184.1 J/kgK, 1.0016 mPa s (ours at 3 bar)."""
    got = fluids.properties(fluids.load_fluid(COOLANTS / "water.csv"), 293.15)
    assert got.density == pytest.approx(998.207, rel=2e-4)
    assert got.heat_capacity == pytest.approx(4184.1, rel=1e-3)
    assert got.viscosity == pytest.approx(1.0016e-3, rel=5e-3)


@pytest.mark.kernel
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_table_names_its_source_and_fits(path):
    table = fluids.read_table(path)
    for key in ("source", "citation", "licence", "composition", "pressure_Pa", "valid"):
        assert table.header[key]
    assert np.all(np.diff(table.viscosity) < 0.0)
    fluid = fluids.load_fluid(path)
    assert fluids.viscosity(fluid, table.temperature) == pytest.approx(table.viscosity, rel=1e-4)


@pytest.mark.kernel
def test_enthalpy_is_the_integral_of_heat_capacity_and_inverts():
    fluid = fluids.load_fluid(COOLANTS / "pg25.csv")
    t = np.linspace(fluid.t_min, fluid.t_max, 7)
    h = fluids.enthalpy(fluid, t)
    assert fluids.temperature_of(fluid, h) == pytest.approx(t, abs=1e-9)
    step = 1e-3
    slope = (fluids.enthalpy(fluid, 313.15 + step) - fluids.enthalpy(fluid, 313.15 - step)) / (2 * step)
    assert slope == pytest.approx(fluids.heat_capacity(fluid, 313.15), rel=1e-8)


@pytest.mark.kernel
def test_celsius_given_as_kelvin_is_refused_in_words():
    fluid = fluids.load_fluid(COOLANTS / "pg25.csv")
    with pytest.raises(InputError, match=r"did you mean 40 degC = 313\.15 K"):
        fluids.density(fluid, 40.0)


@pytest.mark.kernel
@pytest.mark.parametrize("bad", [250.0, 400.0, float("nan")])
def test_out_of_range_is_refused_inside_an_array_too(bad):
    fluid = fluids.load_fluid(COOLANTS / "pg25.csv")
    with pytest.raises(InputError, match="pg25"):
        fluids.viscosity(fluid, np.array([300.0, bad, 310.0]))


@pytest.mark.kernel
def test_viscosity_factor_carries_a_makers_sheet():
    plain = fluids.load_fluid(COOLANTS / "pg25.csv")
    thick = fluids.load_fluid(COOLANTS / "pg25.csv", viscosity_factor=1.17)
    assert fluids.viscosity(thick, 313.15) / fluids.viscosity(plain, 313.15) == pytest.approx(1.17, rel=1e-12)


@pytest.mark.kernel
def test_kernel_equals_its_python_source():
    fluid = fluids.load_fluid(COOLANTS / "eg25.csv")
    h = np.array([-1e5, 0.0, 9e4])
    compiled, plain = np.empty(3), np.empty(3)
    fluids.temperature_kernel(fluid.curves, h, compiled)
    fluids.temperature_kernel.py_func(fluid.curves, h, plain)
    assert compiled == pytest.approx(plain, rel=1e-13)


def test_a_table_that_is_not_smooth_is_refused():
    table = fluids.read_table(COOLANTS / "water.csv")
    rough = table.density.copy()
    rough[30] *= 1.01
    bad = fluids.FluidTable(
        temperature=table.temperature,
        density=rough,
        heat_capacity=table.heat_capacity,
        viscosity=table.viscosity,
        conductivity=table.conductivity,
        header={},
    )
    with pytest.raises(InputError, match="density of oddwater"):
        fluids.fit_fluid("oddwater", bad)


def test_a_broken_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv"):
        fluids.read_table(tmp_path / "nowhere.csv")
    (tmp_path / "half.csv").write_text("# source: test\ntemperature_K,density_kg_m3\n300,1000\n")
    with pytest.raises(InputError, match="heat_capacity_J_kgK"):
        fluids.read_table(tmp_path / "half.csv")


def test_tabulate_reproduces_the_committed_table(tmp_path):
    pytest.importorskip("CoolProp")
    old = fluids.read_table(COOLANTS / "pg25.csv")
    path = tmp_path / "pg25.csv"
    fluids.tabulate(path, coolprop_fluid="INCOMP::MPG[0.25]", t_min=264.15, t_max=373.15, comments={})
    assert fluids.read_table(path).viscosity == pytest.approx(old.viscosity, rel=1e-6)
