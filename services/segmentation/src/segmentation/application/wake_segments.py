"""When members are looked at again for their segments."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chassis.timers import Timer
from segmentation.application.ports import UnitOfWork

SEGMENT_DUE = "segment-due"
SOON = timedelta(minutes=1)


async def wake(uow: UnitOfWork, due_at: Iterable[datetime], now: datetime) -> None:
    """Have the members that are due at these moments looked at again.

    Soon means within a second of the moment. What is later shares one timer with all that is due in the same
    minute; it comes when the minute begins, and sees to the seconds.
    """
    moments = {
        _second_after(at) if at - now <= SOON else at.replace(second=0, microsecond=0) for at in due_at
    }
    await uow.timers.schedule_many([Timer(SEGMENT_DUE, at.isoformat(), at) for at in sorted(moments)])


def _second_after(at: datetime) -> datetime:
    return (at + timedelta(seconds=1) - timedelta.resolution).replace(microsecond=0)
