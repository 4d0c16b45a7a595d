"""Gauss-Seidel sweeps on the systems of kernels.transport.

`sweep` carries new values along x as well, node after node. `sweep_rows` takes the neighbours along x as
they were before the row, so that a row is a vector loop: half the cost, and where inertia is strong, as in
time, three of them reduce an error as far as two of the former.
"""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange

ONE = np.uint64(1)


@kernel
def _known_part(
    origin,
    n_x,
    sy,
    sz,
    back,
    low_x,
    high_x,
    low_y,
    high_y,
    low_z,
    high_z,
    inverse,
    b,
    phi,
    to,
    known,
    carry,
):
    """A row's new values but for the neighbour along x that the recurrence is about to renew, and its weight.

    back: the sweep goes towards lower x
    """
    zero = phi.dtype.type(0.0)
    for i in range(ONE, np.uint64(n_x + 2)):
        n = origin + i
        old = high_x[n + ONE] * phi[n + ONE] if not back else low_x[n] * phi[n - ONE]
        inv = inverse[n]
        value = inv * (
            b[n]
            + old
            + low_y[n] * phi[n - sy]
            + high_y[n + sy] * phi[n + sy]
            + low_z[n] * phi[n - sz]
            + high_z[n + sz] * phi[n + sz]
        )
        known[to + i] = value if inv > zero else phi[n]
    for i in range(ONE, np.uint64(n_x + 2)):
        n = origin + i
        carry[to + i] = inverse[n] * (high_x[n + ONE] if back else low_x[n])


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

    Two planes of a colour go side by side: the recurrence along x waits for its own last result, and the
    second one fills the wait.
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
    end = np.uint64(n_x + 2)
    zero = phi.dtype.type(0.0)
    for colour in range(2):
        count = (planes + 1 - colour) // 2
        for pair in prange((count + 1) // 2):
            p = 4 * np.int64(pair) + 1 + colour
            # without a second plane the first one is worked on twice, to the same result
            q = min(p + 2, 2 * count - 1 + colour)
            to_p = np.uint64(p * row)
            to_q = np.uint64((q if q > p else 0) * row)
            for rr in range(1, rows + 1):
                r = rows + 1 - rr if reverse_rows else rr
                at_p = np.uint64(p * plane_step + r * row_step)
                at_q = np.uint64(q * plane_step + r * row_step)
                for second in range(2):
                    at = at_q if second else at_p
                    to = to_q if second else to_p
                    if reverse_x:
                        _known_part(
                            at,
                            n_x,
                            sy,
                            sz,
                            True,
                            low_x,
                            high_x,
                            low_y,
                            high_y,
                            low_z,
                            high_z,
                            inverse,
                            b,
                            phi,
                            to,
                            known,
                            carry,
                        )
                    else:
                        _known_part(
                            at,
                            n_x,
                            sy,
                            sz,
                            False,
                            low_x,
                            high_x,
                            low_y,
                            high_y,
                            low_z,
                            high_z,
                            inverse,
                            b,
                            phi,
                            to,
                            known,
                            carry,
                        )
                last_p = zero
                last_q = zero
                if reverse_x:
                    for rest in range(ONE, end):
                        i = end - rest
                        last_p = known[to_p + i] + carry[to_p + i] * last_p
                        last_q = known[to_q + i] + carry[to_q + i] * last_q
                        phi[at_p + i] = last_p
                        phi[at_q + i] = last_q
                else:
                    for i in range(ONE, end):  # type: ignore[assignment]
                        last_p = known[to_p + i] + carry[to_p + i] * last_p
                        last_q = known[to_q + i] + carry[to_q + i] * last_q
                        phi[at_p + i] = last_p
                        phi[at_q + i] = last_q


@kernel
def _row(
    at,
    n_x,
    sy,
    sz,
    low_x,
    high_x,
    low_y,
    high_y,
    low_z,
    high_z,
    inverse,
    b,
    given,
    at_low_y,
    at_high_y,
    at_low_z,
    at_high_z,
    phi,
):
    """New values of a row from the present ones of its neighbours, each in the array where they are."""
    zero = phi.dtype.type(0.0)
    for i in range(ONE, np.uint64(n_x + 2)):
        n = at + i
        inv = inverse[n]
        value = inv * (
            b[n]
            + low_x[n] * given[n - ONE]
            + high_x[n + ONE] * given[n + ONE]
            + low_y[n] * at_low_y[n - sy]
            + high_y[n + sy] * at_high_y[n + sy]
            + low_z[n] * at_low_z[n - sz]
            + high_z[n + sz] * at_high_z[n + sz]
        )
        phi[n] = value if inv > zero else given[n]


@parallel_kernel
def sweep_rows(
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
    reverse_rows,
    given,
    phi,
):
    """One sweep from `given` to `phi`: planes in two colours, in each plane row after row.

    Planes are those of `sweep`. Values of `given` are taken where those of phi are not yet known.
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
        beside = phi if colour == 1 else given
        for half in prange((planes + 1 - colour) // 2):
            p = 2 * np.int64(half) + 1 + colour
            for rr in range(1, rows + 1):
                r = rows + 1 - rr if reverse_rows else rr
                at = np.uint64(p * plane_step + r * row_step)
                below, above = (given, phi) if reverse_rows else (phi, given)
                if planes_along_y:
                    _row(
                        at,
                        n_x,
                        sy,
                        sz,
                        low_x,
                        high_x,
                        low_y,
                        high_y,
                        low_z,
                        high_z,
                        inverse,
                        b,
                        given,
                        beside,
                        beside,
                        below,
                        above,
                        phi,
                    )
                else:
                    _row(
                        at,
                        n_x,
                        sy,
                        sz,
                        low_x,
                        high_x,
                        low_y,
                        high_y,
                        low_z,
                        high_z,
                        inverse,
                        b,
                        given,
                        below,
                        above,
                        beside,
                        beside,
                        phi,
                    )
