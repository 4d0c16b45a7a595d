"""The k-epsilon model's own loops: shear, sources, near-wall cells, eddy viscosity.

Launder and Spalding, Comput. Methods Appl. Mech. Eng. 3 (1974) 269-289. Convection and diffusion of k and
epsilon are those of kernels.transport.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange

ONE = np.uint64(1)

C_MU = 0.09
C_1 = 1.44
C_2 = 1.92
SIGMA_K = 1.0
SIGMA_EPSILON = 1.3
KAPPA = 0.41
ROUGHNESS = 9.8  # E of a smooth wall
# two-layer model (Chen and Patel, AIAA J. 26 (1988) 641-648)
C_LENGTH = KAPPA * C_MU**-0.75
DAMPING_VISCOSITY = 70.0
DAMPING_EPSILON = 2.0 * C_LENGTH
LAYER = 200.0  # Reynolds number of the distance to the wall where the layers meet
# blending of the layers' eddy viscosities over 20 % of it (Jongen 1992, PhD thesis, EPF Lausanne)
BLEND = 0.2 * LAYER / 2.2975599  # artanh(0.98)
# far above any eddy of a hall: keeps a vanishing epsilon from freezing the iteration
LARGEST_RATIO = 1e5  # eddy over molecular viscosity
SMALLEST_K = 1e-12  # m2/s2


@kernel
def law_of_the_wall(y_plus):
    """u+ of a smooth wall at y+, from the sublayer to the log layer (Reichardt, ZAMM 31 (1951) 208-219).

    The constant follows kappa and E, so that u+ -> ln(E y+) / kappa.
    """
    return np.log(1.0 + KAPPA * y_plus) / KAPPA + np.log(ROUGHNESS / KAPPA) / KAPPA * (
        1.0 - np.exp(-y_plus / 11.0) - y_plus / 11.0 * np.exp(-y_plus / 3.0)
    )


@kernel
def slope_of_the_wall_law(y_plus):
    """du+/dy+ of `law_of_the_wall`, at most 1: the viscous share of the stress."""
    slope = 1.0 / (1.0 + KAPPA * y_plus) + np.log(ROUGHNESS / KAPPA) / KAPPA / 11.0 * (
        np.exp(-y_plus / 11.0) - (1.0 - y_plus / 3.0) * np.exp(-y_plus / 3.0)
    )
    return min(slope, 1.0)


@kernel
def friction_reynolds(k, distance, viscosity):
    """y* = C_mu^1/4 k^1/2 y / nu: the y+ that the turbulence near a wall stands for [-]."""
    return np.sqrt(np.sqrt(C_MU) * k) * distance / viscosity


@kernel
def wall_viscosity(k, distance, viscosity):
    """Viscosity that gives the wall's shear from the velocity at `distance` by a linear law [m2/s]."""
    y_star = friction_reynolds(k, distance, viscosity)
    if y_star < 0.1:
        return viscosity
    return viscosity * max(1.0, y_star / law_of_the_wall(y_star))


@kernel
def layer_epsilon(k, distance, viscosity):
    """Dissipation at a distance from the wall in the two-layer model [m2/s3].

    Far from the wall k^3/2 / (c_l y), the wall function's; in the sublayer 2 nu k / y^2.
    """
    reynolds = distance * np.sqrt(k) / viscosity
    damping = 1.0 - np.exp(-max(reynolds, 1e-9) / DAMPING_EPSILON)
    return k * np.sqrt(k) / (C_LENGTH * distance * damping)


OPEN = 1
PLATE = 2


@kernel
def _between(kind, low, high, share, default):
    """Velocity on a face between two cells; 0 on a device's face, `default` on any other closed one."""
    if kind == OPEN:
        return low + share * (high - low)
    return 0.0 if kind == PLATE else default


