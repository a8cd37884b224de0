"""Monthly sessions of compliance training, and who must attend them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TrainingSession:
    """`month` is the first local day of it."""

    id: UUID
    month: date
    opened_at: datetime
    due_at: datetime
    pass_percent: int


@dataclass(frozen=True, slots=True)
class Attendance:
    """Of somebody who must attend: completed when attended and passed, both."""

    session_id: UUID
    staff_id: str
    name: str
    attended_at: datetime | None = None
    score_percent: int = 0
    tries: int = 0
    passed: bool = False
    completed_at: datetime | None = None
    overdue_at: datetime | None = None

    def attend(self, now: datetime) -> Attendance:
        return replace(self, attended_at=self.attended_at or now)._completed(now)

    def answer(self, right: int, of: int, pass_percent: int, now: datetime) -> Attendance:
        """Who has passed stays so."""
        score = 100 * right // of
        tried = replace(
            self, score_percent=score, tries=self.tries + 1, passed=self.passed or score >= pass_percent
        )
        return tried._completed(now)

    def _completed(self, now: datetime) -> Attendance:
        if self.completed_at is None and self.attended_at is not None and self.passed:
            return replace(self, completed_at=now)
        return self


def month_of(day: date) -> date:
    return day.replace(day=1)


def month_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
