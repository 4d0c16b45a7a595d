"""The pipes of a hall in three dimensions: drawn to their diameter, coloured by what they carry."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from geometry.hall import Hall
from geometry.piping import Circuit, PipeRun, Point
from viz import style
from viz.labels import float_label
from viz.meshes import Plotter, add_floor, add_outlines, scalar_bar, tube
from viz.probe import prepare_environment
from viz.scene import set_camera

if TYPE_CHECKING:
    from xarray import Dataset

_SLIMMEST = 0.02  # radius below which a hose would vanish in the picture [m]
_RETURNS = (Circuit.TCS_RETURN, Circuit.FWS_RETURN)


class PipeColour(Enum):
    """What colours a pipe."""

    VELOCITY = "velocity"  # [m/s]
    GRADIENT = "gradient"  # pressure drop over length, fittings included [Pa/m]
    TEMPERATURE = "temperature"  # [°C]


_QUANTITIES = {
    PipeColour.VELOCITY: ("Velocity", "m/s"),
    PipeColour.GRADIENT: ("Pressure gradient", "Pa/m"),
    PipeColour.TEMPERATURE: ("Coolant temperature", "°C"),
}
_PARTS = {"main": "main", "branches": "branch", "manifold": "manifold", "hoses": "hose", "cdus": "CDU"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipes:
    """Runs of one hall and what was solved in them; arrays follow `runs`."""

    runs: tuple[PipeRun, ...]
    nominal: np.ndarray  # DN
    velocity: Array  # [m/s]
    gradient: Array  # [Pa/m]
    temperature: Array  # [K]


def read_pipes(runs: tuple[PipeRun, ...], data: Dataset, kind: int) -> Pipes:
    """The pipes of hall `kind` from the group `loop` of a run.

    Raises InputError where the run holds no loop, or not these runs.
    """
    require("pipe_nominal" in data, "the run holds no pipes", hint="a hall with liquid cooling")
    stored = [str(name) for name in data["pipe"].values]
    place = {name: n for n, name in enumerate(stored)}
    missing = [run.name for run in runs if f"{kind}:{run.name}" not in place]
    require(
        bool(runs) and not missing,
        f"hall kind {kind} has {len(missing) or 'no'} pipes that the run does not hold"
        + (f", the first {missing[0]!r}" if missing else ""),
        hint="the configuration that was saved with the run",
    )
    at = [place[f"{kind}:{run.name}"] for run in runs]

    def of(name: str) -> Array:
        return np.asarray(data[name].values, dtype=np.float64)[at]

    return Pipes(
        runs=runs,
        nominal=of("pipe_nominal").astype(np.intp),
        velocity=of("pipe_velocity"),
        gradient=np.abs(of("pipe_pressure_drop")) / np.maximum(of("pipe_length"), 1e-9),
        temperature=of("pipe_temperature"),
    )


def pipe_labels(pipes: Pipes) -> list[tuple[Point, str]]:
    """One label for each part and size ("manifold DN 80"), at the supply run of it that keeps farthest away
    from the labels placed before: rare ones first."""
    places: dict[str, list[Point]] = {}
    for run, nominal in zip(pipes.runs, pipes.nominal, strict=True):
        if run.circuit not in _RETURNS:
            x, y, z = np.mean(np.array(run.path), axis=0)
            name = f"{_PARTS.get(run.group.rpartition('.')[2], run.group)} DN {nominal}"
            places.setdefault(name, []).append((float(x), float(y), float(z)))
    marks: list[tuple[Point, str]] = []
    for name, points in sorted(places.items(), key=lambda item: (len(item[1]), item[0])):
        best = max(points, key=lambda point: min((math.dist(point, at) for at, _ in marks), default=0.0))
        marks.append((best, name))
    return marks


def pipe_scene(
    hall: Hall,
    pipes: Pipes,
    *,
    colour: PipeColour = PipeColour.VELOCITY,
    off_screen: bool = True,
    title: str = "",
) -> Plotter:
    """A PyVista plotter of the hall's pipes among pale racks and CDUs, camera set, not yet rendered."""
    prepare_environment(os.environ)
    import pyvista as pv

    values = {
        PipeColour.VELOCITY: pipes.velocity,
        PipeColour.GRADIENT: pipes.gradient,
        PipeColour.TEMPERATURE: style.celsius(pipes.temperature),
    }[colour]
    plotter: Plotter = pv.Plotter(
        off_screen=off_screen, window_size=list(style.PICTURE_SIZE), lighting="light kit"
    )
    plotter.set_background(style.PAPER)
    plotter.enable_depth_peeling(6)
    if off_screen:
        plotter.enable_anti_aliasing("ssaa")
    add_floor(plotter, hall.room)
    add_outlines(plotter, hall)
    corner = (1, -1)
    tubes: list[Any] = []
    for run, nominal, value in zip(pipes.runs, pipes.nominal, values, strict=True):
        mesh = tube(run, max(0.5e-3 * float(nominal), _SLIMMEST))
        if mesh is not None:
            mesh.cell_data["value"] = np.full(mesh.n_cells, value)
            tubes.append(mesh)
    limits = _limits(values, colour)
    merged = pv.merge(tubes, merge_points=False).extract_surface(algorithm="dataset_surface")
    colours = style.TEMPERATURE_MAP if colour is PipeColour.TEMPERATURE else "viridis"
    plotter.add_mesh(
        merged, scalars="value", cmap=colours, clim=limits, ambient=0.45, show_scalar_bar=False, name="pipes",
    )  # fmt: skip
    quantity, unit = _QUANTITIES[colour]
    scalar_bar(plotter, f"{quantity} [{unit}]", limits, fmt="%.1f" if limits[1] < 10.0 else "%.0f")
    marks = pipe_labels(pipes)
    float_label(plotter, [point for point, _ in marks], [text for _, text in marks], size=15, box=style.PAPER)
    top = style.PICTURE_SIZE[1]
    worst = int(np.argmax(values))
    lines = (
        ("title", title or f"Hall {hall.name}", 56, 15, style.INK),
        ("subtitle", f"{len(pipes.runs)} pipes, drawn to their nominal diameter · largest {quantity.lower()} "
         f"{values[worst]:.3g} {unit}, {pipes.runs[worst].name}", 92, 10, style.INK),
    )  # fmt: skip
    for name, text, below, size, ink in lines:
        plotter.add_text(text, position=(28, top - below), font_size=size, color=ink, font="arial", name=name)
    set_camera(plotter, hall.room, corner)
    return plotter


def _limits(values: Array, colour: PipeColour) -> tuple[float, float]:
    if colour is PipeColour.TEMPERATURE:
        return style.temperature_limits(values + style.ZERO_CELSIUS)
    high = float(values.max())
    step = 10.0 ** np.floor(np.log10(max(high, 1e-9))) / 2.0
    return 0.0, float(np.ceil(high / step) * step)
