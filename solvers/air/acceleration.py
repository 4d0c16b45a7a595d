"""Anderson's mixing of a fixed-point iteration: what plain passes have told about the slow modes.

Anderson, J. ACM 12 (1965) 547; in the form of Walker and Ni, SIAM J. Numer. Anal. 49 (2011) 1715, eq. 2.2.
For a linear iteration it is equivalent to GMRES on the same passes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from geometry.grid import Array

WORSE = 10.0  # growth of the residual after which the past is forgotten


@dataclass(slots=True, kw_only=True)
class Mixing:
    """Past steps of x -> G(x); `depth` of them are kept."""

    depth: int
    x: Array | None = None
    residual: Array | None = None
    size: float = np.inf
    x_steps: list[Array] = field(default_factory=list)
    residual_steps: list[Array] = field(default_factory=list)
    gram: Array = field(default_factory=lambda: np.zeros((0, 0)))  # inner products of residual_steps

    def advance(self, before: Array, x: Array) -> None:
        """Replace `x` = G(`before`) by the mix of the past that leaves the smallest residual."""
        residual = x - before
        size = _product(residual, residual)
        if size > WORSE**2 * self.size:
            self._forget(0)
        elif self.x is not None and self.residual is not None:
            self._forget(self.depth - 1)
            self.x_steps.append(before - self.x)
            self.residual_steps.append(residual - self.residual)
            last = [_product(self.residual_steps[-1], step) for step in self.residual_steps]
            self.gram = np.pad(self.gram, (0, 1))
            self.gram[-1, :] = self.gram[:, -1] = last
        self.x, self.residual, self.size = before.copy(), residual, size
        if not self.x_steps:
            return
        right = np.array([_product(step, residual) for step in self.residual_steps])
        # nearly parallel steps tell the same: the smallest solution is wanted
        mix = np.linalg.lstsq(self.gram, right, rcond=1e-10)[0]
        for share, step, change in zip(mix, self.x_steps, self.residual_steps, strict=True):
            x -= x.dtype.type(share) * (step + change)

    def _forget(self, keep: int) -> None:
        """Keep the last steps only."""
        drop = max(len(self.x_steps) - keep, 0)
        del self.x_steps[:drop], self.residual_steps[:drop]
        self.gram = self.gram[drop:, drop:]


def _product(a: Array, b: Array) -> float:
    """Inner product in float64, without BLAS: its threads would make the result depend on their number."""
    return float(np.multiply(a, b, dtype=np.float64).sum())
