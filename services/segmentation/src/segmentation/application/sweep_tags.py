"""Remove the tags of a rule that is gone, or sets another tag now."""

from datetime import datetime
from uuid import UUID

from segmentation.application.announce_tags import announce_tags
from segmentation.application.ports import UnitOfWork
from segmentation.application.refresh_segments import refresh_segments

TAG_SWEEP = "tag-sweep"
BATCH = 1_000


async def schedule_sweep(uow: UnitOfWork, rule_id: UUID, now: datetime) -> None:
    await uow.timers.schedule(TAG_SWEEP, str(rule_id), now)


async def sweep_tags(uow: UnitOfWork, rule_id: UUID, now: datetime) -> None:
    """At most BATCH tags; comes back for the rest."""
    await uow.identities.hold()
    changes = await uow.tags.sweep(rule_id, BATCH)
    await announce_tags(uow, changes, now)
    if changes:
        await refresh_segments(uow, sorted({change.member_id for change in changes}), now)
        await schedule_sweep(uow, rule_id, now)
