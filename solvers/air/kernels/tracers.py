"""Many passive quantities at once on one frozen flow: blocks of fields (nodes, m), the m fields contiguous.

Links, padding and indices are those of kernels.transport. The limiter of the temperature is frozen into
linear weights, so that convection is linear, the same for every field, and still the temperature's own.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange

ONE = np.uint64(1)
TWO = np.uint64(2)


@parallel_kernel
def freeze_slopes(shape, scheme, stride, axis, node, face, low, high, phi, near, far):
    """Linear weights of the high-order minus upwind flux through each low face of one axis [m3/s].

    The flux is  near (phi[n] - phi[n - s]) + |far| (upwind difference one cell further upstream), the latter
    phi[n - s] - phi[n - 2 s] where far > 0 and phi[n + s] - phi[n] where far < 0. van Leer's harmonic slope
    2 g h / (g + h) of the gradients g across the face and h upstream of it is (h g + g h) / (g + h): a mean
    of the two with weights h / (g + h) and g / (g + h). Taken at `phi` and held, they make a linear scheme
    between central and linear upwind that gives back phi's own flux. Schemes as in kernels.transport.
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sa = np.uint64(stride)
    for kk in prange(n_z + 1):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 2):
            origin = k * plane + j * row
            start = np.uint64(origin + 1)
            end = start + np.uint64(n_x + 1)
            position = k if axis == 2 else j
            for n in range(start, end):
                near[n] = 0.0
                far[n] = 0.0
            if scheme == 0 or (axis == 2 and k < 2) or (axis == 1 and j < 2):
                continue
            if axis == 0:
                start += ONE
            here = np.uint64(position)
            shift = np.uint64(origin)
            for n in range(start, end):
                if not min(low[n], high[n]) > 0.0:
                    continue
                i = n - shift if axis == 0 else here
                f = low[n] - high[n]
                before = face[i] - node[i - ONE]
                after = face[i] - node[i]
                reach = f * (before if f > 0.0 else after)
                across = node[i] - node[i - ONE]
                if scheme == 2:
                    near[n] = reach / across
                    continue
                gradient = (phi[n] - phi[n - sa]) / across
                if f > 0.0:
                    linked = min(low[n - sa], high[n - sa]) > 0.0
                    distance = node[i - ONE] - node[i - TWO]
                    upstream = (phi[n - sa] - phi[n - sa - sa]) / distance
                else:
                    linked = min(low[n + sa], high[n + sa]) > 0.0
                    distance = node[i + ONE] - node[i]
                    upstream = (phi[n + sa] - phi[n]) / distance
                if linked and upstream * gradient > 0.0:
                    share = upstream / (upstream + gradient)
                    near[n] = reach * share / across
                    weight = reach * (1.0 - share) / distance
                    far[n] = weight if f > 0.0 else -weight


@kernel
def _weigh(n, s, near, far, first, weights):
    """Weights of cell n and, from `first` on, of n - 2 s, n - s, n + s, n + 2 s in the fluxes into cell n."""
    low, high, far_low, far_high = near[n], near[n + s], far[n], far[n + s]
    forth = far_low if far_low > 0.0 else 0.0
    back = forth - far_low
    next_forth = far_high if far_high > 0.0 else 0.0
    next_back = next_forth - far_high
    weights[0] += low - back + high - next_forth
    weights[first] = -forth
    weights[first + 1] = forth - low + next_forth
    weights[first + 2] = back - high + next_back
    weights[first + 3] = -next_back


@parallel_kernel
def deferred_fluxes(
    shape,
    active,
    offsets,
    near_x,
    far_x,
    near_y,
    far_y,
    near_z,
    far_z,
    inverse,
    volume,
    emission,
    weights,
    phi,
    b,
):
    """b = high-order minus upwind fluxes into each cell, plus volume * emission, for every field.

    active    (rows,) whether a row along x is renewed at all; row k (ny + 3) + j
    offsets   (13,) index distances of the cells whose values count, in the order of `_weigh`: own, x, y, z
    near, far by axis, weights of the low faces from `freeze_slopes` [m3/s]
    emission  (m,) source of each field per volume of air
    weights   scratch, (planes, 13) at least
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy, sz = np.uint64(row), np.uint64(row * (n_y + 3))
    m = np.uint64(phi.shape[1])
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        own = weights[k]
        for j in range(1, n_y + 1):
            if not active[k * (n_y + 3) + j]:
                continue
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                v = volume[n]
                for q in range(np.uint64(0), m):
                    b[n, q] = v * emission[q]
                if inverse[n] == 0.0:
                    continue
                own[0] = 0.0
                _weigh(n, ONE, near_x, far_x, 1, own)
                _weigh(n, sy, near_y, far_y, 5, own)
                _weigh(n, sz, near_z, far_z, 9, own)
                for t in range(np.uint64(0), np.uint64(13)):
                    weight = own[t]
                    if weight != 0.0:
                        other = np.uint64(np.int64(n) + offsets[t])
                        for q in range(np.uint64(0), m):
                            b[n, q] += weight * phi[other, q]


@parallel_kernel
def sweep_block(
    shape,
    active,
    low_x,
    high_x,
    low_y,
    high_y,
    low_z,
    high_z,
    inverse,
    b,
    planes_along_y,
    reverse_x,
    reverse_rows,
    measure,
    fresh,
    phi,
    change,
):
    """One Gauss-Seidel sweep over all fields: planes in two colours, rows and nodes in the given direction.

    The order is that of kernels.sweeps.sweep. Only `active` rows are swept; if `measure`, change (rows,)
    is raised to the largest change of a value in each. fresh: scratch, (planes, m) at least.
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy = np.uint64(row)
    sz = np.uint64(plane)
    m = np.uint64(phi.shape[1])
    planes = n_y if planes_along_y else n_z
    rows = n_z if planes_along_y else n_y
    plane_step = row if planes_along_y else plane
    row_step = plane if planes_along_y else row
    for colour in range(2):
        for pp in prange((planes + 1 - colour) // 2):
            p = 2 * np.int64(pp) + 1 + colour
            for rr in range(1, rows + 1):
                r = rows + 1 - rr if reverse_rows else rr
                origin = p * plane_step + r * row_step
                number = origin // row
                if not active[number]:
                    continue
                largest = change[number]
                for ii in range(1, n_x + 1):
                    n = np.uint64(origin + (n_x + 1 - ii if reverse_x else ii))
                    inv = inverse[n]
                    if inv == 0.0:
                        continue
                    w_lx = inv * low_x[n]
                    w_hx = inv * high_x[n + ONE]
                    w_ly = inv * low_y[n]
                    w_hy = inv * high_y[n + sy]
                    w_lz = inv * low_z[n]
                    w_hz = inv * high_z[n + sz]
                    for q in range(np.uint64(0), m):
                        fresh[p, q] = (
                            inv * b[n, q]
                            + w_lx * phi[n - ONE, q]
                            + w_hx * phi[n + ONE, q]
                            + w_ly * phi[n - sy, q]
                            + w_hy * phi[n + sy, q]
                            + w_lz * phi[n - sz, q]
                            + w_hz * phi[n + sz, q]
                        )
                    if measure:
                        for q in range(np.uint64(0), m):
                            largest = max(largest, abs(fresh[p, q] - phi[n, q]))
                    for q in range(np.uint64(0), m):
                        phi[n, q] = fresh[p, q]
                change[number] = largest
