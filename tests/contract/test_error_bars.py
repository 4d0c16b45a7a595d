"""`solver.grid_study=true`: error bars in run.nc, in the table and as a picture."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

import twin

STUDY = (
    "site=valence", "site.gpus=576", "hall.rows=2", "hall.racks_per_row=4", "hall.fan_walls=2",
    "solver=draft", "solver.cell_m=0.3", "solver.recirculation=none", "solver.grid_study=true",
)  # fmt: skip


@pytest.mark.kernel
def test_a_run_with_error_bars(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "twin", "run", *STUDY, f"run.folder={tmp_path}", "run.name=g"],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "± 0." in done.stdout
    assert "Grid study: two more grids" in done.stdout
    assert "grid 2 of 3" in done.stderr
    folder = tmp_path / "valence" / "g"
    hall = twin.open_run(folder)["hall"]
    assert hall["grid_cells"].dims == ("kind", "grid")
    cells = hall["grid_cells"].values[0]
    assert (np.diff(cells) > 0).all()
    bars = hall["rack_inlet_mean_error"].values
    assert bars.shape == (8,)
    # upwind on cells of 0.3 m: the inlets are known to better than 1 K, and not exactly
    assert 0.0 < bars.max() < 1.0
    assert hall["return_error"].values[0] < 0.01  # the heat balance fixes it on any grid
    assert hall["grid_inlet_mean"].values[0, 2] == pytest.approx(
        np.average(hall["rack_inlet_mean"], weights=hall["rack_airflow"])
    )
    assert hall["check_value"].size == hall["check_limit"].size > 8
    assert "0:energy closure" in hall["check"].values
    inlets = hall["inlet_history"]
    assert inlets.dims == ("step", "rack")
    assert inlets.values[-1] == pytest.approx(
        hall["rack_inlet_mean"].values, abs=0.1
    )  # the answer is finished
    assert (hall["rack_inlet_swing"].values >= np.abs(hall["rack_inlet_drift"].values) - 1e-9).all()
    assert (folder / "figures" / "physics_checks.png").is_file()
    assert imread(folder / "figures" / "grid_study.png").std() > 0.03
