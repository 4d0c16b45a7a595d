"""Workload profiles: means, ranges, and traces refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geometry.errors import InputError
from twin.schema import WorkloadConf, WorkloadKind
from twin.workload import it_load


def workload(kind: WorkloadKind, **changes: float | str | None) -> WorkloadConf:
    return WorkloadConf(name="test", title="test", kind=kind, **changes)  # type: ignore[arg-type]


def test_constant_load() -> None:
    """25 % idle and 80 % of the rest: 0.25 + 0.75 x 0.8 = 0.85."""
    load = it_load(workload(WorkloadKind.constant, utilisation=0.8, idle_share=0.25))
    assert load.shape == (8760,)
    assert load == pytest.approx(0.85)


def test_checkpoint_dips_lower_the_hourly_mean() -> None:
    """Half the dynamic power, two hours a day: 0.9 (1 - 0.5 x 2/24) = 0.8625 of it."""
    conf = workload(
        WorkloadKind.checkpoint, utilisation=0.9, idle_share=0.2, dip_share=0.5, dip_hours_per_day=2.0
    )
    assert it_load(conf) == pytest.approx(0.2 + 0.8 * 0.8625)


def test_inference_follows_day_and_week() -> None:
    conf = workload(
        WorkloadKind.inference, utilisation=0.5, idle_share=0.0, night_share=0.4, weekend_share=0.8
    )
    days = it_load(conf).reshape(365, 24)
    assert days.mean() == pytest.approx(0.5)
    assert days[0].argmin() in (3, 4)
    assert days[0].argmax() in (15, 16)
    assert days[0].min() / days[0].max() == pytest.approx(0.4, abs=0.01)
    assert days[5] == pytest.approx(0.8 * days[4])


def test_inference_above_full_load_is_refused() -> None:
    conf = workload(WorkloadKind.inference, utilisation=0.9, night_share=0.3, weekend_share=0.8)
    with pytest.raises(InputError, match=r"needs a peak of 1\.\d+, above 1"):
        it_load(conf)


def test_trace_is_read(tmp_path: Path) -> None:
    file = tmp_path / "trace.csv"
    values = np.linspace(0.0, 1.0, 8760)
    file.write_text("hour,utilisation\n" + "\n".join(f"{k},{v:.9f}" for k, v in enumerate(values)) + "\n")
    conf = workload(WorkloadKind.trace, file=str(file), idle_share=0.0)
    assert it_load(conf) == pytest.approx(values, abs=1e-8)


def test_trace_of_a_spreadsheet_with_decimal_commas(tmp_path: Path) -> None:
    file = tmp_path / "trace.csv"
    file.write_text("heure;charge\n" + "".join(f"{k};0,{k % 10}\n" for k in range(8760)))
    conf = workload(WorkloadKind.trace, file=str(file), idle_share=0.0)
    assert it_load(conf)[:10] == pytest.approx(np.arange(10) / 10.0)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["0.5"] * 8759, "holds 8759 hours; 8760 are needed"),
        (["0.5"] * 10 + ["50"] + ["0.5"] * 8749, r"line 11: utilisation = 50"),
        (["0.5"] * 10 + ["nan"] + ["0.5"] * 8749, r"line 11: utilisation = nan"),
        (["0.5"] * 10 + ["-"] + ["0.5"] * 8749, r"line 11: '-' is not a number"),
        (["0.5"] * 10 + ["2,"] + ["0.5"] * 8749, r"line 11: '' is not a number"),
    ],
)
def test_trace_errors_name_the_line(tmp_path: Path, rows: list[str], words: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("\n".join(rows) + "\n")
    with pytest.raises(InputError, match=words):
        it_load(workload(WorkloadKind.trace, file=str(file)))


def test_trace_without_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="trace without a file"):
        it_load(workload(WorkloadKind.trace))
    with pytest.raises(InputError, match="does not exist"):
        it_load(workload(WorkloadKind.trace, file=str(tmp_path / "none.csv")))


@pytest.mark.parametrize("change", [{"utilisation": 1.2}, {"idle_share": -0.1}])
def test_shares_out_of_range_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(InputError, match=r"outside 0\.\.1"):
        it_load(workload(WorkloadKind.constant, **change))


def test_a_year_without_any_load_is_refused() -> None:
    with pytest.raises(InputError, match=r"(?s)draw nothing in any hour.*workload.utilisation"):
        it_load(workload(WorkloadKind.constant, utilisation=0.0, idle_share=0.0))
