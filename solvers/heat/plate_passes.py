"""Plate exchangers whose streams pass the stack in one or several passes.

The stack is cut where a pass of either stream ends. In each piece both streams run through many equal
channels, in counterflow or in parallel, as a single-pass exchanger; streams turn at the end of a pass, where
the outlets of its channels mix. Every piece has the same number of transfer units and ratio of capacity
rates, so the whole is one small linear system for the temperatures behind the passes. Its solutions are the
closed forms of Kandlikar and Shah 1989, Heat Transfer Eng. 10 (1), 51-61, without their end effects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers.heat.effectiveness import counterflow_slopes, parallel_slopes

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """How two streams pass a plate stack.

    first, second  passes of stream 1 and of stream 2
    counterflow    the streams enter the stack at opposite ends, else at the same end
    inner          the channels beside the entry of stream 1 run in counterflow, else in parallel
    """

    first: int = 1
    second: int = 1
    counterflow: bool = True
    inner: bool = True

    def __post_init__(self) -> None:
        require(
            1 <= self.first <= 20 and 1 <= self.second <= 20,
            f"passes of a plate exchanger = {self.first}-{self.second}: each must lie in 1..20",
        )


class PassEffectiveness(NamedTuple):
    """Temperature effectiveness of stream 1, and its derivatives by NTU_1 = UA/C_1 and R_1 = C_1/C_2."""

    effectiveness: float
    by_ntu: float
    by_ratio: float


def pass_effectiveness(passes: Passes, ntu: float, ratio: float) -> PassEffectiveness:
    """P_1 = (T_1,in - T_1,out) / (T_1,in - T_2,in) for NTU_1 [-] >= 0 and R_1 [-] > 0.

    Check: 2-1, R_1 = 0.5, NTU_1 = 1.5: 0.65053424. Raises InputError for values out of range.
    """
    require(ntu >= 0.0, f"number of transfer units = {ntu:g}: must not be negative")
    require(ratio > 0.0, f"ratio of capacity rates = {ratio:g}: must be positive")
    n1, n2 = passes.first, passes.second
    piece_ntu, piece_ratio = ntu / n1, ratio * n1 / n2
    against = np.array(_piece(counterflow_slopes, piece_ntu, piece_ratio))
    along = np.array(_piece(parallel_slopes, piece_ntu, piece_ratio))

    # unknown are the temperatures before and behind every pass: 0..n1 of stream 1, then those of stream 2;
    # the matrix, and its derivatives by NTU and R of the pieces
    size = n1 + n2 + 2
    system = np.zeros((3, size, size))
    system[0] = np.eye(size)
    for i, j, width, counter in _pieces(passes):
        first = against if counter else along
        second = piece_ratio * first + np.array([0.0, 0.0, first[0]])  # stream 2: effectiveness R P
        inlets = i, n1 + 1 + j
        for outlet, share, own, other, effect in (
            (i + 1, width * n1, *inlets, first),
            (n1 + 2 + j, width * n2, *reversed(inlets), second),
        ):
            # outlet = (1 - e) own inlet + e inlet of the other stream, in its share of the pass's channels
            system[0, outlet, own] -= share
            system[:, outlet, own] += share * effect
            system[:, outlet, other] -= share * effect
    right = np.zeros(size)
    right[0] = 1.0  # stream 1 enters at 1, stream 2 at 0
    temperature = np.linalg.solve(system[0], right)
    slopes = np.linalg.solve(system[0], -(system[1:] @ temperature).T)
    return PassEffectiveness(
        float(1.0 - temperature[n1]), float(-slopes[n1, 0] / n1), float(-slopes[n1, 1] * n1 / n2)
    )


def _piece(slopes: Any, ntu: float, ratio: float) -> tuple[float, float, float]:
    """Effectiveness of stream 1 of a single-pass piece and its derivatives, whichever stream is smaller."""
    if ratio <= 1.0:
        eps, by_ntu, by_ratio = slopes(ntu, ratio)
        return eps, by_ntu, by_ratio
    # stream 2 has the smaller capacity rate: P = eps(NTU R, 1/R) / R
    eps, by_ntu, by_ratio = slopes(ntu * ratio, 1.0 / ratio)
    return eps / ratio, by_ntu, (ntu * by_ntu - (by_ratio / ratio + eps) / ratio) / ratio


def _pieces(passes: Passes) -> Iterator[tuple[int, int, float, bool]]:
    """(pass of stream 1, pass of stream 2, share of the stack, whether in counterflow) along the stack."""
    n1, n2 = passes.first, passes.second
    # cuts in units of 1 / (n1 n2), exactly
    cuts = sorted({k * n2 for k in range(n1 + 1)} | {k * n1 for k in range(n2 + 1)})
    first_of_second = n2 - 1 if passes.counterflow else 0
    for low, high in pairwise(cuts):
        i, place = low // n2, low // n1
        j = n2 - 1 - place if passes.counterflow else place
        # both streams turn from pass to pass; `inner` speaks of the piece where stream 1 enters
        turns = i + j - first_of_second
        yield i, j, (high - low) / (n1 * n2), passes.inner == (turns % 2 == 0)
