"""Draw a hall onto a grid: solids, thin panels, porous parts and the ports of its devices.

Every coordinate goes to the nearest grid line; on a grid of `make_grid` that is the object's own face, so
areas and volumes are conserved to round-off. On a foreign grid objects shift by up to half a cell.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geometry.errors import InputError, require
from geometry.grid import Array, Grid
from geometry.gridding import AXES, nearest
from geometry.hall import Box, CoolingUnit, Hall, Opening, Passage, Pdu, Rack, Side
from geometry.raster import Mask, Port, Raster, Zone

Range = tuple[int, int]


def rasterise(hall: Hall, grid: Grid) -> Raster:
    """The raster of `hall` on `grid` (see geometry.raster for its fields).

    Racks (populated or not) and obstructions without a loss coefficient, CDUs and cooling units are solid. A
    port holds the faces that have air before them; faces hidden by another solid are left out. Passages
    override the panels they lie in.

    Raises InputError when an object vanishes on the grid, a flat one is not flat, or a port or passage has no
    air before it.
    """
    faces = (grid.x_face, grid.y_face, grid.z_face)
    solid = np.zeros(grid.shape, dtype=np.bool_)
    for name, box in _solids(hall):
        solid[_cells(faces, box, name)] = True
    closed = _closed(solid)
    loss = _porous_loss(hall, grid, faces)
    for rack in _porous_racks(hall):
        _tighten(closed, _cells(faces, rack.box, rack.name), rack.front.axis)
    for panel in hall.panels:
        axis, where = _flat(faces, panel.box, f"panel {panel.name}")
        if panel.loss is None:
            closed[axis][where] = True
        else:
            loss[axis][where] += panel.loss

    passages: dict[str, Port] = {}
    for passage in hall.passages:
        port = _passage(faces, solid, passage)
        closed[port.axis][port.k, port.j, port.i] = False
        loss[port.axis][port.k, port.j, port.i] = passage.loss
        passages[passage.name] = port

    ports: dict[str, Port] = {}
    for rack in hall.racks:
        if rack.populated or rack.loss_per_m is not None:
            kind = ports if rack.loss_per_m is None else passages
            for end, side in (("front", rack.front), ("rear", rack.front.opposite)):
                kind[f"{rack.name}.{end}"] = _rack_port(faces, solid, rack, end, side)
    for unit in hall.units:
        ports |= _unit_ports(faces, solid, unit)
    for opening in hall.openings:
        ports[opening.name] = _opening_port(faces, solid, opening)
    for port in ports.values():
        closed[port.axis][port.k, port.j, port.i] = True

    zones = {rack.name: _zone(grid, faces, rack) for rack in _porous_racks(hall) if rack.populated}
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
        passages=passages,
        zones=zones | {pdu.name: _zone(grid, faces, pdu) for pdu in hall.pdus},
    )


def _porous_racks(hall: Hall) -> list[Rack]:
    return [rack for rack in hall.racks if rack.loss_per_m is not None]


def _solids(hall: Hall) -> list[tuple[str, Box]]:
    solids = [(rack.name, rack.box) for rack in hall.racks if rack.loss_per_m is None]
    solids += [(cdu.name, cdu.box) for cdu in hall.cdus]
    solids += [(unit.name, unit.box) for unit in hall.units if not unit.flat]
    solids += [(part.name, part.box) for part in hall.obstructions if part.loss_per_m is None]
    return solids


def _closed(solid: Mask) -> tuple[Mask, Mask, Mask]:
    """Faces that the envelope and the solids close."""
    nz, ny, nx = solid.shape
    closed = (
        np.ones((nz, ny, nx + 1), dtype=np.bool_),
        np.ones((nz, ny + 1, nx), dtype=np.bool_),
        np.ones((nz + 1, ny, nx), dtype=np.bool_),
    )
    closed[0][:, :, 1:-1] = solid[:, :, 1:] | solid[:, :, :-1]
    closed[1][:, 1:-1, :] = solid[:, 1:, :] | solid[:, :-1, :]
    closed[2][1:-1, :, :] = solid[1:, :, :] | solid[:-1, :, :]
    return closed


def _tighten(closed: tuple[Mask, Mask, Mask], cells: tuple[slice, slice, slice], along: int) -> None:
    """Close every face of a block of cells but those normal to the axis `along`: servers are ducts."""
    for axis in range(3):
        if axis != along:
            where = list(cells)
            block = where[2 - axis]
            where[2 - axis] = slice(block.start, block.stop + 1)
            closed[axis][tuple(where)] = True


def _zone(grid: Grid, faces: tuple[Array, Array, Array], part: Rack | Pdu) -> Zone:
    where = _cells(faces, part.box, part.name)
    k, j, i = (index.ravel() for index in np.mgrid[where])
    return Zone(name=part.name, k=k, j=j, i=i, volume=grid.volume[k, j, i])


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
    between the two cell centres. Racks have it along their depth, other parts along all axes."""
    nz, ny, nx = grid.shape
    loss = (np.zeros((nz, ny, nx + 1)), np.zeros((nz, ny + 1, nx)), np.zeros((nz + 1, ny, nx)))
    racks = _porous_racks(hall)
    parts = [
        (part.name, part.box, part.loss_per_m) for part in hall.obstructions if part.loss_per_m is not None
    ]
    parts += [(pdu.name, pdu.box, pdu.loss_per_m) for pdu in hall.pdus]
    if not parts and not racks:
        return loss
    per_metre = np.zeros(grid.shape)
    for name, box, value in parts:
        per_metre[_cells(faces, box, name)] += value
    for axis, size in enumerate((grid.dx, grid.dy[:, None], grid.dz[:, None, None])):
        along = per_metre.copy()
        for rack in racks:
            if rack.front.axis == axis:
                along[_cells(faces, rack.box, rack.name)] += rack.loss_per_m or 0.0
        half = np.moveaxis(0.5 * along * size, 2 - axis, 0)
        face = np.moveaxis(loss[axis], 2 - axis, 0)  # a view
        face[1:] += half
        face[:-1] += half
    return loss


