"""A sweep gathers its points, survives a failing one, and repeats nothing that is finished."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

from twin.sweep.gather import swept_values, unit_of

TINY = (
    "site=valence", "site.gpus=576", "hall.rows=2", "hall.racks_per_row=4", "hall.fan_walls=2",
    "solver=draft", "solver.cell_m=0.5", "solver.growth=2", "run.figures=false",
)  # fmt: skip


def sweep(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "twin", "sweep", *TINY, f"run.folder={folder}", *arguments],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Two densities of which the second cannot be: its GPUs give off more heat than its rack."""
    folder = tmp_path_factory.mktemp("sweep")
    return folder, sweep(folder, "compute.gpus_per_rack=36,72", "compute.gpu_power_W=1400,1800")


def test_a_failing_point_does_not_lose_the_others(swept):
    _, done = swept
    assert done.returncode == 1
    assert "2 of 4 points failed" in done.stderr
    assert "exceed the rack's liquid heat" in done.stderr
    place = Path(done.stdout.splitlines()[-1])
    assert {path.name for path in place.iterdir()} >= {"sweep.nc", "sweep.csv", "sweep.png", "points"}
    assert [path.relative_to(place) for path in swept[0].rglob("multirun.yaml")] == [Path("multirun.yaml")]
    table = pd.read_csv(place / "sweep.csv")
    assert sorted(table["status"]) == [0, 0, 2, 2]
    assert (table["compute.gpu_power_W"] == 1800).sum() == 2
    good = table[table["status"] == 0].sort_values("compute.gpus_per_rack")
    assert list(good["it.racks"]) == [16, 8]


def test_the_dataset_has_the_parameters_as_dimensions(swept):
    place = Path(swept[1].stdout.splitlines()[-1])
    with xr.open_dataset(place / "sweep.nc", engine="h5netcdf") as dataset:
        assert dict(dataset.sizes) == {"compute.gpus_per_rack": 2, "compute.gpu_power_W": 2}
        returned = dataset["loop.tcs_return_C"]
        assert returned.attrs["units"] == "degC"
        chosen = returned.sel({"compute.gpu_power_W": 1400})
        assert ((chosen > 54.0) & (chosen < 56.5)).all()
        assert returned.sel({"compute.gpu_power_W": 1800}).isnull().all()


def test_a_second_call_repeats_only_what_failed(swept):
    folder, first = swept
    place = Path(first.stdout.splitlines()[-1])
    finished = {path: path.stat().st_mtime_ns for path in place.rglob("run.nc")}
    assert len(finished) == 2
    again = sweep(folder, "compute.gpus_per_rack=36,72", "compute.gpu_power_W=1400,1800")
    assert again.returncode == 1
    assert "kept" in again.stdout
    assert {path: path.stat().st_mtime_ns for path in place.rglob("run.nc")} == finished


def test_a_sweep_that_cannot_be_composed_is_bad_input(tmp_path):
    done = sweep(tmp_path, "compute.gpus_per_rak=36,72")
    assert done.returncode == 2
    assert "gpus_per_rak" in done.stderr
    assert "Traceback" not in done.stderr


def test_units_follow_the_end_of_a_name():
    assert unit_of("loop.tcs_return_C") == "degC"
    assert unit_of("heat.heat_pump_GWh_el") == "GWh"
    assert unit_of("year.wue_L_per_kWh") == "L kWh-1"
    assert unit_of("year.pue") == "1"


def test_swept_values_are_typed():
    assert swept_values(["compute.gpus_per_rack=36", "loop=s30"]) == [
        ("compute.gpus_per_rack", 36),
        ("loop", "s30"),
    ]
