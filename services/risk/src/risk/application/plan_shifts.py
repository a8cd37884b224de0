"""Weekly shifts as shifts of the days ahead."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.ids import new_id
from risk.application.ports import UnitOfWork
from risk.domain.local_time import local_day
from risk.domain.rota_policy import RotaPolicy
from risk.domain.shift import Shift, WeeklyShift

_DAY = timedelta(days=1)


async def plan_shifts(
    uow: UnitOfWork, weekly: Iterable[WeeklyShift], policy: RotaPolicy, zone: ZoneInfo, now: datetime
) -> Sequence[Shift]:
    """Those of days that were not planned before, from today on. Needs the turn."""
    planned = await uow.shifts.planned_until()
    return await uow.shifts.add(list(_ahead(weekly, planned, policy, zone, now)))


def _ahead(
    weekly: Iterable[WeeklyShift],
    planned: Mapping[UUID, date],
    policy: RotaPolicy,
    zone: ZoneInfo,
    now: datetime,
) -> Iterator[Shift]:
    today = local_day(now, zone)
    last = today + timedelta(days=policy.plan_ahead_days)
    for it in weekly:
        for day in it.days(max(today, planned.get(it.id, date.min) + _DAY), last):
            hours = it.hours(day, zone)
            if max(hours.from_at, now) < hours.until_at:
                yield Shift(new_id(), it.group_id, it.staff_id, hours.from_at, hours.until_at, it.id, day)
