"""Shifts: a moderator is on duty in a group, once or every week."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.domain.local_time import MINUTES_PER_DAY, instant
from risk.domain.rota_errors import GroupNotServed, InvalidShift, NotYourShift, ShiftBegun
from risk.domain.rota_policy import Hours

_WEEK = 7 * MINUTES_PER_DAY
_LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moderator:
    """`staff_id` is the subject of the identity; `group_ids` are those the moderator may be on duty in."""

    staff_id: str
    name: str
    group_ids: frozenset[UUID]

    def must_serve(self, group_id: UUID) -> None:
        """Raises GroupNotServed."""
        if group_id not in self.group_ids:
            raise GroupNotServed(f"{self.staff_id} is no moderator of the group: add it to theirs first")


@dataclass(frozen=True, slots=True)
class Shift:
    """From `starts_at` until before `ends_at`. `day` is the local day of a weekly one."""

    id: UUID
    group_id: UUID
    staff_id: str
    starts_at: datetime
    ends_at: datetime
    template_id: UUID | None = None
    day: date | None = None
    cancelled: bool = False

    @classmethod
    def single(cls, shift_id: UUID, group_id: UUID, staff_id: str, hours: Hours, now: datetime) -> Shift:
        """Raises InvalidShift."""
        if not timedelta() < hours.until_at - hours.from_at <= _LONGEST:
            raise InvalidShift("A shift lasts up to 24 hours", field="ends_at")
        if hours.until_at <= now:
            raise InvalidShift("The shift is over", field="ends_at")
        return cls(shift_id, group_id, staff_id, hours.from_at, hours.until_at)

    def cancel(self, now: datetime) -> Shift:
        """The same again changes nothing. Raises ShiftBegun."""
        return self if self.cancelled else replace(self._ahead(now), cancelled=True)

    def offer(self, by: str, any_of: bool, now: datetime) -> Shift:
        """`any_of`: somebody who may offer any shift. Raises NotYourShift, ShiftBegun."""
        if by != self.staff_id and not any_of:
            raise NotYourShift("Only who has the shift can offer it")
        return self._ahead(now)

    def hand_over(self, to: str, now: datetime) -> Shift:
        """Raises ShiftBegun."""
        return replace(self._ahead(now), staff_id=to)

    def _ahead(self, now: datetime) -> Shift:
        if self.cancelled or self.starts_at <= now:
            raise ShiftBegun("The shift has begun or was cancelled: it stays as it is")
        return self


@dataclass(frozen=True, slots=True)
class WeeklyShift:
    """Weekday 1 is Monday; `minutes` long by the local clock, also past midnight."""

    id: UUID
    group_id: UUID
    staff_id: str
    weekday: int
    start_minute: int
    minutes: int
    from_day: date
    until_day: date | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.weekday <= 7:
            raise InvalidShift("Weekdays are 1 to 7", field="template.weekday")
        if not 0 <= self.start_minute < MINUTES_PER_DAY:
            raise InvalidShift("A shift begins within its day", field="template.start_minute")
        if not 0 < self.minutes <= MINUTES_PER_DAY:
            raise InvalidShift("A shift lasts up to 24 hours", field="template.minutes")

    def must_go_on(self) -> None:
        """Raises InvalidShift: one that was ended may never have begun, a new one may not."""
        if self.until_day is not None and self.until_day < self.from_day:
            raise InvalidShift("It ends before it begins", field="template.until_day")

    def meets(self, other: WeeklyShift) -> bool:
        """Whether some week holds a moment of both, for weeks without a change of the clock."""
        if self.from_day > (other.until_day or date.max) or other.from_day > (self.until_day or date.max):
            return False
        ahead = (other._start - self._start) % _WEEK
        return ahead < self.minutes or (_WEEK - ahead) % _WEEK < other.minutes

    def end(self, today: date) -> WeeklyShift:
        """No day of it is planned from today on."""
        last = today - timedelta(days=1)
        return replace(self, until_day=min(last, self.until_day or last))

    def days(self, first: date, last: date) -> list[date]:
        """Those of its weekday, both ends included."""
        first, last = max(first, self.from_day), min(last, self.until_day or date.max)
        first += timedelta(days=(self.weekday - first.isoweekday()) % 7)
        return [first + timedelta(days=number) for number in range(0, (last - first).days + 1, 7)]

    def hours(self, day: date, zone: ZoneInfo) -> Hours:
        """Empty if clocks skip all of it."""
        end = self.start_minute + self.minutes
        return Hours(instant(day, self.start_minute, zone), instant(day, end, zone))

    @property
    def _start(self) -> int:
        return (self.weekday - 1) * MINUTES_PER_DAY + self.start_minute


def first_met(candidate: WeeklyShift, others: Collection[WeeklyShift]) -> WeeklyShift | None:
    """One that lays claim to the same time."""
    return next((other for other in others if candidate.meets(other)), None)
