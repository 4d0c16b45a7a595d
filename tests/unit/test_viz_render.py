"""The scene where 3-D works, the fallback where it does not, and the question which of the two it is."""

from __future__ import annotations

import logging
import os
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.image import imread
from viz_samples import sample_hall, sample_hall_group

from geometry.errors import InputError
from geometry.piping import pipe_runs
from viz import probe, render
from viz.fields import HallView
from viz.scene import RackColour


@pytest.fixture(scope="module")
def view() -> HallView:
    hall = sample_hall(2, 3, blanked=1)
    data, _ = sample_hall_group(hall)
    return HallView(hall=hall, data=data, pipes=pipe_runs(hall))


@pytest.fixture
def no_gl(monkeypatch):
    monkeypatch.setenv("TWIN_NO_GL", "1")


needs_gl = pytest.mark.skipif(
    not probe.rendering().available, reason=f"no 3-D rendering here: {probe.rendering().reason}"
)


def test_importing_viz_is_light():
    """Neither the package nor the modules that the program imports early pull in a drawing library."""
    script = (
        "import sys, viz, viz.charts, viz.render, viz.scene, viz.probe\n"
        "heavy = {'matplotlib', 'pyvista', 'vtkmodules', 'xarray', 'pandas', 'trame'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_probe_answers_and_can_be_switched_off(monkeypatch):
    able = probe.rendering()
    assert able.available or able.reason
    monkeypatch.setenv("TWIN_NO_GL", "1")
    off = probe.rendering()
    assert not off.available
    assert "TWIN_NO_GL" in off.reason
    monkeypatch.setenv("TWIN_NO_GL", "0")
    assert probe.rendering() == able


def test_probe_survives_a_crash_of_vtk(monkeypatch):
    """Without GL libraries VTK ends its process, as here: the answer is no, this process lives."""
    monkeypatch.setattr(probe, "_SCRIPT", "import os; os.abort()")
    probe._probe.cache_clear()
    try:
        able = probe.rendering()
    finally:
        probe._probe.cache_clear()
    assert not able.available
    assert "crashed" in able.reason
    assert "libegl1" in able.reason


@pytest.mark.parametrize(
    ("environment", "window"),
    [
        ({}, "vtkEGLRenderWindow"),
        ({"VTK_DEFAULT_OPENGL_WINDOW": ""}, "vtkEGLRenderWindow"),  # VTK fails on the empty string
        ({"VTK_DEFAULT_OPENGL_WINDOW": "vtkOSOpenGLRenderWindow"}, "vtkOSOpenGLRenderWindow"),
        ({"DISPLAY": ":0"}, None),
    ],
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="EGL is chosen on Linux only")
def test_egl_is_chosen_without_a_display(environment, window):
    probe.prepare_environment(environment)
    assert environment.get("VTK_DEFAULT_OPENGL_WINDOW") == window


@needs_gl
@pytest.mark.parametrize("colour", list(RackColour))
def test_scene_picture(view, tmp_path, colour):
    path = render.save_png(view, tmp_path / "new" / "scene.png", rack_colour=colour, title="A hall")
    picture = imread(path)[..., :3]
    assert picture.shape == (1000, 1600, 3)
    assert picture.std() > 0.05
    filled = (np.abs(picture - 1.0) > 0.02).any(axis=2).mean()
    assert 0.15 < filled < 0.85  # the room fills the picture, and stays inside it
    border = np.concatenate([picture[:8].ravel(), picture[-8:].ravel()])
    assert border.min() > 0.97


@needs_gl
def test_scene_colours_racks_by_their_inlet(view):
    from viz.scene import hall_scene

    plotter = hall_scene(view)
    try:
        values = plotter.actors["racks"].mapper.dataset.cell_data["rack"]
        expected = np.repeat(view.data["rack_inlet_max"].values - 273.15, 6)
        np.testing.assert_allclose(values, expected)
        assert {
            "room",
            "panels",
            "fan_wall",
            "grille",
            "cdus",
            "blanked",
            "level",
            "section",
            "hot-spot",
        } <= set(plotter.actors)
        assert {"supply", "return"} <= set(plotter.actors)
        level = plotter.actors["level"].mapper.dataset
        assert not np.isnan(level.cell_data["air"]).any()
    finally:
        plotter.close()


@needs_gl
def test_offline_page_is_whole(view, tmp_path):
    page = render.save_html(view, tmp_path / "hall.html", title="Hall <1>").read_text(encoding="utf-8")
    assert 0.9e6 < len(page) < 3e6
    assert "<title>Hall &lt;1&gt;</title>" in page
    assert "Hottest rack inlet" in page
    assert "OfflineLocalView.load" in page
    assert 'class="content"' in page
    for fetched in ("<script src", "<link ", "src='http", 'src="http', "@import"):
        assert fetched not in page


def test_picture_falls_back_without_gl(view, tmp_path, no_gl, caplog):
    with caplog.at_level(logging.WARNING):
        path = render.save_png(view, tmp_path / "scene.png")
    assert "without the 3-D scene: switched off" in caplog.text
    assert imread(path)[..., :3].std() > 0.05


def test_page_falls_back_without_gl(view, tmp_path, no_gl, caplog):
    page = render.save_html(view, tmp_path / "hall.html", title="<Hall>").read_text(encoding="utf-8")
    assert "cannot draw in 3-D (switched off by the environment variable TWIN_NO_GL)" in page
    assert "data:image/png;base64," in page
    assert "<title>&lt;Hall&gt;</title>" in page


def test_no_window_without_a_display_or_gl(view, monkeypatch, no_gl):
    monkeypatch.setattr(render, "has_display", lambda: False)
    with pytest.raises(InputError, match="no display") as refused:
        render.show_window(view)
    assert "--html" in str(refused.value)
    monkeypatch.setattr(render, "has_display", lambda: True)
    with pytest.raises(InputError, match="no window: switched off"):
        render.show_window(view)


def test_paraview_file_holds_the_fields(view, tmp_path, no_gl):
    """Written without rendering, read back by VTK: the same cells, the velocity as one vector."""
    import pyvista as pv

    shape = view.data["air_temperature"].shape
    axes = ("kind", "z", "y", "x")
    speeds = {f"air_velocity_{axis}": (axes, np.full(shape, n + 1.0)) for n, axis in enumerate("xyz")}
    richer = HallView(hall=view.hall, data=view.data.assign(speeds))
    grid = pv.read(render.save_vtr(richer, tmp_path / "hall.vtr"))
    np.testing.assert_array_equal(grid.x, view.data["x_face"].values)
    np.testing.assert_array_equal(
        grid.cell_data["air_temperature"], view.data["air_temperature"].values.ravel()
    )
    assert grid.cell_data["air_velocity"][0].tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(InputError, match=r"ends in \.vtr"):
        render.save_vtr(view, tmp_path / "hall.vtk")


def test_folder_that_cannot_be_made_is_bad_input(view, tmp_path, no_gl):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot be made"):
        render.save_png(view, tmp_path / "file" / "scene.png")


def test_probe_leaves_no_environment_behind_when_switched_off(no_gl):
    before = dict(os.environ)
    probe.rendering()
    assert dict(os.environ) == before
