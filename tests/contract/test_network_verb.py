"""`twin network FILE`: what it reads, prints and writes, and what it refuses by name."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geometry.errors import InputError
from twin.network import verb as network
from twin.network.files import read_network
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
    pump = 4.543 / 1011.0 * 132.6 / 0.55  # flow, density of PG25 at 40 degC, head, efficiency: [kW]
    assert float(rows["cdu"]["heat_kW"]) == pytest.approx(-243.0 + lost - pump, abs=0.01)
    assert float(rows["cdu"]["out_C"]) == pytest.approx(40.0, abs=1e-6)
    assert rows["pump"]["velocity_m_s"] == ""
    with xr.open_dataset(nc, engine="h5netcdf") as stored:
        flow = stored.flow.sel(branch=["rack 1", "rack 2"]).sum()
        assert float(flow) == pytest.approx(float(stored.flow.sel(branch="pump")), rel=1e-9)
        assert stored.flow.attrs["units"] == "kg s-1"
        assert float(stored.pressure.sel(node="vessel")) == 2e5


@pytest.mark.kernel
def test_a_pump_with_a_held_outlet_lets_the_coolant_out_at_it(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    path = write(tmp_path, text.replace("efficiency: 0.55}", "efficiency: 0.55, outlet_C: 41}"))
    state = network.solve_network(read_network(path))
    assert state.heat.outlet[state.network.branches.index("pump")] == pytest.approx(314.15, abs=1e-6)


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
        (
            "length_m: 100",
            "length_m: 100, law: colebrok",
            r"'first': law: unknown law 'colebrok'.*'colebrook'",
        ),
        ("length_m: 100", "length_m: 100, closed: 1", r"'first': closed = 1: must be true or false"),
        ("to: end", "to: ende", r"no branch ends at the node 'end'.*did you mean 'ende'"),
        (
            "from: tap",
            "from: tapp",
            r"node 'tapp' is named by branch 'second' alone; a dead end.*did you mean 'tap'",
        ),
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
    with pytest.raises(InputError, match=r"(?s)no pressure reference.*'well', 'tap', 'end'.*vessel"):
        network.solve_network(read_network(write(tmp_path, text)))


def test_no_file_and_a_missing_file_are_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"(?s)no network file.*--example"):
        network.main([])
    with pytest.raises(InputError, match=r"nothing\.yaml: No such file"):
        network.main([str(tmp_path / "nothing.yaml")])


@pytest.mark.parametrize(("option", "target"), [("--nc", "absent/x.nc"), ("--nc", ""), ("--csv", "file/out")])
def test_a_place_that_cannot_be_written_is_refused_before_the_solve(
    option: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def solve(_: object) -> None:
        raise AssertionError("solved first")

    monkeypatch.setattr(network, "solve_network", solve)
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=rf"(?s)^{option} .* cannot be written: .*try: {option} ") as caught:
        network.main([str(EXAMPLE), option, str(tmp_path / target)])
    assert "run.folder" not in str(caught.value)
    assert ".part" not in str(caught.value)


# every kind of branch, heights, a vessel and a control of the pump
ALL = """
coolant: water
nodes:
  tank: {vessel_kPa: 150}
  top: {height_m: 4.0}
  b: {height_m: 4.0}
branches:
  pump:
    {kind: pump, from: tank, to: out, curve: [[0, 200], [2, 180], [4, 120]], efficiency: [[0, 0.3], [2, 0.6]]}
  flap: {kind: check_valve, from: out, to: a, kv_m3_h: 40}
  limit: {kind: flow_control, from: a, to: b, kv_m3_h: 20, flow_kg_s: 0.5}
  way: {kind: valve, from: a, to: c, kv_m3_h: 20}
  riser: {kind: pipe, from: c, to: top, length_m: 4, diameter_mm: 40, law: swamee_jain, roughness_mm: 0.01}
  rack: {kind: resistance, from: top, to: b, flow_kg_s: 1, drop_kPa: 60, exponent: 1.9}
  shut: {kind: valve, from: c, to: b, kv_m3_h: 10, opening: 0}
  back: {kind: pipe, from: b, to: tank, length_m: 4, diameter_mm: 50}
controls:
  worst: {pumps: pump, consumers: [rack], drop_kPa: 25, slowest: 0.3}
"""


@pytest.mark.kernel
def test_every_kind_of_branch_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, ALL)
    state = network.solve_network(read_network(path))
    flow = dict(zip(state.network.branches, state.hydraulics.flow.tolist(), strict=True))
    assert flow["limit"] == pytest.approx(0.5, rel=1e-9)
    assert flow["shut"] == 0.0
    # the rack keeps 25 kPa: (25 / 60)^(1 / 1.9) of its reference flow
    assert flow["rack"] == pytest.approx((25.0 / 60.0) ** (1.0 / 1.9), rel=1e-6)
    assert flow["pump"] == pytest.approx(flow["rack"] + 0.5, rel=1e-9)
    assert state.hydraulics.speed[0] < 1.0
    assert network.main([str(path)]) == 0
    out = capsys.readouterr().out
    assert "% speed" in out
    assert "limiting" in out


@pytest.mark.kernel
def test_a_reducer_holds_its_outlet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SMALL.replace(
        "  second:",
        "  hold: {kind: pressure_reducer, from: tap, to: low, kv_m3_h: 40, outlet_kPa: 120}\n  second:",
    ).replace("from: tap, to: end", "from: low, to: end")
    path = write(tmp_path, text)
    state = network.solve_network(read_network(path))
    assert state.hydraulics.pressure[state.network.node("low")] == pytest.approx(120e3, rel=1e-9)
    assert state.hydraulics.flow[1] == pytest.approx(1.0, rel=1e-9)
    assert network.main([str(path)]) == 0
    assert "holding" in capsys.readouterr().out


def test_the_keys_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert network.main(["--keys"]) == 0
    out = capsys.readouterr().out
    for word in ("pressure_reducer", "kv_m3_h*", "vessel_kPa", "hazen_williams", "outside_C", "slowest"):
        assert word in out


def test_a_control_of_a_branch_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"(?s)control 'worst': no branch 'rac'.*'rack'"):
        read_network(write(tmp_path, ALL.replace("consumers: [rack]", "consumers: [rac]")))
