"""Implicit convection and diffusion of one quantity on a lattice of nodes: links, system, sweeps.

A lattice is a flat array over a padded box (see solvers.air.lattice). Node n has low neighbours n - 1,
n - sy, n - sz. For each axis two arrays hold the links across the LOW face of n,

    low[n]   weight of node n - s in the equation of n       D + max(F, 0)
    high[n]  weight of node n in the equation of n - s       D + max(-F, 0)

with F the volume flux [m3/s] and D the diffusion conductance [m3/s]; so F = low - high, D = min(low, high).
The steady equation of a node, with the discrete continuity equation subtracted, is

    sum(weights) phi_n + sink phi_n = sum(weights phi_neighbour) + source + (high-order minus upwind fluxes)

(Patankar, Numerical Heat Transfer and Fluid Flow, 1980, ch. 5). Components of velocity and temperature
share these kernels: only the links differ.
"""

import numpy as np

from solvers._jit import parallel_kernel, prange

ONE = np.uint64(1)
TWO = np.uint64(2)

UPWIND = 0
TVD = 1
CENTRAL = 2


@parallel_kernel
def scalar_links(shape, flux, conductance, viscosity, laminar, prandtl, prandtl_turbulent, stride, low, high):
    """Links of a cell quantity across the faces of one axis, closed faces excluded.

    flux        volume flux through the low face [m3/s]
    conductance open area over centre distance of the low face [m]; 0 where closed
    viscosity   effective kinematic viscosity of the cells [m2/s]; laminar: its molecular part
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sa = np.uint64(stride)
    molecular = laminar / prandtl - laminar / prandtl_turbulent
    half_turbulent = 0.5 / prandtl_turbulent
    for kk in prange(n_z + 1):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 2):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x + 1)):
                g = conductance[n]
                f = flux[n] if g > 0.0 else 0.0
                d = g * (molecular + half_turbulent * (viscosity[n - sa] + viscosity[n]))
                low[n] = d + max(f, 0.0)
                high[n] = d + max(-f, 0.0)


@parallel_kernel
def high_order_flux(shape, scheme, stride, axis, node, face, low, high, phi, out):
    """Convective flux of the high-order scheme minus that of upwind, through each low face of one axis.

    node[i]  position of node i along the axis [m]; face[i] position of its low face
    TVD: the upwind node's slope is van Leer's harmonic mean of its two one-sided gradients (van Leer,
    J. Comput. Phys. 14 (1974) 361), zero at a wall or an extremum. CENTRAL: linear interpolation.
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
            if scheme == 0 or (axis == 2 and k < 2) or (axis == 1 and j < 2):
                for n in range(start, end):
                    out[n] = 0.0
                continue
            if axis == 0:
                out[start] = 0.0
                start += ONE
            here = np.uint64(position)
            shift = np.uint64(origin)
            for n in range(start, end):
                i = n - shift if axis == 0 else here
                f = low[n] - high[n]
                open_ = min(low[n], high[n]) > 0.0
                # distance from each neighbour's node to the face, in the direction of the axis
                before = face[i] - node[i - ONE]
                after = face[i] - node[i]
                gradient = (phi[n] - phi[n - sa]) / (before - after)
                if scheme == 1:
                    # gradients on the far side of either neighbour; both are computed so that the loop has no
                    # branches and vectorises
                    linked_low = min(low[n - sa], high[n - sa]) > 0.0
                    linked_high = min(low[n + sa], high[n + sa]) > 0.0
                    far_low = (phi[n - sa] - phi[n - sa - sa]) / (node[i - ONE] - node[i - TWO])
                    far_high = (phi[n + sa] - phi[n]) / (node[i + ONE] - node[i])
                    forward = f > 0.0
                    far = far_low if forward else far_high
                    linked = linked_low if forward else linked_high
                    reach = before if forward else after
                    product = far * gradient
                    # the sum is not zero where the product is positive
                    slope = 2.0 * product / (far + gradient)
                    out[n] = f * slope * reach if (open_ and linked and product > 0.0) else 0.0
                else:
                    linear = phi[n - sa] + gradient * before
                    upwind = phi[n - sa] if f > 0.0 else phi[n]
                    out[n] = f * (linear - upwind) if open_ else 0.0


