"""What devices and walls read from a few places of a field, and write and add there.

Places may come more than once; sums go in order.
"""

from solvers._jit import kernel


@kernel
def add_at(index, values, target):
    """target[index] += values, entry after entry."""
    for e in range(index.size):
        target[index[e]] += values[e]


@kernel
def set_at(index, value, target):
    """target[index] = value, the same for all."""
    for e in range(index.size):
        target[index[e]] = value


@kernel
def raise_at(index, values, target):
    """target[index] = the larger of itself and values, entry after entry."""
    for e in range(index.size):
        n = index[e]
        target[n] = max(target[n], values[e])


@kernel
def read_faces(axis, node, x, y, z, out):
    """out = what faces, each normal to its axis, have in x, y or z."""
    for e in range(node.size):
        n = node[e]
        out[e] = x[n] if axis[e] == 0 else (y[n] if axis[e] == 1 else z[n])


@kernel
def write_faces(axis, node, values, x, y, z):
    """The way back of `read_faces`."""
    for e in range(node.size):
        n = node[e]
        if axis[e] == 0:
            x[n] = values[e]
        elif axis[e] == 1:
            y[n] = values[e]
        else:
            z[n] = values[e]


@kernel
def add_blown(index, flow, value, source, sink):
    """What flow [m3/s] brings of a quantity: source[index] += flow value, sink[index] += flow."""
    for e in range(index.size):
        n = index[e]
        source[n] += flow[e] * value[e]
        sink[n] += flow[e]


@kernel
def add_sideways(index, stride, flow, velocity, source):
    """source += flow velocity / 2 at a component's two nodes on either side of each cell `index`."""
    for shift in (0, stride):
        for e in range(index.size):
            n = index[e] + shift
            source[n] += 0.5 * flow[e] * velocity[n]


@kernel
def follow(index, area, velocity, flux):
    """flux = area velocity at some faces."""
    for e in range(index.size):
        n = index[e]
        flux[n] = area[n] * velocity[n]
