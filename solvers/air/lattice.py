"""The staggered lattice of a raster: flat padded arrays that every kernel indexes in the same way.

Cells (nz, ny, nx) sit in a padded box of (nz + 3, ny + 3, nx + 3): one ghost layer on the low side, two on
the high side, x contiguous, flattened. Index n names a cell and also its three LOW faces, so that a face
array has the shape of a cell array and the neighbour along an axis is n +- stride:

        |     |     |          u[n] lives on the low x-face of cell n, u[n + 1] on its high one;
      u[n]  p[n] u[n+1]        v[n] on the low y-face, w[n] on the low z-face.
        |     |     |

Triples are in the order x, y, z. An axis of one single cell is taken out of the problem: its two sides are
frictionless, so that a two-dimensional case is a slab of one cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array, Grid
from geometry.hall import Side
from geometry.raster import Index, Mask, Port, Raster
from solvers.air.kernels import blocks, distance

Shape = tuple[int, int, int]
Triple = tuple[Array, Array, Array]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drag:
    """Cells beside a wall normal to one axis: half a cell's wall area over the distance to its centre [m]."""

    cell: NDArray[np.intp]
    value: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """Geometry of the flow problem, all arrays flat and padded.

    shape        (nz, ny, nx) of the cells
    stride       index distance of neighbours along x, y, z
    fluid        cells with air
    volume       of cells [m3], 0 in solids
    length       distance of cell centres to the nearest surface [m]; in solids, and where there is none, what
                 `build_lattice` was told
    area         of the low faces [m2]
    conductance  open area over centre distance of the low faces [m]; 0 where closed
    width_ratio  face area over cell width along the axis [m]; 0 in solids
    drag         by axis, of the cells beside its walls
    free         by component: nodes whose velocity the momentum equation finds (open faces and exhausts)
    control      by component: volume around a node [m3]
    face, centre coordinates by axis, padded [m]
    spacing      by axis: (3, n) distances of cell centres to the faces between (kernels.transport)
    staggered    by axis: the same of a velocity component along its own axis: nodes on faces, volumes that
                 end at cell centres
    region       label of the connected body of air of each cell, -1 in solids
    n_regions    number of labels
    """

    shape: Shape
    stride: tuple[int, int, int]
    fluid: Flags
    volume: Array
    length: Array
    area: Triple
    conductance: Triple
    width_ratio: Triple
    drag: tuple[Drag, Drag, Drag]
    free: tuple[Flags, Flags, Flags]
    control: Triple
    face: Triple
    centre: Triple
    spacing: Triple
    staggered: Triple
    region: NDArray[np.int32]
    n_regions: int

    @property
    def size(self) -> int:
        return self.fluid.size

    @property
    def padded(self) -> Shape:
        return (self.shape[0] + 3, self.shape[1] + 3, self.shape[2] + 3)

    def cells(self, flat: NDArray) -> NDArray:
        """View of a flat array as the (nz, ny, nx) cells."""
        nz, ny, nx = self.shape
        return flat.reshape(self.padded)[1 : nz + 1, 1 : ny + 1, 1 : nx + 1]

    def faces(self, flat: NDArray, axis: int) -> NDArray:
        """View of a flat array as the faces normal to `axis`, one more than cells along it."""
        n = [1 + size for size in self.shape]
        n[2 - axis] += 1
        return flat.reshape(self.padded)[1 : n[0], 1 : n[1], 1 : n[2]]

    def index(self, k: Index, j: Index, i: Index) -> Index:
        """Flat index of cell (k, j, i), or of the face with this low index."""
        _, py, px = self.padded
        return ((np.asarray(k) + 1) * py + np.asarray(j) + 1) * px + np.asarray(i) + 1

    def of_cells(self) -> Lattice:
        """Without the arrays of faces, which are most of the memory."""
        none = np.zeros(0, dtype=self.volume.dtype)
        nothing = (none, none, none)
        return replace(
            self, area=nothing, conductance=nothing, width_ratio=nothing, control=nothing, length=none
        )

    def position(self, flat_index: int) -> tuple[float, float, float]:
        """Centre (x, y, z) of a cell [m]."""
        k, j, i = np.unravel_index(flat_index, self.padded)
        return (float(self.centre[0][i]), float(self.centre[1][j]), float(self.centre[2][k]))


