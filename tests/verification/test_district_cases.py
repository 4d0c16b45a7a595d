"""Buried pairs and dwellings against exact and published figures: the cheap cases of `twin verify heat`."""

from __future__ import annotations

import math

import pytest

from twin.verification.buried_exact import pair_losses
from twin.verification.case import Tier
from twin.verification.district import buried_pairs, dwellings


def test_far_apart_the_series_is_the_closed_form_of_one_pipe() -> None:
    """R = ln(D/d) / (2 pi k_i) + arcosh(2 z / D) / (2 pi k_s): the rim of an insulated pipe is not quite of
    one temperature, which changes the loss by less than 1e-4 at this depth."""
    lost, _ = pair_losses(
        steel=0.1143,
        casing=0.225,
        apart=1e4,
        depth=2.0,
        insulation=0.027,
        soil=1.6,
        temperatures=(70.0, 40.0),
    )
    resistance = math.log(0.225 / 0.1143) / (2 * math.pi * 0.027) + math.acosh(4.0 / 0.225) / (
        2 * math.pi * 1.6
    )
    assert lost == pytest.approx(70.0 / resistance, rel=1e-4)


def test_the_series_has_converged() -> None:
    """DN 1000, the worst case: twice the orders change the loss by less than 1e-5."""
    pair = {"steel": 1.016, "casing": 1.3, "apart": 1.45, "depth": 1.56, "insulation": 0.027, "soil": 1.6}
    coarse, fine = (sum(pair_losses(**pair, temperatures=(70.0, 40.0), orders=n)) for n in (12, 24))
    assert coarse == pytest.approx(fine, rel=1e-5)


@pytest.mark.parametrize("case", [dwellings, buried_pairs])
def test_rows_pass(case) -> None:
    for row in case(Tier.QUICK):
        assert row.passed, f"{row.quantity}: {row.reference} {row.ours}"
