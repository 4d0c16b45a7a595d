"""Loss coefficients of holes, on the face velocity: dp = K rho u^2 / 2."""

from __future__ import annotations

import math

from geometry.errors import require_range


def leak_loss(open_share: float) -> float | None:
    """Quadratic loss coefficient of a thin panel of which `open_share` [-] is holes; None if it has none.

    K = (0.707 sqrt(1 - f) + 1 - f)^2 / f^2 on the face velocity: a thin plate with sharp-edged holes at high
    Reynolds number (I. E. Idelchik, Handbook of Hydraulic Resistance, 3rd ed. 1994, diagram 8-1). The loss is
    that of the total pressure, the mixing of the jets behind the plate included.
    """
    require_range("open share", open_share, 0.0, 1.0, "-", element="a panel")
    if open_share == 0.0:
        return None
    closed = 1.0 - open_share
    return ((0.707 * math.sqrt(closed) + closed) / open_share) ** 2


def perforated_loss(open_fraction: float) -> float:
    """As `leak_loss`, of a tile, grille or door that has holes: 0 < open_fraction <= 1 [-]."""
    require_range("open fraction", open_fraction, 0.01, 1.0, "-", element="a perforated face")
    loss = leak_loss(open_fraction)
    assert loss is not None
    return loss
