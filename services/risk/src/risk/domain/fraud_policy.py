"""What a tenant may set about fraud; the defaults are those of the product."""

from dataclasses import dataclass
from datetime import timedelta

from risk.domain.versioned_policy import VersionedPolicy

_RANGES = {
    "newcomer_hours": (1, 720),
    "reminder_cooldown_hours": (1, 168),
    "identity_valid_days": (1, 3_650),
}


@dataclass(frozen=True, slots=True)
class FraudPolicy(VersionedPolicy):
    """One version of the tenant's policy. Version 0 is the default, never stored."""

    newcomer_hours: int = 24
    reminder_cooldown_hours: int = 6
    identity_valid_days: int = 365

    def __post_init__(self) -> None:
        self.check_ranges(_RANGES)

    @property
    def newcomer_for(self) -> timedelta:
        return timedelta(hours=self.newcomer_hours)

    @property
    def reminder_cooldown(self) -> timedelta:
        return timedelta(hours=self.reminder_cooldown_hours)

    @property
    def identity_valid_for(self) -> timedelta:
        return timedelta(days=self.identity_valid_days)
