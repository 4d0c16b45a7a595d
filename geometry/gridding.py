"""From a hall to a rectilinear grid whose lines are the faces of its objects.

Each axis is treated alone. Object coordinates closer together than `minimum` are merged, the gaps between
the remaining lines are filled with cells: evenly where the neighbours allow it, otherwise graded so that
adjacent cells differ by no more than the factor `growth`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geometry.errors import require, require_range
from geometry.grid import Array, Grid
from geometry.hall import Box, Hall

AXES = "xyz"
Sizes = tuple[float, float, float]  # along x, y, z [m]
# Lines that fall into one cluster collapse onto the one of the most telling object; the room never moves.
_ROOM, _RACK, _UNIT, _PANEL, _OPENING, _AISLE = range(6)
_ROUND_OFF = 1e-9  # [m] lines nearer than this are one line, and no object has moved
_SWEEPS = 60  # of the grading; a hall needs a handful


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedFace:
    """A face of an object that the grid represents somewhere else."""

    element: str
    axis: str
    at: float  # where the hall has it [m]
    grid: float  # the grid line that stands for it [m]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridReport:
    """How faithful and how even a grid is."""

    cells: int
    smallest: float  # cell size [m]
    largest: float
    worst_ratio: float  # of adjacent cell sizes, on any axis
    moved: tuple[MovedFace, ...]

    def __str__(self) -> str:
        moved = f", {len(self.moved)} faces moved" if self.moved else ""
        return (
            f"{self.cells:,} cells of {self.smallest:.3f}..{self.largest:.3f} m, "
            f"adjacent sizes within {self.worst_ratio:.2f}{moved}"
        )


def make_grid(
    hall: Hall,
    *,
    target: float | Sizes,
    growth: float = 1.3,
    minimum: float = 0.02,
    max_cells: int = 20_000_000,
) -> Grid:
    """A grid of cells no larger than `target` with a line at each face of each object of `hall`.

    target     largest cell size [m], or one for each axis (x, y, z)
    growth     largest ratio of adjacent cell sizes [-]. Only where it would take cells below half of
               `minimum` a larger one is left: `grid_report` tells
    minimum    lines closer than this are merged [m]; `grid_report` names the faces that moved
    max_cells  refuse a grid with more cells

    Raises InputError for values out of range and for a grid that would be too large.
    """
    sizes = _sizes(target)
    for size in dict.fromkeys(sizes):
        require_range("grid target", size, 0.005, 5.0, "m")
    require_range("grid growth", growth, 1.05, 3.0, "-")
    require_range("grid minimum", minimum, 0.0, min(sizes), "m")
    _require_affordable(estimate_cells(hall, target), hall, sizes, max_cells)
    x, y, z = (_fill(_fixed_lines(hall, axis, minimum), sizes[axis], growth, minimum) for axis in range(3))
    grid = Grid(x_face=x, y_face=y, z_face=z)
    _require_affordable(grid.n_cells, hall, sizes, max_cells)
    return grid


def estimate_cells(hall: Hall, target: float | Sizes) -> int:
    """Cells of a grid of size `target` [m] without the grading: a lower bound, at no cost."""
    count, sizes = 1, _sizes(target)
    for axis in range(3):
        gaps = np.diff(_fixed_lines(hall, axis, min(0.02, *sizes)))
        count *= int(np.ceil(gaps / sizes[axis] - 1e-9).sum())
    return count


def _sizes(target: float | Sizes) -> Sizes:
    return target if isinstance(target, tuple) else (target, target, target)


def grid_report(hall: Hall, grid: Grid) -> GridReport:
    """What `grid` makes of `hall`: sizes, the worst ratio and the faces that moved."""
    moved: list[MovedFace] = []
    faces = (grid.x_face, grid.y_face, grid.z_face)
    for _, name, box in _boxes(hall):
        for axis, lines in enumerate(faces):
            for at in dict.fromkeys((box.low[axis], box.high[axis])):
                line = float(lines[nearest(lines, at)])
                if abs(line - at) > _ROUND_OFF:
                    moved.append(MovedFace(element=name, axis=AXES[axis], at=at, grid=line))
    sizes = [np.diff(lines) for lines in faces]
    return GridReport(
        cells=grid.n_cells,
        smallest=float(min(size.min() for size in sizes)),
        largest=float(max(size.max() for size in sizes)),
        worst_ratio=max(_worst_ratio(size) for size in sizes),
        moved=tuple(moved),
    )


def nearest(lines: Array, at: float) -> int:
    """Index of the line nearest to `at`."""
    index = int(np.searchsorted(lines, at))
    if index == 0:
        return 0
    if index == lines.size:
        return lines.size - 1
    return index if lines[index] - at <= at - lines[index - 1] else index - 1


def _require_affordable(cells: int, hall: Hall, sizes: Sizes, max_cells: int) -> None:
    size = " x ".join(f"{size:g}" for size in (sizes if len(set(sizes)) > 1 else sizes[:1]))
    require(
        cells <= max_cells,
        f"cells of the grid of {hall.name} = {cells:,} at a target size of {size} m: "
        f"outside 1..{max_cells:,}",
        hint="a larger target size; it enters with the third power",
    )


def _boxes(hall: Hall) -> Iterator[tuple[int, str, Box]]:
    """(rank, name, box) of everything that has a face."""
    yield _ROOM, "room", hall.room
    for rack in hall.racks:
        yield _RACK, rack.name, rack.box
    for cdu in hall.cdus:
        yield _UNIT, cdu.name, cdu.box
    for unit in hall.units:
        yield _OPENING if unit.flat else _UNIT, unit.name, unit.box
    for pdu in hall.pdus:
        yield _UNIT, pdu.name, pdu.box
    for obstruction in hall.obstructions:
        yield _UNIT, obstruction.name, obstruction.box
    for panel in hall.panels:
        yield _PANEL, panel.name, panel.box
    for passage in hall.passages:
        yield _OPENING, passage.name, passage.box
    for opening in hall.openings:
        yield _OPENING, opening.name, opening.box
    for aisle in hall.aisles:
        yield _AISLE, aisle.name, aisle.box


def _fixed_lines(hall: Hall, axis: int, minimum: float) -> Array:
    """Sorted object coordinates within the room, clusters narrower than `minimum` merged."""
    low, high = hall.room.low[axis], hall.room.high[axis]
    require(
        high > low, f"extent of the room of {hall.name} along {AXES[axis]} = {high - low:g} m: not positive"
    )
    rank: dict[float, int] = {}
    for importance, _, box in _boxes(hall):
        for at in (box.low[axis], box.high[axis]):
            if low <= at <= high:
                rank[at] = min(rank.get(at, importance), importance)
    # The most important lines are placed first; a line too near to a placed one merges into it. (On equal
    # rank the lines merge in the order of their distance from the middle, so that mirrored halls get
    # mirrored grids.)
    middle = 0.5 * (low + high)
    order = sorted(rank, key=lambda at: (rank[at], -round(abs(at - middle), 9), at))
    placed: list[float] = []
    for at in order:
        spacing = max(minimum, _ROUND_OFF)
        if all(abs(at - other) >= spacing - _ROUND_OFF for other in placed):
            placed.append(at)
    return np.array(sorted(placed), dtype=np.float64)


def _fill(lines: Array, target: float, growth: float, minimum: float) -> Array:
    """Faces of one axis: the fixed lines and, between them, cells no larger than `target`."""
    gaps = np.diff(lines)
    sizes = [_even(gap, target) for gap in gaps]
    for _ in range(_SWEEPS):
        # All gaps are redone from the same state (Jacobi), so that a mirrored axis gives mirrored cells.
        redone = {}
        for n, gap in enumerate(gaps):
            left = growth * sizes[n - 1][-1] if n > 0 else np.inf
            right = growth * sizes[n + 1][0] if n + 1 < gaps.size else np.inf
            if sizes[n][0] > left * (1.0 + 1e-9) or sizes[n][-1] > right * (1.0 + 1e-9):
                cells = _graded(gap, left, right, target, growth)
                if cells.min() >= 0.5 * minimum:
                    redone[n] = cells
        if not redone:
            break
        for n, cells in redone.items():
            sizes[n] = cells
    pieces = [np.array([lines[0]])]
    for start, end, cells in zip(lines[:-1], lines[1:], sizes, strict=True):
        faces = start + np.cumsum(cells)
        faces[-1] = end
        pieces.append(faces)
    return np.concatenate(pieces)


def _even(gap: float, target: float) -> Array:
    count = max(1, int(np.ceil(gap / target - 1e-9)))
    return np.full(count, gap / count)


def _graded(gap: float, left: float, right: float, target: float, growth: float) -> Array:
    """The fewest cells that fill `gap` with no cell above `target`, the first and last no larger than
    `left` and `right`, and adjacent cells within the factor `growth`."""
    count = max(1, int(np.ceil(gap / target - 1e-9)))
    while True:
        even = gap / count
        if even <= min(left, right) * (1.0 + 1e-9):
            return np.full(count, even)
        ramp = growth ** np.arange(count)
        cells: Array = np.minimum(target, np.minimum(left * ramp, right * ramp[::-1]))
        total = cells.sum()
        if total >= gap:
            return cells * (gap / total)
        count += 1


def _worst_ratio(sizes: Array) -> float:
    if sizes.size < 2:
        return 1.0
    ratio = sizes[1:] / sizes[:-1]
    return float(np.maximum(ratio, 1.0 / ratio).max())
