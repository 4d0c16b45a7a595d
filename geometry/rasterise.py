"""Draw a hall onto a grid: solids, thin panels, porous parts and the ports of its devices.

Every coordinate goes to the nearest grid line; on a grid of `make_grid` that is the object's own face, so
areas and volumes are conserved to round-off. On a foreign grid objects shift by up to half a cell.
"""

from __future__ import annotations

import numpy as np

from geometry.errors import InputError, require
from geometry.grid import Array, Grid
from geometry.gridding import AXES, nearest
from geometry.hall import Box, Hall, Opening, Rack, Side
from geometry.raster import Mask, Port, Raster

Range = tuple[int, int]


def rasterise(hall: Hall, grid: Grid) -> Raster:
    """The raster of `hall` on `grid` (see geometry.raster for its fields).

    Racks (populated or not), CDUs and obstructions without a loss coefficient are solid. A port holds the
    faces that have air before them; faces hidden by another solid are left out.

    Raises InputError when an object vanishes on the grid, a panel or opening is not flat, or a port has no
    air before it.
    """
    faces = (grid.x_face, grid.y_face, grid.z_face)
    nz, ny, nx = grid.shape
    solid = np.zeros(grid.shape, dtype=np.bool_)
    solids = [(rack.name, rack.box) for rack in hall.racks]
    solids += [(cdu.name, cdu.box) for cdu in hall.cdus]
    solids += [(part.name, part.box) for part in hall.obstructions if part.loss_per_m is None]
    for name, box in solids:
        solid[_cells(faces, box, name)] = True

    closed = (
        np.ones((nz, ny, nx + 1), dtype=np.bool_),
        np.ones((nz, ny + 1, nx), dtype=np.bool_),
        np.ones((nz + 1, ny, nx), dtype=np.bool_),
    )
    closed[0][:, :, 1:-1] = solid[:, :, 1:] | solid[:, :, :-1]
    closed[1][:, 1:-1, :] = solid[:, 1:, :] | solid[:, :-1, :]
    closed[2][1:-1, :, :] = solid[1:, :, :] | solid[:-1, :, :]
    loss = _porous_loss(hall, grid, faces)

    for panel in hall.panels:
        axis, where = _flat(faces, panel.box, f"panel {panel.name}")
        if panel.loss is None:
            closed[axis][where] = True
        else:
            loss[axis][where] += panel.loss

    ports: dict[str, Port] = {}
    for rack in hall.populated:
        for end, side in (("front", rack.front), ("rear", rack.front.opposite)):
            ports[f"{rack.name}.{end}"] = _rack_port(faces, solid, rack, end, side)
    for opening in hall.openings:
        ports[opening.name] = _opening_port(faces, solid, opening)
    for port in ports.values():
        closed[port.axis][port.k, port.j, port.i] = True

    return Raster(
        grid=grid,
        solid=solid,
        closed_x=closed[0],
        closed_y=closed[1],
        closed_z=closed[2],
        loss_x=loss[0],
        loss_y=loss[1],
        loss_z=loss[2],
        ports=ports,
    )


def _span(lines: Array, low: float, high: float, axis: int, name: str) -> Range:
    """Indices of the first and last line of an extent that must hold at least one cell."""
    first, last = nearest(lines, low), nearest(lines, high)
    if last <= first:
        raise InputError(
            f"extent of {name} along {AXES[axis]} = {high - low:g} m ({low:g}..{high:g} m): no cell of the "
            f"grid within the room ({lines[0]:g}..{lines[-1]:g} m) resolves it\n"
            f"  try: move it into the room, a finer grid, or a smaller merging distance"
        )
    return first, last


def _cells(faces: tuple[Array, Array, Array], box: Box, name: str) -> tuple[slice, slice, slice]:
    """(k, j, i) slices of the cells that `box` fills."""
    i, j, k = (_span(faces[n], box.low[n], box.high[n], n, name) for n in range(3))
    return (slice(*k), slice(*j), slice(*i))


