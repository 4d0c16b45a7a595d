"""Load map of a hall: what is read, what is refused, and what follows for air and loop."""

from pathlib import Path

import pytest

import twin
from geometry.errors import InputError
from twin.assembly import Site
from twin.assembly.load_map import read_load_map

HEADER = "row,position,kW\n"
# two rows of two positions; the class's rack has 135 kW, 90 % liquid
SMALL = ("site.gpus=216", "hall.rows=2", "hall.racks_per_row=2", "hall.fan_walls=1", "solver=draft",
         "solver.cell_m=0.6", "solver.growth=2.5")  # fmt: skip


def written(tmp_path: Path, body: str, header: str = HEADER) -> Path:
    path = tmp_path / "load.csv"
    path.write_text("# a comment\n" + header + body)
    return path


def assembled(path: Path) -> Site:
    return twin.assemble(twin.compose(*SMALL, f"hall.load_map={path}"))


def test_powers_become_watts_and_empty_positions_are_left_out(tmp_path):
    path = written(tmp_path, "A,1,135\nA,2,\nB,1,0\nB,2,67.5\n")
    assert read_load_map(path) == {("A", 1): 135e3, ("B", 2): 67.5e3}


def test_a_spreadsheet_with_decimal_commas_is_read(tmp_path):
    path = written(tmp_path, "A;1;135,5\nA;2;\n", header="row;position;kW\n")
    assert read_load_map(path) == {("A", 1): 135.5e3}


def test_racks_follow_the_map(tmp_path):
    site = assembled(written(tmp_path, "A,1,135\nB,1,67.5\nB,2,202.5\n"))
    (model,) = site.halls
    assert [rack.name for rack in model.hall.populated] == ["A01", "B01", "B02"]
    # 10 % of the power goes to the air
    assert [rack.heat for rack in model.air.racks] == pytest.approx([13.5e3, 6.75e3, 20.25e3])
    flows = [rack.flow / site.sizing.rack_airflow for rack in model.air.racks]
    assert flows == pytest.approx([1.0, 0.5, 1.5])
    assert sum(s.flow for s in model.air.supplies) == pytest.approx(
        3.0 * site.sizing.rack_airflow * twin.compose(*SMALL).hall.airflow_margin
    )
    assert [rack.heat for rack in model.racks] == pytest.approx([121.5e3, 60.75e3, 182.25e3])
    assert [rack.flow / site.sizing.rack_flow for rack in model.racks] == pytest.approx([1.0, 0.5, 1.5])
    assert model.racks[2].gpu_power == pytest.approx(1.5 * twin.compose(*SMALL).compute.gpu_power_W)
    assert site.sizing.racks == 3  # 216 / 72: the site's total stays
    assert not any("load map" in note for note in site.sizing.notes)  # its mean is the class's power


def test_a_map_of_another_mean_is_noted(tmp_path):
    site = assembled(written(tmp_path, "A,1,100\nB,1,100\nB,2,100\n"))
    assert any("100.0 kW on average" in note for note in site.sizing.notes)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("A,3,10\n", "no position 3 in row 'A'.*\n.*2 positions"),
        ("C,1,10\n", "no position 1 in row 'C'.*\n.*rows are A, B"),
        ("A,1,10\nA,1,20\n", "line 4: position 1 of row A stands there twice"),
        ("A,1,-5\n", "line 3.*= -5 kW: must not be negative"),
        ("A,1,nan\n", "must not be negative"),
        ("A,1,135000\n", r"135000 kW: outside 0\.\.1000 kW of a rack"),
        ("A,1,1001\n", r"1001 kW: outside 0\.\.1000 kW of a rack"),
        ("A,1,much\n", "'much': not a number"),
        ("A,x,10\n", "position 'x'"),
        ("A,0,10\n", "from 1"),
        ("A,1\n", "2 cells"),
        ("A,1,0\n", "no position has any power"),
    ],
)
def test_bad_maps_are_refused(tmp_path, body, message):
    with pytest.raises(InputError, match=message):
        assembled(written(tmp_path, body))


def test_missing_file_and_header_are_named(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        assembled(tmp_path / "none.csv")
    with pytest.raises(InputError, match="first line must be row,position,kW"):
        read_load_map(written(tmp_path, "A,1,10\n", header="rack,kW\n"))


@pytest.mark.kernel
def test_a_mapped_hall_runs(tmp_path):
    path = written(tmp_path, "A,1,135\nB,1,67.5\nB,2,202.5\n")
    results = twin.simulate(twin.compose(*SMALL, f"hall.load_map={path}"))
    (hall,) = results.halls
    assert hall.air.heat_in == pytest.approx(40.5e3, rel=1e-6)
    assert hall.loop is not None
    assert float(hall.loop.racks.heat.sum()) == pytest.approx(364.5e3, rel=1e-6)


def test_the_map_belongs_to_the_identity_of_a_point(tmp_path):
    """A sweep called again after the file has changed must not take the old results."""
    from twin.identity import point_id

    path = written(tmp_path, "A,1,100\n")
    config = f"climate: {{}}\nworkload: {{}}\nhall:\n  load_map: {path}\n"
    before = point_id(config)
    assert point_id(config) == before
    written(tmp_path, "A,1,110\n")
    assert point_id(config) != before
