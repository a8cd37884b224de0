"""Have the segments of members looked at again because something else about them changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.timers import Timer
from segmentation.application.ports import UnitOfWork
from segmentation.application.wake_segments import SEGMENT_DUE


async def refresh_segments(uow: UnitOfWork, member_ids: Sequence[UUID], now: datetime) -> None:
    """At once, in a transaction of its own: this one need not know the segments, only tell of the change."""
    if member_ids and await uow.segment_upkeep.look_again(member_ids, now):
        await uow.timers.schedule_many([Timer(SEGMENT_DUE, now.isoformat(), now)])
