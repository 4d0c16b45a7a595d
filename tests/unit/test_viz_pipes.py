"""The pipes in 3-D: which values belong to which run, which labels there are, and what is drawn."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from matplotlib.image import imread
from viz_samples import sample_hall

from geometry.errors import InputError
from geometry.piping import Circuit, pipe_runs
from viz import probe, render
from viz.pipes import PipeColour, pipe_labels, read_pipes

HALL = sample_hall(2, 3, blanked=1)
RUNS = pipe_runs(HALL)


def stored(kind: int = 0) -> xr.Dataset:
    """A group `loop` whose pipes stand in reverse, each velocity its run's number over ten."""
    n = len(RUNS)
    number = np.arange(n, dtype=float)[::-1]
    dn = [100 if run.group == "fws.main" else 50 for run in RUNS][::-1]
    return xr.Dataset(
        {
            "pipe_nominal": ("pipe", dn),
            "pipe_velocity": ("pipe", 0.1 * number),
            "pipe_pressure_drop": ("pipe", -300.0 * np.ones(n)),
            "pipe_length": ("pipe", 1.5 * np.ones(n)),
            "pipe_temperature": ("pipe", 313.15 + number),
        },
        coords={"pipe": [f"{kind}:{run.name}" for run in reversed(RUNS)]},
    )


def test_values_follow_their_runs_whatever_the_order_of_the_file():
    pipes = read_pipes(RUNS, stored(), 0)
    np.testing.assert_allclose(pipes.velocity, 0.1 * np.arange(len(RUNS)), atol=1e-12)
    np.testing.assert_allclose(pipes.temperature, 313.15 + np.arange(len(RUNS)))
    np.testing.assert_allclose(pipes.gradient, 200.0)  # 300 Pa against the flow over 1.5 m
    assert {run.group for run, dn in zip(RUNS, pipes.nominal, strict=True) if dn == 100} == {"fws.main"}


def test_each_part_and_size_has_one_label_on_a_supply_pipe():
    marks = pipe_labels(read_pipes(RUNS, stored(), 0))
    assert sorted(text for _, text in marks) == [
        "CDU DN 50",
        "branch DN 50",
        "hose DN 50",
        "main DN 100",
        "manifold DN 50",
    ]
    supply = [np.mean(run.path, axis=0) for run in RUNS
              if run.circuit in (Circuit.TCS_SUPPLY, Circuit.FWS_SUPPLY)]  # fmt: skip
    for point, text in marks:
        assert min(np.linalg.norm(point - middle) for middle in supply) < 1e-12, text
    assert len({point for point, _ in marks}) == len(marks)


def test_a_run_of_another_hall_is_refused():
    with pytest.raises(InputError, match=r"hall kind 1 has .* pipes that the run does not hold"):
        read_pipes(RUNS, stored(0), 1)
    with pytest.raises(InputError, match="holds no pipes"):
        read_pipes(RUNS, xr.Dataset(), 0)


@pytest.mark.skipif(not probe.rendering().available, reason="no 3-D rendering here")
def test_picture_shows_the_scale_of_its_colour(tmp_path):
    pipes = read_pipes(RUNS, stored(), 0)
    slow = imread(render.save_pipes(HALL, pipes, tmp_path / "v.png"))
    warm = imread(render.save_pipes(HALL, pipes, tmp_path / "t.png", colour=PipeColour.TEMPERATURE))
    assert slow.shape[:2] == (1000, 1600)
    assert np.ptp(slow) > 0.5  # not blank
    assert np.abs(slow - warm).max() > 0.3  # coloured by another quantity


def test_without_3d_the_picture_is_refused_with_a_way_out(tmp_path, monkeypatch):
    monkeypatch.setenv("TWIN_NO_GL", "1")
    with pytest.raises(InputError, match=r"drawn in 3-D[\s\S]*pipes.csv"):
        render.save_pipes(HALL, read_pipes(RUNS, stored(), 0), tmp_path / "v.png")
    assert not (tmp_path / "v.png").exists()
