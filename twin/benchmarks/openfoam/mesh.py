"""A raster as an unstructured mesh: OpenFOAM's polyMesh, cell for cell ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from geometry.raster import Raster
from twin.benchmarks.openfoam.text import entries, header, patch_name

Labels = NDArray[np.int64]
SIDES = (("x_lo", "x_hi"), ("y_lo", "y_hi"), ("z_lo", "z_hi"))
SOLIDS = "solids"  # surfaces of blocks inside the room


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Boundary faces of one name: a wall, or the faces of a port."""

    name: str
    wall: bool
    points: Labels  # (n, 4), so that the face looks out of the air
    owner: Labels  # (n,) cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """Cells in our order, x fastest, solids left out; inner faces in OpenFOAM's order."""

    n_cells: int
    points: NDArray[np.float64]  # (n, 3) [m]
    inner: Labels  # (n, 4)
    owner: Labels
    neighbour: Labels
    patches: tuple[Patch, ...]


def mesh_of(raster: Raster) -> Mesh:
    """The air of a raster.

    Raises InputError for panels and losses between air cells: such faces have no place in a plain mesh.
    """
    fluid = ~raster.solid
    number = np.full(fluid.shape, -1, dtype=np.int64)
    number[fluid] = np.arange(int(fluid.sum()))
    corners = _corners(raster)
    port_of = _port_labels(raster)
    names = [*raster.ports]
    found: dict[str, list[tuple[Labels, Labels]]] = {}
    links: list[tuple[Labels, Labels, Labels]] = []
    closed = (raster.closed_x, raster.closed_y, raster.closed_z)
    losses = (raster.loss_x, raster.loss_y, raster.loss_z)
    for axis in range(3):
        along = 2 - axis
        low = np.concatenate((_outside(number, along), number), axis=along)  # cell on the low side of a face
        high = np.concatenate((number, _outside(number, along)), axis=along)
        between = (low >= 0) & (high >= 0)
        require(
            not (between & (closed[axis] | (losses[axis] > 0.0))).any(),
            "the hall has panels or resistances between air cells: the peer's mesh cannot hold them",
        )
        links.append((corners[axis][between], low[between], high[between]))
        for cell, missing, turned in ((low, high, False), (high, low, True)):
            edge = (cell >= 0) & (missing < 0)
            points = corners[axis][edge]
            label = port_of[axis][edge]
            at = np.nonzero(edge)[along]
            n = fluid.shape[along]
            side = np.where(at == 0, 0, np.where(at == n, 1, 2))
            for which in range(3):
                wall = SIDES[axis][which] if which < 2 else SOLIDS
                mine = (label < 0) & (side == which)
                _collect(found, wall, points[mine], cell[edge][mine], turned)
            for port in np.unique(label[label >= 0]):
                mine = label == port
                _collect(found, patch_name(names[port]), points[mine], cell[edge][mine], turned)
    ports = {patch_name(name) for name in names}
    points, owner, neighbour = (np.concatenate(parts) for parts in zip(*links, strict=True))
    order = np.lexsort((neighbour, owner))
    patches = []
    for name, parts in found.items():
        faces, cells = (np.concatenate(each) for each in zip(*parts, strict=True))
        by_owner = np.argsort(cells, kind="stable")
        patches.append(
            Patch(name=name, wall=name not in ports, points=faces[by_owner], owner=cells[by_owner])
        )
    return Mesh(
        n_cells=int(fluid.sum()),
        points=_coordinates(raster),
        inner=points[order],
        owner=owner[order],
        neighbour=neighbour[order],
        patches=tuple(patches),
    )


def write_mesh(folder: Path, mesh: Mesh) -> None:
    """Write constant/polyMesh below the case `folder`; points that no face uses are left out."""
    target = folder / "constant" / "polyMesh"
    target.mkdir(parents=True, exist_ok=True)
    faces = np.concatenate([mesh.inner, *(patch.points for patch in mesh.patches)])
    used, renumbered = np.unique(faces, return_inverse=True)
    owner = np.concatenate([mesh.owner, *(patch.owner for patch in mesh.patches)])
    _write_list(target / "points", "vectorField", mesh.points[used], "(%.12g %.12g %.12g)")
    _write_list(target / "faces", "faceList", renumbered.reshape(faces.shape), "4(%d %d %d %d)")
    _write_list(target / "owner", "labelList", owner, "%d")
    _write_list(target / "neighbour", "labelList", mesh.neighbour, "%d")
    start = mesh.inner.shape[0]
    listed = []
    for patch in mesh.patches:
        size = patch.owner.size
        kind = "wall" if patch.wall else "patch"
        listed.append(entries({patch.name: {"type": kind, "nFaces": size, "startFace": start}}))
        start += size
    text = header("polyBoundaryMesh", "boundary") + f"{len(listed)}\n(\n{''.join(listed)})\n"
    (target / "boundary").write_text(text, encoding="utf-8")


def _write_list(path: Path, kind: str, rows: NDArray[np.generic], row: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(header(kind, path.name) + f"{len(rows)}\n(\n")
        np.savetxt(file, rows, fmt=row)
        file.write(")\n")


def _collect(
    found: dict[str, list[tuple[Labels, Labels]]], name: str, points: Labels, cells: Labels, turned: bool
) -> None:
    if cells.size:
        found.setdefault(name, []).append((points[:, ::-1] if turned else points, cells))


def _outside(number: Labels, along: int) -> Labels:
    shape = list(number.shape)
    shape[along] = 1
    return np.full(shape, -1, dtype=np.int64)


def _port_labels(raster: Raster) -> list[Labels]:
    """For each axis the number of the port that each face belongs to, -1 where none."""
    labels = [
        np.full(c.shape, -1, dtype=np.int64) for c in (raster.closed_x, raster.closed_y, raster.closed_z)
    ]
    for n, port in enumerate(raster.ports.values()):
        labels[port.axis][port.k, port.j, port.i] = n
    return labels


def _coordinates(raster: Raster) -> NDArray[np.float64]:
    grid = raster.grid
    z, y, x = np.meshgrid(grid.z_face, grid.y_face, grid.x_face, indexing="ij")
    return np.column_stack((x.ravel(), y.ravel(), z.ravel()))


def _corners(raster: Raster) -> list[Labels]:
    """The four points of each face, right-handed about the positive axis: three arrays (..., 4)."""
    nz, ny, nx = raster.grid.shape
    p = np.arange((nz + 1) * (ny + 1) * (nx + 1)).reshape(nz + 1, ny + 1, nx + 1)
    around_x = (p[:-1, :-1, :], p[:-1, 1:, :], p[1:, 1:, :], p[1:, :-1, :])
    around_y = (p[:-1, :, :-1], p[1:, :, :-1], p[1:, :, 1:], p[:-1, :, 1:])
    around_z = (p[:, :-1, :-1], p[:, :-1, 1:], p[:, 1:, 1:], p[:, 1:, :-1])
    return [np.stack(four, axis=-1) for four in (around_x, around_y, around_z)]
