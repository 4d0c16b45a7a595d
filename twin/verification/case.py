"""The nouns of verification: a row compares one number with its reference; a case makes the rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from geometry.errors import require
from solvers.air.richardson import grid_convergence
from viz.charts.profiles import Curve


class Tier(Enum):
    QUICK = "quick"  # coarse grids, seconds
    FULL = "full"  # the grids at which the published tolerances hold, minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comparison.

    quantity   what, with its unit; says whether `error` is relative or in that unit
    reference  the number somebody else found, or the exact one
    ours       what this program finds
    error      ours against reference, signed
    tolerance  largest |error| that passes; inf: shown for information, not counted
    curves     profiles that the comparison was made from, and others beside them
    """

    quantity: str
    reference: float
    ours: float
    error: float
    tolerance: float
    curves: tuple[Curve, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the error is a number within the tolerance: nan never passes."""
        return math.isfinite(self.error) and abs(self.error) <= self.tolerance

    @property
    def counted(self) -> bool:
        """Whether the comparison can fail; one for information only has to be a number."""
        return math.isfinite(self.tolerance)


Rows = Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A named set of comparisons.

    name      short, unique within its part
    source    where the references come from: author, year, table
    why       why the tolerances are what they are
    run       makes the rows of a tier
    full_only left out of the quick tier
    """

    name: str
    source: str
    why: str
    run: Callable[[Tier], Rows]
    full_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A row with the part and the case it belongs to."""

    part: str
    case: str
    row: Row

    def as_json(self) -> dict[str, Any]:
        """The record of `twin verify --json`; numbers that are not finite become null."""
        row = self.row
        return {
            "part": self.part,
            "case": self.case,
            "quantity": row.quantity,
            "reference": _finite(row.reference),
            "ours": _finite(row.ours),
            "error": _finite(row.error),
            "tolerance": _finite(row.tolerance),
            "pass": row.passed,
        }


def relative(quantity: str, reference: float, ours: float, tolerance: float) -> Row:
    """A row whose error is ours / reference - 1."""
    require(reference != 0.0, f"{quantity}: a relative error needs a reference other than zero")
    return Row(
        quantity=f"{quantity}, relative",
        reference=float(reference),
        ours=float(ours),
        error=float(ours / reference - 1.0),
        tolerance=tolerance,
    )


def absolute(quantity: str, reference: float, ours: float, tolerance: float) -> Row:
    """A row whose error is ours - reference, in the unit of the quantity."""
    return Row(
        quantity=f"{quantity}, absolute",
        reference=float(reference),
        ours=float(ours),
        error=float(ours - reference),
        tolerance=tolerance,
    )


def for_information(quantity: str, reference: float, ours: float) -> Row:
    """A relative row that is shown and not counted: its reference is not what we model, or not closely."""
    return relative(f"{quantity}, for information", reference, ours, math.inf)


def worst_relative(
    quantity: str, reference: ArrayLike, ours: ArrayLike, labels: Sequence[str], tolerance: float
) -> Row:
    """The row of the entry with the largest relative error, named by its label; nan is the largest of all."""
    expected, found = _pair(quantity, reference, ours, labels)
    at = _largest(found / expected - 1.0)
    return relative(_of_many(quantity, labels, at), expected[at], found[at], tolerance)


def worst_absolute(
    quantity: str, reference: ArrayLike, ours: ArrayLike, labels: Sequence[str], tolerance: float
) -> Row:
    """The row of the entry with the largest absolute error, named by its label; nan is the largest of all."""
    expected, found = _pair(quantity, reference, ours, labels)
    at = _largest(found - expected)
    return absolute(_of_many(quantity, labels, at), expected[at], found[at], tolerance)


def order(quantity: str, expected: float, coarse: float, fine: float, ratio: float, shortfall: float) -> Row:
    """Observed order of accuracy from the errors on two grids; only falling short of `expected` counts."""
    observed = math.log(coarse / fine) / math.log(ratio) if coarse > 0.0 and fine > 0.0 else math.nan
    return Row(
        quantity=f"{quantity}: order of accuracy, shortfall",
        reference=expected,
        ours=observed,
        error=min(observed - expected, 0.0) if math.isfinite(observed) else math.nan,
        tolerance=shortfall,
    )


def orders(quantity: str, expected: float, errors: Sequence[float], ratio: float, shortfall: float) -> Row:
    """Observed order from errors on grids that are refined by one ratio: the slope from first to last.

    Errors of limited schemes cross zero here and there, so neighbours alone say little.
    """
    return order(quantity, expected, errors[0], errors[-1], ratio ** (len(errors) - 1), shortfall)


def profile(
    quantity: str,
    reference: ArrayLike,
    ours: ArrayLike,
    *,
    rms: float,
    bias: float,
    curves: tuple[Curve, ...] = (),
) -> list[Row]:
    """Root mean square and mean of the difference of two profiles, in the unit of the quantity."""
    difference = np.asarray(ours, dtype=np.float64) - np.asarray(reference, dtype=np.float64)
    root = absolute(f"{quantity}: RMS difference", 0.0, float(np.sqrt(np.mean(difference**2))), rms)
    return [
        replace(root, curves=curves),
        absolute(f"{quantity}: bias", 0.0, float(np.mean(difference)), bias),
    ]


def on_grids(rows: Sequence[Sequence[Row]], cells: Sequence[int]) -> list[Row]:
    """The rows of the finest grid, with the grid convergence index of what was found on three of them.

    rows   the same comparisons on each grid, coarse to fine; cells a side of each. The index (Celik et al.
    2008) is absolute, in the unit of the result: the part of it that the grid may still change.
    """
    finest = list(rows[-1])
    if len(rows) != 3:
        return finest
    sizes = (1.0 / cells[0], 1.0 / cells[1], 1.0 / cells[2])
    names = "-".join(str(n) for n in cells)
    told = []
    for coarse, middle, fine in zip(*rows, strict=True):
        index = grid_convergence((coarse.ours, middle.ours, fine.ours), sizes).index
        told.append(replace(fine, quantity=f"{fine.quantity} (grids {names}: index {index:.2g})"))
    return told


def did_not_run(reason: str) -> Row:
    """The failed row of a case whose solver gave up."""
    return Row(quantity=f"did not run: {reason}", reference=0.0, ours=math.nan, error=math.nan, tolerance=0.0)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _pair(
    quantity: str, reference: ArrayLike, ours: ArrayLike, labels: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    expected = np.atleast_1d(np.asarray(reference, dtype=np.float64))
    found = np.atleast_1d(np.asarray(ours, dtype=np.float64))
    require(
        expected.shape == found.shape == (len(labels),),
        f"{quantity}: {expected.size} references, {found.size} results and {len(labels)} labels",
    )
    return expected, found


def _largest(error: np.ndarray) -> int:
    return int(np.argmax(np.where(np.isnan(error), np.inf, np.abs(error))))


def _of_many(quantity: str, labels: Sequence[str], at: int) -> str:
    return f"{quantity}, worst of {len(labels)} ({labels[at]})" if len(labels) > 1 else quantity
