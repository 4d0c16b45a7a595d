"""The quick tier of `twin verify` passes, a wrong reference makes it fail, the committed results are all."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.resources import data_dir
from twin.verification import reference
from twin.verification import verb as verify
from twin.verification.case import Case, Tier

RESULTS = Path(__file__).parent / "RESULTS.md"
CASES = [(part, case) for part, members in verify.collect([]).items() for case in members]
QUICK = [pair for pair in CASES if not pair[1].full_only]


def name(value: object) -> str:
    return value.name if isinstance(value, Case) else str(value)


@pytest.mark.kernel
@pytest.mark.parametrize(("part", "case"), QUICK, ids=name)
def test_quick_case(part: str, case: Case) -> None:
    rows = case.run(Tier.QUICK)
    assert rows
    assert [row.quantity for row in rows if not row.passed] == []


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("part", "table", "old", "new"),
    [
        ("liquid", "stanet_nodes", "3.1769", "3.1869"),  # 1 kPa more at one node of one network
        ("heat", "lorenz_cop", "13.23218806", "13.23218906"),
    ],
)
def test_a_wrong_reference_makes_the_verb_fail(
    part: str,
    table: str,
    old: str,
    new: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    for file in (data_dir() / "reference").glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        assert file.stem != table or old in text
        (folder / file.name).write_text(text.replace(old, new) if file.stem == table else text)
    monkeypatch.setattr(reference, "data_dir", lambda: tmp_path)
    assert verify.main([part]) == 1
    assert "1 fail" in capsys.readouterr().out


def test_names_are_unique() -> None:
    pairs = [(part, case.name) for part, case in CASES]
    assert len(set(pairs)) == len(pairs)


def test_every_case_gives_source_and_reason() -> None:
    assert [case.name for _, case in CASES if not case.source.strip() or not case.why.strip()] == []


def test_the_committed_results_hold_every_case_and_no_failure() -> None:
    """After a change of cases: `twin verify --tier full --table tests/validation/RESULTS.md`."""
    text = RESULTS.read_text(encoding="utf-8")
    assert "--tier full" in text
    headings = [line[4:] for line in text.splitlines() if line.startswith("### ")]
    assert sorted(headings) == sorted(case.name for _, case in CASES)
    assert "| NO |" not in text


def test_every_reference_table_is_used() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in Path(verify.__file__).parent.glob("*.py")
    )
    unused = [
        file.stem
        for file in sorted((data_dir() / "reference").glob("*.csv"))
        if f'"{file.stem}"' not in sources
    ]
    assert unused == []
