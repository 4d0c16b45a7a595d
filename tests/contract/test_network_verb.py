"""`twin network FILE`: what it reads, prints and writes, and what it refuses by name."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geometry.errors import InputError
from twin import network
from twin.network_files import read_network
from twin.resources import data_dir

EXAMPLE = data_dir() / "networks" / "two_racks.yaml"

# a feed of 5 kg/s through two pipes in series, 4 kg/s drawn half-way
SMALL = """
coolant: water
temperature_C: 20
nodes:
  well: {pressure_kPa: 300, temperature_C: 15}
  tap: {inflow_kg_s: -4}
  end: {inflow_kg_s: -1}
branches:
  first: {kind: pipe, from: well, to: tap, length_m: 100, diameter_mm: 50}
  second: {kind: pipe, from: tap, to: end, length_m: 50, diameter_mm: 40}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "net.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.kernel
def test_the_example_closes_and_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each rack gives 121.5 kW, the mains lose 0.28 W/(m K) over 18 m at 15 and 28.4 K, the CDU the rest."""
    import xarray as xr

    out, nc = tmp_path / "tables", tmp_path / "loop.nc"
    assert network.main([str(EXAMPLE), "--csv", str(out), "--nc", str(nc)]) == 0
    assert "mass closes to" in capsys.readouterr().out
    with (out / "branches.csv").open(encoding="utf-8") as file:
        rows = {row["branch"]: row for row in csv.DictReader(file)}
    assert float(rows["rack 1"]["heat_kW"]) == pytest.approx(121.5, rel=1e-6)
    lost = 0.28e-3 * 18.0 * (15.0 + 28.4)
    assert float(rows["cdu"]["heat_kW"]) == pytest.approx(-243.0 + lost, abs=2e-3)
    assert float(rows["cdu"]["out_C"]) == pytest.approx(40.0, abs=1e-6)
    assert rows["pump"]["velocity_m_s"] == ""
    with xr.open_dataset(nc, engine="h5netcdf") as stored:
        flow = stored.flow.sel(branch=["rack 1", "rack 2"]).sum()
        assert float(flow) == pytest.approx(float(stored.flow.sel(branch="pump")), rel=1e-9)
        assert stored.flow.attrs["units"] == "kg s-1"
        assert float(stored.pressure.sel(node="vessel")) == 2e5


@pytest.mark.kernel
def test_what_is_drawn_is_fed_at_its_temperature(tmp_path: Path) -> None:
    state = network.solve_network(read_network(write(tmp_path, SMALL)))
    assert state.hydraulics.flow == pytest.approx([5.0, 1.0], rel=1e-12)
    assert state.heat.node == pytest.approx([288.15] * 3, abs=1e-9)
    # 5 kg/s in 50 mm of water at 15 degC (999.1 kg/m3)
    assert state.velocity[0] == pytest.approx(5.0 / 999.1 / 1.9634954e-3, rel=1e-4)


def test_the_example_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert network.main(["--example"]) == 0
    assert capsys.readouterr().out == EXAMPLE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kind: pipe, from: well", "kind: pip, from: well", r"branch 'first': unknown kind 'pip'.*'pipe'"),
        ("length_m: 100", "length_m: -100", r"length of pipe 'first' = -100 m"),
        ("length_m: 100", "lenght_m: 100", r"branch 'first' \(pipe\): unknown key 'lenght_m'.*'length_m'"),
        ("length_m: 100, ", "", r"branch 'first' \(pipe\) lacks length_m"),
        ("length_m: 100", "length_m: long", r"branch 'first': length_m = 'long': must be a number"),
        ("length_m: 100", "length_m: .nan", r"branch 'first': length_m = nan: must be a number"),
        ("to: end", "to: ende", r"no branch ends at the node 'end'.*did you mean 'ende'"),
        ("from: tap", "from: tapp", r"node 'tapp' is named by branch 'second' alone.*'tap'.*dead end"),
        ("second:", "first:", r"'first' is given twice \(line 10\)"),
        ("coolant: water", "coolant: watr", r"unknown coolant 'watr'.*water"),
        ("coolant: water", "colant: water", r"unknown key 'colant'.*'coolant'"),
        ("pressure_kPa: 300", "pressure: 300", r"node 'well': unknown key 'pressure'.*'pressure_kPa'"),
        (
            "diameter_mm: 50}",
            "diameter_mm: 50, outlet_C: 3, heat_kW: 2}",
            r"'first' takes up heat_kW",
        ),
        ("diameter_mm: 50}", "diameter_mm: 50, loss_W_mK: 2}", r"'first' loses heat but lacks outside_C"),
        ("branches:", "branches: [", r"is not YAML"),
        ("diameter_mm: 50}", "diameter_mm: 50, parallel: 1.5}", r"'first': parallel = 1.5: must be a whole"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(old: str, new: str, says: str, tmp_path: Path) -> None:
    assert old in SMALL
    with pytest.raises(InputError, match=rf"(?s)net\.yaml.*{says}"):
        read_network(write(tmp_path, SMALL.replace(old, new)))


def test_a_network_without_a_pressure_is_refused_by_name(tmp_path: Path) -> None:
    text = SMALL.replace("pressure_kPa: 300, ", "").replace("inflow_kg_s: -4", "inflow_kg_s: 1")
    with pytest.raises(InputError, match=r"(?s)no pressure reference.*'well', 'tap', 'end'.*pressure_kPa"):
        network.solve_network(read_network(write(tmp_path, text)))


def test_no_file_and_a_missing_file_are_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"(?s)no network file.*--example"):
        network.main([])
    with pytest.raises(InputError, match=r"nothing\.yaml: No such file"):
        network.main([str(tmp_path / "nothing.yaml")])
