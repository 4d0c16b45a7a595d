"""The cases of the part `air`."""

from __future__ import annotations

from twin.verification.case import Case

CASES: tuple[Case, ...] = ()
