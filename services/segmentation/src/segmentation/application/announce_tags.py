"""Tell which tags of members changed, and remember it for their timelines."""

from collections.abc import Sequence
from datetime import datetime

from chassis.ids import new_id
from segmentation.application.ports import UnitOfWork
from segmentation.domain.events import MemberTagsChanged
from segmentation.domain.tags import TagChange
from segmentation.domain.timeline import Happening, TimelineKind


async def announce_tags(uow: UnitOfWork, changes: Sequence[TagChange], now: datetime) -> None:
    """Changes that change nothing are not told. Whoever changes tags has the segments looked at as well."""
    changes = [change for change in changes if change.added or change.removed]
    await uow.publish(*map(MemberTagsChanged, changes), at=now)
    await uow.timeline.add(
        [
            Happening(new_id(), change.member_id, TimelineKind.TAG, now, name, state)
            for change in changes
            for state, names in (("SET", change.added), ("REMOVED", change.removed))
            for name in names
        ]
    )
