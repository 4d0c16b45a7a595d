"""Quick disconnects: the couplings of trays and racks.

    dp = pairs (m / A_v)^2 / rho

A data sheet gives c_v or k_v of one mated pair; `valve.CV` and `valve.KV` turn them into A_v [m2]. A tray has
two pairs, one each way.
"""

from __future__ import annotations

from dataclasses import dataclass

from geometry.errors import require
from solvers import friction
from solvers._jit import kernel
from solvers.liquid.components import losses
from solvers.liquid.components.losses import quadratic_drop_slopes
from solvers.liquid.hydraulics.records import Resistance


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickDisconnect:
    """flow_coefficient A_v of one mated pair [m2]; pairs of them in series."""

    name: str
    flow_coefficient: float
    pairs: int = 2

    def __post_init__(self) -> None:
        require(
            self.flow_coefficient > 0.0,
            f"flow coefficient of {self.name} = {self.flow_coefficient:g} m2: must be positive",
        )
        require(self.pairs >= 1, f"pairs of {self.name} = {self.pairs}: must be at least 1")

    def rated(self, density: float) -> tuple[float, float]:
        """A point of the law: mass flow [kg/s] and drop [Pa]; 10 kPa a pair."""
        return self.flow_coefficient * (1e4 * density) ** 0.5, 1e4 * self.pairs

    def resistance(self, start: str, end: str, density: float) -> Resistance:
        """The branch of a network; density of the coolant [kg/m3]."""
        flow, drop = self.rated(density)
        return Resistance(name=self.name, start=start, end=end, flow=flow, drop=drop)


@kernel(uses=(losses, friction))
def drop_slopes(flow_coefficient, pairs, flow, density):
    """(dp [Pa], its slope by mass flow [Pa s/kg]); flow of either sign."""
    return quadratic_drop_slopes(flow, flow_coefficient * (1e4 * density) ** 0.5, 1e4 * pairs)
