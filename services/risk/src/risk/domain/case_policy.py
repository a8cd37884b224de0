"""What a tenant may set about cases; the defaults are those of the product."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from risk.domain.errors import InvalidPolicy

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
class CasePolicy:
    """One version of the tenant's policy. Version 0 is the default, never stored."""

    version: int = 0
    lease_minutes: int = 15
    due_hours: int = 24
    # How much waiting one point of risk is worth.
    minutes_per_risk_point: int = 30
    second_look_percent: int = 5
    sample_allowed_per_mille: int = 1
    sample_blocked_per_mille: int = 20
    # A rate of fewer labels is unknown.
    minimum_sample: int = 30

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise InvalidPolicy(f"{name} must be from {least} to {most}", field=f"policy.{name}")

    @property
    def lease(self) -> timedelta:
        return timedelta(minutes=self.lease_minutes)

    @property
    def time_to_decide(self) -> timedelta:
        return timedelta(hours=self.due_hours)

    def queued_as_of(self, opened_at: datetime, risk: int) -> datetime:
        """A risky case stands in the queue as if it had been opened earlier."""
        return opened_at - risk * timedelta(minutes=self.minutes_per_risk_point)
