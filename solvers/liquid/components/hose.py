"""Hoses between a rack and its manifold: a smooth pipe, its bends and its end fittings.

Darcy-Weisbach with the friction law of the networks. Rubber and PTFE liners are hydraulically smooth: 1.5 um
is the roughness of drawn tubing (Moody 1944, Trans. ASME 66, 671-684). A bend of 90 degrees costs
K = n f_T with n after Crane, Technical Paper 410, from the ratio of its radius to the bore.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.errors import require, require_range
from solvers.friction import fully_rough
from solvers.liquid.hydraulics.records import Pipe

SMOOTH = 1.5e-6  # [m]
# Crane TP-410, 90 degree pipe bends: equivalent lengths in diameters over radius in diameters
_BEND_RADIUS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 20.0)
_BEND_LENGTH = (20.0, 14.0, 12.0, 12.0, 14.0, 17.0, 24.0, 30.0, 34.0, 38.0, 42.0, 50.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hose:
    """length and bore [m]; bends of 90 degrees with a radius [m]; fitting: K of both ends together [-]."""

    name: str
    length: float
    bore: float
    bends: int = 0
    bend_radius: float = 0.1
    fitting: float = 0.0
    roughness: float = SMOOTH

    def __post_init__(self) -> None:
        require(self.length > 0.0, f"length of hose {self.name} = {self.length:g} m: must be positive")
        require(self.bore > 0.0, f"bore of hose {self.name} = {self.bore:g} m: must be positive")
        require(self.bends >= 0, f"bends of hose {self.name} = {self.bends}: must not be negative")
        if self.bends:
            require_range(
                "bend radius over bore of hose",
                self.bend_radius / self.bore,
                _BEND_RADIUS[0],
                _BEND_RADIUS[-1],
                "-",
                element=self.name,
            )
        require(self.fitting >= 0.0, f"loss of the fittings of hose {self.name}: must not be negative")

    @property
    def minor(self) -> float:
        """Loss coefficient of bends and fittings [-]."""
        lengths = np.interp(self.bend_radius / self.bore, _BEND_RADIUS, _BEND_LENGTH)
        return float(self.fitting + self.bends * lengths * fully_rough(self.roughness / self.bore))

    def pipe(self, start: str, end: str) -> Pipe:
        """The branch of a network."""
        return Pipe(
            name=self.name,
            start=start,
            end=end,
            length=self.length,
            diameter=self.bore,
            roughness=self.roughness,
            minor=self.minor,
        )
