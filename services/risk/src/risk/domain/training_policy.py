"""What a tenant may set about training; the defaults are those of the product."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from risk.domain.errors import InvalidPolicy
from risk.domain.versioned_policy import VersionedPolicy

_RANGES = {
    "questions": (1, 20),
    "pass_percent": (1, 100),
    "due_days": (1, 28),
    "remind_days_before": (0, 27),
    "cases_of_days": (1, 366),
}


@dataclass(frozen=True, slots=True)
class TrainingPolicy(VersionedPolicy):
    """One version of the tenant's policy. Version 0 is the default, never stored."""

    # Of a quiz, as far as there are closed cases.
    questions: int = 5
    pass_percent: int = 80
    due_days: int = 14
    remind_days_before: int = 3
    cases_of_days: int = 90

    def __post_init__(self) -> None:
        self.check_ranges(_RANGES)
        if self.remind_days_before >= self.due_days:
            raise InvalidPolicy("The reminder comes after the session opens", "policy.remind_days_before")

    def due_at(self, opened_at: datetime) -> datetime:
        return opened_at + timedelta(days=self.due_days)

    def remind_at(self, due_at: datetime) -> datetime:
        return due_at - timedelta(days=self.remind_days_before)

    def cases_since(self, opened_at: datetime) -> datetime:
        return opened_at - timedelta(days=self.cases_of_days)
