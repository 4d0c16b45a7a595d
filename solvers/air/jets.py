"""Momentum of the air that leaves a perforated face through its holes.

A face of which a share f is holes gives jets of V / f, and a momentum of rho V^2 A / f where its mean
velocity has rho V^2 A. The difference pushes the air before the face (body force: Abdelmaksoud, Khalifa,
Dang, Elhadidi, Schmidt and Iyengar, ITherm 2010; Arghode and Joshi, IEEE Trans. Components, Packaging and
Manufacturing Technology 3 (2013) 800). The loss of such a face includes the mixing of its jets, which in a
duct gives back pressure of 2 (1/f - 1) rho V^2 / 2: this much is added to the face's own loss, so that the
drop from before the face to behind the mixing stays as given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array
from geometry.raster import Port
from solvers.air.lattice import Lattice
from solvers.air.problem import AirProblem

# over which the jets of a tile's holes grow together [m]; assumption: some ten widths of a hole. Where cells
# are larger their first face takes the push
MERGING = 0.1

Pushed = tuple[NDArray[np.int64], NDArray[np.int64], Array]  # faces, nodes, factors


@dataclass(frozen=True, slots=True, kw_only=True)
class JetNodes:
    """Nodes of one velocity component that jets push, one entry for each face and node.

    face    node of the perforated face, whose velocity decides
    node    node that is pushed
    factor  (1/f - 1) times the area, times the node's share [m2]; its sign is the way that the jets go
    """

    face: NDArray[np.int64]
    node: NDArray[np.int64]
    factor: Array


def build_jets(problem: AirProblem, lattice: Lattice) -> tuple[JetNodes, JetNodes, JetNodes]:
    """What the problem's perforated faces push, by axis."""
    found: list[list[Pushed]] = [[], [], []]
    raster = problem.raster
    for each in problem.jets:
        blown = raster.ports.get(each.port)
        port = raster.passages[each.port] if blown is None else blown
        excess = 1.0 / each.open_fraction - 1.0
        for way in (+1, -1) if blown is None else (port.inward,):
            found[port.axis] += _pushed(lattice, port, way, excess)
    axes = []
    for parts in found:
        face, node, factor = (np.concatenate([p[n] for p in parts] or [np.zeros(0)]) for n in range(3))
        axes.append(JetNodes(face=face.astype(np.int64), node=node.astype(np.int64), factor=factor))
    return (axes[0], axes[1], axes[2])


def add_jets(jets: JetNodes, velocity: Array, source: Array) -> None:
    """Add the push [m4/s2] on the nodes of a component; faces that blow the other way do not count."""
    if jets.face.size:
        at = velocity[jets.face].astype(np.float64)
        blown = np.where(at * jets.factor > 0.0, at, 0.0)
        np.add.at(source, jets.node, jets.factor * blown * blown)


def face_losses(problem: AirProblem) -> tuple[Array, Array, Array]:
    """Loss coefficients of the faces by axis, as of the raster, with what the mixing of jets gives back."""
    raster = problem.raster
    losses = [raster.loss_x, raster.loss_y, raster.loss_z]
    for each in problem.jets:
        if each.port in raster.passages:
            port = raster.passages[each.port]
            loss = losses[port.axis].copy()
            loss[port.k, port.j, port.i] += 2.0 * (1.0 / each.open_fraction - 1.0)
            losses[port.axis] = loss
    return (losses[0], losses[1], losses[2])


def _pushed(lattice: Lattice, port: Port, way: int, excess: float) -> list[Pushed]:
    """Faces, nodes and factors on one side of a port, as far as jets mix and nothing is in their way."""
    axis = port.axis
    face = np.asarray(lattice.index(port.k, port.j, port.i))
    line = np.asarray((port.i, port.j, port.k)[axis]) + 1
    place, control = lattice.face[axis], lattice.control[axis]
    open_ = np.ones(face.size, dtype=np.bool_)
    parts, total = [], np.zeros(face.size)
    for ahead in range(1, lattice.shape[2 - axis]):
        node = face + way * ahead * lattice.stride[axis]
        at = line + way * ahead
        open_ &= (at >= 1) & (at <= lattice.shape[2 - axis] + 1)
        open_[open_] = lattice.free[axis][node[open_]]
        if ahead > 1:
            open_[open_] = np.abs(place[at[open_]] - place[line[open_]]) <= MERGING * (1.0 + 1e-6)
        if not open_.any():
            break
        share = np.where(open_, control[np.where(open_, node, face)], 0.0)
        total += share
        parts.append((open_.copy(), node, share))
    push = way * excess * port.area / np.where(total > 0.0, total, 1.0)
    return [(face[on], node[on], (push * share)[on]) for on, node, share in parts]