def build_lattice(
    raster: Raster,
    exhausts: tuple[Port, ...],
    *,
    devices_are_surfaces: bool = True,
    slip: tuple[Side, ...] = (),
    far: float = 0.0,
    real: type[np.floating] = np.float64,
) -> Lattice:
    """The lattice of `raster`; the faces of `exhausts` are nodes of the momentum equation.

    devices_are_surfaces  whether `length` counts from the faces of devices too, or from walls only
    slip  sides of the box without friction
    far   `length` of what has no surface [m]
    real  precision of what the kernels read at every node
    """
    grid = raster.grid
    shape = grid.shape
    nz, ny, nx = shape
    padded = (nz + 3, ny + 3, nx + 3)
    fluid = ~raster.solid
    closed = (raster.closed_x, raster.closed_y, raster.closed_z)
    loss = (raster.loss_x, raster.loss_y, raster.loss_z)
    port_faces = [np.zeros(c.shape, dtype=bool) for c in closed]
    for port in raster.ports.values():
        port_faces[port.axis][port.k, port.j, port.i] = True
    # a leaky panel is a wall to eddies and to the boundary layer
    shares = [open_share(values) for values in loss]
    walls = (closed[0] | (shares[0] < 0.5), closed[1] | (shares[1] < 0.5), closed[2] | (shares[2] < 0.5))
    if not devices_are_surfaces:
        walls = (walls[0] & ~port_faces[0], walls[1] & ~port_faces[1], walls[2] & ~port_faces[2])
    for side in slip:
        walls[side.axis][_on_side(side)] = False
    width = (
        np.broadcast_to(grid.dx[None, None, :], shape),
        np.broadcast_to(grid.dy[None, :, None], shape),
        np.broadcast_to(grid.dz[:, None, None], shape),
    )
    centres = (grid.x, grid.y, grid.z)
    face_lines = (grid.x_face, grid.y_face, grid.z_face)

    def pad(values: NDArray, dtype: type[np.generic] = real) -> NDArray:
        out: NDArray = np.zeros(padded, dtype=dtype)
        a, b, c = values.shape
        out[1 : a + 1, 1 : b + 1, 1 : c + 1] = values
        return out.ravel()

    exhaust_faces = [np.zeros(c.shape, dtype=bool) for c in closed]
    for port in exhausts:
        exhaust_faces[port.axis][port.k, port.j, port.i] = True

    length = pad(_surface_distance(raster, walls, far))  # needs most memory on its way
    area, conductance, ratio, drag, free, control = [], [], [], [], [], []
    for axis in range(3):
        along = 2 - axis
        others = [a for a in range(3) if a != axis]
        cell_area = width[others[0]] * width[others[1]]
        face_area = np.concatenate([cell_area, np.take(cell_area, [-1], axis=along)], axis=along)
        distance = np.ones(shape[along] + 1)
        distance[1:-1] = np.diff(centres[axis])
        spread = [1, 1, 1]
        spread[along] = -1
        open_ = ~closed[axis]
        area.append(pad(face_area))
        share = np.where(open_, shares[axis], 0.0)
        conductance.append(pad(share * face_area / distance.reshape(spread)))
        cell_ratio = np.where(fluid, cell_area / width[axis], 0.0)
        ratio.append(pad(cell_ratio))
        hard = np.where(port_faces[axis], 0.0, 1.0 - share)
        if shape[along] == 1:
            hard[:] = 0.0
        for side in slip:
            if side.axis == axis:
                hard[_on_side(side)] = 0.0
        count = np.take(hard, range(shape[along]), axis=along)
        count += np.take(hard, range(1, shape[along] + 1), axis=along)
        beside = pad(count * cell_ratio)
        cell = np.flatnonzero(beside)
        drag.append(Drag(cell=cell, value=beside[cell]))
        free.append(pad(open_ | exhaust_faces[axis], np.bool_))
    volume = pad(np.where(fluid, grid.volume, 0.0))
    stride = (1, nx + 3, (nx + 3) * (ny + 3))
    for axis in range(3):
        half = real(0.5) * volume
        half[stride[axis] :] += real(0.5) * volume[: -stride[axis]]
        control.append(half)
    air = pad(fluid, np.bool_)
    region, n_regions = connected_bodies(shape, air, (conductance[0], conductance[1], conductance[2]))
    face = (_extend(face_lines[0], 2), _extend(face_lines[1], 2), _extend(face_lines[2], 2))
    centre = (_extend(centres[0], 3), _extend(centres[1], 3), _extend(centres[2], 3))
    return Lattice(
        shape=shape,
        stride=stride,
        fluid=air,
        volume=volume,
        length=length,
        area=(area[0], area[1], area[2]),
        conductance=(conductance[0], conductance[1], conductance[2]),
        width_ratio=(ratio[0], ratio[1], ratio[2]),
        drag=(drag[0], drag[1], drag[2]),
        free=(free[0], free[1], free[2]),
        control=(control[0], control[1], control[2]),
        face=face,
        centre=centre,
        spacing=(
            _spacing(centre[0], face[0], real),
            _spacing(centre[1], face[1], real),
            _spacing(centre[2], face[2], real),
        ),
        staggered=(
            _spacing(face[0], _shift(centre[0]), real),
            _spacing(face[1], _shift(centre[1]), real),
            _spacing(face[2], _shift(centre[2]), real),
        ),
        region=region,
        n_regions=n_regions,
    )