@parallel_kernel
def shear_rate(
    shape, u, v, w, kind_x, kind_y, kind_z, face_x, face_y, face_z, centre_x, centre_y, centre_z, out
):
    """2 S_ij S_ij of the cells [1/s2].

    kind  of the low faces: OPEN, PLATE (a device's face: air does not slide along it), else closed, where the
          velocity is taken as even; face, centre: padded coordinates [m]
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        width_z = face_z[k + 1] - face_z[k]
        low_z = (face_z[k] - centre_z[k - 1]) / (centre_z[k] - centre_z[k - 1])
        high_z = (face_z[k + 1] - centre_z[k]) / (centre_z[k + 1] - centre_z[k])
        for j in range(1, n_y + 1):
            width_y = face_y[j + 1] - face_y[j]
            low_y = (face_y[j] - centre_y[j - 1]) / (centre_y[j] - centre_y[j - 1])
            high_y = (face_y[j + 1] - centre_y[j]) / (centre_y[j + 1] - centre_y[j])
            origin = np.uint64((k * (n_y + 3) + j) * row)
            for n in range(origin + ONE, origin + np.uint64(n_x + 1)):
                i = n - origin
                width_x = face_x[i + ONE] - face_x[i]
                low_x = (face_x[i] - centre_x[i - ONE]) / (centre_x[i] - centre_x[i - ONE])
                high_x = (face_x[i + ONE] - centre_x[i]) / (centre_x[i + ONE] - centre_x[i])
                # twice the velocities at the centres
                uc = u[n] + u[n + ONE]
                vc = v[n] + v[n + sy]
                wc = w[n] + w[n + sz]
                u_y = _between(kind_y[n + sy], uc, u[n + sy] + u[n + sy + ONE], high_y, uc)
                u_y -= _between(kind_y[n], u[n - sy] + u[n - sy + ONE], uc, low_y, uc)
                u_z = _between(kind_z[n + sz], uc, u[n + sz] + u[n + sz + ONE], high_z, uc)
                u_z -= _between(kind_z[n], u[n - sz] + u[n - sz + ONE], uc, low_z, uc)
                v_x = _between(kind_x[n + ONE], vc, v[n + ONE] + v[n + sy + ONE], high_x, vc)
                v_x -= _between(kind_x[n], v[n - ONE] + v[n + sy - ONE], vc, low_x, vc)
                v_z = _between(kind_z[n + sz], vc, v[n + sz] + v[n + sy + sz], high_z, vc)
                v_z -= _between(kind_z[n], v[n - sz] + v[n + sy - sz], vc, low_z, vc)
                w_x = _between(kind_x[n + ONE], wc, w[n + ONE] + w[n + sz + ONE], high_x, wc)
                w_x -= _between(kind_x[n], w[n - ONE] + w[n + sz - ONE], wc, low_x, wc)
                w_y = _between(kind_y[n + sy], wc, w[n + sy] + w[n + sy + sz], high_y, wc)
                w_y -= _between(kind_y[n], w[n - sy] + w[n - sy + sz], wc, low_y, wc)
                along_x = (u[n + ONE] - u[n]) / width_x
                along_y = (v[n + sy] - v[n]) / width_y
                along_z = (w[n + sz] - w[n]) / width_z
                xy = 0.5 * (u_y / width_y + v_x / width_x)
                xz = 0.5 * (u_z / width_z + w_x / width_x)
                yz = 0.5 * (v_z / width_z + w_y / width_y)
                out[n] = (
                    2.0 * (along_x * along_x + along_y * along_y + along_z * along_z)
                    + xy * xy
                    + xz * xz
                    + yz * yz
                )


@parallel_kernel
def buoyancy_production(
    shape, fluid, g_z, face_z, centre_z, theta, viscosity, laminar, lift, prandtl_turbulent, out
):
    """G_b = -g beta (nu_t / Pr_t) d theta / dz of the cells [m2/s3]; lift = g beta [m/s2/K]."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z):
        k = np.int64(kk) + 1
        width = face_z[k + 1] - face_z[k]
        low = (face_z[k] - centre_z[k - 1]) / (centre_z[k] - centre_z[k - 1])
        high = (face_z[k + 1] - centre_z[k]) / (centre_z[k + 1] - centre_z[k])
        for j in range(1, n_y + 1):
            start = np.uint64((k * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                above = high * (theta[n + sz] - theta[n]) if g_z[n + sz] > 0.0 else 0.0
                below = (1.0 - low) * (theta[n - sz] - theta[n]) if g_z[n] > 0.0 else 0.0
                difference = above - below
                eddy = (viscosity[n] - laminar) / prandtl_turbulent
                out[n] = -lift * eddy * difference / width if fluid[n] else 0.0


@parallel_kernel
def near_wall(cell, drag, distance, weight, velocity_b, velocity_c, sb, sc, k, laminar, shear, production):
    """Wall shear and production in the cells beside the walls of one direction, by the wall law.

    cell, drag, distance  flat index, wall area over distance to twice the centre [m], half a width [m]
    weight    share of this direction in the cell's walls; velocity_b, _c are parallel to the wall
    shear     out: drag times the viscosity that stands for the wall law [m3/s]
    production  added: turbulent stress times velocity gradient at the centre [m2/s3]
    """
    b = np.uint64(sb)
    c = np.uint64(sc)
    for e in prange(cell.size):
        n = np.uint64(cell[e])
        y = distance[e]
        effective = wall_viscosity(k[n], y, laminar)
        slope = slope_of_the_wall_law(friction_reynolds(k[n], y, laminar))
        along_b = 0.5 * (velocity_b[n] + velocity_b[n + b])
        along_c = 0.5 * (velocity_c[n] + velocity_c[n + c])
        stress = effective * np.sqrt(along_b * along_b + along_c * along_c) / y
        shear[n] = drag[e] * effective
        production[n] += weight[e] * stress * stress / laminar * slope * (1.0 - slope)


@parallel_kernel
def epsilon_sources(
    shape,
    fluid,
    beside_wall,
    distance,
    volume,
    u,
    v,
    w,
    laminar,
    strain,
    buoyancy,
    k,
    epsilon,
    free,
    source,
    sink,
):
    """Sources of the equation of epsilon; near walls its value itself.

    free      out: cells where the equation holds. Beside a wall, and where distance sqrt(k) / nu is below
              200, epsilon is that of the two-layer model
    source, sink  [m3 m2/s4] and [m3/s]

    Buoyancy counts by tanh |w / u_horizontal| (Henkes, van der Vlugt and Hoogendoorn, Int. J. Heat Mass
    Transfer 34 (1991) 377-388).
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    sy = np.uint64(row)
    sz = np.uint64(row * (n_y + 3))
    for kk in prange(n_z):
        plane = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((plane * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                source[n] = 0.0
                sink[n] = 0.0
                free[n] = False
                if not fluid[n]:
                    continue
                if beside_wall[n] or distance[n] * np.sqrt(k[n]) < LAYER * laminar:
                    epsilon[n] = layer_epsilon(k[n], distance[n], laminar)
                    continue
                free[n] = True
                rate = epsilon[n] / k[n]
                source[n] = volume[n] * C_1 * C_MU * k[n] * strain[n]
                sink[n] = volume[n] * C_2 * rate
                if buoyancy[n] != 0.0:
                    uc = u[n] + u[n + ONE]
                    vc = v[n] + v[n + sy]
                    wc = w[n] + w[n + sz]
                    share = np.tanh(abs(wc) / max(np.sqrt(uc * uc + vc * vc), 1e-9))
                    source[n] += volume[n] * C_1 * share * max(buoyancy[n], 0.0) * rate
                    sink[n] += volume[n] * C_1 * share * max(-buoyancy[n], 0.0) / k[n]


@parallel_kernel
def k_sources(shape, fluid, volume, production, buoyancy, k, epsilon, source, sink):
    """Sources of the equation of k: what is gained [m3 m2/s3], what is lost over k [m3/s]."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    for kk in prange(n_z):
        plane = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((plane * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                gain = production[n] + max(buoyancy[n], 0.0)
                loss = (epsilon[n] + max(-buoyancy[n], 0.0)) / max(k[n], SMALLEST_K)
                source[n] = volume[n] * gain if fluid[n] else 0.0
                sink[n] = volume[n] * loss if fluid[n] else 0.0


@parallel_kernel
def eddy_viscosity(shape, fluid, distance, laminar, k, epsilon, viscosity):
    """Effective viscosity of the cells [m2/s]; k and epsilon are kept in their bounds.

    Near walls the two-layer model's C_mu l_mu sqrt(k), blended into C_mu k^2 / epsilon.
    """
    n_z, n_y, n_x = shape
    row = n_x + 3
    for kk in prange(n_z):
        plane = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((plane * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                if not fluid[n]:
                    continue
                k[n] = max(k[n], SMALLEST_K)
                epsilon[n] = max(epsilon[n], C_MU * k[n] * k[n] / (LARGEST_RATIO * laminar))
                reynolds = distance[n] * np.sqrt(k[n]) / laminar
                share = 0.5 * (1.0 + np.tanh((reynolds - LAYER) / BLEND))
                length = C_LENGTH * distance[n] * (1.0 - np.exp(-reynolds / DAMPING_VISCOSITY))
                eddy = share * C_MU * k[n] * k[n] / epsilon[n]
                eddy += (1.0 - share) * C_MU * length * np.sqrt(k[n])
                viscosity[n] = laminar + eddy


@parallel_kernel
def strain_production(shape, fluid, strain, viscosity, laminar, production):
    """P = nu_t 2 S_ij S_ij of the cells [m2/s3]."""
    n_z, n_y, n_x = shape
    row = n_x + 3
    for kk in prange(n_z):
        plane = np.int64(kk) + 1
        for j in range(1, n_y + 1):
            start = np.uint64((plane * (n_y + 3) + j) * row + 1)
            for n in range(start, start + np.uint64(n_x)):
                production[n] = (viscosity[n] - laminar) * strain[n] if fluid[n] else 0.0
