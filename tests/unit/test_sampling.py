"""Latin hypercube samples: quantiles by hand, one value a slice, refusal of what is none."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.errors import InputError
from twin.schema import Distribution, SpreadConf, UncertaintyConf
from twin.uncertainty.sampling import (
    check_spreads,
    latin_hypercube,
    nominal,
    quantile,
    rank_correlation,
    spreads_of,
)


def spread(kind: str, **values: float) -> SpreadConf:
    return SpreadConf(distribution=Distribution[kind], **values)


def test_quantiles_worked_by_hand() -> None:
    p = np.array([0.0, 0.25, 0.5, 1.0])
    assert quantile(spread("uniform", low=2.0, high=6.0), p) == pytest.approx([2.0, 3.0, 4.0, 6.0])
    # triangle 0..4 with its top at 1: F(1) = 1/4, F(x) = 1 - (4 - x)^2 / 12 beyond
    got = quantile(spread("triangular", low=0.0, mode=1.0, high=4.0), p)
    assert got == pytest.approx([0.0, 1.0, 4.0 - np.sqrt(6.0), 4.0])
    normal = quantile(spread("normal", mode=1.0, deviation=0.1), np.array([0.0, 0.5, 0.975, 1.0]))
    # between the cuts lie 99.73 %: 0.00135 + 0.975 x 0.9973 = 0.97372, at 1.9385 deviations
    assert normal == pytest.approx([0.7, 1.0, 1.19385, 1.3], abs=1e-5)
    assert quantile(spread("fixed", mode=0.9), p).tolist() == [0.9] * 4


def test_a_value_in_every_slice_and_inputs_independent() -> None:
    spreads = {name: spread("uniform", low=0.0, high=1.0) for name in ("a", "b")}
    sample = latin_hypercube(spreads, 50, seed=3)
    for values in sample.values():
        assert np.sort((50 * values).astype(int)).tolist() == list(range(50))
    assert abs(rank_correlation(sample["a"], sample["b"])) < 0.35
    alone = latin_hypercube({"b": spreads["b"]}, 50, seed=3)
    assert np.array_equal(alone["b"], sample["b"])  # another input changes nothing
    assert not np.array_equal(latin_hypercube(spreads, 50, seed=4)["a"], sample["a"])


def test_rank_correlation() -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    assert rank_correlation(x, np.exp(x)) == pytest.approx(1.0)
    assert rank_correlation(x, -(x**3)) == pytest.approx(-1.0)
    # ranks 1 2 3 4 5 and 2 1 4 3 5: 1 - 6 x 4 / (5 x 24) = 0.8
    assert rank_correlation(x, np.array([2.0, 1.0, 4.0, 3.0, 5.0])) == pytest.approx(0.8)
    assert np.isnan(rank_correlation(x, np.ones(5)))
    assert np.isnan(rank_correlation(x, np.array([1.0, 2.0, np.nan, 4.0, 5.0])))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (spread("uniform", low=1.0), r"cdu_ua: a uniform distribution goes from low = 1.0 to high = None"),
        (spread("triangular", low=0.5, mode=2.0, high=1.0), r"cdu_ua.mode = 2: outside 0.5..1"),
        (spread("normal", mode=1.0), r"cdu_ua: a normal distribution needs a deviation"),
        (spread("normal", mode=1.0, deviation=0.4), r"cdu_ua reaches -0.2: outside 0.05..20"),
        (spread("fixed", mode=0.0), r"cdu_ua reaches 0"),
        (spread("uniform", low=0.5, high=float("inf")), r"cdu_ua.high = inf: must be finite"),
        (spread("normal", mode=1.0, deviation=float("inf")), r"cdu_ua.deviation = inf: must be finite"),
        (spread("fixed", mode=float("nan")), r"cdu_ua.mode = nan: must be finite"),
        (spread("uniform", low=1.0, high=30.0), r"cdu_ua reaches 30: outside 0.05..20"),
    ],
)
def test_what_is_no_distribution_is_refused(value: SpreadConf, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_spreads(UncertaintyConf(cdu_ua=value))


def test_shifts_may_pass_zero() -> None:
    check_spreads(UncertaintyConf(outdoor_K=spread("normal", mode=0.0, deviation=1.0)))
    assert list(spreads_of(UncertaintyConf()))[-1] == "outdoor_K"


def test_a_shift_to_another_climate_is_refused() -> None:
    with pytest.raises(InputError, match=r"outdoor_K reaches 273.15: outside -30..30"):
        check_spreads(UncertaintyConf(outdoor_K=spread("fixed", mode=273.15)))


def test_an_efficiency_above_one_is_refused() -> None:
    conf = UncertaintyConf(pump_efficiency=spread("triangular", low=0.9, mode=1.0, high=1.6))
    check_spreads(conf, efficiencies={"pump_efficiency": 0.6})
    with pytest.raises(InputError, match=r"pump_efficiency reaches 1.6: an efficiency of 0.65 would pass 1"):
        check_spreads(conf, efficiencies={"pump_efficiency": 0.65})


def test_a_sample_that_varies_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r"(?s)members = 8, but no input.*try: uncertainty=inputs"):
        check_spreads(UncertaintyConf(members=8))
    conf = UncertaintyConf(members=8, cdu_ua=spread("uniform", low=0.9, high=1.1))
    check_spreads(conf)
    with pytest.raises(InputError, match=r"no input of this site is spread"):
        check_spreads(conf, loops=False)


def test_a_uniform_input_that_is_not_drawn_is_in_its_middle() -> None:
    assert nominal(spread("uniform", low=0.7, high=1.5, mode=9.0)) == pytest.approx(1.1, rel=1e-15)
    assert nominal(spread("triangular", low=0.7, mode=0.9, high=1.5)) == 0.9
