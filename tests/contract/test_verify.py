"""`twin verify`: what it prints and writes, its exit status, and that a wrong number cannot pass."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.errors import SolverError
from twin.verification import verb as verify
from twin.verification.case import (
    Case,
    Row,
    Tier,
    Verdict,
    absolute,
    for_information,
    on_grids,
    order,
    orders,
    profile,
    relative,
    worst_absolute,
)
from twin.verification.report import markdown
from viz.charts.profiles import Curve

KEYS = ["part", "case", "quantity", "reference", "ours", "error", "tolerance", "pass"]


def case(*rows: Row, name: str = "sample", full_only: bool = False) -> Case:
    return Case(name=name, source="a table", why="its digits", run=lambda tier: rows, full_only=full_only)


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[Case, ...]]:
    """Replaces the cases of every part by what the test puts in."""
    cases: dict[str, tuple[Case, ...]] = {"heat": (case(relative("COP", 4.0, 4.02, 0.01)),)}
    monkeypatch.setattr(verify, "collect", lambda parts: cases)
    return cases


def test_all_pass_is_zero(sample: dict[str, tuple[Case, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main([]) == 0
    out = capsys.readouterr().out
    assert "COP, relative" in out
    assert "1 of 1 comparisons pass" in out


def test_one_failure_is_one_and_is_shown(
    sample: dict[str, tuple[Case, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    sample["heat"] += (case(absolute("wet bulb [degC]", 20.0, 20.2, 0.1), name="wrong"),)
    assert verify.main(["heat"]) == 1
    out = capsys.readouterr().out
    assert "1 of 2 comparisons pass" in out
    assert "1 fail" in out


def test_unknown_part_is_bad_input() -> None:
    with pytest.raises(InputError, match=r"unknown part 'heet'.*air, liquid, heat"):
        verify.main(["heet"])


def test_json_has_exactly_the_agreed_keys(sample: dict[str, tuple[Case, ...]], tmp_path: Path) -> None:
    sample["heat"] += (case(absolute("gone", 1.0, math.nan, 5.0)),)
    assert verify.main(["--json", str(tmp_path / "v.json")]) == 1
    records = json.loads((tmp_path / "v.json").read_text())
    assert [list(record) for record in records] == [KEYS, KEYS]
    good, bad = records
    assert (good["part"], good["case"], good["pass"]) == ("heat", "sample", True)
    assert good["error"] == pytest.approx(0.005)
    assert (bad["ours"], bad["error"], bad["pass"]) == (None, None, False)


def test_a_folder_that_is_missing_is_said_before_the_work(
    sample: dict[str, tuple[Case, ...]], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="its folder does not exist"):
        verify.main(["--table", str(tmp_path / "none" / "v.md")])


def test_the_table_names_source_and_reason(sample: dict[str, tuple[Case, ...]], tmp_path: Path) -> None:
    assert verify.main(["--table", str(tmp_path / "v.md")]) == 0
    text = (tmp_path / "v.md").read_text()
    assert "Source: a table." in text
    assert "Tolerance: its digits." in text
    assert "| COP, relative | 4 | 4.02 | +0.005 | 0.01 | yes |" in text


def test_long_cases_belong_to_the_full_tier(sample: dict[str, tuple[Case, ...]]) -> None:
    sample["heat"] += (case(absolute("slow", 1.0, 1.0, 0.0), name="slow", full_only=True),)
    assert [v.case for v in verify.run_cases(sample, Tier.QUICK)] == ["sample"]
    assert [v.case for v in verify.run_cases(sample, Tier.FULL)] == ["sample", "slow"]


def test_a_solver_that_gives_up_fails_its_case_only(sample: dict[str, tuple[Case, ...]]) -> None:
    def broken(tier: Tier) -> list[Row]:
        raise SolverError("did not settle")

    sample["air"] = (Case(name="broken", source="s", why="w", run=broken),)
    verdicts = verify.run_cases(sample, Tier.QUICK)
    assert [v.row.passed for v in verdicts] == [True, False]
    assert "did not settle" in verdicts[1].row.quantity


# ---- rows ------------------------------------------------------------------------------------------------


def test_errors_are_signed() -> None:
    """1.98 against 2: one per cent low, 0.02 low."""
    assert relative("q", 2.0, 1.98, 0.02).error == pytest.approx(-0.01)
    assert absolute("q", 2.0, 1.98, 0.02).error == pytest.approx(-0.02)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_never_passes(value: float) -> None:
    assert not relative("q", 1.0, value, math.inf).passed
    assert not absolute("q", 1.0, value, math.inf).passed
    assert not worst_absolute("q", [1.0, 1.0, 1.0], [1.0, value, 2.0], "abc", 1e9).passed


def test_the_worst_of_many_is_named() -> None:
    row = worst_absolute("T", [1.0, 2.0, 3.0], [1.1, 1.5, 3.0], ["a", "b", "c"], 0.4)
    assert (row.quantity, row.error, row.passed) == ("T, worst of 3 (b), absolute", -0.5, False)


def test_order_counts_only_what_is_short() -> None:
    """Errors 8 and 1 on halved cells: order 3; 3 and 1: 1.585."""
    assert order("q", 2.0, 8.0, 1.0, 2.0, 0.1).passed
    low = order("q", 2.0, 3.0, 1.0, 2.0, 0.1)
    assert low.error == pytest.approx(-0.415, abs=1e-3)
    assert not low.passed
    assert not order("q", 2.0, math.nan, 1.0, 2.0, 0.1).passed


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(InputError, match="3 references, 2 results"):
        worst_absolute("T", [1.0, 2.0, 3.0], [1.0, 2.0], ["a", "b", "c"], 0.4)


def test_a_bar_in_a_quantity_does_not_break_the_table() -> None:
    verdicts = [Verdict(part="air", case="sample", row=absolute("|u| [m/s]", 1.0, 1.0, 0.1))]
    text = markdown({"air": (case(),)}, verdicts, Tier.QUICK, 1.0)
    assert r"| \|u\| [m/s], absolute |" in text


def test_profiles_are_drawn_beside_the_table(sample: dict[str, tuple[Case, ...]], tmp_path: Path) -> None:
    place, value = np.linspace(0.0, 1.0, 5), np.arange(5.0)
    curve = Curve(
        title="a line",
        place="z [m]",
        value="u [m/s]",
        published=(place, value),
        ours=(place, value + 0.1),
        upright=True,
    )
    rows = profile("u", value, value + 0.1, rms=0.2, bias=0.2, curves=(curve,))
    sample["air"] = (case(*rows, name="jet, cold"),)
    assert verify.main(["--table", str(tmp_path / "V.md"), "--json", str(tmp_path / "v.json")]) == 0
    assert "](v_plots/air_jet_cold.png)" in (tmp_path / "V.md").read_text()
    assert (tmp_path / "v_plots" / "air_jet_cold.png").read_bytes()[:4] == b"\x89PNG"
    assert list(json.loads((tmp_path / "v.json").read_text())[0]) == KEYS


def test_rows_on_three_grids_tell_the_index() -> None:
    """1 + 0.16, 0.04, 0.01 on halved cells: order 2, so the index is 1.25 * 0.01."""
    rows = [[relative("Nu", 1.0, 1.0 + error, 0.02)] for error in (0.16, 0.04, 0.01)]
    (row,) = on_grids(rows, (10, 20, 40))
    assert row.quantity == "Nu, relative (grids 10-20-40: index 0.013)"
    assert (row.ours, row.passed) == (1.01, True)
    assert on_grids(rows[:1], (10,)) == rows[0]


def test_order_over_three_grids_is_the_slope_from_first_to_last() -> None:
    assert orders("q", 2.0, [16.0, 8.0, 1.0], 2.0, 0.1).ours == pytest.approx(2.0)


def test_a_row_for_information_is_shown_and_not_counted() -> None:
    row = for_information("COP", 2.0, 3.0)
    assert row.passed
    assert not row.counted
    verdict = Verdict(part="heat", case="map", row=row)
    assert verdict.as_json()["tolerance"] is None
    case = Case(name="map", source="somewhere", why="shown", run=lambda _: [row])
    text = markdown({"heat": [case]}, [verdict], Tier.QUICK, 1.0)
    assert "0 of 0 comparisons pass" in text
    assert "| info |" in text
    assert not for_information("COP", 2.0, math.nan).passed
