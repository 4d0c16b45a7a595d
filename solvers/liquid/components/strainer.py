"""Filters and strainers: pressure drop against flow, growing as they load.

    dp = (clean + loading (full - clean)) (m / m_rated)^n

Loading 0 is a new element, 1 one that is due for change: that defines `loading`, since makers publish the two
drops and not what lies between. n = 1.76 is the record of a CDU's filter in the Modelica Buildings library
(commit 1c1094d, 65 kPa); 2 for plain strainers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from geometry.errors import require, require_range
from solvers import friction
from solvers._jit import kernel
from solvers.liquid.components import losses
from solvers.liquid.components.losses import power_drop_slopes


@dataclass(frozen=True, slots=True, kw_only=True)
class Strainer:
    """By its data sheet: rated flow [kg/s], drop there when clean and when due for change [Pa]."""

    name: str
    rated_flow: float
    clean_drop: float
    full_drop: float
    exponent: float = 1.76

    def __post_init__(self) -> None:
        require(
            self.rated_flow > 0.0,
            f"rated flow of strainer {self.name} = {self.rated_flow:g} kg/s: must be positive",
        )
        require(
            0.0 < self.clean_drop <= self.full_drop,
            f"strainer {self.name}: a clean drop of {self.clean_drop:g} Pa must lie above 0 and not above "
            f"{self.full_drop:g} Pa, the drop at which it is changed",
        )
        require_range("exponent of strainer", self.exponent, 1.0, 2.0, "-", element=self.name)


class StrainerLaw(NamedTuple):
    """The compiled part of a `Strainer`."""

    rated_flow: float
    clean_drop: float
    full_drop: float
    exponent: float


def strainer_law(strainer: Strainer) -> StrainerLaw:
    return StrainerLaw(strainer.rated_flow, strainer.clean_drop, strainer.full_drop, strainer.exponent)


@kernel(uses=(losses, friction))
def drop_slopes(law, loading, flow):
    """(dp [Pa], its derivatives by loading [Pa] and by mass flow [Pa s/kg]); flow of either sign."""
    rated = law.clean_drop + loading * (law.full_drop - law.clean_drop)
    drop, slope = power_drop_slopes(flow, law.rated_flow, rated, law.exponent)
    return drop, drop / rated * (law.full_drop - law.clean_drop), slope
