"""Look again at members whose segments may change with time alone, or were touched from elsewhere."""

from datetime import datetime, timedelta

from chassis.timers import Timer
from segmentation.application.keep_segments import keep_segments
from segmentation.application.ports import UnitOfWork
from segmentation.application.wake_segments import SEGMENT_DUE, SOON, wake

BATCH = 5_000
_PAUSE = timedelta(seconds=0.25)


async def refresh_due_segments(uow: UnitOfWork, now: datetime) -> int:
    """At most BATCH members; comes back for the rest, and for members another transaction holds just now."""
    policy = await uow.policies.tiers()
    generations = await uow.segments.in_force()
    member_ids = await uow.segment_upkeep.hold_due(now, limit=BATCH)
    if generations:
        await keep_segments(uow, generations, member_ids, policy, now)
    else:
        await uow.segment_upkeep.forget(member_ids)
    moments = await uow.segment_upkeep.next_due(now + SOON)
    await wake(uow, [at for at in moments if at > now], now)
    if any(at <= now for at in moments):
        again = now if len(member_ids) == BATCH else now + _PAUSE
        await uow.timers.schedule_many([Timer(SEGMENT_DUE, "again", again)])
    return len(member_ids)
