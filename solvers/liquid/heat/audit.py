"""The energy audit of a network: in - out - storage, at rest, of a step, of a year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.errors import BalanceError

Array = NDArray[np.float64]

TOLERANCE = 1e-10  # of the turnover


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatAudit:
    """Energy through the border of a network: rates [W] at rest, amounts [J] over a time.

    fed, drained  with what enters and leaves from outside, counted from the middle of the fluid's range
    devices       given to the coolant by devices (negative: taken) and by heat along pipes
    loss          of the stores to their surroundings
    stored        gained by coolant and walls
    turnover      half the sum of the sizes of all of these, device by device and store by store
    """

    fed: float
    drained: float
    devices: float
    loss: float
    stored: float
    turnover: float

    @property
    def residual(self) -> float:
        """|in - out - storage| / turnover [-]; 0 where nothing happens."""
        miss = self.fed - self.drained + self.devices - self.loss - self.stored
        return abs(miss) / self.turnover if self.turnover > 0.0 else 0.0


def require_balance(audit: HeatAudit, when: str) -> HeatAudit:
    """Return the audit, or raise BalanceError above 1e-10 of the turnover."""
    if not audit.residual <= TOLERANCE:
        raise BalanceError(
            f"energy of the liquid network {when} does not close: {audit.residual:.2g} of "
            f"{audit.turnover:.4g}, allowed {TOLERANCE:g} (fed {audit.fed:.6g}, drained {audit.drained:.6g}, "
            f"devices {audit.devices:.6g}, loss {audit.loss:.6g}, stored {audit.stored:.6g})"
        )
    return audit