def face_areas(grid: Grid) -> Triple:
    """Areas of the faces normal to x, y and z [m2], to broadcast over face arrays."""
    dx, dy, dz = grid.dx[None, None, :], grid.dy[None, :, None], grid.dz[:, None, None]
    return (dy * dz, dx * dz, dx * dy)


def open_share(loss: Array) -> Array:
    """Share of a face that is gap [-], from its loss coefficient: heat and friction pass through no more.

    Sharp-edged gaps contract the jet: K = (1.7 / share)^2 for small shares (Idelchik, Handbook of Hydraulic
    Resistance, 3rd ed., diagram 8-1: K -> 2.9 / share^2); 1 for K below that.
    """
    share = np.ones(loss.shape)
    lossy = loss > 1.7**2
    share[lossy] = 1.7 / np.sqrt(loss[lossy])
    return share


def _on_side(side: Side) -> tuple[slice | int, slice | int, slice | int]:
    """Where the faces of a side of the box stand in the face array of its axis."""
    at: list[slice | int] = [slice(None)] * 3
    at[2 - side.axis] = 0 if side.outward < 0 else -1
    return (at[0], at[1], at[2])


def _extend(lines: Array, extra: int) -> Array:
    """One more coordinate on the low side and extra - 1 on the high side, strictly increasing."""
    step = lines[-1] - lines[-2] if lines.size > 1 else 1.0
    high = lines[-1] + step * np.arange(1, extra)
    return np.concatenate([[lines[0] - step], lines, high])


def _spacing(node: Array, face: Array, real: type[np.floating]) -> Array:
    """From the node below a face to the face, from its own node to the face, inverse distance of the two."""
    result = np.zeros((3, node.size))
    result[0, 1:] = face[1:] - node[:-1]
    result[1, 1:] = face[1:] - node[1:]
    result[2, 1:] = 1.0 / np.diff(node)
    return result.astype(real)


def _shift(lines: Array) -> Array:
    """Entry i holds line i - 1."""
    return np.concatenate([lines[:1], lines[:-1]])


def connected_bodies(shape: Shape, fluid: Flags, open_: Triple) -> tuple[NDArray[np.int32], int]:
    """Label the bodies of air connected through open faces; 0-based, in the order of their first cell.

    fluid, open_  flat and padded: cells with air; above 0 on the low faces that are open
    Returns the label of each cell, flat, -1 in solids, and their number.
    """
    region = np.empty(fluid.size, dtype=np.int32)
    whole = np.array(shape[::-1])
    waiting = np.empty(int(whole.prod()), dtype=np.int64)
    return region, int(blocks.label(shape, whole, fluid, *open_, region, waiting))


def _surface_distance(raster: Raster, closed: tuple[Mask, Mask, Mask], far: float) -> Array:
    """Distance of cell centres to the nearest closed face [m]; `far` in solids, and where there is none."""
    grid = raster.grid
    centres, faces = (grid.z, grid.y, grid.x), (grid.z_face, grid.y_face, grid.x_face)
    nearest = np.full(grid.shape, np.inf)
    for along in range(3):
        if grid.shape[along] == 1:
            continue
        # a closed face between two solids is nobody's surface
        solid = np.pad(
            raster.solid, [(1, 1) if a == along else (0, 0) for a in range(3)], constant_values=True
        )
        n = faces[along].size
        buried = np.take(solid, range(n), axis=along) & np.take(solid, range(1, n + 1), axis=along)
        squared = np.where(closed[2 - along] & ~buried, 0.0, np.inf)
        for axis in (along, *(a for a in range(3) if a != along)):
            given = faces[axis] if axis == along else centres[axis]
            squared = _nearest_along(squared, axis, given, centres[axis])
        np.minimum(nearest, squared, out=nearest)
    return np.where(raster.solid | np.isinf(nearest), far, np.sqrt(nearest))


def _nearest_along(squared: Array, axis: int, source: Array, target: Array) -> Array:
    """Squared distances on the places `target` along an axis from those on `source`."""
    lines = np.ascontiguousarray(np.moveaxis(squared, axis, -1))
    out = np.empty((*lines.shape[:-1], target.size))
    distance.nearest_along(lines.reshape(-1, source.size), source, target, out.reshape(-1, target.size))
    return np.moveaxis(out, -1, axis)
