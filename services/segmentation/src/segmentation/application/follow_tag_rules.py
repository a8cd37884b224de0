"""Set and remove the tags of rules whose condition begins or ceases to hold."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.application.announce_tags import announce_tags
from segmentation.application.ports import UnitOfWork
from segmentation.application.refresh_segments import refresh_segments
from segmentation.application.segment_ports import Moved
from segmentation.domain.conditions import tests_tags


async def follow_tag_rules(uow: UnitOfWork, moved: Sequence[Moved], now: datetime) -> None:
    """Moves of segments are left alone; segments that look at tags are looked at again."""
    changes = [
        change
        for it in moved
        if it.generation.sets_tag
        for change in await uow.tags.follow(it.generation.segment_id, it.entered, it.left, now)
    ]
    if not changes:
        return
    await announce_tags(uow, changes, now)
    if any(tests_tags(it.condition) for it in await uow.segments.in_force()):
        await refresh_segments(uow, sorted({change.member_id for change in changes}), now)
