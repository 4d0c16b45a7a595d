"""Latin hypercube samples of uncertain inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from twin.schema import Distribution, SpreadConf, UncertaintyConf

Array = NDArray[np.float64]

CUT = 3.0  # deviations at which a normal distribution ends
FACTORS = (0.05, 20.0)  # choice: beyond them a factor means another machine
SHIFTS = (-30.0, 30.0)  # choice: of the outdoor temperature [K]; beyond them it means another climate
LOOP_INPUTS = frozenset(
    ("cdu_ua", "cold_plate_resistance", "junction_to_case", "coolant_flow", "pump_efficiency")
)


def spreads_of(conf: UncertaintyConf) -> dict[str, SpreadConf]:
    """The inputs by name, in the order of the schema."""
    found = {field.name: getattr(conf, field.name) for field in fields(UncertaintyConf)}
    return {name: value for name, value in found.items() if isinstance(value, SpreadConf)}


def nominal(spread: SpreadConf) -> float:
    """The value of an input that is not drawn: its mode, of a uniform distribution the middle."""
    if spread.distribution is Distribution.uniform:
        return float(quantile(spread, np.array(0.5)))
    return spread.mode


def inputs_drawn(conf: UncertaintyConf, *, loops: bool) -> dict[str, SpreadConf]:
    """The inputs that vary; loops: whether the site has liquid loops, whose inputs count only then."""
    return {
        name: spread
        for name, spread in spreads_of(conf).items()
        if spread.distribution is not Distribution.fixed and (loops or name not in LOOP_INPUTS)
    }


def check_spreads(
    conf: UncertaintyConf, *, loops: bool = True, efficiencies: Mapping[str, float] | None = None
) -> None:
    """Refuse what is no distribution, leaves its range, or varies nothing.

    efficiencies  what the factors of that name multiply [-]: the product stays at most 1
    Raises InputError naming the spread.
    """
    for name, spread in spreads_of(conf).items():
        key = f"uncertainty.{name}"
        least, most = _ends(key, spread)
        low, high = SHIFTS if name.endswith("_K") else FACTORS
        for end in (least, most):
            require(
                low <= end <= high,
                f"{key} reaches {end:g}: outside {low:g}..{high:g}",
                hint="a narrower distribution",
            )
        base = (efficiencies or {}).get(name, 0.0)
        require(
            most * base <= 1.0,
            f"{key} reaches {most:g}: an efficiency of {base:g} would pass 1",
            hint="a narrower distribution",
        )
    require(
        conf.members == 0 or bool(inputs_drawn(conf, loops=loops)),
        f"uncertainty.members = {conf.members}, but no input of this site is spread",
        hint="uncertainty=inputs, or uncertainty.members=0",
    )


def _ends(key: str, spread: SpreadConf) -> tuple[float, float]:
    """Least and largest value a spread can take. Raises InputError where it is no distribution."""
    low, mode, high, kind = spread.low, spread.mode, spread.high, spread.distribution
    for part, value in (("low", low), ("mode", mode), ("high", high), ("deviation", spread.deviation)):
        require(value is None or isfinite(value), f"{key}.{part} = {value}: must be finite")
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
        return low, high
    if kind is Distribution.normal:
        require(
            spread.deviation is not None and spread.deviation > 0.0,
            f"{key}: a normal distribution needs a deviation above 0, not {spread.deviation}",
            hint=f"{key}.deviation=0.05",
        )
        assert spread.deviation is not None
        return mode - CUT * spread.deviation, mode + CUT * spread.deviation
    return mode, mode


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
