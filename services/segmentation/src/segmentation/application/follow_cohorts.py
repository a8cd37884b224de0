"""Follow those who joined in a week: how many are there N days later."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from segmentation.application.ports import UnitOfWork
from segmentation.domain.cohorts import DEFAULT_DAYS, Cohort, table
from segmentation.domain.windows import Window, local_day


async def follow_cohorts(
    uow: UnitOfWork, group_ids: Sequence[UUID], first: date, last: date, days: Sequence[int], now: datetime
) -> list[Cohort]:
    """Whole weeks that touch the window and have begun; no groups given means all, no days the usual ones.

    Raises InvalidWindow.
    """
    zone = await uow.fact_zones.current()
    weeks = Window.of(first, last, zone, longest=None).weeks()
    weeks = [week for week in weeks if week <= local_day(now, zone)]
    if not weeks:
        return []
    joined_in = Window(weeks[0], weeks[-1] + timedelta(days=6), zone)
    asked = days or DEFAULT_DAYS
    return table(weeks, asked, await uow.measurements.cohorts(group_ids, joined_in, asked, now))
