"""Kernels that find the parts of each coarse cell: fine nodes in one box joined by strong connections.

A level is a frame of (nz, ny, nx) cells, padded as in kernels.py; `boxed` says whether its cells are nodes of
their own. Nodes from `begin` on lie behind the box; `place` is the flat index of the cell they lie in.
"""

import numpy as np

from solvers._jit import kernel


@kernel
def _root(parent, n):
    while parent[n] != n:
        parent[n] = parent[parent[n]]
        n = parent[n]
    return n


@kernel
def _join(parent, a, b):
    a = _root(parent, a)
    b = _root(parent, b)
    # the smaller number leads, so that the answer does not depend on the order of joining
    if a < b:
        parent[b] = a
    else:
        parent[a] = b


@kernel
def locate(frame, coarse_frame, step_x, step_y, step_z, boxed, begin, place, box):
    """box[n] = flat index of the coarse cell that holds node n; 0 for what is no node."""
    n_z, n_y, n_x = frame
    m_y, m_x = coarse_frame[1], coarse_frame[2]
    row = n_x + 3
    plane = row * (n_y + 3)
    box[:] = 0
    if boxed:
        for k in range(n_z):
            for j in range(n_y):
                n = (k + 1) * plane + (j + 1) * row + 1
                m = ((k // step_z + 1) * (m_y + 3) + j // step_y + 1) * (m_x + 3) + 1
                for i in range(n_x):
                    box[n + i] = m + i // step_x
    for e in range(begin, box.size):
        p = place[e - begin]
        k = p // plane - 1
        j = p % plane // row - 1
        i = p % row - 1
        box[e] = ((k // step_z + 1) * (m_y + 3) + j // step_y + 1) * (m_x + 3) + i // step_x + 1


@kernel
def measure(frame, boxed, g, edge_low, edge_high, strength):
    """strength[n] = largest conductance of node n."""
    n_z, n_y, n_x = frame
    row = n_x + 3
    plane = row * (n_y + 3)
    strength[:] = 0
    behind = 0
    if boxed:
        size = plane * (n_z + 3)
        behind = 3 * size
        for axis in range(3):
            stride = 1 if axis == 0 else (row if axis == 1 else plane)
            for n in range(plane, plane * (n_z + 1)):
                value = g[axis * size + n]
                strength[n] = max(strength[n], value)
                strength[n - stride] = max(strength[n - stride], value)
    for e in range(edge_low.size):
        value = g[behind + e]
        strength[edge_low[e]] = max(strength[edge_low[e]], value)
        strength[edge_high[e]] = max(strength[edge_high[e]], value)


@kernel
def join_strong(frame, boxed, g, edge_low, edge_high, box, strength, share, parent):
    """parent: forest of the nodes joined inside a box by g >= share of the weaker node's strength."""
    n_z, n_y, n_x = frame
    row = n_x + 3
    plane = row * (n_y + 3)
    for n in range(parent.size):
        parent[n] = n
    behind = 0
    if boxed:
        size = plane * (n_z + 3)
        behind = 3 * size
        for axis in range(3):
            stride = 1 if axis == 0 else (row if axis == 1 else plane)
            for n in range(plane, plane * (n_z + 1)):
                m = n - stride
                value = g[axis * size + n]
                if value > 0 and box[m] == box[n] and value >= share * min(strength[m], strength[n]):
                    _join(parent, m, n)
    for e in range(edge_low.size):
        m = edge_low[e]
        n = edge_high[e]
        value = g[behind + e]
        if value > 0 and box[m] == box[n] and value >= share * min(strength[m], strength[n]):
            _join(parent, m, n)


@kernel
def number_parts(box, strength, sink, coarse_boxed, coarse_begin, parent, count, largest, coarse_of, place):
    """coarse_of[n] = coarse node of n (0: none); place = coarse cells of the nodes behind the coarse box.

    With a coarse box its cells take their largest part. Returns how many nodes lie behind.
    """
    for n in range(parent.size):
        count[n] = 0
        coarse_of[n] = 0
    for m in range(largest.size):
        largest[m] = -1
    for n in range(parent.size):
        if box[n] > 0 and (strength[n] > 0 or sink[n] > 0):
            count[_root(parent, n)] += 1
    if coarse_boxed:
        for n in range(parent.size):
            if count[n] > 0 and (largest[box[n]] < 0 or count[n] > count[largest[box[n]]]):
                largest[box[n]] = n
    behind = 0
    # a root comes before its members
    for n in range(parent.size):
        if count[n] > 0:
            if coarse_boxed and largest[box[n]] == n:
                coarse_of[n] = box[n]
            else:
                coarse_of[n] = coarse_begin + behind
                place[behind] = box[n]
                behind += 1
        elif box[n] > 0 and (strength[n] > 0 or sink[n] > 0):
            coarse_of[n] = coarse_of[_root(parent, n)]
    return behind


@kernel
def list_connections(
    frame,
    coarse_frame,
    step_x,
    step_y,
    step_z,
    ratio_x,
    ratio_y,
    ratio_z,
    boxed,
    g,
    edge_low,
    edge_high,
    box,
    coarse_of,
    coarse_boxed,
    flags,
    source,
    low,
    high,
    ratio,
):
    """List the connections between coarse nodes that no sum over coarse faces covers; return their number.

    source: index in g; low < high: coarse nodes; ratio: of distances. Lists that are too short are not
    written beyond their end, so a first call may count. The bits of `flags` of the listed faces are cleared.
    """
    n_z, n_y, n_x = frame
    row = n_x + 3
    plane = row * (n_y + 3)
    coarse_row = coarse_frame[2] + 3
    coarse_plane = coarse_row * (coarse_frame[1] + 3)
    found = 0
    size = plane * (n_z + 3) if boxed else 0
    for axis in range(3 if boxed else 0):
        stride = 1 if axis == 0 else (row if axis == 1 else plane)
        for n in range(plane, plane * (n_z + 1)):
            m = n - stride
            if g[axis * size + n] > 0:
                a = coarse_of[m]
                b = coarse_of[n]
                if coarse_boxed and box[m] != box[n] and a == box[m] and b == box[n]:
                    continue
                flags[n] &= np.uint8(7 - (1 << axis))
                if a == b:
                    continue
                if found < source.size:
                    source[found] = axis * size + n
                    low[found] = min(a, b)
                    high[found] = max(a, b)
                    factor = np.float32(1.0)
                    if box[m] != box[n]:
                        if axis == 0:
                            factor = ratio_x[box[n] % coarse_row]
                        elif axis == 1:
                            factor = ratio_y[box[n] % coarse_plane // coarse_row]
                        else:
                            factor = ratio_z[box[n] // coarse_plane]
                    ratio[found] = factor
                found += 1
    for e in range(edge_low.size):
        m = edge_low[e]
        n = edge_high[e]
        a = coarse_of[m]
        b = coarse_of[n]
        if a == b or a == 0 or b == 0:
            continue
        if found < source.size:
            source[found] = 3 * size + e
            low[found] = min(a, b)
            high[found] = max(a, b)
            factor = np.float32(1.0)
            # two coarse cells side by side differ by one stride; the higher one knows the ratio
            p = min(box[m], box[n])
            q = max(box[m], box[n])
            if q - p == 1:
                factor = ratio_x[q % coarse_row]
            elif q - p == coarse_row:
                factor = ratio_y[q % coarse_plane // coarse_row]
            elif q - p == coarse_plane:
                factor = ratio_z[q // coarse_plane]
            ratio[found] = factor
        found += 1
    return found


@kernel
def mark_cells(frame, coarse_frame, step_x, step_y, step_z, g, box, coarse_of, strength, share, flags):
    """Set the bits of transfer.py that steer interpolation, for a box above a box."""
    n_z, n_y, n_x = frame
    row = n_x + 3
    plane = row * (n_y + 3)
    size = plane * (n_z + 3)
    for k in range(n_z):
        for j in range(n_y):
            for i in range(n_x):
                n = (k + 1) * plane + (j + 1) * row + i + 1
                if coarse_of[n] == 0 or coarse_of[n] != box[n]:
                    continue
                flags[n] |= np.uint8(1 << 6)
                for axis in range(3):
                    step = step_x if axis == 0 else (step_y if axis == 1 else step_z)
                    if step == 1:
                        continue
                    stride = 1 if axis == 0 else (row if axis == 1 else plane)
                    index = i if axis == 0 else (j if axis == 1 else k)
                    if index % 2 == 1:
                        other = n + stride
                        value = g[axis * size + other]
                    else:
                        other = n - stride
                        value = g[axis * size + n]
                    if (
                        value > 0
                        and coarse_of[other] == box[other]
                        and value >= share * min(strength[n], strength[other])
                    ):
                        flags[n] |= np.uint8(1 << (3 + axis))
