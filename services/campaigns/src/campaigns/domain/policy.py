"""The tenant's policy of campaigns, and its defaults."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class CampaignPolicy:
    """One version of the tenant's policy. Version 0 is the default, never stored."""

    version: int = 0
    interval_days: int = 7
    max_payment_deadline_seconds: int = 1800

    @property
    def interval(self) -> timedelta:
        """Time between the end of a campaign and the next one of the same group: exactly N × 24 hours."""
        return timedelta(days=self.interval_days)
