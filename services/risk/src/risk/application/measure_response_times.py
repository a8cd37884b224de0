"""Series to plot: how fast violations are handled, and whether a change made it faster."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.application.local_period import local_period
from risk.application.ports import UnitOfWork
from risk.domain.response_times import Responder, ResponseComparison, ResponseGrain, ResponsePoint


async def response_series(
    uow: UnitOfWork,
    from_date: date,
    to_date: date,
    grain: ResponseGrain,
    by: Responder,
    group_id: UUID | None,
) -> Sequence[ResponsePoint]:
    """Of violations opened on these local days, both included. Raises InvalidPeriod."""
    period = await local_period(uow, from_date, to_date)
    return await uow.response_times.series(period, grain, by, group_id)


async def compare_response_times(
    uow: UnitOfWork, on: date, days: int, by: Responder
) -> Sequence[ResponseComparison]:
    """Of violations opened in as many local days before a date and from it on."""
    period = await local_period(uow, on - timedelta(days=days), on + timedelta(days=days - 1))
    return await uow.response_times.compared(period, datetime.combine(on, time(), ZoneInfo(period.zone)), by)
