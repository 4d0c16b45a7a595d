"""The verdict of one physics check."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PhysicsCheck:
    """One verdict: it passes while `value` is at most `limit`, both in `unit`; `meaning` is for the
    reader."""

    name: str
    value: float
    limit: float
    unit: str
    meaning: str

    @property
    def passed(self) -> bool:
        return self.value <= self.limit  # a nan does not pass

    def __str__(self) -> str:
        verdict = "pass" if self.passed else "FAIL"
        unit = f" {self.unit}" if self.unit != "-" else ""
        return f"{self.name}: {self.value:.3g}{unit} (limit {self.limit:g}{unit}): {verdict}"
