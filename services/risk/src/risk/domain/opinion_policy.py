"""What a tenant may set about the watch on opinion; the defaults are those of the product."""

from dataclasses import dataclass
from datetime import timedelta

from risk.domain.errors import InvalidPolicy
from risk.domain.opinion_plan import PlanTask, Severity
from risk.domain.versioned_policy import VersionedPolicy

_RANGES = {
    "negative_from_percent": (50, 99),
    "short_window_minutes": (5, 60),
    "long_window_minutes": (30, 720),
    "minimum_messages": (5, 1_000),
    "minimum_complaints": (2, 1_000),
    "minimum_lift_percent": (1, 100),
    "learning_hours": (0, 672),
    "moderate_surprise": (2, 100),
    "serious_surprise": (2, 200),
    "critical_surprise": (2, 300),
    "serious_messages": (1, 10_000),
    "critical_messages": (1, 100_000),
    "acknowledge_minutes": (1, 1_440),
    "calm_minutes": (10, 1_440),
    "keep_counts_days": (7, 366),
}
_MAX_TASKS = 30


@dataclass(frozen=True, slots=True)
class OpinionPolicy(VersionedPolicy):
    """One version of the tenant's policy. Version 0 is the default, never stored.

    A surprise is how many decimal places the odds have that chance alone says as much.
    """

    # A message counts as negative from this probability on.
    negative_from_percent: int = 70
    # What breaks out is seen in the short window, what creeps in the long one.
    short_window_minutes: int = 15
    long_window_minutes: int = 120
    # Less than this is no crisis, whatever its share.
    minimum_messages: int = 15
    minimum_complaints: int = 5
    # A share of messages must be above what is usual by so many points.
    minimum_lift_percent: int = 15
    # Nothing is judged before so many hours of the tenant were seen.
    learning_hours: int = 72
    moderate_surprise: int = 5
    serious_surprise: int = 10
    critical_surprise: int = 20
    # A graver severity needs so many negative messages or complaints as well.
    serious_messages: int = 30
    critical_messages: int = 100
    # Of a moderate incident; half of it for a serious one, a quarter for a critical one.
    acknowledge_minutes: int = 40
    # It closes itself when nothing was unusual for so long.
    calm_minutes: int = 90
    keep_counts_days: int = 90
    # The emergency plan; empty: the shipped one.
    plan: tuple[PlanTask, ...] = ()

    def __post_init__(self) -> None:
        self.check_ranges(_RANGES)
        if not self.moderate_surprise <= self.serious_surprise <= self.critical_surprise:
            raise InvalidPolicy("A graver severity needs no less surprise", field="policy.serious_surprise")
        if self.short_window_minutes > self.long_window_minutes:
            raise InvalidPolicy("The short window is the longer one", field="policy.short_window_minutes")
        if len(self.plan) > _MAX_TASKS:
            raise InvalidPolicy(f"A plan has {_MAX_TASKS} tasks at most", field="policy.plan")

    @property
    def negative_from(self) -> float:
        return self.negative_from_percent / 100

    @property
    def windows(self) -> tuple[timedelta, timedelta]:
        return timedelta(minutes=self.short_window_minutes), timedelta(minutes=self.long_window_minutes)

    @property
    def calm(self) -> timedelta:
        return timedelta(minutes=self.calm_minutes)

    @property
    def keeping_of_counts(self) -> timedelta:
        return timedelta(days=self.keep_counts_days)

    def severity(self, surprise: float, size: float) -> Severity | None:
        """By how unlikely it is, and how many messages or complaints it is; None: nothing unusual."""
        if surprise >= self.critical_surprise and size >= self.critical_messages:
            return Severity.CRITICAL
        if surprise >= self.serious_surprise and size >= self.serious_messages:
            return Severity.SERIOUS
        return Severity.MODERATE if surprise >= self.moderate_surprise else None

    def time_to_acknowledge(self, severity: Severity) -> timedelta:
        return timedelta(minutes=self.acknowledge_minutes) / (1 << (severity - Severity.MODERATE))
