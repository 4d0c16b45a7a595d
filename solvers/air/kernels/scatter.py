"""What devices and walls add to a few cells of a field. Cells may come more than once; sums go in order."""

from solvers._jit import kernel


@kernel
def add_at(index, values, target):
    """target[index] += values, entry after entry."""
    for e in range(index.size):
        target[index[e]] += values[e]


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
