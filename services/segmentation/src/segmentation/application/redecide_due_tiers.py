"""Decide again about members whose tier ends by time alone."""

from datetime import datetime, timedelta

from segmentation.application.assign_tiers import assign_tiers, wake
from segmentation.application.ports import UnitOfWork

BATCH = 1_000
_AGAIN = timedelta(seconds=1)


async def redecide_due_tiers(uow: UnitOfWork, now: datetime) -> int:
    """At most BATCH members; comes back for the rest, and for members another transaction holds just now."""
    policy = await uow.policies.tiers()
    members = await uow.tiers.due(policy, now, limit=BATCH)
    changes = await assign_tiers(uow, members, policy, now)
    await uow.publish(*changes, at=now)
    if await uow.tiers.any_due(now):
        await wake(uow, {now + _AGAIN})
    return len(members)