def _passage(faces: tuple[Array, Array, Array], solid: Mask, passage: Passage) -> Port:
    axis, where = _flat(faces, passage.box, f"passage {passage.name}")
    port = _between(_port(faces, solid, passage.name, axis, +1, where), solid)
    require(
        port.area.size > 0,
        f"passage {passage.name}: no air on one side of it",
        hint="a passage is a hole in a panel inside the room; through the envelope it is an opening",
    )
    return port


def _unit_ports(faces: tuple[Array, Array, Array], solid: Mask, unit: CoolingUnit) -> dict[str, Port]:
    ports = {}
    for end, side in (("intake", unit.intake), ("outlet", unit.outlet)):
        element = f"{end} of cooling unit {unit.name}"
        axis, where = _flat(faces, unit.face(side), element)
        require(
            axis == side.axis,
            f"{element} looks along {AXES[side.axis]}, but the unit is flat along {AXES[axis]}",
            hint="a flat unit breathes through its two sides",
        )
        port = _port(faces, solid, f"{unit.name}.{end}", axis, side.outward, where)
        port = _between(port, solid) if unit.flat else port
        require(
            port.area.size > 0,
            f"{element}: no air before it, it is against a wall or another object",
            hint="leave it free, or turn the unit",
        )
        ports[port.name] = port
    return ports


def _between(port: Port, solid: Mask) -> Port:
    """The faces of `port` that have air on both sides."""
    behind = [port.k, port.j, port.i]
    if port.inward > 0:
        behind[2 - port.axis] = behind[2 - port.axis] - 1
    inside = (behind[2 - port.axis] >= 0) & (behind[2 - port.axis] < solid.shape[2 - port.axis])
    keep = np.zeros(port.area.size, dtype=np.bool_)
    keep[inside] = ~solid[behind[0][inside], behind[1][inside], behind[2][inside]]
    return replace(port, k=port.k[keep], j=port.j[keep], i=port.i[keep], area=port.area[keep])


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
