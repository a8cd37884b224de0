"""Decide again about members whose tier ends by time alone."""

from datetime import datetime, timedelta

from segmentation.application.assign_tiers import wake
from segmentation.application.ports import UnitOfWork
from segmentation.application.wake_segments import wake as wake_segments

BATCH = 100_000
_PAUSE = timedelta(seconds=0.25)


async def redecide_due_tiers(uow: UnitOfWork, now: datetime) -> int:
    """At most BATCH members; sees to it that the next ones are decided when due.

    What is due within the pause is decided together, after it; so is whom another transaction holds just now.
    """
    swept = await uow.tier_sweep.due(await uow.policies.tiers(), now, limit=BATCH)
    if swept.marked:
        await wake_segments(uow, [now], now)
    if next_due := await uow.tier_sweep.next_due():
        await wake(uow, next_due if swept.members == BATCH else max(next_due, now + _PAUSE), now)
    return swept.members
