"""The peer's cases: a mesh that closes, dictionaries that say what the problem says, criteria that hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geometry.errors import InputError
from geometry.raster import Raster
from solvers.air.problem import Turbulence
from twin.benchmarks.hall_small import hall_small
from twin.benchmarks.heated_cube import heated_cube
from twin.benchmarks.openfoam import monitors
from twin.benchmarks.openfoam.case import write_case, write_transient_case
from twin.benchmarks.openfoam.mesh import Mesh, mesh_of, write_mesh
from twin.benchmarks.openfoam.runner import Timing, take_fields
from twin.benchmarks.openfoam.text import entries
from twin.verification.air_boxes import raster_of, uniform_grid

ONE = slice(1, 2)


def room() -> Raster:
    """3 x 3 x 2 cells of 1, 2 and 0.5 m with a block in the middle of the floor and a port on its side."""
    return raster_of(
        uniform_grid((2, 3, 3), (3.0, 6.0, 1.0)),
        solids=[(slice(0, 1), ONE, ONE)],
        ports=[("rack.front", 0, -1, (slice(0, 1), ONE, ONE))],
    )


def face_vectors(mesh: Mesh, faces: np.ndarray) -> np.ndarray:
    a, b, c, d = (mesh.points[faces[:, n]] for n in range(4))
    return 0.5 * np.cross(c - a, d - b)


def test_every_cell_is_closed_and_the_air_has_its_volume() -> None:
    mesh = mesh_of(room())
    assert mesh.n_cells == 17
    outward = np.zeros((mesh.n_cells, 3))
    volume = 0.0
    inner = face_vectors(mesh, mesh.inner)
    np.add.at(outward, mesh.owner, inner)
    np.add.at(outward, mesh.neighbour, -inner)
    for patch in mesh.patches:
        vectors = face_vectors(mesh, patch.points)
        np.add.at(outward, patch.owner, vectors)
        middle = mesh.points[patch.points].mean(axis=1)
        volume += float((vectors * middle).sum()) / 3.0  # Gauss
    assert np.abs(outward).max() < 1e-12
    assert volume == pytest.approx(17 * 1.0 * 2.0 * 0.5)


def test_inner_faces_are_in_upper_triangular_order() -> None:
    mesh = mesh_of(room())
    assert (mesh.owner < mesh.neighbour).all()
    key = mesh.owner * mesh.n_cells + mesh.neighbour
    assert (np.diff(key) > 0).all()


def test_ports_and_surfaces_are_patches() -> None:
    patches = {patch.name: patch for patch in mesh_of(room()).patches}
    assert set(patches) == {"x_lo", "x_hi", "y_lo", "y_hi", "z_lo", "z_hi", "solids", "rack_front"}
    assert patches["rack_front"].owner.size == 1
    assert not patches["rack_front"].wall
    assert patches["solids"].owner.size == 4  # three sides and the top
    assert patches["z_lo"].owner.size == 8  # the block stands on the floor


def test_panels_are_refused() -> None:
    every = slice(None)
    with pytest.raises(InputError, match="panels or resistances"):
        mesh_of(raster_of(uniform_grid((2, 2, 2)), panels=[(0, (every, every, ONE))]))


def test_the_written_mesh_counts_what_it_lists(tmp_path: Path) -> None:
    mesh = mesh_of(room())
    write_mesh(tmp_path, mesh)
    folder = tmp_path / "constant" / "polyMesh"
    sizes = {name: _listed(folder / name) for name in ("points", "faces", "owner", "neighbour")}
    surface = sum(patch.owner.size for patch in mesh.patches)
    assert sizes["points"] == 4 * 4 * 3  # the block leaves no point unused
    assert sizes["faces"] == sizes["owner"] == sizes["neighbour"] + surface
    boundary = (folder / "boundary").read_text()
    assert f"startFace {sizes['neighbour']};" in boundary


def _listed(path: Path) -> int:
    lines = path.read_text().splitlines()
    at = lines.index("(")
    assert lines[-1] == ")"
    assert int(lines[at - 1]) == len(lines) - at - 2
    return int(lines[at - 1])


def test_hall_small_as_specified(tmp_path: Path) -> None:
    write_case(tmp_path, hall_small(0.2), ranks=2, iterations=300)
    u, t, e = ((tmp_path / "0" / name).read_text() for name in ("U", "T", "epsilon"))
    # 0.35 m3/s through 0.6 x 2.2 m: racks of row A draw and blow towards lower y
    for patch in ("A0_front", "A0_rear"):
        assert _speed(u, patch) == pytest.approx([0.0, -0.35 / 1.32, 0.0])
    assert _speed(u, "B7_rear") == pytest.approx([0.0, 0.35 / 1.32, 0.0])
    assert _speed(u, "tiles") == pytest.approx([0.0, 0.0, 1.0])
    assert "Tm+11.84553" in t  # 5000 W / (1206 J/m3/K 0.35 m3/s)
    assert "0.006037" in e  # C_mu^3/4 (1.5 (0.1 x 1 m/s)^2)^3/2 / 0.05 m
    schemes = (tmp_path / "system" / "fvSchemes").read_text()
    assert "div(phi,U) bounded Gauss upwind;" in schemes
    assert "div((nuEff*dev2(T(grad(U))))) Gauss linear;" in schemes
    assert "n (2 1 1);" in (tmp_path / "system" / "decomposeParDict").read_text()
    control = (tmp_path / "system" / "controlDict").read_text()
    assert control.count("surfaceFieldValue") == 2 * 16 + 2 * 2


def _speed(text: str, patch: str) -> list[float]:
    value = text.split(f"    {patch}\n", 1)[1].split("uniform (", 1)[1].split(")", 1)[0]
    return [float(number) for number in value.split()]


def test_the_cube_has_two_warm_walls_and_no_turbulence(tmp_path: Path) -> None:
    write_case(tmp_path, heated_cube(4), ranks=1, iterations=10)
    t = (tmp_path / "0" / "T").read_text()
    assert "uniform 293.65;" in t
    assert "uniform 292.65;" in t
    assert not (tmp_path / "0" / "epsilon").exists()
    assert "simulationType laminar;" in (tmp_path / "constant" / "turbulenceProperties").read_text()


def test_what_the_peer_cannot_hold_is_refused(tmp_path: Path) -> None:
    problem = hall_small(0.2)
    doors = (replace(problem.racks[0], door_effectiveness=0.5), *problem.racks[1:])
    with pytest.raises(InputError, match="without doors"):
        write_case(tmp_path, replace(problem, racks=doors), ranks=1, iterations=1)
    zero = replace(problem, turbulence=Turbulence.ZERO_EQUATION)
    with pytest.raises(InputError, match="standard k-epsilon"):
        write_case(tmp_path, zero, ranks=1, iterations=1)


def test_the_transient_case_steps_as_asked_and_starts_from_the_steady_one(tmp_path: Path) -> None:
    steady, transient = tmp_path / "steady", tmp_path / "transient"
    write_mesh(steady, mesh_of(room()))
    for time in ("0", "20", "120"):
        (steady / time).mkdir()
        (steady / time / "T").write_text(time)
        (steady / time / "phi").write_text("fluxes")
    write_transient_case(transient, hall_small(0.2), ranks=1, step=0.055, steps=12)
    take_fields(steady, transient, ranks=1)
    assert (transient / "0" / "T").read_text() == "120"
    assert not (transient / "0" / "phi").exists()
    assert (transient / "constant" / "polyMesh" / "owner").is_file()
    control = (transient / "system" / "controlDict").read_text()
    assert "deltaT 0.055;" in control
    assert "endTime 0.66;" in control


def test_words_of_the_dictionaries() -> None:
    text = entries({"a": True, "(U|T)": {"b": 0.5, "c": (1, 2)}, "div(phi,U)": "Gauss"})
    assert text == 'a yes;\n"(U|T)"\n{\n    b 0.5;\n    c (1 2);\n}\ndiv(phi,U) Gauss;\n'


def seen(inlet: np.ndarray, error: np.ndarray) -> monitors.HallMonitors:
    n = inlet.size
    return monitors.HallMonitors(
        iteration=np.arange(10.0, 10.0 * n + 1.0, 10.0),
        mean=inlet[:, None],
        hottest=inlet[:, None],
        return_temperature=inlet,
        heat_error=error,
    )


def test_a_hall_is_settled_when_change_and_heat_go_on_to_hold() -> None:
    n = np.arange(1, 61)
    falling = 291.0 + np.maximum(0.0, 0.1 * (20 - n))  # steady from iteration 200 on
    assert monitors.hall_settled(seen(falling, np.zeros(60))) == 250  # a change looks 50 iterations back
    late = np.where(n < 40, 0.01, 0.001)
    assert monitors.hall_settled(seen(falling, late)) == 400
    flicker = np.where(n % 4 == 0, 0.01, 0.0)  # never holds for 50 iterations
    assert monitors.hall_settled(seen(falling, flicker)) is None


def test_a_turning_point_does_not_settle_a_cavity() -> None:
    iteration = np.arange(10.0, 1001.0, 10.0)
    wave = 9.0 + 0.1 * np.cos(iteration / 40.0) * np.exp(-iteration / 150.0)
    settled = monitors.cavity_settled(iteration, wave, wave)
    assert settled is not None
    later = wave[iteration >= settled]
    assert np.abs(later / later[-1] - 1.0).max() < 1e-3
    assert monitors.cavity_settled(iteration, wave, 0.99 * wave) is None


def test_the_first_entry_that_stays_near_the_end() -> None:
    values = np.array([5.0, 9.0, 7.0, 9.05, 8.995, 9.0])
    assert monitors.within(np.arange(1.0, 7.0), values, 1e-3) == 5


def test_monitors_are_read_to_the_last_whole_line(tmp_path: Path) -> None:
    for name, value in (("x_lo", "(-8.9 0 0)"), ("x_hi", "(-8.8 0 0)")):
        folder = tmp_path / "postProcessing" / f"gradient_{name}" / "0"
        folder.mkdir(parents=True)
        (folder / "surfaceFieldValue.dat").write_text(f"# Time\n10\t{value}\n20\t{value}\n30\t(-8.")
    iteration, hot, cold = monitors.read_cavity(tmp_path, heated_cube(4))
    assert iteration.tolist() == [10.0, 20.0]
    assert (hot[1], cold[1]) == (-8.9, -8.8)


def test_seconds_of_the_peer() -> None:
    timing = Timing(ends=np.array([0.9, 1.4, 1.9, 2.4]))
    assert timing.each == pytest.approx(0.5)
    assert timing.until(3) == 1.9