def _flat(faces: tuple[Array, Array, Array], box: Box, name: str) -> tuple[int, tuple[slice, slice, slice]]:
    """The axis a flat box is normal to, and the (k, j, i) slices of its faces."""
    flat = [axis for axis in range(3) if box.size[axis] == 0.0]
    require(
        len(flat) == 1,
        f"extents of {name} = {box.size[0]:g} x {box.size[1]:g} x {box.size[2]:g} m: {len(flat)} of them are "
        "zero, exactly one must be",
        hint="make one extent zero, or model it as an obstruction",
    )
    axis = flat[0]
    index: list[slice] = []
    for n in range(3):
        if n == axis:
            line = nearest(faces[n], box.low[n])
            index.append(slice(line, line + 1))
        else:
            index.append(slice(*_span(faces[n], box.low[n], box.high[n], n, name)))
    return axis, (index[2], index[1], index[0])


def _porous_loss(hall: Hall, grid: Grid, faces: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
    """Loss coefficients of the faces from porous parts: loss per metre times the way through the part
    between the two cell centres."""
    nz, ny, nx = grid.shape
    loss = (np.zeros((nz, ny, nx + 1)), np.zeros((nz, ny + 1, nx)), np.zeros((nz + 1, ny, nx)))
    porous = [part for part in hall.obstructions if part.loss_per_m is not None]
    if not porous:
        return loss
    per_metre = np.zeros(grid.shape)
    for part in porous:
        per_metre[_cells(faces, part.box, part.name)] += part.loss_per_m or 0.0
    half = 0.5 * per_metre * grid.dx
    loss[0][:, :, 1:] += half
    loss[0][:, :, :-1] += half
    half = 0.5 * per_metre * grid.dy[:, None]
    loss[1][:, 1:, :] += half
    loss[1][:, :-1, :] += half
    half = 0.5 * per_metre * grid.dz[:, None, None]
    loss[2][1:, :, :] += half
    loss[2][:-1, :, :] += half
    return loss


def _rack_port(faces: tuple[Array, Array, Array], solid: Mask, rack: Rack, end: str, side: Side) -> Port:
    axis, where = _flat(faces, rack.box.face(side), f"{end} of rack {rack.name}")
    port = _port(faces, solid, f"{rack.name}.{end}", axis, side.outward, where)
    require(
        port.area.size > 0,
        f"{end} of rack {rack.name}: no air before it, it stands against a wall or another object",
        hint="leave an aisle there, or turn the rack",
    )
    return port


def _opening_port(faces: tuple[Array, Array, Array], solid: Mask, opening: Opening) -> Port:
    axis, where = _flat(faces, opening.box, f"opening {opening.name}")
    last = faces[axis].size - 1
    line = where[2 - axis].start
    if line == 0:
        inward = +1
    elif line == last:
        inward = -1
    else:
        below = [*where]
        below[2 - axis] = slice(line - 1, line)
        behind, before = solid[tuple(below)], solid[where]
        require(
            bool(behind.all() or before.all()),
            f"position of opening {opening.name} along {AXES[axis]} = {opening.box.low[axis]:g} m: neither "
            "on the envelope of the room nor on the face of a solid",
            hint="place it on a wall, the floor, the ceiling or the face of an obstruction",
        )
        inward = +1 if behind.all() else -1
    port = _port(faces, solid, opening.name, axis, inward, where)
    require(
        port.area.size > 0,
        f"opening {opening.name}: covered by a solid over its whole face",
        hint="move the opening or the object before it",
    )
    return port


def _port(
    faces: tuple[Array, Array, Array],
    solid: Mask,
    name: str,
    axis: int,
    inward: int,
    where: tuple[slice, slice, slice],
) -> Port:
    """The faces of `where` that have air on the side `inward` points to, in (k, j, i) order."""
    k, j, i = (
        index.ravel() for index in np.meshgrid(*(np.arange(s.start, s.stop) for s in where), indexing="ij")
    )
    air = [k, j, i]
    if inward < 0:
        air[2 - axis] = air[2 - axis] - 1
    inside = (air[2 - axis] >= 0) & (air[2 - axis] < solid.shape[2 - axis])
    open_ = np.zeros(k.size, dtype=np.bool_)
    open_[inside] = ~solid[air[0][inside], air[1][inside], air[2][inside]]
    k, j, i = k[open_], j[open_], i[open_]
    size = [np.diff(lines) for lines in faces]
    one = [np.ones(k.size) if axis == n else size[n][index] for n, index in enumerate((i, j, k))]
    return Port(name=name, axis=axis, inward=inward, k=k, j=j, i=i, area=one[0] * one[1] * one[2])
