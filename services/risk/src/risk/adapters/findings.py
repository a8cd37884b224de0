"""Findings as they are stored: [[category, verdict, detector, rule, start, end]], and true if overruled."""

from collections.abc import Iterable, Sequence
from typing import Any

from risk.domain.verdict import Detector, Finding, RiskCategory, Verdict


def findings_to_rows(findings: Iterable[Finding]) -> list[list[Any]]:
    return [
        [f.category, f.verdict, f.detector.value, f.rule, f.start, f.end, *((True,) if f.overruled else ())]
        for f in findings
    ]


def findings_of(rows: Iterable[Sequence[Any]] | None) -> tuple[Finding, ...]:
    """Null: none."""
    return tuple(
        Finding(
            RiskCategory(category), Verdict(verdict), Detector(detector), rule, start, end, bool(overruled)
        )
        for category, verdict, detector, rule, start, end, *overruled in rows or ()
    )
