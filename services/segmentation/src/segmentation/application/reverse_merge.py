"""Separate two members that were merged."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from segmentation.application.announce_consents import announce_consents
from segmentation.application.ports import UnitOfWork
from segmentation.application.settle_members import settle_members
from segmentation.domain.errors import MergeNotFound, NotLatestMerge
from segmentation.domain.events import MergeReversed
from segmentation.domain.merge import Merge
from segmentation.domain.timeline import Happening, TimelineKind


async def reverse_merge(uow: UnitOfWork, merge_id: UUID, reversed_by: str, now: datetime) -> Merge:
    """Both are as if never merged. Reversing again changes nothing. Raises MergeNotFound, NotLatestMerge."""
    policy = await uow.policies.tiers()
    await uow.merges.claim()
    merge = next(iter(await uow.merges.by_ids([merge_id])), None)
    if merge is None:
        raise MergeNotFound(f"There is no merge {merge_id}; list the merges of the member")
    if merge.reversed_at:
        return merge
    if later := await uow.merges.after(merge):
        raise NotLatestMerge(f"Merge {later.id} came after it; reverse that one first")
    merge = replace(merge, reversed_at=now, reversed_by=reversed_by)
    members = [merge.member_id, merge.merged_member_id]
    consents = await uow.consents.holding(members)
    stays = await uow.merges.split(merge)
    await uow.publish(MergeReversed(merge), at=now)
    await announce_consents(uow, consents, members, now)
    await settle_members(uow, members, stays, policy, now)
    await uow.timeline.add(
        [Happening(new_id(), it, TimelineKind.MERGE, now, str(merge.id), "REVERSED") for it in members]
    )
    return merge
