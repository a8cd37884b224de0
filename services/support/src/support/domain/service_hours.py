"""Clocks that run only while service is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from support.domain.errors import InvalidPolicy

MINUTES_PER_DAY = 24 * 60
LOOK_AHEAD_DAYS = 400


@dataclass(frozen=True, slots=True, order=True)
class ServiceInterval:
    """Minutes of the local day; `end_minute` 1440 is 24:00. Weekday 1 is Monday, 7 is Sunday."""

    weekday: int
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class ServiceHours:
    intervals: tuple[ServiceInterval, ...]
    holidays: frozenset[date]

    def __post_init__(self) -> None:
        for interval in self.intervals:
            if not 0 <= interval.start_minute < interval.end_minute <= MINUTES_PER_DAY:
                raise InvalidPolicy("A service interval must end after it starts.", "service_hours")
        for earlier, later in pairwise(sorted(self.intervals)):
            if earlier.weekday == later.weekday and later.start_minute < earlier.end_minute:
                raise InvalidPolicy(f"Service intervals of weekday {later.weekday} overlap.", "service_hours")

    def deadline(self, start: datetime, seconds: int, zone: ZoneInfo) -> datetime | None:
        """When that much service time has passed since `start`, in UTC; None if there is no service ahead."""
        start, left = start.astimezone(UTC), timedelta(seconds=seconds)
        for opens, closes in self._openings(start, zone):
            running_from = max(start, opens)
            if closes - running_from >= left:
                return running_from + left
            left -= closes - running_from
        return None

    def is_open(self, at: datetime, zone: ZoneInfo) -> bool:
        opens, _ = next(self._openings(at, zone), (None, None))
        return opens is not None and opens <= at

    def _openings(self, start: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        """Openings that end after `start`, in order, as UTC instants (local days may have 23 or 25 hours)."""
        first = start.astimezone(zone).date()
        for offset in range(LOOK_AHEAD_DAYS):
            day = first + timedelta(days=offset)
            if day in self.holidays:
                continue
            for interval in sorted(self.intervals):
                if interval.weekday != day.isoweekday():
                    continue
                closes = _instant(day, interval.end_minute, zone)
                if closes > start:
                    yield _instant(day, interval.start_minute, zone), closes


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    days, minute = divmod(minute, MINUTES_PER_DAY)
    local = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), zone)
    return local.astimezone(UTC)