@parallel_kernel
def assemble(
    shape,
    low_x,
    high_x,
    low_y,
    high_y,
    low_z,
    high_z,
    extra_x,
    extra_y,
    extra_z,
    free,
    volume,
    old,
    source,
    sink,
    inverse_step,
    relaxation,
    inverse,
    b,
    response,
):
    """Diagonal and right side of the implicit equation of every free node.

    Inertia  I = volume * inverse_step + relaxation * sum(weights)  carries the value `old`: that of the last
    iteration, or in time (4 phi_n - phi_n-1) / 3 with inverse_step 3 / (2 dt), which is BDF2
        (sum(weights) + sink + I) phi = sum(weights phi_neighbour) + b

    inverse   1 / (sum(weights) + sink + I); 0 where the node is not free, so that it keeps its value
    b         source + high-order fluxes + I old
    response  1 / (sink + I): SIMPLEC's answer to a force (Van Doormaal and Raithby 1984); 0 if not free
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z + 1):
        k = np.int64(kk) + 1
        for j in range(1, n_y + 2):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x + 1)):
                weights = low_x[n] + high_x[n + ONE] + low_y[n] + high_y[n + sy] + low_z[n] + high_z[n + sz]
                inertia = volume[n] * inverse_step + relaxation * weights
                diagonal = weights + sink[n] + inertia
                is_free = free[n] and diagonal > 0.0
                inverse[n] = 1.0 / diagonal if is_free else 0.0
                response[n] = 1.0 / (sink[n] + inertia) if is_free else 0.0
                b[n] = (
                    source[n]
                    + inertia * old[n]
                    + (extra_x[n] - extra_x[n + ONE])
                    + (extra_y[n] - extra_y[n + sy])
                    + (extra_z[n] - extra_z[n + sz])
                )


@parallel_kernel
def sweep(
    shape,
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
    carry,
    known,
    phi,
):
    """One Gauss-Seidel sweep: planes in two colours, in each plane row after row, along x node after node.

    Within a plane the update is sequential, so what is convected travels through the whole plane when it goes
    the way of the sweep; between planes the order is that of the two colours, and the result does not depend
    on the number of threads. Planes are x-y (normal to z), or x-z when `planes_along_y`: then air that rises
    or falls is followed at once. carry, known: scratch, a row for each plane.
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    plane = row * (n_y + 3)
    sy = np.uint64(row)
    sz = np.uint64(plane)
    planes = n_y + 1 if planes_along_y else n_z + 1
    rows = n_z + 1 if planes_along_y else n_y + 1
    plane_step = row if planes_along_y else plane
    row_step = plane if planes_along_y else row
    for colour in range(2):
        for pp in prange((planes + 1 - colour) // 2):
            p = 2 * np.int64(pp) + 1 + colour
            scratch = np.uint64(p * row)
            for rr in range(1, rows + 1):
                r = rows + 1 - rr if reverse_rows else rr
                origin = np.uint64(p * plane_step + r * row_step)
                # all but the neighbour that the recurrence along x has just renewed
                if reverse_x:
                    for i in range(ONE, np.uint64(n_x + 2)):
                        n = origin + i
                        inv = inverse[n]
                        value = inv * (
                            b[n]
                            + low_x[n] * phi[n - ONE]
                            + low_y[n] * phi[n - sy]
                            + high_y[n + sy] * phi[n + sy]
                            + low_z[n] * phi[n - sz]
                            + high_z[n + sz] * phi[n + sz]
                        )
                        known[scratch + i] = value if inv > 0.0 else phi[n]
                        carry[scratch + i] = inv * high_x[n + ONE]
                    last = 0.0
                    for i in range(n_x + 1, 0, -1):
                        last = known[scratch + np.uint64(i)] + carry[scratch + np.uint64(i)] * last
                        phi[origin + np.uint64(i)] = last
                else:
                    for i in range(ONE, np.uint64(n_x + 2)):
                        n = origin + i
                        inv = inverse[n]
                        value = inv * (
                            b[n]
                            + high_x[n + ONE] * phi[n + ONE]
                            + low_y[n] * phi[n - sy]
                            + high_y[n + sy] * phi[n + sy]
                            + low_z[n] * phi[n - sz]
                            + high_z[n + sz] * phi[n + sz]
                        )
                        known[scratch + i] = value if inv > 0.0 else phi[n]
                        carry[scratch + i] = inv * low_x[n]
                    last = 0.0
                    for i in range(1, n_x + 2):
                        last = known[scratch + np.uint64(i)] + carry[scratch + np.uint64(i)] * last
                        phi[origin + np.uint64(i)] = last
