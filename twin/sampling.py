"""Latin hypercube samples of uncertain inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from twin.schema import Distribution, SpreadConf, UncertaintyConf

Array = NDArray[np.float64]

CUT = 3.0  # deviations at which a normal distribution ends
LEAST_FACTOR = 0.05  # below it a factor means another machine


def spreads_of(conf: UncertaintyConf) -> dict[str, SpreadConf]:
    """The inputs by name, in the order of the schema."""
    found = {field.name: getattr(conf, field.name) for field in fields(UncertaintyConf)}
    return {name: value for name, value in found.items() if isinstance(value, SpreadConf)}


def check_spreads(conf: UncertaintyConf) -> None:
    """Raise InputError naming the first spread that is no distribution, or a factor that may reach zero."""
    for name, spread in spreads_of(conf).items():
        key = f"uncertainty.{name}"
        low, mode, high, kind = spread.low, spread.mode, spread.high, spread.distribution
        least = mode
        if kind in (Distribution.uniform, Distribution.triangular):
            require(
                low is not None and high is not None and low < high,
                f"{key}: a {kind.value} distribution goes from low = {low} to high = {high}",
                hint=f"{key}.low=0.9 {key}.high=1.1",
            )
            assert low is not None
            assert high is not None
            require(
                kind is Distribution.uniform or low <= mode <= high,
                f"{key}.mode = {mode:g}: outside {low:g}..{high:g}",
            )
            least = low
        elif kind is Distribution.normal:
            require(
                spread.deviation is not None and spread.deviation > 0.0,
                f"{key}: a normal distribution needs a deviation above 0, not {spread.deviation}",
                hint=f"{key}.deviation=0.05",
            )
            assert spread.deviation is not None
            least = mode - CUT * spread.deviation
        require(
            name.endswith("_K") or least >= LEAST_FACTOR,
            f"{key} reaches {least:g}: a factor must stay above {LEAST_FACTOR:g}",
            hint="a narrower distribution",
        )


def quantile(spread: SpreadConf, probability: Array) -> Array:
    """Values [unit of the spread] at probabilities in 0..1; any shape."""
    from scipy.special import ndtr, ndtri

    p = np.asarray(probability, dtype=np.float64)
    if spread.distribution is Distribution.normal:
        assert spread.deviation is not None
        tail = ndtr(-CUT)
        return np.asarray(spread.mode + spread.deviation * ndtri(tail + p * (1.0 - 2.0 * tail)))
    if spread.distribution is Distribution.fixed:
        return np.full(p.shape, spread.mode)
    assert spread.low is not None
    assert spread.high is not None
    low, width = spread.low, spread.high - spread.low
    if spread.distribution is Distribution.uniform:
        return low + width * p
    split = (spread.mode - low) / width
    rising = np.sqrt(p * split)
    falling = 1.0 - np.sqrt((1.0 - p) * (1.0 - split))
    return low + width * np.where(p < split, rising, falling)


def latin_hypercube(spreads: Mapping[str, SpreadConf], members: int, seed: int) -> dict[str, Array]:
    """A value of every input for every member, (members,) each.

    Each input has one value in each of `members` slices of equal probability (McKay, Beckman and Conover,
    Technometrics 21, 239, 1979). An input's values depend on seed, name and number of members alone.
    """
    require(members >= 1, f"members of a sample = {members}: one at least")
    found = {}
    for name, spread in spreads.items():
        stream = np.random.default_rng([seed, *name.encode()])
        slices = (stream.permutation(members) + stream.random(members)) / members
        found[name] = quantile(spread, slices)
    return found


def rank_correlation(first: Array, second: Array) -> float:
    """Spearman's rank correlation of two samples (n,); nan where one does not vary or is not known."""
    from scipy.stats import rankdata

    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return np.nan
    a, b = rankdata(first), rankdata(second)
    if np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return np.nan
    return float(np.corrcoef(a, b)[0, 1])
