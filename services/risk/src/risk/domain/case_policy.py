"""What a tenant may set about cases; the defaults are those of the product."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from risk.domain.case_risk import MOST_OF_CATEGORY, OF_CATEGORY
from risk.domain.errors import InvalidPolicy
from risk.domain.verdict import RiskCategory
from risk.domain.versioned_policy import VersionedPolicy

_RANGES = {
    "lease_minutes": (1, 1_440),
    "due_hours": (1, 720),
    "minutes_per_risk_point": (0, 1_440),
    "second_look_percent": (0, 100),
    "sample_allowed_per_mille": (0, 1_000),
    "sample_blocked_per_mille": (0, 1_000),
    "minimum_sample": (1, 10_000),
}


@dataclass(frozen=True, slots=True)
class CasePolicy(VersionedPolicy):
    """One version of the tenant's policy. Version 0 is the default, never stored."""

    lease_minutes: int = 15
    due_hours: int = 24
    # How much waiting one point of risk is worth.
    minutes_per_risk_point: int = 30
    second_look_percent: int = 5
    sample_allowed_per_mille: int = 1
    sample_blocked_per_mille: int = 20
    # A rate of fewer labels is unknown.
    minimum_sample: int = 30
    # What each category adds to the risk of a case, of 100 at most.
    category_risks: Mapping[RiskCategory, int] = field(default_factory=lambda: OF_CATEGORY)

    def __post_init__(self) -> None:
        self.check_ranges(_RANGES)
        if not all(0 <= points <= MOST_OF_CATEGORY for points in self.category_risks.values()):
            raise InvalidPolicy(
                f"A category adds 0 to {MOST_OF_CATEGORY} points", field="policy.category_risks"
            )

    @property
    def lease(self) -> timedelta:
        return timedelta(minutes=self.lease_minutes)

    @property
    def time_to_decide(self) -> timedelta:
        return timedelta(hours=self.due_hours)

    def queued_as_of(self, opened_at: datetime, risk: int) -> datetime:
        """A risky case stands in the queue as if it had been opened earlier."""
        return opened_at - risk * timedelta(minutes=self.minutes_per_risk_point)
