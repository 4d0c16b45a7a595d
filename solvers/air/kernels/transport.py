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
            below = np.uint64(position - 1)
            here = np.uint64(position)
            shift = np.uint64(origin)
            for n in range(start, end):
                i = n - shift if axis == 0 else here
                im = n - shift - ONE if axis == 0 else below
                distance = node[i] - node[im]
                f = low[n] - high[n]
                d = min(low[n], high[n])
                gradient = (phi[n] - phi[n - sa]) / distance
                if scheme == 1:
                    forward = f > 0.0
                    link = n - sa if forward else n + sa
                    linked = min(low[link], high[link]) > 0.0
                    i_near = im if forward else i
                    i_link = im if forward else i + ONE
                    upstream = (phi[link] - phi[link - sa]) / (node[i_link] - node[i_link - ONE])
                    product = upstream * gradient
                    smooth = linked and product > 0.0 and d > 0.0
                    slope = 2.0 * product / (upstream + gradient) if smooth else 0.0
                    out[n] = f * slope * (face[i] - node[i_near])
                else:
                    linear = phi[n - sa] + gradient * (face[i] - node[im])
                    upwind = phi[n - sa] if f > 0.0 else phi[n]
                    out[n] = f * (linear - upwind) if d > 0.0 else 0.0


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
    phi,
    source,
    sink,
    inverse_step,
    relaxation,
    inverse,
    b,
    response,
):
    """Diagonal and right side of the pseudo-transient equation of every free node.

    Inertia  I = volume * inverse_step + relaxation * sum(weights)  carries the old value:
        (sum(weights) + sink + I) phi = sum(weights phi_neighbour) + b

    inverse   1 / (sum(weights) + sink + I); 0 where the node is not free, so that it keeps its value
    b         source + high-order fluxes + I phi_old
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
                    + inertia * phi[n]
                    + (extra_x[n] - extra_x[n + ONE])
                    + (extra_y[n] - extra_y[n + sy])
                    + (extra_z[n] - extra_z[n + sz])
                )


@parallel_kernel
def sweep(
    shape, low_x, high_x, low_y, high_y, low_z, high_z, inverse, b, reverse_x, reverse_y, carry, known, phi
):
    """One Gauss-Seidel sweep: planes k in two colours, rows in order of y, nodes in order of x.

    Within a plane the update is sequential, so a wave travels through the whole plane when its direction
    fits `reverse_x`, `reverse_y`; between planes it is the two-colour order that makes the result independent
    of the number of threads. carry, known: scratch, (nz + 3) rows of nx + 3.
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for colour in range(2):
        for kk in prange((n_z + 2 - colour) // 2):
            k = 2 * np.int64(kk) + 1 + colour
            scratch = np.uint64(k * row)
            for jj in range(1, n_y + 2):
                j = n_y + 2 - jj if reverse_y else jj
                origin = np.uint64((k * (n_y + 3) + j) * row)
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


@parallel_kernel
def imbalance(shape, low_x, high_x, low_y, high_y, low_z, high_z, inverse, b, phi, worst):
    """worst[k] = largest |residual| * inverse in plane k: how far a node is from its own equation."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z + 1):
        k = np.int64(kk) + 1
        largest = 0.0
        for j in range(1, n_y + 2):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x + 1)):
                if inverse[n] > 0.0:
                    value = inverse[n] * (
                        b[n]
                        + low_x[n] * phi[n - ONE]
                        + high_x[n + ONE] * phi[n + ONE]
                        + low_y[n] * phi[n - sy]
                        + high_y[n + sy] * phi[n + sy]
                        + low_z[n] * phi[n - sz]
                        + high_z[n + sz] * phi[n + sz]
                    )
                    largest = max(largest, abs(value - phi[n]))
        worst[k] = largest
