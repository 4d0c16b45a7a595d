"""Air paths and physics checks in a run: variables, attributes, the printed verdict, and the what-if of the
API."""

import numpy as np
import pytest

import twin
from solvers.air.courses import Course, Quantity
from twin.cli import dispatch, guarded

TINY = (
    "site.gpus=288", "hall.rows=2", "hall.racks_per_row=2", "hall.fan_walls=1", "solver=draft",
    "solver.cell_m=0.6", "solver.growth=2.5", "run.figures=false", "run.name=paths",
)  # fmt: skip


def run(tmp_path, *more: str) -> int:
    return guarded(lambda: dispatch(["run", *TINY, f"run.folder={tmp_path}", *more]), debug=False)


@pytest.mark.kernel
def test_a_run_stores_and_prints_its_air_paths(tmp_path, capsys):
    assert run(tmp_path) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Physics checks: 13 of 13 passed" in out
    assert "supplies give" in out
    tree = twin.open_run(tmp_path / "valence" / "paths")
    hall = tree["hall"]
    assert list(hall.source.values) == ["0:fan-wall", "0:row A", "0:row B"]
    assert np.abs(hall.recirculation.sum("source") - 1.0).max() < 1e-4
    assert 0.5 < float(hall.rack_capture_cold.min()) <= 1.0
    assert float(hall.rack_air_age.min()) > 0.0
    exhausts = hall.opening_supplies == 0
    carried = float(hall.opening_heat[exhausts].sum())
    assert carried == pytest.approx(float(hall.rack_heat_air.sum()), rel=1e-3)
    supplied = float(hall.opening_flow[~exhausts].sum())
    assert float(hall.opening_flow[exhausts].sum()) == pytest.approx(supplied, rel=1e-6)
    assert hall.aisle_in.sizes == {"aisle": hall.sizes["aisle"]}
    assert tree.attrs["checks_failed"] == 0
    assert "0: second law" in tree.attrs["checks"]


@pytest.mark.kernel
def test_a_failed_check_marks_the_run(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("solvers.air.physics.SPEED", 0.001)
    assert run(tmp_path, "solver.recirculation=none") == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Physics checks: 12 of 13 passed" in out
    assert "failed hall 0, plausible velocities" in out
    tree = twin.open_run(tmp_path / "valence" / "paths")
    assert tree.attrs["checks_failed"] == 1
    assert "plausible velocities" in tree.attrs["checks"]
    assert "recirculation" not in tree["hall"]


@pytest.mark.kernel
def test_what_if_of_the_api(monkeypatch):
    results = twin.simulate(twin.compose(*TINY))
    response = twin.thermal_response(results)
    assert np.array_equal(response.what_if(), results.halls[0].air.rack_inlet_mean)
    warmer = response.what_if(supply_temperature=float(response.temperature[0]) + 1.0)
    assert warmer - response.what_if() == pytest.approx(np.ones(4), abs=1e-3)
    with pytest.raises(ValueError, match="hall of the run = 3"):
        twin.thermal_response(results, 3)


@pytest.mark.kernel
def test_march_of_the_api():
    """Fans run down to a tenth in 5 s: inlets warm, and the time at which is read off."""
    results = twin.simulate(twin.compose(*TINY, "solver.recirculation=none"))
    steady = results.halls[0].air.rack_inlet_mean
    fans = Course(quantity=Quantity.SUPPLY_FLOW, time=(0.0, 5.0), value=(1.0, 0.1), factor=True)
    history = twin.march(results, duration=30.0, time_step=1.0, courses=(fans,))
    assert history.time[-1] == pytest.approx(30.0)
    assert history.rack_inlet_mean[-1].max() > steady.max() + 2.0
    reached = history.reaches(steady.max() + 2.0)
    assert 0.0 < reached.min() < 30.0
    assert np.isinf(history.reaches(390.0)).all()
    with pytest.raises(ValueError, match="hall of the run = 3"):
        twin.march(results, duration=1.0, time_step=1.0, hall=3)


@pytest.mark.kernel
def test_every_rack_is_a_source_on_request(tmp_path):
    assert run(tmp_path, "solver.recirculation=racks") == 0
    hall = twin.open_run(tmp_path / "valence" / "paths")["hall"]
    assert list(hall.source.values)[-4:] == ["0:A01", "0:A02", "0:B01", "0:B02"]
    # what a rack blows out leaves or is breathed again
    again = hall.recirculation.sel(source="0:A01").values @ hall.rack_airflow.values
    caught = float(hall.source_captured.sel(source="0:A01"))
    assert caught + again / float(hall.rack_airflow[0]) == pytest.approx(1.0, abs=1e-4)
