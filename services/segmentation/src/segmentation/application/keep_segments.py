"""Keep the segments of some members true."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from segmentation.application.follow_tag_rules import follow_tag_rules
from segmentation.application.ports import UnitOfWork
from segmentation.application.wake_segments import wake
from segmentation.domain.policy import TierPolicy
from segmentation.domain.segments import Generation, GenerationState, changes_to_tell


async def keep_segments(
    uow: UnitOfWork,
    generations: Sequence[Generation],
    member_ids: Sequence[UUID],
    policy: TierPolicy,
    now: datetime,
) -> None:
    """All that are in force, for members this transaction holds; tells who entered and left."""
    if not generations or not member_ids:
        return
    kept = await uow.segment_upkeep.keep(generations, member_ids, policy, now, all_in_force=True)
    await wake(uow, kept.due_at, now)
    await follow_tag_rules(uow, kept.moved, now)
    changes = [
        change
        for it in kept.moved
        if it.generation.state is GenerationState.LIVE and not it.generation.sets_tag
        for change in changes_to_tell(it.generation.segment_id, it.generation.version, it.entered, it.left)
    ]
    await uow.publish(*changes, at=now)
