"""What a tenant may set about the rota; the defaults are those of the product."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from risk.domain.errors import InvalidPolicy
from risk.domain.local_time import MINUTES_PER_DAY, instant, local_day
from risk.domain.versioned_policy import VersionedPolicy

_RANGES = {
    "large_group_size": (1, 100_000),
    "large_group_moderators": (1, 50),
    "members_per_moderator": (1, 100_000),
    "cover_from_minute": (0, MINUTES_PER_DAY - 1),
    "cover_until_minute": (1, MINUTES_PER_DAY),
    "gap_ahead_hours": (1, 336),
    "plan_ahead_days": (14, 92),
}


@dataclass(frozen=True, slots=True)
class Hours:
    """From an instant until before another."""

    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class RotaPolicy(VersionedPolicy):
    """One version of the tenant's policy. Version 0 is the default, never stored."""

    large_group_size: int = 500
    large_group_moderators: int = 3
    members_per_moderator: int = 200
    # Minutes of the local day.
    cover_from_minute: int = 8 * 60
    cover_until_minute: int = 22 * 60
    gap_ahead_hours: int = 48
    plan_ahead_days: int = 28

    def __post_init__(self) -> None:
        self.check_ranges(_RANGES)
        if self.cover_from_minute >= self.cover_until_minute:
            raise InvalidPolicy("Cover must end after it begins", field="policy.cover_until_minute")

    @property
    def gaps_ahead(self) -> timedelta:
        return timedelta(hours=self.gap_ahead_hours)

    def needed(self, size: int) -> int:
        """Moderators on duty for a group of that many members: one for each started share."""
        if size >= self.large_group_size:
            return self.large_group_moderators
        return -(-size // self.members_per_moderator)

    def covered_hours(self, within: Hours, zone: ZoneInfo) -> list[Hours]:
        """The parts of a time in which groups must be covered, at most one for each local day."""
        first, last = local_day(within.from_at, zone), local_day(within.until_at, zone)
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        parts = [
            Hours(
                max(instant(day, self.cover_from_minute, zone), within.from_at),
                min(instant(day, self.cover_until_minute, zone), within.until_at),
            )
            for day in days
        ]
        return [part for part in parts if part.from_at < part.until_at]
