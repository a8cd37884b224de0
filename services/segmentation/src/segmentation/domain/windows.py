"""Windows of local dates, both ends included, and how they are cut into points of a series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from segmentation.domain.errors import InvalidWindow

LONGEST_WINDOW_DAYS = 366
MOST_POINTS = 100
MOST_WEEKS = 53
EARLIEST, LATEST = date(1980, 1, 1), date(2999, 12, 31)
DAY = timedelta(days=1)


class Grain(IntEnum):
    """The width of a point, numbered as in quanzi.segmentation.v1.Grain."""

    DAY = 1
    WEEK = 2
    MONTH = 3


@dataclass(frozen=True, slots=True)
class Window:
    """Local dates of a zone, both ends included."""

    first: date
    last: date
    zone: ZoneInfo

    @classmethod
    def of(cls, first: date, last: date, zone: ZoneInfo, longest: int | None = LONGEST_WINDOW_DAYS) -> Window:
        """Raises InvalidWindow."""
        if first > last:
            raise InvalidWindow("from_date must not be after to_date", field="from_date")
        if first < EARLIEST or last > LATEST:
            field = "from_date" if first < EARLIEST else "to_date"
            raise InvalidWindow(f"Give dates from {EARLIEST} to {LATEST}", field=field)
        if longest and (last - first).days >= longest:
            raise InvalidWindow(f"Ask for at most {longest} days", field="to_date")
        return cls(first, last, zone)

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first moment after the window."""
        return datetime.combine(self.last + DAY, time(), self.zone)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def begun(self, now: datetime) -> Window | None:
        """The days that have begun by now: the future has no facts. None if none has."""
        today = local_day(now, self.zone)
        return replace(self, last=min(self.last, today)) if self.first <= today else None

    def before(self) -> Window:
        """Just before, equally long."""
        return replace(self, first=self.first - timedelta(days=self.days), last=self.first - DAY)

    def points(self, grain: Grain) -> Sequence[Window]:
        """By day, week (from Monday) or month; the first and the last may be cut short.

        Raises InvalidWindow if there would be too many.
        """
        points: list[Window] = []
        first = self.first
        while first <= self.last:
            if len(points) == MOST_POINTS:
                raise InvalidWindow(
                    f"Ask for at most {MOST_POINTS} points, or a wider grain", field="to_date"
                )
            last = min(_end_of(first, grain), self.last)
            points.append(replace(self, first=first, last=last))
            first = last + DAY
        return points

    def weeks(self) -> Sequence[date]:
        """Mondays of the weeks that touch the window. Raises InvalidWindow if there are too many."""
        mondays = list(_mondays(self.first, self.last))
        if len(mondays) > MOST_WEEKS:
            raise InvalidWindow(f"Ask for at most {MOST_WEEKS} weeks", field="to_date")
        return mondays


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def complete_days(days: int, now: datetime, zone: ZoneInfo) -> Window:
    """The last so many local days that are over."""
    today = local_day(now, zone)
    return Window(today - timedelta(days=days), today - DAY, zone)


def _end_of(first: date, grain: Grain) -> date:
    match grain:
        case Grain.DAY:
            return first
        case Grain.WEEK:
            return first + timedelta(days=6 - first.weekday())
        case Grain.MONTH:
            return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY


def _mondays(first: date, last: date) -> Iterator[date]:
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        yield monday
        monday += timedelta(days=7)
