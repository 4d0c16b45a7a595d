"""What three grids tell about one number: observed order, extrapolated value, grid convergence index."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geometry.errors import require

SAFETY = 1.25  # of three grids (Celik et al. 2008)
LOWEST_ORDER = 0.5  # below it the grids are not in the asymptotic range
LEAST_RATIO = 1.3  # of cell sizes (Celik et al. 2008); measured here with a little slack
SLACK = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class GridConvergence:
    """Convergence of one number over three grids, in the unit of the number.

    order         observed; below zero where the changes grow, nan where they tell none
    order_used    of the extrapolation and the index: the observed one, kept within 0.5 and the formal order
    extrapolated  to cells of no size
    index         grid convergence index of the finest grid: half width of a band of about 95 %
    oscillatory   whether the number goes up and down as the grid is refined
    """

    order: float
    order_used: float
    extrapolated: float
    index: float
    oscillatory: bool


def grid_convergence(
    values: tuple[float, float, float], cell_sizes: tuple[float, float, float], *, formal_order: float = 2.0
) -> GridConvergence:
    """Richardson's extrapolation and the index of Celik et al., J. Fluids Eng. 130 (2008) 078001, eq. 5-7.

    values      on the coarse, middle and fine grid; cell_sizes (or their representative 1 / n) likewise

    The index is absolute, 1.25 |f_2 - f_1| / (r^p - 1): a relative one has no meaning for temperatures. An
    order beyond the formal one is luck, so the formal one is used; below 0.5 or without any, 0.5 is.
    Raises InputError for sizes that do not fall by 1.3 at least.
    """
    coarse, middle, fine = (float(v) for v in values)
    h3, h2, h1 = cell_sizes
    require(
        min(h1, h2) > 0.0 and min(h3 / h2, h2 / h1) >= LEAST_RATIO - SLACK,
        f"cell sizes of three grids = {h3:g}, {h2:g}, {h1:g}: each {LEAST_RATIO} times the next at least",
        hint="refine by a third or more at a time",
    )
    require(
        all(math.isfinite(v) for v in (coarse, middle, fine)),
        f"values on three grids = {coarse:g}, {middle:g}, {fine:g}: not finite",
    )
    r21, r32 = h2 / h1, h3 / h2
    e21, e32 = middle - fine, coarse - middle
    order = _observed_order(e21, e32, r21, r32)
    used = min(max(order, LOWEST_ORDER), formal_order) if math.isfinite(order) else LOWEST_ORDER
    if e21 == 0.0 and e32 == 0.0:
        used = formal_order
    gain = r21**used - 1.0
    return GridConvergence(
        order=order,
        order_used=used,
        extrapolated=fine - e21 / gain,
        index=SAFETY * abs(e21) / gain,
        oscillatory=e21 * e32 < 0.0,
    )


def _observed_order(e21: float, e32: float, r21: float, r32: float) -> float:
    """p of (ln |e32 / e21| + q) / ln r21, q = ln((r21^p - s) / (r32^p - s)), s the sign of e32 / e21.

    Celik et al. take the modulus; here a change that grows with refinement shows as an order below zero.
    """
    if e21 == 0.0 or e32 == 0.0:
        return math.nan
    sign = math.copysign(1.0, e32 / e21)
    ratio = math.log(abs(e32 / e21))
    order = ratio / math.log(r21)
    for _ in range(200):
        low, high = r21**order - sign, r32**order - sign
        if low * high <= 0.0:
            return math.nan
        before, order = order, (ratio + math.log(low / high)) / math.log(r21)
        if abs(order - before) < 1e-12 * max(abs(order), 1.0):
            break
    return order
